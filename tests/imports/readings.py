"""A day and small catalogues for the tests of reading."""

from __future__ import annotations

from datetime import date

from hrms.imports.reading.catalogue import Catalogue, Entry
from hrms.imports.reading.parsed import Context

TODAY = date(2026, 11, 21)
ETHNIC = Catalogue(
    "ethnic_groups",
    [
        Entry("01", "Kinh", ("Việt",)),
        Entry("02", "Tày", ("Thổ",)),
        Entry("05", "Khơ-me", ("Khmer", "Miên")),
        Entry("08", "Hmông", ("H'Mông", "Mông", "Mèo")),
        Entry("24", "Thổ", ("Kẹo",)),
        Entry("28", "Mạ"),
        Entry("33", "Kháng", ("Xá Khao",)),
        Entry("39", "La Ha", ("Xá Khao",)),
        Entry("45", "Mảng"),
    ],
)
RANKS = Catalogue(
    "ranks",
    [
        Entry("01.002", "Chuyên viên chính"),
        Entry("01.003", "Chuyên viên"),
        Entry("13.090", "Nghiên cứu viên"),
        Entry("V.07.04.31", "Giáo viên trung học cơ sở hạng II"),
        Entry("V.07.03.28", "Giáo viên tiểu học hạng II"),
    ],
)
AGENCIES = Catalogue(
    "agencies",
    [
        Entry("H13.05", "Sở Nội vụ"),
        Entry("H13.05.01", "Văn phòng"),
        Entry("H13.06.01", "Văn phòng"),
        Entry("H13.40", "Trường Tiểu học Cái Khế 1"),
    ],
)
CONTEXT = Context(
    TODAY,
    {
        "ethnic_groups": ETHNIC,
        "ranks": RANKS,
        "agencies": AGENCIES,
        "kinds": Catalogue("kinds", [Entry("civil_servant", "Công chức"), Entry("public_employee", "Viên chức")]),
        "languages": Catalogue("languages", [Entry("en", "Tiếng Anh", ("Anh", "Anh văn"))]),
    },
)
