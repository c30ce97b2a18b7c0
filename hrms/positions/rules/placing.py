"""Bulk placing by the day the law sets: for each person of one agency the seat that rank, post and work point to.

NĐ 170/2025/NĐ-CP Đ70 k2 for công chức (a position of the same rank), NĐ 232/2026/NĐ-CP Đ18 for viên chức (the career
grade by the pay group held), both by 01/7/2027. A proposal only: somebody reviews it in a table. The same people and
seats give the same answer whatever order they come in. Figures are parameters (`placing.*`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from hrms.core.rules import N_, Reason
from hrms.core.text import accent_key, fold
from hrms.people.rules.parameters import Parameter, whole
from hrms.positions.rules.kinds import PositionGroup, QuotaKind

CIVIL = "NĐ 170/2025/NĐ-CP Đ70 k2"
PUBLIC = "NĐ 232/2026/NĐ-CP Đ18"
SURE, LIKELY = 0.6, 0.25
"""Share of alike words from which a seat is taken as certain, or likely; below it is looked at first."""
_IDLE = frozenset({
    "viên", "chuyên", "nhân", "cán", "sự", "chính", "cao", "cấp", "hạng", "và", "các", "về", "của", "tại", "theo", "vị",
    "trí", "việc", "làm", "công", "tác", "phụ", "trách", "thuộc", "trong", "cho", "i", "ii", "iii", "iv", "người",
})  # fmt: skip
"""Words that tell ranks or nothing: they do not make two works alike."""
_IDLE_FOLDED = frozenset(map(fold, _IDLE))


class Sureness(StrEnum):
    """How much points to the seat."""

    SURE = "sure"
    LIKELY = "likely"
    WEAK = "weak"


class Missing(StrEnum):
    """Why there is no seat to propose."""

    NO_RANK = "no_rank"
    NO_POST_LINE = "no_post_line"
    NO_RANK_LINE = "no_rank_line"
    NO_FREE_SEAT = "no_free_seat"


SURENESS_LABELS: dict[Sureness, str] = {
    Sureness.SURE: N_("Khớp"),
    Sureness.LIKELY: N_("Gần khớp"),
    Sureness.WEAK: N_("Cần xem lại"),
}
MISSING_LABELS: dict[Missing, str] = {
    Missing.NO_RANK: N_("Hồ sơ chưa ghi ngạch, chức danh nghề nghiệp"),
    Missing.NO_POST_LINE: N_("Cơ quan chưa có vị trí của chức vụ đang giữ"),
    Missing.NO_RANK_LINE: N_("Cơ quan chưa có vị trí ứng với ngạch hoặc bậc"),
    Missing.NO_FREE_SEAT: N_("Các vị trí phù hợp đã hết chỗ"),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A line with the seats that may still be filled; `ranks` empty: the catalogue names none."""

    line_id: int
    unit_id: int
    position_id: int
    name: str
    quota_kind: QuotaKind
    group: PositionGroup
    free: int
    ranks: frozenset[str] = frozenset()
    grade_min: int | None = None
    grade_max: int | None = None
    leadership_post: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody to be placed: rank and its pay group, leadership posts held (the main one first), the present work.

    `raised` says whether the degree is held that the position's standard was raised to, None when nobody knows.
    """

    person_id: int
    unit_id: int
    quota_kind: QuotaKind
    rank: str | None = None
    pay_group: str | None = None
    posts: tuple[str, ...] = ()
    work: str = ""
    raised: bool | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What is proposed for one person, and why; without a seat `missing` says why none.

    `base_position_id` is, for a manager of viên chức, the position their grade belongs to.
    """

    person_id: int
    line_id: int | None
    grade: int | None
    sureness: Sureness
    reasons: tuple[Reason, ...]
    missing: Missing | None = None
    base_position_id: int | None = None


