"""Writing frames on the web: a new frame, a new version, a correction, a withdrawal; checks while one types.

Buttons that add or take a row, and the one that checks, post the form back; only “Ghi” writes. People who sit where the
frame judges are counted before anything is written, and the writer says that they have seen it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, hooks
from hrms.core.dates import last_day
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.services import province_closure
from hrms.people.queries import codes
from hrms.positions.forms import frames as forms
from hrms.positions.models import JobPosition
from hrms.positions.queries import catalogue, frames
from hrms.positions.queries.catalogue import Known
from hrms.positions.queries.frame_effect import Effect, effect
from hrms.positions.queries.frames import Found
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.catalogue import may_add
from hrms.positions.routes.frames import ask, crumbs_of, owner_words
from hrms.positions.rules.frame_writing import main_sections
from hrms.positions.rules.frames import Content, Duty, Need, Requirements, blank, outline
from hrms.positions.rules.kinds import FIT_LABELS, PositionGroup
from hrms.positions.services import frames as services

Manage, Add = Permission.POSITIONS_MANAGE, Permission.POSITIONS_CATALOGUE
WRITE = (Manage, Add)


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """What a form of a frame is about; `found` is none for a frame that is not there yet."""

    position: JobPosition
    found: Found | None
    known: list[Known]

    @property
    def grades(self) -> range:
        """Return the career grades the catalogue lets the position use; all of them where it keeps another's."""
        low, high = self.position.grade_min, self.position.grade_max
        if self.position.quota_kind != "public":
            return range(0)
        return range(1, 6) if low is None or high is None else range(low, high + 1)


def _desk(position: JobPosition, found: Found | None = None) -> Desk:
    return Desk(position, found, catalogue.dictionary(frames.framework_of(position).value))


def offer(form: forms.FrameTextForm, desk: Desk) -> None:
    """Fill in the choices of the text of a frame."""
    words = [(one.competency.code, f"{one.competency.code} – {one.competency.name}") for one in desk.known]
    form.offer(codes.choices, words, desk.grades)


def starting(position: JobPosition, known: Iterable[Known]) -> tuple[Requirements, Content]:
    """Return a new frame with what the form and the catalogue offer: standard rows, a row for each grade used."""
    framework, group = frames.framework_of(position), PositionGroup(position.position_group)
    found = blank(framework, group, [(one.competency.code, one.competency.competency_group) for one in known])
    if position.keeps_base_grade or position.grade_min is None or position.grade_max is None:
        return Requirements(), found
    grades = range(position.grade_min, position.grade_max + 1)
    professional = {one.competency.code for one in known if one.competency.competency_group == "professional"}
    needs: list[Need] = []
    for need in found.competencies:
        # The level of a professional competency is not under the grade (Phụ lục IV mục VI).
        needs += [Need(need.code, one, None, one) for one in grades] if need.code in professional else [need]
    section = main_sections(framework, group)[0]
    duties = tuple(Duty(section, grade=one) for one in grades)
    return (
        Requirements(grade_from=grades[0], grade_to=grades[-1]),
        dataclasses.replace(found, duties=duties, competencies=tuple(needs)),
    )


def _made(desk: Desk, data: dict[str, Any] | None = None, sent: Any = None) -> Any:
    form = forms.form_class()(formdata=sent, data=data, paper_kind="organisation")
    offer(form, desk)
    if desk.found is not None:
        del form.agency
    else:
        _configure(form.agency)
    return form


