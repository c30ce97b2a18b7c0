"""Commitments to serve and repayments, read: one, lists, of some people; and what a case comes to by the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.core import clock, settings
from hrms.core.actor import Actor, missing
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.people.models import Person
from hrms.people.queries import law
from hrms.people.rules.parameters import Parameter
from hrms.positions.queries.part import Part
from hrms.training.models import RepaymentPayment, TrainingCommitment, TrainingRepayment
from hrms.training.rules import commitments as promise
from hrms.training.rules import repayment as rules
from hrms.training.rules.commitments import CommitmentState, RepaymentState
from hrms.training.rules.repayment import Exemption, Facts, Repayment, Rounding

MAJORITY = "01"
"""The Kinh in the catalogue `ethnic_groups`: everybody else belongs to a minority."""
ENDS = "(t.returned_on + make_interval(months => t.committed_months))::date"
"""SQL over a commitment `t`: the first day on which nothing is left to serve."""
BOUND = f"t.state IN ('studying', 'serving') AND (t.returned_on IS NULL OR {ENDS} > :today)"
"""SQL over a commitment `t`: somebody is still bound."""


def cost_of(found: TrainingCommitment) -> int:
    """Return what the training cost, all sources together, in đồng."""
    return int(found.central_cost + found.local_cost + found.other_cost)


def figures_on(day: date) -> Mapping[str, Parameter]:
    """Return the figures of a day; of one before the decree, those it came with: only it has a procedure now."""
    first = min(row["valid_from"] for row in law.rows("parameters") if row["key"] == "repayment.year_percent")
    return law.parameters(max(day, date.fromisoformat(first)))


def rounding() -> Rounding:
    """Return how days over are counted; one statement."""
    return Rounding(settings.get("training.months_rounding"))


@dataclass(frozen=True, slots=True)
class Background:
    """What of a record lowers the repayment; None where the record is silent."""

    recruited_on: str | None
    sex: str | None
    ethnic_group: str | None

    @property
    def reduced_rate(self) -> bool:
        """Say whether the greater reduction applies: a woman, or a minority."""
        return self.sex == "female" or self.is_minority

    @property
    def is_minority(self) -> bool:
        """Say whether the record names an ethnic minority."""
        return bool(self.ethnic_group) and self.ethnic_group != MAJORITY

    def years_before(self, course_from: date) -> int:
        """Return the whole years of service before a course; a partly known day counts from the first it can be."""
        if not self.recruited_on:
            return 0
        return rules.years_before(PartialDate.parse(self.recruited_on).earliest(), course_from)


def background_of(person: Person) -> Background:
    """Return what of somebody's record lowers a repayment."""
    return Background(person.recruited_on, person.sex, person.ethnic_group)


@dataclass(frozen=True, slots=True)
class Worked:
    """A case worked out: its facts, the answer, and every reason from the months served to the amount."""

    facts: Facts
    answer: Repayment
    reasons: tuple[Reason, ...]


def work_out(
    found: TrainingCommitment,
    record: Background,
    case: rules.Case,
    happened_on: date,
    counted: Rounding,
    *,
    exemption: Exemption | None = None,
    years: int | None = None,
) -> Worked:
    """Return what a case comes to; `years` of service before the course as somebody put them right, else the record's.

    Who quits has served nothing after the course.
    """
    reasons: list[Reason] = []
    months = 0
    if found.returned_on is not None and case is not rules.Case.QUIT_DURING:
        served = rules.served_months(found.returned_on, happened_on, counted)
        months, reasons = served.months, [served.reason]
    before = record.years_before(found.starts_on) if years is None else years
    facts = Facts(cost_of(found), found.committed_months, months, case, before, record.reduced_rate, exemption)
    answer = rules.repayment(facts, figures_on(happened_on))
    return Worked(facts, answer, (*reasons, *answer.reasons))


def told_again(found: TrainingRepayment, commitment: TrainingCommitment, counted: Rounding) -> Worked:
    """Return the reasons of a case as it was written."""
    exemption = Exemption(found.exempt_ground) if found.exempt_ground else None
    case = rules.Case(found.repay_case)
    facts = Facts(
        int(found.cost), found.committed_months, found.served_months, case, found.years_before, found.reduced_rate,
        exemption,
    )  # fmt: skip
    answer = rules.repayment(facts, figures_on(found.happened_on))
    reasons: list[Reason] = []
    if commitment.returned_on is not None and case is not rules.Case.QUIT_DURING:
        served = rules.served_months(commitment.returned_on, found.happened_on, counted)
        reasons = [served.reason] if served.months == found.served_months else []
    return Worked(facts, answer, (*reasons, *answer.reasons))


