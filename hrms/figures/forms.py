"""The form of one setting: made for what the setting takes, a whole number within bounds or a code."""

from __future__ import annotations

from collections.abc import Sequence

from hrms.core.forms import Form, HiddenField, NumberField, Required, SelectField, TextAreaField
from hrms.core.i18n import _, _l, render
from hrms.core.settings import Known


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
