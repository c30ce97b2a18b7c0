"""Invented names as they are given in the Mekong delta: by sex, generation and people, both spellings of hoà and hòa."""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import NamedTuple

KINH, HOA, KHMER, CHAM, TAY, NUNG = "01", "04", "05", "17", "02", "07"
"""Codes of the catalogue `ethnic_groups`."""

MALE, FEMALE = "male", "female"


class Pool(NamedTuple):
    """Words to draw from, the likelier ones with greater weight."""

    words: tuple[str, ...]
    limits: tuple[float, ...]

    def draw(self, rng: Random) -> str:
        """Return one word."""
        return rng.choices(self.words, cum_weights=self.limits)[0]


def weighted(text: str) -> Pool:
    """Read “Nguyễn 31, Trần 10.9, …”; a word without a number weighs 1."""
    words, weights = [], []
    for part in text.split(","):
        word, _, weight = part.strip().rpartition(" ")
        if word and weight.replace(".", "").isdigit():
            words.append(word)
            weights.append(float(weight))
        else:
            words.append(part.strip())
            weights.append(1.0)
    return Pool(tuple(words), tuple(accumulate(weights)))


FAMILY = {
    KINH: weighted(
        "Nguyễn 31, Trần 11, Lê 9, Phạm 6, Huỳnh 6, Võ 4.5, Phan 3.2, Trương 2.4, Bùi 2.2, Đặng 2.2, Đỗ 1.6, Ngô 1.6,"
        " Hồ 1.6, Dương 1.6, Lý 1.4, Lâm 1.3, Cao 1.1, Đoàn 1, Mai 0.9, Hà 0.8, Lương 0.8, Tô 0.7, Châu 0.7, Thái 0.7,"
        " Đinh 0.7, Tạ 0.5, Vương 0.4, Trịnh 0.5, Kiều 0.4, Đào 0.6, Vũ 0.5, Hoàng 0.5, Lưu 0.6, Bành 0.1, Nhan 0.1,"
        " Từ 0.3, Quan 0.1, Thi 0.2, Tiêu 0.2, Tống 0.2, Giang 0.2, Văn 0.2, Diệp 0.3, Tăng 0.2, Khưu 0.1, Hứa 0.3"
    ),
    KHMER: weighted("Thạch 22, Sơn 17, Danh 14, Lâm 12, Kim 11, Trần 7, Lý 5, Kiên 3, Tăng 2, Châu 2, Thị 0.1, Triệu 1.5,"
                    " Liêu 1.5, Đào 1, Huỳnh 1, Hứa 0.8, Ngô 0.7, Mai 0.6"),
    HOA: weighted("Lâm 12, Trần 12, Lý 9, Quách 8, Tăng 6, Vương 5, Châu 5, Mã 4, Thái 4, Trịnh 4, La 3, Tô 3, Khưu 3, Hứa 3,"
                  " Giang 3, Kha 2, Lưu 3, Tạ 2, Âu 1.5, Ngô 3, Huỳnh 3, Dương 2, Hà 2"),
    CHAM: weighted("Đổng 3, Thành 3, Bá 2, Châu 3, Lưu 2"),
    TAY: weighted("Hoàng 4, Nông 4, Lý 2, Hà 2, Ma 1"),
    NUNG: weighted("Nông 4, Hoàng 3, Lương 2, Chu 1"),
}  # fmt: skip

