"""Which open classes would close what people still lack this year: classes with free seats, gaps, proposals.

The choice is that of `rules.proposing`, one by one; seats run down as they are proposed, in the order of the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.people.queries import law
from hrms.training.rules.kinds import LearningForm
from hrms.training.rules.proposing import Gap, Offer, Proposal, propose

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

# A class is for everybody when a school or a body of the province runs it; else for the organiser's own people.
_OPEN = text("""
SELECT k.id, k.code, k.name, k.hours, k.form, k.starts_on, k.ends_on, k.nominate_by, k.agency_id, a.name AS agency,
  c.code AS course, c.kind, k.seats - coalesce(n.seated + n.waiting + n.nominated, 0) AS free,
  a.kind IN ('central', 'province', 'department', 'party')
    OR EXISTS (SELECT 1 FROM training_providers p WHERE p.agency_id = k.agency_id) AS for_all,
  coalesce(v.person_kinds, '{}') AS person_kinds, coalesce(v.ranks, '{}') AS ranks,
  coalesce(v.positions, '{}') AS positions, coalesce(v.post_groups, '{}') AS post_groups,
  coalesce(g.factor, 1) AS factor, g.cap_hours
FROM training_classes k JOIN courses c ON c.id = k.course_id JOIN agencies a ON a.id = k.agency_id
LEFT JOIN course_versions v ON v.course_id = k.course_id AND v.superseded_at IS NULL AND v.valid_from <= k.starts_on
  AND (v.valid_to IS NULL OR v.valid_to > k.starts_on)
LEFT JOIN recognition_rules g ON g.form = k.form AND g.superseded_at IS NULL AND g.valid_from <= :last
  AND (g.valid_to IS NULL OR g.valid_to > :last)
LEFT JOIN class_counts(ARRAY(SELECT id FROM training_classes WHERE state = 'open' AND starts_on >= :today
  AND ends_on <= :last)) n ON n.class_id = k.id
WHERE k.state = 'open' AND k.starts_on >= :today AND k.ends_on <= :last
  AND (k.nominate_by IS NULL OR k.nominate_by >= :today)
  AND k.seats > coalesce(n.seated + n.waiting + n.nominated, 0)
ORDER BY k.starts_on, k.id
""")
_GAPS = text("""
SELECT c.person_id, 'who' AS what, jsonb_build_object('kind', c.kind, 'rank', c.rank_code, 'position', j.key,
  'post', c.post_code, 'scope', c.scope_ids) AS said
FROM people_current c LEFT JOIN job_positions j ON j.id = c.position_id WHERE c.person_id = ANY (:people)
UNION ALL
SELECT s.person_id, s.what, jsonb_build_object('missing', (s.missing - s.planned)::text, 'counts', v.counts,
  'courses', v.courses)
FROM training_standing s
JOIN LATERAL (SELECT counts, courses FROM requirement_versions v WHERE v.requirement_id = s.requirement_id
  AND v.superseded_at IS NULL AND v.valid_from <= :last ORDER BY v.valid_from DESC LIMIT 1) v ON true
WHERE s.person_id = ANY (:people) AND s.year = :year AND s.at_risk
UNION ALL
SELECT person_id, 'form', jsonb_build_object('form', form, 'kind', kind, 'hours', sum(hours)::text)
FROM credit_entries WHERE person_id = ANY (:people) AND earned_on >= :first AND earned_on <= :last
GROUP BY person_id, form, kind
UNION ALL
SELECT e.person_id, 'class', jsonb_build_object('id', e.class_id, 'course', c.code, 'form', k.form, 'kind', c.kind,
  'hours', k.hours::text, 'state', e.state)
FROM enrolments e JOIN training_classes k ON k.id = e.class_id JOIN courses c ON c.id = k.course_id
WHERE e.person_id = ANY (:people) AND k.state IN ('open', 'running')
  AND e.state IN ('nominated', 'waiting', 'accepted')
