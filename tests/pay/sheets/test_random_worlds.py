"""Incremental equals from scratch: whatever is recorded when, approved sheets gave in all what the record gives."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hrms.core.dates import add_months
from hrms.pay.queries import past_months
from tests.pay.making import (
    add_absence,
    add_allowance,
    add_post,
    add_usual,
    move,
    set_rank,
    set_status,
)
from tests.pay.sheets.running import close, due, paid
from tests.province import Province

NAMES = ("Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Phạm Quốc Đạt")
PLACES = ("B", "C")
FIRST = date(2026, 4, 1)
MONTHS = [add_months(FIRST, number) for number in range(8)]
STEPS = ("2.34", "2.67", "3.00", "3.33", "3.66")


def _happen(province: Province, rng: random.Random) -> None:
    """Record one thing about somebody, true from some day of the months."""
    name, since = rng.choice(NAMES), FIRST + timedelta(days=rng.randint(0, 230))
    until = since + timedelta(days=rng.randint(5, 90)) if rng.random() < 0.5 else None
    what = rng.randint(0, 6)
    if what == 0:
        step = rng.randint(1, 5)
        set_rank(province, name, STEPS[step - 1], since=since, step=step)
    elif what == 1:
        add_post(province, name, rng.choice(("0.15", "0.5", "0.7")), slot=rng.randint(0, 1), since=since, until=until)
    elif what == 2:
        code = rng.choice(("regional", "responsibility", "leadership", "reserved"))
        add_allowance(province, name, code, coefficient="0.2", since=since, until=until)
    elif what == 3:
        kind = rng.choice(("unpaid_leave", "sick_leave", "maternity_leave", "suspension", "study"))
        add_absence(province, name, kind, since, until, prosecuted=kind == "suspension" and rng.random() < 0.5)
    elif what == 4:
        move(province, name, rng.choice(("B", "B1", "C", "C1")), since=since, until=until)
    elif what == 5:
        status, kind = rng.choice(("serving", "left", "serving")), rng.choice(("civil_servant", "cadre"))
        set_status(province, name, status, kind=kind, since=since)
    else:
        set_rank(
            province, name, "3.00", since=since, until=until, step=3, beyond_scale_percent=Decimal(rng.randint(0, 9))
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_what_was_approved_in_all_is_what_the_record_gives(
    province: Province, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_months, "MARGIN", timedelta(0))
    rng = random.Random(seed)
    add_usual(province, *NAMES)
    # Somebody else of every place is always paid there, so that every month has a sheet.
    for month in MONTHS:
        for _one in range(rng.randint(0, 3)):
            _happen(province, rng)
        for place in rng.sample(PLACES, 2):
            close(province, month, place=place)
    for _one in range(3):
        _happen(province, rng)
    last = add_months(MONTHS[-1], 1)
    for place in PLACES:
        close(province, last, place=place)
    for name in NAMES:
        for place in PLACES:
            person, agency = province.people[name], province.agencies[place]
            assert paid(person, agency) == due(person, agency, *MONTHS, last), (seed, name, place)
