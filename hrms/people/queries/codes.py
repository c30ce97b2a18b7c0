"""Codes and their names: the catalogues, the form's own short lists, and the enums of the record, behind one door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core import catalogues
from hrms.core.dates import PartialDate
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import _, render, select_locale
from hrms.people.queries import law
from hrms.people.rules import absences, kinds
from hrms.people.rules.sheet import CLOSED, Item, Shape

_ENUMS: dict[str, Mapping[Any, str]] = {
    "sex": kinds.SEX_LABELS,
    "kinds": kinds.KIND_LABELS,
    "statuses": kinds.STATUS_LABELS,
    "memberships": kinds.MEMBERSHIP_LABELS,
    "absence_kinds": absences.ABSENCE_LABELS,
}

_TOGETHER: dict[str, tuple[str, ...]] = {
    "learning_levels": (
        "it_levels", "language_levels", "theory_levels", "state_management_levels", "defence_training_groups",
    ),
}  # fmt: skip
"""A column whose codes belong to one of several lists, by the kind of training of its row."""


def knows(catalogue: str, code: str) -> bool:
    """Say whether `code` belongs to the list. A catalogue without any item knows every code."""
    if catalogue in _ENUMS:
        return code in {member.value for member in _ENUMS[catalogue]}
    if catalogue in CLOSED:
        return code in CLOSED[catalogue]
    if catalogue == "ranks":
        return code in law.ranks()
    listed = catalogues.items(catalogue)
    return code in listed or not listed


def name(catalogue: str, code: str | None) -> str:
    """Return the name of a code in the reader's language, the code itself when unknown, "" for None."""
    if code is None or code == "":
        return ""
    if catalogue in _ENUMS:
        return next((render(words) for member, words in _ENUMS[catalogue].items() if member.value == code), code)
    if catalogue in CLOSED:
        return render(CLOSED[catalogue][code]) if code in CLOSED[catalogue] else code
    if catalogue == "ranks":
        return law.ranks()[code].name if code in law.ranks() else code
    for part in _TOGETHER.get(catalogue, ()):
        if code in catalogues.items(part):
            return catalogues.name_of(part, code)
    return catalogues.name_of(catalogue, code)


def choices(catalogue: str, *, empty: bool = True) -> list[tuple[str, str]]:
    """Return (code, name) pairs for a form, with an empty first choice unless told otherwise."""
    if catalogue in _ENUMS:
        found = [(str(member.value), render(words)) for member, words in _ENUMS[catalogue].items()]
    elif catalogue in CLOSED:
        found = [(code, render(words)) for code, words in CLOSED[catalogue].items()]
    elif catalogue == "ranks":
        found = [(rank.code, f"{rank.code} · {rank.name}") for rank in law.ranks().values()]
    elif catalogue in _TOGETHER:
        found = [pair for part in _TOGETHER[catalogue] for pair in catalogues.choices(part)[1:]]
    else:
        found = catalogues.choices(catalogue)[1:]
    return [("", ""), *found] if empty else found


def partial(value: str | None) -> PartialDate | None:
    """Return a stored partial date ("1988", "1988-04", "1988-04-12") as a value."""
    if not value:
        return None
    parts = [int(part) for part in value.split("-")]
    return PartialDate(*parts)


def show(item: Item, value: Any) -> str:
    """Return a stored value as the reader's language writes it; "" for nothing."""
    if value is None or value == "":
        return ""
    if item.shape in {Shape.CODE, Shape.OPEN_CODE}:
        return name(item.catalogue, str(value))
    if item.shape is Shape.FLAG:
        return _("Có") if value else _("Không")
    if item.shape is Shape.PARTIAL:
        return format_date(partial(str(value)))
    if item.shape is Shape.DATE:
        return format_date(value if isinstance(value, date) else date.fromisoformat(str(value)))
    if item.shape in {Shape.DECIMAL, Shape.MONEY}:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        return format_number(number.normalize() if item.places == 1 else number, select_locale(), _places(item, number))
    return str(value)


def _places(item: Item, number: Decimal) -> int:
    if item.shape is Shape.MONEY:
        return 0
    own = number.normalize().as_tuple().exponent
    return max(-own if isinstance(own, int) and own < 0 else 0, 2 if item.name == "coefficient" else 0)
