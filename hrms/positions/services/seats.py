"""Seats taken, held and given back, each under the lock of its line: of two who want the last one, one gets it.

A proposal holds its seat from the day it goes up until it comes back or has its number; an approved recruitment holds
seats without a name. Whoever is late is told who has the seat, by name only where they may see that person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import insert, select, text, update

from hrms.agencies import queries as agencies
from hrms.audit import services as audit
from hrms.core import clock, dated, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.decisions.models import Decision, Submission
from hrms.people.queries import law
from hrms.positions.models import EstablishmentLine, SeatReservation
from hrms.positions.queries import seats as reading
from hrms.positions.queries.frames import frames_for
from hrms.positions.queries.seats import Choices, Levels, Line
from hrms.positions.rules import ratios
from hrms.positions.rules.establishment import takes_seat
from hrms.positions.rules.kinds import QuotaKind, SeatRole
from hrms.positions.rules.limits import Limits
from hrms.positions.rules.seats import Held, Occupation, check_seat

P = Permission


@dataclass(frozen=True, slots=True)
class Wish:
    """A seat somebody is to have from `start` to before `end` (None without end)."""

    person_id: int
    line_id: int
    role: SeatRole
    start: date
    end: date | None = None
    career_grade: int | None = None
    rank_code: str | None = None
    recruiting: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a list of wishes is judged by: lines with seats, who takes them, grades held, settings and limits."""

    lines: Mapping[int, Line]
    taken: Mapping[int, Sequence[Occupation]]
    levels: Mapping[int, Levels]
    used: Mapping[int, range]
    choices: Choices
    limits: Limits


def ground_of(wishes: Collection[Wish], *, actor: Actor | None = None, but_submission: int | None = None) -> Ground:
    """Read what wishes are judged by, as the transaction sees it; a fixed number of statements."""
    lines = reading.lines_of({one.line_id for one in wishes})
    choices = reading.choices()
    if not wishes or not lines:
        return Ground(lines, {}, {}, {}, choices, {})
    start = min(one.start for one in wishes)
    end = None if any(one.end is None for one in wishes) else max(one.end for one in wishes if one.end)
    taken = reading.occupations(lines, start, end, choices.counting, actor=actor, but_submission=but_submission)
    if not any(one.career_grade is not None for one in wishes) and not any(line.shares for line in lines.values()):
        return Ground(lines, taken, {}, {}, choices, {})
    frames = frames_for(lines.keys(), start)
    used = {}
    for line in lines.values():
        judging = frames.of(line.id)
        used[line.id] = (judging.requirements.grades if judging else range(0)) or line.grades
    return Ground(lines, taken, reading.levels(lines.values(), start), used, choices, reading.limits(start))


def problems_of(wishes: Sequence[Wish], ground: Ground, *, leaving: bool = False) -> dict[int, list[Problem]]:
    """Return by person why they cannot have what they wish for; wishes before others of the list go first.

    With `leaving`, whoever of the list takes another main seat leaves theirs free for the others from that day on.
    """
    goes = {one.person_id: one for one in wishes if one.role is SeatRole.MAIN} if leaving else {}
    taken = {
        line: [one for row in rows if (one := _left(row, line, goes)) is not None]
        for line, rows in ground.taken.items()
    }
    entering: dict[tuple[int, str], int] = {}
    found: dict[int, list[Problem]] = {}
    for wish in wishes:
        line = ground.lines.get(wish.line_id)
        if line is None:
            text_ = N_("Vị trí việc làm không còn. Hãy chọn vị trí khác.")
            found.setdefault(wish.person_id, []).append(Problem("line", "no_line", text_))
            continue
        wanted = Occupation(wish.person_id, wish.start, wish.end, wish.role)
        others = [one for one in taken[line.id] if not (wish.recruiting and one.held is Held.RECRUITMENT)]
        problems = check_seat(line.named, others, wanted, ground.choices.counting)
        problems += _ratio_problems(wish, line, ground, entering)
        taken[line.id].append(replace(wanted, held=Held.PROPOSAL))
        if problems:
            found.setdefault(wish.person_id, []).extend(problems)
    return found


