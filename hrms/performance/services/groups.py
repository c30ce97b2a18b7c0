"""Groups of similar tasks in a round (nhóm có nhiệm vụ tương đồng): proposed, edited, filled, approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.rules import N_, Problem
from hrms.core.unit import explain_constraint
from hrms.performance.models import RatingGroup
from hrms.performance.services.round_lock import BEFORE_MEETING, Locked, lock, require_decides, require_prepares
from hrms.positions.rules.kinds import GROUP_LABELS, PositionGroup

KEYS = ("roles", "position_groups", "positions", "agencies")
"""What a group takes people up by; every one given must fit, any value of it does."""
NAME_LENGTH = (2, 120)
MOST = 60
"""Groups of a round; more are a slip, for each is too small."""
OTHERS = ""
"""Among `position_groups`: people whose position has none."""
_MEMBERS = text("""
SELECT id, person_id, agency_id, role, group_id, facts ->> 'position_group' AS position_group,
  facts ->> 'position' AS position
FROM ratings WHERE round_id = :round AND superseded_at IS NULL ORDER BY id
""")
_PLACE = text("""
UPDATE ratings r SET group_id = g.group_id, version = r.version + 1
FROM unnest(CAST(:ids AS bigint[]), CAST(:groups AS bigint[])) AS g(id, group_id)
WHERE r.id = g.id AND r.round_id = :round AND r.superseded_at IS NULL AND r.group_id IS DISTINCT FROM g.group_id
""")
_DRAFTS = text("""
UPDATE rating_groups SET state = 'draft', approved_on = NULL, version = version + 1
WHERE round_id = :round AND state = 'approved'
""")
_REOPEN = text("UPDATE rating_rounds SET state = 'collecting', version = version + 1 WHERE id = :round")
_APPROVE = text("""
UPDATE rating_groups SET state = 'approved', approved_on = :today, version = version + 1 WHERE round_id = :round
""")
explain_constraint(
    "uq_rating_groups_code", Problem("code", "taken", N_("Mã nhóm này đã có trong đợt. Hãy đặt mã khác."))
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a round as groups see them."""

    id: int
    person_id: int
    agency_id: int
    role: str
    group_id: int | None
    position_group: str | None
    position: str | None


def fits(member: Member, rule: Mapping[str, Sequence[Any]]) -> bool:
    """Say whether a group takes somebody up; a rule without any condition takes nobody."""
    given = {key: list(rule[key]) for key in KEYS if rule.get(key)}
    values: dict[str, Any] = {
        "roles": member.role, "position_groups": member.position_group or OTHERS, "positions": member.position,
        "agencies": member.agency_id,
    }  # fmt: skip
    return bool(given) and all(values[key] in wanted for key, wanted in given.items())


