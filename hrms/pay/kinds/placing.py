"""Placement of pay (xếp lương) as a kind of decision: promotion, sideways, conversion, a lower rank, first placement.

What is decided follows `rules.placing`; the day of effect is the day of the decision from which the law counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from hrms.core.formats import format_number
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Field, Proposed, Wording
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.pay.rules import placement, placing
from hrms.pay.rules.placement import CASE_LABELS, PlacementCase
from hrms.pay.rules.placing import Held, InsuredTime, Placed
from hrms.people.kinds.common import (
    AboutPeople,
    charged,
    check_in_service,
    figures,
    kind_words,
    known_of,
    rank_choices,
    shown,
    status_words,
    usual_grounds,
    whole,
)
from hrms.people.kinds.writing import Ending, Written
from hrms.people.queries import law
from hrms.people.rules import moving
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.steps import PayGroup
from hrms.people.services.facts import Fact

RESERVED = "reserved"
LAST_DAY = "placing.deadline_public"
_SCALES = (
    N_(
        "Căn cứ Nghị định số %(number)s ngày 14 tháng 12 năm 2004 của Chính phủ về chế độ tiền lương đối với cán bộ,"
        " công chức, viên chức và lực lượng vũ trang"
    ),
    "204/2004/NĐ-CP",
)
_RAISING = (
    N_(
        "Căn cứ Thông tư số %(number)s ngày 25 tháng 5 năm 2007 của Bộ trưởng Bộ Nội vụ hướng dẫn xếp lương khi nâng"
        " ngạch, chuyển ngạch, chuyển loại công chức, viên chức"
    ),
    "02/2007/TT-BNV",
)
_GRADES = (
    N_("Căn cứ Nghị định số %(number)s ngày 26 tháng 6 năm 2026 của Chính phủ quy định về vị trí việc làm viên chức"),
    "232/2026/NĐ-CP",
)
_INSURED = (
    N_("Căn cứ Thông tư số %(number)s của Bộ trưởng Bộ Nội vụ về xếp lương đối với người đã đóng bảo hiểm xã hội"),
    "05/2024/TT-BNV",
)
DEGREES: Mapping[str, str] = {
    "doctorate": N_("Tiến sĩ"), "master": N_("Thạc sĩ"), "university": N_("Đại học"), "college": N_("Cao đẳng"),
    "intermediate": N_("Trung cấp"), "other": N_("Trình độ khác"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What a proposal leads to: the group, the placement, or what is wrong."""

    group: PayGroup | None = None
    placed: Placed | None = None
    problems: Sequence[Problem] = ()


