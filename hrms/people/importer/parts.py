"""The further sheets of the exchange workbook: tables of the form, and the pay and allowances of the past as facts.

A row finds its person by staff code. It meets an existing row by what makes such a row one of its kind (a language by
its name, a rating by its year), so the same file twice changes nothing; what it meets is brought to what the file says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hrms.core.dates import PartialDate
from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.people.importer.layout import text_of
from hrms.people.models import Education, PersonAbsence, PersonAllowance, PersonRank, Rating, WorkPeriod
from hrms.people.queries import codes


@dataclass(frozen=True, slots=True)
class PartSheet:
    """A sheet whose rows hang on people: where they go, what fills which column, what makes two rows the same thing.

    `columns` maps a column to (type, field of the file); `fixed` are columns of one value; `key` names the columns
    that tell rows of one person apart. For dated facts `current` says where the fact in force begins for a new person.
    """

    key_name: str
    model: type[Any]
    columns: Mapping[str, tuple[str, str]]
    key: tuple[str, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    dated: bool = False

    @property
    def table(self) -> str:
        """Return the name of the table its rows go to."""
        return str(self.model.__tablename__)

    @property
    def stage(self) -> str:
        """Return the name of the temporary table its rows wait in."""
        return f"import_{self.key_name}"

    def group_key(self) -> tuple[str, ...]:
        """Return the columns beside the person within which dated rows must not overlap."""
        return tuple(name for name in self.model.__dated_key__ if name != "person_id") if self.dated else ()


PART_SHEETS: dict[str, PartSheet] = {
    sheet.key_name: sheet
    for sheet in (
        PartSheet(
            "work_history", WorkPeriod,
            {"from_on": ("text", "valid_from"), "to_on": ("text", "valid_to"), "agency_code": ("text", "agency_code"),
             "agency_name": ("text", "agency_name"), "position": ("text", "position")},
            ("from_on", "position"),
        ),
        PartSheet(
            "pay_history", PersonRank,
            {"rank_code": ("text", "rank"), "step": ("integer", "step"), "coefficient": ("numeric(6,3)", "coefficient"),
             "pay_percent": ("numeric(6,2)", "pay_percent")},
            (), dated=True,
        ),
        PartSheet(
            "allowance_history", PersonAllowance,
            {"allowance_kind": ("text", "allowance_kind"), "coefficient": ("numeric(6,3)", "coefficient"),
             "percent": ("numeric(6,2)", "percent"), "amount": ("numeric(16,0)", "amount"), "form": ("text", "form")},
            (), dated=True,
        ),
        PartSheet(
            "absence_history", PersonAbsence,
            {"absence_kind": ("text", "absence_kind"), "working_days": ("integer", "working_days"),
             "absence_reason": ("text", "absence_reason")},
            (), dated=True,
        ),
        PartSheet(
            "languages", Education,
            {"language": ("text", "language"), "level": ("text", "level")},
            ("section", "language"), {"section": "language"},
        ),
        PartSheet("it_skills", Education, {"level": ("text", "level")}, ("section", "level"), {"section": "it"}),
        PartSheet(
            "education", Education,
            {"section": ("text", "section"), "from_on": ("text", "valid_from"), "to_on": ("text", "valid_to"),
             "major": ("text", "major"), "degree": ("text", "degree"), "certificate": ("text", "certificate"),
             "institution": ("text", "institution"), "form": ("text", "form"), "grade": ("text", "grade"),
             "country": ("text", "country")},
            ("section", "from_on", "major", "degree", "certificate"),
        ),
        PartSheet(
            "ratings", Rating,
            {"year": ("integer", "year"), "rating": ("text", "rating"), "rated_by": ("text", "rated_by")},
            ("year",),
        ),
    )
}  # fmt: skip

_SECTIONS = (("ly luan chinh tri", "theory"), ("quan ly nha nuoc", "management"), ("quoc phong", "defence"))


def part_texts(sheet: PartSheet, values: Mapping[str, Any]) -> dict[str, str]:
    """Return a row's values by field in their stored spelling; dated rows get `from` and the day after the last."""
    texts = {key: text_of(key, value) for key, value in values.items()}
    if sheet.dated:
        start, end = values.get("valid_from"), values.get("valid_to")
        texts["from"] = start.earliest().isoformat() if isinstance(start, PartialDate) else ""
        texts["to"] = (end.latest() + timedelta(days=1)).isoformat() if isinstance(end, PartialDate) else ""
    if sheet.key_name == "education":
        _settle_education(texts)
    if sheet.key_name == "allowance_history":
        _settle_allowance(texts)
    if texts.get("coefficient") == "0":
        del texts["coefficient"]
    if texts.get("pay_percent") == "100":
        # Whole pay is what a record without a percentage means.
        del texts["pay_percent"]
    return texts


