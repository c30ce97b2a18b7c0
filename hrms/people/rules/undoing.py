"""Taking back what a decision made true: which intervals it touched, what stood there before, who rests on it since.

The two clocks hold the answer. A decision wrote at one moment; what was known just before that moment, over the days it
touched, is what comes back. It may only come back while those days still stand as the decision left them: otherwise a
later paper rests on it, and that one is named. No figures of the law; correction and cancellation of papers follow
NĐ 30/2020/NĐ-CP Đ18 and the power of whoever issued them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

Key = tuple[tuple[str, Any], ...]
_END = date.max


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a dated table with both clocks; `row_id` grows with the order of writing."""

    row_id: int
    kind: str
    key: Key
    values: Mapping[str, Any]
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    decision_id: int | None
    recorded_by: int | None = None
    batch_id: int | None = None

    @property
    def said(self) -> tuple[Any, ...]:
        """What the row says and on which paper, without its days and clocks."""
        return (self.decision_id, tuple(sorted(self.values.items(), key=lambda pair: pair[0])))


@dataclass(frozen=True, slots=True)
class Effect:
    """Days of a key that a decision touched at a moment: laid or emptied, `[start, end)`; no end is open.

    `before_id` is set where only the decision's own rows tell of it (entered by hand, imported): the first of them.
    """

    kind: str
    key: Key
    start: date
    end: date | None
    moment: datetime
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What is (or was) true of a key over some days; no row is nothing."""

    kind: str
    key: Key
    start: date
    end: date | None
    row: Row | None


@dataclass(frozen=True, slots=True)
class PaperEffects:
    """What another paper about the person touched, and when; papers taken back are left out."""

    decision_id: int
    effects: Sequence[Effect]


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a decision cannot be taken back: the later paper that rests on it, None when it was changed by hand."""

    decision_id: int | None
    kind: str


def effects_of_rows(rows: Iterable[Row], decision_id: int) -> list[Effect]:
    """Return what a decision touched as its own rows tell it; days it wrote again after a cut are not told twice."""
    found: list[Effect] = []
    for row in sorted((r for r in rows if r.decision_id == decision_id), key=lambda r: r.row_id):
        if not any(_covers(one, row) for one in found):
            effect = Effect(row.kind, row.key, row.valid_from, row.valid_to, row.recorded_at, row.row_id)
            found.append(effect)
    return found


def _covers(effect: Effect, row: Row) -> bool:
    return (
        (effect.kind, effect.key) == (row.kind, row.key)
        and effect.start <= row.valid_from
        and _till(row.valid_to) <= _till(effect.end)
    )


def merged(effects: Iterable[Effect]) -> list[Effect]:
    """Return the same days without overlaps: what was emptied and then laid over is one stretch."""
    found: list[Effect] = []
    for one in sorted(effects, key=lambda e: (e.kind, str(e.key), e.moment, e.start)):
        last = found[-1] if found else None
        joins = last is not None and (last.kind, last.key, last.moment) == (one.kind, one.key, one.moment)
        if last is not None and joins and last.before_id == one.before_id and one.start <= _till(last.end):
            end = max(_till(last.end), _till(one.end))
            found[-1] = Effect(last.kind, last.key, last.start, None if end == _END else end, last.moment)
        else:
            found.append(one)
    return found


def standing(rows: Iterable[Row], effect: Effect) -> list[Piece]:
    """Return what is true now on the days of an effect."""
    return _cut(rows, effect, lambda row: row.superseded_at is None)


def left(rows: Iterable[Row], effect: Effect, decision_id: int) -> list[Piece]:
    """Return what the decision left true on the days of an effect."""
    if effect.before_id is not None:
        own = Row(
            effect.before_id, effect.kind, effect.key, {}, effect.start, effect.end, effect.moment, None, decision_id
        )
        found = next((r for r in rows if (r.kind, r.row_id) == (effect.kind, effect.before_id)), own)
        return [Piece(effect.kind, effect.key, effect.start, effect.end, found)]
    return _cut(
        rows, effect,
        lambda r: r.recorded_at <= effect.moment and (r.superseded_at is None or r.superseded_at > effect.moment),
    )  # fmt: skip


def before(rows: Iterable[Row], effect: Effect) -> list[Piece]:
    """Return what was true on the days of an effect before the decision touched them.

    Several rows laid over each other at the same moment (an import) are told apart by the order of writing.
    """
    if effect.before_id is None:
        return _cut(
            rows, effect,
            lambda r: r.recorded_at < effect.moment and (r.superseded_at is None or r.superseded_at >= effect.moment),
        )  # fmt: skip
    first = effect.before_id
    return _cut(
        rows, effect,
        lambda r: r.row_id < first and r.recorded_at <= effect.moment
        and (r.superseded_at is None or r.superseded_at >= effect.moment),
    )  # fmt: skip


