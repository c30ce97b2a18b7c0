"""The head's desk: sheets to be scored, one on a screen, all on the keyboard; the unit's month in one table.

Every box starts with what the person reported and gave themself, said to be so. Without script it is the same form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.text import nfc
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.performance.forms import scoring as forms
from hrms.performance.queries import sheet_lists as lists
from hrms.performance.queries import sheet_pages as pages
from hrms.performance.queries import sheets as queries
from hrms.performance.queries.sheet_pages import Look
from hrms.performance.queries.sheets import Led
from hrms.performance.routes import sheet_view as view
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.formula import Role
from hrms.performance.rules.sheet_points import Filled
from hrms.performance.rules.work import REPORTED_LABELS, Reported, SheetState
from hrms.performance.services import sheets as services

P = Permission
NO_POINTS = N_("Bộ tiêu chí của phiếu này không có điểm nên không chấm được. Hãy xem lại bộ tiêu chí và quy chế.")


def crumbs() -> list[tuple[str, str | None]]:
    """Return the way back to the desk."""
    return [(_("Bàn chấm điểm"), url_for("performance.desk"))]


@blueprint.route("/performance/desk", access=P.PERFORMANCE_SCORE)
def desk() -> ResponseReturnValue:
    """Show what waits to be scored, late ones first, and the month of everybody one scores in one table."""
    rows = _waiting()
    today = clock.today()
    ready = [row for row in rows if row.state == "self_scored"]
    others = [row for row in rows if row.state != "self_scored"]
    chosen = _chosen(rows)
    table = lists.list_of_authority(queries.authorities_of(actor()), chosen) if chosen else []
    count_shown({row.person_id for row in [*rows, *table]})
    return render_template(
        "performance/scoring/desk.html", ready=ready, others=others, today=today, view=view, chosen=chosen,
        choices=lists.list_choices(), table=table, points=_mean(table),
    )  # fmt: skip


def _chosen(rows: Sequence[Any]) -> lists.When | None:
    """Return the month the table is of: the one asked for, else the newest with something to score, else the newest."""
    given = request.args.get("period", "")
    known = lists.list_choices()
    asked = next((one for one in known if one.key == given), None)
    if asked is not None:
        return asked
    waiting = {(row.year, row.kind, row.number) for row in rows}
    first = next((one for one in known if (one.year, one.kind, one.number) in waiting), None)
    return first or (known[0] if known else None)


def _mean(table: Sequence[Any]) -> str:
    known = [row.score for row in table if row.score is not None]
    return view.number(sum(known) / len(known)) if known else ""


@blueprint.route("/performance/desk/<int:sheet_id>", access=P.PERFORMANCE_SCORE, methods=["GET", "POST"])
def desk_sheet(sheet_id: int) -> ResponseReturnValue:
    """Score one sheet, then the next: every box as reported until it is changed."""
    found = pages.look(sheet_id, events=False)
    if request.method == "GET":
        return _page(found)
    _must_score(found)
    if found.terms is None:
        raise Refused(Problem("", "no_points", NO_POINTS))
    sent = _sent(found)
    problems = dict(sent.problems)
    if request.form.get("act") == "try":
        return _page(found, 422 if problems else 200, sent, problems)
    if not problems:
        name, after = found.who.full_name, _next_of([row.id for row in _waiting()], sheet_id)
        try:
            with transaction():
                points = services.score(
                    actor(), sheet_id, sent.filled.general, sent.filled.leader, sent.note,
                    {key: services.Judgement(done) for key, done in sent.filled.done.items()}, version=sent.version,
                )  # fmt: skip
        except (Refused, Stale) as refused:
            problems = dict(forms.by_box(refused.problems, found.terms.general_items))
            return _page(pages.look(sheet_id, events=False), refused.status, sent, problems)
        flash(_("Đã chấm %(name)s: %(points)s điểm.", name=name, points=view.number(points)), "ok")
        return redirect(_next_address(after), 303)
    return _page(found, 422, sent, problems)


def _waiting() -> Sequence[Any]:
    """Return the sheets that wait, those with their self-score first; two statements."""
    rows = lists.list_by_ids(queries.to_score(actor()))
    return sorted(rows, key=lambda row: row.state != SheetState.SELF_SCORED)


def _next_of(queue: Sequence[int], sheet_id: int) -> int | None:
    """Return the sheet that comes after one in the queue, None after the last; the first for one that is not in it."""
    place = queue.index(sheet_id) + 1 if sheet_id in queue else 0
    return queue[place] if place < len(queue) else None


def _next_address(sheet_id: int | None) -> str:
    if sheet_id is None:
        return url_for("performance.desk")
    return url_for("performance.desk_sheet", sheet_id=sheet_id)


def _must_score(found: Look) -> None:
    """Raise `Forbidden` with the sentence of why the reader cannot score this sheet."""
    problem = services.may_score(actor(), found.sheet)
    if problem is not None:
        raise Forbidden(problem)


def _sent(found: Look) -> forms.Sent:
    items = found.terms.general_items if found.terms else ()
    return forms.read(request.form, items, Role(found.sheet.role), [one.item.id for one in found.given])


def _stored_first(found: Look) -> bool:
    """Say whether the form begins with what the authority gave before, not with what the person says."""
    return found.sheet.scored_at is not None and request.args.get("from") != "self"


def _led(found: Look) -> Led | None:
    """Return how those a head leads stand, where criterion d follows from it (Đ15 k2); None for others."""
    if found.terms is None or found.sheet.role != Role.HEAD or found.terms.version.method != "equal":
        return None
    return queries.led_by(found.sheet, found.terms.formula(Role.HEAD).thresholds)


def begin_with(found: Look, led: Led | None = None) -> tuple[Filled, str]:
    """Return what the boxes hold when the form is opened, and of whom it is: "self" or "authority"."""
    sheet = found.sheet
    if _stored_first(found):
        kept, leader, done, whose = sheet.general, sheet.leader, view.found_done(found), "authority"
    else:
        kept, leader, whose = sheet.self_general, sheet.self_leader, "self"
        done = {
            one.item.id: one.item.done if one.item.done is not None else one.item.reported == Reported.DONE
            for one in found.given
        }
    items = found.terms.general_items if found.terms else ()
    values = dict(leader or {})
    if led is not None and led.value is not None:
        values["subordinates"] = str(led.value)
    return Filled({one.code: view.points_of(kept, one.code) for one in items}, view.leader_of(values), done), whose


def _page(
    found: Look, status: int = 200, sent: forms.Sent | None = None,
    problems: Mapping[str, Sequence[Problem]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    count_shown([found.who.person_id])
    obstacle = services.may_score(actor(), found.sheet)
    led = _led(found)
    begun, whose = begin_with(found, led)
    filled = sent.filled if sent else begun
    queue = [row.id for row in _waiting()]
    place = queue.index(found.sheet.id) + 1 if found.sheet.id in queue else 0
    return render_template(
        "performance/scoring/desk_sheet.html", found=found, sheet=found.sheet, view=view,
        typed=sent.typed if sent else {},
        filled=filled, whose=whose, groups=view.groups_of(found), leaders=view.leader_rows(found),
        reckoned=view.reckoned(found, filled), reported_words=_reported_words, place=place, of=len(queue),
        next_id=_next_of(queue, found.sheet.id), led=led,
        obstacle=render(obstacle) if obstacle else "", crumbs=crumbs(),
        problems={name: [render(one) for one in some] for name, some in (problems or {}).items()},
        has_self=bool(found.sheet.self_at), reason="",
    ), status  # fmt: skip


def _reported_words(value: str) -> str:
    return render(REPORTED_LABELS[Reported(value)])


@blueprint.route("/performance/desk/<int:sheet_id>/return", access=P.PERFORMANCE_SCORE, methods=["POST"])
def return_sheet(sheet_id: int) -> ResponseReturnValue:
    """Send a sheet back to be scored by its owner again, with the reason."""
    found = pages.look(sheet_id, events=False)
    _must_score(found)
    reason = nfc(request.form.get("reason", ""))
    name, after = found.who.full_name, _next_of([row.id for row in _waiting()], sheet_id)
    try:
        with transaction():
            services.send_back(actor(), sheet_id, reason, version=forms.version_of(request.form))
    except (Refused, Stale) as refused:
        return _page(pages.look(sheet_id, events=False), refused.status, None, {"reason": list(refused.problems)})
    flash(_("Đã trả lại phiếu của %(name)s.", name=name), "ok")
    return redirect(_next_address(after), 303)


@blueprint.route(
    "/performance/sheets/<int:sheet_id>/reckon", access=(P.PERFORMANCE_SCORE, P.SELF_VIEW), methods=["POST"]
)
def reckon_sheet(sheet_id: int) -> ResponseReturnValue:
    """Answer the points of a form as it is typed; nothing is written. For who scores the sheet, and for its owner."""
    found = pages.look(sheet_id, events=False)
    own = actor().is_holder(found.who.person_id)
    if not own:
        _must_score(found)
    sent = _sent(found)
    filled = sent.filled
    if own:
        filled = Filled(filled.general, filled.leader, own_reported(found))
    answer = view.answer(view.reckoned(found, filled))
    answer["problems"] += [{"message": render(one)} for some in sent.problems.values() for one in some]
    return jsonify(answer)


def own_reported(found: Look) -> dict[int, bool]:
    """Return which products one's own form says are done: as chosen on it, else as reported before."""
    kept = view.own_done(found)
    return {key: request.form.get(f"r-{key}", "done" if said else "") == "done" for key, said in kept.items()}