def _settle_education(texts: dict[str, str]) -> None:
    """Tell degrees from certificates, and the kind of a certificate by its words."""
    degree = texts.get("degree", "")
    texts["section"] = "professional"
    if degree and not codes.knows("degrees", degree):
        texts["certificate"] = texts.pop("degree")
        words = fold(f"{degree} {texts.get('major', '')}")
        texts["section"] = next((section for mark, section in _SECTIONS if mark in words), "professional")


def _settle_allowance(texts: dict[str, str]) -> None:
    """Keep one measure: old exports write 0 in those that do not apply."""
    for name in ("coefficient", "percent", "amount"):
        if texts.get(name) == "0":
            del texts[name]
    said = [name for name in ("coefficient", "percent", "amount") if texts.get(name)]
    if said and texts.get("form") not in said:
        texts["form"] = said[0]


def part_problems(sheet: PartSheet, texts: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with one row beside its cells."""
    problems = []
    if sheet.key_name == "allowance_history" and not any(texts.get(n) for n in ("coefficient", "percent", "amount")):
        words = N_("Chưa có mức phụ cấp: ghi hệ số, phần trăm hoặc số tiền.")
        problems.append(Problem("coefficient", "measure_missing", words))
    if sheet.key_name == "allowance_history" and (form := texts.get("form")):
        for name in ("coefficient", "percent", "amount"):
            if name != form and texts.get(name):
                words = N_("Mức phụ cấp ghi theo nhiều cách; chỉ giữ một trong hệ số, phần trăm, số tiền.")
                problems.append(Problem(name, "one_measure", words))
    start, end = texts.get("from", texts.get("valid_from", "")), texts.get("to", texts.get("valid_to", ""))
    if start and end and (end <= start if sheet.dated else end < start[: len(end)]):
        words = N_("“Đến ngày” trước “Từ ngày”. Hãy sửa một trong hai ngày.")
        problems.append(Problem("valid_to", "dates_out_of_order", words))
    return problems


UNKNOWN_PERSON = N_("Không có người mang số hiệu này trong tệp hay trong phạm vi của bạn. Hãy kiểm tra số hiệu.")
REFUSED_PERSON = N_("Người này bị từ chối ở trang “Hồ sơ” nên dòng này chưa nhập được. Hãy sửa trang “Hồ sơ” trước.")
LATE: dict[str, Problem] = {
    "own": Problem(
        "staff_code",
        "own",
        N_("Dòng này thay đổi lương, phụ cấp, chức vụ của chính bạn. Hãy bỏ dòng này và để người khác nhập."),
    ),
    "absent_twice": Problem(
        "valid_from",
        "absent_already",
        N_("Thời gian này trùng với một đợt nghỉ khác của người này trong tệp hoặc trong hồ sơ. Hãy giữ một dòng."),
    ),
    "conflict": Problem(
        "valid_from",
        "differs_from_current",
        N_("Thời gian này trùng với mức đang hưởng nhưng nội dung khác. Hãy sửa cho khớp với trang “Hồ sơ”."),
    ),
    "twin": Problem(
        "valid_from", "same_day_twice", N_("Có hai dòng cùng bắt đầu một ngày mà nội dung khác nhau. Hãy giữ một dòng.")
    ),
}
"""Outcomes the database finds when all rows of a sheet are together, and what they mean."""


def stage_line(sheet: PartSheet, number: int, code: str, person_id: int | None, texts: Mapping[str, str]) -> str:
    """Return one row as a line to copy into the sheet's temporary table."""
    values = [texts.get(name, "") for _type, name in sheet.columns.values()]
    days = [texts["from"], texts["to"]] if sheet.dated else []
    return "\t".join((str(number), code, str(person_id or ""), *values, *days)) + "\n"


def stage_columns(sheet: PartSheet) -> tuple[str, ...]:
    """Return the columns of `stage_line`."""
    return ("row_no", "staff_code", "person_id", *sheet.columns, *(("valid_from", "valid_to") if sheet.dated else ()))


def create_sql(sheet: PartSheet) -> str:
    """Return the statement that makes the sheet's temporary table."""
    columns = [f"{name} {kind}" for name, (kind, _field) in sheet.columns.items()]
    if sheet.dated:
        columns += ["valid_from date", "valid_to date"]
    return (
        f"CREATE TEMPORARY TABLE {sheet.stage} (row_no integer, staff_code text, person_id bigint,"
        f" {', '.join(columns)}, is_new boolean DEFAULT false, outcome text, target bigint) ON COMMIT DROP"
    )


def _equal(names: Sequence[str], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names) or "true"


def _no_news(names: Sequence[str], file: str, stored: str) -> str:
    """Return the condition that a row of the file says nothing the stored one does not."""
    return " AND ".join(f"({file}.{name} IS NULL OR {file}.{name} = {stored}.{name})" for name in names) or "true"


def settle_sql(sheet: PartSheet) -> list[str]:
    """Return the statements that decide what each staged row does: its `outcome`, and for a change its `target`."""
    t = sheet.stage
    statements = [
        (
            f"UPDATE {t} t SET person_id = s.person_id, is_new = true FROM import_people s"  # noqa: S608 - own names
            " WHERE s.is_new AND t.person_id IS NULL AND s.staff_code = t.staff_code"
        ),
        f"ANALYZE {t}",
    ]
    if sheet.model is PersonAbsence:
        return statements + _settle_absences(sheet)
    return statements + (_settle_dated(sheet) if sheet.dated else _settle_table(sheet))


def _settle_absences(sheet: PartSheet) -> list[str]:
    """Return the statements that settle absences: nothing is laid over another, and the same one again is no news."""
    t = sheet.stage
    days = "daterange({0}.valid_from, {0}.valid_to)"
    meets = f"{days.format('o')} && {days.format('t')}"
    return [
        (
            f"UPDATE {t} t SET outcome = 'same' FROM (SELECT row_no, row_number() OVER "  # noqa: S608 - own names
            "(PARTITION BY person_id, valid_from, valid_to, absence_kind ORDER BY row_no)"
            f" AS place FROM {t}) d WHERE d.row_no = t.row_no AND d.place > 1"
        ),
        (
            f"UPDATE {t} t SET outcome = CASE"  # noqa: S608 - own names
            f" WHEN EXISTS (SELECT 1 FROM {t} o WHERE o.person_id = t.person_id AND o.row_no <> t.row_no"
            f" AND o.outcome IS NULL AND {meets}) THEN 'absent_twice'"
            f" WHEN EXISTS (SELECT 1 FROM {sheet.table} o WHERE NOT t.is_new AND o.person_id = t.person_id"
            " AND o.superseded_at IS NULL AND o.valid_from = t.valid_from AND o.absence_kind = t.absence_kind"
            " AND (t.valid_to IS NULL OR o.valid_to IS NOT DISTINCT FROM t.valid_to)) THEN 'same'"
            f" WHEN EXISTS (SELECT 1 FROM {sheet.table} o WHERE NOT t.is_new AND o.person_id = t.person_id"
            f" AND o.superseded_at IS NULL AND {meets}) THEN 'absent_twice'"
            " ELSE 'create' END WHERE t.outcome IS NULL"
        ),
    ]


def _settle_table(sheet: PartSheet) -> list[str]:
    t = sheet.stage
    file_keys = [name for name in sheet.key if name not in sheet.fixed]
    fixed = "".join(f" AND e.{name} = '{value}'" for name, value in sheet.fixed.items())
    names = list(sheet.columns)
    return [
        # A row met twice in the file counts once.
        (
            f"UPDATE {t} t SET outcome = 'same' FROM (SELECT row_no, row_number() OVER (PARTITION BY person_id,"  # noqa: S608 - own names
            f" {', '.join(file_keys)} ORDER BY row_no) AS place FROM {t}) d WHERE d.row_no = t.row_no AND d.place > 1"
        ),
        (
            f"UPDATE {t} t SET outcome = CASE WHEN m.id IS NULL THEN 'create'"  # noqa: S608 - own names
            " WHEN m.no_news THEN 'same' ELSE 'change' END,"
            f" target = m.id FROM {t} o LEFT JOIN LATERAL (SELECT e.id, {_no_news(names, 'o', 'e')} AS no_news"
            f" FROM {sheet.table} e WHERE NOT o.is_new AND e.person_id = o.person_id AND "
            f"{_equal(file_keys, 'o', 'e')}{fixed}"
            " ORDER BY 2 DESC, e.id LIMIT 1) m ON true WHERE o.row_no = t.row_no AND t.outcome IS NULL"
        ),
    ]


def _settle_dated(sheet: PartSheet) -> list[str]:
    t = sheet.stage
    group = ", ".join(("person_id", *sheet.group_key()))
    measured = [name for name in sheet.columns if name not in {*sheet.group_key(), "form"}]
    match = "".join(f" AND f.{name} = o.{name}" for name in sheet.group_key())
    today = "f.valid_from <= :today AND (f.valid_to IS NULL OR f.valid_to > :today)"
    own = (
        "r.rank_from AS since, r.rank_code, r.rank_step AS step, r.rank_coefficient AS coefficient,"
        " r.rank_percent AS pay_percent"
    )
    source = f"SELECT {own} FROM import_people r WHERE r.person_id = o.person_id AND r.rank_from IS NOT NULL"  # noqa: S608 - own names
    if sheet.model is PersonAllowance:
        source = (
            "SELECT a.valid_from AS since, a.coefficient, NULL::numeric AS percent, NULL::numeric AS amount"
            " FROM import_people r JOIN import_allowances a ON a.row_no = r.row_no"
            " WHERE r.person_id = o.person_id AND a.kind = o.allowance_kind"
        )
    stored = ", ".join(f"f.{name}" for name in measured)
    every = ", ".join((group, "valid_from", *measured))
    return [
        (
            f"UPDATE {t} t SET outcome = 'same' FROM (SELECT row_no, row_number() OVER "  # noqa: S608 - own names
            f"(PARTITION BY {every} ORDER BY row_no)"
            f" AS place FROM {t}) d WHERE d.row_no = t.row_no AND d.place > 1"
        ),
        (
            f"UPDATE {t} t SET valid_to = least(t.valid_to, n.next_from), outcome = CASE WHEN n.twin THEN 'twin' END"  # noqa: S608 - own names
            " FROM (SELECT row_no, lead(valid_from) OVER days AS next_from, "
            "coalesce(lag(valid_from) OVER days = valid_from,"
            " false) OR coalesce(lead(valid_from) OVER days = valid_from, false) AS twin"
            f" FROM {t} WHERE outcome IS NULL"
            f" WINDOW days AS (PARTITION BY {group} ORDER BY valid_from, row_no)) n WHERE n.row_no = t.row_no"
        ),
        (
            f"UPDATE {t} t SET outcome = CASE WHEN t.outcome = 'twin' OR t.valid_to <= t.valid_from THEN 'twin'"  # noqa: S608 - own names
            f" WHEN now.since IS NOT NULL AND t.valid_from >= now.since"
            f" THEN CASE WHEN {_no_news(measured, 't', 'now')} THEN 'same' ELSE 'conflict' END"
            " WHEN past.found THEN 'same' ELSE 'create' END,"
            " valid_to = CASE WHEN now.since > t.valid_from THEN least(t.valid_to, now.since) ELSE t.valid_to END"
            f" FROM {t} o LEFT JOIN LATERAL (SELECT f.valid_from AS since, {stored} FROM {sheet.table} f"
            f" WHERE NOT o.is_new AND f.person_id = o.person_id{match} AND f.superseded_at IS NULL AND {today}"
            f" AND NOT EXISTS ({source}) UNION ALL {source}) now ON true"
            f" LEFT JOIN LATERAL (SELECT true AS found FROM {sheet.table} f WHERE NOT "
            "o.is_new AND f.person_id = o.person_id"
            f"{match} AND f.superseded_at IS NULL AND f.valid_from <= o.valid_from"
            " AND (f.valid_to IS NULL OR f.valid_to >= coalesce(least(o.valid_to, now.since), 'infinity'))"
            f" AND {_no_news(measured, 'o', 'f')} LIMIT 1) past ON true"
            " WHERE o.row_no = t.row_no AND t.outcome IS DISTINCT FROM 'same'"
        ),
    ]
