"""Lists of raises: those of the reader's part, making one, one list with its people, sending it up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms.raises import QUARTERS, ListForm, SendForm, years
from hrms.pay.queries import raise_items
from hrms.pay.queries import raise_pages as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.raises import words
from hrms.pay.rules.raising import RAISE_LABELS
from hrms.pay.services import early, sending
from hrms.pay.services import raising as services
from hrms.people.routes.finding import settled_address
from hrms.performance.routes.calibration.asking import configure_agency, sent_version
from hrms.positions.queries.part import part_of
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of, kept

P = Permission
_TICKED = re.compile(r"(?P<id>[0-9]{1,18}):(?P<version>[0-9]{1,9})")


@blueprint.route("/pay/raises", access=P.PAY_VIEW)
def raises() -> ResponseReturnValue:
    """List the lists of raises of the reader's part."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PAY_VIEW)
    filters = queries.Filters(
        asked_number("year", most=2101), asked_number("quarter", most=5, least=1),
        asked_one_of("kind", words.KIND_LABELS), asked_one_of("state", words.LIST_LABELS),
        asked_one_of("has", words.HAS_LABELS),
    )  # fmt: skip
    page = queries.list_lists(part, filters, after=request.args.get("after"), before=request.args.get("before"))
    anyone = ("", _("Tất cả"))
    return render_template(
        "pay/raises/lists.html", page=page, part=part, filters=filters, words=words,
        years=[anyone, *((str(one), str(one)) for one in queries.list_years(part))],
        quarters=[anyone, *QUARTERS], kinds=words.choices(words.KIND_LABELS), states=words.choices(words.LIST_LABELS),
        has=words.choices(words.HAS_LABELS),
        may_make=who.may(P.PAY_MANAGE),
    )  # fmt: skip


