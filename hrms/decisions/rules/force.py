"""Whether a decision is in force: what its own dates say, and what later papers did to it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_


class Relation(StrEnum):
    """What a later decision does to an earlier one (NĐ 30/2020/NĐ-CP Đ18 k4, annex I)."""

    REPLACES = "replaces"
    CORRECTS = "corrects"
    CANCELS = "cancels"


class Force(StrEnum):
    """How a decision stands on a day."""

    AHEAD = "ahead"
    IN_FORCE = "in_force"
    CORRECTED = "corrected"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


RELATION_LABELS: dict[Relation, str] = {
    Relation.REPLACES: N_("thay thế"),
    Relation.CORRECTS: N_("đính chính"),
    Relation.CANCELS: N_("hủy bỏ"),
}
FORCE_LABELS: dict[Force, str] = {
    Force.AHEAD: N_("Chưa có hiệu lực"),
    Force.IN_FORCE: N_("Đang có hiệu lực"),
    Force.CORRECTED: N_("Đã đính chính"),
    Force.REPLACED: N_("Đã được thay thế"),
    Force.CANCELLED: N_("Đã hủy bỏ"),
    Force.WITHDRAWN: N_("Đã thu hồi khỏi sổ"),
}
_STRONGEST_FIRST = (
    (Relation.CANCELS, Force.CANCELLED),
    (Relation.REPLACES, Force.REPLACED),
    (Relation.CORRECTS, Force.CORRECTED),
)


def force_of(effective_on: date, later: Iterable[tuple[str, date]], today: date, *, withdrawn: bool = False) -> Force:
    """Return how a decision stands: `later` are the papers about it, each `(relation, day of effect)`.

    A later paper counts from its own day of effect. A cancellation goes before a replacement, and that before a
    correction: a corrected decision is still in force, as corrected.
    """
    if withdrawn:
        return Force.WITHDRAWN
    done = {relation for relation, since in later if since <= today}
    for relation, force in _STRONGEST_FIRST:
        if relation in done:
            return force
    return Force.AHEAD if effective_on > today else Force.IN_FORCE
