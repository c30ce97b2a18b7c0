"""Who left, and what of their record a severance rests on; many at once, for the program's own scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.dates import BadDate, PartialDate, add_months
from hrms.core.db import db
from hrms.pay.queries import law_days
from hrms.pay.queries.gathering import gather
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import monthly
from hrms.pay.rules.figures import NoFigure
from hrms.pay.rules.severing import DISMISSAL, RETIREMENT, UNKNOWN, Left
from hrms.pay.rules.stretches import PersonPay
from hrms.people.rules.kinds import EmploymentStatus, PersonKind
from hrms.people.rules.leaving import CASE_LABELS, Case
from hrms.training.queries import payback
from hrms.training.queries.payback import Bound

_LEFT = text("""
SELECT s.person_id, s.valid_from AS left_on, s.status, s.kind, s.reason, s.decision_id, d.kind AS decision_kind,
  p.full_name, p.staff_code, p.recruited_on, p.joined_agency_on,
  w.kind AS paper, w.values AS said,
  EXISTS (SELECT 1 FROM person_papers n WHERE n.person_id = s.person_id AND n.kind = 'retirement_notice'
    AND n.undone_by IS NULL AND n.recorded_at < s.recorded_at) AS noticed,
  (SELECT a.agency_id FROM person_agency a WHERE a.person_id = s.person_id AND a.membership = 'using'
    AND a.superseded_at IS NULL AND a.valid_from < s.valid_from
    ORDER BY a.valid_from DESC LIMIT 1) AS unit_id
FROM person_status s JOIN people p ON p.id = s.person_id
LEFT JOIN decisions d ON d.id = s.decision_id
LEFT JOIN person_papers w ON w.person_id = s.person_id AND w.decision_id = s.decision_id AND w.undone_by IS NULL
WHERE s.superseded_at IS NULL AND s.status IN ('left', 'retired') AND s.valid_from >= :first AND s.valid_from <= :last
  AND (CAST(:ids AS bigint[]) IS NULL OR s.person_id = ANY (CAST(:ids AS bigint[])))
  AND NOT EXISTS (SELECT 1 FROM person_status b WHERE b.person_id = s.person_id AND b.superseded_at IS NULL
    AND b.valid_to = s.valid_from AND b.status IN ('left', 'retired', 'deceased'))
ORDER BY s.person_id, s.valid_from
""")
_KINDS = text("""
SELECT person_id, valid_from, valid_to, kind FROM person_status
WHERE superseded_at IS NULL AND status NOT IN ('left', 'retired', 'deceased')
  AND person_id = ANY (CAST(:ids AS bigint[]))
ORDER BY person_id, valid_from
""")
_OWED = text("""
SELECT r.person_id, r.commitment_id, r.amount - coalesce(sum(p.amount), 0) AS owed
FROM training_repayments r LEFT JOIN repayment_payments p ON p.repayment_id = r.id
WHERE r.state IN ('open', 'recommended', 'decided') AND r.person_id = ANY (CAST(:ids AS bigint[]))
GROUP BY r.id ORDER BY r.id
""")

_PROMISED = text("""
SELECT DISTINCT person_id FROM training_commitments
WHERE state IN ('studying', 'serving') AND person_id = ANY (CAST(:ids AS bigint[]))
""")


@dataclass(frozen=True, slots=True)
class Leaver:
    """One who left: the facts of the rule, who pays, the decision, and what an officer should know."""

    person_id: int
    name: str
    staff_code: str | None
    paying_id: int
    decision_id: int | None
    left: Left
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def read_leavers(
    first: date, last: date, agency_ids: Collection[int] | None, payers: Payers, person_ids: Sequence[int] | None = None
) -> list[Leaver]:
    """Return who left on the days `[first, last]`, of these paying agencies.

    A fixed number of statements, and two for each of them who has promised to serve after training.
    """
    given = {"first": first, "last": last, "ids": None if person_ids is None else list(person_ids)}
    rows = [row for row in db.session.execute(_LEFT, given) if row.unit_id is not None]
    paying = {
        (row.person_id, row.left_on): payers.pays(row.unit_id, row.left_on - timedelta(days=1)) for row in rows
    }  # fmt: skip
    if agency_ids is not None:
        asked = frozenset(agency_ids)
        rows = [row for row in rows if paying[row.person_id, row.left_on] in asked]
    if not rows:
        return []
    ids = sorted({row.person_id for row in rows})
    kinds: dict[int, list[tuple[date, date, PersonKind]]] = {}
    for row in db.session.execute(_KINDS, {"ids": ids}):
        kinds.setdefault(row.person_id, []).append((row.valid_from, row.valid_to or date.max, PersonKind(row.kind)))
    start = add_months(min(row.left_on for row in rows).replace(day=1), -1)
    end = max(row.left_on for row in rows)
    paid = {one.person_id: one for one in gather(start, end, person_ids=ids, payers=payers)}
    settled, owed = _owed(ids)
    promised = set(db.session.scalars(_PROMISED, {"ids": ids}))
    return [
        _leaver(
            row, paying[row.person_id, row.left_on], kinds.get(row.person_id, []), paid.get(row.person_id),
            owed.get(row.person_id, 0), _bound(row, settled) if row.person_id in promised else (),
        )
        for row in rows
    ]  # fmt: skip


def _bound(row: Any, settled: Collection[int]) -> list[Bound]:
    """Return what somebody had still promised on the day, without what already has a case of paying back."""
    found = payback.bound_people([row.person_id], row.left_on).get(row.person_id, ())
    return [one for one in found if one.commitment.id not in settled]


_AS_IF = text("""
SELECT s.person_id, CAST(:day AS date) AS left_on, 'left' AS status, s.kind, NULL AS reason, NULL AS decision_kind,
  NULL AS said, p.recruited_on, p.joined_agency_on, false AS noticed, p.full_name, p.staff_code, NULL AS decision_id
