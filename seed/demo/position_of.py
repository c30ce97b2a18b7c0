"""Which job position of the catalogue each kind of seat of the made-up province is.

Elected officials hold no job position: the catalogue of NĐ 361/2025/NĐ-CP names the công chức of a commune only. Names
of provincial positions stand in for the decree's annexes; they are marked so in `seed/catalogues/job_positions.csv`.
"""

from __future__ import annotations

from seed.demo.tree import Seat, Unit

_HEAD, _DEPUTY, _BRANCH_HEAD, _GROUP_HEAD = "vc.pl1.001", "vc.pl1.002", "vc.pl1.003", "vc.pl1.007"
_KINDERGARTEN, _PRIMARY, _LOWER, _UPPER = "vc.pl2.066", "vc.pl2.067", "vc.pl2.068", "vc.pl2.069"
_COLLEGE, _POLITICAL, _DOCTOR, _ENGINEER = "vc.pl2.075", "vc.pl2.078", "vc.pl2.081", "vc.pl2.055"
_ACCOUNTANT = "vc.pl3.056"

POSITION_OF: dict[str, str | None] = {
    "director": "cc.leadership.01",
    "deputy_director": "cc.leadership.02",
    "office_head": "cc.leadership.16",
    "office_deputy": "cc.leadership.17",
    "council_office_head": "cc.assembly.01",
    "council_office_deputy": "cc.assembly.02",
    "chief_inspector": "cc.leadership.24",
    "deputy_inspector": "cc.leadership.25",
    "zone_head": "cc.leadership.28",
    "zone_deputy": "cc.leadership.29",
    "division_head": "cc.leadership.05",
    "division_deputy": "cc.leadership.06",
    "sub_head": "cc.leadership.07",
    "sub_deputy": "cc.leadership.08",
    "sub_division_head": "cc.leadership.09",
    "ranger_head": "cc.leadership.11",
    "council_chair": None,
    "commune_chair": None,
    "commune_deputy": None,
    "commune_office_head": "cc.commune.I.01",
    "commune_head": "cc.commune.I.03",
    "commune_head_deputy": "cc.commune.I.04",
    "commune_service_deputy": "cc.commune.I.06",
    "officer_general": "cc.support.02",
    "officer_staff": "cc.specialised.04",
    "officer_law": "cc.support.14",
    "officer_finance": "cc.support.21",
    "officer_technical": "cc.specialised.18",
    "officer_society": "cc.specialised.19",
    "officer_it": "cc.support.24",
    "officer_land": "cc.specialised.20",
    "officer_build": "cc.specialised.21",
    "officer_one_stop": "cc.specialised.22",
    "officer_justice": "cc.specialised.23",
    "officer_culture": "cc.specialised.24",
    "officer_labour": "cc.specialised.12",
    "officer_school": "cc.specialised.25",
    "officer_health": "cc.specialised.27",
    "officer_farm": "cc.specialised.26",
    "inspector": "cc.specialised.16",
    "ranger": "cc.specialised.17",
    "clerk": "cc.support.06",
    "accountant": "cc.support.19",
    "assistant": "cc.support.26",
    "junior_clerk": "cc.support.07",
    "kindergarten_head": _HEAD,
    "kindergarten_deputy": _DEPUTY,
    "kindergarten_group_head": _GROUP_HEAD,
    "kindergarten_teacher": _KINDERGARTEN,
    "primary_head": _HEAD,
    "primary_deputy": _DEPUTY,
    "primary_group_head": _GROUP_HEAD,
    "primary_teacher": _PRIMARY,
    "lower_head": _HEAD,
    "lower_deputy": _DEPUTY,
    "lower_group_head": _GROUP_HEAD,
    "lower_teacher": _LOWER,
    "upper_head": _HEAD,
    "upper_deputy": _DEPUTY,
    "upper_group_head": _GROUP_HEAD,
    "upper_teacher": _UPPER,
    "school_accountant": _ACCOUNTANT,
    "school_clerk": "vc.pl3.028",
    "school_equipment": "vc.pl3.029",
    "school_library": "vc.pl2.103",
    "school_nurse": "vc.pl3.037",
    "lecturer": _COLLEGE,
    "political_lecturer": _POLITICAL,
    "doctor": _DOCTOR,
    "prevention_doctor": "vc.pl2.082",
    "nurse": "vc.pl2.086",
    "junior_nurse": "vc.pl2.086",
    "midwife": "vc.pl2.087",
    "technician": "vc.pl2.088",
    "pharmacist": "vc.pl2.084",
    "junior_pharmacist": "vc.pl2.084",
    "assistant_doctor": "vc.pl2.083",
    "health_accountant": _ACCOUNTANT,
    "engineer": _ENGINEER,
    "engineering_technician": "vc.pl3.061",
    "cadastral_officer": "vc.pl2.032",
    "librarian": "vc.pl2.103",
    "archivist": "vc.pl2.001",
    "counsellor": "vc.pl2.003",
    "social_worker": "vc.pl2.097",
    "culture_officer": "vc.pl2.113",
    "unit_accountant": _ACCOUNTANT,
    "hospital_head": _HEAD,
    "hospital_deputy": _DEPUTY,
    "ward_head": _BRANCH_HEAD,
    "head_nurse": "vc.pl2.090",
    "health_centre_head": _HEAD,
    "health_centre_deputy": _DEPUTY,
    "station_head": _HEAD,
    "college_head": _HEAD,
    "college_deputy": _DEPUTY,
    "political_head": _HEAD,
    "political_deputy": _DEPUTY,
    "unit_head": _HEAD,
    "unit_deputy": _DEPUTY,
    "guard": "ct.support.02",
    "driver": "ct.support.03",
    "cleaner": "ct.support.01",
}
"""The position of each role, by `Role.key`; None where the law gives it none."""

