"""A second, slow implementation of the list of raises, written from the articles alone: one person after another.

TT 08/2013/TT-BNV Đ2, Đ3 k2 as amended by TT 03/2021/TT-BNV; TT 04/2005/TT-BNV Mục II. It reads whole tables, counts
time away day by day, and shares nothing with the rules it is held against. Use `Slow(today).raises(until)` and
`.next_days()` inside an application context that sees everything.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hrms.core.db import db

SEED = Path(__file__).parents[3] / "seed" / "catalogues"
ONE_DAY = timedelta(days=1)
NEW_TEXT, OLD_TEXT = date(2021, 8, 15), date(2013, 9, 15)
NOT_COUNTED = {"unpaid_leave", "suspension", "detention", "waiting_retirement", "other"}
SICK = "sick_leave"
SAME = {
    "reprimand": "reprimand", "warning": "warning", "demotion": "demotion", "removal": "removal",
    "party_reprimand": "reprimand", "party_warning": "warning", "party_removal": "removal",
}  # fmt: skip


def later(day: date, months: int) -> date:
    """Return the day some months later; the last of a month that is too short."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def delay(cause: str, kind: str, on: date) -> int | None:
    """Return how many months a cause prolongs a step by the text in force on its day."""
    if on >= NEW_TEXT:
        return {"reprimand": 3, "warning": 6, "unsatisfactory": 6, "demotion": 12, "removal": 12}[cause]
    if on >= OLD_TEXT:
        if cause == "reprimand" and kind in {"public_employee", "contract"}:
            return 3
        return {"reprimand": 6, "warning": 6, "unsatisfactory": 6, "demotion": 12, "removal": 12}[cause]
    return None


