"""The job-position scheme (đề án vị trí việc làm): its way, its clocks, its dossier, and what it changes.

NĐ 232/2026/NĐ-CP Đ11–12 for viên chức; a scheme of công chức under NĐ 361/2025/NĐ-CP goes the same way. The agency
proposes, Sở Nội vụ appraises, the competent authority decides. Clocks are parameters (`scheme.*`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.appointing import WorkingDays
from hrms.people.rules.parameters import Parameter, whole
from hrms.positions.rules.kinds import QuotaKind

DECREE = "NĐ 232/2026/NĐ-CP"


class State(StrEnum):
    """Where a scheme stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    APPRAISED = "appraised"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """Who takes a step."""

    PROPOSER = "proposer"
    APPRAISER = "appraiser"
    APPROVER = "approver"


class Step(StrEnum):
    """What may be done with a scheme."""

    EDIT = "edit"
    SUBMIT = "submit"
    NOTE_INCOMPLETE = "note_incomplete"
    ACCEPT = "accept"
    APPRAISE = "appraise"
    RETURN = "return"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("Đang soạn"),
    State.SUBMITTED: N_("Đã trình"),
    State.INCOMPLETE: N_("Chờ bổ sung hồ sơ"),
    State.APPRAISED: N_("Đã thẩm định"),
    State.RETURNED: N_("Trả lại"),
    State.APPROVED: N_("Đã phê duyệt"),
    State.WITHDRAWN: N_("Đã rút"),
}
PARTY_LABELS: dict[Party, str] = {
    Party.PROPOSER: N_("Cơ quan trình"),
    Party.APPRAISER: N_("Sở Nội vụ"),
    Party.APPROVER: N_("Cơ quan phê duyệt"),
}
STEP_LABELS: dict[Step, str] = {
    Step.EDIT: N_("Sửa đề án"),
    Step.SUBMIT: N_("Trình thẩm định"),
    Step.NOTE_INCOMPLETE: N_("Thông báo bổ sung hồ sơ"),
    Step.ACCEPT: N_("Xác nhận hồ sơ đủ"),
    Step.APPRAISE: N_("Báo cáo kết quả thẩm định"),
    Step.RETURN: N_("Trả lại kèm nhận xét"),
    Step.APPROVE: N_("Phê duyệt"),
    Step.WITHDRAW: N_("Rút đề án"),
}
OPEN = frozenset({State.DRAFT, State.INCOMPLETE, State.RETURNED})
"""The agency writes."""
WAY: Mapping[Step, tuple[Party, Mapping[State, State]]] = {
    Step.EDIT: (Party.PROPOSER, {state: state for state in sorted(OPEN)}),
    Step.SUBMIT: (Party.PROPOSER, dict.fromkeys(sorted(OPEN), State.SUBMITTED)),
    Step.NOTE_INCOMPLETE: (Party.APPRAISER, {State.SUBMITTED: State.INCOMPLETE}),
    Step.ACCEPT: (Party.APPRAISER, {State.SUBMITTED: State.SUBMITTED}),
    Step.APPRAISE: (Party.APPRAISER, {State.SUBMITTED: State.APPRAISED}),
    Step.RETURN: (Party.APPRAISER, {State.SUBMITTED: State.RETURNED, State.APPRAISED: State.RETURNED}),
    Step.APPROVE: (Party.APPROVER, {State.APPRAISED: State.APPROVED}),
    Step.WITHDRAW: (Party.PROPOSER, dict.fromkeys([*sorted(OPEN), State.SUBMITTED], State.WITHDRAWN)),
}
"""Who takes a step, and from which state to which. An appraised scheme may be returned by who decides, too."""
NEEDS_REMARK = frozenset({Step.NOTE_INCOMPLETE, Step.RETURN})


def allowed_steps(state: State, parties: Collection[Party], *, complete: bool = False) -> list[Step]:
    """Return the steps somebody may take now, in the order of `Step`.

    `complete` says that the appraiser has confirmed the dossier: then it is appraised, before that it is looked through
    for what is missing.
    """
    return [step for step in Step if _open(step, state, parties, complete=complete)]


def _open(step: Step, state: State, parties: Collection[Party], *, complete: bool) -> bool:
    party, states = WAY[step]
    takes = party in parties or (step is Step.RETURN and state is State.APPRAISED and Party.APPROVER in parties)
    if not takes or state not in states:
        return False
    if step in {Step.NOTE_INCOMPLETE, Step.ACCEPT}:
        return not complete
    return complete if step is Step.APPRAISE else True


