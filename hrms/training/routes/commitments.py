"""Pages of commitments to serve after training: the list, one of them, its writing; a person's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.audit import queries as trail
from hrms.core import clock, hooks
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries import law
from hrms.people.routes.page import page, read
from hrms.people.services.locking import lock_person
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import send_names
from hrms.training.forms import payback as forms
from hrms.training.models import TrainingCommitment
from hrms.training.queries import payback as reading
from hrms.training.routes.base import blueprint
from hrms.training.rules import commitments as promise
from hrms.training.rules import council as boards
from hrms.training.rules import repayment as rules
from hrms.training.rules.commitments import CommitmentState, RepaymentState, Terms
from hrms.training.services import commitments as writing
from hrms.training.services import repayments

P = Permission
View, Manage = P.TRAINING_VIEW, P.TRAINING_MANAGE
OWN = (P.TRAINING_VIEW, P.SELF_VIEW)
EXPORT_ROWS = 100_000
FILTER_LABELS = {
    "bound": N_("Còn thời hạn cam kết"), "studying": N_("Đang đi đào tạo"), "soon": N_("Sắp hết cam kết (90 ngày)"),
    "over": N_("Đã phục vụ đủ"), "closed": N_("Đã thôi hoặc đã đền bù"), "left": N_("Đã thôi việc, chưa xét đền bù"),
    "repaying": N_("Đang xét, đang nộp đền bù"), "overdue": N_("Quá hạn nộp"),
}  # fmt: skip
_NAMES = (
    ["person", "programme", "institution", "starts_on", "ends_on", "returned_on", "committed_months", "country"],
    ["central_cost", "local_cost", "other_cost", "note"],
)


@blueprint.route("/training/commitments", access=View)
def commitments() -> ResponseReturnValue:
    """List who promised to serve, narrowed to one state, over the reader's part of the tree."""
    part, narrowed = _asked()
    counts = reading.count_commitments(part)
    found = reading.list_commitments(part, narrowed, after=request.args.get("after"))
    return render_template(
        "training/commitments/list.html", page=found, part=part, counts=counts, narrowed=narrowed,
        labels=FILTER_LABELS, may_write=actor().may(Manage), may_export=actor().may(P.PEOPLE_EXPORT),
        today=clock.today(), tags=tags_of, last_day=last_of,
        states=[("", _("— tất cả —")), *((name, render(words)) for name, words in FILTER_LABELS.items())],
    )  # fmt: skip


@blueprint.route("/training/commitments/export.xlsx", access=View)
def export_commitments() -> ResponseReturnValue:
    """Give the commitments the page shows, all pages of them, as a workbook; counted like every list taken out."""
    part, narrowed = _asked()
    actor().require(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None)
    found = reading.list_commitments(part, narrowed, limit=EXPORT_ROWS).items
    rows = [
        (
            row.full_name, row.staff_code, row.agency, row.programme, row.institution, row.starts_on, row.ends_on,
            row.returned_on, row.committed_months, last_of(row), row.cost,
            "; ".join(words for words, _tone in tags_of(row)),
            row.owed, row.paid if row.repayment_id else None, row.due_on,
        )
        for row in found
    ]  # fmt: skip
    headers = (
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Khóa đào tạo"), _("Cơ sở đào tạo"), _("Bắt đầu"),
        _("Kết thúc"), _("Trở lại làm việc"), _("Số tháng cam kết"), _("Phục vụ đến hết"), _("Chi phí (đồng)"),
        _("Tình trạng"), _("Số tiền phải đền bù"), _("Đã nộp"), _("Hạn nộp"),
    )  # fmt: skip
    return send_names(
        "training.commitments", _("Cam kết, đền bù chi phí đào tạo"), headers, rows, "cam-ket-dao-tao.xlsx", part,
        widths=(28, 14, 40, 40, 36, 12, 12, 14, 10, 14, 16, 34, 16, 16, 12),
    )  # fmt: skip


