"""What training adds to kinds of decision."""