""")


@dataclass(frozen=True, slots=True)
class OpenClass:
    """A class that still takes people, with its free seats and whom it is meant for."""

    id: int
    code: str
    name: str
    hours: Decimal
    form: LearningForm
    starts_on: date
    ends_on: date
    nominate_by: date | None
    agency_id: int
    agency: str
    course: str
    kind: str
    free: int
    for_all: bool
    person_kinds: Sequence[str]
    ranks: Sequence[str]
    positions: Sequence[str]
    post_groups: Sequence[str]
    factor: Decimal
    cap: Decimal | None

    def takes(self, who: Mapping[str, Any]) -> bool:
        """Say whether the class is meant for somebody: facts of `_GAPS`."""
        if not self.for_all and self.agency_id not in (who["scope"] or ()):
            return False
        post = law.post_group(who["post"]).value if who["post"] and self.post_groups else None
        wanted = (
            (self.person_kinds, who["kind"]), (self.ranks, who["rank"]), (self.positions, who["position"]),
            (self.post_groups, post),
        )  # fmt: skip
        return all(not meant or has in meant for meant, has in wanted)


@dataclass(slots=True)
class Lacking:
    """What somebody lacks: facts, hours missing by the kinds that count, sets of courses, hours had by form."""

    who: Mapping[str, Any] = field(default_factory=dict)
    hours: list[tuple[Decimal, frozenset[str]]] = field(default_factory=list)
    courses: list[frozenset[str]] = field(default_factory=list)
    had: list[tuple[LearningForm, str, Decimal]] = field(default_factory=list)
    busy: set[int] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Proposals:
    """For each person what to take, and for each class proposed the people it is proposed to."""

    by_person: Mapping[int, Proposal]
    by_class: Sequence[tuple[OpenClass, Sequence[int]]]


def open_classes(year: int, today: date) -> Sequence[OpenClass]:
    """Return the classes that still take people and end within the year, the soonest first; one statement."""
    rows = db.session.execute(_OPEN, {"today": today, "last": date(year, 12, 31)})
    return [
        OpenClass(
            row.id, row.code, row.name, row.hours, LearningForm(row.form), row.starts_on, row.ends_on, row.nominate_by,
            row.agency_id, row.agency, row.course, row.kind, row.free, row.for_all, tuple(row.person_kinds),
            tuple(row.ranks), tuple(row.positions), tuple(row.post_groups), row.factor, row.cap_hours,
        )
        for row in rows
    ]  # fmt: skip


def lacking(people: Sequence[int], year: int) -> Mapping[int, Lacking]:
    """Return what each of some people lacks by the end of the year; one statement."""
    found: dict[int, Lacking] = defaultdict(Lacking)
    if not people:
        return found
    values = {"people": list(people), "year": year, "first": date(year, 1, 1), "last": date(year, 12, 31)}
    for person_id, what, said in db.session.execute(_GAPS, values):
        one = found[person_id]
        if what == "who":
            one.who = said
        elif what == "hours":
            one.hours.append((Decimal(said["missing"]), frozenset(said["counts"])))
        elif what == "course":
            one.courses.append(frozenset(said["courses"]))
        elif what == "form":
            one.had.append((LearningForm(said["form"]), said["kind"], Decimal(said["hours"])))
        else:
            one.busy.add(said["id"])
            one.taken.add(said["course"])
            if said["state"] == "accepted":
                one.had.append((LearningForm(said["form"]), said["kind"], Decimal(said["hours"])))
    return found


def propose_to(people: Sequence[int], year: int, today: date) -> Proposals:
    """Return which open classes each of some people should take, in their order while seats last; two statements."""
    classes = {one.id: one for one in open_classes(year, today)}
    free = {one.id: one.free for one in classes.values()}
    gaps = lacking(people, year)
    known: dict[Any, Proposal] = {}
    by_person: dict[int, Proposal] = {}
    by_class: dict[int, list[int]] = defaultdict(list)
    for person_id in people:
        one = gaps[person_id]
        if not one.who:
            continue
        hours, counts = max(one.hours, key=lambda gap: gap[0], default=(ZERO, frozenset[str]()))
        offers = [
            _offer(here, counts)
            for here in classes.values()
            if free[here.id] > 0 and here.id not in one.busy and here.course not in one.taken and here.takes(one.who)
        ]
        room = _room(one, counts, classes.values())
        gap = Gap(max(hours, ZERO), tuple(one.courses), room)
        key = (gap.hours, gap.courses, tuple(sorted(room.items())), tuple(offer.id for offer in offers))
        proposal = known.get(key)
        if proposal is None:
            proposal = known[key] = propose(gap, offers)
        by_person[person_id] = proposal
        for offer in proposal.offers:
            free[offer.id] -= 1
            by_class[offer.id].append(person_id)
    ordered = sorted(by_class.items(), key=lambda one: (-len(one[1]), classes[one[0]].starts_on, one[0]))
    return Proposals(by_person, [(classes[class_id], who) for class_id, who in ordered])


def _offer(one: OpenClass, counts: frozenset[str]) -> Offer:
    counted = (one.hours * one.factor).quantize(CENT) if one.kind in counts else ZERO
    return Offer(
        one.id, one.name, one.course, one.form, one.hours, counted, one.starts_on, one.ends_on,
        one.form is not LearningForm.ONLINE,
    )  # fmt: skip


def _room(one: Lacking, counts: frozenset[str], classes: Any) -> dict[LearningForm, Decimal]:
    """Return how many hours of each capped form may still count this year."""
    caps = {here.form: here.cap for here in classes if here.cap is not None}
    had: dict[LearningForm, Decimal] = defaultdict(Decimal)
    for form, kind, hours in one.had:
        if kind in counts:
            had[form] += hours
    return {form: max(cap - had[form], ZERO) for form, cap in caps.items()}
