"""The wave of retirement of the next ten years: by year, agency and position, down to names."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import scope
from hrms.core.charts import Bar
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.queries.home import why_retires
from hrms.people.routes.finding import settled_address
from hrms.positions.queries import retirement as queries
from hrms.positions.queries.part import Part
from hrms.positions.queries.retirement import OVERDUE, Row, Wave
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import asked, asked_kind, asked_number, kept, send_figures, send_names
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind

P = Permission
FILE = "nghi-huu-10-nam.xlsx"


@blueprint.route("/positions/retirement", access=P.POSITIONS_VIEW)
def retirement() -> ResponseReturnValue:
    """Show who reaches the age in which year, of one quota at a time, with the seats that frees."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked()
    kind = asked_kind(QuotaKind.CIVIL) or QuotaKind.CIVIL
    wave = queries.wave(here.part, here.day)
    return render_template(
        "positions/retirement.html",
        wave=wave,
        kind=kind,
        kinds=[(one, render(QUOTA_LABELS[one]), wave.total(one)) for one in QuotaKind],
        bars={one: _bars(wave, one, here.part) for one in (QuotaKind.CIVIL, QuotaKind.PUBLIC)},
        columns=_columns(wave, kind),
        part=here.part,
        day=here.day,
        people_url=_people_url(here.part),
        overdue=OVERDUE,
    )


def _columns(wave: Wave, kind: QuotaKind) -> list[int]:
    """Return the years shown: who is beyond the age stands first, where there is anybody."""
    return [*([OVERDUE] if wave.of(kind, OVERDUE) else []), *wave.years]


def year_words(year: int) -> str:
    """Return the head of a column."""
    return str(year) if year else _("Đã quá tuổi")


def _bars(wave: Wave, kind: QuotaKind, part: Part) -> list[Bar]:
    link = _people_url(part)
    return [
        Bar(
            year_words(year),
            wave.of(kind, year),
            tone="" if year else "bad",
            url=link(kind=kind, year=year) if wave.of(kind, year) else "",
        )
        for year in _columns(wave, kind)
    ]


def _people_url(part: Part) -> Any:
    """Return the function that makes the address of the names behind a figure."""
    agency = (part.agency.code or part.agency.id) if part.agency else None
    as_at = request.args.get("as_at") or None

    def link(**values: Any) -> str:
        return url_for("positions.retirement_people", **({"agency": agency, "as_at": as_at} | values))

    return link


@blueprint.route("/positions/retirement/export.xlsx", access=P.POSITIONS_VIEW)
def export_retirement() -> ResponseReturnValue:
    """Give the two tables of the page, agencies then positions, as a workbook."""
    here = asked()
    kind = asked_kind(QuotaKind.CIVIL) or QuotaKind.CIVIL
    wave = queries.wave(here.part, here.day)
    years = _columns(wave, kind)

    def line(of: str, row: Row) -> list[Any]:
        name = row.name or _("Chưa bố trí vị trí")
        return [of, name, *(row.people.get(year, 0) for year in years), row.total, row.seats]

    rows = [line(_("Cơ quan, đơn vị"), row) for row in wave.places[kind]]
    rows += [line(_("Vị trí việc làm"), row) for row in wave.positions[kind]]
    headers = [_("Theo"), _("Tên"), *map(year_words, years), _("Cộng"), _("Số chỗ trống ra")]
    return send_figures(
        "retirement", f"{render(QUOTA_LABELS[kind])}", headers, rows, FILE, here.part, (18, 50, *(8,) * len(years))
    )


def _asked_people() -> queries.Asked:
    return queries.Asked(asked_kind(), asked_number("year", 10_000), asked_number("place"), asked_number("position"))


@blueprint.route("/positions/retirement/people", access=P.POSITIONS_VIEW)
def retirement_people() -> ResponseReturnValue:
    """Show by name who reaches the age: of a year, an agency, a position, as the figure that was followed says."""
    who = actor()
    who.require(P.PEOPLE_VIEW)
    scope.enter_for(who, P.PEOPLE_VIEW)
    here = asked(P.PEOPLE_VIEW)
    wanted = _asked_people()
    page, everybody = queries.list_leavers(here.part, here.day, wanted, after=request.args.get("after"))
    count_shown(row.person_id for row in page.items)
    title = render(QUOTA_LABELS[wanted.kind]) if wanted.kind else ""
    return render_template(
        "positions/retirement_people.html",
        page=page,
        everybody=everybody,
        asked=wanted,
        title=title,
        year=year_words(wanted.year) if wanted.year is not None else "",
        why=lambda row: why_retires(row.birth_date, row.sex),
        part=here.part,
        crumbs=[
            (_("Nghỉ hưu 10 năm tới"), url_for("positions.retirement", **kept("agency", "as_at", "kind"))),
        ],
    )


@blueprint.route("/positions/retirement/people.xlsx", access=P.PEOPLE_EXPORT)
def export_leavers() -> ResponseReturnValue:
    """Give the names the address asks for as a workbook."""
    who = actor()
    who.require(P.POSITIONS_VIEW)
    here = asked(P.PEOPLE_EXPORT)
    page, _everybody = queries.list_leavers(here.part, here.day, _asked_people(), limit=queries.EVERYBODY)
    headers = [
        _("Họ và tên"), _("Số hiệu"), _("Ngày sinh"), _("Cơ quan, đơn vị"), _("Vị trí việc làm"), _("Nghỉ hưu"),
    ]  # fmt: skip
    rows = [
        (row.full_name, row.staff_code, row.birth_date, row.agency, row.position, row.retires_on) for row in page.items
    ]
    return send_names(
        "positions.retirement", _("Nghỉ hưu"), headers, rows, "nguoi-nghi-huu.xlsx", here.part, (26, 12, 12, 40, 40, 12)
    )
