"""What pages, files and programs may ask of the spread, and the words of its groups and columns, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.rules import N_, Problem
from hrms.people.rules.kinds import SEX_LABELS
from hrms.performance.queries import spreading as queries
from hrms.performance.queries.sheet_lists import When, list_choices
from hrms.performance.queries.spreading import AGES, Of, Spread
from hrms.performance.rules.formula import ROLE_LABELS
from hrms.positions.rules.kinds import GROUP_LABELS


def words() -> Mapping[str, Mapping[str, str]]:
    """Return the names of groups by dimension, in their order."""
    unknown = _("Chưa rõ")
    return {
        "sex": {one.value: render(label) for one, label in SEX_LABELS.items()} | {"?": unknown},
        "age": {key: render(label) for key, label in AGES.items()},
        "role": {one.value: render(label) for one, label in ROLE_LABELS.items()},
        "position": {one.value: render(label) for one, label in GROUP_LABELS.items()} | {"?": _("Chưa xếp vị trí")},
    }


def key_of(of: Of) -> str:
    """Return how an address names what is spread: 2026, 2026-m10, 2026-q3."""
    return of.when.key if of.when else str(of.year)


def asked_of(given: str, offered: Sequence[Of]) -> Of:
    """Return what is asked for, the newest period with points without a word. Raises `Refused` for what is unknown."""
    if not given:
        newest = queries.newest_scored()
        if newest is not None:
            return Of(newest.year, newest)
        return offered[0] if offered else Of(clock.today().year)
    found = next((one for one in offered if key_of(one) == given), None)
    if found is None:
        text = N_("Không có kỳ “%(value)s”. Hãy chọn một kỳ trong danh sách.")
        raise Refused(Problem("of", "unknown", text, {"value": given[:20]}))
    return found


def offered() -> list[Of]:
    """Return what may be looked at: months and quarters, then years; two statements."""
    periods: Sequence[When] = list_choices()
    return [*(Of(one.year, one) for one in periods), *(Of(year) for year in queries.list_years())]


def labels_of(found: Spread) -> list[str]:
    """Return the words of the columns; what is counted together is named together."""
    every = [render(one) for one in found.of.labels]
    return [" + ".join(every[place] for place in one) for one in found.columns]
