"""Performance: work planned in products, scored by law, classified in rounds, open to petition."""
