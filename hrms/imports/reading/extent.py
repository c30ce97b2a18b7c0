"""How far the filled cells of a sheet reach, and how far they may."""

from __future__ import annotations

from dataclasses import dataclass

from hrms.imports.reading import refusals
from hrms.imports.reading.cells import cell_name, column_name


@dataclass(slots=True)
class Extent:
    """How far the filled cells of a sheet reach (counts from 1) and how many cells hold an Excel error such as #N/A.

    `name` is the sheet's, where the part itself tells it.
    """

    rows: int = 0
    columns: int = 0
    errors: int = 0
    name: str = ""

    def widen(self, row: int, column: int) -> None:
        """Make it reach at least to that cell."""
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)


def check_extent(sheet: str, extent: Extent) -> None:
    """Raise UnreadableFile when the sheet reaches too far to be held in memory."""
    if extent.columns > refusals.MAX_COLUMNS:
        raise refusals.too_many_columns(sheet, column_name(extent.columns - 1))
    if extent.rows * extent.columns > refusals.MAX_CELLS:
        raise refusals.too_far(sheet, cell_name(extent.rows - 1, extent.columns - 1))