def get_commitment(
    actor: Actor, commitment_id: int, permission: Permission, *, own: bool = False
) -> tuple[TrainingCommitment, Person]:
    """Return a commitment and whose it is. Raises `NotFound` outside the reader's scope, `Forbidden` inside it.

    `own`: whoever it is about may read it.
    """
    row = db.session.execute(
        select(TrainingCommitment, Person)
        .join(Person, Person.id == TrainingCommitment.person_id)
        .where(TrainingCommitment.id == commitment_id)
    ).one_or_none()
    if row is None:
        raise missing("commitment")
    found, person = row
    if not (own and actor.is_holder(person.id)):
        actor.require(permission, at=person.scope_ids)
    return found, person


def repayment_of(commitment_id: int) -> TrainingRepayment | None:
    """Return the case of a commitment that was not cancelled."""
    found: TrainingRepayment | None = db.session.scalar(
        select(TrainingRepayment).where(
            TrainingRepayment.commitment_id == commitment_id, TrainingRepayment.state != RepaymentState.CANCELLED.value
        )
    )
    return found


def payments_of(repayment_id: int) -> Sequence[RepaymentPayment]:
    """Return the entries of a case in the order they were written."""
    return db.session.scalars(
        select(RepaymentPayment).where(RepaymentPayment.repayment_id == repayment_id).order_by(RepaymentPayment.id)
    ).all()


