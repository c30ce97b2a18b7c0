"""Which courses somebody of the made-up province takes in a year: by trade, by field, a little by chance."""

from __future__ import annotations

from random import Random

from seed.demo.roles import CADRE, CIVIL, CONTRACT, HEALTH, Role

TEACHERS = ("V.07.02.", "V.07.03.", "V.07.04.", "V.07.05.")
_DOCTORS = ("V.08.01.", "V.08.02.", "V.08.03.")
_FIELD: dict[str, str] = {
    "officer_general": "LV.HANHCHINH", "officer_staff": "LV.NOIVU", "officer_law": "LV.TUPHAP",
    "officer_finance": "LV.TAICHINH", "officer_technical": "LV.XAYDUNG", "officer_society": "LV.VANHOA",
    "officer_it": "LV.CHUYENDOISO", "officer_land": "LV.DATDAI", "officer_build": "LV.XAYDUNG",
    "officer_one_stop": "LV.MOTCUA", "officer_justice": "LV.TUPHAP", "officer_culture": "LV.VANHOA",
    "officer_labour": "LV.DANTOC", "officer_school": "LV.GIAODUC", "officer_health": "LV.GIAODUC",
    "officer_farm": "LV.NONGNGHIEP", "inspector": "LV.TIEPDAN", "ranger": "LV.NONGNGHIEP", "clerk": "LV.VANTHU",
    "junior_clerk": "LV.VANTHU", "accountant": "LV.KETOAN", "assistant": "LV.HANHCHINH",
}  # fmt: skip
"""Course of the field of an official's seat."""
_LEADERS = ("VT.M1", "VT.M2", "VT.M3", "VT.M5")
_SKILLS = ("VT.G1", "VT.G2", "VT.G4", "VT.P2", "VT.P3", "VT.P4")
_WHOLE = ("VT.G3", "VT.P1", "VT.P5")
_DIGITAL = ("SO.COBAN", "SO.AI")


def teaches(role: Role) -> bool:
    """Say whether the 120 hours of teachers are owed."""
    return role.ladder[0].startswith(TEACHERS)


def heals(role: Role) -> bool:
    """Say whether the continuing education of practitioners is owed."""
    return role.group == HEALTH and role.ladder[0].startswith("V.08.")


def courses_of_year(role: Role, rng: Random) -> tuple[str, ...]:
    """Return the codes of courses that together satisfy the year, in the order they are taken."""
    if role.kind == CONTRACT:
        return ("LV.PHUCVU",)
    if teaches(role):
        return ("BDTX.1", "BDTX.2", "BDTX.3")
    if heals(role):
        first = "CME.BS" if role.ladder[0].startswith(_DOCTORS) else "CME.DD"
        return (first, rng.choice(("CME.KSNK", "CME.CAPCUU")))
    if role.leads:
        return (rng.choice(_LEADERS), rng.choice(_DIGITAL))
    field = _FIELD.get(role.key)
    drawn = rng.random()
    if role.kind in {CIVIL, CADRE} and field and drawn < 0.5:
        # Courses of a field have 24 or 40 hours; with a digital one of 16 the shorter make the year.
        return (field, rng.choice(_DIGITAL))
    if drawn < 0.75:
        return (rng.choice(_SKILLS), rng.choice(_DIGITAL))
    return (rng.choice(_WHOLE),)
