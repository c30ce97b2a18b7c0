"""Accounts, sign-in, second factor, sessions, role grants and API tokens. Who somebody is and what they may do."""
