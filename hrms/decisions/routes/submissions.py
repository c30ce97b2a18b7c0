"""Pages of what is on its way to signature: the desk, the list, a new proposal, one submission, its checking sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.audit import services as audit
from hrms.core import hooks, workbook
from hrms.core.actor import Actor
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.decisions import kinds, queries
from hrms.decisions.forms import proposing
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Submission
from hrms.decisions.queries import telling
from hrms.decisions.routes.showing import page_of
from hrms.decisions.rules.path import STATE_LABELS, TASK_LABELS, State
from hrms.decisions.services import sheet, submissions
from hrms.decisions.services.drafting import PEOPLE_MOST, Preview

blueprint = HrmsBlueprint("submissions", __name__)
P = Permission
LINKED = frozenset({"agency", "decision", "record"})
"""Kinds of field a link may fill in: they hold ids, which the form shows by name or not at all."""
Propose = P.DECISIONS_PROPOSE


def kind_label(code: str) -> str:
    """Return the words of a kind, the code of one this program no longer knows."""
    found = kinds.get(code)
    return render(found.label) if found else code


@blueprint.route("/decisions/submissions/desk", access=queries.TAKING_PART)
def desk() -> ResponseReturnValue:
    """Show what waits for the reader, oldest first."""
    tasks = queries.waiting(actor())
    shown = [one for _count, first in tasks.values() for one in first]
    return render_template(
        "decisions/submissions/desk.html",
        tasks=tasks,
        words=TASK_LABELS,
        tallies=queries.tallies([one.id for one in shown]),
        places=queries.party_names(shown),
        kind_label=kind_label,
    )


@blueprint.route("/decisions/submissions", access=queries.TAKING_PART)
def index() -> ResponseReturnValue:
    """List the submissions the reader takes part in, newest first."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    agency = None
    if request.args.get("agency", "").strip() and request.args.get("agency-text", "x").strip():
        agency = agencies.find_visible(actor(), request.args["agency"].strip())
    filters = queries.SubmissionFilters(
        state=state if state in set(State) else None,
        kind=kind or None,
        agency_id=agency.id if agency else None,
        mine=bool(request.args.get("mine")),
    )
    page = queries.list_submissions(
        actor(), filters, after=request.args.get("after"), before=request.args.get("before")
    )
    form = proposing.SubmissionFilterForm(
        formdata=None, data={"state": filters.state, "kind": filters.kind, "mine": filters.mine}
    )
    form.state.choices = [("", _("— tất cả —")), *((one.value, render(words)) for one, words in STATE_LABELS.items())]
    form.kind.choices = [("", _("— tất cả —")), *((one.code, render(one.label)) for one in kinds.all_kinds())]
    chips = [
        {"label": label, "value": value, "key": key}
        for key, label, value in (
            ("state", _("Bước"), render(STATE_LABELS[State(filters.state)]) if filters.state else ""),
            ("kind", _("Loại"), kind_label(filters.kind) if filters.kind else ""),
            ("agency", _("Cơ quan tham gia"), agency.name if agency else ""),
            ("mine", _("Người trình"), _("tôi") if filters.mine else ""),
        )
        if value
    ]
    return render_template(
        "decisions/submissions/list.html",
        page=page,
        chips=chips,
        form=form,
        agency=agency,
        tallies=queries.tallies([one.id for one in page.items]),
        places=queries.party_names(page.items),
        kind_label=kind_label,
        states={state.value: state for state in State},
    )


@blueprint.route("/decisions/submissions/places", access=queries.TAKING_PART)
def place_choices() -> ResponseReturnValue:
    """Answer a search box with agencies anywhere in the tree: a transfer names one beyond the reader's own part."""
    found = agencies.list_choices(Actor.system(), request.args.get("q", "")[:200], limit=agencies.CHOICES + 1)
    items = [{"value": str(one.id), "label": one.name, "note": one.code or ""} for one in found[: agencies.CHOICES]]
    return jsonify(items=items, more=len(found) > agencies.CHOICES)


# A new proposal


