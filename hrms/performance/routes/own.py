"""One's own sheets: what is due, the self-score with what came of each product, taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.text import nfc
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.performance.forms import scoring as forms
from hrms.performance.queries import sheet_lists as lists
from hrms.performance.queries import sheet_pages as pages
from hrms.performance.queries.sheet_pages import Line, Look
from hrms.performance.routes import sheet_view as view
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.desk import own_reported
from hrms.performance.rules.formula import Role
from hrms.performance.rules.sheet_points import Filled
from hrms.performance.rules.work import REPORTED_LABELS, WITH_ITS_OWNER, Reported, SheetState
from hrms.performance.services import reporting
from hrms.performance.services import sheets as services

P = Permission


def crumbs() -> list[tuple[str, str | None]]:
    """Return the way back to one's own sheets."""
    return [(_("Phiếu của tôi"), url_for("performance.own"))]


@blueprint.route("/performance/own", access=P.SELF_VIEW)
def own() -> ResponseReturnValue:
    """List one's own sheets: what is to be scored by oneself, and the points so far."""
    person_id = actor().person_id
    rows = lists.list_own(person_id) if person_id else []
    year = clock.today().year
    points = [row.score for row in rows if row.year == year and row.state == "published"]
    return render_template(
        "performance/scoring/own.html", rows=rows, view=view, today=clock.today(), year=year, count=len(points),
        waiting=[row for row in rows if row.state in {one.value for one in WITH_ITS_OWNER}],
        mean=view.number(sum(points) / len(points)) if points else "", has_record=person_id is not None,
    )  # fmt: skip


def _mine(sheet_id: int) -> Look:
    """Return one's own sheet. Raises `NotFound` for anybody else's."""
    found = pages.look(sheet_id)
    if not actor().is_holder(found.who.person_id):
        raise missing("sheet")
    return found


@blueprint.route("/performance/own/<int:sheet_id>", access=P.SELF_VIEW, methods=["GET", "POST"])
def own_sheet(sheet_id: int) -> ResponseReturnValue:
    """Say what came of each product, give oneself points by the general criteria, send the sheet in."""
    found = _mine(sheet_id)
    if request.method == "GET":
        return _page(found)
    items = found.terms.general_items if found.terms else ()
    sent = forms.read(request.form, items, Role(found.sheet.role), [])
    problems = dict(sent.problems)
    if request.form.get("act") == "try":
        return _page(found, 422 if problems else 200, sent, problems)
    keeps, before = request.form.get("act") == "keep", found.sheet.version
    if not problems:
        try:
            with transaction():
                version = _report(found)
                if not keeps:
                    services.self_score(
                        actor(), sheet_id, sent.filled.general, sent.filled.leader, sent.note,
                        version=version if sent.version == before else sent.version,
                    )  # fmt: skip
        except (Refused, Stale) as refused:
            again = _mine(sheet_id)
            return _page(again, refused.status, sent, forms.by_box(refused.problems, items))
        if keeps:
            flash(_("Đã lưu báo cáo. Phiếu chưa gửi; điểm tự chấm chỉ lưu khi gửi."), "ok")
            return redirect(url_for("performance.own_sheet", sheet_id=sheet_id), 303)
        flash(_("Đã gửi phiếu tự chấm. Trước khi được chấm, bạn có thể rút về để sửa."), "ok")
        return redirect(url_for("performance.sheet", sheet_id=sheet_id), 303)
    return _page(found, 422, sent, problems)


def _report(found: Look) -> int:
    """Write what the form says of each product where it says something new; return the sheet's version after it.

    Raises `Refused` with the product named.
    """
    problems: list[Problem] = []
    for one in found.given:
        item = one.item
        if f"r-{item.id}" not in request.form:
            continue
        said, progress, evidence = _said(one)
        if (said, progress, evidence) == (Reported(item.reported), item.progress, item.evidence or ""):
            continue
        try:
            reporting.report(actor(), item.id, said, progress, evidence, _number(f"v-{item.id}"))
        except Refused as refused:
            problems += [
                Problem(f"e-{item.id}", problem.code, N_("“%(title)s”: %(problem)s"), {
                    "title": item.title[:80], "problem": render(problem)})
                for problem in refused.problems
            ]  # fmt: skip
    if problems:
        raise Refused(*problems)
    return found.sheet.version


def _said(one: Line) -> tuple[Reported, int, str]:
    given = request.form.get(f"r-{one.item.id}", "")
    said = Reported(given) if given in set(Reported) else Reported(one.item.reported)
    progress = min(_number(f"p-{one.item.id}"), 101)
    return said, 100 if said is Reported.DONE else progress, nfc(request.form.get(f"e-{one.item.id}", ""))


def _number(name: str) -> int:
    given = request.form.get(name, "").strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _page(
    found: Look, status: int = 200, sent: forms.Sent | None = None,
    problems: Mapping[str, Sequence[Problem]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    sheet = found.sheet
    items = found.terms.general_items if found.terms else ()
    filled = Filled(
        sent.filled.general if sent else {one.code: view.points_of(sheet.self_general, one.code) for one in items},
        sent.filled.leader if sent else view.leader_of(sheet.self_leader),
        own_reported(found) if sent else view.own_done(found),
    )
    return render_template(
        "performance/scoring/own_sheet.html", found=found, sheet=sheet, view=view, filled=filled,
        typed=sent.typed if sent else {}, groups=view.groups_of(found), leaders=view.leader_rows(found),
        reckoned=view.reckoned(found, filled), reported=list(REPORTED_LABELS.items()),
        is_open=SheetState(sheet.state) in WITH_ITS_OWNER and sheet.superseded_at is None and found.terms is not None,
        problems={name: [render(one) for one in some] for name, some in (problems or {}).items()}, crumbs=crumbs(),
    ), status  # fmt: skip


@blueprint.route("/performance/own/<int:sheet_id>/take-back", access=P.SELF_VIEW, methods=["POST"])
def take_back_sheet(sheet_id: int) -> ResponseReturnValue:
    """Take one's own sheet back before it is scored."""
    _mine(sheet_id)
    try:
        with transaction():
            services.take_back(actor(), sheet_id, version=forms.version_of(request.form))
    except (Refused, Stale) as refused:
        flash(" ".join(render(one) for one in refused.problems), "bad")
        return redirect(url_for("performance.sheet", sheet_id=sheet_id), 303)
    flash(_("Đã rút phiếu về. Hãy sửa rồi gửi lại."), "ok")
    return redirect(url_for("performance.own_sheet", sheet_id=sheet_id), 303)
