"""The pay scale of NĐ 204/2004: months a step, the next regular raise, seniority beyond the scale, coefficients.

Figures are data (catalogues `pay_scales`, `parameters`). What prolongs a step (discipline, absence, rating) belongs to
the pay domain; here is the regular date only. TT 08/2013/TT-BNV Đ2 as amended by TT 03/2021/TT-BNV; TT 04/2005/TT-BNV.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.dates import add_months, months_between
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.parameters import Parameter

_STEP_SOURCE = "TT 08/2013/TT-BNV Đ2; TT 03/2021/TT-BNV"


@dataclass(frozen=True, slots=True)
class PayGroup:
    """One row of a pay table: `coefficients[0]` is step 1; `months_per_step` the time at each step."""

    table: int
    group: str
    months_per_step: int
    coefficients: tuple[Decimal, ...]
    source: str

    @property
    def steps(self) -> int:
        """The number of steps, which is the last step."""
        return len(self.coefficients)

    def step_of(self, coefficient: Decimal) -> int | None:
        """Return the step that has `coefficient`, None when none has."""
        return next((n for n, c in enumerate(self.coefficients, 1) if c == coefficient), None)


@dataclass(frozen=True, slots=True)
class SeniorityTerms:
    """Phụ cấp thâm niên vượt khung: per cent after the first full step, per cent each further `each_months`."""

    first_percent: int
    each_percent: int
    each_months: int
    source: str

    @classmethod
    def from_parameters(cls, values: Mapping[str, Parameter]) -> SeniorityTerms:
        """Read the parameters `seniority.first_percent`, `.each_percent` and `.each_months`. Raises KeyError."""
        first, each, months = (values[f"seniority.{name}"] for name in ("first_percent", "each_percent", "each_months"))
        return cls(int(first.value), int(each.value), int(months.value), first.source)


@dataclass(frozen=True, slots=True)
class StepDue:
    """The next regular raise; `due_on` is None at the last step."""

    due_on: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class BeyondScale:
    """Seniority beyond the scale: `percent` as at the day asked, and the next percentage with its date."""

    percent: int
    next_percent: int
    next_percent_on: date
    reasons: tuple[Reason, ...]


def read_pay_scales(rows: Iterable[Mapping[str, str]]) -> dict[tuple[int, str], PayGroup]:
    """Read the catalogue `pay_scales`: a row a step (table, group, months_per_step, step, coefficient, source).

    Keyed by (table, group), since groups C2 and C3 differ between tables 2 and 3. Raises ValueError on a gap.
    """
    gathered: dict[tuple[int, str], dict[int, Mapping[str, str]]] = {}
    for row in rows:
        gathered.setdefault((int(row["table"]), row["group"]), {})[int(row["step"])] = row
    scales = {}
    for (table, group), steps in gathered.items():
        if sorted(steps) != list(range(1, len(steps) + 1)):
            raise ValueError(f"steps of table {table}, group {group} are not 1 to {len(steps)}")
        coefficients = tuple(Decimal(steps[n]["coefficient"]) for n in sorted(steps))
        first = steps[1]
        scales[table, group] = PayGroup(table, group, int(first["months_per_step"]), coefficients, first["source"])
    return scales


def next_step_due(step_since: date, months: int, at_last_step: bool) -> StepDue:
    """Return the regular date of the next step: `months` after `step_since`; none at the last step (`beyond_scale`).

    Nothing that prolongs the step is looked at.
    """
    if at_last_step:
        text = N_("Đã ở bậc cuối của loại: không còn nâng bậc thường xuyên, tính phụ cấp thâm niên vượt khung.")
        return StepDue(None, (Reason(text, source="TT 08/2013/TT-BNV Đ2; TT 04/2005/TT-BNV"),))
    due_on = add_months(step_since, months)
    text = N_("Giữ bậc từ %(since)s, đủ %(months)s tháng: nâng bậc thường xuyên từ %(due)s, nếu không bị kéo dài.")
    params = {"since": step_since, "months": months, "due": due_on}
    return StepDue(due_on, (Reason(text, due_on.isoformat(), _STEP_SOURCE, params),))


def beyond_scale(step_since: date, months: int, as_at: date, terms: SeniorityTerms) -> BeyondScale:
    """Return the seniority percentage of somebody at the last step since `step_since`, when nothing prolonged it.

    The first percentage comes after `months` at the last step, each further one after `terms.each_months`.
    """
    first_on = add_months(step_since, months)
    if as_at < first_on:
        percent, next_percent, next_on = 0, terms.first_percent, first_on
    else:
        turns = months_between(first_on, as_at) // terms.each_months
        percent = terms.first_percent + turns * terms.each_percent
        next_percent = percent + terms.each_percent
        next_on = add_months(first_on, (turns + 1) * terms.each_months)
    return BeyondScale(percent, next_percent, next_on, (_percent_reason(percent, next_percent, next_on, terms),))


def next_percent(
    step_since: date, months: int, percent: int, percent_since: date | None, terms: SeniorityTerms
) -> BeyondScale:
    """Return the next seniority percentage from the one recorded: `percent` (0 for none) drawn since `percent_since`.

    Raises ValueError when a percentage is recorded without its date.
    """
    if percent and percent_since is None:
        raise ValueError("a seniority percentage needs the day it is drawn from")
    following = percent + terms.each_percent if percent else terms.first_percent
    next_on = (
        add_months(percent_since, terms.each_months) if percent and percent_since else add_months(step_since, months)
    )
    return BeyondScale(percent, following, next_on, (_percent_reason(percent, following, next_on, terms),))


def _percent_reason(percent: int, following: int, next_on: date, terms: SeniorityTerms) -> Reason:
    text = N_("Thâm niên vượt khung đang hưởng %(percent)s%%; từ %(next_on)s hưởng %(next)s%%, nếu không bị kéo dài.")
    params = {"percent": percent, "next": following, "next_on": next_on}
    return Reason(text, next_on.isoformat(), terms.source, params)


def coefficient_problem(
    table: int, group: str, step: int | None, coefficient: Decimal | None, scale: PayGroup | None
) -> Problem | None:
    """Return what is wrong with a step and a coefficient of (`table`, `group`), None when they agree with `scale`.

    `scale` is the group of the catalogue, None when there is none such. A missing step or coefficient is not a problem
    of the scale.
    """
    where = {"table": table, "group": group}
    if scale is None:
        text = N_("Bảng lương %(table)s không có loại %(group)s; chọn loại trong danh mục bảng lương.")
        return Problem("pay_group", "unknown_pay_group", text, where)
    if step is not None and not 1 <= step <= scale.steps:
        text = N_("Loại %(group)s chỉ có bậc 1 đến bậc %(steps)s; bậc %(step)s không hợp lệ.")
        return Problem("step", "no_such_step", text, {**where, "steps": scale.steps, "step": step})
    if coefficient is None:
        return None
    right_step = scale.step_of(coefficient)
    if right_step is None:
        params: dict[str, object] = {**where, "value": coefficient}
        if step is None:
            text = N_("Hệ số %(value)s không có trong loại %(group)s (%(first)s đến %(last)s); kiểm tra loại và hệ số.")
            params |= {"first": scale.coefficients[0], "last": scale.coefficients[-1]}
        else:
            text = N_("Hệ số %(value)s không có trong loại %(group)s; bậc %(step)s của loại này là %(expected)s.")
            params |= {"step": step, "expected": scale.coefficients[step - 1]}
        return Problem("coefficient", "coefficient_not_in_scale", text, params)
    if step is not None and right_step != step:
        text = N_("Bậc %(step)s loại %(group)s có hệ số %(expected)s, không phải %(value)s (bậc %(right)s); sửa lại.")
        expected = scale.coefficients[step - 1]
        params = {**where, "step": step, "expected": expected, "value": coefficient, "right": right_step}
        return Problem("coefficient", "coefficient_step_mismatch", text, params)
    return None
