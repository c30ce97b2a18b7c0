"""How learning is spread: positions covered, hours by agency, kind and age, gaps and what closed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core.charts import StackedBar
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.people.routes.finding import settled_address
from hrms.people.rules.kinds import KIND_LABELS
from hrms.positions.queries.fitness import names as requirement_names
from hrms.positions.routes.seeing.fitting import lack_words
from hrms.training.queries import spread as queries
from hrms.training.queries.spread import AGES, BANDS, Spread
from hrms.training.routes.base import blueprint
from hrms.training.routes.seeing.asking import kept, send_figures
from hrms.training.routes.seeing.reports import Here, asked_report, choices, tabs

P = Permission
DRAWN_MOST = 25
"""So many agencies fit into a picture; all of them stand in the table."""


@blueprint.route("/training/reports/positions", access=P.TRAINING_VIEW)
def report_positions() -> ResponseReturnValue:
    """Show for each position how many of its holders had a course of it in the period."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked_report()
    rows = queries.positions(here.part, here.asked.first, here.asked.until)
    return render_template(
        "training/seeing/reports/positions.html",
        report=here,
        choices=choices(here),
        tabs=tabs("report_positions"),
        rows=rows,
        holders=sum(row.holders for row in rows),
        own=sum(row.own for row in rows),
        knowledge=sum(row.knowledge for row in rows),
        file_url=url_for("training.export_positions", **kept("agency", "year", "period")),
    )


@blueprint.route("/training/reports/positions.xlsx", access=P.TRAINING_VIEW)
def export_positions() -> ResponseReturnValue:
    """Give the coverage of positions as a workbook."""
    here = asked_report()
    rows = [
        [row.key, row.name, row.courses, row.holders, row.own, row.knowledge, row.hours]
        for row in queries.positions(here.part, here.asked.first, here.asked.until)
    ]
    headers = [
        _("Mã"), _("Vị trí việc làm"), _("Số chương trình riêng"), _("Số người giữ vị trí"),
        _("Có chương trình dành cho vị trí, ngạch"), _("Có bồi dưỡng theo vị trí việc làm"), _("Tổng số tiết"),
    ]  # fmt: skip
    return send_figures(
        "positions", here.words, headers, rows, f"dao-tao-theo-vi-tri-{here.year}.xlsx", here.part,
        (18, 50, *(14,) * 5),
    )  # fmt: skip


def _spreads(here: Here) -> Mapping[str, Sequence[Spread]]:
    kinds = {kind.value: render(words) for kind, words in KIND_LABELS.items()}
    found = dict(queries.hours(here.part, here.asked.first, here.asked.until, kinds))
    words = {key: render(text) for key, text in AGES}
    found["age"] = [Spread(one.key, words[one.key], one.bands, one.turns, one.hours) for one in found["age"]]
    return found


@blueprint.route("/training/reports/hours", access=P.TRAINING_VIEW)
def report_hours() -> ResponseReturnValue:
    """Show how many people learnt how many hours, by kind, age and agency."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked_report()
    found = _spreads(here)
    sections = [
        ("kind", _("Theo loại cán bộ"), _("Loại cán bộ")), ("age", _("Theo độ tuổi"), _("Độ tuổi")),
        ("place", _("Theo cơ quan, đơn vị"), _("Cơ quan, đơn vị")),
    ]  # fmt: skip
    return render_template(
        "training/seeing/reports/hours.html",
        report=here,
        choices=choices(here),
        tabs=tabs("report_hours"),
        everybody=next(iter(found["all"]), None),
        bands=[render(words) for _key, words in BANDS],
        sections=[
            (
                key, title, first, found[key],
                [StackedBar(one.name, one.bands) for one in found[key]] if len(found[key]) <= DRAWN_MOST else [],
            )
            for key, title, first in sections
        ],
        file_url=url_for("training.export_hours", **kept("agency", "year", "period")),
    )  # fmt: skip


@blueprint.route("/training/reports/hours.xlsx", access=P.TRAINING_VIEW)
def export_hours() -> ResponseReturnValue:
    """Give the hours by kind, age and agency as a workbook."""
    here = asked_report()
    found = _spreads(here)

    def line(of: str, one: Spread) -> list[Any]:
        return [of, one.name, one.people, *one.bands, one.turns, one.hours, one.mean]

    rows = [line(_("Loại cán bộ"), one) for one in found["kind"]]
    rows += [line(_("Độ tuổi"), one) for one in found["age"]]
    rows += [line(_("Cơ quan, đơn vị"), one) for one in found["place"]]
    headers = [
        _("Theo"), _("Tên"), _("Số người"), *(render(words) for _key, words in BANDS), _("Số lượt"), _("Tổng số tiết"),
        _("Bình quân một người"),
    ]  # fmt: skip
    return send_figures(
        "hours", here.words, headers, rows, f"so-tiet-da-hoc-{here.year}.xlsx", here.part, (18, 56, *(13,) * 9)
    )


@blueprint.route("/training/reports/gaps", access=P.TRAINING_VIEW)
def report_gaps() -> ResponseReturnValue:
    """Show what people lack for their seats, and how much of it was settled after a course that raises it."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked_report()
    return render_template(
        "training/seeing/reports/gaps.html",
        report=here,
        choices=choices(here),
        tabs=tabs("report_gaps"),
        rows=_gaps(here),
        file_url=url_for("training.export_gaps", **kept("agency", "year", "period")),
    )


def _gaps(here: Here) -> list[tuple[str, Any]]:
    rows = queries.gaps(here.part, here.asked.first, here.asked.until)
    words = requirement_names() if rows else {}
    return [(lack_words(row.requirement, words) or row.requirement, row) for row in rows]


@blueprint.route("/training/reports/gaps.xlsx", access=P.TRAINING_VIEW)
def export_gaps() -> ResponseReturnValue:
    """Give what people lack, and what closed it, as a workbook."""
    here = asked_report()
    rows = [[words, row.open, row.found, row.settled, row.after_class, row.learnt] for words, row in _gaps(here)]
    headers = [
        _("Yêu cầu của khung năng lực"), _("Đang thiếu"), _("Phát sinh trong kỳ"), _("Đã bù trong kỳ"),
        _("Trong đó bù sau khi học"), _("Đang thiếu dù đã học"),
    ]  # fmt: skip
    return send_figures(
        "gaps", here.words, headers, rows, f"nang-luc-con-thieu-{here.year}.xlsx", here.part, (60, *(14,) * 5)
    )
