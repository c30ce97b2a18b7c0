"""A made-up province for raises: many people with absences, discipline, classes, notices and gaps in the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import insert, text

from hrms.core import clock, scope
from hrms.core.db import Base, db
from hrms.people.queries import law
from tests.performance.making import CIVIL, set_id
from tests.province import Province
from tests.province import add_person as add_one

GROUPS = (
    (2, "A1", "01.003", "civil_servant"), (2, "A2.1", "01.002", "civil_servant"), (2, "A0", "01.004", "civil_servant"),
    (2, "B", "01.005", "civil_servant"), (1, "CGCC", None, "civil_servant"), (2, "A3.1", "01.001", "cadre"),
    (3, "A1", "V.07.03.29", "public_employee"), (3, "A2.2", "V.07.03.28", "public_employee"),
    (3, "C2", None, "public_employee"), (4, "LX", None, "contract"),
)  # fmt: skip
AWAY = (
    "maternity_leave", "sick_leave", "sick_leave", "unpaid_leave", "unpaid_leave", "study", "suspension", "detention",
    "military_service", "other",
)  # fmt: skip
FORMS = (
    "reprimand", "reprimand", "warning", "removal", "demotion", "pay_reduction", "party_reprimand", "party_warning",
    "party_removal",
)  # fmt: skip
ACTS = (None, None, "Vi phạm quy định về thời giờ làm việc", "Thiếu trách nhiệm", "thiếu  trách nhiệm")
CLASSES = ("excellent", "good", "good", "good", "satisfactory")
DAY = timedelta(days=1)


class World:
    """The rows of a province being made."""

    def __init__(self, province: Province, seed: int) -> None:
        """Begin with nothing; `today` is the clock's."""
        self.province, self.rng, self.today = province, Random(seed), clock.today()
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.scales = law.pay_scales()
        self.groups = [one for one in GROUPS if (one[0], one[1]) in self.scales]
        self.rounds: dict[int, int] = {}

    def add(self, table: str, **values: Any) -> None:
        """Note a row."""
        self.tables.setdefault(table, []).append(values)

    def chance(self, share: float) -> bool:
        """Say yes in a share of cases."""
        return self.rng.random() < share

    def day(self, first: date, last: date) -> date:
        """Return some day between two."""
        return first + timedelta(days=self.rng.randint(0, max((last - first).days, 0)))


def make(province: Province, count: int, seed: int = 7) -> list[int]:
    """Add people with all that a raise depends on; returns their ids. Everything is committed and refreshed."""
    with scope.everything():
        world = World(province, seed)
        _rounds(world)
        ids = _people(world, count)
        for person in ids:
            _of_one(world, person)
        for name, rows in world.tables.items():
            # Rows of one table name the same columns.
            names = sorted({key for row in rows for key in row})
            db.session.execute(
                insert(Base.metadata.tables[name]), [{key: row.get(key) for key in names} for row in rows]
            )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    return ids


