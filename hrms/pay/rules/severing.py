"""Severance of somebody who left, from their record: which rule, how much, and what holds the payment.

NĐ 170/2025/NĐ-CP Đ56a–59 as amended by NĐ 300/2026/NĐ-CP. Only the severance of a cadre or civil servant who left by
own wish is worked out here; other cases go by labour law, and the agency says the amount. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hrms.core.dates import months_between
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.leaving import CASE_LABELS, DECREE, UNSETTLED, Case
from hrms.people.rules.parameters import Parameter, is_on
from hrms.people.rules.severance import severance

SEVERANCE_SOURCE = f"{DECREE} Đ56a"
INSURED_SOURCE = "Luật BHXH 71/2006/QH11 Đ102; Luật Việc làm 74/2025/QH15"
BY_DECREE = frozenset({PersonKind.CADRE, PersonKind.CIVIL_SERVANT})
"""Whom the decree on civil servants gives a severance; the others leave by the law of their contract."""
RETIREMENT, DISMISSAL, UNKNOWN = "retirement", "dismissal", "unknown"
LEAVING_LABELS: dict[str, str] = {
    **{one.value: words for one, words in CASE_LABELS.items()},
    RETIREMENT: N_("Nghỉ hưu"), DISMISSAL: N_("Bị kỷ luật buộc thôi việc"), UNKNOWN: N_("Chưa rõ lý do"),
}  # fmt: skip


class State(StrEnum):
    """How far a case has come."""

    COMPUTED = "computed"
    HELD = "held"
    PAID = "paid"
    CANCELLED = "cancelled"


STATE_LABELS: dict[State, str] = {
    State.COMPUTED: N_("đã tính"), State.HELD: N_("chưa chi được"), State.PAID: N_("đã chi"),
    State.CANCELLED: N_("đã bỏ"),
}  # fmt: skip
HOLDS: dict[str, str] = {
    "no_case": N_("Hồ sơ chưa ghi lý do thôi việc. Hãy chọn lý do."),
    "labour_law": N_("Trợ cấp theo pháp luật về lao động, chương trình không tính. Hãy nhập số tiền cơ quan đã tính."),
    "no_figure": N_("Danh mục chưa có mức trợ cấp của ngày %(day)s. Hãy nhập số tiền theo quy định lúc đó."),
    "no_start": N_("Hồ sơ chưa ghi ngày tuyển dụng nên chưa tính được thời gian làm việc. Hãy nhập số tháng."),
    "no_pay": N_("Hồ sơ chưa đủ hệ số lương của tháng trước khi thôi việc nên chưa tính được. Hãy bổ sung hồ sơ."),
    "debt": N_("Còn nợ %(amount)s đồng chi phí đào tạo: chưa chi trợ cấp cho đến khi thanh toán xong."),
    "commitment": N_("Còn %(months)s tháng cam kết phục vụ chưa thực hiện: chưa chi trợ cấp cho đến khi giải quyết."),
}
"""What holds a payment."""
NOTES: dict[str, str] = {
    "debt_noted": N_("Còn nợ %(amount)s đồng chi phí đào tạo; theo luật lúc thôi việc không giữ lại trợ cấp."),
    "commitment_noted": N_("Còn %(months)s tháng cam kết chưa thực hiện; theo luật lúc thôi việc không giữ trợ cấp."),
    "start_partly": N_("Ngày tuyển dụng chỉ ghi %(day)s: tính từ ngày sớm nhất có thể. Hãy kiểm tra số tháng."),
    "kind_before": N_("Hồ sơ chưa ghi loại nhân sự trước %(day)s: coi như loại lúc đó. Hãy kiểm tra số tháng."),
}
"""What an officer should know, and does not hold it."""


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody out of service from `left_on`. `start` is the first day of work the record knows.

    `kinds` are the stretches of service by kind of person, `pay` the pay of the month before in đồng, `months_bound`
    the months still promised after training, `owed` what is owed in đồng.
    """

    left_on: date
    case: str
    kind: PersonKind
    start: date | None
    kinds: Sequence[tuple[date, date, PersonKind]] = ()
    pay: int | None = None
    noticed: bool = False
    months_bound: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Severed:
    """What is due in đồng, the time it is for, what holds it, and why."""

    amount: int
    worked_months: int
    insured_months: int
    years: Decimal
    holds: tuple[tuple[str, Mapping[str, Any]], ...]
    reasons: tuple[Reason, ...] = field(default_factory=tuple)
    due: bool = True
    """False where the law gives nothing at all: retired, dismissed."""

    @property
    def held(self) -> bool:
        """Say whether something holds the payment."""
        return any(code in HOLDS for code, _params in self.holds)


def insured_months(
    start: date, left_on: date, kinds: Iterable[tuple[date, date, PersonKind]], rates: Iterable[Mapping[str, Any]]
) -> int:
    """Return the whole months of service in which the law insured the person against unemployment.

    `kinds` are stretches `[from, to)`; `rates` the rows of `insurance_rates`. Stretches that touch count as one.
    """
    spans = sorted(
        (max(begin, start, date.fromisoformat(row["valid_from"])), min(end, left_on, _until(row)))
        for begin, end, kind in kinds
        for row in rates
        if row["insurance"] == "unemployment_insurance" and row["side"] == "employee"
        and kind.value in row["person_kinds"].split("|")
    )  # fmt: skip
    joined: list[tuple[date, date]] = []
    for begin, end in spans:
        if begin >= end:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return sum(months_between(begin, end) for begin, end in joined)


