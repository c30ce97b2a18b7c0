"""Pages of a repayment: the case with its sum before it is opened, the council, the decision, the money, the sheet."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from hrms.core import clock, hooks
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.documents import render_pdf
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.people.models import Person, PersonCurrent, PersonStatus
from hrms.people.queries import law
from hrms.people.rules.kinds import EmploymentStatus
from hrms.people.rules.parameters import whole
from hrms.training.forms import payback as forms
from hrms.training.models import TrainingCommitment, TrainingRepayment
from hrms.training.papers import repayment as papers
from hrms.training.queries import payback as reading
from hrms.training.routes.base import blueprint
from hrms.training.routes.commitments import Manage, View, address, crumbs_to, sent, take, version_of
from hrms.training.rules import council as boards
from hrms.training.rules.commitments import RepaymentState
from hrms.training.rules.repayment import Case, Exemption
from hrms.training.services import repayments as writing

MEMBERS = 5


def _case(commitment_id: int) -> tuple[TrainingCommitment, Person, TrainingRepayment]:
    found, person = reading.get_commitment(actor(), commitment_id, Manage)
    case = reading.repayment_of(commitment_id)
    if case is None:
        raise missing("repayment")
    return found, person, case


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/new", access=Manage, methods=["GET", "POST"])
def open_repayment(commitment_id: int) -> ResponseReturnValue:
    """Open a case: what happened and when; the sum with every step is shown before anything is written."""
    found, person = reading.get_commitment(actor(), commitment_id, Manage)
    form: Any = forms.CaseForm(data=_usual(found))
    form.prepare()
    worked, answer, status = None, None, 200
    if request.method == "POST":
        status = 422
        if form.validate():
            asked = writing.Asked(
                Case(form.repay_case.data), form.happened_on.data,
                Exemption(form.exempt_ground.data) if form.exempt_ground.data else None,
                None if form.years_before.data is None else int(form.years_before.data), form.note.data or "",
            )  # fmt: skip
            try:
                worked, status = writing.preview(found, person, asked), 200
            except Refused as refused:
                status = take(form, refused, {})
            if worked is not None and request.form.get("do") == "open":

                def act() -> str:
                    writing.open_case(actor(), commitment_id, asked, version_of(form))
                    return address(commitment_id)

                answer, status = sent(form, act, _("Đã lập hồ sơ xét đền bù."))
    if answer is not None:
        return answer
    words = _("Lập hồ sơ xét đền bù")
    return render_template(
        "training/commitments/case.html", form=form, heading=words, found=found, person=person, worked=worked,
        back=address(commitment_id), crumbs=crumbs_to(found, person.full_name, words),
        names=["repay_case", "happened_on", "years_before", "exempt_ground", "note"],
        silent=not person.recruited_on, unknown_group=not person.ethnic_group,
    ), status  # fmt: skip


def _usual(found: TrainingCommitment) -> dict[str, Any]:
    """Return what the form proposes: of who has left, that and the day; of who never returned, that they quit."""
    left = db.session.scalar(
        select(func.min(PersonStatus.valid_from)).where(
            PersonStatus.person_id == found.person_id, PersonStatus.superseded_at.is_(None),
            PersonStatus.status == EmploymentStatus.LEFT.value, PersonStatus.valid_from > found.starts_on,
        )
    )  # fmt: skip
    case = Case.LEFT_EARLY if found.returned_on else Case.QUIT_DURING
    return {"repay_case": case.value, "happened_on": left or clock.today(), "version": found.version}


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/cancel", access=Manage, methods=["GET", "POST"])
def cancel_repayment(commitment_id: int) -> ResponseReturnValue:
    """Take a case back that should not have been opened."""

    def act(form: Any) -> None:
        writing.cancel(actor(), commitment_id, form.reason.data, version_of(form))

    return _taken_back(commitment_id, act, _("Hủy hồ sơ xét đền bù"), _("Đã hủy hồ sơ xét đền bù."))


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/undo", access=Manage, methods=["GET", "POST"])
def undo_repayment(commitment_id: int) -> ResponseReturnValue:
    """Take a decision back that was written by mistake."""

    def act(form: Any) -> None:
        writing.undo_decision(actor(), commitment_id, form.reason.data, version_of(form))

    return _taken_back(commitment_id, act, _("Hủy quyết định đã ghi"), _("Đã hủy quyết định đã ghi."))


@blueprint.route(
    "/training/commitments/<int:commitment_id>/repayment/payments/<int:payment_id>/reverse",
    access=Manage,
    methods=["GET", "POST"],
)
def reverse_payment(commitment_id: int, payment_id: int) -> ResponseReturnValue:
    """Take an entry of money back by one of the opposite amount."""
    _found, _person, case = _case(commitment_id)
    if payment_id not in {one.id for one in reading.payments_of(case.id)}:
        raise missing("payment")

    def act(form: Any) -> None:
        writing.reverse_payment(actor(), commitment_id, payment_id, form.reason.data, version_of(form))

    return _taken_back(commitment_id, act, _("Hủy khoản nộp"), _("Đã hủy khoản nộp bằng bút toán ngược lại."))


def _taken_back(commitment_id: int, act: Callable[[Any], None], words: str, done: str) -> ResponseReturnValue:
    found, person, case = _case(commitment_id)
    form: Any = forms.ReasonForm(data={"version": case.version})

    def do() -> str:
        act(form)
        return address(commitment_id)

    answer, status = sent(form, do, done)
    if answer is not None:
        return answer
    return render_template(
        "training/commitments/small.html", form=form, heading=words, names=["reason"], submit=words, tone="danger",
        back=address(commitment_id), person=person, found=found, crumbs=crumbs_to(found, person.full_name, words),
    ), status  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/council", access=Manage, methods=["GET", "POST"])
def council(commitment_id: int) -> ResponseReturnValue:
    """Write down the council, its meeting with all members, and what it recommends within three working days."""
    found, person, case = _case(commitment_id)
    figures = reading.figures_on(case.happened_on)
    count = whole(figures, "repayment.council_members") or MEMBERS
    form: Any = forms.council_form(count)(
        data={
            "met_on": case.council_met_on, "recommended_on": case.recommended_on, "amount": case.recommended_amount,
            "version": case.version,
        }
    )  # fmt: skip
    forms.lay_members(form, writing.members_of(case), count)

    def act() -> str:
        writing.note_council(
            actor(), commitment_id, forms.members_in(form, count), version_of(form), met_on=form.met_on.data,
            recommended_on=form.recommended_on.data,
            amount=None if form.amount.data is None else int(form.amount.data), note=form.note.data or "",
        )  # fmt: skip
        return address(commitment_id)

    answer, status = sent(form, act, _("Đã ghi về hội đồng."), {"members": "name_0"})
    if answer is not None:
        return answer
    words = _("Hội đồng xét đền bù")
    met = form.met_on.data
    by = boards.recommend_by(met, figures, law.holidays().add) if met else None
    return render_template(
        "training/commitments/council.html", form=form, heading=words, found=found, person=person, case=case,
        count=count, by=by, back=address(commitment_id), crumbs=crumbs_to(found, person.full_name, words),
    ), status  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/decide", access=Manage, methods=["GET", "POST"])
def decide_repayment(commitment_id: int) -> ResponseReturnValue:
    """Write the decision with the paper it stands on."""
    found, person, case = _case(commitment_id)
    form: Any = forms.with_paper(forms.DecideForm)(
        data={"exempt_ground": case.exempt_ground, "amount": case.recommended_amount, "version": case.version},
        paper_kind="training",
    )  # fmt: skip
    form.prepare()

    def act() -> str:
        decision_id = hooks.papers[0].read(actor(), form.data, person.scope_ids)
        if decision_id is None:
            text = N_("Quyết định đền bù phải có số, ngày ký. Hãy nhập hoặc chọn quyết định.")
            raise Refused(Problem("decision_basis", "required", text))
        writing.decide(
            actor(), commitment_id, decision_id, version_of(form),
            amount=None if form.amount.data is None else int(form.amount.data),
            exemption=Exemption(form.exempt_ground.data) if form.exempt_ground.data else None,
            note=form.note.data or "",
        )  # fmt: skip
        return address(commitment_id)

    answer, status = sent(form, act, _("Đã ghi quyết định."))
    if answer is not None:
        return answer
    words = _("Ghi quyết định đền bù")
    return render_template(
        "training/commitments/decide.html", form=form, heading=words, found=found, person=person, case=case,
        names=["amount", "exempt_ground", "note"], back=address(commitment_id), chooser=hooks.papers[0].template,
        recommended=case.state == RepaymentState.RECOMMENDED.value,
        crumbs=crumbs_to(found, person.full_name, words),
    ), status  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/pay", access=Manage, methods=["GET", "POST"])
def pay_repayment(commitment_id: int) -> ResponseReturnValue:
    """Write money received."""
    found, person, case = _case(commitment_id)
    left = int(case.amount) - reading.paid_sum(reading.payments_of(case.id))
    form: Any = forms.PayForm(data={"paid_on": clock.today(), "amount": max(left, 0), "version": case.version})

    def act() -> str:
        writing.pay(
            actor(), commitment_id, form.paid_on.data, int(form.amount.data), form.receipt.data or "", version_of(form)
        )
        return address(commitment_id)

    answer, status = sent(form, act, _("Đã ghi tiền nộp."))
    if answer is not None:
        return answer
    words = _("Ghi tiền nộp")
    return render_template(
        "training/commitments/small.html", form=form, heading=words, names=["paid_on", "amount", "receipt"],
        submit=words, back=address(commitment_id), person=person, found=found, tone="primary",
        crumbs=crumbs_to(found, person.full_name, words),
    ), status  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>/repayment/sheet.pdf", access=View)
def repayment_sheet(commitment_id: int) -> ResponseReturnValue:
    """Give the sheet of the sum as a PDF."""
    found, person = reading.get_commitment(actor(), commitment_id, View)
    case = reading.repayment_of(commitment_id)
    if case is None:
        raise missing("repayment")
    place = _offices_of(person.id)
    paper = papers.repayment_paper(
        found, person, reading.told_again(case, found, reading.rounding()), office=place, case=case,
        members=writing.members_of(case),
    )  # fmt: skip
    content = render_pdf([paper], papers.KEY)
    with transaction():
        writing.note_printed(actor(), case, person)
    name = f"bang-tinh-den-bu-{commitment_id}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


def _offices_of(person_id: int) -> offices.Office:
    current = db.session.get(PersonCurrent, person_id)
    agency_id = (current.managing_agency_id or current.agency_id) if current else None
    found = offices.offices([agency_id])
    if agency_id is None or agency_id not in found:
        return offices.office("…", "department", None, [])
    return found[agency_id]
