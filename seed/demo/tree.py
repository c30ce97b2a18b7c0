"""The agency tree of the made-up province and its seats: 126 agencies at the first level, about 1,100 below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from hrms.agencies.rules import AgencyKind, Sector
from seed.demo.departments import CITY_UNITS, DEPARTMENTS, HIGH_SCHOOLS, HOSPITALS, Department, ServiceUnit
from seed.demo.places import CITY, Place, new_address, places
from seed.demo.roles import ROLES, Role

FULL_CIVIL = 4900
FULL_CONTRACT = 83
TWO_TIERS = date(2025, 7, 1)
"""The day the two-tier government began; departments were merged the same day."""

ROOT_CODE = "H13"
HOME_AFFAIRS_CODE = "H13.05"
CONSTRUCTION_CODE = "H13.07"
POLITICAL_SCHOOL_CODE = "H13.20"


@dataclass(slots=True, eq=False)
class Unit:
    """One agency. `scope` is 0, the root, … and itself: what the table keeps as `scope_ids`."""

    id: int
    parent: Unit | None
    code: str
    name: str
    kind: str
    sector: str | None
    place: Place
    opened_on: date
    order_no: int
    scope: tuple[int, ...]
    short_name: str | None = None

    @property
    def top(self) -> int:
        """The id of the agency at the first level that this one stands under; the root's own for the root."""
        return self.scope[2] if len(self.scope) > 2 else self.scope[-1]


@dataclass(slots=True, eq=False)
class Seat:
    """One person's place: who uses them, who manages them, which division inside the unit when the tree holds none."""

    role: Role
    using: Unit
    managing: Unit
    unit_name: str | None = None
    concurrent_at: Unit | None = None


@dataclass(slots=True)
class Tree:
    """All units in the order of their ids, and the seats of the full-size province."""

    units: list[Unit] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)

    @property
    def root(self) -> Unit:
        """The city's People's Committee."""
        return self.units[0]

    def unit(self, code: str) -> Unit:
        """Return the unit of a code. Raises KeyError."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise KeyError(code)

    def add(
        self,
        parent: Unit | None,
        number: str,
        name: str,
        kind: AgencyKind,
        *,
        sector: str | None = None,
        place: Place | None = None,
        opened_on: date = TWO_TIERS,
        order_no: int = 500,
        short_name: str | None = None,
    ) -> Unit:
        """Add a unit below `parent`; its code is the parent's and `number`."""
        number_of = len(self.units) + 1
        unit = Unit(
            number_of,
            parent,
            f"{parent.code}.{number}" if parent else number,
            name,
            kind.value,
            sector,
            place or (parent.place if parent else places()[0]),
            opened_on,
            order_no,
            (*(parent.scope if parent else (0,)), number_of),
            short_name,
        )
        self.units.append(unit)
        return unit

    def seat(
        self, role: str, using: Unit, managing: Unit, count: int = 1, unit_names: Sequence[str] = ()
    ) -> list[Seat]:
        """Add `count` seats of a role, dealt over the divisions named."""
        made = [
            Seat(ROLES[role], using, managing, unit_names[n % len(unit_names)] if unit_names else None)
            for n in range(count)
        ]
        self.seats += made
        return made


def build_tree() -> Tree:
    """Return the tree; nothing in it is drawn, so it is the same for every seed and size."""
    tree = Tree()
    root = tree.add(
        None, ROOT_CODE, f"Ủy ban nhân dân {CITY}", AgencyKind.PROVINCE, short_name="UBND TP. Cần Thơ", order_no=1
    )
    for department in DEPARTMENTS:
        _department(tree, root, department)
    for number, unit in CITY_UNITS:
        _service_unit(tree, root, number, unit, root)
    for order, place in enumerate(places(), start=1):
        _commune(tree, root, order, place)
    _guards(tree)
    return tree


