"""Pages of severance: who left and what is due, one case with its steps, put right, paid, dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms import leaving as forms
from hrms.pay.queries import severances as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.rules.kept import read_codes, read_reasons
from hrms.pay.rules.severing import HOLDS, LEAVING_LABELS, STATE_LABELS, State, hold_problem, hold_source
from hrms.pay.services import severance as services
from hrms.people.counting import count_shown
from hrms.positions.queries.part import part_of
from hrms.positions.routes.seeing.asking import asked_one_of, send_names

P = Permission
SEES = (P.PAY_VIEW, P.SELF_VIEW)
EXPORT_ROWS = 100_000
TONES = {"computed": "info", "held": "warn", "paid": "ok", "cancelled": "none"}


def filter_words() -> list[tuple[str, str]]:
    """Return what the list may be narrowed to, in words."""
    return [
        ("todo", _("Còn phải giải quyết")), ("ready", _("Chi được")), ("held", _("Chưa chi được")),
        ("none", _("Không có trợ cấp")), ("paid", _("Đã chi")), ("cancelled", _("Đã bỏ")), ("all", _("— tất cả —")),
    ]  # fmt: skip


def configure_agency(field: Any, permission: Permission) -> None:
    """Let a field choose an agency where the reader holds a permission."""
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), permission).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(permission,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def carried_out(form: Any, act: Callable[[], str], done: str) -> tuple[ResponseReturnValue | None, int]:
    """Carry out what a form says: the redirect to where `act` leads, or None and the status to show the form with."""
    if request.method != "POST":
        return None, 200
    if not form.validate():
        return None, 422
    try:
        with transaction():
            target = act()
    except (Refused, Stale) as refused:
        form.take(refused.problems)
        return None, refused.status
    flash(done, "ok")
    return redirect(target, 303), 303


def version_of(form: Any) -> int | None:
    """Return the version a form was opened with; None where it says none."""
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def state_tag(row: Any) -> tuple[str, str]:
    """Return the words and the tone of a case's state."""
    if row.state == State.COMPUTED and not row.amount:
        return _("không có trợ cấp"), "none"
    return render(STATE_LABELS[State(row.state)]), TONES[row.state]


def said_holds(row: Any) -> list[tuple[bool, str, str]]:
    """Return what holds a case or is to be known: whether it holds, the sentence, the article."""
    return [
        (code in HOLDS, render(hold_problem(code, params)), hold_source(code)) for code, params in read_codes(row.holds)
    ]  # fmt: skip


@blueprint.route("/pay/severance", access=SEES)
def severances() -> ResponseReturnValue:
    """List who left and what is due, what is still to be settled unless asked otherwise; one's own for others."""
    who = actor()
    if not who.may(P.PAY_VIEW):
        own = queries.of_person(who.person_id) if who.person_id else []
        return render_template("pay/leaving/own_severance.html", rows=own, tag_of=state_tag, cases=LEAVING_LABELS)
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PAY_VIEW)
    narrowed = asked_one_of("state", [*queries.FILTERS, "all"]) or "todo"
    page = queries.list_cases(part, None if narrowed == "all" else narrowed, after=request.args.get("after"))
    count_shown({row.person_id for row in page.items})
    return render_template(
        "pay/leaving/severances.html",
        page=page,
        part=part,
        sums=queries.sums(part),
        narrowed=narrowed,
        states=filter_words(),
        tag_of=state_tag,
        cases=LEAVING_LABELS,
        may_manage=who.may(P.PAY_MANAGE),
        may_export=who.may(P.PEOPLE_EXPORT),
    )


@blueprint.route("/pay/severance/export.xlsx", access=P.PAY_VIEW)
def export_severances() -> ResponseReturnValue:
    """Give the cases the page shows, all pages of them, as a workbook."""
    who = actor()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PAY_VIEW)
    who.require(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None)
    narrowed = asked_one_of("state", [*queries.FILTERS, "all"]) or "todo"
    found = queries.list_cases(part, None if narrowed == "all" else narrowed, limit=EXPORT_ROWS).items
    rows = [
        (
            row.full_name, row.staff_code, row.agency, row.left_on, render(LEAVING_LABELS[row.leaving_case]),
            row.monthly_pay, row.worked_months, row.insured_months, row.years, row.amount, row.owed,
            state_tag(row)[0], row.paid_on, "; ".join(words for _holds, words, _source in said_holds(row)), row.note,
        )
        for row in found
    ]  # fmt: skip
    headers = (
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Ngày thôi việc"), _("Lý do"),
        _("Lương tháng trước khi thôi việc"), _("Số tháng làm việc"), _("Số tháng đóng bảo hiểm thất nghiệp"),
        _("Số năm được tính"), _("Trợ cấp (đồng)"), _("Còn nợ (đồng)"), _("Tình trạng"), _("Ngày chi"),
        _("Điều cần biết"), _("Ghi chú"),
    )  # fmt: skip
    return send_names(
        "pay.severances", _("Trợ cấp thôi việc"), headers, rows, "tro-cap-thoi-viec.xlsx", part,
        widths=(28, 14, 40, 14, 26, 18, 12, 16, 12, 18, 18, 18, 14, 60, 40),
    )  # fmt: skip


