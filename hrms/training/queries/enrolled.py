"""Who is in a class, as far as the reader sees, and the classes of one person: theirs, and those on offer to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.formats import format_date
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Reason
from hrms.people.queries import law
from hrms.training.models import TrainingClass
from hrms.training.queries.classes import Seats, counts
from hrms.training.rules.classes import NO_PRIORITY
from hrms.training.rules.eligibility import Result
from hrms.training.rules.states import EnrolmentState

P = Permission
_ORDER = """CASE e.state WHEN 'accepted' THEN 1 WHEN 'completed' THEN 1 WHEN 'failed' THEN 1 WHEN 'nominated' THEN 2
  WHEN 'waiting' THEN 2 ELSE 3 END"""
_TOLD = """e.id, e.class_id, e.person_id, e.state, e.nominated_at, e.mark, e.closed_on, e.reason, e.version,
  n.priority, n.checks, n.priorities, n.note, n.recorded_at AS told_at, s.name AS sender"""
# The organiser reads names through the view, which has nothing else; `seen` says whose record they may open too.
_ROSTER = text(f"""
SELECT {_TOLD}, r.full_name, r.staff_code, r.agency, r.sort_key, p.scope_ids, p.id IS NOT NULL AS seen
FROM class_roster r JOIN enrolments e ON e.id = r.enrolment_id LEFT JOIN nominations n ON n.enrolment_id = e.id
LEFT JOIN agencies s ON s.id = n.agency_id LEFT JOIN people p ON p.id = e.person_id
WHERE r.class_id = :class_id
ORDER BY {_ORDER}, CASE WHEN e.state IN ('nominated', 'waiting') THEN coalesce(n.priority, :none) END,
  CASE WHEN e.state IN ('nominated', 'waiting') THEN e.nominated_at END, r.sort_key, e.id
""")  # noqa: S608 - the parts are ours
_OWN = text(f"""
SELECT {_TOLD}, p.full_name, p.staff_code, a.name AS agency, p.sort_key, p.scope_ids, true AS seen
FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN people_current c ON c.person_id = p.id
LEFT JOIN agencies a ON a.id = c.agency_id LEFT JOIN nominations n ON n.enrolment_id = e.id
LEFT JOIN agencies s ON s.id = n.agency_id
WHERE e.class_id = :class_id
ORDER BY {_ORDER}, CASE WHEN e.state IN ('nominated', 'waiting') THEN coalesce(n.priority, :none) END,
  CASE WHEN e.state IN ('nominated', 'waiting') THEN e.nominated_at END, p.sort_key, e.id
""")  # noqa: S608 - the parts are ours


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """A condition as it was found when somebody was nominated."""

    words: str
    result: Result
    reason: Reason


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody in a class. `reasons` say why they come first; what the reader may not read is only said to be there.

    Of somebody whose record the reader does not see (`seen`), the results of the conditions are told without figures.
    """

    enrolment_id: int
    person_id: int
    name: str
    staff_code: str | None
    agency: str
    state: EnrolmentState
    nominated_at: datetime
    mark: Decimal | None
    reason: str | None
    version: int
    checks: Sequence[ToldCheck]
    reasons: Sequence[Reason]
    comes_first: bool
    note: str | None
    sender: str | None
    seen: bool
    scope_ids: Sequence[int]

    @property
    def open_checks(self) -> Sequence[ToldCheck]:
        """Return the conditions that were not plainly met."""
        return [one for one in self.checks if one.result is not Result.MET]


def roster(actor: Actor, class_id: int) -> list[Learner]:
    """Return everybody in a class run in the reader's part: name, staff code, agency, and what nominations said."""
    rows = db.session.execute(_ROSTER, {"class_id": class_id, "none": NO_PRIORITY})
    return [_learner(actor, row) for row in rows]


def own_people(actor: Actor, class_id: int) -> list[Learner]:
    """Return the people of the reader's scope who are in a class."""
    rows = db.session.execute(_OWN, {"class_id": class_id, "none": NO_PRIORITY})
    return [_learner(actor, row) for row in rows]


def _learner(actor: Actor, row: Any) -> Learner:
    priorities = row.priorities or []
    # Of somebody beyond the reader's sight the results are told, not what they rest on: dates of birth, posts, ratings.
    told = [one for one in priorities if row.seen and _may_read(actor, one.get("guard"), row.scope_ids or ())]
    reasons = [reason_of(one) for one in told]
    if len(told) < len(priorities):
        reasons.append(Reason(N_("Thuộc diện ưu tiên theo chính sách.")))
    return Learner(
        row.id, row.person_id, row.full_name, row.staff_code, row.agency or "", EnrolmentState(row.state),
        row.nominated_at, row.mark, row.reason, row.version,
        [
            ToldCheck(one["words"], Result(one["result"]), reason_of(one) if row.seen else _withheld(one))
            for one in row.checks or []
        ],
        reasons, bool(priorities), row.note, row.sender, row.seen, row.scope_ids or (),
    )  # fmt: skip


def _may_read(actor: Actor, guard: str | None, at: Collection[int]) -> bool:
    return guard is None or (bool(at) and actor.may(Permission(guard), at=at))


def reason_of(kept: Mapping[str, Any]) -> Reason:
    """Return a reason kept as JSON; days in it are shown as days again."""
    params = {name: _shown(value) for name, value in (kept.get("params") or {}).items()}
    return Reason(str(kept.get("text") or ""), "", str(kept.get("source") or ""), params)


