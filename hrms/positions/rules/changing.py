"""Change of job position: to a higher rank, at the same level, to a lower one, or none left; each with its article.

NĐ 170/2025/NĐ-CP Đ23–24 as amended by NĐ 300/2026/NĐ-CP (from 01/8/2026). To a leadership post and from it leads the
path of the record's own kinds (`holding.leadership_route`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Reason
from hrms.decisions.rules.conditions import Condition, Supplier
from hrms.people.rules.appointing import DisciplineFact, rated_over, settled, under_discipline, vouched
from hrms.people.rules.parameters import Parameter
from hrms.positions.rules.fit import Check, Verdict, outcome_of
from hrms.positions.rules.kinds import FIT_LABELS, FitOutcome

DECREE = "NĐ 170/2025/NĐ-CP Đ23–24, sửa đổi tại NĐ 300/2026/NĐ-CP"


class Case(StrEnum):
    """How the new position stands to the present one."""

    HIGHER = "higher"
    SAME = "same"
    LOWER = "lower"


CASE_LABELS: dict[Case, str] = {
    Case.HIGHER: N_("Lên vị trí việc làm có ngạch hoặc bậc cao hơn"),
    Case.SAME: N_("Sang vị trí việc làm cùng ngạch hoặc bậc"),
    Case.LOWER: N_("Xuống vị trí việc làm có ngạch hoặc bậc thấp hơn"),
}


class Cause(StrEnum):
    """Why somebody goes to a lower position."""

    NOT_FITTING = "not_fitting"
    RATED_FAILED = "rated_failed"
    OWN_WISH = "own_wish"


CAUSE_LABELS: dict[Cause, str] = {
    Cause.NOT_FITTING: N_("Không đáp ứng yêu cầu của vị trí việc làm"),
    Cause.RATED_FAILED: N_("Bị xếp loại không hoàn thành nhiệm vụ"),
    Cause.OWN_WISH: N_("Theo nguyện vọng"),
}


def case_of(held: int | None, given: int | None) -> Case:
    """Return the case by places on one ladder (of ranks, or career grades); unknown places count as the same level."""
    if held is None or given is None or held == given:
        return Case.SAME
    return Case.HIGHER if given > held else Case.LOWER


@dataclass(frozen=True, slots=True)
class Plan:
    """What an approved plan says of one person: its four contents are people, present → new position, reason, time."""

    number: str = ""
    approved_on: date | None = None
    names_person: bool = False
    from_position: str = ""
    to_position: str = ""
    reason: str = ""
    time: str = ""

    def missing(self) -> list[str]:
        """Return the contents that are not there, as message ids."""
        return [
            words
            for there, words in (
                (self.names_person, PLAN_CONTENTS["people"]),
                (self.from_position and self.to_position, PLAN_CONTENTS["positions"]),
                (self.reason, PLAN_CONTENTS["reason"]),
                (self.time, PLAN_CONTENTS["time"]),
            )
            if not there
        ]


PLAN_CONTENTS: dict[str, str] = {
    "people": N_("người thay đổi vị trí việc làm"),
    "positions": N_("vị trí hiện tại và vị trí mới"),
    "reason": N_("lý do"),
    "time": N_("thời gian thực hiện"),
}


@dataclass(frozen=True, slots=True)
class Changing:
    """One change as proposed: on which day, which case, why a lower one, by which plan."""

    on: date
    case: Case
    cause: Cause | None = None
    plan: Plan | None = None
    asked_on: date | None = None


def planned(changing: Changing) -> Condition:
    """Return the condition of an approved plan with its four contents."""
    text = N_("Thuộc kế hoạch thay đổi vị trí việc làm được phê duyệt, đủ bốn nội dung")
    plan = changing.plan
    if plan is None or not plan.number:
        found = N_("Chưa ghi kế hoạch; kế hoạch nêu người, vị trí hiện tại và vị trí mới, lý do, thời gian")
        return vouched("plan", text, DECREE, Supplier.MANAGING_AGENCY, found)
    lacks = plan.missing()
    params: dict[str, Any] = {"number": plan.number, "approved": plan.approved_on}
    if lacks:
        params |= {"missing": lacks[0], "more": len(lacks) - 1}
        found = (
            N_("Kế hoạch %(number)s chưa nêu %(missing)s")
            if len(lacks) == 1
            else N_("Kế hoạch %(number)s chưa nêu %(missing)s và %(more)s nội dung khác")
        )
        return settled("plan", text, False, DECREE, found, params, Supplier.MANAGING_AGENCY)
    if plan.approved_on is not None and plan.approved_on > changing.on:
        found = N_("Kế hoạch %(number)s duyệt ngày %(approved)s, sau ngày thay đổi")
        return settled("plan", text, False, DECREE, found, params, Supplier.MANAGING_AGENCY)
    return settled("plan", text, True, DECREE, N_("Kế hoạch %(number)s"), params, Supplier.MANAGING_AGENCY)


def fitting(found: Sequence[Check], fit: FitOutcome | None = None) -> Condition:
    """Return the condition of degree and competency by the description; `fit` is the outcome somebody confirmed.

    Courses that may be completed later do not stand against it; what nobody has assessed is answered.
    """
    text = N_("Đáp ứng trình độ, năng lực theo bản mô tả vị trí việc làm")
    unmet = [check for check in found if check.outcome is Verdict.MISSING]
    unknown = [check for check in found if check.outcome is Verdict.CONFIRM]
    params: dict[str, Any] = {
        "fit": FIT_LABELS[fit or outcome_of(found)], "missing": len(unmet), "open": len(unknown), "count": len(found),
    }  # fmt: skip
    if fit is not None:
        said = N_("Đã xác nhận: %(fit)s")
        return settled("fit", text, fit is not FitOutcome.UNMET, DECREE, said, params, Supplier.USING_AGENCY)
    if unmet:
        said = N_("Thiếu %(missing)s trong %(count)s yêu cầu")
        return settled("fit", text, False, DECREE, said, params, Supplier.PERSON)
    if unknown or not found:
        said = N_("%(open)s trong %(count)s yêu cầu cần người xác nhận")
        return vouched("fit", text, DECREE, Supplier.USING_AGENCY, said, params)
    return settled("fit", text, True, DECREE, N_("So với hồ sơ: %(fit)s"), params, Supplier.USING_AGENCY)


def rated_before(
    ratings: Mapping[int, str], heights: Mapping[str, int], on: date, figures: Mapping[str, Parameter]
) -> list[Condition]:
    """Return the condition that the year before is rated good or better; nothing before the rule is in force."""
    least = figures.get("change.rating_least")
    if least is None:
        return []
    text = N_("Năm trước liền kề được xếp loại từ hoàn thành tốt nhiệm vụ trở lên")
    return [rated_over([on.year - 1], ratings, heights, least, text, "rated_before")]


def free_of_proceedings(
    disciplines: Iterable[DisciplineFact], on: date, figures: Mapping[str, Parameter], names: Mapping[str, str]
) -> list[Condition]:
    """Return the conditions that no discipline is in force (the record) and no proceedings run (answered)."""
    sure, unsure = under_discipline(disciplines, on, figures)
    text = N_("Không trong thời hạn xử lý kỷ luật")
    params = {"forms": ", ".join(names.get(one.form, one.form) for one in (sure or unsure))}
    if unsure and not sure:
        found = N_("Hồ sơ không ghi ngày của: %(forms)s")
        first = vouched("no_discipline", text, DECREE, Supplier.USING_AGENCY, found, params)
    else:
        found = N_("Đang trong thời hạn: %(forms)s") if sure else N_("Hồ sơ không ghi kỷ luật đang có hiệu lực")
        first = settled("no_discipline", text, not sure, DECREE, found, params, Supplier.USING_AGENCY)
    proceedings = N_("Không đang bị xem xét kỷ luật, khởi tố, điều tra, truy tố, xét xử")
    return [first, vouched("no_proceedings", proceedings, DECREE, Supplier.USING_AGENCY)]


def worked_alike() -> Condition:
    """Return the condition that the person has done work of equal complexity; the using agency answers with a paper."""
    text = N_("Đã làm công việc có độ phức tạp tương đương vị trí mới")
    return vouched("equal_work", text, DECREE, Supplier.USING_AGENCY, N_("Ghi công việc, sản phẩm đã làm"))


def conditions(
    changing: Changing,
    found: Sequence[Check],
    ratings: Mapping[int, str],
    heights: Mapping[str, int],
    disciplines: Iterable[DisciplineFact],
    figures: Mapping[str, Parameter],
    names: Mapping[str, str],
    *,
    fit: FitOutcome | None = None,
) -> list[Condition]:
    """Return the conditions of a change of position of a công chức, in the order of the articles.

    `found` are the checks against the new position's frame; `heights` orders the rating classes; `names` are the forms
    of discipline in words.
    """
    if changing.case is Case.HIGHER:
        return [
            fitting(found, fit),
            *rated_before(ratings, heights, changing.on, figures),
            *free_of_proceedings(disciplines, changing.on, figures, names),
            worked_alike(),
            planned(changing),
        ]
    if changing.case is Case.SAME:
        return [fitting(found, fit)]
    return [*_lower(changing, ratings, figures), fitting(found, fit)]


def _lower(changing: Changing, ratings: Mapping[int, str], figures: Mapping[str, Parameter]) -> list[Condition]:
    text = N_("Có căn cứ bố trí vào vị trí việc làm thấp hơn")
    if changing.cause is None:
        found = N_("Chưa chọn lý do: không đáp ứng yêu cầu, không hoàn thành nhiệm vụ hoặc theo nguyện vọng")
        return [settled("lower_cause", text, False, DECREE, found, {}, Supplier.PROPOSER)]
    if changing.cause is Cause.OWN_WISH:
        asked: dict[str, Any] = {"asked": changing.asked_on}
        found = N_("Đơn ngày %(asked)s") if changing.asked_on else N_("Chưa ghi ngày nhận đơn")
        met = changing.asked_on is not None and changing.asked_on <= changing.on
        return [settled("lower_cause", text, met, DECREE, found, asked, Supplier.PERSON)]
    if changing.cause is Cause.RATED_FAILED:
        failed = figures.get("change.lower_rating")
        last = changing.on.year if changing.on.year in ratings else changing.on.year - 1
        params: dict[str, Any] = {"year": last}
        if last not in ratings:
            found = N_("Hồ sơ chưa có xếp loại năm %(year)s")
            return [vouched("lower_cause", text, DECREE, Supplier.USING_AGENCY, found, params)]
        met = failed is not None and ratings[last] == failed.value
        found = (
            N_("Năm %(year)s không hoàn thành nhiệm vụ")
            if met
            else N_("Năm %(year)s không bị xếp loại không hoàn thành nhiệm vụ")
        )
        return [settled("lower_cause", text, met, DECREE, found, params, Supplier.USING_AGENCY)]
    found = N_("Ghi yêu cầu của vị trí hiện tại mà người này không đáp ứng")
    return [vouched("lower_cause", text, DECREE, Supplier.USING_AGENCY, found)]


def public_conditions(changing: Changing, found: Sequence[Check], *, fit: FitOutcome | None = None) -> list[Condition]:
    """Return the conditions of a change of position or career grade of a viên chức.

    The ratio of grades is judged apart (`ratios`). The other conditions of NĐ 259/2026/NĐ-CP are the agency's to vouch.
    """
    first = fitting(found, fit)
    if changing.case is not Case.HIGHER:
        return [first]
    text = N_("Đáp ứng điều kiện thay đổi bậc nghề nghiệp, vị trí việc làm của viên chức")
    return [first, vouched("public_change", text, "NĐ 259/2026/NĐ-CP", Supplier.MANAGING_AGENCY), planned(changing)]


def no_position_left(checked: Sequence[str]) -> Condition:
    """Return what stands before leaving the service when no position is left: every one was looked at.

    `checked` names the positions looked at. The decision itself is `leaving` with the case `unfit`.
    """
    text = N_("Không còn vị trí việc làm phù hợp để bố trí; thực hiện thủ tục thôi việc")
    params = {"positions": ", ".join(checked)}
    found = N_("Đã xem xét: %(positions)s") if checked else N_("Ghi các vị trí đã xem xét bố trí")
    return vouched("no_position", text, DECREE, Supplier.USING_AGENCY, found, params)


def pay_after(case: Case, cause: Cause | None = None) -> Reason:
    """Return how pay is set after the change, for the paper and for whoever sets it (Đ24)."""
    if case is Case.HIGHER:
        text = N_("Xếp hệ số bằng hoặc cao hơn gần nhất ở ngạch mới, tính cả phụ cấp thâm niên vượt khung")
    elif case is Case.SAME:
        text = N_("Giữ nguyên bậc lương và phụ cấp thâm niên vượt khung")
    elif cause is Cause.OWN_WISH:
        text = N_("Xếp bậc ở ngạch thấp hơn theo bậc và thời gian đang giữ, hưởng thêm chênh lệch bảo lưu")
    else:
        text = N_("Xếp bậc ở ngạch thấp hơn theo bậc và thời gian đang giữ")
    return Reason(text, "", DECREE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several people for the same places, as evaluated: higher figures are better, None counts lowest.

    In the order of the decree: completion of tasks, difficulty, progress and quality, responsibility, importance.
    """

    person_id: int
    completion: int | None = None
    difficulty: int | None = None
    quality: int | None = None
    responsibility: int | None = None
    importance: int | None = None

    @property
    def merits(self) -> tuple[int, ...]:
        """Return what the order is made by."""
        marks = (self.completion, self.difficulty, self.quality, self.responsibility, self.importance)
        return tuple(-1 if mark is None else mark for mark in marks)


