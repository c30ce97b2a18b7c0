"""Pages where an administrator replaces the templates of official papers."""