def paid_sum(payments: Sequence[RepaymentPayment]) -> int:
    """Return what was paid, in đồng."""
    return int(sum((one.amount for one in payments), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Bound:
    """Somebody still bound on a day, with what they would owe if they left on it."""

    person_id: int
    commitment: TrainingCommitment
    months_left: int
    last_day: date | None
    owed: Worked


def bound_people(person_ids: Collection[int], on: date) -> dict[int, list[Bound]]:
    """Return who of some people is bound on a day, under the reader's scope; two statements, one when nobody is."""
    found: dict[int, list[Bound]] = defaultdict(list)
    if not person_ids:
        return found
    rows = db.session.execute(
        select(TrainingCommitment, Person.recruited_on, Person.sex, Person.ethnic_group)
        .join(Person, Person.id == TrainingCommitment.person_id)
        .where(
            TrainingCommitment.person_id.in_(person_ids),
            TrainingCommitment.state.in_([CommitmentState.STUDYING.value, CommitmentState.SERVING.value]),
        )
        .order_by(TrainingCommitment.person_id, TrainingCommitment.id)
    ).all()
    counted = rounding() if rows else Rounding.DOWN
    for one, recruited_on, sex, ethnic_group in rows:
        if not promise.runs(one.state, one.returned_on, one.committed_months, on):
            continue
        case = rules.Case.QUIT_DURING if one.returned_on is None else rules.Case.LEFT_EARLY
        owed = work_out(one, Background(recruited_on, sex, ethnic_group), case, on, counted)
        found[one.person_id].append(
            Bound(
                one.person_id, one, promise.months_left(one.returned_on, one.committed_months, on),
                promise.last_day(one.returned_on, one.committed_months), owed,
            )
        )  # fmt: skip
    return found


FILTERS: Mapping[str, str] = {
    "bound": BOUND,
    "studying": "t.state = 'studying'",
    "soon": f"t.state = 'serving' AND {ENDS} > :today AND {ENDS} <= :soon",
    "over": f"t.state = 'fulfilled' OR t.state = 'serving' AND {ENDS} <= :today",
    "closed": "t.state IN ('released', 'repaid')",
    "left": f"r.id IS NULL AND c.status = 'left' AND ({BOUND})",
    "repaying": "r.state IN ('open', 'recommended', 'decided')",
    "overdue": "r.state = 'decided' AND r.due_on < :today",
}
"""What the list may be narrowed to, as SQL over a commitment `t`, its case `r` and its person `c`."""
_FROM = """
FROM training_commitments t JOIN people_current c ON c.person_id = t.person_id
LEFT JOIN agencies a ON a.id = c.agency_id
LEFT JOIN training_repayments r ON r.commitment_id = t.id AND r.state <> 'cancelled'
WHERE (c.scope_ids && CAST(:roots AS bigint[]))
"""
_ROWS = f"""
SELECT t.id, t.person_id, c.full_name, c.sort_key, c.staff_code, c.status, a.name AS agency, t.programme, t.institution,
  t.state, t.starts_on, t.ends_on, t.returned_on, t.committed_months,
  t.central_cost + t.local_cost + t.other_cost AS cost, ({BOUND}) AS bound, r.id AS repayment_id,
  r.state AS repayment_state, r.amount AS owed, r.due_on,
  (SELECT coalesce(sum(p.amount), 0) FROM repayment_payments p WHERE p.repayment_id = r.id) AS paid
"""  # noqa: S608 - the parts are ours
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in FILTERS.items())


def _values(part: Part) -> dict[str, Any]:
    today = clock.today()
    return {
        "roots": list(part.roots), "today": today, "soon": today + timedelta(days=promise.REMIND_DAYS),
    }  # fmt: skip


def list_commitments(part: Part, narrowed: str | None, *, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return a page of commitments by name: of a part of the tree, narrowed to one of `FILTERS`; one statement."""
    values = {**_values(part), "limit": limit + 1}
    where = f"AND ({FILTERS[narrowed]})" if narrowed else ""
    if after:
        sort_key, last = decode(after, 2)
        values |= {"sort_key": str(sort_key), "last": int(last)}
        where += " AND (c.sort_key, t.id) > (:sort_key, :last)"
    rows = db.session.execute(text(f"{_ROWS} {_FROM} {where} ORDER BY c.sort_key, t.id LIMIT :limit"), values).all()
    return cut(rows, limit, ("sort_key", "id"), after=after, before=None)


def count_commitments(part: Part) -> Mapping[str, int]:
    """Return how many there are of each of `FILTERS`, and `every`; one statement."""
    row = db.session.execute(text(f"SELECT count(*) AS every, {_COUNTS} {_FROM}"), _values(part)).one()
    return dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping


def of_person(person_id: int) -> Sequence[Any]:
    """Return the commitments of one person, newest first, each as a row of the list; one statement."""
    values = {"person": person_id, "today": clock.today()}
    source = _FROM.replace("(c.scope_ids && CAST(:roots AS bigint[]))", "t.person_id = :person")
    return db.session.execute(text(f"{_ROWS} {source} ORDER BY t.starts_on DESC, t.id DESC"), values).all()


_YEAR = text("""
SELECT count(*) FILTER (WHERE t.starts_on >= :first AND t.starts_on < :next) AS sent,
  count(DISTINCT t.person_id) FILTER (WHERE t.starts_on >= :first AND t.starts_on < :next) AS people_sent,
  coalesce(sum(t.central_cost) FILTER (WHERE t.starts_on >= :first AND t.starts_on < :next), 0) AS central_cost,
  coalesce(sum(t.local_cost) FILTER (WHERE t.starts_on >= :first AND t.starts_on < :next), 0) AS local_cost,
  coalesce(sum(t.other_cost) FILTER (WHERE t.starts_on >= :first AND t.starts_on < :next), 0) AS other_cost,
  count(r.id) FILTER (WHERE r.happened_on >= :first AND r.happened_on < :next) AS cases,
  count(DISTINCT r.person_id) FILTER (WHERE r.happened_on >= :first AND r.happened_on < :next) AS people_cases,
  count(r.id) FILTER (WHERE r.decided_on >= :first AND r.decided_on < :next AND r.state IN ('decided', 'paid'))
    AS decided,
  coalesce(sum(r.amount) FILTER (WHERE r.decided_on >= :first AND r.decided_on < :next
    AND r.state IN ('decided', 'paid')), 0) AS amount_decided,
  count(r.id) FILTER (WHERE r.decided_on >= :first AND r.decided_on < :next AND r.state = 'exempt') AS exempt,
  coalesce(sum(paid.within), 0) AS amount_paid,
  coalesce(sum(r.amount - paid.ever) FILTER (WHERE r.state = 'decided'), 0) AS amount_left,
  count(r.id) FILTER (WHERE r.state = 'decided' AND r.due_on < :today) AS overdue
FROM training_commitments t JOIN people_current c ON c.person_id = t.person_id
LEFT JOIN training_repayments r ON r.commitment_id = t.id AND r.state <> 'cancelled'
LEFT JOIN LATERAL (SELECT coalesce(sum(p.amount), 0) AS ever,
    coalesce(sum(p.amount) FILTER (WHERE p.paid_on >= :first AND p.paid_on < :next), 0) AS within
  FROM repayment_payments p WHERE p.repayment_id = r.id) paid ON true
WHERE c.scope_ids && CAST(:roots AS bigint[])
""")


def yearly(part: Part, year: int) -> Mapping[str, int]:
    """Return what the yearly report says of a part of the tree: people sent, cost by source, cases, amounts; đồng.

    `sent`, `people_sent`, `central_cost`, `local_cost`, `other_cost` of courses begun in the year; `cases`,
    `people_cases` of what happened in it; `decided`, `amount_decided`, `exempt` decided in it; `amount_paid` received
    in it; `amount_left`, `overdue` as of today. One statement.
    """
    values = {
        "roots": list(part.roots),
        "today": clock.today(),
        "first": date(year, 1, 1),
        "next": date(year + 1, 1, 1),
    }
    row = db.session.execute(_YEAR, values).one()
    return {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 - as above