class Placement(AboutPeople):
    """Xếp lương: the step, coefficient, reserved difference and clock in another rank, title or group."""

    code = "placement"
    label = N_("Xếp lương")
    register_kind = DecisionKind.RANK
    fields: ClassVar[tuple[Field, ...]] = (
        Field("reason", N_("Trường hợp xếp lương"), "choice", choices=lambda: [
            (one.value, CASE_LABELS[one]) for one in PlacementCase
        ]),
        Field("rank", N_("Ngạch, chức danh nghề nghiệp mới"), "choice", required=False, per_person=True,
              choices=rank_choices,
              hint=N_("Chuyển sang bậc nghề nghiệp: bỏ trống, loại A2.2 xếp vào A2.1, A3.2 vào A3.1, loại khác giữ.")),
        Field("insured_months", N_("Số tháng đã đóng bảo hiểm xã hội bắt buộc"), "text", required=False,
              per_person=True, hint=N_("Chỉ cho xếp lương lần đầu.")),
        Field("probation_months", N_("Trong đó tập sự (tháng)"), "text", required=False, per_person=True),
        Field("degree", N_("Trình độ đào tạo được xếp lương"), "choice", required=False, per_person=True,
              choices=lambda: list(DEGREES.items())),
    )  # fmt: skip
    order = 62

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: no rank, a rank of another kind of person, a group the case does not fit."""
        record = known_of(proposed).record
        return [*check_in_service(record, proposed.subject), *self._later(proposed), *judged(proposed).problems]

    def _later(self, proposed: Proposed) -> list[Problem]:
        later = known_of(proposed).record.later("rank", proposed.effective_on)
        if not later:
            return []
        text = N_("Hồ sơ của %(name)s đã có diễn biến ngạch, bậc từ %(day)s, sau ngày hiệu lực. Hãy sửa ngày hiệu lực.")
        return [
            Problem(
                "effective_on", "later_rank", text,
                {"name": proposed.subject.name, "day": min(one.valid_from for one in later)},
            )
        ]  # fmt: skip

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law."""
        record, case = known_of(proposed).record, case_of(proposed)
        found = [moving.in_service(record.serves, status_words(record))]
        return [*found, *placement.conditions(case, proposed.effective_on, _last_day(proposed))] if case else found

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return rank, group, step, coefficient, reserved difference and clock, old → new."""
        found, record = judged(proposed), known_of(proposed).record
        placed, group, rank = found.placed, found.group, record.rank
        if placed is None or group is None:
            return []
        old = rank.values if rank else {}
        code = proposed.values.get("rank") or old.get("rank_code")
        reserved, percent = reserved_of(proposed), old.get("beyond_scale_percent") or Decimal(0)
        stands = step_words(placed.step, placed.coefficient)
        changes = [
            Change(N_("Ngạch, chức danh nghề nghiệp"), _rank_words(old.get("rank_code")), _rank_words(code)),
            Change(N_("Loại, bậc, hệ số"), _step_words(old), f"loại {group.group}, {stands}"),
        ]  # fmt: skip
        if percent or placed.beyond_scale_percent:
            new = f"{placed.beyond_scale_percent}%" if placed.beyond_scale_percent else None
            changes.append(Change(N_("Phụ cấp thâm niên vượt khung"), f"{percent:.0f}%" if percent else None, new))
        if reserved or placed.reserved:
            new = coefficient_words(placed.reserved) if placed.reserved else None
            changes.append(
                Change(N_("Hệ số chênh lệch bảo lưu"), coefficient_words(reserved) if reserved else None, new)
            )
        since = old.get("step_since")
        changes.append(Change(N_("Mốc tính nâng bậc"), shown(since) if since else None, shown(placed.clock_from)))
        return changes

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return the law, the pay tables and the circular of the case."""
        case = case_of(proposed)
        more = {PlacementCase.GRADE_CONVERSION: _GRADES, PlacementCase.FIRST: _INSURED}.get(case or PlacementCase.FIRST)
        lines = [_SCALES, *([more] if more else []), *([] if case is PlacementCase.FIRST else [_RAISING])]
        return [
            *usual_grounds(proposed.subject.person_kind, proposed.effective_on),
            *(Reason(text, "", number, {"number": number}) for text, number in lines),
        ]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        found, record, subject = judged(proposed), known_of(proposed).record, proposed.subject
        here = record.using.name if record.using else ""
        if found.placed is None or found.group is None:
            return Wording("Về việc xếp lương", [charged(subject.name, here)], ["Như điều cuối"])
        placed, rank = found.placed, record.rank
        code = proposed.values.get("rank") or (rank.values["rank_code"] if rank else None)
        was = f", đang hưởng {_step_words(rank.values)}," if rank else ""
        first = (
            f"Xếp lương đối với ông (bà) {subject.name}, {here}{was} vào ngạch, chức danh {_rank_words(code)}, loại"
            f" {found.group.group}, {step_words(placed.step, placed.coefficient)}, kể từ ngày"
            f" {shown(proposed.effective_on)}."
        )
        kept = []
        if placed.beyond_scale_percent:
            kept.append(f"phụ cấp thâm niên vượt khung {placed.beyond_scale_percent}%")
        if placed.reserved:
            kept.append(f"hệ số chênh lệch bảo lưu {coefficient_words(placed.reserved)}")
        more = [f"Ông (bà) {subject.name} được hưởng {' và '.join(kept)} cho đến khi có thay đổi."] if kept else []
        clock = f"Thời gian nâng bậc lương lần sau tính từ ngày {shown(placed.clock_from)}."
        return Wording(
            "Về việc xếp lương", [first, *more, clock, charged(subject.name, here)],
            ["Như điều cuối", "Bảo hiểm xã hội", "Hồ sơ cán bộ, công chức, viên chức"],
        )  # fmt: skip

    def written(self, proposed: Proposed) -> Written:
        """Return rank, step and reserved difference from the day on."""
        found, record, on = judged(proposed), known_of(proposed).record, proposed.effective_on
        placed, group = found.placed, found.group
        if placed is None or group is None:
            return Written(proposed.subject.person_id)
        old: Mapping[str, Any] = record.rank.values if record.rank else {}
        code = proposed.values.get("rank") or old.get("rank_code")
        kept = placed.beyond_scale_percent
        values = {
            "rank_code": code, "rank_since": old.get("rank_since") if code == old.get("rank_code") else on,
            "pay_table": group.table, "pay_group": group.group, "step": placed.step,
            "coefficient": placed.coefficient, "step_since": placed.clock_from, "pay_percent": old.get("pay_percent"),
            "beyond_scale_percent": Decimal(kept) if kept else None,
            "beyond_scale_since": old.get("beyond_scale_since") if kept else None,
        }  # fmt: skip
        facts = [Fact("rank", values, on)]
        endings = []
        if placed.reserved:
            allowance = {"allowance_kind": RESERVED, "coefficient": placed.reserved}
            if placed.reserved != reserved_of(proposed):
                facts.append(Fact("allowance", allowance, on))
        elif reserved_of(proposed):
            endings.append(Ending("allowance", {"allowance_kind": RESERVED}, on))
        return Written(proposed.subject.person_id, facts, endings)


