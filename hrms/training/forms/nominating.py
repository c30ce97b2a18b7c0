"""The form of a nomination: a note, and what no record holds of postgraduate study."""

from __future__ import annotations

from typing import Any

from hrms.core.forms import Form, NumberField, RadioField, TextAreaField
from hrms.core.i18n import _, _l


class NominateForm(Form):
    """What goes with the people picked, who are written by hand beside it."""

    note = TextAreaField(_l("Lý do cử, ghi chú"), longest=1000)
    commitment_months = NumberField(
        _l("Số tháng cam kết phục vụ"), whole=True, least=1, most=600, render_kw={"width": "s"}
    )
    field_fits = RadioField(_l("Ngành học phù hợp vị trí việc làm"), choices=[])
    first = RadioField(_l("Cử đi đào tạo sau đại học lần đầu"), choices=[])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.field_fits.choices = [("", _("chưa xác nhận")), ("yes", _("phù hợp")), ("no", _("không phù hợp"))]
        self.first.choices = [("", _("lần đầu")), ("no", _("không phải lần đầu"))]
