"""Reading what a year's class rests on, for whole rounds at once: months, causes, discipline, the organisation."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import holidays, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.queries import law
from hrms.people.queries.absences import absences_between
from hrms.performance.models import RatingRound
from hrms.performance.queries import rounds as queries
from hrms.performance.queries.rounds import Belonging
from hrms.performance.rules import gathered
from hrms.performance.rules.classes import Rounding, Thresholds
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.gathered import Classified, Frame, Person
from hrms.performance.services.round_lock import BEFORE_MEETING, lock

AT_ONCE = 2_000
"""Ratings written by one statement."""
_WRITE = text("""
WITH given AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
    round_id bigint, person_id bigint, year integer, agency_id bigint, role text, months jsonb, causes jsonb,
    facts jsonb, mean numeric, provisional boolean, by_points text, reasons jsonb)
)
INSERT INTO ratings (round_id, person_id, year, agency_id, role, months, causes, facts, mean, provisional, by_points,
                     reasons, state)
SELECT g.round_id, g.person_id, g.year, g.agency_id, g.role, g.months, g.causes, g.facts, g.mean, g.provisional,
  g.by_points, ARRAY(SELECT jsonb_array_elements_text(g.reasons)), 'open'
FROM given g
ON CONFLICT (person_id, year) WHERE superseded_at IS NULL DO UPDATE SET
  round_id = excluded.round_id, agency_id = excluded.agency_id, role = excluded.role, months = excluded.months,
  causes = excluded.causes, facts = excluded.facts, mean = excluded.mean, provisional = excluded.provisional,
  by_points = excluded.by_points, reasons = excluded.reasons,
  group_id = CASE WHEN ratings.round_id = excluded.round_id THEN ratings.group_id END,
  -- Without points what was proposed by hand is kept; with points the quota proposes again.
  proposed = CASE WHEN excluded.facts ->> 'method' IN ('equal', 'weights') THEN NULL
                  WHEN excluded.by_points IS NOT NULL THEN excluded.by_points ELSE ratings.proposed END,
  version = ratings.version + 1
WHERE ratings.state = 'open'
  -- A round that is past its proposal keeps its people, wherever they go.
  AND (ratings.round_id = excluded.round_id OR ratings.round_id IN (
    SELECT o.id FROM rating_rounds o WHERE o.state IN ('collecting', 'proposed', 'cancelled')))
RETURNING id
""")
_GONE = text("""
UPDATE ratings SET superseded_at = clock_timestamp(), version = version + 1
WHERE round_id = ANY (:rounds) AND superseded_at IS NULL AND state = 'open' AND NOT person_id = ANY (:people)
""")
_AGAIN = text("""
UPDATE rating_rounds r SET state = 'collecting', version = r.version + 1, organisation_class = (
  SELECT o.final FROM organisation_ratings o
  WHERE o.agency_id = r.agency_id AND o.year = r.year AND o.state IN ('decided', 'published'))