def _cut(rows: Iterable[Row], effect: Effect, holds: Callable[[Row], bool]) -> list[Piece]:
    """Return the days of an effect in pieces, each with the row that holds there; of several the last written."""
    end = _till(effect.end)
    candidates = [
        r for r in rows
        if (r.kind, r.key) == (effect.kind, effect.key) and r.valid_from < end and _till(r.valid_to) > effect.start
        and holds(r)
    ]  # fmt: skip
    days = {effect.start, end}
    for row in candidates:
        days |= {day for day in (row.valid_from, _till(row.valid_to)) if effect.start < day < end}
    cuts = sorted(days)
    found: list[Piece] = []
    for start, stop in pairwise(cuts):
        there = [r for r in candidates if r.valid_from <= start and _till(r.valid_to) >= stop]
        latest = max(there, key=lambda r: r.row_id, default=None)
        last = found[-1] if found else None
        until = None if stop == _END else stop
        if last is not None and last.row is latest:
            found[-1] = Piece(effect.kind, effect.key, last.start, until, latest)
        else:
            found.append(Piece(effect.kind, effect.key, start, until, latest))
    return found


def blockers(
    rows: Sequence[Row], effects: Sequence[Effect], decision_id: int, others: Sequence[PaperEffects]
) -> list[Blocker]:
    """Return who rests on a decision: papers that changed its days since, or wrote of the same key later on.

    `others` are the other papers about the person, for endings leave no row of their own.
    """
    found: list[Blocker] = []
    for effect in effects:
        mine = [row for row in rows if (row.kind, row.key) == (effect.kind, effect.key)]
        changed = _differing(left(mine, effect, decision_id), standing(mine, effect))
        found += [_who(mine, effect, piece, others) for piece in changed]
        if effect.end is not None:
            for row in mine:
                later = row.superseded_at is None and row.valid_from >= effect.end
                if later and row.decision_id != decision_id and not _known_by(mine, row, effect):
                    found.append(Blocker(row.decision_id, effect.kind))
    return list(dict.fromkeys(found))


