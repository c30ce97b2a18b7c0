"""A promise to serve after training: its states, what may be written of it, how long it still runs.

NĐ 171/2025/NĐ-CP Đ4: months of service counted from the day of return to work. Costs by source in whole đồng; pay and
allowances received meanwhile are no part of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.dates import add_months, months_between
from hrms.core.due import Due
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.joining import WorkingDays
from hrms.people.rules.parameters import Parameter, whole
from hrms.training.rules.repayment import FORMULA, HIGHEST_COST, HIGHEST_MONTHS

REMIND_DAYS = 90
"""A commitment that ends within so many days is shown as ending soon; it asks nobody to act."""


class CommitmentState(StrEnum):
    """What is written of a commitment; one whose months are over needs no entry."""

    STUDYING = "studying"
    SERVING = "serving"
    FULFILLED = "fulfilled"
    RELEASED = "released"
    REPAID = "repaid"


COMMITMENT_LABELS: dict[CommitmentState, str] = {
    CommitmentState.STUDYING: N_("Đang đi đào tạo"),
    CommitmentState.SERVING: N_("Đang phục vụ theo cam kết"),
    CommitmentState.FULFILLED: N_("Đã phục vụ đủ"),
    CommitmentState.RELEASED: N_("Thôi thực hiện cam kết"),
    CommitmentState.REPAID: N_("Đã đền bù"),
}
OPEN = frozenset({CommitmentState.STUDYING, CommitmentState.SERVING})


class RepaymentState(StrEnum):
    """A case of repayment on its way."""

    OPEN = "open"
    RECOMMENDED = "recommended"
    DECIDED = "decided"
    PAID = "paid"
    EXEMPT = "exempt"
    CANCELLED = "cancelled"


REPAYMENT_LABELS: dict[RepaymentState, str] = {
    RepaymentState.OPEN: N_("Đang xét"),
    RepaymentState.RECOMMENDED: N_("Hội đồng đã kiến nghị"),
    RepaymentState.DECIDED: N_("Đã quyết định, đang nộp"),
    RepaymentState.PAID: N_("Đã nộp đủ"),
    RepaymentState.EXEMPT: N_("Không phải đền bù"),
    RepaymentState.CANCELLED: N_("Đã hủy"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a commitment says; costs in đồng by source, `ends_on` the last day of the course."""

    programme: str
    starts_on: date
    ends_on: date
    committed_months: int
    returned_on: date | None = None
    institution: str = ""
    country: str = ""
    central_cost: int = 0
    local_cost: int = 0
    other_cost: int = 0
    note: str = ""
    course_id: int | None = None
    enrolment_id: int | None = None

    @property
    def cost(self) -> int:
        """Return what the training cost, all sources together."""
        return self.central_cost + self.local_cost + self.other_cost


