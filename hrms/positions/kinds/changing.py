"""Change of job position (chuyển đổi vị trí việc làm): to a higher, an equal or a lower rank or grade.

NĐ 170/2025/NĐ-CP Đ23–24 as amended by NĐ 300/2026/NĐ-CP; viên chức: NĐ 259/2026/NĐ-CP. Rank and step have a decision of
their own: the article says how pay is set, this decision does not set it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Kind, Proposed, Wording
from hrms.decisions.rules.conditions import Change, Condition, Supplier
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds import posts
from hrms.people.kinds.common import charged, check_in_service, day, figures, known_of, shown
from hrms.people.rules.appointing import vouched
from hrms.people.rules.kinds import PersonKind
from hrms.positions.kinds import seating
from hrms.positions.kinds.assigning import GivesSeat
from hrms.positions.kinds.seating import Seated, seat_of
from hrms.positions.queries.fitness import heights
from hrms.positions.queries.seats import Line
from hrms.positions.rules import changing
from hrms.positions.rules.changing import Case, Cause, Plan
from hrms.positions.rules.kinds import QuotaKind


def cause_choices() -> list[tuple[str, str]]:
    """Return why somebody goes to a lower position."""
    return [(one.value, words) for one, words in changing.CAUSE_LABELS.items()]


def case_of(rank: str | None, line: Line, grade_now: int | None, grade: int | None) -> Case:
    """Return the case: by career grades of viên chức; of công chức by the rank held and those the position takes.

    A position that takes the rank held is on the same level, whatever else it takes.
    """
    if line.quota_kind == QuotaKind.PUBLIC:
        return changing.case_of(grade_now, grade)
    ladder = heights()
    taken = [ladder[one] for one in (*line.ranks, *([line.least_rank] if line.least_rank else [])) if one in ladder]
    held = ladder.get(rank or "")
    if held is None or not taken:
        return Case.SAME
    least = ladder.get(line.least_rank or "", min(taken))
    return changing.case_of(held, least if held < least else min(held, max(taken)))


class PositionChange(GivesSeat):
    """Chuyển đổi vị trí việc làm: another main seat at the same agency."""

    code = "position_change"
    label = N_("Chuyển đổi vị trí việc làm")
    register_kind = DecisionKind.OTHER
    order = 61
    fields: ClassVar[tuple[Field, ...]] = (
        seating.LINE,
        seating.GRADE,
        seating.BASE,
        seating.FIT,
        seating.FIT_NOTE,
        Field("plan_number", N_("Số kế hoạch thay đổi vị trí việc làm"), "text", required=False,
              hint=N_("Bắt buộc khi lên ngạch, bậc cao hơn.")),
        Field("plan_on", N_("Ngày phê duyệt kế hoạch"), "date", required=False),
        Field("plan_reason", N_("Lý do nêu trong kế hoạch"), "text", required=False),
        Field("plan_time", N_("Thời gian nêu trong kế hoạch"), "text", required=False),
        Field("cause", N_("Lý do xuống vị trí thấp hơn"), "choice", required=False, per_person=True,
              choices=cause_choices),
        Field("asked_on", N_("Ngày đơn theo nguyện vọng"), "date", required=False, per_person=True),
    )  # fmt: skip

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: no seat to change from, the same seat again, a place elsewhere."""
        record = known_of(proposed).record
        found = [*check_in_service(record, proposed.subject)]
        seat = seat_of(proposed)
        if seat is not None and seat.now is None:
            text = N_("%(name)s chưa có vị trí chính để chuyển đổi. Hãy làm “Bố trí vào vị trí việc làm”.")
            found.append(Problem("line", "no_seat_yet", text, {"name": proposed.subject.name}))
        if seat is not None and seat.now is not None and seat.now.id == seat.line.id:
            text = N_("%(name)s đang giữ vị trí %(position)s. Hãy chọn vị trí khác.")
            params = {"name": proposed.subject.name, "position": seat.line.position}
            found.append(Problem("line", "holds_it", text, params))
        elsewhere = N_("Hãy làm “Điều động” và chọn vị trí trong quyết định đó.")
        return [*found, *seating.problems(proposed, record.using, elsewhere=elsewhere)]

    @staticmethod
    def case(proposed: Proposed, found: Seated) -> Case:
        """Return whether the new position is higher, equal or lower."""
        return case_of(proposed.subject.rank_code, found.line, found.grade_now, found.wish.career_grade)

    def _changing(self, proposed: Proposed, found: Seated) -> changing.Changing:
        values = proposed.values
        cause = str(values.get("cause") or "")
        plan = Plan(
            number=str(values.get("plan_number") or "").strip(), approved_on=day(values, "plan_on"), names_person=True,
            from_position=seating.place_words(found.now) or "", to_position=seating.place_words(found.line) or "",
            reason=str(values.get("plan_reason") or "").strip(), time=str(values.get("plan_time") or "").strip(),
        )  # fmt: skip
        return changing.Changing(
            proposed.effective_on, self.case(proposed, found), Cause(cause) if cause in set(Cause) else None, plan,
            day(values, "asked_on"),
        )  # fmt: skip

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the case, of the seat, and of the order among several candidates."""
        found = seat_of(proposed)
        if found is None:
            return []
        record, change = known_of(proposed).record, self._changing(proposed, found)
        confirmed = seating.confirmed_fit(proposed)
        if proposed.subject.person_kind == PersonKind.PUBLIC_EMPLOYEE:
            told = changing.public_conditions(change, found.checks, fit=confirmed)
        else:
            told = changing.conditions(
                change, found.checks, record.ratings, posts.heights(), record.disciplines, figures(proposed),
                posts.discipline_names(), fit=confirmed,
            )  # fmt: skip
        if change.case is Case.HIGHER:
            text = N_("Theo thứ tự kết quả đánh giá trong số người đủ điều kiện")
            order = N_("Thứ tự xét: %(principles)s")
            params = {"principles": ", ".join(changing.PRINCIPLES)}
            told.append(vouched("order", text, changing.DECREE, Supplier.MANAGING_AGENCY, order, params))
        return [*told, *seating.conditions(proposed, fitting=False)]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the seat old → new and which way it goes."""
        found = seat_of(proposed)
        if found is None:
            return []
        words = changing.CASE_LABELS[self.case(proposed, found)]
        return [*seating.change(proposed), Change(N_("Trường hợp"), None, words)]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        found, subject = seat_of(proposed), proposed.subject
        summary = "Về việc chuyển đổi vị trí việc làm"
        if found is None:
            return Wording(summary, [charged(subject.name)], ["Như điều cuối"])
        old = seating.place_words(found.now)
        first = (
            f"Chuyển đổi vị trí việc làm của {posts.person_words(proposed)}"
            + (f", từ {old}" if old else "")
            + f" sang vị trí việc làm {seating.seat_words(found)}, kể từ ngày {shown(proposed.effective_on)}."
        )
        change = self._changing(proposed, found)
        pay = changing.pay_after(change.case, change.cause)
        second = (
            f"Ông (bà) {subject.name} thực hiện nhiệm vụ theo bản mô tả vị trí việc làm. {pay.text} ({pay.source})."
        )
        last, receivers = self.receivers(proposed, found)
        return Wording(summary, [first, second, last], receivers)


KINDS: tuple[Kind, ...] = (PositionChange(),)
