"""Forms about one person's seats: an assignment on paper, its end, a judged competency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hrms.core.forms import (
    ComboField,
    DateField,
    Form,
    HiddenField,
    Required,
    SelectField,
    TextAreaField,
)
from hrms.core.i18n import _, _l, render
from hrms.positions.rules.kinds import ROLE_LABELS

GRADES = ("1", "2", "3", "4", "5")


def assignment_form(base: Sequence[type[Any]], *, correcting: bool = False) -> type[Any]:
    """Return the form of an assignment that a paper of the register carries; `base` are the mixins for the paper."""
    fields: dict[str, Any] = {
        "version": HiddenField(),
        "line_id": ComboField(_l("Vị trí việc làm"), [Required()]),
        "role": SelectField(_l("Hình thức bố trí"), [Required()], choices=[]),
        "career_grade": SelectField(
            _l("Bậc nghề nghiệp"),
            choices=[],
            description=_l("Viên chức; công chức để trống."),
            render_kw={"width": "s"},
        ),
        "valid_from": DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"}),
        "last_day": DateField(
            _l("Đến hết ngày"),
            description=_l("Bỏ trống khi chưa biết ngày kết thúc; giao quyền, phụ trách phải ghi."),
            render_kw={"width": "s"},
        ),
    }
    if correcting:
        fields["why"] = TextAreaField(_l("Lý do đính chính"), [Required()], longest=1000)
    return type("AssignmentForm", (*base, Form), fields)


def set_choices(form: Any) -> None:
    """Give an assignment form its closed lists in the reader's language."""
    form.role.choices = [(role.value, render(words)) for role, words in ROLE_LABELS.items()]
    form.career_grade.choices = [("", _("— không có —")), *((one, one) for one in GRADES)]


class AssessForm(Form):
    """The level of a competency as somebody judged it."""

    competency = SelectField(_l("Năng lực"), [Required()], choices=[])
    level = SelectField(_l("Cấp độ"), [Required()], choices=[], render_kw={"width": "s"})
    assessed_on = DateField(_l("Ngày đánh giá"), [Required()], render_kw={"width": "s"})
    note = TextAreaField(_l("Căn cứ, minh chứng"), longest=1000)
