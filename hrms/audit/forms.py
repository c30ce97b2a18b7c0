"""The conditions of the trail's page, in the address."""

from __future__ import annotations

from wtforms import Form as AnyForm

from hrms.core.forms import DateField, SelectField, TextField
from hrms.core.i18n import _l


class FilterForm(AnyForm):  # type: ignore[misc] # the package has no types
    """Who, what, of which kind of record, where, when, in which request."""

    actor = TextField(_l("Người thực hiện"), longest=100)
    action = SelectField(_l("Việc"), choices=[])
    entity = SelectField(_l("Loại dữ liệu"), choices=[])
    person = TextField(_l("Mã hồ sơ"), render_kw={"width": "s", "inputmode": "numeric"})
    day_from = DateField(_l("Từ ngày"), render_kw={"width": "s"})
    day_to = DateField(_l("Đến hết ngày"), render_kw={"width": "s"})
    request_id = TextField(_l("Mã yêu cầu"), longest=64)
