"""Score sheets: who scores whom, what each may do in which state, and conflicts of interest. Pure.

Use `authority_of`, `scoring_place`, `deciding_place` (Đ10), `conflict`, `parties`, `may`, `TRANSITIONS`; the states are
`rules.work.SheetState`. NĐ 335/2025/NĐ-CP Đ10, Đ15, Đ18; NĐ 233/2026/NĐ-CP Đ13. Points are what the authority writes:
nothing the person does writes them, so nobody raises their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hrms.core.rules import N_, Problem, Reason
from hrms.performance.rules.formula import Decree, Role
from hrms.performance.rules.work import SheetState


class Party(StrEnum):
    """In which capacity somebody stands to a sheet."""

    SELF = "self"
    AUTHORITY = "authority"
    """Who scores: the head of `authority_id`, or who acts for them by delegation."""
    MANAGER = "manager"
    """Who runs the period for the agency, without scoring."""


class Part(StrEnum):
    """What an action writes."""

    SELF = "self"
    """What the person says of themself: own points, reports, evidence. Gives no points."""
    POINTS = "points"
    """What gives points: general and leader criteria, products done, checks failed, lateness."""
    NONE = "none"


class Action(StrEnum):
    """What is done with a sheet; the words of its events."""

    SELF_SCORE = "self_score"
    TAKE_BACK = "take_back"
    RETURN = "return"
    SCORE = "score"
    RESCORE = "rescore"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


ACTION_LABELS: dict[Action, str] = {
    Action.SELF_SCORE: N_("Tự chấm và gửi"),
    Action.TAKE_BACK: N_("Lấy lại để sửa"),
    Action.RETURN: N_("Trả lại"),
    Action.SCORE: N_("Chấm điểm"),
    Action.RESCORE: N_("Chấm lại"),
    Action.PUBLISH: N_("Công khai kết quả"),
    Action.SUPERSEDE: N_("Thay bằng phiếu đính chính"),
}
STATE_LABELS: dict[SheetState, str] = {
    SheetState.OPEN: N_("Đang mở"),
    SheetState.SELF_SCORED: N_("Đã tự chấm"),
    SheetState.RETURNED: N_("Trả lại"),
    SheetState.SCORED: N_("Đã chấm điểm"),
    SheetState.PUBLISHED: N_("Đã công khai"),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: who, from which states, to which, what it writes, whether a reason must be given.

    `overdue_from` are states it may also start in once the day to score oneself has passed.
    """

    action: Action
    by: frozenset[Party]
    starts: frozenset[SheetState]
    end: SheetState
    writes: Part
    needs_reason: bool = False
    overdue_from: frozenset[SheetState] = frozenset()


_S = SheetState
_SELF, _AUTHORITY = frozenset({Party.SELF}), frozenset({Party.AUTHORITY})
_WITH_OWNER = frozenset({_S.OPEN, _S.RETURNED})
TRANSITIONS: tuple[Transition, ...] = (
    Transition(Action.SELF_SCORE, _SELF, _WITH_OWNER, _S.SELF_SCORED, Part.SELF),
    Transition(Action.TAKE_BACK, _SELF, frozenset({_S.SELF_SCORED}), _S.OPEN, Part.NONE),
    Transition(Action.RETURN, _AUTHORITY, frozenset({_S.SELF_SCORED, _S.SCORED}), _S.RETURNED, Part.NONE, True),
    Transition(Action.SCORE, _AUTHORITY, frozenset({_S.SELF_SCORED}), _S.SCORED, Part.POINTS, overdue_from=_WITH_OWNER),
    Transition(Action.RESCORE, _AUTHORITY, frozenset({_S.SCORED}), _S.SCORED, Part.POINTS),
    Transition(
        Action.PUBLISH, frozenset({Party.AUTHORITY, Party.MANAGER}), frozenset({_S.SCORED}), _S.PUBLISHED, Part.NONE
    ),
    # The published sheet stays as it is: the correction is a sheet of its own that is published at once.
    Transition(Action.SUPERSEDE, _AUTHORITY, frozenset({_S.PUBLISHED}), _S.PUBLISHED, Part.POINTS, True),
)


def transition(action: Action) -> Transition:
    """Return the step of an action."""
    return next(one for one in TRANSITIONS if one.action is action)


def may(
    action: Action, state: SheetState, standing: Collection[Party], *, overdue: bool = False, reason: str = ""
) -> Problem | None:
    """Return why an action is not open to who stands so to a sheet, None when it is.

    `overdue`: the day to score oneself has passed; then the authority scores without waiting.
    """
    step = transition(action)
    if step.by.isdisjoint(standing):
        text = N_("“%(action)s” không thuộc thẩm quyền của ông/bà đối với phiếu này.")
        return Problem("", "not_yours", text, {"action": ACTION_LABELS[action]})
    if state in step.overdue_from and state not in step.starts and not overdue:
        text = N_("Người được đánh giá chưa tự chấm và còn hạn. Hãy chờ phiếu gửi lên hoặc hết hạn tự chấm.")
        return Problem("state", "wait_for_self", text)
    if state not in step.starts | step.overdue_from:
        text = N_("Phiếu “%(state)s” không “%(action)s” được. Hãy tải lại trang để xem phiếu đang ở bước nào.")
        return Problem("state", "wrong_state", text, {"state": STATE_LABELS[state], "action": ACTION_LABELS[action]})
    if step.needs_reason and not reason.strip():
        return Problem("reason", "reason_missing", N_("Chưa ghi lý do. Hãy ghi lý do để người được đánh giá biết."))
    return None


