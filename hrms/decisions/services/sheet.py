"""The checking sheet: each person × each condition of the law, gathered set-based and kept as JSON in the lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.formats import format_date
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions.kinds import Kind, Proposed, Subject
from hrms.decisions.rules.conditions import Change, Condition, Outcome, Supplier, obstacles, with_answers

NAMED_MOST = 5
"""A problem of many people names the first few and says how many more there are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the sheet: what is proposed, the conditions with the answers laid in, the changes."""

    proposed: Proposed
    conditions: Sequence[Condition]
    changes: Sequence[Change]

    @property
    def subject(self) -> Subject:
        """Return the person."""
        return self.proposed.subject


def gather(
    kind: Kind,
    person_ids: Sequence[int],
    effective_on: date,
    values: Mapping[str, Any],
    own: Mapping[int, Mapping[str, Any]],
    answers: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    judged: bool = True,
) -> dict[int, Row]:
    """Return the sheet of these people by person id; whoever the transaction does not see is left out.

    `answers` is `{person id: {condition code: {"met": bool, "note": str}}}`. With `judged` as False only the people
    are read: a proposal with gaps in it is not yet asked what it would change. A fixed number of statements.
    """
    subjects = kind.subjects(person_ids, effective_on, values)
    every = [
        Proposed(subjects[person_id], {**values, **own.get(person_id, {})}, effective_on)
        for person_id in person_ids
        if person_id in subjects
    ]
    if not judged:
        return {one.subject.person_id: Row(one, (), ()) for one in every}
    rows = {}
    for one in kind.prepare(every):
        person_id = one.subject.person_id
        conditions = with_answers(kind.conditions(one), (answers or {}).get(person_id, {}))
        rows[person_id] = Row(one, conditions, kind.changes(one))
    return rows


def kept(row: Row) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a row's conditions and changes as they are kept in the line."""
    return [_condition(one) for one in row.conditions], [dataclasses.asdict(one) for one in row.changes]


def _condition(condition: Condition) -> dict[str, Any]:
    found = dataclasses.asdict(condition)
    found["params"] = {name: _plain(value) for name, value in condition.params.items()}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return format_date(value)
    return str(value) if isinstance(value, Decimal) else value


def condition_of(kept_row: Mapping[str, Any]) -> Condition:
    """Return a kept condition as the rules know it."""
    supplier = kept_row.get("supplier")
    return Condition(
        code=kept_row["code"],
        text=kept_row["text"],
        outcome=Outcome(kept_row["outcome"]),
        source=kept_row["source"],
        found=kept_row.get("found", ""),
        params=kept_row.get("params", {}),
        supplier=Supplier(supplier) if supplier else None,
        blocking=kept_row.get("blocking", True),
        answerable=kept_row.get("answerable", False),
        answered=kept_row.get("answered", False),
        guard=kept_row.get("guard", ""),
    )


def grounds_of(kind: Kind, rows: Collection[Row]) -> list[str]:
    """Return the articles and papers the decisions rest on, each once, in the order they are printed.

    The paper is Vietnamese whatever language its author reads in.
    """
    lines: dict[str, None] = {}
    for row in rows:
        for reason in kind.grounds(row.proposed):
            lines[_printed(reason)] = None
    return list(lines)


def printed(text: str, params: Mapping[str, Any]) -> str:
    """Return a message with its values put in, in Vietnamese: the language of papers."""
    plain = {name: _plain(value) for name, value in params.items()}
    return text % plain if plain else text


def _printed(reason: Reason) -> str:
    return printed(reason.text, reason.params)


def contradictions(kind: Kind, rows: Mapping[int, Row]) -> list[Problem]:
    """Return what contradicts itself in the proposals; the same mistake of many people is one problem."""
    groups: dict[tuple[str, str, str], tuple[Problem, list[str]]] = {}
    for row in rows.values():
        for problem in kind.problems(row.proposed):
            key = (problem.field, problem.code, problem.text % dict(problem.params) if problem.params else problem.text)
            groups.setdefault(key, (problem, []))[1].append(row.subject.name)
    found = []
    for problem, names in groups.values():
        if len(rows) == 1:
            found.append(problem)
            continue
        said = N_("%(problem)s (%(names)s)")
        params = {"problem": _printed(Reason(problem.text, params=problem.params)), "names": listed(names)}
        found.append(Problem(problem.field, problem.code, said, params, problem.severity))
    return found


def listed(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are: “A, B, C… (+12)”."""
    words = ", ".join(names[:NAMED_MOST])
    return words if len(names) <= NAMED_MOST else f"{words}… (+{len(names) - NAMED_MOST})"


def unmet(rows: Collection[Row]) -> list[Problem]:
    """Return what keeps the list from going up: one problem for each condition, naming who does not meet it."""
    groups: dict[tuple[str, Outcome], tuple[Condition, list[str]]] = {}
    for row in rows:
        for condition in obstacles(row.conditions):
            groups.setdefault((condition.code, condition.outcome), (condition, []))[1].append(row.subject.name)
    texts = {
        Outcome.NOT_MET: N_(
            "Chưa đạt điều kiện “%(condition)s” (%(source)s): %(names)s. Hãy bổ sung hồ sơ hoặc bỏ khỏi danh sách."
        ),
        Outcome.UNKNOWN: N_(
            "Chưa rõ điều kiện “%(condition)s” (%(source)s): %(names)s. Hãy bổ sung hồ sơ hoặc xác nhận ở bảng rà soát."
        ),
    }
    return [
        Problem(
            "conditions",
            condition.code,
            texts[outcome],
            {
                "condition": _printed(Reason(condition.text, params=condition.params)),
                "source": condition.source,
                "names": listed(names),
            },
        )
        for (_code, outcome), (condition, names) in groups.items()
    ]
