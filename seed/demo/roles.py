"""What kinds of seats there are: who sits in them, in which ranks, with which degrees, posts and allowances."""

from __future__ import annotations

from dataclasses import dataclass

CADRE, CIVIL, PUBLIC, CONTRACT = "cadre", "civil_servant", "public_employee", "contract"
"""Kinds of person (`hrms.people.rules.kinds.PersonKind`)."""

OFFICE, EDUCATION, HEALTH, OTHER = "office", "education", "health", "other"
"""Groups in which the share of women is kept: công chức and cadres, education, health, the rest."""

WOMEN = {OFFICE: 0.42, EDUCATION: 0.70, HEALTH: 0.60, OTHER: 0.48}


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of seat.

    `ladder` holds rank codes from the first held to the highest; `reach` is how many of them somebody gets to in a full
    career (1 for the first only). `ages` are the youngest and oldest. `female` leans the draw towards women (positive)
    or men. `degrees` are the first degree and what some reach later. `incentive` is the profession incentive in per
    cent, `duty` whether the public-duty allowance is drawn.
    """

    key: str
    kind: str
    group: str
    position: str
    ladder: tuple[str, ...]
    reach: int = 1
    ages: tuple[int, int] = (24, 61)
    female: float = 0.0
    degree: str = "university"
    majors: tuple[str, ...] = ("Luật",)
    post: str | None = None
    post_name: str = ""
    post_place: str = "other"
    incentive: int = 0
    teacher: bool = False
    party: float = 0.35
    theory: str = "elementary"

    @property
    def leads(self) -> bool:
        """Say whether the seat is a leadership post."""
        return self.post is not None


# fmt: off
_LAW = ("Luật", "Hành chính học", "Quản lý nhà nước", "Luật", "Quản trị văn phòng")
_ECONOMY = ("Kinh tế", "Tài chính - Ngân hàng", "Kế toán", "Quản lý đất đai", "Kỹ thuật xây dựng", "Nông học")
_SOCIETY = ("Công tác xã hội", "Quản lý văn hóa", "Luật", "Quản lý giáo dục", "Xã hội học")
_IT = ("Công nghệ thông tin", "Hệ thống thông tin", "Luật", "Quản trị văn phòng")
_OFFICERS = ("01.003", "01.002", "01.001")

ROLES: dict[str, Role] = {}


def _add(role: Role) -> None:
    ROLES[role.key] = role


def _leader(key: str, post: str, name: str, reach: int, ages: tuple[int, int], *, kind: str = CIVIL, theory: str = "advanced",
            ladder: tuple[str, ...] = _OFFICERS, majors: tuple[str, ...] = _LAW, female: float = -0.12) -> None:
    _add(Role(key, kind, OFFICE, name, ladder, reach, ages, female, majors=majors, post=post, post_name=name, party=1.0,
              theory=theory))


_leader("director", "department_director", "Giám đốc Sở", 3, (48, 60))
_leader("deputy_director", "department_deputy_director", "Phó Giám đốc Sở", 2, (42, 59))
_leader("office_head", "province_office_chief", "Chánh Văn phòng", 3, (48, 60))
_leader("office_deputy", "province_office_deputy", "Phó Chánh Văn phòng", 2, (42, 59))
_leader("council_office_head", "council_office_chief", "Chánh Văn phòng", 3, (48, 60))
_leader("council_office_deputy", "council_office_deputy", "Phó Chánh Văn phòng", 2, (42, 59))
_leader("chief_inspector", "province_inspector_chief", "Chánh Thanh tra", 3, (48, 60), ladder=("04.025", "04.024", "04.023"))
_leader("deputy_inspector", "province_inspector_deputy", "Phó Chánh Thanh tra", 2, (42, 59), ladder=("04.025", "04.024", "04.023"))
_leader("zone_head", "zone_board_head", "Trưởng ban", 3, (48, 60))
_leader("zone_deputy", "zone_board_deputy", "Phó Trưởng ban", 2, (42, 59))
_leader("division_head", "division_head", "Trưởng phòng", 2, (36, 59), theory="advanced")
_leader("division_deputy", "division_deputy", "Phó Trưởng phòng", 1, (32, 57), theory="intermediate", female=0.0)
_leader("sub_head", "sub_department_head", "Chi cục trưởng", 2, (42, 60))
_leader("sub_deputy", "sub_department_deputy", "Phó Chi cục trưởng", 2, (38, 58))
_leader("sub_division_head", "sub_department_division_head", "Trưởng phòng", 1, (34, 58), theory="intermediate")
_leader("ranger_head", "ranger_station_head", "Hạt trưởng", 2, (38, 58), ladder=("10.226", "10.225"), majors=("Lâm nghiệp",), female=-0.4)
_leader("council_chair", "commune_council_vice_chair", "Phó Chủ tịch HĐND", 2, (38, 58), kind=CADRE)
_leader("commune_chair", "commune_chair", "Chủ tịch UBND", 2, (40, 59), kind=CADRE)
_leader("commune_deputy", "commune_vice_chair", "Phó Chủ tịch UBND", 2, (35, 57), kind=CADRE)
_leader("commune_office_head", "commune_office_chief", "Chánh Văn phòng HĐND và UBND", 1, (33, 57), theory="intermediate")
_leader("commune_head", "commune_division_head", "Trưởng phòng", 1, (33, 58), theory="intermediate", majors=_ECONOMY)
_leader("commune_head_deputy", "commune_division_deputy", "Phó Trưởng phòng", 1, (30, 55), theory="intermediate", female=0.05)
_leader("commune_service_deputy", "commune_service_deputy", "Phó Giám đốc Trung tâm Phục vụ hành chính công", 1, (31, 57), theory="intermediate",
        majors=_IT, female=0.05)

_OFFICE_JOBS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], int, float], ...] = (
    ("officer_general", "Chuyên viên tổng hợp", _OFFICERS, _LAW, 2, 0.0),
    ("officer_staff", "Chuyên viên quản lý công chức, viên chức", _OFFICERS, _LAW, 2, 0.05),
    ("officer_law", "Chuyên viên pháp chế", _OFFICERS, ("Luật",), 2, 0.0),
    ("officer_finance", "Chuyên viên tài chính - kế hoạch", _OFFICERS, ("Tài chính - Ngân hàng", "Kinh tế", "Kế toán"), 2, 0.1),
    ("officer_technical", "Chuyên viên quản lý chuyên ngành", _OFFICERS, _ECONOMY, 2, -0.15),
    ("officer_society", "Chuyên viên văn hóa, xã hội", _OFFICERS, _SOCIETY, 2, 0.1),
    ("officer_it", "Chuyên viên công nghệ thông tin và chuyển đổi số", _OFFICERS, _IT, 1, -0.2),
    ("officer_land", "Chuyên viên đất đai, tài nguyên", _OFFICERS, ("Quản lý đất đai", "Địa chính"), 1, -0.2),
    ("officer_build", "Chuyên viên đầu tư xây dựng, hạ tầng", _OFFICERS, ("Kỹ thuật xây dựng", "Kiến trúc"), 1, -0.3),
    ("officer_one_stop", "Chuyên viên kiểm soát và thực hiện thủ tục hành chính", _OFFICERS, _IT, 1, 0.15),
    ("officer_justice", "Chuyên viên tư pháp", _OFFICERS, ("Luật",), 1, 0.05),
    ("officer_culture", "Chuyên viên văn hóa, gia đình, thể dục thể thao, du lịch", _OFFICERS, _SOCIETY, 1, 0.0),
    ("officer_labour", "Chuyên viên lao động, người có công, bình đẳng giới", _OFFICERS, _SOCIETY, 1, 0.15),
    ("officer_school", "Chuyên viên giáo dục và đào tạo", _OFFICERS, ("Quản lý giáo dục", "Sư phạm Ngữ văn"), 2, 0.1),
    ("officer_health", "Chuyên viên y tế", _OFFICERS, ("Y tế công cộng", "Dược học"), 2, 0.1),
    ("officer_farm", "Chuyên viên nông nghiệp, phát triển nông thôn", _OFFICERS, ("Nông học", "Thủy sản", "Thú y"), 2, -0.25),
    ("inspector", "Thanh tra viên", ("04.025", "04.024", "04.023"), ("Luật", "Kinh tế", "Kế toán"), 2, -0.2),
    ("ranger", "Kiểm lâm viên", ("10.226", "10.225"), ("Lâm nghiệp", "Quản lý tài nguyên rừng"), 1, -0.5),
    ("clerk", "Văn thư viên", ("02.007", "02.006"), ("Lưu trữ học", "Quản trị văn phòng"), 1, 0.5),
    ("accountant", "Kế toán viên", ("06.031", "06.030"), ("Kế toán",), 1, 0.45),
)
for _key, _name, _ladder, _majors, _reach, _female in _OFFICE_JOBS:
    _add(Role(_key, CIVIL, OFFICE, _name, _ladder, _reach, (24, 61), _female, majors=_majors, theory="intermediate", party=0.62))
_add(Role("assistant", CIVIL, OFFICE, "Cán sự", ("01.004", "01.003"), 1, (24, 60), 0.1, "college", ("Hành chính văn phòng",), party=0.4))
_add(Role("junior_clerk", CIVIL, OFFICE, "Văn thư viên trung cấp", ("02.008",), 1, (26, 60), 0.4, "intermediate", ("Văn thư - Lưu trữ",), party=0.3))


@dataclass(frozen=True, slots=True)
class _School:
    level: str
    ladder: tuple[str, ...]
    post: str
    label: str
    female: float
    degree: str
    majors: tuple[str, ...]
    incentive: int
    reach: int


_SCHOOLS = (
    _School("kindergarten", ("V.07.02.26", "V.07.02.25", "V.07.02.24"), "kindergarten", "mầm non", 0.9, "college", ("Giáo dục mầm non",), 35, 2),
    _School("primary", ("V.07.03.29", "V.07.03.28", "V.07.03.27"), "primary_school", "tiểu học", 0.1, "university", ("Giáo dục tiểu học",), 35, 2),
    _School("lower", ("V.07.04.32", "V.07.04.31", "V.07.04.30"), "secondary_school", "THCS", -0.02, "university",
            ("Sư phạm Toán học", "Sư phạm Ngữ văn", "Sư phạm Tiếng Anh", "Sư phạm Vật lý", "Sư phạm Sinh học", "Sư phạm Lịch sử",
             "Sư phạm Địa lý", "Giáo dục thể chất", "Sư phạm Tin học"), 30, 2),
    _School("upper", ("V.07.05.15", "V.07.05.14", "V.07.05.13"), "high_school", "THPT", -0.1, "university",
            ("Sư phạm Toán học", "Sư phạm Ngữ văn", "Sư phạm Tiếng Anh", "Sư phạm Vật lý", "Sư phạm Hóa học", "Sư phạm Sinh học",
             "Sư phạm Lịch sử", "Sư phạm Địa lý", "Sư phạm Tin học", "Giáo dục thể chất", "Giáo dục chính trị"), 30, 2),
)
for _s in _SCHOOLS:
    _common = {"incentive": _s.incentive, "teacher": True}
    _add(Role(f"{_s.level}_head", PUBLIC, EDUCATION, f"Hiệu trưởng trường {_s.label}", _s.ladder, 2, (38, 59), _s.female, "university",
              _s.majors, f"{_s.post}_principal", "Hiệu trưởng", "class_2", party=1.0, theory="intermediate", incentive=_s.incentive, teacher=True))
    _add(Role(f"{_s.level}_deputy", PUBLIC, EDUCATION, f"Phó Hiệu trưởng trường {_s.label}", _s.ladder, 2, (34, 57), _s.female, "university",
              _s.majors, f"{_s.post}_vice_principal", "Phó Hiệu trưởng", "class_2", party=0.97, theory="intermediate", incentive=_s.incentive, teacher=True))
    _add(Role(f"{_s.level}_group_head", PUBLIC, EDUCATION, f"Giáo viên {_s.label}", _s.ladder, _s.reach, (30, 58), _s.female, _s.degree, _s.majors,
              "high_school_group_head" if _s.level == "upper" else "school_group_head", "Tổ trưởng chuyên môn", "any", party=0.7,
              incentive=_s.incentive, teacher=True))
    _add(Role(f"{_s.level}_teacher", PUBLIC, EDUCATION, f"Giáo viên {_s.label}", _s.ladder, _s.reach, (23, 60), _s.female, _s.degree, _s.majors,
              incentive=_s.incentive, teacher=True))

_PUBLIC_JOBS: tuple[tuple[str, str, str, tuple[str, ...], str, tuple[str, ...], int, float, int], ...] = (
    ("school_accountant", EDUCATION, "Kế toán viên", ("V.06.031",), "university", ("Kế toán",), 1, 0.2, 0),
    ("school_clerk", EDUCATION, "Nhân viên giáo vụ", ("V.07.07.21",), "college", ("Văn thư - Lưu trữ", "Quản trị văn phòng"), 1, 0.15, 0),
    ("school_equipment", EDUCATION, "Nhân viên thiết bị, thí nghiệm", ("V.07.07.20",), "college", ("Công nghệ thiết bị trường học",), 1, 0.0, 0),
    ("school_library", EDUCATION, "Thư viện viên", ("V.10.02.06",), "university", ("Thư viện - Thông tin",), 1, 0.2, 0),
    ("school_nurse", EDUCATION, "Nhân viên y tế trường học", ("V.08.03.07",), "intermediate", ("Y sĩ đa khoa",), 1, 0.2, 20),
    ("lecturer", EDUCATION, "Giảng viên", ("V.09.02.03", "V.09.02.02"), "master", ("Quản trị kinh doanh", "Công nghệ thông tin", "Kế toán", "Nuôi trồng thủy sản", "Điều dưỡng"), 2, -0.1, 25),
    ("political_lecturer", EDUCATION, "Giảng viên lý luận chính trị", ("V.07.01.03", "V.07.01.02"), "master", ("Triết học", "Xây dựng Đảng", "Kinh tế chính trị", "Luật"), 2, -0.05, 45),
    ("doctor", HEALTH, "Bác sĩ", ("V.08.01.03", "V.08.01.02", "V.08.01.01"), "university", ("Y khoa", "Răng - Hàm - Mặt"), 2, -0.25, 40),
    ("prevention_doctor", HEALTH, "Bác sĩ y học dự phòng", ("V.08.02.06", "V.08.02.05"), "university", ("Y học dự phòng",), 2, -0.15, 50),
    ("nurse", HEALTH, "Điều dưỡng", ("V.08.05.12", "V.08.05.11"), "university", ("Điều dưỡng",), 1, 0.2, 40),
    ("junior_nurse", HEALTH, "Điều dưỡng", ("V.08.05.13", "V.08.05.12"), "college", ("Điều dưỡng",), 1, 0.2, 40),
    ("midwife", HEALTH, "Hộ sinh", ("V.08.06.15", "V.08.06.14"), "college", ("Hộ sinh",), 1, 1.5, 40),
    ("technician", HEALTH, "Kỹ thuật y", ("V.08.07.18", "V.08.07.17"), "university", ("Kỹ thuật xét nghiệm y học", "Kỹ thuật hình ảnh y học"), 1, -0.1, 40),
    ("pharmacist", HEALTH, "Dược sĩ", ("V.08.08.22", "V.08.08.21"), "university", ("Dược học",), 1, 0.05, 40),
    ("junior_pharmacist", HEALTH, "Dược hạng IV", ("V.08.08.23",), "intermediate", ("Dược",), 1, 0.15, 40),
    ("assistant_doctor", HEALTH, "Y sĩ", ("V.08.03.07",), "intermediate", ("Y sĩ đa khoa", "Y học cổ truyền"), 1, -0.05, 40),
    ("health_accountant", HEALTH, "Kế toán viên", ("V.06.031",), "university", ("Kế toán",), 1, 0.15, 0),
    ("engineer", OTHER, "Kỹ sư", ("V.05.02.07", "V.05.02.06"), "university", ("Kỹ thuật xây dựng", "Nông học", "Công nghệ thông tin", "Môi trường"), 1, -0.3, 0),
    ("engineering_technician", OTHER, "Kỹ thuật viên", ("V.05.02.08",), "intermediate", ("Xây dựng", "Trồng trọt", "Điện"), 1, -0.3, 0),
    ("cadastral_officer", OTHER, "Địa chính viên", ("V.06.01.02", "V.06.01.01"), "university", ("Quản lý đất đai", "Trắc địa - Bản đồ"), 1, -0.15, 0),
    ("librarian", OTHER, "Thư viện viên", ("V.10.02.06", "V.10.02.05"), "university", ("Thư viện - Thông tin",), 1, 0.3, 0),
    ("archivist", OTHER, "Lưu trữ viên", ("V.01.02.02", "V.01.02.01"), "university", ("Lưu trữ học",), 1, 0.3, 0),
    ("counsellor", OTHER, "Tư vấn viên dịch vụ việc làm", ("V.09.06.02", "V.09.06.01"), "university", ("Quản trị nhân lực", "Kinh tế lao động"), 1, 0.15, 0),
    ("social_worker", OTHER, "Công tác xã hội viên", ("V.09.04.02", "V.09.04.01"), "university", ("Công tác xã hội",), 1, 0.25, 25),
    ("culture_officer", OTHER, "Biên tập viên", ("V.11.01.03", "V.11.01.02"), "university", ("Quản lý văn hóa", "Văn hóa học", "Sư phạm Âm nhạc"), 1, 0.0, 0),
    ("unit_accountant", OTHER, "Kế toán viên", ("V.06.031", "V.06.030"), "university", ("Kế toán",), 1, 0.3, 0),
)
for _key, _group, _name, _ladder, _degree, _majors, _reach, _female, _incentive in _PUBLIC_JOBS:
    _add(Role(_key, PUBLIC, _group, _name, _ladder, _reach, (23, 60), _female, _degree, _majors, incentive=_incentive,
              teacher="lecturer" in _key, party=0.9 if _key == "political_lecturer" else 0.3))


def _head(key: str, group: str, position: str, post: str, post_name: str, ladder: tuple[str, ...], majors: tuple[str, ...],
          incentive: int = 0, ages: tuple[int, int] = (42, 60), teacher: bool = False, degree: str = "university") -> None:
    _add(Role(key, PUBLIC, group, position, ladder, min(2, len(ladder)), ages, -0.12, degree, majors, post, post_name, party=0.96,
              theory="advanced", incentive=incentive, teacher=teacher))


_DOCTOR = ("V.08.01.03", "V.08.01.02", "V.08.01.01")
_head("hospital_head", HEALTH, "Giám đốc bệnh viện", "hospital_director", "Giám đốc", _DOCTOR, ("Y khoa",), 40, degree="specialist_2")
_head("hospital_deputy", HEALTH, "Phó Giám đốc bệnh viện", "hospital_deputy_director", "Phó Giám đốc", _DOCTOR, ("Y khoa",), 40, degree="specialist_1")
_head("ward_head", HEALTH, "Trưởng khoa", "hospital_ward_head", "Trưởng khoa", _DOCTOR, ("Y khoa",), 40, (36, 59), degree="specialist_1")
_head("head_nurse", HEALTH, "Điều dưỡng trưởng", "head_nurse", "Điều dưỡng trưởng khoa", ("V.08.05.12", "V.08.05.11"), ("Điều dưỡng",), 40, (33, 57))
_head("health_centre_head", HEALTH, "Giám đốc trung tâm y tế", "unit_director", "Giám đốc", _DOCTOR, ("Y khoa",), 40, degree="specialist_1")
_head("health_centre_deputy", HEALTH, "Phó Giám đốc trung tâm y tế", "unit_deputy_director", "Phó Giám đốc", _DOCTOR, ("Y khoa",), 40)
_head("station_head", HEALTH, "Trưởng trạm y tế", "health_station_head", "Trưởng trạm", _DOCTOR, ("Y khoa",), 60, (34, 59))
_head("college_head", EDUCATION, "Hiệu trưởng", "college_rector", "Hiệu trưởng", ("V.09.02.03", "V.09.02.02"), ("Quản lý giáo dục",), 25, teacher=True, degree="doctor")
_head("college_deputy", EDUCATION, "Phó Hiệu trưởng", "college_vice_rector", "Phó Hiệu trưởng", ("V.09.02.03", "V.09.02.02"), ("Quản lý giáo dục",), 25, teacher=True, degree="master")
_head("political_head", EDUCATION, "Hiệu trưởng", "college_rector", "Hiệu trưởng", ("V.07.01.03", "V.07.01.02"), ("Xây dựng Đảng",), 45, teacher=True, degree="doctor")
_head("political_deputy", EDUCATION, "Phó Hiệu trưởng", "college_vice_rector", "Phó Hiệu trưởng", ("V.07.01.03", "V.07.01.02"), ("Triết học",), 45, teacher=True, degree="master")
_head("unit_head", OTHER, "Giám đốc", "unit_director", "Giám đốc", ("V.05.02.07", "V.05.02.06"), ("Quản trị kinh doanh", "Luật"))
_head("unit_deputy", OTHER, "Phó Giám đốc", "unit_deputy_director", "Phó Giám đốc", ("V.05.02.07", "V.05.02.06"), ("Luật", "Kinh tế"), ages=(38, 58))

_add(Role("guard", CONTRACT, OTHER, "Nhân viên bảo vệ", ("01.011",), 1, (30, 59), -2.0, "none", ("",), party=0.1, theory="none"))
_add(Role("driver", CONTRACT, OTHER, "Nhân viên lái xe", ("01.010",), 1, (28, 59), -2.0, "elementary", ("Lái xe",), party=0.15, theory="none"))
_add(Role("cleaner", CONTRACT, OTHER, "Nhân viên phục vụ", ("01.009",), 1, (30, 57), 2.0, "none", ("",), party=0.03, theory="none"))
