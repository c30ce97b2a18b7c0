"""Cần Thơ since 1 July 2025: its 103 communes with the district each lay in, who lives where, the old provinces around.

Communes come from the package `vietnam_provinces`; which district they were made of is kept here, since careers and
addresses before July 2025 name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from vietnam_provinces import ProvinceCode, Ward

from hrms.core.text import nfc

CITY = "thành phố Cần Thơ"
PROVINCE_CODE = ProvinceCode.P_92
CAN_THO, HAU_GIANG, SOC_TRANG = "Cần Thơ", "Hậu Giang", "Sóc Trăng"
REGION_NAMES = {CAN_THO: "thành phố Cần Thơ", HAU_GIANG: "tỉnh Hậu Giang", SOC_TRANG: "tỉnh Sóc Trăng"}
BIRTH_CODES = {CAN_THO: "092", HAU_GIANG: "093", SOC_TRANG: "094"}
"""Codes of the place of birth in a personal ID number: never converted after a merger."""

NEIGHBOURS = (
    ("Vĩnh Long", "086"), ("An Giang", "089"), ("Đồng Tháp", "087"), ("Kiên Giang", "091"), ("Trà Vinh", "084"),
    ("Bạc Liêu", "095"), ("Cà Mau", "096"), ("Bến Tre", "083"), ("Tiền Giang", "082"), ("Thành phố Hồ Chí Minh", "079"),
    ("Nghệ An", "040"), ("Thanh Hóa", "038"), ("Nam Định", "036"), ("Hà Nội", "001"),
)  # fmt: skip

_DISTRICTS = {
    CAN_THO: {
        "quận Ninh Kiều": "Ninh Kiều, Cái Khế, Tân An, An Bình",
        "quận Bình Thủy": "Thới An Đông, Bình Thủy, Long Tuyền",
        "quận Cái Răng": "Cái Răng, Hưng Phú",
        "quận Ô Môn": "Ô Môn, Thới Long, Phước Thới",
        "quận Thốt Nốt": "Trung Nhứt, Thốt Nốt, Thuận Hưng, Tân Lộc",
        "huyện Phong Điền": "Phong Điền, Nhơn Ái, Trường Long",
        "huyện Thới Lai": "Thới Lai, Đông Thuận, Trường Xuân, Trường Thành",
        "huyện Cờ Đỏ": "Cờ Đỏ, Đông Hiệp, Thạnh Phú, Thới Hưng, Trung Hưng",
        "huyện Vĩnh Thạnh": "Vĩnh Thạnh, Vĩnh Trinh, Thạnh An, Thạnh Quới",
    },
    HAU_GIANG: {
        "thành phố Vị Thanh": "Hỏa Lựu, Vị Thanh, Vị Tân",
        "huyện Vị Thủy": "Vị Thủy, Vĩnh Thuận Đông, Vị Thanh 1, Vĩnh Tường",
        "huyện Long Mỹ": "Vĩnh Viễn, Xà Phiên, Lương Tâm",
        "thị xã Long Mỹ": "Long Bình, Long Mỹ, Long Phú 1",
        "huyện Châu Thành A": "Thạnh Xuân, Tân Hòa, Trường Long Tây",
        "huyện Châu Thành": "Châu Thành, Đông Phước, Phú Hữu",
        "thành phố Ngã Bảy": "Đại Thành, Ngã Bảy",
        "huyện Phụng Hiệp": "Tân Bình, Hòa An, Phương Bình, Tân Phước Hưng, Hiệp Hưng, Phụng Hiệp, Thạnh Hòa",
    },
    SOC_TRANG: {
        "thành phố Sóc Trăng": "Phú Lợi, Sóc Trăng",
        "huyện Mỹ Xuyên": "Mỹ Xuyên, Hòa Tú, Gia Hòa, Nhu Gia, Ngọc Tố",
        "huyện Long Phú": "Trường Khánh, Đại Ngãi, Tân Thạnh, Long Phú",
        "huyện Kế Sách": "Nhơn Mỹ, Phong Nẫm, An Lạc Thôn, Kế Sách, Thới An Hội, Đại Hải",
        "huyện Châu Thành": "Phú Tâm, An Ninh, Thuận Hòa, Hồ Đắc Kiện",
        "huyện Mỹ Tú": "Mỹ Tú, Long Hưng, Mỹ Phước, Mỹ Hương",
        "thị xã Vĩnh Châu": "Vĩnh Hải, Lai Hòa, Vĩnh Phước, Vĩnh Châu, Khánh Hòa",
        "thị xã Ngã Năm": "Tân Long, Ngã Năm, Mỹ Quới",
        "huyện Thạnh Trị": "Phú Lộc, Vĩnh Lợi, Lâm Tân",
        "huyện Trần Đề": "Thạnh Thới An, Tài Văn, Liêu Tú, Lịch Hội Thượng, Trần Đề",
        "huyện Cù Lao Dung": "An Thạnh, Cù Lao Dung",
    },
}
# Share of Khmer and Hoa among the staff, in per cent; where nothing is said, of the region.
_MINORITIES = {
    "thị xã Vĩnh Châu": (34, 11), "huyện Trần Đề": (29, 4), "huyện Mỹ Xuyên": (21, 3), "thành phố Sóc Trăng": (15, 7),
    "huyện Long Phú": (16, 2), "huyện Thạnh Trị": (20, 3), "huyện Mỹ Tú": (14, 2), "huyện Kế Sách": (7, 1),
    "thị xã Ngã Năm": (4, 1), "huyện Cù Lao Dung": (4, 1), "quận Ô Môn": (3.5, 1), "huyện Cờ Đỏ": (3, 0.5),
    "quận Ninh Kiều": (1.2, 2), "huyện Long Mỹ": (4, 0.5), "thành phố Vị Thanh": (2.5, 1),
}  # fmt: skip
_BY_REGION = {CAN_THO: (1.2, 0.7), HAU_GIANG: (2, 0.6), SOC_TRANG: (22, 4)}


@dataclass(frozen=True, slots=True)
class Place:
    """One commune today. `district` and `region` are what it lay in until 30 June 2025."""

    code: str
    name: str
    kind: str
    district: str
    region: str

    @property
    def full_name(self) -> str:
        """Kind and name: “xã Vĩnh Hải”, “phường Ninh Kiều”."""
        return f"{self.kind} {self.name}"

    @property
    def minorities(self) -> tuple[float, float]:
        """Khmer and Hoa among the staff, in per cent."""
        if self.region == SOC_TRANG and self.district == "huyện Châu Thành":
            return 29, 3
        return _MINORITIES.get(self.district, _BY_REGION[self.region])


@cache
def places() -> tuple[Place, ...]:
    """Return the communes in the package's order. Raises LookupError when the package and the districts disagree."""
    # Two names come twice in the merged province; the package lists the regions one after the other.
    homes = {
        (name, region): district
        for region, districts in _DISTRICTS.items()
        for district, names in districts.items()
        for name in names.split(", ")
    }
    found = []
    for ward in Ward.iter_by_province(PROVINCE_CODE):
        kind, name = nfc(ward.name).split(" ", 1)
        number = int(ward.code)
        region = CAN_THO if number < 31318 else HAU_GIANG if number < 31500 else SOC_TRANG
        district = homes.pop((name, region), None)
        if district is None:
            raise LookupError(f"no former district known for {ward.name} ({number})")
        found.append(Place(f"{number:05d}", name, kind.lower(), district, region))
    if homes:
        raise LookupError(f"not in the package: {sorted(homes)}")
    return tuple(found)


