"""The courses and providers of the catalogue, as the drawing of the made-up province needs them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg

from hrms.core import catalogues
from seed.demo.training.writer import KnownCourse


@dataclass(frozen=True, slots=True)
class Learning:
    """Courses by code, and ids of providers by code."""

    courses: dict[str, KnownCourse]
    providers: dict[str, int]


_COURSES = """
SELECT DISTINCT ON (c.code) c.id, c.code, c.name, c.kind, v.hours, v.form
FROM courses c JOIN course_versions v ON v.course_id = c.id AND v.superseded_at IS NULL
ORDER BY c.code, v.valid_from DESC
"""


def read_learning(connection: psycopg.Connection[Any]) -> Learning:
    """Return the catalogue that the database holds."""
    return Learning(
        {row[1]: KnownCourse(*row) for row in connection.execute(_COURSES)},
        dict(connection.execute("SELECT code, id FROM training_providers").fetchall()),
    )


def learning_of_files() -> Learning:
    """Return the catalogue as its files say, ids by their order: for a province that is drawn and not written."""
    rows = list(catalogues.read_csv(catalogues.FOLDER / "courses.csv"))
    codes = list(dict.fromkeys(str(row["code"]) for row in rows))
    courses = {
        str(row["code"]): KnownCourse(
            codes.index(str(row["code"])) + 1, str(row["code"]), str(row["name"]), str(row["kind"]),
            Decimal(str(row["hours"])), str(row["form"]),
        )
        for row in rows
    }  # fmt: skip
    named = catalogues.read_csv(catalogues.FOLDER / "training_providers.csv")
    return Learning(courses, {str(row["code"]): place for place, row in enumerate(named, start=1)})
