"""Reads of positions, quotas and seats."""
