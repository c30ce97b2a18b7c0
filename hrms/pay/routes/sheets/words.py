"""What pages and files of sheets say in the reader's words: months, states, lines; the month and part of an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request

from hrms.core import clock
from hrms.core.formats import format_coefficient, format_number
from hrms.core.i18n import N_, _, get_locale, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.rules import lines
from hrms.pay.rules.amounts import ROUNDING_LABELS, Rounding
from hrms.people.rules.kinds import KIND_LABELS, PersonKind
from hrms.positions.queries.part import Part, part_of

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
STATE_LABELS: dict[str | None, str] = {
    None: N_("chưa lập"), "missing": N_("chưa lập"), "computed": N_("chờ duyệt"), "approved": N_("đã duyệt"),
    "cancelled": N_("đã hủy"), "doubtful": N_("có người cần xem"),
}  # fmt: skip
STATE_TONES: dict[str | None, str] = {None: "none", "computed": "warn", "approved": "ok", "cancelled": "none"}
MILLION = Decimal(1_000_000)
PART_MONTH_LABELS = {"calendar_days": N_("theo số ngày dương lịch")}


def month_words(month: date) -> str:
    """Return a month as people read it: Tháng 11/2026."""
    return _("Tháng %(number)s/%(year)s", number=month.month, year=month.year)


def month_key(month: date) -> str:
    """Return a month as an address names it: 2026-11."""
    return f"{month:%Y-%m}"


def state_words(state: str | None) -> str:
    """Return the state of a sheet."""
    return render(STATE_LABELS[state])


def line_words(code: str) -> str:
    """Return the name of a line; a code that this version does not know stands as it is."""
    return render(lines.NAMES[code]) if code in lines.NAMES else code


def side_words(side: str) -> str:
    """Return whose a line is."""
    return render(lines.SIDES[side])


def kind_words(kind: str) -> str:
    """Return the kind of a person."""
    return render(KIND_LABELS[PersonKind(kind)]) if kind in set(PersonKind) else kind


def rounding_words(way: str) -> str:
    """Return how amounts became whole đồng."""
    return render(ROUNDING_LABELS[Rounding(way)]) if way in set(Rounding) else way


def part_month_words(way: str) -> str:
    """Return how part of a month was paid."""
    return render(PART_MONTH_LABELS[way]) if way in PART_MONTH_LABELS else way


def money(value: Decimal | None) -> str:
    """Return đồng with the separators of the reader's language; a dash for none."""
    return format_number(value, str(get_locale() or "vi")) or "—"


def amount(value: Decimal | None) -> str:
    """Return đồng for a cell that stays empty where there is none."""
    return format_number(value, str(get_locale() or "vi"))


def millions(value: Decimal) -> str:
    """Return đồng as millions with one decimal, half up, for a tile."""
    return format_number(value / MILLION, str(get_locale() or "vi"), 1)


def plain(value: Decimal) -> str:
    """Return a coefficient as people write it: 0,9."""
    return format_coefficient(value, str(get_locale() or "vi"))


def signed(value: Decimal | None) -> str:
    """Return a difference in đồng with its sign; 0 for none."""
    if not value:
        return "0" if value is not None else "—"
    return ("+" if value > 0 else "−") + money(abs(value))


def asked_month() -> date:
    """Return the month of the address, the current one for another word or none."""
    found = _MONTH.fullmatch(request.args.get("month", "").strip())
    return date(int(found[1]), int(found[2]), 1) if found else clock.today().replace(day=1)


def asked_part(permission: Permission = Permission.PAY_VIEW) -> Part:
    """Return the part the address asks for. Raises `NotFound` for an agency outside the reader's."""
    return part_of(actor(), request.args.get("agency", "").strip() or None, permission)


def month_choices(months: Sequence[date], chosen: date) -> list[tuple[str, str]]:
    """Return months for a box to choose from, the chosen one among them."""
    return [(month_key(one), month_words(one)) for one in sorted({*months, chosen}, reverse=True)]


def states(*known: str) -> list[tuple[str, str]]:
    """Return states for a box to choose from."""
    return [("", _("Tất cả")), *((one, state_words(one)) for one in known)]


def name_of(row: Any) -> str:
    """Return the name on a row; words for somebody who has left the reader's part and whose name was not asked for."""
    return row.full_name or _("Đã chuyển khỏi phạm vi của bạn")
