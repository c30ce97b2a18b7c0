"""Official papers of positions."""
