"""The terms a round of shares keeps, and what the program sees while it reads or shares one."""

from __future__ import annotations

from hrms.agencies.models import Agency
from hrms.core.actor import EVERYTHING
from hrms.core.scope import Scope
from hrms.pay.models import IncentiveRound
from hrms.pay.rules.schemes import Terms, read_terms


def kept_terms(found: IncentiveRound) -> Terms:
    """Return the scheme's terms as they were when the round was opened."""
    return read_terms(found.terms["terms"], found.terms["eligible"])


def program(agency: Agency) -> Scope:
    """Return what the program sees while it shares a fund: amounts of this agency alone, and no person of its own.

    Everybody's dated facts are seen, because whoever has moved on since had months here.
    """
    return Scope(people=(EVERYTHING,), pay=(agency.id,))
