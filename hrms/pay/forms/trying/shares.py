"""The forms of the quota of early raises and of the shares of a fund."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hrms.core.forms import BooleanField, DateField, FieldList, FormField, Required, SelectField, TextField
from hrms.core.i18n import _l
from hrms.core.rules import N_
from hrms.pay.forms.trying.asking import CountField, FactsForm, MoneyField, RatioField, choices
from hrms.pay.rules.incentives import SchemeKind
from hrms.people.rules.kinds import KIND_LABELS
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass

SCHEME_LABELS: dict[SchemeKind, str] = {
    SchemeKind.POINTS: N_("Chia cả quỹ theo điểm"),
    SchemeKind.PERCENT_OF_MAX: N_("Phần trăm của mức tối đa"),
    SchemeKind.COEFFICIENT: N_("Hệ số nhân với lương"),
    SchemeKind.AMOUNT: N_("Số tiền mỗi tháng"),
}
FUNDS: dict[str, str] = {
    "bonus": N_("Quỹ tiền thưởng cả năm"), "extra": N_("Mức trần thu nhập tăng thêm cả năm"),
    "advance": N_("Mức tạm ứng tối đa của một quý"),
}  # fmt: skip
_MOST = 10**18 - 1
_WIDE = 10**12


class UnitRow(FactsForm):
    """A unit with the headcount it was assigned."""

    id = TextField(_l("Đơn vị"), longest=100, render_kw={"width": "m"})
    assigned = CountField(_l("Biên chế được giao ngày 31/12"), most=10_000_000)
    under = TextField(_l("Cấp trên trực tiếp"), longest=100, render_kw={"width": "m"})


class QuotaForm(FactsForm):
    """A quota of early raises."""

    on = DateField(_l("Tính theo ngày"), render_kw={"width": "s"}, description=_l("Để trống: hôm nay."))
    units = FieldList(FormField(UnitRow), label=_l("Các đơn vị"))
    groups: ClassVar[Any] = ((_l("Ngày"), ("on",)), (_l("Các đơn vị"), ("units",)))


class WeightsForm(FactsForm):
    """A weight for each class: points, per cent, multiples or đồng, as the scheme says."""

    excellent = RatioField(_l("Hoàn thành xuất sắc"), most=_WIDE, places=6)
    good = RatioField(_l("Hoàn thành tốt"), most=_WIDE, places=6)
    satisfactory = RatioField(_l("Hoàn thành"), most=_WIDE, places=6)
    unsatisfactory = RatioField(_l("Không hoàn thành"), most=_WIDE, places=6)


class KindWeightsRow(WeightsForm):
    """The weights of one kind of person."""

    kind = SelectField(_l("Loại nhân sự"), choices=[], render_kw={"width": "m"})

    def offer(self) -> None:
        """Fill in the kinds."""
        self.kind.choices = choices(KIND_LABELS, "—")


class FloorsForm(FactsForm):
    """The least đồng a month by class."""

    excellent = MoneyField(_l("Hoàn thành xuất sắc"), most=_MOST)
    good = MoneyField(_l("Hoàn thành tốt"), most=_MOST)
    satisfactory = MoneyField(_l("Hoàn thành"), most=_MOST)
    unsatisfactory = MoneyField(_l("Không hoàn thành"), most=_MOST)


class SchemeForm(FactsForm):
    """A scheme of shares."""

    folded: ClassVar[frozenset[str]] = frozenset({"kind_weights", "floors"})

    kind = SelectField(_l("Cách tính"), [Required()], choices=[], render_kw={"width": "m"})
    ad_hoc_percent = RatioField(_l("Giữ lại cho thưởng đột xuất (%)"), most=100)
    max_coefficient = RatioField(_l("Mức tối đa (lần lương)"), most=100)
    most_a_month = MoneyField(_l("Tối đa mỗi người mỗi tháng (đồng)"), most=_MOST)
    cap = RatioField(_l("Trần của quỹ (lần quỹ lương)"), most=100)
    period_months = CountField(_l("Số tháng của kỳ"), least=1, most=12)
    by_coefficient = BooleanField(_l("Nhân điểm với hệ số lương"))
    source = TextField(_l("Căn cứ"), render_kw={"width": "m"})
    weights = FormField(WeightsForm, label=_l("Mức theo xếp loại"))
    kind_weights = FieldList(FormField(KindWeightsRow), label=_l("Mức riêng của một loại nhân sự"))
    floors = FormField(FloorsForm, label=_l("Mức tối thiểu mỗi tháng (đồng)"))

    def offer(self) -> None:
        """Fill in the choices."""
        self.kind.choices = choices(SCHEME_LABELS)

    def facts(self) -> dict[str, Any]:
        """Return what is filled in; the weights of kinds stand by kind."""
        found = super().facts()
        if "kind_weights" in found:
            rows = found["kind_weights"]
            found["kind_weights"] = {
                row.get("kind", ""): {name: value for name, value in row.items() if name != "kind"} for row in rows
            }
        return found

    @classmethod
    def prepared(cls, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return facts in the shape of the fields."""
        rows = [{"kind": kind, **weights} for kind, weights in facts.get("kind_weights", {}).items()]
        return {**facts, "kind_weights": rows}


class FundForm(FactsForm):
    """How a fund comes from the sum of coefficients."""

    kind = SelectField(_l("Quỹ"), choices=[], render_kw={"width": "m"})
    coefficients = RatioField(_l("Tổng hệ số lương"), most=10**9)
    year = CountField(_l("Năm"), least=2024, most=2099)
    quarter = CountField(_l("Quý (chỉ tạm ứng)"), least=1, most=4)

    def offer(self) -> None:
        """Fill in the funds."""
        self.kind.choices = choices(FUNDS, "—")


class SharerRow(FactsForm):
    """One person of the fund."""

    renamed: ClassVar[Mapping[str, str]] = {"rating": "class"}

    id = TextField(_l("Người"), longest=100, render_kw={"width": "m"})
    rating = SelectField(_l("Xếp loại"), choices=[], render_kw={"width": "m"})
    months = CountField(_l("Số tháng"), most=12)
    kind = SelectField(_l("Loại nhân sự"), choices=[], render_kw={"width": "m"})
    salary = MoneyField(_l("Lương tháng (đồng)"), most=_MOST)
    coefficient = RatioField(_l("Hệ số lương"), most=100)
    most_a_month = MoneyField(_l("Tối đa mỗi tháng (đồng)"), most=_MOST)

    def offer(self) -> None:
        """Fill in the choices."""
        classes = {one: words for one, words in CLASS_LABELS.items() if one is not RatingClass.NONE}
        self.rating.choices = choices(classes, "—")
        self.kind.choices = choices(KIND_LABELS, "—")


class IncentiveForm(FactsForm):
    """A distribution."""

    folded: ClassVar[frozenset[str]] = frozenset({"fund_of"})

    fund = MoneyField(_l("Quỹ (đồng)"), most=_MOST)
    salary_fund = MoneyField(_l("Quỹ lương của kỳ (đồng)"), most=_MOST, description=_l("Chỉ khi có trần của quỹ."))
    fund_of = FormField(FundForm, label=_l("Hoặc tính quỹ từ tổng hệ số"))
    scheme = FormField(SchemeForm, label=_l("Phương án"))
    people = FieldList(FormField(SharerRow), label=_l("Danh sách"))
    groups: ClassVar[Any] = (
        (_l("Quỹ"), ("fund", "salary_fund", "fund_of")),
        (_l("Phương án"), ("scheme",)),
        (_l("Danh sách"), ("people",)),
    )