def check(terms: Terms, today: date) -> list[Problem]:
    """Return what is missing, out of bounds or contradicts itself."""
    found: list[Problem] = []
    if not terms.programme:
        found.append(Problem("programme", "required", N_("Chưa ghi khóa học. Hãy ghi tên khóa đào tạo.")))
    if terms.ends_on < terms.starts_on:
        text = N_("Ngày kết thúc %(end)s trước ngày bắt đầu %(start)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("ends_on", "dates_out_of_order", text, {"end": terms.ends_on, "start": terms.starts_on}))
    if terms.returned_on is not None and terms.returned_on < terms.starts_on:
        text = N_("Ngày trở lại làm việc %(day)s trước ngày bắt đầu khóa học %(start)s. Hãy sửa một trong hai ngày.")
        params = {"day": terms.returned_on, "start": terms.starts_on}
        found.append(Problem("returned_on", "dates_out_of_order", text, params))
    if terms.returned_on is not None and terms.returned_on > today:
        text = N_("Ngày trở lại làm việc %(day)s ở tương lai. Hãy ghi khi người học đã trở lại.")
        found.append(Problem("returned_on", "in_future", text, {"day": terms.returned_on}))
    if not 1 <= terms.committed_months <= HIGHEST_MONTHS:
        text = N_("Số tháng cam kết %(months)s không được. Hãy nhập từ 1 đến %(most)s tháng.")
        bounds = {"months": terms.committed_months, "most": HIGHEST_MONTHS}
        found.append(Problem("committed_months", "out_of_range", text, bounds))
    for field, amount in (
        ("central_cost", terms.central_cost), ("local_cost", terms.local_cost), ("other_cost", terms.other_cost),
    ):  # fmt: skip
        if not 0 <= amount <= HIGHEST_COST:
            text = N_("Kinh phí nhập vượt mức ghi được. Hãy nhập số đồng từ 0 đến 100 tỷ.")
            found.append(Problem(field, "out_of_range", text))
    return found


def last_day(returned_on: date | None, committed_months: int) -> date | None:
    """Return the last day of the service promised, None while the person has not returned."""
    return None if returned_on is None else add_months(returned_on, committed_months) - timedelta(days=1)


def months_left(returned_on: date | None, committed_months: int, on: date) -> int:
    """Return the months still to serve on a day; a month not yet served whole is left."""
    if returned_on is None or on <= returned_on:
        return committed_months
    return max(committed_months - months_between(returned_on, on), 0)


def runs(state: str, returned_on: date | None, committed_months: int, on: date) -> bool:
    """Say whether somebody is still bound on a day."""
    last = last_day(returned_on, committed_months)
    return state in OPEN and (last is None or on <= last)


@dataclass(frozen=True, slots=True)
class Case:
    """What the calendar asks of one commitment and its repayment.

    `left_on` is the first day out of service; `case` the state of the repayment, None without one.
    """

    key: str
    programme: str
    bound: bool
    ends_on: date | None
    left_on: date | None = None
    case: RepaymentState | None = None
    met_on: date | None = None
    pay_by: date | None = None
    left_to_pay: int = 0


def due(one: Case, figures: Mapping[str, Parameter], working: WorkingDays, today: date) -> list[Due]:
    """Return what falls due: the end of the service, a case to open, the recommendation, the payment."""
    found: list[Due] = []
    params = {"programme": one.programme}
    if one.case is None and one.bound and one.left_on is not None and one.left_on <= today:
        text = N_("Thôi việc ngày %(day)s khi chưa phục vụ đủ thời gian cam kết: lập hồ sơ xét đền bù.")
        reason = Reason(text, one.left_on.isoformat(), f"{FORMULA}, Đ9–13", {"day": one.left_on})
        what = N_("Xét đền bù: “%(programme)s”")
        found.append(Due("repayment_open", one.left_on, (reason,), one.key, (), None, what, params))
    elif one.case is None and one.bound and one.left_on is None and one.ends_on is not None:
        reason = Reason(N_("Hết thời gian cam kết phục vụ: %(day)s."), one.ends_on.isoformat(), FORMULA,
                        {"day": one.ends_on})  # fmt: skip
        what = N_("Phục vụ đủ cam kết sau “%(programme)s”")
        found.append(Due("commitment_end", one.ends_on, (reason,), one.key, (), one.ends_on, what, params))
    days = whole(figures, "repayment.council_working_days")
    if one.case is RepaymentState.OPEN and one.met_on is not None and days is not None:
        last = working(one.met_on, days)
        text = N_("Kiến nghị trong %(days)s ngày làm việc sau ngày họp %(start)s: chậm nhất %(last)s.")
        reason = Reason(text, last.isoformat(), figures["repayment.council_working_days"].source,
                        {"days": days, "start": one.met_on, "last": last})  # fmt: skip
        what = N_("Hội đồng kiến nghị đền bù: “%(programme)s”")
        found.append(Due("repayment_recommend", last, (reason,), one.key, (), None, what, params))
    if one.case is RepaymentState.DECIDED and one.pay_by is not None and one.left_to_pay > 0:
        pay_days = figures.get("repayment.pay_days")
        text = N_("Nộp chậm nhất %(last)s; còn %(left)s đồng.")
        reason = Reason(text, one.pay_by.isoformat(), pay_days.source if pay_days else "",
                        {"last": one.pay_by, "left": f"{one.left_to_pay:,}".replace(",", ".")})  # fmt: skip
        what = N_("Nộp tiền đền bù: “%(programme)s”")
        remind = one.pay_by - timedelta(days=30)
        found.append(Due("repayment_due", one.pay_by, (reason,), one.key, (remind,), None, what, params))
    return found
