"""The roster of a class as a workbook, and what a filled one means: judged row by row, written whole or not at all.

Reading a file is the business of imports; here a row is its texts. A staff code is looked for among the learners of
this class and nowhere else, so a code of somebody else and a code of nobody get the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.dates import BadDate, parse_date
from hrms.core.errors import Refused
from hrms.core.formats import format_date
from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.training.models import ClassSession, TrainingClass
from hrms.training.queries import desk
from hrms.training.queries.desk import Learner
from hrms.training.rules.desk import PRESENCE_SIGNS, PRESENCES, RESULTS, BadMark, read_mark
from hrms.training.rules.states import EnrolmentState, Presence
from hrms.training.services import attending, completing, marking
from hrms.training.services.completing import Outcome

CODE, NAME, AGENCY = N_("Mã cán bộ"), N_("Họ và tên"), N_("Cơ quan")
MARK, RESULT, DAY = N_("Điểm"), N_("Kết quả"), N_("Ngày hoàn thành")
SESSION = N_("Buổi %(number)s ngày %(day)s")
_NO_CODE = N_("Ô mã cán bộ trống. Hãy ghi mã như trong danh sách lớp tải từ trang lớp.")
_NOT_HERE = N_(
    "Mã “%(value)s” không có trong danh sách lớp này. Hãy ghi mã như trong danh sách tải từ trang lớp, hoặc bỏ dòng."
)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A roster as a table: three columns that are known, and those to fill in."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a filled roster: its number in the file, and what stands in each column, as read."""

    number: int
    code: str
    name: str = ""
    presences: Mapping[int, str] = field(default_factory=dict)
    """Session number → what is written."""
    mark: str = ""
    result: str = ""
    day: Any = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: the column's key (`code`, `session-3`, `mark`, …), the value, the sentence."""

    row: int
    column: str
    value: str
    problem: Problem


@dataclass(slots=True)
class Judged:
    """What a filled roster means for a class: what would be written, and everything that is wrong."""

    training_class: TrainingClass
    sessions: Sequence[ClassSession]
    lines: int = 0
    presences: dict[tuple[int, int], Presence] = field(default_factory=dict)
    """(enrolment, session number) → presence, only what is new or different."""
    marks: dict[int, Decimal | None] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What stands in the way of the whole file."""

    @property
    def faulty_rows(self) -> int:
        """Return how many rows have something wrong."""
        return len({one.row for one in self.faults})

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be written: nothing wrong, and something new."""
        return not self.faults and not self.problems and bool(self.presences or self.marks or self.outcomes)


def session_header(session: ClassSession) -> str:
    """Return the header of a session's column, the same in every language: files travel."""
    return SESSION % {"number": session.number, "day": format_date(session.held_on)}


def sheet_of(found: TrainingClass) -> Sheet:
    """Return the roster of a class whose ownership was checked, with what has been written so far."""
    sessions, learners = desk.sessions_of(found.id), desk.roster(found.id)
    grid = desk.presence_grid(found.id)
    headers = [CODE, NAME, AGENCY, *(session_header(one) for one in sessions), MARK, RESULT, DAY]
    signs = {kind.value: sign for kind, sign in PRESENCE_SIGNS.items()}
    results = {EnrolmentState.COMPLETED.value: "Hoàn thành", EnrolmentState.FAILED.value: "Không hoàn thành"}
    rows = [
        [
            one.staff_code, one.full_name, one.agency,
            *(signs.get(grid.get((one.enrolment_id, session.number), ""), "") for session in sessions),
            one.mark, results.get(one.state, ""), None,
        ]
        for one in learners
    ]  # fmt: skip
    return Sheet(headers, rows, (16, 28, 36, *(12 for _one in sessions), 8, 18, 16))


