"""Pages of one product of somebody: what is said of it, found about it, done with it; giving and proposing one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.audit import queries as audit_queries
from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.performance.forms import work as forms
from hrms.performance.models import ScoreSheet
from hrms.performance.queries import objectives as objective_queries
from hrms.performance.queries import work as queries
from hrms.performance.queries.products import products_for
from hrms.performance.queries.work import Look
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.work import (
    ITEM_TONES,
    REPORTED_TONES,
    WITH_ITS_OWNER,
    FindingKind,
    ItemKind,
    ItemState,
    Reported,
    SheetState,
)
from hrms.performance.services import assigning, findings, reporting
from hrms.performance.services.holding import ENTITY, IN_THE_WAY, Held, judge
from hrms.training.routes.courses import sent_version

P = Permission
WRITES = queries.WRITES
READS = (*queries.READS, P.SELF_VIEW)
CHOICES = 20


def _open(item_id: int) -> Look:
    """Return a product the reader may see: their own, or of their part. Raises `NotFound`."""
    look = queries.get_item(item_id)
    _check_reach(look.sheet, list(look.agency.scope_ids), list(look.person.scope_ids))
    return look


def _check_reach(sheet: ScoreSheet, agency_path: list[int], person_path: list[int]) -> None:
    who = actor()
    if who.is_holder(sheet.person_id) or any(
        who.may(one, at=path) for one in queries.READS for path in (agency_path, person_path)
    ):
        return
    raise missing("item")


def _held(look: Look) -> Held:
    return Held(
        look.sheet, look.period, list(look.agency.scope_ids), look.person.full_name, list(look.person.scope_ids)
    )  # fmt: skip


def _to_write(item_id: int) -> Look:
    """Return a product for a page that writes on it as the authority; who may not is told so before the form."""
    look = _open(item_id)
    problem = judge(actor(), _held(look))
    if problem is not None:
        raise Forbidden(problem)
    return look


def _own(item_id: int) -> Look:
    look = _open(item_id)
    if not actor().is_holder(look.item.person_id):
        raise Forbidden(Problem("", "not_own", N_("Chỉ người được giao mới báo cáo, đề xuất trên phiếu của mình.")))
    return look


@blueprint.route("/performance/items/<int:item_id>", access=READS)
def item(item_id: int) -> ResponseReturnValue:
    """Show a product: figures, what its owner says, what was found, what may be done, its history."""
    who, look = actor(), _open(item_id)
    own = who.is_holder(look.item.person_id)
    with_owner = SheetState(look.sheet.state) in WITH_ITS_OWNER and look.sheet.superseded_at is None
    problem = None if own else judge(who, _held(look))
    writes = not own and problem is None
    given = look.state is ItemState.GIVEN
    return render_template(
        "performance/work/item.html",
        seen=look,
        own=own,
        state_tone=ITEM_TONES[look.state],
        reported_tone=REPORTED_TONES[look.reported],
        finding_of=FindingKind,
        # What the authority found is told to the owner with the points, when the sheet is published.
        confirmed=look.item.done is not None and (not own or look.sheet.state == SheetState.PUBLISHED),
        may_report=own and with_owner and given,
        may_withdraw=own and with_owner and look.state is ItemState.PROPOSED,
        may_answer=writes and look.state is ItemState.PROPOSED,
        may_find=writes and given,
        may_take_over=writes and given and not look.item.done,
        may_drop=writes and given and not look.item.done
        and (look.kind is not ItemKind.ASSIGNED or _not_begun(look)),
        problem=render(problem) if problem is not None and problem.code in IN_THE_WAY else None,
        history=audit_queries.list_for(who, ENTITY, item_id),
        sheet_url=url_for("performance.sheet", sheet_id=look.sheet.id),
        crumbs=crumbs(look),
    )  # fmt: skip


def _not_begun(look: Look) -> bool:
    return look.period is not None and clock.today() < look.period.starts_on


def crumbs(look: Look, *, inside: bool = False) -> list[tuple[str, str]]:
    """Return the way back to the sheet of a product, and to the product from a page inside it."""
    address = url_for("performance.sheet", sheet_id=look.sheet.id)
    way = [(_("Phiếu của %(name)s", name=look.person.full_name), address)]
    if inside:
        way.append((look.item.title[:60], url_for("performance.item", item_id=look.item.id)))
    return way


def _form(
    look: Look, form: Any, title: str, submit: str, act: Callable[[Any], str], **more: Any
) -> ResponseReturnValue:
    """Run a form about a product: `act` writes and returns the sentence for the reader."""
    status, back = 200, url_for("performance.item", item_id=look.item.id)
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    said = act(form)
                flash(said, "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    page = render_template(
        "performance/work/form.html", form=form, title=title, submit=submit, back=back,
        crumbs=crumbs(look, inside=True), subtitle=look.item.title, foreign=True, **more,
    )  # fmt: skip
    return page, status


@blueprint.route("/performance/items/<int:item_id>/report", access=P.SELF_VIEW, methods=["GET", "POST"])
def item_report(item_id: int) -> ResponseReturnValue:
    """Say how far one's own product has come, with evidence."""
    look = _own(item_id)
    one = look.item
    form: Any = forms.ReportForm(
        data={"version": str(one.version), "reported": one.reported, "progress": one.progress, "evidence": one.evidence}
    )
    form.set_choices()

    def act(sent: Any) -> str:
        progress = int(sent.progress.data) if sent.progress.data is not None else 0
        reporting.report(
            actor(), item_id, Reported(sent.reported.data), progress, sent.evidence.data or "", sent_version(sent)
        )  # fmt: skip
        return _("Đã ghi báo cáo.")

    return _form(look, form, _("Báo cáo kết quả"), _("Ghi báo cáo"), act)


