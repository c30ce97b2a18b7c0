"""Rows of an agency's approved list against the catalogue, the agency's tree and the lines it has: what each would do.

Set-based: a fixed number of statements for any number of rows. Whether the quota covers the seats is asked afterwards,
of all rows together (`writing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.people.queries import law
from hrms.positions.models import JobPosition
from hrms.positions.queries import establishment as reading
from hrms.positions.queries.seats import Line, lines_of
from hrms.positions.rules import ratios
from hrms.positions.rules.kinds import CATALOGUE_LABELS, Catalogue, QuotaKind
from hrms.positions.rules.lines import FITS, Position, check_base, check_line
from hrms.positions.rules.listing import (
    Names,
    Row,
    check_grades,
    check_ranks,
    read_grade,
    read_seats,
    read_shares,
    split_ranks,
)

LONGEST = {"code": 60, "field": 300}
WRITTEN = ("code", "field", "note", "base_position_id", "shares")
GRADES_NOTE = "Bậc nghề nghiệp"
_SHORT = {"cv": "01.003", "cvc": "01.002", "cvcc": "01.001", "cs": "01.004"}
"""How papers shorten the names of the common ranks."""
_COLUMN = {"position_id": "position", "shares": "share", "base_position_id": "base", "amount": "seats"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that may be written: the line it is about (`line_id` None: a new one), its seats, what the agency wrote.

    `seats` None: the row does not say; `now` are the seats of the day.
    """

    row: int
    agency_id: int
    agency: str
    position_id: int
    position: str
    quota_kind: QuotaKind
    line_id: int | None
    seats: int | None
    now: int
    values: Mapping[str, Any]
    changed: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        """Return by how many seats the line changes."""
        return 0 if self.seats is None else self.seats - self.now

    @property
    def is_news(self) -> bool:
        """Say whether writing it changes anything."""
        return self.line_id is None or bool(self.amount) or bool(self.changed)


@dataclass(slots=True)
class Plan:
    """What a list would do: entries in the order of the file, and what is wrong by row."""

    on: date
    entries: list[Entry] = field(default_factory=list)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    left: int = 0
    """Lines with seats of the units named in the list that it says nothing of: they stay."""

    def refuse(self, row: int, problems: Sequence[Problem]) -> None:
        """Note what is wrong with a row, under the columns of the list."""
        kept = self.problems.setdefault(row, [])
        kept += [
            Problem(_COLUMN.get(one.field, one.field), one.code, one.text, one.params, one.severity) for one in problems
        ]

    @property
    def created(self) -> list[Entry]:
        """Return the rows that open a line."""
        return [one for one in self.entries if one.line_id is None]

    @property
    def changing(self) -> list[Entry]:
        """Return the rows that change a line the agency has."""
        return [one for one in self.entries if one.line_id is not None and one.is_news]

    @property
    def same(self) -> int:
        """Return how many rows say what is so already."""
        return sum(not one.is_news for one in self.entries)


@dataclass(frozen=True, slots=True)
class _Unit:
    id: int
    name: str
    code: str | None
    kind: str
    closed_on: date | None


@dataclass(slots=True)
class _Terms:
    """What rows are judged by."""

    agency: _Unit
    units: Mapping[int, _Unit]
    unit_names: Names
    unit_codes: Mapping[str, int]
    positions: Mapping[int, JobPosition]
    names: Names
    keys: Mapping[str, int]
    lines: Mapping[tuple[int, int], Line]
    notes: Mapping[int, str | None]
    codes: Mapping[tuple[int, str], Line]
    ranks: Names
    rank_codes: Sequence[str]
    rank_words: Mapping[str, str]
    limits: Any
    reading: ratios.Reading

    def rank(self, words: str) -> str | None:
        """Return the code of a rank by code, short form or name."""
        if words in self.rank_words:
            return words
        short = _SHORT.get(fold(words))
        if short is not None:
            return short
        found = self.ranks.find(words)
        return self.rank_codes[found[0]] if found else None


_UNITS = text("""
SELECT a.id, a.name, a.code, a.closed_on,
  coalesce((SELECT o.kind FROM agencies o WHERE o.id = ANY (a.scope_ids) AND o.kind <> 'division'
    ORDER BY o.depth DESC LIMIT 1), a.kind) AS kind
FROM agencies a WHERE :agency = ANY (a.scope_ids) ORDER BY a.depth, a.id
""")
_LINES = text("""
SELECT l.id, l.note FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id WHERE :agency = ANY (a.scope_ids)
""")


