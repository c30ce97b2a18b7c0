"""What if the quotas were others: the change stands in the address, both sides on the page, nothing anywhere else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.positions.queries import what_if as queries
from hrms.positions.queries.overview import QUOTAS
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import Asked, asked, send_figures
from hrms.positions.routes.seeing.overview import agency_url
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.what_if import Change, read_change

P = Permission
MOST = 2_000


def _tidied() -> str | None:
    """Return the address without the boxes left empty, None when there is none."""
    pairs = list(request.args.items(multi=True))
    full = [(name, value.strip()) for name, value in pairs if value.strip()]
    return f"{request.path}?{urlencode(full)}" if len(full) != len(pairs) else None


def _asked_changes() -> tuple[dict[tuple[int, QuotaKind], Change], dict[QuotaKind, Change], list[Problem]]:
    """Return the changes of the address: `c<agency>.<kind>` for one agency, `all.<kind>` for every one listed."""
    one_by_one: dict[tuple[int, QuotaKind], Change] = {}
    for_all: dict[QuotaKind, Change] = {}
    problems = []
    for name, written in list(request.args.items())[:MOST]:
        who, _dot, kind = name.partition(".")
        number = who[1:]
        one = who[:1] == "c" and number.isascii() and number.isdigit() and len(number) < 19
        if kind not in {str(of) for of in QUOTAS} or not (one or who == "all"):
            continue
        change = read_change(written, name)
        if isinstance(change, Problem):
            problems.append(change)
        elif change is not None and one:
            one_by_one[int(number), QuotaKind(kind)] = change
        elif change is not None:
            for_all[QuotaKind(kind)] = change
    return one_by_one, for_all, problems


def _tried(here: Asked) -> tuple[queries.WhatIf, list[Problem]]:
    one_by_one, for_all, problems = _asked_changes()
    if problems:
        one_by_one, for_all = {}, {}
    found = queries.try_out(actor(), here.part, here.day, one_by_one, for_all)
    return found, [*problems, *found.problems]


@blueprint.route("/positions/what-if", access=P.POSITIONS_VIEW)
def what_if() -> ResponseReturnValue:
    """Show what other quotas would bring: unused and over, ratios, and the ten years to come, beside the present."""
    settled = settled_address() or _tidied()
    if settled:
        return redirect(settled)
    here = asked()
    found, problems = _tried(here)
    return render_template(
        "positions/what_if.html",
        found=found,
        problems=problems,
        wrong={problem.field for problem in problems},
        changed=found.after is not found.now,
        quotas=[(kind, render(QUOTA_LABELS[kind])) for kind in QUOTAS],
        values=request.args,
        part=here.part,
        agency_url=agency_url,
        limit_words=lambda one: render(
            one.words, **{key: render(v) if isinstance(v, str) else v for key, v in one.params.items()}
        ),
    ), 422 if problems else 200


@blueprint.route("/positions/what-if.xlsx", access=P.POSITIONS_VIEW)
def export_what_if() -> ResponseReturnValue:
    """Give both sides as a workbook. Raises `Refused` for a change that cannot be."""
    here = asked()
    found, problems = _tried(here)
    if problems:
        raise Refused(*problems)
    lines: list[list[Any]] = []
    for kind in QUOTAS:
        for node in found.rows:
            now, after = found.now.of(node.id, kind), found.after.of(node.id, kind)
            if now is None or after is None:
                continue
            lines.append(
                [
                    render(QUOTA_LABELS[kind]), node.name, None, now.tree.assigned, after.tree.assigned,
                    now.tree.present, now.tree.present, now.tree.unused, after.tree.unused, now.tree.over,
                    after.tree.over,
                ]
            )  # fmt: skip
        lines += [
            [
                render(QUOTA_LABELS[kind]), _("Cả phạm vi"), now_year.year, None, None, now_year.present,
                after_year.present, now_year.unused, after_year.unused, now_year.over, after_year.over,
            ]
            for now_year, after_year in found.years[kind]
        ]  # fmt: skip
    words = [_("Giao"), _("Có mặt"), _("Chưa sử dụng"), _("Vượt")]
    sides = [_("%(what)s: hiện nay", what=word) for word in words], [_("%(what)s: sau", what=word) for word in words]
    headers = [
        _("Biên chế"), _("Cơ quan, đơn vị"), _("Cuối năm"),
        *(side for pair in zip(*sides, strict=True) for side in pair),
    ]  # fmt: skip
    return send_figures(
        "what_if", _("Thử thay đổi biên chế"), headers, lines, "thu-bien-che.xlsx", here.part, (24, 50, 9, *(11,) * 8)
    )
