"""Who may answer for a class: the head of an agency, or of the nearest above, never oneself, one's spouse or kin.

Công chức: the head of the managing agency; viên chức: the head of who classified (NĐ 335/2025/NĐ-CP Đ21 k3, Đ22; NĐ
233/2026/NĐ-CP Đ13). Where every head of that agency is the person or a relative, the nearest agency above answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from hrms.core.rules import N_, Problem
from hrms.positions.rules.kinship import CLOSE, Member, Relative, same_person

CIVIL_SET = "335/2025"
"""The set of criteria of công chức, whose wrong classes the managing agency's head replaces."""

_HEADS = text("""
SELECT g.agency_id, c.id AS account_id, c.person_id, array_position(a.scope_ids, g.agency_id) AS place
FROM agencies a
JOIN role_grants g ON g.agency_id = ANY (a.scope_ids)
JOIN accounts c ON c.id = g.account_id AND c.closed_at IS NULL
WHERE a.id = :agency AND g.role = :head AND g.superseded_at IS NULL
  AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
ORDER BY place DESC, c.id
""")
_NAMES = text("""
SELECT id, full_name, left(birth_date, 4) AS born FROM people WHERE id = ANY (CAST(:ids AS bigint[]))
""")
_FAMILY = text("""
SELECT person_id, relation, full_name, birth_year FROM person_family
WHERE person_id = ANY (CAST(:ids AS bigint[])) AND relation = ANY (:close)
""")


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers about one person: the agency, null where nobody may, and the accounts of its heads."""

    agency_id: int | None
    accounts: frozenset[int]
    kin: frozenset[int]
    """People among the heads looked at who are close relatives of the person."""


def relatives_among(person_id: int, others: Collection[int]) -> frozenset[int]:
    """Return who of `others` is a close relative of a person by either's record; two statements, seeing everything."""
    wanted = {one for one in others if one != person_id}
    if not wanted:
        return frozenset()
    ids = sorted({person_id, *wanted})
    with scope.everything():
        people = {row.id: _member(row) for row in db.session.execute(_NAMES, {"ids": ids})}
        families: dict[int, list[Relative]] = {}
        for row in db.session.execute(_FAMILY, {"ids": ids, "close": sorted(CLOSE)}):
            families.setdefault(row.person_id, []).append(Relative(row.relation, row.full_name, row.birth_year))
    return frozenset(one for one in wanted if _related(people, families, person_id, one))


def _member(row: Any) -> Member:
    return Member(row.id, row.full_name, int(row.born) if (row.born or "").isdigit() else None)


def _related(people: Mapping[int, Member], families: Mapping[int, Sequence[Relative]], one: int, other: int) -> bool:
    if one not in people or other not in people:
        return False
    return any(same_person(row, people[other]) for row in families.get(one, ())) or any(
        same_person(row, people[one]) for row in families.get(other, ())
    )


def answering(person_id: int, agency_id: int) -> Answering:
    """Return who answers for the class of a person at an agency or above it today; three statements at the most."""
    with scope.everything():
        values = {"agency": agency_id, "head": Role.HEAD.value, "today": clock.today()}
        rows = db.session.execute(_HEADS, values).all()
    kin = relatives_among(person_id, [row.person_id for row in rows if row.person_id is not None])
    barred = {person_id, *kin}
    free = [row for row in rows if row.person_id is None or row.person_id not in barred]
    nearest = free[0].agency_id if free else None
    return Answering(nearest, frozenset(row.account_id for row in free if row.agency_id == nearest), kin)


def may_answer(actor: Actor, person_id: int, agency_id: int) -> Problem | None:
    """Return why the actor may not answer about a person's class, None: they may."""
    barred = may_touch(actor, person_id)
    if barred is not None or actor.is_system:
        return barred
    found = answering(person_id, agency_id)
    holds = any(
        grant.agency_id == found.agency_id and grant.gives(Permission.PERFORMANCE_RATE) for grant in actor.grants
    )
    if found.agency_id is None or not holds or not actor.may(Permission.PERFORMANCE_RATE):
        words = N_("Chỉ thủ trưởng cơ quan có thẩm quyền với người này được trả lời kiến nghị, thay kết quả xếp loại.")
        return Problem("", "not_the_authority", words)
    return None


def may_touch(actor: Actor, person_id: int) -> Problem | None:
    """Return why the actor must keep away from a person's class: it is their own, or a close relative's."""
    if actor.person_id is None:
        return None
    if actor.person_id == person_id:
        return Problem("", "own", N_("Không ai được tự xử lý kết quả xếp loại của chính mình."))
    if relatives_among(person_id, [actor.person_id]):
        words = N_("Người này là vợ, chồng hoặc người thân của bạn theo hồ sơ. Hãy để người khác xử lý.")
        return Problem("", "kin", words)
    return None
