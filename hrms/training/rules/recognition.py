"""What of something learnt elsewhere is recognised, and what of it counts in its year. Pure.

The form of learning decides: a factor, and most hours of that form that count in a calendar year. NĐ 171/2025/NĐ-CP
Đ3 k4 adds hours taught for those who lead; factors and caps are the province's own table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, NEVER_COUNTED, CourseKind, LearningForm
from hrms.training.rules.ledger import CENT, FIRST_DAY, MOST_HOURS, recognised

YEARLY_SOURCE = "NĐ 171/2025/NĐ-CP Đ16 k3"
TEACHING_SOURCE = "NĐ 171/2025/NĐ-CP Đ3 k4"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody reports: hours as claimed, the days from first to last, whether a proof lies with it.

    `leads`: they held a leadership post or position on the last day.
    """

    kind: CourseKind
    form: LearningForm
    hours: Decimal
    started_on: date
    ended_on: date
    title: str = ""
    proved: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How a form counted on the last day, and its cap of that calendar year (None: no cap)."""

    factor: Decimal = Decimal(1)
    cap_hours: Decimal | None = None
    needs_proof: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What could be written to the ledger (`hours`), what of it would count in the year (`counts`), and why."""

    hours: Decimal
    counts: Decimal
    reasons: tuple[Reason, ...]


def recognise(
    claim: Claim,
    rule: Rule,
    used: Decimal,
    *,
    teaching_for_all: bool = False,
    kinds_counted: Collection[CourseKind] | None = None,
) -> Recognised:
    """Return what of a claim is recognised and what of that counts.

    `used` are recognised hours of the same form and calendar year in the ledger already; `kinds_counted` the contents
    that the yearly hours take in (None: all but those the decree leaves out).
    """
    whole = bare(recognised(claim.hours, rule.factor))
    form = FORM_LABELS[claim.form]
    reasons = [
        Reason(
            N_("Khai %(hours)s tiết, hình thức “%(form)s”, hệ số %(factor)s."), str(whole), rule.source,
            {"hours": bare(claim.hours), "form": form, "factor": bare(rule.factor)},
        )
    ]  # fmt: skip
    if claim.kind in NEVER_COUNTED or (kinds_counted is not None and claim.kind not in kinds_counted):
        text = N_("Nội dung “%(kind)s” được ghi vào sổ nhưng không tính vào số tiết hằng năm.")
        reasons.append(Reason(text, "0", YEARLY_SOURCE, {"kind": COURSE_KIND_LABELS[claim.kind]}))
        return Recognised(whole, ZERO, tuple(reasons))
    if claim.kind is CourseKind.TEACHING and not claim.leads and not teaching_for_all:
        text = N_(
            "Ngày %(day)s người này không giữ chức vụ, vị trí lãnh đạo, quản lý: số tiết giảng dạy được ghi vào sổ"
            " nhưng không tính vào số tiết hằng năm."
        )
        reasons.append(Reason(text, "0", TEACHING_SOURCE, {"day": claim.ended_on}))
        return Recognised(whole, ZERO, tuple(reasons))
    if rule.cap_hours is None:
        reasons.append(Reason(N_("Hình thức này không có mức trần trong năm."), str(whole)))
        return Recognised(whole, whole, tuple(reasons))
    left = bare(max(rule.cap_hours - max(used, ZERO), ZERO))
    counts = min(whole, left)
    text = N_("Năm %(year)s hình thức này tính nhiều nhất %(cap)s tiết, sổ đã có %(used)s tiết, còn %(left)s tiết.")
    params = {"year": str(claim.ended_on.year), "cap": bare(rule.cap_hours), "used": bare(used), "left": left}
    reasons.append(Reason(text, str(counts), rule.source, params))
    return Recognised(whole, counts, tuple(reasons))


def bare(hours: Decimal) -> Decimal:
    """Return hours without the zeros behind the comma, for showing: 30 for 30.00."""
    return Decimal(f"{hours.normalize():f}")


def check_claim(claim: Claim, today: date) -> list[Problem]:
    """Return what is wrong with a report before anybody reviews it."""
    found: list[Problem] = []
    if not claim.title:
        text = N_("Chưa ghi đã học gì. Hãy chọn chương trình hoặc nhập tên khóa học.")
        found.append(Problem("title", "required", text))
    if not claim.hours.is_finite() or not 0 < claim.hours <= MOST_HOURS or claim.hours != claim.hours.quantize(CENT):
        text = N_(
            "Số tiết %(hours)s không ghi được. Hãy nhập số lớn hơn 0, không quá 5.000, tối đa hai chữ số thập phân."
        )
        found.append(Problem("hours", "hours_out_of_range", text, {"hours": claim.hours}))
    if claim.started_on > claim.ended_on:
        text = N_("Ngày bắt đầu %(start)s sau ngày kết thúc %(end)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("started_on", "days", text, {"start": claim.started_on, "end": claim.ended_on}))
    if not FIRST_DAY <= claim.ended_on <= today:
        text = N_("Ngày kết thúc %(day)s không đúng. Chỉ khai được việc học đã kết thúc, từ năm 1960.")
        found.append(Problem("ended_on", "day_out_of_range", text, {"day": claim.ended_on}))
    if (claim.kind is CourseKind.TEACHING) != (claim.form is LearningForm.TEACHING):
        text = N_(
            "Số tiết giảng dạy phải có nội dung “Giảng dạy, báo cáo” và hình thức “Giảng dạy”. Hãy sửa một trong hai."
        )
        found.append(Problem("form", "teaching", text))
    return found


def check_review(claim: Claim, rule: Rule, hours: Decimal, remarks: str) -> list[Problem]:
    """Return why a reviewer cannot recognise `hours` of a claim: more than the rule gives, fewer without a reason."""
    found: list[Problem] = []
    most = bare(recognised(claim.hours, rule.factor))
    if rule.needs_proof and not claim.proved:
        text = N_("Hình thức “%(form)s” phải có minh chứng. Hãy trả lại để người khai gửi kèm tệp.")
        found.append(Problem("hours", "no_proof", text, {"form": FORM_LABELS[claim.form]}))
    if not hours.is_finite() or not 0 < hours <= most or hours != hours.quantize(CENT):
        text = N_("Công nhận được từ trên 0 đến %(most)s tiết, tối đa hai chữ số thập phân.")
        found.append(Problem("hours", "more_than_rule", text, {"most": most}))
    elif hours < most and not remarks:
        text = N_("Công nhận ít hơn %(most)s tiết thì phải ghi lý do để người khai biết.")
        found.append(Problem("remarks", "required", text, {"most": most}))
    return found
