"""Looking a certificate up by number and check code, as anybody may: little is told, and not too often.

Lookups of an address are counted in the database, right and wrong alike, so that all processes agree. A number or code
that can be none takes the same way as one that might be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from hrms.accounts.services.addresses import place_of
from hrms.core import clock, settings
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.training.rules.certificates import Validity, typed_code, typed_number, validity

MINUTES = 15
_COUNT = text("SELECT count_lookup(:place, :at, :most, :minutes)")
_LOOK = text("SELECT * FROM verify_certificate(:number, :code)")
_NOTHING = "–"
_FORGET = 50
"""Each count lets a hundred go."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a stranger is told of a certificate."""

    full_name: str
    programme: str
    issued_on: date
    validity: Validity


@dataclass(frozen=True, slots=True)
class Lookup:
    """What came of looking one up: `limited`, the address has to wait; else without an answer, something is wrong."""

    limited: bool = False
    answer: Answer | None = None


def forget() -> None:
    """Let lookups go that count no more, those of addresses that never came back: each midnight, a unit of its own."""
    with transaction():
        for _time in range(_FORGET):
            given = {"place": "", "at": clock.now(), "most": 0, "minutes": MINUTES}
            db.session.execute(_COUNT, given)


def look_up(address: str, number: str, code: str) -> Lookup:
    """Return what a number and its check code stand for; counts against the limit of the address.

    Writes the count: call it within a unit of work.
    """
    most = int(settings.get("training.verify_tries"))
    given = {"place": place_of(address)[:64], "at": clock.now(), "most": most, "minutes": MINUTES}
    if not db.session.execute(_COUNT, given).scalar_one():
        return Lookup(limited=True)
    asked = {"number": typed_number(number) or _NOTHING, "code": typed_code(code) or _NOTHING}
    found = db.session.execute(_LOOK, asked).one_or_none()
    if found is None:
        return Lookup()
    state = validity(clock.today(), found.valid_until, found.revoked_on)
    return Lookup(answer=Answer(found.full_name, found.programme, found.issued_on, state))
