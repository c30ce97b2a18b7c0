"""Schemes of bonuses and extra income as data: what is kept of one, who shares in it, what its fund may be. Pure.

Use `Terms`, `read_terms`, `write_terms`, `Eligible`, `check_terms`, `fund_limits`. NĐ 161/2026/NĐ-CP Đ4 (bonus), NĐ
75/2026/NĐ-CP (extra income), resolutions of provinces (special). The arithmetic of shares is `rules.incentives`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.pay.rules.incentives import Scheme, SchemeKind
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass

HUNDRED = Decimal(100)
MOST_PERCENT = Decimal(1000)


class Purpose(StrEnum):
    """What money is shared."""

    BONUS = "bonus"
    EXTRA_INCOME = "extra_income"
    SPECIAL = "special"


class RatingOf(StrEnum):
    """Whose class decides a share."""

    YEAR = "year"
    """The year's class; an advance of a quarter goes by the quarter's points."""
    MONTH = "month"
    """Each month's points, month by month."""


class Period(StrEnum):
    """What is settled at once."""

    YEAR = "year"
    QUARTER = "quarter"


class Step(StrEnum):
    """What a round pays."""

    ADVANCE = "advance"
    SETTLEMENT = "settlement"
    AD_HOC = "ad_hoc"


class SchemeState(StrEnum):
    """How far a scheme is."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"


class PayoutState(StrEnum):
    """How far a round is."""

    DRAFT = "draft"
    SHARED = "shared"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class LeftOut(StrEnum):
    """Why somebody of the agency has no share."""

    KIND = "kind"
    NO_RATING = "no_rating"
    NO_WEIGHT = "no_weight"
    FEW_MONTHS = "few_months"
    NO_SALARY = "no_salary"
    GONE = "gone"
    """Had an advance here, and is not of the agency in the period."""
    HAND = "hand"


PURPOSE_LABELS: dict[Purpose, str] = {
    Purpose.BONUS: N_("Tiền thưởng"),
    Purpose.EXTRA_INCOME: N_("Thu nhập tăng thêm"),
    Purpose.SPECIAL: N_("Cơ chế đặc thù"),
}
KIND_WORDS: dict[SchemeKind, str] = {
    SchemeKind.POINTS: N_("Chia cả quỹ theo điểm"),
    SchemeKind.PERCENT_OF_MAX: N_("Phần trăm của mức tối đa mỗi tháng"),
    SchemeKind.COEFFICIENT: N_("Số lần mức lương mỗi tháng"),
    SchemeKind.AMOUNT: N_("Số tiền mỗi tháng"),
}
RATING_OF_LABELS: dict[RatingOf, str] = {
    RatingOf.YEAR: N_("Mức xếp loại năm; tạm ứng quý theo điểm của quý"),
    RatingOf.MONTH: N_("Điểm từng tháng"),
}
PERIOD_WORDS: dict[Period, str] = {Period.YEAR: N_("Cả năm"), Period.QUARTER: N_("Từng quý")}
STEP_WORDS: dict[Step, str] = {
    Step.ADVANCE: N_("Tạm ứng"), Step.SETTLEMENT: N_("Chi trả, quyết toán"), Step.AD_HOC: N_("Thưởng đột xuất"),
}  # fmt: skip
SCHEME_STATES: dict[SchemeState, str] = {
    SchemeState.DRAFT: N_("Dự thảo"), SchemeState.IN_FORCE: N_("Đang áp dụng"), SchemeState.ENDED: N_("Hết áp dụng"),
}  # fmt: skip
PAYOUT_STATES: dict[PayoutState, str] = {
    PayoutState.DRAFT: N_("Chưa chia"), PayoutState.SHARED: N_("Đã chia, chờ quyết định"),
    PayoutState.DECIDED: N_("Đã quyết định"), PayoutState.CANCELLED: N_("Đã hủy"),
}  # fmt: skip
LEFT_OUT_WORDS: dict[LeftOut, str] = {
    LeftOut.KIND: N_("Không thuộc đối tượng của quy chế"),
    LeftOut.NO_RATING: N_("Chưa có kết quả xếp loại của kỳ"),
    LeftOut.NO_WEIGHT: N_("Quy chế không có mức cho kết quả xếp loại này"),
    LeftOut.FEW_MONTHS: N_("Không đủ số tháng làm việc"),
    LeftOut.NO_SALARY: N_("Chưa có hệ số lương trong hồ sơ"),
    LeftOut.GONE: N_("Đã tạm ứng, nay không thuộc cơ quan trong kỳ"),
    LeftOut.HAND: N_("Đưa ra khỏi danh sách"),
}


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who shares: kinds of person, least months of the period, absences that do not count as work.

    `unrated` is the class that counts for whoever has none, None: no share.
    """

    kinds: frozenset[PersonKind] = frozenset({
        PersonKind.CADRE, PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE, PersonKind.CONTRACT,
    })  # fmt: skip
    least_months: int = 1
    uncounted: frozenset[AbsenceKind] = frozenset({AbsenceKind.UNPAID_LEAVE})
    unrated: RatingClass | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """A scheme with where its fund comes from. Per cents are of the salary fund by rank and step, no allowances.

    `fund_percent` None: the law's for bonuses and extra income, as much as the weights need for the rest;
    `advance_percent` the most of a quarter's salary fund that may be advanced, None: the law's, or no advance.
    """

    scheme: Scheme
    purpose: Purpose
    fund_percent: Decimal | None = None
    advance_percent: Decimal | None = None
    rating_of: RatingOf = RatingOf.YEAR
    period: Period = Period.YEAR
    eligible: Eligible = field(default_factory=Eligible)


