"""Forms of leaving: whose cases to gather, a case put right, paid, dropped; a list for social insurance."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
)
from hrms.core.i18n import _l, render
from hrms.pay.rules.severing import LEAVING_LABELS
from hrms.pay.services.severance import NOTE_LENGTH

MOST_MONTHS = 720
MOST_DONG = 10**15 - 1


class GatherForm(Form):
    """The agency whose cases are gathered."""

    agency = ComboField(_l("Cơ quan, đơn vị"), [Required()])


class PutRightForm(Form):
    """What the record does not say of a case."""

    leaving_case = SelectField(_l("Lý do thôi việc"), [Required()], choices=[], render_kw={"width": "m"})
    worked_months = NumberField(
        _l("Số tháng làm việc"), [Required()], whole=True, least=0, most=MOST_MONTHS, render_kw={"width": "s"},
        description=_l("Tính đủ tháng, từ khi tuyển dụng đến ngày thôi việc."),
    )  # fmt: skip
    insured_months = NumberField(
        _l("Trong đó đã đóng bảo hiểm thất nghiệp"), [Required()], whole=True, least=0, most=MOST_MONTHS,
        render_kw={"width": "s"}, description=_l("Theo sổ bảo hiểm xã hội; số tháng này được trừ ra."),
    )  # fmt: skip
    amount = NumberField(
        _l("Số tiền cơ quan đã tính (đồng)"), whole=True, least=0, most=MOST_DONG, render_kw={"width": "m"},
        description=_l("Chỉ khi trợ cấp theo pháp luật về lao động hoặc quy định trước 01/7/2025."),
    )  # fmt: skip
    note = TextAreaField(
        _l("Lý do sửa, căn cứ"), [Required()], longest=NOTE_LENGTH,
        description=_l("Trường hợp đã sửa tay không được tổng hợp lại từ hồ sơ nữa."),
    )  # fmt: skip
    version = HiddenField()

    def offer(self) -> None:
        """Fill in the cases."""
        self.leaving_case.choices = [(code, render(words)) for code, words in LEAVING_LABELS.items()]


class PayForm(Form):
    """That a severance was paid."""

    paid_on = DateField(_l("Ngày chi"), [Required()], render_kw={"width": "s"})
    settled = BooleanField(_l("Tiền, tài sản thuộc trách nhiệm cá nhân đã thanh toán xong"))
    version = HiddenField()


class DropForm(Form):
    """Why a case is none."""

    note = TextAreaField(_l("Lý do bỏ"), [Required()], longest=NOTE_LENGTH)
    version = HiddenField()


class ReportForm(Form):
    """The agency and the month of a list for social insurance."""

    agency = ComboField(_l("Cơ quan, đơn vị"), [Required()])
    month = SelectField(_l("Tháng"), [Required()], choices=[], render_kw={"width": "s"})
    below = BooleanField(
        _l("Mọi cơ quan trả lương ở đây và bên dưới"), description=_l("Chạy nền; danh sách đã gửi giữ nguyên.")
    )


class SentForm(Form):
    """When a list was sent."""

    sent_on = DateField(_l("Ngày gửi"), [Required()], render_kw={"width": "s"})
    note = TextAreaField(_l("Số hồ sơ, ghi chú"), longest=NOTE_LENGTH)
    version = HiddenField()
