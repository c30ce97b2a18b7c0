"""Reappointment and prolonging to retirement: each condition and clock with its article.

NĐ 170/2025/NĐ-CP Đ36–41; HD 45-HD/BTCTW. Figures are data (catalogue `parameters`, keys `reappointing.*`,
`prolonging.*`). A term ends with its last day, `until`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hrms.core.dates import add_months, months_between
from hrms.core.rules import N_
from hrms.decisions.rules.conditions import Condition, Supplier
from hrms.people.rules.appointing import (
    DECREE,
    DisciplineFact,
    PostFact,
    WorkingDays,
    in_time,
    rated_over,
    settled,
    under_discipline,
    vouched,
)
from hrms.people.rules.parameters import Parameter, whole


@dataclass(frozen=True, slots=True)
class TermDays:
    """The days by which a term that ends must be dealt with; working days by the table of holidays.

    `start_by`: the authority announces it; `decide_by`: the decision is made; `report_by`, `meet_by`: the person's own
    report and the meeting of key staff, once it was announced.
    """

    until: date
    start_by: date
    decide_by: date
    report_by: date | None
    meet_by: date | None


def term_days(
    until: date, started_on: date | None, figures: Mapping[str, Parameter], working: WorkingDays
) -> TermDays | None:
    """Return the days of a term that ends on `until` (its last day); None where the law of the day has no figures."""
    start, decide = (whole(figures, f"reappointing.{key}_working_days") for key in ("start", "decision"))
    report, meet = (whole(figures, f"reappointing.{key}_days") for key in ("report", "meeting"))
    if start is None or decide is None or report is None or meet is None:
        return None
    return TermDays(
        until,
        working(until, -start),
        working(until, -decide),
        started_on + timedelta(days=report) if started_on else None,
        started_on + timedelta(days=meet) if started_on else None,
    )


def prolongs(until: date, retires_on: date, term_months: int, figures: Mapping[str, Parameter]) -> bool:
    """Say whether so little is left at the term's end that it is prolonged, not renewed: Đ36 k2, HD 45.

    Under 24 months, under 18 for a term of 3 years; counted from the day after the term to the last day at work.
    """
    return months_left(until, retires_on) < prolonging_under(term_months, figures).months


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of months with its source."""

    months: int
    source: str


def prolonging_under(term_months: int, figures: Mapping[str, Parameter]) -> Bound:
    """Return under how many months before retirement a term is prolonged."""
    short = whole(figures, "prolonging.short_term_months")
    key = "prolonging.under_months"
    if short is not None and term_months <= short:
        key = "prolonging.short_term_under_months"
    return Bound(whole(figures, key) or 0, figures[key].source)


def months_left(until: date, retires_on: date) -> int:
    """Return the whole months from the end of the term to the end of work."""
    return months_between(until + timedelta(days=1), retires_on + timedelta(days=1))


def new_term(until: date, term_months: int, retires_on: date | None) -> date:
    """Return the last day of the next term: a full one, or the day of retirement when that comes first (Đ36 k2)."""
    full = add_months(until + timedelta(days=1), term_months) - timedelta(days=1)
    return full if retires_on is None else min(full, retires_on)


def term_clocks(
    post: PostFact,
    today: date,
    started_on: date | None,
    reported_on: date | None,
    met_on: date | None,
    figures: Mapping[str, Parameter],
    working: WorkingDays,
) -> list[Condition]:
    """Return the clocks of a term: announced 90 working days before, report, meeting, decision a working day before.

    They do not block: a late decision counts from the old term's end and says so (Đ36 k3).
    """
    days = term_days(post.term_until, started_on, figures, working) if post.term_until else None
    if days is None:
        return []
    start, report, meet = (
        figures[f"reappointing.{key}"] for key in ("start_working_days", "report_days", "meeting_days")
    )
    text = N_("Thông báo thực hiện quy trình chậm nhất %(days)s ngày làm việc trước khi hết thời hạn")
    params: dict[str, Any] = {"days": int(start.value), "due": days.start_by, "until": days.until, "done": started_on}
    if started_on is None:
        found = [
            vouched(
                "started", text, start.source, Supplier.MANAGING_AGENCY,
                N_("Hết thời hạn %(until)s, hạn thông báo %(due)s; chưa ghi ngày thông báo"),
                {name: value for name, value in params.items() if name != "done"}, blocking=False,
            )
        ]  # fmt: skip
    else:
        found = [
            settled(
                "started", text, started_on <= days.start_by, start.source,
                N_("Hết thời hạn %(until)s, hạn thông báo %(due)s; thông báo ngày %(done)s"), params,
                Supplier.MANAGING_AGENCY, blocking=False,
            )
        ]  # fmt: skip
    found += in_time(
        "reported", N_("Tự nhận xét, đánh giá trong %(days)s ngày kể từ khi thông báo"), started_on, reported_on,
        days.report_by, report.source, int(report.value),
    )  # fmt: skip
    found += in_time(
        "met", N_("Họp lấy phiếu cán bộ chủ chốt trong %(days)s ngày kể từ khi thông báo"), started_on, met_on,
        days.meet_by, meet.source, int(meet.value),
    )  # fmt: skip
    decide = figures["reappointing.decision_working_days"]
    found.append(
        settled(
            "decided", N_("Ra quyết định trước khi hết thời hạn ít nhất %(days)s ngày làm việc"),
            today <= days.decide_by, decide.source,
            N_("Hết thời hạn %(until)s, hạn ra quyết định %(due)s"),
            {"days": int(decide.value), "until": days.until, "due": days.decide_by}, Supplier.MANAGING_AGENCY,
            blocking=False,
        )
    )  # fmt: skip
    return found


