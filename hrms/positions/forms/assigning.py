"""The form that puts somebody into a seat: who, how, from when; then what was found of the fit."""

from __future__ import annotations

from hrms.core.forms import ComboField, DateField, Form, Required, SelectField, TextField
from hrms.core.i18n import _l


class SeatForm(Form):
    """Who is to sit in the line, how, from which day; it stands in the address, so it can be looked at again."""

    person = ComboField(_l("Người được bố trí"), [Required()])
    role = SelectField(_l("Hình thức bố trí"), [Required()], choices=[], render_kw={"width": "m"})
    effective_on = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    until = DateField(
        _l("Đến hết ngày"),
        description=_l("Chỉ cho kiêm nhiệm, phụ trách, biệt phái"),
        render_kw={"width": "s"},
    )
    base_position = ComboField(_l("Vị trí chuyên môn gắn với vị trí quản lý"))
    career_grade = SelectField(_l("Bậc nghề nghiệp"), choices=[], render_kw={"width": "s"})


class ConfirmForm(Form):
    """What whoever proposes confirms before it goes up."""

    fit = SelectField(_l("Kết quả so với khung năng lực"), [Required()], choices=[], render_kw={"width": "m"})
    fit_note = TextField(
        _l("Căn cứ của kết quả"),
        longest=500,
        description=_l("Bắt buộc khi xác nhận cao hơn so sánh với hồ sơ"),
    )