_HEADS = {
    "02": ("council_office_head", "council_office_deputy"),
    "03": ("office_head", "office_deputy"),
    "04": ("chief_inspector", "deputy_inspector"),
    "17": ("zone_head", "zone_deputy"),
}
_DIVISION_WORK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Văn phòng", ("officer_general", "clerk", "accountant", "officer_it", "officer_general")),
    ("Hành chính", ("officer_general", "clerk", "accountant", "officer_law")),
    ("Quản trị", ("officer_general", "accountant", "officer_finance")),
    ("Nghiệp vụ", ("inspector",)),
    ("Giám sát", ("inspector",)),
    ("Kiểm lâm", ("ranger",)),
    ("rừng", ("ranger",)),
    ("Công chức", ("officer_staff",)),
    ("Tổ chức", ("officer_staff", "officer_law")),
    ("Tài chính", ("officer_finance", "accountant", "officer_finance")),
    ("ngân sách", ("officer_finance",)),
    ("đầu tư", ("officer_finance", "officer_build")),
    ("đất đai", ("officer_land",)),
    ("xây dựng", ("officer_build",)),
    ("Xây dựng", ("officer_build",)),
    ("Hạ tầng", ("officer_build",)),
    ("Quy hoạch", ("officer_build",)),
    ("số", ("officer_it",)),
    ("Giáo dục", ("officer_school",)),
    ("Nghiệp vụ Y", ("officer_health",)),
    ("Dược", ("officer_health",)),
    ("Dân số", ("officer_health",)),
    ("văn hóa", ("officer_culture", "officer_society")),
    ("hành chính công", ("officer_one_stop",)),
    ("Lao động", ("officer_labour",)),
    ("Người có công", ("officer_labour",)),
    ("Trồng trọt", ("officer_farm",)),
    ("Chăn nuôi", ("officer_farm",)),
    ("pháp luật", ("officer_law",)),
    ("văn bản", ("officer_law",)),
    ("tư pháp", ("officer_justice",)),
)


def _work_of(division: str) -> tuple[str, ...]:
    for word, roles in _DIVISION_WORK:
        if word in division:
            return roles
    return ("officer_technical", "officer_general", "officer_technical", "officer_law")


def _department(tree: Tree, root: Unit, given: Department) -> None:
    kind = AgencyKind(given.kind)
    unit = tree.add(root, given.number, given.name, kind, order_no=int(given.number) * 10, short_name=given.short_name)
    head, deputy = _HEADS.get(given.number, ("director", "deputy_director"))
    tree.seat(head, unit, root)
    tree.seat(deputy, unit, root, 3)
    for number, name in enumerate(given.divisions, start=1):
        division = tree.add(unit, f"{number:02d}", name, AgencyKind.DIVISION, order_no=number * 10)
        _division(tree, division, unit, given.staff, "division_head", "division_deputy")
    number = 30
    for sub in given.sub_departments:
        number += 1
        office = tree.add(
            unit, str(number), f"{sub.name} thành phố Cần Thơ", AgencyKind.SUB_DEPARTMENT, order_no=300 + number
        )
        tree.seat("sub_head", office, unit)
        tree.seat("sub_deputy", office, unit, 2)
        for place, name in enumerate(sub.divisions, start=1):
            division = tree.add(office, f"{place:02d}", name, AgencyKind.DIVISION, order_no=place * 10)
            ranger = sub.rangers and name.startswith("Hạt")
            _division(tree, division, office, sub.staff, "ranger_head" if ranger else "sub_division_head", None)
    for number, service in enumerate(_units_of(given), start=50):
        _service_unit(tree, unit, str(number) if number < 100 else f"{number:03d}", service, unit)


def _units_of(given: Department) -> Iterator[ServiceUnit]:
    yield from given.units
    if given.number == "12":
        for region, names in HIGH_SCHOOLS.items():
            for name in names.split(", "):
                boarding = name.startswith("Dân tộc")
                label = f"Trường Phổ thông {name}" if boarding else f"Trường THPT {name}"
                yield ServiceUnit(label, "education", "upper", 62, region)
    if given.number == "13":
        yield from HOSPITALS


def _division(tree: Tree, division: Unit, managing: Unit, staff: int, head: str, deputy: str | None) -> None:
    tree.seat(head, division, managing)
    left = staff - 1
    if deputy and staff >= 6:
        tree.seat(deputy, division, managing, 2 if staff >= 11 else 1)
        left -= 2 if staff >= 11 else 1
    work = _work_of(division.name)
    for n in range(left):
        role = work[n % len(work)]
        if n == left - 1 and division.id % 7 == 0:
            role = "assistant" if division.id % 2 else "junior_clerk"
        tree.seat(role, division, managing)