def term_known(post: PostFact | None) -> Condition:
    """Return the condition that a post is held whose term is known (Đ36 k1)."""
    text = N_("Đang giữ chức vụ và sắp hết thời hạn bổ nhiệm")
    source = f"{DECREE} Đ36 k1"
    if post is not None and post.term_until is not None:
        found = N_("%(post)s, hết thời hạn %(until)s")
        params = {"post": post.name, "until": post.term_until}
        return settled("term", text, True, source, found, params, Supplier.USING_AGENCY)
    found = N_("Hồ sơ chưa ghi ngày hết thời hạn giữ chức vụ") if post else N_("Hồ sơ không có chức vụ đang giữ")
    return settled("term", text, False, source, found, {}, Supplier.USING_AGENCY)


def tasks_done(
    post: PostFact,
    ratings: Mapping[int, str],
    heights: Mapping[str, int],
    on: date,
    figures: Mapping[str, Parameter],
) -> Condition:
    """Return the condition that the tasks were done through the term (Đ37 k1): no year rated below “hoàn thành”."""
    since = post.reappointed_on or post.appointed_on or post.valid_from
    last = on.year if on.year in ratings else on.year - 1
    least = figures["reappointing.rating_least"]
    text = N_("Hoàn thành nhiệm vụ trong thời hạn giữ chức vụ")
    return rated_over(range(since.year, last + 1), ratings, heights, least, text, "tasks_done")


def reappointable(
    disciplines: Iterable[DisciplineFact], on: date, figures: Mapping[str, Parameter], names: Mapping[str, str]
) -> list[Condition]:
    """Return what Đ36 k5–6 and Đ37 ask beside the ratings: no proceedings, standards, need, health."""
    found = [
        vouched(
            "no_proceedings",
            N_("Không đang bị xem xét kỷ luật, điều tra, truy tố, xét xử; không thuộc diện bị cấm giữ chức vụ"),
            f"{DECREE} Đ36 k5; Đ37 k5",
            Supplier.USING_AGENCY,
        ),
        vouched("standards", N_("Đáp ứng tiêu chuẩn chức vụ tại thời điểm này"), f"{DECREE} Đ37 k2",
                Supplier.MANAGING_AGENCY),
        vouched("needed", N_("Cơ quan có nhu cầu về vị trí lãnh đạo, quản lý này"), f"{DECREE} Đ37 k3",
                Supplier.USING_AGENCY),
    ]  # fmt: skip
    sure, unsure = under_discipline(disciplines, on, figures)
    if sure or unsure:
        text = N_("Đang thi hành kỷ luật: cấp có thẩm quyền đã cân nhắc và đồng ý")
        params = {"forms": ", ".join(names.get(one.form, one.form) for one in [*sure, *unsure])}
        found.append(
            vouched("discipline_weighed", text, f"{DECREE} Đ36 k6", Supplier.MANAGING_AGENCY, "%(forms)s", params)
        )
    return found


def votes(figures: Mapping[str, Parameter], *, prolonging: bool) -> list[Condition]:
    """Return the conditions of votes: key staff and leaders (Đ39 k5); leaders alone to prolong (Đ40 k3)."""
    figure = figures["prolonging.votes_percent" if prolonging else "reappointing.votes_percent"]
    percent, source = figure.value, figure.source
    leaders = vouched(
        "votes_leaders",
        N_("Tập thể lãnh đạo bỏ phiếu kín đạt trên %(percent)s%%"),
        source,
        Supplier.USING_AGENCY,
        "",
        {"percent": percent},
    )
    if prolonging:
        return [leaders]
    staff = vouched(
        "votes_staff",
        N_("Hội nghị cán bộ chủ chốt bỏ phiếu kín đạt trên %(percent)s%%"),
        source,
        Supplier.USING_AGENCY,
        "",
        {"percent": percent},
    )
    return [staff, leaders]


def renew_or_prolong(
    until: date, retires_on: date | None, term_months: int, figures: Mapping[str, Parameter], *, prolonging: bool
) -> Condition:
    """Return the condition that decides between the two by what is left before retirement (Đ36 k2, HD 45)."""
    bound = prolonging_under(term_months, figures)
    text = (
        N_("Khi hết thời hạn còn dưới %(months)s tháng đến tuổi nghỉ hưu")
        if prolonging
        else N_("Khi hết thời hạn còn từ %(months)s tháng trở lên đến tuổi nghỉ hưu")
    )
    params: dict[str, Any] = {"months": bound.months}
    if retires_on is None:
        found = N_("Hồ sơ thiếu ngày sinh hoặc giới tính")
        return settled("left", text, False, bound.source, found, params, Supplier.PERSON)
    left = months_left(until, retires_on)
    params |= {"left": left, "retires": retires_on}
    met = (left < bound.months) is prolonging
    found = N_("Còn %(left)s tháng, nghỉ hưu sau ngày %(retires)s")
    if not met:
        found = (
            N_("Còn %(left)s tháng, nghỉ hưu sau ngày %(retires)s: làm quy trình bổ nhiệm lại")
            if prolonging
            else N_("Còn %(left)s tháng, nghỉ hưu sau ngày %(retires)s: kéo dài thời gian giữ chức vụ")
        )
    return settled("left", text, met, bound.source, found, params, Supplier.PROPOSER)
