"""The ways of holding a seat: main, concurrent, giao quyền, phụ trách, biệt phái; each condition with its article.

NĐ 170/2025/NĐ-CP as amended by NĐ 300/2026/NĐ-CP. A leadership post is given and taken by the decisions of the record;
`leadership_route` says which, and their conditions are those of `people.rules.appointing`. Intervals are half open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hrms.core.dates import add_months
from hrms.core.rules import N_
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.appointing import settled, vouched
from hrms.people.rules.parameters import Parameter, whole
from hrms.positions.rules.kinds import SeatRole

PUBLIC = "NĐ 232/2026/NĐ-CP Đ11 k6"


@dataclass(frozen=True, slots=True)
class Held:
    """A seat somebody holds or held: the line, how, since when, until when."""

    line_id: int
    role: SeatRole
    valid_from: date
    valid_to: date | None = None

    def on(self, day: date) -> bool:
        """Say whether it is held on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


TERMS: dict[SeatRole, str] = {
    SeatRole.ACTING: "acting.most_months",
    SeatRole.IN_CHARGE: "acting.most_months",
    SeatRole.SECONDED: "moving.secondment_most_months",
}
"""Ways of holding a seat that last no longer than a figure says."""


def seat_conditions(
    role: SeatRole,
    line_id: int,
    on: date,
    until: date | None,
    held: Sequence[Held],
    figures: Mapping[str, Parameter],
    *,
    urgent: bool = False,
) -> list[Condition]:
    """Return the conditions of holding a seat in this way: `until` is the last day, `held` the person's seats so far.

    A main seat replaces the former; a concurrent one stands beside a main one at another line; giao quyền and phụ trách
    last at most 12 months and are not renewed (Đ34 k3); a secondment at most 36, longer only for an urgent unfinished
    task (`urgent`), which the receiving agency vouches for.
    """
    mine = [one for one in held if one.on(on)]
    main = next((one for one in mine if one.role is SeatRole.MAIN), None)
    source = "NĐ 170/2025/NĐ-CP"
    found: list[Condition] = []
    if role is not SeatRole.MAIN:
        text = N_("Đang có vị trí việc làm chính ở chỗ khác")
        said = (
            N_("Chưa được bố trí vị trí chính")
            if main is None
            else N_("Đang giữ chính vị trí này")
            if main.line_id == line_id
            else N_("Đã có vị trí chính")
        )
        met = main is not None and main.line_id != line_id
        found.append(settled("has_main", text, met, source, said, {}, Supplier.USING_AGENCY))
    taken = [one for one in mine if one.line_id == line_id and one.role is not SeatRole.MAIN]
    if taken:
        text = N_("Chưa giữ vị trí này theo hình thức khác")
        params: dict[str, Any] = {"since": taken[0].valid_from}
        said = N_("Đang giữ từ ngày %(since)s; hãy kết thúc trước")
        found.append(settled("not_held", text, False, source, said, params, Supplier.PROPOSER))
    if role in TERMS:
        found += _term(role, line_id, on, until, held, figures, urgent=urgent)
    return found


def _term(
    role: SeatRole,
    line_id: int,
    on: date,
    until: date | None,
    held: Sequence[Held],
    figures: Mapping[str, Parameter],
    *,
    urgent: bool,
) -> list[Condition]:
    key = TERMS[role]
    months = whole(figures, key)
    if months is None:
        return []
    source = figures[key].source
    seconded = role is SeatRole.SECONDED
    latest = add_months(on, months) - timedelta(days=1)
    text = (
        N_("Biệt phái không quá %(months)s tháng")
        if seconded
        else N_("Thời gian giao quyền, phụ trách không quá %(months)s tháng")
    )
    params: dict[str, Any] = {"months": months, "latest": latest, "until": until}
    said = N_("Đến %(until)s; chậm nhất %(latest)s") if until else N_("Chưa ghi ngày cuối; chậm nhất %(latest)s")
    in_time = until is not None and on <= until <= latest
    if seconded and urgent and until is not None and until > latest:
        text = N_("Quá %(months)s tháng: nhiệm vụ đột xuất, cấp bách chưa hoàn thành")
        found = [vouched("seat_term", text, source, Supplier.RECEIVING_AGENCY, said, params)]
    else:
        found = [settled("seat_term", text, in_time, source, said, params, Supplier.PROPOSER)]
    if not seconded:
        same = [one for one in held if one.line_id == line_id and TERMS.get(one.role) == key and one.valid_from < on]
        when = {"since": max((one.valid_from for one in same), default=on)}
        said = N_("Đã được giao từ %(since)s") if same else N_("Chưa có lần giao nào")
        once = N_("Không giao quyền, phụ trách lần nữa cùng vị trí")
        found.append(settled("seat_once", once, not same, source, said, when, Supplier.PROPOSER))
    return found


ROUTES: dict[SeatRole, str] = {
    SeatRole.MAIN: "appointment",
    SeatRole.CONCURRENT: "concurrent",
    SeatRole.ACTING: "acting",
    SeatRole.IN_CHARGE: "acting",
    SeatRole.SECONDED: "secondment",
}
"""The kind of decision that gives a leadership post in each way; from elsewhere it is `appointment_elsewhere`."""


def leadership_route(role: SeatRole, leadership_post: str | None, posts_held: Iterable[str]) -> list[Condition]:
    """Return the condition that a seat whose position is a title goes to whoever holds that post.

    Nothing for other positions. Not met, the caller sends the matter to the kind `ROUTES[role]` (with the line as its
    optional field), whose conditions are those of `people.rules.appointing`.
    """
    if leadership_post is None:
        return []
    text = N_("Vị trí lãnh đạo, quản lý: bố trí theo quyết định về chức vụ")
    met = leadership_post in set(posts_held)
    said = (
        N_("Đang giữ chức vụ của vị trí")
        if met
        else N_("Chưa giữ chức vụ của vị trí; hãy trình quyết định về chức vụ và chọn vị trí trong quyết định đó")
    )
    params = {"kind": ROUTES[role]}
    return [settled("post_held", text, met, "NĐ 170/2025/NĐ-CP Đ28–35", said, params, Supplier.PROPOSER)]


def approved_position(*, active: bool, has_frame: bool, seats: int) -> list[Condition]:
    """Return the gate before any placing: an approved position with seats and a description.

    NĐ 232/2026/NĐ-CP Đ11 k5–6 for viên chức, NĐ 361/2025/NĐ-CP for công chức.
    """
    source = f"{PUBLIC}; NĐ 361/2025/NĐ-CP"
    approved = N_("Vị trí việc làm được phê duyệt và giao biên chế")
    said = N_("Được giao %(seats)s biên chế") if active else N_("Vị trí không còn trong danh mục đang áp dụng")
    first = settled(
        "approved", approved, active and seats > 0, source, said, {"seats": seats}, Supplier.MANAGING_AGENCY
    )
    described = N_("Vị trí việc làm có bản mô tả và khung năng lực")
    said = N_("Có bản mô tả đang áp dụng") if has_frame else N_("Chưa có bản mô tả đang áp dụng")
    second = Condition(
        "described", described, Outcome.MET if has_frame else Outcome.NOT_MET, source, said,
        supplier=None if has_frame else Supplier.MANAGING_AGENCY, blocking=False,
    )  # fmt: skip
    return [first, second]
