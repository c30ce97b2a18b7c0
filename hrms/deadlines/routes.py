"""Pages of the calendar: what falls due, the workbook of it, the way to a proposal, and the feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.audit import services as audit
from hrms.core import clock, scope, workbook
from hrms.core.actor import missing
from hrms.core.errors import Forbidden
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import PUBLIC, HrmsBlueprint, actor
from hrms.deadlines import queries, rules, services
from hrms.deadlines.queries import WINDOWS, DueFilters, Reach, reach
from hrms.decisions import kinds as decision_kinds
from hrms.people.counting import count_shown
from hrms.people.queries.choosing import FINDER
from hrms.people.queries.filters import Reach as TakenFrom
from hrms.people.services import export as exports

blueprint = HrmsBlueprint("deadlines", __name__)
P = Permission
KEYS = frozenset({"window", "kind", "agency", "person", "mine", "open"})
EXPORT_ROWS = 50_000


def _asked(permission: Permission = P.PEOPLE_VIEW) -> tuple[DueFilters, Reach]:
    args = dict(request.args.items())
    for name in ("agency", "person"):
        # The box was emptied by hand: the id it once stood for goes with the words.
        if not args.get(f"{name}-text", "x").strip():
            args.pop(name, None)
    asked = queries.parse(args)
    return asked, reach(actor(), asked.agency, permission)


@blueprint.route("/calendar", access=P.PEOPLE_VIEW)
def index() -> ResponseReturnValue:
    """Show what is overdue and what falls due, each line with the action that settles it."""
    asked, where = _asked()
    who = actor()
    page = queries.list_due(who, asked, where, after=request.args.get("after"), before=request.args.get("before"))
    count_shown(row.person_id for row in page.items)
    counts = queries.count_due(who, asked, where)
    person = FINDER.by_ids([asked.person]) if asked.person else ()
    return render_template(
        "deadlines/calendar.html",
        page=page,
        counts=counts,
        asked=asked,
        where=where,
        windows=[(key, render(words), counts.windows[key]) for key, words in WINDOWS.items()],
        kinds=[("", _("— tất cả —")), *((kind.code, render(kind.label)) for kind in services.kinds().values())],
        by_kind=[(code, render(kind.label), counts.kinds[code]) for code, kind in services.kinds().items()
                 if code in counts.kinds],
        chips=_chips(asked, where, person[0].name if person else str(asked.person or "")),
        person=person[0] if person else None,
        finder=FINDER,
        action_of=action_of,
        proposes=who.may(P.DECISIONS_PROPOSE),
        address=urlencode([(k, v) for k, v in request.args.items() if k in KEYS and v]),
        today=clock.today(),
    )  # fmt: skip


def _chips(asked: DueFilters, where: Reach, person: str) -> list[dict[str, str]]:
    known = services.kinds()
    shown = (
        (_("Thời gian"), render(WINDOWS[asked.window]) if asked.window else "", "window"),
        (_("Việc"), render(known[asked.kind].label) if asked.kind else "", "kind"),
        (_("Đơn vị"), where.agency_name, "agency"),
        (_("Người"), person, "person"),
        (_("Trách nhiệm"), _("cơ quan tôi") if asked.mine else "", "mine"),
        (_("Hồ sơ trình"), _("chưa có") if asked.open_only else "", "open"),
    )
    return [{"label": label, "value": value, "key": key} for label, value, key in shown if value]


def action_of(row: Any) -> tuple[str, str, bool]:
    """Return words and address of what settles a line, and whether it may be ticked with others of its kind."""
    who = actor()
    if row.submission_id:
        return _("Xem hồ sơ trình"), url_for("submissions.show", submission_id=row.submission_id), False
    offered = next((one for one in map(decision_kinds.get, row.settled_by) if one), None)
    if offered is not None and who.may(P.DECISIONS_PROPOSE, at=row.scope_ids):
        address = url_for("submissions.new", kind=offered.code, people=row.person_id)
        return _("Lập hồ sơ: %(kind)s", kind=render(offered.label)), address, offered.lists
    kind = services.kinds().get(row.code)
    endpoint = kind.endpoint if kind and not row.settled_by else "people.show"
    return _("Mở hồ sơ"), url_for(endpoint, person_id=row.person_id), False


@blueprint.route("/calendar/propose", access=P.DECISIONS_PROPOSE)
def propose() -> ResponseReturnValue:
    """Lead from the lines ticked, all of one kind, to one new proposal about their people."""
    pairs = []
    for given in request.args.getlist("line")[: queries.PROPOSED_MOST]:
        code, _colon, person = given.partition(":")
        if code in services.kinds() and person.isascii() and person.isdigit() and len(person) < 19:
            pairs.append((code, int(person)))
    rows = queries.chosen(actor(), pairs)
    back = request.args.get("back", "")
    if not rows:
        flash(_("Chưa chọn dòng nào. Hãy đánh dấu những người cùng một việc."), "warn")
        return redirect(f"{url_for('deadlines.index')}?{back}", 303)
    offered = {next((one for one in row.settled_by if decision_kinds.get(one)), None) for row in rows}
    if len(offered) > 1 or None in offered:
        flash(_("Các dòng đã chọn cần nhiều loại quyết định. Hãy chọn những dòng cùng một việc."), "warn")
        return redirect(f"{url_for('deadlines.index')}?{back}", 303)
    people = ".".join(str(person_id) for person_id in dict.fromkeys(row.person_id for row in rows))
    return redirect(url_for("submissions.new", kind=offered.pop(), people=people), 303)


@blueprint.route("/calendar/export.xlsx", access=P.PEOPLE_EXPORT)
def export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook."""
    asked, where = _asked(P.PEOPLE_EXPORT)
    who = actor()
    found = queries.all_due(who, asked, where, EXPORT_ROWS)
    with transaction():
        locked = exports.note_export(who, "calendar", len(found), TakenFrom(where.roots, where.agency_id))
    if locked:
        raise Forbidden(exports.BULK_LOCKED)
    headers = (
        _("Đến hạn"), _("Còn (ngày)"), _("Việc"), _("Nội dung"), _("Họ và tên"), _("Số hiệu"), _("Vị trí việc làm"),
        _("Cơ quan, đơn vị"), _("Cơ quan phải làm"), _("Căn cứ"), _("Hồ sơ trình"),
    )  # fmt: skip
    rows = (
        (
            row.due_on, row.days_left, row.label, row.what, row.full_name, row.staff_code,
            row.job_position or row.post_name, row.agency, row.responsible,
            "; ".join(dict.fromkeys(one.source for one in row.reasons if one.source)),
            _("đang trình") if row.submission_id else "",
        )
        for row in found
    )  # fmt: skip
    made = workbook.in_memory(_("Việc đến hạn"), headers, rows, widths=(12, 10, 30, 40, 26, 12, 30, 34, 34, 40, 14))
    return send_file(made, as_attachment=True, download_name="viec-den-han.xlsx")


