"""Reads of the accounts: the gate's one look, lists and one account's parts, who sees whom, accounts as actors."""

from hrms.accounts.queries.actors import actor_named, actor_of
from hrms.accounts.queries.lists import (
    STATES,
    AccountFilter,
    count_accounts,
    count_bulk_locked,
    count_recovery_codes,
    find_agencies,
    get_account,
    idle_since,
    list_accounts,
    list_grants,
    list_roles_of,
    list_sessions,
    list_tokens,
)
from hrms.accounts.queries.reach import (
    MOST,
    Reach,
    Seer,
    about_people,
    count_people,
    get_person_line,
    list_reach,
    list_who_sees,
    permissions_of,
)
from hrms.accounts.queries.state import find_session_state, find_token_state

__all__ = [
    "MOST",
    "STATES",
    "AccountFilter",
    "Reach",
    "Seer",
    "about_people",
    "actor_named",
    "actor_of",
    "count_accounts",
    "count_bulk_locked",
    "count_people",
    "count_recovery_codes",
    "find_agencies",
    "find_session_state",
    "find_token_state",
    "get_account",
    "get_person_line",
    "idle_since",
    "list_accounts",
    "list_grants",
    "list_reach",
    "list_roles_of",
    "list_sessions",
    "list_tokens",
    "list_who_sees",
    "permissions_of",
]