@blueprint.route("/pay/severance/gather", access=P.PAY_MANAGE, methods=["GET", "POST"])
def gather_severances() -> ResponseReturnValue:
    """Gather the cases of an agency and all under it from the records."""
    who = actor()
    roots = who.scope(P.PAY_MANAGE)
    form: Any = forms.GatherForm(data={"agency": str(roots[0])} if len(roots) == 1 and roots[0] else {})
    configure_agency(form.agency, P.PAY_MANAGE)
    said: list[str] = []

    def act() -> str:
        found = services.compute(who, int(form.agency.data))
        said.append(
            _("Đã tổng hợp: %(made)s trường hợp mới, %(changed)s tính lại, %(dropped)s bỏ.", made=found.made,
              changed=found.changed, dropped=found.dropped)
        )  # fmt: skip
        return url_for("pay.severances", agency=form.agency.data)

    if request.method == "POST" and form.validate():
        try:
            with transaction():
                target = act()
        except Refused as refused:
            form.take(refused.problems)
        else:
            flash(said[0], "ok")
            return redirect(target, 303)
    page = render_template("pay/leaving/gather.html", form=form, crumbs=_crumbs())
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/pay/severance/<int:severance_id>", access=SEES)
def severance(severance_id: int) -> ResponseReturnValue:
    """Show a case: how much, why, what holds it."""
    who = actor()
    row = queries.get(who, severance_id)
    writes = who.may(P.PAY_MANAGE, at=row.agency_scope_ids) and who.person_id != row.person_id
    return render_template(
        "pay/leaving/severance.html",
        row=row,
        reasons=read_reasons(row.reasons),
        holds=said_holds(row),
        tag_words=state_tag(row),
        case=LEAVING_LABELS[row.leaving_case],
        may_write=writes and row.state in {State.COMPUTED, State.HELD},
        may_read_decision=who.may(P.DECISIONS_VIEW),
        may_read_debts=who.may(P.TRAINING_VIEW, at=row.scope_ids),
        crumbs=_crumbs(),
    )


@blueprint.route("/pay/severance/<int:severance_id>/edit", access=P.PAY_MANAGE, methods=["GET", "POST"])
def edit_severance(severance_id: int) -> ResponseReturnValue:
    """Put right what the record does not say."""
    who, row = actor(), _writable(severance_id)
    by_hand = row.amount if row.note and row.leaving_case not in {"own_wish", "retirement", "dismissal"} else None
    form: Any = forms.PutRightForm(
        data={
            "leaving_case": row.leaving_case, "worked_months": row.worked_months, "insured_months": row.insured_months,
            "amount": by_hand, "note": row.note, "version": row.version,
        }
    )  # fmt: skip
    form.offer()

    def act() -> str:
        services.put_right(
            who, severance_id, leaving_case=form.leaving_case.data, worked_months=int(form.worked_months.data),
            insured_months=int(form.insured_months.data),
            amount=None if form.amount.data is None else int(form.amount.data), note=form.note.data or "",
            version=version_of(form),
        )  # fmt: skip
        return url_for("pay.severance", severance_id=severance_id)

    answer, status = carried_out(form, act, _("Đã ghi và tính lại."))
    if answer is not None:
        return answer
    return render_template("pay/leaving/edit.html", form=form, row=row, crumbs=_crumbs(row)), status


@blueprint.route("/pay/severance/<int:severance_id>/pay", access=P.PAY_MANAGE, methods=["GET", "POST"])
def pay_severance(severance_id: int) -> ResponseReturnValue:
    """Say that it was paid."""
    who, row = actor(), _writable(severance_id)
    form: Any = forms.PayForm(data={"paid_on": clock.today(), "version": row.version})

    def act() -> str:
        services.pay(
            who, severance_id, form.paid_on.data, settled=bool(form.settled.data), version=version_of(form)
        )  # fmt: skip
        return url_for("pay.severance", severance_id=severance_id)

    answer, status = carried_out(form, act, _("Đã ghi ngày chi trợ cấp."))
    if answer is not None:
        return answer
    return (
        render_template(
            "pay/leaving/pay.html", form=form, row=row, holds=said_holds(row), crumbs=_crumbs(row)
        ),
        status,
    )  # fmt: skip


@blueprint.route("/pay/severance/<int:severance_id>/cancel", access=P.PAY_MANAGE, methods=["GET", "POST"])
def cancel_severance(severance_id: int) -> ResponseReturnValue:
    """Drop a case that is none."""
    who, row = actor(), _writable(severance_id)
    form: Any = forms.DropForm(data={"version": row.version})

    def act() -> str:
        services.cancel(who, severance_id, form.note.data or "", version=version_of(form))
        return url_for("pay.severances")

    answer, status = carried_out(form, act, _("Đã bỏ trường hợp này."))
    if answer is not None:
        return answer
    return render_template("pay/leaving/cancel.html", form=form, row=row, crumbs=_crumbs(row)), status


def _writable(severance_id: int) -> Any:
    """Return a case the reader may write. Raises `NotFound`, `Forbidden`."""
    row = queries.get(actor(), severance_id)
    actor().require(P.PAY_MANAGE, at=row.agency_scope_ids)
    return row


def _crumbs(row: Any = None) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = [(_("Trợ cấp thôi việc"), url_for("pay.severances"))]
    if row is not None:
        found.append((row.full_name, url_for("pay.severance", severance_id=row.id)))
    return found
