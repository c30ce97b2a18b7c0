"""What every decision that gives a seat shares: the line read, the seat held, the fit judged, the assignment written.

`seat()` reads everything for a list at once and leaves it in `Proposed.more["seat"]`; the other functions only look at
it. Words of changes and articles are Vietnamese: they stand on the paper.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, text

from hrms.audit import services as audit
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Proposed, Records
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition
from hrms.people.kinds.common import day, figures, known_of, shown, whole
from hrms.people.kinds.subjects import Gathered, Place
from hrms.people.rules.kinds import PersonKind
from hrms.people.services.facts import Fact
from hrms.positions.models import PositionGap
from hrms.positions.queries import choosing, fit, kin
from hrms.positions.queries.seats import Line
from hrms.positions.rules import fit as fit_rules
from hrms.positions.rules.holding import Held, approved_position, leadership_route, seat_conditions
from hrms.positions.rules.kinds import FIT_LABELS, ROLE_LABELS, FitOutcome, QuotaKind, SeatRole
from hrms.positions.rules.kinship import Member, kinship, work_of
from hrms.positions.services import seats
from hrms.positions.services.facts import KIND as FACT
from hrms.positions.services.seats import Wish

GRADES = range(1, 6)
RECORDS = Records("positions.line_choices", choosing.find_lines, choosing.line_names)


def grade_choices() -> list[tuple[str, str]]:
    """Return the career grades."""
    return [(str(grade), render(N_("Bậc %(grade)s"), grade=grade)) for grade in GRADES]


def fit_choices() -> list[tuple[str, str]]:
    """Return the outcomes of fitness."""
    return [(one.value, words) for one, words in FIT_LABELS.items()]


LINE = Field("line", N_("Vị trí việc làm"), "record", per_person=True, records=RECORDS)
LINE_OPTIONAL = Field(
    "line", N_("Vị trí việc làm"), "record", required=False, per_person=True, records=RECORDS,
    hint=N_("Vị trí còn chỗ trong phạm vi của bạn; bỏ trống nếu bố trí sau."),
)  # fmt: skip
GRADE = Field(
    "career_grade", N_("Bậc nghề nghiệp"), "choice", required=False, per_person=True, choices=grade_choices,
    hint=N_("Vị trí viên chức có dùng bậc (NĐ 232/2026/NĐ-CP Đ7)."),
)  # fmt: skip
BASE = Field(
    "base_position", N_("Vị trí chuyên môn gắn với vị trí quản lý"), "record", required=False, per_person=True,
    records=Records("positions.position_choices", choosing.find_bases, choosing.base_names),
    hint=N_("Viên chức quản lý giữ bậc của vị trí này (NĐ 232/2026/NĐ-CP Đ5 k5c); bỏ trống nếu đã ghi ở biên chế."),
)  # fmt: skip
FIT = Field(
    "fit", N_("Kết quả so với khung năng lực"), "choice", required=False, per_person=True, choices=fit_choices,
    hint=N_("Người đề nghị xác nhận sau khi xem từng yêu cầu."),
)  # fmt: skip
FIT_NOTE = Field("fit_note", N_("Căn cứ của kết quả"), "text", required=False, per_person=True)
KINDS_OF: dict[str, frozenset[str]] = {
    QuotaKind.CIVIL.value: frozenset({PersonKind.CADRE, PersonKind.CIVIL_SERVANT}),
    QuotaKind.PUBLIC.value: frozenset({PersonKind.PUBLIC_EMPLOYEE}),
    QuotaKind.CONTRACT.value: frozenset({PersonKind.CONTRACT, PersonKind.PART_TIME}),
}
_BETTER = {FitOutcome.UNMET: 0, FitOutcome.TRAIN: 1, FitOutcome.MET: 2}


@dataclass(frozen=True, slots=True)
class Seated:
    """What was read for one person's seat."""

    line: Line
    wish: Wish
    judgement: fit.Judgement | None
    full: tuple[Problem, ...]
    held: tuple[Held, ...]
    kin: tuple[Condition, ...]
    now: Line | None
    """The line of the main seat held on the day of effect."""
    grade_now: int | None = None
    """The career grade held there."""

    @property
    def checks(self) -> Sequence[fit_rules.Check]:
        """Return the requirements one by one."""
        return self.judgement.checks if self.judgement else ()

    @property
    def proposed_fit(self) -> FitOutcome:
        """Return what the record alone says."""
        return fit_rules.outcome_of(self.checks)


def seat_of(proposed: Proposed) -> Seated | None:
    """Return what was read, None where no line is chosen or `prepare()` was not asked."""
    found: Seated | None = proposed.more.get("seat")
    return found


def line_id(proposed: Proposed) -> int | None:
    """Return the line chosen."""
    return whole(proposed.values, "line")


