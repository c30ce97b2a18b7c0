"""The forms of a month's pay, of arrears and of a severance."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hrms.core.forms import DateField, FieldList, FormField, Required, SelectField
from hrms.core.i18n import _, _l
from hrms.pay.forms.trying.asking import (
    AnswerField,
    CountField,
    FactsForm,
    MoneyField,
    MonthField,
    RatioField,
    choices,
)
from hrms.pay.rules.allowances import LABELS
from hrms.people.rules.kinds import KIND_LABELS
from hrms.people.rules.leaving import CASE_LABELS


class AllowanceForm(FactsForm):
    """One allowance."""

    code = SelectField(_l("Phụ cấp"), choices=[], render_kw={"width": "m"})
    coefficient = RatioField(_l("Hệ số"), most=20)
    percent = RatioField(_l("Phần trăm"), most=200)
    amount = MoneyField(_l("Số tiền (đồng)"), most=10**12 - 1)
    days = CountField(_l("Số ngày làm việc"), most=31)

    def offer(self) -> None:
        """Fill in the codes."""
        self.code.choices = choices(LABELS, "—")


class ReservedForm(FactsForm):
    """A reserved leadership coefficient."""

    coefficient = RatioField(_l("Hệ số bảo lưu"), most=20)
    until = DateField(_l("Ngày thôi hưởng"), render_kw={"width": "s"})


class SuspendedField(AnswerField):
    """A suspension of the whole month: none, not prosecuted, prosecuted."""


class MonthForm(FactsForm):
    """What decides a month."""

    folded: ClassVar[frozenset[str]] = frozenset({"reserved_leadership"})

    coefficient = RatioField(_l("Hệ số lương"), most=20)
    pay_percent = RatioField(_l("Tỷ lệ được hưởng (%)"), most=100, places=2)
    beyond_scale_percent = RatioField(_l("Thâm niên vượt khung (%)"), most=100, places=2)
    reserved = RatioField(_l("Chênh lệch bảo lưu (hệ số)"), most=20)
    leadership_coefficient = RatioField(_l("Phụ cấp chức vụ (hệ số)"), most=20)
    reserved_leadership = FormField(ReservedForm, label=_l("Phụ cấp chức vụ được bảo lưu"))
    suspended = SelectField(_l("Tạm đình chỉ công tác cả tháng"), choices=[], render_kw={"width": "m"})
    unemployment_insurance = AnswerField(_l("Bảo hiểm thất nghiệp"), choices=[], render_kw={"width": "m"})
    allowances = FieldList(FormField(AllowanceForm), label=_l("Phụ cấp"))

    def offer(self) -> None:
        """Fill in the choices."""
        self.suspended.choices = [
            ("", _("không")), ("no", _("có, không bị khởi tố")), ("yes", _("có, bị khởi tố")),
        ]  # fmt: skip
        self.unemployment_insurance.offer(_("theo loại nhân sự"), _("không đóng"), _("có đóng"))

    def facts(self) -> dict[str, Any]:
        """Return what is filled in; a suspension says whether there is a prosecution."""
        found = super().facts()
        if "suspended" in found:
            found["suspended"] = {"prosecuted": found["suspended"] == "yes"}
        return found

    @classmethod
    def prepared(cls, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return facts in the shape of the fields."""
        given = facts.get("suspended")
        return facts if given is None else {**facts, "suspended": "yes" if given.get("prosecuted") else "no"}


class PayForm(MonthForm):
    """A month's pay."""

    on = DateField(_l("Tính theo ngày"), render_kw={"width": "s"}, description=_l("Để trống: hôm nay."))
    kind = SelectField(_l("Loại nhân sự"), choices=[], render_kw={"width": "m"}, default="civil_servant")
    groups: ClassVar[Any] = (
        (_l("Ngày và người"), ("on", "kind")),
        (_l("Lương và phụ cấp chức vụ"),
         ("coefficient", "pay_percent", "beyond_scale_percent", "reserved", "leadership_coefficient",
          "reserved_leadership")),
        (_l("Phụ cấp khác"), ("allowances",)),
        (_l("Trường hợp riêng"), ("suspended", "unemployment_insurance")),
    )  # fmt: skip

    def offer(self) -> None:
        """Fill in the choices."""
        super().offer()
        self.kind.choices = choices(KIND_LABELS)


class ArrearsForm(MonthForm):
    """Arrears of a stretch of months: what was, what should have been, and what both have in common."""

    renamed: ClassVar[Mapping[str, str]] = {"since": "from"}
    always: ClassVar[frozenset[str]] = frozenset({"before", "after"})

    since = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    through = MonthField(
        _l("Đến hết tháng"), [Required()], render_kw={"width": "s", "placeholder": _l("mm/yyyy")}
    )  # fmt: skip
    kind = SelectField(_l("Loại nhân sự"), choices=[], render_kw={"width": "m"}, default="civil_servant")
    before = FormField(MonthForm, label=_l("Đã tính"))
    after = FormField(MonthForm, label=_l("Đúng ra"))
    groups: ClassVar[Any] = (
        (_l("Thời gian và người"), ("since", "through", "kind")),
        (_l("Đã tính"), ("before",)),
        (_l("Đúng ra"), ("after",)),
        (_l("Không đổi trước và sau"),
         ("coefficient", "pay_percent", "beyond_scale_percent", "reserved", "leadership_coefficient",
          "reserved_leadership", "suspended", "unemployment_insurance", "allowances")),
    )  # fmt: skip

    def offer(self) -> None:
        """Fill in the choices."""
        super().offer()
        self.kind.choices = choices(KIND_LABELS)


class SeveranceForm(FactsForm):
    """A severance."""

    on = DateField(_l("Ngày thôi việc"), render_kw={"width": "s"}, description=_l("Để trống: hôm nay."))
    case = SelectField(_l("Lý do thôi việc"), choices=[], render_kw={"width": "m"}, default="own_wish")
    monthly_pay = MoneyField(
        _l("Lương tháng trước khi thôi việc (đồng)"), [Required()], most=10**12 - 1,
        description=_l("Lương, phụ cấp chức vụ, thâm niên vượt khung, thâm niên nghề, bảo lưu."),
    )  # fmt: skip
    years = CountField(_l("Số năm làm việc"), most=60)
    months = CountField(_l("và số tháng"), most=720)
    insured_months = CountField(_l("Trong đó số tháng đã đóng bảo hiểm thất nghiệp"), most=720)
    groups: ClassVar[Any] = (
        (_l("Thôi việc"), ("on", "case", "monthly_pay")),
        (_l("Thời gian làm việc"), ("years", "months", "insured_months")),
    )

    def offer(self) -> None:
        """Fill in the choices."""
        self.case.choices = choices(CASE_LABELS)
