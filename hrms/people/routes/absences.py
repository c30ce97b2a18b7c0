"""Time away from work: the tab of a record, the page that enters one, the list of who is away, its export."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks, workbook
from hrms.core.dates import last_day
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import N_
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people import services
from hrms.people.counting import count_shown
from hrms.people.forms import record as forms
from hrms.people.queries import absences as away
from hrms.people.queries import codes, law, showing
from hrms.people.queries import record as reading
from hrms.people.queries.filters import Reach, reach
from hrms.people.routes.base import blueprint
from hrms.people.routes.editing import paper_mixins, paper_of
from hrms.people.routes.finding import settled_address
from hrms.people.routes.page import VIEW, below, may_record, note, page, read
from hrms.people.routes.paper import at_form, open_for_facts, renew
from hrms.people.rules.absences import (
    ABSENCE_LABELS,
    STEP_EFFECTS,
    AbsenceKind,
    StepEffect,
    Stretch,
    months_absent,
    reason_guard,
    suspension_limit,
)
from hrms.people.rules.sheet import FACT_ITEMS
from hrms.people.services import export as exports

P = Permission
EXPORT_ROWS = 100_000
NAMES = ("absence_kind", "children", "abroad", "prosecuted")
DAYS = ("valid_from", "last_day", "expected_until", "working_days")


@blueprint.route("/people/<int:person_id>/absences", access=VIEW)
def absences(person_id: int) -> ResponseReturnValue:
    """Show the absences of one person, newest first, with what each means for the step and how long it may last."""
    record = read(person_id)
    events = [event for event in reading.timeline(record) if event.fact.kind == "absence"]
    papers = showing.Papers(record, [event.fact for event in events])
    items = showing.timeline_items(record, papers, events)
    for item in items:
        item.update(_particulars(item["fact"]))
    shown = page("people/absences.html", record, items=items, total=_total(record), may_add=may_record(record))
    note(record, [reason_guard(e.fact.values) for e in events if e.fact.values["absence_reason"]])
    return shown


def _particulars(fact: reading.FactRow) -> dict[str, Any]:
    kind = AbsenceKind(fact.values["absence_kind"])
    limit = None
    if kind is AbsenceKind.SUSPENSION and not fact.values["prosecuted"]:
        limit = suspension_limit(fact.valid_from, law.parameters(fact.valid_from), law.holidays().add)
    ends = last_day(fact.valid_to) or fact.values["expected_until"]
    foreseen = fact.values["expected_until"]
    return {
        "step": render(_STEP_WORDS[STEP_EFFECTS[kind]]),
        "step_tone": {StepEffect.COUNTED: "ok", StepEffect.LIMITED: "info"}.get(STEP_EFFECTS[kind], "warn"),
        "reason": fact.values["absence_reason"],
        "overdue": fact.valid_to is None and foreseen is not None and foreseen < clock.today(),
        "limit": limit,
        "too_long": bool(limit and limit.last_day and (ends or clock.today()) > limit.last_day),
    }


_STEP_WORDS = {
    StepEffect.COUNTED: N_("tính vào thời gian giữ bậc"),
    StepEffect.LIMITED: N_("tính vào thời gian giữ bậc đến 6 tháng"),
    StepEffect.NOT_COUNTED: N_("không tính vào thời gian giữ bậc"),
}


def _total(record: reading.Record) -> Any:
    """Return the months away up to the day asked for, all kinds together; None for nobody away."""
    stretches = [
        Stretch(AbsenceKind(f.values["absence_kind"]), f.valid_from, f.valid_to, f.values["working_days"])
        for f in record.facts
        if f.kind == "absence" and f.known(record.known_on)
    ]
    if not stretches:
        return None
    first = min(stretch.valid_from for stretch in stretches)
    figures = law.parameters(record.as_at)
    return months_absent(stretches, first, record.as_at, figures, law.holidays().between)


@blueprint.route("/people/<int:person_id>/absences/new", access=P.PEOPLE_FACT, methods=["GET", "POST"])
def new_absence(person_id: int) -> ResponseReturnValue:
    """Enter time away with the paper it rests on."""
    record = open_for_facts(person_id)
    form: Any = forms.absence_form(paper_mixins(), codes.choices)(
        paper_kind="absence", data={"version": record.person.version}
    )
    back = url_for("people.absences", person_id=person_id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.put_absence(
                        actor(), person_id, {item.name: form[item.name].data for item in FACT_ITEMS["absence"]},
                        form.valid_from.data, paper_of(form, record.person.scope_ids),
                        valid_to=forms.end_of(form.last_day.data), version=forms.version_of(form),
                    )  # fmt: skip
                if done.written:
                    flash(_("Đã ghi thời gian nghỉ."), "success")
                else:
                    flash(_("Hồ sơ đã ghi đúng như vậy; không có gì thay đổi."), "info")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                form.take(at_form(refused.problems))
                status = refused.status
                if isinstance(refused, Stale):
                    renew(form, person_id)
    words = _("Ghi thời gian nghỉ")
    return render_template(
        "people/absence.html", form=form, person=record.person, heading=words, crumbs=below(record, words), back=back,
        chooser=hooks.papers[0].template, names=NAMES, days=DAYS,
    ), status  # fmt: skip


def _asked() -> tuple[away.AwayFilters, Any]:
    as_at, known_on = asked_dates()
    return away.parse(dict(request.args.items()), as_at, known_on), actor()


@blueprint.route("/people/absences", access=P.PEOPLE_VIEW)
def away_index() -> ResponseReturnValue:
    """Show who is away on the day of the address, who comes back first at the head."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    asked, who = _asked()
    where = reach(who, asked.people)
    found = away.list_away(who, asked, where, after=request.args.get("after"), before=request.args.get("before"))
    count_shown(row.person_id for row in found.items)
    total, by_kind = away.count_away(who, asked, where)
    ids = sorted({row.decision_id for row in found.items if row.decision_id})
    return render_template(
        "people/away.html",
        page=found,
        total=total,
        by_kind=[(kind, render(words), by_kind[kind]) for kind, words in ABSENCE_LABELS.items() if kind in by_kind],
        asked=asked,
        where=where,
        chips=_chips(asked, where),
        kinds=[("", _("— tất cả —")), *((kind.value, render(words)) for kind, words in ABSENCE_LABELS.items())],
        returns=[("", _("— tất cả —")), *((key, render(words)) for key, words in away.RETURNS.items())],
        papers=hooks.papers[0].describe(ids) if ids and hooks.papers else {},
        day=asked.as_at or clock.today(),
        words_of=_words_of,
        kind_words=lambda kind: codes.name("absence_kinds", kind),
        last_day=last_day,
        address=urlencode([(k, v) for k, v in request.args.items(multi=True) if k in KEYS and v]),
    )


