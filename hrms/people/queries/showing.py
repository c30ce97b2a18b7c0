"""A record put into words: the boxes of the form, the facts, the timeline; only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core import hooks
from hrms.core.dated import OLD_DATA_LABEL
from hrms.core.dates import last_day
from hrms.core.formats import format_coefficient, format_date, format_interval, format_number
from hrms.core.i18n import N_, _, render, select_locale
from hrms.core.permissions import Permission
from hrms.people.queries import codes, law
from hrms.people.queries.record import Event, FactRow, Record, timeline
from hrms.people.rules.personal_id import mask
from hrms.people.rules.sheet import (
    FACT_ITEMS,
    GROUP_OF,
    GROUPS_BY_KEY,
    ITEMS,
    SECTIONS,
    TABLES_BY_KEY,
    Item,
    Section,
    Table,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a box: number on the form, words, value; `name` is the column, "" for a line of a fact."""

    number: str
    label: str
    value: str
    name: str = ""
    fact: FactRow | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form with the groups it can be edited through: (key, words)."""

    numbers: str
    label: str
    lines: Sequence[Line]
    groups: Sequence[tuple[str, str]]


def boxes(record: Record, sections: Iterable[Section] = SECTIONS, *, editable: bool = True) -> list[Box]:
    """Return the boxes of the form; items of a group the reader may not see are left out, not blanked."""
    found = []
    for section in sections:
        lines: list[Line] = []
        groups: dict[str, str] = {}
        for name in section.names:
            if name.startswith("@"):
                lines += _fact_lines(record, name[1:])
            elif record.sees(GROUP_OF[name].guard):
                lines.append(_line(record, name))
                if editable:
                    groups.setdefault(GROUP_OF[name].key, render(GROUP_OF[name].label))
        if lines:
            found.append(Box(section.numbers, render(section.label), lines, list(groups.items())))
    return found


_NOT_PRINTED = frozenset({"id_override_reason", "note", "staff_code"})


def paragraphs(found: Sequence[Box]) -> list[tuple[str, list[Line]]]:
    """Return the lines of boxes as the printed form has them: those of one number in one paragraph."""
    made: list[tuple[str, list[Line]]] = []
    for box in found:
        for line in box.lines:
            if line.name in _NOT_PRINTED or (line.name.endswith("_code") and not line.value):
                continue
            if made and line.number in {made[-1][0], ""} and made[-1][0] != "38":
                made[-1][1].append(line)
            else:
                made.append((line.number, [line]))
    return made


def group_box(record: Record, key: str) -> Box:
    """Return one group as a box."""
    group = GROUPS_BY_KEY[key]
    lines = [_line(record, item.name) for item in group.items] if record.sees(group.guard) else []
    return Box(group.items[0].number, render(group.label), lines, [(key, render(group.label))])


def _line(record: Record, name: str) -> Line:
    item = ITEMS[name]
    value = getattr(record.person, name)
    shown = mask(value) if name == "national_id" and not record.own else codes.show(item, value)
    return Line(item.number, render(item.label), shown, name)


def _fact_lines(record: Record, kind: str) -> list[Line]:
    if kind == "agency":
        return [
            Line("", codes.name("memberships", fact.values["membership"]), fact.agency_name or "", fact=fact)
            for fact in record.in_force("agency")
        ]
    if kind == "allowance":
        return [
            Line("30.2", codes.name("allowance_kinds", fact.values["allowance_kind"]), measure(fact), fact=fact)
            for fact in record.in_force("allowance")
        ]
    lines = []
    for fact in sorted(record.in_force(kind), key=lambda f: f.values.get("slot") or 0):
        for item in FACT_ITEMS[kind]:
            if item.name in {"slot", "agency_id", "post_code"}:
                continue
            label = item.label
            if item.name == "post_name":
                label = FACT_TITLES["concurrent"] if fact.values["slot"] else FACT_TITLES["post"]
            value = codes.show(item, fact.values.get(item.name))
            if item.name == "rank_code" and fact.values.get("rank_code"):
                value = f"{fact.values['rank_code']} · {value}"
            if value or kind == "rank":
                lines.append(
                    Line(
                        item.number,
                        render(label),
                        value,
                        fact=fact if item.needed or item.name == "post_name" else None,
                    )
                )
    if not lines and kind == "post":
        lines.append(Line("23", render(FACT_TITLES["post"]), ""))
    if not lines and kind == "rank":
        lines.append(Line("30.1", render(FACT_ITEMS["rank"][0].label), ""))
    return lines


FACT_TITLES = {"post": N_("Chức vụ hiện tại"), "concurrent": N_("Chức vụ kiêm nhiệm")}


def measure(fact: FactRow) -> str:
    """Return an allowance's coefficient, percent or amount in words."""
    values = fact.values
    if values.get("amount") is not None:
        return _("%(amount)s đồng", amount=format_number(values["amount"], select_locale(), 0))
    if values.get("coefficient") is None and values.get("percent") is None:
        return _("theo mức tiền")
    if values.get("percent") is not None:
        return f"{format_number(_plain(values['percent']), select_locale())}%"
    return _("hệ số %(value)s", value=format_coefficient(values.get("coefficient"), select_locale()))


