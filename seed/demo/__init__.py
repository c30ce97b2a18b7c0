"""A made-up province: invented people in the real units and departments of Cần Thơ as it is since 1 July 2025.

Everything is drawn from one seeded generator, so the same seed on the same day gives the same rows. No person in it is
real; units, departments, hospitals and upper secondary schools carry their real names, everything about people is made.
"""
