"""The reports of training: results by object and content, plan and cost, repayments; what all of them are asked by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.actor import EVERYTHING
from hrms.core.charts import Bar
from hrms.core.documents import render_pdf
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.people.routes.finding import settled_address
from hrms.positions.queries.part import Part
from hrms.training.papers import results as papers
from hrms.training.papers.results import Line, Report
from hrms.training.queries import payback
from hrms.training.queries import reports as queries
from hrms.training.queries.reports import Asked, Result, Results
from hrms.training.routes.base import blueprint
from hrms.training.routes.seeing.asking import (
    asked_one_of,
    asked_part,
    asked_year,
    kept,
    send_book,
    send_figures,
    years,
)
from hrms.training.rules.kinds import COURSE_KIND_LABELS
from hrms.training.rules.reporting import (
    CONTENTS,
    GROUPS,
    KEPT_ELSEWHERE,
    LEARNER_LABELS,
    PERIOD_LABELS,
    Learner,
    Period,
    days_of,
    kept_back,
    locked_on,
)

P = Permission
KEPT = ("agency", "year", "period", "as_at", "known_on")


@dataclass(frozen=True, slots=True)
class Here:
    """What a report is of: a part of the tree, a year and a period of it."""

    part: Part
    year: int
    period: Period
    asked: Asked

    @property
    def last(self) -> date:
        """Return the last day of the period, or of what is shown of it."""
        return self.asked.until - timedelta(days=1)

    @property
    def words(self) -> str:
        """Return the period in the reader's language: “Cả năm 2026”."""
        return f"{render(PERIOD_LABELS[self.period])} {self.year}"


def asked_report(*, clocks: bool = False) -> Here:
    """Return what the address asks for; `clocks`: the page takes the day and the moment as well. Raises `Refused`."""
    part, year = asked_part(), asked_year()
    period = Period(asked_one_of("period", Period) or Period.YEAR)
    first, until = days_of(year, period)
    asked = Asked(first, until)
    if clocks:
        as_at, known_on = asked_dates()
        if as_at is not None:
            asked = replace(asked, until=max(first, min(until, as_at + timedelta(days=1))))
        asked = replace(asked, known_on=known_on)
    return Here(part, year, period, asked)


def choices(here: Here) -> dict[str, Any]:
    """Return what the boxes over a report offer, and its tabs."""
    return {
        "years": [(year, str(year)) for year in years(here.year)],
        "periods": [(period.value, render(words)) for period, words in PERIOD_LABELS.items()],
    }


TABS = ("reports", "report_plan", "report_positions", "report_hours", "report_gaps", "report_repayments")


def tabs(active: str) -> list[dict[str, Any]]:
    """Return the tabs of the reports; all keep part, year and period."""
    labels = (
        _("Kết quả"), _("Kế hoạch, kinh phí"), _("Theo vị trí việc làm"), _("Số tiết đã học"), _("Năng lực còn thiếu"),
        _("Đền bù chi phí"),
    )  # fmt: skip
    asked = kept("agency", "year", "period")
    return [
        {"label": label, "url": url_for(f"training.{name}", **asked), "active": name == active}
        for name, label in zip(TABS, labels, strict=True)
    ]


def _may_see_all(part: Part) -> bool:
    """Say whether the reader sees ethnic groups everywhere in the part."""
    who = actor()
    if part.agency is not None:
        return who.may(P.PEOPLE_ORIGIN, at=part.agency.scope_ids)
    roots = who.scope(P.PEOPLE_ORIGIN)
    return EVERYTHING in roots or set(part.roots) <= set(roots)


def lines_of(found: Results, *, everything: bool) -> list[Line]:
    """Return the lines of the form, the total last; small counts are kept back unless `everything`."""
    results = [found.rows.get(learner, Result()) for learner in Learner] + [found.total]
    women: Sequence[int | None] = [one.women for one in results]
    minorities: Sequence[int | None] = [one.minorities for one in results]
    if not everything:
        women = kept_back([one.women for one in results])
        minorities = kept_back([one.minorities for one in results])
    learners = [*Learner, None]
    return [Line(*one) for one in zip(learners, results, women, minorities, strict=True)]


def _report(here: Here) -> Report:
    found = queries.results(here.part, here.asked)
    top = here.part.top or next((root for root in here.part.roots if root != EVERYTHING), None)
    office = offices.offices([top]).get(top or 0) or offices.office("…", "department", None, [])
    known = here.asked.known_on
    period = f"năm {here.year}" if here.period is Period.YEAR else f"{_vietnamese(here.period)} năm {here.year}"
    return Report(
        period, here.asked.first, here.last, lines_of(found, everything=_may_see_all(here.part)), office,
        known.astimezone(clock.ZONE).date() if known else None,
    )  # fmt: skip


def _vietnamese(period: Period) -> str:
    words = PERIOD_LABELS[period]
    return words if words[0].isdigit() else words[0].lower() + words[1:]