class _Words(NamedTuple):
    folded: str
    plain: bool
    """Written without accents, where “thu” is thư, thủ and thu: compared without them."""
    telling: frozenset[str]
    telling_folded: frozenset[str]


@lru_cache(maxsize=65536)
def _words(text: str) -> _Words:
    folded = fold(text)
    telling = frozenset(re.findall(r"\w+", accent_key(text))) - _IDLE
    return _Words(folded, text.isascii(), telling, frozenset(folded.split()) - _IDLE_FOLDED)


def likeness(work: str, name: str) -> float:
    """Return how alike a present work and a position's name are, 0 to 1: equal texts 1, else the share of their words.

    The share is of the telling words of the shorter text, lowered a little by what only the longer one says, so that
    “Văn thư” and “Văn thư viên” are alike and a name that lists many fields still meets one of them.
    """
    mine, theirs = _words(work), _words(name)
    if mine.folded == theirs.folded:
        return 1.0 if mine.folded else 0.0
    one, other = (mine.telling_folded, theirs.telling_folded) if mine.plain else (mine.telling, theirs.telling)
    common = len(one & other)
    if not common:
        return 0.0
    shorter, longer = sorted((len(one), len(other)))
    return round(0.9 * common / shorter * (0.7 + 0.3 * common / longer), 4)


def grade_of(occupant: Occupant, seat: Seat, figures: Mapping[str, Parameter]) -> tuple[int | None, bool, list[Reason]]:
    """Return the career grade in a seat, whether the seat's range takes it, and the reasons (Đ18 k2).

    B → 1, A0 → 2, A1 → 3, A2.1 and A2.2 → 4, A3.1 and A3.2 → 5. Whoever has group B in a position whose standard was
    raised stays at grade 1 until they have the degree (điểm a); with the degree they come to the lowest grade used.
    """
    if occupant.quota_kind is not QuotaKind.PUBLIC:
        return None, True, []
    key = f"placing.grade.{occupant.pay_group or ''}"
    grade = whole(figures, key)
    if grade is None:
        return None, seat.grade_min is None, []
    reasons = [
        Reason(N_("Nhóm lương %(group)s chuyển sang bậc nghề nghiệp %(grade)s"), str(grade), figures[key].source,
               {"group": occupant.pay_group, "grade": grade})
    ]  # fmt: skip
    if seat.grade_min is None or seat.grade_max is None:
        # A manager keeps the grade of the base position; a position without grades gives none.
        return (grade if seat.group is PositionGroup.LEADERSHIP else None), True, reasons
    unraised = whole(figures, "placing.grade_unraised")
    if grade == unraised and grade < seat.grade_min:
        source = figures["placing.grade_unraised"].source
        if occupant.raised:
            text = N_("Đã có trình độ theo chuẩn nâng lên: bậc %(grade)s")
            return seat.grade_min, True, [*reasons, Reason(text, "", source, {"grade": seat.grade_min})]
        text = N_("Chưa có trình độ theo chuẩn nâng lên: giữ bậc %(grade)s")
        return grade, True, [*reasons, Reason(text, "", source, {"grade": grade})]
    if not seat.grade_min <= grade <= seat.grade_max:
        text = N_("Bậc %(grade)s ra ngoài khoảng bậc %(min)s đến bậc %(max)s của vị trí; cần xem lại")
        params = {"grade": grade, "min": seat.grade_min, "max": seat.grade_max}
        return grade, False, [*reasons, Reason(text, "", PUBLIC, params)]
    return grade, True, reasons