def _until(row: Mapping[str, Any]) -> date:
    return date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max


def sever(left: Left, figures: Mapping[str, Parameter], rates: Iterable[Mapping[str, Any]]) -> Severed:
    """Return the severance of one who left, by the law of the day (`figures`), and what holds it."""
    worked = insured = 0
    reasons: list[Reason] = []
    if left.start is not None:
        worked = max(months_between(left.start, left.left_on), 0)
        insured = min(insured_months(left.start, left.left_on, left.kinds, rates), worked)
        text = N_("Làm việc từ %(start)s đến hết ngày trước %(end)s: %(months)s tháng đủ.")
        params = {"start": left.start, "end": left.left_on, "months": worked}
        reasons.append(Reason(text, str(worked), f"{DECREE} Đ59", params))
    return _settled(left, worked, insured, figures, reasons)


def sever_by_hand(
    left: Left, worked: int, insured: int, amount: int | None, figures: Mapping[str, Parameter]
) -> Severed:
    """Return the severance by the months an officer gave; `amount` in đồng where labour law decides it."""
    text = N_("Số tháng do người giải quyết nhập: làm việc %(worked)s, đã đóng bảo hiểm thất nghiệp %(insured)s.")
    reasons = [Reason(text, str(worked), "", {"worked": worked, "insured": insured})]
    found = _settled(left, worked, insured, figures, reasons, by_hand=True)
    asked = {code for code, _params in found.holds} & {"labour_law", "no_figure", "no_pay"}
    if amount is None or not asked:
        return found
    text = N_("Số tiền do cơ quan tính theo quy định áp dụng, ghi kèm căn cứ.")
    holds = tuple(one for one in found.holds if one[0] not in asked)
    return Severed(
        amount, worked, insured, found.years, holds, (*found.reasons, Reason(text, str(amount), SEVERANCE_SOURCE))
    )


def _settled(
    left: Left, worked: int, insured: int, figures: Mapping[str, Parameter], reasons: list[Reason],
    *, by_hand: bool = False,
) -> Severed:  # fmt: skip
    holds = open_debts(left, figures)
    none = _none(left)
    if none is not None:
        return Severed(0, worked, insured, Decimal(0), tuple(holds), (*reasons, none), due=False)
    stops: list[tuple[str, Mapping[str, Any]]] = []
    if left.case == UNKNOWN:
        stops.append(("no_case", {}))
    elif left.case != Case.OWN_WISH.value or left.kind not in BY_DECREE:
        stops.append(("labour_law", {}))
    elif "severance.months_per_year" not in figures:
        stops.append(("no_figure", {"day": left.left_on}))
    elif left.start is None and not by_hand:
        stops.append(("no_start", {}))
    elif left.pay is None:
        stops.append(("no_pay", {}))
    if stops or left.pay is None:
        return Severed(0, worked, insured, Decimal(0), (*stops, *holds), tuple(reasons))
    found = severance(left.pay, worked, figures, insured_months=insured)
    return Severed(found.amount, worked, insured, found.years, tuple(holds), (*reasons, *found.reasons))


def _none(left: Left) -> Reason | None:
    """Return why nothing is due at all; None where something may be."""
    if left.case == RETIREMENT:
        return Reason(N_("Nghỉ hưu: hưởng lương hưu, không có trợ cấp thôi việc."), "0", SEVERANCE_SOURCE)
    if left.case == DISMISSAL:
        return Reason(N_("Bị buộc thôi việc: không có trợ cấp thôi việc."), "0", SEVERANCE_SOURCE)
    if left.noticed:
        text = N_("Đã có thông báo nghỉ hưu trước khi thôi việc: không có trợ cấp thôi việc.")
        return Reason(text, "0", SEVERANCE_SOURCE)
    return None


def open_debts(left: Left, figures: Mapping[str, Parameter]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return debts and commitments: they hold the payment where they are no ground to refuse leaving (Đ28)."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for key, code, open_, params in (
        ("leaving.debt_refuses", "debt", left.owed > 0, {"amount": Decimal(left.owed)}),
        ("leaving.commitment_refuses", "commitment", left.months_bound > 0, {"months": left.months_bound}),
    ):
        if open_:
            holds = key in figures and not is_on(figures, key)
            found.append((code if holds else f"{code}_noted", params))
    return found


def hold_problem(code: str, params: Mapping[str, Any]) -> Problem:
    """Return the sentence of what holds a payment, or of what is to be known; an unknown code says itself."""
    if code in HOLDS:
        return Problem("", code, HOLDS[code], params)
    return Problem("", code, NOTES.get(code, code), params, "warning")


def hold_source(code: str) -> str:
    """Return the article behind what holds a payment."""
    return UNSETTLED if code in {"debt", "commitment"} else ""


def check(worked: int, insured: int, amount: int | None) -> list[Problem]:
    """Return how months given by hand contradict themselves."""
    if insured > worked:
        text = N_("Số tháng đã đóng bảo hiểm thất nghiệp %(insured)s nhiều hơn số tháng làm việc %(worked)s.")
        return [Problem("insured_months", "more_than_worked", text, {"insured": insured, "worked": worked})]
    if amount is not None and amount < 0:
        return [Problem("amount", "negative", N_("Số tiền không được âm. Hãy sửa lại."))]
    return []