class Slow:
    """Everything that is recorded, in plain lists, and the answers as of a day."""

    def __init__(self, today: date) -> None:
        """Read the tables; the transaction must see everything."""
        self.today = today
        self.scales: dict[tuple[int, str], tuple[int, dict[int, Decimal]]] = {}
        with (SEED / "pay_scales.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                months, steps = self.scales.setdefault(
                    (int(row["table"]), row["group"]), (int(row["months_per_step"]), {})
                )
                steps[int(row["step"])] = Decimal(row["coefficient"])
                assert months == int(row["months_per_step"])
        self.off, self.worked = set(), set()
        for row in rows("SELECT day, kind FROM holidays"):
            {"holiday": self.off, "worked": self.worked}.get(row.kind, set()).add(row.day)
        self.ranks = by_person("SELECT * FROM person_rank WHERE superseded_at IS NULL")
        self.states = by_person("SELECT * FROM person_status WHERE superseded_at IS NULL")
        self.homes = by_person("SELECT * FROM person_agency WHERE superseded_at IS NULL AND membership = 'using'")
        self.away = by_person("SELECT * FROM person_absence WHERE superseded_at IS NULL")
        self.measures = by_person("SELECT * FROM person_discipline")
        self.classes = by_person("SELECT * FROM person_rating")
        self.rounds = by_person("SELECT * FROM ratings WHERE superseded_at IS NULL AND state = 'published'")
        self.notices = by_person(
            "SELECT p.*, d.signed_on, d.effective_on FROM person_papers p JOIN decisions d ON d.id = p.decision_id"
            " WHERE p.kind = 'retirement_notice' AND p.undone_by IS NULL AND p.happens_on IS NOT NULL"
        )

    # --- the calendar ---------------------------------------------------------------------------------------------

    def works(self, day: date) -> bool:
        """Say whether a day is a working day."""
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.off

    def months_and_days(self, days: set[date]) -> tuple[int, int]:
        """Return the whole months of each unbroken stretch of days, and the working days over."""
        months = over = 0
        for first in sorted(day for day in days if day - ONE_DAY not in days):
            last = first
            while last + ONE_DAY in days:
                last += ONE_DAY
            end, whole = last + ONE_DAY, 0
            while later(first, whole + 1) <= end:
                whole += 1
            months += whole
            day = later(first, whole)
            while day < end:
                over += self.works(day)
                day += ONE_DAY
        return months, over

    def lost(self, person: int, start: date, end: date) -> int:
        """Return the months from `start` to before `end` that are not time at the step."""
        idle: set[date] = set()
        sick: set[date] = set()
        said_idle = said_sick = 0
        for one in self.away[person]:
            if one.absence_kind not in NOT_COUNTED and one.absence_kind != SICK:
                continue
            until = one.valid_to
            if until is None:
                foreseen = one.expected_until is not None and one.expected_until >= self.today
                until = one.expected_until + ONE_DAY if foreseen else max(self.today, one.valid_from)
            if one.working_days is not None and start <= one.valid_from and until <= end and one.valid_to is not None:
                # A short absence counts as its paper says.
                if one.absence_kind == SICK:
                    said_sick += one.working_days
                else:
                    said_idle += one.working_days
                continue
            days = span(max(one.valid_from, start), min(until, end))
            (sick if one.absence_kind == SICK else idle).update(days)
        for one in self.states[person]:
            if one.status != "serving" and one.valid_from <= self.today:
                until = one.valid_to or max(self.today, one.valid_from)
                idle.update(span(max(one.valid_from, start), min(until, end)))
        months, over = self.months_and_days(idle)
        over += said_idle
        sick_months, sick_days = self.months_and_days(sick)
        sick_days += said_sick
        if sick_months > 6 or (sick_months == 6 and sick_days):
            months, over = months + sick_months - 6, over + sick_days
        while over >= 30:
            months, over = months + 1, over - 30
        return months + (1 if over >= 11 else 0)

    # --- delays ---------------------------------------------------------------------------------------------------

    def delays(self, person: int, kind: str, start: date, end: date) -> int:
        """Return the months of discipline and of years not fulfilled whose day falls from `start` to before `end`."""
        total = 0
        for form, on in self.disciplines(person, kind, start):
            if on < end:
                total += delay(form, kind, on) or 0
        for one in self.classes[person]:
            on = date(one.year, 12, 31)
            if one.rating == "unsatisfactory" and start <= on < end and not self.only_discipline(person, one.year):
                total += delay("unsatisfactory", kind, on) or 0
        return total

    def disciplines(self, person: int, kind: str, start: date) -> list[tuple[str, date]]:
        """Return the measures that prolong a step begun on `start`: of the same act the administrative one alone."""
        known = []
        for one in self.measures[person]:
            if one.form not in SAME or not one.from_on:
                continue
            on = last_possible(one.from_on)
            act = " ".join((one.act or "").casefold().split())
            if on >= start and delay(SAME[one.form], kind, on) is not None:
                this = (SAME[one.form], on, one.side == "party", act)
                if not any(this[:3] == other[:3] for other in known):
                    known.append(this)
        kept = []
        for form, on, party, act in known:
            followed = party and any(
                act == words if act and words else on <= day <= on + 30 * ONE_DAY
                for _form, day, of_party, words in known
                if not of_party
            )
            if not followed:
                kept.append((form, on))
        return kept

    def only_discipline(self, person: int, year: int) -> bool:
        """Say whether nothing but a discipline made the class of a year what it is."""
        for one in self.rounds[person]:
            if one.year == year and "discipline" in one.reasons and one.mean is not None:
                return bool(one.mean >= Decimal(one.facts["thresholds"]["satisfactory"]))
        return False

    # --- the raise ------------------------------------------------------------------------------------------------

    def due_on(self, person: int, kind: str, start: date, months: int) -> date:
        """Return the day a period is full: pushed on until nothing more that prolongs it falls before it."""
        day = later(start, months)
        while True:
            more = self.lost(person, start, day) + self.delays(person, kind, start, day)
            pushed = later(start, months + more)
            if pushed == day:
                return day
            day = pushed

    def coming(self, person: int, on: date) -> tuple[Any, int, int, int, date] | None:
        """Return the rank held on a day, its step, the step and percentage that come next, and the day."""
        held = in_force(self.ranks[person], on)
        state = in_force(self.states[person], self.today)
        if held is None or state is None or state.status not in {"serving", "suspended"}:
            return None
        if (held.pay_table, held.pay_group) not in self.scales or held.step_since is None:
            return None
        months, steps = self.scales[held.pay_table, held.pay_group]
        step = held.step
        if step is None:
            step = next((number for number, value in steps.items() if value == held.coefficient), None)
        if step is None:
            return None
        if step < len(steps):
            return held, step, step + 1, 0, self.due_on(person, state.kind, held.step_since, months)
        percent = int(held.beyond_scale_percent or 0)
        if percent == 0:
            return held, step, step, 5, self.due_on(person, state.kind, held.step_since, months)
        if held.beyond_scale_since is None:
            return None
        return held, step, step, percent + 1, self.due_on(person, state.kind, held.beyond_scale_since, 12)

    def next_days(self) -> dict[int, date]:
        """Return the day of the next raise of everybody who serves, as of today."""
        found = {}
        for person in self.states:
            state = in_force(self.states[person], self.today)
            answer = self.coming(person, self.today)
            if state is not None and state.status == "serving" and answer is not None:
                found[person] = answer[4]
        return found

    def raises(self, until: date) -> set[tuple[int, str, int, int, int, date, date]]:
        """Return the raises due up to a day: person, kind, from and to step, percentage, regular day, day of effect."""
        found = set()
        for person in self.states:
            answer = self.coming(person, until)
            if answer is None or in_force(self.homes[person], self.today) is None:
                continue
            _held, step, to_step, percent, day = answer
            gone = [one.valid_from for one in self.states[person]
                    if one.valid_from > self.today and one.status in {"left", "retired", "deceased"}]  # fmt: skip
            leaves = min(gone, default=date.max)
            if day <= until and day < leaves:
                kind = "beyond_scale" if percent else "step"
                found.add((person, kind, step, to_step, percent, day, day))
                continue
            early = None if percent else self.before_retirement(person, answer)
            if early is not None and early <= until and early < leaves:
                found.add((person, "retirement", step, to_step, 0, day, early))
        return found

    def before_retirement(self, person: int, answer: tuple[Any, int, int, int, date]) -> date | None:
        """Return the day of the raise that a notice of retirement gives (Đ3 k2)."""
        held, _step, _to, _percent, day = answer
        if not self.notices[person]:
            return None
        last = max(self.notices[person], key=lambda one: (noticed_on(one), one.happens_on))
        state = in_force(self.states[person], self.today)
        if self.disciplines(person, state.kind, held.step_since):
            return None
        for one in self.classes[person]:
            on = date(one.year, 12, 31)
            if one.rating == "unsatisfactory" and on >= held.step_since and on >= OLD_TEXT:
                return None
        if day <= last.happens_on or day > later(last.happens_on, 12):
            return None
        return max(later(day, -12), noticed_on(last))


def noticed_on(paper: Any) -> date:
    """Return the day of a notice."""
    if paper.values.get("noticed_on"):
        return date.fromisoformat(paper.values["noticed_on"])
    return paper.effective_on or paper.signed_on


def rows(statement: str) -> list[Any]:
    """Return the rows of a statement."""
    return list(db.session.execute(text(statement)).all())


def by_person(statement: str) -> dict[int, list[Any]]:
    """Return the rows of a table about people by person; nothing for whoever has none."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows(statement):
        found[row.person_id].append(row)
    return found


def in_force(facts: list[Any], day: date) -> Any:
    """Return the fact that is true on a day, None without one."""
    for one in facts:
        if one.valid_from <= day and (one.valid_to is None or one.valid_to > day):
            return one
    return None


def span(start: date, end: date) -> list[date]:
    """Return the days from one day to before another."""
    return [start + number * ONE_DAY for number in range(max((end - start).days, 0))]


def last_possible(said: str) -> date:
    """Return the last day that a date known by year, by month or by day can mean."""
    parts = [int(part) for part in said.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else 12
    return date(parts[0], month, monthrange(parts[0], month)[1])