def old_address(place: Place) -> str:
    """Return how the place was written before the merger: “xã …, huyện Kế Sách, tỉnh Sóc Trăng”."""
    return f"{place.full_name}, {place.district}, {REGION_NAMES[place.region]}"


def new_address(place: Place) -> str:
    """Return how the place is written today."""
    return f"{place.full_name}, {CITY}"


def home_address(rng: Random, place: Place) -> str:
    """Return an invented address in the commune."""
    if place.kind == "phường":
        street = rng.choice(_STREETS)
        return f"Số {rng.randint(1, 399)}, đường {street}, khu vực {rng.randint(1, 9)}, {new_address(place)}"
    hamlet = rng.choice(_HAMLETS) if rng.random() < 0.6 else str(rng.randint(1, 9))
    return f"Số {rng.randint(1, 499)}, ấp {hamlet}, {new_address(place)}"


_STREETS = (
    "30 Tháng 4", "Cách Mạng Tháng Tám", "Nguyễn Văn Cừ", "Nguyễn Văn Linh", "Trần Hưng Đạo", "Hùng Vương", "Lê Hồng Phong",
    "Võ Văn Kiệt", "Mậu Thân", "Trần Phú", "Lê Lợi", "Nguyễn Huệ", "Phan Đình Phùng", "Đồng Khởi", "3 Tháng 2",
    "Nguyễn Trãi", "Lý Thường Kiệt", "Hai Bà Trưng", "Quang Trung", "Nguyễn Thái Học",
)  # fmt: skip
_HAMLETS = (
    "Thới Hòa", "Thạnh Lợi", "Phước Lộc", "Hòa Bình", "Tân Thành", "Vĩnh Phước", "Mỹ Thạnh", "An Hòa", "Đông Thạnh",
    "Trường Thọ", "Long Thành", "Phú Thọ", "Tân Lợi", "Thuận An", "Bình Hưng", "Xóm Lớn", "Giữa", "Chợ Cũ",
)  # fmt: skip