def propose(
    people: Iterable[Occupant], seats: Iterable[Seat], figures: Mapping[str, Parameter], rank_names: Mapping[str, str]
) -> list[Placement]:
    """Return a proposal for each person of one agency, in the order of their ids.

    Leadership posts go first, each to the line of its title, in the person's own unit before others. The rest go by how
    alike their work is to the position's name, then own unit, then whoever has the fewest lines open; no line gets more
    than its free seats, and nobody stays without a seat while one they may take is free.
    """
    rows = sorted(people, key=lambda one: one.person_id)
    lines = sorted(seats, key=lambda one: one.line_id)
    left = {line.line_id: line.free for line in lines}
    found: dict[int, Placement] = {}
    titles: dict[str, list[Seat]] = {}
    plain: dict[QuotaKind, list[Seat]] = {kind: [] for kind in QuotaKind}
    for line in lines:
        if line.leadership_post is not None:
            titles.setdefault(line.leadership_post, []).append(line)
        elif line.group is not PositionGroup.LEADERSHIP:
            plain[line.quota_kind].append(line)
    waiting = [one for one in rows if not one.posts]
    given = _titled(rows, titles, left)
    for one in rows:
        if one.posts:
            seat = given.get(one.person_id)
            found[one.person_id] = (
                _leading(one, seat, plain[one.quota_kind], figures) if seat else _no_title(one, titles)
            )
    pairs: list[tuple[float, int, int, int, int, Occupant, Seat]] = []
    for one in waiting:
        open_lines = [line for line in plain[one.quota_kind] if _takes(one, line, figures)]
        if not open_lines:
            found[one.person_id] = _none(one, plain[one.quota_kind])
            continue
        found[one.person_id] = Placement(
            one.person_id, None, None, Sureness.WEAK, (Reason(MISSING_LABELS[Missing.NO_FREE_SEAT]),),
            Missing.NO_FREE_SEAT,
        )  # fmt: skip
        pairs += (
            (-_score(one, line), line.unit_id != one.unit_id, len(open_lines), one.person_id, line.line_id, one, line)
            for line in open_lines
            if left[line.line_id] > 0
        )
    pairs.sort(key=lambda pair: pair[:5])
    placed: set[int] = set()
    for *_order, person_id, line_id, one, line in pairs:
        if person_id not in placed and left[line_id] > 0:
            left[line_id] -= 1
            placed.add(person_id)
            found[person_id] = _placed(one, line, figures, rank_names)
    return [found[one.person_id] for one in rows]


def _score(one: Occupant, line: Seat) -> float:
    return max(likeness(one.work, line.name), likeness(one.work, line.field) if line.field else 0.0)


def _sureness(score: float) -> Sureness:
    return Sureness.SURE if score >= SURE else Sureness.LIKELY if score >= LIKELY else Sureness.WEAK


def _takes(one: Occupant, line: Seat, figures: Mapping[str, Parameter]) -> bool:
    """Say whether a person may be proposed for a line: the rank is one of its ranks; for viên chức the grade too."""
    if one.quota_kind is QuotaKind.CONTRACT:
        return True
    if one.quota_kind is QuotaKind.PUBLIC:
        if one.pay_group is None:
            return False
        grade = whole(figures, f"placing.grade.{one.pay_group}")
        # A grade under the range is shown to be looked at (the standard was raised); one above it has no place there.
        return line.grade_max is None or (grade is not None and grade <= line.grade_max)
    return one.rank is not None and (not line.ranks or one.rank in line.ranks)


def _none(one: Occupant, lines: Sequence[Seat]) -> Placement:
    held = {QuotaKind.CIVIL: one.rank, QuotaKind.PUBLIC: one.pay_group, QuotaKind.CONTRACT: ""}[one.quota_kind]
    silent = held is None and bool(lines)
    why = Missing.NO_RANK if silent else Missing.NO_RANK_LINE
    return Placement(one.person_id, None, None, Sureness.WEAK, (Reason(MISSING_LABELS[why]),), why)


