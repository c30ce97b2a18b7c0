"""Relatives in one unit: who may not be given which work beside whom, as a warning to whoever signs.

Luật Phòng, chống tham nhũng 36/2018/QH14 Đ20 k3: the head and the deputies may not let their spouse, parents, children,
brothers and sisters lead personnel work, keep the accounts, be treasurer or storekeeper of the same agency. The record
names relatives by name and year of birth only, so a match is likely, never certain: somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from hrms.core.rules import N_
from hrms.core.text import accent_key, fold
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier

SOURCE = "Luật Phòng, chống tham nhũng 36/2018/QH14 Đ20 k3"
GUARD = "people.sensitive.family"
"""The permission without which nobody reads whose relative somebody is; the warning itself reaches whoever signs."""
CLOSE: frozenset[str] = frozenset({
    "wife", "husband", "father", "mother", "adoptive_father", "adoptive_mother", "child", "adopted_child",
    "older_brother", "older_sister", "younger_sibling",
})  # fmt: skip
"""Codes of the catalogue `relations`: vợ, chồng, bố, mẹ, con, anh, chị, em ruột; adopted ones are equal in law."""


class Work(StrEnum):
    """Work that a relative of the head or a deputy may not be given."""

    PERSONNEL = "personnel"
    ACCOUNTING = "accounting"
    TREASURY = "treasury"
    STORES = "stores"


WORK_LABELS: dict[Work, str] = {
    Work.PERSONNEL: N_("tổ chức, nhân sự"),
    Work.ACCOUNTING: N_("kế toán"),
    Work.TREASURY: N_("thủ quỹ"),
    Work.STORES: N_("thủ kho"),
}
_SIGNS: tuple[tuple[Work, tuple[str, ...]], ...] = (
    (Work.TREASURY, ("thu quy",)),
    (Work.STORES, ("thu kho",)),
    (Work.ACCOUNTING, ("ke toan",)),
    (Work.PERSONNEL, ("to chuc can bo", "to chuc bo may", "to chuc nhan su", "nhan su", "nguon nhan luc", "noi vu",
                      "to chuc hanh chinh", "quan tri nhan luc")),
)  # fmt: skip


def work_of(position: str, field: str = "") -> Work | None:
    """Return the work of the law that a position's name or field speaks of, None for any other work."""
    words = f" {fold(position)} {fold(field)} "
    return next((work for work, signs in _SIGNS if any(f" {sign} " in words for sign in signs)), None)


@dataclass(frozen=True, slots=True)
class Relative:
    """A row of the family table: code of the relation, name, year of birth when known."""

    relation: str
    full_name: str
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the unit: `leads` says that they head the agency or are a deputy head; `work` by `work_of`."""

    person_id: int
    full_name: str
    birth_year: int | None = None
    leads: bool = False
    work: Work | None = None
    position: str = ""


@lru_cache(maxsize=65536)
def _name_key(name: str) -> str:
    # A long list compares everybody's relatives with everybody of the unit.
    return accent_key(name)


def same_person(relative: Relative, member: Member) -> bool:
    """Say whether a row of the family table may speak of a member: same name, and same year of birth where both say."""
    if _name_key(relative.full_name) != _name_key(member.full_name):
        return False
    return relative.birth_year is None or member.birth_year is None or relative.birth_year == member.birth_year


def relatives_in(
    own: Sequence[Relative], theirs: Iterable[tuple[Member, Sequence[Relative]]], placed: Member
) -> list[tuple[Member, str]]:
    """Return the members of the unit who are close relatives of the person placed, with the relation as recorded.

    `theirs` are the members with the family rows the reader may see: a tie is found from either side, once.
    """
    found: list[tuple[Member, str]] = []
    for member, family in theirs:
        if member.person_id == placed.person_id:
            continue
        mine = next((row.relation for row in own if row.relation in CLOSE and same_person(row, member)), None)
        back = next((row.relation for row in family if row.relation in CLOSE and same_person(row, placed)), None)
        if mine or back:
            found.append((member, mine or back or ""))
    return found


def kinship(
    own: Sequence[Relative],
    theirs: Iterable[tuple[Member, Sequence[Relative]]],
    placed: Member,
) -> list[Condition]:
    """Return a warning for each close relative in the unit; it never blocks, the signer sees it.

    Where one of the two leads the agency and the other would do the work of the law, its article is named; otherwise
    the warning only says that they will work in one unit.
    """
    conditions = []
    for member, _relation in relatives_in(own, theirs, placed):
        params = {"name": member.full_name, "position": member.position or N_("chưa ghi vị trí")}
        work = placed.work if member.leads else member.work if placed.leads else None
        if work is not None:
            conditions.append(
                Condition(
                    f"kinship.{member.person_id}",
                    N_("Người đứng đầu, cấp phó không bố trí người thân làm công việc %(work)s"),
                    Outcome.NOT_MET, SOURCE,
                    N_("Có quan hệ gia đình gần với %(name)s (%(position)s)"),
                    params | {"work": WORK_LABELS[work]}, Supplier.USING_AGENCY, blocking=False, guard=GUARD,
                )
            )  # fmt: skip
        else:
            conditions.append(
                Condition(
                    f"kinship.{member.person_id}",
                    N_("Có người thân trong cùng cơ quan, đơn vị"),
                    Outcome.UNKNOWN, SOURCE,
                    N_("Có quan hệ gia đình gần với %(name)s (%(position)s); không thuộc trường hợp bị cấm"),
                    params, Supplier.USING_AGENCY, blocking=False, guard=GUARD,
                )
            )  # fmt: skip
    return conditions
