"""The landing page: the establishment of the reader's part of the tree, its workbook, and the report on the quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.charts import quota_bar
from hrms.core.i18n import _, render
from hrms.core.jinja import show_date
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.positions.queries import establishment
from hrms.positions.queries import overview as queries
from hrms.positions.queries.overview import QUOTAS, AgencyRow, Report, ReportRow
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import Asked, asked, send_figures
from hrms.positions.rules.establishment import Figures
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.tree import Establishment

P = Permission
OPENED_MOST = 200
BAR = 72.0


def asked_open() -> list[int] | None:
    """Return the ids of the opened lines, None where the address names none."""
    given = request.args.get("open")
    if given is None:
        return None
    parts = [part for part in given.split(".") if part.isascii() and part.isdigit() and len(part) < 19]
    return [int(part) for part in parts[:OPENED_MOST]]


def opening(rows: list[AgencyRow]) -> Callable[[int], str]:
    """Return what `open` in the address becomes when a line is opened or closed."""
    opened = [row.node.id for row in rows if row.opened]

    def toggled(agency_id: int) -> str:
        kept = [i for i in opened if i != agency_id] if agency_id in opened else [*opened, agency_id]
        return ".".join(map(str, kept)) or "0"

    return toggled


def page_of(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page of the domain, None while this program has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def agency_url(agency_id: int) -> str:
    """Return the address of the seats and people of an agency, with the day of this page."""
    day = request.args.get("as_at") or None
    found = page_of("positions.agency", agency_id=agency_id, as_at=day)
    return found or url_for("agencies.show", agency_id=agency_id)


def _read(here: Asked) -> Establishment:
    return establishment.read(actor(), here.day, under=here.part.agency_id)


@blueprint.route("/positions", access=P.POSITIONS_VIEW)
def index() -> ResponseReturnValue:
    """Show the two quotas side by side, agency by agency, as at a day; each line opens, its positions too."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked()
    found = _read(here)
    detailed = request.args.get("positions") == "1"
    rows = queries.rows(found, asked_open(), positions=detailed)
    return render_template(
        "positions/index.html",
        rows=rows,
        quotas=[(kind, render(QUOTA_LABELS[kind]), found.total(kind)) for kind in QUOTAS],
        contract=found.total(QuotaKind.CONTRACT),
        contract_kind=QuotaKind.CONTRACT,
        part=here.part,
        day=here.day,
        detailed=detailed,
        toggle=opening(rows),
        agency_url=agency_url,
        line_url=lambda line_id: page_of("positions.line", line_id=line_id),
        bar=lambda one: quota_bar(one.present, one.assigned, BAR),
    )


def _headers() -> list[str]:
    return [
        _("giao"), _("có mặt"), _("chưa sử dụng"), _("vượt"), _("nghỉ hưu ≤ 12 tháng"), _("biệt phái đi"),
        _("biệt phái đến"), _("đang tuyển"),
    ]  # fmt: skip


def _cells(one: Figures | None) -> list[Any]:
    if one is None:
        return [None] * 8
    return [
        one.assigned, one.present, one.unused, one.over, one.retiring_12m, one.seconded_out, one.seconded_in,
        one.recruiting,
    ]  # fmt: skip


@blueprint.route("/positions/export.xlsx", access=P.POSITIONS_VIEW)
def export_overview() -> ResponseReturnValue:
    """Give the lines the page shows, no more and no less, as a workbook."""
    here = asked()
    found = _read(here)
    lines: list[list[Any]] = []
    for row in queries.rows(found, asked_open(), positions=request.args.get("positions") == "1"):
        contract = row.of(QuotaKind.CONTRACT)
        lines.append(
            [
                row.level + 1, row.node.name, None, *(cell for kind in QUOTAS for cell in _cells(row.of(kind))),
                contract.assigned if contract else None, contract.present if contract else None,
            ]
        )  # fmt: skip
        for one in row.positions:
            of = one.figures
            cells = [cell for kind in QUOTAS for cell in _cells(of if of.kind is kind else None)]
            beside = [of.assigned, of.present] if of.kind is QuotaKind.CONTRACT else [None, None]
            lines.append([row.level + 2, row.node.name, one.name, *cells, *beside])
    headers = [
        _("Cấp"), _("Cơ quan, đơn vị"), _("Vị trí việc làm"),
        *(f"{render(QUOTA_LABELS[kind])}: {head}" for kind in QUOTAS for head in _headers()),
        *(f"{render(QUOTA_LABELS[QuotaKind.CONTRACT])}: {head}" for head in _headers()[:2]),
    ]  # fmt: skip
    title = _("Biên chế đến %(day)s", day=show_date(here.day).replace("/", "-"))
    return send_figures("overview", title, headers, lines, "bien-che.xlsx", here.part, (6, 46, 46, *(11,) * 18))


def _reports(here: Asked) -> list[Report]:
    found = _read(here)
    movements = queries.quota_movements(found.nodes, here.day)
    return [queries.report(found, kind, movements) for kind in QUOTAS]


@blueprint.route("/positions/report", access=P.POSITIONS_VIEW)
def report() -> ResponseReturnValue:
    """Show the report on the quotas as a sheet for the printer: given, adjusted, present, unused, over, by agency."""
    here = asked()
    return render_template(
        "positions/report.html",
        reports=[(one, render(QUOTA_LABELS[one.kind])) for one in _reports(here)],
        part=here.part,
        day=here.day,
        back=f"{url_for('positions.index')}?{urlencode(request.args.to_dict())}",
    )


@blueprint.route("/positions/report.xlsx", access=P.POSITIONS_VIEW)
def export_report() -> ResponseReturnValue:
    """Give the report as a workbook, one quota after the other."""
    here = asked()

    def line(quota: str, name: str, row: ReportRow) -> list[Any]:
        of = row.figures
        return [
            quota, name, row.given, row.adjusted, of.present, of.unused, of.over, of.recruiting, of.retiring_12m,
            of.seconded_out, of.seconded_in, of.reserve,
        ]  # fmt: skip

    lines = []
    for one in _reports(here):
        quota = render(QUOTA_LABELS[one.kind])
        lines += [line(quota, row.name or _("Trực tiếp"), row) for row in one.rows]
        lines.append(line(quota, _("Cộng"), one.total))
    headers = [
        _("Biên chế"), _("Cơ quan, đơn vị"), _("Giao năm %(year)s", year=here.day.year), _("Điều chỉnh trong năm"),
        _("Có mặt đến %(day)s", day=show_date(here.day)), _("Chưa sử dụng"), _("Vượt"), _("Đang tuyển"),
        _("Nghỉ hưu trong 12 tháng"), _("Biệt phái đi"), _("Biệt phái đến"), _("Dự phòng"),
    ]  # fmt: skip
    return send_figures(
        "report", _("Báo cáo biên chế"), headers, lines, "bao-cao-bien-che.xlsx", here.part, (24, 50, *(13,) * 10)
    )