def case_of(proposed: Proposed) -> PlacementCase | None:
    """Return the case of a proposal, None for none."""
    given = proposed.values.get("reason")
    return PlacementCase(given) if given in set(PlacementCase) else None


def reserved_of(proposed: Proposed) -> Decimal:
    """Return the reserved difference held on the day, 0 for none."""
    found = known_of(proposed).record.one("allowance", allowance_kind=RESERVED)
    return (found.values["coefficient"] if found else None) or placing.ZERO


def held_of(proposed: Proposed) -> Held | None:
    """Return the pay held on the day, None when the record does not state group, coefficient and date."""
    rank = known_of(proposed).record.rank
    if rank is None:
        return None
    values = rank.values
    group = law.pay_scales().get((values["pay_table"] or 0, values["pay_group"] or ""))
    if group is None or values["coefficient"] is None or values["step_since"] is None:
        return None
    coefficient = Decimal(values["coefficient"]).quantize(placing.ZERO)
    percent = int(values["beyond_scale_percent"] or 0)
    return Held(group, coefficient, percent, values["step_since"], reserved_of(proposed))


def judged(proposed: Proposed) -> Judged:
    """Return where somebody is placed, or why they cannot be."""
    case, name = case_of(proposed), proposed.subject.name
    if case is None:
        return Judged(problems=[Problem("reason", "required", N_("Chưa chọn trường hợp xếp lương."))])
    held = held_of(proposed)
    if held is None and case is not PlacementCase.FIRST:
        text = N_("Hồ sơ của %(name)s chưa ghi đủ loại, hệ số và ngày hưởng bậc. Hãy bổ sung rồi xếp lương.")
        return Judged(problems=[Problem("people", "no_step", text, {"name": name})])
    group, problems = _to(proposed, case, held)
    if group is None or problems:
        return Judged(group, problems=problems)
    return _placed(proposed, case, held, group)