KEYS = frozenset({"kind", "returns", "agency", "as_at", "known_on"})


def _words_of(row: Any) -> str:
    """Return what an absence says beside its kind and its days."""
    return showing.absence_particulars(row.valid_to, {
        "children": row.children, "abroad": row.abroad, "prosecuted": row.prosecuted,
        "working_days": row.working_days, "expected_until": None,
    })  # fmt: skip


def _chips(asked: away.AwayFilters, where: Reach) -> list[dict[str, str]]:
    shown = (
        (_("Đơn vị"), where.agency_name, "agency"),
        (_("Loại thời gian nghỉ"), render(ABSENCE_LABELS[asked.kind]) if asked.kind else "", "kind"),
        (_("Trở lại"), render(away.RETURNS[asked.returns]) if asked.returns else "", "returns"),
    )
    return [{"label": label, "value": value, "key": key} for label, value, key in shown if value]


@blueprint.route("/people/absences/export.xlsx", access=P.PEOPLE_EXPORT)
def away_export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook; the words of why stay in the records."""
    asked, who = _asked()
    where = reach(who, asked.people, P.PEOPLE_EXPORT)
    found = away.all_away(who, asked, where, EXPORT_ROWS)
    with transaction():
        locked = exports.note_export(who, "people.absences", len(found), where)
    if locked:
        raise Forbidden(exports.BULK_LOCKED)
    ids = sorted({row.decision_id for row in found if row.decision_id})
    papers = hooks.papers[0].describe(ids) if ids and hooks.papers else {}
    rows = (
        (
            row.full_name, row.staff_code, row.job_position or row.post_name, row.agency, row.above,
            codes.name("absence_kinds", row.kind), row.valid_from, last_day(row.valid_to), row.expected_until,
            row.back_on, row.working_days, _words_of(row), papers.get(row.decision_id, {}).get("reference", ""),
        )
        for row in found
    )  # fmt: skip
    headers = (
        _("Họ và tên"), _("Số hiệu"), _("Vị trí việc làm"), _("Cơ quan, đơn vị"), _("Cơ quan cấp trên"),
        _("Loại thời gian nghỉ"),
        _("Nghỉ từ ngày"), _("Đến hết ngày"), _("Dự kiến nghỉ đến hết ngày"), _("Trở lại"), _("Số ngày làm việc"),
        _("Ghi chú"), _("Quyết định"),
    )  # fmt: skip
    made = workbook.in_memory(
        _("Đang nghỉ"), headers, rows, widths=(26, 12, 30, 34, 34, 28, 12, 12, 14, 12, 10, 30, 20)
    )
    return send_file(made, as_attachment=True, download_name="dang-nghi.xlsx")
