"""What an invented person has studied: degrees, political theory, management, computing, languages; in that order."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

from seed.demo.names import HOA, KHMER
from seed.demo.places import REGION_NAMES
from seed.demo.roles import CADRE, CIVIL, CONTRACT, EDUCATION, HEALTH

if TYPE_CHECKING:
    from seed.demo.drafts import Draft

_UNIVERSITIES = {
    EDUCATION: (
        "Đại học Cần Thơ",
        "Trường Đại học Đồng Tháp",
        "Trường Đại học Sư phạm Thành phố Hồ Chí Minh",
        "Trường Đại học Trà Vinh",
    ),
    HEALTH: (
        "Trường Đại học Y Dược Cần Thơ",
        "Trường Đại học Y Dược Cần Thơ",
        "Đại học Y Dược Thành phố Hồ Chí Minh",
        "Trường Đại học Trà Vinh",
    ),
}
_OTHER_UNIVERSITIES = (
    "Đại học Cần Thơ",
    "Đại học Cần Thơ",
    "Trường Đại học Luật Thành phố Hồ Chí Minh",
    "Học viện Hành chính Quốc gia",
    "Trường Đại học Tây Đô",
    "Trường Đại học Nam Cần Thơ",
    "Đại học Kinh tế Thành phố Hồ Chí Minh",
)
_COLLEGES = {
    EDUCATION: (
        "Trường Cao đẳng Sư phạm Cần Thơ",
        "Trường Cao đẳng Sư phạm Sóc Trăng",
        "Trường Cao đẳng Cộng đồng Hậu Giang",
    ),
    HEALTH: ("Trường Cao đẳng Y tế Cần Thơ", "Trường Trung cấp Y tế Sóc Trăng"),
}
_GRADES = ("very_good", "good", "good", "good", "fairly_good", "average")
_LONGER = {"master": 2, "specialist_1": 2, "specialist_2": 2, "doctor": 4}
_RANKING = (
    "none",
    "elementary",
    "intermediate",
    "college",
    "university",
    "master",
    "specialist_1",
    "specialist_2",
    "doctor",
)
_DIPLOMAS = {
    "elementary": "Chứng chỉ sơ cấp",
    "intermediate": "Bằng tốt nghiệp trung cấp",
    "college": "Bằng tốt nghiệp cao đẳng",
    "university": "Bằng tốt nghiệp đại học",
    "master": "Bằng thạc sĩ",
    "specialist_1": "Bằng bác sĩ chuyên khoa cấp I",
    "specialist_2": "Bằng bác sĩ chuyên khoa cấp II",
    "doctor": "Bằng tiến sĩ",
}


def degrees(rng: Random, draft: Draft, degree_year: int, end: date) -> None:
    """Add the first degree, finished in `degree_year`, and for some a later one by `end`."""
    role, record = draft.role, draft.record
    major = rng.choice(role.majors)
    later: str | None = None
    first = role.degree
    if first in _LONGER:
        first, later = "university", role.degree
    elif first == "university" and draft.placed_on.year + 4 < end.year:
        if role.key.endswith("doctor"):
            later = "specialist_1" if rng.random() < 0.34 else None
        elif rng.random() < (0.3 if role.leads else 0.13):
            later = "master"
    elif (
        first in {"college", "intermediate"}
        and draft.recruited_on.year + 5 < end.year
        and rng.random() < 0.72
        and role.kind != CONTRACT
    ):
        later = "university" if first == "college" or rng.random() < 0.4 else "college"
    if first != "none":
        draft.education.append(_study(rng, role.group, first, major, degree_year, regular=True))
    if later is not None:
        base = draft.recruited_on.year + 3 if later != "doctor" else draft.recruited_on.year + 6
        finished = min(max(base, degree_year + 2) + rng.randint(0, 9), end.year - 1)
        if finished > degree_year + 1:
            draft.education.append(_study(rng, role.group, later, major, finished, regular=later in _LONGER))
            record["degree"], record["major"] = later, major
            if later in {"master", "doctor"}:
                record["academic_degree"], record["academic_degree_on"] = later, f"{finished}-06"
    if "degree" not in record:
        record["degree"], record["major"] = first, major or None
    record["general_education"] = "12/12" if role.degree != "none" else rng.choice(("12/12", "9/12", "11/12"))


def _study(rng: Random, group: str, degree: str, major: str, year: int, *, regular: bool) -> dict[str, Any]:
    years = {"elementary": 0, "intermediate": 2, "college": 3, "university": 4}.get(degree, _LONGER.get(degree, 2))
    schools = _COLLEGES if degree in {"elementary", "intermediate", "college"} else _UNIVERSITIES
    where = rng.choice(
        schools.get(
            group, _OTHER_UNIVERSITIES if schools is _UNIVERSITIES else ("Trường Cao đẳng Kinh tế - Kỹ thuật Cần Thơ",)
        )
    )
    # A first degree ends in June, before the summer's or autumn's recruitment; evening classes in December.
    return {
        "section": "professional",
        "from_on": f"{year - years}-{'01' if not years else '09'}",
        "to_on": f"{year}-06",
        "institution": where,
        "major": major,
        "form": "regular" if regular else rng.choice(("in_service", "bridge", "work_study")),
        "degree": degree,
        "certificate": _DIPLOMAS[degree],
        "grade": rng.choice(_GRADES),
        "country": "VN",
    }


def courses(rng: Random, draft: Draft, end: date) -> None:
    """Add political theory, state management or title courses, defence, computing and languages."""
    role, record = draft.role, draft.record
    years = max(0, (end - draft.recruited_on).days // 365)
    start = draft.recruited_on.year
    old = REGION_NAMES[draft.seat.using.place.region]
    theory = role.theory if "party_joined_on" in record or role.theory == "none" else "elementary"
    if theory == "intermediate" and (years < 4 or rng.random() < 0.3):
        theory = "elementary"
    if theory == "advanced" and years < 8:
        theory = "intermediate"
    if theory == "elementary" and (years < 1 or rng.random() < 0.35):
        theory = "none"
    record["theory_level"] = theory
    if theory in {"intermediate", "advanced"}:
        year = min(start + rng.randint(3, 14), end.year - 1)
        school = "Học viện Chính trị khu vực IV" if theory == "advanced" else f"Trường Chính trị {old}"
        label = "Bằng cao cấp lý luận chính trị" if theory == "advanced" else "Bằng trung cấp lý luận chính trị"
        draft.education.append(
            {
                "section": "theory",
                "from_on": f"{year - 1}-09",
                "to_on": f"{year}-08",
                "institution": school,
                "form": rng.choice(("in_service", "regular")),
                "certificate": label,
            }
        )
    if role.kind in {CADRE, CIVIL}:
        level, name = ("specialist", "Bồi dưỡng kiến thức quản lý nhà nước ngạch chuyên viên")
        last = draft.standings[-1].rank.code
        if last in {"01.002", "04.024"}:
            level, name = "principal", "Bồi dưỡng kiến thức quản lý nhà nước ngạch chuyên viên chính"
        elif last in {"01.001", "04.023"}:
            level, name = "senior", "Bồi dưỡng kiến thức quản lý nhà nước ngạch chuyên viên cao cấp"
        if years < 1:
            level = "none"
        record["state_management_level"] = level
        if level != "none":
            year = min(start + rng.randint(1, 9), end.year - 1)
            draft.education.append(
                {
                    "section": "management",
                    "from_on": f"{year}-03",
                    "to_on": f"{year}-06",
                    "institution": f"Trường Chính trị {old}",
                    "certificate": name,
                }
            )
    elif years > 2 and role.kind != CONTRACT and rng.random() < 0.8:
        year = min(max(2016, start + 1), end.year - 1)
        record["professional_certificate"] = (
            f"Bồi dưỡng theo tiêu chuẩn chức danh nghề nghiệp {role.position[0].lower()}{role.position[1:]}"
        )
        draft.education.append(
            {
                "section": "management",
                "from_on": f"{year}-06",
                "to_on": f"{year}-08",
                "institution": "Đại học Cần Thơ",
                "certificate": record["professional_certificate"],
            }
        )
    if role.leads or rng.random() < 0.3:
        record["defence_training"] = "Đối tượng 3" if role.theory == "advanced" else "Đối tượng 4"
    elif role.kind == CIVIL and draft.number % 12:
        record["defence_training"] = "Đối tượng 4"
    if role.degree != "none":
        young = draft.born.year > 1988
        record["it_level"] = rng.choice(
            ("basic", "basic", "advanced") if young else ("certificate_a", "certificate_b", "certificate_b", "basic")
        )
        draft.education.append(
            {
                "section": "it",
                "to_on": str(min(end.year, draft.born.year + rng.randint(22, 30))),
                "institution": "Đại học Cần Thơ",
                "certificate": "Chứng chỉ ứng dụng công nghệ thông tin" if young else "Chứng chỉ tin học",
                "level": record["it_level"],
            }
        )
        record["language"] = "en" if rng.random() < 0.97 else rng.choice(("fr", "zh"))
        record["language_level"] = rng.choice(
            ("level_2", "level_3", "level_3", "level_4")
            if young
            else ("certificate_a", "certificate_b", "certificate_b", "certificate_c")
        )
        draft.education.append(
            {
                "section": "language",
                "to_on": str(min(end.year, draft.born.year + rng.randint(21, 29))),
                "institution": "Đại học Cần Thơ",
                "language": record["language"],
                "certificate": "Chứng chỉ ngoại ngữ",
                "level": record["language_level"],
            }
        )
    if record["ethnic_group"] in {KHMER, HOA} and rng.random() < 0.6:
        record["ethnic_language"] = "khmer" if record["ethnic_group"] == KHMER else "hoa"
    elif draft.seat.using.place.minorities[0] > 20 and rng.random() < 0.12:
        record["ethnic_language"] = "khmer"
