"""The forms of the table of decentralisation."""

from __future__ import annotations

from wtforms import Form as AnyForm

from hrms.core.forms import ComboField, DateField, Form, HiddenField, Required, SelectField, TextAreaField, TextField
from hrms.core.i18n import _l


class PowerForm(Form):
    """A row of the table of decentralisation: for which cases, who proposes, appraises and signs, since when."""

    version = HiddenField()
    action = SelectField(_l("Việc"), choices=[], description=_l("Để trống là mọi việc."))
    post_group = SelectField(_l("Nhóm chức vụ"), choices=[], description=_l("Chức vụ đang giữ, hoặc được bổ nhiệm."))
    person_kind = SelectField(_l("Loại nhân sự"), choices=[])
    rank_code = TextField(
        _l("Mã ngạch, chức danh"), longest=20, description=_l("Ví dụ 01.003"), render_kw={"width": "s"}
    )
    managing_kind = SelectField(_l("Loại cơ quan quản lý"), choices=[])
    using_kind = SelectField(_l("Loại cơ quan sử dụng"), choices=[])
    managing_agency_id = ComboField(
        _l("Riêng người do cơ quan này quản lý"), description=_l("Dòng riêng của một cơ quan đứng trước mọi dòng khác.")
    )
    proposes = SelectField(_l("Trình"), [Required()], choices=[])
    appraises = SelectField(_l("Thẩm định"), choices=[], description=_l("Để trống là trình thẳng người ký."))
    signs = SelectField(_l("Ký"), [Required()], choices=[])
    start = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    last_day = DateField(_l("Đến hết ngày"), description=_l("Bỏ trống là chưa định."), render_kw={"width": "s"})
    source = TextField(
        _l("Căn cứ"), [Required()], longest=300, description=_l("Ví dụ: Quyết định 15/2026/QĐ-UBND về phân cấp")
    )
    note = TextAreaField(_l("Ghi chú"), longest=500)


class EndPowerForm(Form):
    """The last day a row holds."""

    version = HiddenField()
    last_day = DateField(_l("Đến hết ngày"), [Required()], render_kw={"width": "s"})


class PowersFilterForm(AnyForm):  # type: ignore[misc] # the package has no types
    """What the table is narrowed to, in the address."""

    action = SelectField(_l("Việc"), choices=[])
    all = SelectField(_l("Hiệu lực"), choices=[])
