"""Forms of what follows a class: the petition, its answer, a flag settled, the answer of the national database."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from functools import cache
from typing import Any

from hrms.core import hooks
from hrms.core.forms import FileField, Form, HiddenField, Required, SelectField, TextAreaField
from hrms.core.i18n import _, _l, render
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.outcomes import NOTE_LENGTH, TEXT_LENGTH

CLASSES = (RatingClass.EXCELLENT, RatingClass.GOOD, RatingClass.SATISFACTORY, RatingClass.UNSATISFACTORY)


def _classes(empty: str, but: str | None) -> list[tuple[str, str]]:
    return [("", empty), *((one.value, render(CLASS_LABELS[one])) for one in CLASSES if one.value != but)]


class PetitionForm(Form):
    """What a person has against their class."""

    wanted = SelectField(_l("Mức đề nghị"), choices=[], render_kw={"width": "m"})
    text = TextAreaField(
        _l("Nội dung kiến nghị"), [Required()], longest=TEXT_LENGTH,
        description=_l("Điểm nào chưa đúng, vì sao, tài liệu nào chứng minh. Người trả lời và tổ chức cán bộ đọc."),
    )  # fmt: skip

    def prepare(self, now: str | None) -> None:
        """Offer the classes but the one there is."""
        self.wanted.choices = _classes(_("— không nêu mức —"), now)


class RejectForm(Form):
    """Why the class stays."""

    answer = TextAreaField(
        _l("Lý do giữ nguyên kết quả"), [Required()], longest=TEXT_LENGTH,
        description=_l("Trả lời từng điểm kiến nghị; in trong văn bản trả lời."),
    )  # fmt: skip
    version = HiddenField()


class AcceptForm(Form):
    """The class that a signed decision gives in place of the old one."""

    new_class = SelectField(_l("Mức xếp loại mới"), [Required()], choices=[], render_kw={"width": "m"})
    answer = TextAreaField(_l("Nội dung trả lời"), [Required()], longest=TEXT_LENGTH)
    version = HiddenField()

    def prepare(self, now: str | None) -> None:
        """Offer the classes but the one there is."""
        self.new_class.choices = _classes(_("— chọn —"), now)


class SettleForm(Form):
    """What was done about money that rests on a class which was changed."""

    note = TextAreaField(
        _l("Kết quả rà soát"), [Required()], longest=NOTE_LENGTH,
        description=_l("Số tiền truy lĩnh hoặc thu hồi, kỳ nâng bậc đã tính lại, hoặc lý do giữ nguyên."),
    )  # fmt: skip
    version = HiddenField()


class AnswerFileForm(Form):
    """What the national database answered."""

    file = FileField(
        _l("Tệp trả lời"), render_kw={"accept": ".json,.csv"},
        description=_l("Tệp .json hoặc .csv; mỗi dòng gồm mã, confirmed (đã nhận) hoặc refused (từ chối), lý do."),
    )  # fmt: skip


@cache
def _combined(form: Any, fields: Any) -> type[Any]:
    return type(f"{form.__name__}WithPaper", (fields, form), {})


def with_paper(form: Any) -> type[Any]:
    """Return the form with the fields of the register's chooser."""
    fields: Any = hooks.papers[0].fields
    return _combined(form, fields)
