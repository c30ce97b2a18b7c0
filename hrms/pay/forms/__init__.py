"""Forms about pay."""