def _withheld(kept: Mapping[str, Any]) -> Reason:
    """Return the reason in place of one that holds figures of a record the reader does not see."""
    return Reason(N_("Cơ quan cử đã đối chiếu với hồ sơ.")) if kept.get("params") else reason_of(kept)


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return format_date(date.fromisoformat(value))
        except ValueError:
            return value
    return value


def get_learner(actor: Actor, class_id: int, enrolment_id: int) -> Learner:
    """Return somebody in a class whom the reader sees in it. Raises `NotFound`."""
    everybody = {one.enrolment_id: one for one in [*own_people(actor, class_id), *roster(actor, class_id)]}
    if enrolment_id not in everybody:
        raise missing("enrolment")
    return everybody[enrolment_id]


# The classes of a person

_OF_PERSON = text("""
SELECT k.id AS class_id, k.code, k.name, k.state AS class_state, k.starts_on, k.ends_on, k.place, k.hours, k.form,
  k.close_reason, c.code AS course_code, c.name AS course, c.kind, v.name AS provider, a.name AS agency,
  e.id AS enrolment_id, e.state, e.mark, e.closed_on, e.reason
FROM enrolments e JOIN training_classes k ON k.id = e.class_id JOIN courses c ON c.id = k.course_id
JOIN training_providers v ON v.id = k.provider_id JOIN agencies a ON a.id = k.agency_id
WHERE e.person_id = :person AND EXISTS (SELECT 1 FROM people p WHERE p.id = e.person_id)
ORDER BY k.starts_on DESC, k.id DESC
""")


def classes_of_person(person_id: int) -> Sequence[Any]:
    """Return the classes somebody was nominated for, newest first: class, course, provider, agency, state, outcome.

    Rows have `class_id`, `code`, `name`, `class_state`, `starts_on`, `ends_on`, `place`, `hours`, `form`, `course`,
    `course_code`, `kind`, `provider`, `agency`, `enrolment_id`, `state`, `mark`, `closed_on`, `reason`, `close_reason`.
    Nothing for somebody out of the reader's sight.
    """
    return db.session.execute(_OF_PERSON, {"person": person_id}).all()


@dataclass(frozen=True, slots=True)
class Offered:
    """A class open to nominations that somebody could join: what of their requirements it would count for."""

    found: TrainingClass
    course: str
    course_code: str
    kind: str
    provider: str
    counted: Seats
    serves: Sequence[str]
    """Names of requirements not met yet; empty: it is meant for them, but they miss nothing of it."""


_ABOUT = text("""
SELECT c.kind, c.rank_code, c.post_code, j.key AS position FROM people p
JOIN people_current c ON c.person_id = p.id LEFT JOIN job_positions j ON j.id = c.position_id WHERE p.id = :person
""")
_OFFERED = text("""
SELECT k.id, c.name AS course, c.code AS course_code, c.kind, v.name AS provider, (
  SELECT coalesce(array_agg(DISTINCT q.name), '{}') FROM training_standing s
  JOIN training_requirements q ON q.id = s.requirement_id
  JOIN requirement_versions r ON r.requirement_id = q.id AND r.superseded_at IS NULL AND r.valid_from <= k.ends_on
    AND (r.valid_to IS NULL OR r.valid_to > k.ends_on)
  WHERE s.person_id = :person AND s.year = extract(YEAR FROM k.ends_on)
    AND s.state IN ('short', 'due', 'overdue')
    AND (c.code = ANY (r.courses) OR r.what = 'hours' AND c.kind = ANY (r.counts))) AS serves
FROM training_classes k JOIN courses c ON c.id = k.course_id JOIN training_providers v ON v.id = k.provider_id
JOIN course_versions w ON w.course_id = c.id AND w.superseded_at IS NULL AND w.valid_from <= k.starts_on
  AND (w.valid_to IS NULL OR w.valid_to > k.starts_on)
WHERE k.state = 'open' AND k.starts_on > :today AND (k.nominate_by IS NULL OR k.nominate_by >= :today)
  AND NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = k.id AND e.person_id = :person
    AND e.state NOT IN ('withdrawn', 'declined'))
  AND (w.positions = '{}' OR :position = ANY (w.positions)) AND (w.ranks = '{}' OR :rank = ANY (w.ranks))
  AND (w.post_groups = '{}' OR :post_group = ANY (w.post_groups))
  AND (w.person_kinds = '{}' OR :kind = ANY (w.person_kinds))
ORDER BY k.starts_on, k.id LIMIT :most
""")
OFFERED_MOST = 50


def offered_to(person_id: int, *, needed_only: bool = True) -> list[Offered]:
    """Return the open classes meant for somebody (position, rank, post, kind), those first that serve what they miss.

    With `needed_only` none else. Four statements; nothing for somebody out of the reader's sight.
    """
    about = db.session.execute(_ABOUT, {"person": person_id}).one_or_none()
    if about is None:
        return []
    posts = law.posts()
    group = posts[about.post_code].group.value if about.post_code in posts else None
    given = {
        "person": person_id, "today": clock.today(), "position": about.position, "rank": about.rank_code,
        "post_group": group, "kind": about.kind, "most": OFFERED_MOST,
    }  # fmt: skip
    rows = [row for row in db.session.execute(_OFFERED, given) if row.serves or not needed_only]
    if not rows:
        return []
    found = {
        one.id: one
        for one in db.session.scalars(db.select(TrainingClass).where(TrainingClass.id.in_([row.id for row in rows])))
    }
    counted = counts(found.values())
    made = [
        Offered(found[row.id], row.course, row.course_code, row.kind, row.provider, counted[row.id], row.serves)
        for row in rows
    ]
    return sorted(made, key=lambda one: (not one.serves, not one.counted.free, one.found.starts_on, one.found.id))