@blueprint.route("/performance/items/<int:item_id>/withdraw", access=P.SELF_VIEW, methods=["POST"])
def item_withdraw(item_id: int) -> ResponseReturnValue:
    """Take back one's own proposal."""
    look = _own(item_id)
    try:
        with transaction():
            reporting.withdraw_proposal(actor(), item_id, _posted_version())
        flash(_("Đã rút đề xuất."), "ok")
    except (Refused, Stale) as refused:
        flash(" ".join(render(problem) for problem in refused.problems), "bad")
        return redirect(url_for("performance.item", item_id=item_id), 303)
    return redirect(url_for("performance.sheet", sheet_id=look.sheet.id), 303)


def _posted_version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


@blueprint.route("/performance/items/<int:item_id>/accept", access=WRITES, methods=["GET", "POST"])
def item_accept(item_id: int) -> ResponseReturnValue:
    """Accept a proposal, as proposed or with other figures."""
    look = _to_write(item_id)
    one = look.item
    form: Any = forms.AcceptForm(
        data={
            "version": str(one.version), "quantity": one.quantity, "factor": forms.shown_factor(look.factor),
            "kind": one.kind, "due_on": one.due_on,
        }
    )  # fmt: skip
    form.kind.choices = forms.kind_choices()

    def act(sent: Any) -> str:
        assigning.accept(
            actor(), item_id, sent_version(sent), kind=ItemKind(sent.kind.data), quantity=sent.quantity.data,
            factor=sent.factor.data, due_on=sent.due_on.data,
        )  # fmt: skip
        return _("Đã đồng ý đề xuất; sản phẩm đã vào phiếu.")

    return _form(look, form, _("Đồng ý đề xuất"), _("Đồng ý"), act)


def _reason_form(look: Look) -> Any:
    return forms.WorkReasonForm(data={"version": str(look.item.version)})


@blueprint.route("/performance/items/<int:item_id>/refuse", access=WRITES, methods=["GET", "POST"])
def item_refuse(item_id: int) -> ResponseReturnValue:
    """Refuse a proposal, saying why."""
    look = _to_write(item_id)

    def act(sent: Any) -> str:
        assigning.refuse(actor(), item_id, sent.reason.data or "", sent_version(sent))
        return _("Đã trả lời không đồng ý.")

    return _form(look, _reason_form(look), _("Không đồng ý đề xuất"), _("Không đồng ý"), act)