def judge(
    actor: Actor, class_id: int, lines: Sequence[Line], days: Mapping[int, date | None], *, lock: bool = False
) -> Judged:
    """Return what a filled roster means; writes nothing.

    `days` are its columns of sessions: number → the day the header names, None when it names none. Raises `NotFound`,
    `Forbidden` for a class not one's own.
    """
    found = desk.own_class(actor, class_id, lock=lock)
    judged = Judged(found, desk.sessions_of(class_id), len(lines))
    try:
        attending.check_open(found)
    except Refused as refused:
        judged.problems += refused.problems
        return judged
    judged.problems += _check_days(judged, days)
    people = {fold(one.staff_code): one for one in desk.roster(class_id) if one.staff_code}
    grid = desk.presence_grid(class_id)
    seen: dict[int, int] = {}
    for line in lines:
        learner = _whose(line, people, judged)
        if learner is None:
            continue
        if learner.enrolment_id in seen:
            words = N_("Mã “%(value)s” đã có ở dòng %(row)s. Hãy giữ một dòng cho mỗi học viên.")
            params = {"value": line.code[:_SHOWN], "row": seen[learner.enrolment_id]}
            _fault(judged, line, "code", line.code, Problem("code", "duplicate_row", words, params))
            continue
        seen[learner.enrolment_id] = line.number
        judged.names[learner.enrolment_id] = learner.full_name
        if learner.state != EnrolmentState.ACCEPTED.value:
            words = N_("Học viên mã “%(value)s” đã có kết quả nên không ghi lại từ tệp. Hãy bỏ dòng này.")
            problem = Problem("code", "settled", words, {"value": line.code[:_SHOWN]})
            _fault(judged, line, "code", line.code, problem)
            continue
        _read_presences(judged, line, learner, grid)
        _read_mark(judged, line, learner)
        _read_result(judged, line, learner)
    if judged.outcomes and not judged.faults:
        _judge_outcomes(actor, judged)
    return judged


def apply(
    actor: Actor, class_id: int, lines: Sequence[Line], days: Mapping[int, date | None], *, filename: str = ""
) -> Judged:
    """Write a filled roster in the caller's transaction, all of it or, with `Refused` and every reason, nothing."""
    judged = judge(actor, class_id, lines, days, lock=True)
    if judged.faults or judged.problems:
        raise Refused(*judged.problems, *(one.problem for one in judged.faults))
    found = judged.training_class
    attending.write(actor, found, judged.presences, judged.sessions, how="import")
    marking.write(actor, found, judged.marks)
    if judged.outcomes:
        completing.complete(actor, class_id, judged.outcomes)
    counts = {"presences": len(judged.presences), "marks": len(judged.marks), "outcomes": len(judged.outcomes)}
    audit.record(
        actor, "training_class.roster_imported", "training_class", found.id, scope_ids=desk.scope_of(found),
        agency_id=found.agency_id, after={"class": found.code, "filename": filename, "rows": judged.lines, **counts},
    )  # fmt: skip
    return judged


def _check_days(judged: Judged, days: Mapping[int, date | None]) -> list[Problem]:
    """Return what is wrong with columns of sessions: one the class has not, or of another day."""
    held = {one.number: one.held_on for one in judged.sessions}
    problems = []
    for number, day in sorted(days.items()):
        if number not in held:
            words = N_("Lớp không có buổi %(number)s. Hãy bỏ cột đó, hoặc tải lại danh sách từ trang lớp.")
            problems.append(Problem("file", "no_session", words, {"number": number}))
        elif day is not None and day != held[number]:
            words = N_(
                "Cột buổi %(number)s ghi ngày %(day)s, còn buổi đó của lớp vào ngày %(held)s."
                " Hãy tải lại danh sách từ trang lớp."
            )
            params = {"number": number, "day": day, "held": held[number]}
            problems.append(Problem("file", "other_day", words, params))
    return problems


def _fault(judged: Judged, line: Line, column: str, value: Any, problem: Problem) -> None:
    judged.faults.append(Fault(line.number, column, str(value)[:_SHOWN], problem))


def _whose(line: Line, people: Mapping[str, Learner], judged: Judged) -> Learner | None:
    code = nfc(line.code)
    if not code:
        _fault(judged, line, "code", "", Problem("code", "code_missing", _NO_CODE))
        return None
    learner = people.get(fold(code))
    if learner is None:
        _fault(judged, line, "code", code, Problem("code", "unknown_code", _NOT_HERE, {"value": code[:_SHOWN]}))
        return None
    if line.name and fold(line.name) != fold(learner.full_name):
        words = N_("Họ tên “%(value)s” khác với học viên mã %(code)s của lớp. Hãy kiểm tra mã có nhầm dòng không.")
        problem = Problem("name", "other_name", words, {"value": line.name[:_SHOWN], "code": learner.staff_code})
        _fault(judged, line, "name", line.name, problem)
        return None
    return learner