def after(
    state: State, step: Step, parties: Collection[Party], *, complete: bool = False, remark: str = ""
) -> tuple[State, list[Problem]]:
    """Return the state after a step and why it cannot be taken; with problems the state is the old one."""
    if not _open(step, state, parties, complete=complete):
        text = N_(
            "Đề án đang ở bước “%(state)s”, chưa làm được bước “%(step)s”. Hãy mở lại trang để xem các bước đang mở."
        )
        params = {"state": STATE_LABELS[state], "step": STEP_LABELS[step]}
        return state, [Problem("step", "step_not_open", text, params)]
    if step in NEEDS_REMARK and not remark.strip():
        text = N_("Chưa ghi nội dung. Hãy ghi rõ việc cần bổ sung hoặc sửa.")
        return state, [Problem("remark", "required", text)]
    return WAY[step][1][state], []


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a scheme's way; None what has not happened."""

    submitted_on: date | None = None
    noticed_on: date | None = None
    """The day of the notice that the dossier is incomplete."""
    complete_on: date | None = None
    """The day the full dossier came in, as the appraiser confirmed."""
    appraised_on: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit: from when, until when, when done; the article and the figure as a parameter of the words."""

    code: str
    words: str
    start: date
    due: date
    done: date | None
    days: int
    source: str

    @property
    def reason(self) -> Reason:
        """Return what is to be done within how many days, with its article."""
        return Reason(self.words, str(self.days), self.source, {"days": self.days})

    def is_late(self, today: date) -> bool:
        """Say whether it was done late, or is not done and past due."""
        return (self.done or today) > self.due


def clocks(days: Days, figures: Mapping[str, Parameter], add_working_days: WorkingDays) -> list[Clock]:
    """Return the time limits that have begun, in their order (Đ11 k3): notice, review, decision.

    `add_working_days` returns the n-th working day after a day, by the table of holidays.
    """
    answered = days.noticed_on or days.complete_on
    known: list[tuple[str, str, date | None, date | None, str]] = [
        ("notice", N_("Thông báo hồ sơ chưa đủ trong %(days)s ngày làm việc"), days.submitted_on, answered,
         "scheme.notice_working_days"),
        ("review", N_("Thẩm định xong trong %(days)s ngày kể từ ngày nhận đủ hồ sơ"), days.complete_on,
         days.appraised_on, "scheme.review_days"),
        ("decision", N_("Quyết định trong %(days)s ngày làm việc kể từ ngày có báo cáo thẩm định"), days.appraised_on,
         days.decided_on, "scheme.decision_working_days"),
    ]  # fmt: skip
    found = []
    for code, words, start, done, key in known:
        count = whole(figures, key)
        if start is None or count is None:
            continue
        due = start + timedelta(days=count) if key == "scheme.review_days" else add_working_days(start, count)
        found.append(Clock(code, words, start, due, done, count, figures[key].source))
    return found


DOSSIER: dict[str, str] = {
    "request": N_("Văn bản đề nghị phê duyệt vị trí việc làm"),
    "positions": N_("Danh mục vị trí việc làm"),
    "frames": N_("Bản mô tả công việc và khung năng lực của từng vị trí"),
    "grades": N_("Bậc nghề nghiệp hoặc ngạch công chức của từng vị trí"),
    "shares": N_("Tỷ lệ theo bậc nghề nghiệp hoặc ngạch công chức"),
}
"""The five items of the dossier (Đ11 k2)."""
REVIEW: dict[str, str] = {
    "function": N_("Sự phù hợp của vị trí việc làm với chức năng, nhiệm vụ"),
    "description": N_("Bản mô tả công việc và khung năng lực"),
    "grades": N_("Việc lựa chọn bậc nghề nghiệp hoặc ngạch công chức"),
    "shares": N_("Tỷ lệ theo bậc nghề nghiệp hoặc ngạch công chức"),
}
"""The four contents of the review (Đ11 k3)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A position of a unit, as proposed or in force; `shares` in percent by rank code or `grade:<n>`.

    `graded` says that the catalogue gives the position grades or ranks to choose from; `framed` that it has a
    description, proposed or in force.
    """

    unit_id: int
    position_id: int
    name: str
    quota_kind: QuotaKind
    seats: int
    grade_from: int | None = None
    grade_to: int | None = None
    shares: Mapping[str, Any] = field(default_factory=dict)
    base_position_id: int | None = None
    graded: bool = False
    framed: bool = True
    leads: bool = False
    active: bool = True

    @property
    def key(self) -> tuple[int, int]:
        """Return what identifies it: unit and position."""
        return self.unit_id, self.position_id

    @property
    def levels(self) -> int:
        """Return how many grades it uses."""
        return 0 if self.grade_from is None or self.grade_to is None else self.grade_to - self.grade_from + 1


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the dossier: whether it is there, and how many lines still want it."""

    code: str
    words: str
    done: bool
    open: int = 0


