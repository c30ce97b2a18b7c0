"""The form of the photograph."""

from __future__ import annotations

from hrms.core.files import PHOTOS
from hrms.core.forms import Form, Required, UploadField
from hrms.core.i18n import _l


class PhotoForm(Form):
    """One picture."""

    photo = UploadField(
        _l("Chọn ảnh"), [Required(_l("Chưa chọn ảnh. Hãy chọn một tệp JPEG hoặc PNG."))], accepted=PHOTOS
    )