def _left(row: Occupation, line: int, goes: Mapping[int, Wish]) -> Occupation | None:
    """Return an occupation as it is once its holder has gone to another seat of the same list, None for nothing."""
    wish = goes.get(row.person_id or 0)
    if wish is None or wish.line_id == line or row.held is not Held.ASSIGNMENT or row.role is not SeatRole.MAIN:
        return row
    if row.start >= wish.start:
        return row if wish.end is not None and row.start >= wish.end else None
    return replace(row, end=min(row.end or wish.start, wish.start))


def _ratio_problems(wish: Wish, line: Line, ground: Ground, entering: dict[tuple[int, str], int]) -> list[Problem]:
    """Return why nobody may enter the grade or rank of a wish: NĐ 232/2026/NĐ-CP Đ10, Đ18, approved shares."""
    held = ground.levels.get(line.id)
    if held is None or wish.role is not SeatRole.MAIN:
        return []
    day_seats = line.seats_on(wish.start)
    if line.quota_kind == QuotaKind.PUBLIC and wish.career_grade is not None:
        # Whoever manages counts in the position they are attached to (Đ10 k1), never in the management one.
        if line.keeps_base_grade or held.grades.get(wish.person_id) == wish.career_grade:
            return []
        key = (line.id, ratios.grade_level(wish.career_grade))
        entering[key] = entering.get(key, 0) + 1
        others = [grade for person, grade in held.grades.items() if person != wish.person_id]
        managers = [grade for person, grade in held.manager_grades.items() if person != wish.person_id]
        facts = ratios.GradeFacts(
            used=frozenset(ground.used.get(line.id, range(0))),
            posts=day_seats,
            held=_counted(others),
            manager_posts=held.manager_posts,
            managers=_counted(managers),
            shares={
                int(name.removeprefix("grade:")): Decimal(str(share))
                for name, share in line.shares.items()
                if name.startswith("grade:")
            },
        )
        answer = ratios.grade_ratio(facts, ground.limits, ground.choices.rounding, ground.choices.reading)
        found = ratios.check_grade_entry(
            answer, wish.career_grade, render(N_("Bậc nghề nghiệp %(grade)s"), grade=wish.career_grade), ground.limits,
            entering=entering[key], recruiting=wish.recruiting,
        )  # fmt: skip
        return [one for one in found if one.severity != "warning"]
    shares = {rank: Decimal(str(share)) for rank, share in line.shares.items() if not rank.startswith("grade:")}
    rank = wish.rank_code
    if rank is None or rank not in shares or held.ranks.get(wish.person_id) == rank:
        return []
    key = (line.id, rank)
    entering[key] = entering.get(key, 0) + 1
    counted: dict[str, int] = {}
    for person, code in held.ranks.items():
        if code is not None and person != wish.person_id:
            counted[code] = counted.get(code, 0) + 1
    level = next(
        one for one in ratios.share_ratio(day_seats, counted, shares, ground.choices.rounding) if one.level == rank
    )
    known = law.ranks().get(rank)
    return ratios.check_entry(level, known.name if known else rank, ground.limits, entering=entering[key])


def _counted(grades: Iterable[int | None]) -> dict[int, int]:
    found: dict[int, int] = {}
    for grade in grades:
        if grade is not None:
            found[grade] = found.get(grade, 0) + 1
    return found


def lock_lines(ids: Collection[int]) -> None:
    """Lock lines in the order of their ids until the transaction ends: nobody else takes or gives seats of them."""
    query = select(EstablishmentLine.id).where(EstablishmentLine.id.in_(sorted(set(ids))))
    db.session.execute(query.order_by(EstablishmentLine.id).with_for_update())


def check(actor: Actor, wishes: Sequence[Wish], *, leaving: bool = False) -> None:
    """Lock the lines and refuse what has no seat: called when assignments are written, whoever sees the people.

    Raises `Refused` with a sentence for each wish without a seat, naming who has it.
    """
    if not wishes:
        return
    lock_lines({one.line_id for one in wishes})
    with scope.everything():
        found = problems_of(wishes, ground_of(wishes, actor=seeing(actor)), leaving=leaving)
    refuse_if([problem for problems in found.values() for problem in problems])


