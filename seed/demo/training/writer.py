"""Rows of training for the made-up province: the past as old data, this year as classes with their learners.

What was learnt before the system stood is carried over as entries from old data. This year's hours come from classes:
learners, attendance where the political school teaches, outcomes, and one entry for each completion.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from hrms.core.holidays import Holidays
from seed.demo.drafts import PROBATION, SERVING, Draft
from seed.demo.training.choosing import courses_of_year, heals, teaches
from seed.demo.tree import HOME_AFFAIRS_CODE, POLITICAL_SCHOOL_CODE, Tree, Unit
from seed.demo.writing import Table

PAST_YEARS = 4
"""Years before this one whose hours were carried over."""
_OWED_FROM = date(2025, 6, 30)
_DAY_HOURS = 8
_ROOM = 45
_HALL = 160
_FULL, _PART = 0.88, 0.96
_FULL_NOW, _PART_NOW = 0.68, 0.84
_COMPLETES, _FAILS = 0.965, 0.99
_CAUGHT_UP = 0.6
_HOLIDAYS = (6, 8)
"""Months in which teachers learn."""

TABLES: dict[str, tuple[str, ...]] = {
    "training_classes": (
        "id", "code", "name", "course_id", "provider_id", "agency_id", "state", "form", "hours", "starts_on",
        "ends_on", "place", "abroad", "seats", "nominate_by", "accepts", "least_attendance", "pass_mark",
        "central_budget", "local_budget", "other_budget", "closed_on", "recorded_at",
    ),
    "class_sessions": ("id", "class_id", "number", "held_on", "starts_at", "ends_at", "hours", "recorded_at"),
    "enrolments": (
        "id", "class_id", "person_id", "state", "nominated_at", "mark", "closed_on", "reason", "recorded_at",
    ),
    "nominations": (
        "enrolment_id", "class_id", "person_id", "agency_id", "priority", "checks", "priorities", "recorded_at",
    ),
    "attendances": ("enrolment_id", "session_id", "presence", "how", "marked_at"),
    "credit_entries": (
        "id", "person_id", "kind", "form", "hours", "earned_on", "source", "course_id", "class_id", "enrolment_id",
        "evidence_id", "attempt", "title", "proof", "recorded_at",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownCourse:
    """A course of the catalogue, as its version of today says."""

    id: int
    code: str
    name: str
    kind: str
    hours: Decimal
    form: str


@dataclass(slots=True)
class Group:
    """People who will take a course in the same weeks with the same organiser."""

    course: KnownCourse
    organiser: Unit
    provider: str
    starts_on: date
    people: list[Draft]


class TrainingWriter:
    """Draws the training of everybody into tables of rows. The same size, seed and day give the same rows."""

    def __init__(
        self,
        tree: Tree,
        courses: Mapping[str, KnownCourse],
        providers: Mapping[str, int],
        holidays: Holidays,
        today: date,
        moment: datetime,
        rng: Random,
    ) -> None:
        self.tree, self.courses, self.providers, self.holidays = tree, courses, providers, holidays
        self.today, self.moment, self.rng = today, moment, rng
        self.tables = {name: Table(name, columns) for name, columns in TABLES.items()}
        self.units = {unit.id: unit for unit in tree.units}
        self.school = tree.unit(POLITICAL_SCHOOL_CODE)
        self.home_affairs = tree.unit(HOME_AFFAIRS_CODE)
        self.taught: list[int] = []
        """Classes that the demo trainer teaches."""
        self.approvals: dict[int, int] = {}
        """Decisions that approve the plans of agencies."""
        self._class = self._session = self._enrolment = self._entry = 0
        self._taken: dict[tuple[str, int, str, int], list[Draft]] = defaultdict(list)
        self._to_come: dict[tuple[str, int, str, int], list[Draft]] = defaultdict(list)
        self._waiting: list[Draft] = []

    def draw(self, people: Sequence[Draft]) -> None:
        """Draw the past of everybody, then this year's classes."""
        serving = [draft for draft in people if draft.fate in {SERVING, PROBATION}]
        for draft in people:
            self._past(draft)
        for draft in serving:
            self._this_year(draft)
        for (course, organiser, provider, month), learners in sorted(self._taken.items(), key=lambda item: item[0]):
            self._held(course, organiser, provider, month, learners)
        for (course, organiser, provider, _month), learners in sorted(self._to_come.items(), key=lambda item: item[0]):
            self._announced(course, organiser, provider, learners)
        self._now(serving)

    def _past(self, draft: Draft) -> None:
        until = min(draft.ended_on or self.today, date(self.today.year, 1, 1))
        for year in range(self.today.year - PAST_YEARS, self.today.year):
            if draft.placed_on > date(year, 9, 1) or until < date(year, 12, 1):
                continue
            codes = courses_of_year(draft.role, self.rng)
            drawn = self.rng.random()
            taken = codes if drawn < _FULL else codes[:-1] if drawn < _PART else ()
            for code in taken:
                course = self.courses[code]
                day = date(year, self.rng.randint(3, 11), self.rng.randint(1, 28))
                if day < draft.placed_on:
                    day = date(year, 12, self.rng.randint(1, 28))
                self._credit(draft.number, course, day, "old_data", proof=f"{self._entry + 1}/GCN-{year}")

    def _this_year(self, draft: Draft) -> None:
        year = self.today.year
        if draft.placed_on.year >= year or draft.on_leave_since is not None:
            return
        codes = courses_of_year(draft.role, self.rng)
        drawn = self.rng.random()
        taken = codes if drawn < _FULL_NOW else codes[:-1] if drawn < _PART_NOW else ()
        last = max(self.today.month - 2, 1)
        for code in taken:
            month = self.rng.randint(min(3, last), last)
            if teaches(draft.role):
                month = min(_HOLIDAYS[month % 2], last)
            self._taken[*self._where(draft, code), month].append(draft)
        if draft.post is not None and draft.post.appointed_on > _OWED_FROM and self.rng.random() < 0.85:
            leading = self._leading(draft)
            if leading and draft.post.appointed_on < date(year, 3, 1):
                self._taken[*self._where(draft, leading), self.rng.randint(min(5, last), last)].append(draft)
        missing = codes[len(taken) :]
        if missing:
            if self.rng.random() < _CAUGHT_UP:
                self._to_come[*self._where(draft, missing[0]), 12].append(draft)
            else:
                self._waiting.append(draft)

    @staticmethod
    def _leading(draft: Draft) -> str | None:
        if draft.role.key in {"division_head", "division_deputy", "sub_head", "sub_deputy", "sub_division_head"}:
            return "LD.PHONG.SO"
        if draft.role.key in {"commune_head", "commune_head_deputy", "commune_office_head", "commune_service_deputy"}:
            return "LD.PHONG.XA"
        return "LD.SO" if draft.role.key in {"director", "deputy_director"} else None

    def _where(self, draft: Draft, code: str) -> tuple[str, int, str]:
        """Return the course, who runs it for this person, and who teaches."""
        if teaches(draft.role):
            return (code, draft.seat.using.top, "COQUAN")
        if heals(draft.role):
            return (code, draft.seat.using.top, "CSYT")
        if code in {"LD.PHONG.SO", "LD.SO"}:
            return (code, self.home_affairs.id, "HVCTQG")
        return (code, self.school.id, "TCT")

    def _held(self, code: str, organiser: int, provider: str, month: int, learners: list[Draft]) -> None:
        for group in self._groups(code, organiser, provider, date(self.today.year, month, 1), learners):
            days = self._days(group)
            if days[-1] >= self.today:
                days = self._days(group, earlier=True)
            number = self._open(group, "completed", days)
            sessions = self._sessions(number, days, group.course.hours) if provider == "TCT" else []
            for draft in group.people:
                drawn = self.rng.random()
                if drawn < _COMPLETES:
                    mark = str(round(self.rng.uniform(5.5, 9.5) * 2) / 2) if sessions else None
                    enrolment = self._enrol(number, draft, "completed", days[0], mark=mark, closed_on=days[-1])
                    self._credit(draft.number, group.course, days[-1], "class", class_id=number, enrolment=enrolment)
                elif drawn < _FAILS:
                    why = "Vắng quá số tiết cho phép" if sessions else "Không nộp bài thu hoạch"
                    enrolment = self._enrol(number, draft, "failed", days[0], closed_on=days[-1], reason=why)
                else:
                    self._enrol(number, draft, "withdrawn", days[0], reason="Bận công tác đột xuất")
                    continue
                self._attend(enrolment, sessions, fails=drawn >= _COMPLETES)

    def _announced(self, code: str, organiser: int, provider: str, learners: list[Draft]) -> None:
        first = max(date(self.today.year, 12, 1), self.holidays.add(self.today, 3))
        for place, group in enumerate(self._groups(code, organiser, provider, first, learners)):
            days = self._days(group)
            if days[-1].year > self.today.year:
                continue
            number = self._open(group, "open", days)
            if provider == "TCT":
                self._sessions(number, days, group.course.hours)
                if place == 0 and len(self.taught) < 4:
                    self.taught.append(number)
            for order, draft in enumerate(group.people):
                self._nominate(number, draft, "accepted", self.today - timedelta(days=10), order)
            if provider == "TCT" and len(group.people) == _ROOM:
                for order in range(3):
                    if self._waiting:
                        self._nominate(number, self._waiting.pop(), "waiting", self.today - timedelta(days=3), order)

    def _now(self, serving: Sequence[Draft]) -> None:
        """Draw what the demo trainer meets: a class with a session today, and one that only wants to be closed."""
        school = self.school
        able = [draft for draft in self._waiting if draft.seat.using.top != school.id and not teaches(draft.role)]
        able += [draft for draft in serving if draft.number % 97 == 5 and draft not in able]
        halves = (able[:40], able[40:65])
        for code, learners, behind, closing in (
            ("VT.G3", halves[0], 2, False), ("VT.P2", halves[1], 6, True),
        ):  # fmt: skip
            if not learners:
                continue
            group = Group(self.courses[code], school, "TCT", self.holidays.add(self.today, -behind), learners)
            days = self._days(group)
            if not closing:
                days = sorted({*(day for day in days if day < self.today), self.today, *self._after(len(days))})
                days = days[: math.ceil(group.course.hours / _DAY_HOURS)]
            number = self._open(group, "running", days)
            self.taught.append(number)
            sessions = self._sessions(number, days, group.course.hours)
            gone = [one for one in sessions if one[1] < self.today]
            for order, draft in enumerate(learners):
                enrolment = self._nominate(number, draft, "accepted", days[0] - timedelta(days=12), order)
                self._attend(enrolment, gone, fails=False)

    def _after(self, count: int) -> list[date]:
        return [self.holidays.add(self.today, n) for n in range(1, count)]

    def _groups(self, code: str, organiser: int, provider: str, first: date, learners: list[Draft]) -> Iterable[Group]:
        size = _ROOM if provider in {"TCT", "HVCTQG"} else _HALL
        unit = self.units[organiser]
        for place, start in enumerate(range(0, len(learners), size)):
            begins = self.holidays.add(first - timedelta(days=1), 1 + place * 2 % 15)
            yield Group(self.courses[code], unit, provider, begins, learners[start : start + size])

    def _days(self, group: Group, *, earlier: bool = False) -> list[date]:
        count = math.ceil(group.course.hours / _DAY_HOURS)
        first = self.holidays.add(self.today, -count - 5) if earlier else group.starts_on
        return [first, *(self.holidays.add(first, n) for n in range(1, count))]

    def _open(self, group: Group, state: str, days: Sequence[date]) -> int:
        self._class += 1
        course, unit = group.course, group.organiser
        taught = group.provider == "TCT"
        cost = len(group.people) * int(course.hours) * (15_000 if group.provider in {"TCT", "HVCTQG"} else 2_000)
        self.tables["training_classes"].add(
            self._class, f"{course.code}-{self.today.year}-{self._class:04d}", course.name, course.id,
            self.providers[group.provider], unit.id, state, course.form, course.hours, days[0], days[-1],
            unit.short_name or unit.name, False, self._seats(group, state), days[0] - timedelta(days=5), "auto",
            80 if taught else 0, 5 if taught else None, 0, cost, 0, days[-1] if state == "completed" else None,
            self.moment,
        )  # fmt: skip
        return self._class

    @staticmethod
    def _seats(group: Group, state: str) -> int:
        """Return the seats: what is to come has some free, but for full classes with a waiting list."""
        return max(len(group.people), _ROOM if state == "open" and group.provider == "TCT" else 1)

    def _sessions(self, number: int, days: Sequence[date], hours: Decimal) -> list[tuple[int, date]]:
        found = []
        left = int(hours)
        for order in range(2 * len(days)):
            if left <= 0:
                break
            self._session += 1
            day, length = days[order // 2], min(4, left)
            left -= length
            begins, ends = ("07:30", "11:00") if order % 2 == 0 else ("13:30", "17:00")
            self.tables["class_sessions"].add(
                self._session, number, order + 1, day, begins, ends, length, self.moment
            )  # fmt: skip
            found.append((self._session, day))
        return found

    def _enrol(
        self, number: int, draft: Draft, state: str, first: date, *, mark: str | None = None,
        closed_on: date | None = None, reason: str | None = None,
    ) -> int:  # fmt: skip
        self._enrolment += 1
        nominated = min(first - timedelta(days=14), self.today - timedelta(days=1))
        self.tables["enrolments"].add(
            self._enrolment, number, draft.number, state, f"{nominated} 08:30:00+07", mark, closed_on, reason,
            self.moment,
        )  # fmt: skip
        return self._enrolment

    def _nominate(self, number: int, draft: Draft, state: str, on: date, order: int) -> int:
        enrolment = self._enrol(number, draft, state, on + timedelta(days=14))
        self.tables["nominations"].add(
            enrolment, number, draft.number, draft.seat.using.id, order + 1, "[]", "[]", self.moment
        )
        return enrolment

    def _attend(self, enrolment: int, sessions: Sequence[tuple[int, date]], *, fails: bool) -> None:
        table = self.tables["attendances"]
        for place, (session, day) in enumerate(sessions):
            missed = self.rng.random() < 0.03 if not fails else place % 2 == 0
            table.add(enrolment, session, "excused" if missed else "present", "list", f"{day} 17:05:00+07")

    def _credit(
        self, person: int, course: KnownCourse, day: date, source: str, *, class_id: int | None = None,
        enrolment: int | None = None, proof: str | None = None,
    ) -> None:  # fmt: skip
        self._entry += 1
        self.tables["credit_entries"].add(
            self._entry, person, course.kind, course.form, course.hours, day, source, course.id, class_id, enrolment,
            None, 1, None, proof, self.moment,
        )  # fmt: skip
