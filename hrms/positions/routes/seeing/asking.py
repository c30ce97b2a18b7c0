"""What the pages that look at the whole tree have in common: the part and the day asked for, how a file leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, g, request, send_file
from flask.typing import ResponseReturnValue

from hrms.core import clock, workbook
from hrms.core.errors import Forbidden, Refused
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries.filters import Reach
from hrms.people.services import export as exports
from hrms.positions.queries.part import Part, part_of
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.services import telling

P = Permission
MOST_ID = 2**63


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of the tree and the day of a page."""

    part: Part
    day: date


def asked(permission: Permission = P.POSITIONS_VIEW) -> Asked:
    """Return the part and the day the address asks for. Raises `NotFound` for an agency outside the reader's part."""
    as_at, known_on = asked_dates()
    if known_on is not None:
        flash(_("Số liệu biên chế xem theo ngày có hiệu lực; ngày ghi nhận không dùng ở trang này."), "info")
        g.asked_dates = as_at, None
    given = request.args.get("agency", "").strip()
    return Asked(part_of(actor(), given or None, permission), as_at or clock.today())


def asked_kind(default: QuotaKind | None = None) -> QuotaKind | None:
    """Return the quota kind of the address. Raises `Refused` for another word."""
    given = request.args.get("kind", "").strip()
    if not given:
        return default
    if given not in set(QuotaKind):
        raise Refused(_unknown("kind", given))
    return QuotaKind(given)


def asked_number(name: str, most: int = MOST_ID, least: int = 0) -> int | None:
    """Return a whole number of the address. Raises `Refused` for anything else."""
    given = request.args.get(name, "").strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and least <= int(given) < most):
        raise Refused(_unknown(name, given))
    return int(given)


def asked_one_of(name: str, known: Iterable[str]) -> str | None:
    """Return a value of the address that is one of `known`. Raises `Refused` for another."""
    given = request.args.get(name, "").strip()
    if given and given not in set(known):
        raise Refused(_unknown(name, given))
    return given or None


def kept(*names: str) -> dict[str, Any]:
    """Return some values of the address, those it has, for the address of another page."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def _unknown(name: str, given: str) -> Problem:
    words = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
    return Problem(name, "unknown", words, {"value": given[:40]})


def send_figures(
    what: str, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], file_name: str, part: Part,
    widths: Sequence[float] = (),
) -> ResponseReturnValue:  # fmt: skip
    """Give a table of figures as a workbook and note it in the trail; no names of people are in it."""
    with transaction():
        telling.note_export(actor(), what, len(rows), part)
    made = workbook.in_memory(title, headers, rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=file_name)


def send_names(
    what: str, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], file_name: str, part: Part,
    widths: Sequence[float] = (),
) -> ResponseReturnValue:  # fmt: skip
    """Give a list of people as a workbook: noted and counted like every list taken out. Raises `Forbidden`."""
    with transaction():
        locked = exports.note_export(actor(), what, len(rows), Reach(part.roots, part.agency_id))
    if locked:
        raise Forbidden(exports.BULK_LOCKED)
    made = workbook.in_memory(title, headers, rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=file_name)
