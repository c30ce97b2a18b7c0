"""One allowance of a month: which rule it follows, what is wrong with it, its exact amount (TT 13/2026/TT-BNV Đ3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem, Reason
from hrms.pay.rules.amounts import percent_of, plain
from hrms.pay.rules.figures import AllowanceCode, AllowanceRule, Base, Form, PayFigures
from hrms.people.rules.kinds import KIND_LABELS

LABELS: dict[AllowanceCode, str] = {
    AllowanceCode.PUBLIC_DUTY: N_("Phụ cấp công vụ"),
    AllowanceCode.REGIONAL: N_("Phụ cấp khu vực"),
    AllowanceCode.CONCURRENT: N_("Phụ cấp kiêm nhiệm"),
    AllowanceCode.SENIORITY: N_("Phụ cấp thâm niên nghề"),
    AllowanceCode.PROFESSION_INCENTIVE: N_("Phụ cấp ưu đãi nghề"),
    AllowanceCode.ATTRACTION: N_("Phụ cấp thu hút"),
    AllowanceCode.SPECIAL: N_("Phụ cấp đặc biệt"),
    AllowanceCode.MOBILITY: N_("Phụ cấp lưu động"),
    AllowanceCode.HAZARD: N_("Phụ cấp độc hại, nguy hiểm"),
    AllowanceCode.RESPONSIBILITY: N_("Phụ cấp trách nhiệm công việc"),
    AllowanceCode.PARTY_UNION: N_("Phụ cấp công tác đảng, đoàn thể"),
    AllowanceCode.OTHER: N_("Phụ cấp khác"),
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """An allowance of the record in one of three forms; `days` worked where it is paid by days.

    `amount` is đồng a month, `percent` 25 for 25 %.
    """

    code: AllowanceCode
    coefficient: Decimal | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    days: int | None = None

    @property
    def given(self) -> list[Form]:
        """Return the forms it is given in."""
        return [form for form in Form if getattr(self, form.value) is not None]

    @property
    def order(self) -> tuple[Any, ...]:
        """Return its place on a sheet: by code, then by form and value, so that the order given does not matter."""
        zero = Decimal(0)
        return (list(AllowanceCode).index(self.code), self.coefficient or zero, self.percent or zero,
                self.amount or zero, self.days or 0)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """The exact money a percentage is of, in đồng a month."""

    salary: Decimal
    leadership: Decimal
    beyond_scale: Decimal
    reserved: Decimal

    def base(self, base: Base) -> Decimal:
        """Return the sum that `base` names."""
        pay = self.salary + self.leadership + self.beyond_scale
        return pay + self.reserved if base is Base.PAY_RESERVED else pay


def check(allowances: Sequence[Allowance], figures: PayFigures) -> list[Problem]:
    """Return what contradicts itself or the law of the day."""
    counts = Counter(one.code for one in allowances)
    found = [
        Problem("allowances", "twice", N_("%(name)s ghi hai lần. Hãy bỏ một dòng."), {"name": LABELS[code]})
        for code, count in counts.items()
        if count > 1 and code is not AllowanceCode.OTHER
    ]
    return found + [problem for one in allowances for problem in _check(one, figures)]


def _check(one: Allowance, figures: PayFigures) -> list[Problem]:
    name = LABELS[one.code]
    rule = figures.allowances.get(one.code)
    if rule is None:
        text = N_(
            "%(name)s không áp dụng với %(kind)s vào ngày %(day)s. Hãy bỏ phụ cấp này hoặc sửa loại nhân sự, ngày."
        )
        params = {"name": name, "kind": KIND_LABELS[figures.kind], "day": figures.day}
        return [Problem("allowances", "not_of_kind", text, params)]
    given = one.given
    if len(given) > 1 or (not given and rule.percent is None):
        text = N_("%(name)s phải ghi đúng một trong các mục: %(forms)s.")
        forms = ", ".join(form.value for form in Form if form in rule.forms)
        return [Problem("allowances", "form", text, {"name": name, "forms": forms})]
    if given and given[0] not in rule.forms:
        text = N_("%(name)s không tính theo %(form)s. Hãy dùng: %(forms)s.")
        forms = ", ".join(form.value for form in Form if form in rule.forms)
        return [Problem("allowances", "form", text, {"name": name, "form": given[0].value, "forms": forms})]
    if rule.percent is not None and one.percent is not None and one.percent != rule.percent.number:
        text = N_("%(name)s là %(law)s%% (%(source)s), không phải %(given)s%%. Hãy bỏ percent.")
        params = {"name": name, "law": rule.percent.number, "source": rule.percent.source, "given": one.percent}
        return [Problem("allowances", "not_the_law", text, params)]
    if one.days is not None and rule.full_days is None:
        text = N_("%(name)s không tính theo ngày. Hãy bỏ days.")
        return [Problem("allowances", "no_days", text, {"name": name})]
    if one.days is not None and rule.full_days is not None and one.days > rule.full_days:
        text = N_("%(name)s: %(days)s ngày nhiều hơn tháng đủ %(full)s ngày. Hãy sửa days.")
        return [Problem("allowances", "days", text, {"name": name, "days": one.days, "full": rule.full_days})]
    return []


def ordered(allowances: Iterable[Allowance]) -> list[Allowance]:
    """Return the allowances as a sheet lists them."""
    return sorted(allowances, key=lambda one: one.order)


def exact(one: Allowance, rule: AllowanceRule, parts: Parts, base_salary: Decimal) -> tuple[Decimal, Reason]:
    """Return the exact amount of a whole month in đồng and its step. The allowance has passed `check`."""
    name = LABELS[one.code]
    if one.coefficient is not None:
        amount = base_salary * one.coefficient
        text = N_("%(name)s = mức lương cơ sở %(base)s × hệ số %(coefficient)s.")
        params: dict[str, Any] = {"name": name, "base": base_salary, "coefficient": one.coefficient}
    elif one.amount is not None:
        amount = one.amount
        text = N_("%(name)s: mức tiền cố định, không đổi theo mức lương cơ sở.")
        params = {"name": name}
    else:
        percent = one.percent if one.percent is not None else rule.percent.number if rule.percent else Decimal(0)
        whole = parts.base(rule.base)
        amount = percent_of(whole, percent)
        text = (
            N_("%(name)s = %(percent)s%% × (lương, phụ cấp chức vụ, thâm niên vượt khung, bảo lưu: %(base)s).")
            if rule.base is Base.PAY_RESERVED
            else N_("%(name)s = %(percent)s%% × (lương, phụ cấp chức vụ, thâm niên vượt khung: %(base)s).")
        )
        params = {"name": name, "percent": percent, "base": plain(whole)}
    if one.days is not None and rule.full_days:
        text = N_("%(name)s = mức cả tháng %(whole)s × %(days)s/%(full)s ngày làm việc.")
        params = {"name": name, "whole": plain(amount), "days": one.days, "full": rule.full_days}
        amount = amount * one.days / rule.full_days
    source = rule.source if one.given or rule.percent is None else rule.percent.source
    return amount, Reason(text, source=source, params=params)