@blueprint.route("/performance/items/<int:item_id>/drop", access=WRITES, methods=["GET", "POST"])
def item_drop(item_id: int) -> ResponseReturnValue:
    """Take a product out, saying why."""
    look = _to_write(item_id)

    def act(sent: Any) -> str:
        assigning.drop(actor(), item_id, sent.reason.data or "", sent_version(sent))
        return _("Đã rút sản phẩm khỏi phiếu.")

    return _form(look, _reason_form(look), _("Rút sản phẩm đã giao"), _("Rút"), act, tone="danger")


@blueprint.route("/performance/items/<int:item_id>/take-over", access=WRITES, methods=["GET", "POST"])
def item_take_over(item_id: int) -> ResponseReturnValue:
    """Give a product, or part of it, to another of the period."""
    look = _to_write(item_id)
    form: Any = forms.TakeOverForm(data={"quantity": look.item.quantity, "due_on": look.item.due_on})
    takers = queries.list_takers(look, actor().person_id)
    form.to.choices = [("", _("— chọn —")), *((str(one), words) for one, words in takers)]

    def act(sent: Any) -> str:
        assigning.take_over(
            actor(), item_id, int(sent.to.data), quantity=sent.quantity.data, due_on=sent.due_on.data,
            reason=sent.reason.data or "",
        )  # fmt: skip
        return _("Đã ghi nhận thay. Sản phẩm vẫn ở mẫu số của người được giao.")

    return _form(look, form, _("Giao người khác nhận thay"), _("Ghi nhận thay"), act)


@blueprint.route("/performance/items/<int:item_id>/findings/new", access=WRITES, methods=["GET", "POST"])
def item_find(item_id: int) -> ResponseReturnValue:
    """Write a failed check or a lateness."""
    look = _to_write(item_id)
    form: Any = forms.FindingForm(data={"version": str(look.item.version), "found_on": clock.today()})
    form.set_choices()

    def act(sent: Any) -> str:
        findings.find(
            actor(), item_id, FindingKind(sent.kind.data), sent.found_on.data, sent.cause.data or "",
            bool(sent.excused.data), sent_version(sent),
        )  # fmt: skip
        return _("Đã ghi.")

    return _form(look, form, _("Ghi kiểm tra không đạt, chậm tiến độ"), _("Ghi"), act)


@blueprint.route("/performance/findings/<int:finding_id>/withdraw", access=WRITES, methods=["GET", "POST"])
def finding_withdraw(finding_id: int) -> ResponseReturnValue:
    """Withdraw a finding, saying why."""
    _found, look = queries.item_of_finding(finding_id)
    look = _to_write(look.item.id)

    def act(sent: Any) -> str:
        findings.withdraw_finding(actor(), finding_id, sent.reason.data or "")
        return _("Đã rút lần ghi này.")

    return _form(look, _reason_form(look), _("Rút lần ghi không đạt, chậm"), _("Rút"), act, tone="danger")


# Giving and proposing one product


def _open_sheet(sheet_id: int) -> tuple[ScoreSheet, Any, Any, Any]:
    sheet, period, person, agency = queries.get_sheet(sheet_id)
    _check_reach(sheet, list(agency.scope_ids), list(person.scope_ids))
    return sheet, period, person, agency


def _configure_product(field: Any, sheet: ScoreSheet) -> None:
    def label_of(value: str) -> str | None:
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            return None
        known = {str(one.id): one for one in products_for(sheet.agency_id)}
        return f"{known[value].code} · {assigning.title_of(known[value])}" if value in known else None

    def find(words: str) -> list[tuple[str, str]]:
        found = products_for(sheet.agency_id, words)[:CHOICES]
        return [(str(one.id), f"{one.code} · {assigning.title_of(one)}") for one in found]

    source = url_for("performance.work_products", sheet_id=sheet.id)
    field.configure(source=source, label_of=label_of, find=find)


