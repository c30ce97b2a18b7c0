"""What of approved months may no longer be right: when each was looked at last, who changed since, what was paid.

Instants are the database's. A change that was under way while a sheet was computed counts as later by `MARGIN`; looking
at a month again that did not change costs time and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.pay.queries.gathering import used
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import month as months
from hrms.pay.rules.month import MonthPay
from hrms.pay.rules.monthly import Line
from hrms.people.models import PersonAbsence, PersonAgency, PersonAllowance, PersonPost, PersonRank, PersonStatus

MARGIN = timedelta(hours=1)
LAW_MARGIN = timedelta(days=2)
"""Texts are applied by the application's clock, which may differ from the database's."""
_RUNS = text("""
SELECT id, agency_id, month, computed_at, approved_at, law_revision FROM pay_runs
WHERE agency_id = ANY (CAST(:agencies AS bigint[])) AND state = 'approved' ORDER BY agency_id, month
""")
_LAW = text("""
SELECT valid_from, greatest(applied_at, undone_at) AS changed_at FROM figure_changes
WHERE state IN ('applied', 'undone') AND greatest(applied_at, undone_at) > :since
""")
_SLIPS = text("SELECT DISTINCT person_id FROM pay_slips WHERE run_id = ANY (CAST(:runs AS bigint[]))")
_FACTS = (PersonStatus, PersonAgency, PersonRank, PersonPost, PersonAllowance, PersonAbsence)
_ONE_TABLE = """
SELECT person_id, min(valid_from) AS since, max(coalesce(valid_to, 'infinity')) AS until,
  max(greatest(recorded_at, superseded_at)) AS latest FROM {table}
WHERE person_id = ANY (CAST(:ids AS bigint[])) AND (recorded_at > :known OR superseded_at > :known)
  AND valid_from < :until AND (valid_to IS NULL OR valid_to > :first) GROUP BY person_id
"""
_EACH = " UNION ALL ".join(_ONE_TABLE.format(table=model.__tablename__) for model in _FACTS)
_CHANGED = text(
    # The driver has no date beyond the last of the calendar.
    "SELECT person_id, min(since) AS since, least(max(until), '9999-12-31') AS until, max(latest) AS latest"  # noqa: S608 - constants
    f" FROM ({_EACH}) f GROUP BY person_id"
)
# A fact that was cut beyond the month is written anew up to there: as far as the month goes it is still the same.
_SIDE = """
SELECT f.person_id, to_jsonb(f) - CAST(:clocks AS text[]) AS said, f.valid_from,
  least(coalesce(f.valid_to, 'infinity'), CAST(:until AS date)) AS valid_to
FROM {table} f JOIN pay_slips s ON s.run_id = :run AND s.person_id = f.person_id
WHERE f.valid_from < :until AND {known}
"""
_GONE = "f.recorded_at <= :known AND f.superseded_at > :known"
_COME = "f.recorded_at > :known AND f.superseded_at IS NULL"
_APART = "(({gone}) EXCEPT ({come})) UNION ALL (({come}) EXCEPT ({gone}))"
_OF_RUN = " UNION ALL ".join(
    _APART.format(
        gone=_SIDE.format(table=model.__tablename__, known=_GONE),
        come=_SIDE.format(table=model.__tablename__, known=_COME),
    )
    for model in _FACTS
)
_OUTDATED = text(
    f"SELECT (SELECT count(DISTINCT person_id) FROM ({_OF_RUN}) f) AS people,"  # noqa: S608 - constants
    " (SELECT revision FROM law_revision) <> :law AND EXISTS (SELECT 1 FROM figure_changes"
    " WHERE greatest(applied_at, undone_at) > :around AND valid_from < :until) AS law"
)
_CLOCKS = ["id", "valid_from", "valid_to", "recorded_at", "superseded_at", "decision_id", "basis", "recorded_by",
           "batch_id"]  # fmt: skip
_TREE = text("""
SELECT min(valid_from) FROM agency_facts WHERE (recorded_at > :known OR superseded_at > :known) AND valid_from < :until
""")
_PAID = text("""
SELECT r.agency_id, l.person_id, l.for_month, l.side, l.code, sum(l.amount) AS amount
FROM pay_lines l JOIN pay_runs r ON r.id = l.run_id
WHERE l.person_id = ANY (CAST(:ids AS bigint[])) AND l.for_month >= :first AND l.for_month < :until
  AND r.state = 'approved' AND r.agency_id = ANY (CAST(:agencies AS bigint[]))
