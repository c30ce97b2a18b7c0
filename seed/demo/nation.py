"""A country for the benchmarks: two million invented people with few facts each, in 34 provinces under one root.

Drawn by the database itself, province by province, from small pools made here (names with their keys, birth dates, pay
profiles), so memory stays bounded. `people_current` is filled along the way, and proved equal to what `refresh_people`
makes of the facts by a sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import psycopg
from vietnam_provinces import Province as VietnamProvince
from vietnam_provinces import Ward

from hrms.accounts.services.demo import DemoPlace, create_demo_accounts
from hrms.agencies.rules import AgencyKind
from hrms.agencies.services.tree import keys_of
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.i18n import _
from hrms.core.text import name_sort_key, nfc, search_text
from hrms.core.unit import transaction
from seed.demo import bulk, sign_ins
from seed.demo.facts import FIRST, LATER
from seed.demo.law import law
from seed.demo.names import FEMALE, KINH, MALE, full_name
from seed.demo.province import analyze, refuse_unless_empty
from seed.demo.writing import Table, reset_sequences

ROOT_CODE = "V00"
POOL = 120_000
SLOTS = 1_000
SAMPLE = 2_000
_LOADED = ("people", "person_status", "person_agency", "person_rank", "people_current")
_DEPARTMENTS = (
    "Sở Nội vụ",
    "Sở Tài chính",
    "Sở Xây dựng",
    "Sở Nông nghiệp và Môi trường",
    "Sở Công Thương",
    "Sở Khoa học và Công nghệ",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Giáo dục và Đào tạo",
    "Sở Y tế",
    "Sở Tư pháp",
)
_SMALL = "Phòng Công chức, viên chức"
_PROFILES = (
    ("civil_servant", "01.003", "Chuyên viên", 14),
    ("civil_servant", "01.002", "Chuyên viên chính", 4),
    ("civil_servant", "06.031", "Kế toán viên", 1),
    ("public_employee", "V.07.02.26", "Giáo viên mầm non", 14),
    ("public_employee", "V.07.03.29", "Giáo viên tiểu học", 20),
    ("public_employee", "V.07.04.32", "Giáo viên THCS", 17),
    ("public_employee", "V.07.05.15", "Giáo viên THPT", 9),
    ("public_employee", "V.08.01.03", "Bác sĩ", 5),
    ("public_employee", "V.08.05.13", "Điều dưỡng", 9),
    ("public_employee", "V.08.03.07", "Y sĩ", 3),
    ("public_employee", "V.05.02.07", "Kỹ sư", 4),
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Nation:
    """What was made; `differing` of `sampled` people had a current row other than their facts say (must be 0)."""

    people: int
    agencies: int
    sampled: int
    differing: int


def make_nation(people: int, seed: int, home: Path, say: Say = lambda _text: None) -> Nation:
    """Fill the empty database with `people` people of 34 provinces and the demo sign-ins, as the owner; all or nothing.

    Raises `Refused` when there are people or agencies, RuntimeError when the sample shows a wrong current row.
    """
    today = clock.today()
    rng = Random(seed)
    with transaction():
        connection: psycopg.Connection[Any] = db.session.connection().connection.driver_connection  # type: ignore[assignment] # psycopg is the driver
        refuse_unless_empty(connection)
        agencies = _Agencies()
        agencies.write(connection)
        say("  " + _("%(agencies)s cơ quan, đơn vị; %(people)s người…", agencies=agencies.count, people=people))
        _pools(connection, rng, today)
        with bulk.without_indexes(connection, _LOADED, say):
            done = 0
            for order, province in enumerate(agencies.provinces):
                upto = people * (order + 1) // len(agencies.provinces)
                _province(connection, seed, today, province, agencies.places[province], done + 1, upto)
                done = upto
                say("  " + _("%(people)s người…", people=done))
        reset_sequences(connection, ("agencies", "people"))
        differing = _sample(connection, people, rng, today)
        if differing:
            raise RuntimeError(f"{differing} of {SAMPLE} sampled people differ from their facts")
        _accounts(agencies, home)
    analyze()
    return Nation(people, agencies.count, min(SAMPLE, people), differing)


class _Agencies:
    """The tree: a root, the provinces, their departments and communes, one small division each."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int | None, tuple[int, ...], str, str, AgencyKind]] = []
        self.names: dict[int, str] = {}
        self.provinces: list[int] = []
        self.places: dict[int, str] = {}
        """The first three digits of a personal ID number, by province."""
        self.weights: dict[int, list[tuple[int, float]]] = {}
        root = self._add(None, ROOT_CODE, "Cả nước (dữ liệu đo hiệu năng)", AgencyKind.CENTRAL)
        wards: dict[int, list[Any]] = {}
        for ward in Ward.iter_all():
            wards.setdefault(int(ward.province_code), []).append(ward)
        for place in sorted(VietnamProvince.iter_all(), key=lambda p: int(p.code)):
            code = f"P{int(place.code):02d}"
            name = place.name if place.name.startswith("Thành phố") else f"tỉnh {place.name}"
            province = self._add(root, code, f"Ủy ban nhân dân {name[0].lower()}{name[1:]}", AgencyKind.PROVINCE)
            self.provinces.append(province)
            self.places[province] = f"{int(place.code):03d}"
            weights = self.weights[province] = []
            for number, department in enumerate(_DEPARTMENTS, start=1):
                unit = self._add(province, f"{code}.{number:02d}", f"{department} {name}", AgencyKind.DEPARTMENT)
                weights.append((unit, 3.5))
                if number == 1:
                    weights.append((self._add(unit, f"{code}.{number:02d}.01", _SMALL, AgencyKind.DIVISION), 0.3))
            for number, ward in enumerate(wards[int(place.code)], start=101):
                commune = self._add(
                    province, f"{code}.{number:03d}", f"Ủy ban nhân dân {nfc(ward.name)}, {name}", AgencyKind.COMMUNE
                )
                weights.append((commune, 9.0))

    @property
    def count(self) -> int:
        """How many agencies there are."""
        return len(self.rows)

    def _add(self, parent: int | None, code: str, name: str, kind: AgencyKind) -> int:
        number = len(self.rows) + 1
        path = (*(self.rows[parent - 1][2] if parent else (0,)), number)
        self.rows.append((number, parent, path, code, name, kind))
        self.names[number] = name
        return number

    def write(self, connection: psycopg.Connection[Any]) -> None:
        """Write the tree, and the table that deals out `SLOTS` places in each province by the agencies' weights."""
        opened = date(2025, 7, 1)
        table = Table("agencies", FIRST["agencies"])
        facts = Table("agency_facts", LATER["agency_facts"])
        now = clock.now()
        for number, parent, path, code, name, kind in self.rows:
            sort_key, search_key = keys_of(name, code, None, [])
            table.add(
                number,
                parent,
                ".".join(map(str, path[1:])),
                path,
                len(path) - 2,
                code,
                name,
                None,
                kind.value,
                None,
                None,
                None,
                opened,
                500,
                sort_key,
                search_key,
                now,
            )
            facts.add(number, name, kind.value, parent, opened, None, now, "old_data", None)
        table.write(connection)
        facts.write(connection)
        connection.execute(
            "CREATE TEMP TABLE demo_slot (province bigint, slot integer, agency bigint, reach bigint[],"
            " PRIMARY KEY (province, slot)) ON COMMIT DROP"
        )
        slots = Table("demo_slot", ("province", "slot", "agency", "reach"))
        for province, weights in self.weights.items():
            total = sum(weight for _unit, weight in weights)
            reached, slot = 0.0, 0
            for unit, weight in weights:
                reached += weight
                while slot < SLOTS and slot < reached / total * SLOTS:
                    slots.add(province, slot, unit, self.rows[unit - 1][2])
                    slot += 1
        slots.write(connection)


