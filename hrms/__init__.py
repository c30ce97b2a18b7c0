"""The civil-service record and job-position system of a Vietnamese province.

One package per domain; `docs/architecture.md` says what each owns and which way the imports point.
"""
