"""Reports of something learnt elsewhere: one, a person's, the inbox; and what the recognition of them rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core import settings
from hrms.core.actor import Actor, missing
from hrms.core.db import bigints, db
from hrms.core.paging import LIMIT, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.people.models import Person, PersonCurrent
from hrms.training.models import Course, CreditEntry, TrainingEvidence
from hrms.training.rules.kinds import NEVER_COUNTED, CourseKind, LearningForm
from hrms.training.rules.recognition import Claim, Recognised, Rule, recognise
from hrms.training.rules.states import EvidenceState


@dataclass(frozen=True, slots=True)
class Row:
    """A report with the names of whose it is and which programme."""

    evidence: TrainingEvidence
    person: str
    staff_code: str | None
    agency: str | None
    scope_ids: Sequence[int]
    course: str | None

    @property
    def id(self) -> int:
        """Its id."""
        return self.evidence.id

    @property
    def submitted_at(self) -> datetime:
        """When it was last sent in: the order of the inbox."""
        return self.evidence.submitted_at


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(TrainingEvidence, Person.full_name, Person.staff_code, Agency.name, Person.scope_ids, Course.name)
        .join(Person, Person.id == TrainingEvidence.person_id)
        .outerjoin(PersonCurrent, PersonCurrent.person_id == Person.id)
        .outerjoin(Agency, Agency.id == PersonCurrent.agency_id)
        .outerjoin(Course, Course.id == TrainingEvidence.course_id)
    )


def get_row(evidence_id: int) -> Row:
    """Return a report within the transaction's scope, one's own included. Raises `NotFound`."""
    found = db.session.execute(_rows().where(TrainingEvidence.id == evidence_id)).one_or_none()
    if found is None:
        raise missing("evidence")
    return Row(*found)


def list_of(person_id: int) -> Sequence[TrainingEvidence]:
    """Return a person's reports, the newest first."""
    return db.session.scalars(
        select(TrainingEvidence)
        .where(TrainingEvidence.person_id == person_id)
        .order_by(TrainingEvidence.ended_on.desc(), TrainingEvidence.id.desc())
    ).all()


def list_inbox(
    roots: Sequence[int], state: EvidenceState, *, after: str | None = None, before: str | None = None
) -> Page[Row]:
    """Return reports in a state of people under `roots`: those that wait oldest first, the others newest first."""
    newest = state is not EvidenceState.SUBMITTED
    order: Any = ((TrainingEvidence.submitted_at, newest), (TrainingEvidence.id, newest))
    query = _rows().where(TrainingEvidence.state == state.value, Person.scope_ids.overlap(bigints(roots)))
    cursor, back = before or after, before is not None
    if cursor:
        values = _values(cursor)
        query = query.where(seek(order, values, back=back))
    rows = db.session.execute(query.order_by(*order_by(order, back=back)).limit(LIMIT + 1))
    return cut([Row(*row) for row in rows], LIMIT, ("submitted_at", "id"), after=after, before=before)


def _values(cursor: str) -> list[Any]:
    moment, number = decode(cursor, 2)
    order: Any = ((TrainingEvidence.id, False),)
    try:
        at = datetime.fromisoformat(str(moment))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        number = "?"  # refused as the cursor of another list is
    return [at, *typed_values(order, [number])]


def count_states(roots: Sequence[int]) -> Mapping[str, int]:
    """Return how many reports of people under `roots` are in each state."""
    rows = db.session.execute(
        select(TrainingEvidence.state, func.count())
        .join(Person, Person.id == TrainingEvidence.person_id)
        .where(Person.scope_ids.overlap(bigints(roots)))
        .group_by(TrainingEvidence.state)
    )
    return {str(state): int(number) for state, number in rows}


_RULES = text("""
SELECT n.id, r.factor, y.cap_hours, r.needs_proof, r.source
FROM unnest(CAST(:ids AS bigint[]), CAST(:forms AS text[]), CAST(:days AS date[])) n (id, form, day)
LEFT JOIN recognition_rules r ON r.form = n.form AND r.superseded_at IS NULL AND r.valid_from <= n.day
  AND (r.valid_to IS NULL OR r.valid_to > n.day)
LEFT JOIN recognition_rules y ON y.form = n.form AND y.superseded_at IS NULL
  AND y.valid_from <= make_date(extract(year FROM n.day)::integer, 12, 31)
  AND (y.valid_to IS NULL OR y.valid_to > make_date(extract(year FROM n.day)::integer, 12, 31))
""")
_LEADS = text("""
SELECT n.id FROM unnest(CAST(:ids AS bigint[]), CAST(:people AS bigint[]), CAST(:days AS date[])) n (id, person, day)
WHERE EXISTS (SELECT 1 FROM person_post p WHERE p.person_id = n.person AND p.superseded_at IS NULL
              AND p.valid_from <= n.day AND (p.valid_to IS NULL OR p.valid_to > n.day))
   OR EXISTS (SELECT 1 FROM assignments a JOIN establishment_lines l ON l.id = a.line_id
              JOIN job_positions j ON j.id = l.position_id AND j.position_group = 'leadership'
              WHERE a.person_id = n.person AND a.superseded_at IS NULL AND a.valid_from <= n.day
                AND (a.valid_to IS NULL OR a.valid_to > n.day))
""")


