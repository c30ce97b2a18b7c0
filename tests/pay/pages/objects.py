"""Sheets and slips for the matrix of all routes: a sheet at each place, a slip of one's own that is approved."""

from __future__ import annotations

from datetime import date

from tests.pay.pages.making import Paid, add_run
from tests.province import Province


def sheet_objects(province: Province, place: str, name: str) -> dict[tuple[str, str], int]:
    """Write a sheet that waits for approval at a place with a slip of somebody there."""
    made = add_run(province, place, {name: Paid()}, month=date(2026, 10, 1))
    return {("pay run", place): made[""], ("pay slip", place): made[name]}


def own_sheet_objects(province: Province, name: str) -> dict[tuple[str, str], int]:
    """Write an approved sheet with the official's own slip."""
    made = add_run(province, "B", {name: Paid()}, month=date(2026, 9, 1), state="approved")
    return {("own pay slip", "canbo"): made[name]}
