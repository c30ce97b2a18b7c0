"""The list of rounds, opening one or those of a whole tree, and one round with its shares."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms import incentives as forms
from hrms.pay.queries import payouts as queries
from hrms.pay.queries import schemes
from hrms.pay.queries.payouts import ListFilters, Opened, ShareFilters
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words
from hrms.pay.routes.incentives.asking import run_form
from hrms.pay.rules.schemes import PAYOUT_STATES, PURPOSE_LABELS, STEP_WORDS, PayoutState, Purpose, Step
from hrms.pay.services import sharing, sharing_all
from hrms.pay.services.sharing_all import Run
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.performance.rules.classes import CLASS_LABELS
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of

P = Permission
SHARE_KEYS = ("q", "unit", "rating", "left", "changed")
LEFT = {"out": "out", "hand": "hand"}
MOST_CHOICES = 200


@blueprint.route("/pay/incentives", access=P.PAY_VIEW)
def incentives() -> ResponseReturnValue:
    """List the rounds of the reader's part with their sums."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part, filters = asked_list()
    anyone = ("", _("Tất cả"))
    return render_template(
        "pay/incentives/list.html",
        page=queries.list_rounds(who, filters, after=request.args.get("after"), before=request.args.get("before")),
        sums=queries.sums(who, filters),
        part=part,
        filters=filters,
        years=[anyone, *((str(one), str(one)) for one in queries.list_years(who))],
        purposes=[anyone, *forms.choices(PURPOSE_LABELS)],
        steps=[anyone, *forms.choices(STEP_WORDS)],
        states=[("", _("Chưa hủy")), *forms.choices(PAYOUT_STATES)],
        purpose_labels=PURPOSE_LABELS,
        step_words=STEP_WORDS,
        state_labels=PAYOUT_STATES,
        words=words,
        may_open=who.may(P.PAY_SCHEMES),
    )


def asked_list() -> tuple[Part, ListFilters]:
    """Return the part of the tree and the conditions that the address of the list asks for. Raises `Refused`."""
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.PAY_VIEW)
    return part, ListFilters(
        asked_number("year", most=2101), asked_one_of("purpose", PURPOSE_LABELS), asked_one_of("step", STEP_WORDS),
        asked_one_of("state", PAYOUT_STATES), part.agency_id, asked_number("scheme"),
    )  # fmt: skip


