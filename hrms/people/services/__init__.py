"""Writes to the record: one verb per function, the actor first."""
