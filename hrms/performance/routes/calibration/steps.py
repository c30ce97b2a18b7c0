"""The steps of a round as buttons and forms: gather, solve, back, decide, publish, settle, call off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.performance.forms.rounds import DecideForm, OutstandingForm, PublishForm, ReasonForm, SettleForm
from hrms.performance.queries import calibration as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import (
    WORKS,
    crumbs,
    decision_of,
    only_registered,
    opened,
    run_form,
    sent_version,
    step,
    with_paper,
)
from hrms.performance.services import deciding, gathering, solving
from hrms.performance.services import rounds as services

P = Permission
FORM = "performance/rounds/step.html"


def _back(round_id: int) -> str:
    return url_for("performance.round", round_id=round_id)


def _run(
    one: queries.Opened, form: Any, title: str, submit: str, act: Callable[[Any], str], **more: Any
) -> ResponseReturnValue:
    return run_form(
        form, more.pop("template", FORM), _back(one.found.id), act, title=title, submit=submit, one=one,
        crumbs=crumbs(one), **more,
    )  # fmt: skip


@blueprint.route("/performance/rounds/<int:round_id>/gather", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def gather_round(round_id: int) -> ResponseReturnValue:
    """Read everybody's year anew."""
    opened(round_id)
    return step(
        _back(round_id), lambda: _("Đã lấy lại số liệu của %(n)s người.", n=gathering.regather(actor(), round_id))
    )  # fmt: skip


@blueprint.route("/performance/rounds/<int:round_id>/solve", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def solve_round(round_id: int) -> ResponseReturnValue:
    """Hold the quota and propose everybody's class."""
    opened(round_id)

    def act() -> str:
        solved = solving.solve(actor(), round_id)
        return _(
            "Đã đề xuất mức xếp loại: %(taken)s người hoàn thành xuất sắc, tối đa %(most)s.",
            taken=solved.agency.taken, most=solved.agency.maximum,
        )  # fmt: skip

    return step(_back(round_id), act)


@blueprint.route("/performance/rounds/<int:round_id>/back", access=WORKS, methods=["GET", "POST"])
def send_round_back(round_id: int) -> ResponseReturnValue:
    """Send a round from its meeting back to the advising body."""
    one = opened(round_id)

    def act(form: Any) -> str:
        deciding.back_to_proposal(actor(), round_id, form.reason.data)
        return _("Đã trả lại bộ phận tham mưu.")

    return _run(one, ReasonForm(), _("Trả lại để đề xuất lại"), _("Trả lại"), act)


@blueprint.route("/performance/rounds/<int:round_id>/cancel", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def cancel_round(round_id: int) -> ResponseReturnValue:
    """Call a round off."""
    one = opened(round_id)

    def act(form: Any) -> str:
        services.cancel(actor(), round_id, form.reason.data, version=sent_version(form))
        return _("Đã hủy đợt xếp loại.")

    form = ReasonForm(data={"version": str(one.found.version)})
    return _run(one, form, _("Hủy đợt xếp loại"), _("Hủy đợt"), act, tone="danger")


@blueprint.route("/performance/rounds/<int:round_id>/outstanding", access=WORKS, methods=["GET", "POST"])
def allow_more(round_id: int) -> ResponseReturnValue:
    """Allow the larger quota on a paper, or take it back."""
    one = opened(round_id)
    found = one.found
    data = {
        "version": str(found.version),
        "outstanding": found.outstanding,
        "basis": found.outstanding_basis,
    }

    def act(form: Any) -> str:
        basis = form.basis.data if form.outstanding.data else None
        services.set_outstanding(actor(), round_id, basis, version=sent_version(form))
        return _("Đã ghi tỷ lệ áp dụng. Hãy xét lại tỷ lệ.")

    return _run(one, OutstandingForm(data=data), _("Tỷ lệ hoàn thành xuất sắc"), _("Ghi"), act)


@blueprint.route("/performance/rounds/<int:round_id>/decide", access=P.PERFORMANCE_RATE, methods=["GET", "POST"])
def decide_round(round_id: int) -> ResponseReturnValue:
    """Decide a round by a decision of the register."""
    one, who = opened(round_id), actor()
    form: Any = with_paper(DecideForm)(
        paper_kind="rating", data={"version": str(one.found.version), "decided_on": clock.today()}
    )
    only_registered(form, who, one.agency)

    def act(sent: Any) -> str:
        deciding.decide(who, round_id, decision_of(sent, who, one.agency), sent.decided_on.data)
        return _("Đã ghi quyết định xếp loại. Hãy công khai kết quả trong cơ quan.")

    return _run(
        one, form, _("Quyết định xếp loại"), _("Ghi quyết định"), act, template="performance/rounds/decide.html"
    )


@blueprint.route("/performance/rounds/<int:round_id>/publish", access=WORKS, methods=["GET", "POST"])
def publish_round(round_id: int) -> ResponseReturnValue:
    """Make the classes public inside the agency."""
    one = opened(round_id)
    form = PublishForm(data={"version": str(one.found.version), "published_on": clock.today()})

    def act(sent: Any) -> str:
        made = deciding.publish(actor(), round_id, sent.published_on.data)
        return _("Đã công khai kết quả của %(n)s người và ghi vào hồ sơ.", n=len(made))

    return _run(one, form, _("Công khai kết quả"), _("Công khai"), act, hint=_publishing())


def _publishing() -> str:
    return _(
        "Sau khi công khai: mỗi người thấy mức của mình và của đồng nghiệp cùng đợt (không thấy điểm), kết quả ghi vào"
        " hồ sơ, gửi về cơ sở dữ liệu quốc gia trong 5 ngày. Kết quả đã công khai chỉ thay được bằng quyết định khác."
    )


@blueprint.route("/performance/rounds/<int:round_id>/settle", access=WORKS, methods=["GET", "POST"])
def settle_round(round_id: int) -> ResponseReturnValue:
    """Take December in; a decision is named when somebody's class changes."""
    one, who = opened(round_id), actor()
    form: Any = with_paper(SettleForm)(paper_kind="rating", data={"version": str(one.found.version)})
    only_registered(form, who, one.agency)
    form.decision_basis.choices = [("none", _("Không ai đổi mức, không cần quyết định")), *form.decision_basis.choices]
    if not form.is_submitted():
        form.decision_basis.data = "none"

    def act(sent: Any) -> str:
        decision_id = None if sent.decision_basis.data == "none" else decision_of(sent, who, one.agency)
        changed = deciding.settle(who, round_id, decision_id)
        return _("Đã chốt đợt xếp loại: %(n)s người đổi mức.", n=len(changed))

    return _run(
        one, form, _("Chốt sau tháng 12"), _("Chốt"), act, template="performance/rounds/decide.html"
    )  # fmt: skip
