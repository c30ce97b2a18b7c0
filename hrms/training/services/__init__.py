"""Writes of training: one verb a function, the actor first, never a commit."""
