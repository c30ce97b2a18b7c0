"""Leaving the service (thôi việc): by one's own wish or by the agency, and why a wish may be refused.

NĐ 170/2025/NĐ-CP Đ56a–58 as amended by NĐ 300/2026/NĐ-CP: a written wish is answered within 30 days. Until 31/7/2026
an unserved commitment or an unsettled debt is a ground to refuse; from 01/8/2026 it is none (Đ27), but severance is not
paid until it is settled (Đ28).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.rules import N_, Problem
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.parameters import Parameter, is_on, whole

DECREE = "NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP"
UNSETTLED = "NĐ 300/2026/NĐ-CP Đ28"


class Case(StrEnum):
    """Why somebody leaves (NĐ 170/2025/NĐ-CP Đ56a)."""

    OWN_WISH = "own_wish"
    UNFIT = "unfit"
    NOT_COMPLETED = "not_completed"
    OTHER = "other"


CASE_LABELS: dict[Case, str] = {
    Case.OWN_WISH: N_("Theo nguyện vọng"),
    Case.UNFIT: N_("Không đáp ứng yêu cầu của vị trí việc làm"),
    Case.NOT_COMPLETED: N_("Bị xếp loại không hoàn thành nhiệm vụ"),
    Case.OTHER: N_("Trường hợp khác theo quy định"),
}


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is proposed: `on` is the first day out of service, `asked_on` the day of the wish, `rated_on` of the class.

    `noticed` says that a retirement notice was given.
    """

    case: Case | None
    on: date
    asked_on: date | None = None
    rated_on: date | None = None
    noticed: bool = False


def check(leaving: Leaving) -> list[Problem]:
    """Return what is missing or contradicts itself."""
    if leaving.case is None:
        return [Problem("case", "required", N_("Chưa chọn lý do thôi việc."))]
    if leaving.case is Case.OWN_WISH and leaving.asked_on is None:
        text = N_("Chưa nhập ngày nhận đơn. Thôi việc theo nguyện vọng phải có đơn.")
        return [Problem("asked_on", "required", text)]
    if leaving.asked_on is not None and leaving.asked_on > leaving.on:
        text = N_("Ngày nhận đơn %(asked)s sau ngày thôi việc %(day)s. Hãy sửa một trong hai ngày.")
        return [Problem("asked_on", "dates_out_of_order", text, {"asked": leaving.asked_on, "day": leaving.on})]
    if leaving.case is Case.NOT_COMPLETED and leaving.rated_on is None:
        text = N_("Chưa nhập ngày có kết quả xếp loại. Quyết định phải ra trong thời hạn kể từ ngày đó.")
        return [Problem("rated_on", "required", text)]
    return []


def answer_by(asked_on: date, figures: Mapping[str, Parameter]) -> date | None:
    """Return the last day on which a written wish to leave is answered."""
    days = whole(figures, "leaving.answer_days")
    return None if days is None else asked_on + timedelta(days=days)


def decide_by(rated_on: date, figures: Mapping[str, Parameter]) -> date | None:
    """Return the last day of the decision after the class that it follows from."""
    days = whole(figures, "leaving.rating_days")
    return None if days is None else rated_on + timedelta(days=days)


def conditions(leaving: Leaving, figures: Mapping[str, Parameter], today: date) -> list[Condition]:
    """Return the conditions of leaving by the law of its day; clocks count to `today`."""
    found: list[Condition] = []
    if leaving.case is Case.OWN_WISH:
        if leaving.asked_on is not None:
            found += _clock(
                "answered",
                N_("Trả lời đơn trong %(days)s ngày"),
                leaving.asked_on,
                answer_by(leaving.asked_on, figures),
                "leaving.answer_days",
                figures,
                today,
            )
        found += _grounds_to_refuse(figures)
    if leaving.case is Case.NOT_COMPLETED and leaving.rated_on is not None:
        found += _clock(
            "decided",
            N_("Ra quyết định trong %(days)s ngày kể từ khi có kết quả xếp loại"),
            leaving.rated_on,
            decide_by(leaving.rated_on, figures),
            "leaving.rating_days",
            figures,
            today,
        )
    if leaving.noticed:
        found.append(
            Condition(
                "noticed", N_("Chưa có thông báo nghỉ hưu (có thì không hưởng trợ cấp thôi việc)"), Outcome.NOT_MET,
                f"{DECREE} Đ56a", N_("Đã có thông báo nghỉ hưu"), blocking=False,
            )
        )  # fmt: skip
    return found


def _clock(
    code: str, text: str, start: date, last: date | None, key: str, figures: Mapping[str, Parameter], today: date
) -> list[Condition]:
    if last is None:
        return []
    return [
        Condition(
            code, text, Outcome.MET if today <= last else Outcome.NOT_MET, figures[key].source,
            N_("Từ %(start)s, hạn %(last)s"),
            {"days": whole(figures, key), "start": start, "last": last}, blocking=False,
        )
    ]  # fmt: skip


def _grounds_to_refuse(figures: Mapping[str, Parameter]) -> list[Condition]:
    """Return what would let the agency refuse; what only holds severance back does not block."""

    def ask(code: str, text: str, source: str, *, blocking: bool = True) -> Condition:
        return Condition(
            code, text, Outcome.UNKNOWN, source, supplier=Supplier.USING_AGENCY, blocking=blocking, answerable=True
        )

    found = [
        ask("no_discipline", N_("Không trong thời gian xem xét kỷ luật, điều tra, truy tố, xét xử"), f"{DECREE} Đ57"),
        ask("replaced", N_("Yêu cầu công việc cho phép, có người thay thế"), f"{DECREE} Đ57"),
    ]
    for key, code, refuses, holds in (
        ("leaving.commitment_refuses", "commitment",
         N_("Đã phục vụ đủ thời gian cam kết"),
         N_("Đã phục vụ đủ thời gian cam kết (chưa đủ thì chưa chi trợ cấp)")),
        ("leaving.debt_refuses", "debt",
         N_("Đã thanh toán xong tiền, tài sản thuộc trách nhiệm cá nhân"),
         N_("Đã thanh toán xong tiền, tài sản (chưa xong thì chưa chi trợ cấp)")),
    ):  # fmt: skip
        if key in figures:
            blocks = is_on(figures, key)
            source = figures[key].source if blocks else f"{figures[key].source}; {UNSETTLED}"
            found.append(ask(code, refuses if blocks else holds, source, blocking=blocks))
    return found