def _plain(number: Decimal) -> Decimal:
    """Return a number without the zeros its column adds."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def rank_words(fact: FactRow | None) -> str:
    """Return “01.003 · bậc 4/9 · 3,33”, with the percentage beyond the scale when there is one."""
    if fact is None:
        return ""
    values = fact.values
    parts = [values.get("rank_code") or ""]
    if values.get("step"):
        scale = law.pay_scales().get((values["pay_table"], values["pay_group"]))
        step = f"{values['step']}/{scale.steps}" if scale else str(values["step"])
        parts.append(_("bậc %(step)s", step=step))
    if values.get("coefficient") is not None:
        parts.append(format_coefficient(values["coefficient"], select_locale()))
    if values.get("beyond_scale_percent"):
        parts.append(
            _("VK %(percent)s%%", percent=format_number(_plain(values["beyond_scale_percent"]), select_locale()))
        )
    return " · ".join(part for part in parts if part)


def words(fact: FactRow) -> tuple[str, str]:
    """Return what a fact says, as (said strongly, said after it)."""
    values = fact.values
    if fact.kind == "status":
        return codes.name("statuses", values["status"]), ", ".join(
            part for part in (codes.name("kinds", values["kind"]), values.get("reason") or "") if part
        )
    if fact.kind == "agency":
        return codes.name("memberships", values["membership"]), fact.agency_name or ""
    if fact.kind == "post":
        kind = _("kiêm nhiệm") if values["slot"] else ""
        allowance = values.get("coefficient")
        paid = _("phụ cấp %(value)s", value=format_coefficient(allowance, select_locale())) if allowance else ""
        return values["post_name"], ", ".join(part for part in (fact.agency_name or "", kind, paid) if part)
    if fact.kind == "rank":
        return rank_words(fact), codes.name("ranks", values.get("rank_code"))
    if fact.kind == "absence":
        return codes.name("absence_kinds", values["absence_kind"]), absence_words(fact)
    return codes.name("allowance_kinds", values["allowance_kind"]), measure(fact)


def absence_words(fact: FactRow) -> str:
    """Return what an absence says beside its kind and its days; never the words of why."""
    return absence_particulars(fact.valid_to, fact.values)


def absence_particulars(valid_to: date | None, values: Mapping[str, Any]) -> str:
    """Return the same from the values themselves."""
    said = []
    if values.get("children") and values["children"] > 1:
        said.append(_("sinh %(count)s con", count=values["children"]))
    if values.get("abroad"):
        said.append(_("ở nước ngoài"))
    if values.get("prosecuted"):
        said.append(_("bị khởi tố"))
    if values.get("working_days"):
        said.append(_("%(days)s ngày làm việc", days=values["working_days"]))
    if valid_to is None and values.get("expected_until"):
        said.append(_("dự kiến đến hết %(day)s", day=format_date(values["expected_until"])))
    return ", ".join(said)


class Papers:
    """The papers facts rest on, in words; asks the register once for all of them."""

    def __init__(self, record: Record, facts: Iterable[FactRow]) -> None:
        ids = sorted({fact.decision_id for fact in facts if fact.decision_id})
        self._may_open = record.may(Permission.DECISIONS_VIEW)
        self._known: Mapping[int, Mapping[str, Any]] = hooks.papers[0].describe(ids) if ids and hooks.papers else {}

    def words(self, fact: FactRow) -> str:
        """Return “Quyết định 905/QĐ-SNV ngày 27/06/2025”, or that the paper is unknown or not for this reader."""
        if fact.decision_id is None:
            return render(OLD_DATA_LABEL)
        known = self._known.get(fact.decision_id)
        if known is None:
            return _("quyết định ngoài phạm vi của bạn")
        return _("Quyết định %(number)s ngày %(day)s", number=known["reference"], day=format_date(known["signed_on"]))

    def url(self, fact: FactRow) -> str | None:
        """Return the address of the paper for who may open it."""
        known = self._known.get(fact.decision_id or 0)
        return str(known["url"]) if known and self._may_open else None


def timeline_items(record: Record, papers: Papers, events: Sequence[Event] | None = None) -> list[dict[str, Any]]:
    """Return the timeline as the page shows it, newest first."""
    items = []
    for event in timeline(record) if events is None else events:
        fact = event.fact
        title, rest = words(fact)
        when = format_interval(fact.valid_from, fact.valid_to, select_locale())
        items.append(
            {
                "title": title, "rest": rest, "when": when, "source": papers.words(fact), "url": papers.url(fact),
                "past": event.past, "corrected": event.corrected,
                "withdrawn": event.withdrawn, "fact": fact,
                "recorded": fact.recorded_at, "replaced": fact.superseded_at if event.corrected else None,
                "future": fact.valid_from > record.as_at, "last_day": last_day(fact.valid_to),
            }
        )  # fmt: skip
    return items


def cells(table: Table, row: Mapping[str, Any]) -> list[str]:
    """Return the values of a table's row in words, a cell a column."""
    return [codes.show(item, row.get(item.name)) for item in table.items]


def columns_of(table: Table, rows: Sequence[Mapping[str, Any]], *, without: Sequence[str] = ()) -> list[Item]:
    """Return the columns worth showing: those needed, and those some row fills."""
    return [
        item
        for item in table.items
        if item.name not in without
        and (
            item.needed
            or item.name in {"from_on", "to_on"}
            or any(row.get(item.name) not in {None, ""} for row in rows)
        )
    ]


def table_of(key: str) -> Table:
    """Return a table of the form by its key."""
    return TABLES_BY_KEY[key]
