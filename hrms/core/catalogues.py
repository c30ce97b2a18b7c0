"""Closed lists of codes: loaded from `seed/catalogues/`, read once per process, chosen by date where they change."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hrms.core import hooks
from hrms.core.db import db
from hrms.core.i18n import select_locale
from hrms.core.models import CatalogueItem

FOLDER = Path(__file__).resolve().parents[2] / "seed" / "catalogues"
COLUMNS = (
    "code", "name_vi", "name_en", "rank", "parent", "aliases", "code_bnv", "valid_from", "valid_to", "source", "mark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A code with its names; `rank` gives the order and, for degrees and levels, the height."""

    code: str
    name_vi: str
    name_en: str
    rank: int
    parent: str | None
    aliases: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if select_locale() == "en" else self.name_vi


def read_csv(path: Path) -> Iterable[dict[str, Any]]:
    """Yield the rows of a seed file with empty cells as None and the `aliases` split at the bar."""
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            cleaned: dict[str, Any] = {name: (value.strip() or None) for name, value in row.items() if name}
            if "aliases" in row:
                cleaned["aliases"] = [a.strip() for a in (row["aliases"] or "").split("|") if a.strip()]
            yield cleaned


def generic_files() -> list[Path]:
    """Return the seed files that are plain code lists, told by their header."""
    return [path for path in sorted(FOLDER.glob("*.csv")) if _header(path) == COLUMNS]


def _header(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(next(csv.reader(handle), []))


def load() -> int:
    """Bring the tables to what the seed files say; returns the rows seen. Codes are added or renamed, never removed."""
    seen = 0
    for path in generic_files():
        rows = [
            {**row, "catalogue": path.stem, "rank": int(row["rank"] or 0), "source": row["source"] or ""}
            for row in read_csv(path)
        ]
        if not rows:
            continue
        statement = insert(CatalogueItem).values(rows)
        keep = {c.name: c for c in statement.excluded if c.name not in {"catalogue", "code"}}
        db.session.execute(statement.on_conflict_do_update(index_elements=["catalogue", "code"], set_=keep))
        seen += len(rows)
    seen += sum(loader() for loader in hooks.loaders)
    forget()
    return seen


def forget() -> None:
    """Read the lists again at the next use."""
    _read.cache_clear()


@lru_cache(maxsize=4)
def _read(_database: str) -> Mapping[str, Mapping[str, Item]]:
    found: dict[str, dict[str, Item]] = {}
    ordered = select(CatalogueItem).order_by(CatalogueItem.catalogue, CatalogueItem.rank, CatalogueItem.code)
    for row in db.session.scalars(ordered):
        found.setdefault(row.catalogue, {})[row.code] = Item(
            row.code, row.name_vi, row.name_en, row.rank, row.parent, tuple(row.aliases), row.valid_from, row.valid_to
        )
    return found


def items(catalogue: str) -> Mapping[str, Item]:
    """Return a catalogue's items by code, in order; empty for a name that has no items."""
    return _read(str(current_app.config["SQLALCHEMY_DATABASE_URI"])).get(catalogue, {})


def name_of(catalogue: str, code: str | None) -> str:
    """Return the name of a code in the reader's language, the code itself when unknown, "" for None."""
    if code is None:
        return ""
    found = items(catalogue).get(code)
    return found.name if found else code


def choices(catalogue: str) -> list[tuple[str, str]]:
    """Return (code, name) pairs for a form, with an empty first choice."""
    return [("", "")] + [(item.code, item.name) for item in items(catalogue).values()]
