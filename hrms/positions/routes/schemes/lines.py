"""Steps 3 to 5 of the path: positions of the catalogue, their frames, their seats and structure."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries import codes, law
from hrms.positions.forms import frames as frame_forms
from hrms.positions.forms import schemes as forms
from hrms.positions.queries import catalogue, scheme_lines, schemes
from hrms.positions.queries.frames import facts_of, framework_of, requirements_of
from hrms.positions.queries.scheme_lines import LineRow
from hrms.positions.queries.scheme_look import Look, look
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.schemes.inventory import unit_choices
from hrms.positions.routes.schemes.path import Opened, opened, page, refused, say_stale, version_of, whole
from hrms.positions.rules.frames import Content, Duty, Requirements, Section, blank, from_json
from hrms.positions.rules.frames import outline as outline_of
from hrms.positions.rules.kinds import GROUP_LABELS, PositionGroup, QuotaKind
from hrms.positions.services import frames as frame_services
from hrms.positions.services import schemes as services
from hrms.positions.services.frames import Text
from hrms.positions.services.schemes.effect import frame_problems

P = Permission
VIEW, MANAGE = P.POSITIONS_VIEW, P.POSITIONS_MANAGE
_ONE = "/positions/schemes/<int:scheme_id>"


@blueprint.route(f"{_ONE}/catalogue", access=VIEW, endpoint="scheme_catalogue")
def choices(scheme_id: int) -> ResponseReturnValue:
    """Answer a search box with the positions this agency may choose."""
    found = opened(scheme_id)
    agency = scheme_lines.agency_of(found.scheme)
    offered = scheme_lines.catalogues_for(agency.kind, found.scheme.quota_kind)
    rows = scheme_lines.choices_for(offered, request.args.get("q", "")[:200], clock.today())
    items = [
        {
            "value": str(one.id), "label": one.name,
            "note": " · ".join(
                part
                for part in (
                    render(GROUP_LABELS[PositionGroup(one.position_group)]), one.field or "",
                    _("bậc %(low)s–%(high)s", low=one.grade_min, high=one.grade_max) if one.grade_min else "",
                )
                if part
            ),
        }
        for one in rows[: scheme_lines.CHOICES]
    ]  # fmt: skip
    return jsonify(items=items, more=len(rows) > scheme_lines.CHOICES)


@blueprint.route(f"{_ONE}/positions", access=VIEW, methods=["GET"], endpoint="scheme_positions")
def positions(scheme_id: int) -> ResponseReturnValue:
    """List the positions proposed, and offer the catalogue."""
    return _positions(opened(scheme_id), None)


def _positions(found: Opened, form: Any) -> str:
    if form is None:
        form = _position_form(found)
    return page(
        "positions/schemes/positions.html", found, rows=scheme_lines.list_lines(found.scheme.id), form=form,
        words=GROUP_LABELS,
    )  # fmt: skip


def _position_form(found: Opened) -> Any:
    form: Any = forms.PositionForm(data={"seats": 1, "unit": request.args.get("unit", "")})
    agency = scheme_lines.agency_of(found.scheme)
    offered = scheme_lines.catalogues_for(agency.kind, found.scheme.quota_kind)
    today = clock.today()

    def label_of(value: str) -> str | None:
        one = scheme_lines.position_for(offered, value, today)
        return one.name if one else None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in scheme_lines.choices_for(offered, words, today)]

    form.position.configure(
        source=url_for("positions.scheme_catalogue", scheme_id=found.scheme.id), label_of=label_of, find=find
    )
    form.unit.choices = unit_choices(found)
    return form


@blueprint.route(f"{_ONE}/positions", access=MANAGE, methods=["POST"], endpoint="scheme_add_position")
def add_position(scheme_id: int) -> ResponseReturnValue:
    """Propose a position of the catalogue for a unit."""
    found = opened(scheme_id)
    form = _position_form(found)
    if form.validate():
        try:
            with transaction():
                services.add_line(
                    actor(), scheme_id, int(form.unit.data), int(form.position.data), int(form.seats.data)
                )
            flash(_("Đã thêm vị trí."), "ok")
            return redirect(url_for("positions.scheme_positions", scheme_id=scheme_id, unit=form.unit.data), 303)
        except Refused as error:
            form.take(error.problems)
    return _positions(opened(scheme_id), form), 422


@blueprint.route(
    f"{_ONE}/lines/<int:scheme_line_id>/remove", access=MANAGE, methods=["POST"], endpoint="scheme_remove_line"
)
def remove_line(scheme_id: int, scheme_line_id: int) -> ResponseReturnValue:
    """Take a position out of the proposal."""
    opened(scheme_id)
    scheme_lines.get_line(scheme_id, scheme_line_id)
    try:
        with transaction():
            services.remove_line(actor(), scheme_id, scheme_line_id, version=version_of())
        flash(_("Đã bỏ vị trí khỏi đề án."), "ok")
    except (Refused, Stale) as error:
        refused(error)
    return redirect(url_for("positions.scheme_positions", scheme_id=scheme_id), 303)


# Frames


@blueprint.route(f"{_ONE}/frames", access=VIEW, endpoint="scheme_frames")
def frames(scheme_id: int) -> ResponseReturnValue:
    """Show which frame judges each position, which text the scheme proposes, and what is wrong with it."""
    found = opened(scheme_id)
    looked = look(found.scheme)
    by: dict[int, list[Any]] = {}
    for one in frame_problems(looked):
        place = int(one.field.partition("[")[2].partition("]")[0])
        by.setdefault(looked.lines[place].line.id, []).append(one)
    return page("positions/schemes/frames.html", found, rows=looked.lines, problems=by)


@blueprint.route(
    f"{_ONE}/lines/<int:scheme_line_id>/frame", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_frame"
)
def frame(scheme_id: int, scheme_line_id: int) -> ResponseReturnValue:
    """Write the text of a frame that the scheme proposes; it begins with the one in force, or with the inventory."""
    found = opened(scheme_id)
    row = _row(scheme_id, scheme_line_id)
    position = row.position
    framework = framework_of(position)
    dictionary = catalogue.dictionary(framework.value)
    sent, look_at = frame_forms.with_row(request.form) if request.method == "POST" else (request.form, None)
    if request.method == "POST":
        form: Any = forms.ProposedFrameForm(sent)
    else:
        requirements, content = _begun(row, dictionary)
        if request.args.get("from") == "works":
            content = _from_works(row, content)
        form = forms.ProposedFrameForm(
            formdata=None, data=frame_forms.data_of(requirements, content) | {"version": row.line.version}
        )
    grades = (
        range(position.grade_min, (position.grade_max or position.grade_min) + 1) if position.grade_min else range(0)
    )
    form.offer(codes.choices, [(one.competency.code, one.competency.name) for one in dictionary], grades)
    status, advice = 200, {}
    if request.method == "POST" and look_at is None:
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.propose_frame(
                        actor(), scheme_id, scheme_line_id, form.requirements(), form.content(framework),
                        version=version_of(form),
                    )  # fmt: skip
                flash(_("Đã lưu bản mô tả đề xuất."), "ok")
                return redirect(url_for("positions.scheme_frames", scheme_id=scheme_id), 303)
            except Refused as error:
                form.take(error.problems)
            except Stale as error:
                status, found = error.status, opened(scheme_id)
                row = _row(scheme_id, scheme_line_id)
                form.take([say_stale(found, row.line.recorded_by)])
                form.version.data = row.line.version
    elif request.method == "GET" and row.line.frame:
        found_text = Text(form.requirements(), form.content(framework))
        advice = form.place(frame_services.findings(position, found_text, clock.today()))
    return page(
        "positions/schemes/frame.html", found, form=form, row=row, framework=framework, advice=advice,
        parts=outline_of(framework, PositionGroup(position.position_group)),
        has_grades=position.quota_kind == QuotaKind.PUBLIC.value and not position.keeps_base_grade,
        has_works=any(one.work.scheme_line_id == scheme_line_id for one in schemes.list_works(scheme_id)),
    ), status  # fmt: skip


def _row(scheme_id: int, line_id: int) -> LineRow:
    scheme_lines.get_line(scheme_id, line_id)
    return next(one for one in scheme_lines.list_lines(scheme_id) if one.line.id == line_id)


def _begun(row: LineRow, dictionary: Any) -> tuple[Requirements, Content]:
    """Return the text a form begins with: the one proposed, the one in force, or an empty one."""
    kept = row.line.frame
    if not kept and row.frame is not None:
        kept = scheme_lines.version_values(row.frame.version_id)
    if kept:
        content = from_json(kept.get("content") or {})
        return requirements_of({**dict.fromkeys(scheme_lines.FRAME_COLUMNS), **_lists(kept)}), content
    known = [(one.competency.code, one.competency.competency_group) for one in dictionary]
    group = PositionGroup(row.position.position_group)
    low, high = row.position.grade_min, row.position.grade_max
    return Requirements(grade_from=low, grade_to=high), blank(framework_of(row.position), group, known)


def _lists(kept: Any) -> dict[str, Any]:
    lists = ("majors", "certificates", "may_complete_later")
    return {**kept, **{name: kept.get(name) or [] for name in lists}}


def _from_works(row: LineRow, content: Content) -> Content:
    """Return the content with the work of the inventory given to the line as its duties."""
    section = {
        PositionGroup.LEADERSHIP: Section.MANAGEMENT, PositionGroup.SUPPORT: Section.SUPPORT,
        PositionGroup.PROFESSIONAL: Section.PROFESSIONAL,
    }[PositionGroup(row.position.position_group)]  # fmt: skip
    if facts_of(row.position).framework.value == "civil":
        section = Section.WORK
    have = {duty.work for duty in content.duties}
    new = tuple(
        Duty(section, work=one.work.name, output=one.work.product or "", grade=row.line.grade_from)
        for one in schemes.list_works(row.line.scheme_id)
        if one.work.scheme_line_id == row.line.id and one.work.regular and one.work.name not in have
    )
    return dataclasses.replace(content, duties=(*content.duties, *new))


@blueprint.route(
    f"{_ONE}/lines/<int:scheme_line_id>/frame/drop", access=MANAGE, methods=["POST"], endpoint="scheme_drop_frame"
)
def drop_frame(scheme_id: int, scheme_line_id: int) -> ResponseReturnValue:
    """Take a proposed text back: the frame in force stays."""
    opened(scheme_id)
    scheme_lines.get_line(scheme_id, scheme_line_id)
    try:
        with transaction():
            services.drop_frame(actor(), scheme_id, scheme_line_id, version=version_of())
        flash(_("Đã bỏ bản đề xuất; bản đang áp dụng được giữ."), "ok")
    except (Refused, Stale) as error:
        refused(error)
    return redirect(url_for("positions.scheme_frames", scheme_id=scheme_id), 303)


# Seats and structure


@blueprint.route(f"{_ONE}/seats", access=VIEW, methods=["GET"], endpoint="scheme_seats")
def seats(scheme_id: int) -> ResponseReturnValue:
    """Show seats, grades and shares of each position beside what is in force, with the ratios of the law."""
    return _seats(opened(scheme_id))


def _seats(found: Opened, typed: dict[int, str] | None = None, stale: Any = (), problems: Any = ()) -> str:
    looked = look(found.scheme)
    return page(
        "positions/schemes/seats.html", found, seen=looked, typed=typed or {}, stale=set(stale), refused=problems,
        levels=_level_words(looked), findings=_by_line(looked),
    )  # fmt: skip


def _level_words(looked: Look) -> dict[int, list[tuple[str, Any]]]:
    return {
        line_id: [(level_label(level.level), level) for level in levels] for line_id, levels in looked.levels.items()
    }


def level_label(level: str) -> str:
    """Return the words of a rank or a grade."""
    if level.startswith("grade:"):
        return _("bậc %(grade)s", grade=level.removeprefix("grade:"))
    rank = law.ranks().get(level)
    return rank.name if rank else level


def _by_line(looked: Look) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for one in looked.problems:
        head, _sep, rest = one.field.partition("[")
        if head == "lines" and rest:
            found.setdefault(looked.lines[int(rest.partition("]")[0])].line.id, []).append(one)
    return found


@blueprint.route(f"{_ONE}/seats", access=MANAGE, methods=["POST"], endpoint="scheme_set_seats")
def set_seats(scheme_id: int) -> ResponseReturnValue:
    """Write the seats that were changed; a row that somebody else wrote meanwhile keeps what was typed."""
    opened(scheme_id)
    asked: dict[int, tuple[int, int]] = {}
    typed: dict[int, str] = {}
    wrong = []
    for key, value in request.form.items():
        line_id = whole(key.removeprefix("seats-")) if key.startswith("seats-") else None
        if line_id is None:
            continue
        typed[line_id] = value.strip()
        count = whole(value.strip())
        if count is None:
            wrong.append(_("“%(value)s” không phải là số chỗ. Hãy ghi số nguyên từ 0.", value=value.strip()[:20]))
        else:
            asked[line_id] = (count, whole(request.form.get(f"version-{line_id}", "")) or 0)
    if wrong:
        return _seats(opened(scheme_id), typed, problems=wrong), 422
    try:
        with transaction():
            written, stale = services.set_seats(actor(), scheme_id, asked)
    except Refused as error:
        return _seats(opened(scheme_id), typed, problems=[render(one) for one in error.problems]), error.status
    if stale:
        words = _("Đã lưu %(count)s dòng; %(stale)s dòng vừa được người khác sửa.", count=written, stale=len(stale))
        kept = {line_id: value for line_id, value in typed.items() if line_id in stale}
        return _seats(opened(scheme_id), kept, stale, [words]), 412
    flash(
        _("Đã lưu %(count)s dòng.", count=written) if written else _("Không có gì thay đổi."),
        "ok" if written else "info",
    )
    return redirect(url_for("positions.scheme_seats", scheme_id=scheme_id), 303)


@blueprint.route(f"{_ONE}/lines/<int:scheme_line_id>", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_line")
def line(scheme_id: int, scheme_line_id: int) -> ResponseReturnValue:
    """Change a proposed line: seats, grades, shares, base position; whoever comes second is told."""
    found = opened(scheme_id)
    row = _row(scheme_id, scheme_line_id)
    levels = _levels_for(row)
    form: Any = forms.shares_form(levels)(
        data={
            "version": row.line.version, "seats": row.line.seats, "grade_from": str(row.line.grade_from or ""),
            "grade_to": str(row.line.grade_to or ""), "base_position": str(row.line.base_position_id or ""),
            "code": row.line.code, "field": row.line.field, "reason": row.line.reason,
            **{f"share_{place}": row.line.shares.get(level) for place, (level, _words) in enumerate(levels)},
        }
    )  # fmt: skip
    names = _offer(form, row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            shares = {
                level: form[f"share_{place}"].data
                for place, (level, _words) in enumerate(levels)
                if form[f"share_{place}"].data is not None
            }
            given = services.Given(
                seats=int(form.seats.data), shares=shares, grade_from=whole(_of(form, "grade_from")),
                grade_to=whole(_of(form, "grade_to")), base_position_id=whole(_of(form, "base_position")),
                code=form.code.data or "", field=form.field.data or "", reason=form.reason.data or "",
            )  # fmt: skip
            try:
                with transaction():
                    services.edit_line(actor(), scheme_id, scheme_line_id, given, version=version_of(form))
                flash(_("Đã lưu vị trí."), "ok")
                return redirect(url_for("positions.scheme_seats", scheme_id=scheme_id), 303)
            except Refused as error:
                form.take(error.problems)
            except Stale as error:
                status, found = error.status, opened(scheme_id)
                row = _row(scheme_id, scheme_line_id)
                form.take([say_stale(found, row.line.recorded_by)])
                form.version.data = row.line.version
    looked = look(found.scheme)
    return page(
        "positions/schemes/line.html", found, form=form, row=row, seen=looked, names=names,
        share_names=[f"share_{place}" for place in range(len(levels))],
        suggested=looked.suggested.get(scheme_line_id), present=looked.present_of(row),
        levels=_level_words(looked).get(scheme_line_id, []),
    ), status  # fmt: skip


def _of(form: Any, name: str) -> str:
    return (form[name].data or "") if name in form else ""


def _levels_for(row: LineRow) -> list[tuple[str, str]]:
    """Return the levels a line may have shares for: grades of the catalogue, or ranks of công chức."""
    position = row.position
    if position.grade_min is not None and position.quota_kind == QuotaKind.PUBLIC.value:
        grades = range(position.grade_max or position.grade_min, position.grade_min - 1, -1)
        return [(f"grade:{grade}", _("Tỷ lệ bậc %(grade)s (%%)", grade=grade)) for grade in grades]
    known = law.ranks()
    ranks = [code for code in (*position.ranks, *row.line.shares) if code in known]
    return [(code, _("Tỷ lệ ngạch %(rank)s (%%)", rank=known[code].name)) for code in dict.fromkeys(ranks)]


def _offer(form: Any, row: LineRow) -> list[str]:
    """Fill in the choices of a line and take away what its position has not; returns the fields left, in order."""
    position = row.position
    names = ["seats", "grade_from", "grade_to", "base_position", "code", "field", "reason"]
    if position.grade_min is None:
        del form.grade_from, form.grade_to
        names = [name for name in names if not name.startswith("grade")]
    else:
        grades = range(position.grade_min, (position.grade_max or position.grade_min) + 1)
        offered = [("", "—"), *((str(one), str(one)) for one in grades)]
        form.grade_from.choices = form.grade_to.choices = offered
    leads = position.position_group == PositionGroup.LEADERSHIP.value
    if not (leads and position.quota_kind == QuotaKind.PUBLIC.value):
        del form.base_position
        names.remove("base_position")
    else:
        others = [
            one
            for one in scheme_lines.list_lines(row.line.scheme_id)
            if one.line.unit_id == row.line.unit_id and one.position.position_group != PositionGroup.LEADERSHIP.value
        ]
        form.base_position.choices = [("", "—"), *((str(one.position.id), one.position.name) for one in others)]
    return names
