"""What `hrms check` proves of certificates: each book without gap or double, none newer than its book."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core import hooks
from hrms.core.db import db

_BOOKS = text("""
WITH issued AS (
  SELECT CAST(split_part(c.number, '/', 2) AS integer) AS year,
    substr(c.number, length(split_part(c.number, '/', 1)) + length(split_part(c.number, '/', 2)) + 3) AS symbol,
    count(*) AS times, min(CAST(split_part(c.number, '/', 1) AS bigint)) AS first,
    max(CAST(split_part(c.number, '/', 1) AS bigint)) AS last
  FROM certificates c GROUP BY 1, 2
)
SELECT i.year, i.symbol, i.times, i.first, i.last, b.next_number
FROM issued i LEFT JOIN number_books b ON b.year = i.year AND b.symbol = i.symbol AND b.purpose = 'certificates'
WHERE b.id IS NULL OR b.next_number <> i.last + 1 OR i.times <> i.last - i.first + 1
ORDER BY i.year, i.symbol
""")


def numbers() -> Sequence[str]:
    """Return the books whose numbers are not one unbroken line up to what the book gives next."""
    return [
        f"number_books {row.year} {row.symbol}: {row.times} certificates from {row.first} to {row.last},"
        f" next is {row.next_number}"
        for row in db.session.execute(_BOOKS)
    ]


def register() -> None:
    """Leave the checks in the core's registry."""
    hooks.checks.append(hooks.Check("training.certificate_numbers", numbers))
