"""The path of a decision: draft, submitted, appraised, signed, entered in the register, in force.

Nobody skips a step, repeats one or does another's: the one who proposes, the one who appraises, the one who signs and
the clerk who gives the number are different people (NĐ 30/2020/NĐ-CP Đ8–18: drafting, checking, signing, numbering).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hrms.core.rules import N_, Problem


class State(StrEnum):
    """Where a submission is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPRAISED = "appraised"
    SIGNED = "signed"
    CLOSED = "closed"
    DROPPED = "dropped"


class LineState(StrEnum):
    """Where one person of a submission is."""

    PENDING = "pending"
    SIGNED = "signed"
    REFUSED = "refused"
    REGISTERED = "registered"
    DROPPED = "dropped"


class Step(StrEnum):
    """What is done on the path; written down with who, when and a remark."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    APPRAISE = "appraise"
    RETURN = "return"
    TAKE_BACK = "take_back"
    SIGN = "sign"
    REFUSE = "refuse"
    REGISTER = "register"
    DROP = "drop"


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("Dự thảo"),
    State.SUBMITTED: N_("Chờ thẩm định"),
    State.APPRAISED: N_("Chờ ký"),
    State.SIGNED: N_("Chờ vào số"),
    State.CLOSED: N_("Đã vào sổ"),
    State.DROPPED: N_("Đã thôi trình"),
}
LINE_LABELS: dict[LineState, str] = {
    LineState.PENDING: N_("Đang trình"),
    LineState.SIGNED: N_("Đã ký, chờ vào số"),
    LineState.REFUSED: N_("Không ký"),
    LineState.REGISTERED: N_("Đã vào sổ"),
    LineState.DROPPED: N_("Đã rút khỏi danh sách"),
}
STEP_LABELS: dict[Step, str] = {
    Step.CREATE: N_("lập dự thảo"),
    Step.EDIT: N_("sửa dự thảo"),
    Step.SUBMIT: N_("trình"),
    Step.APPRAISE: N_("thẩm định đạt"),
    Step.RETURN: N_("trả lại"),
    Step.TAKE_BACK: N_("rút về dự thảo"),
    Step.SIGN: N_("ký"),
    Step.REFUSE: N_("không ký"),
    Step.REGISTER: N_("vào số"),
    Step.DROP: N_("thôi trình"),
}

TASK_LABELS: dict[str, tuple[str, str]] = {
    "complete": (N_("Hoàn chỉnh rồi trình"), N_("dự thảo của bạn")),
    "appraise": (N_("Thẩm định"), N_("hồ sơ chờ thẩm định")),
    "sign": (N_("Ký"), N_("hồ sơ chờ ký")),
    "number": (N_("Vào số"), N_("hồ sơ đã ký, chờ số")),
}
"""What may wait for a reader: the task, and what waits, in words."""

FROM: dict[Step, frozenset[State]] = {
    Step.EDIT: frozenset({State.DRAFT}),
    Step.SUBMIT: frozenset({State.DRAFT}),
    Step.APPRAISE: frozenset({State.SUBMITTED}),
    Step.RETURN: frozenset({State.SUBMITTED, State.APPRAISED}),
    Step.TAKE_BACK: frozenset({State.SUBMITTED, State.APPRAISED}),
    Step.SIGN: frozenset({State.APPRAISED, State.SIGNED}),
    Step.REFUSE: frozenset({State.APPRAISED, State.SIGNED}),
    Step.REGISTER: frozenset({State.APPRAISED, State.SIGNED}),
    Step.DROP: frozenset({State.DRAFT, State.SUBMITTED, State.APPRAISED}),
}
"""The states a step starts from. Of a list signed one by one some lines wait for a number while others are unsigned."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has had a hand in it so far: account ids."""

    proposed_by: int | None = None
    appraised_by: int | None = None
    signed_by: frozenset[int] = frozenset()
    drafted_by: frozenset[int] = frozenset()
    """Who made or changed the draft, whoever sent it up."""


DRAFTING = frozenset({Step.CREATE, Step.EDIT, Step.SUBMIT})
"""The steps of who proposes: whoever took one neither appraises nor signs."""


def check_step(step: Step, state: State, account_id: int | None, hands: Hands) -> list[Problem]:
    """Return why `account_id` cannot take this step now: the wrong moment, or a hand in it already."""
    if state not in FROM[step]:
        text = N_("Hồ sơ đang ở bước “%(state)s”, chưa hoặc không còn %(step)s được. Hãy tải lại trang để xem.")
        return [Problem("", "wrong_state", text, {"state": STATE_LABELS[state], "step": STEP_LABELS[step]})]
    if step is Step.TAKE_BACK and (hands.appraised_by is not None or hands.signed_by):
        text = N_("Đã có người thẩm định hoặc ký nên không rút về được. Hãy đề nghị người đang giữ hồ sơ trả lại.")
        return [Problem("", "too_late", text)]
    if step is Step.RETURN and hands.signed_by:
        text = N_("Đã ký một phần nên không trả lại cả hồ sơ được. Hãy bấm “Không ký” ở từng người còn lại.")
        return [Problem("", "partly_signed", text)]
    if step is Step.DROP and hands.signed_by:
        return [Problem("", "partly_signed", N_("Đã ký một phần nên không thôi trình được nữa."))]
    proposers = {hands.proposed_by, *hands.drafted_by}
    if step is Step.APPRAISE and account_id in proposers:
        return [Problem("", "own_proposal", N_("Người trình không tự thẩm định hồ sơ của mình. Cần một người khác."))]
    if step is Step.SIGN and account_id in {*proposers, hands.appraised_by}:
        return [
            Problem("", "own_hand", N_("Người trình hoặc thẩm định không ký hồ sơ đó. Cần người có thẩm quyền khác."))
        ]
    if step is Step.REGISTER and account_id in {*proposers, hands.appraised_by, *hands.signed_by}:
        text = N_("Người trình, thẩm định hoặc ký không tự cho số. Văn thư của cơ quan ban hành vào số.")
        return [Problem("", "own_signature", text)]
    return []


def state_after(lines: frozenset[LineState]) -> State:
    """Return where a submission that was appraised stands, from where its people are."""
    if LineState.PENDING in lines:
        return State.APPRAISED
    if LineState.SIGNED in lines:
        return State.SIGNED
    return State.CLOSED if LineState.REGISTERED in lines else State.DROPPED
