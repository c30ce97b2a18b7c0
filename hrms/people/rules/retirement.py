"""When a person retires: Bộ luật Lao động 2019 Đ169, NĐ 135/2020 Đ3–4 and its Appendix I.

The ages are data (catalogue `retirement_ages`), a row a year and sex; the rule is that a person retires at the end of
the month in which they reach the age of that very year, and draws the pension from the first of the next month.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from hrms.core.dates import PartialDate, add_months, last_day_of_month
from hrms.core.rules import N_, Reason
from hrms.people.rules.kinds import SEX_LABELS, Sex
from hrms.people.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class AgeRow:
    """The age of one year on: `years` and `months`, from `year` until the next row of the same sex."""

    year: int
    sex: Sex
    years: int
    months: int
    source: str

    @property
    def in_months(self) -> int:
        """The age in months."""
        return self.years * 12 + self.months

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> AgeRow:
        """Read a row of the catalogue `retirement_ages` (columns year, sex M|F, years, months, source)."""
        sex = Sex.MALE if row["sex"] == "M" else Sex.FEMALE
        return cls(int(row["year"]), sex, int(row["years"]), int(row["months"]), row["source"])


@dataclass(frozen=True, slots=True)
class RetirementAges:
    """The dated table of ages. Raises ValueError when a sex has no row or an age falls from one year to the next."""

    rows: tuple[AgeRow, ...]
    _by_sex: dict[Sex, list[AgeRow]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_sex = {sex: sorted((r for r in self.rows if r.sex is sex), key=lambda r: r.year) for sex in Sex}
        if not all(by_sex.values()):
            raise ValueError("the table of retirement ages lacks a sex")
        if any(r.in_months > s.in_months for rows in by_sex.values() for r, s in pairwise(rows)):
            raise ValueError("a retirement age falls from one year to the next")
        object.__setattr__(self, "_by_sex", by_sex)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> RetirementAges:
        """Read the catalogue `retirement_ages`."""
        return cls(tuple(AgeRow.from_row(row) for row in rows))

    def age(self, year: int, sex: Sex) -> AgeRow:
        """Return the row in force in `year`; before the first row, the first."""
        rows = self._by_sex[sex]
        return rows[max(bisect_right(rows, year, key=lambda r: r.year) - 1, 0)]


@dataclass(frozen=True, slots=True)
class RetirementTerms:
    """How many months before retirement the person is told and the decision is made (catalogue `parameters`)."""

    notice_months: int
    decision_months: int
    source: str

    @classmethod
    def from_parameters(cls, values: Mapping[str, Parameter]) -> RetirementTerms:
        """Read the parameters `retirement.notice_months` and `retirement.decision_months`. Raises KeyError."""
        notice, decision = values["retirement.notice_months"], values["retirement.decision_months"]
        return cls(int(notice.value), int(decision.value), notice.source)


@dataclass(frozen=True, slots=True)
class Retirement:
    """The answer: `retires_on` is the last day at work, `age` such as "61y6m", the `_by` dates the last days to act."""

    retires_on: date
    pension_from: date
    age: str
    notice_by: date
    decision_by: date
    reasons: tuple[Reason, ...]


def retirement(
    born: PartialDate | date, sex: Sex, ages: RetirementAges, terms: RetirementTerms, *, lower_by_months: int = 0
) -> Retirement:
    """Return when a person retires and why.

    `born` may lack day and month (then 01/01 counts, Đ3 k3). `lower_by_months` is the reduction a decision grants for
    hard work, difficult areas or reduced capacity (Đ5), 0 to 120.
    """
    known = born if isinstance(born, PartialDate) else PartialDate.of(born)
    reasons = []
    if known.month is None:
        text = N_("Chỉ biết năm sinh %(year)s: tính theo ngày 01/01/%(year)s.")
        first = known.earliest()
        reasons.append(Reason(text, first.isoformat(), "NĐ 135/2020/NĐ-CP Đ3 k3", {"year": str(known.year)}))
    row, reached = _reached(known.earliest(), sex, ages, lower_by_months)
    months = row.in_months - lower_by_months
    age = f"{months // 12}y{months % 12}m"
    params = {
        "sex": SEX_LABELS[sex], "born": f"{known.month or 1:02d}/{known.year}", "year": str(reached.year),
        "years": row.years, "months": row.months,
    }  # fmt: skip
    text = N_("%(sex)s sinh tháng %(born)s: đủ tuổi nghỉ hưu trong năm %(year)s (%(years)s tuổi %(months)s tháng).")
    reasons.append(Reason(text, f"{row.years}y{row.months}m", row.source, params))
    if lower_by_months:
        text = N_("Nghỉ hưu ở tuổi thấp hơn %(months)s tháng theo quyết định.")
        reasons.append(Reason(text, age, "NĐ 135/2020/NĐ-CP Đ5", {"months": lower_by_months}))
    retires_on = last_day_of_month(reached)
    pension_from = retires_on + timedelta(days=1)
    notice_by = add_months(retires_on, -terms.notice_months)
    decision_by = add_months(retires_on, -terms.decision_months)
    for text, day, source, more in (
        (N_("Nghỉ hưu khi hết ngày cuối tháng đủ tuổi, %(day)s."), retires_on, "NĐ 135/2020/NĐ-CP Đ3 k1", {}),
        (N_("Hưởng lương hưu từ ngày đầu tháng sau, %(day)s."), pension_from, "NĐ 135/2020/NĐ-CP Đ3 k2", {}),
        (N_("Thông báo trước %(months)s tháng, chậm nhất %(day)s."), notice_by, terms.source,
         {"months": terms.notice_months}),
        (N_("Ra quyết định trước %(months)s tháng, chậm nhất %(day)s."), decision_by, terms.source,
         {"months": terms.decision_months}),
    ):  # fmt: skip
        reasons.append(Reason(text, day.isoformat(), source, {"day": day, **more}))
    return Retirement(retires_on, pension_from, age, notice_by, decision_by, tuple(reasons))


def _reached(born: date, sex: Sex, ages: RetirementAges, lower_by_months: int = 0) -> tuple[AgeRow, date]:
    """Return the row that applies and the first day of the month in which its age is reached.

    That is the first year whose own age is reached within it. As ages never fall from one year to the next, no year is
    skipped.
    """
    month = born.replace(day=1)
    year = month.year + (ages.age(0, sex).in_months - lower_by_months) // 12
    while True:
        row = ages.age(year, sex)
        reached = add_months(month, row.in_months - lower_by_months)
        if reached.year <= year:
            return row, reached
        year += 1


def retirement_by_birth_month(
    ages: RetirementAges, first_year: int, last_year: int
) -> Iterator[tuple[Sex, int, int, date]]:
    """Yield (sex, birth year, birth month, last day at work) for every month of the years given, for SQL to join.

    Someone of whom only the year of birth is known belongs to January.
    """
    for sex in Sex:
        for year in range(first_year, last_year + 1):
            for month in range(1, 13):
                _, reached = _reached(date(year, month, 1), sex, ages)
                yield sex, year, month, last_day_of_month(reached)
