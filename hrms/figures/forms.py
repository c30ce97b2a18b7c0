"""The form of one setting: made for what the setting takes, a whole number within bounds or a code."""

from __future__ import annotations

from collections.abc import Sequence

from hrms.core.forms import (
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.settings import Known
from hrms.figures.rules import HOLIDAY_LABELS, MARK_LABELS


def setting_form(known: Known, codes: Sequence[tuple[str, str]]) -> type[Form]:
    """Return the form of a setting; its fields are `value`, `reason` and the hidden `version`."""

    class SettingForm(Form):
        if codes:
            value = SelectField(_l("Giá trị"), [Required()], choices=list(codes))
        else:
            value = NumberField(
                _l("Giá trị"), [Required()], whole=True, render_kw={"width": "s"},
                description=_("%(unit)s; từ %(least)s đến %(most)s", unit=render(known.unit), least=known.least,
                              most=known.most),
            )  # fmt: skip
        reason = TextAreaField(
            _l("Lý do"), [Required()], longest=500, description=_l("Ví dụ số, ngày văn bản của tỉnh quy định mức này.")
        )
        version = HiddenField()

    return SettingForm


class HolidayForm(Form):
    """One day of the table of holidays, or several that follow each other."""

    day = DateField(_l("Ngày"), [Required()], render_kw={"width": "s"})
    until = DateField(_l("Đến hết ngày"), render_kw={"width": "s"}, description=_l("Bỏ trống: chỉ một ngày."))
    kind = SelectField(_l("Loại"), [Required()], choices=[])
    name_vi = TextField(_l("Tên"), [Required()], longest=100)
    name_en = TextField(_l("Tiếng Anh"), longest=100)
    source = TextField(
        _l("Nguồn"), [Required()], longest=200, description=_l("Số, ngày văn bản cho nghỉ hoặc hoán đổi ngày làm việc.")
    )
    mark = SelectField(_l("Độ chắc chắn"), [Required()], choices=[])
    reason = TextAreaField(_l("Lý do"), [Required()], longest=500)
    version = HiddenField()

    def offer(self) -> HolidayForm:
        """Fill the choices in the reader's language; returns the form."""
        self.kind.choices = [(kind, render(words)) for kind, words in HOLIDAY_LABELS.items()]
        # A day off is law: it stands in a text, is remembered or is doubted; secondary material is not asked for.
        self.mark.choices = [(mark, render(MARK_LABELS[mark])) for mark in ("C", "K", "U")]
        return self
