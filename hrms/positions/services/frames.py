"""Writing position frames: a version from a day on, a correction, a withdrawal; never an edit in place.

A frame of an agency is its own; the model is the province's. Errors of the writing checks keep a version from coming
into force, advice does not (`rules.frame_writing`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import dated, hooks, unit
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.figures.services import province_closure
from hrms.people.queries import law
from hrms.positions.models import FrameVersion, JobPosition, PositionFrame
from hrms.positions.queries import catalogue, frames
from hrms.positions.rules.frame_writing import CompetencyFacts, check_frame, terms_on
from hrms.positions.rules.frames import Content, Framework, Requirements, to_json

FRAME_EXISTS = Problem(
    "agency", "frame_exists", N_("Cơ quan đã có bản mô tả của vị trí này. Hãy mở bản đó rồi lập bản mới.")
)
unit.explain_constraint("uq_position_frames_agency", FRAME_EXISTS)


@dataclass(frozen=True, slots=True)
class Text:
    """What a version says: the columns fitness is judged by, and the form."""

    requirements: Requirements
    content: Content


def may_write(actor: Actor, agency: Agency | None) -> bool:
    """Say whether the actor writes frames of an agency, or for None the province's models."""
    if agency is None:
        return actor.may(Permission.POSITIONS_CATALOGUE, at=province_closure())
    return actor.may(Permission.POSITIONS_MANAGE, at=agency.scope_ids)


def _require(actor: Actor, agency: Agency | None) -> list[int]:
    """Return the closure a frame is about. Raises `Forbidden`."""
    if agency is None:
        reach = province_closure()
        actor.require(Permission.POSITIONS_CATALOGUE, at=reach)
        return reach
    actor.require(Permission.POSITIONS_MANAGE, at=agency.scope_ids)
    return list(agency.scope_ids)


def findings(position: JobPosition, text: Text, on: date) -> list[Problem]:
    """Return every finding of the writing checks on a frame that begins on a day."""
    facts = frames.facts_of(position)
    known = {
        one.competency.code: CompetencyFacts(
            Framework(one.competency.framework), one.competency.competency_group, frozenset(one.levels)
        )
        for one in catalogue.dictionary(facts.framework.value)
    }
    terms = terms_on(law.rows("retired_terms"), facts.framework, on)
    return check_frame(facts, text.requirements, text.content, known, terms, law.parameters(on))


def write(
    actor: Actor,
    position: JobPosition,
    agency: Agency | None,
    text: Text,
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
    version: int | None = None,
) -> PositionFrame:
    """Make a version true from a day to before another; what it covers of other versions is superseded.

    `version` is that of the frame as the actor saw it, None for a frame that is not there yet. Raises `Forbidden`,
    `Stale`, `Refused` with every mistake of the writing checks.
    """
    reach = _require(actor, agency)
    frame = _take(position, agency, version)
    dated.check_interval(valid_from, valid_to)
    refuse_if([*_of_day(position, agency, valid_from), *findings(position, text, valid_from)])
    before = frames.version_on(frames.list_versions(frame.id), valid_from)
    paper = _cite(actor, decision_id, reach)
    kept = _tidy(text.content)
    dated.replace(
        FrameVersion,
        {"frame_id": frame.id},
        {**_columns(text.requirements), "content": to_json(kept)},
        valid_from=valid_from, valid_to=valid_to, decision_id=decision_id, recorded_by=actor.account_id,
    )  # fmt: skip
    frame.version += 1
    db.session.flush()
    changed = _changed(before, text.requirements, kept)
    audit.record(
        actor, "frame.written", "position_frame", frame.id, scope_ids=reach,
        agency_id=agency.id if agency else reach[1] if len(reach) > 1 else None,
        before={"position": position.name, "valid_from": before.valid_from} if before else None,
        after={
            "position": position.name, "valid_from": valid_from, "valid_to": valid_to, "decision": paper,
            "parts": ", ".join(changed),
        },
    )  # fmt: skip
    return frame


