"""Which job position each made-up person held from when to when: placement, promotion, conversion of 2026.

Viên chức are carried over from old data until their unit placed them under NĐ 232/2026/NĐ-CP, each with the career
grade their pay group converts to (Đ18); công chức are placed since the two tiers began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

from hrms.core import catalogues
from seed.demo.drafts import Draft
from seed.demo.position_of import BASE_OF, POSITION_OF, position_of
from seed.demo.roles import CONTRACT, PUBLIC
from seed.demo.tree import TWO_TIERS, Unit

OLD_DAY = date(2020, 1, 1)
"""Nothing of the old programs is carried over from before this day."""
NEW_YEAR = date(2026, 1, 1)
CONVERTED = date(2026, 7, 1)
"""NĐ 232/2026/NĐ-CP is in force; the units placed their people in the weeks that followed."""

_GRADES = {"B": 1, "A0": 2, "A1": 3, "A2": 4, "A3": 5}
_RAISED = {"college", "university", "master", "specialist_1", "specialist_2", "doctor"}
_BEFORE = {
    "director": "deputy_director",
    "office_head": "office_deputy",
    "council_office_head": "council_office_deputy",
    "chief_inspector": "deputy_inspector",
    "zone_head": "zone_deputy",
    "sub_head": "sub_deputy",
    "head_nurse": "nurse",
}
"""What somebody was before, by `Role.key`; for other leaders a position of their unit that needs no appointment."""


@dataclass(frozen=True, slots=True)
class Position:
    """A row of the catalogue of job positions, as far as the demo asks."""

    id: int
    key: str
    quota_kind: str
    group: str
    grade_min: int | None
    grade_max: int | None
    leadership_post: str | None
    used: range = range(0)
    """Career grades its model frame uses; empty where there is none."""

    @property
    def grades(self) -> range:
        """Return the career grades the catalogue lets it use; empty for none."""
        return range(self.grade_min, self.grade_max + 1) if self.grade_min and self.grade_max else range(0)


@dataclass(frozen=True, slots=True)
class Spell:
    """Somebody in a position for a while; `decided` is the placement decided upon, not what was carried over."""

    key: str
    since: date
    until: date | None
    decided: bool
    grade: int | None = None
    base: str | None = None
    appointed: bool = False
    """The spell begins with the appointment to the leadership post."""


_POSITIONS = """
SELECT p.id, p.key, p.quota_kind, p.position_group, p.grade_min, p.grade_max, p.leadership_post,
  v.grade_from, v.grade_to
FROM job_positions p LEFT JOIN position_frames f ON f.position_id = p.id AND f.agency_id IS NULL
LEFT JOIN frame_versions v ON v.frame_id = f.id AND v.superseded_at IS NULL AND v.valid_to IS NULL
ORDER BY p.id
"""


def read_positions(connection: psycopg.Connection[Any]) -> dict[str, Position]:
    """Return the catalogue that the database holds, by key."""
    found = {}
    for number, key, kind, group, lowest, highest, post, least, most in connection.execute(_POSITIONS):
        used = range(least, most + 1) if least and most else range(0)
        found[key] = Position(number, key, kind, group, lowest, highest, post, used)
    return found


def positions_of_files() -> dict[str, Position]:
    """Return the catalogue as its file says, ids by its order: for a province that is drawn and not written."""
    rows = catalogues.read_csv(catalogues.FOLDER / "job_positions.csv")
    return {
        str(row["key"]): Position(
            number, str(row["key"]), str(row["quota_kind"]), str(row["position_group"]),
            int(row["grade_min"]) if row["grade_min"] else None, int(row["grade_max"]) if row["grade_max"] else None,
            row["leadership_post"] or None,
        )
        for number, row in enumerate(rows, start=1)
    }  # fmt: skip


def converted_on(unit: Unit, today: date) -> date:
    """Return the day from which a unit's people are placed under NĐ 232/2026/NĐ-CP."""
    return min(CONVERTED + timedelta(days=7 * (unit.top * 5 % 13)), today)


def grade_of(draft: Draft, day: date, least: int | None, most: int | None) -> int | None:
    """Return the career grade on a day by NĐ 232/2026/NĐ-CP Đ18, None where the position has none.

    Whoever has not the higher degree that a position asks for now stays at grade 1 (k2a).
    """
    standing = draft.standing(day) or (draft.standings[0] if draft.standings else None)
    if standing is None or least is None or most is None:
        return None
    grade = _GRADES.get(standing.rank.scale.group[:2].rstrip("."), least)
    if grade < least and draft.role.degree not in _RAISED:
        return grade
    return min(max(grade, least), most)


def spells(draft: Draft, known: Mapping[int, set[str]], positions: Mapping[str, Position], today: date) -> list[Spell]:
    """Return somebody's main seats in order; [] for elected officials and for who left before the two tiers began.

    `known` are the positions people hold now by unit: a place somebody rose from is one of them.
    """
    key = position_of(draft.seat)
    if key is None:
        return []
    public = draft.role.kind == PUBLIC
    start = max(draft.joined_on, OLD_DAY if public else TWO_TIERS)
    end = draft.ended_on
    if end is not None and end <= start:
        return []
    rose = max(start, draft.post.appointed_on) if draft.post is not None else start
    before = _before(draft, known.get(draft.seat.using.id, set()), positions) if rose > start else None
    held = end is None or rose < end
    found: list[Spell] = []
    if before is not None:
        found += _cut(draft, positions, before, start, rose if held else end, today, appointed=False)
    if held:
        found += _cut(draft, positions, key, rose, end, today, appointed=draft.post is not None)
    return found


def _before(draft: Draft, known: set[str], positions: Mapping[str, Position]) -> str | None:
    role = draft.role.key
    key = BASE_OF.get(role) or POSITION_OF.get(_BEFORE.get(role, ""))
    if key is None:
        ordinary = sorted(one for one in known if positions[one].group == "professional")
        key = ordinary[0] if ordinary else None
    return key if key in known else None


def _cut(
    draft: Draft, positions: Mapping[str, Position], key: str, since: date, until: date | None, today: date, *,
    appointed: bool,
) -> Iterator[Spell]:  # fmt: skip
    """Yield a stay in one position in its parts: carried over, placed, and again with each new career grade."""
    if draft.role.kind != PUBLIC or draft.role.kind == CONTRACT:
        yield Spell(key, since, until, decided=True, appointed=appointed)
        return
    day = converted_on(draft.seat.using, today)
    base = BASE_OF.get(draft.role.key) if positions[key].grade_min is None else None
    graded = positions[base or key]
    if since < day:
        yield Spell(key, since, min(day, until) if until else day, decided=False, base=base)
        if until is not None and until <= day:
            return
    placed = max(since, day)
    days = [
        placed,
        *(s.since for s in draft.standings if placed < s.since <= today and (until is None or s.since < until)),
    ]
    steps: list[tuple[date, int | None]] = []
    for one in days:
        grade = grade_of(draft, one, graded.grade_min, graded.grade_max)
        if not steps or steps[-1][1] != grade:
            steps.append((one, grade))
    ends = [*(one for one, _grade in steps[1:]), until]
    for (one, grade), following in zip(steps, ends, strict=True):
        yield Spell(key, one, following, decided=True, grade=grade, base=base, appointed=appointed and one == since)