def _placed(one: Occupant, line: Seat, figures: Mapping[str, Parameter], rank_names: Mapping[str, str]) -> Placement:
    score = _score(one, line)
    sureness = _sureness(score)
    reasons = []
    if one.quota_kind is QuotaKind.CIVIL and one.rank is not None:
        text = N_("Ngạch %(rank)s ứng với vị trí")
        reasons.append(Reason(text, one.rank, CIVIL, {"rank": rank_names.get(one.rank, one.rank)}))
    grade, in_range, why = grade_of(one, line, figures)
    reasons += why
    if not in_range:
        sureness = Sureness.WEAK
    if sureness is Sureness.WEAK and score < LIKELY:
        text = N_("Công việc ghi trong hồ sơ chưa khớp tên vị trí") if one.work else N_("Hồ sơ chưa ghi công việc")
        reasons.append(Reason(text, one.work))
    else:
        text = N_("Công việc hiện nay “%(work)s” khớp %(percent)s%% tên vị trí")
        reasons.append(Reason(text, "", "", {"work": one.work, "percent": round(score * 100)}))
    if line.unit_id != one.unit_id:
        reasons.append(Reason(N_("Vị trí của đơn vị khác trong cơ quan")))
    return Placement(one.person_id, line.line_id, grade, sureness, tuple(reasons))


def _titled(rows: Sequence[Occupant], titles: Mapping[str, Sequence[Seat]], left: dict[int, int]) -> dict[int, Seat]:
    """Return the line of each leader by person: own unit before others, the main post before the others."""
    pairs = sorted(
        (
            (line.unit_id != one.unit_id, order, one.person_id, line.line_id, line)
            for one in rows
            for order, post in enumerate(one.posts)
            for line in titles.get(post, ())
            if line.quota_kind is one.quota_kind
        ),
        key=lambda pair: pair[:4],
    )
    given: dict[int, Seat] = {}
    for _elsewhere, _order, person_id, line_id, line in pairs:
        if person_id not in given and left[line_id] > 0:
            left[line_id] -= 1
            given[person_id] = line
    return given


def _no_title(one: Occupant, titles: Mapping[str, Sequence[Seat]]) -> Placement:
    known = any(line.quota_kind is one.quota_kind for post in one.posts for line in titles.get(post, ()))
    why = Missing.NO_FREE_SEAT if known else Missing.NO_POST_LINE
    return Placement(one.person_id, None, None, Sureness.WEAK, (Reason(MISSING_LABELS[why]),), why)


def _leading(one: Occupant, line: Seat, plain: Sequence[Seat], figures: Mapping[str, Parameter]) -> Placement:
    source = PUBLIC if one.quota_kind is QuotaKind.PUBLIC else CIVIL
    reasons = [Reason(N_("Chức vụ đang giữ là chức danh của vị trí"), line.name, source)]
    sureness = Sureness.SURE
    if line.unit_id != one.unit_id:
        sureness = Sureness.LIKELY
        reasons.append(Reason(N_("Vị trí của đơn vị khác trong cơ quan")))
    grade, base = None, None
    if one.quota_kind is QuotaKind.PUBLIC:
        base = min(
            (seat for seat in plain if _takes(one, seat, figures)),
            key=lambda seat: (-_score(one, seat), seat.unit_id != one.unit_id, seat.line_id),
            default=None,
        )
        grade, in_range, why_grade = grade_of(one, base or line, figures)
        reasons += why_grade
        if base is None or not in_range:
            sureness = Sureness.WEAK
        text = N_("Vị trí gốc để xếp bậc: %(position)s") if base else N_("Chưa tìm được vị trí gốc để xếp bậc")
        reasons.append(Reason(text, "", "NĐ 232/2026/NĐ-CP Đ7 k4", {"position": base.name} if base else {}))
    return Placement(
        one.person_id, line.line_id, grade, sureness, tuple(reasons), None, base.position_id if base else None
    )


def deadline(kind: QuotaKind, figures: Mapping[str, Parameter]) -> tuple[date, str] | None:
    """Return the day by which everybody of a quota is placed, with its article; None for contract labour."""
    found = figures.get(f"placing.deadline_{kind}")
    return (date.fromisoformat(found.value), found.source) if found else None
