"""Reads of the accounts: the gate's one look, lists and one account's parts, who sees whom."""

from hrms.accounts.queries.actors import actor_named, actor_of
from hrms.accounts.queries.state import find_session_state, find_token_state

__all__ = ["actor_named", "actor_of", "find_session_state", "find_token_state"]