def wish_of(proposed: Proposed, role: SeatRole, until: date | None = None, *, recruiting: bool = False) -> Wish | None:
    """Return the seat a proposal asks for, held until the end of the day `until`; None without a line."""
    chosen = line_id(proposed)
    if chosen is None:
        return None
    end = until + timedelta(days=1) if until is not None and until >= proposed.effective_on else None
    return Wish(
        proposed.subject.person_id, chosen, role, proposed.effective_on, end, whole(proposed.values, "career_grade"),
        proposed.subject.rank_code, recruiting,
    )  # fmt: skip


def seat(proposed: Sequence[Proposed], wish: Callable[[Proposed], Wish | None]) -> list[Proposed]:
    """Return the proposals with their seats read; a fixed number of statements for any number of people."""
    wishes = {one.subject.person_id: asked for one in proposed if (asked := wish(one)) is not None}
    if not wishes:
        return list(proposed)
    on = min(one.start for one in wishes.values())
    ground = seats.ground_of(list(wishes.values()))
    # Whether the list becomes one paper is not known here; `hold()` asks again and knows.
    full = seats.problems_of(list(wishes.values()), ground, leaving=True)
    held = held_by(wishes)
    now = choosing.lines_of({one.line_id for found in held.values() for one in found if _main(one, on)})
    wanted = [
        (person, ground.lines[one.line_id], one.career_grade)
        for person, one in wishes.items()
        if one.line_id in ground.lines
    ]
    fits = fit.judge(wanted, on)
    places = known_of(proposed[0]).record.places
    legal = {line.agency_id: _legal(places.legal(line.agency_id), line) for line in ground.lines.values()}
    units = kin.units(legal, wishes.keys())
    made = []
    for one in proposed:
        person = one.subject.person_id
        mine = wishes.get(person)
        line = ground.lines.get(mine.line_id) if mine else None
        if mine is None or line is None:
            made.append(one)
            continue
        seats_held = held.get(person, ())
        main = next((h for h in seats_held if _main(h, on)), None)
        found = Seated(
            line, mine, fits.get((person, line.id)), tuple(full.get(person, ())), seats_held,
            tuple(_kinship(one, line, units.get(line.agency_id))),
            now.get(main.line_id) if main else None, main.career_grade if main else None,
        )  # fmt: skip
        made.append(replace(one, more={**one.more, "seat": found}))
    return made


def _legal(place: Place | None, line: Line) -> int:
    return place.id if place else line.agency_id


def _main(one: Held, on: date) -> bool:
    return one.role is SeatRole.MAIN and one.on(on)


_HELD = text("""
SELECT person_id, line_id, role, valid_from, valid_to, career_grade FROM assignments
WHERE person_id = ANY (:people) AND superseded_at IS NULL ORDER BY valid_from
""")


@dataclass(frozen=True, slots=True)
class Sitting(Held):
    """A seat with the career grade held in it."""

    career_grade: int | None = None


def held_by(people: Collection[int]) -> dict[int, tuple[Sitting, ...]]:
    """Return the seats people hold, held and will hold, as known now; one statement."""
    found: dict[int, list[Sitting]] = {}
    for row in db.session.execute(_HELD, {"people": sorted(people)}):
        one = Sitting(row.line_id, SeatRole(row.role), row.valid_from, row.valid_to, row.career_grade)
        found.setdefault(row.person_id, []).append(one)
    return {person: tuple(rows) for person, rows in found.items()}


def _kinship(proposed: Proposed, line: Line, unit: kin.Unit | None) -> list[Condition]:
    if unit is None:
        return []
    record, subject = known_of(proposed).record, proposed.subject
    born = record.born.year if record.born is not None else None
    placed = Member(
        subject.person_id, subject.name, born, leads=line.leadership_post is not None,
        work=work_of(line.position, line.field or ""), position=line.position,
    )  # fmt: skip
    return kinship(unit.of(subject.person_id), [(one, unit.of(one.person_id)) for one in unit.members], placed)


# What contradicts itself, and the conditions of the law