def _terms(agency: Agency, on: date) -> _Terms:
    units = {row.id: _Unit(row.id, row.name, row.code, row.kind, row.closed_on)
             for row in db.session.execute(_UNITS, {"agency": agency.id})}  # fmt: skip
    positions = {one.id: one for one in db.session.scalars(select(JobPosition).order_by(JobPosition.id))}
    notes = {row.id: row.note for row in db.session.execute(_LINES, {"agency": agency.id})}
    lines = lines_of(notes)
    known = law.ranks()
    return _Terms(
        units[agency.id], units, Names.of((one.id, one.name) for one in units.values()),
        {one.code: one.id for one in units.values() if one.code}, positions,
        Names.of((one.id, one.name) for one in positions.values()), {one.key: one.id for one in positions.values()},
        {(one.agency_id, one.position_id): one for one in lines.values()}, notes,
        {(one.agency_id, one.code): one for one in lines.values() if one.code},
        Names.of((place, one.name_vi) for place, one in enumerate(known.values())), list(known),
        {code: one.name_vi for code, one in known.items()}, reading.limits(on), reading.choices().reading,
    )  # fmt: skip


def judge(agency: Agency, rows: Sequence[Row], on: date) -> Plan:
    """Return what a list would do to the lines of an agency and all under it from a day on."""
    terms = _terms(agency, on)
    plan = Plan(on)
    lines: dict[tuple[int, int], int] = {}
    codes: dict[tuple[int, str], int] = {}
    for row in rows:
        entry, problems = _judge(row, terms, on)
        if entry is not None:
            first = lines.setdefault((entry.agency_id, entry.position_id), row.number)
            if first != row.number:
                words = N_("“%(position)s” của %(agency)s đã có ở dòng %(first)s. Mỗi vị trí chỉ ghi một dòng.")
                params = {"position": entry.position, "agency": entry.agency, "first": first}
                problems.append(Problem("position", "twice_in_file", words, params))
            code = str(entry.values["code"] or "")
            same = codes.setdefault((entry.agency_id, code), row.number) if code else row.number
            if same != row.number:
                words = N_("Mã “%(code)s” đã dùng ở dòng %(first)s cho vị trí khác. Hãy sửa một trong hai mã.")
                problems.append(Problem("code", "code_twice", words, {"code": code, "first": same}))
        if problems:
            plan.refuse(row.number, problems)
        elif entry is not None:
            plan.entries.append(entry)
    named = {agency_id for agency_id, _position in lines}
    plan.left = sum(
        agency_id in named and (agency_id, position_id) not in lines and line.seats_on(on) > 0
        for (agency_id, position_id), line in terms.lines.items()
    )
    return plan