@blueprint.route("/calendar/feed", access=P.PEOPLE_VIEW, methods=["GET", "POST"])
def feed() -> ResponseReturnValue:
    """Show whether one's calendar has an address of its own; POST makes it and shows it, this once."""
    made = None
    if request.method == "POST":
        with transaction():
            token = services.make_feed(actor())
        made = url_for("deadlines.feed_file", feed=token, _external=True)
    return render_template(
        "deadlines/feed.html", made=made, feed=queries.own_feed(actor()),
        crumbs=[(_("Lịch việc đến hạn"), url_for("deadlines.index"))],
    )  # fmt: skip


@blueprint.route("/calendar/feed/revoke", access=P.PEOPLE_VIEW, methods=["POST"])
def revoke() -> ResponseReturnValue:
    """End the address of one's calendar."""
    with transaction():
        done = services.revoke_feed(actor())
    flash(
        _("Đã thu hồi địa chỉ lịch.") if done else _("Không có địa chỉ lịch nào đang dùng."), "ok" if done else "info"
    )
    return redirect(url_for("deadlines.feed"), 303)


@blueprint.route("/calendar/<feed>.ics", access=PUBLIC)
def feed_file(feed: str) -> ResponseReturnValue:
    """Answer a calendar program: the lines its account sees at this moment; 404 for an address that opens nothing."""
    with transaction():
        reader = services.reader_of(feed[:200])
    if reader is None or not reader.actor.may(P.PEOPLE_VIEW):
        raise missing("feed")
    who, g.locale = reader.actor, reader.locale
    scope.enter_for(who, P.PEOPLE_VIEW)
    asked = DueFilters(window=queries.ALL)
    where = reach(who)
    found = queries.all_due(who, asked, where, queries.FEED_MOST)
    events = [
        rules.Event(
            f"{row.code}-{row.person_id}-{row.key or 0}@hrms", row.due_on, f"{row.label}: {row.full_name}",
            url_for("deadlines.index", person=row.person_id, _external=True),
        )
        for row in found
    ]  # fmt: skip
    with transaction():
        audit.mark_read(who, "calendar.feed", len(found))
    text = rules.calendar_file(_("Việc đến hạn"), events, clock.now())
    return Response(text, mimetype="text/calendar", headers={"Content-Disposition": 'inline; filename="lich.ics"'})


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
