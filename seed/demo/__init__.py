"""A made-up province: invented people in the real units and departments of Cần Thơ as it is since 1 July 2025.

Everything is drawn from one seeded generator, so the same seed on the same day gives the same rows. No person in it is
real; units, departments, hospitals and upper secondary schools carry their real names, everything about people is made.
"""

DEFAULT_SEED = 20250701
FULL_SIZE = 25_583
"""People of the province at full size, as many as the real deployment had."""
FULL_NATION = 2_000_000
