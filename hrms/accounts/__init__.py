"""Accounts, sign-in, second factor, sessions, role grants and API tokens. Who somebody is, never what they look like."""
