"""What may be supposed: another base salary, scale, leadership coefficient, rate, allowance, the placement of 2027.

Each kind is rows of the law that hold within the supposition, or another way to read somebody's facts, or both. Pure;
nothing here touches what is recorded. `check` says what is wrong with one; `rules.supposed_all` keeps and applies them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, ClassVar

from hrms.core.rules import N_, Problem
from hrms.pay.rules import placing
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.figures import AllowanceCode, Base, Form, Insurance, Side
from hrms.pay.rules.month import Stretch
from hrms.pay.rules.placement import converted_group
from hrms.pay.rules.placing import Held, PlacingReason
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.steps import PayGroup

Row = Mapping[str, Any]
Rows = Callable[[str], Sequence[Row]]
"""The rows of a catalogue as the law in force has them."""
Scales = Callable[[date], Mapping[tuple[int, str], PayGroup]]
SOURCE, MARK = "Phương án giả định", "U"
HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
PAID_KINDS = (PersonKind.CADRE, PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE, PersonKind.CONTRACT)
"""Kinds of people whose pay follows the scales."""


class ChangeKind(StrEnum):
    """What is supposed."""

    BASE_SALARY = "base_salary"
    ALLOWANCE = "allowance"
    SCALE = "scale"
    LEADERSHIP = "leadership"
    INSURANCE = "insurance"
    PLACEMENT = "placement"
    RAISES = "raises"
    INCENTIVE = "incentive"
    TEXT = "text"


CHANGE_LABELS: dict[ChangeKind, str] = {
    ChangeKind.BASE_SALARY: N_("Mức lương cơ sở khác"),
    ChangeKind.ALLOWANCE: N_("Phụ cấp mới, hoặc mức khác của một phụ cấp"),
    ChangeKind.SCALE: N_("Hệ số khác trong bảng lương"),
    ChangeKind.LEADERSHIP: N_("Hệ số phụ cấp chức vụ khác"),
    ChangeKind.INSURANCE: N_("Tỷ lệ đóng bảo hiểm khác"),
    ChangeKind.PLACEMENT: N_("Xếp bậc nghề nghiệp cho mọi viên chức"),
    ChangeKind.RAISES: N_("Nâng bậc lương thường xuyên đúng hạn"),
    ChangeKind.INCENTIVE: N_("Quy chế chi tiền thưởng, thu nhập tăng thêm khác"),
    ChangeKind.TEXT: N_("Các mức của một văn bản đang soạn"),
}


class Give(StrEnum):
    """How an allowance reaches people."""

    ALL = "all"
    HOLDERS = "holders"
    STOP = "stop"


GIVE_LABELS: dict[Give, str] = {
    Give.ALL: N_("Mọi người thuộc diện dưới đây, thay mức đang hưởng nếu có"),
    Give.HOLDERS: N_("Chỉ người đang hưởng, đổi sang mức này"),
    Give.STOP: N_("Thôi chi phụ cấp này"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """What a change asks of somebody's record: table, group, code of the rank, the step, since when it is held.

    `next_on` is the day of the next raise as the record keeps it for that step, None where it keeps none.
    """

    table: int | None = None
    group: str | None = None
    rank: str | None = None
    step: int | None = None
    since: date | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Whom something is for; nothing chosen: everybody. `ranks` is how the code of a rank begins; `leaders` a post."""

    kinds: tuple[PersonKind, ...] = ()
    groups: tuple[str, ...] = ()
    ranks: str = ""
    leaders: bool | None = None

    def includes(self, one: Stretch, person: Person) -> bool:
        """Say whether somebody in these days is meant."""
        return (
            (not self.kinds or one.kind in self.kinds)
            and (not self.groups or person.group in self.groups)
            and (person.rank or "").startswith(self.ranks)
            and self.leaders in {None, one.facts.leadership_coefficient > 0}
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "kinds": [one.value for one in self.kinds], "groups": list(self.groups), "ranks": self.ranks,
            "leaders": self.leaders,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Who:
        """Return what `as_json` kept."""
        kinds = tuple(PersonKind(one) for one in kept.get("kinds") or ())
        return cls(kinds, tuple(kept.get("groups") or ()), kept.get("ranks") or "", kept.get("leaders"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something supposed from `start` on."""

    kind: ClassVar[ChangeKind]
    start: date

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return the rows of the law it supposes, as `figures.overlay` takes them; `law` is what is in force."""
        del law
        return []

    def on(self, one: Stretch, person: Person, scales: Scales) -> Stretch:
        """Return days from `start` on as they would be; the same where nothing changes. Raises `Unplaced`."""
        del person, scales
        return one

    def over(self, one: Stretch, person: Person, scales: Scales) -> list[Stretch]:
        """Return days from `start` on as they would be, cut where they change. Raises `Unplaced`."""
        return [self.on(one, person, scales)]

    def check(self, law: Rows) -> list[Problem]:
        """Return what is wrong with it; fields are those of its form."""
        del law
        return []

    def _row(self, catalogue: str, **values: Any) -> dict[str, Any]:
        return {
            "catalogue": catalogue, **values, "valid_from": self.start.isoformat(), "source": SOURCE, "mark": MARK,
        }  # fmt: skip


class Unplaced(Exception):
    """Somebody cannot be placed: the coefficient is none of the group's steps."""


def in_force(rows: Sequence[Row], day: date) -> list[Row]:
    """Return the rows that hold on a day."""
    shown = day.isoformat()
    return [row for row in rows if (row.get("valid_from") or "") <= shown < (row.get("valid_to") or "9999")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseSalary(Change):
    """Another base salary, in đồng a month."""

    kind: ClassVar[ChangeKind] = ChangeKind.BASE_SALARY
    amount: Decimal

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return the row of the base salary."""
        del law
        return [self._row("base_salaries", amount=f"{self.amount:f}")]

    def check(self, law: Rows) -> list[Problem]:
        """Refuse an amount far from the one in force: a slip of the pen."""
        now = next(iter(in_force(law("base_salaries"), self.start)), None)
        if now and not Decimal(now["amount"]) / 10 <= self.amount <= Decimal(now["amount"]) * 10:
            text = N_("Mức %(amount)s đồng khác mức đang có hiệu lực (%(now)s đồng) quá mười lần. Hãy xem lại số.")
            return [Problem("amount", "far_off", text, {"amount": self.amount, "now": Decimal(now["amount"])})]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Change):
    """Other coefficients: of one group as given, or of one or all groups by a percentage more (less: below 0)."""

    kind: ClassVar[ChangeKind] = ChangeKind.SCALE
    group: str = ""
    """Table and group as "2:A1"; "" for all."""
    coefficients: tuple[Decimal, ...] = ()
    percent: Decimal | None = None

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return a row for each step that changes."""
        found = []
        for row in self._steps(law):
            at = int(row["step"])
            now = Decimal(row["coefficient"])
            if self.percent is not None:
                new = (now * (HUNDRED + self.percent) / HUNDRED).quantize(_CENT, ROUND_HALF_UP)
            else:
                new = self.coefficients[at - 1]
            if new != now:
                same = {name: row[name] for name in ("table", "group", "months_per_step", "step")}
                found.append(self._row("pay_scales", **same, coefficient=f"{new:f}"))
        return found

    def _steps(self, law: Rows) -> list[Row]:
        rows = in_force(law("pay_scales"), self.start)
        return [row for row in rows if self.group in {"", f"{row['table']}:{row['group']}"}]

    def check(self, law: Rows) -> list[Problem]:
        """Refuse coefficients that do not rise, or are not as many as the steps."""
        if self.percent is not None:
            return []
        steps = len(self._steps(law)) if self.group else 0
        if not self.group:
            text = N_("Hệ số từng bậc chỉ ghi cho một loại. Hãy chọn loại, hoặc ghi tỷ lệ tăng cho mọi loại.")
            return [Problem("group", "no_group", text)]
        if len(self.coefficients) != steps:
            text = N_("Loại này có %(steps)s bậc, đã ghi %(given)s hệ số. Hãy ghi đủ, cách nhau bằng dấu chấm phẩy.")
            return [Problem("coefficients", "steps", text, {"steps": steps, "given": len(self.coefficients)})]
        rising = list(self.coefficients) == sorted(set(self.coefficients))
        if not rising or not 0 < self.coefficients[0] <= self.coefficients[-1] < 15:
            text = N_("Hệ số các bậc phải tăng dần, lớn hơn 0 và nhỏ hơn 15. Hãy sửa.")
            return [Problem("coefficients", "not_rising", text)]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Leadership(Change):
    """Another leadership coefficient: of one post, or of all by a percentage more."""

    kind: ClassVar[ChangeKind] = ChangeKind.LEADERSHIP
    post: str = ""
    """Post and place as "department_head:other"; "" for all."""
    coefficient: Decimal | None = None
    percent: Decimal | None = None

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return a row for each post and place that changes."""
        found = []
        for row in in_force(law("leadership_coefficients"), self.start):
            if self.post not in {"", f"{row['post']}:{row['place']}"}:
                continue
            now = Decimal(row["coefficient"])
            new = self.coefficient if self.coefficient is not None else _raised(now, self.percent)
            if new != now:
                same = {"post": row["post"], "place": row["place"]}
                found.append(self._row("leadership_coefficients", **same, coefficient=f"{new:f}"))
        return found

    def check(self, law: Rows) -> list[Problem]:
        """Refuse one coefficient for all posts."""
        del law
        if not self.post and self.percent is None:
            text = N_("Một hệ số chỉ ghi cho một chức vụ. Hãy chọn chức vụ, hoặc ghi tỷ lệ tăng cho mọi chức vụ.")
            return [Problem("post", "no_post", text)]
        return []


def _raised(now: Decimal, percent: Decimal | None) -> Decimal:
    return (now * (HUNDRED + (percent or 0)) / HUNDRED).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Change):
    """Another rate of a compulsory insurance for one side, in per cent."""

    kind: ClassVar[ChangeKind] = ChangeKind.INSURANCE
    insurance: Insurance
    side: Side
    percent: Decimal

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return the row of the rate, for the kinds of people that are insured so."""
        key = (self.insurance.value, self.side.value)
        rows = [row for row in in_force(law("insurance_rates"), self.start) if (row["insurance"], row["side"]) == key]
        return [
            self._row("insurance_rates", insurance=key[0], side=key[1], percent=f"{self.percent:f}",
                      person_kinds=row["person_kinds"])
            for row in rows
        ]  # fmt: skip

    def check(self, law: Rows) -> list[Problem]:
        """Refuse a contribution the law does not know."""
        if self.rows(law):
            return []
        text = N_("Bên này không đóng loại bảo hiểm đã chọn. Hãy chọn bên kia hoặc loại khác.")
        return [Problem("side", "no_such_rate", text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceChange(Change):
    """An allowance given, changed or stopped; the value is a coefficient, per cent, or đồng a month, as `form` says."""

    kind: ClassVar[ChangeKind] = ChangeKind.ALLOWANCE
    code: AllowanceCode
    give: Give = Give.ALL
    form: Form = Form.PERCENT
    value: Decimal = Decimal(0)
    who: Who = field(default_factory=Who)

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return the rule where the law has none for these people in this form, and the law's own percentage."""
        if self.give is Give.STOP:
            return []
        found = []
        mine = [row for row in in_force(law("allowance_rules"), self.start) if row["code"] == self.code]
        for kind in self.who.kinds or self._kinds(mine):
            row = next((row for row in mine if kind in row["person_kinds"].split("|")), None)
            forms = row["forms"].split("|") if row else []
            if self.form not in forms:
                given = {"base": Base.PAY.value, "insured": "0", "full_days": None} if row is None else {
                    name: row[name] for name in ("base", "insured", "full_days")
                }  # fmt: skip
                if self.form is Form.PERCENT and not given["base"]:
                    given["base"] = Base.PAY.value
                found.append(
                    self._row("allowance_rules", code=self.code.value, person_kinds=kind.value,
                              forms="|".join([*forms, self.form.value]), **given)
                )  # fmt: skip
        key = f"{self.code}.allowance_percent"
        own = next((row for row in in_force(law("parameters"), self.start) if row["key"] == key), None)
        if own and self.form is Form.PERCENT and Decimal(own["value"]) != self.value:
            found.append(self._row("parameters", key=key, value=f"{self.value:f}", unit=own["unit"]))
        return found

    def _kinds(self, mine: Sequence[Row]) -> Sequence[PersonKind]:
        """Return whom it may reach when nobody was chosen: for those who have it already, whom the law gives it."""
        if self.give is not Give.HOLDERS:
            return PAID_KINDS
        return [kind for kind in PAID_KINDS if any(kind in row["person_kinds"].split("|") for row in mine)]

    def on(self, one: Stretch, person: Person, scales: Scales) -> Stretch:
        """Return the days with the allowance as supposed."""
        del scales
        has = any(each.code is self.code for each in one.facts.allowances)
        if not self.who.includes(one, person) or (self.give is not Give.ALL and not has):
            return one
        others = tuple(each for each in one.facts.allowances if each.code is not self.code)
        new = () if self.give is Give.STOP else (self.allowance,)
        return replace(one, facts=replace(one.facts, allowances=(*others, *new)))

    @property
    def allowance(self) -> Allowance:
        """Return the allowance as a sheet has it."""
        if self.form is Form.PERCENT:
            return Allowance(self.code, percent=self.value)
        if self.form is Form.COEFFICIENT:
            return Allowance(self.code, coefficient=self.value)
        return Allowance(self.code, amount=self.value)

    def check(self, law: Rows) -> list[Problem]:
        """Refuse a new law's percentage that only some would have: one figure of the law is everybody's."""
        if self.give is not Give.STOP and self.value <= 0:
            return [Problem("value", "no_value", N_("Mức phải lớn hơn 0. Hãy ghi mức, hoặc chọn thôi chi."))]
        most = {Form.PERCENT: Decimal(200), Form.COEFFICIENT: Decimal(15), Form.AMOUNT: Decimal(100_000_000)}[self.form]
        if self.value > most:
            text = N_("Mức lớn nhất theo cách tính này là %(most)s. Hãy xem lại mức hoặc cách tính.")
            return [Problem("value", "too_much", text, {"most": most})]
        key = f"{self.code}.allowance_percent"
        if any(row["catalogue"] == "parameters" for row in self.rows(law)) and self.who != Who(self.who.kinds):
            text = N_("Tỷ lệ này do văn bản ấn định chung (%(key)s). Hãy bỏ chọn loại bảng lương, mã ngạch, chức vụ.")
            return [Problem("value", "one_for_all", text, {"key": key})]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Change):
    """Every public employee placed in a career grade: A2.2 goes into A2.1, A3.2 into A3.1 (NĐ 232/2026/NĐ-CP Đ18)."""

    kind: ClassVar[ChangeKind] = ChangeKind.PLACEMENT

    def on(self, one: Stretch, person: Person, scales: Scales) -> Stretch:
        """Return the days with the step of the new group. Raises `Unplaced`."""
        if one.kind is not PersonKind.PUBLIC_EMPLOYEE or person.table is None or person.group is None:
            return one
        known = scales(self.start)
        old, new = known.get((person.table, person.group)), converted_group(person.table, person.group, known)
        if old is None or new is None or old.group == new.group:
            return one
        facts = one.facts
        held = Held(old, facts.coefficient, int(facts.beyond_scale_percent), self.start, facts.reserved)
        if placing.check(held, new, self.start, PlacingReason.GRADE_CONVERSION):
            raise Unplaced
        placed = placing.place(held, new, self.start, PlacingReason.GRADE_CONVERSION)
        after = replace(
            facts, coefficient=placed.coefficient, reserved=placed.reserved,
            beyond_scale_percent=Decimal(placed.beyond_scale_percent),
        )  # fmt: skip
        return replace(one, facts=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Change):
    """The rows of a text that is not law yet, as they were when they were taken over; `start` is its first day."""

    kind: ClassVar[ChangeKind] = ChangeKind.TEXT
    number: str = ""
    given: tuple[Mapping[str, Any], ...] = ()

    def rows(self, law: Rows) -> list[dict[str, Any]]:
        """Return the text's rows, each with its own first day."""
        del law
        return [dict(row) for row in self.given]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incentive(Change):
    """Another scheme of bonuses or extra income in the place of one, or of none, for a year's people and classes.

    `terms` and `eligible` are as `schemes.write_terms` keeps them, copied when the change was made.
    """

    kind: ClassVar[ChangeKind] = ChangeKind.INCENTIVE
    year: int
    name: str
    terms: Mapping[str, Any]
    eligible: Mapping[str, Any]
    before_name: str = ""
    before_terms: Mapping[str, Any] | None = None
    before_eligible: Mapping[str, Any] | None = None
