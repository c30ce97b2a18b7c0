"""Changes of accounts: entry, second factor, sessions, passwords, the accounts themselves, grants, tokens, locks."""

from hrms.accounts.services.sessions import end_other_sessions, end_session, end_sessions_of, sign_out
from hrms.accounts.services.sign_in import Entry, give_second_factor, sign_in

__all__ = [
    "Entry",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "give_second_factor",
    "sign_in",
    "sign_out",
]