def _configure(field: Any) -> None:
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), Manage).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(Manage,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


@blueprint.route("/positions/catalogue/<int:position_id>/frames/new", access=WRITE, methods=["GET", "POST"])
def new_frame(position_id: int) -> ResponseReturnValue:
    """Write the first version of a frame: an agency's own, or for the province the model."""
    position = catalogue.get_position(position_id)
    desk = _desk(position)
    if request.method == "POST":
        return _posted(desk)
    who = actor()
    given = request.args.get("agency", "")
    agency = agencies.find_visible(who, given, Manage) if given else None
    if agency is None and not may_add() and len(who.scope(Manage)) == 1:
        agency = agencies.find_agency(who.scope(Manage)[0])
    above = None
    if request.args.get("from") != "blank":
        above = frames.judging_above(position.id, agency, clock.today())
    text = (frames.requirements_in(above), frames.content_in(above)) if above else starting(position, desk.known)
    form = _made(desk, {**forms.data_of(*text), "agency": str(agency.id) if agency else None})
    return _page(desk, form, started_from=above is not None)


@blueprint.route("/positions/frames/<int:frame_id>/edit", access=WRITE, methods=["GET", "POST"])
def edit_frame(frame_id: int) -> ResponseReturnValue:
    """Write another version from a day on; with `version` in the address, put that version right for its own days."""
    asked = ask(frame_id)
    actor().require(*_right(asked.found))
    desk = _desk(asked.found.position, asked.found)
    if request.method == "POST":
        return _posted(desk)
    version = asked.version or (asked.versions[0] if asked.versions else None)
    if version is None:
        data = forms.data_of(*starting(asked.found.position, desk.known))
    else:
        data = forms.data_of(frames.requirements_in(version), frames.content_in(version))
    if request.args.get("version") and version is not None:
        data |= {"valid_from": version.valid_from, "last_day": last_day(version.valid_to)}
        if version.decision_id:
            data |= {"decision_basis": "existing", "decision_id": str(version.decision_id)}
    return _page(desk, _made(desk, {**data, "version": str(asked.found.frame.version)}))


def _right(found: Found) -> tuple[Permission, list[int]]:
    """Return the permission a frame is written with, and where."""
    return (Manage, found.scope_ids) if found.agency else (Add, province_closure())


def _posted(desk: Desk) -> ResponseReturnValue:
    sent, look = forms.with_row(request.form)
    form = _made(desk, sent=sent)
    if look is not None:
        return _page(desk, form, changed=True)
    saving = sent.get("act") == "save"
    valid = form.validate() if saving else True
    agency = _agency(desk, form)
    problems = _findings(desk, form)
    advice = form.place(problems)
    if not saving:
        for field_id, words in form.typed_wrongly():
            advice.setdefault(field_id, []).append(words)
        return _page(desk, form, advice=advice, checked=True, effect_of=_effect(desk, form, agency), changed=True)
    if not valid or any(one.severity == "error" for one in problems) or _no_agency(desk, form, agency):
        return _page(desk, form, advice=advice, status=422)
    done = _effect(desk, form, agency)
    if done is not None and done.people and not sent.get("confirmed"):
        return _page(desk, form, advice=advice, effect_of=done, asking=True, status=422)
    try:
        with transaction():
            reach = list(agency.scope_ids) if agency else province_closure()
            decision_id = hooks.papers[0].read(actor(), form.data, reach)
            frame = services.write(
                actor(), desk.position, agency, _text(desk, form), valid_from=form.valid_from.data,
                valid_to=_until(form.last_day.data), decision_id=decision_id, version=_version(desk, form),
            )  # fmt: skip
            frame_id = frame.id
    except (Refused, Stale) as refused:
        form.place(refused.problems)
        return _page(desk, form, effect_of=done, status=refused.status)
    flash(_("Đã ghi bản mô tả, khung năng lực của vị trí “%(name)s”.", name=desk.position.name), "ok")
    return redirect(url_for("positions.frame", frame_id=frame_id, as_at=_shown(form.valid_from.data)), 303)


def _shown(valid_from: date) -> str | None:
    return valid_from.isoformat() if valid_from > clock.today() else None


def _until(last: date | None) -> date | None:
    return None if last is None else last + timedelta(days=1)


def _version(desk: Desk, form: Any) -> int | None:
    if desk.found is None:
        return None
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() else 0


def _agency(desk: Desk, form: Any) -> Agency | None:
    if desk.found is not None:
        return desk.found.agency
    given = str(form.agency.data or "")
    if not given:
        return None
    try:
        return agencies.find_visible(actor(), given, Manage)
    except NotFound:
        return None


def _no_agency(desk: Desk, form: Any, agency: Agency | None) -> bool:
    """Say whether nobody was named whose frame it is, by somebody who does not write the model."""
    if agency is not None or desk.found is not None or may_add():
        return False
    form.place([Problem("agency", "required", N_("Chưa chọn cơ quan, đơn vị. Hãy chọn nơi dùng bản mô tả này."))])
    return True


def _text(desk: Desk, form: Any) -> services.Text:
    return services.Text(form.requirements(), form.content(frames.framework_of(desk.position)))


def _findings(desk: Desk, form: Any) -> list[Problem]:
    return services.findings(desk.position, _text(desk, form), form.valid_from.data or clock.today())


def _effect(desk: Desk, form: Any, agency: Agency | None) -> Effect | None:
    """Return what the version would do to those who sit there; None while its first day or its agency is not known."""
    start, until = form.valid_from.data, _until(form.last_day.data)
    nobodys = desk.found is None and agency is None and not may_add()
    if nobodys or start is None or (until is not None and until <= start):
        return None
    text = _text(desk, form)
    frame_id = desk.found.frame.id if desk.found else None
    return effect(desk.position.id, agency, frame_id, (text.requirements, text.content.competencies), start, until)


def _page(
    desk: Desk, form: Any, *, status: int = 200, effect_of: Effect | None = None, **more: Any
) -> ResponseReturnValue:
    found, position = desk.found, desk.position
    if found is not None:
        correcting = bool(request.args.get("version"))
        heading = _("Sửa bản đã ghi") if correcting else _("Lập bản mới")
        crumbs = crumbs_of(found, below=True)
        back = url_for("positions.frame", frame_id=found.frame.id)
    else:
        heading = _("Lập bản mô tả, khung năng lực")
        crumbs = [
            (_("Danh mục vị trí việc làm"), url_for("positions.catalogue")),
            (position.name, url_for("positions.position", position_id=position.id)),
        ]
        back = url_for("positions.position", position_id=position.id)
    return render_template(
        "positions/frames/edit.html",
        form=form,
        heading=heading,
        position=position,
        owner=owner_words(found) if found else "",
        outline=outline(frames.framework_of(position), PositionGroup(position.position_group)),
        framework=frames.framework_of(position).value,
        has_grades=position.quota_kind == "public",
        may_model=may_add(),
        chooser=hooks.papers[0].template,
        check_url=url_for("positions.check_frame", position_id=position.id),
        advice=more.pop("advice", {}),
        effect=effect_of,
        fit_words=lambda one: render(FIT_LABELS[one]),
        crumbs=crumbs,
        back=back,
        **more,
    ), status


@blueprint.route("/positions/catalogue/<int:position_id>/frames/check", access=WRITE, methods=["POST"])
def check_frame(position_id: int) -> ResponseReturnValue:
    """Answer the script with the findings on what is typed: field id, severity and sentence; nothing is written."""
    desk = _desk(catalogue.get_position(position_id))
    form = _made(desk, sent=request.form)
    items = [{"id": field_id, "severity": "error", "message": words} for field_id, words in form.typed_wrongly()]
    for problem in _findings(desk, form):
        field = form.at(problem.field)
        items.append(
            {"id": field.id if field is not None else "", "severity": problem.severity, "message": render(problem)}
        )
    errors = sum(one["severity"] == "error" for one in items)
    summary = (
        _("%(errors)s chỗ cần sửa, %(advice)s gợi ý", errors=errors, advice=len(items) - errors)
        if items
        else _("Chưa thấy chỗ nào cần sửa.")
    )
    return jsonify(items=items, summary=summary)


@blueprint.route("/positions/frames/<int:frame_id>/withdraw", access=WRITE, methods=["GET", "POST"])
def withdraw_frame(frame_id: int) -> ResponseReturnValue:
    """Take a frame out of force from a day on, after showing who sits there."""
    found = frames.get_frame(actor(), frame_id)
    actor().require(*_right(found))
    fields: Any = hooks.papers[0].fields
    form: Any = type("WithdrawFrameForm", (fields, forms.WithdrawFrameForm), {})(
        data={"version": str(found.frame.version), "valid_from": clock.today()}, paper_kind="organisation"
    )
    status, done = 200, None
    day = form.valid_from.data or clock.today()
    if request.method == "POST":
        status = 422
        if form.validate():
            done = effect(found.position.id, found.agency, found.frame.id, None, day, None)
            if not done.people or request.form.get("confirmed"):
                try:
                    with transaction():
                        reach = found.scope_ids or province_closure()
                        decision_id = hooks.papers[0].read(actor(), form.data, reach)
                        given = str(form.version.data or "")
                        services.withdraw(
                            actor(), found, day, reason=str(form.reason.data), decision_id=decision_id,
                            version=int(given) if given.isascii() and given.isdigit() else 0,
                        )  # fmt: skip
                    flash(_("Đã ghi ngày thôi hiệu lực của bản mô tả, khung năng lực."), "ok")
                    return redirect(url_for("positions.frame", frame_id=frame_id), 303)
                except (Refused, Stale) as refused:
                    form.take(refused.problems)
                    status = refused.status
                    found = frames.get_frame(actor(), frame_id)
    return render_template(
        "positions/frames/withdraw.html",
        form=form,
        found=found,
        owner=owner_words(found),
        effect=done or effect(found.position.id, found.agency, found.frame.id, None, day, None),
        asking=done is not None and bool(done.people) and not form.errors,
        fit_words=lambda one: render(FIT_LABELS[one]),
        chooser=hooks.papers[0].template,
        back=url_for("positions.frame", frame_id=frame_id),
        crumbs=crumbs_of(found, below=True),
    ), status
