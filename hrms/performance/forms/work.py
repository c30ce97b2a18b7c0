"""Forms of work: a product given or proposed, what its owner reports, a finding, a take-over, a reason."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

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
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.performance.rules.work import (
    FACTOR_MOST,
    FINDING_LABELS,
    ITEM_KIND_LABELS,
    QUANTITY_MOST,
    REPORTED_LABELS,
    TEXT_LENGTH,
    TITLE_LENGTH,
    FindingKind,
    ItemKind,
    Reported,
)
from hrms.performance.services.assigning import Line

GIVEN_KINDS = (ItemKind.ASSIGNED, ItemKind.AD_HOC)
"""Kinds that are chosen; what is taken over is written from another's product."""


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds one may choose, in the reader's language."""
    return [(one.value, render(ITEM_KIND_LABELS[one])) for one in GIVEN_KINDS]


class _Amounts(Form):
    quantity = NumberField(
        _l("Số lượng"), [Required()], least=Decimal("0.01"), most=QUANTITY_MOST, places=2, render_kw={"width": "s"}
    )
    factor = NumberField(
        _l("Hệ số quy đổi"), least=Decimal("0.0001"), most=FACTOR_MOST, places=4, render_kw={"width": "s"},
        description=_l("Số đơn vị chuẩn của một sản phẩm. Sản phẩm trong danh mục có sẵn hệ số."),
    )  # fmt: skip
    kind = SelectField(_l("Loại giao"), [Required()], choices=[], render_kw={"width": "m"})
    due_on = DateField(_l("Hạn"), render_kw={"width": "s"})


class WorkForm(_Amounts):
    """A product for one sheet: from the catalogue, or in words with its own factor."""

    product = ComboField(
        _l("Sản phẩm trong danh mục"), description=_l("Gõ vài chữ hoặc mã. Việc ngoài danh mục thì bỏ trống.")
    )
    title = TextField(
        _l("Tên sản phẩm, công việc"), longest=TITLE_LENGTH, description=_l("Khi không có trong danh mục.")
    )
    output = TextField(_l("Kết quả đầu ra"), longest=TITLE_LENGTH)
    objective = SelectField(_l("Thuộc mục tiêu"), choices=[])

    def set_choices(self, objectives: Sequence[tuple[int, str]]) -> None:
        """Give the form its lists in the reader's language."""
        self.kind.choices = kind_choices()
        self.objective.choices = [("", _("— không —")), *((str(one), words) for one, words in objectives)]

    def line(self) -> Line:
        """Return what was typed."""
        product = int(self.product.data) if self.product.data else None
        return Line(
            quantity=self.quantity.data if self.quantity.data is not None else Decimal(0),
            product_id=product, objective_id=int(self.objective.data) if self.objective.data else None,
            title=self.title.data or "", output=self.output.data or None, factor=self.factor.data,
            kind=ItemKind(self.kind.data), due_on=self.due_on.data,
        )  # fmt: skip


class AcceptForm(_Amounts):
    """The figures a proposal is accepted with."""

    version = HiddenField()


class ReportForm(Form):
    """What the owner of a product says."""

    version = HiddenField()
    reported = SelectField(_l("Kết quả"), [Required()], choices=[], render_kw={"width": "m"})
    progress = NumberField(_l("Tiến độ (%)"), whole=True, least=0, most=100, render_kw={"width": "s"})
    evidence = TextAreaField(
        _l("Kết quả, minh chứng"), longest=TEXT_LENGTH,
        description=_l("Số văn bản, đường dẫn, nơi lưu. Báo không thực hiện được thì ghi lý do."),
    )  # fmt: skip

    def set_choices(self) -> None:
        """Give the form its list in the reader's language."""
        self.reported.choices = [(one.value, render(REPORTED_LABELS[one])) for one in Reported]


class FindingForm(Form):
    """A failed check or a lateness."""

    version = HiddenField()
    kind = SelectField(_l("Loại"), [Required()], choices=[], render_kw={"width": "m"})
    found_on = DateField(_l("Ngày phát hiện"), [Required()], render_kw={"width": "s"})
    cause = TextAreaField(_l("Nội dung, nguyên nhân"), [Required()], longest=TEXT_LENGTH)
    excused = BooleanField(_l("Do nguyên nhân khách quan: không trừ điểm"))

    def set_choices(self) -> None:
        """Give the form its list in the reader's language."""
        self.kind.choices = [(one.value, render(FINDING_LABELS[one])) for one in FindingKind]


class TakeOverForm(Form):
    """Who takes a product over, how much of it, and why."""

    to = SelectField(_l("Người nhận thay"), [Required()], choices=[])
    quantity = NumberField(
        _l("Số lượng nhận thay"), [Required()], least=Decimal("0.01"), most=QUANTITY_MOST, places=2,
        render_kw={"width": "s"},
    )  # fmt: skip
    due_on = DateField(_l("Hạn"), render_kw={"width": "s"})
    reason = TextAreaField(_l("Lý do"), [Required()], longest=TEXT_LENGTH)


class WorkReasonForm(Form):
    """Why a product is dropped, a proposal refused, a finding withdrawn."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do"), [Required()], longest=TEXT_LENGTH)


class AssignForm(Form):
    """What holds for everything given at once on the page of a period."""

    kind = SelectField(_l("Loại giao"), [Required()], choices=[], render_kw={"width": "m"})
    due_on = DateField(_l("Hạn chung"), render_kw={"width": "s"})

    def set_choices(self) -> None:
        """Give the form its list in the reader's language."""
        self.kind.choices = kind_choices()


def shown_factor(value: Any) -> Any:
    """Return a factor without the zeros that say nothing."""
    return None if value is None else Decimal(value).normalize() + 0
