"""What the checking sheet says: each condition of the law, whether it is met, by which article, who must supply it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_


class Outcome(StrEnum):
    """What is known of a condition."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Supplier(StrEnum):
    """Who must supply what is missing."""

    PERSON = "person"
    USING_AGENCY = "using_agency"
    MANAGING_AGENCY = "managing_agency"
    RECEIVING_AGENCY = "receiving_agency"
    HOME_AFFAIRS = "home_affairs"
    PARTY_COMMITTEE = "party_committee"
    PROPOSER = "proposer"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.MET: N_("Đạt"),
    Outcome.NOT_MET: N_("Không đạt"),
    Outcome.UNKNOWN: N_("Chưa rõ"),
}
SUPPLIER_LABELS: dict[Supplier, str] = {
    Supplier.PERSON: N_("Người được đề nghị"),
    Supplier.USING_AGENCY: N_("Cơ quan sử dụng"),
    Supplier.MANAGING_AGENCY: N_("Cơ quan quản lý"),
    Supplier.RECEIVING_AGENCY: N_("Cơ quan tiếp nhận"),
    Supplier.HOME_AFFAIRS: N_("Sở Nội vụ"),
    Supplier.PARTY_COMMITTEE: N_("Cấp ủy"),
    Supplier.PROPOSER: N_("Cơ quan trình"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the law for one person.

    `text` says the condition and `found` what the record shows (message ids with `%(name)s` places); `source` is the
    article. A `blocking` one that is not met keeps the paper from being signed; an unknown one too, until the
    proposer vouches for it (`answerable`) or the record is completed. What does not block is shown to the signer.
    """

    code: str
    text: str
    outcome: Outcome
    source: str
    found: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    supplier: Supplier | None = None
    blocking: bool = True
    answerable: bool = False
    """The system cannot know it (a vote, a written consent): the proposer answers, with a note or a paper."""
    answered: bool = False
    """The outcome is what the proposer vouched for."""
    guard: str = ""
    """A permission without which a reader learns that there is something, not what the record shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that becomes different: its label (a message id), old and new value in words, None for nothing."""

    label: str
    old: str | None
    new: str | None


def with_answers(conditions: Sequence[Condition], answers: Mapping[str, Mapping[str, Any]]) -> list[Condition]:
    """Return the conditions with what the proposer vouched for in place of what the system could not know.

    `answers` is `{code: {"met": bool, "note": str}}`; an answer to a condition the record settles is left aside.
    """
    settled = []
    for condition in conditions:
        answer = answers.get(condition.code)
        if answer is None or not condition.answerable or condition.outcome is not Outcome.UNKNOWN:
            settled.append(condition)
            continue
        outcome = Outcome.MET if answer.get("met") else Outcome.NOT_MET
        # The condition's own words keep their figures beside the note.
        params = {**condition.params, "note": answer.get("note") or ""}
        settled.append(dataclasses.replace(condition, outcome=outcome, answered=True, found="%(note)s", params=params))
    return settled


def obstacles(conditions: Sequence[Condition]) -> list[Condition]:
    """Return the blocking conditions that are not met or not known: with any of them nothing goes up."""
    return [one for one in conditions if one.blocking and one.outcome is not Outcome.MET]