def _commune(tree: Tree, root: Unit, order: int, place: Place) -> None:
    factor = (0.9 if place.kind == "xã" else 1.12) * (0.86 + (int(place.code) * 7919 % 29) / 100)
    name = f"Ủy ban nhân dân {new_address(place)}"
    unit = tree.add(
        root,
        str(100 + order),
        name,
        AgencyKind.COMMUNE,
        place=place,
        order_no=600 + order,
        short_name=f"UBND {place.full_name}",
    )
    tree.seat("council_chair", unit, root)
    tree.seat("commune_chair", unit, root)
    vices = tree.seat("commune_deputy", unit, root, 2)
    economy = "Phòng Kinh tế, Hạ tầng và Đô thị" if place.kind == "phường" else "Phòng Kinh tế"
    work: tuple[tuple[str, int, str, tuple[str, ...]], ...] = (
        (
            "Văn phòng HĐND và UBND",
            10,
            "commune_office_head",
            ("officer_general", "officer_justice", "clerk", "accountant", "officer_it", "officer_law", "officer_staff"),
        ),
        (
            economy,
            9,
            "commune_head",
            ("officer_finance", "officer_land", "officer_build", "officer_farm", "officer_land", "accountant"),
        ),
        (
            "Phòng Văn hóa - Xã hội",
            8,
            "commune_head",
            ("officer_labour", "officer_culture", "officer_school", "officer_health", "officer_staff", "officer_it"),
        ),
        ("Trung tâm Phục vụ hành chính công", 5, "commune_service_deputy", ("officer_one_stop",)),
    )
    for number, (label, size, head, roles) in enumerate(work, start=1):
        division = tree.add(unit, f"{number:02d}", label, AgencyKind.DIVISION, order_no=number * 10)
        people = max(3, round(size * factor))
        tree.seat(head, division, unit)
        if head != "commune_service_deputy":
            tree.seat("commune_head_deputy", division, unit)
        else:
            vices[0].concurrent_at = division
        for n in range(people - (1 if head == "commune_service_deputy" else 2)):
            tree.seat(roles[n % len(roles)], division, unit)
    for code, level, label, size in (
        ("11", "kindergarten", f"Trường Mầm non {place.name}", 20),
        ("21", "primary", f"Trường Tiểu học {place.name} 1", 23),
        ("22", "primary", f"Trường Tiểu học {place.name} 2", 18),
        ("31", "lower", f"Trường THCS {place.name}", 30),
    ):
        _service_unit(
            tree, unit, code, ServiceUnit(label, "education", level, round(size * factor), place.region), unit
        )
    station = ServiceUnit(f"Trạm Y tế {place.full_name}", "health", "health_station", round(11 * factor), place.region)
    _service_unit(tree, unit, "41", station, unit)


_SUBJECT_GROUPS = {
    "kindergarten": ("Khối Mầm", "Khối Chồi", "Khối Lá", "Tổ Nhà trẻ"),
    "primary": ("Tổ Khối 1", "Tổ Khối 2", "Tổ Khối 3", "Tổ Khối 4", "Tổ Khối 5"),
    "lower": (
        "Tổ Toán - Tin",
        "Tổ Ngữ văn",
        "Tổ Ngoại ngữ",
        "Tổ Khoa học tự nhiên",
        "Tổ Lịch sử - Địa lý",
        "Tổ Nghệ thuật - Thể chất",
    ),
    "upper": (
        "Tổ Toán",
        "Tổ Ngữ văn",
        "Tổ Ngoại ngữ",
        "Tổ Vật lý - Công nghệ",
        "Tổ Hóa học",
        "Tổ Sinh học",
        "Tổ Lịch sử - Địa lý",
        "Tổ Tin học",
        "Tổ Thể dục - Quốc phòng",
    ),
}
_WARDS = (
    "Khoa Khám bệnh",
    "Khoa Hồi sức tích cực - Chống độc",
    "Khoa Nội tổng hợp",
    "Khoa Ngoại tổng hợp",
    "Khoa Nhi",
    "Khoa Phụ sản",
    "Khoa Cấp cứu",
    "Khoa Xét nghiệm",
    "Khoa Chẩn đoán hình ảnh",
    "Khoa Dược",
    "Khoa Phẫu thuật - Gây mê hồi sức",
    "Phòng Điều dưỡng",
    "Khoa Truyền nhiễm",
    "Khoa Tai - Mũi - Họng",
)
_HOSPITAL_MIX = (
    "nurse",
    "doctor",
    "junior_nurse",
    "nurse",
    "technician",
    "doctor",
    "nurse",
    "midwife",
    "pharmacist",
    "junior_nurse",
    "nurse",
    "doctor",
    "health_accountant",
    "nurse",
    "junior_pharmacist",
    "technician",
)
_MIXES: dict[str, tuple[str, tuple[str, ...]]] = {
    "office": ("unit", ("engineer", "unit_accountant", "engineering_technician", "engineer")),
    "engineering": ("unit", ("engineer", "engineer", "engineering_technician", "engineer", "unit_accountant")),
    "cadastre": (
        "unit",
        ("cadastral_officer", "cadastral_officer", "cadastral_officer", "engineering_technician", "unit_accountant"),
    ),
    "employment": ("unit", ("counsellor", "counsellor", "counsellor", "unit_accountant")),
    "archive": ("unit", ("archivist", "archivist", "archivist", "unit_accountant")),
    "library": ("unit", ("librarian", "librarian", "librarian", "unit_accountant")),
    "culture": (
        "unit",
        ("culture_officer", "culture_officer", "culture_officer", "unit_accountant", "engineering_technician"),
    ),
    "social": ("unit", ("social_worker", "social_worker", "social_worker", "unit_accountant")),
    "college": (
        "college",
        ("lecturer", "lecturer", "lecturer", "lecturer", "lecturer", "school_accountant", "school_library"),
    ),
    "political_school": (
        "political",
        ("political_lecturer", "political_lecturer", "political_lecturer", "school_accountant", "school_library"),
    ),
    "hospital": ("hospital", _HOSPITAL_MIX),
    "health_centre": (
        "health_centre",
        (
            "prevention_doctor",
            "doctor",
            "nurse",
            "nurse",
            "assistant_doctor",
            "technician",
            "pharmacist",
            "midwife",
            "junior_nurse",
            "health_accountant",
        ),
    ),
    "health_station": (
        "station",
        (
            "assistant_doctor",
            "nurse",
            "midwife",
            "assistant_doctor",
            "junior_pharmacist",
            "junior_nurse",
            "prevention_doctor",
        ),
    ),
}