@blueprint.route("/pay/incentives/new", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def open_incentive_round() -> ResponseReturnValue:
    """Open a round of an agency by one of the schemes that hold for it, and share its fund."""
    who, today = actor(), clock.today()
    data: dict[str, Any] = {"year": today.year, "scheme": request.args.get("scheme"), "step": Step.SETTLEMENT.value}
    roots = who.scope(P.PAY_SCHEMES)
    data["agency"] = request.args.get("agency") or (str(roots[0]) if len(roots) == 1 and roots[0] else None)
    form: Any = forms.OpenRoundForm(data=data).fill()
    words.configure_agency(form.agency, P.PAY_SCHEMES)
    page = schemes.list_schemes(who, schemes.SchemeFilters(state="in_force"), limit=MOST_CHOICES)
    form.scheme.choices = [(str(row.id), f"{row.found.name} · {row.agency}") for row in page.items]

    def act(sent: Any) -> str:
        agency = agencies.get_agency(who, int(sent.agency.data), P.PAY_SCHEMES)
        step = Step(sent.step.data)
        made = sharing.open_round(
            who, int(sent.scheme.data), agency.id, int(sent.year.data), step,
            quarter=int(sent.quarter.data) if sent.quarter.data else None,
            fund=None if sent.fund.data is None else int(sent.fund.data), note=sent.note.data,
        )  # fmt: skip
        sent.went = url_for("pay.incentive_round", incentive_id=made)
        if step is Step.AD_HOC:
            return _("Đã mở đợt thưởng đột xuất. Hãy ghi từng người được thưởng.")
        done = sharing.share(who, made)
        paid = sum(1 for line in done.lines if line.amount)
        return _("Đã mở đợt và chia cho %(n)s người. Hãy xem lại rồi trình quyết định.", n=paid)

    return run_form(
        form, "pay/incentives/open.html", url_for("pay.incentives"), act, title=_("Mở đợt chi"),
        submit=_("Mở và chia"), crumbs=words.crumbs(), none=not page.items,
    )  # fmt: skip


@blueprint.route("/pay/incentives/all", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def share_all_incentives() -> ResponseReturnValue:
    """Open and share the rounds of every agency under one in the background."""
    who, today = actor(), clock.today()
    roots = who.scope(P.PAY_SCHEMES)
    data: dict[str, Any] = {"year": today.year, "step": Step.SETTLEMENT.value}
    data["agency"] = str(roots[0]) if len(roots) == 1 and roots[0] else None
    form: Any = forms.ShareAllForm(data=data).fill()
    words.configure_agency(form.agency, P.PAY_SCHEMES)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    agency = agencies.get_agency(who, int(form.agency.data), P.PAY_SCHEMES)
                    quarter = int(form.quarter.data) if form.quarter.data else None
                    run = Run(
                        agency.id, int(form.year.data), Purpose(form.purpose.data), Step(form.step.data), quarter
                    )  # fmt: skip
                    task_id = sharing_all.share_all(who, run)
                return redirect(url_for("core.task", task_id=task_id), 303)
            except Refused as refused:
                form.take(refused.problems)
    return render_template(
        "pay/incentives/step.html", form=form, title=_("Chia cho mọi cơ quan"), submit=_("Bắt đầu"), of=None,
        back=url_for("pay.incentives"), crumbs=words.crumbs(),
        hint=_("Mỗi cơ quan theo quy chế đang áp dụng cho mình. Đợt đã quyết định được giữ nguyên; "
               "đợt khác được chia lại."),
    ), status  # fmt: skip


@blueprint.route("/pay/incentives/<int:incentive_id>", access=P.PAY_VIEW)
def incentive_round(incentive_id: int) -> ResponseReturnValue:
    """Show a round: its fund and why, sums by class and unit, everybody's share, what may be done next."""
    who = actor()
    one = queries.get_round(who, incentive_id)
    filters = share_filters()
    page = queries.list_shares(
        one, filters, after=request.args.get("after"), before=request.args.get("before")
    )  # fmt: skip
    count_shown({row.person_id for row in page.items})
    sums = queries.summed(one)
    state, at = PayoutState(one.found.state), one.agency.scope_ids
    paper: Any = None
    if one.found.decision_id and who.may(P.DECISIONS_VIEW):
        paper = hooks.papers[0].describe([one.found.decision_id]).get(one.found.decision_id)
    opened = state in {PayoutState.DRAFT, PayoutState.SHARED}
    manages = who.may(P.PAY_SCHEMES, at=at)
    return render_template(
        "pay/incentives/round.html", one=one, found=one.found, agency=one.agency, terms=one.terms, state=state,
        title=words.title_of(one), words=words, page=page, sums=sums, filters=filters, chips=_chips(filters, sums),
        reasons=queries.read_reasons(one.found.reasons), paper=paper, state_labels=PAYOUT_STATES,
        purpose_labels=PURPOSE_LABELS, ad_hoc=one.step is Step.AD_HOC, settles=one.step is Step.SETTLEMENT,
        units=[("", _("Tất cả")), *((str(row.agency_id), row.unit) for row in sums.by_unit)],
        ratings=[("", _("Tất cả")), *forms.choices(CLASS_LABELS)],
        lefts=[("", _("Tất cả")), ("out", _("Không có phần")), ("hand", _("Đưa ra khỏi danh sách"))],
        may_share=manages and opened and one.step is not Step.AD_HOC, may_fund=manages and opened,
        may_award=manages and opened and one.step is Step.AD_HOC, may_cancel=manages and opened,
        may_decide=state is PayoutState.SHARED and who.may(P.PAY_APPROVE, at=at),
        may_pick=manages and state is PayoutState.SHARED, own=who.person_id, may_export=who.may(P.PEOPLE_EXPORT, at=at),
        crumbs=words.crumbs(), reasons_of=words.brief_reasons,
    )  # fmt: skip


def share_filters() -> ShareFilters:
    """Return what the address asks of the shares of a round. Raises `Refused` for words that are not offered."""
    return ShareFilters(
        request.args.get("q", "").strip()[:200], asked_number("unit"), asked_one_of("rating", CLASS_LABELS),
        asked_one_of("left", LEFT), request.args.get("changed") == "1",
    )  # fmt: skip


def _chips(filters: ShareFilters, sums: Any) -> list[dict[str, str]]:
    unit = next((row.unit for row in sums.by_unit if row.agency_id == filters.unit), "")
    rating = words.class_words(filters.rating) if filters.rating else ""
    left = {"out": _("Không có phần"), "hand": _("Đưa ra khỏi danh sách")}.get(filters.left or "", "")
    shown = (
        ("q", _("Tìm"), filters.q), ("unit", _("Đơn vị"), unit), ("rating", _("Xếp loại"), rating),
        ("left", _("Không có phần"), left),
        ("changed", _("Xếp loại"), _("đã đổi sau khi chia") if filters.changed else ""),
    )  # fmt: skip
    return [{"key": key, "label": label, "value": value} for key, label, value in shown if value]


def opened(incentive_id: int) -> Opened:
    """Return the round of the address. Raises `NotFound` outside the reader's part."""
    return queries.get_round(actor(), incentive_id)
