"""What the pages and the JSON have in common: whom they show is added up, and too much locks the account."""

from __future__ import annotations

from collections.abc import Iterable

from hrms.accounts import services as accounts
from hrms.core.errors import Forbidden
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.services.export import BULK_LOCKED


def count_shown(person_ids: Iterable[int]) -> None:
    """Count people about to be shown to the reader, each once an hour.

    Raises `Forbidden` when that has just locked the account.
    """
    due = accounts.add_shown(actor(), person_ids)
    if not due:
        return
    with transaction():
        locked = accounts.note_shown(actor(), due)
    if locked:
        raise Forbidden(BULK_LOCKED)