def withdraw(
    actor: Actor, found: frames.Found, valid_from: date, *, reason: str, version: int, decision_id: int | None = None
) -> None:
    """Take a frame out of force from a day on; seats are then judged by the next one above, or the model.

    Raises `Forbidden`, `Stale`, `Refused` when nothing is in force from then on.
    """
    reach = _require(actor, found.agency)
    frame = _take(found.position, found.agency, version)
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi vì sao thôi dùng bản này.")))
    later = [one for one in frames.list_versions(frame.id) if one.valid_to is None or one.valid_to > valid_from]
    if not later:
        sentence = N_("Từ ngày %(day)s không còn bản nào có hiệu lực. Hãy chọn ngày sớm hơn.")
        raise Refused(Problem("valid_from", "nothing_in_force", sentence, {"day": valid_from}))
    paper = _cite(actor, decision_id, reach)
    dated.erase(FrameVersion, {"frame_id": frame.id}, valid_from=valid_from)
    frame.version += 1
    db.session.flush()
    audit.record(
        actor, "frame.withdrawn", "position_frame", frame.id, scope_ids=reach, reason=reason.strip(),
        agency_id=found.agency.id if found.agency else reach[1] if len(reach) > 1 else None,
        after={"position": found.position.name, "valid_from": valid_from, "decision": paper},
    )  # fmt: skip


def _cite(actor: Actor, decision_id: int | None, reach: Sequence[int]) -> str:
    if decision_id is None:
        return dated.OLD_DATA_LABEL
    return " ".join(register.cite(actor, decision_id, reach) for register in hooks.papers)


def _take(position: JobPosition, agency: Agency | None, version: int | None) -> PositionFrame:
    """Return the frame under its lock, made when it is not there yet. Raises `Stale` for another version."""
    agency_id = agency.id if agency else None
    found = frames.find_frame(position.id, agency_id)
    if found is None:
        made = insert(PositionFrame).values(position_id=position.id, agency_id=agency_id).returning(PositionFrame.id)
        frame_id = db.session.execute(made).scalar_one()
        return db.session.get_one(PositionFrame, frame_id, with_for_update=True)
    db.session.refresh(found, with_for_update=True)
    if version is None and frames.list_versions(found.id):
        raise Refused(FRAME_EXISTS)
    if version is not None and found.version != version:
        raise Stale
    return found


def _of_day(position: JobPosition, agency: Agency | None, valid_from: date) -> list[Problem]:
    problems = []
    if position.valid_to is not None and position.valid_to <= valid_from:
        sentence = N_("Vị trí này không còn dùng từ ngày %(day)s. Hãy chọn ngày trước đó hoặc vị trí khác.")
        problems.append(Problem("valid_from", "position_ended", sentence, {"day": position.valid_to}))
    if agency is not None and agency.closed_on is not None and agency.closed_on <= valid_from:
        sentence = N_("%(name)s chấm dứt hoạt động từ ngày %(day)s. Hãy chọn ngày trước đó.")
        problems.append(
            Problem("valid_from", "agency_closed", sentence, {"name": agency.name, "day": agency.closed_on})
        )
    return problems


def _columns(requirements: Requirements) -> dict[str, Any]:
    found = dataclasses.asdict(requirements)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _tidy(content: Content) -> Content:
    """Return the content without lines nobody filled in."""
    return dataclasses.replace(
        content,
        outside=tuple(one for one in content.outside if one.agency.strip() or one.nature.strip()),
        authority=tuple(one for one in content.authority if one.words.strip()),
    )


def _changed(before: FrameVersion | None, requirements: Requirements, content: Content) -> list[str]:
    """Return the names of the parts that differ, for the trail."""
    if before is None:
        return []
    old, new = frames.requirements_in(before), requirements
    parts = [one.name for one in dataclasses.fields(Requirements) if getattr(old, one.name) != getattr(new, one.name)]
    said = frames.content_in(before)
    return parts + [
        one.name for one in dataclasses.fields(Content) if getattr(said, one.name) != getattr(content, one.name)
    ]
