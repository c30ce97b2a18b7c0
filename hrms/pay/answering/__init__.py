"""Questions about the law of pay, answered from facts alone: what the commands say and what the pages of trying show.

Each module takes the facts as the schemas of `facts_pay` and `facts_raises` read them; no record is read or written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from hrms.core.rules import Problem, Reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The keys of an answer as programs get them (đồng and coefficients as text, ISO dates), and its steps."""

    keys: dict[str, Any]
    reasons: tuple[Reason, ...]


class UnanswerableError(Exception):
    """The facts contradict themselves, or the law has no figure for their day; `problems` says what to put right."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(one.code for one in problems))


def refuse(problems: Sequence[Problem]) -> None:
    """Raise `UnanswerableError` where there are problems."""
    if problems:
        raise UnanswerableError(problems)


def deny(field: str, code: str, text: str, **params: Any) -> NoReturn:
    """Raise `UnanswerableError` of one problem."""
    raise UnanswerableError([Problem(field, code, text, params)])