def problems(proposed: Proposed, target: Place | None, *, elsewhere: str = "") -> list[Problem]:
    """Return what contradicts itself: kind of person, place, grade, the confirmed fit, and who has the seat.

    `target` is the agency that uses the person afterwards; `elsewhere` says what to do when the line is not there.
    """
    found = seat_of(proposed)
    if found is None:
        return []
    line, subject, values = found.line, proposed.subject, proposed.values
    told = []
    if subject.person_kind is not None and subject.person_kind not in KINDS_OF[line.quota_kind]:
        text_ = N_(
            "%(position)s không dành cho %(name)s: khác loại cán bộ, công chức, viên chức. Hãy chọn vị trí khác."
        )
        told.append(Problem("line", "other_kind", text_, {"position": line.position, "name": subject.name}))
    if not _borne(found, target, known_of(proposed).record):
        text_ = N_("%(position)s thuộc %(agency)s, không phải nơi %(name)s công tác. %(remedy)s")
        remedy = elsewhere or N_("Hãy chọn vị trí của cơ quan đó.")
        params = {"position": line.position, "agency": line.agency, "name": subject.name, "remedy": remedy}
        told.append(Problem("line", "other_agency", text_, params))
    told += _grade_problems(found, values)
    base = whole(values, "base_position")
    if base is not None and not line.keeps_base_grade:
        text_ = N_("%(position)s không phải vị trí quản lý của viên chức. Hãy bỏ trống mục này.")
        told.append(Problem("base_position", "no_base", text_, {"position": line.position}))
    if line.keeps_base_grade and base is None and line.base_position_id is None:
        text_ = N_("%(position)s: chưa ghi vị trí chuyên môn gắn với vị trí quản lý. Hãy chọn vị trí đó.")
        told.append(Problem("base_position", "required", text_, {"position": line.position}))
    confirmed = confirmed_fit(proposed)
    if (
        confirmed is not None
        and _BETTER[confirmed] > _BETTER[found.proposed_fit]
        and not str(values.get("fit_note") or "").strip()
    ):
        text_ = N_("Kết quả xác nhận cao hơn so sánh với hồ sơ (%(fit)s). Hãy ghi căn cứ.")
        told.append(Problem("fit_note", "required", text_, {"fit": FIT_LABELS[found.proposed_fit]}))
    return told or list(found.full)


def _borne(found: Seated, target: Place | None, record: Gathered) -> bool:
    """Say whether who works at `target` can bear the seat: the same agency, one above or below, or one big agency."""
    line = found.line
    if target is None:
        return False
    if found.wish.role in {SeatRole.MAIN, SeatRole.SECONDED}:
        return line.agency_id in target.scope_ids or target.id in line.scope_ids
    del record
    return line.scope_ids[2:3] == tuple(target.scope_ids[2:3])


def _grade_problems(found: Seated, values: Mapping[str, Any]) -> list[Problem]:
    used = found.judgement.grades if found.judgement else found.line.grades
    grade = whole(values, "career_grade")
    position = found.line.position
    if grade is None:
        if used and found.line.quota_kind == QuotaKind.PUBLIC and found.wish.role is SeatRole.MAIN:
            text_ = N_("%(position)s dùng bậc %(low)s đến %(high)s. Hãy chọn bậc nghề nghiệp.")
            params = {"position": position, "low": used[0], "high": used[-1]}
            return [Problem("career_grade", "required", text_, params)]
        return []
    if not used and not found.line.keeps_base_grade:
        text_ = N_("%(position)s không có bậc nghề nghiệp. Hãy bỏ trống mục này.")
        return [Problem("career_grade", "no_grades", text_, {"position": position})]
    if used and grade not in used:
        text_ = N_("Bậc %(grade)s không được sử dụng ở %(position)s (bậc %(low)s đến %(high)s). Hãy chọn lại.")
        params = {"grade": grade, "position": position, "low": used[0], "high": used[-1]}
        return [Problem("career_grade", "grade_not_used", text_, params)]
    return []


def confirmed_fit(proposed: Proposed) -> FitOutcome | None:
    """Return the outcome the proposer confirmed."""
    given = str(proposed.values.get("fit") or "")
    return FitOutcome(given) if given in set(FitOutcome) else None


def posts_held(record: Gathered) -> list[str]:
    """Return the leadership posts somebody is appointed to."""
    return [one.code for one in record.posts if one.code and not one.is_acting]


def conditions(proposed: Proposed, *, route: bool = True, fitting: bool = True, held: bool = True) -> list[Condition]:
    """Return the conditions of the seat: approved position, the post, the way of holding it, the fit, relatives.

    `route` is False where the decision itself gives the post; `fitting` where the caller judges the fit; `held` where
    the decision's own conditions say how long and beside what it is held.
    """
    found = seat_of(proposed)
    if found is None:
        return []
    line, on = found.line, proposed.effective_on
    has_frame = found.judgement is not None and found.judgement.frame is not None
    told = approved_position(active=line.active, has_frame=has_frame, seats=line.seats_on(on))
    if route:
        told += leadership_route(found.wish.role, line.leadership_post, posts_held(known_of(proposed).record))
    until = found.wish.end - timedelta(days=1) if found.wish.end else None
    if held and found.wish.role is not SeatRole.SECONDED:
        told += seat_conditions(found.wish.role, line.id, on, until, found.held, figures(proposed))
    if fitting:
        confirmed = confirmed_fit(proposed)
        told += fit_rules.as_conditions(found.checks, confirmed, confirmed=confirmed is not None)
    return [*told, *found.kin]