@blueprint.route("/pay/raises/new", access=P.PAY_MANAGE, methods=["GET", "POST"])
def new_raise_list() -> ResponseReturnValue:
    """Make the list of a quarter: of one agency at once, of a whole tree in the background."""
    who, today = actor(), clock.today()
    data: dict[str, Any] = {"year": str(today.year), "quarter": str((today.month + 2) // 3)}
    roots = who.scope(P.PAY_MANAGE)
    if len(roots) == 1 and roots[0]:
        data["agency"] = str(roots[0])
    form: Any = ListForm(data=data)
    form.year.choices = years(today.year)
    configure_agency(form.agency, P.PAY_MANAGE)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _make(form)
            except Refused as refused:
                form.take(refused.problems)
    page = render_template("pay/raises/new.html", form=form, crumbs=words.crumbs(), back=url_for("pay.raises"))
    return page, status


def _make(form: Any) -> ResponseReturnValue:
    who, year, quarter = actor(), int(form.year.data), int(form.quarter.data)
    with transaction():
        agency = agencies.get_agency(who, int(form.agency.data), P.PAY_MANAGE)
        if form.everybody.data:
            task_id = services.propose_all(who, agency.id, year, quarter)
            return redirect(url_for("core.task", task_id=task_id), 303)
        made = services.propose(who, agency.id, year, quarter)
    flash(_("Đã lập danh sách nâng bậc lương từ hồ sơ."), "ok")
    return redirect(url_for("pay.raise_list", list_id=made), 303)


@blueprint.route("/pay/raises/choices", access=P.DECISIONS_VIEW)
def raise_list_choices() -> ResponseReturnValue:
    """Answer the search box of a proposal with the lists that may be decided."""
    found = raise_items.find_lists(request.args.get("q", "")[:200])
    more = len(found) == raise_items.MOST
    return jsonify(items=[{"value": value, "label": label} for value, label in found], more=more)


@blueprint.route("/pay/raises/<int:list_id>", access=P.PAY_VIEW)
def raise_list(list_id: int) -> ResponseReturnValue:
    """Show a list: its people by name, clear cases and doubtful ones, what is under way."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    one = queries.get_list(who, list_id)
    filters = asked_items()
    page = queries.list_items(
        list_id, filters, after=request.args.get("after"), before=request.args.get("before")
    )  # fmt: skip
    return render_template(
        "pay/raises/list.html", one=one, page=page, filters=filters, words=words, crumbs=words.crumbs(),
        states=words.choices({name: words.ITEM_LABELS[name] for name in queries.ITEM_FILTERS}),
        kinds=words.choices(dict(RAISE_LABELS)), keeps=may_change(one), may_send=may_change(one) and _may_send(one),
        send=SendForm(data={"version": str(one.found.version), "one_paper": True}), today=clock.today(),
        kept=kept("state", "kind", "q"),
    )  # fmt: skip


def asked_items() -> queries.ItemFilters:
    """Return what the address asks of the people of a list."""
    return queries.ItemFilters(
        asked_one_of("state", queries.ITEM_FILTERS), asked_one_of("kind", queries.KINDS),
        request.args.get("q", "").strip()[:100],
    )  # fmt: skip


def may_change(one: queries.Opened) -> bool:
    """Say whether the reader keeps this list."""
    return one.found.state != "cancelled" and actor().may(P.PAY_MANAGE, at=one.agency.scope_ids)


def _may_send(one: queries.Opened) -> bool:
    return one.counts.proposed > 0 and actor().may(P.DECISIONS_PROPOSE, at=one.agency.scope_ids)


@blueprint.route("/pay/raises/<int:list_id>/again", access=P.PAY_MANAGE, methods=["POST"])
def renew_raise_list(list_id: int) -> ResponseReturnValue:
    """Make a list anew from the records: who is not sent or decided yet."""
    who = actor()
    one = queries.get_list(who, list_id, P.PAY_MANAGE)

    def act() -> str:
        if one.found.kind == "early":
            early.propose(who, one.agency.id, one.found.year)
        else:
            services.propose(who, one.agency.id, one.found.year, one.found.quarter or 1)
        return _("Đã lập lại danh sách từ hồ sơ; ai đã trình hoặc đã có quyết định giữ nguyên.")

    return step(url_for("pay.raise_list", list_id=list_id), act)


@blueprint.route("/pay/raises/<int:list_id>/include", access=P.PAY_MANAGE, methods=["POST"])
def include_raises(list_id: int) -> ResponseReturnValue:
    """Put everybody who was ticked among those proposed, all of them or nobody."""
    who = actor()
    queries.get_list(who, list_id, P.PAY_MANAGE)
    ticked = [match for given in request.form.getlist("item") if (match := _TICKED.fullmatch(given))]

    def act() -> str:
        if not ticked:
            raise Refused(Problem("item", "required", N_("Chưa chọn ai. Hãy đánh dấu ít nhất một người.")))
        for one in ticked:
            services.include(who, int(one["id"]), version=int(one["version"]))
        return _("Đã đưa %(n)s người vào danh sách đề nghị.", n=len(ticked))

    return step(url_for("pay.raise_list", list_id=list_id), act)


@blueprint.route("/pay/raises/<int:list_id>/send", access=P.PAY_MANAGE, methods=["POST"])
def send_raise_list(list_id: int) -> ResponseReturnValue:
    """Send a list up as proposals, split by who signs."""
    who = actor()
    queries.get_list(who, list_id, P.PAY_MANAGE)
    form: Any = SendForm()

    def act() -> str:
        made = sending.send(who, list_id, one_paper=bool(form.one_paper.data), version=sent_version(form))
        return _("Đã lập %(n)s hồ sơ trình; hồ sơ còn điều kiện chưa rõ nằm ở dự thảo để bổ sung.", n=len(made))

    return step(url_for("pay.raise_list", list_id=list_id), act)


def step(back: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Run a step without a form of its own: the sentence of `act`, or of what refused it, is shown on `back`."""
    try:
        with transaction():
            said = act()
        flash(said, "ok")
    except (Refused, Stale) as refused:
        flash(refusal(refused), "bad")
    return redirect(back, 303)


def refusal(error: HrmsError) -> str:
    """Return the sentences of a refusal."""
    return " ".join(render(problem) for problem in error.problems)
