"""Kinds of decision about pay that walk the path."""
