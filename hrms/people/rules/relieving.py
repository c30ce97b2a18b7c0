"""Leaving a leadership post: resignation (từ chức), dismissal (miễn nhiệm), release (thôi giữ chức vụ).

NĐ 170/2025/NĐ-CP Đ52–55; Quy định 377-QĐ/TW, HD 45-HD/BTCTW mục IV. Figures are data (`relieving.*`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from hrms.core.dates import add_months
from hrms.core.rules import N_
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.appointing import DECREE, DisciplineFact, PostFact, WorkingDays, in_time, settled, vouched
from hrms.people.rules.parameters import Parameter, whole


class Form(StrEnum):
    """How a post is left."""

    RESIGNATION = "resignation"
    DISMISSAL = "dismissal"
    RELEASE = "release"


FORM_LABELS: dict[Form, str] = {
    Form.RESIGNATION: N_("Từ chức"),
    Form.DISMISSAL: N_("Miễn nhiệm"),
    Form.RELEASE: N_("Thôi giữ chức vụ"),
}


class Ground(StrEnum):
    """Why, as Đ52 k1 and Đ53 k1 list it; the letter of the article in `LETTERS`."""

    OWN_WISH = "own_wish"
    ABILITY = "ability"
    WRONGDOING_BELOW = "wrongdoing_below"
    LOW_CONFIDENCE = "low_confidence"
    OTHER_RESIGNATION = "other_resignation"
    DISCIPLINED = "disciplined"
    LOWEST_CONFIDENCE = "lowest_confidence"
    UNSATISFACTORY = "unsatisfactory"
    DEGRADED = "degraded"
    POLITICAL_STANDARD = "political_standard"
    CORRUPTION_BELOW = "corruption_below"
    OTHER_DISMISSAL = "other_dismissal"
    NEW_TASK = "new_task"


GROUND_LABELS: dict[Ground, str] = {
    Ground.OWN_WISH: N_("Tự nguyện thôi giữ chức vụ"),
    Ground.ABILITY: N_("Hạn chế về năng lực, không còn đủ sức khỏe, uy tín"),
    Ground.WRONGDOING_BELOW: N_("Để đơn vị phụ trách xảy ra sai phạm nghiêm trọng"),
    Ground.LOW_CONFIDENCE: N_("Quá nửa đến 2/3 số phiếu tín nhiệm thấp"),
    Ground.OTHER_RESIGNATION: N_("Lý do chính đáng khác"),
    Ground.DISCIPLINED: N_("Bị kỷ luật khiển trách, cảnh cáo"),
    Ground.LOWEST_CONFIDENCE: N_("Trên 2/3 số phiếu tín nhiệm thấp"),
    Ground.UNSATISFACTORY: N_("Xếp loại không hoàn thành nhiệm vụ"),
    Ground.DEGRADED: N_("Bị kết luận suy thoái, vi phạm những điều đảng viên không được làm"),
    Ground.POLITICAL_STANDARD: N_("Bị kết luận vi phạm tiêu chuẩn chính trị"),
    Ground.CORRUPTION_BELOW: N_("Người đứng đầu để xảy ra tham nhũng, tiêu cực rất nghiêm trọng"),
    Ground.OTHER_DISMISSAL: N_("Trường hợp miễn nhiệm khác theo quy định của pháp luật"),
    Ground.NEW_TASK: N_("Nhận nhiệm vụ khác hoặc do sắp xếp tổ chức"),
}
LETTERS: dict[Ground, str] = {
    Ground.OWN_WISH: "Đ52 k1 điểm a", Ground.ABILITY: "Đ52 k1 điểm b", Ground.WRONGDOING_BELOW: "Đ52 k1 điểm c",
    Ground.LOW_CONFIDENCE: "Đ52 k1 điểm d", Ground.OTHER_RESIGNATION: "Đ52 k1 điểm đ",
    Ground.DISCIPLINED: "Đ53 k1 điểm a", Ground.LOWEST_CONFIDENCE: "Đ53 k1 điểm b",
    Ground.UNSATISFACTORY: "Đ53 k1 điểm c", Ground.DEGRADED: "Đ53 k1 điểm d",
    Ground.POLITICAL_STANDARD: "Đ53 k1 điểm đ", Ground.CORRUPTION_BELOW: "Đ53 k1 điểm e",
    Ground.OTHER_DISMISSAL: "Đ53 k1 điểm g",
}  # fmt: skip
FORM_OF: dict[Ground, Form] = {
    ground: Form.RELEASE
    if ground is Ground.NEW_TASK
    else Form.RESIGNATION
    if LETTERS[ground].startswith("Đ52")
    else Form.DISMISSAL
    for ground in Ground
}
_PARTY = "Quy định 377-QĐ/TW Đ48"
_MINOR_FORMS = frozenset({"reprimand", "warning"})


@dataclass(frozen=True, slots=True)
class Kept:
    """The leadership allowance that is kept after the post: its last day, None for none; with its article."""

    until: date | None
    source: str


def source_of(ground: Ground) -> str:
    """Return the article of a ground."""
    return f"{DECREE} {LETTERS[ground]}" if ground in LETTERS else _PARTY


def ground_fits(
    ground: Ground,
    disciplines: Iterable[DisciplineFact],
    ratings: Mapping[int, str],
    on: date,
) -> Condition:
    """Return the condition that the ground is there: from the record where it can say so, else answered."""
    text = N_("Có căn cứ: %(ground)s")
    params: dict[str, Any] = {"ground": GROUND_LABELS[ground]}
    source = source_of(ground)
    if ground is Ground.DISCIPLINED:
        there = any(
            one.form in _MINOR_FORMS and (one.from_on is None or one.from_on.earliest() <= on) for one in disciplines
        )
        found = N_("Hồ sơ có ghi kỷ luật") if there else N_("Hồ sơ không ghi kỷ luật khiển trách, cảnh cáo")
        return settled("ground", text, there, source, found, params, Supplier.USING_AGENCY)
    if ground is Ground.UNSATISFACTORY:
        years = [year for year, rating in ratings.items() if rating == "unsatisfactory" and year <= on.year]
        params["year"] = str(max(years)) if years else ""
        found = N_("Không hoàn thành nhiệm vụ năm %(year)s") if years else N_("Hồ sơ không có năm xếp loại như vậy")
        return settled("ground", text, bool(years), source, found, params, Supplier.USING_AGENCY)
    supplier = Supplier.PERSON if ground is Ground.OWN_WISH else Supplier.MANAGING_AGENCY
    return vouched("ground", text, source, supplier, "", params)


def form_conditions(form: Form, figures: Mapping[str, Parameter]) -> list[Condition]:
    """Return what the form asks beside its ground: the petition, the refused cases (Đ52 k2), the vote (Đ53 k2)."""
    if form is Form.RESIGNATION:
        return [
            vouched("petition", N_("Có đơn từ chức"), f"{DECREE} Đ52 k3 điểm a", Supplier.PERSON),
            vouched(
                "may_resign",
                N_("Không đang làm nhiệm vụ quốc phòng, an ninh, trọng yếu, cơ mật; không đang bị thanh tra, điều tra"),
                f"{DECREE} Đ52 k2",
                Supplier.USING_AGENCY,
            ),
        ]
    if form is Form.RELEASE:
        return [
            vouched("agreed", N_("Cấp có thẩm quyền đồng ý cho thôi giữ chức vụ"), _PARTY, Supplier.PARTY_COMMITTEE)
        ]
    percent = figures["relieving.votes_percent"]
    return [
        vouched(
            "votes",
            N_("Tập thể lãnh đạo và thường vụ cấp ủy bỏ phiếu kín đồng ý trên %(percent)s%%"),
            percent.source,
            Supplier.USING_AGENCY,
            "",
            {"percent": percent.value},
        )
    ]


def relief_clocks(
    begun_on: date | None,
    proposed_on: date | None,
    decided_on: date | None,
    figures: Mapping[str, Parameter],
    working: WorkingDays,
) -> list[Condition]:
    """Return the clocks of Đ52 k3 and Đ53 k2: proposed within 10 working days, decided within 10, at the most 15.

    `begun_on`: the day of the petition, or of sufficient grounds.
    """
    propose, decide, longest = (
        whole(figures, f"relieving.{key}_working_days") for key in ("propose", "decide", "decide_longest")
    )
    if propose is None or decide is None or longest is None:
        return []
    source = figures["relieving.propose_working_days"].source
    found = in_time(
        "proposed", N_("Trao đổi và đề xuất trong %(days)s ngày làm việc kể từ khi có đơn hoặc đủ căn cứ"), begun_on,
        proposed_on, working(begun_on, propose) if begun_on else None, source, propose,
    )  # fmt: skip
    if proposed_on is None:
        return found
    due, last = working(proposed_on, decide), working(proposed_on, longest)
    late = decided_on is not None and due < decided_on <= last
    text = N_("Quyết định trong %(days)s ngày làm việc kể từ khi nhận đề xuất, kéo dài không quá %(longest)s")
    for one in in_time("decided", text, proposed_on, decided_on, last if late else due, source, decide):
        more = {**one.params, "longest": longest}
        found.append(
            Condition(one.code, one.text, one.outcome, one.source, one.found, more, one.supplier, blocking=False)
        )
    return found


def still_held(post: PostFact | None) -> Condition:
    """Return the condition that there is a post to leave."""
    text = N_("Đang giữ chức vụ lãnh đạo, quản lý")
    params = {"post": post.name} if post else {}
    found = "%(post)s" if post else N_("Hồ sơ không có chức vụ đang giữ")
    outcome = Outcome.MET if post else Outcome.NOT_MET
    return Condition(
        "post", text, outcome, f"{DECREE} Đ52; Đ53", found, params, None if post else Supplier.USING_AGENCY
    )


def allowance_kept(
    form: Form, ground: Ground, post: PostFact, from_day: date, figures: Mapping[str, Parameter]
) -> Kept:
    """Return until when the leadership allowance is kept after the post ends on the day before `from_day` (Đ55 k2–3).

    Of own wish, for want of ability or another good reason: to the end of the term. For wrongdoing below or low
    confidence: 6 months, or to the end of the term when that is nearer. Dismissal and release keep nothing.
    """
    if form is not Form.RESIGNATION or post.coefficient is None:
        return Kept(None, f"{DECREE} Đ55 k3" if form is Form.DISMISSAL else f"{DECREE} Đ55")
    until = post.term_until
    if until is None or until < from_day:
        return Kept(None, f"{DECREE} Đ55 k2")
    if ground in {Ground.WRONGDOING_BELOW, Ground.LOW_CONFIDENCE}:
        months = whole(figures, "relieving.kept_allowance_months") or 0
        return Kept(min(until, add_months(from_day, months) - timedelta(days=1)), f"{DECREE} Đ55 k2 điểm b")
    return Kept(until, f"{DECREE} Đ55 k2 điểm a")


def planning_again(form: Form, from_day: date, figures: Mapping[str, Parameter]) -> tuple[date, str] | None:
    """Return from when planning may be considered again (12, 24, 36 months after), with its source."""
    key = f"relieving.{form}_planning_months"
    months = whole(figures, key)
    return None if months is None else (add_months(from_day, months), figures[key].source)
