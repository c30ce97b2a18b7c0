"""Names of cells as people know them from a spreadsheet: columns A, B … AA, rows from 1."""

from __future__ import annotations

from functools import lru_cache


def column_index(letters: str) -> int:
    """Return the column counted from 0: A is 0, Z is 25, AA is 26. Raises ValueError for anything but A–Z."""
    index = 0
    for letter in letters:
        place = ord(letter) - 64
        if not 1 <= place <= 26:
            raise ValueError(letters)
        index = index * 26 + place
    if not letters:
        raise ValueError(letters)
    return index - 1


@lru_cache(maxsize=1024)
def column_name(index: int) -> str:
    """Return the letters of the column counted from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_name(row: int, column: int) -> str:
    """Return the name of the cell, both counted from 0: (0, 0) is A1."""
    return f"{column_name(column)}{row + 1}"
