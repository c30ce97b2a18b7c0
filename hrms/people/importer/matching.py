"""How rows meet records: by staff code, else by ID number, else by name, birth date and agency when that is unique."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.text import fold, name_sort_key
from hrms.people.importer.layout import EDGES, FACT_STATE, PERSON_TYPES, SEPARATOR, joins, state_sql


@dataclass(slots=True)
class Known:
    """A person on file: identity, version, and the values now in the order of `State.keys`."""

    id: int
    version: int
    staff_code: str | None
    national_id: str | None
    full_name: str
    birth_date: str | None
    sex: str | None
    override_reason: str | None
    values: list[str]


class State:
    """Reads what is true now of the people that rows name; one statement for a chunk of rows."""

    def __init__(self, fields: Collection[str], today: date) -> None:
        mapped = [key for key in PERSON_TYPES if key in fields]
        self.keys: tuple[str, ...] = (*mapped, *FACT_STATE, *EDGES)
        self.index = {key: place for place, key in enumerate(self.keys)}
        self.today = today
        self._select = (
            "SELECT p.id, p.version, p.staff_code, p.national_id, p.full_name, "  # noqa: S608 - own names
            "p.birth_date, p.sex, p.id_override_reason,"
            f" {state_sql(self.keys)} AS state FROM people p{joins()} WHERE p.id = ANY (:ids)"
        )

    def read(self, ids: Collection[int]) -> dict[int, Known]:
        """Return these people by id, those in the actor's scope."""
        if not ids:
            return {}
        rows = db.session.connection().exec_driver_sql(
            self._select.replace(":ids", "%(ids)s").replace(":day", "%(day)s"), {"ids": sorted(ids), "day": self.today}
        )
        return {row[0]: _known(row) for row in rows}

    def value(self, known: Known, key: str) -> str:
        """Return one value of a person, "" for none."""
        place = self.index.get(key)
        return known.values[place] if place is not None else ""


def _known(row: Any) -> Known:
    person, version, code, number, name, born, sex, reason, state = row
    return Known(person, version, code, number, name, born, sex, reason, state.split(SEPARATOR))


_BY_NUMBERS = text(
    "SELECT id, staff_code, national_id FROM people WHERE staff_code = ANY (:codes)"
    " AND created_batch_id IS DISTINCT FROM :batch"
    " UNION ALL SELECT id, staff_code, national_id FROM people WHERE national_id = ANY (:numbers)"
    " AND created_batch_id IS DISTINCT FROM :batch"
)
_BY_NAME = text(
    "SELECT c.person_id, c.full_name, c.birth_date, a.code, a.id AS agency_id FROM people_current c"
    " LEFT JOIN agencies a ON a.id = c.agency_id WHERE c.sort_key = ANY (:keys)"
)
_TAKEN = text("SELECT field, value FROM people_taken(CAST(:codes AS text[]), CAST(:numbers AS text[]))")


def by_numbers(
    codes: Sequence[str], numbers: Sequence[str], batch_id: int | None
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the people in scope by staff code, and by ID number; not those that this very batch is making."""
    if not codes and not numbers:
        return {}, {}
    found_codes: dict[str, int] = {}
    found_numbers: dict[str, int] = {}
    for row in db.session.execute(_BY_NUMBERS, {"codes": list(codes), "numbers": list(numbers), "batch": batch_id}):
        if row.staff_code:
            found_codes[row.staff_code] = row.id
        if row.national_id:
            found_numbers[row.national_id] = row.id
    return found_codes, found_numbers


def taken_elsewhere(codes: Sequence[str], numbers: Sequence[str]) -> set[tuple[str, str]]:
    """Return which (field, value) pairs belong to records beyond the actor's scope; nothing more is told of them."""
    if not codes and not numbers:
        return set()
    rows: Any = db.session.execute(_TAKEN, {"codes": list(codes), "numbers": list(numbers)})
    return {(row.field, row.value) for row in rows}


_RECALL = text(
    "SELECT DISTINCT ON (e.row_digest) e.row_digest, p.id, p.staff_code, p.national_id, p.full_name"
    " FROM import_effects e JOIN people p ON p.id = e.person_id AND p.version = e.version_after"
    " WHERE e.row_digest = ANY (:digests) AND (e.good_until IS NULL OR e.good_until > :today)"
    " ORDER BY e.row_digest, e.batch_id DESC"
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A person whose row was imported before, word for word, and who has not changed since."""

    id: int
    staff_code: str | None
    national_id: str | None
    full_name: str


def recall(digests: Sequence[bytes], today: date) -> dict[bytes, Recalled]:
    """Return the people whom rows with these digests left as they are now."""
    if not digests:
        return {}
    rows = db.session.execute(_RECALL, {"digests": list(digests), "today": today})
    return {bytes(row.row_digest): Recalled(*row[1:]) for row in rows}


def name_key(name: str, birth_date: str) -> tuple[str, str]:
    """Return what people of the same name and birth date have in common."""
    return fold(name), birth_date


def by_name(names: Collection[str]) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """Return the people in scope by name and birth date, each with the code of the using agency ("" for none)."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    if names:
        keys = sorted({name_sort_key(name) for name in names})
        for row in db.session.execute(_BY_NAME, {"keys": keys}):
            place = (row.code or f"#{row.agency_id}") if row.agency_id is not None else ""
            found.setdefault(name_key(row.full_name, row.birth_date or ""), []).append((row.person_id, place))
    return found