def rules_for(days: Mapping[int, tuple[str, date]]) -> dict[int, Rule]:
    """Return how a form counts: by any key, (form, last day) → factor of the day, cap of the calendar year."""
    forms, ends = [form for form, _day in days.values()], [day for _form, day in days.values()]
    given = {"ids": list(days), "forms": forms, "days": ends}
    return {
        row.id: Rule(
            row.factor if row.factor is not None else Decimal(1), row.cap_hours,
            row.needs_proof if row.needs_proof is not None else True, row.source or "",
        )
        for row in db.session.execute(_RULES, given)
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be recognised of a report, by which rule."""

    claim: Claim
    rule: Rule
    used: Decimal
    result: Recognised


def claim_of(evidence: TrainingEvidence, *, leads: bool = False) -> Claim:
    """Return a report as the rules take it."""
    return Claim(
        CourseKind(evidence.kind), LearningForm(evidence.form), evidence.hours, evidence.started_on,
        evidence.ended_on, evidence.title, evidence.sha256 is not None, leads,
    )  # fmt: skip


def previews(found: Collection[TrainingEvidence]) -> dict[int, Preview]:
    """Return what would count of reports, by id, in a fixed number of statements.

    The hours an accepted report has posted itself are left out of what its form has used.
    """
    if not found:
        return {}
    rules = rules_for({one.id: (one.form, one.ended_on) for one in found})
    ids = [one.id for one in found]
    given = {
        "ids": ids, "people": [one.person_id for one in found],
        "days": [one.ended_on for one in found],
    }  # fmt: skip
    leads = set(db.session.scalars(_LEADS, given))
    report = aliased(TrainingEvidence)
    year = func.make_date(func.extract("year", report.ended_on).cast(db.Integer), 1, 1)
    next_year = func.make_date(func.extract("year", report.ended_on).cast(db.Integer) + 1, 1, 1)
    used = {
        row.id: row.hours
        for row in db.session.execute(
            select(report.id, func.coalesce(func.sum(CreditEntry.hours), 0).label("hours"))
            .join(
                CreditEntry,
                and_(
                    CreditEntry.person_id == report.person_id, CreditEntry.form == report.form,
                    CreditEntry.earned_on >= year, CreditEntry.earned_on < next_year,
                    CreditEntry.kind.not_in(_LEFT_OUT), CreditEntry.evidence_id.is_distinct_from(report.id),
                ),
            )
            .where(report.id.in_(ids))
            .group_by(report.id)
        )
    }  # fmt: skip
    for_all = settings.get("training.teaching_for") == "all"
    made = {}
    for one in found:
        claim, rule, already = claim_of(one, leads=one.id in leads), rules[one.id], used.get(one.id, Decimal(0))
        made[one.id] = Preview(claim, rule, already, recognise(claim, rule, already, teaching_for_all=for_all))
    return made


_LEFT_OUT = sorted(kind.value for kind in NEVER_COUNTED)


_HOME = text("""
SELECT v.id, v.title, v.state, v.submitted_at, v.person_id = :me AS own FROM training_evidence v
JOIN people p ON p.id = v.person_id
WHERE (v.state = 'submitted' AND v.person_id IS DISTINCT FROM :me AND p.scope_ids && CAST(:roots AS bigint[]))
   OR (v.state = 'returned' AND v.person_id = :me)
ORDER BY v.submitted_at, v.id
""")


def load_home(actor: Actor) -> Mapping[str, Any] | None:
    """Return what waits for the reader's review and what of their own was returned; None for neither."""
    roots = actor.scope(Permission.TRAINING_MANAGE)
    if not roots and actor.person_id is None:
        return None
    rows = db.session.execute(_HOME, {"me": actor.person_id, "roots": list(roots)}).all()
    if not rows:
        return None
    waiting = [row for row in rows if row.state == EvidenceState.SUBMITTED]
    return {
        "waiting": len(waiting), "oldest": waiting[0].submitted_at.date() if waiting else None,
        "returned": [row for row in rows if row.state == EvidenceState.RETURNED],
    }  # fmt: skip