def _to(proposed: Proposed, case: PlacementCase, held: Held | None) -> tuple[PayGroup | None, list[Problem]]:
    name, code = proposed.subject.name, proposed.values.get("rank")
    if case is PlacementCase.GRADE_CONVERSION and held is not None:
        if proposed.subject.person_kind != PersonKind.PUBLIC_EMPLOYEE:
            text = N_("%(name)s không phải viên chức; chỉ viên chức chuyển sang bậc nghề nghiệp.")
            return None, [Problem("people", "not_public", text, {"name": name})]
        if not code:
            return placement.converted_group(held.group.table, held.group.group, law.pay_scales()), []
    rank = law.ranks().get(code or "")
    if rank is None:
        text = N_("Chưa chọn ngạch, chức danh mới của %(name)s.")
        return None, [Problem("rank", "required", text, {"name": name})]
    if proposed.subject.person_kind not in {rank.person_kind, PersonKind.CADRE}:
        text = N_("Ngạch %(rank)s là của %(its)s, %(name)s là %(kind)s. Hãy chọn ngạch khác.")
        params = {
            "rank": rank.code, "its": kind_words(rank.person_kind), "name": name,
            "kind": kind_words(proposed.subject.person_kind),
        }  # fmt: skip
        return None, [Problem("rank", "other_kind", text, params)]
    return law.pay_scales().get((rank.table, rank.group)), []


def _placed(proposed: Proposed, case: PlacementCase, held: Held | None, group: PayGroup) -> Judged:
    on, values = proposed.effective_on, proposed.values
    if case.reason is not None and held is not None:
        problems = [_at(one, proposed.subject.name) for one in placing.check(held, group, on, case.reason)]
        return Judged(group, None if problems else placing.place(held, group, on, case.reason), problems)
    insured = InsuredTime(
        whole(values, "insured_months") or 0, whole(values, "probation_months") or 0, values.get("degree") or ""
    )
    if insured.probation_months > insured.months:
        text = N_("%(name)s: thời gian tập sự %(probation)s tháng dài hơn thời gian đóng bảo hiểm %(months)s tháng.")
        params = {"name": proposed.subject.name, "probation": insured.probation_months, "months": insured.months}
        return Judged(group, problems=[Problem("probation_months", "longer_than_insured", text, params)])
    drawn = held.coefficient + held.reserved if held else None
    return Judged(group, placing.place_first(group, on, insured, figures(proposed), drawn))


_FIELDS = {"from": "people", "to": "rank", "reason": "reason"}


def _at(problem: Problem, name: str) -> Problem:
    params = {"name": name, "sentence": render(problem)}
    return Problem(_FIELDS.get(problem.field, "people"), problem.code, N_("%(name)s: %(sentence)s"), params)


def _rank_words(code: str | None) -> str | None:
    if not code:
        return None
    known = law.ranks().get(code)
    return f"{known.name_vi} ({code})" if known else code


def coefficient_words(value: Decimal) -> str:
    """Return a coefficient as papers write it: 3,33."""
    return format_number(value, "vi", 2)


def step_words(step: int | None, coefficient: Decimal | None) -> str:
    """Return a step with its coefficient as papers write them."""
    said = f"bậc {step}" if step else "chưa rõ bậc"
    return f"{said}, hệ số {coefficient_words(coefficient)}" if coefficient is not None else said


def _step_words(values: Mapping[str, Any]) -> str | None:
    if not values:
        return None
    group = f"loại {values['pay_group']}, " if values.get("pay_group") else ""
    return f"{group}{step_words(values.get('step'), values.get('coefficient'))}"


def _last_day(proposed: Proposed) -> date | None:
    found = figures(proposed).get(LAST_DAY)
    return date.fromisoformat(found.value) if found else None


def register() -> None:
    """Let placement walk the path of decisions."""
    path.register(Placement())
