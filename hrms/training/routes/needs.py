"""`/training/needs`: what a part of the tree needs to learn, by the programme that would close it, down to names."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, scope
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.training.queries import courses
from hrms.training.queries import needs as queries
from hrms.training.routes.base import blueprint
from hrms.training.routes.seeing.asking import asked_number, asked_one_of, asked_part, kept, send_figures, send_names
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import COURSE_KIND_LABELS, CourseKind
from hrms.training.rules.needs import SOURCE_LABELS, NeedSource

P = Permission


def _source() -> NeedSource | None:
    given = asked_one_of("source", NeedSource)
    return NeedSource(given) if given else None


def sources() -> list[tuple[str, str]]:
    """Return why somebody needs a programme, as pairs for a template."""
    return [(one.value, render(words)) for one, words in SOURCE_LABELS.items()]


@blueprint.route("/training/needs", access=P.TRAINING_VIEW)
def needs() -> ResponseReturnValue:
    """Show by programme how many people need it and why, with the seats there are."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part, today = asked_part(), clock.today()
    found = queries.list_needs(part, today.year, today)
    return render_template(
        "training/needs/list.html",
        part=part,
        needs=found,
        groups=[one for one in found.groups if one.people],
        sources=sources(),
        kind_words=lambda one: render(COURSE_KIND_LABELS[CourseKind(one.kind)]),
        people_url=lambda **values: url_for("training.need_people", **(kept("agency") | values)),
        year=today.year,
        may_plan=actor().may(P.TRAINING_MANAGE) or actor().may(P.TRAINING_CATALOGUE),
    )


@blueprint.route("/training/needs/export.xlsx", access=P.TRAINING_VIEW)
def export_needs() -> ResponseReturnValue:
    """Give the table of the page as a workbook."""
    part, today = asked_part(), clock.today()
    found = queries.list_needs(part, today.year, today)
    rows: list[list[Any]] = [
        [
            one.course.code if one.course else "",
            one.course.name if one.course else _("Chưa có chương trình phù hợp, hoặc cần chọn chương trình"),
            one.people, *(one.by_source.get(source, 0) for source in NeedSource), one.late, one.classes, one.seats,
        ]
        for one in found.groups
        if one.people
    ]  # fmt: skip
    rows.append(["", _("Cộng, mỗi người một lần"), found.people, *(found.by_source.get(s, 0) for s in NeedSource)])
    headers = [
        _("Mã"), _("Chương trình"), _("Số người"), *(words for _key, words in sources()), _("Trong đó quá hạn"),
        _("Lớp đang mở"), _("Số chỗ của lớp đang mở"),
    ]  # fmt: skip
    return send_figures(
        "needs", _("Nhu cầu năm %(year)s", year=today.year), headers, rows, f"nhu-cau-dao-tao-{today.year}.xlsx", part,
        (16, 70, *(14,) * 8),
    )  # fmt: skip


@blueprint.route("/training/needs/people", access=P.TRAINING_VIEW)
def need_people() -> ResponseReturnValue:
    """Show by name who needs a programme, and what each lacks."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    who.require(P.PEOPLE_VIEW)
    scope.enter_for(who, P.PEOPLE_VIEW)
    part, today = asked_part(), clock.today()
    course_id = asked_number("course")
    course = courses.get_course(course_id) if course_id else None
    people = queries.list_people(part, today.year, today, course_id, _source(), after=request.args.get("after"))
    count_shown(one.person_id for one in people.page.items)
    return render_template(
        "training/needs/people.html",
        part=part,
        course=course,
        course_id=course_id,
        source=request.args.get("source", ""),
        sources=sources(),
        labels={source.value: render(words) for source, words in SOURCE_LABELS.items()},
        page=people.page,
        everybody=people.everybody,
        tidy=tidy,
        crumbs=[(_("Nhu cầu đào tạo, bồi dưỡng"), url_for("training.needs", **kept("agency")))],
    )


@blueprint.route("/training/needs/people.xlsx", access=P.PEOPLE_EXPORT)
def export_need_people() -> ResponseReturnValue:
    """Give the people the address asks for, a line for each thing they lack, as a workbook."""
    actor().require(P.TRAINING_VIEW)
    part, today = asked_part(P.PEOPLE_EXPORT), clock.today()
    course_id = asked_number("course")
    people = queries.list_people(part, today.year, today, course_id, _source(), limit=queries.EVERYBODY)
    rows = [
        (one.full_name, one.staff_code, one.agency, render(SOURCE_LABELS[lack.source]), lack.words, lack.note,
         _("quá hạn") if lack.late else "")
        for one in people.page.items
        for lack in one.lacks
    ]  # fmt: skip
    headers = [
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Vì sao"), _("Còn thiếu"), _("Ghi chú"), _("Quá hạn"),
    ]  # fmt: skip
    return send_names(
        "training.needs", _("Nhu cầu năm %(year)s", year=today.year), headers, rows,
        f"nguoi-can-dao-tao-{today.year}.xlsx", part, (26, 12, 40, 30, 60, 30, 10),
    )  # fmt: skip