def _asked() -> tuple[Part, str | None]:
    """Return part and state of the address. Raises `NotFound`, `Refused` for a state nobody has."""
    part = part_of(actor(), request.args.get("agency", "").strip() or None, View)
    narrowed = request.args.get("state", "").strip() or None
    if narrowed is not None and narrowed not in reading.FILTERS:
        text = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
        raise Refused(Problem("state", "unknown", text, {"value": narrowed[:40]}))
    return part, narrowed


def last_of(row: Any) -> Any:
    """Return the last day of the service promised."""
    return promise.last_day(row.returned_on, row.committed_months)


def tags_of(row: Any) -> list[tuple[str, str]]:
    """Return what a row of the list stands at, in words with a tone."""
    state = CommitmentState(row.state)
    if state is CommitmentState.SERVING and not row.bound:
        state = CommitmentState.FULFILLED
    tone = {"studying": "info", "serving": "info", "fulfilled": "ok", "repaid": "ok"}.get(state.value, "none")
    found = [(render(promise.COMMITMENT_LABELS[state]), tone)]
    if row.repayment_state:
        case = RepaymentState(row.repayment_state)
        late = case is RepaymentState.DECIDED and row.due_on is not None and row.due_on < clock.today()
        words = _("Quá hạn nộp") if late else render(promise.REPAYMENT_LABELS[case])
        done = case in {RepaymentState.PAID, RepaymentState.EXEMPT}
        found.append((words, "bad" if late else "ok" if done else "warn"))
    return found


@blueprint.route("/people/<int:person_id>/training/commitments", access=OWN)
def person_commitments(person_id: int) -> ResponseReturnValue:
    """Show the commitments of one person."""
    record = read(person_id)
    if not record.own:
        actor().require(View, at=record.person.scope_ids)
    return page("training/commitments/person.html", record, **commitments_of(person_id, record.person.scope_ids))


def commitments_of(person_id: int, scope_ids: Any) -> dict[str, Any]:
    """Return what `training/_commitments.html` shows of one person; one statement."""
    return {
        "commitments": reading.of_person(person_id), "commitment_tags": tags_of, "commitment_last_day": last_of,
        "writes_commitments": actor().may(Manage, at=scope_ids),
    }  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>", access=OWN)
def commitment(commitment_id: int) -> ResponseReturnValue:
    """Show one commitment: what was promised, how far it is served, the repayment step by step, money, trail."""
    found, person = reading.get_commitment(actor(), commitment_id, View, own=True)
    case, today = reading.repayment_of(commitment_id), clock.today()
    payments = reading.payments_of(case.id) if case else []
    counted = reading.rounding()
    runs = promise.runs(found.state, found.returned_on, found.committed_months, today)
    would = None
    if case is None and runs:
        kind = rules.Case.LEFT_EARLY if found.returned_on else rules.Case.QUIT_DURING
        day = max(today, found.starts_on)
        would = reading.work_out(found, reading.background_of(person), kind, day, counted)
    ids = sorted({i for i in (found.decision_id, case.decision_id if case else None) if i})
    may_view = actor().may(View, at=person.scope_ids)
    least = rules.committed_at_least(rules.course_months(found.starts_on, found.ends_on), reading.figures_on(today))
    return render_template(
        "training/commitments/show.html", found=found, person=person, case=case, payments=payments,
        paid=reading.paid_sum(payments), reversed_ids={one.reverses_id for one in payments if one.reverses_id},
        would=would, worked=reading.told_again(case, found, counted) if case else None, runs=runs, today=today,
        last_day=promise.last_day(found.returned_on, found.committed_months), cost=reading.cost_of(found),
        months_left=promise.months_left(found.returned_on, found.committed_months, today), least=least,
        papers=hooks.papers[0].describe(ids) if ids else {}, tags=_tags(found, case, runs=runs),
        members=repayments.members_of(case) if case else [], may_write=actor().may(Manage, at=person.scope_ids),
        case_words=render(rules.CASE_LABELS[rules.Case(case.repay_case)]) if case else "",
        ground_words=render(rules.EXEMPTION_LABELS[rules.Exemption(case.exempt_ground)])
        if case and case.exempt_ground else "",
        by=boards.recommend_by(case.council_met_on, reading.figures_on(case.happened_on), law.holidays().add)
        if case and case.council_met_on else None,
        may_view=may_view, sees_person=actor().may(P.PEOPLE_VIEW, at=person.scope_ids) or actor().is_holder(person.id),
        history=_history(commitment_id) if may_view else [],
        crumbs=[(_("Cam kết, đền bù"), url_for("training.commitments"))] if may_view else [],
    )  # fmt: skip