def _service_unit(tree: Tree, parent: Unit, number: str, given: ServiceUnit, managing: Unit) -> None:
    place = (
        parent.place if parent.place.region == given.region else next(p for p in places() if p.region == given.region)
    )
    sector = Sector(given.sector).value
    opened = date(1985 + (len(tree.units) * 13) % 33, 9 if given.sector == "education" else 4, 1)
    unit = tree.add(parent, number, given.name, AgencyKind.SERVICE_UNIT, sector=sector, place=place, opened_on=opened)
    kind = given.staff_type
    if kind in _SUBJECT_GROUPS:
        _school(tree, unit, managing, kind, given.staff)
        return
    stem, mix = _MIXES[kind]
    used = 1
    tree.seat(f"{stem}_head", unit, managing)
    if stem != "station":
        deputies = 2 if given.staff >= 60 else 1
        tree.seat(f"{stem}_deputy", unit, managing, deputies)
        used += deputies
    names: tuple[str, ...] = ()
    if kind == "hospital":
        names = _WARDS[: max(6, given.staff // 26)]
        tree.seat("ward_head", unit, unit, len(names), names)
        tree.seat("head_nurse", unit, unit, len(names), names)
        used += 2 * len(names)
    for n in range(given.staff - used):
        tree.seat(
            mix[n % len(mix)], unit, unit if stem != "station" else managing, 1, names and (names[n % len(names)],)
        )


def _school(tree: Tree, unit: Unit, managing: Unit, level: str, staff: int) -> None:
    groups = _SUBJECT_GROUPS[level]
    tree.seat(f"{level}_head", unit, managing)
    tree.seat(f"{level}_deputy", unit, managing, 2 if staff >= 40 else 1)
    used = 3 if staff >= 40 else 2
    heads = min(len(groups), max(1, staff // 8))
    tree.seat(f"{level}_group_head", unit, managing, heads, groups)
    office = ["school_accountant", "school_clerk"]
    if level in {"lower", "upper"}:
        office += ["school_library", "school_equipment"]
    elif unit.id % 3 == 0:
        office.append("school_nurse")
    for role in office:
        tree.seat(role, unit, managing, 1, ("Tổ Văn phòng",))
    for n in range(staff - used - heads - len(office)):
        tree.seat(f"{level}_teacher", unit, managing, 1, (groups[n % len(groups)],))


def _guards(tree: Tree) -> None:
    """Add the contract staff of Decree 111: guards, drivers, cleaners."""
    hosts = [
        u for u in tree.units if u.kind in {"department", "commune"} or (u.sector == "health" and len(u.scope) == 4)
    ]
    kinds = ("guard", "cleaner", "driver")
    for n in range(FULL_CONTRACT):
        host = hosts[n * len(hosts) // FULL_CONTRACT]
        tree.seat(kinds[n % 3], host, host)
