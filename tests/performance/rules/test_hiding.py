"""Hidden counts: none can be read, none worked out from what is shown; proved by listing every table it could be."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import pytest

from hrms.performance.rules import hiding
from hrms.performance.rules.hiding import Table

LEAST = 5
MOST_TABLES = 60_000
"""Tables listed for one picture; enough to see each hidden cell take a second value."""


def possible(table: Table) -> Iterator[list[list[int]]]:
    """Every table a reader who knows all totals must think possible."""
    known = [[-1 if one is None else one for one in row.counts] for row in table.rows]
    places = [(i, j) for i, row in enumerate(known) for j, one in enumerate(row) if one < 0]
    rows = [row.hidden for row in table.rows]
    columns = [total - sum(one for one in (row[j] for row in known) if one > 0) for j, total in enumerate(table.totals)]

    def go(left: int) -> Iterator[list[list[int]]]:
        if left == len(places):
            if not any(rows) and not any(columns):
                yield [list(row) for row in known]
            return
        i, j = places[left]
        last_of_row = not any(a == i for a, _b in places[left + 1 :])
        last_of_column = not any(b == j for _a, b in places[left + 1 :])
        for value in range(min(rows[i], columns[j]) + 1):
            if (last_of_row and value != rows[i]) or (last_of_column and value != columns[j]):
                continue
            known[i][j] = value
            rows[i] -= value
            columns[j] -= value
            yield from go(left + 1)
            rows[i] += value
            columns[j] += value
            known[i][j] = -1

    yield from go(0)


def made(counts: Mapping[str, Sequence[int]], table: Table) -> list[list[int]]:
    """The true counts in the rows and columns of a picture."""
    return [
        [sum(counts[key][place] for key in row.keys for place in one) for one in table.columns] for row in table.rows
    ]


def betrayed(counts: Mapping[str, Sequence[int]], table: Table) -> list[tuple[int, int]]:
    """Small cells that a reader can read or work out."""
    true = made(counts, table)
    small = {(i, j) for i, row in enumerate(true) for j, one in enumerate(row) if 0 < one < LEAST}
    for number, one in enumerate(possible(table)):
        small = {(i, j) for i, j in small if table.rows[i].counts[j] is not None or one[i][j] == true[i][j]}
        if not small or number > MOST_TABLES:
            break
    return sorted(small)


@pytest.mark.parametrize("seed", range(400))
def test_no_small_count_can_be_worked_out(seed: int) -> None:
    chance = random.Random(seed)
    width, height = chance.randint(2, 4), chance.randint(1, 4)
    values = [0, 0, 1, 2, 3, 4, 5, 6, 9]
    counts = {f"g{i}": [chance.choice(values) for _ in range(width)] for i in range(height)}
    table = hiding.table(counts, width, LEAST)
    everybody = sum(map(sum, counts.values()))
    if table is None:
        assert 0 < everybody < LEAST
        return
    true = made(counts, table)
    assert sum(map(sum, true)) == table.people == everybody
    assert [sum(row[j] for row in true) for j in range(len(table.columns))] == list(table.totals)
    assert all(one == 0 or one >= LEAST for one in table.totals), "a total is never small"
    assert all(row.people >= LEAST for row in table.rows)
    for row, cells in zip(table.rows, true, strict=True):
        assert all(shown is None or shown == one for shown, one in zip(row.counts, cells, strict=True))
        assert not any(shown is not None and 0 < shown < LEAST for shown in row.counts)
        assert not 0 < row.hidden < LEAST, "nor are the hidden of a row few together"
    assert betrayed(counts, table) == []


def test_one_small_cell_takes_three_along() -> None:
    table = hiding.table({"men": [3, 20, 30], "women": [9, 21, 40]}, 3, LEAST)
    assert table is not None
    assert [row.counts for row in table.rows] == [(None, None, 30), (None, None, 40)]
    assert table.totals == (12, 41, 70)
    assert table.hides


def test_what_is_large_enough_stays() -> None:
    table = hiding.table({"men": [5, 20], "women": [9, 0]}, 2, LEAST)
    assert table is not None
    assert [row.counts for row in table.rows] == [(5, 20), (9, 0)]
    assert not table.hides


def test_a_small_total_goes_with_its_neighbour() -> None:
    table = hiding.table({"a": [2, 20, 30], "b": [1, 20, 30]}, 3, LEAST)
    assert table is not None
    assert table.columns == ((0, 1), (2,))
    assert [row.counts for row in table.rows] == [(22, 30), (21, 30)]


def test_small_groups_are_counted_together_with_the_smallest_other() -> None:
    table = hiding.table({"a": [2, 1], "b": [10, 20], "c": [6, 5]}, 2, LEAST)
    assert table is not None
    assert [row.keys for row in table.rows] == [("b",), ("a", "c")]
    assert table.rows[1].counts == (8, 6)
    assert table.row_of("a") is None, "not even the number of its people is told"


def test_looked_at_closer_the_hidden_columns_stay_together() -> None:
    table = hiding.table({"a": [3, 20, 30], "b": [9, 21, 40]}, 3, LEAST)
    assert table is not None
    row = table.row_of("a")
    assert row is not None
    assert table.below(row) == ((0, 1), (2,))
    closer = hiding.table({"a1": [3, 0, 20], "a2": [0, 20, 10]}, 3, LEAST, table.below(row))
    assert closer is not None
    assert closer.totals == (23, 30)


def test_nobody_and_too_few() -> None:
    assert hiding.table({"a": [1, 2]}, 2, LEAST) is None
    nobody = hiding.table({"a": [0, 0]}, 2, LEAST)
    assert nobody is not None
    assert nobody.rows == ()
