"""Changes of accounts: entry, second factor, sessions, passwords, the accounts themselves, grants, tokens, locks."""

from hrms.accounts.services.addresses import wait_seconds
from hrms.accounts.services.delegations import (
    CAPACITIES,
    NewDelegation,
    delegate,
    end_delegation,
    headed,
    may_delegate,
)
from hrms.accounts.services.demo import DEMO_ROLES, DemoPlace, create_demo_accounts
from hrms.accounts.services.entry import Entry, give_second_factor, sign_in
from hrms.accounts.services.grants import NewGrant, end_grant, grant_role
from hrms.accounts.services.guard import check_bulk, close_for_people, follow_tree, watch_accounts
from hrms.accounts.services.keeping import (
    NewAccount,
    choose_looks,
    close_account,
    create_account,
    edit_account,
    reopen_account,
    unlock_account,
)
from hrms.accounts.services.paging import add_shown, note_shown
from hrms.accounts.services.passwords import change_password, reset_password
from hrms.accounts.services.second_factor import (
    confirm_second_factor,
    offer_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from hrms.accounts.services.sessions import end_other_sessions, end_session, end_sessions_of, sign_out
from hrms.accounts.services.tokens import create_token, revoke_token

__all__ = [
    "CAPACITIES",
    "DEMO_ROLES",
    "DemoPlace",
    "Entry",
    "NewAccount",
    "NewDelegation",
    "NewGrant",
    "add_shown",
    "change_password",
    "check_bulk",
    "choose_looks",
    "close_account",
    "close_for_people",
    "confirm_second_factor",
    "create_account",
    "create_demo_accounts",
    "create_token",
    "delegate",
    "edit_account",
    "end_delegation",
    "end_grant",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "follow_tree",
    "give_second_factor",
    "grant_role",
    "headed",
    "may_delegate",
    "note_shown",
    "offer_second_factor",
    "remove_second_factor",
    "renew_recovery_codes",
    "reopen_account",
    "reset_password",
    "reset_second_factor",
    "revoke_token",
    "sign_in",
    "sign_out",
    "unlock_account",
    "wait_seconds",
    "watch_accounts",
]