_MALE_MIDDLE_OLD = weighted(
    "Văn 44, Hữu 6, Minh 6, Thanh 6, Hoàng 4, Quốc 4, Công 3, Ngọc 3, Tấn 4, Thành 3, Chí 2.5, Đức 2, Trung 2, Phước 2,"
    " Hồng 2, Việt 1, Kim 1, Xuân 1, Anh 1, Bá 0.5, Đình 0.8, Trọng 1, Thiện 1, Duy 1"
)
_MALE_MIDDLE_YOUNG = weighted(
    "Văn 12, Minh 11, Hoàng 9, Thanh 7, Quốc 8, Hữu 5, Duy 6, Trung 5, Tấn 4, Nhật 3, Anh 3, Đức 4, Chí 4, Thành 4,"
    " Ngọc 3, Gia 2, Phúc 2, Khánh 2, Trọng 2, Công 2, Thiên 1, Hải 1, Bảo 1, Nguyên 1, Phước 2, Huỳnh 1, Trường 1"
)
_FEMALE_MIDDLE_OLD = weighted(
    "Thị 48, Thị Kim 5, Thị Ngọc 5, Thị Thanh 4, Thị Mỹ 4, Thị Hồng 4, Thị Bích 3, Thị Thu 3, Kim 4, Ngọc 4, Mỹ 3, Hồng 2,"
    " Thanh 2, Bích 2, Thị Tuyết 2, Thị Cẩm 2, Thị Xuân 1.5, Thúy 1, Thị Phương 1.5, Lệ 0.7, Thị Út 0.5"
)
_FEMALE_MIDDLE_YOUNG = weighted(
    "Thị 17, Thị Ngọc 6, Thị Mỹ 5, Thị Kim 4, Thị Thanh 4, Thị Thúy 4, Thị Cẩm 4, Thị Bích 3, Thị Thu 3, Ngọc 7, Mỹ 4,"
    " Thúy 4, Kim 3, Phương 4, Thanh 3, Hồng 3, Bảo 2, Như 2, Diễm 3, Huỳnh 2, Trúc 2, Minh 1.5, Yến 2, Cẩm 2, Tuyết 1.5,"
    " Khánh 1.5, Bích 2, Thùy 2, Hoàng 1, Thị Diễm 2, Thị Hồng 3, Thị Yến 2, Thị Huỳnh 1.5, Ánh 0.6"
)
_MALE_GIVEN = weighted(
    "Hùng 3, Dũng 3, Tuấn 3.4, Thành 3, Long 2, Hải 2.4, Minh 2.6, Phúc 1.6, Tâm 2, Khánh 1.4, Nam 1.6, Sơn 2, Hoà 0.9,"
    " Hòa 1.1, Bình 2, Nghĩa 1.8, Toàn 1.6, Phong 1.8, Cường 2.2, Vinh 1.6, Thắng 1.8, Tài 1.8, Lộc 1.2, Thịnh 1.4,"
    " Đạt 1.8, Khang 0.8, Khoa 1.2, Huy 2, Duy 1.4, Nhân 1.6, Trí 1.4, Kiệt 1.2, Tú 1, Quang 1.4, Trung 2, Hậu 1.2,"
    " Sang 1.4, Đức 1.8, Thiện 1.2, Lợi 1.4, Phát 1.2, Tín 0.8, Thuận 1.4, Hiếu 1.6, An 1, Bảo 0.8, Đăng 0.6, Nguyên 1,"
    " Tân 1.2, Linh 1, Việt 1, Trường 1, Hưng 1.2, Khải 0.6, Quân 0.8, Thái 1.2, Út 0.4, Hoàng 1.4, Phước 1.2, Dương 0.8,"
    " Giang 0.8, Luân 0.8, Nhựt 0.8, Tính 0.6, Triều 0.5, Vũ 1.4, Xuyên 0.3, Đông 0.6, Hiền 0.5, Kha 0.4, Liêm 0.6,"
    " Mẫn 0.5, Nhã 0.3, Oai 0.2, Quí 0.4, Quý 0.4, Sĩ 0.3, Tiến 1.2, Tùng 1, Ửng 0.1, Vàng 0.3, Bửu 0.2, Chiến 0.7, Cảnh 0.4"
)
_FEMALE_GIVEN = weighted(
    "Lan 2.4, Hoa 1.8, Hương 2, Mai 2, Ngọc 1.8, Thảo 2.2, Trang 2.4, Linh 2.2, Hạnh 1.8, Hằng 1.8, Thu 1.6, Thuỷ 0.8,"
    " Thủy 1, Yến 1.8, Nga 1.4, Phượng 1.4, Loan 1.6, Nhung 1.4, Oanh 1.4, Tuyết 1.6, Vân 1.4, Xuân 1.2, Hồng 1.4,"
    " Cúc 0.8, Đào 0.8, Diễm 1.2, Dung 1.4, Duyên 1.4, Hà 1.2, Hiền 1.4, Huệ 1, Kiều 1.2, Liên 1.2, My 1, Mỹ 0.6,"
    " Ngân 2, Nhi 1.4, Như 1.4, Phương 1.8, Quyên 1.4, Tâm 1, Thanh 1.2, Thư 1.6, Tiên 1.6, Trâm 1.4, Trân 1.4,"
    " Trinh 1.4, Trúc 1.4, Tú 0.8, Uyên 1, Vy 1, Thơ 1, Thi 0.8, Thoa 1, Lệ 0.6, Hoà 0.3, Hòa 0.4, Thuý 0.8, Thúy 1,"
    " Bích 0.6, Châu 0.8, Chi 0.8, Anh 1.4, Giang 0.7, Ánh 0.7, Nguyệt 1, Sương 0.6, Gấm 0.2, Nết 0.1, Út 0.3, Bé 0.2,"
    " Cẩm 0.3, Đẹp 0.3, Điệp 0.5, Hân 0.7, Khuyên 0.3, Lài 0.3, Ly 0.7, Mận 0.2, Mơ 0.2, Ngoan 0.3, Phụng 0.6, Quế 0.2,"
    " Thắm 0.5, Thêu 0.2, Tươi 0.4, Xinh 0.2, Vẹn 0.1, Xuyến 0.5"
)
_KHMER_MALE = weighted(
    "Sa Rây, Đa Ra, Sóc Kha, Sà Rinh, Sô Phol, Sa Vuth, Ra Vi, Rít Thi, Phi Rum, Na Rin, Vi Chết, Bun Thương, Sô Chia,"
    " Sà Môl, Pích, Chanh Đa, Sa Mết, Hoàng Sơn 2, Minh Đức 2, Văn Lợi 2, Hiền 2, Quốc Thái 2, Thanh Tùng 2, Cươl, Nhịp,"
    " Ngọc Sang 2, Sa Rên, Khêm, Si Phol, Thươne, Hữu Phước 2, Văn Hòa, Văn Hoà"
)
_KHMER_FEMALE = weighted(
    "Thị Sô Phia, Thị Sa Vy, Thị Chanh Tha, Thị Đa Ni, Thị Srây Mom, Thị Sà Rết, Thị Pha 2, Thị Sa Rươl, Thị Na Ry, Sô Phi,"
    " Thị Thu Hà 2, Thị Ngọc Lan 2, Thị Hồng Thắm 2, Mỹ Duyên 2, Thị Kim Sang 2, Thị Bích Ngọc 2, Chanh Tha, Thị Sóc Kha,"
    " Thị Dane, Thị Sâm Nang, Thị Ánh Nguyệt 2, Thị Thúy An, Thị Thuý Kiều"
)
_HOA_MALE = weighted(
    "Chí Cường 2, Vĩ Hùng, Gia Huy 2, Quốc Vinh 2, Tuấn Kiệt 2, Kiến Minh, Chấn Hưng, Thuận Phát, Vĩnh Phát, Bội Minh,"
    " Hán Vinh, Chí Dũng 2, Kim Sinh, Vĩnh Lợi, Thế Vinh, Minh Quang 2, Chấn Nam, Kiến Hòa, Kiến Hoà, Diệu Quang, Hoàng Ân"
)
_HOA_FEMALE = weighted(
    "Mỹ Linh 2, Tú Quyên, Bội Ngọc, Tuệ Mẫn, Lệ Hoa 2, Mỹ Phụng, Ái Liên, Bảo Châu, Thục Trinh, Mỹ Dung 2, Tố Anh, Bội Linh,"
    " Tú Anh 2, Ngọc Yến 2, Lệ Quyên, Ái Nhi, Huệ Mẫn, Xiếu Dung, Muối"
)


