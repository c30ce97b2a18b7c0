"""Recording decisions: several facts on one paper, an end, a correction, a withdrawal."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import hooks
from hrms.core.dates import last_day
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people import services
from hrms.people.forms import record as forms
from hrms.people.queries import codes, showing
from hrms.people.queries import record as reading
from hrms.people.queries.record import FactRow, Record
from hrms.people.routes.base import blueprint
from hrms.people.routes.editing import open_lists, paper_mixins, paper_of, take
from hrms.people.routes.page import agency_options, below, read
from hrms.people.rules.sheet import FACT_ITEMS, FACT_LABELS, Shape
from hrms.people.services import Fact

P = Permission


def open_for_facts(person_id: int) -> Record:
    """Return the record for a page that writes facts; 403 inside the scope without the right, 404 outside."""
    record = read(person_id)
    if not record.may(P.PEOPLE_FACT):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền ghi quyết định cho hồ sơ này.")))
    return record


def _agencies(form: Any, prefix: str = "") -> None:
    for kind, items in FACT_ITEMS.items():
        for item in items:
            name = f"{kind}__{item.name}" if prefix else item.name
            if item.shape is Shape.AGENCY and name in form:
                form[name].configure(**agency_options())


def renew(form: Any, person_id: int) -> None:
    """Give a form that was opened too long ago the version of the record now."""
    form.version.data = reading.get_record(actor(), person_id).person.version


@blueprint.route("/people/<int:person_id>/facts/new", access=P.PEOPLE_FACT, methods=["GET", "POST"])
def record_decision(person_id: int) -> ResponseReturnValue:
    """Enter or choose a decision once, and write the facts it carries."""
    record = open_for_facts(person_id)
    form: Any = forms.facts_form(paper_mixins(), codes.choices)(data=_present(record))
    _agencies(form, "kinds")
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            kinds = [kind for kind in forms.FACT_KINDS if kind in (form.kinds.data or [])]
            try:
                with transaction():
                    done = _write(form, record, kinds)
                if done.written:
                    flash(_("Đã ghi %(count)s diễn biến.", count=done.written), "success")
                else:
                    flash(_("Hồ sơ đã ghi đúng như vậy; không có gì thay đổi."), "info")
                return redirect(url_for("people.career", person_id=person_id), 303)
            except (Refused, Stale) as refused:
                moved = [forms.at_part(problem, kinds) for problem in refused.problems]
                form.take(_at_basis(moved))
                status = refused.status
                if isinstance(refused, Stale):
                    renew(form, person_id)
    words = _("Ghi quyết định")
    return render_template(
        "people/facts.html", form=form, person=record.person, heading=words, crumbs=below(record, words),
        back=url_for("people.career", person_id=person_id), chooser=hooks.papers[0].template,
        parts=[_part(kind) for kind in forms.FACT_KINDS], lists=open_lists(i for k in FACT_ITEMS.values() for i in k),
    ), status  # fmt: skip


def _part(kind: str) -> dict[str, Any]:
    names = [f"{kind}__{item.name}" for item in FACT_ITEMS[kind]]
    if kind in forms.ENDING_KINDS:
        names.append(f"{kind}__last_day")
    return {"kind": kind, "label": render(FACT_LABELS[kind]), "names": names}


def _at_basis(problems: list[Problem]) -> list[Problem]:
    """Return problems with those of the paper itself at the field where the way of naming it is chosen."""
    return [
        Problem("decision_basis", p.code, p.text, p.params, p.severity) if p.field == "decision" else p
        for p in problems
    ]


def _present(record: Record) -> dict[str, Any]:
    """Return the form filled with what is true now, so that only what changes has to be typed."""
    asked = request.args.get("kind", "")
    data: dict[str, Any] = {"version": record.person.version, "kinds": [asked] if asked in FACT_ITEMS else []}
    standing: dict[str, FactRow | None] = {
        "status": record.status, "post": record.post, "rank": record.rank, "agency": record.using,
    }  # fmt: skip
    for kind, fact in standing.items():
        if fact is None:
            continue
        told = forms.data_of(fact.values, FACT_ITEMS[kind])
        if kind == "rank":
            # A new step has its own date and coefficient; what it is about stays.
            told = {"rank_code": told["rank_code"], "rank_since": told["rank_since"]}
        if kind == "agency":
            told = {"membership": "using", "agency_id": None}
        data |= {f"{kind}__{name}": value for name, value in told.items()}
    data["post__slot"] = "0"
    return data


def _write(form: Any, record: Record, kinds: list[str]) -> services.Outcome:
    if not kinds:
        words = N_("Chưa chọn quyết định ghi gì. Đánh dấu ít nhất một loại diễn biến.")
        raise Refused(Problem("kinds", "required", words))
    start: date = form.valid_from.data
    facts = [
        Fact(kind, forms.fact_values(form, kind), start, _end(form, f"{kind}__last_day"))
        for kind in kinds
    ]  # fmt: skip
    paper = paper_of(form, record.person.scope_ids)
    return services.record_facts(actor(), record.person.id, facts, paper, version=forms.version_of(form))


def _end(form: Any, name: str) -> date | None:
    return forms.end_of(form[name].data) if name in form else None


def back_to(kind: str, person_id: int) -> str:
    """Return the tab where facts of a kind stand."""
    return url_for("people.absences" if kind == "absence" else "people.career", person_id=person_id)


def _fact_page(form: Any, record: Record, fact: FactRow, template: str, words: str, **more: Any) -> str:
    title, rest = showing.words(fact)
    papers = showing.Papers(record, [fact])
    return render_template(
        template, form=form, person=record.person, heading=words, crumbs=below(record, words), fact=fact,
        fact_words=f"{title}, {rest}" if rest else title, fact_paper=papers.words(fact),
        fact_kind=render(FACT_LABELS[fact.kind]), back=back_to(fact.kind, record.person.id),
        chooser=hooks.papers[0].template, **more,
    )  # fmt: skip


@blueprint.route("/people/<int:person_id>/facts/<kind>/<int:fact_id>", access=P.PEOPLE_FACT, methods=["GET", "POST"])
def correct_fact(person_id: int, kind: str, fact_id: int) -> ResponseReturnValue:
    """Put a wrongly recorded fact right on paper of its own."""
    record = open_for_facts(person_id)
    fact = reading.find_fact(record, kind, fact_id)
    data = forms.data_of(fact.values, FACT_ITEMS[kind])
    data |= {"valid_from": fact.valid_from, "last_day": last_day(fact.valid_to), "version": record.person.version}
    if kind == "post":
        data["slot"] = "1" if fact.values["slot"] else "0"
    form: Any = forms.fact_form(kind, paper_mixins(), codes.choices)(data=data)
    _agencies(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.correct_fact(
                        actor(), person_id, kind, fact_id,
                        Fact(kind, {item.name: form[item.name].data for item in FACT_ITEMS[kind]}, form.valid_from.data,
                             forms.end_of(form.last_day.data)),
                        paper_of(form, record.person.scope_ids), form.why.data, version=forms.version_of(form),
                    )  # fmt: skip
                flash(_("Đã đính chính.") if done.written else _("Không có gì thay đổi."), "success")
                return redirect(back_to(kind, person_id), 303)
            except (Refused, Stale) as refused:
                form.take(at_form(refused.problems))
                status = refused.status
                if isinstance(refused, Stale):
                    renew(form, person_id)
    names = [item.name for item in FACT_ITEMS[kind]]
    return _fact_page(
        form, record, fact, "people/correct.html", _("Đính chính diễn biến"), names=names,
        lists=open_lists(FACT_ITEMS[kind]),
    ), status  # fmt: skip


def at_form(problems: Any) -> list[Problem]:
    """Return problems of one fact at the fields of its form."""
    return _at_basis(_renamed(problems))


def _renamed(problems: Any) -> list[Problem]:
    names = {"valid_to": "last_day", "reason": "why"}
    return [Problem(names.get(p.field, p.field), p.code, p.text, p.params, p.severity) for p in problems]


@blueprint.route(
    "/people/<int:person_id>/facts/<kind>/<int:fact_id>/end", access=P.PEOPLE_FACT, methods=["GET", "POST"]
)
def end_fact(person_id: int, kind: str, fact_id: int) -> ResponseReturnValue:
    """Give a fact its last day."""
    record = open_for_facts(person_id)
    fact = reading.find_fact(record, kind, fact_id)
    form: Any = forms.end_form(paper_mixins())(data={"version": record.person.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.end_fact(
                        actor(), person_id, kind, fact_id, form.last_day.data,
                        paper_of(form, record.person.scope_ids), version=forms.version_of(form),
                    )  # fmt: skip
                flash(_("Đã ghi ngày kết thúc.") if done.written else _("Không có gì thay đổi."), "success")
                return redirect(back_to(kind, person_id), 303)
            except (Refused, Stale) as refused:
                status = refused.status
                form.take(_at_basis(list(refused.problems)))
                if isinstance(refused, Stale):
                    renew(form, person_id)
    return _fact_page(form, record, fact, "people/end.html", _("Kết thúc diễn biến")), status


@blueprint.route(
    "/people/<int:person_id>/facts/<kind>/<int:fact_id>/withdraw", access=P.PEOPLE_FACT, methods=["GET", "POST"]
)
def withdraw_fact(person_id: int, kind: str, fact_id: int) -> ResponseReturnValue:
    """Take back a fact that should not have been recorded."""
    record = open_for_facts(person_id)
    fact = reading.find_fact(record, kind, fact_id)
    form: Any = forms.WithdrawForm(data={"version": record.person.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.withdraw_fact(
                        actor(), person_id, kind, fact_id, form.reason.data, version=forms.version_of(form)
                    )
                flash(_("Đã rút diễn biến."), "success")
                return redirect(back_to(kind, person_id), 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
                if isinstance(refused, Stale):
                    renew(form, person_id)
    return _fact_page(form, record, fact, "people/withdraw.html", _("Rút diễn biến ghi sai")), status