WHERE r.id = ANY (:ids)
""")


def gather(round_ids: Collection[int], members: Sequence[Belonging] | None = None) -> int:
    """Read everybody's year anew into the rounds' ratings, which are to be proposed again; returns the rows written.

    In the caller's transaction, without a question of permission: `regather` asks it. Whoever no longer belongs to a
    round leaves it. Linear in people; nine statements and one for each two thousand of them. `members`: who belongs to
    these rounds, where the caller has just read it.
    """
    rounds = list(db.session.scalars(select(RatingRound).where(RatingRound.id.in_(round_ids)).order_by(RatingRound.id)))
    written = 0
    with scope.everything():
        for year in sorted({one.year for one in rounds}):
            of_year = [one for one in rounds if one.year == year]
            written += _gather(year, of_year, members)
            db.session.execute(_AGAIN, {"ids": [one.id for one in of_year]})
        db.session.expire_all()
    return written


def regather(actor: Actor, round_id: int) -> int:
    """Read a round anew while it is collecting or proposed. Needs `performance.manage`. Raises `Refused`."""
    return regather_many(actor, [round_id])


def regather_many(actor: Actor, round_ids: Collection[int]) -> int:
    """Read rounds anew, all of which are collecting or proposed; returns the rows written. Raises as `regather`."""
    locked = [lock(one, BEFORE_MEETING) for one in sorted(round_ids)]
    for one in locked:
        actor.require(Permission.PERFORMANCE_MANAGE, at=one.at)
    written = gather(round_ids)
    for one in locked:
        audit.record(
            actor, "round.gathered", "round", one.found.id, scope_ids=one.at, agency_id=one.agency.id,
            after={"round": one.agency.name, "year": one.found.year},
        )  # fmt: skip
    return written


def _gather(year: int, rounds: Sequence[RatingRound], known: Sequence[Belonging] | None) -> int:
    day = queries.last_day(year)
    by_place = {(one.agency_id, one.set_id): one for one in rounds}
    members = queries.belonging({one.agency_id for one in rounds}, day) if known is None else known
    sets = queries.sets_of({(one.agency_id, one.kind) for one in members}, day, year)
    people: dict[int, tuple[RatingRound, Belonging]] = {}
    for member in members:
        found = by_place.get((member.round_agency_id, sets.get((member.agency_id, member.kind), 0)))
        if found is not None:
            people[member.person_id] = (found, member)
    db.session.execute(_GONE, {"rounds": [one.id for one in rounds], "people": sorted(people)})
    frames = frames_of(rounds, day)
    years = read_years([member for _round, member in people.values()], year)
    rows = []
    for person_id, (found, member) in people.items():
        kept = gathered.classify(years[person_id], frames[found.id])
        kept.facts.update(position=member.position, position_group=member.position_group)
        rows.append(row_of(kept, found.id, person_id, year, member.agency_id, member.role))
    return write(rows)


def frames_of(rounds: Iterable[RatingRound], day: date) -> dict[int, Frame]:
    """Return how each round classifies; one statement."""
    known = queries.sets_in_force(day)
    figures, between = law.parameters(day), holidays.current().between
    frames = {}
    for one in rounds:
        held = known.get(one.set_id)
        version = held.version if held else None
        code = held.criteria.code if held else ""
        thresholds = {name: Decimal(least) for name, least in (version.thresholds if version else {}).items()}
        frames[one.id] = Frame(
            one.year, version.method if version else "none", Decree(code) if code in set(Decree) else Decree.CIVIL,
            Thresholds(**thresholds), Rounding(one.rounding), figures, between,
        )  # fmt: skip
    return frames


def read_years(members: Sequence[Belonging], year: int) -> dict[int, Person]:
    """Return what the years of these people rest on, seven statements for any number of them."""
    ids = sorted(one.person_id for one in members)
    deciding = {one.person_id: one.deciding_id for one in members}
    sheets = queries.sheets_of(ids, year, deciding)
    service = queries.service_of(ids)
    absences = absences_between(ids, date(year, 1, 1), date(year + 1, 1, 1))
    measures = queries.measures_of(ids)
    counted = queries.counted_before([one for one in ids if one in measures], year)
    weighed = queries.weighed_of(ids, year)
    units = {one.agency_id for one in members} | {one.deciding_id for one in members}
    organisations = queries.organisation_classes(units, year)
    nothing: Mapping[str, int] = {}
    return {
        one.person_id: Person(
            one.role, sheets.get(one.person_id, ()), service.get(one.person_id, ()), absences.get(one.person_id, ()),
            measures.get(one.person_id, ()), counted.get(one.person_id, nothing), weighed.get(one.person_id, {}),
            chief=one.chief,
            organisation_class=organisations.get(one.agency_id, (None, False))[0] if one.role == "head" else None,
            unit_corrupt=one.role != "staff" and organisations.get(one.agency_id, (None, False))[1],
        )
        for one in members
    }  # fmt: skip


def row_of(
    kept: Classified, round_id: int, person_id: int, year: int, agency_id: int, role: str
) -> dict[str, Any]:  # fmt: skip
    """Return a rating as `write` takes it."""
    return {
        "round_id": round_id, "person_id": person_id, "year": year, "agency_id": agency_id, "role": role,
        "months": kept.months, "causes": kept.causes, "facts": kept.facts,
        "mean": None if kept.mean is None else str(kept.mean), "provisional": kept.provisional,
        "by_points": kept.by_points, "reasons": list(kept.reasons),
    }  # fmt: skip


def write(rows: Sequence[Mapping[str, Any]]) -> int:
    """Write open ratings, new ones and those that are there; returns how many were written."""
    written = 0
    for start in range(0, len(rows), AT_ONCE):
        given = {"rows": json.dumps(rows[start : start + AT_ONCE])}
        written += len(db.session.execute(_WRITE, given).all())
    db.session.expire_all()
    return written


def members_of(rows: Iterable[tuple[int, int, str, bool]]) -> list[Belonging]:
    """Return people as their rating took them in: person, agency, role, whether they head an agency. One statement."""
    known = list(rows)
    ids = sorted({agency_id for _person, agency_id, _role, _chief in known})
    deciding = {row.id: row.deciding_id for row in db.session.execute(_PLACES, {"ids": ids})}
    return [
        Belonging(person_id, agency_id, deciding[agency_id], role, 0, "", chief, None, None)
        for person_id, agency_id, role, chief in known
    ]


_PLACES = text("SELECT id, deciding_agency(id) AS deciding_id FROM agencies WHERE id = ANY (:ids)")