def _judge(row: Row, terms: _Terms, on: date) -> tuple[Entry | None, list[Problem]]:
    problems: list[Problem] = []
    unit = _unit(row, terms, on, problems)
    ranks: list[str] = []
    for name in split_ranks(row.ranks):
        code = terms.rank(name)
        if code is None:
            near = terms.ranks.near(name)
            words = N_("Không có ngạch “%(value)s” trong danh mục. Hãy ghi tên hoặc mã ngạch như danh mục.")
            if near:
                words = N_("Không có ngạch “%(value)s” trong danh mục. Có phải “%(near)s”?")
            problems.append(Problem("ranks", "unknown_rank", words, {"value": name[:60], "near": near or ""}))
        else:
            ranks.append(code)
    position = _position(row, terms, unit or terms.agency, ranks, on, problems)
    seats, wrong = read_seats(row.seats)
    problems += wrong
    low, wrong = read_grade(row.low, "low")
    problems += wrong
    high, wrong = read_grade(row.high, "high")
    problems += wrong
    shares, wrong = read_shares(row.share, ranks, terms.rank)
    problems += wrong
    for name, most in LONGEST.items():
        if len(getattr(row, name)) > most:
            words = N_("Nội dung dài %(length)s ký tự, quá %(most)s. Hãy rút gọn.")
            problems.append(Problem(name, "too_long", words, {"length": len(getattr(row, name)), "most": most}))
    if position is None or unit is None:
        return None, problems
    line = terms.lines.get((unit.id, position.id))
    problems += check_grades(low, high, position.grade_min, position.grade_max, position.name)
    problems += check_ranks(ranks, position.ranks, position.name, terms.rank_words)
    problems += _share_problems(position, shares, terms)
    base = _base(row, position, line, terms, on, problems)
    if line is None and not row.seats:
        words = N_("Chưa ghi số lượng của vị trí mới. Hãy ghi số người, chưa phân bổ thì ghi 0.")
        problems.append(Problem("seats", "required", words))
    standing: dict[str, Any] = dict.fromkeys(WRITTEN) | {"shares": {}}
    if line is not None:
        standing = {"code": line.code, "field": line.field, "note": terms.notes[line.id],
                    "base_position_id": line.base_position_id, "shares": dict(line.shares)}  # fmt: skip
    values = {
        "code": nfc(row.code) or standing["code"], "field": nfc(row.field) or standing["field"],
        "note": _note(standing["note"], low, high, position), "base_position_id": base,
        "shares": {name: float(share) for name, share in sorted(shares.items())} if row.share else standing["shares"],
    }  # fmt: skip
    changed = tuple(name for name in WRITTEN if line is not None and values[name] != standing[name])
    return Entry(
        row.number, unit.id, unit.name, position.id, position.name, QuotaKind(position.quota_kind),
        line.id if line else None, seats, line.seats_on(on) if line else 0, values, changed,
    ), problems  # fmt: skip


def _unit(row: Row, terms: _Terms, on: date, problems: list[Problem]) -> _Unit | None:
    if not row.unit:
        return terms.agency
    found = [terms.unit_codes[row.unit]] if row.unit in terms.unit_codes else terms.unit_names.find(row.unit)
    standing = [one for one in found if _stands(terms.units[one], on)]
    if len(standing) == 1:
        return terms.units[standing[0]]
    params = {"value": row.unit[:80], "agency": terms.agency.name, "near": terms.unit_names.near(row.unit) or ""}
    if len(standing) > 1:
        words = N_("Có nhiều đơn vị tên “%(value)s” trong %(agency)s. Hãy ghi mã đơn vị.")
        problems.append(Problem("unit", "many_units", words, params))
    elif found:
        words = N_("Đơn vị “%(value)s” không còn hoạt động vào ngày hiệu lực. Hãy ghi đơn vị tiếp nhận.")
        problems.append(Problem("unit", "agency_closed", words, params))
    else:
        words = N_("Không có đơn vị “%(value)s” trong %(agency)s. Hãy ghi tên hoặc mã như trong cây tổ chức.")
        if params["near"]:
            words = N_("Không có đơn vị “%(value)s” trong %(agency)s. Có phải “%(near)s”?")
        problems.append(Problem("unit", "unknown_unit", words, params))
    return None


def _stands(unit: _Unit, on: date) -> bool:
    return unit.closed_on is None or unit.closed_on > on


