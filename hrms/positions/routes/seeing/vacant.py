"""Free seats, and seats that become free: lists with filters, their workbook."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from hrms.core.db import db
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.positions.models import JobPosition
from hrms.positions.queries import establishment
from hrms.positions.queries import vacancies as queries
from hrms.positions.queries.vacancies import MONTHS, Filters
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import Asked, asked, asked_number, asked_one_of, send_figures
from hrms.positions.routes.seeing.overview import agency_url, page_of
from hrms.positions.rules.kinds import GROUP_LABELS, QUOTA_LABELS, PositionGroup, QuotaKind

P = Permission


def asked_filters() -> Filters:
    """Return what the address narrows the list to. Raises `Refused` for words of no list."""
    return Filters(
        asked_one_of("kind", QuotaKind), asked_one_of("group", PositionGroup), asked_number("position", least=1)
    )


def _months() -> int | None:
    given = asked_one_of("months", map(str, MONTHS))
    return int(given) if given else None


@blueprint.route("/positions/vacancies", access=P.POSITIONS_VIEW)
def vacancies() -> ResponseReturnValue:
    """Show the lines with free seats; with `months`, those where seats become free within so many months."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here, filters, months = asked(), asked_filters(), _months()
    after = request.args.get("after")
    found = coming = None
    total = 0
    if months is None:
        state = establishment.read(actor(), here.day, under=here.part.agency_id)
        found = queries.list_vacancies(state, filters, after=after)
    else:
        coming, total = queries.list_coming(here.part, here.day, months, filters, after=after)
    return render_template(
        "positions/vacancies.html",
        found=found,
        coming=coming,
        total=found.lines if found else total,
        months=months,
        windows=[(None, _("Đang trống")), *((n, _("Trống ra trong %(n)s tháng", n=n)) for n in MONTHS)],
        seats=[(render(QUOTA_LABELS[kind]), found.seats[kind]) for kind in QuotaKind if found and kind in found.seats],
        kinds=[("", _("— tất cả —")), *((kind.value, render(QUOTA_LABELS[kind])) for kind in QuotaKind)],
        groups=[("", _("— tất cả —")), *((group.value, render(GROUP_LABELS[group])) for group in PositionGroup)],
        positions=[("", _("— tất cả —")), *_positions()],
        kind_words=lambda kind: render(QUOTA_LABELS[QuotaKind(kind)]),
        filters=filters,
        part=here.part,
        agency_url=agency_url,
        line_url=lambda line_id: page_of("positions.line", line_id=line_id),
        assign_url=_assign_url,
    )


def _positions() -> list[tuple[int, str]]:
    rows = db.session.execute(select(JobPosition.id, JobPosition.name).order_by(JobPosition.sort_key, JobPosition.id))
    return [(row.id, row.name) for row in rows]


def _assign_url(line: Any) -> str | None:
    """Return where somebody is put forward for a seat, for a reader who may propose anywhere."""
    return page_of("positions.assign", line_id=line.line_id) if actor().may(P.DECISIONS_PROPOSE) else None


@blueprint.route("/positions/vacancies.xlsx", access=P.POSITIONS_VIEW)
def export_vacancies() -> ResponseReturnValue:
    """Give the list that the address shows, all of its pages, as a workbook."""
    here, filters, months = asked(), asked_filters(), _months()
    return _export_coming(here, filters, months) if months else _export_free(here, filters)


def _export_free(here: Asked, filters: Filters) -> ResponseReturnValue:
    state = establishment.read(actor(), here.day, under=here.part.agency_id)
    found = queries.list_vacancies(state, filters, limit=queries.EVERY)
    headers = [
        _("Vị trí việc làm"), _("Mã"), _("Cơ quan, đơn vị"), _("Biên chế"), _("Nhóm"), _("Số chỗ"), _("Đang trống"),
        _("Từ ngày"), _("Giữ cho tuyển dụng"), _("Giữ cho hồ sơ trình"), _("Người có thể bố trí"),
    ]  # fmt: skip
    rows = [
        (
            one.position, one.code, one.agency, render(QUOTA_LABELS[QuotaKind(one.kind)]),
            render(GROUP_LABELS[PositionGroup(one.group)]), one.seats, one.free, one.since, one.recruiting,
            one.proposed, one.suggested,
        )
        for one in found.page.items
    ]  # fmt: skip
    widths = (46, 18, 46, 22, 22, 8, 8, 12, 10, 10, 10)
    return send_figures("vacancies", _("Chỗ trống"), headers, rows, "cho-trong.xlsx", here.part, widths)


def _export_coming(here: Asked, filters: Filters, months: int) -> ResponseReturnValue:
    page, _total = queries.list_coming(here.part, here.day, months, filters, limit=queries.EVERY)
    headers = [
        _("Vị trí việc làm"), _("Mã"), _("Cơ quan, đơn vị"), _("Biên chế"), _("Trống từ"), _("Số chỗ"),
        _("Do nghỉ hưu"),
    ]  # fmt: skip
    rows = [
        (row.position, row.code, row.agency, render(QUOTA_LABELS[QuotaKind(row.kind)]), row.free_on, row.seats,
         row.retirements)
        for row in page.items
    ]  # fmt: skip
    title = _("Trống ra trong %(n)s tháng", n=months)
    return send_figures("vacancies", title, headers, rows, "cho-sap-trong.xlsx", here.part, (46, 18, 46, 22, 12, 8, 10))
