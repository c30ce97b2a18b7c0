"""Laying the rows of new texts over a catalogue of the seed: pure, the same answer for every process.

A row of a text is a row of the seed file (text cells, None where empty) with the name of its `catalogue`. It holds from
`valid_from` to `valid_to`, or until the next row of the same key begins; whatever held before ends with the day before.
`ends` says that from `valid_from` there is no such figure any more. Rows given later prevail; of rows without an end of
their own that begin on different days the order does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
LAST = "9999"
"""After every day, as the text an open end is compared by."""
CATALOGUE, ENDS = "catalogue", "ends"


@dataclass(frozen=True, slots=True)
class Changeable:
    """A catalogue that texts change: its columns in the file's order, and which of them say what a row is about.

    `kinds` names the column with the kinds of people a row holds for; two rows are about the same when they share one.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    kinds: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """Return the columns that a text writes anew: no key, no days, no source."""
        return tuple(c for c in self.columns if c not in {*self.key, *DATED, *SOURCED})


DATED, SOURCED = ("valid_from", "valid_to"), ("source", "mark")
_META = (*DATED, *SOURCED)
CHANGEABLE: dict[str, Changeable] = {
    one.name: one
    for one in (
        Changeable("base_salaries", ("amount", *_META), ()),
        Changeable("pay_scales", ("table", "group", "months_per_step", "step", "coefficient", *_META),
                   ("table", "group", "step")),
        Changeable("ranks", ("code", "name_vi", "name_en", "person_kind", "table", "group", *_META), ("code",)),
        Changeable("leadership_coefficients", ("post", "place", "coefficient", *_META), ("post", "place")),
        Changeable("allowance_rules", ("code", "person_kinds", "forms", "base", "insured", "full_days", *_META),
                   ("code",), "person_kinds"),
        Changeable("insurance_rates", ("insurance", "side", "percent", "person_kinds", *_META),
                   ("insurance", "side"), "person_kinds"),
        Changeable("parameters", ("key", "value", "unit", *_META), ("key",)),
    )
}  # fmt: skip
"""The catalogues an administrator may change by entering a text, without code."""


def of_catalogue(name: str, rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return those of the rows of texts that are about one catalogue, in order."""
    return tuple(row for row in rows if row[CATALOGUE] == name)


def overlaid(name: str, seed: Iterable[Row], changes: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows of a catalogue with the rows of texts laid over them, in the order they were applied.

    Untouched rows stay as they are and where they are; rows of one key follow each other by their days.
    Raises KeyError for a catalogue that no text changes.
    """
    known, before = CHANGEABLE[name], tuple(seed)
    new = of_catalogue(name, changes)
    if not new:
        return before
    touched: dict[tuple[Any, ...], dict[str, list[dict[str, Any]]]] = {_key(known, row): {} for row in new}
    for row in before:
        if (timelines := touched.get(_key(known, row))) is not None:
            for kind in _kinds(known, row):
                timelines.setdefault(kind, []).append(dict(row))
    for row in new:
        timelines = touched[_key(known, row)]
        for kind in _kinds(known, row):
            timelines[kind] = _painted(timelines.get(kind, []), _cleaned(known, row), ends=bool(row.get(ENDS)))
    return tuple(_placed(known, before, touched))


def _placed(
    known: Changeable, before: Sequence[Row], touched: Mapping[tuple[Any, ...], Mapping[str, Sequence[Row]]]
) -> Iterable[Row]:
    """Yield every row: those of a touched key where its first row stood, of a new key at the end."""
    done = set()
    for row in before:
        key = _key(known, row)
        if key not in touched:
            yield row
        elif key not in done:
            done.add(key)
            yield from _joined(known, touched[key])
    for key, timelines in touched.items():
        if key not in done:
            yield from _joined(known, timelines)


def _key(known: Changeable, row: Row) -> tuple[Any, ...]:
    return tuple(row.get(column) for column in known.key)


def _kinds(known: Changeable, row: Row) -> list[str]:
    return str(row[known.kinds]).split("|") if known.kinds else [""]


def _cleaned(known: Changeable, row: Row) -> dict[str, Any]:
    return {column: row.get(column) or None for column in known.columns}


def _start(row: Row) -> str:
    return row.get("valid_from") or ""


def _end(row: Row) -> str:
    return row.get("valid_to") or LAST


def _painted(rows: Sequence[Row], new: dict[str, Any], *, ends: bool) -> list[dict[str, Any]]:
    """Return one timeline with `new` written over the days it holds on."""
    start = _start(new)
    end = new["valid_to"] or min((_start(row) for row in rows if _start(row) > start), default=LAST)
    kept: list[dict[str, Any]] = []
    for row in rows:
        if _end(row) <= start or _start(row) >= end:
            kept.append(dict(row))
            continue
        if _start(row) < start:
            kept.append({**row, "valid_to": start})
        if new["valid_to"] and _end(row) > end:
            kept.append({**row, "valid_from": end})
    # An end stays in the timeline as a row of its own, so that whatever is entered before it stops there too.
    kept.append({**new, "valid_to": None if end == LAST else end} | ({ENDS: True} if ends else {}))
    return sorted(kept, key=_start)


def _standing(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if not row.get(ENDS))


def _joined(known: Changeable, timelines: Mapping[str, Sequence[Row]]) -> Iterable[Row]:
    """Yield the rows of a key by their days; rows that differ in the kind of people alone are one again."""
    if not known.kinds:
        yield from _standing(timelines.get("", ()))
        return
    together: dict[tuple[Any, ...], tuple[Row, list[str]]] = {}
    for kind, rows in timelines.items():
        for row in _standing(rows):
            same = tuple(value for column, value in row.items() if column != known.kinds)
            together.setdefault(same, (row, []))[1].append(kind)
    for row, kinds in sorted(together.values(), key=lambda pair: _start(pair[0])):
        yield {**row, known.kinds: "|".join(kinds)}