def _position(
    row: Row, terms: _Terms, unit: _Unit, ranks: Sequence[str], on: date, problems: list[Problem]
) -> JobPosition | None:
    """Return the position a row means: by name, or by the agency's own code where no name is written."""
    if not row.position:
        if not row.code:
            words = N_("Chưa ghi vị trí việc làm. Hãy ghi tên vị trí như danh mục.")
            problems.append(Problem("position", "required", words))
            return None
        line = terms.codes.get((unit.id, row.code))
        if line is None:
            words = N_("Không có vị trí mang mã “%(value)s” ở %(agency)s. Hãy ghi tên vị trí hoặc sửa mã.")
            problems.append(Problem("code", "unknown_code", words, {"value": row.code[:60], "agency": unit.name}))
            return None
        return terms.positions[line.position_id]
    key = terms.keys.get(row.position)
    found = [terms.positions[one] for one in ([key] if key else terms.names.find(row.position))]
    if not found:
        near = terms.names.near(row.position)
        words = N_("Không có vị trí “%(value)s” trong danh mục. Hãy ghi đúng tên như danh mục.")
        if near:
            words = N_("Không có vị trí “%(value)s” trong danh mục. Có phải “%(near)s”?")
        params = {"value": row.position[:100], "near": near or ""}
        problems.append(Problem("position", "unknown_position", words, params))
        return None
    if row.catalogue:
        meant = [one for one in found if fold(render(CATALOGUE_LABELS[Catalogue(one.catalogue)])) == fold(row.catalogue)
                 or fold(CATALOGUE_LABELS[Catalogue(one.catalogue)]) == fold(row.catalogue)]  # fmt: skip
        if not meant:
            words = N_("“%(value)s” không có trong danh mục “%(catalogue)s”. Hãy sửa cột danh mục hoặc bỏ trống.")
            params = {"value": row.position[:100], "catalogue": row.catalogue[:60]}
            problems.append(Problem("catalogue", "other_catalogue", words, params))
            return None
        found = meant
    fitting = [one for one in found if _offered(one, unit.kind, on)]
    if not fitting:
        problems += check_line(_plain(found[0]), unit.name, unit.kind, on)
        return None
    if len(fitting) > 1:
        narrower = [one for one in fitting if ranks and set(ranks) <= set(one.ranks)] or fitting
        narrower = [one for one in narrower if (unit.id, one.id) in terms.lines] or narrower
        fitting = narrower
    if len(fitting) > 1:
        labels = ", ".join(f"“{render(CATALOGUE_LABELS[Catalogue(one.catalogue)])}”" for one in fitting)
        words = N_("“%(value)s” có trong nhiều danh mục: %(catalogues)s. Hãy ghi thêm cột “Danh mục”.")
        problems.append(
            Problem("position", "many_positions", words, {"value": row.position[:100], "catalogues": labels})
        )
        return None
    return fitting[0]


def _plain(one: JobPosition) -> Position:
    return Position(
        one.id, one.name, Catalogue(one.catalogue), one.active, one.keeps_base_grade, one.valid_from, one.valid_to
    )


def _offered(one: JobPosition, kind: str, on: date) -> bool:
    fits = FITS[Catalogue(one.catalogue)]
    return _plain(one).stands(on) and (fits is None or kind in fits)


def _base(
    row: Row, position: JobPosition, line: Line | None, terms: _Terms, on: date, problems: list[Problem]
) -> int | None:
    """Return the position whose grade a manager has (NĐ 232/2026/NĐ-CP Đ5 k5c)."""
    if not row.base:
        chosen = line.base_position_id if line else None
        if line is None:
            problems += check_base(_plain(position), None, on)
        return chosen
    found = [terms.positions[one] for one in terms.names.find(row.base)]
    unfit = {one.id: check_base(_plain(position), _plain(one), on) for one in found}
    sound = [one for one in found if not unfit[one.id]]
    if sound:
        return sound[0].id
    if found:
        problems += unfit[found[0].id]
        return None
    near = terms.names.near(row.base)
    words = N_("Không có vị trí “%(value)s” trong danh mục. Hãy ghi đúng tên như danh mục.")
    if near:
        words = N_("Không có vị trí “%(value)s” trong danh mục. Có phải “%(near)s”?")
    problems.append(Problem("base", "unknown_position", words, {"value": row.base[:100], "near": near or ""}))
    return None


def _share_problems(position: JobPosition, shares: Mapping[str, Decimal], terms: _Terms) -> list[Problem]:
    by_grade = {int(name[6:]): share for name, share in shares.items() if name.startswith("grade:")}
    least, most = position.grade_min, position.grade_max
    used = frozenset(range(least, most + 1)) if least is not None and most is not None else frozenset[int]()
    found = ratios.check_shares(ratios.GradeFacts(used, 0, {}, shares=by_grade), terms.limits, terms.reading)
    other = [name for name in shares if not name.startswith("grade:")]
    return found + [
        Problem("share", one.code, one.text, one.params)
        for one in check_ranks(other, position.ranks, position.name, terms.rank_words)
    ]


def _note(standing: str | None, low: int | None, high: int | None, position: JobPosition) -> str | None:
    """Keep a range narrower than the catalogue's with the line, unless the agency wrote something else there."""
    if low is None and high is None:
        return standing
    if standing is not None and not standing.startswith(GRADES_NOTE):
        return standing
    first, last = low or position.grade_min, high or position.grade_max
    if (first, last) == (position.grade_min, position.grade_max):
        return None
    return f"{GRADES_NOTE} {first}–{last}"
