"""Many decisions of one agency entered at once: one check of the numbers, one insert, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select

from hrms.agencies import queries as agencies
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.decisions import queries, rules
from hrms.decisions.models import Decision
from hrms.decisions.rules import Reference
from hrms.decisions.rules.register import SUBJECT_LENGTH
from hrms.decisions.services import hands, numbering


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered of one decision; `number` None takes the next one of the agency's book."""

    number: str | None
    kind: str
    subject: str
    effective_on: date
    signer_name: str | None
    signer_title: str | None
    legal_ground: str | None
    scope_ids: Sequence[int]
    """The closure of those it is about; the issuer's path is added."""


def enter_many(
    actor: Actor, agency_id: int, entries: Sequence[Entry], symbol: str, signed_on: date | None
) -> list[Decision]:
    """Enter decisions of an agency with their numbers; returns them in the order given.

    Raises `Forbidden` unless the actor numbers for this very agency, `Refused` with every problem of number, symbol,
    dates, and every number the agency's register of that year has already.
    """
    hands.require_at(actor, Permission.DECISIONS_NUMBER, agency_id)
    issuer = agencies.find_agency(agency_id)
    if issuer is None:
        raise missing("agency")
    sign = _symbol(symbol, entries)
    # The dates come before the book is asked: its lock is held to the commit.
    problems = rules.check_dates(signed_on, None, clock.today())
    if signed_on is None or problems:
        raise Refused(*problems)
    for effective_on in {entry.effective_on for entry in entries}:
        problems += rules.check_dates(signed_on, effective_on, clock.today())
    from_book = sum(entry.number is None for entry in entries)
    if not from_book:
        problems += _typed_problems(entries, sign, f"agency:{agency_id}", signed_on.year)
    refuse_if(problems)
    given = iter(numbering.take_numbers(actor, agency_id, signed_on.year, sign, from_book) if from_book else ())
    made = []
    for entry in entries:
        number = str(next(given)) if entry.number is None else _number(entry.number)
        reference = f"{number}/{sign}" if sign else number
        subject = entry.subject[:SUBJECT_LENGTH]
        made.append(
            Decision(
                number=number, symbol=sign, signed_on=signed_on, effective_on=entry.effective_on,
                issuer_agency_id=agency_id, issuer_name=issuer.name, issuer_key=queries.issuer_key(agency_id, ""),
                signer_name=entry.signer_name, signer_title=entry.signer_title, kind=entry.kind, subject=subject,
                legal_ground=entry.legal_ground, scope_ids=sorted({0, *issuer.scope_ids, *entry.scope_ids}),
                search_key=queries.search_key(reference, subject, issuer.name, entry.signer_name),
                recorded_by=actor.account_id,
            )
        )  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    audit.record_many(
        actor,
        "decision.registered",
        "decision",
        [
            {
                "entity_id": one.id, "scope_ids": one.scope_ids, "agency_id": agency_id,
                "after": audit.plain({
                    "number": one.number, "symbol": one.symbol, "signed_on": one.signed_on,
                    "effective_on": one.effective_on, "kind": one.kind, "subject": one.subject,
                    "signer_name": one.signer_name, "signer_title": one.signer_title,
                }),
            }
            for one in made
        ],
    )  # fmt: skip
    return made


def _symbol(given: str, entries: Sequence[Entry]) -> str:
    """Return the symbol given, or the one typed behind the first number: “905/QĐ-SXD”."""
    parsed = rules.parse_reference(entries[0].number or "") if entries else None
    return nfc(given or "").upper() or (parsed.symbol if parsed else "")


def _number(typed: str) -> str:
    parsed = rules.parse_reference(typed)
    return parsed.number if parsed else ""


def _typed_problems(entries: Sequence[Entry], symbol: str, issuer_key: str, year: int) -> list[Problem]:
    problems: list[Problem] = []
    if not symbol:
        problems.append(Problem("symbol", "required", N_("Chưa nhập ký hiệu. Hãy nhập như QĐ-SXD.")))
    numbers = []
    for entry in entries:
        typed = nfc(entry.number or "")
        number = _number(typed)
        problems += rules.check_reference(Reference(number, symbol) if number else None, typed)
        numbers.append(number)
    twice = sorted(number for number, times in Counter(filter(None, numbers)).items() if times > 1)
    if twice:
        text = N_("Số %(number)s ghi cho nhiều quyết định. Mỗi quyết định một số.")
        problems.append(Problem("number", "number_twice", text, {"number": ", ".join(twice[:5])}))
    with scope.everything():  # a number is taken whoever sees the paper; only the clerk of the issuer asks
        taken = db.session.scalars(
            select(Decision).where(
                Decision.issuer_key == issuer_key,
                sa.extract("year", Decision.signed_on) == year,
                Decision.number.in_([number for number in numbers if number]),
                Decision.symbol == symbol,
            )
        ).all()
    text = N_("Số %(reference)s năm %(year)s của cơ quan đã có trong sổ, ký ngày %(signed)s: “%(subject)s”.")
    for one in taken:
        params = {
            "reference": one.reference, "year": str(year), "signed": f"{one.signed_on:%d/%m/%Y}",
            "subject": one.subject,
        }  # fmt: skip
        problems.append(Problem("number", "number_taken", text, params))
    return problems