def dossier(lines: Sequence[Line], *, request: bool) -> list[Item]:
    """Return the five items of the dossier as the scheme stands; `request` says that the letter is attached.

    A position without grades or with one needs no ratio (Đ10 k4).
    """
    unframed = sum(not line.framed for line in lines)
    ungraded = sum(line.graded and line.levels == 0 and line.quota_kind is QuotaKind.PUBLIC for line in lines)
    unshared = sum(line.levels > 1 and not line.shares for line in lines)
    some = bool(lines)
    found = {
        "request": (request, 0),
        "positions": (some, 0),
        "frames": (some and not unframed, unframed),
        "grades": (some and not ungraded, ungraded),
        "shares": (some and not unshared, unshared),
    }
    return [Item(code, words, *found[code]) for code, words in DOSSIER.items()]


def reviewed(checklist: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    """Return which contents of the review are not answered: `{code: {"fit": bool, "remark": str}}`.

    What does not fit needs a remark.
    """
    problems = []
    for code, words in REVIEW.items():
        answer = checklist.get(code)
        if answer is None or answer.get("fit") is None:
            text = N_("Chưa có kết luận về: %(content)s. Hãy chọn phù hợp hoặc chưa phù hợp.")
            problems.append(Problem(f"review.{code}", "not_reviewed", text, {"content": words}))
        elif not answer["fit"] and not str(answer.get("remark") or "").strip():
            text = N_("Chưa phù hợp nhưng chưa ghi nhận xét: %(content)s. Hãy ghi việc cần sửa.")
            problems.append(Problem(f"review.{code}", "remark_missing", text, {"content": words}))
    return problems


class Adjusting(StrEnum):
    """Why approved positions or ratios are adjusted (Đ12)."""

    GROUNDS = "grounds"
    RESTRUCTURED = "restructured"
    FUNCTION_SIZE = "function_size"
    SERVICE_QUALITY = "service_quality"
    STRATEGY = "strategy"
    FROM_ABOVE = "from_above"


ADJUSTING_LABELS: dict[Adjusting, str] = {
    Adjusting.GROUNDS: N_("Thay đổi căn cứ xác định vị trí việc làm theo Luật Viên chức Đ23 k1"),
    Adjusting.RESTRUCTURED: N_("Sắp xếp, tổ chức lại cơ quan, đơn vị"),
    Adjusting.FUNCTION_SIZE: N_("Thay đổi chức năng, quy mô hoạt động (tỷ lệ)"),
    Adjusting.SERVICE_QUALITY: N_("Yêu cầu nâng cao chất lượng phục vụ (tỷ lệ)"),
    Adjusting.STRATEGY: N_("Chiến lược phát triển nhân lực (tỷ lệ)"),
    Adjusting.FROM_ABOVE: N_("Theo yêu cầu của cấp trên (tỷ lệ)"),
}
FOR_RATIOS_ONLY = frozenset(
    {Adjusting.FUNCTION_SIZE, Adjusting.SERVICE_QUALITY, Adjusting.STRATEGY, Adjusting.FROM_ABOVE}
)


class Change(StrEnum):
    """How a proposed line stands to what is in force."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"
    SAME = "same"


CHANGE_LABELS: dict[Change, str] = {
    Change.ADDED: N_("Thêm"),
    Change.DROPPED: N_("Bỏ"),
    Change.CHANGED: N_("Thay đổi"),
    Change.SAME: N_("Giữ nguyên"),
}
COMPARED = ("seats", "grade_from", "grade_to", "shares", "base_position_id")
RATIO_FIELDS = frozenset({"grade_from", "grade_to", "shares"})


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line compared: the proposed and the present one, None where there is none, and which fields differ."""

    kind: Change
    proposed: Line | None
    present: Line | None
    fields: tuple[str, ...] = ()

    @property
    def seats(self) -> int:
        """Return by how many seats it grows (shrinks when negative)."""
        return (self.proposed.seats if self.proposed else 0) - (self.present.seats if self.present else 0)


def compare(proposed: Iterable[Line], in_force: Iterable[Line]) -> list[LineChange]:
    """Return every line of either side once: the proposed ones in their order, then those dropped in theirs."""
    present = {line.key: line for line in in_force}
    found = []
    for line in proposed:
        old = present.pop(line.key, None)
        if old is None:
            found.append(LineChange(Change.ADDED, line, None))
            continue
        differs = tuple(name for name in COMPARED if getattr(line, name) != getattr(old, name))
        found.append(LineChange(Change.CHANGED if differs else Change.SAME, line, old, differs))
    return [*found, *(LineChange(Change.DROPPED, None, line) for line in present.values())]


def seats_by_quota(lines: Iterable[Line]) -> dict[QuotaKind, int]:
    """Return the seats of each quota; the quotas are never added."""
    found = dict.fromkeys(QuotaKind, 0)
    for line in lines:
        found[line.quota_kind] += line.seats
    return found


def check_reason(reason: Adjusting | None, changes: Sequence[LineChange]) -> list[Problem]:
    """Return what is wrong with the reason of an adjustment; none is needed where nothing was in force (Đ12)."""
    if not any(change.present for change in changes):
        return []
    if reason is None:
        text = N_("Chưa chọn lý do điều chỉnh. Hãy chọn một lý do của NĐ 232/2026/NĐ-CP Đ12.")
        return [Problem("reason", "required", text)]
    if reason in FOR_RATIOS_ONLY and any(
        change.kind in {Change.ADDED, Change.DROPPED} or set(change.fields) - RATIO_FIELDS for change in changes
    ):
        text = N_("Lý do “%(reason)s” chỉ dùng để điều chỉnh tỷ lệ, nhưng đề án đổi vị trí hoặc số chỗ. Hãy chọn lại.")
        return [Problem("reason", "reason_for_ratios_only", text, {"reason": ADJUSTING_LABELS[reason]})]
    return []


RatioCheck = Callable[[Sequence[Line]], Sequence[Problem]]
"""Returns what exceeds the ratios of ranks and grades among lines; fields are `lines[n].shares`."""


def check_scheme(
    lines: Sequence[Line],
    quota_kind: QuotaKind,
    ratio_check: RatioCheck,
    *,
    quota: int | None = None,
) -> list[Problem]:
    """Return what keeps a scheme from being submitted; what has severity `warning` does not.

    `quota` are the seats given to the agency, when a scheme must keep within them.
    """
    if not lines:
        text = N_("Đề án chưa có vị trí việc làm nào. Hãy chọn vị trí trong danh mục.")
        return [Problem("lines", "no_lines", text)]
    problems: list[Problem] = []
    seen: set[tuple[int, int]] = set()
    for place, line in enumerate(lines):
        problems += _line(line, f"lines[{place}]", quota_kind, seen)
        seen.add(line.key)
    total = seats_by_quota(lines)[quota_kind]
    if quota is not None and total > quota:
        text = N_("Tổng số chỗ %(total)s nhiều hơn biên chế được giao %(quota)s. Hãy giảm %(over)s chỗ.")
        problems.append(Problem("lines", "over_quota", text, {"total": total, "quota": quota, "over": total - quota}))
    return [*problems, *ratio_check(lines)]


def _line(line: Line, path: str, quota_kind: QuotaKind, seen: Collection[tuple[int, int]]) -> list[Problem]:
    named = {"name": line.name}
    problems = []
    if line.key in seen:
        text = N_("Vị trí “%(name)s” có hai dòng ở cùng đơn vị. Hãy gộp thành một dòng.")
        problems.append(Problem(f"{path}.position_id", "line_twice", text, named))
    if not line.active:
        text = N_("Vị trí “%(name)s” không còn trong danh mục đang áp dụng. Hãy chọn vị trí khác.")
        problems.append(Problem(f"{path}.position_id", "position_inactive", text, named))
    if line.quota_kind not in {quota_kind, QuotaKind.CONTRACT}:
        text = N_("Vị trí “%(name)s” thuộc biên chế khác với đề án. Hãy lập đề án riêng cho công chức và viên chức.")
        problems.append(Problem(f"{path}.position_id", "other_quota", text, named))
    if line.leads and line.quota_kind is QuotaKind.PUBLIC and line.base_position_id is None:
        text = N_("Vị trí quản lý “%(name)s” chưa gắn với vị trí chuyên môn hoặc hỗ trợ. Hãy chọn vị trí gốc (Đ5 k5).")
        problems.append(Problem(f"{path}.base_position_id", "base_missing", text, named))
    if line.graded and line.levels == 0 and line.quota_kind is QuotaKind.PUBLIC and not line.leads:
        text = N_("Vị trí “%(name)s” chưa chọn bậc được sử dụng. Hãy chọn bậc trong khoảng của danh mục.")
        problems.append(Problem(f"{path}.grade_from", "grades_missing", text, named))
    if not line.framed:
        text = N_("Vị trí “%(name)s” chưa có bản mô tả công việc và khung năng lực. Hãy lập bản mô tả.")
        problems.append(Problem(f"{path}.frame", "frame_missing", text, named))
    if line.seats == 0:
        text = N_("Vị trí “%(name)s” chưa có chỗ nào. Hãy ghi số chỗ, hoặc bỏ dòng nếu không dùng.")
        problems.append(Problem(f"{path}.seats", "no_seats", text, named, "warning"))
    return problems
