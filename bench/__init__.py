"""Benchmarks: how long pages, imports and exports take beside what they cannot do without. Run by `make bench`."""