def _differing(was: Sequence[Piece], now: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of `now` that say something else than `was` did on the same days."""
    changed = []
    for piece in now:
        for old in was:
            overlap = old.start < _till(piece.end) and piece.start < _till(old.end)
            same = (old.row.said if old.row else None) == (piece.row.said if piece.row else None)
            if overlap and not same:
                changed.append(piece)
                break
    return changed


def _who(rows: Sequence[Row], effect: Effect, piece: Piece, others: Sequence[PaperEffects]) -> Blocker:
    if piece.row is not None and piece.row.decision_id is not None and not _known_by(rows, piece.row, effect):
        return Blocker(piece.row.decision_id, effect.kind)
    for paper in others:
        for other in paper.effects:
            touches = other.start < _till(piece.end) and piece.start < _till(other.end)
            if (other.kind, other.key) == (effect.kind, effect.key) and touches and other.moment > effect.moment:
                return Blocker(paper.decision_id, effect.kind)
    return Blocker(None, effect.kind)


def _known_by(rows: Sequence[Row], row: Row, effect: Effect) -> bool:
    """Say whether what a row says stood in the record before the decision wrote."""
    first = min((r.recorded_at, r.row_id) for r in rows if r.decision_id == row.decision_id and r.said == row.said)
    if effect.before_id is not None:
        return first < (effect.moment, effect.before_id)
    return first[0] < effect.moment


def restored(rows: Sequence[Row], effects: Sequence[Effect]) -> list[Piece]:
    """Return what comes back, joined with what adjoins it and says the same; an empty piece is to be emptied."""
    found = []
    for effect in effects:
        now = [
            r for r in rows if r.superseded_at is None and (r.kind, r.key) == (effect.kind, effect.key)
        ]  # fmt: skip
        for piece in before(rows, effect):
            start, end = piece.start, piece.end
            if piece.row is not None:
                said = piece.row.said
                start = next((r.valid_from for r in now if r.valid_to == start and r.said == said), start)
                if end is not None:
                    end = next((r.valid_to for r in now if r.valid_from == end and r.said == said), end)
            found.append(Piece(piece.kind, piece.key, start, end, piece.row))
    return found


def overlaid(rows: Iterable[Row], kind: str, key: Key, layers: Iterable[Laid]) -> list[Laid]:
    """Return a key's days as they stand, with `layers` laid over them in order: what will be true, oldest first."""
    found = [
        Laid(kind, key, row.values, row.valid_from, row.valid_to)
        for row in rows
        if row.superseded_at is None and (row.kind, row.key) == (kind, key)
    ]
    for layer in layers:
        if (layer.kind, layer.key) == (kind, key):
            found = [rest for one in found for rest in _outside(one, layer)]
            found += [layer] if layer.values is not None else []
    joined: list[Laid] = []
    for one in sorted(found, key=lambda laid: laid.start):
        last = joined[-1] if joined else None
        if last is not None and last.end == one.start and last.values == one.values:
            joined[-1] = Laid(kind, key, last.values, last.start, one.end)
        else:
            joined.append(one)
    return joined


def _outside(one: Laid, layer: Laid) -> list[Laid]:
    """Return the parts of a stretch that stick out of another."""
    found = []
    if one.start < layer.start:
        found.append(Laid(one.kind, one.key, one.values, one.start, _sooner(one.end, layer.start)))
    if layer.end is not None and _till(one.end) > layer.end:
        found.append(Laid(one.kind, one.key, one.values, max(one.start, layer.end), one.end))
    return found


def _sooner(end: date | None, day: date) -> date:
    return day if end is None else min(end, day)


def _till(day: date | None) -> date:
    return _END if day is None else day


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a correction puts in place of what was written; None leaves it. Days are first and last days."""

    starts_on: date | None = None
    last_day: date | None = None
    agency_id: int | None = None
    managing_agency_id: int | None = None
    post_code: str | None = None
    post_name: str | None = None
    coefficient: Decimal | None = None
    rank_code: str | None = None
    step: int | None = None
    happens_on: date | None = None
    """The day a notice speaks of, which is no day of a fact."""

    @property
    def any(self) -> bool:
        """Say whether a fact changes at all; a slip of the pen in the text changes none."""
        return any(getattr(self, name) is not None for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Laid:
    """A fact to lay, `values` None to empty the days: what a corrected decision says instead."""

    kind: str
    key: Key
    values: Mapping[str, Any] | None
    start: date
    end: date | None


def amended(pieces: Sequence[Piece], decision_id: int, corrections: Corrections) -> list[Laid]:
    """Return what a decision says with its corrections; `pieces` are the days as it left them.

    A new first day moves everything that began on the former one, ends too. A new last day goes to what had one.
    """
    own = [piece for piece in pieces if piece.row is None or piece.row.decision_id == decision_id]
    first = min((piece.start for piece in own), default=None)
    used = next((p.row.values["agency_id"] for p in own if p.row is not None and _is(p, "using")), None)
    found = []
    for piece in own:
        start = corrections.starts_on if corrections.starts_on and piece.start == first else piece.start
        end = piece.end
        if corrections.last_day and end is not None and piece.row is not None:
            end = corrections.last_day + timedelta(days=1)
        if end is not None and end <= start:
            continue
        values = None if piece.row is None else _corrected(piece.kind, piece, corrections, used)
        found.append(Laid(piece.kind, piece.key, values, start, end))
    return found


def starts(pieces: Sequence[Piece], decision_id: int) -> list[date]:
    """Return the days on which something of a decision begins or ends, earliest first."""
    return sorted({p.start for p in pieces if p.row is None or p.row.decision_id == decision_id})


def _is(piece: Piece, membership: str) -> bool:
    return piece.kind == "agency" and ("membership", membership) in piece.key


def _corrected(kind: str, piece: Piece, new: Corrections, used: int | None) -> dict[str, Any]:
    values = dict(piece.row.values) if piece.row else {}
    agency = values.get("agency_id")
    if kind == "agency" and _is(piece, "managing"):
        same = new.agency_id if agency == used else None
        values["agency_id"] = new.managing_agency_id or same or agency
    elif kind in {"agency", "post"} and (kind == "agency" or agency == used):
        values["agency_id"] = new.agency_id or agency
    if kind == "post" and (new.post_code or new.post_name):
        values |= {"post_code": new.post_code, "post_name": new.post_name}
    if kind in {"post", "allowance"} and new.coefficient is not None:
        values["coefficient"] = new.coefficient
    if kind == "rank" and (new.rank_code or new.step):
        # Group and coefficient follow from rank and step.
        kept = {"pay_table": None, "pay_group": None, "coefficient": None}
        values |= {**kept, "rank_code": new.rank_code or values["rank_code"], "step": new.step or values["step"]}
    return values
