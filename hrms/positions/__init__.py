"""Job positions: the catalogue, frames, the establishment and its quotas, who is assigned where, and schemes.

Owns what an agency is given and who sits in it; records of people, ranks and posts belong to `people`.
"""
