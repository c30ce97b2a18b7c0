"""One invented person, from birth to today: the record, the career, and everything the tables of the form ask for.

Dates stand in order: birth, school, degree, recruitment, party, ranks, posts. Nothing is written to the database here;
`facts.py` does that, and `workbook/` writes the same drafts into spreadsheets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hrms.core.dates import add_months
from seed.demo import lives
from seed.demo.careers import Standing, career
from seed.demo.law import Law
from seed.demo.names import FEMALE, HOA, KHMER, KINH, MALE, full_name
from seed.demo.places import (
    BIRTH_CODES,
    NEIGHBOURS,
    REGION_NAMES,
    Place,
    home_address,
    new_address,
    old_address,
    places,
)
from seed.demo.roles import CADRE, CIVIL, CONTRACT, PUBLIC, Role
from seed.demo.tree import TWO_TIERS, Seat

SERVING, PROBATION, SUSPENDED, LEFT, RETIRED, DECEASED = (
    "serving",
    "probation",
    "suspended",
    "left",
    "retired",
    "deceased",
)
_CIVIL_PROBATION_ENDED = date(2025, 7, 1)
_PUBLIC_PROBATION_ENDED = date(2026, 7, 1)
_RELIGIONS = ("KHONG", "PHAT", "HOAHAO", "CONGGIAO", "CAODAI", "TINLANH")
_RELIGION_LIMITS = {
    KINH: (79, 90, 93.5, 97.5, 99.5, 100),
    KHMER: (18, 99.3, 99.3, 99.8, 99.8, 100),
    HOA: (52, 93, 93.5, 97, 98, 100),
}


@dataclass(slots=True)
class Post:
    """A leadership post held since a day."""

    code: str
    name: str
    appointed_on: date
    reappointed_on: date | None
    term_until: date
    coefficient: Decimal


@dataclass(slots=True)
class Allowance:
    """An allowance drawn since a day."""

    kind: str
    form: str
    since: date
    coefficient: Decimal | None = None
    percent: int | None = None


@dataclass(slots=True)
class Draft:
    """Everything about one person. `ended_on` is the first day out of service, `fate` why (a status)."""

    number: int
    seat: Seat
    sex: str
    born: date
    fate: str
    recruited_on: date
    placed_on: date
    joined_on: date
    record: dict[str, Any]
    standings: list[Standing]
    post: Post | None
    allowances: list[Allowance]
    today: date
    ended_on: date | None = None
    on_leave_since: date | None = None
    away: bool = False
    education: list[dict[str, Any]] = field(default_factory=list)
    work: list[dict[str, Any]] = field(default_factory=list)
    family: list[dict[str, Any]] = field(default_factory=list)
    rewards: list[dict[str, Any]] = field(default_factory=list)
    disciplines: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def role(self) -> Role:
        """The role of the seat."""
        return self.seat.role

    def standing(self, day: date) -> Standing | None:
        """Return the standing in force on a day."""
        return next((s for s in reversed(self.standings) if s.since <= day), None)


class Drafter:
    """Draws people. `today` is the day the province stands on; `prefix` begins the staff codes."""

    def __init__(self, rng: Random, law: Law, today: date, prefix: str = "CT-") -> None:
        self.rng, self.law, self.today, self.prefix = rng, law, today, prefix
        self._home = {region: [p for p in places() if p.region == region] for region in BIRTH_CODES}
        self._lately = {
            sex: [
                (y, m)
                for (s, y, m), day in law.retires_on.items()
                if s == sex and add_months(today, -22) <= day < today
            ]
            for sex in (MALE, FEMALE)
        }

    def draft(self, number: int, seat: Seat, sex: str, fate: str = SERVING) -> Draft:
        """Return one person for a seat. `number` makes the staff code, the phone and the serial of the ID number."""
        rng, today, role = self.rng, self.today, seat.role
        born = self._born(sex, role, fate)
        ethnic = self._ethnic_group(seat)
        end = self._end(born, sex, fate)
        recruited, placed, degree_year = self._entry(born, role, end, fate)
        joined = self._joined(seat, recruited, end)
        name = full_name(rng, sex, born.year, ethnic)
        record = self._record(number, seat, sex, born, ethnic, name, recruited, joined)
        standings = self._standings(role, placed, recruited, end, fate)
        post = self._post(seat, placed, end) if role.leads else None
        draft = Draft(
            number,
            seat,
            sex,
            born,
            fate,
            recruited,
            placed,
            joined,
            record,
            standings,
            post,
            [],
            today,
            end + timedelta(days=1) if fate in {LEFT, RETIRED, DECEASED} else None,
        )
        draft.allowances = self._allowances(draft, end)
        lives.fill(rng, draft, degree_year, end)
        self._end_of_record(draft)
        return draft

    def _born(self, sex: str, role: Role, fate: str) -> date:
        rng = self.rng
        if fate == RETIRED:
            year, month = rng.choice(self._lately[sex])
            return date(year, month, rng.randint(1, 28))
        low, high = role.ages
        if sex == MALE and high >= 57:
            high += 3
        peak = low + (high - low) * (0.6 if role.leads else 0.42)
        while True:
            # The oldest are more than a triangle leaves: years in which recruiting was plentiful.
            age = rng.uniform(max(low, 48), high) if rng.random() < 0.1 else rng.triangular(low, high, peak)
            born = self.today - timedelta(days=int(age * 365.2425) + rng.randint(0, 20))
            # Only who has not reached the age yet is still serving; the month's last day counts.
            if self.law.retires_on[sex, born.year, born.month] > self.today + timedelta(days=2):
                return born

    def _ethnic_group(self, seat: Seat) -> str:
        draw = self.rng.random() * 100
        khmer, hoa = seat.using.place.minorities if seat.using.kind != "department" else (3.5, 1.2)
        if "Khmer" in seat.using.name or "Dân tộc nội trú" in seat.using.name:
            khmer = 70
        if draw < khmer:
            return KHMER
        if draw < khmer + hoa:
            return HOA
        return KINH if draw < 99.85 else self.rng.choice(("17", "02", "07"))

    def _end(self, born: date, sex: str, fate: str) -> date:
        """Return the last day of service known: today, or the day before a departure."""
        if fate == RETIRED:
            return self.law.retires_on[sex, born.year, born.month]
        if fate in {LEFT, DECEASED}:
            return (self.today - timedelta(days=self.rng.randint(40, 540))).replace(day=1) - timedelta(days=1)
        return self.today

    def _entry(self, born: date, role: Role, end: date, fate: str) -> tuple[date, date, int]:
        """Return the days of recruitment and of first placement, and the year of the first degree."""
        rng = self.rng
        school = {
            "none": 18,
            "elementary": 19,
            "intermediate": 20,
            "college": 21,
            "university": 22,
            "master": 22,
            "specialist_1": 24,
            "specialist_2": 24,
            "doctor": 22,
        }[role.degree] + (2 if role.key.endswith("doctor") else 0)
        degree_year = born.year + school
        latest = end - timedelta(days=420 if role.leads else rng.randint(90, 900))
        if fate == PROBATION:
            recruited = date(self.today.year, max(1, self.today.month - rng.randint(1, 9)), rng.choice((1, 15)))
            return recruited, recruited, min(degree_year, recruited.year - 1)
        wait = int(rng.triangular(0, 9 if role.kind != CONTRACT else 18, 1))
        months = (8, 9, 9, 10) if role.teacher else (1, 3, 5, 6, 8, 9, 10, 12)
        recruited = date(degree_year + wait, rng.choice(months), rng.choice((1, 15)))
        recruited = max(min(recruited, latest.replace(day=1)), date(born.year + 18, 9, 1))
        degree_year = min(degree_year, recruited.year if recruited.month >= 7 else recruited.year - 1)
        stopped = _PUBLIC_PROBATION_ENDED if role.kind == PUBLIC else _CIVIL_PROBATION_ENDED
        placed = recruited if recruited >= stopped or role.kind == CONTRACT else add_months(recruited, 12)
        return recruited, placed, degree_year

    def _joined(self, seat: Seat, recruited: date, end: date) -> date:
        """Return the day the person came to the present agency."""
        using = seat.using
        if using.kind != "service_unit":
            return max(recruited, min(TWO_TIERS, end))
        joined = max(recruited, using.opened_on)
        if self.rng.random() < 0.3:
            later = joined + timedelta(days=int((end - joined).days * self.rng.random() * 0.9))
            joined = max(joined, later.replace(day=1, month=8 if seat.role.teacher else later.month))
            joined = min(joined, end)
        return joined

    def _standings(self, role: Role, placed: date, recruited: date, end: date, fate: str) -> list[Standing]:
        rng = self.rng
        ladder = [self.law.ranks[code] for code in role.ladder]
        first_step = {"master": 2, "doctor": 3}.get(role.degree, 1) if ladder[0].scale.group == "A1" else 1
        if fate == PROBATION:
            return [Standing(recruited, ladder[0], recruited, first_step, recruited, "recruitment", 85)]
        if placed > end:
            return [Standing(recruited, ladder[0], recruited, first_step, recruited, "recruitment", 85)]
        years = (end - placed).days / 365.25
        promotions: list[date] = []
        # Teachers were re-slotted in numbers after 2021; officials sit an exam or are considered.
        if role.reach > 1 and years > 9:
            chance = 0.92 if role.leads else min(0.62, (years - 9) * (0.045 if role.teacher else 0.028))
            if rng.random() < chance:
                after = rng.uniform(9, max(9.1, min(years - 0.3, 17)))
                promotions.append(_month_start(placed + timedelta(days=int(after * 365.25))))
        if role.reach > 2 and years > 19 and promotions:
            after = rng.uniform(18.5, max(18.6, min(years - 0.2, 26)))
            promotions.append(_month_start(placed + timedelta(days=int(after * 365.25))))
        ahead = 40 if fate == SERVING and rng.random() < 0.5 else 0
        return career(
            rng, ladder, placed, first_step, promotions, end + timedelta(days=ahead), lively=role.kind != CONTRACT
        )

    def _post(self, seat: Seat, placed: date, end: date) -> Post:
        rng, role = self.rng, seat.role
        earliest = max(placed + timedelta(days=365), seat.using.opened_on)
        if seat.using.kind == "service_unit":
            since = max(earliest, end - timedelta(days=rng.randint(60, 3300)))
            since = min(since.replace(day=1), end)
        elif rng.random() < 0.7:
            since = max(TWO_TIERS, min(earliest, end))
        else:
            since = min(max(TWO_TIERS, earliest) + timedelta(days=rng.randint(30, 420)), end).replace(day=1)
            since = max(since, TWO_TIERS)
        since = min(since, end)
        term, again = add_months(since, 60), None
        while term <= self.today:
            again, term = term, add_months(term, 60)
        return Post(
            str(role.post), role.post_name, since, again, term, self.law.coefficient(str(role.post), role.post_place)
        )

    def _allowances(self, draft: Draft, end: date) -> list[Allowance]:
        role, placed = draft.role, draft.placed_on
        if placed > end:
            return []
        found = []
        if role.kind in {CADRE, CIVIL}:
            found.append(Allowance("public_duty", "percent", max(placed, date(2012, 5, 1)), percent=25))
        if role.incentive:
            found.append(
                Allowance("profession_incentive", "percent", max(placed, date(2006, 1, 1)), percent=role.incentive)
            )
        if role.key in {"inspector", "ranger"}:
            found.append(Allowance("profession_incentive", "percent", max(placed, date(2006, 1, 1)), percent=25))
        years = (end - placed).days // 365
        if role.teacher and years >= 5:
            since = add_months(placed, 12 * years)
            if since <= end:
                found.append(Allowance("seniority", "percent", since, percent=years))
        if role.key.endswith("accountant"):
            found.append(Allowance("responsibility", "coefficient", max(placed, draft.joined_on), Decimal("0.1")))
        if draft.seat.using.place.district in {"thị xã Vĩnh Châu", "huyện Trần Đề", "huyện Cù Lao Dung"}:
            found.append(Allowance("regional", "coefficient", max(placed, draft.joined_on), Decimal("0.1")))
        return found

    def _record(
        self, number: int, seat: Seat, sex: str, born: date, ethnic: str, name: str, recruited: date, joined: date
    ) -> dict[str, Any]:
        rng, today = self.rng, self.today
        place = seat.using.place
        home: Place = place if rng.random() < 0.25 else rng.choice(self._home[place.region])
        birth_code, birth_place = BIRTH_CODES[home.region], old_address(home)
        if rng.random() < 0.14:
            other, birth_code = rng.choice(NEIGHBOURS)
            birth_place = f"tỉnh {other}" if not other.startswith(("Thành", "Hà Nội")) else other
            origin = birth_place
        else:
            origin = new_address(home) if rng.random() < 0.5 else old_address(home)
        century = (0 if born.year < 2000 else 2) + (1 if sex == FEMALE else 0)
        issued = date(2021, 3, 1) + timedelta(
            days=rng.randint(0, (min(today, date(2026, 10, 31)) - date(2021, 3, 1)).days)
        )
        insurance = f"99{(number * 7919 + 4321) % 100_000_000:08d}"
        in_commune = "commune" in {seat.using.kind, seat.managing.kind}
        lives_at = place if rng.random() < (0.7 if in_commune else 0.3) else home
        address = home_address(rng, lives_at)
        return {
            "id": number,
            "staff_code": f"{self.prefix}{number:06d}",
            "full_name": name,
            "sex": sex,
            "birth_date": born.isoformat(),
            "birth_place": birth_place,
            "home_town": origin,
            "ethnic_group": ethnic,
            "religion": self._religion(ethnic),
            "national_id": f"{birth_code}{century}{born.year % 100:02d}{(number * 7919 + 12345) % 1_000_000:06d}",
            "id_issued_on": issued,
            "id_issued_by": "Bộ Công an"
            if issued >= date(2024, 7, 1)
            else "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
            # No operator has the prefix 0100, so nobody can be rung up by mistake.
            "phone": f"0100{number % 1_000_000:06d}",
            "email": f"{self.prefix.strip('-').lower()}{number:06d}@cantho.example",
            "social_insurance_no": insurance,
            "health_insurance_no": f"HC492{insurance}",
            "current_address": address,
            "permanent_address": address if rng.random() < 0.75 else home_address(rng, home),
            "recruited_on": recruited.isoformat(),
            "joined_agency_on": joined.isoformat(),
            "unit_name": seat.unit_name,
            "job_position": seat.role.position,
            "main_duty": seat.role.position,
        }

    def _religion(self, ethnic: str) -> str:
        draw = self.rng.random() * 100
        limits = _RELIGION_LIMITS.get(ethnic, _RELIGION_LIMITS[KINH])
        return next(code for code, limit in zip(_RELIGIONS, limits, strict=True) if draw <= limit)

    def _end_of_record(self, draft: Draft) -> None:
        """Fill what follows from the rest: pay for the year, who is on maternity leave."""
        rng, record = self.rng, draft.record
        standing = draft.standing(self.today)
        if standing is not None:
            pay = standing.coefficient * 2_530_000 * 12
            record["income_salary"] = int(pay / 1_000_000) * 1_000_000
        age = (self.today - draft.born).days // 365
        if draft.fate == SERVING and draft.sex == FEMALE and 24 <= age <= 39 and rng.random() < 0.035:
            draft.on_leave_since = self.today - timedelta(days=rng.randint(5, 160))


def _month_start(day: date) -> date:
    return day.replace(day=1)


def region_name(place: Place) -> str:
    """Return the old province of a place, as addresses before the merger say it."""
    return REGION_NAMES[place.region]