def hold(actor: Actor, submission: Submission, wishes: Sequence[Wish]) -> None:
    """Keep the seats a proposal needs while it is on its way, under the lock of the lines.

    Raises `Refused`: who came a moment later is told who has the seat. The transaction sees everything.
    """
    if not wishes:
        return
    lock_lines({one.line_id for one in wishes})
    ground = ground_of(wishes, actor=seeing(actor), but_submission=submission.id)
    found = problems_of(wishes, ground, leaving=submission.one_paper)
    refuse_if([problem for problems in found.values() for problem in problems])
    rows = [
        {
            "line_id": one.line_id, "kind": Held.PROPOSAL.value, "seats": 1, "valid_from": one.start,
            "valid_to": one.end, "submission_id": submission.id, "person_id": one.person_id,
            "recorded_by": actor.account_id,
        }
        for one in wishes
        if takes_seat(one.role, ground.choices.counting)
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(SeatReservation).inline(), rows)


def release(submission_id: int, person_ids: Collection[int]) -> None:
    """Give back what a proposal held for these people. The transaction sees everything."""
    if person_ids:
        db.session.execute(
            update(SeatReservation)
            .where(
                SeatReservation.submission_id == submission_id,
                SeatReservation.person_id.in_(sorted(person_ids)),
                SeatReservation.released_at.is_(None),
            )
            .values(released_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def use_reserved(actor: Actor, wishes: Sequence[Wish]) -> None:
    """Take the seats recruits have been given off what was kept for a recruitment, the oldest first.

    The transaction sees everything and holds the lines.
    """
    for wish in wishes:
        if not wish.recruiting:
            continue
        found = db.session.scalar(
            select(SeatReservation)
            .where(
                SeatReservation.line_id == wish.line_id,
                SeatReservation.kind == Held.RECRUITMENT.value,
                SeatReservation.released_at.is_(None),
            )
            .order_by(SeatReservation.id)
            .limit(1)
        )
        if found is None:
            continue
        found.released_at = clock.now()
        if found.seats > 1:
            db.session.add(
                SeatReservation(
                    line_id=found.line_id, kind=found.kind, seats=found.seats - 1, valid_from=found.valid_from,
                    valid_to=found.valid_to, decision_id=found.decision_id, note=found.note,
                    recorded_by=actor.account_id,
                )
            )  # fmt: skip
        db.session.flush()


def seeing(actor: Actor) -> Actor:
    """Return the account that reads an answer: the program in somebody's name tells them no more than they may see."""
    return replace(actor, is_system=False) if actor.is_system and actor.account_id is not None else actor


def reserve_for_recruitment(
    actor: Actor,
    line_id: int,
    seats: int,
    valid_from: date,
    valid_to: date | None,
    decision_id: int | None,
    note: str = "",
) -> SeatReservation:
    """Keep seats of a line for an approved recruitment, from a day to before another; returns the reservation.

    A form sent twice keeps them once: just such a reservation that stands already is returned.

    Raises `NotFound`, `Forbidden`, and `Refused` for days or a number that cannot be and when the seats are not free.
    """
    actor.require(P.POSITIONS_MANAGE)
    line = _own_line(actor, line_id)
    found = []
    if not 1 <= seats <= 1000:
        words = N_("Số chỗ phải từ 1 đến 1000, đang ghi %(seats)s.")
        found.append(Problem("seats", "bad_number", words, {"seats": seats}))
    if valid_to is not None and valid_to <= valid_from:
        words = N_("Ngày cuối %(until)s trước ngày đầu %(since)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("valid_to", "ends_before_it_begins", words, {"until": valid_to, "since": valid_from}))
    if decision_id is None and not nfc(note):
        words = N_("Chưa ghi căn cứ. Hãy chọn quyết định phê duyệt tuyển dụng hoặc ghi số, ngày văn bản.")
        found.append(Problem("note", "required", words))
    if decision_id is not None and db.session.get(Decision, decision_id) is None:
        raise missing("decision")
    refuse_if(found)
    lock_lines([line_id])
    values = {
        "line_id": line_id, "kind": Held.RECRUITMENT.value, "seats": seats, "valid_from": valid_from,
        "valid_to": valid_to, "decision_id": decision_id, "note": nfc(note) or None, "recorded_by": actor.account_id,
    }  # fmt: skip
    same: SeatReservation | None = db.session.scalar(
        select(SeatReservation).filter_by(**values, released_at=None).order_by(SeatReservation.id).limit(1)
    )
    if same is not None:
        return same
    counting = reading.choices().counting
    with scope.everything():
        taken = reading.occupations([line_id], valid_from, valid_to, counting, actor=seeing(actor))
    wanted = Occupation(None, valid_from, valid_to, seats=seats, held=Held.RECRUITMENT)
    refuse_if(check_seat(line.named, taken[line_id], wanted, counting, field="seats"))
    made = SeatReservation(**values)
    db.session.add(made)
    db.session.flush()
    _tell(actor, "seats.reserved", line, {"seats": seats, "valid_from": valid_from, "valid_to": valid_to})
    return made


def release_recruitment(actor: Actor, reservation_id: int) -> SeatReservation:
    """Give the seats of a recruitment back. Raises `NotFound`, `Forbidden`; given back already, nothing happens."""
    actor.require(P.POSITIONS_MANAGE)
    found = db.session.get(SeatReservation, reservation_id)
    if found is None or found.kind != Held.RECRUITMENT.value:
        raise missing("reservation")
    line = _own_line(actor, found.line_id)
    lock_lines([found.line_id])
    if found.released_at is None:
        found.released_at = clock.now()
        db.session.flush()
        _tell(actor, "seats.released", line, {"seats": found.seats, "valid_from": found.valid_from})
    return found


def _own_line(actor: Actor, line_id: int) -> Line:
    line = reading.lines_of([line_id]).get(line_id)
    if line is None or not actor.may(P.POSITIONS_VIEW, at=line.scope_ids):
        raise missing("line")
    actor.require(P.POSITIONS_MANAGE, at=line.scope_ids)
    return line


def _tell(actor: Actor, action: str, line: Line, after: Mapping[str, object]) -> None:
    audit.record(
        actor, action, "establishment_line", line.id, scope_ids=agencies.scope_ids_of([line.agency_id]),
        agency_id=line.agency_id, after=audit.plain({"position": line.position, **after}),
    )  # fmt: skip


_REGAINED = text("""
WITH mine AS (
  SELECT person_id, line_id, role, daterange(valid_from, valid_to) AS days, recorded_at = :moment AS laid
  FROM assignments WHERE person_id = ANY (:people)
    AND ((superseded_at = :moment AND recorded_at <> :moment) OR (superseded_at IS NULL AND recorded_at = :moment))
)
SELECT person_id, line_id, role, lower(part) AS start, upper(part) AS till FROM (
  SELECT person_id, line_id, role, coalesce(range_agg(days) FILTER (WHERE laid), '{}') AS laid,
    coalesce(range_agg(days) FILTER (WHERE NOT laid), '{}') AS gone
  FROM mine GROUP BY person_id, line_id, role) both_ways
CROSS JOIN LATERAL unnest(laid - gone) AS part ORDER BY person_id, line_id, start
""")


def regained(people: Collection[int]) -> list[Wish]:
    """Return the seats people have since this transaction on days they did not have them before, from today on."""
    db.session.flush()
    today = clock.today()
    given = {"people": sorted(people), "moment": dated.recording_moment()}
    return [
        Wish(row.person_id, row.line_id, SeatRole(row.role), max(row.start, today), row.till)
        for row in db.session.execute(_REGAINED, given)
        if row.till is None or row.till > today
    ]


_SITTING = text("SELECT person_id FROM seats_taken(CAST(:lines AS bigint[]), :on, :on + 1)")


def sitting(line_id: int, on: date) -> set[int]:
    """Return who sits in a line on a day, ids only."""
    return set(db.session.scalars(_SITTING, {"lines": [line_id], "on": on}))