NOT_KIN = frozenset({"other", "guardian", "ward"})
"""Relations of the record that are neither marriage nor blood; every other one bars."""
SPOUSE = frozenset({"wife", "husband"})


def conflict(actor_person: int | None, subject: int, kin: Mapping[int, str] | None = None) -> Problem | None:
    """Return why somebody may not score, propose or decide for `subject`: it is oneself, the spouse, or kin.

    `kin` are the relations of the subject's record by person id. An account without a person has no conflict.
    """
    if actor_person is None:
        return None
    if actor_person == subject:
        text = N_("Không ai tự chấm điểm, tự xếp loại cho mình. Hãy để người có thẩm quyền cấp trên làm.")
        return Problem("person", "self", text)
    relation = (kin or {}).get(actor_person)
    if relation is None or relation in NOT_KIN:
        return None
    if relation in SPOUSE:
        text = N_("Người được đánh giá là vợ hoặc chồng của ông/bà. Hãy để người có thẩm quyền khác chấm, xếp loại.")
        return Problem("person", "spouse", text)
    text = N_("Người được đánh giá là người thân của ông/bà. Hãy để người có thẩm quyền khác chấm, xếp loại.")
    return Problem("person", "kin", text)


def parties(
    actor_person: int | None, subject: int, *, scores: bool, manages: bool, kin: Mapping[int, str] | None = None
) -> frozenset[Party]:
    """Return in which capacities somebody stands to a sheet; who is the subject, spouse or kin stands as no other.

    `scores`: heads the scoring agency or acts for its head; `manages`: runs the period for the agency.
    """
    if actor_person is not None and actor_person == subject:
        return _SELF
    if conflict(actor_person, subject, kin) is not None:
        return frozenset()
    return frozenset(party for party, stands in ((Party.AUTHORITY, scores), (Party.MANAGER, manages)) if stands)


class Unit(StrEnum):
    """Where somebody works, as Đ10 sees it."""

    USING = "using"
    """The agency that uses its people (cơ quan sử dụng): a department, a commune, a public unit."""
    COMPONENT = "component"
    """A part of it (phòng, ban): its head scores, but does not decide classes."""


class Scorer(StrEnum):
    """Whose head."""

    MANAGING_HEAD = "managing_head"
    USING_HEAD = "using_head"
    COMPONENT_HEAD = "component_head"


SCORER_LABELS: dict[Scorer, str] = {
    Scorer.MANAGING_HEAD: N_("Người đứng đầu cơ quan quản lý"),
    Scorer.USING_HEAD: N_("Người đứng đầu cơ quan, đơn vị sử dụng"),
    Scorer.COMPONENT_HEAD: N_("Người đứng đầu bộ phận trực tiếp sử dụng"),
}


@dataclass(frozen=True, slots=True)
class Authority:
    """Who tracks and scores, who decides the class of the year, and where that is written."""

    scores: Scorer
    decides: Scorer
    reason: Reason


def authority_of(role: Role, unit: Unit, decree: Decree = Decree.CIVIL) -> Authority:
    """Return who scores and who decides for a person of a role in a unit (NĐ 335 Đ10; NĐ 233 Đ13)."""
    if unit is Unit.USING and role is Role.HEAD:
        scores = decides = Scorer.MANAGING_HEAD
    elif unit is Unit.USING or role is Role.HEAD:
        scores = decides = Scorer.USING_HEAD
    else:
        scores, decides = Scorer.COMPONENT_HEAD, Scorer.USING_HEAD
    source = "NĐ 335/2025/NĐ-CP Đ10" if decree is Decree.CIVIL else "NĐ 233/2026/NĐ-CP Đ13"
    text = N_("Theo dõi, chấm điểm: %(scores)s. Quyết định xếp loại năm: %(decides)s.")
    params = {"scores": SCORER_LABELS[scores], "decides": SCORER_LABELS[decides]}
    return Authority(scores, decides, Reason(text, "", source, params))


def scoring_place(role: Role, chain: Sequence[int]) -> int | None:
    """Return the agency whose head scores: one's own, for its head the one above; None where nobody is above.

    `chain` are agency ids from one's own upwards.
    """
    place = 1 if role is Role.HEAD else 0
    return chain[place] if len(chain) > place else None


def deciding_place(role: Role, chain: Sequence[tuple[int, Unit]]) -> int | None:
    """Return the agency whose head decides the class: the nearest using agency, for its own head the one above."""
    for place, (agency, unit) in enumerate(chain):
        if unit is Unit.USING:
            if place == 0 and role is Role.HEAD:
                return chain[1][0] if len(chain) > 1 else None
            return agency
    return None