FROM person_status s JOIN people p ON p.id = s.person_id
WHERE s.person_id = :id AND s.superseded_at IS NULL AND s.valid_from <= :day
  AND (s.valid_to IS NULL OR s.valid_to > :day) AND s.status NOT IN ('left', 'retired', 'deceased')
""")


def leaving_today(person_id: int, day: date) -> Left | None:
    """Return what a severance would rest on if somebody in service left on a day; None of others. Debts left out."""
    row = db.session.execute(_AS_IF, {"id": person_id, "day": day}).one_or_none()
    if row is None:
        return None
    kinds = [
        (one.valid_from, one.valid_to or date.max, PersonKind(one.kind))
        for one in db.session.execute(_KINDS, {"ids": [person_id]})
    ]
    paid = next(iter(gather(add_months(day.replace(day=1), -1), day, person_ids=[person_id])), None)
    return _leaver(row, 0, kinds, paid, 0, ()).left


def _owed(ids: Sequence[int]) -> tuple[set[int], dict[int, int]]:
    """Return the commitments that have a case of paying back, and what is still owed by person."""
    settled: set[int] = set()
    owed: dict[int, int] = {}
    for row in db.session.execute(_OWED, {"ids": ids}):
        settled.add(row.commitment_id)
        owed[row.person_id] = owed.get(row.person_id, 0) + max(int(row.owed), 0)
    return settled, owed


def _leaver(
    row: Any,
    paying_id: int,
    kinds: list[tuple[date, date, PersonKind]],
    paid: PersonPay | None,
    owed: int,
    bound: Sequence[Bound],
) -> Leaver:
    notes: list[tuple[str, Mapping[str, Any]]] = []
    start, partly = _start(row, kinds)
    if start is not None and partly is not None:
        notes.append(("start_partly", {"day": partly}))
    if start is not None and kinds and kinds[0][0] > start:
        notes.append(("kind_before", {"day": kinds[0][0]}))
        kinds = [(start, kinds[0][1], kinds[0][2]), *kinds[1:]]
    left = Left(
        row.left_on, _case(row), PersonKind(row.kind), start, kinds, _pay(paid, row.left_on), row.noticed,
        max((one.months_left for one in bound), default=0), owed + sum(one.owed.answer.amount for one in bound),
    )  # fmt: skip
    return Leaver(row.person_id, row.full_name, row.staff_code, paying_id, row.decision_id, left, tuple(notes))


def _case(row: Any) -> str:
    if row.status == EmploymentStatus.RETIRED:
        return RETIREMENT
    if row.decision_kind == "discipline":
        return DISMISSAL
    said = (row.said or {}).get("case")
    if said in set(Case):
        return str(said)
    known = {words: case.value for case, words in CASE_LABELS.items()}
    return known.get(row.reason or "", UNKNOWN)


def _start(row: Any, kinds: Sequence[tuple[date, date, PersonKind]]) -> tuple[date | None, str | None]:
    """Return the first day of work, and how it is written where only the month or the year is known."""
    for given in (row.recruited_on, row.joined_agency_on):
        if not given:
            continue
        try:
            found = given if isinstance(given, PartialDate) else PartialDate.parse(str(given))
        except BadDate:
            continue
        return found.earliest(), None if found.exact else found.shown()
    return (kinds[0][0], None) if kinds else (None, None)


def _pay(paid: PersonPay | None, left_on: date) -> int | None:
    """Return the pay of the month before in đồng: step pay, leadership, seniority, reserved; None where unknown.

    By the facts of the last day of that month on which the agency paid, a whole month, suspended or not.
    """
    if paid is None:
        return None
    last = left_on.replace(day=1) - timedelta(days=1)
    known = [one for one in paid.stretches if one.start <= last] or list(paid.stretches)
    if not known:
        return None
    found = known[-1]
    try:
        figures = law_days.figures_of(min(last, left_on), found.kind)
    except NoFigure:
        return None
    insured: Decimal = monthly.exact(replace(found.facts, suspended=None), figures).insured
    return int(insured.quantize(Decimal(1), ROUND_HALF_UP))
