"""The map of quotas, ranks and grades over the tree; a cell opens to its limits with their reasons, those to names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import scope
from hrms.core.actor import missing
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.queries import law
from hrms.people.routes.finding import settled_address
from hrms.positions.queries import establishment, judging, overview
from hrms.positions.queries import structure as queries
from hrms.positions.queries.judging import Verdict
from hrms.positions.queries.structure import COLUMNS, Cell
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import Asked, asked, asked_number, asked_one_of, kept, send_figures
from hrms.positions.routes.seeing.overview import agency_url, asked_open, opening
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.limits import RULE_LABELS, Rule
from hrms.positions.rules.ratios import READING_LABELS, ROUNDING_LABELS
from hrms.positions.rules.tree import Establishment

P = Permission
SHOWN_MOST = 300
"""Limits of a cell that are listed one by one, those exceeded first."""


def _judged(here: Asked) -> tuple[Establishment, establishment.Choices, list[Verdict], Mapping[Any, Any]]:
    chosen = establishment.choices()
    found = establishment.read(actor(), here.day, under=here.part.agency_id)
    return found, chosen, judging.judge(found, chosen), judging.list_accepted(here.day, list(found.nodes))


@blueprint.route("/positions/structure", access=P.POSITIONS_VIEW)
def structure() -> ResponseReturnValue:
    """Show agency by agency what is within its limit, at it, or beyond it; colour and sign say the same."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked()
    found, chosen, verdicts, accepted = _judged(here)
    rows = overview.rows(found, asked_open())
    made = queries.cells(found, verdicts, accepted, [row.node.id for row in rows])
    over_only = request.args.get("over") == "1"
    if over_only:
        rows = [row for row in rows if any(cell.over for cell in made.get(row.node.id, {}).values())]
    heads = queries.heads(rows, made)
    return render_template(
        "positions/structure.html",
        rows=rows,
        made=made,
        heads=[(name, render(COLUMNS[name])) for name in heads],
        part=here.part,
        over_only=over_only,
        toggle=opening(rows),
        agency_url=agency_url,
        cell_url=lambda agency_id, name: url_for(
            "positions.structure_cell", agency=agency_id, column=name, **kept("as_at")
        ),
        choices=(render(ROUNDING_LABELS[chosen.rounding]), render(READING_LABELS[chosen.reading])),
    )


@blueprint.route("/positions/structure/export.xlsx", access=P.POSITIONS_VIEW)
def export_structure() -> ResponseReturnValue:
    """Give the lines the map shows as a workbook: for each column people, limit and excess."""
    here = asked()
    found, _chosen, verdicts, accepted = _judged(here)
    rows = overview.rows(found, asked_open())
    made = queries.cells(found, verdicts, accepted, [row.node.id for row in rows])
    if request.args.get("over") == "1":
        rows = [row for row in rows if any(cell.over for cell in made.get(row.node.id, {}).values())]
    heads = queries.heads(rows, made)

    def figures(cell: Cell | None) -> list[Any]:
        return [cell.held, cell.limit, cell.over] if cell else [None, None, None]

    lines = [
        [row.level + 1, row.node.name, *(one for name in heads for one in figures(made.get(row.node.id, {}).get(name)))]
        for row in rows
    ]
    words = [_("hiện có"), _("giới hạn"), _("vượt")]
    headers = [_("Cấp"), _("Cơ quan, đơn vị"), *(f"{render(COLUMNS[name])}: {one}" for name in heads for one in words)]
    widths = (6, 50, *(10,) * 3 * len(heads))
    return send_figures("structure", _("Cơ cấu ngạch, bậc"), headers, lines, "co-cau-ngach-bac.xlsx", here.part, widths)


@blueprint.route("/positions/structure/cell", access=P.POSITIONS_VIEW)
def structure_cell() -> ResponseReturnValue:
    """Show the limits behind one cell of the map, those exceeded first, each with its reasons and articles."""
    here = asked()
    name = asked_one_of("column", COLUMNS)
    found, _chosen, verdicts, accepted = _judged(here)
    mine = [one for one in verdicts if queries.column_of(one) == name]
    mine.sort(key=lambda one: (one.over == 0, -one.over))
    return render_template(
        "positions/structure_cell.html",
        title=render(COLUMNS[name]) if name else "",
        verdicts=mine[:SHOWN_MOST],
        total=len(mine),
        over=sum(one.over for one in mine),
        found=found,
        accepted=accepted,
        part=here.part,
        words=lambda one: render(one.words, **_worded(one.params)),
        rule_words=lambda one: render(RULE_LABELS[one.rule]),
        agency_url=agency_url,
        people_url=_people_url if actor().may(P.PEOPLE_VIEW) else lambda _one: None,
        crumbs=[(_("Cơ cấu ngạch, bậc"), url_for("positions.structure", **kept("as_at")))],
    )


def _worded(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: render(value) if isinstance(value, str) else value for key, value in params.items()}


def _people_url(one: Verdict) -> str:
    return url_for(
        "positions.structure_people", agency=one.agency_id, rule=one.rule.value, line=one.line_id,
        level=one.level or None, **kept("as_at"),
    )  # fmt: skip


def _asked_verdict(found: Establishment, agency_id: int) -> Verdict:
    """Return the limit the address names. Raises `NotFound` for one that the agency does not have."""
    rule, line_id, level = asked_one_of("rule", Rule), asked_number("line"), request.args.get("level", "").strip()
    known = {
        Rule.QUOTA: level in set(QuotaKind),
        Rule.GRADE_RATIO: level in {f"grade:{n}" for n in range(1, 6)} and line_id is not None,
        Rule.RANK_RATIO: level in law.ranks(),
        Rule.LINE: line_id is not None,
    }
    line = found.lines.get(line_id) if line_id is not None else None
    if rule is None or not known.get(Rule(rule), True) or (line_id is not None and line is None):
        raise missing("line")
    if line is not None and line.line.agency_id != agency_id:
        raise missing("line")
    return Verdict(Rule(rule), agency_id, line_id, level, None, 0, 0, "", {})


@blueprint.route("/positions/structure/people", access=P.POSITIONS_VIEW)
def structure_people() -> ResponseReturnValue:
    """Show by name whom a limit counts."""
    who = actor()
    who.require(P.PEOPLE_VIEW)
    here = asked(P.PEOPLE_VIEW)
    if here.part.agency is None:
        return redirect(url_for("positions.structure", **kept("as_at")))
    found = establishment.read(who, here.day, under=here.part.agency.id)
    verdict = _asked_verdict(found, here.part.agency.id)
    scope.enter_for(who, P.PEOPLE_VIEW)
    page, everybody = queries.list_counted(
        queries.counted_by(found, verdict), here.day, after=request.args.get("after")
    )
    count_shown(row.person_id for row in page.items)
    ranks = law.ranks()
    line = found.lines[verdict.line_id].line.name if verdict.line_id else ""
    return render_template(
        "positions/structure_people.html",
        page=page,
        everybody=everybody,
        rank_words=lambda code: ranks[code].name if code in ranks else code or "—",
        title=" · ".join(part for part in (render(RULE_LABELS[verdict.rule]), line, here.part.agency.name) if part),
        crumbs=[(_("Cơ cấu ngạch, bậc"), url_for("positions.structure", **kept("as_at")))],
    )