def _read_presences(
    judged: Judged, line: Line, learner: Learner, grid: Mapping[tuple[int, int], str]
) -> None:  # fmt: skip
    for session in judged.sessions:
        written = nfc(line.presences.get(session.number, ""))
        if not written:
            continue
        column = f"session-{session.number}"
        kind = PRESENCES.get(fold(written)) if len(written) <= _SHOWN else None
        if kind is None:
            words = N_(
                "Buổi %(number)s ghi “%(value)s”, không rõ có mặt hay vắng. Hãy ghi x (có mặt), V (vắng)"
                " hoặc P (vắng có phép)."
            )
            params = {"number": session.number, "value": written[:_SHOWN]}
            _fault(judged, line, column, written, Problem(column, "presence_unreadable", words, params))
        elif session.held_on > clock.today():
            words = N_("Buổi %(number)s ngày %(day)s chưa đến mà đã ghi “%(value)s”. Hãy để trống ô này.")
            params = {"number": session.number, "day": session.held_on, "value": written[:_SHOWN]}
            _fault(judged, line, column, written, Problem(column, "session_ahead", words, params))
        elif grid.get((learner.enrolment_id, session.number)) != kind.value:
            judged.presences[learner.enrolment_id, session.number] = kind


def _read_mark(judged: Judged, line: Line, learner: Learner) -> None:
    try:
        mark = read_mark(nfc(line.mark))
    except BadMark as error:
        _fault(judged, line, "mark", line.mark, error.problem)
        return
    if mark is not None and mark != learner.mark:
        judged.marks[learner.enrolment_id] = mark


def _read_result(judged: Judged, line: Line, learner: Learner) -> None:
    found = judged.training_class
    day = _read_day(judged, line)
    written = nfc(line.result)
    if not written:
        return
    completes = RESULTS.get(fold(written)) if len(written) <= _SHOWN else None
    if completes is None:
        words = N_("Kết quả “%(value)s” không đọc được. Hãy ghi “Hoàn thành” hoặc “Không hoàn thành”.")
        _fault(judged, line, "result", written, Problem("result", "result_unreadable", words, {"value": written[:60]}))
        return
    if found.ends_on > clock.today():
        words = N_("Đã ghi kết quả “%(value)s” khi lớp học đến hết ngày %(day)s. Hãy để trống cho đến ngày đó.")
        params = {"value": written, "day": found.ends_on}
        _fault(judged, line, "result", written, Problem("result", "class_runs", words, params))
        return
    judged.outcomes[learner.enrolment_id] = Outcome(completes, "", day)


def _read_day(judged: Judged, line: Line) -> date | None:
    found, given = judged.training_class, line.day
    if given is None or given == "":
        return None
    if isinstance(given, datetime):
        given = given.date()
    if not isinstance(given, date):
        try:
            given = parse_date(nfc(str(given))[:_SHOWN]).value.earliest()
        except BadDate:
            words = N_("Ngày hoàn thành “%(value)s” không phải là ngày. Hãy ghi dạng 21/11/2026.")
            value = str(line.day)[:_SHOWN]
            _fault(judged, line, "day", value, Problem("day", "day_unreadable", words, {"value": value}))
            return None
    if not found.starts_on <= given <= found.ends_on:
        words = N_("Ngày hoàn thành %(value)s ngoài thời gian của lớp (%(first)s đến %(last)s). Hãy ghi lại ngày.")
        params = {"value": given, "first": found.starts_on, "last": found.ends_on}
        _fault(judged, line, "day", format_date(given), Problem("day", "day_outside", words, params))
        return None
    return given


def _judge_outcomes(actor: Actor, judged: Judged) -> None:
    """Give results that differ from what attendance and mark say their reason; refuse them while the class is open.

    Attendance and marks of the same file are not written yet, so they are put over what stands.
    """
    seen = completing.outlook(actor, judged.training_class.id)
    marked = {number for _enrolment, number in judged.presences}
    judged.problems += [
        one for one in seen.problems if not (one.code == "not_marked" and one.params.get("number") in marked)
    ]
    # Kept with the record, whatever the reader's language is.
    why = "Kết quả theo danh sách lớp do giảng viên nhập từ tệp"
    judged.outcomes = {
        one: Outcome(outcome.completes, why, outcome.closed_on) for one, outcome in judged.outcomes.items()
    }