# Words


def place_words(line: Line | None) -> str | None:
    """Return a position and its agency, None for none."""
    return f"{line.position}, {line.agency}" if line else None


def change(proposed: Proposed) -> list[Change]:
    """Return the seat old → new, the way of holding it and the grade."""
    found = seat_of(proposed)
    if found is None:
        return []
    main = found.wish.role is SeatRole.MAIN
    words = place_words(found.line) or ""
    if not main:
        words = f"{words} ({ROLE_LABELS[found.wish.role].lower()})"
    told = [Change(N_("Vị trí việc làm"), place_words(found.now) if main else None, words)]
    if found.wish.end is not None:
        told.append(Change(N_("Giữ vị trí đến hết ngày"), None, shown(found.wish.end - timedelta(days=1))))
    if found.wish.career_grade is not None:
        told.append(Change(N_("Bậc nghề nghiệp"), None, f"bậc {found.wish.career_grade}"))
    return told


def seat_words(found: Seated) -> str:
    """Return the seat as an article names it: position, grade, agency."""
    grade = f", bậc {found.wish.career_grade}" if found.wish.career_grade is not None else ""
    code = f" (mã {found.line.code})" if found.line.code else ""
    return f"{found.line.position}{code}{grade}, {found.line.agency}"


# What is written


def fact(proposed: Proposed, fit_by: str | None = None) -> Fact | None:
    """Return the assignment as a fact of the person, None without a line."""
    found = seat_of(proposed)
    if found is None:
        return None
    confirmed = confirmed_fit(proposed)
    values = {
        "line_id": found.line.id, "role": found.wish.role.value, "career_grade": found.wish.career_grade,
        "base_position_id": whole(proposed.values, "base_position") or found.line.base_position_id,
        "fit": confirmed.value if confirmed else None,
        "fit_by": fit_by if confirmed else None, "fit_note": str(proposed.values.get("fit_note") or "") or None,
    }  # fmt: skip
    return Fact(FACT, values, found.wish.start, found.wish.end)


_SENDERS = text("""
SELECT DISTINCT ON (submission_id) submission_id, name FROM submission_steps
WHERE submission_id = ANY (:ids) AND step = 'submit' ORDER BY submission_id, id DESC
""")


def confirmers(lines: Sequence[SubmissionLine]) -> dict[int | None, str]:
    """Return who sent each submission up, and so stands for the fit confirmed in it."""
    ids = sorted({line.submission_id for line in lines if line.submission_id is not None})
    if not ids:
        return {}
    return {row.submission_id: row.name for row in db.session.execute(_SENDERS, {"ids": ids})}


_GAPS = text("""
INSERT INTO position_gaps (person_id, line_id, requirement, params, found_on, decision_id, recorded_by)
SELECT g.person_id, g.line_id, g.requirement, g.params, g.found_on, :decision, :account
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS g(person_id bigint, line_id bigint, requirement text, params jsonb, found_on date)
ON CONFLICT (person_id, line_id, requirement) WHERE settled_on IS NULL DO NOTHING
""")


def note_gaps(decision: Decision, proposed: Sequence[Proposed], account_id: int | None) -> None:
    """Write down what those placed lack: needs of training until they are settled. One statement."""
    rows = [
        audit.plain(
            {
                "person_id": one.subject.person_id, "line_id": found.line.id, "requirement": gap.requirement,
                "params": dict(gap.params), "found_on": one.effective_on,
            }
        )
        for one in proposed
        if (found := seat_of(one)) is not None
        for gap in fit_rules.gaps(found.checks)
    ]  # fmt: skip
    if rows:
        account = account_id or decision.recorded_by
        db.session.execute(_GAPS, {"rows": json.dumps(rows), "decision": decision.id, "account": account})


def forget_gaps(decisions: Collection[int], people: Collection[int]) -> None:
    """Drop the open needs that decisions wrote down for people. One statement."""
    db.session.execute(
        delete(PositionGap)
        .where(
            PositionGap.decision_id.in_(sorted(decisions)), PositionGap.person_id.in_(sorted(people)),
            PositionGap.settled_on.is_(None),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def wishes(proposed: Sequence[Proposed]) -> list[Wish]:
    """Return the seats asked for."""
    return [found.wish for one in proposed if (found := seat_of(one)) is not None]


def hold(actor: Any, submission: Submission, proposed: Sequence[Proposed]) -> None:
    """Keep the seats while the proposal is on its way."""
    seats.hold(actor, submission, wishes(proposed))


def until_of(proposed: Proposed, name: str = "until") -> date | None:
    """Return the last day typed."""
    return day(proposed.values, name)