GROUP BY r.agency_id, l.person_id, l.for_month, l.side, l.code
""")
Key = tuple[int, int, date]
"""Paying agency, person, month."""


@dataclass(frozen=True, slots=True)
class Looked:
    """When an approved month of an agency was looked at last, and with which state of the law."""

    at: datetime
    law: int


@dataclass(frozen=True, slots=True)
class Changed:
    """The approved months of agencies before one, and from which month on each person is to be looked at again."""

    months: Mapping[int, tuple[date, ...]]
    since: Mapping[int, date]
    law: Mapping[int, date]
    """By agency: the first month whose law changed since; everybody is looked at from there on."""
    everybody: frozenset[int]
    earlier: frozenset[int]
    """Whose facts also changed, or were written anew, for days before the first approved month."""
    known_on: datetime | None
    """The instant since which changes were looked for."""

    @property
    def first(self) -> date | None:
        """Return the first month to be looked at, None when there is none."""
        return min([*self.since.values(), *self.law.values()], default=None)

    @property
    def person_ids(self) -> frozenset[int]:
        """Return whom to look at."""
        return frozenset(self.since) | (self.everybody if self.law else frozenset())

    def from_month(self, person_id: int, agency_id: int) -> date | None:
        """Return the first month to look at of a person at an agency, None for none."""
        found = [day for day in (self.since.get(person_id), self.law.get(agency_id)) if day is not None]
        return min(found, default=None)


def looked_at(runs: Iterable[Any]) -> dict[tuple[int, date], Looked]:
    """Return when each approved month was looked at last, by agency and month.

    Computing a sheet looks at its own month, and at every month that was approved by then.
    """
    by_agency: dict[int, list[Any]] = {}
    for run in runs:
        by_agency.setdefault(run.agency_id, []).append(run)
    found: dict[tuple[int, date], Looked] = {}
    for agency_id, several in by_agency.items():
        for one in several:
            last = max(
                (other for other in several
                 if other is one or (other.month > one.month and other.computed_at > one.approved_at)),
                key=lambda run: run.computed_at,
            )  # fmt: skip
            found[agency_id, one.month] = Looked(last.computed_at, last.law_revision)
    return found


def changed(agency_ids: Collection[int], before: date, law_revision: int, payers: Payers) -> Changed:
    """Return who and which approved months before `before` are to be looked at again; six statements at most."""
    runs = db.session.execute(_RUNS, {"agencies": sorted(agency_ids)}).all()
    known = {key: looked for key, looked in looked_at(runs).items() if key[1] < before}
    approved: dict[int, tuple[date, ...]] = {}
    for agency_id, month in sorted(known):
        approved[agency_id] = (*approved.get(agency_id, ()), month)
    if not known:
        return Changed({}, {}, {}, frozenset(), frozenset(), None)
    first, until = min(month for _agency, month in known), months.after(max(month for _agency, month in known))
    people = set(used(first, until, payers, approved))
    old = [run.id for run in runs if run.month < before]
    people |= set(db.session.scalars(_SLIPS, {"runs": old}))
    since = min(looked.at for looked in known.values()) - MARGIN
    asked = {"ids": sorted(people), "known": since, "first": date.min, "until": until}
    rows = db.session.execute(_CHANGED, asked).all()
    earliest = {row.person_id: max(months.first_of(row.since), first) for row in rows if row.until > first}
    law = _by_law(known, law_revision)
    moved = db.session.execute(_TREE, asked).scalar_one()
    if moved is not None:
        # Whose unit moved cannot be told from the person's own facts.
        law |= {one: min(law.get(one, date.max), max(months.first_of(moved), first)) for one in approved}
    everybody = frozenset(people) if law else frozenset()
    # A hint, not money: what was under way while a sheet was computed is left out, for it would be nearly everybody
    # after a large import.
    at = since + MARGIN
    earlier = frozenset(row.person_id for row in rows if row.since < first and row.latest > at)
    return Changed(approved, earliest, law, everybody, earlier, at)


def _by_law(known: Mapping[tuple[int, date], Looked], law_revision: int) -> dict[int, date]:
    outdated = {key: looked for key, looked in known.items() if looked.law != law_revision}
    if not outdated:
        return {}
    since = min(looked.at for looked in outdated.values()) - LAW_MARGIN
    changes = db.session.execute(_LAW, {"since": since}).all()
    found: dict[int, date] = {}
    for (agency_id, month), looked in outdated.items():
        later = months.after(month)
        if any(row.valid_from < later and row.changed_at > looked.at - LAW_MARGIN for row in changes):
            found[agency_id] = min(month, found.get(agency_id, date.max))
    return found


def paid(agency_ids: Collection[int], person_ids: Collection[int], first: date, until: date) -> dict[Key, MonthPay]:
    """Return what approved sheets gave people for the months of `[first, until)`, arrears included; one statement."""
    values = {"agencies": sorted(agency_ids), "ids": sorted(person_ids), "first": first, "until": until}
    lines: dict[Key, dict[str, list[Line]]] = {}
    for row in db.session.execute(_PAID, values):
        sides = lines.setdefault((row.agency_id, row.person_id, row.for_month), {})
        sides.setdefault(row.side, []).append(Line(row.code, row.amount))
    return {
        key: MonthPay(
            key[2], tuple(sides.get("line", ())), tuple(sides.get("deduction", ())), tuple(sides.get("employer", ())),
            Decimal(0),
        )
        for key, sides in lines.items()
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outdated:
    """What changed after a sheet was computed: the facts of so many people on it; the law of its days."""

    people: int
    law: bool


def outdated(run: Any) -> Outdated:
    """Return what changed since a sheet was computed, as far as the reader sees the people; one statement.

    `run` has id, month, computed_at and law_revision. What was recorded of days after the month does not count.
    """
    values = {
        "run": run.id, "known": run.computed_at, "until": months.after(run.month), "clocks": _CLOCKS,
        "law": run.law_revision, "around": run.computed_at - LAW_MARGIN,
    }  # fmt: skip
    found = db.session.execute(_OUTDATED, values).one()
    return Outdated(found.people, found.law)
