"""The form of an upload."""

from __future__ import annotations

from hrms.core.forms import FileField, Form, Required
from hrms.core.i18n import _l


class UploadForm(Form):
    """A template's file."""

    file = FileField(
        _l("Tệp mẫu"),
        [Required(_l("Chưa chọn tệp. Hãy chọn tệp .typ hoặc .docx."))],
        description=_l("Tệp .typ để in PDF, tệp .docx để in Word; không quá 2 MB. Chỉ được dùng sau khi in thử được."),
        render_kw={"accept": ".typ,.docx"},
    )
