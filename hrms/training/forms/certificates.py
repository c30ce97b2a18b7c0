"""Forms about certificates: issuing, taking back, issuing anew."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from hrms.core.forms import DateField, Form, NumberField, Required, SelectField, TextAreaField, TextField
from hrms.core.i18n import _l, render
from hrms.decisions.rules.powers import CAPACITY_LABELS
from hrms.training.services.certificates import LONGEST_NAME, LONGEST_REASON, Signature


class SigningForm(Form):
    """Who signs, where and when."""

    issued_on = DateField(_l("Ngày cấp"), [Required()], render_kw={"width": "s"})
    place = TextField(_l("Nơi cấp"), [Required()], longest=LONGEST_NAME, render_kw={"width": "m"})
    capacity = SelectField(_l("Thể thức ký"), choices=[])
    instead_of = TextField(
        _l("Ký thay, thừa lệnh ai"), longest=LONGEST_NAME, description=_l("Như Hiệu trưởng; người đứng đầu để trống."),
    )  # fmt: skip
    title = TextField(_l("Chức vụ người ký"), [Required()], longest=LONGEST_NAME)
    name = TextField(_l("Họ và tên người ký"), [Required()], longest=LONGEST_NAME)

    def offer(self) -> None:
        """Give the closed list in the reader's language."""
        self.capacity.choices = [(one.value, render(words)) for one, words in CAPACITY_LABELS.items()]

    def day(self) -> date:
        """Return the day of issue of a form that was filled in."""
        given: Any = self.issued_on.data
        return cast("date", given)

    def signature(self) -> Signature:
        """Return what was filled in."""
        return Signature(
            self.title.data or "", self.name.data or "", self.place.data or "", self.capacity.data or "",
            self.instead_of.data or "",
        )  # fmt: skip


class IssueForm(SigningForm):
    """Issuing to people of a class; who is chosen comes as boxes beside their names."""

    first = NumberField(
        _l("Số bắt đầu"), whole=True, least=1, most=999_999, render_kw={"width": "s"},
        description=_l("Chỉ hỏi khi mở sổ của năm: ghi số tiếp theo của sổ giấy."),
    )  # fmt: skip


class ReissueForm(SigningForm):
    """Issuing anew."""

    why = TextAreaField(_l("Lý do cấp lại"), [Required()], longest=LONGEST_REASON)
    """Named apart from the reason of the form beside it on the same page."""


class RevokeForm(Form):
    """Taking back."""

    reason = TextAreaField(_l("Lý do thu hồi"), [Required()], longest=LONGEST_REASON)


def filled(kind: type[SigningForm], **values: Any) -> Any:
    """Return a form of a kind with values to begin with, its lists offered."""
    form = kind(data=values)
    form.offer()
    return form
