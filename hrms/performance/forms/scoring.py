"""What a score form sends: points by criterion, the leader criteria, done or not by product, a note.

The form is written by hand in `templates/performance/scoring/_form.html`; its boxes are named by the place of the
criterion (`g-0`), the leader criterion (`l-unit`) and the product (`d-17`, with `i-17` beside it to say it was asked).
What is no number is named with its box; what a rule refuses is put to its box by `box_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.rules.formula import LEADER_CRITERIA, Leader, Role
from hrms.performance.rules.general import GeneralItem
from hrms.performance.rules.sheet_points import Filled

NOTE_LENGTH = 2000
NUMBER_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent, as typed and as meant; `problems` by the name of the box."""

    filled: Filled
    note: str
    version: int
    typed: Mapping[str, str]
    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)


def read(sent: Mapping[str, str], items: Sequence[GeneralItem], role: Role, item_ids: Sequence[int]) -> Sent:
    """Return what a form sent about these criteria and products; what it leaves out is not scored."""
    problems: dict[str, list[Problem]] = {}
    general: dict[str, Decimal | None] = {}
    for place, one in enumerate(items):
        general[one.code] = _number(sent, f"g-{place}", one.name, problems)
    leader = None
    if role is not Role.STAFF:
        values = {one: _number(sent, f"l-{one.value}", one.value, problems) for one in LEADER_CRITERIA}
        subordinates, unit, cohesion = (values[one] for one in LEADER_CRITERIA)
        if subordinates is not None and unit is not None and cohesion is not None:
            leader = Leader(subordinates, unit, cohesion)
    done = {one: f"d-{one}" in sent for one in item_ids if f"i-{one}" in sent}
    note = nfc(sent.get("note", ""))
    if len(note) > NOTE_LENGTH:
        text = N_("Nhận xét dài %(length)s ký tự, nhiều nhất được %(most)s. Hãy rút gọn.")
        problems.setdefault("note", []).append(
            Problem("note", "too_long", text, {"length": len(note), "most": NOTE_LENGTH})
        )
    return Sent(Filled(general, leader, done), note, version_of(sent), dict(sent), problems)


def version_of(sent: Mapping[str, str]) -> int:
    """Return the version a form was made from, 0 for anything else."""
    given = sent.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _number(
    sent: Mapping[str, str], name: str, label: str, problems: dict[str, list[Problem]]
) -> Decimal | None:  # fmt: skip
    typed = str(sent.get(name, "")).strip()
    if not typed:
        return None
    try:
        if len(typed) > NUMBER_LENGTH:
            raise BadNumber("not_a_number", typed)
        return parse_decimal(typed)
    except BadNumber:
        text = N_("“%(value)s” không phải là số. Hãy ghi như 2,5.")
        problems.setdefault(name, []).append(
            Problem(name, "not_a_number", text, {"value": typed[:20], "item": label})
        )  # fmt: skip
        return None


def box_of(problem: Problem, items: Sequence[GeneralItem]) -> str:
    """Return the name of the box a rule's problem is about, "" for the whole form."""
    kind, _dot, key = problem.field.partition(".")
    if kind == "general" and key:
        return next((f"g-{place}" for place, one in enumerate(items) if one.code == key), "")
    if kind == "leader" and key:
        return f"l-{key}"
    return problem.field if problem.field in {"note", "reason"} or kind.startswith("e-") else ""


def by_box(problems: Sequence[Problem], items: Sequence[GeneralItem]) -> dict[str, list[Problem]]:
    """Return problems by the box they are about."""
    found: dict[str, list[Problem]] = {}
    for one in problems:
        found.setdefault(box_of(one, items), []).append(one)
    return found
