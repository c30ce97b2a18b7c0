"""What is done with a round: share again, its fund, awards, leaving somebody out, decide, cancel."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import N_, _
from hrms.core.jinja import show_number
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.web import actor
from hrms.pay.forms import incentives as forms
from hrms.pay.queries import payouts as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words
from hrms.pay.routes.incentives.asking import decision_of, only_registered, run_form, step, with_paper
from hrms.pay.routes.incentives.rounds import opened
from hrms.pay.services import sharing
from hrms.people.queries import choosing, finding

P = Permission
FORM = "pay/incentives/step.html"


def _back(incentive_id: int) -> str:
    return url_for("pay.incentive_round", incentive_id=incentive_id)


@blueprint.route("/pay/incentives/<int:incentive_id>/share", access=P.PAY_SCHEMES, methods=["POST"])
def share_incentive(incentive_id: int) -> ResponseReturnValue:
    """Share a round's fund again with the facts and classes of now."""
    opened(incentive_id)

    def act() -> str:
        done = sharing.share(actor(), incentive_id, version=words.sent_version())
        return _("Đã chia lại cho %(n)s người.", n=sum(1 for line in done.lines if line.amount))

    return step(_back(incentive_id), act)


@blueprint.route("/pay/incentives/<int:incentive_id>/fund", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def fund_incentive(incentive_id: int) -> ResponseReturnValue:
    """Put another fund; the shares follow."""
    one = opened(incentive_id)
    given = one.found.fund if one.found.terms.get("given") else None
    form = forms.FundForm(data={"version": str(one.found.version), "fund": given})

    def act(sent: Any) -> str:
        fund = None if sent.fund.data is None else int(sent.fund.data)
        sharing.set_fund(actor(), incentive_id, fund, version=words.sent_version(sent))
        return _("Đã ghi quỹ của đợt.")

    return run_form(
        form, FORM, _back(incentive_id), act, title=_("Quỹ của đợt"), submit=_("Ghi và chia lại"), of=one.agency.name,
        crumbs=words.crumbs(one),
    )  # fmt: skip


@blueprint.route("/pay/incentives/<int:incentive_id>/award", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def award_incentive(incentive_id: int) -> ResponseReturnValue:
    """Put an ad hoc bonus into a round."""
    one = opened(incentive_id)
    who = actor()
    form: Any = forms.AwardForm(data={"version": str(one.found.version)})

    def label_of(value: str) -> str | None:
        if not (value.isascii() and value.isdecimal() and len(value) < 19):
            return None
        return next((found.name for found in choosing.by_ids([int(value)])), None)

    def find(typed: str) -> list[tuple[str, str]]:
        return [(str(found["value"]), found["label"]) for found in finding.list_choices(who, typed)["items"]]

    form.person.configure(source=url_for("people.choices"), label_of=label_of, find=find)

    def act(sent: Any) -> str:
        sharing.award(
            who, incentive_id, int(sent.person.data), int(sent.amount.data), sent.reason.data,
            version=words.sent_version(sent),
        )  # fmt: skip
        return _("Đã ghi khoản thưởng.")

    left = _("Còn lại trong quỹ: %(left)s đồng.", left=show_number(one.found.remainder))
    return run_form(
        form, FORM, _back(incentive_id), act, title=_("Ghi thưởng đột xuất"), submit=_("Ghi"), of=one.agency.name,
        crumbs=words.crumbs(one), hint=left,
    )  # fmt: skip


@blueprint.route("/pay/incentives/<int:incentive_id>/decide", access=P.PAY_APPROVE, methods=["GET", "POST"])
def decide_incentive(incentive_id: int) -> ResponseReturnValue:
    """Decide a round by a decision of the register."""
    one, who = opened(incentive_id), actor()
    who.require(P.PAY_APPROVE, at=one.agency.scope_ids)
    form: Any = with_paper(forms.DecideForm)(
        paper_kind="other", data={"version": str(one.found.version), "decided_on": clock.today()}
    )
    form.require_paper()
    only_registered(form, who, one.agency.scope_ids)

    def act(sent: Any) -> str:
        decision = decision_of(sent, who, one.agency.scope_ids)
        if not decision:
            raise Refused(Problem("decision_id", "required", N_("Chưa chọn quyết định. Hãy chọn một quyết định.")))
        sharing.decide(who, incentive_id, decision, sent.decided_on.data, version=words.sent_version(sent))
        return _("Đã ghi quyết định. Mỗi người thấy phần của mình.")

    return run_form(
        form, "pay/incentives/decide.html", _back(incentive_id), act, title=_("Quyết định chi"),
        submit=_("Ghi quyết định"), of=one.agency.name, crumbs=words.crumbs(one), names=["decided_on"],
        hint=_("Sau khi quyết định, đợt chi không sửa được nữa; chênh lệch về sau đưa vào đợt sau."),
    )  # fmt: skip


@blueprint.route("/pay/incentives/<int:incentive_id>/cancel", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def cancel_incentive(incentive_id: int) -> ResponseReturnValue:
    """Call a round off."""
    one = opened(incentive_id)
    form = forms.ReasonForm(data={"version": str(one.found.version)})

    def act(sent: Any) -> str:
        sharing.cancel(actor(), incentive_id, sent.reason.data, version=words.sent_version(sent))
        return _("Đã hủy đợt chi.")

    return run_form(
        form, FORM, _back(incentive_id), act, title=_("Hủy đợt chi"), submit=_("Hủy đợt"), of=one.agency.name,
        crumbs=words.crumbs(one), tone="danger",
    )  # fmt: skip


@blueprint.route("/pay/incentives/shares/<int:share_id>/leave-out", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def leave_out_share(share_id: int) -> ResponseReturnValue:
    """Leave somebody out by hand."""
    one, row = queries.get_share(actor(), share_id)
    form = forms.ReasonForm(data={"version": str(one.found.version)})

    def act(sent: Any) -> str:
        sharing.leave_out(actor(), share_id, sent.reason.data, version=words.sent_version(sent))
        return _("Đã đưa ra khỏi danh sách; quỹ chia lại cho những người khác.")

    return run_form(
        form, FORM, _back(one.found.id), act, title=_("Đưa ra khỏi danh sách"), submit=_("Đưa ra"), of=row.full_name,
        crumbs=words.crumbs(one),
    )  # fmt: skip


@blueprint.route("/pay/incentives/shares/<int:share_id>/take-back", access=P.PAY_SCHEMES, methods=["POST"])
def take_back_share(share_id: int) -> ResponseReturnValue:
    """Take somebody back who was left out by hand."""
    one, _row = queries.get_share(actor(), share_id)

    def act() -> str:
        sharing.take_back(actor(), share_id, version=words.sent_version())
        return _("Đã đưa lại vào danh sách; quỹ được chia lại.")

    return step(_back(one.found.id), act)


@blueprint.route("/pay/incentives/shares/<int:share_id>/remove", access=P.PAY_SCHEMES, methods=["POST"])
def remove_award(share_id: int) -> ResponseReturnValue:
    """Take an ad hoc bonus out of a round."""
    one, _row = queries.get_share(actor(), share_id)

    def act() -> str:
        sharing.take_award(actor(), share_id, version=words.sent_version())
        return _("Đã bỏ khoản thưởng.")

    return step(_back(one.found.id), act)