def _tags(found: TrainingCommitment, case: Any, *, runs: bool) -> list[tuple[str, str]]:
    class Row:
        state, bound = found.state, runs
        repayment_state, due_on = (case.state, case.due_on) if case else (None, None)

    return tags_of(Row)


def _history(commitment_id: int) -> Any:
    return trail.list_for(actor(), writing.ENTITY, commitment_id)


def sent(
    form: Any, act: Callable[[], str], done: str, names: dict[str, str] | None = None
) -> tuple[ResponseReturnValue | None, int]:
    """Carry out what a form says: the redirect to where `act` leads, or None and the status to show the form with."""
    if request.method != "POST":
        return None, 200
    if not form.validate():
        return None, 422
    try:
        with transaction():
            target = act()
    except (Refused, Stale) as refused:
        return None, take(form, refused, names or {})
    flash(done, "ok")
    return redirect(target, 303), 303


def take(form: Any, error: HrmsError, names: dict[str, str]) -> int:
    """Put a refusal beside the fields of a form that has them under its own names; returns the status."""
    form.take(
        Problem(names.get(one.field, one.field), one.code, one.text, one.params, one.severity) for one in error.problems
    )
    return error.status


def version_of(form: Any) -> int | None:
    """Return the version a form was opened with; None where it says none."""
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def address(commitment_id: int) -> str:
    """Return the page of a commitment."""
    return url_for("training.commitment", commitment_id=commitment_id)


def crumbs_to(found: TrainingCommitment, name: str, words: str) -> list[tuple[str, str | None]]:
    """Return the crumbs of a page under a commitment."""
    return [
        (_("Cam kết, đền bù"), url_for("training.commitments")), (f"{name}: {found.programme}", address(found.id)),
        (words, None),
    ]  # fmt: skip


def _terms(form: Any, kept: TrainingCommitment | None = None) -> Terms:
    def dong(name: str) -> int:
        return int(form[name].data or 0)

    return Terms(
        form.programme.data or "", form.starts_on.data, form.ends_on.data, int(form.committed_months.data),
        form.returned_on.data, form.institution.data or "", form.country.data or "", dong("central_cost"),
        dong("local_cost"), dong("other_cost"), form.note.data or "", kept.course_id if kept else None,
        kept.enrolment_id if kept else None,
    )  # fmt: skip


@blueprint.route("/training/commitments/new", access=Manage, methods=["GET", "POST"])
def new_commitment() -> ResponseReturnValue:
    """Write down what somebody promised when they were sent to study."""
    given = request.args.get("person", "")
    form: Any = forms.with_paper(forms.CommitmentForm)(
        data={"person": given if given.isdigit() else None}, paper_kind="training"
    )
    form.prepare(actor())

    def act() -> str:
        person_id = int(form.person.data)
        scope_ids = _reach(person_id)
        decision_id = hooks.papers[0].read(actor(), form.data, scope_ids)
        return address(writing.create(actor(), person_id, _terms(form), decision_id).id)

    answer, status = sent(form, act, _("Đã ghi cam kết."))
    if answer is not None:
        return answer
    back = url_for("training.commitments")
    return render_template(
        "training/commitments/form.html", form=form, heading=_("Ghi cam kết phục vụ sau đào tạo"), names=_NAMES,
        back=back, submit=_("Ghi cam kết"), chooser=hooks.papers[0].template, person=None,
        crumbs=[(_("Cam kết, đền bù"), back), (_("Ghi cam kết"), None)],
    ), status  # fmt: skip


