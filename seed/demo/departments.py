"""The departments, divisions, sub-departments and provincial service units of Cần Thơ: real names, invented staff.

Codes other than H13 and H13.05 are the demo's own. Numbers are of seats at full size; `seats.py` fits them to the size
asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SubDepartment:
    """A chi cục of a department with its own divisions; `staff` is the size of each division."""

    name: str
    divisions: tuple[str, ...]
    staff: int = 5
    rangers: bool = False


@dataclass(frozen=True, slots=True)
class ServiceUnit:
    """A public service unit: `staff_type` tells what kind of people work there, `staff` how many."""

    name: str
    sector: str
    staff_type: str
    staff: int
    region: str = "Cần Thơ"


@dataclass(frozen=True, slots=True)
class Department:
    """A department or an office of its level. `staff` is the size of each division."""

    number: str
    name: str
    short_name: str
    divisions: tuple[str, ...]
    staff: int = 9
    kind: str = "department"
    sub_departments: tuple[SubDepartment, ...] = ()
    units: tuple[ServiceUnit, ...] = field(default=())


_S = ServiceUnit

# fmt: off
DEPARTMENTS: tuple[Department, ...] = (
    Department(
        "02", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân thành phố Cần Thơ", "VP ĐĐBQH&HĐND",
        ("Phòng Công tác Quốc hội", "Phòng Công tác Hội đồng nhân dân", "Phòng Hành chính, Tổ chức, Quản trị",
         "Phòng Thông tin, Dân nguyện"), 9, "assembly_office",
    ),
    Department(
        "03", "Văn phòng Ủy ban nhân dân thành phố Cần Thơ", "VP UBND",
        ("Phòng Tổng hợp", "Phòng Kinh tế", "Phòng Khoa giáo - Văn xã", "Phòng Nội chính", "Phòng Xây dựng, Đô thị",
         "Phòng Hành chính - Tổ chức", "Phòng Quản trị - Tài vụ", "Ban Tiếp công dân",
         "Trung tâm Phục vụ hành chính công thành phố"), 10,
        units=(_S("Trung tâm Thông tin - Hội nghị thành phố Cần Thơ", "other", "office", 40),
               _S("Nhà khách thành phố Cần Thơ", "other", "office", 25)),
    ),
    Department(
        "04", "Thanh tra thành phố Cần Thơ", "TTTP",
        ("Văn phòng", "Phòng Nghiệp vụ 1", "Phòng Nghiệp vụ 2", "Phòng Nghiệp vụ 3", "Phòng Nghiệp vụ 4",
         "Phòng Nghiệp vụ 5", "Phòng Giám sát, thẩm định và xử lý sau thanh tra"), 12,
    ),
    Department(
        "05", "Sở Nội vụ thành phố Cần Thơ", "SNV",
        ("Văn phòng Sở", "Phòng Công chức, viên chức", "Phòng Tổ chức bộ máy, biên chế", "Phòng Chính quyền địa phương",
         "Phòng Cải cách hành chính", "Phòng Lao động, việc làm", "Phòng Người có công", "Phòng Văn thư, lưu trữ",
         "Ban Thi đua - Khen thưởng"), 10,
        units=(_S("Trung tâm Dịch vụ việc làm thành phố Cần Thơ", "labour", "employment", 90),
               _S("Trung tâm Lưu trữ lịch sử thành phố Cần Thơ", "other", "archive", 45),
               _S("Trung tâm Điều dưỡng người có công Cần Thơ", "labour", "social", 40)),
    ),
    Department(
        "06", "Sở Tài chính thành phố Cần Thơ", "STC",
        ("Văn phòng Sở", "Phòng Tổng hợp, quy hoạch", "Phòng Quản lý ngân sách", "Phòng Hành chính sự nghiệp",
         "Phòng Đầu tư công", "Phòng Doanh nghiệp, kinh tế tập thể", "Phòng Đăng ký kinh doanh", "Phòng Quản lý giá, công sản"),
        13,
        units=(_S("Trung tâm Xúc tiến đầu tư - Thương mại và Hội chợ triển lãm Cần Thơ", "other", "office", 55),),
    ),
    Department(
        "07", "Sở Xây dựng thành phố Cần Thơ", "SXD",
        ("Văn phòng Sở", "Phòng Quy hoạch, kiến trúc", "Phòng Quản lý xây dựng", "Phòng Hạ tầng kỹ thuật",
         "Phòng Quản lý nhà, thị trường bất động sản", "Phòng Kết cấu hạ tầng giao thông", "Phòng Vận tải, an toàn giao thông"),
        12,
        units=(_S("Cảng vụ Đường thủy nội địa Cần Thơ", "transport", "engineering", 45),
               _S("Trung tâm Kiểm định chất lượng công trình xây dựng Cần Thơ", "transport", "engineering", 40),
               _S("Viện Quy hoạch xây dựng Cần Thơ", "transport", "engineering", 55)),
    ),
    Department(
        "08", "Sở Nông nghiệp và Môi trường thành phố Cần Thơ", "SNN&MT",
        ("Văn phòng Sở", "Phòng Kế hoạch - Tài chính", "Phòng Quản lý đất đai", "Phòng Tài nguyên nước, khoáng sản",
         "Phòng Tổ chức cán bộ", "Phòng Đo đạc, bản đồ và viễn thám"), 12,
        sub_departments=(
            SubDepartment("Chi cục Kiểm lâm", ("Phòng Hành chính - Tổng hợp", "Phòng Quản lý, bảo vệ rừng",
                                               "Hạt Kiểm lâm khu vực I", "Hạt Kiểm lâm khu vực II"), 6, rangers=True),
            SubDepartment("Chi cục Thủy lợi", ("Phòng Hành chính - Tổng hợp", "Phòng Quản lý công trình", "Phòng Phòng, chống thiên tai")),
            SubDepartment("Chi cục Trồng trọt và Bảo vệ thực vật", ("Phòng Hành chính - Tổng hợp", "Phòng Trồng trọt", "Phòng Bảo vệ thực vật")),
            SubDepartment("Chi cục Chăn nuôi và Thú y", ("Phòng Hành chính - Tổng hợp", "Phòng Chăn nuôi", "Phòng Dịch tễ, thú y")),
            SubDepartment("Chi cục Thủy sản", ("Phòng Hành chính - Tổng hợp", "Phòng Nuôi trồng", "Phòng Khai thác, kiểm ngư")),
            SubDepartment("Chi cục Phát triển nông thôn", ("Phòng Hành chính - Tổng hợp", "Phòng Giảm nghèo, nông thôn mới")),
            SubDepartment("Chi cục Bảo vệ môi trường", ("Phòng Hành chính - Tổng hợp", "Phòng Thẩm định môi trường", "Phòng Kiểm soát ô nhiễm")),
            SubDepartment("Chi cục Chất lượng, chế biến và phát triển thị trường", ("Phòng Hành chính - Tổng hợp", "Phòng Chất lượng nông sản")),
        ),
        units=(_S("Trung tâm Khuyến nông Cần Thơ", "agriculture", "engineering", 95),
               _S("Văn phòng Đăng ký đất đai Cần Thơ", "agriculture", "cadastre", 260),
               _S("Trung tâm Phát triển quỹ đất Cần Thơ", "agriculture", "cadastre", 110),
               _S("Trung tâm Quan trắc tài nguyên và môi trường Cần Thơ", "agriculture", "engineering", 50),
               _S("Trung tâm Giống nông nghiệp Cần Thơ", "agriculture", "engineering", 45)),
    ),
    Department(
        "09", "Sở Công Thương thành phố Cần Thơ", "SCT",
        ("Văn phòng Sở", "Phòng Quản lý công nghiệp", "Phòng Quản lý năng lượng", "Phòng Quản lý thương mại",
         "Phòng Kế hoạch - Tài chính"), 10,
        sub_departments=(
            SubDepartment("Chi cục Quản lý thị trường", ("Phòng Tổ chức - Hành chính", "Phòng Nghiệp vụ - Tổng hợp",
                                                        "Đội Quản lý thị trường số 1", "Đội Quản lý thị trường số 2",
                                                        "Đội Quản lý thị trường số 3", "Đội Quản lý thị trường số 4"), 9),
        ),
        units=(_S("Trung tâm Khuyến công và Tư vấn phát triển công nghiệp Cần Thơ", "other", "engineering", 40),),
    ),
    Department(
        "10", "Sở Khoa học và Công nghệ thành phố Cần Thơ", "SKH&CN",
        ("Văn phòng Sở", "Phòng Quản lý khoa học", "Phòng Chuyển đổi số", "Phòng Bưu chính, viễn thông",
         "Phòng Công nghệ, đổi mới sáng tạo"), 10,
        sub_departments=(SubDepartment("Chi cục Tiêu chuẩn Đo lường Chất lượng", ("Phòng Hành chính - Tổng hợp", "Phòng Tiêu chuẩn chất lượng")),),
        units=(_S("Trung tâm Chuyển đổi số thành phố Cần Thơ", "science", "engineering", 50),
               _S("Trung tâm Ứng dụng tiến bộ khoa học và công nghệ Cần Thơ", "science", "engineering", 45)),
    ),
    Department(
        "11", "Sở Văn hóa, Thể thao và Du lịch thành phố Cần Thơ", "SVHTT&DL",
        ("Văn phòng Sở", "Phòng Quản lý văn hóa", "Phòng Quản lý thể dục thể thao", "Phòng Quản lý du lịch",
         "Phòng Báo chí - Xuất bản", "Phòng Kế hoạch - Tài chính"), 10,
        units=(_S("Thư viện thành phố Cần Thơ", "culture", "library", 60),
               _S("Bảo tàng thành phố Cần Thơ", "culture", "culture", 55),
               _S("Trung tâm Văn hóa thành phố Cần Thơ", "culture", "culture", 75),
               _S("Nhà hát Tây Đô", "culture", "culture", 60),
               _S("Đoàn Nghệ thuật Khmer Sóc Trăng", "culture", "culture", 45, "Sóc Trăng"),
               _S("Trung tâm Huấn luyện và Thi đấu thể dục thể thao Cần Thơ", "culture", "culture", 90)),
    ),
    Department(
        "12", "Sở Giáo dục và Đào tạo thành phố Cần Thơ", "SGD&ĐT",
        ("Văn phòng Sở", "Phòng Tổ chức cán bộ", "Phòng Giáo dục mầm non", "Phòng Giáo dục phổ thông",
         "Phòng Giáo dục thường xuyên - Nghề nghiệp", "Phòng Khảo thí và quản lý chất lượng", "Phòng Kế hoạch - Tài chính"), 11,
    ),
    Department(
        "13", "Sở Y tế thành phố Cần Thơ", "SYT",
        ("Văn phòng Sở", "Phòng Tổ chức cán bộ", "Phòng Nghiệp vụ Y", "Phòng Nghiệp vụ Dược", "Phòng Kế hoạch - Tài chính",
         "Phòng Bảo trợ xã hội, trẻ em"), 10,
        sub_departments=(
            SubDepartment("Chi cục Dân số", ("Phòng Tổ chức - Hành chính", "Phòng Dân số - Phát triển")),
            SubDepartment("Chi cục An toàn vệ sinh thực phẩm", ("Phòng Tổ chức - Hành chính", "Phòng Nghiệp vụ")),
        ),
    ),
    Department(
        "14", "Sở Tư pháp thành phố Cần Thơ", "STP",
        ("Văn phòng Sở", "Phòng Xây dựng và kiểm tra văn bản", "Phòng Hành chính tư pháp", "Phòng Bổ trợ tư pháp",
         "Phòng Phổ biến, giáo dục pháp luật"), 9,
        units=(_S("Trung tâm Trợ giúp pháp lý Nhà nước thành phố Cần Thơ", "other", "office", 55),
               _S("Phòng Công chứng số 1 thành phố Cần Thơ", "other", "office", 14)),
    ),
    Department(
        "15", "Sở Dân tộc và Tôn giáo thành phố Cần Thơ", "SDT&TG",
        ("Văn phòng Sở", "Phòng Chính sách dân tộc", "Phòng Kế hoạch tổng hợp", "Phòng Nghiệp vụ tôn giáo"), 9,
    ),
    Department(
        "16", "Sở Ngoại vụ thành phố Cần Thơ", "SNgV",
        ("Văn phòng Sở", "Phòng Hợp tác quốc tế", "Phòng Lãnh sự - Người Việt Nam ở nước ngoài"), 8,
    ),
    Department(
        "17", "Ban Quản lý các khu chế xuất và công nghiệp Cần Thơ", "BQL KCX&CN",
        ("Văn phòng Ban", "Phòng Quản lý đầu tư", "Phòng Quản lý quy hoạch, xây dựng", "Phòng Quản lý doanh nghiệp, lao động",
         "Phòng Quản lý tài nguyên, môi trường"), 8,
    ),
)

CITY_UNITS: tuple[tuple[str, ServiceUnit], ...] = (
    ("20", _S("Trường Chính trị thành phố Cần Thơ", "education", "political_school", 70)),
    ("21", _S("Trường Cao đẳng Cần Thơ", "education", "college", 150)),
    ("22", _S("Trường Cao đẳng Kinh tế - Kỹ thuật Cần Thơ", "education", "college", 120)),
    ("23", _S("Trường Cao đẳng Y tế Cần Thơ", "education", "college", 100)),
    ("24", _S("Trường Cao đẳng Cộng đồng Hậu Giang", "education", "college", 80, "Hậu Giang")),
    ("25", _S("Trường Cao đẳng Cộng đồng Sóc Trăng", "education", "college", 90, "Sóc Trăng")),
    ("26", _S("Ban Quản lý dự án đầu tư xây dựng thành phố Cần Thơ", "transport", "engineering", 120)),
    ("27", _S("Ban Quản lý dự án đầu tư xây dựng công trình giao thông Cần Thơ", "transport", "engineering", 90)),
    ("28", _S("Vườn ươm Công nghệ công nghiệp Việt Nam - Hàn Quốc", "science", "engineering", 30)),
)

HIGH_SCHOOLS: dict[str, str] = {
    "Cần Thơ": "Chuyên Lý Tự Trọng, Châu Văn Liêm, Phan Ngọc Hiển, Nguyễn Việt Hồng, Nguyễn Việt Dũng, Bùi Hữu Nghĩa, Bình Thủy,"
    " Trần Đại Nghĩa, Lưu Hữu Phước, Lương Định Của, Thốt Nốt, Thới Long, Thuận Hưng, Phan Văn Trị, Giai Xuân, Thới Lai,"
    " Trường Xuân, Hà Huy Giáp, Trung An, Vĩnh Thạnh, Thạnh An",
    "Hậu Giang": "Chuyên Vị Thanh, Vị Thanh, Chiêm Thành Tấn, Vị Thủy, Lê Hồng Phong, Long Mỹ, Tây Đô, Lương Tâm, Tầm Vu,"
    " Cái Tắc, Châu Thành A, Ngã Sáu, Phú Hữu, Nguyễn Minh Quang, Lương Thế Vinh, Cây Dương, Hòa An, Tân Long",
    "Sóc Trăng": "Chuyên Nguyễn Thị Minh Khai, Hoàng Diệu, Thành phố Sóc Trăng, Kế Sách, An Lạc Thôn, Phan Văn Hùng, Mỹ Xuyên,"
    " Văn Ngọc Chính, Ngọc Tố, Hòa Tú, Đại Ngãi, Lịch Hội Thượng, Trần Đề, Nguyễn Khuyến, Vĩnh Hải, Mai Thanh Thế,"
    " Phú Tâm, Thuận Hòa, Huỳnh Hữu Nghĩa, Mỹ Hương, An Thạnh 3, Đoàn Văn Tố, Trần Văn Bảy, Dân tộc nội trú Huỳnh Cương",
}
HOSPITALS: tuple[ServiceUnit, ...] = (
    _S("Bệnh viện Đa khoa thành phố Cần Thơ", "health", "hospital", 480),
    _S("Bệnh viện Nhi đồng thành phố Cần Thơ", "health", "hospital", 340),
    _S("Bệnh viện Phụ sản thành phố Cần Thơ", "health", "hospital", 300),
    _S("Bệnh viện Ung bướu thành phố Cần Thơ", "health", "hospital", 260),
    _S("Bệnh viện Y học cổ truyền thành phố Cần Thơ", "health", "hospital", 140),
    _S("Bệnh viện Đa khoa khu vực Thốt Nốt", "health", "hospital", 240),
    _S("Bệnh viện Đa khoa Hậu Giang", "health", "hospital", 330, "Hậu Giang"),
    _S("Bệnh viện Sản - Nhi Hậu Giang", "health", "hospital", 170, "Hậu Giang"),
    _S("Bệnh viện Đa khoa Sóc Trăng", "health", "hospital", 420, "Sóc Trăng"),
    _S("Bệnh viện Sản - Nhi Sóc Trăng", "health", "hospital", 230, "Sóc Trăng"),
    _S("Trung tâm Kiểm soát bệnh tật thành phố Cần Thơ", "health", "health_centre", 190),
    _S("Trung tâm Y tế khu vực Cờ Đỏ", "health", "health_centre", 90),
    _S("Trung tâm Y tế khu vực Phong Điền", "health", "health_centre", 80),
    _S("Trung tâm Y tế khu vực Phụng Hiệp", "health", "health_centre", 100, "Hậu Giang"),
    _S("Trung tâm Y tế khu vực Long Mỹ", "health", "health_centre", 90, "Hậu Giang"),
    _S("Trung tâm Y tế khu vực Kế Sách", "health", "health_centre", 95, "Sóc Trăng"),
    _S("Trung tâm Y tế khu vực Vĩnh Châu", "health", "health_centre", 110, "Sóc Trăng"),
    _S("Trung tâm Y tế khu vực Mỹ Xuyên", "health", "health_centre", 80, "Sóc Trăng"),
    _S("Trung tâm Bảo trợ xã hội thành phố Cần Thơ", "labour", "social", 60),
)
