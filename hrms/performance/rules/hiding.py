"""Tables of counts of people from which no small count can be read, nor worked out from the totals. Pure.

Use `table` → `Table`. Small is more than nobody and less than `least`. In this order, so that every total can stay:
columns whose total is small are counted together with the next; rows whose total is small are counted together in one;
then every small cell is hidden with three more cells at the corners of a rectangle, between which people could be
moved without changing any total, and more until the hidden cells of a line are not small even together. A reader who
knows all the totals therefore cannot tell a hidden small count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Groups = tuple[tuple[int, ...], ...]
"""Columns that are counted together, by their places."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it may be shown: `keys` are the groups counted together, `counts` by column, None where hidden."""

    keys: tuple[str, ...]
    people: int
    counts: tuple[int | None, ...]

    @property
    def hidden(self) -> int:
        """Return how many people are in the hidden cells together."""
        return self.people - sum(one for one in self.counts if one is not None)

    @property
    def hides(self) -> bool:
        """Say whether a cell is hidden."""
        return None in self.counts


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by row and column as they may be shown; `totals` by column of `columns`."""

    columns: Groups
    rows: tuple[Row, ...]
    totals: tuple[int, ...]
    people: int

    @property
    def hides(self) -> bool:
        """Say whether anything is hidden or counted together."""
        together = any(len(one) > 1 for one in self.columns) or any(len(row.keys) > 1 for row in self.rows)
        return together or any(row.hides for row in self.rows)

    def row_of(self, key: str) -> Row | None:
        """Return the row a group has for itself, None where it is counted together with others or is not there."""
        return next((row for row in self.rows if row.keys == (key,)), None)

    def below(self, row: Row) -> Groups:
        """Return the columns as they may be shown where `row` is looked at closer: its hidden ones together."""
        hidden = [one for one, count in zip(self.columns, row.counts, strict=True) if count is None]
        shown = [one for one, count in zip(self.columns, row.counts, strict=True) if count is not None]
        return tuple(sorted([*shown, tuple(sorted(sum(hidden, ())))])) if hidden else self.columns


def apart(width: int) -> Groups:
    """Return columns each for itself."""
    return tuple((one,) for one in range(width))


def table(counts: Mapping[str, Sequence[int]], width: int, least: int, columns: Groups | None = None) -> Table | None:
    """Return counts of groups as they may be shown; None where all together are small.

    `counts` holds `width` numbers for each group, in the order shown; groups of nobody are left out. `columns` are
    those that must be counted together anyway, since they are on the page this one is opened from.
    """
    kept = {key: list(row) for key, row in counts.items() if any(row)}
    whole = [sum(row[place] for row in kept.values()) for place in range(width)]
    people = sum(whole)
    if 0 < people < least:
        return None
    together = _columns(whole, least, columns or apart(width))
    summed = {key: [sum(row[place] for place in one) for one in together] for key, row in kept.items()}
    rows = _rows(summed, least)
    cells = [[sum(summed[key][place] for key in keys) for place in range(len(together))] for keys in rows]
    hidden = _hidden(cells, least)
    return Table(
        together,
        tuple(
            Row(keys, sum(row), tuple(None if gone else one for one, gone in zip(row, lost, strict=True)))
            for keys, row, lost in zip(rows, cells, hidden, strict=True)
        ),
        tuple(sum(whole[place] for place in one) for one in together),
        people,
    )


def _columns(whole: Sequence[int], least: int, columns: Groups) -> Groups:
    """Return the columns with every total nobody or not small: a small one goes with the smaller neighbour."""
    groups = list(columns)
    while len(groups) > 1:
        sums = [sum(whole[place] for place in one) for one in groups]
        small = next((place for place, one in enumerate(sums) if 0 < one < least), None)
        if small is None:
            break
        near = [place for place in (small - 1, small + 1) if 0 <= place < len(groups)]
        other = min(near, key=lambda place: (sums[place] == 0, sums[place], -place))
        groups[min(small, other)] = tuple(sorted(groups[small] + groups[other]))
        del groups[max(small, other)]
    return tuple(groups)


def _rows(counts: Mapping[str, Sequence[int]], least: int) -> list[tuple[str, ...]]:
    """Return which groups make a row: small ones together, with the smallest of the others while they are too few."""
    people = {key: sum(row) for key, row in counts.items()}
    few = [key for key, number in people.items() if number < least]
    if not few:
        return [(key,) for key in counts]
    others = sorted((key for key in people if key not in few), key=lambda key: people[key])
    while sum(people[key] for key in few) < least and others:
        few.append(others.pop(0))
    joined = set(few)
    return [*((key,) for key in counts if key not in joined), tuple(key for key in counts if key in joined)]


def _hidden(cells: Sequence[Sequence[int]], least: int) -> list[list[bool]]:
    hidden = [[0 < one < least for one in row] for row in cells]
    small = [(i, j) for i, row in enumerate(hidden) for j, one in enumerate(row) if one]
    for place in small:
        _take_along(cells, hidden, place)
    height, width = len(cells), len(cells[0]) if cells else 0
    lines = [[(i, j) for j in range(width)] for i in range(height)]
    lines += [[(i, j) for i in range(height)] for j in range(width)]
    # Hiding in one line may leave too few in one looked at before: again, until nothing changes.
    while sum(_hide_more(cells, hidden, line, least) for line in lines):
        pass
    return hidden


def _hide_more(
    cells: Sequence[Sequence[int]], hidden: list[list[bool]], line: Sequence[tuple[int, int]], least: int
) -> bool:
    """Hide the smallest cells of a line until its hidden ones are not small together; say whether any was hidden.

    A line's total less what is shown in it tells how many its hidden cells hold together.
    """
    changed = False
    while 0 < sum(cells[i][j] for i, j in line if hidden[i][j]) < least:
        shown = [(i, j) for i, j in line if not hidden[i][j] and cells[i][j]]
        if not shown:
            break
        i, j = min(shown, key=lambda place: cells[place[0]][place[1]])
        hidden[i][j] = changed = True
        _take_along(cells, hidden, (i, j))
    return changed


def _take_along(cells: Sequence[Sequence[int]], hidden: list[list[bool]], place: tuple[int, int]) -> None:
    """Hide with a small cell the corners of the rectangle that costs the fewest people newly hidden."""
    i, j = place
    best: tuple[int, int, int] | None = None
    for other_j, beside in enumerate(cells[i]):
        if other_j == j:
            continue
        least_cost = 0 if hidden[i][other_j] else beside + 1
        for other_i, row in enumerate(cells):
            # One more here, one less beside and below, one more across; or all of it the other way round.
            grows = beside > 0 and row[j] > 0
            shrinks = cells[i][j] > 1 and row[other_j] > 0
            if other_i == i or not (grows or shrinks):
                continue
            cost = least_cost + sum(row[one] + 1 for one in (j, other_j) if not hidden[other_i][one])
            if best is None or cost < best[0]:
                best = (cost, other_i, other_j)
            if cost == least_cost:
                break
    if best is None:  # a single row or column: its cells are totals, none of which is small
        return
    _cost, other_i, other_j = best
    hidden[i][other_j] = hidden[other_i][j] = hidden[other_i][other_j] = True
