"""What the pages over the tree have in common: the part and the year asked for, how a file leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask import request, send_file
from flask.typing import ResponseReturnValue

from hrms.core import clock, workbook
from hrms.core.errors import Refused
from hrms.core.i18n import N_
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.rules.kinds import PersonKind
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of, kept, send_names
from hrms.training.queries.overview import STATES, Filters
from hrms.training.services import telling

__all__ = [
    "YEARS", "Asked", "asked", "asked_filters", "asked_number", "asked_one_of", "asked_part", "asked_year", "kept",
    "send_book", "send_figures", "send_names", "year_of", "years",
]  # fmt: skip

P = Permission
YEARS = 5
"""So many years back a page offers."""
OLDEST = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of the tree and what a page is narrowed to."""

    part: Part
    filters: Filters


def asked_part(permission: Permission = P.TRAINING_VIEW) -> Part:
    """Return the part the address asks for. Raises `NotFound` for an agency outside the reader's."""
    return part_of(actor(), request.args.get("agency", "").strip() or None, permission)


def asked_year() -> int:
    """Return the year of the address, this year without one. Raises `Refused` for another word or a year to come."""
    given = request.args.get("year", "").strip()
    return year_of(given) if given else clock.today().year


def year_of(given: str) -> int:
    """Return a year written in an address or a form. Raises `Refused` for another word or a year to come."""
    this = clock.today().year
    if given.isascii() and given.isdigit() and OLDEST <= int(given[:5]) <= this:
        return int(given)
    words = N_("Không có số liệu của năm “%(value)s”. Hãy chọn một năm từ %(oldest)s đến %(this)s.")
    raise Refused(Problem("year", "unknown", words, {"value": given[:10], "oldest": OLDEST, "this": this}))


def years(chosen: int) -> list[int]:
    """Return the years a page offers, the newest first."""
    this = clock.today().year
    return sorted({*range(this - YEARS + 1, this + 1), chosen}, reverse=True)


def asked_filters(state: str | None = None) -> Filters:
    """Return what the address narrows a page to; `state` where the page itself is of one. Raises `Refused`."""
    return Filters(
        asked_year(),
        asked_number("requirement"),
        asked_one_of("kind", PersonKind),
        state or asked_one_of("state", STATES),
        request.args.get("q", "").strip()[:200],
    )


def asked(permission: Permission = P.TRAINING_VIEW, state: str | None = None) -> Asked:
    """Return part and filters of the address. Raises `NotFound`, `Refused`."""
    return Asked(asked_part(permission), asked_filters(state))


def send_figures(
    what: str, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], file_name: str, part: Part,
    widths: Sequence[float] = (),
) -> ResponseReturnValue:  # fmt: skip
    """Give a table of figures as a workbook and note it in the trail; no names of people are in it."""
    with transaction():
        telling.note_export(actor(), what, len(rows), part)
    made = workbook.in_memory(title, headers, rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=file_name)


def send_book(what: str, made: BinaryIO, rows: int, file_name: str, part: Part) -> ResponseReturnValue:
    """Give a made file of figures and note it in the trail."""
    with transaction():
        telling.note_export(actor(), what, rows, part)
    return send_file(made, as_attachment=True, download_name=file_name)
