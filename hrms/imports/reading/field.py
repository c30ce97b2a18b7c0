"""What one importable field is: its name for programs, for people, its kind of value and its place in the form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hrms.core.permissions import Permission


class Kind(StrEnum):
    """How a cell is read. Values: what `hrms.imports.reading.values` returns for a good cell."""

    TEXT = "text"
    """str, NFC, single spaces."""
    DATE = "date"
    """datetime.date: day, month and year are all needed."""
    PARTIAL_DATE = "partial_date"
    """hrms.core.dates.PartialDate: the day, or the day and the month, may be unknown."""
    DECIMAL = "decimal"
    """decimal.Decimal with `places` digits after the point."""
    INTEGER = "integer"
    """int."""
    YEAR = "year"
    """int, four digits."""
    MONEY = "money"
    """int, whole đồng."""
    PERCENT = "percent"
    """decimal.Decimal, 5 for 5 %."""
    BOOL = "bool"
    """bool."""
    SEX = "sex"
    """A value of hrms.people.rules.kinds.Sex."""
    PERSONAL_ID = "personal_id"
    """str of 12 digits."""
    STEP = "step"
    """int, the pay step; “4/9” is step 4."""
    CATALOGUE = "catalogue"
    """str, the code of the entry in the catalogue named by `Field.catalogue`."""
    AGENCY = "agency"
    """str, the code of the agency."""
    RANK = "rank"
    """str, the code of the rank, such as 01.003."""


class Unknown(StrEnum):
    """What happens to a cell whose value the catalogue does not know."""

    REFUSE = "refuse"
    """The row is refused: without this value the person cannot be placed."""
    FLAG = "flag"
    """The row is kept, the cell is flagged and left out."""
    KEEP = "keep"
    """The text is kept as written and flagged."""


@dataclass(frozen=True, slots=True)
class Field:
    """One importable field of a sheet.

    `group` is the last part of a `people.sensitive.*` permission, "pay" for amounts, or None; `item` the item of the
    SYLL form of TT 06/2023/TT-BNV; `fact` the dated fact the value belongs to ("" for an undated item); `needed` that
    a row without it is refused. `synonyms` are headers in use elsewhere; both labels are always synonyms. Bounds are
    inclusive; `digits` is how many digits such a number has, to notice a leading zero that a spreadsheet dropped.
    """

    key: str
    label_vi: str
    label_en: str
    kind: Kind = Kind.TEXT
    item: str = ""
    group: str | None = None
    fact: str = ""
    catalogue: str = ""
    unknown: Unknown = Unknown.FLAG
    needed: bool = False
    max_length: int = 500
    places: int = 2
    low: int | None = None
    high: int | None = None
    digits: int | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def guard(self) -> Permission | None:
        """The permission that both reading and writing the value need; None for what the record's own opens."""
        if self.group is None:
            return None
        return Permission.PAY_VIEW if self.group == "pay" else Permission(f"people.sensitive.{self.group}")

    @property
    def headers(self) -> tuple[str, ...]:
        """Return every header that means this field, our own labels first."""
        return (self.label_vi, self.label_en, *self.synonyms)


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One kind of sheet: its fields and the names such a sheet goes by. `people` is the one every file has."""

    key: str
    label_vi: str
    label_en: str
    names: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """Return the field of that key; KeyError when the sheet has none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)
