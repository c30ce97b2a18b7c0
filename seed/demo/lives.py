"""The rest of an invented life: party, work before, family, merits; each consistent with the dates already set."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from hrms.core.dates import add_months
from seed.demo import learning
from seed.demo.departments import HIGH_SCHOOLS
from seed.demo.names import FEMALE, MALE, family_name, full_name
from seed.demo.places import REGION_NAMES, new_address, places
from seed.demo.roles import CONTRACT, EDUCATION, HEALTH

if TYPE_CHECKING:
    from seed.demo.drafts import Draft
    from seed.demo.tree import Unit


def fill(rng: Random, draft: Draft, degree_year: int, end: date) -> None:
    """Add learning, party, work, family and merits to the draft; `end` is the last day of service known."""
    learning.degrees(rng, draft, degree_year, end)
    _party(rng, draft, end)
    learning.courses(rng, draft, end)
    _work(rng, draft, end)
    _family(rng, draft)
    _body(rng, draft)
    _merits(rng, draft, end)


def _party(rng: Random, draft: Draft, end: date) -> None:
    record, role = draft.record, draft.role
    record["organisation_joined_on"] = f"{draft.born.year + 15}-{rng.choice(('03-26', '05-19', '09-02', '12-22'))}"
    if role.kind == CONTRACT and rng.random() < 0.5:
        del record["organisation_joined_on"]
    if rng.random() < role.party:
        earliest = max(date(draft.born.year + 19, 1, 1), draft.recruited_on - timedelta(days=700))
        joined = min(earliest + timedelta(days=rng.randint(300, 3300)), end - timedelta(days=150))
        if role.leads and draft.post:
            joined = min(joined, draft.post.appointed_on - timedelta(days=500))
        if joined > date(draft.born.year + 18, 6, 1):
            record["party_joined_on"] = joined.isoformat()
            official = add_months(joined, 12)
            if official <= end:
                record["party_official_on"] = official.isoformat()
            record["party_card_no"] = f"{92:02d}.{(draft.number * 6151 + 77) % 1_000_000:06d}"
            record["party_post"] = _party_post(rng, draft)


def _party_post(rng: Random, draft: Draft) -> str:
    key = draft.role.key
    if key in {"director", "office_head", "chief_inspector"}:
        return "base_secretary"
    if key == "commune_chair":
        return "commune_deputy_secretary"
    if key in {"commune_deputy", "council_chair"}:
        return "commune_standing_member"
    if key.endswith("_head") and draft.role.leads:
        return "cell_secretary"
    return "cell_member" if draft.role.leads and rng.random() < 0.4 else "member"


def _work(rng: Random, draft: Draft, end: date) -> None:
    seat, record = draft.seat, draft.record
    using, place = seat.using, seat.using.place
    now_at = using.name if using.kind != "division" or using.parent is None else f"{using.name}, {using.parent.name}"
    position = draft.role.post_name or draft.role.position
    stops: list[tuple[str, str]] = []
    region = REGION_NAMES[place.region]
    if draft.joined_on > draft.recruited_on:
        if using.sector == "education":
            stops.append((_earlier_school(rng, using), draft.role.position))
        elif using.kind == "service_unit":
            stops.append(
                (f"Trung tâm Y tế {place.district}" if using.sector == "health" else using.name, draft.role.position)
            )
        elif using.kind == "commune" or (using.parent is not None and using.parent.kind == "commune"):
            office = rng.choice(
                (
                    "Phòng Nội vụ",
                    "Phòng Tài chính - Kế hoạch",
                    "Văn phòng HĐND và UBND",
                    "Phòng Tư pháp",
                    "Phòng Kinh tế",
                    "Phòng Văn hóa và Thông tin",
                )
            )
            stops.append(
                (
                    f"{office} {place.district}, {region}",
                    rng.choice(("Chuyên viên", "Phó Trưởng phòng")) if draft.role.leads else "Chuyên viên",
                )
            )
        else:
            top = using if using.parent is None or using.kind == "department" else using.parent
            stops.append((top.name, "Chuyên viên"))
    record["recruited_by"] = stops[0][0] if stops else now_at
    record["recruited_position"] = draft.role.position if not draft.role.leads else "Chuyên viên"
    record["job_before"] = (
        rng.choice(("Sinh viên", "Sinh viên", "Sinh viên", "Nhân viên hợp đồng", "Làm nông", "Nhân viên công ty"))
        if draft.role.kind != CONTRACT
        else "Lao động tự do"
    )
    if stops:
        draft.work.append(
            {
                "from_on": f"{draft.recruited_on:%Y-%m}",
                "to_on": f"{draft.joined_on - timedelta(days=1):%Y-%m}",
                "agency_name": stops[0][0],
                "position": stops[0][1],
            }
        )
    draft.work.append(
        {
            "from_on": f"{draft.joined_on:%Y-%m}",
            "to_on": f"{end:%Y-%m}" if draft.ended_on else None,
            "agency_code": using.code,
            "agency_name": now_at,
            "position": position,
        }
    )
    record["longest_job"] = draft.role.position
    record["strengths"] = rng.choice(_STRENGTHS.get(draft.role.group, _STRENGTHS["office"]))
    if draft.role.leads and rng.random() < 0.3:
        record["planned_post"] = {
            "division_head": "Phó Giám đốc Sở",
            "deputy_director": "Giám đốc Sở",
            "commune_deputy": "Chủ tịch UBND xã, phường",
            "division_deputy": "Trưởng phòng",
        }.get(draft.role.key)


def _earlier_school(rng: Random, now: Unit) -> str:
    """Return another school of the same level: in its former district, or for upper secondary in the old province."""
    if "THPT" in now.name or "nội trú" in now.name:
        return f"Trường THPT {rng.choice(HIGH_SCHOOLS[now.place.region].split(', '))}"
    label = next((label for label in _SCHOOL_LABELS if now.name.startswith(label)), None)
    if label is None:
        return now.name
    near = rng.choice([p for p in places() if p.district == now.place.district and p.region == now.place.region])
    return f"{label} {near.name}" + (f" {rng.randint(1, 3)}" if "Tiểu học" in label else "")


_SCHOOL_LABELS = ("Trường Mầm non", "Trường Tiểu học", "Trường THCS")
_STRENGTHS = {
    EDUCATION: (
        "Giảng dạy",
        "Công tác chủ nhiệm",
        "Bồi dưỡng học sinh giỏi",
        "Ứng dụng công nghệ thông tin trong dạy học",
    ),
    HEALTH: ("Chuyên môn khám, chữa bệnh", "Chăm sóc người bệnh", "Truyền thông, giáo dục sức khỏe"),
    "office": (
        "Tham mưu, tổng hợp",
        "Soạn thảo văn bản",
        "Công tác tổ chức",
        "Quản lý tài chính",
        "Công tác vận động quần chúng",
        "Quản lý đất đai",
    ),
}


def _family(rng: Random, draft: Draft) -> None:
    record, born = draft.record, draft.born.year
    ethnic = record["ethnic_group"]
    home = record["home_town"]
    surname = family_name(record["full_name"])
    father_born = born - rng.randint(22, 38)
    mother_born = born - rng.randint(19, 34)
    father_job = rng.choice(
        ("Làm ruộng", "Làm ruộng", "Làm vườn", "Buôn bán", "Cán bộ hưu trí", "Công nhân", "Giáo viên hưu trí")
    )
    record["family_origin"] = {
        "Làm ruộng": "peasant",
        "Làm vườn": "peasant",
        "Buôn bán": "petty_trader",
        "Công nhân": "worker",
    }.get(father_job, "official")
    add = draft.family.append
    add(_relative("own", "father", full_name(rng, MALE, father_born, ethnic, surname), father_born, father_job, home))
    add(
        _relative(
            "own",
            "mother",
            full_name(rng, FEMALE, mother_born, ethnic),
            mother_born,
            rng.choice(("Nội trợ", "Làm ruộng", "Buôn bán nhỏ")),
            home,
        )
    )
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
        year = min(max(born + rng.choice((-7, -5, -4, -3, -2, 2, 3, 4, 6, 8)), mother_born + 18), mother_born + 44)
        if year == born:
            year += 2
        brother = rng.random() < 0.5
        relation = ("older_brother" if brother else "older_sister") if year < born else "younger_sibling"
        sibling = full_name(rng, MALE if brother else FEMALE, year, ethnic, surname)
        add(_relative("own", relation, sibling, year, rng.choice(_JOBS), home))
    age = draft.today.year - born
    if rng.random() < (0.12 if age < 26 else 0.55 if age < 30 else 0.88):
        _marriage(rng, draft, ethnic, surname, age)


_JOBS = (
    "Giáo viên",
    "Công nhân",
    "Nhân viên văn phòng",
    "Kinh doanh",
    "Làm ruộng",
    "Viên chức y tế",
    "Công chức",
    "Nội trợ",
    "Tài xế",
    "Kỹ sư",
)


def _marriage(rng: Random, draft: Draft, ethnic: str, surname: str, age: int) -> None:
    record, born, wife = draft.record, draft.born.year, draft.sex == MALE
    add = draft.family.append
    gap = rng.randint(-1, 6)
    spouse_born = born + gap if wife else born - gap
    spouse_born = min(spouse_born, born + age - 20)
    spouse_ethnic = ethnic if rng.random() < 0.8 else "01"
    spouse = full_name(rng, FEMALE if wife else MALE, spouse_born, spouse_ethnic)
    add(
        _relative(
            "own", "wife" if wife else "husband", spouse, spouse_born, rng.choice(_JOBS), record["current_address"]
        )
    )
    mother_born = spouse_born if wife else born
    child_surname = surname if wife else family_name(spouse)
    child_born = max(mother_born + rng.randint(22, 31), max(born, spouse_born) + 20)
    for _ in range(rng.choice((1, 1, 2, 2, 2, 2, 3))):
        if child_born > min(born + age - 1, mother_born + 43):
            break
        boy = rng.random() < 0.5
        child = full_name(rng, MALE if boy else FEMALE, child_born, ethnic, child_surname)
        years = born + age - child_born
        doing = (
            "Còn nhỏ"
            if years < 3
            else "Học mầm non"
            if years < 6
            else "Học sinh"
            if years < 18
            else "Sinh viên"
            if years < 23
            else rng.choice(_JOBS)
        )
        add(_relative("own", "child", child, child_born, doing, record["current_address"]))
        child_born += rng.randint(3, 7)
    in_law = family_name(spouse)
    for relation, sex, name_of in (("spouse_father", MALE, in_law), ("spouse_mother", FEMALE, None)):
        year = spouse_born - rng.randint(21, 36)
        add(
            _relative(
                "spouse",
                relation,
                full_name(rng, sex, year, spouse_ethnic, name_of),
                year,
                rng.choice(("Làm ruộng", "Buôn bán", "Hưu trí", "Nội trợ" if sex == FEMALE else "Làm vườn")),
                record["home_town"],
            )
        )


def _relative(side: str, relation: str, name: str, year: int, job: str, place: str) -> dict[str, Any]:
    return {
        "side": side,
        "relation": relation,
        "full_name": name,
        "birth_year": year,
        "details": f"Nghề nghiệp: {job}; nơi ở: {place}",
    }


def _body(rng: Random, draft: Draft) -> None:
    record, male = draft.record, draft.sex == MALE
    record["health_state"] = rng.choice(("Tốt", "Tốt", "Tốt", "Bình thường", "Loại II (khỏe)"))
    record["height_cm"] = round(rng.gauss(166 if male else 156, 5))
    record["weight_kg"] = f"{max(40.0, rng.gauss(65 if male else 53, 7)):.1f}"
    record["blood_group"] = rng.choice(("O", "O", "O", "O+", "A", "A+", "B", "B", "B+", "AB"))
    if male and rng.random() < 0.09:
        start = date(draft.born.year + 19, 2, 20)
        if start + timedelta(days=760) < draft.recruited_on:
            record["enlisted_on"], record["discharged_on"] = f"{start:%Y-%m}", f"{start.year + 2}-01"
            record["military_rank"] = rng.choice(("private_1", "corporal", "sergeant"))
    if rng.random() < 0.03:
        record["policy_beneficiary"] = rng.choice(
            ("invalid_child", "martyr_child", "meritorious_family")
            if draft.born.year < 1976
            else ("meritorious_family", "invalid_child")
        )
    if rng.random() < 0.6:
        record["housing_owned_type"] = rng.choice(("Nhà cấp 4", "Nhà cấp 3", "Nhà cấp 4"))
        record["housing_owned_area"] = rng.randint(45, 180)
        record["land_owned_area"] = rng.randint(60, 600)
    if draft.role.group in {EDUCATION, HEALTH} and draft.role.leads and draft.born.year < 1976 and rng.random() < 0.03:
        record["state_honour"] = "merited_teacher" if draft.role.group == EDUCATION else "merited_physician"


def _merits(rng: Random, draft: Draft, end: date) -> None:
    rated_by = draft.seat.managing.name if draft.role.leads else draft.seat.using.name
    for year in (2023, 2024, 2025):
        if draft.recruited_on.year >= year or end.year < year:
            continue
        draw = rng.random()
        rating = (
            "excellent"
            if draw < 0.17
            else "good"
            if draw < 0.89
            else "satisfactory"
            if draw < 0.99
            else "unsatisfactory"
            if draw < 0.994
            else "none"
        )
        draft.ratings.append((year, rating, rated_by))
        if rating == "excellent" and rng.random() < 0.8:
            draft.rewards.append(
                {
                    "year": year,
                    "emulation_title": "emulation_unit",
                    "decision_no": f"{rng.randint(40, 900)}/QĐ-UBND",
                    "decided_by": rated_by,
                }
            )
        elif rating == "good" and rng.random() < 0.4:
            draft.rewards.append(
                {
                    "year": year,
                    "emulation_title": "advanced_worker",
                    "decision_no": f"{rng.randint(40, 900)}/QĐ",
                    "decided_by": rated_by,
                }
            )
        if rng.random() < 0.03:
            draft.rewards.append(
                {
                    "year": year,
                    "reward_form": "commendation" if rng.random() < 0.8 else "province_merit",
                    "decision_no": f"{rng.randint(40, 3000)}/QĐ-UBND",
                    "decided_by": f"Ủy ban nhân dân {new_address(draft.seat.using.place)}",
                }
            )
    if rng.random() < 0.0022 and draft.placed_on.year < 2024:
        party = "party_joined_on" in draft.record and rng.random() < 0.4
        draft.disciplines.append(
            {
                "from_on": f"{rng.randint(2024, min(end.year, 2026))}-{rng.randint(1, 6):02d}",
                "side": "party" if party else "administration",
                "form": "party_reprimand" if party else rng.choice(("reprimand", "reprimand", "warning")),
                "act": rng.choice(
                    (
                        "Vi phạm quy định về thời giờ làm việc",
                        "Thiếu trách nhiệm trong thực hiện nhiệm vụ được giao",
                        "Vi phạm quy định về quản lý tài chính",
                    )
                ),
                "decided_by": rated_by,
                "decision_no": f"{rng.randint(20, 400)}/QĐ",
            }
        )