@blueprint.route("/performance/sheets/<int:sheet_id>/work/products.json", access=READS)
def work_products(sheet_id: int) -> ResponseReturnValue:
    """Answer a search box with the products a sheet may be given."""
    sheet, *_rest = _open_sheet(sheet_id)
    found = products_for(sheet.agency_id, request.args.get("q", "")[:200])
    items = [
        {"value": str(one.id), "label": f"{one.code} · {assigning.title_of(one)}",
         "note": _("hệ số %(factor)s", factor=forms.shown_factor(one.factor))}
        for one in found[:CHOICES]
    ]  # fmt: skip
    return jsonify(items=items, more=len(found) > CHOICES)


def _give_or_propose(sheet_id: int, *, proposing: bool) -> ResponseReturnValue:
    who = actor()
    sheet, period, person, agency = _open_sheet(sheet_id)
    if proposing != who.is_holder(sheet.person_id):
        text = N_("Chỉ người được giao mới báo cáo, đề xuất trên phiếu của mình.")
        own = N_("Phiếu của chính bạn: việc do người có thẩm quyền giao và xác nhận. Bạn chỉ báo cáo và đề xuất.")
        raise Forbidden(Problem("", "not_own" if proposing else "own_sheet", text if proposing else own))
    problem = None
    if not proposing:
        held = Held(sheet, period, list(agency.scope_ids), person.full_name, list(person.scope_ids))
        problem = judge(who, held)
    if problem is not None:
        raise Forbidden(problem)
    form: Any = forms.WorkForm(data={"quantity": Decimal(1), "kind": "ad_hoc" if proposing else "assigned"})
    objectives = objective_queries.list_for_work(list(agency.scope_ids), sheet.year)
    form.set_choices([(one.id, f"{one.code} · {one.objective} ({name})") for one, name in objectives])
    _configure_product(form.product, sheet)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    line = form.line()
                    if proposing:
                        made = reporting.propose(who, sheet_id, line)
                    else:
                        made = assigning.give(who, [_new_item(sheet_id, line)])[0]
                flash(_("Đã gửi đề xuất.") if proposing else _("Đã giao sản phẩm."), "ok")
                return redirect(url_for("performance.item", item_id=made), 303)
            except Refused as refused:
                form.take(_at_fields(refused))
    title = _("Đề xuất sản phẩm, công việc") if proposing else _("Giao sản phẩm, công việc")
    address = url_for("performance.sheet", sheet_id=sheet_id)
    return render_template(
        "performance/work/form.html", form=form, title=title, crumbs=[(_("Phiếu"), address)],
        submit=_("Gửi đề xuất") if proposing else _("Giao"), back=address, subtitle=person.full_name, foreign=True,
    ), status  # fmt: skip


def _new_item(sheet_id: int, line: assigning.Line) -> assigning.NewItem:
    named = {name: getattr(line, name) for name in assigning.Line.__slots__}
    return assigning.NewItem(sheet_id=sheet_id, **named)


def _at_fields(refused: Refused) -> list[Problem]:
    names = {"product_id": "product", "objective_id": "objective"}
    return [
        Problem(names.get(one.field, one.field), one.code, one.text, one.params, one.severity)
        for one in refused.problems
    ]  # fmt: skip


@blueprint.route("/performance/sheets/<int:sheet_id>/work/new", access=WRITES, methods=["GET", "POST"])
def give_work(sheet_id: int) -> ResponseReturnValue:
    """Give one product to somebody."""
    return _give_or_propose(sheet_id, proposing=False)


@blueprint.route("/performance/sheets/<int:sheet_id>/work/propose", access=P.SELF_VIEW, methods=["GET", "POST"])
def propose(sheet_id: int) -> ResponseReturnValue:
    """Propose a product for one's own sheet."""
    return _give_or_propose(sheet_id, proposing=True)