@blueprint.route("/decisions/submissions/new", access=Propose, methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Choose a kind, then people and what is proposed; see how the list is split; make the drafts."""
    kind = kinds.get(request.values.get("kind", ""))
    ids = _asked_ids()
    crumbs = [(_("Hồ sơ trình"), url_for("submissions.index"))]
    if kind is None:
        return render_template(
            "decisions/submissions/kinds.html",
            kinds=[one for one in kinds.all_kinds() if one.lists or len(ids) < 2],
            people=request.args.get("people"),
            count=len(ids),
            crumbs=crumbs,
        )
    form = proposing.make(kind, ids, values=_linked(kind))
    wanted, preview, status = request.form.get("do", ""), None, 200
    problems: list[Problem] = []
    if request.method == "POST" and wanted in {"add", "remove"}:
        ids, problems = _changed_people(ids, wanted)
        form = proposing.make(kind, ids)
        status = 422 if problems else 200
    elif request.method == "POST":
        more, problems = _changed_people(ids, "add", required=False)
        if more != ids:
            ids, form = more, proposing.make(kind, more)
        status = 422
        if form.validate() and not problems:
            try:
                if wanted != "preview":
                    return _create(kind, form, ids)
                preview = _preview(kind, form, ids)
                problems, status = list(preview.problems), 422 if preview.problems else 200
            except Refused as refused:
                problems = list(refused.problems)
            proposing.take(form, problems)
            problems = []
    form.take(problems)
    return render_template(
        "decisions/submissions/new.html",
        kind=kind,
        form=form,
        people=_people(ids),
        own_fields=[one for one in kind.fields if one.per_person],
        list_fields=[proposing.field_name(one.name) for one in kind.fields if not one.per_person],
        field_name=proposing.field_name,
        preview=preview,
        preview_places=_preview_places(preview),
        finder=hooks.people_finder[0] if hooks.people_finder else None,
        crumbs=crumbs,
    ), status


def _asked_ids() -> list[int]:
    """Return the people of the address (`people=7.12.9`) or of the form, at most as many as a list may have."""
    given = request.form.getlist("person") or re.split(r"[.,\s]+", request.args.get("people", ""))
    ids = [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19]
    return list(dict.fromkeys(ids))[: PEOPLE_MOST + 1]


def _linked(kind: Kind) -> dict[str, str]:
    """Return what a page that leads here has chosen already: records, agencies and decisions, by their ids."""
    asked = {
        one.name: request.args.get(one.name, "") for one in kind.fields if one.type in LINKED and not one.per_person
    }
    return {name: value for name, value in asked.items() if value.isascii() and value.isdigit() and len(value) < 19}


def _people(ids: Sequence[int]) -> Sequence[hooks.PersonChoice]:
    return hooks.people_finder[0].by_ids(ids) if hooks.people_finder else []


def _changed_people(ids: list[int], wanted: str, *, required: bool = True) -> tuple[list[int], list[Problem]]:
    """Return the people after those typed were added or those ticked were left out, and what was not understood."""
    if wanted == "remove":
        out = set(request.form.getlist("out"))
        return [one for one in ids if str(one) not in out], []
    if not hooks.people_finder:
        return ids, []
    finder, found, problems = hooks.people_finder[0], list(ids), []
    codes = re.split(r"[\s,;]+", request.form.get("codes", "").strip()) if request.form.get("codes", "").strip() else []
    known = finder.by_codes(codes[: PEOPLE_MOST + 1])
    unknown = [code for code in codes if code not in known]
    if unknown:
        text = N_("Không thấy số hiệu trong phạm vi của bạn: %(codes)s. Hãy kiểm tra lại.")
        problems.append(Problem("codes", "unknown_codes", text, {"codes": sheet.listed(unknown)}))
    found += [one.person_id for one in known.values()]
    typed, value = request.form.get("find-text", "").strip(), request.form.get("find", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 19:
        found.append(int(value))
    elif typed:
        options = finder.find(actor(), typed[:200])
        if len(options) == 1:
            found.append(int(options[0][0]))
        else:
            text = N_("“%(value)s” khớp %(count)s người. Hãy gõ đủ họ tên hoặc dùng số hiệu.")
            problems.append(Problem("find", "not_one", text, {"value": typed[:80], "count": str(len(options))}))
    if required and found == ids and not problems:
        problems.append(Problem("find", "nobody", N_("Chưa chọn ai để thêm. Hãy tìm theo tên hoặc dán số hiệu.")))
    return list(dict.fromkeys(found)), problems


def _preview(kind: Kind, form: Any, ids: Sequence[int]) -> Preview:
    given = proposing.given(kind, form, ids)
    return submissions.preview(actor(), kind.code, ids, given.values, form.effective_on.data, own=given.own)


def _preview_places(preview: Preview | None) -> Mapping[int, str]:
    parts = preview.parts if preview else ()
    return agencies.names(
        {i for part in parts for i in (part.parties.proposing, part.parties.appraising, part.parties.signing) if i}
    )


def _create(kind: Kind, form: Any, ids: Sequence[int]) -> ResponseReturnValue:
    given = proposing.given(kind, form, ids)
    with transaction():
        made = submissions.propose(
            actor(), kind.code, ids, given.values, form.effective_on.data,
            bool(form.one_paper.data) if "one_paper" in form else False, form.title.data or "", own=given.own,
            note=form.note.data or "",
        )  # fmt: skip
    if len(made) == 1:
        flash(_("Đã lập dự thảo. Hãy xem bảng rà soát rồi trình."), "ok")
        return redirect(url_for("submissions.show", submission_id=made[0].id), 303)
    flash(_("Đã lập %(count)s dự thảo, mỗi người ký một hồ sơ.", count=len(made)), "ok")
    return redirect(url_for("submissions.desk"), 303)


# One submission


@blueprint.route("/decisions/submissions/<int:submission_id>", access=queries.TAKING_PART)
def show(submission_id: int) -> ResponseReturnValue:
    """Show a submission: where it is, its checking sheet, its people, and what the reader may do."""
    return page_of(queries.get_submission(actor(), submission_id))


@blueprint.route("/decisions/submissions/<int:submission_id>/edit", access=Propose, methods=["GET", "POST"])
def edit(submission_id: int) -> ResponseReturnValue:
    """Change what a draft proposes."""
    submission = queries.get_submission(actor(), submission_id, Propose)
    kind = kinds.get(submission.kind)
    if kind is None:
        abort(404)
    lines = queries.list_lines(submission.id, states=submissions.OPEN)
    ids = [line.person_id for line in lines]
    form = proposing.make(
        kind, ids, values=submission.values, own={line.person_id: line.values for line in lines},
        data={
            "title": submission.title, "effective_on": submission.effective_on, "one_paper": submission.one_paper,
            "note": submission.note, "version": submission.version,
        },
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _save(submission, kind, form, ids)
            except (Refused, Stale) as error:
                status = error.status
                proposing.take(form, error.problems)
    return render_template(
        "decisions/submissions/edit.html",
        submission=submission,
        kind=kind,
        form=form,
        people=[
            {"person_id": line.person_id, "name": line.person_name, "staff_code": line.staff_code} for line in lines
        ],
        own_fields=[one for one in kind.fields if one.per_person],
        list_fields=[proposing.field_name(one.name) for one in kind.fields if not one.per_person],
        field_name=proposing.field_name,
        crumbs=[
            (_("Hồ sơ trình"), url_for("submissions.index")),
            (submission.title, url_for("submissions.show", submission_id=submission.id)),
        ],
    ), status


def _save(submission: Submission, kind: Kind, form: Any, ids: Sequence[int]) -> ResponseReturnValue:
    given = proposing.given(kind, form, ids)
    version = str(form.version.data or "")
    with transaction():
        submissions.edit(
            actor(), submission.id, version=int(version) if version.isascii() and version.isdigit() else None,
            values=given.values, own=given.own, effective_on=form.effective_on.data,
            one_paper=bool(form.one_paper.data) if "one_paper" in form else None, title=form.title.data or "",
            note=form.note.data or "",
        )  # fmt: skip
    flash(_("Đã sửa dự thảo."), "ok")
    return redirect(url_for("submissions.show", submission_id=submission.id), 303)


@blueprint.route("/decisions/submissions/<int:submission_id>/sheet.xlsx", access=queries.TAKING_PART)
def export(submission_id: int) -> ResponseReturnValue:
    """Give the checking sheet as a workbook: a row for each person and condition."""
    submission = queries.get_submission(actor(), submission_id)
    lines = queries.list_lines(submission.id)
    with transaction():
        audit.record(
            actor(), "submission.exported", "submission", submission.id, scope_ids=submission.party_ids,
            agency_id=submission.proposing_agency_id, after={"title": submission.title, "people": len(lines)},
        )  # fmt: skip
        audit.mark_read(actor(), "submissions.sheet", len(lines))
    headers = (
        _("Số thứ tự"), _("Họ và tên"), _("Số hiệu"), _("Điều kiện"), _("Kết quả"), _("Hồ sơ cho biết"), _("Căn cứ"),
        _("Bắt buộc"), _("Ai bổ sung"), _("Thay đổi"),
    )  # fmt: skip
    rows, at = [], agencies.scope_ids_of([submission.proposing_agency_id])
    for line in lines:
        changes = "; ".join(f"{render(c['label'])}: {c['old'] or '—'} → {c['new'] or '—'}" for c in line.changes)
        for told in (telling.tell(sheet.condition_of(one), actor(), at) for one in line.conditions):
            needed = _("có") if told.blocking else _("không")
            rows.append(
                (line.place, line.person_name, line.staff_code, told.text, told.outcome_words, told.found, told.source,
                 needed, told.supplier, changes)
            )  # fmt: skip
    made = workbook.in_memory(_("Bảng rà soát"), headers, rows, widths=(8, 26, 14, 44, 12, 40, 30, 10, 22, 50))
    return send_file(made, as_attachment=True, download_name=f"bang-ra-soat-{submission.id}.xlsx")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
