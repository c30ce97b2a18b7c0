"""What an approved scheme brings about, on the day it takes effect: lines, seats, shares, frames; one decision."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem
from hrms.positions.models import EstablishmentLine, JobPosition, PositionFrame
from hrms.positions.queries import scheme_lines
from hrms.positions.queries.frames import find_frame, list_versions, requirements_of
from hrms.positions.queries.scheme_lines import LineRow, PresentLine
from hrms.positions.queries.scheme_look import Look
from hrms.positions.rules.frames import from_json
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Movement, MovementKind
from hrms.positions.services import frames, quotas
from hrms.positions.services.frames import Text


@dataclass(frozen=True, slots=True)
class NewFrame:
    """A text that comes into force: whose it will be, of which position, and the lines it comes from."""

    agency_id: int
    position: JobPosition
    text: Text
    lines: tuple[int, ...]


def new_frames(look: Look) -> list[NewFrame]:
    """Return the texts a scheme brings: those proposed, and those in force used with other grades.

    A text becomes the agency's own frame where all its units agree on it, else each unit's. A frame that a unit inside
    has of its own is written on there.
    """
    wanted: dict[int, list[tuple[LineRow, Text]]] = {}
    for row in look.lines:
        text = _text_of(row)
        if text is not None:
            wanted.setdefault(row.line.position_id, []).append((row, text))
    inside = {unit.id for unit in look.units}
    found = []
    for pairs in wanted.values():
        by: dict[int, list[tuple[LineRow, Text]]] = {}
        lines_of_position = [row for row in look.lines if row.line.position_id == pairs[0][0].line.position_id]
        agreed = len({_key(text) for _row, text in pairs}) == 1 and len(pairs) == len(lines_of_position)
        for row, text in pairs:
            own = row.frame is not None and row.frame.agency_id in inside and row.frame.agency_id == row.line.unit_id
            owner = row.line.unit_id if own or not agreed else look.scheme.agency_id
            by.setdefault(owner, []).append((row, text))
        for owner, of_owner in by.items():
            row, text = of_owner[0]
            found.append(NewFrame(owner, row.position, text, tuple(one.line.id for one, _text in of_owner)))
    return found


def _key(text: Text) -> str:
    return repr(text)


def _text_of(row: LineRow) -> Text | None:
    """Return the text a line brings, None where the frame in force stays as it is."""
    line = row.line
    if line.frame:
        text = Text(requirements_of(_columns(line.frame)), from_json(line.frame.get("content") or {}))
    elif row.frame is not None and line.grade_from is not None and _other_grades(row):
        values = scheme_lines.version_values(row.frame.version_id)
        text = Text(requirements_of(values), from_json(values["content"]))
    else:
        return None
    graded = dataclasses.replace(text.requirements, grade_from=line.grade_from, grade_to=line.grade_to)
    return Text(graded, text.content)


def _columns(kept: Mapping[str, object]) -> dict[str, object]:
    lists = {"majors", "certificates", "may_complete_later"}
    return {name: kept.get(name) or ([] if name in lists else None) for name in scheme_lines.FRAME_COLUMNS} | {
        name: bool(kept.get(name)) for name in ("other_majors_with_certificate", "special_law")
    }


def _other_grades(row: LineRow) -> bool:
    frame = row.frame
    return frame is not None and (frame.grade_from, frame.grade_to) != (row.line.grade_from, row.line.grade_to)


def frame_problems(look: Look, on: date | None = None) -> list[Problem]:
    """Return what the writing checks say of the texts a scheme brings; fields are `lines[n].frame`."""
    places = {row.line.id: place for place, row in enumerate(look.lines)}
    found = []
    for new in new_frames(look):
        for one in frames.findings(new.position, new.text, on or look.on):
            text = N_("Bản mô tả “%(name)s”: %(finding)s")
            params = {"name": new.position.name, "finding": render(one)}
            found.append(Problem(f"lines[{places[new.lines[0]]}].frame", one.code, text, params, one.severity))
    return found


def apply(
    actor: Actor, look: Look, decision_id: int, day: date, acceptance: quotas.Acceptance | None
) -> Mapping[str, int]:
    """Bring about what a scheme proposes, from a day on; returns how many lines, entries and frames were written.

    The caller holds the scheme and sees what its agency has on that day in `look`. Raises `Refused` with everything the
    ledger and the writing checks find, and nothing is written.
    """
    opened = _lines(actor, look)
    entries = list(_entries(look, opened, day))
    if entries:
        quotas.write(
            actor, entries, decision_id=decision_id, note=look.scheme.title, acceptance=acceptance
        )  # fmt: skip
    written = 0
    for new in new_frames(look):
        agency = db.session.get_one(Agency, new.agency_id)
        frame = find_frame(new.position.id, new.agency_id)
        stands = frame is not None and bool(list_versions(frame.id))
        frames.write(
            actor, new.position, agency, new.text, valid_from=day, decision_id=decision_id,
            version=_version(frame) if stands else None,
        )  # fmt: skip
        written += 1
    return {"lines": len(opened), "entries": len(entries), "frames": written}


def _version(frame: PositionFrame | None) -> int | None:
    return frame.version if frame is not None else None


def _lines(actor: Actor, look: Look) -> dict[int, EstablishmentLine]:
    """Return the line of the establishment of each proposed one, opened or changed as it says."""
    units = [unit.id for unit in look.units]
    query = select(EstablishmentLine).where(EstablishmentLine.agency_id.in_(units)).order_by(EstablishmentLine.id)
    there = {
        (one.agency_id, one.position_id): one
        for one in db.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    }
    found = {}
    for row in look.lines:
        proposed = row.line
        line = there.get((proposed.unit_id, proposed.position_id))
        if line is None:
            line = EstablishmentLine(
                agency_id=proposed.unit_id, position_id=proposed.position_id, quota_kind=row.position.quota_kind,
                shares={}, recorded_by=actor.account_id,
            )  # fmt: skip
            db.session.add(line)
        else:
            line.version += 1
        line.code, line.field = proposed.code or line.code, proposed.field or line.field
        line.base_position_id, line.shares = proposed.base_position_id, dict(proposed.shares)
        found[proposed.id] = line
    db.session.flush()
    return found


def _entries(look: Look, opened: Mapping[int, EstablishmentLine], day: date) -> Iterable[Movement]:
    present = {(one.unit_id, one.position_id): one for one in look.present}
    # What gives seats back comes first; entries of one paper are judged together all the same.
    kept = {(row.line.unit_id, row.line.position_id) for row in look.lines}
    for one in look.present:
        if (one.unit_id, one.position_id) not in kept and one.seats > 0:
            yield Movement(one.unit_id, QuotaKind(one.quota_kind), MovementKind.ADJUSTED, -one.seats, day, one.id)
    for row in look.lines:
        old = present.get((row.line.unit_id, row.line.position_id))
        amount = row.line.seats - (old.seats if old else 0)
        if amount:
            kind = MovementKind.ADJUSTED if _had_seats(old) else MovementKind.ASSIGNED
            line = opened[row.line.id]
            yield Movement(row.line.unit_id, QuotaKind(line.quota_kind), kind, amount, day, line.id)


def _had_seats(old: PresentLine | None) -> bool:
    return old is not None and old.seats > 0


def check_day(look: Look, day: date) -> None:
    """Refuse a day of effect before the scheme's agency had its seats settled: schemes are not made backwards.

    Raises `Refused`.
    """
    earliest = look.scheme.submitted_on
    if earliest is not None and day < earliest:
        text = N_("Ngày có hiệu lực %(day)s trước ngày trình đề án %(since)s. Hãy ghi ngày từ %(since)s trở đi.")
        refuse_if([Problem("effective_on", "before_submission", text, {"day": day, "since": earliest})])
    if day.year > clock.today().year + 5:
        text = N_("Ngày có hiệu lực %(day)s quá xa. Hãy kiểm tra lại năm.")
        refuse_if([Problem("effective_on", "day_out_of_range", text, {"day": day})])
