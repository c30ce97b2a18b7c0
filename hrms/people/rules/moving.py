"""Moving people: transfer (điều động), rotation (luân chuyển), secondment (biệt phái) and the return from it.

NĐ 170/2025/NĐ-CP as amended by NĐ 300/2026/NĐ-CP: a rotation lasts at least 36 months (Đ50), a secondment at most 3
years unless an urgent task is unfinished, the sender pays; whoever is transferred to a post with a lower leadership
allowance keeps the former one for 6 months. The figures are parameters with their dates (`moving.*`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.parameters import Parameter, whole

DECREE = "NĐ 170/2025/NĐ-CP"
SENDER_PAYS = "NĐ 300/2026/NĐ-CP Đ10–11"


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay at an agency on secondment, `[start, end)`; no end is open."""

    agency_id: int
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A leadership allowance from a day to before another; no end is open."""

    coefficient: Decimal | None
    start: date
    end: date | None


def in_service(serves: bool, status_words: str) -> Condition:
    """Return the condition that the person is on the rolls; `status_words` says what the record shows."""
    return Condition(
        "in_service",
        N_("Đang công tác"),
        Outcome.MET if serves else Outcome.NOT_MET,
        DECREE,
        N_("%(status)s"),
        {"status": status_words or N_("chưa ghi tình trạng công tác")},
        None if serves else Supplier.USING_AGENCY,
    )


def receiver_agrees(agency_name: str) -> Condition:
    """Return the condition that the receiving agency has agreed in writing; nobody but it can say so."""
    return Condition(
        "receiver_agrees",
        N_("Cơ quan tiếp nhận đồng ý bằng văn bản"),
        Outcome.UNKNOWN,
        DECREE,
        N_("Chưa có văn bản của %(agency)s"),
        {"agency": agency_name},
        Supplier.RECEIVING_AGENCY,
        answerable=True,
    )


def fits_position() -> Condition:
    """Return the condition that degree and experience fit the position given; the receiving agency says so."""
    return Condition(
        "fits_position",
        N_("Trình độ, năng lực phù hợp vị trí việc làm được bố trí"),
        Outcome.UNKNOWN,
        f"{DECREE} Đ23–24",
        supplier=Supplier.RECEIVING_AGENCY,
        answerable=True,
    )


def rotation_length(start: date, last_day: date, figures: Mapping[str, Parameter]) -> list[Condition]:
    """Return the condition that a rotation lasts long enough; `last_day` is the last day of it."""
    least = whole(figures, "moving.rotation_least_months")
    if least is None:
        return []
    until = add_months(start, least) - timedelta(days=1)
    return [
        Condition(
            "long_enough",
            N_("Luân chuyển ít nhất %(months)s tháng"),
            Outcome.MET if last_day >= until else Outcome.NOT_MET,
            figures["moving.rotation_least_months"].source,
            N_("Đến hết %(last)s; phải từ %(until)s trở đi"),
            {"months": least, "last": last_day, "until": until},
            None if last_day >= until else Supplier.PROPOSER,
        )
    ]


def rotation_planned(planned: str | None) -> Condition:
    """Return the condition that the person is in the planning; the record names it in words, the proposer vouches."""
    return Condition(
        "planned",
        N_("Thuộc quy hoạch, kế hoạch luân chuyển"),
        Outcome.UNKNOWN,
        DECREE,
        N_("Quy hoạch ghi trong hồ sơ: %(planned)s") if planned else N_("Hồ sơ chưa ghi quy hoạch"),
        {"planned": planned or ""},
        Supplier.MANAGING_AGENCY,
        answerable=True,
    )


def begun(stays: Iterable[Stay], agency_id: int, start: date) -> date:
    """Return since when a secondment to an agency has lasted without a gap, if it goes on from `start`."""
    first = start
    for stay in sorted(stays, key=lambda one: one.start, reverse=True):
        if stay.agency_id == agency_id and stay.end == first:
            first = stay.start
    return first


def secondment_length(
    stays: Iterable[Stay], new: Stay, figures: Mapping[str, Parameter], *, urgent: bool
) -> list[Condition]:
    """Return the condition that a secondment, with what it goes on from, lasts no longer than it may.

    Longer only while an urgent task (`urgent`) is unfinished, which the receiving agency vouches for.
    """
    most = whole(figures, "moving.secondment_most_months")
    if most is None or new.end is None:
        return []
    first = begun(stays, new.agency_id, new.start)
    limit = add_months(first, most)
    params = {"months": most, "first": first, "last": new.end - timedelta(days=1), "limit": limit - timedelta(days=1)}
    found = N_("Từ %(first)s đến hết %(last)s; hạn là %(limit)s")
    source = figures["moving.secondment_most_months"].source
    text = N_("Biệt phái không quá %(months)s tháng")
    if new.end <= limit:
        return [Condition("short_enough", text, Outcome.MET, source, found, params)]
    if urgent:
        text = N_("Quá %(months)s tháng: nhiệm vụ đột xuất, cấp bách chưa hoàn thành")
        return [
            Condition(
                "urgent_task", text, Outcome.UNKNOWN, source, found, params, Supplier.RECEIVING_AGENCY, answerable=True
            )
        ]
    return [Condition("short_enough", text, Outcome.NOT_MET, source, found, params, Supplier.PROPOSER)]


def overlapping(stays: Iterable[Stay], new: Stay, field: str = "agency") -> list[Problem]:
    """Return why a person cannot be seconded for these days: they are seconded already on some of them."""
    for stay in stays:
        if (new.end is None or stay.start < new.end) and (stay.end is None or stay.end > new.start):
            if stay.end is None:
                text = N_("Đang biệt phái từ %(start)s, chưa có ngày hết hạn. Hãy ra quyết định thôi biệt phái trước.")
                return [Problem(field, "seconded_already", text, {"start": stay.start})]
            text = N_(
                "Đã biệt phái từ %(start)s đến hết %(last)s. Hãy chọn ngày ngoài thời gian đó, hoặc ra quyết định thôi "
                "biệt phái trước."
            )
            params = {"start": stay.start, "last": stay.end - timedelta(days=1)}
            return [Problem(field, "seconded_already", text, params)]
    return []


def check_term(start: date, last_day: date | None, *, field: str = "last_day", needed: bool = True) -> list[Problem]:
    """Return what is wrong with the last day of a term: missing, or before its first day."""
    if last_day is None:
        if not needed:
            return []
        return [Problem(field, "required", N_("Chưa nhập ngày cuối. Hãy nhập ngày cuối cùng của thời hạn."))]
    if last_day < start:
        text = N_("Ngày cuối %(last)s trước ngày có hiệu lực %(start)s. Hãy sửa một trong hai ngày.")
        return [Problem(field, "ends_before_it_begins", text, {"last": last_day, "start": start})]
    return []


def kept_allowance(
    old: Decimal | None, new: Decimal | None, start: date, figures: Mapping[str, Parameter]
) -> list[Stretch]:
    """Return the leadership allowance from the day of a transfer on: the former, higher one first, for its months."""
    months = whole(figures, "moving.kept_allowance_months")
    if months is None or old is None or new is None or old <= new:
        return [Stretch(new, start, None)]
    until = add_months(start, months)
    return [Stretch(old, start, until), Stretch(new, until, None)]


def higher_post(old: Decimal | None, new: Decimal | None) -> list[Problem]:
    """Return why a transfer cannot give this post: it stands higher, which takes an appointment (bổ nhiệm)."""
    if new is None or (old is not None and new <= old):
        return []
    text = N_("Chức vụ được bố trí có hệ số %(new)s, cao hơn hệ số đang hưởng %(old)s. Hãy trình bổ nhiệm riêng.")
    return [Problem("post", "higher_post", text, {"new": new, "old": Decimal(0) if old is None else old})]