@blueprint.route("/training/reports", access=P.TRAINING_VIEW)
def reports() -> ResponseReturnValue:
    """Show the results of a period: turns, people, women, minorities and money by kind of object; turns by content."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked_report(clocks=True)
    found = queries.results(here.part, here.asked)
    lines = lines_of(found, everything=_may_see_all(here.part))
    lock = locked_on(here.year)
    return render_template(
        "training/seeing/reports/results.html",
        report=here,
        choices=choices(here),
        tabs=tabs("reports"),
        lines=[line for line in lines if line.learner not in KEPT_ELSEWHERE],
        groups=GROUPS,
        words_of=lambda line: render(LEARNER_LABELS[line.learner]) if line.learner else _("Cộng"),
        hides=any(line.women is None or line.minorities is None for line in lines),
        bars=[
            Bar(render(one.label) if one.key in _OWN_WORDS else f"{render(group.label)}: {render(one.label)}", turns)
            for group in GROUPS
            for one in group.contents
            if (turns := found.total.contents.get(one.key, 0))
        ],
        lock=lock,
        today=clock.today(),
        locked_url=url_for("training.reports", **(kept("agency", "year") | {"known_on": lock.isoformat()})),
        file_url=lambda endpoint: url_for(f"training.{endpoint}", **kept(*KEPT)),
    )


_OWN_WORDS = frozenset(one.key for one in GROUPS[-1].contents)


@blueprint.route("/training/reports/results.xlsx", access=P.TRAINING_VIEW)
def export_results() -> ResponseReturnValue:
    """Give the result report in the layout of the form, as a workbook."""
    here = asked_report(clocks=True)
    report = _report(here)
    name = f"ket-qua-dao-tao-{here.year}.xlsx"
    return send_book("results", papers.book(report), len(report.lines), name, here.part)


@blueprint.route("/training/reports/results.pdf", access=P.TRAINING_VIEW)
def print_results() -> ResponseReturnValue:
    """Give the result report as a paper to sign, as PDF."""
    here = asked_report(clocks=True)
    report = _report(here)
    made = BytesIO(render_pdf([papers.paper(report)], papers.KEY))
    return send_book("results", made, len(report.lines), f"ket-qua-dao-tao-{here.year}.pdf", here.part)


@blueprint.route("/training/reports/plan", access=P.TRAINING_VIEW)
def report_plan() -> ResponseReturnValue:
    """Show what approved plans say beside what was run, and what a class, a learner and an hour cost."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked_report()
    lines, total = queries.plan_and_cost(here.part, here.year, here.asked)
    return render_template(
        "training/seeing/reports/plan.html",
        report=here,
        choices=choices(here),
        tabs=tabs("report_plan"),
        lines=lines,
        total=total,
        bars=[Bar(render(COURSE_KIND_LABELS[line.kind]), line.cost) for line in lines if line.cost],
        file_url=url_for("training.export_plan_report", **kept("agency", "year", "period")),
    )


@blueprint.route("/training/reports/plan.xlsx", access=P.TRAINING_VIEW)
def export_plan_report() -> ResponseReturnValue:
    """Give plan, result and cost as a workbook."""
    here = asked_report()
    lines, total = queries.plan_and_cost(here.part, here.year, here.asked)

    def row(name: str, line: queries.Line) -> list[Any]:
        return [
            name, line.planned_classes, line.classes, line.planned_learners, line.learners, line.planned_cost,
            line.cost, line.central, line.local, line.other, line.per(line.classes), line.per(line.learners),
            line.per(line.learner_hours),
        ]  # fmt: skip

    rows = [row(render(COURSE_KIND_LABELS[line.kind]), line) for line in lines]
    rows.append(row(_("Cộng"), total))
    headers = [
        _("Nội dung"), _("Lớp theo kế hoạch cả năm"), _("Lớp đã mở"), _("Học viên theo kế hoạch cả năm"),
        _("Học viên hoàn thành"), _("Kinh phí theo kế hoạch cả năm (đồng)"), _("Kinh phí đã chi (đồng)"),
        _("Ngân sách trung ương"), _("Ngân sách địa phương"), _("Nguồn khác"), _("Bình quân một lớp (đồng)"),
        _("Bình quân một học viên (đồng)"), _("Bình quân một tiết của học viên (đồng)"),
    ]  # fmt: skip
    name = f"ke-hoach-kinh-phi-dao-tao-{here.year}.xlsx"
    return send_figures("plan", here.words, headers, rows, name, here.part, (42, *(16,) * 12))


@blueprint.route("/training/reports/repayments", access=P.TRAINING_VIEW)
def report_repayments() -> ResponseReturnValue:
    """Show who was sent for long, what it cost, and what was paid back in the year."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked_report()
    return render_template(
        "training/seeing/reports/repayments.html",
        report=here,
        choices=choices(here),
        tabs=tabs("report_repayments"),
        sums=payback.yearly(here.part, here.year),
        lock=locked_on(here.year),
    )


__all__ = ["CONTENTS", "Here", "asked_report", "choices", "tabs"]
