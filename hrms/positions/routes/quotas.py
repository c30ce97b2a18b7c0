"""The ledger of quotas: its entries, giving, the yearly table, taking back; accepted excess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, formats
from hrms.core.actor import missing
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries import law
from hrms.positions.forms import establishment as forms
from hrms.positions.queries import establishment as reading
from hrms.positions.queries import judging, sitting
from hrms.positions.queries.part import part_of
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.establishment import (
    acceptance_of,
    crumbs_of,
    day_asked,
    paper_of,
    papers_of,
    take,
    version_of,
)
from hrms.positions.routes.seeing.asking import asked_one_of, send_figures
from hrms.positions.routes.seeing.overview import page_of
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.ledger import MOVEMENT_LABELS, Movement, MovementKind
from hrms.positions.rules.limits import Rule
from hrms.positions.services import overages
from hrms.positions.services import quotas as writing

P = Permission
View, Give = P.POSITIONS_VIEW, P.POSITIONS_QUOTA
EXPORT_ROWS = 100_000
LEVELS = ("agency", "line")


def _filters() -> tuple[sitting.Filters, Any]:
    part = part_of(actor(), request.args.get("agency", "").strip() or None)
    quota = asked_one_of("quota", QuotaKind)
    kind = asked_one_of("kind", MovementKind)
    level = asked_one_of("level", LEVELS)
    day = day_asked() if request.args.get("as_at") else None
    return sitting.Filters(
        part.agency_id, None, QuotaKind(quota) if quota else None, MovementKind(kind) if kind else None, level, day
    ), part


@blueprint.route("/positions/quotas", access=View)
def quotas() -> ResponseReturnValue:
    """Show the entries of the ledger, newest first."""
    filters, part = _filters()
    found = sitting.list_movements(actor(), filters, after=request.args.get("after"))
    return render_template(
        "positions/quotas.html",
        page=found,
        part=part,
        filters=filters,
        papers=papers_of(found.items),
        quota_choices=[("", _("— tất cả —")), *((one.value, render(words)) for one, words in QUOTA_LABELS.items())],
        kind_choices=[("", _("— tất cả —")), *((one.value, render(words)) for one, words in MOVEMENT_LABELS.items())],
        level_choices=[("", _("— tất cả —")), ("agency", _("Biên chế của cơ quan")), ("line", _("Chỗ của vị trí"))],
        labels={**{str(k): v for k, v in MOVEMENT_LABELS.items()}, **{str(k): v for k, v in QUOTA_LABELS.items()}},
        may_give=actor().may(Give),
        may_take_back=lambda row: actor().may(P.POSITIONS_MANAGE if row.QuotaMovement.line_id else Give),
        page_of=page_of,
    )


@blueprint.route("/positions/quotas/export.xlsx", access=View)
def export_quotas() -> ResponseReturnValue:
    """Give the entries the page shows, all pages of them, as a workbook."""
    filters, part = _filters()
    found = sitting.list_movements(actor(), filters, limit=EXPORT_ROWS).items
    papers = papers_of(found)
    rows = [
        (
            row.QuotaMovement.id, row.agency, row.position,
            render(QUOTA_LABELS[QuotaKind(row.QuotaMovement.quota_kind)]),
            render(MOVEMENT_LABELS[MovementKind(row.QuotaMovement.kind)]), row.QuotaMovement.amount,
            row.QuotaMovement.effective_on, papers.get(row.QuotaMovement.decision_id, {}).get("reference"),
            row.QuotaMovement.note, row.QuotaMovement.reverses_id, row.reversed_by,
        )
        for row in found
    ]  # fmt: skip
    headers = (
        _("Số"), _("Cơ quan, đơn vị"), _("Vị trí việc làm"), _("Loại biên chế"), _("Loại bút toán"), _("Số lượng"),
        _("Hiệu lực từ"), _("Quyết định"), _("Ghi chú"), _("Hủy bút toán số"), _("Bị hủy bởi số"),
    )  # fmt: skip
    return send_figures(
        "positions.quotas", _("Sổ biên chế"), headers, rows, "so-bien-che.xlsx", part,
        widths=(8, 44, 40, 22, 20, 10, 12, 22, 40, 10, 10),
    )  # fmt: skip


@blueprint.route("/positions/quotas/new", access=Give, methods=["GET", "POST"])
def give_quota() -> ResponseReturnValue:
    """Give an agency its quota, adjust it, or keep some back."""
    part = part_of(actor(), request.args.get("agency", "").strip() or None, Give)
    chosen = part.agency_id
    form: Any = forms.with_paper(forms.QuotaForm)(
        data={
            "agency": str(chosen) if chosen else None, "effective_on": clock.today(),
            "quota_kind": request.args.get("quota") or QuotaKind.CIVIL.value, "kind": MovementKind.ASSIGNED.value,
            "version": writing.newest([chosen] if chosen else None),
        },
        paper_kind="organisation",
    )  # fmt: skip
    form.prepare(actor())
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                office = agencies.get_agency(actor(), int(form.agency.data), View)
                with transaction():
                    entry = writing.entry(
                        office.id, QuotaKind(form.quota_kind.data), MovementKind(form.kind.data),
                        int(form.amount.data), form.effective_on.data,
                    )  # fmt: skip
                    writing.write(
                        actor(), [entry], decision_id=paper_of(form, office.scope_ids), note=form.note.data or "",
                        acceptance=acceptance_of(form), seen=version_of(form) if office.id == chosen else None,
                        opened=version_of(form) if chosen is None else None,
                    )  # fmt: skip
                flash(_("Đã ghi vào sổ biên chế của “%(agency)s”.", agency=office.name), "ok")
                return redirect(url_for("positions.agency", agency_id=office.id), 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
    return render_template(
        "positions/movement.html", form=form, heading=_("Giao, điều chỉnh biên chế"), legend=_("Bút toán"),
        names=["agency", "quota_kind", "kind", "amount", "effective_on", "note"], back=url_for("positions.quotas"),
        crumbs=[(_("Sổ biên chế"), url_for("positions.quotas"))],
    ), status  # fmt: skip


@dataclass(slots=True)
class TableRow:
    """An agency in the yearly table: what it has, what was typed, what is wrong."""

    agency_id: int
    name: str
    level: int
    has: int
    present: int
    typed: str = ""
    wanted: int | None = None
    problems: tuple[str, ...] = ()

    @property
    def change(self) -> int:
        """Return what the entry would be."""
        return 0 if self.wanted is None else self.wanted - self.has

    @property
    def over(self) -> int:
        """Return how many would be over."""
        return 0 if self.wanted is None else max(0, self.present - self.wanted)


@blueprint.route("/positions/quotas/table", access=Give, methods=["GET", "POST"])
def quota_table() -> ResponseReturnValue:
    """Give quotas to an agency and those directly under it from one resolution: numbers, preview, then the ledger."""
    part = part_of(actor(), request.args.get("agency", "").strip() or None, Give)
    form: Any = forms.with_paper(forms.TableForm)(
        data={"effective_on": date(clock.today().year, 1, 1), "quota_kind": QuotaKind.CIVIL.value},
        paper_kind="organisation",
    )  # fmt: skip
    form.prepare()
    top = part.agency_id or next(iter(agencies.list_roots(actor())), None)
    if top is None:
        raise missing("agency")
    status, shown, opened = 200, False, writing.newest()
    asked = form.quota_kind.data
    kind, day = QuotaKind(asked if asked in set(QuotaKind) else "civil"), form.effective_on.data or clock.today()
    rows = _rows(top, kind, day)
    if request.method == "POST":
        status = 422
        sound = _read_rows(rows)
        # The numbers come from the page as it was shown; another kind or day is another table.
        if form.validate() and sound:
            entries = [
                writing.entry(row.agency_id, kind, MovementKind.ASSIGNED if row.change > 0 else MovementKind.ADJUSTED,
                              row.change, form.effective_on.data)
                for row in rows if row.change
            ]  # fmt: skip
            try:
                shown = True
                if request.form.get("step") == "write":
                    with transaction():
                        writing.write(
                            actor(), entries,
                            decision_id=paper_of(form, agencies.scope_ids_of([one.agency_id for one in entries])),
                            note=form.note.data or "", acceptance=acceptance_of(form), opened=opened,
                        )  # fmt: skip
                    flash(_("Đã ghi %(count)s bút toán vào sổ biên chế.", count=len(entries)), "ok")
                    return redirect(url_for("positions.quotas", agency=top, level="agency"), 303)
                status = _preview(form, rows, entries)
            except (Refused, Stale) as refused:
                status = take(form, refused)
                _preview(form, rows, entries)
    return render_template(
        "positions/quota_table.html", form=form, rows=rows, top=top, previewed=shown, kind=kind,
        total_has=sum(row.has for row in rows[1:]), total_wanted=sum(row.has + row.change for row in rows[1:]),
        crumbs=[(_("Sổ biên chế"), url_for("positions.quotas"))],
    ), status  # fmt: skip


def _rows(top: int, kind: QuotaKind, day: date) -> list[TableRow]:
    standing = reading.read(actor(), day, under=top)
    found = []
    for node in standing.nodes.values():
        if node.level <= 1:
            one = standing.of(node.id, kind)
            present = one.tree.present if one else 0
            found.append(TableRow(node.id, node.name, node.level, one.quota.assigned if one else 0, present))
    return found


def _read_rows(rows: list[TableRow]) -> bool:
    sound = True
    for row in rows:
        row.typed = request.form.get(f"quota-{row.agency_id}", "").strip()
        if not row.typed:
            continue
        try:
            row.wanted = int(formats.parse_decimal(row.typed, whole=True))
        except formats.BadNumber:
            row.problems = (_("“%(value)s” không phải là số nguyên. Hãy ghi như 120.", value=row.typed[:20]),)
            sound = False
            continue
        if row.wanted < 0:
            row.problems = (_("Số được giao không âm. Hãy ghi từ 0 trở lên."),)
            sound = False
    return sound


def _preview(form: Any, rows: list[TableRow], entries: list[Movement]) -> int:
    """Put what is wrong with each entry beside its row; returns the status."""
    if not entries:
        form.take([Problem("", "required", N_("Chưa có số nào khác số đang có. Hãy nhập số được giao của năm."))])
        return 422
    judged = writing.judge(actor(), entries, acceptance=acceptance_of(form))
    by_agency = {one.agency_id: place for place, one in enumerate(entries)}
    for row in rows:
        if row.agency_id in by_agency:
            row.problems = tuple(render(one) for one in judged.problems.get(by_agency[row.agency_id], ()))
    return 422 if judged.blocking else 200


@blueprint.route(
    "/positions/quotas/<int:movement_id>/reverse", access=(Give, P.POSITIONS_MANAGE), methods=["GET", "POST"]
)
def reverse_movement(movement_id: int) -> ResponseReturnValue:
    """Take back an entry that was wrong, saying why."""
    found = sitting.get_movement(actor(), movement_id)
    if found is None:
        raise missing("movement")
    movement = found.QuotaMovement
    actor().require(P.POSITIONS_MANAGE if movement.line_id else Give, at=found.scope_ids)
    form: Any = forms.with_paper(forms.ReverseForm)(data={"decision_basis": "old_data"}, paper_kind="organisation")
    back = url_for("positions.quotas", agency=movement.agency_id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    writing.reverse(
                        actor(), movement_id, reason=form.reason.data or "",
                        decision_id=paper_of(form, list(found.scope_ids)),
                    )  # fmt: skip
                flash(_("Đã hủy bút toán."), "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
    words = render(QUOTA_LABELS[QuotaKind(movement.quota_kind)])
    legend = f"{found.agency}: {words} {movement.amount:+d}"
    return render_template(
        "positions/movement.html", form=form, heading=_("Hủy bút toán ghi sai"), legend=legend, names=["reason"],
        back=back, crumbs=[(_("Sổ biên chế"), url_for("positions.quotas"))], tone="danger",
    ), status  # fmt: skip


@blueprint.route("/positions/agencies/<int:agency_id>/overages/new", access=Give, methods=["GET", "POST"])
def record_overage(agency_id: int) -> ResponseReturnValue:
    """Accept an excess of an agency or a line of it, with why and by when it is solved."""
    office = agencies.get_agency(actor(), agency_id, View)
    actor().require(Give, at=office.scope_ids)
    today = clock.today()
    standing = reading.read(actor(), today, under=agency_id)
    args = request.args
    form: Any = forms.with_paper(forms.OverageForm)(
        data={
            "rule": args.get("rule", ""), "line": args.get("line", ""), "level": args.get("level", ""),
            "excess": int(args["excess"]) if args.get("excess", "").isdigit() else None, "from_on": today,
            "solve_by": _law_day(args.get("rule", ""), today), "decision_basis": "old_data",
        },
        paper_kind="organisation",
    )  # fmt: skip
    lines = [(str(one.line.id), one.line.name) for one in standing.lines_of.get(agency_id, ())]
    form.prepare(lines, _levels())
    back = url_for("positions.agency", agency_id=agency_id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    overages.record(
                        actor(), Rule(form.rule.data), agency_id, excess=int(form.excess.data),
                        reason=form.reason.data or "", from_on=form.from_on.data, solve_by=form.solve_by.data,
                        line_id=int(form.line.data) if form.line.data else None, level=form.level.data or "",
                        decision_id=paper_of(form, office.scope_ids),
                    )  # fmt: skip
                flash(_("Đã ghi nhận số vượt."), "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
    return render_template(
        "positions/overage.html", form=form, agency=office, back=back, crumbs=crumbs_of(office),
    ), status  # fmt: skip


def _law_day(rule: str, day: date) -> date | None:
    return overages.law_day(Rule(rule), day) if rule in set(Rule) else None


def _levels() -> list[tuple[str, str]]:
    ranks = law.ranks()
    named = [(code, ranks[code].name) for code in ("01.001", "01.002", "01.003") if code in ranks]
    grades = [(f"grade:{n}", _("Bậc nghề nghiệp %(grade)s", grade=n)) for n in range(1, 6)]
    return [*((one.value, render(words)) for one, words in QUOTA_LABELS.items()), *named, *grades]


@blueprint.route("/positions/overages/<int:overage_id>/end", access=Give, methods=["GET", "POST"])
def end_overage(overage_id: int) -> ResponseReturnValue:
    """Say that an accepted excess is solved."""
    row = judging.get_accepted(overage_id)
    if row is None:
        raise missing("overage")
    try:
        office = agencies.get_agency(actor(), row.agency_id, View)
    except NotFound:
        raise missing("overage") from None
    actor().require(Give, at=office.scope_ids)
    form: Any = forms.EndForm(data={"on": clock.today()})
    back = url_for("positions.agency", agency_id=office.id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    overages.end(actor(), overage_id, on=form.on.data, reason=form.reason.data or "")
                flash(_("Đã kết thúc ghi nhận số vượt."), "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
    return render_template(
        "positions/overage_end.html", form=form, agency=office, row=row, back=back, crumbs=crumbs_of(office)
    ), status