def full_name(rng: Random, sex: str, birth_year: int, ethnic_group: str = KINH, family: str | None = None) -> str:
    """Return an invented full name, with the `family` name given if any (a child's is the father's)."""
    surname = family or FAMILY.get(ethnic_group, FAMILY[KINH]).draw(rng)
    if ethnic_group == KHMER and rng.random() < 0.7:
        return f"{surname} {(_KHMER_MALE if sex == MALE else _KHMER_FEMALE).draw(rng)}"
    if ethnic_group == HOA and rng.random() < 0.7:
        return f"{surname} {(_HOA_MALE if sex == MALE else _HOA_FEMALE).draw(rng)}"
    old = birth_year < 1978 or (birth_year < 1988 and rng.random() < 0.5)
    if sex == MALE:
        middle, given = (_MALE_MIDDLE_OLD if old else _MALE_MIDDLE_YOUNG), _MALE_GIVEN
    else:
        middle, given = (_FEMALE_MIDDLE_OLD if old else _FEMALE_MIDDLE_YOUNG), _FEMALE_GIVEN
    first, last = middle.draw(rng), given.draw(rng)
    # Nobody is called Minh Minh.
    while last == first.rsplit(" ", 1)[-1]:
        last = given.draw(rng)
    return f"{surname} {first} {last}"


def family_name(name: str) -> str:
    """Return the first word of a full name."""
    return name.split(" ", 1)[0]
