"""Which programme closes what somebody lacks. Pure: needs are named by a key, programmes by what they are for.

A key is `<source>|…`: `gap|<requirement>|<asked>|<rank>` of a seat (the rank where a certificate is asked for),
`course|<requirement id>`, `waiting|<course id>`, `hours|<requirement id>|<position>|<rank>|<kind of person>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hrms.core.rules import N_
from hrms.training.rules.courses import LEVEL_MOST
from hrms.training.rules.kinds import NEVER_COUNTED, CourseKind

CLASS_SIZE = 40
"""Learners of one class when a plan is made from needs; people change it in the plan."""


class NeedSource(StrEnum):
    """Why somebody needs a programme."""

    GAP = "gap"
    COURSE = "course"
    HOURS = "hours"
    WAITING = "waiting"


SOURCE_LABELS: dict[NeedSource, str] = {
    NeedSource.GAP: N_("Còn thiếu so với vị trí"),
    NeedSource.COURSE: N_("Chương trình bắt buộc chưa có"),
    NeedSource.HOURS: N_("Thiếu số tiết trong năm"),
    NeedSource.WAITING: N_("Đã được cử, chưa có chỗ"),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A programme in force: how long, of what kind, what it raises (code → level), whom it is meant for."""

    id: int
    code: str
    name: str
    kind: CourseKind
    level: str | None
    hours: Decimal
    competencies: Mapping[str, int | None]
    positions: frozenset[str]
    ranks: frozenset[str]
    person_kinds: frozenset[str]


Resolve = Callable[[str, str], str | None]
"""Kind of level (`theory_level`, …) and the name asked for → its code."""
KIND_OF_LEVEL: dict[str, CourseKind] = {
    "theory_level": CourseKind.POLITICAL_THEORY,
    "state_management_level": CourseKind.STATE_MANAGEMENT,
    "language_level": CourseKind.LANGUAGE,
}
COMPETENCY_OF_LEVEL = {"it_level": "G6", "language_level": "G7"}


def source_of(key: str) -> NeedSource:
    """Return why a key is a need."""
    return NeedSource(key.partition("|")[0])


def closing(
    key: str, courses: Sequence[Offered], accepted: Mapping[int, Sequence[str]], resolve: Resolve
) -> int | None:
    """Return the programme that closes a need with least hours, None when none in force does.

    `accepted` gives, for a requirement's id, the codes of the programmes that satisfy it.
    """
    source, _bar, rest = key.partition("|")
    if source == NeedSource.WAITING:
        return int(rest)
    if source == NeedSource.COURSE:
        codes = list(accepted.get(int(rest), ()))
        # The first one the requirement names is the one meant; the others are what else it lets pass.
        return next((one.id for code in codes for one in courses if one.code == code), None)
    if source == NeedSource.HOURS:
        _requirement, position, rank, kind = rest.split("|")
        return _for_hours(courses, position, rank, kind)
    requirement, asked, rank = rest.split("|")
    if requirement.startswith("certificate:"):
        return _for_certificate(courses, requirement.partition(":")[2], rank)
    return _for_gap(courses, requirement, asked, resolve)


def _shortest(found: Iterable[Offered]) -> int | None:
    best = min(found, key=lambda one: (one.hours, one.code), default=None)
    return None if best is None else best.id


def _for_hours(courses: Sequence[Offered], position: str, rank: str, kind: str) -> int | None:
    """Return a programme by job position meant for the very position, else for the rank."""
    fitting = [
        one for one in courses
        if one.kind is CourseKind.POSITION and (not one.person_kinds or kind in one.person_kinds)
    ]  # fmt: skip
    by_position = [one for one in fitting if position and position in one.positions]
    by_rank = [one for one in fitting if rank and rank in one.ranks]
    return _shortest(by_position) if by_position else _shortest(by_rank)


def _for_certificate(courses: Sequence[Offered], words: str, rank: str) -> int | None:
    """Return a programme that bears the certificate's name: the one for the rank, else one for any."""
    named = [one for one in courses if words and words.casefold() in one.name.casefold()]
    by_rank = [one for one in named if rank and rank in one.ranks]
    return _shortest(by_rank) if by_rank else _shortest(one for one in named if not one.ranks)


def _for_gap(courses: Sequence[Offered], requirement: str, asked: str, resolve: Resolve) -> int | None:
    name, _colon, code = requirement.partition(":")
    if name == "competency":
        least = int(asked) if asked.isdigit() else 1
        raising = [one for one in courses if code in one.competencies and one.kind not in NEVER_COUNTED]
        # One meant for a single position or rank is no answer for everybody who lacks the competency.
        raising = [one for one in raising if not one.positions and not one.ranks] or raising
        raising = [one for one in raising if (one.competencies[code] or LEVEL_MOST) >= least] or raising
        return _shortest(raising)
    level = resolve(name, asked)
    kind = KIND_OF_LEVEL.get(name)
    if kind is not None and level is not None:
        found = _shortest(one for one in courses if one.kind is kind and one.level == level)
        if found is not None:
            return found
    if name in COMPETENCY_OF_LEVEL:
        wanted = COMPETENCY_OF_LEVEL[name]
        kinds = {CourseKind.DIGITAL, CourseKind.LANGUAGE}
        return _shortest(one for one in courses if wanted in one.competencies and one.kind in kinds)
    return None


def classes_for(people: int) -> int:
    """Return how many classes so many learners make."""
    return -(-people // CLASS_SIZE)
