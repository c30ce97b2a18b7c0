"""What somebody chose for a whole agency, row by row, and the drafts it becomes: nothing is placed but by decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions.models import Submission
from hrms.decisions.services import submissions
from hrms.decisions.services.drafting import Part
from hrms.people.queries import law
from hrms.positions.queries import fit
from hrms.positions.queries.placing import MOVE, PLACE, Candidate, Proposal
from hrms.positions.queries.seats import Line
from hrms.positions.rules import placing
from hrms.positions.rules.fit import outcome_of
from hrms.positions.rules.kinds import FitOutcome, PositionGroup, QuotaKind, SeatRole

SKIP = 0
"""Chosen in place of a line: this row is left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person with the line chosen for them (None: left out), the career grade there, and what is wrong with it."""

    person: Candidate
    line: Line | None
    grade: int | None
    problem: Problem | None = None
    chosen: bool = False
    """Somebody chose it; else it is as proposed."""

    @property
    def is_news(self) -> bool:
        """Say whether a decision would change anything for this person."""
        return self.line is not None and self.line.id != self.person.line_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rows would become: drafts by signer for each kind of decision, and everything in the way."""

    parts: Sequence[tuple[str, Part]]
    problems: Sequence[Problem]


def rows_of(found: Proposal, choices: Mapping[int, int]) -> list[Row]:
    """Return everybody with the line proposed or chosen; whoever comes after the last free seat is refused by row.

    `choices` are lines by person, `SKIP` for left out; a line that is not one of theirs counts as left out.
    """
    left = dict(found.free)
    made = []
    for one in found.people:
        placement = found.placements.get(one.person_id)
        chosen = choices.get(one.person_id)
        keeps = one.person_id in found.kept
        line_id = chosen
        if chosen is None:
            line_id = placement.line_id if placement else one.line_id if keeps else None
        line = found.lines.get(line_id or SKIP)
        if line is not None and (one.taken or not found.offers(one, line)):
            line = None
        problem = None
        grade = None
        if line is not None:
            stays = line.id == one.line_id
            grade, problem = (one.grade, None) if stays else _grade(found, one, line)
            left[line.id] -= not (stays and keeps)
            if left[line.id] < 0:
                words = N_("%(position)s, %(agency)s chỉ còn %(free)s chỗ. Hãy chọn vị trí khác hoặc bỏ qua dòng này.")
                params = {"position": line.position, "agency": line.agency, "free": found.free[line.id]}
                problem = Problem("line", "no_seat_left", words, params)
        made.append(Row(one, line, grade, problem, chosen is not None))
    return made


def _grade(found: Proposal, one: Candidate, line: Line) -> tuple[int | None, Problem | None]:
    """Return the career grade in a line: a manager's is that of the base position (NĐ 232/2026/NĐ-CP Đ7 k4)."""
    placement = found.placements.get(one.person_id)
    if placement is not None and placement.line_id == line.id:
        grade = placement.grade
    else:
        figures = law.parameters(max(found.on, clock.today()))
        grade, _fits, _reasons = placing.grade_of(one.occupant, found.seats[line.id], figures)
    if line.quota_kind != QuotaKind.PUBLIC:
        return None, None
    used = line.grades
    if used and (grade is None or grade not in used):
        words = N_("%(position)s dùng bậc %(low)s đến %(high)s, hồ sơ chuyển sang bậc %(grade)s. Hãy chọn vị trí khác.")
        params = {"position": line.position, "low": used[0], "high": used[-1], "grade": grade or "–"}
        return grade, Problem("line", "grade_not_used", words, params)
    if not used and not line.keeps_base_grade and line.position_group != PositionGroup.LEADERSHIP:
        return None, None
    return grade, None


def preview(actor: Actor, found: Proposal, rows: Sequence[Row]) -> Outcome:
    """Return the drafts the rows would become, by signer, and what is in the way; nothing is written."""
    problems: list[Problem] = [row.problem for row in rows if row.problem is not None]
    parts = []
    for kind, wanted in _by_kind(rows).items():
        told = submissions.preview(actor, kind, [row.person.person_id for row in wanted], _shared(kind), found.on,
                                   own=_own(wanted, {}))  # fmt: skip
        parts += [(kind, part) for part in told.parts]
        problems += told.problems
    return Outcome(parts, problems)


def fits_of(found: Proposal, rows: Sequence[Row]) -> dict[int, FitOutcome]:
    """Return what the record alone says of everybody proposed against the frame of their seat; three statements."""
    wanted = [
        (row.person.person_id, row.line, row.grade)
        for row in rows
        if row.is_news and row.problem is None and row.line is not None
    ]
    judged = fit.judge(wanted, found.on)
    return {person: outcome_of(one.checks) for (person, _line), one in judged.items()}


def make_drafts(
    actor: Actor, found: Proposal, rows: Sequence[Row], *, title: str = "", confirmed: bool = False
) -> list[Submission]:
    """Make the drafts: one for each kind of decision and signer, with everybody not left out.

    With `confirmed`, the actor confirms what the record says of everybody's fit; else it is confirmed in the draft.
    Raises `Forbidden`, and `Refused` with every problem; then no draft is made.
    """
    actor.require(Permission.DECISIONS_PROPOSE, at=found.agency.scope_ids)
    refuse_if([row.problem for row in rows if row.problem is not None])
    by_kind = _by_kind(rows)
    if not by_kind:
        words = N_("Chưa chọn vị trí cho ai. Hãy chọn vị trí ở ít nhất một dòng.")
        raise Refused(Problem("people", "required", words))
    fits = fits_of(found, rows) if confirmed else {}
    made: list[Submission] = []
    for kind, wanted in by_kind.items():
        ids = [row.person.person_id for row in wanted]
        made += submissions.propose(
            actor, kind, ids, _shared(kind), found.on, one_paper=True, title=title, own=_own(wanted, fits)
        )
    return made


def _by_kind(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_news and row.problem is None:
            found[row.person.kind].append(row)
    return {kind: found[kind] for kind in (PLACE, MOVE) if kind in found}


def _shared(kind: str) -> dict[str, str]:
    return {"role": SeatRole.MAIN.value} if kind == PLACE else {}


def _own(rows: Sequence[Row], fits: Mapping[int, FitOutcome]) -> dict[int, dict[str, int | str]]:
    return {
        row.person.person_id: {
            "line": row.line.id, **({"career_grade": str(row.grade)} if row.grade is not None else {}),
            **({"fit": fits[row.person.person_id].value} if row.person.person_id in fits else {}),
        }
        for row in rows
        if row.line is not None
    }  # fmt: skip
