"""Petitions against a class: when an answer is due, who answers, who may supersede, the states. Pure.

Use `answer_by`, `PetitionState`, `PetitionStep`, `TRANSITIONS`, `may_step`, `window`, `Supersedes`, `superseding`.
NĐ 335/2025/NĐ-CP Đ21 k3, Đ22; NĐ 233/2026/NĐ-CP.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.joining import WorkingDays
from hrms.performance.rules.formula import Decree

ANSWER_DAYS = 7
SOURCE = "NĐ 335/2025/NĐ-CP Đ22"
PUBLIC_SOURCE = "NĐ 233/2026/NĐ-CP"


class PetitionState(StrEnum):
    """How far a petition has come."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


PETITION_LABELS: dict[PetitionState, str] = {
    PetitionState.OPEN: N_("Chờ trả lời"),
    PetitionState.ACCEPTED: N_("Chấp nhận"),
    PetitionState.REJECTED: N_("Không chấp nhận"),
    PetitionState.WITHDRAWN: N_("Đã rút"),
}


class PetitionStep(StrEnum):
    """What is done with a petition."""

    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class PetitionParty(StrEnum):
    """Who stands how to it: the person, who answers, who may supersede the class."""

    PETITIONER = "petitioner"
    ANSWERER = "answerer"
    SUPERSEDER = "superseder"


@dataclass(frozen=True, slots=True)
class PetitionTransition:
    """One step from the open petition: who, and to which state."""

    step: PetitionStep
    by: frozenset[PetitionParty]
    end: PetitionState


TRANSITIONS: tuple[PetitionTransition, ...] = (
    # Accepting changes the class, so it takes whoever may supersede it; refusing leaves the class as it is.
    PetitionTransition(PetitionStep.ACCEPT, frozenset({PetitionParty.SUPERSEDER}), PetitionState.ACCEPTED),
    PetitionTransition(
        PetitionStep.REJECT, frozenset({PetitionParty.ANSWERER, PetitionParty.SUPERSEDER}), PetitionState.REJECTED
    ),
    PetitionTransition(PetitionStep.WITHDRAW, frozenset({PetitionParty.PETITIONER}), PetitionState.WITHDRAWN),
)
STEP_LABELS: dict[PetitionStep, str] = {
    PetitionStep.ACCEPT: N_("Chấp nhận kiến nghị"),
    PetitionStep.REJECT: N_("Không chấp nhận kiến nghị"),
    PetitionStep.WITHDRAW: N_("Rút kiến nghị"),
}


def may_step(
    step: PetitionStep, state: PetitionState, standing: Collection[PetitionParty], *, answer: str = ""
) -> Problem | None:
    """Return why a step is not open, None when it is; whoever petitioned never answers their own."""
    found = next(one for one in TRANSITIONS if one.step is step)
    own = PetitionParty.PETITIONER in standing and step is not PetitionStep.WITHDRAW
    if own or found.by.isdisjoint(standing):
        text = N_("“%(step)s” không thuộc thẩm quyền của ông/bà.")
        return Problem("", "not_yours", text, {"step": STEP_LABELS[step]})
    if state is not PetitionState.OPEN:
        text = N_("Kiến nghị này đã kết thúc (%(state)s). Hãy tải lại trang.")
        return Problem("state", "wrong_state", text, {"state": PETITION_LABELS[state]})
    if step is not PetitionStep.WITHDRAW and not answer.strip():
        return Problem("answer", "answer_missing", N_("Chưa có nội dung trả lời. Hãy ghi nội dung trả lời và lý do."))
    return None


def answer_by(submitted_on: date, after: WorkingDays, decree: Decree = Decree.CIVIL, days: int = ANSWER_DAYS
              ) -> tuple[date, Reason]:  # fmt: skip
    """Return the last day to answer: seven working days after the petition came in, by the table of holidays."""
    last = after(submitted_on, days)
    text = N_("Trả lời trong %(days)s ngày làm việc kể từ ngày nhận kiến nghị %(start)s.")
    source = SOURCE if decree is Decree.CIVIL else f"{PUBLIC_SOURCE}; {SOURCE}"
    return last, Reason(text, last.isoformat(), source, {"days": days, "start": submitted_on})


def window(published_on: date, submitted_on: date, days: int) -> Problem | None:
    """Return why a petition comes at the wrong time: before the class is published, or after the province's window."""
    if submitted_on < published_on:
        text = N_("Kết quả công khai ngày %(published)s, sau ngày kiến nghị %(submitted)s. Hãy sửa ngày kiến nghị.")
        return Problem("submitted_on", "too_early", text, {"published": published_on, "submitted": submitted_on})
    last = published_on + timedelta(days=days)
    if submitted_on > last:
        text = N_("Nhận kiến nghị trong %(days)s ngày kể từ ngày công khai, đến hết %(last)s. Hãy làm đơn khiếu nại "
                  "theo Luật Khiếu nại.")  # fmt: skip
        return Problem("submitted_on", "too_late", text, {"days": days, "last": last})
    return None


class Supersedes(StrEnum):
    """Who may replace a class by a new decision."""

    MANAGING_HEAD = "managing_head"
    CLASSIFIER = "classifier"


SUPERSEDES_LABELS: dict[Supersedes, str] = {
    Supersedes.MANAGING_HEAD: N_("Người đứng đầu cơ quan quản lý công chức"),
    Supersedes.CLASSIFIER: N_("Người đã quyết định xếp loại"),
}


def superseding(decree: Decree) -> tuple[Supersedes, Reason]:
    """Return who may supersede a class: the managing agency's head of civil servants, who classified of others.

    The earlier class stays in the record (Đ21 k3).
    """
    who = Supersedes.MANAGING_HEAD if decree is Decree.CIVIL else Supersedes.CLASSIFIER
    source = "NĐ 335/2025/NĐ-CP Đ21 k3" if decree is Decree.CIVIL else PUBLIC_SOURCE
    text = N_("Thay kết quả bằng quyết định mới của: %(who)s. Kết quả cũ vẫn được lưu.")
    return who, Reason(text, "", source, {"who": SUPERSEDES_LABELS[who]})
