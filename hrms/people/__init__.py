"""The civil servant's record: identity, the SYLL form, dated facts of service. Not the position, credits, scores or pay runs."""