PRINCIPLES: tuple[str, ...] = (
    N_("mức độ hoàn thành nhiệm vụ"),
    N_("độ khó của công việc"),
    N_("tiến độ, chất lượng"),
    N_("tinh thần trách nhiệm"),
    N_("tầm quan trọng của công việc"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate's place: 1 is first; equals share it. `within` says there is a seat whatever is decided of equals.

    `tied` says that equals stand across the last seat, so that the collective decides; `by` is the principle that put
    the candidate behind the one before (a message id), "" for the first and for equals.
    """

    candidate: Candidate
    place: int
    within: bool
    tied: bool
    by: str


def order_candidates(candidates: Iterable[Candidate], places: int) -> list[Standing]:
    """Return candidates in the order of evaluation for a number of places; equals in the order of their ids."""
    rows = sorted(candidates, key=lambda one: (tuple(-mark for mark in one.merits), one.person_id))
    found: list[Standing] = []
    for number, one in enumerate(rows):
        before = rows[number - 1] if number else None
        equal = before is not None and before.merits == one.merits
        place = found[-1].place if equal else number + 1
        last = place - 1 + sum(other.merits == one.merits for other in rows)
        by = ""
        if before is not None and not equal:
            pairs = zip(before.merits, one.merits, PRINCIPLES, strict=True)
            by = next(words for better, worse, words in pairs if better != worse)
        found.append(Standing(one, place, last <= places, place <= places < last, by))
    return found


def in_order(standing: Standing, places: int) -> Condition:
    """Return the condition that the change goes to candidates in the order of evaluation."""
    text = N_("Theo thứ tự kết quả đánh giá trong số người đủ điều kiện")
    params = {"place": standing.place, "places": places, "by": standing.by}
    if standing.tied:
        found = N_("Đồng hạng %(place)s, còn %(places)s chỗ: tập thể lãnh đạo quyết định")
        return vouched("order", text, DECREE, Supplier.MANAGING_AGENCY, found, params)
    found = N_("Xếp thứ %(place)s, có %(places)s chỗ")
    return settled("order", text, standing.within, DECREE, found, params, Supplier.MANAGING_AGENCY)
