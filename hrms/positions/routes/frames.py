"""Pages of frames: the version in force on a day, its versions, two of them compared, the official form as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock, hooks
from hrms.core.actor import missing
from hrms.core.dates import last_day
from hrms.core.db import db
from hrms.core.documents import Paper, render_docx, render_pdf
from hrms.core.formats import format_interval
from hrms.core.i18n import _, select_locale
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.models import Decision
from hrms.positions.models import EstablishmentLine, FrameVersion
from hrms.positions.papers import frame as papers
from hrms.positions.queries import catalogue, frame_told, frames
from hrms.positions.queries.catalogue import Known
from hrms.positions.queries.frame_told import Told
from hrms.positions.queries.frames import Found
from hrms.positions.routes.base import blueprint
from hrms.positions.services import frames as services

View = Permission.POSITIONS_VIEW
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ROOT = text("SELECT id FROM agencies WHERE parent_id IS NULL ORDER BY id LIMIT 1")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address under a frame asks for: the frame, its versions, the one shown and the day."""

    found: Found
    versions: Any
    version: FrameVersion | None
    on: date

    @property
    def shown(self) -> FrameVersion:
        """Return the version asked for. Raises `NotFound` when none is in force that day."""
        if self.version is None:
            raise missing("frame")
        return self.version


def ask(frame_id: int) -> Asked:
    """Return what the address asks for: `version` names one, else the one in force on `as_at`. Raises `NotFound`."""
    as_at, known_on = asked_dates()
    on = as_at or clock.today()
    found = frames.get_frame(actor(), frame_id)
    versions = frames.list_versions(found.frame.id, known_on)
    given = request.args.get("version", "")
    if given:
        chosen = next((one for one in versions if str(one.id) == given), None)
        if chosen is None:
            raise missing("version")
        return Asked(found, versions, chosen, on)
    return Asked(found, versions, frames.version_on(versions, on), on)


def owner_words(found: Found) -> str:
    """Return whose frame it is."""
    return found.agency.name if found.agency else _("Mẫu chung của tỉnh")


def crumbs_of(found: Found, *, below: bool = False) -> list[tuple[str, str | None]]:
    """Return the way to a frame."""
    steps: list[tuple[str, str | None]] = [
        (_("Danh mục vị trí việc làm"), url_for("positions.catalogue")),
        (found.position.name, url_for("positions.position", position_id=found.position.id)),
    ]
    if below:
        steps.append((owner_words(found), url_for("positions.frame", frame_id=found.frame.id)))
    return steps


def known_competencies(found: Found) -> dict[str, Known]:
    """Return the dictionary of the frame's framework by code."""
    return {one.competency.code: one for one in catalogue.dictionary(found.framework.value)}


def _code(found: Found) -> str:
    """Return the code the agency gives the position on its own papers."""
    if found.agency is None:
        return ""
    query = select(EstablishmentLine.code).where(
        EstablishmentLine.agency_id == found.agency.id, EstablishmentLine.position_id == found.position.id
    )
    return db.session.scalar(query) or ""


def told(found: Found, version: FrameVersion, dictionary: dict[str, Known]) -> list[Told]:
    """Return the parts of a version in words."""
    requirements, content = frames.requirements_in(version), frames.content_in(version)
    return frame_told.parts(found, requirements, content, dictionary, _code(found))


def version_words(version: FrameVersion) -> str:
    """Return when a version is in force, with its last day."""
    return format_interval(version.valid_from, version.valid_to, select_locale())


@blueprint.route("/positions/frames/<int:frame_id>", access=View)
def frame(frame_id: int) -> ResponseReturnValue:
    """Show the frame as it stands on the day of the address, and its versions."""
    who, asked = actor(), ask(frame_id)
    found, version = asked.found, asked.version
    ids = sorted({one.decision_id for one in asked.versions if one.decision_id})
    papers_of = hooks.papers[0].describe(ids) if ids and who.may(Permission.DECISIONS_VIEW) else {}
    return render_template(
        "positions/frames/show.html",
        found=found,
        owner=owner_words(found),
        version=version,
        versions=asked.versions,
        on=asked.on,
        parts=told(found, version, known_competencies(found)) if version else [],
        requirements=frame_told.requirement_rows(frames.requirements_in(version)) if version else [],
        papers=papers_of,
        version_words=version_words,
        last_day=last_day,
        may_write=services.may_write(who, found.agency),
        crumbs=crumbs_of(found),
    )


@blueprint.route("/positions/frames/<int:frame_id>/compare", access=View)
def compare_frames(frame_id: int) -> ResponseReturnValue:
    """Show what differs between two versions; without a choice, the two newest."""
    asked = ask(frame_id)
    found = asked.found
    by_id = {str(one.id): one for one in asked.versions}
    newest = list(asked.versions)
    new = by_id.get(request.args.get("new", "")) or (newest[0] if newest else None)
    before = next((one for one in newest if new is not None and one.valid_from < new.valid_from), None)
    old = by_id.get(request.args.get("old", "")) or before
    changes = None
    if old is not None and new is not None:
        dictionary = known_competencies(found)
        changes = frame_told.compare(
            (frames.requirements_in(old), told(found, old, dictionary)),
            (frames.requirements_in(new), told(found, new, dictionary)),
        )
    return render_template(
        "positions/frames/compare.html",
        found=found,
        owner=owner_words(found),
        versions=asked.versions,
        old=old,
        new=new,
        changes=changes,
        version_words=version_words,
        crumbs=crumbs_of(found, below=True),
    )


@blueprint.route("/positions/frames/<int:frame_id>/paper.pdf", access=View)
def frame_pdf(frame_id: int) -> ResponseReturnValue:
    """Give the official form as a PDF."""
    found, made = _paper(frame_id)
    return _file(found, render_pdf([made], papers.KEYS[found.framework]), "pdf")


@blueprint.route("/positions/frames/<int:frame_id>/paper.docx", access=View)
def frame_docx(frame_id: int) -> ResponseReturnValue:
    """Give the official form as a Word file."""
    found, made = _paper(frame_id)
    return _file(found, render_docx(made, papers.KEYS[found.framework]), "docx")


def _paper(frame_id: int) -> tuple[Found, Paper]:
    asked = ask(frame_id)
    found, version = asked.found, asked.shown
    # Row security answers: a decision beyond the reader's scope is not named.
    decision = db.session.get(Decision, version.decision_id) if version.decision_id else None
    office = papers.office_of(found.agency, db.session.execute(_ROOT).scalar())
    return found, papers.frame_paper(
        found, frames.requirements_in(version), frames.content_in(version), known_competencies(found), office=office,
        code=_code(found), decision=decision,
    )  # fmt: skip


def _file(found: Found, content: bytes, form: str) -> ResponseReturnValue:
    with transaction():
        audit.record(
            actor(), "frame.printed", "position_frame", found.frame.id, scope_ids=found.scope_ids or [0],
            agency_id=found.agency.id if found.agency else None, after={"position": found.position.name},
        )  # fmt: skip
    name = f"ban-mo-ta-{found.frame.id}.{form}"
    kind = PDF if form == "pdf" else WORD
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
