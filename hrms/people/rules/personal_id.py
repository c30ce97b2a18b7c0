"""Số định danh cá nhân: what its twelve digits say, and whether that agrees with the record.

NĐ 137/2015 Đ13, TT 59/2021/TT-BCA, Luật Căn cước 2023. Digits 1–3 are the place where birth was registered (the code of
that day, never converted after a merger), digit 4 century and sex, digits 5–6 the year of birth, the rest a serial.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from hrms.core.rules import N_, Problem
from hrms.people.rules.kinds import SEX_LABELS, Sex

FIELD = "national_id"
_LENGTH = 12


@dataclass(frozen=True, slots=True)
class PersonalId:
    """What a well-formed number says: code of the place, sex, year of birth."""

    place: str
    sex: Sex
    birth_year: int


def clean_personal_id(value: object) -> str:
    """Return the number as text: blanks, dots, hyphens and a leading apostrophe of a workbook cell taken off.

    A cell that held a number has lost its leading zeros; they are not put back, so the length check names the mistake.
    """
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return re.sub(r"[\s.\-'’]", "", text)


def read_personal_id(number: str) -> PersonalId | None:
    """Return what `number` says, or None when it is not twelve digits."""
    if not re.fullmatch(r"[0-9]{12}", number):
        return None
    century_and_sex = int(number[3])
    return PersonalId(
        place=number[:3],
        sex=Sex.FEMALE if century_and_sex % 2 else Sex.MALE,
        birth_year=1900 + 100 * (century_and_sex // 2) + int(number[4:6]),
    )


def check_personal_id(
    number: str, sex: Sex | None, birth_year: int | None, province_codes: Collection[str]
) -> list[Problem]:
    """Return everything wrong with a personal ID number against the record's sex and year of birth.

    `province_codes` are the three-digit codes known (catalogue `province_codes`). A form mistake is an error; sex and
    year that disagree block until a reason is given (both can have been corrected); an unknown place is a warning.
    """
    if not re.fullmatch(r"[0-9]*", number):
        text = N_("Số định danh cá nhân “%(value)s” có ký tự không phải chữ số; nhập đủ 12 chữ số.")
        return [Problem(FIELD, "id_not_digits", text, {"value": number[:30]})]
    said = read_personal_id(number)
    if said is None:
        text = N_("Số định danh cá nhân “%(value)s” có %(count)s chữ số; nhập đủ 12 chữ số.")
        if len(number) == _LENGTH - 1:
            text = N_("Số định danh cá nhân “%(value)s” có 11 chữ số; nhập đủ 12 chữ số, kể cả số 0 ở đầu.")
        return [Problem(FIELD, "id_length", text, {"value": number[:30], "count": len(number)})]
    problems = []
    if sex is not None and said.sex is not sex:
        text = N_("Số định danh cá nhân cho biết giới tính %(said)s, hồ sơ ghi %(recorded)s; sửa lại hoặc nêu lý do.")
        params = {"said": SEX_LABELS[said.sex], "recorded": SEX_LABELS[sex]}
        problems.append(Problem(FIELD, "id_sex_mismatch", text, params, "override"))
    if birth_year is not None and said.birth_year != birth_year:
        text = N_("Số định danh cá nhân cho biết năm sinh %(said)s, hồ sơ ghi %(recorded)s; sửa lại hoặc nêu lý do.")
        params = {"said": str(said.birth_year), "recorded": str(birth_year)}
        problems.append(Problem(FIELD, "id_year_mismatch", text, params, "override"))
    if said.place not in province_codes:
        text = N_("Ba số đầu “%(place)s” của số định danh cá nhân không có trong danh mục nơi khai sinh; kiểm tra lại.")
        problems.append(Problem(FIELD, "id_unknown_place", text, {"place": said.place}, "warning"))
    return problems


def mask(number: str | None) -> str:
    """Return the number as shown to whoever may not reveal it: eight stars and the last four digits; "" for none."""
    if not number:
        return ""
    return "*" * 8 + (number[-4:] if len(number) >= _LENGTH else "*" * 4)