def _reach(person_id: int) -> list[int]:
    return list(lock_person(actor(), Manage, person_id).scope_ids)


@blueprint.route("/training/commitments/<int:commitment_id>/edit", access=Manage, methods=["GET", "POST"])
def edit_commitment(commitment_id: int) -> ResponseReturnValue:
    """Put a commitment right, or write the day of return."""
    found, person = reading.get_commitment(actor(), commitment_id, Manage)
    data = {
        name: getattr(found, name)
        for name in (
            "programme", "institution", "country", "starts_on", "ends_on", "returned_on", "committed_months",
            "central_cost", "local_cost", "other_cost", "note", "version",
        )
    }  # fmt: skip
    data |= {
        "person": str(person.id), "decision_basis": "existing" if found.decision_id else "old_data",
        "decision_id": str(found.decision_id) if found.decision_id else None,
    }  # fmt: skip
    form: Any = forms.with_paper(forms.CommitmentForm)(data=data, paper_kind="training")
    form.prepare(actor())
    del form.person

    def act() -> str:
        same = form.decision_basis.data == "existing" and form.decision_id.data == str(found.decision_id)
        decision_id = found.decision_id if same else hooks.papers[0].read(actor(), form.data, person.scope_ids)
        writing.edit(actor(), commitment_id, _terms(form, found), decision_id, version_of(form))
        return address(commitment_id)

    answer, status = sent(form, act, _("Đã sửa cam kết."))
    if answer is not None:
        return answer
    return render_template(
        "training/commitments/form.html", form=form, heading=_("Sửa cam kết phục vụ sau đào tạo"),
        names=(_NAMES[0][1:], _NAMES[1]), back=address(commitment_id), submit=_("Lưu"), person=person,
        chooser=hooks.papers[0].template, crumbs=crumbs_to(found, person.full_name, _("Sửa")),
    ), status  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>/close", access=Manage, methods=["GET", "POST"])
def close_commitment(commitment_id: int) -> ResponseReturnValue:
    """End a commitment: served, or released from it."""
    found, person = reading.get_commitment(actor(), commitment_id, Manage)
    form: Any = forms.CloseForm(data={"version": found.version, "closed_on": clock.today()})
    form.prepare()

    def act() -> str:
        state = CommitmentState(form.state.data)
        writing.close(actor(), commitment_id, state, form.closed_on.data, form.reason.data, version_of(form))
        return address(commitment_id)

    answer, status = sent(form, act, _("Đã kết thúc cam kết."))
    if answer is not None:
        return answer
    words = _("Kết thúc cam kết")
    return render_template(
        "training/commitments/small.html", form=form, heading=words, names=["state", "closed_on", "reason"],
        submit=words, back=address(commitment_id), person=person, found=found, tone="primary",
        crumbs=crumbs_to(found, person.full_name, words),
    ), status  # fmt: skip


@blueprint.route("/training/commitments/<int:commitment_id>/reopen", access=Manage, methods=["GET", "POST"])
def reopen_commitment(commitment_id: int) -> ResponseReturnValue:
    """Let a commitment closed by mistake run again."""
    found, person = reading.get_commitment(actor(), commitment_id, Manage)
    form: Any = forms.ReasonForm(data={"version": found.version})

    def act() -> str:
        writing.reopen(actor(), commitment_id, form.reason.data, version_of(form))
        return address(commitment_id)

    answer, status = sent(form, act, _("Đã mở lại cam kết."))
    if answer is not None:
        return answer
    words = _("Mở lại cam kết")
    return render_template(
        "training/commitments/small.html", form=form, heading=words, names=["reason"], submit=words,
        back=address(commitment_id), person=person, found=found, tone="danger",
        crumbs=crumbs_to(found, person.full_name, words),
    ), status  # fmt: skip
