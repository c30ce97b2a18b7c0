"""Forms about what was learnt elsewhere: the report, the review, an old result, a reversal."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from typing import Any

from hrms.core import clock, files
from hrms.core.errors import NotFound
from hrms.core.forms import (
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    UploadField,
)
from hrms.core.i18n import _, _l, render
from hrms.training.queries import courses
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS


class _Learnt(Form):
    course_id = ComboField(
        _l("Chương trình trong danh mục"), description=_l("Gõ vài chữ của tên. Không có trong danh mục thì bỏ trống.")
    )
    title = TextField(_l("Tên khóa học"), longest=500, description=_l("Bỏ trống khi đã chọn chương trình."))
    kind = SelectField(_l("Nội dung"), [Required()], choices=[])
    form = SelectField(_l("Hình thức học"), [Required()], choices=[], render_kw={"width": "m"})
    hours = NumberField(_l("Số tiết"), [Required()], least=0, most=5000, render_kw={"width": "s"})


class EvidenceForm(_Learnt):
    """A report of something learnt or taught elsewhere, with its proof."""

    version = HiddenField()
    provider = TextField(_l("Nơi tổ chức"), longest=300)
    started_on = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    ended_on = DateField(_l("Đến ngày"), [Required()], render_kw={"width": "s"})
    certificate_number = TextField(_l("Số chứng chỉ, giấy chứng nhận, quyết định"), longest=100)
    proof = UploadField(_l("Tệp minh chứng"), accepted=files.PROOFS)
    note = TextAreaField(_l("Ghi chú"), longest=2000)


class OldResultForm(_Learnt):
    """A result from before the system."""

    earned_on = DateField(_l("Ngày hoàn thành"), [Required()], render_kw={"width": "s"})
    proof = TextField(_l("Số chứng chỉ, giấy chứng nhận, quyết định"), [Required()], longest=200)


class ReviewForm(Form):
    """What the reviewer decides; `do` is accept, return or refuse."""

    version = HiddenField()
    hours = NumberField(_l("Số tiết công nhận"), least=0, most=5000, render_kw={"width": "s"})
    remarks = TextAreaField(
        _l("Ý kiến"), longest=2000,
        description=_l("Bắt buộc khi trả lại, không công nhận, hoặc công nhận ít hơn số tiết theo quy định."),
    )  # fmt: skip


class ReasonForm(Form):
    """Why something written is taken back."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000)


def set_choices(form: Any, source: str) -> None:
    """Give a form its lists in the reader's language; `source` answers the search for a course."""
    form.kind.choices = [
        ("", _("— chọn —")),
        *((one.value, render(words)) for one, words in COURSE_KIND_LABELS.items()),
    ]
    form.form.choices = [("", _("— chọn —")), *((one.value, render(words)) for one, words in FORM_LABELS.items())]
    form.course_id.configure(source=source, label_of=_course_name, find=_find_courses)


def _course_name(value: str) -> str | None:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return None
    try:
        return courses.get_course(int(value)).name
    except NotFound:
        return None


def _find_courses(words: str) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in courses.list_choices(words, clock.today())]
