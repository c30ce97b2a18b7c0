"""What is owed in training beside appointments: a warning or a bar, as each requirement says (`gate`).

Looked at are courses that are overdue on the day the paper is made, and the hours of the year before: those of the
running year may still be learnt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.formats import format_date, format_number
from hrms.core.rules import N_
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Extension, Proposed
from hrms.decisions.models import Decision, SubmissionLine
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.training.rules.kinds import Gate

GUARDED = ("appointment", "appointment_elsewhere", "reappointment", "position_change")
KEY = "training_owed"

_OPEN = text("""
SELECT s.person_id, s.requirement_id, s.year, s.what, s.missing, s.due_on, r.name, v.gate, v.source
FROM training_standing s
JOIN training_requirements r ON r.id = s.requirement_id
JOIN requirement_versions v ON v.requirement_id = s.requirement_id AND v.superseded_at IS NULL
  AND v.valid_from <= :today AND (v.valid_to IS NULL OR v.valid_to > :today) AND v.gate <> 'off'
WHERE s.person_id = ANY (:ids)
  AND ((s.what = 'course' AND s.state = 'overdue' AND s.year = :year)
    OR (s.what = 'hours' AND s.state = 'short' AND s.year = :year - 1))
ORDER BY s.person_id, s.what, r.place, s.requirement_id
""")


@dataclass(frozen=True, slots=True)
class Open:
    """A requirement somebody has not met: hours of a year, or a course that was due on a day."""

    requirement_id: int
    name: str
    year: int
    missing: Decimal | None
    due_on: date | None
    gate: Gate
    source: str


class WithTraining(Extension):
    """What is owed in training, as conditions of the paper; nothing of whoever owes nothing."""

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with what their people owe; one statement."""
        today = clock.today()
        values = {"ids": [one.subject.person_id for one in proposed], "today": today, "year": today.year}
        found: dict[int, list[Open]] = defaultdict(list)
        for row in db.session.execute(_OPEN, values):
            one = Open(row.requirement_id, row.name, row.year, row.missing, row.due_on, Gate(row.gate), row.source)
            found[row.person_id].append(one)
        return [replace(one, more={**one.more, KEY: found.get(one.subject.person_id, ())}) for one in proposed]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return a condition for each requirement that is not met; a `gate` blocks, a warning is shown."""
        owed: Sequence[Open] = proposed.more.get(KEY, ())
        return [_condition(one) for one in owed]

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write nothing: what is owed stays owed."""
        del actor, decision, lines


def _condition(one: Open) -> Condition:
    in_hours = one.missing is not None
    params = {
        "name": one.name, "year": one.year, "missing": format_number(one.missing or Decimal(0), "vi"),
        "day": format_date(one.due_on, "vi") if one.due_on else "",
    }  # fmt: skip
    return Condition(
        f"training_{one.requirement_id}",
        N_("Đủ số tiết đào tạo, bồi dưỡng hằng năm") if in_hours else N_("Đã học chương trình bắt buộc"),
        Outcome.NOT_MET, one.source,
        N_("%(name)s: năm %(year)s thiếu %(missing)s tiết.") if in_hours
        else N_("%(name)s: quá hạn từ %(day)s."),
        params, supplier=Supplier.PERSON, blocking=one.gate is Gate.GATE,
    )  # fmt: skip


def register() -> None:
    """Lay what is owed beside the kinds of appointment and of change of position."""
    for code in GUARDED:
        if path.get(code) is not None:
            path.extend(code, WithTraining())
