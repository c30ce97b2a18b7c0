"""The civil servant's record: identity, the SYLL form, dated facts of service.

Not the job position, training credits, scores or pay runs: those are domains of their own above this one.
"""