def write_terms(terms: Terms) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return terms as two JSON objects, `terms` and `eligible`: decimals as text, whole đồng."""
    scheme = terms.scheme
    kept: dict[str, Any] = {
        "kind": scheme.kind.value, "weights": _texts(scheme.weights),
        "kind_weights": {kind.value: _texts(own) for kind, own in sorted(scheme.kind_weights.items())},
        "ad_hoc_percent": str(scheme.ad_hoc_percent), "floors": _texts(scheme.floors),
        "most_a_month": scheme.most_a_month, "max_coefficient": _text(scheme.max_coefficient),
        "cap": _text(scheme.cap), "by_coefficient": scheme.by_coefficient, "source": scheme.source,
        "fund_percent": _text(terms.fund_percent), "advance_percent": _text(terms.advance_percent),
        "rating_of": terms.rating_of.value, "period": terms.period.value, "purpose": terms.purpose.value,
    }  # fmt: skip
    who = terms.eligible
    return kept, {
        "kinds": sorted(one.value for one in who.kinds), "least_months": who.least_months,
        "uncounted": sorted(one.value for one in who.uncounted),
        "unrated": who.unrated.value if who.unrated else None,
    }  # fmt: skip


def read_terms(kept: Mapping[str, Any], who: Mapping[str, Any]) -> Terms:
    """Return the terms that `write_terms` kept."""
    scheme = Scheme(
        SchemeKind(kept["kind"]), _weights(kept["weights"]),
        kind_weights={PersonKind(kind): _weights(own) for kind, own in kept["kind_weights"].items()},
        ad_hoc_percent=Decimal(kept["ad_hoc_percent"]),
        floors={RatingClass(name): int(amount) for name, amount in kept["floors"].items()},
        most_a_month=kept["most_a_month"], max_coefficient=_number(kept["max_coefficient"]), cap=_number(kept["cap"]),
        by_coefficient=kept["by_coefficient"], source=kept["source"],
    )  # fmt: skip
    return Terms(
        scheme, Purpose(kept["purpose"]), _number(kept["fund_percent"]), _number(kept["advance_percent"]),
        RatingOf(kept["rating_of"]), Period(kept["period"]),
        Eligible(
            frozenset(PersonKind(one) for one in who["kinds"]), int(who["least_months"]),
            frozenset(AbsenceKind(one) for one in who["uncounted"]),
            RatingClass(who["unrated"]) if who["unrated"] else None,
        ),
    )  # fmt: skip


def _texts(given: Mapping[RatingClass, Any]) -> dict[str, str]:
    return {one.value: str(given[one]) for one in RatingClass if one in given}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _weights(given: Mapping[str, str]) -> dict[RatingClass, Decimal]:
    return {RatingClass(name): Decimal(value) for name, value in given.items()}


def months_of(quarter: int | None) -> range:
    """Return the months of the year that a round is about: a quarter's three, or all twelve."""
    return range(1, 13) if quarter is None else range(quarter * 3 - 2, quarter * 3 + 1)


def scheme_of(terms: Terms, step: Step, quarter: int | None, advance_percent: Decimal | None) -> Scheme:
    """Return the arithmetic of a round: its months, and for an advance the cap of the quarter's salary fund.

    An advance keeps nothing for ad hoc bonuses: the settlement of the year does.
    """
    months = len(months_of(quarter))
    if step is not Step.ADVANCE:
        return dataclasses.replace(terms.scheme, period_months=months)
    caps = [one for one in (terms.scheme.cap, None if advance_percent is None else advance_percent / HUNDRED) if one]
    return dataclasses.replace(
        terms.scheme, period_months=months, ad_hoc_percent=Decimal(0), cap=min(caps) if caps else None
    )


