"""What a frame changed under sitting people would do: who sits where it judges, and whose fit becomes another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.db import db
from hrms.positions.queries import fit
from hrms.positions.queries.frames import Frames, Judging, frames_for
from hrms.positions.queries.seats import Line, lines_of
from hrms.positions.rules.fit import outcome_of
from hrms.positions.rules.frames import Need, Requirements
from hrms.positions.rules.kinds import FitOutcome

NAMES_SHOWN = 20
CANDIDATE = 0
"""Stands for the version that is not written yet; no version has this id."""
_SITTING = text("""
SELECT person_id, line_id, career_grade FROM staff_at(:on) WHERE line_id = ANY (:lines)
UNION ALL
SELECT person_id, line_id, NULL FROM other_seats_at(:on) WHERE line_id = ANY (:lines) AND role = 'concurrent'
ORDER BY person_id, line_id
""")
_LINES = text("SELECT id FROM establishment_lines WHERE position_id = :position")
_NAMED = text(
    "SELECT person_id, full_name FROM people_current WHERE person_id = ANY (:ids) ORDER BY sort_key, person_id"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A person whose proposed fit becomes another."""

    person_id: int
    name: str
    before: FitOutcome
    after: FitOutcome


@dataclass(frozen=True, slots=True)
class Effect:
    """How many people the actor may see sit where the frame judges, and how their fit changes, on a day."""

    on: date
    lines: int
    people: int
    counts: Mapping[tuple[FitOutcome, FitOutcome], int]
    shown: Sequence[Change]

    @property
    def changed(self) -> int:
        """Return of how many the fit becomes another."""
        return sum(self.counts.values())


def effect(
    position_id: int,
    agency: Agency | None,
    frame_id: int | None,
    candidate: tuple[Requirements, Sequence[Need]] | None,
    valid_from: date,
    valid_to: date | None,
) -> Effect:
    """Return what a version (None: a withdrawal) would do to those who sit there; ten statements however many.

    Judged today when the version is in force today, else on its first day.
    """
    today = clock.today()
    on = today if valid_from <= today and (valid_to is None or today < valid_to) else valid_from
    ids = list(db.session.scalars(_LINES, {"position": position_id}))
    before = frames_for(ids, on)
    after = frames_for(ids, on, without=frame_id) if frame_id else before
    lines = lines_of(ids)
    if candidate is not None:
        after = _with(after, candidate, position_id, agency, lines)
    touched = [one for one in ids if before.by_line.get(one) != after.by_line.get(one)]
    if not touched:
        return Effect(on, 0, 0, {}, ())
    sitting = db.session.execute(_SITTING, {"on": on, "lines": touched}).all()
    wanted = [(row.person_id, lines[row.line_id], row.career_grade) for row in sitting]
    old, new = fit.judge(wanted, on, before), fit.judge(wanted, on, after)
    counts: dict[tuple[FitOutcome, FitOutcome], int] = {}
    moved: dict[int, tuple[FitOutcome, FitOutcome]] = {}
    for key, judged in old.items():
        pair = (outcome_of(judged.checks), outcome_of(new[key].checks))
        if pair[0] is not pair[1]:
            counts[pair] = counts.get(pair, 0) + 1
            moved[key[0]] = pair
    shown = [
        Change(row.person_id, row.full_name, *moved[row.person_id])
        for row in (db.session.execute(_NAMED, {"ids": sorted(moved)[:500]}).all() if moved else ())
    ]
    people = {person for person, _line, _grade in wanted}
    return Effect(on, len({row.line_id for row in sitting}), len(people), counts, shown[:NAMES_SHOWN])


def _with(
    frames: Frames,
    candidate: tuple[Requirements, Sequence[Need]],
    position_id: int,
    agency: Agency | None,
    lines: Mapping[int, Line],
) -> Frames:
    """Return the frames as they would be: the candidate judges where no nearer one does."""
    agency_id = agency.id if agency else None
    judging = Judging(
        CANDIDATE, CANDIDATE, position_id, agency_id, date.min, None, candidate[0], tuple(candidate[1])
    )  # fmt: skip
    by_line = dict(frames.by_line)
    for line in lines.values():
        if agency_id is not None and agency_id not in line.scope_ids:
            continue
        nearest = frames.of(line.id)
        if nearest is None or _depth(nearest.agency_id, line.scope_ids) <= _depth(agency_id, line.scope_ids):
            by_line[line.id] = CANDIDATE
    return dataclasses.replace(frames, by_line=by_line, versions={**frames.versions, CANDIDATE: judging})


def _depth(agency_id: int | None, path: Iterable[int]) -> int:
    found = list(path)
    return found.index(agency_id) if agency_id in found else -1
