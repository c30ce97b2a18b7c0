"""Holding a leadership post: appointment, reappointment, prolonging, acting, relief; each condition with its article.

Figures are data (catalogue `parameters`, keys `appointing.*`). Sources: NĐ 170/2025/NĐ-CP, NĐ 300/2026/NĐ-CP,
HD 45-HD/BTCTW, Luật PCTN 36/2018/QH14 Đ36.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.dates import PartialDate


@dataclass(frozen=True, slots=True)
class PostFact:
    """A leadership post as recorded: `group` is a `decisions.rules.powers.PostGroup`, the interval half open."""

    slot: int
    code: str | None
    name: str
    group: str
    agency_id: int | None
    agency_name: str | None
    appointed_on: date | None
    reappointed_on: date | None
    term_until: date | None
    """The last day of the term."""
    coefficient: Decimal | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DisciplineFact:
    """A disciplinary measure: form (catalogue `discipline_forms`), side (party, administration), from and to."""

    form: str
    side: str
    from_on: PartialDate | None
    to_on: PartialDate | None