@dataclass(frozen=True, slots=True)
class FundLimits:
    """What a round's fund may be, in whole đồng: `usual` without a figure given, `most` at all; None: no such figure.

    `percent` and `source` say where `most` comes from.
    """

    usual: int | None
    most: int | None
    percent: Decimal | None
    source: str


def fund_limits(
    terms: Terms, step: Step, salary_fund: Fraction, law: Decimal | None, law_source: str, need: int
) -> FundLimits:
    """Return the limits of a round's fund. `law` is the law's per cent for this purpose and step, None without one.

    `salary_fund` is exact, of the round's months; `need` what the weights ask for. The law's per cent cannot be
    exceeded by a scheme: 10 % for bonuses (NĐ 161/2026/NĐ-CP Đ4), 100 % for extra income and 60 % of a quarter for its
    advance (NĐ 75/2026/NĐ-CP). A special mechanism is held by its own cap.
    """
    own = terms.advance_percent if step is Step.ADVANCE else terms.fund_percent
    cap = None if terms.scheme.cap is None else terms.scheme.cap * HUNDRED
    bounds = [
        (value, source)
        for value, source in ((own, terms.scheme.source), (law, law_source), (cap, terms.scheme.source))
        if value is not None
    ]
    if not bounds:
        return FundLimits(None if terms.scheme.kind is SchemeKind.POINTS else need, None, None, terms.scheme.source)
    percent, source = min(bounds)
    most = math.floor(salary_fund * Fraction(percent) / 100)
    whole = terms.scheme.kind is SchemeKind.POINTS
    return FundLimits(most if whole else min(need, most), most, percent, source)


def check_terms(terms: Terms) -> list[Problem]:
    """Return what is wrong with terms, each with its field of the form and the remedy."""
    scheme, found = terms.scheme, []
    if not scheme.weights and not scheme.kind_weights:
        text = N_("Chưa có mức nào cho các kết quả xếp loại. Hãy ghi ít nhất một mức.")
        found.append(Problem("weight_excellent", "no_weights", text))
    if (scheme.max_coefficient is None) == (scheme.kind is SchemeKind.PERCENT_OF_MAX):
        text = N_("Mức tối đa mỗi tháng (số lần mức lương) phải có, và chỉ có, khi chi theo phần trăm của mức tối đa.")
        found.append(Problem("max_coefficient", "max_coefficient", text))
    if scheme.kind is SchemeKind.POINTS and (scheme.floors or scheme.most_a_month is not None):
        text = N_("Chia theo điểm không có mức tối thiểu, tối đa mỗi tháng. Hãy để trống các mục này.")
        found.append(Problem("most_a_month", "limits_of_points", text))
    if scheme.by_coefficient and scheme.kind is not SchemeKind.POINTS:
        text = N_("Chỉ chia theo điểm mới nhân với hệ số lương. Hãy bỏ mục này.")
        found.append(Problem("by_coefficient", "coefficient_without_points", text))
    if scheme.kind is SchemeKind.POINTS and terms.purpose is Purpose.SPECIAL and not (terms.fund_percent or scheme.cap):
        text = N_("Chia cả quỹ theo điểm cần biết quỹ. Hãy ghi tỷ lệ của quỹ lương hoặc mức trần.")
        found.append(Problem("fund_percent", "no_fund", text))
    if not terms.eligible.kinds:
        found.append(Problem("kinds", "nobody", N_("Chưa chọn đối tượng được chi. Hãy chọn ít nhất một.")))
    for name, value in (("fund_percent", terms.fund_percent), ("advance_percent", terms.advance_percent)):
        if value is not None and not 0 < value <= MOST_PERCENT:
            text = N_("Tỷ lệ phải lớn hơn 0 và không quá %(most)s%%. Hãy sửa.")
            found.append(Problem(name, "percent", text, {"most": MOST_PERCENT}))
    most = len(months_of(1 if terms.period is Period.QUARTER else None))
    if not 0 <= terms.eligible.least_months <= most:
        text = N_("Số tháng tối thiểu phải từ 0 đến %(most)s. Hãy sửa.")
        found.append(Problem("least_months", "least_months", text, {"most": most}))
    return found


def law_key(purpose: Purpose, step: Step) -> str | None:
    """Return the figure of the law that limits the fund of such a round, None where there is none."""
    if purpose is Purpose.BONUS:
        return "bonus.fund_percent"
    if purpose is Purpose.EXTRA_INCOME:
        return "extra.advance_percent" if step is Step.ADVANCE else "extra.cap_percent"
    return None
