"""Checks across the fields of the SYLL record (TT 06/2023/TT-BNV) and how complete it is.

A date that is only partly known never causes a problem that its unknown part could explain away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

from hrms.core.dates import PartialDate, add_months
from hrms.core.rules import N_, Problem
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.parameters import Parameter

NAME_LENGTH = 100
_HEIGHT_CM = (100, 250)
_WEIGHT_KG = (25, 250)
_BLOOD = re.compile(r"(A|B|AB|O|0)\s*(?:\(?\s*Rh\s*)?([+-])?\)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """The figures of the checks, from the catalogue `parameters`: ages in years, the party's probation in months."""

    youngest: int
    oldest: int
    recruited_at_least: int
    recruited_normally: int
    party_probation_months: int

    @classmethod
    def from_parameters(cls, values: Mapping[str, Parameter]) -> RecordLimits:
        """Read the parameters `record.<name of the field>`. Raises KeyError for a missing one."""
        return cls(**{f.name: int(values[f"record.{f.name}"].value) for f in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """What the checks read, named as the record names it. None: not filled in, not checked."""

    full_name: str | None = None
    other_names: str | None = None
    birth_date: PartialDate | None = None
    national_id_issued_on: PartialDate | None = None
    phone: str | None = None
    email: str | None = None
    social_insurance_no: str | None = None
    health_insurance_no: str | None = None
    recruited_on: PartialDate | None = None
    agency_joined_on: PartialDate | None = None
    party_joined_on: PartialDate | None = None
    party_official_on: PartialDate | None = None
    union_joined_on: PartialDate | None = None
    enlisted_on: PartialDate | None = None
    discharged_on: PartialDate | None = None
    height_cm: int | None = None
    weight_kg: int | None = None
    blood_group: str | None = None


FIELD_LABELS: dict[str, str] = {
    "full_name": N_("Họ và tên khai sinh"),
    "other_names": N_("Tên gọi khác"),
    "birth_date": N_("Ngày sinh"),
    "national_id_issued_on": N_("Ngày cấp căn cước"),
    "phone": N_("Số điện thoại"),
    "email": N_("Thư điện tử"),
    "social_insurance_no": N_("Số bảo hiểm xã hội"),
    "health_insurance_no": N_("Số thẻ bảo hiểm y tế"),
    "recruited_on": N_("Ngày được tuyển dụng lần đầu"),
    "agency_joined_on": N_("Ngày vào cơ quan hiện đang công tác"),
    "party_joined_on": N_("Ngày vào Đảng"),
    "party_official_on": N_("Ngày vào Đảng chính thức"),
    "union_joined_on": N_("Ngày tham gia tổ chức chính trị - xã hội đầu tiên"),
    "enlisted_on": N_("Ngày nhập ngũ"),
    "discharged_on": N_("Ngày xuất ngũ"),
    "height_cm": N_("Chiều cao"),
    "weight_kg": N_("Cân nặng"),
    "blood_group": N_("Nhóm máu"),
}

_IN_ORDER = (
    ("birth_date", "national_id_issued_on"),
    ("birth_date", "recruited_on"),
    ("birth_date", "party_joined_on"),
    ("birth_date", "union_joined_on"),
    ("birth_date", "enlisted_on"),
    ("recruited_on", "agency_joined_on"),
    ("enlisted_on", "discharged_on"),
)
_NOT_IN_FUTURE = (
    "national_id_issued_on", "party_joined_on", "party_official_on", "union_joined_on", "enlisted_on", "discharged_on",
)  # fmt: skip


def check_record(facts: RecordFacts, today: date, limits: RecordLimits) -> list[Problem]:
    """Return everything wrong between the fields of a record, in the order of the form."""
    return [
        *check_name("full_name", facts.full_name),
        *check_name("other_names", facts.other_names),
        *_check_birth(facts, today, limits),
        *_check_numbers(facts),
        *_check_order(facts, today),
        *_check_recruitment(facts, limits),
        *_check_party(facts, limits),
        *_check_health(facts),
    ]


def check_name(name: str, value: str | None) -> list[Problem]:
    """Return what is wrong with a personal name: too long, a formula, or signs that no Vietnamese or ethnic name has.

    Letters of the Latin script with any accents, blanks, apostrophe, hyphen and comma (between other names) may stand.
    """
    if not value:
        return []
    params = {"field": FIELD_LABELS.get(name, name), "value": value[:40]}
    if len(value) > NAME_LENGTH:
        text = N_("%(field)s “%(value)s…” dài %(count)s ký tự; tối đa %(most)s ký tự.")
        return [Problem(name, "name_too_long", text, {**params, "count": len(value), "most": NAME_LENGTH})]
    if value.lstrip()[:1] in {"=", "+", "-", "@"}:
        text = N_("%(field)s “%(value)s” bắt đầu bằng dấu của công thức; nhập lại bằng chữ.")
        return [Problem(name, "name_formula", text, params)]
    wrong = sorted({sign for sign in unicodedata.normalize("NFC", value) if not _fits_a_name(sign, name)})
    if wrong or not any(sign.isalpha() for sign in value):
        text = N_("%(field)s “%(value)s” có ký tự không dùng trong họ tên: %(wrong)s; chỉ nhập chữ cái.")
        shown = " ".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in wrong[:10]) or "–"
        return [Problem(name, "name_not_letters", text, {**params, "wrong": shown})]
    if name == "full_name" and len(value.split()) == 1:
        text = N_("%(field)s “%(value)s” chỉ có một từ; kiểm tra xem có thiếu họ.")
        return [Problem(name, "name_one_word", text, params, "warning")]
    return []


@lru_cache(maxsize=4096)
def _fits_a_name(sign: str, name: str) -> bool:
    if sign in " '’ʼ-" or (name == "other_names" and sign in ",;"):
        return True
    return unicodedata.combining(sign) > 0 or (sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN"))


def _check_birth(facts: RecordFacts, today: date, limits: RecordLimits) -> list[Problem]:
    born = facts.birth_date
    if born is None:
        return []
    if born.earliest() > today:
        return [
            Problem("birth_date", "birth_in_future", N_("Ngày sinh %(value)s ở sau hôm nay; sửa lại."), {"value": born})
        ]
    if add_months(born.earliest(), 12 * limits.youngest) > today:
        text = N_("Ngày sinh %(value)s: chưa đủ %(years)s tuổi; kiểm tra lại năm sinh.")
        return [Problem("birth_date", "too_young", text, {"value": born, "years": limits.youngest})]
    if add_months(born.latest(), 12 * (limits.oldest + 1)) <= today:
        text = N_("Ngày sinh %(value)s: quá %(years)s tuổi; kiểm tra lại năm sinh.")
        return [Problem("birth_date", "too_old", text, {"value": born, "years": limits.oldest})]
    return []


_NUMBERS = (
    ("phone", re.compile(r"(0|\+84)[0-9]{8,10}"), "phone_form", re.compile(r"[\s.\-()]"),
     N_("Số điện thoại “%(value)s” không đúng; nhập số bắt đầu bằng 0 hoặc +84, từ 9 đến 11 chữ số.")),
    ("email", re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"), "email_form", None,
     N_("Địa chỉ thư điện tử “%(value)s” không đúng; nhập dạng ten@coquan.gov.vn.")),
    ("social_insurance_no", re.compile(r"[0-9]{10}"), "social_insurance_form", re.compile(r"[\s.\-]"),
     N_("Số bảo hiểm xã hội “%(value)s” không đúng; nhập đủ 10 chữ số.")),
    ("health_insurance_no", re.compile(r"[A-Z]{2}[0-9]{13}|[0-9]{10}"), "health_insurance_form",
     re.compile(r"[\s.\-]"),
     N_("Số thẻ bảo hiểm y tế “%(value)s” không đúng; nhập 10 chữ số, hoặc 2 chữ cái và 13 chữ số.")),
)  # fmt: skip
"""Field, how its number is written, the code of the problem, the signs that may part it, the sentence."""


def _check_numbers(facts: RecordFacts) -> list[Problem]:
    problems = []
    for name, pattern, code, parting, text in _NUMBERS:
        value = getattr(facts, name)
        if value and parting is not None:
            value = parting.sub("", value)
        if value and name == "health_insurance_no":
            value = value.upper()
        if value and not pattern.fullmatch(value):
            problems.append(Problem(name, code, text, {"value": value[:40]}))
    return problems


def _check_order(facts: RecordFacts, today: date) -> list[Problem]:
    problems = []
    for first, second in _IN_ORDER:
        earlier, later = getattr(facts, first), getattr(facts, second)
        if earlier and later and earlier.earliest() > later.latest():
            text = N_("%(second)s (%(later)s) trước %(first)s (%(earlier)s); kiểm tra lại hai ngày.")
            params = {"first": FIELD_LABELS[first], "second": FIELD_LABELS[second], "earlier": earlier, "later": later}
            problems.append(Problem(second, "dates_out_of_order", text, params))
    for name in _NOT_IN_FUTURE:
        day = getattr(facts, name)
        if day and day.earliest() > today:
            text = N_("%(field)s %(value)s ở sau hôm nay; kiểm tra lại.")
            problems.append(Problem(name, "date_in_future", text, {"field": FIELD_LABELS[name], "value": day}))
    return problems


def _check_recruitment(facts: RecordFacts, limits: RecordLimits) -> list[Problem]:
    born, recruited = facts.birth_date, facts.recruited_on
    if not born or not recruited or born.earliest() > recruited.latest():
        return []
    for years, severity in ((limits.recruited_at_least, "error"), (limits.recruited_normally, "warning")):
        if add_months(born.earliest(), 12 * years) > recruited.latest():
            text = N_("Được tuyển dụng ngày %(day)s khi chưa đủ %(years)s tuổi (sinh %(born)s); kiểm tra hai ngày.")
            params = {"day": recruited, "years": years, "born": born}
            return [Problem("recruited_on", "recruited_too_young", text, params, severity)]
    return []


def _check_party(facts: RecordFacts, limits: RecordLimits) -> list[Problem]:
    joined, official = facts.party_joined_on, facts.party_official_on
    if official and not joined:
        text = N_("Có ngày vào Đảng chính thức %(official)s mà thiếu ngày vào Đảng; bổ sung ngày vào Đảng.")
        return [Problem("party_joined_on", "party_admission_missing", text, {"official": official})]
    if joined and official and add_months(joined.earliest(), limits.party_probation_months) > official.latest():
        text = N_("Ngày vào Đảng chính thức %(official)s phải sau ngày vào Đảng %(joined)s ít nhất %(months)s tháng.")
        params = {"official": official, "joined": joined, "months": limits.party_probation_months}
        return [Problem("party_official_on", "party_official_too_soon", text, params)]
    return []


def _check_health(facts: RecordFacts) -> list[Problem]:
    problems = []
    if facts.height_cm is not None and not _HEIGHT_CM[0] <= facts.height_cm <= _HEIGHT_CM[1]:
        text = N_("Chiều cao %(value)s cm ngoài khoảng %(least)s–%(most)s; nhập theo xăng-ti-mét.")
        params = {"value": facts.height_cm, "least": _HEIGHT_CM[0], "most": _HEIGHT_CM[1]}
        problems.append(Problem("height_cm", "height_range", text, params))
    if facts.weight_kg is not None and not _WEIGHT_KG[0] <= facts.weight_kg <= _WEIGHT_KG[1]:
        text = N_("Cân nặng %(value)s kg ngoài khoảng %(least)s–%(most)s; nhập theo ki-lô-gam.")
        params = {"value": facts.weight_kg, "least": _WEIGHT_KG[0], "most": _WEIGHT_KG[1]}
        problems.append(Problem("weight_kg", "weight_range", text, params))
    if facts.blood_group and blood_group_code(facts.blood_group) is None:
        text = N_("Nhóm máu “%(value)s” không đúng; nhập A, B, AB hoặc O, có thể kèm dấu Rh + hay -.")
        problems.append(Problem("blood_group", "unknown_blood_group", text, {"value": facts.blood_group[:40]}))
    return problems


def blood_group_code(text: str) -> str | None:
    """Return the code of the catalogue `blood_groups` ("A", "AB+", "O-") for the ways people write it, else None."""
    found = _BLOOD.fullmatch(text.strip().replace("−", "-").replace("–", "-"))
    return found[1].upper().replace("0", "O") + (found[2] or "") if found else None


@dataclass(frozen=True, slots=True)
class SyllItem:
    """One item that counts towards a complete record: its field, its number on the form, its name, who needs it."""

    field: str
    number: str
    label: str
    kinds: frozenset[PersonKind] = frozenset(PersonKind)
    only_with: str = ""


_ON_SCALE = frozenset({PersonKind.CADRE, PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE})
SYLL_ITEMS: tuple[SyllItem, ...] = (
    SyllItem("full_name", "1", N_("Họ và tên khai sinh")),
    SyllItem("sex", "1", N_("Giới tính")),
    SyllItem("birth_date", "3", N_("Ngày sinh")),
    SyllItem("birth_place", "4", N_("Nơi sinh")),
    SyllItem("home_town", "5", N_("Quê quán")),
    SyllItem("ethnic_group", "6", N_("Dân tộc")),
    SyllItem("religion", "7", N_("Tôn giáo")),
    SyllItem("national_id", "8", N_("Số định danh cá nhân")),
    SyllItem("national_id_issued_on", "8", N_("Ngày cấp căn cước")),
    SyllItem("phone", "8", N_("Số điện thoại")),
    SyllItem("social_insurance_no", "9", N_("Số bảo hiểm xã hội")),
    SyllItem("health_insurance_no", "9", N_("Số thẻ bảo hiểm y tế")),
    SyllItem("residence", "10", N_("Nơi ở hiện nay")),
    SyllItem("family_origin", "11", N_("Thành phần gia đình xuất thân")),
    SyllItem("recruited_on", "13", N_("Ngày được tuyển dụng lần đầu")),
    SyllItem("recruiting_agency", "13", N_("Cơ quan tuyển dụng")),
    SyllItem("agency_joined_on", "14", N_("Ngày vào cơ quan hiện đang công tác")),
    SyllItem("party_official_on", "15", N_("Ngày vào Đảng chính thức"), only_with="party_joined_on"),
    SyllItem("discharged_on", "17", N_("Ngày xuất ngũ"), only_with="enlisted_on"),
    SyllItem("education_general", "19", N_("Trình độ giáo dục phổ thông")),
    SyllItem("degree", "20", N_("Trình độ chuyên môn cao nhất")),
    SyllItem("post_since", "23", N_("Ngày bổ nhiệm chức vụ"), only_with="post"),
    SyllItem("main_duty", "28", N_("Công việc chính được giao")),
    SyllItem("rank", "30", N_("Ngạch, chức danh nghề nghiệp"), _ON_SCALE),
    SyllItem("step", "30", N_("Bậc lương"), _ON_SCALE),
    SyllItem("coefficient", "30", N_("Hệ số lương"), _ON_SCALE),
    SyllItem("step_since", "30", N_("Ngày hưởng bậc lương"), _ON_SCALE),
    SyllItem("health_state", "31", N_("Tình trạng sức khỏe")),
    SyllItem("blood_group", "31", N_("Nhóm máu")),
    SyllItem("degrees", "32", N_("Quá trình đào tạo chuyên môn"), only_with="degree"),
    SyllItem("work_history", "33", N_("Quá trình công tác")),
    SyllItem("family", "36", N_("Quan hệ gia đình")),
    SyllItem("pay_history", "37", N_("Quá trình lương"), _ON_SCALE),
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of the form is filled: whole per cent rounded down, and each missing item as a warning."""

    percent: int
    missing: tuple[Problem, ...]


def completeness(filled: Collection[str], kind: PersonKind) -> Completeness:
    """Return how complete a record is, from the names of its fields and tables that hold something.

    An item that only follows from another (official party date from admission) counts when that one is filled. Only a
    record without a gap is at 100.
    """
    needed = [i for i in SYLL_ITEMS if kind in i.kinds and (not i.only_with or i.only_with in filled)]
    missing = [i for i in needed if i.field not in filled]
    text = N_("Thiếu mục %(number)s, %(label)s.")
    problems = (Problem(i.field, "missing", text, {"number": i.number, "label": i.label}, "warning") for i in missing)
    return Completeness(100 * (len(needed) - len(missing)) // len(needed), tuple(problems))