def _rounds(world: World) -> None:
    table = Base.metadata.tables["rating_rounds"]
    for year in range(2022, 2026):
        values = {
            "agency_id": world.province.agencies["root"], "year": year, "set_id": set_id(CIVIL), "state": "published",
            "due_on": date(year, 12, 14), "outstanding": False, "quota_base": "final_good", "quota_percent": 20,
            "rounding": "unrounded", "tie_order": [], "published_on": date(year, 12, 20),
        }  # fmt: skip
        world.rounds[year] = int(db.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def _people(world: World, count: int) -> list[int]:
    """Add bare people by one statement, as one of the province's makers would have them."""
    first = add_one(world.province, 5_001, name="Người Đầu", place="A")
    person = db.session.execute(
        text("""
        INSERT INTO people (scope_ids, staff_code, full_name, sex, birth_date, job_position, recruited_on, sort_key,
                            search_text)
        SELECT scope_ids, 'NB-' || lpad(n::text, 6, '0'), full_name || ' ' || n, CASE n % 2 WHEN 0 THEN 'male'
          ELSE 'female' END, (1966 + n % 34) || '-05-17', job_position, '2008-01-01', sort_key || n, search_text || n
        FROM people, generate_series(1, :count) AS n WHERE id = :first ORDER BY n RETURNING id
        """),
        {"first": first, "count": count},
    )
    return list(person.scalars())


def _of_one(world: World, person: int) -> None:
    rng, today = world.rng, world.today
    table, group, rank, kind = rng.choice(world.groups)
    scale = world.scales[table, group]
    step = scale.steps if world.chance(0.25) else rng.randint(1, scale.steps)
    back = scale.months_per_step * 30 + rng.choice((-300, -90, 0, 0, 30, 200, 1_200))
    since = today - timedelta(days=max(back + rng.randint(-60, 60), 20))
    since = since.replace(day=1) if world.chance(0.6) else since
    began = world.day(date(2008, 1, 1), since)
    common = {"person_id": person, "valid_from": began, "basis": "old_data"}
    place = world.province.agencies[rng.choice(("A", "A1", "B", "B1", "C", "C1"))]
    for membership in ("using", "managing"):
        world.add("person_agency", **common, membership=membership, slot=0, agency_id=place)
    _status(world, person, kind, began, since)
    percent, percent_since = None, None
    if step == scale.steps and world.chance(0.6):
        percent = Decimal(rng.randint(5, 14))
        percent_since = today - timedelta(days=365 + rng.choice((-120, -30, 0, 10, 500)))
        if world.chance(0.03):
            percent_since = None
    coefficient: Decimal | None = scale.coefficients[step - 1]
    if world.chance(0.02):
        coefficient += Decimal("0.01")
    shown: int | None = step
    if world.chance(0.02):
        shown = None
    world.add(
        "person_rank", **common | {"valid_from": since}, rank_code=rank, pay_table=table, pay_group=group, step=shown,
        coefficient=coefficient, step_since=None if world.chance(0.01) else since, beyond_scale_percent=percent,
        beyond_scale_since=percent_since,
        valid_to=today + timedelta(days=20) if world.chance(0.02) and step < scale.steps else None,
    )  # fmt: skip
    ranks = world.tables["person_rank"]
    if ranks[-1]["valid_to"] is not None:
        on = ranks[-1]["valid_to"]
        world.add(
            "person_rank", **common | {"valid_from": on}, rank_code=rank, pay_table=table, pay_group=group,
            step=step + 1, coefficient=scale.coefficients[step], step_since=on,
        )  # fmt: skip
    _away(world, person, since)
    _discipline(world, person, since)
    _classes(world, person, place)
    if world.chance(0.05):
        _notice(world, person)


def _status(world: World, person: int, kind: str, began: date, since: date) -> None:
    """Add service with, now and then, a stretch of probation, of suspension, or out of service."""
    rows: list[tuple[date, date | None, str]] = [(began, None, "serving")]
    if world.chance(0.08):
        start = world.day(max(began + DAY, since - timedelta(days=60)), world.today - timedelta(days=40))
        end = start + timedelta(days=world.rng.randint(10, 300))
        if began < start and end < world.today:
            what = world.rng.choice(("probation", "suspended", "left"))
            rows = [(began, start, "serving"), (start, end, what), (end, None, "serving")]
    if world.chance(0.03):
        start = world.today - timedelta(days=world.rng.randint(5, 200))
        if start > rows[-1][0]:
            rows[-1:] = [(rows[-1][0], start, rows[-1][2]), (start, None, "suspended")]
    if world.chance(0.02):
        start = world.today + timedelta(days=world.rng.randint(1, 60))
        rows[-1:] = [(rows[-1][0], start, rows[-1][2]), (start, None, world.rng.choice(("retired", "left")))]
    for start, end, what in rows:
        world.add(
            "person_status", person_id=person, valid_from=start, valid_to=end, basis="old_data", status=what, kind=kind
        )


def _away(world: World, person: int, since: date) -> None:
    if not world.chance(0.5):
        return
    day = since - timedelta(days=world.rng.randint(0, 200))
    for _one in range(world.rng.randint(1, 4)):
        start = day + timedelta(days=world.rng.choice((0, 1, world.rng.randint(5, 400))))
        length = world.rng.choice((1, 8, 15, 16, 22, 30, 31, 45, 61, 120, 184, 300))
        end: date | None = start + timedelta(days=length)
        kind, expected, counted = world.rng.choice(AWAY), None, None
        if length < 25 and world.chance(0.4):
            counted = max(1, length * 5 // 7)
        if end > world.today and world.chance(0.6):
            end = None
            expected = world.rng.choice((None, start + timedelta(days=length + 60)))
        world.add(
            "person_absence", person_id=person, valid_from=start, valid_to=end, basis="old_data", absence_kind=kind,
            expected_until=expected, working_days=counted,
        )  # fmt: skip
        if end is None:
            return
        day = end


def _discipline(world: World, person: int, since: date) -> None:
    if not world.chance(0.25):
        return
    for _one in range(world.rng.randint(1, 3)):
        on = world.day(since - timedelta(days=200), world.today)
        form = world.rng.choice(FORMS)
        shown = on.isoformat()[: world.rng.choice((10, 10, 10, 7, 4))]
        act = world.rng.choice(ACTS)
        side = "party" if form.startswith("party") else "administration"
        world.add("person_discipline", person_id=person, from_on=shown, side=side, form=form, act=act)
        if side == "party" and world.chance(0.6):
            on += timedelta(days=world.rng.randint(0, 45))
            form = world.rng.choice(("reprimand", "warning"))
            world.add(
                "person_discipline", person_id=person, from_on=on.isoformat(), side="administration", form=form, act=act
            )


def _classes(world: World, person: int, place: int) -> None:
    for year in range(2012, 2026):
        if world.chance(0.03):
            continue
        draw = world.rng.random()
        rating = "unsatisfactory" if draw < 0.08 else "none" if draw < 0.1 else world.rng.choice(CLASSES)
        world.add("person_rating", person_id=person, year=year, rating=rating)
        if rating == "unsatisfactory" and year in world.rounds and world.chance(0.6):
            mean = Decimal(world.rng.choice(("42.5", "71.25", "88")))
            world.add(
                "ratings", round_id=world.rounds[year], person_id=person, year=year, agency_id=place, role="staff",
                months={}, causes={}, facts={"thresholds": {"excellent": "90", "good": "70", "satisfactory": "50"}},
                mean=mean, provisional=False, by_points=rating, final=rating, state="published",
                reasons=world.rng.choice((["discipline"], [], ["missing_months"])), published_on=date(year, 12, 20),
            )  # fmt: skip


def _notice(world: World, person: int) -> None:
    said = world.day(world.today - timedelta(days=200), world.today)
    last = said + timedelta(days=world.rng.randint(100, 260))
    number = len(world.tables.get("person_papers", ())) + 1
    table = Base.metadata.tables["decisions"]
    root = world.province.agencies["root"]
    decision = db.session.execute(
        insert(table)
        .values(
            number=str(number), symbol="TB", signed_on=said, effective_on=said, kind="other", subject="Thông báo",
            issuer_agency_id=root, issuer_name="UBND", scope_ids=[0, root], issuer_key=f"agency:{root}",
            search_key=f"tb{number}",
        )
        .returning(table.c.id)
    ).scalar_one()  # fmt: skip
    world.add(
        "person_papers", person_id=person, decision_id=decision, kind="retirement_notice", happens_on=last,
        values={"noticed_on": said.isoformat()} if world.chance(0.5) else {}, effects=[], moment=clock.now(),
    )  # fmt: skip


def differing(one: Sequence[Any] | set[Any], other: Sequence[Any] | set[Any]) -> list[Any]:
    """Return what only one of two answers has, the first few."""
    return sorted(set(one) ^ set(other))[:10]
