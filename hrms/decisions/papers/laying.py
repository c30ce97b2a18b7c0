"""People, changes and conditions laid out as lines and tables of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hrms.core.documents import Column, Table
from hrms.core.i18n import render
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Submission, SubmissionLine
from hrms.decisions.queries import telling
from hrms.decisions.rules.conditions import Condition, Outcome
from hrms.decisions.rules.path import State
from hrms.decisions.services import sheet

IN_TEXT = 3
"""Of more people than these a tờ trình has a list."""
_CAUSES_MOST = 12


def rows_of(kind: Kind, submission: Submission, lines: Sequence[SubmissionLine]) -> dict[int, sheet.Row]:
    """Return the rows of the sheet as the records stand now, by person id."""
    return sheet.gather(
        kind, [line.person_id for line in lines], submission.effective_on, submission.values,
        {line.person_id: line.values for line in lines}, {line.person_id: line.answers for line in lines},
    )  # fmt: skip


def judged(kind: Kind, submission: Submission, lines: Sequence[SubmissionLine]) -> dict[int, Sequence[Condition]]:
    """Return the conditions by line: of a draft as the records stand now, else as they were kept."""
    now = rows_of(kind, submission, lines) if submission.state == State.DRAFT.value else {}
    return {
        line.id: now[line.person_id].conditions
        if line.person_id in now
        else [sheet.condition_of(one) for one in line.conditions]
        for line in lines
    }


def old_to_new(change: Mapping[str, Any]) -> str:
    """Return a change as a list shows it."""
    new = change["new"] or "không"
    return f"{change['old']} → {new}" if change["old"] else new


def person_told(line: SubmissionLine) -> str:
    """Return one person with what is proposed, as a paragraph."""
    code = f", số hiệu {line.staff_code}" if line.staff_code else ""
    changes = "; ".join(f"{change['label']}: {old_to_new(change)}" for change in line.changes)
    return f"- {line.person_name}{code}. {changes}." if changes else f"- {line.person_name}{code}."


def people_table(lines: Sequence[SubmissionLine]) -> Table:
    """Return the people of a list with what is proposed for each, old → new."""
    columns = [
        Column("STT", 0.5, "center"), Column("Họ và tên", 2.2), Column("Số hiệu", 1.1, "center"),
        Column("Nội dung đề nghị", 6),
    ]  # fmt: skip
    rows = [
        [
            str(place), line.person_name, line.staff_code or "",
            "\n".join(f"{change['label']}: {old_to_new(change)}" for change in line.changes),
        ]
        for place, line in enumerate(lines, 1)
    ]  # fmt: skip
    return Table(columns, rows)


def conditions_told(lines: Sequence[SubmissionLine]) -> list[str]:
    """Return in sentences how many conditions are met, and by name those that are not or are not known."""
    told = [(line, telling.tell(sheet.condition_of(one))) for line in lines for one in line.conditions]
    if not told:
        return ["Loại việc này không có điều kiện phải rà soát."]
    met = sum(one.outcome is Outcome.MET for _line, one in told)
    found = [
        f"Đã rà soát {len(told)} điều kiện của {len(lines)} người: {met} đạt, {len(told) - met} chưa đạt hoặc chưa rõ."
    ]
    rest: dict[tuple[str, str], list[str]] = {}
    for line, one in told:
        if one.outcome is not Outcome.MET:
            rest.setdefault((one.outcome_words, f"{one.text} ({one.source})"), []).append(line.person_name)
    found += [
        f"- {outcome}: {words}: {sheet.listed(names)}." for (outcome, words), names in list(rest.items())[:_CAUSES_MOST]
    ]
    if len(rest) > _CAUSES_MOST:
        found.append("- Các điều kiện còn lại ghi trong bảng rà soát kèm theo.")
    return found


def sheet_tables(lines: Sequence[SubmissionLine], known: Mapping[int, Sequence[Condition]]) -> list[Table]:
    """Return the tables of the checking sheet: of a list first how each condition is met, then each person's."""
    tables = [_summary(known)] if len(lines) > 1 else []
    columns = [
        Column("STT", 0.4, "center"), Column("Điều kiện", 3), Column("Kết quả", 0.9, "center"),
        Column("Hồ sơ cho biết", 2.6), Column("Căn cứ", 2), Column("Bắt buộc", 0.7, "center"),
        Column("Ai bổ sung", 1.2),
    ]  # fmt: skip
    for number, line in enumerate(lines, 1):
        rows = []
        for place, one in enumerate((telling.tell(condition) for condition in known[line.id]), 1):
            supplier = "" if one.outcome is Outcome.MET else one.supplier
            rows.append(
                [str(place), one.text, one.outcome_words, one.found, one.source, "có" if one.blocking else "không",
                 supplier]
            )  # fmt: skip
        code = f" ({line.staff_code})" if line.staff_code else ""
        changes = "; ".join(f"{render(change['label'])}: {old_to_new(change)}" for change in line.changes)
        caption = f"{number}. {line.person_name}{code}{f' – {changes}' if changes else ''}"
        tables.append(Table(columns, rows, caption))
    return tables


def _summary(known: Mapping[int, Sequence[Condition]]) -> Table:
    columns = [
        Column("STT", 0.4, "center"), Column("Điều kiện", 4), Column("Căn cứ", 3), Column("Đạt", 0.7, "center"),
        Column("Không đạt", 0.8, "center"), Column("Chưa rõ", 0.8, "center"),
    ]  # fmt: skip
    rows = [
        [
            str(place), column.told.text, column.told.source, str(column.counts[Outcome.MET]),
            str(column.counts[Outcome.NOT_MET]), str(column.counts[Outcome.UNKNOWN]),
        ]
        for place, column in enumerate(telling.columns(list(known.values())), 1)
    ]  # fmt: skip
    return Table(columns, rows, "Tổng hợp theo điều kiện (số người)")
