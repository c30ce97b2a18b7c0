"""Judged rows on their way into the database: copied into temporary tables that end with the transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hrms.core.db import db
from hrms.core.text import name_sort_key, search_text
from hrms.people.importer.judging import Judged
from hrms.people.importer.layout import PERSON_TYPES
from hrms.people.importer.matching import Known
from hrms.people.importer.verdicts import CREATE

PEOPLE = "import_people"
ALLOWANCES = "import_allowances"

_PERSON = tuple(PERSON_TYPES)
_FACTS: dict[str, tuple[str, str, str]] = {
    # column: (group of the judged facts, its value, type)
    "st_status": ("status", "status", "text"), "st_kind": ("status", "kind", "text"),
    "st_from": ("status", "from", "date"), "st_to": ("status", "to", "date"),
    "us_id": ("using", "agency", "bigint"), "us_from": ("using", "from", "date"), "us_to": ("using", "to", "date"),
    "man_id": ("managing", "agency", "bigint"), "man_from": ("managing", "from", "date"),
    "man_to": ("managing", "to", "date"),
    "post_code": ("post", "code", "text"), "post_name": ("post", "name", "text"),
    "post_coefficient": ("post", "coefficient", "numeric(6,3)"), "post_appointed": ("post", "appointed", "date"),
    "post_reappointed": ("post", "reappointed", "date"), "post_term": ("post", "term", "text"),
    "post_from": ("post", "from", "date"), "post_to": ("post", "to", "date"),
    "rank_code": ("rank", "rank", "text"), "rank_since": ("rank", "rank_since", "date"),
    "rank_table": ("rank", "table", "integer"), "rank_group": ("rank", "group", "text"),
    "rank_step": ("rank", "step", "integer"), "rank_coefficient": ("rank", "coefficient", "numeric(6,3)"),
    "rank_step_since": ("rank", "step_since", "date"), "rank_percent": ("rank", "percent", "numeric(6,2)"),
    "rank_beyond": ("rank", "beyond", "numeric(6,2)"), "rank_beyond_since": ("rank", "beyond_since", "date"),
    "rank_from": ("rank", "from", "date"), "rank_to": ("rank", "to", "date"),
}  # fmt: skip
_HEAD = {
    "row_no": "integer", "is_new": "boolean", "version": "bigint", "before_values": "text", "after_values": "text",
    "new_sort_key": "text", "new_search_text": "text", "override_reason": "text", "row_digest": "text",
}  # fmt: skip
_TYPES = {**_HEAD, **PERSON_TYPES, **{name: kind for name, (_g, _k, kind) in _FACTS.items()}}
_COLUMNS = tuple(_TYPES)
_BY_GROUP: dict[str, tuple[tuple[int, str], ...]] = {
    group: tuple((place, key) for place, (g, key, _t) in enumerate(_FACTS.values()) if g == group)
    for group in {g for g, _k, _t in _FACTS.values()}
}
_PLACE = {name: place for place, name in enumerate(_PERSON)}


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Copy lines of tab-separated values into a temporary table; an empty value is null."""
    data = "".join(lines)
    if not data:
        return
    connection: Any = db.session.connection().connection.driver_connection
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (NULL '')") as copy,
    ):
        # Every value is on one line and holds no tab, so only the escape sign of the format needs care.
        copy.write(data.replace("\\", "\\\\"))


def create_tables() -> None:
    """Make the temporary tables of people and their allowances; they are dropped when the transaction ends."""
    connection = db.session.connection()
    columns = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {PEOPLE} (person_id bigint DEFAULT nextval('people_id_seq'), {columns}) ON COMMIT DROP"
    )
    # A chunk at a time is inserted from it while it grows.
    connection.exec_driver_sql(f"CREATE INDEX ON {PEOPLE} (row_no)")
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {ALLOWANCES} (row_no integer, kind text, coefficient numeric(6,3),"
        " valid_from date, valid_to date) ON COMMIT DROP"
    )


def take_back(numbers: Sequence[int]) -> list[tuple[bool, int, str | None]]:
    """Remove staged rows; returns (new?, person id, staff code) of each."""
    connection = db.session.connection()
    given = {"rows": list(numbers)}
    connection.exec_driver_sql(f"DELETE FROM {ALLOWANCES} WHERE row_no = ANY (%(rows)s)", given)  # noqa: S608 - own names
    gone = connection.exec_driver_sql(
        f"DELETE FROM {PEOPLE} WHERE row_no = ANY (%(rows)s) RETURNING is_new, person_id, staff_code",  # noqa: S608 - own names
        given,
    )
    return [(row[0], row[1], row[2]) for row in gone]


@dataclass(slots=True)
class Lines:
    """Accepted rows of one chunk, written out for `COPY`: `rows` are the numbers of the first and the last."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    allowances: list[str] = field(default_factory=list)
    rows: tuple[int, int] = (0, 0)


def lines_of(rows: Sequence[Judged]) -> Lines:
    """Write out accepted rows that create or change something, in the order of the file."""
    lines = Lines(rows=(rows[0].number, rows[-1].number) if rows else (0, 0))
    for judged in rows:
        line = _line(judged)
        if judged.outcome == CREATE:
            lines.new.append(line)
        else:
            lines.changed.append(f"{judged.known.id if judged.known else ''}\t{line}")
        for group, fact in judged.facts.items():
            if group.startswith("allowance."):
                lines.allowances.append(
                    f"{judged.number}\t{group[10:]}\t{fact['coefficient']}\t{fact['from']}\t{fact['to']}\n"
                )
    return lines


def stage(lines: Lines) -> None:
    """Copy the rows written out into the temporary tables."""
    copy_lines(PEOPLE, _COLUMNS, lines.new)
    copy_lines(PEOPLE, ("person_id", *_COLUMNS), lines.changed)
    copy_lines(ALLOWANCES, ("row_no", "kind", "coefficient", "valid_from", "valid_to"), lines.allowances)


def _line(judged: Judged) -> str:
    texts, known = judged.texts, judged.known
    is_new = known is None
    person = [""] * len(_PERSON)
    for key, value in texts.items():
        place = _PLACE.get(key)
        if place is not None and (is_new or key in judged.changes):
            person[place] = value
    facts = [""] * len(_FACTS)
    for group, fact in judged.facts.items():
        for place, key in _BY_GROUP.get(group, ()):
            value = fact.get(key, "")
            facts[place] = str(value.id) if key == "agency" else value
    before, after = _told(judged, known)
    name = texts.get("full_name", "") if is_new or "full_name" in judged.changes else ""
    head = (
        str(judged.number), "t" if is_new else "f", "" if known is None else str(known.version), before, after,
        name_sort_key(name) if name else "", search_text(name) if name else "", judged.override_reason,
        judged.digest.hex(),
    )  # fmt: skip
    return "\t".join((*head, *person, *facts)) + "\n"


def _told(judged: Judged, known: Known | None) -> tuple[str, str]:
    """Return the old and the new values as JSON: undone from and audited with."""
    if known is None:
        return "", ""
    before = {key: old for key, (old, _new) in judged.changes.items()}
    if judged.override_reason:
        before["id_override_reason"] = known.override_reason
    after = {key: new for key, (_old, new) in judged.changes.items()}
    return json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False)
