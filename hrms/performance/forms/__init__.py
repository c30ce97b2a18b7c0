"""Forms of the pages about performance."""
