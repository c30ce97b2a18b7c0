"""Pages of trying: ask the law about facts one types in; no record is read unless asked for, and none is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import marshmallow as ma
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FieldList, FormField

from hrms.core.actor import missing
from hrms.core.i18n import _, render
from hrms.core.rules import N_, Reason
from hrms.core.schema_problems import problems_of
from hrms.core.web import SIGNED_IN, actor
from hrms.pay.answering import Answer, UnanswerableError
from hrms.pay.forms.trying import QUESTIONS, Question
from hrms.pay.forms.trying.asking import FactsForm, with_row
from hrms.pay.queries.of_person import Known, known_of
from hrms.pay.routes.base import blueprint
from hrms.pay.rules.allowances import LABELS as ALLOWANCES
from hrms.pay.rules.insurance import LABELS as INSURANCES
from hrms.pay.rules.monthly import BEYOND_SCALE, LEADERSHIP, RESERVED, SALARY
from hrms.performance.rules.classes import CLASS_LABELS

_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
LINES: dict[str, str] = {
    SALARY: N_("Lương theo ngạch, bậc"), BEYOND_SCALE: N_("Thâm niên vượt khung"), LEADERSHIP: N_("Phụ cấp chức vụ"),
    RESERVED: N_("Chênh lệch bảo lưu"), **{one.value: words for one, words in ALLOWANCES.items()},
    **{one.value: words for one, words in INSURANCES.items()},
}  # fmt: skip


@blueprint.route("/pay/try", access=SIGNED_IN)
def try_index() -> ResponseReturnValue:
    """Show the questions that can be tried."""
    return render_template("pay/try/index.html", questions=list(QUESTIONS.values()), known=_known(None))


@blueprint.route("/pay/try/<question>", access=SIGNED_IN, methods=["GET", "POST"])
def try_question(question: str) -> ResponseReturnValue:
    """Show the form of a question and, once sent, the answer with its steps."""
    asked = QUESTIONS.get(question)
    if asked is None:
        raise missing("question")
    known, answer, facts, status = _known(asked), None, None, 200
    if request.method == "GET":
        form = asked.form(formdata=None, data=asked.form.data_of(known.facts) if known else {})
        form.offer_all()
    else:
        more = with_row(request.form)
        form = asked.form(formdata=request.form if more is None else more)
        form.offer_all()
        if more is None:
            facts, answer = _answer(asked, form)
            status = 200 if answer else 422
    if answer is None:
        _begin(form, asked)
    page = render_template(
        "pay/try/question.html",
        asked=asked,
        form=form,
        known=known,
        answer=answer,
        reasons=_told(answer.reasons) if answer else (),
        given=facts or {},
        facts=json.dumps(facts, ensure_ascii=False, indent=1) if answer else "",
        line_words={code: render(words) for code, words in LINES.items()},
        class_words={one.value: render(words) for one, words in CLASS_LABELS.items()},
        names=_names(facts or {}),
        crumbs=[(_("Tính thử theo luật"), url_for("pay.try_index"))],
    )
    return page, status


def _answer(asked: Question, form: FactsForm) -> tuple[dict[str, Any], Answer | None]:
    """Return the facts as typed and their answer; None where something is wrong, which the form then says."""
    if not form.validate():
        return {}, None
    facts = form.facts()
    try:
        return facts, asked.ask(asked.schema().load(facts))
    except ma.ValidationError as error:
        form.place(problems_of(error.messages_dict, facts))
    except UnanswerableError as error:
        form.place(error.problems)
    return facts, None


def _told(reasons: Sequence[Reason]) -> list[Reason]:
    """Return steps for people: a figure that is a code of the catalogue (`half_up`) is in the sentence in words."""
    return [replace(one, figure="") if _CODE.fullmatch(one.figure) else one for one in reasons]


def _begin(form: FactsForm, asked: Question) -> None:
    """Offer an empty row in each list that has none."""
    for path in asked.rows:
        rows: Any = form
        for name in path.split("-"):
            inside = rows.form if isinstance(rows, FormField) else rows
            rows = inside[name]
        if isinstance(rows, FieldList) and not rows.entries:
            rows.append_entry().form.offer_all()


def _known(asked: Question | None) -> Known | None:
    """Return whom the address names and what their record says of the question; None when it names nobody."""
    given = request.args.get("person", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        return None
    return known_of(actor(), int(given), asked.name if asked else None)


def _names(facts: dict[str, Any]) -> dict[str, str]:
    """Return the class of each person of a list by their id, for the table of shares."""
    return {str(one.get("id", "")): str(one.get("class", "")) for one in facts.get("people", ())}
