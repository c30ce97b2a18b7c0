"""How points and classes are spread under a node of the tree: pictures with their tables, a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import workbook
from hrms.core.charts import StackedBar
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.performance.queries import spreading as queries
from hrms.performance.queries.spread_asked import asked_of, key_of, labels_of, offered, words
from hrms.performance.queries.spreading import DIMENSIONS, Line, Of, Section, Spread
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.sheet_view import number, when_words
from hrms.performance.services import telling
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import kept

P = Permission
DRAWN_MOST = 25
"""So many rows fit into a picture; all of them stand in the table."""
NAMED_MOST = 8
HIDDEN = "•"
FIRST = {
    "place": N_("Cơ quan, đơn vị"), "sex": N_("Giới tính"), "age": N_("Độ tuổi"), "role": N_("Chức trách"),
    "position": N_("Nhóm vị trí việc làm"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section ready to be shown: its words, rows of words, and bars where they fit."""

    key: str
    title: str
    first: str
    rows: Sequence[Sequence[Any]]
    together: Sequence[str | None]
    """By row, the names of the groups counted together in it; "" for too many to be named, None for a single group."""
    bars: Sequence[StackedBar]


def of_words(of: Of) -> str:
    """Return what is spread in words."""
    return when_words(of.when) if of.when else _("Xếp loại năm %(year)s", year=of.year)


@dataclass(frozen=True, slots=True)
class Asked:
    """The part, what is offered and what was found."""

    part: Part
    offered: Sequence[Of]
    found: Spread


def asked() -> Asked:
    """Return the spread the address asks for. Raises `NotFound` for an agency outside the reader's, `Refused`."""
    who = actor()
    top = part_of(who, None, P.PERFORMANCE_VIEW)
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    choices = offered()
    of = asked_of(request.args.get("of", "").strip(), choices)
    return Asked(part, choices, queries.spread(top, part, of, words()))


def row_words(line: Line) -> str:
    """Return the words of a row."""
    if len(line.names) == 1:
        return line.names[0]
    return _("%(count)s nhóm ít người, gộp lại", count=len(line.names))


def _together(line: Line) -> str | None:
    if len(line.names) == 1:
        return None
    return "; ".join(line.names) if len(line.names) <= NAMED_MOST else ""


def _drawn(section: Section, hides: bool) -> Drawn:
    rows = [
        [row_words(line), line.row.people, *line.row.counts, line.mean] for line in section.lines
    ]  # fmt: skip
    together = [_together(line) for line in section.lines]
    bars = [
        StackedBar(row_words(line), (*((one or 0) for one in line.row.counts), *((line.row.hidden,) if hides else ())))
        for line in section.lines
    ]
    return Drawn(
        section.key, render(DIMENSIONS[section.key]), render(FIRST[section.key]), rows, together,
        bars if len(bars) <= DRAWN_MOST else [],
    )  # fmt: skip


@blueprint.route("/performance/charts", access=P.PERFORMANCE_VIEW)
def charts() -> ResponseReturnValue:
    """Show how points or classes are spread by agency, sex, age, role and group of positions; small counts hidden."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked()
    found = here.found
    cells = any(line.row.hides for section in found.sections for line in section.lines)
    return render_template(
        "performance/seeing/charts.html",
        part=here.part,
        found=found,
        title_of=of_words(found.of),
        of_key=key_of(found.of),
        choices=[(key_of(one), of_words(one)) for one in here.offered],
        labels=labels_of(found),
        series=[*labels_of(found), *([_("Ẩn")] if cells else [])],
        sections=[_drawn(one, cells) for one in found.sections],
        number=number,
        hidden=HIDDEN,
        file_url=url_for("performance.export_charts", **kept("agency", "of")),
    )


@blueprint.route("/performance/charts.xlsx", access=P.PERFORMANCE_VIEW)
def export_charts() -> ResponseReturnValue:
    """Give the tables of the page as a workbook: the same figures, the same hidden."""
    here = asked()
    found = here.found
    rows: list[list[Any]] = []
    for section in found.sections:
        drawn = _drawn(section, hides=False)
        rows += [
            [drawn.title, first, people, *(HIDDEN if one is None else one for one in counts), mean]
            for first, people, *counts, mean in drawn.rows
        ]
    if found.people:
        rows.append([_("Cộng"), None, found.people, *found.totals, found.mean])
    if found.hides or found.kept_back:
        rows.append([hidden_words(found)])
    headers = [_("Theo"), _("Nhóm"), _("Số người"), *labels_of(found), _("Điểm bình quân")]
    with transaction():
        telling.note_export(actor(), "charts", len(rows), here.part)
    made = workbook.in_memory(
        of_words(found.of).replace("/", "-"), headers, rows, widths=(26, 48, *(14,) * (len(headers) - 2))
    )
    return send_file(made, as_attachment=True, download_name=f"phan-bo-danh-gia-{key_of(found.of)}.xlsx")


def hidden_words(found: Spread) -> str:
    """Return the sentence that says what is hidden and why."""
    if found.kept_back == "few":
        return _("Có dưới %(least)s người nên không hiện số liệu.", least=found.least)
    if found.kept_back == "beside":
        return _(
            "Không hiện riêng đơn vị này: lấy số của cấp trên trừ đi sẽ ra số của đơn vị khác có dưới %(least)s người.",
            least=found.least,
        )
    return _(
        "Số dưới %(least)s người không hiện (•); một số ô khác ẩn theo hoặc gộp lại để không tính ngược ra được.",
        least=found.least,
    )
