"""Pages of rounds of classification: list, table, groups, steps, papers, one rating, Mẫu 02, organisations."""

from hrms.performance.routes.calibration import (
    groups,
    lists,
    organisations,
    own,
    papers,
    ratings,
    steps,
    table,
)

__all__ = ["groups", "lists", "organisations", "own", "papers", "ratings", "steps", "table"]
