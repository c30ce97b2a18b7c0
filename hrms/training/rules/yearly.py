"""The yearly hours of one person from a few figures, by months as people reckon: for `hrms explain training`. Pure.

The register reckons by days (`rules.owed`); whoever only knows months of service and of exempt absence gets twelfths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.training.rules.kinds import NEVER_COUNTED, CourseKind, LearningForm
from hrms.training.rules.learner import ZERO, Learnt
from hrms.training.rules.owed import capped, conclusion, credits_shown, left_out_reasons, share, tell

SOURCE = "NĐ 171/2025/NĐ-CP Đ16 k3"
TEACHING_SOURCE = "NĐ 171/2025/NĐ-CP Đ3 k4"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What is known: hours a year owes, months in service and exempt, entries, courses wanted and held.

    `carried_hours` is the surplus of the year before, which counts when `carry_over` says so.
    """

    year: int
    least_hours: Decimal = Decimal(40)
    hours_per_credit: Decimal = Decimal(15)
    carry_over: bool = False
    carried_hours: Decimal = ZERO
    months_in_service: int = MONTHS
    exempt_months: int = 0
    required_courses: Sequence[str] = ()
    held: Sequence[str] = ()
    entries: Sequence[tuple[Decimal, CourseKind, LearningForm]] = ()
    caps: Mapping[LearningForm, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearAnswer:
    """Hours that count and the credits they are shown as, what is owed, what is missing, and why."""

    hours: Decimal
    credits: str
    required: Decimal
    missing: Decimal
    missing_courses: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def compliant(self) -> bool:
        """Whether neither hours nor courses are missing; hours are compared, never credits."""
        return not self.missing and not self.missing_courses


def check(facts: YearFacts) -> list[Problem]:
    """Return what contradicts itself."""
    if facts.exempt_months > facts.months_in_service:
        text = N_("exempt_months là %(exempt)s, nhiều hơn months_in_service là %(months)s. Hãy sửa một trong hai.")
        params = {"exempt": facts.exempt_months, "months": facts.months_in_service}
        return [Problem("exempt_months", "more_than_served", text, params)]
    return []


def year_by_months(facts: YearFacts) -> YearAnswer:
    """Return where somebody stands: owed are `least_hours` × months in service that are not exempt / 12."""
    owed = facts.months_in_service - facts.exempt_months
    required = share(facts.least_hours, owed, MONTHS)
    text = N_("Mỗi năm phải có %(hours)s tiết; thực tính %(months)s/12 tháng: %(required)s tiết.")
    params = {"hours": facts.least_hours, "months": owed, "required": required}
    reasons = [tell(text, required, SOURCE, params)]
    day = date(facts.year, 12, 31)
    learnt = [Learnt(kind, form, hours, day) for hours, kind, form in facts.entries if kind not in NEVER_COUNTED]
    counted, by_form = capped(learnt, {(form, facts.year): cap for form, cap in facts.caps.items()})
    taught = sum((one.hours for one in learnt if one.kind is CourseKind.TEACHING), ZERO)
    if taught:
        text = N_("Cộng %(hours)s tiết giảng dạy.")
        reasons.append(tell(text, taught, TEACHING_SOURCE, {"hours": taught}))
    for (form, _year), hours in sorted(by_form.items()):
        cap = facts.caps.get(form)
        if cap is not None and hours > cap:
            text = N_("Hình thức này có %(hours)s tiết, chỉ tính %(cap)s tiết.")
            reasons.append(tell(text, cap, "", {"hours": hours, "cap": cap}))
    left_out: dict[CourseKind, Decimal] = defaultdict(Decimal)
    for amount, kind, _form in facts.entries:
        if kind in NEVER_COUNTED:
            left_out[kind] += amount
    reasons += left_out_reasons(left_out)
    carried = facts.carried_hours if facts.carry_over else ZERO
    if facts.carried_hours:
        text = (
            N_("Năm trước thừa, tính thêm %(hours)s tiết.")
            if facts.carry_over
            else N_("Năm trước thừa %(hours)s tiết, không được chuyển sang.")
        )
        reasons.append(tell(text, facts.carried_hours, "", {"hours": facts.carried_hours}))
    missing = max(required - counted - carried, ZERO)
    reasons.append(conclusion(counted + carried, missing))
    lacking = tuple(one for one in dict.fromkeys(facts.required_courses) if one not in facts.held)
    reasons += [tell(N_("Chưa có chương trình %(course)s."), one, "", {"course": one}) for one in lacking]
    return YearAnswer(
        counted, credits_shown(counted, facts.hours_per_credit), required, missing, lacking, tuple(reasons)
    )