def _pools(connection: psycopg.Connection[Any], rng: Random, today: date) -> None:
    """Make the pools as temporary tables: names, birth dates of people still serving, pay profiles."""
    connection.execute(
        "CREATE TEMP TABLE demo_name (sex text, n integer, full_name text, sort_key text, search_text text,"
        " words tsvector) ON COMMIT DROP"
    )
    names = Table("demo_name", ("sex", "n", "full_name", "sort_key", "search_text"))
    for n in range(POOL):
        sex = FEMALE if n % 2 else MALE
        name = full_name(rng, sex, rng.randint(1966, 2001), KINH)
        names.add(sex, n // 2, name, name_sort_key(name), search_text(name))
    names.write(connection)
    connection.execute("UPDATE demo_name SET words = to_tsvector('simple', search_text)")
    connection.execute("CREATE INDEX ON demo_name (sex, n)")
    connection.execute("CREATE TEMP TABLE demo_birth (sex text, n integer, born date) ON COMMIT DROP")
    births = Table("demo_birth", ("sex", "n", "born"))
    retires = law().retires_on
    counts: list[int] = []
    for sex in (MALE, FEMALE):
        first, days = date(today.year - 61, 1, 1), 0
        for offset in range((date(today.year - 23, 1, 1) - first).days):
            born = first + timedelta(days=offset)
            if retires[sex, born.year, born.month] > today + timedelta(days=2):
                births.add(sex, days, born)
                days += 1
        counts.append(days)
    births.write(connection)
    connection.execute("CREATE INDEX ON demo_birth (sex, n)")
    connection.execute(
        "CREATE TEMP TABLE demo_profile (n integer, kind text, rank text, pay_table integer, pay_group text,"
        " months integer, steps integer, position text) ON COMMIT DROP"
    )
    profiles = Table("demo_profile", ("n", "kind", "rank", "pay_table", "pay_group", "months", "steps", "position"))
    n = 0
    for kind, rank, position, weight in _PROFILES:
        scale = law().ranks[rank].scale
        for _again in range(weight):
            profiles.add(n, kind, rank, scale.table, scale.group, scale.months_per_step, scale.steps, position)
            n += 1
    profiles.write(connection)
    connection.execute("ANALYZE demo_name, demo_birth, demo_profile, demo_slot")


# One row a person with everything drawn; the tables are filled from it. Every draw is a hash of number and seed.
_DRAW: LiteralString = """
CREATE TEMP TABLE demo_person ON COMMIT DROP AS
WITH numbered AS (
  SELECT i, hashint8extended(i, %(seed)s) & 4611686018427387903 AS h,
         hashint8extended(i, %(seed)s + 1) & 4611686018427387903 AS g
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
), drawn AS (
  SELECT i, h, g, CASE WHEN h %% 100 < 58 THEN 'female' ELSE 'male' END AS sex FROM numbered
)
SELECT d.i AS id, d.h, d.g, d.sex, n.full_name, n.sort_key, n.search_text, n.words, b.born, s.agency, s.reach, p.kind,
       p.rank, p.pay_table, p.pay_group, p.steps, p.months, p.position, v.step, v.step_since, v.hired, k.coefficient
FROM drawn d
JOIN demo_name n ON n.sex = d.sex AND n.n = (d.g %% %(names)s)::integer
JOIN demo_birth b ON b.sex = d.sex
  AND b.n = (d.h / 100 %% CASE d.sex WHEN 'male' THEN %(men)s ELSE %(women)s END)::integer
JOIN demo_slot s ON s.province = %(province)s AND s.slot = (d.g / 131 %% %(slots)s)::integer
JOIN demo_profile p ON p.n = (d.h / 977 %% 100)::integer
CROSS JOIN LATERAL (
  SELECT greatest(b.born + 8400, least(b.born + 9500, %(today)s::date - 40))::date AS hired
) hire
CROSS JOIN LATERAL (
  SELECT hire.hired, least(p.steps, 1 + ((%(today)s::date - hire.hired) / 30.44 / p.months)::integer)::integer AS step,
         (%(today)s::date - (d.g / 7 %% (p.months * 30 - 30) + 1)::integer)::date AS step_since
) v
JOIN pay_scale_steps k ON k.pay_table = p.pay_table AND k.pay_group = p.pay_group AND k.step = v.step
"""
_PEOPLE: LiteralString = """
INSERT INTO people (id, scope_ids, staff_code, full_name, sex, birth_date, ethnic_group, religion, national_id, phone,
                    recruited_on, joined_agency_on, party_joined_on, degree, theory_level, job_position, sort_key,
                    search_text)
SELECT id, reach, 'QG-' || lpad(id::text, 7, '0'), full_name, sex, to_char(born, 'YYYY-MM-DD'),
       CASE WHEN h / 31 %% 100 < 88 THEN '01' ELSE lpad((2 + h / 31 %% 53)::text, 2, '0') END, 'KHONG',
       %(place)s || ((extract(year FROM born)::integer / 100 - 19) * 2 + (sex = 'female')::integer)::text
         || to_char(born, 'YY') || lpad((id %% 1000000)::text, 6, '0'),
       '0100' || lpad((id %% 1000000)::text, 6, '0'), to_char(hired, 'YYYY-MM-DD'), '2025-07-01',
       CASE WHEN h / 17 %% 100 < 40 THEN to_char(hired + 900, 'YYYY-MM-DD') END,
       CASE WHEN pay_group IN ('A1', 'A2.1') THEN CASE WHEN g / 3 %% 100 < 16 THEN 'master' ELSE 'university' END
            WHEN pay_group = 'A0' THEN 'college' ELSE 'intermediate' END,
       (ARRAY['none', 'elementary', 'elementary', 'intermediate', 'advanced'])[1 + g / 11 %% 5],
       position, sort_key, search_text
FROM demo_person ORDER BY id
"""
_STATUS: LiteralString = """
INSERT INTO person_status (person_id, status, kind, valid_from, basis)
SELECT id, 'serving', kind, hired, 'old_data' FROM demo_person ORDER BY id
"""
_AGENCY: LiteralString = """
INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, basis)
SELECT id, 'using', 0, agency, greatest(hired, date '2025-07-01'), 'old_data' FROM demo_person ORDER BY id
"""
_RANK: LiteralString = """
INSERT INTO person_rank (person_id, rank_code, rank_since, pay_table, pay_group, step, coefficient, step_since,
                         valid_from, basis)
SELECT id, rank, hired, pay_table, pay_group, step, coefficient, greatest(step_since, hired),
       greatest(step_since, hired), 'old_data'
FROM demo_person ORDER BY id
"""
_CURRENT: LiteralString = """
INSERT INTO people_current (person_id, scope_ids, full_name, sort_key, search_words, staff_code, national_id, sex,
  birth_date, born_on, kind, status, agency_id, job_position, rank_code, pay_table, pay_group, step, steps, coefficient,
  step_since, next_step_on, retires_on, ethnic_group, religion, degree, theory_level, party_member,
  old_data_facts, version, refreshed_at)
SELECT p.id, p.scope_ids, p.full_name, p.sort_key, d.words, p.staff_code, p.national_id, p.sex, p.birth_date,
  d.born, d.kind, 'serving', d.agency, p.job_position, d.rank, d.pay_table, d.pay_group, d.step, d.steps, d.coefficient,
  greatest(d.step_since, d.hired), (greatest(d.step_since, d.hired) + make_interval(months => d.months))::date,
  m.retires_on,
  p.ethnic_group, p.religion, p.degree, p.theory_level, p.party_joined_on IS NOT NULL, 3, p.version, clock_timestamp()
FROM demo_person d JOIN people p ON p.id = d.id
JOIN retirement_months m ON m.sex = d.sex AND m.birth_year = extract(year FROM d.born)::integer
  AND m.birth_month = extract(month FROM d.born)::integer
ORDER BY d.id
"""


def _province(
    connection: psycopg.Connection[Any], seed: int, today: date, province: int, place: str, first: int, last: int
) -> None:
    counts = connection.execute(
        "SELECT count(*) FILTER (WHERE sex = 'male'), count(*) FILTER (WHERE sex = 'female') FROM demo_birth"
    ).fetchone()
    men, women = counts or (1, 1)
    given = {
        "seed": seed,
        "first": first,
        "last": last,
        "province": province,
        "today": today,
        "names": POOL // 2,
        "slots": SLOTS,
        "men": men,
        "women": women,
        "place": place,
    }
    connection.execute(_DRAW, given)
    connection.execute("ALTER TABLE demo_person ADD PRIMARY KEY (id)")
    connection.execute("ANALYZE demo_person")
    connection.execute(_PEOPLE, given)
    for statement in (_STATUS, _AGENCY, _RANK, _CURRENT):
        connection.execute(statement)
    connection.execute("DROP TABLE demo_person")


def _sample(connection: psycopg.Connection[Any], people: int, rng: Random, today: date) -> int:
    """Return how many of a sample of people `refresh_people` would have given another row."""
    connection.execute("ANALYZE people, person_status, person_agency, person_rank, people_current")
    ids = sorted(rng.sample(range(1, people + 1), min(SAMPLE, people)))
    row = connection.execute("SELECT refresh_people(%s::bigint[], %s)", [ids, today]).fetchone()
    return int(row[0]) if row else 0


def _accounts(agencies: _Agencies, home: Path) -> None:
    root, province = 1, agencies.provinces[-2]
    department = next(number for number, parent, *_rest in agencies.rows if parent == province)
    division = next(number for number, parent, *_rest in agencies.rows if parent == department)
    commune = next(
        number
        for number, parent, _path, _code, _name, kind in agencies.rows
        if parent == province and kind is AgencyKind.COMMUNE
    )
    password = sign_ins.new_password()
    places = {
        "admin": DemoPlace("Quản trị hệ thống (mẫu)", root),
        "sonoivu": DemoPlace("Cán bộ tổ chức cả nước (mẫu)", root),
        "tochuc": DemoPlace("Cán bộ tổ chức một xã (mẫu)", commune),
        "thutruong": DemoPlace("Trưởng phòng (mẫu)", division),
        "giangvien": DemoPlace("Giảng viên (mẫu)", commune),
        "thanhtra": DemoPlace("Thanh tra viên (mẫu)", province),
        "canbo": DemoPlace("Công chức (mẫu)", commune, None, 1),
    }
    with scope.everything():
        create_demo_accounts(Actor.system("dữ liệu đo", via="cli"), places, password)
    sign_ins.keep_password(home, password)
