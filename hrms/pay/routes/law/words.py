"""What the pages of the law say in the reader's words: names of catalogues and columns, cells, states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hrms.core import catalogues
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import _, get_locale, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.figures.overlay import CHANGEABLE
from hrms.figures.rules import CATALOGUE_LABELS, COLUMN_LABELS, MARK_LABELS, MARK_TONES
from hrms.figures.services import province_closure
from hrms.pay.rules import text_words
from hrms.pay.rules.texts import STATE_LABELS, State

P = Permission
READ = (P.PAY_LAW, P.PAY_VIEW)
STATE_TONES: Mapping[State, str] = {State.DRAFT: "info", State.APPLIED: "ok", State.UNDONE: "none"}
AMOUNTS = frozenset({"amount"})
NUMBERS = frozenset({"coefficient", "percent", "months_per_step", "step", "table", "full_days"})
_HIDDEN = frozenset({"name_en"})
_MAIN = frozenset({"amount", "coefficient", "percent", "name_vi"})


def may_write() -> bool:
    """Say whether the reader writes texts of the law: a right over the whole province."""
    return actor().may(P.PAY_LAW, at=province_closure())


def require_law() -> None:
    """Let only those on who write texts of the law. Raises `Forbidden`."""
    actor().require(P.PAY_LAW, at=province_closure())


def state_words(state: str) -> str:
    """Return how far a text has come."""
    return render(STATE_LABELS[State(state)])


def state_tone(state: str) -> str:
    """Return the colour that repeats it."""
    return STATE_TONES[State(state)]


def mark_words(mark: str) -> str:
    """Return how sure a source is."""
    return render(MARK_LABELS[mark])


def mark_tone(mark: str) -> str:
    """Return the colour that repeats it."""
    return MARK_TONES[mark]


def catalogue_words(name: str) -> str:
    """Return the name of a catalogue."""
    return render(CATALOGUE_LABELS[name])


def column_words(name: str) -> str:
    """Return the name of a column."""
    return render(COLUMN_LABELS[name]) if name in COLUMN_LABELS else name


def shown_columns(name: str) -> list[str]:
    """Return the columns of a catalogue a page shows: keys first, then values; days and sources stand apart."""
    known = CHANGEABLE[name]
    rest = [column for column in known.values if column not in _HIDDEN]
    return [*known.key, *rest]


def is_number(column: str) -> bool:
    """Say whether a column's cells are set to the right."""
    return column in AMOUNTS or column in NUMBERS


def cell(name: str, column: str, value: Any) -> str:
    """Return a cell of a catalogue as people read it: codes by their names, numbers in the reader's way."""
    if value is None or value == "":
        return "–"
    text = str(value)
    if name == "allowance_rules" and column == "code":
        return render(text_words.ALLOWANCES.get(text, text))
    if column == "post":
        return catalogues.name_of("leadership_posts", text)
    labels = text_words.CELLS.get(column)
    if labels is not None:
        return ", ".join(render(labels[one]) if one in labels else one for one in text.split("|"))
    if re.fullmatch(r"\d{1,12}(\.\d+)?", text) and (is_number(column) or name == "parameters"):
        return format_number(Decimal(text), str(get_locale() or "vi"))
    return text


def keys_of(name: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Return what names a row in an address: the cells of its key; of a scale, the whole group."""
    known = CHANGEABLE[name]
    keys = [key for key in known.key if key != "step" or name != "pay_scales"]
    return {key: str(row[key]) for key in [*keys, *([known.kinds] if known.kinds else [])]}


def what(name: str, row: Mapping[str, Any]) -> str:
    """Return what a row is about, in a line: the cells of its key; the catalogue's name where it has one figure."""
    known = CHANGEABLE[name]
    if not known.key:
        return catalogue_words(name)
    if name == "pay_scales":
        said = {"table": row.get("table"), "group": row.get("group"), "step": row.get("step")}
        return _("Bảng %(table)s, nhóm %(group)s, bậc %(step)s", **said)
    words = [cell(name, column, row.get(column)) for column in known.key]
    if known.kinds:
        words.append(cell(name, known.kinds, row.get(known.kinds)))
    return " · ".join(words)


def figures(name: str, row: Mapping[str, Any]) -> str:
    """Return what a row says of it, in a line: its values with their names, the main one bare."""
    if name == "parameters":
        return f"{cell(name, 'value', row.get('value'))} {cell(name, 'unit', row.get('unit'))}"
    known, first, rest = CHANGEABLE[name], [], []
    for column in known.values:
        if column == known.kinds or column in _HIDDEN or not row.get(column):
            continue
        shown = cell(name, column, row[column])
        if column in _MAIN:
            first.append(shown)
        else:
            rest.append(f"{column_words(column)}: {shown}")
    return "; ".join([*first, *rest])


def days(row: Mapping[str, Any]) -> str:
    """Return the days a row holds on, as people say them: the last day included."""
    first, end = (_day(row.get(column)) for column in ("valid_from", "valid_to"))
    if end:
        last = format_date(end - timedelta(days=1))
        if first is None:
            return _("đến %(last)s", last=last)
        return _("%(first)s đến %(last)s", first=format_date(first), last=last)
    return _("từ %(first)s", first=format_date(first)) if first else ""


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None
