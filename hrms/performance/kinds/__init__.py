"""What performance adds to kinds of decision: the classes of a round, and a class replaced."""
