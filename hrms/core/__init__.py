"""What every domain stands on and none owns: database, dated facts, unit of work, permissions, the web gate.

No word of the civil service lives here, except the list of permissions and roles, which is one place by design.
"""
