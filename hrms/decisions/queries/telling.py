"""The checking sheet, the steps and the values of a proposal in the reader's words, for pages and exports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hrms.agencies import queries as agencies
from hrms.core.actor import Actor
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Reason
from hrms.decisions.kinds import Field, Kind
from hrms.decisions.queries.register import references
from hrms.decisions.rules.conditions import OUTCOME_LABELS, SUPPLIER_LABELS, Condition, Outcome

WITHHELD = N_("Chỉ người có quyền xem phần hồ sơ liên quan thấy nội dung; hãy hỏi bộ phận tổ chức cán bộ")
TONES = {Outcome.MET: "ok", Outcome.NOT_MET: "bad", Outcome.UNKNOWN: "warn"}


@dataclass(frozen=True, slots=True)
class Told:
    """A condition of one person in words."""

    code: str
    text: str
    outcome: Outcome
    outcome_words: str
    tone: str
    found: str
    source: str
    supplier: str
    blocking: bool
    answerable: bool
    answered: bool


def tell(condition: Condition, reader: Actor | None = None, at: Collection[int] | None = None) -> Told:
    """Return a condition in the reader's language.

    What a guarded one found is told to a `reader` who holds the permission over `at`, to nobody else: not on paper.
    """
    params = dict(condition.params)
    withheld = bool(condition.guard) and (reader is None or not reader.may(Permission(condition.guard), at))
    blocks = condition.blocking or condition.outcome is Outcome.MET
    return Told(
        code=condition.code.partition(".")[0] if withheld else condition.code,
        text=render(Reason(condition.text, params=params)),
        outcome=condition.outcome,
        outcome_words=render(OUTCOME_LABELS[condition.outcome]),
        tone=TONES[condition.outcome] if blocks else "none",
        found=render(WITHHELD) if withheld else _found(condition, params),
        source=condition.source,
        supplier=render(SUPPLIER_LABELS[condition.supplier]) if condition.supplier else "",
        blocking=condition.blocking,
        answerable=condition.answerable,
        answered=condition.answered,
    )


def _found(condition: Condition, params: Mapping[str, Any]) -> str:
    if not condition.found:
        return ""
    words = render(Reason(condition.found, params=params))
    return _("%(said)s (cơ quan trình xác nhận)", said=words) if condition.answered else words


@dataclass(slots=True)
class Column:
    """One condition over the whole list: how many meet it, whose it is to supply, whether it can be vouched for."""

    told: Told
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    answered: int = 0
    answerable: bool = False


def columns(sheet: Sequence[Sequence[Condition]]) -> list[Column]:
    """Return the conditions of a list in the order they come, each with its counts."""
    found: dict[str, Column] = {}
    for conditions in sheet:
        for condition in conditions:
            if condition.code not in found:
                found[condition.code] = Column(tell(condition))
            column = found[condition.code]
            column.counts[condition.outcome] += 1
            column.answered += condition.answered
            # What the record settles for somebody may be open for somebody else.
            column.answerable = column.answerable or condition.answerable
    return list(found.values())


def value_words(
    kind: Kind, many: Sequence[Mapping[str, Any]], *, per_person: bool = False
) -> list[list[tuple[str, str]]]:
    """Return what proposals say, once for the list or of each person, as (label, words); what is empty is left out.

    Two statements at most and one for each field that names a record, whatever the number of proposals.
    """
    fields = [one for one in kind.fields if one.per_person == per_person]
    places = _named(fields, many, "agency")
    papers = _named(fields, many, "decision")
    names = agencies.names(places) if places else {}
    cited = references(papers) if papers else {}
    offered = {one.name: dict(one.choices()) for one in fields if one.choices is not None}
    records = {
        one.name: one.records.names(ids)
        for one in fields
        if one.records is not None and (ids := _named([one], many, "record"))
    }

    def words(one: Field, value: Any) -> str:
        if one.type == "agency":
            return names.get(value, str(value))
        if one.type == "decision":
            return cited[value].reference if value in cited else _("quyết định ngoài phạm vi của bạn")
        if one.type == "record":
            return records.get(one.name, {}).get(value) or _("mục ngoài phạm vi của bạn")
        if one.name in offered:
            return render(offered[one.name].get(value, str(value)))
        if one.type == "date":
            return format_date(date.fromisoformat(value))
        if one.type == "months":
            return _("%(n)s tháng", n=value)
        return (_("có") if value else _("không")) if one.type == "yes_no" else str(value)

    return [
        [(render(one.label), words(one, values[one.name])) for one in fields if values.get(one.name) is not None]
        for values in many
    ]


def _named(fields: Sequence[Field], many: Sequence[Mapping[str, Any]], of: str) -> set[int]:
    return {
        values[one.name] for one in fields if one.type == of for values in many if isinstance(values.get(one.name), int)
    }