def least_size(percent: Decimal) -> int:
    """Return the fewest people good or better that give one place at so many per cent of those good."""
    return next(size for size in range(1, 10_000) if int(size * percent // (100 + percent)) >= 1)


def members(round_id: int) -> list[Member]:
    """Return everybody of a round; one statement."""
    return [Member(*row) for row in db.session.execute(_MEMBERS, {"round": round_id})]


def propose(actor: Actor, round_id: int) -> list[int]:
    """Make groups from roles and groups of positions in place of those there are; everybody gets one. Their ids.

    Who leads is one group, or two where heads and deputies are each enough for a place; staff are grouped by the group
    of their position, those too few together with the rest. Where only one group would come of it there is none: the
    quota holds in the agency as a whole.
    """
    one = _open(actor, round_id)
    with scope.everything():
        _clear(round_id)
        everybody = members(round_id)
        made: list[RatingGroup] = []
        for number, (name, rule) in enumerate(_proposal(everybody, one.found.quota_percent), start=1):
            made.append(_add(actor, round_id, f"N{number:02d}", name, rule))
        db.session.flush()
        _fill(round_id, everybody, made)
        _reopen(one)
    _tell(actor, one, "groups_proposed", groups=len(made))
    return [group.id for group in made]


def _proposal(everybody: Sequence[Member], percent: Decimal) -> list[tuple[str, dict[str, list[Any]]]]:
    least = least_size(percent) if percent else MOST
    roles = Counter(one.role for one in everybody)
    found: list[tuple[str, dict[str, list[Any]]]] = []
    if min(roles["head"], roles["deputy"]) >= least:
        found += [("Người đứng đầu", {"roles": ["head"]}), ("Cấp phó", {"roles": ["deputy"]})]
    elif roles["head"] or roles["deputy"]:
        found.append(("Lãnh đạo, quản lý", {"roles": ["head", "deputy"]}))
    staff = Counter(one.position_group or OTHERS for one in everybody if one.role == "staff")
    large = sorted(group for group, count in staff.items() if group and count >= least)
    small = sorted(set(staff) - set(large))
    if small and sum(staff[group] for group in small) < least and large:
        # Too few for a place of their own: they go with the largest.
        kept = max(large, key=lambda group: (staff[group], group))
        found += [
            (_words(group), {"roles": ["staff"], "position_groups": [group, *(small if group == kept else [])]})
            for group in large
        ]
        small = []
    else:
        found += [(_words(group), {"roles": ["staff"], "position_groups": [group]}) for group in large]
    if small:
        name = "Công chức, viên chức khác" if large else "Công chức, viên chức chuyên môn"
        found.append((name, {"roles": ["staff"], "position_groups": small}))
    return found if len(found) > 1 else []


def _words(group: str) -> str:
    return GROUP_LABELS[PositionGroup(group)] if group in set(PositionGroup) else group[: NAME_LENGTH[1]]


def add(actor: Actor, round_id: int, name: str, rule: Mapping[str, Sequence[Any]], *, code: str | None = None) -> int:
    """Add a group; its rule (`roles`, `position_groups`, `positions`, `agencies`) takes up people who have none.

    Raises `Forbidden`, `Refused`: the name is taken or too long, too many groups, a rule of unknown parts.
    """
    one = _open(actor, round_id)
    known = list(db.session.scalars(select(RatingGroup).where(RatingGroup.round_id == round_id)))
    if len(known) >= MOST:
        raise Refused(Problem("", "too_many", N_("Đợt đã có %(most)s nhóm, không thêm được nữa."), {"most": MOST}))
    _check(name, rule, known)
    given = (code or "").strip().upper()
    numbers = {group.code for group in known}
    free = given or next(f"N{number:02d}" for number in range(1, MOST + 2) if f"N{number:02d}" not in numbers)
    with scope.everything():
        made = _add(actor, round_id, free[:20], name, rule)
        db.session.flush()
        _fill(round_id, [member for member in members(round_id) if member.group_id is None], [made])
        _reopen(one)
    _tell(actor, one, "group_added", group=made.name)
    return made.id


def edit(actor: Actor, group_id: int, name: str, rule: Mapping[str, Sequence[Any]], *, version: int) -> None:
    """Change name and rule of a group, which is a draft again; people who have none and fit come in.

    Raises `Stale`, `Refused`.
    """
    found = _get(group_id)
    one = _open(actor, found.round_id)
    if found.version != version:
        raise Stale
    others = select(RatingGroup).where(RatingGroup.round_id == found.round_id, RatingGroup.id != group_id)
    _check(name, rule, list(db.session.scalars(others)))
    with scope.everything():
        found.name, found.rule, found.version = name.strip(), _clean(rule), found.version + 1
        db.session.flush()
        _fill(found.round_id, [member for member in members(found.round_id) if member.group_id is None], [found])
        _reopen(one)
    _tell(actor, one, "group_edited", group=found.name)


def remove(actor: Actor, group_id: int) -> None:
    """Remove a group; its people have none."""
    found = _get(group_id)
    one = _open(actor, found.round_id)
    name = found.name
    with scope.everything():
        db.session.execute(delete(RatingGroup).where(RatingGroup.id == group_id))
        _reopen(one)
    _tell(actor, one, "group_removed", group=name)


def place(actor: Actor, round_id: int, group_id: int | None, rating_ids: Collection[int]) -> int:
    """Put people of the round into a group, or out of any (None); the groups are drafts again. Rows changed.

    Nobody places themself. Raises `Forbidden`, `NotFound`, `Refused`.
    """
    one = _open(actor, round_id)
    if group_id is not None and _get(group_id).round_id != round_id:
        raise missing("group")
    chosen = [member for member in members(round_id) if member.id in set(rating_ids)]
    if any(member.person_id == actor.person_id for member in chosen):
        sentence = N_("Bạn không tự xếp mình vào nhóm. Hãy để người khác làm việc này.")
        raise Forbidden(Problem("", "oneself", sentence))
    with scope.everything():
        given = {"round": round_id, "ids": [member.id for member in chosen], "groups": [group_id for _one in chosen]}
        changed = int(db.session.execute(_PLACE, given).rowcount)  # type: ignore[attr-defined] # an UPDATE counts its rows
        if changed:
            _reopen(one)
    if changed:
        _tell(actor, one, "group_filled", people=changed)
    return changed


def whole_agency(actor: Actor, round_id: int) -> None:
    """Do without groups: the quota holds in the agency as a whole."""
    one = _open(actor, round_id)
    with scope.everything():
        _clear(round_id)
        _reopen(one)
    _tell(actor, one, "groups_dropped")


def approve(actor: Actor, round_id: int) -> None:
    """Approve the groups (by who decides the classes). Raises `Refused` while somebody has none."""
    one = lock(round_id, BEFORE_MEETING)
    require_decides(actor, one.agency)
    groups = list(db.session.scalars(select(RatingGroup.id).where(RatingGroup.round_id == round_id)))
    if not groups:
        sentence = N_("Đợt chưa chia nhóm: tỷ lệ tính trên cả cơ quan, không cần duyệt nhóm.")
        raise Refused(Problem("", "no_groups", sentence))
    with scope.everything():
        without = sum(member.group_id is None for member in members(round_id))
        if without:
            sentence = N_("Còn %(count)s người chưa có nhóm. Hãy xếp mỗi người vào đúng một nhóm rồi duyệt.")
            raise Refused(Problem("", "without_group", sentence, {"count": without}))
        db.session.execute(_APPROVE, {"round": round_id, "today": clock.today()})
    db.session.expire_all()
    _tell(actor, one, "groups_approved", groups=len(groups))


def _open(actor: Actor, round_id: int) -> Locked:
    one = lock(round_id, BEFORE_MEETING)
    require_prepares(actor, one)
    return one


def _get(group_id: int) -> RatingGroup:
    found = db.session.get(RatingGroup, group_id)
    if found is None:
        raise missing("group")
    return found


def _clear(round_id: int) -> None:
    db.session.execute(delete(RatingGroup).where(RatingGroup.round_id == round_id))
    db.session.expire_all()


def _add(actor: Actor, round_id: int, code: str, name: str, rule: Mapping[str, Sequence[Any]]) -> RatingGroup:
    made = RatingGroup(
        round_id=round_id, code=code, name=name.strip(), rule=_clean(rule), state="draft", recorded_by=actor.account_id
    )
    db.session.add(made)
    return made


def _clean(rule: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    return {key: list(rule[key]) for key in KEYS if rule.get(key)}


def _check(name: str, rule: Mapping[str, Sequence[Any]], others: Iterable[RatingGroup]) -> None:
    said, problems = name.strip(), []
    if not NAME_LENGTH[0] <= len(said) <= NAME_LENGTH[1]:
        sentence = N_("Tên nhóm phải có từ %(least)s đến %(most)s ký tự.")
        problems.append(Problem("name", "length", sentence, {"least": NAME_LENGTH[0], "most": NAME_LENGTH[1]}))
    if any(group.name.casefold() == said.casefold() for group in others):
        problems.append(Problem("name", "taken", N_("Tên nhóm này đã có trong đợt. Hãy đặt tên khác.")))
    if set(rule) - set(KEYS):
        problems.append(Problem("rule", "unknown", N_("Điều kiện của nhóm không có trong danh sách. Hãy chọn lại.")))
    if problems:
        raise Refused(*problems)


def _fill(round_id: int, people: Iterable[Member], groups: Sequence[RatingGroup]) -> None:
    """Put each into the first group whose rule fits; those that fit none stay without."""
    pairs = [
        (member.id, found.id)
        for member in people
        if (found := next((group for group in groups if fits(member, group.rule)), None)) is not None
    ]
    given = {"round": round_id, "ids": [one for one, _group in pairs], "groups": [group for _one, group in pairs]}
    db.session.execute(_PLACE, given)


def _reopen(one: Locked) -> None:
    """Let what was approved and proposed with other groups be done again."""
    db.session.flush()
    db.session.execute(_DRAFTS, {"round": one.found.id})
    db.session.execute(_REOPEN, {"round": one.found.id})
    db.session.expire_all()


def _tell(actor: Actor, one: Locked, what: str, **after: Any) -> None:
    audit.record(
        actor, f"round.{what}", "round", one.found.id, scope_ids=one.at, agency_id=one.agency.id,
        after={"round": one.agency.name, "year": one.found.year, **after},
    )  # fmt: skip