IN_COMMUNE: dict[str, str] = {
    "officer_general": "cc.commune.II.02",
    "officer_justice": "cc.commune.II.04",
    "officer_finance": "cc.commune.II.06",
    "officer_build": "cc.commune.II.10",
    "officer_farm": "cc.commune.II.13",
    "officer_land": "cc.commune.II.15",
    "officer_staff": "cc.commune.II.17",
    "officer_labour": "cc.commune.II.18",
    "officer_school": "cc.commune.II.20",
    "officer_culture": "cc.commune.II.21",
    "officer_health": "cc.commune.II.24",
    "officer_one_stop": "cc.commune.II.25",
    "officer_law": "cc.commune.II.26",
    "officer_it": "cc.commune.II.22",
    "clerk": "cc.commune.II.29",
    "accountant": "cc.commune.II.32",
    "cleaner": "cc.commune.III.01",
    "guard": "cc.commune.III.02",
    "driver": "cc.commune.III.03",
}
"""The same roles in the offices of a commune, whose catalogue is its own."""

IN_OFFICE: dict[str, dict[str, str]] = {
    "H13.02": {"division_head": "cc.assembly.03", "division_deputy": "cc.assembly.04"},
    "H13.03": {"division_head": "cc.leadership.18", "division_deputy": "cc.leadership.19"},
    "H13.04": {"division_head": "cc.leadership.26", "division_deputy": "cc.leadership.27"},
    "H13.17": {"division_head": "cc.leadership.32", "division_deputy": "cc.leadership.33"},
}
"""Heads of divisions where the office is not a sở, by the code of the agency at the first level."""

BASE_OF: dict[str, str] = {
    "kindergarten_head": _KINDERGARTEN,
    "kindergarten_deputy": _KINDERGARTEN,
    "kindergarten_group_head": _KINDERGARTEN,
    "primary_head": _PRIMARY,
    "primary_deputy": _PRIMARY,
    "primary_group_head": _PRIMARY,
    "lower_head": _LOWER,
    "lower_deputy": _LOWER,
    "lower_group_head": _LOWER,
    "upper_head": _UPPER,
    "upper_deputy": _UPPER,
    "upper_group_head": _UPPER,
    "hospital_head": _DOCTOR,
    "hospital_deputy": _DOCTOR,
    "ward_head": _DOCTOR,
    "health_centre_head": _DOCTOR,
    "health_centre_deputy": _DOCTOR,
    "station_head": _DOCTOR,
    "college_head": _COLLEGE,
    "college_deputy": _COLLEGE,
    "political_head": _POLITICAL,
    "political_deputy": _POLITICAL,
    "unit_head": _ENGINEER,
    "unit_deputy": _ENGINEER,
}
"""The professional position a viên chức manager keeps the grade of (NĐ 232/2026/NĐ-CP Đ5 k5c), by `Role.key`."""


def position_of(seat: Seat) -> str | None:
    """Return the key of the job position a seat is, by its role and where it stands; None for an elected official."""
    role = seat.role.key
    if role in IN_COMMUNE and _commune_office(seat.using):
        return IN_COMMUNE[role]
    office = ".".join(seat.using.code.split(".")[:2])
    return IN_OFFICE.get(office, {}).get(role, POSITION_OF[role])


def _commune_office(unit: Unit) -> bool:
    """Say whether people at a unit work in the offices of a commune: the commune itself or a division of it."""
    office = unit.parent if unit.kind == "division" else unit
    return office is not None and office.kind == "commune"
