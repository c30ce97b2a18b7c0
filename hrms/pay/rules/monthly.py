"""A month's pay by the facts and the law of one day: lines, gross, insurance, net before tax and union fee.

TT 13/2026/TT-BNV Đ3: salary = base salary × coefficient; an allowance by coefficient = base salary × it; one by
percentage = (salary + leadership allowance + beyond-scale seniority) × it. Each line is rounded once to whole đồng.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as field_
from decimal import Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.pay.rules import allowances as allowing
from hrms.pay.rules import insurance
from hrms.pay.rules.allowances import Allowance, Parts
from hrms.pay.rules.amounts import ROUNDING_LABELS, percent_of, to_dong
from hrms.pay.rules.figures import UNSURE, Figure, PayFigures, Suspension
from hrms.pay.rules.reserved import Reserved, leadership

FORMULA = "TT 13/2026/TT-BNV Đ3"
SALARY, BEYOND_SCALE, LEADERSHIP, RESERVED = "salary", "beyond_scale", "leadership", "reserved"
ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class PayFacts:
    """What decides a month: coefficients, beyond-scale per cent, allowances, suspension.

    `suspended` is None, or whether the person is prosecuted. `unemployment` None: as the law has it for the kind.
    `pay_percent` is the part of the salary that is paid: 85 on probation.
    """

    coefficient: Decimal
    beyond_scale_percent: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    leadership_coefficient: Decimal = Decimal(0)
    reserved_leadership: Reserved = field_(default_factory=Reserved)
    allowances: tuple[Allowance, ...] = ()
    suspended: bool | None = None
    unemployment: bool | None = None
    pay_percent: Decimal = ALL


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet, whole đồng."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Pay:
    """A month: lines and deductions in the order of a sheet, the employer's side, the insured pay, and why."""

    lines: tuple[Line, ...]
    deductions: tuple[Line, ...]
    employer: tuple[Line, ...]
    insurance_base: Decimal
    reasons: tuple[Reason, ...]

    @property
    def gross(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def net(self) -> Decimal:
        """Return what is left before income tax and union fee."""
        return self.gross - sum((line.amount for line in self.deductions), Decimal(0))


@dataclass(frozen=True, slots=True)
class _Share:
    """How much of a month is paid, and which allowances with it."""

    percent: Decimal = ALL
    leadership: bool = True
    allowances: bool = True
    reasons: tuple[Reason, ...] = ()


def check(facts: PayFacts, figures: PayFigures) -> list[Problem]:
    """Return what contradicts itself or the law of the day; [] when the month can be computed."""
    found = allowing.check(facts.allowances, figures)
    found += insurance.check(bool(facts.unemployment), figures)
    if facts.suspended is not None and figures.suspension is None:
        text = N_("Danh mục chưa có mức hưởng khi tạm đình chỉ của ngày %(day)s. Hãy chọn ngày khác hoặc bổ sung.")
        found.append(Problem("suspended", "no_figure", text, {"day": figures.day}))
    return found


@dataclass(frozen=True, slots=True)
class Exact:
    """A whole month before rounding: đồng and step of each line of a sheet, what of them is insured, contributions."""

    lines: tuple[tuple[str, Decimal, Reason], ...]
    insured: Decimal
    unemployment: bool
    share: tuple[Reason, ...]

    def contributed(self, figures: PayFigures) -> insurance.Exact:
        """Return the contributions, exact đồng."""
        return insurance.exact(self.insured, self.unemployment, figures)


def exact(facts: PayFacts, figures: PayFigures) -> Exact:
    """Return a whole month by the facts and figures of its day, exact đồng. The facts have passed `check`."""
    share = _share(facts, figures.suspension)
    base = figures.base_salary.number
    coefficient, kept = leadership(facts.leadership_coefficient, facts.reserved_leadership, figures.day)
    salary = percent_of(base * facts.coefficient, facts.pay_percent)
    parts = Parts(
        salary, base * coefficient if share.leadership else Decimal(0),
        percent_of(salary, facts.beyond_scale_percent), base * facts.reserved,
    )  # fmt: skip
    whole = [
        (SALARY, parts.salary, True, _salary_reason(facts, figures)),
        (BEYOND_SCALE, parts.beyond_scale, True, Reason(
            N_("Phụ cấp thâm niên vượt khung = %(percent)s%% × lương."), source=f"{FORMULA}; TT 04/2005/TT-BNV",
            params={"percent": facts.beyond_scale_percent})),
        (LEADERSHIP, parts.leadership, True, Reason(
            N_("Phụ cấp chức vụ = mức lương cơ sở %(base)s × hệ số %(coefficient)s."), source=FORMULA,
            params={"base": base, "coefficient": coefficient})),
        (RESERVED, parts.reserved, True, Reason(
            N_("Chênh lệch bảo lưu = mức lương cơ sở %(base)s × hệ số %(coefficient)s."),
            source=f"{FORMULA}; TT 02/2007/TT-BNV", params={"base": base, "coefficient": facts.reserved})),
        *_allowances(facts, figures, parts, share),
    ]  # fmt: skip
    paid = [(code, percent_of(amount, share.percent), is_insured, why) for code, amount, is_insured, why in whole]
    unemployment = insurance.has_unemployment(figures) if facts.unemployment is None else facts.unemployment
    return Exact(
        tuple((code, amount, why) for code, amount, _insured, why in paid),
        sum((amount for _code, amount, is_insured, _why in paid if is_insured), Decimal(0)), unemployment,
        (*share.reasons, *((kept,) if kept and share.leadership else ())),
    )  # fmt: skip


def _salary_reason(facts: PayFacts, figures: PayFigures) -> Reason:
    params: dict[str, Decimal] = {"base": figures.base_salary.number, "coefficient": facts.coefficient}
    source = f"{FORMULA}; {figures.base_salary.source}"
    if facts.pay_percent == ALL:
        return Reason(N_("Lương = mức lương cơ sở %(base)s × hệ số %(coefficient)s."), source=source, params=params)
    text = N_("Lương = mức lương cơ sở %(base)s × hệ số %(coefficient)s × %(percent)s%% được hưởng.")
    return Reason(text, source=source, params=params | {"percent": facts.pay_percent})


def pay(facts: PayFacts, figures: PayFigures) -> Pay:
    """Return a whole month's pay by the facts and figures of its day. The facts have passed `check`."""
    found = exact(facts, figures)
    lines, reasons = [], list(found.share)
    for code, whole, why in found.lines:
        amount = to_dong(whole, figures.way)
        if amount or code == SALARY:
            lines.append(Line(code, amount))
            reasons.append(Reason(why.text, str(amount), why.source, why.params))
    contributed = insurance.contributions(found.insured, found.unemployment, figures)
    made = Pay(
        tuple(lines), tuple(Line(one.value, amount) for one, amount in contributed.employee),
        tuple(Line(one.value, amount) for one, amount in contributed.employer), contributed.base, (),
    )  # fmt: skip
    text = N_("Còn nhận, trước thuế thu nhập cá nhân và đoàn phí công đoàn: %(gross)s trừ các khoản đóng.")
    sums = (
        Reason(N_("Tổng các khoản được hưởng."), str(made.gross)),
        *contributed.reasons,
        Reason(text, str(made.net), params={"gross": made.gross}),
    )
    noted = (*reasons, *sums, *rounding_reasons(figures), *unsure_facts(facts, figures))
    return Pay(made.lines, made.deductions, made.employer, made.insurance_base, noted)


def _allowances(
    facts: PayFacts, figures: PayFigures, parts: Parts, share: _Share
) -> Iterator[tuple[str, Decimal, bool, Reason]]:
    for one in allowing.ordered(facts.allowances):
        rule = figures.allowances[one.code]
        if rule.insured or share.allowances:
            amount, why = allowing.exact(one, rule, parts, figures.base_salary.number)
            yield one.code.value, amount, rule.insured, why


def _share(facts: PayFacts, law: Suspension | None) -> _Share:
    """Return how much of the month is paid; of a suspended person by the rule of the day."""
    if facts.suspended is None or law is None:
        return _Share()
    figure = law.prosecuted_percent if facts.suspended else law.paid_percent
    text = (
        N_("Tạm đình chỉ công tác, bị khởi tố: hưởng %(percent)s%%.")
        if facts.suspended
        else N_("Tạm đình chỉ công tác: hưởng %(percent)s%%.")
    )
    reasons = [Reason(text, str(figure.number), figure.source, {"percent": figure.number})]
    if not law.keeps_leadership.holds:
        reasons.append(Reason(N_("Không có phụ cấp chức vụ khi bị tạm đình chỉ."), "", law.keeps_leadership.source))
    if not law.keeps_allowances.holds:
        text = N_("Ngoài phụ cấp thâm niên, không có phụ cấp khác khi bị tạm đình chỉ.")
        reasons.append(Reason(text, "", law.keeps_allowances.source))
    return _Share(figure.number, law.keeps_leadership.holds, law.keeps_allowances.holds, tuple(reasons))


def rounding_reasons(figures: PayFigures) -> list[Reason]:
    """Return how amounts were rounded, and that the law leaves it open."""
    text = N_("Mỗi dòng làm tròn một lần đến đồng: %(way)s.")
    said = Reason(text, "", figures.rounding.source, {"way": ROUNDING_LABELS[figures.way]})
    return [said, *unsure(N_("cách làm tròn"), figures.rounding)]


def unsure(name: str, figure: Figure) -> list[Reason]:
    """Return the step that names a default no text settles; [] for a figure that is sure."""
    if figure.mark != UNSURE:
        return []
    text = N_("Chưa chắc chắn, dùng mặc định: %(name)s. Hãy đối chiếu văn bản trước khi chi.")
    return [Reason(text, figure.value, figure.source, {"name": name})]


def unsure_facts(facts: PayFacts, figures: PayFigures) -> Iterator[Reason]:
    """Name every default these facts use that no text settles."""
    law = figures.suspension
    if facts.suspended is not None and law is not None:
        percent = law.prosecuted_percent if facts.suspended else law.paid_percent
        yield from unsure(N_("mức hưởng khi tạm đình chỉ"), percent)
        yield from unsure(N_("phụ cấp khác khi tạm đình chỉ"), law.keeps_allowances)
    for one in allowing.ordered(facts.allowances):
        rule = figures.allowances[one.code]
        yield from unsure(allowing.LABELS[one.code], Figure("", rule.source, rule.mark))
