"""Who decides for this person: the row of the decentralisation table that holds, and the agencies it means."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form as AnyForm

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.forms import ComboField, DateField, SelectField
from hrms.core.i18n import _, _l, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.decisions.kinds import Subject
from hrms.decisions.queries import powers
from hrms.decisions.rules.powers import POST_GROUP_LABELS, PostGroup
from hrms.people.kinds.subjects import gather
from hrms.people.queries import finding
from hrms.people.routes.base import blueprint


class WhoDecidesForm(AnyForm):  # type: ignore[misc] # the package has no types
    """A person, an action, a day; the post where an appointment gives another."""

    person = ComboField(_l("Người"), description=_l("Gõ họ tên hoặc số hiệu."))
    action = SelectField(_l("Việc"), choices=[])
    post_group = SelectField(
        _l("Nhóm chức vụ"), choices=[], description=_l("Với bổ nhiệm: chức vụ sẽ được bổ nhiệm, không phải đang giữ.")
    )
    on = DateField(_l("Ngày hiệu lực"), render_kw={"width": "s"})


def _subject(form: WhoDecidesForm) -> Subject | None:
    given = str(form.person.data or "")
    if not (given.isdecimal() and len(given) < 19):
        return None
    return gather([int(given)], form.on.data or clock.today()).get(int(given))


@blueprint.route("/decisions/powers/who", access=Permission.PEOPLE_VIEW)
def who_decides() -> ResponseReturnValue:
    """Answer for one person and one action: the row, the parties, why; or that no row fits, and what to do."""
    asked = any(request.args.get(name) for name in ("person", "person-text", "action"))
    form = WhoDecidesForm(request.args if asked else None, data={"on": clock.today()})
    form.action.choices = [("", _("Chọn việc")), *((c, render(w)) for c, w in powers.action_codes().items())]
    form.post_group.choices = [("", _("theo hồ sơ")), *((g.value, render(w)) for g, w in POST_GROUP_LABELS.items())]

    def name_of(value: str) -> str | None:
        found = gather([int(value)], clock.today()) if value.isdecimal() and len(value) < 19 else {}
        return next((one.name for one in found.values()), None)

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one["value"]), one["label"]) for one in finding.list_choices(actor(), words)["items"]]

    form.person.configure(source=url_for("people.choices"), label_of=name_of, find=find)
    answer = subject = None
    names: dict[int, str] = {}
    if asked and form.validate() and form.action.data and (subject := _subject(form)) is not None:
        case = powers.case_of(subject, form.action.data, form.on.data or clock.today())
        if form.post_group.data:
            case = replace(case, post_group=PostGroup(form.post_group.data))
        answer = powers.parties_for({subject.person_id: case}, {subject.person_id: subject.name})[subject.person_id]
        names = agencies.names({i for i in (answer.proposing_id, answer.appraising_id, answer.signing_id) if i})
    return render_template(
        "people/who_decides.html", form=form, asked=asked, subject=subject, answer=answer, names=names,
        incomplete=asked and answer is None, action=render(powers.action_words(form.action.data)),
        crumbs=[(_("Quyết định"), url_for("decisions.index")), (_("Phân cấp"), url_for("decisions.powers"))],
    ), 422 if form.errors else 200  # fmt: skip
