"""Retirement notice (Mẫu 2) and retirement decision (Mẫu 3): NĐ 170/2025/NĐ-CP Đ61–63.

The notice comes 6 months, the decision 3 months before. Retirement may be put off at most 1 month (Tết; death of a
spouse, parent or child; disaster, fire), 3 months (serious illness or accident) or 6 months (a disease on the long-term
list); of several reasons the longest counts alone, and the person may do without. `rules.retirement` gives the day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.parameters import Parameter, whole
from hrms.people.rules.retirement import Retirement

ARTICLES = "NĐ 170/2025/NĐ-CP Đ61–63"
AGE = "NĐ 135/2020/NĐ-CP Đ3–4"
EARLIER = "NĐ 135/2020/NĐ-CP Đ5"


class Delay(StrEnum):
    """Why retirement is put off."""

    FAMILY = "family"
    ILLNESS = "illness"
    DISEASE = "disease"


DELAY_LABELS: dict[Delay, str] = {
    Delay.FAMILY: N_("Trùng Tết; vợ, chồng, cha, mẹ, con từ trần; thiên tai, hỏa hoạn"),
    Delay.ILLNESS: N_("Bệnh nặng hoặc tai nạn, có giấy của bệnh viện"),
    Delay.DISEASE: N_("Mắc bệnh thuộc danh mục bệnh cần chữa trị dài ngày"),
}


@dataclass(frozen=True, slots=True)
class Retiring:
    """What is proposed: `first_day` is the first day of retirement, `due` what the rule says, None when unknown.

    `noticed_on` is the day of the notice. `earlier` says a decision allows a lower age.
    """

    first_day: date
    due: Retirement | None
    delays: Collection[Delay] = ()
    noticed_on: date | None = None
    earlier: bool = False
    insurance_no: str | None = None


def longest_delay(delays: Collection[Delay], figures: Mapping[str, Parameter]) -> int:
    """Return by how many months retirement may be put off at most: the longest reason alone counts."""
    return max((whole(figures, f"retirement.delay_{delay.value}_months") or 0 for delay in delays), default=0)


def latest_first_day(due: Retirement, delays: Collection[Delay], figures: Mapping[str, Parameter]) -> date:
    """Return the latest first day of retirement."""
    return add_months(due.pension_from, longest_delay(delays, figures))


def check_notice(retires_on: date | None, day: date, *, given: bool) -> list[Problem]:
    """Return what is wrong with a notice of `day` for a retirement whose last day at work is `retires_on`."""
    if given:
        text = N_("Đã có thông báo nghỉ hưu còn hiệu lực. Hãy đính chính hoặc hủy bỏ thông báo đó trước.")
        return [Problem("retires_on", "notice_given", text)]
    if retires_on is None:
        text = N_("Chưa nhập ngày làm việc cuối cùng trước khi nghỉ hưu.")
        return [Problem("retires_on", "required", text)]
    if retires_on < day:
        text = N_("Ngày làm việc cuối cùng %(last)s trước ngày thông báo %(day)s. Hãy sửa một trong hai ngày.")
        return [Problem("retires_on", "dates_out_of_order", text, {"last": retires_on, "day": day})]
    return []


def notice_conditions(retires_on: date, day: date, due: Retirement | None) -> list[Condition]:
    """Return the conditions of a notice given on `day`."""
    found = [_day_right(retires_on, due)]
    if due is not None:
        found.append(
            Condition(
                "notice_in_time", N_("Thông báo trước khi nghỉ hưu 6 tháng"),
                Outcome.MET if day <= due.notice_by else Outcome.NOT_MET, ARTICLES,
                N_("Ngày %(day)s; hạn %(last)s"), {"day": day, "last": due.notice_by}, blocking=False,
            )
        )  # fmt: skip
    return found


def decision_conditions(case: Retiring, figures: Mapping[str, Parameter], today: date) -> list[Condition]:
    """Return the conditions of a retirement decision made on `today`."""
    found = [_age(case, figures)]
    if case.delays:
        found.append(
            Condition(
                "delay_proved", N_("Có giấy tờ chứng minh lý do lùi thời điểm nghỉ hưu"), Outcome.UNKNOWN, ARTICLES,
                N_("Lùi không quá %(months)s tháng; nhiều lý do thì chỉ tính lý do dài nhất"),
                {"months": longest_delay(case.delays, figures)}, Supplier.PERSON, answerable=True,
            )
        )  # fmt: skip
    found.append(_noticed(case))
    if case.due is not None:
        found.append(
            Condition(
                "decision_in_time", N_("Quyết định trước khi nghỉ hưu 3 tháng"),
                Outcome.MET if today <= case.due.decision_by else Outcome.NOT_MET, ARTICLES,
                N_("Hôm nay %(day)s; hạn %(last)s"), {"day": today, "last": case.due.decision_by}, blocking=False,
            )
        )  # fmt: skip
    known = bool(case.insurance_no)
    found.append(
        Condition(
            "insurance_no", N_("Có số sổ bảo hiểm xã hội (Mẫu 3)"), Outcome.MET if known else Outcome.NOT_MET,
            ARTICLES, N_("Số %(number)s") if known else N_("Hồ sơ chưa ghi"), {"number": case.insurance_no or ""},
            None if known else Supplier.PERSON, blocking=False,
        )
    )  # fmt: skip
    return found


def _day_right(retires_on: date, due: Retirement | None) -> Condition:
    text = N_("Đúng thời điểm đủ tuổi nghỉ hưu")
    if due is None:
        found = N_("Hồ sơ thiếu ngày sinh hoặc giới tính")
        return Condition("day_right", text, Outcome.UNKNOWN, AGE, found, supplier=Supplier.PERSON)
    params = {"day": retires_on, "due": due.retires_on, "age": due.age}
    if retires_on == due.retires_on:
        return Condition("day_right", text, Outcome.MET, AGE, N_("Hết ngày %(due)s (%(age)s)"), params)
    return Condition(
        "day_other", N_("Nghỉ hưu ở thời điểm khác theo quyết định riêng (tuổi thấp hơn, cao hơn, lùi thời điểm)"),
        Outcome.UNKNOWN, f"{EARLIER}; NĐ 83/2022/NĐ-CP", N_("Ghi %(day)s; theo tuổi là %(due)s (%(age)s)"), params,
        Supplier.PROPOSER, answerable=True,
    )  # fmt: skip


def _age(case: Retiring, figures: Mapping[str, Parameter]) -> Condition:
    last = case.first_day - timedelta(days=1)
    if case.due is None or last == case.due.retires_on:
        return _day_right(last, case.due)
    if last < case.due.retires_on:
        params = {"day": last, "due": case.due.retires_on, "age": case.due.age}
        found = N_("Ghi %(day)s; theo tuổi là %(due)s (%(age)s)")
        if case.earlier:
            text = N_("Có quyết định hoặc kết luận cho nghỉ hưu ở tuổi thấp hơn")
            return Condition(
                "earlier_allowed", text, Outcome.UNKNOWN, EARLIER, found, params, Supplier.PERSON, answerable=True
            )
        text = N_("Đủ tuổi nghỉ hưu")
        return Condition("old_enough", text, Outcome.NOT_MET, AGE, found, params, Supplier.PROPOSER)
    limit = latest_first_day(case.due, case.delays, figures)
    params = {"day": case.first_day, "limit": limit, "months": longest_delay(case.delays, figures)}
    met = case.first_day <= limit
    return Condition(
        "delay_within", N_("Lùi thời điểm nghỉ hưu không quá %(months)s tháng"),
        Outcome.MET if met else Outcome.NOT_MET, ARTICLES, N_("Nghỉ từ %(day)s; muộn nhất từ %(limit)s"), params,
        None if met else Supplier.PROPOSER,
    )  # fmt: skip


def _noticed(case: Retiring) -> Condition:
    text = N_("Đã thông báo nghỉ hưu trước 6 tháng")
    if case.noticed_on is None:
        found = N_("Hệ thống chưa có thông báo")
        return Condition(
            "noticed", text, Outcome.UNKNOWN, ARTICLES, found, supplier=Supplier.USING_AGENCY, answerable=True
        )
    late = case.due is not None and case.noticed_on > case.due.notice_by
    return Condition(
        "noticed", text, Outcome.NOT_MET if late else Outcome.MET, ARTICLES, N_("Thông báo ngày %(day)s"),
        {"day": case.noticed_on}, blocking=False,
    )  # fmt: skip
