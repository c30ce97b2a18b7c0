"""Months scored before the system, or elsewhere, taken in from a workbook: whole or nothing, with reasons by row.

Reading a file is the business of imports; here a row is its texts. A month taken in is a sheet without work: its points
are those of the file, it is published or waits with its period. A second file corrects the first, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.core.workbook import Widths
from hrms.performance.models import ScoreSheet, SheetEvent
from hrms.performance.queries.answering import relatives_among
from hrms.performance.queries.sheets import last_day
from hrms.performance.rules.numbers import PLACES
from hrms.performance.services import national, stepping
from hrms.performance.services.periods import MONTHS, groups
from hrms.performance.services.publishing import drop_scored

P = Permission
CODE, NAME, UNIT, MONTH = N_("Mã cán bộ"), N_("Họ và tên"), N_("Đơn vị"), N_("Tháng")
GENERAL, RESULT, TOTAL = N_("Điểm tiêu chí chung"), N_("Điểm kết quả"), N_("Tổng điểm")
GENERAL_MOST, RESULT_MOST, TOTAL_MOST = Decimal(30), Decimal(70), Decimal(100)
"""NĐ 335/2025/NĐ-CP Đ12, NĐ 233/2026/NĐ-CP Đ12: 30 and 70 of 100."""
NEAR = Decimal("0.01")
"""Files show two decimals: parts and sum may differ by their rounding."""
_SHOWN = 60
_PEOPLE = text("""
SELECT c.person_id, c.staff_code, c.full_name, a.name AS unit FROM people_current c
LEFT JOIN agencies a ON a.id = coalesce(c.seconded_to_id, c.agency_id)
WHERE c.status IN ('serving', 'probation', 'suspended') AND :agency = ANY (c.scope_ids) AND c.staff_code IS NOT NULL
ORDER BY a.sort_key, a.id, c.sort_key, c.person_id
""")
_SHEETS = text("""
SELECT s.id, s.person_id, s.kind, s.number, s.source, s.state FROM score_sheets s
WHERE s.person_id = ANY (CAST(:ids AS bigint[])) AND s.year = :year AND s.superseded_at IS NULL
""")
_PLACES = text("""
SELECT f.person_id, f.agency_id, f.authority_id, f.set_id, f.role, p.id AS period_id
FROM sheet_places(CAST(:ids AS bigint[]), :day, CAST(:groups AS jsonb)) f
LEFT JOIN scoring_periods p ON p.agency_id = f.deciding_id AND p.year = :year AND p.kind = 'month' AND p.number = :month
WHERE f.set_id IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a filled workbook: its number in the file, and each cell as read."""

    number: int
    code: str
    name: str = ""
    month: str = ""
    general: str = ""
    result: str = ""
    total: str = ""

    @property
    def is_blank(self) -> bool:
        """Say whether the row gives no points: a line of the template left as it was."""
        return not (self.general or self.result or self.total)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: the column's key, the value, the sentence."""

    row: int
    column: str
    value: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Taken:
    """A month as it would be taken in; `replaces` is the sheet of an earlier file that it corrects."""

    row: int
    person_id: int
    month: int
    score: Decimal
    general: Decimal | None
    result: Decimal | None
    place: Any = None
    replaces: int | None = None


@dataclass(slots=True)
class Judged:
    """What a filled workbook means for an agency and a year: what would be taken in, and everything that is wrong."""

    agency: Agency
    year: int
    lines: int = 0
    months: list[Taken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def faulty_rows(self) -> int:
        """Return how many rows have something wrong."""
        return len({one.row for one in self.faults})

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be written: nothing wrong, and something to take in."""
        return not self.faults and bool(self.months)

    @property
    def people(self) -> int:
        """Return how many people the months are of."""
        return len({one.person_id for one in self.months})


def template(actor: Actor, agency_id: int, year: int) -> tuple[list[str], list[list[Any]], Widths]:
    """Return the template: headers, a row for each month over that somebody but the actor has no sheet of, widths."""
    place = _place(actor, agency_id)
    people = [one for one in db.session.execute(_PEOPLE, {"agency": place.id}) if one.person_id != actor.person_id]
    have = {
        (row.person_id, month)
        for row in db.session.execute(_SHEETS, {"ids": [one.person_id for one in people], "year": year})
        for month in _months_of(row.kind, row.number)
    }
    over = [month for month in range(1, MONTHS + 1) if last_day(year, "month", month) < clock.today()]
    rows = [
        [one.staff_code, one.full_name, one.unit, month, None, None, None]
        for one in people
        for month in over
        if (one.person_id, month) not in have
    ]
    return [CODE, NAME, UNIT, MONTH, GENERAL, RESULT, TOTAL], rows, (16, 28, 34, 8, 18, 14, 12)


def judge(actor: Actor, agency_id: int, year: int, rows: Sequence[Row], *, reason: str = "") -> Judged:
    """Return what a filled workbook means; writes nothing. With a `reason` it corrects months taken in before.

    Raises `NotFound`, `Forbidden`.
    """
    place = _place(actor, agency_id)
    judged = Judged(place, year, len(rows))
    people = {fold(one.staff_code): one for one in db.session.execute(_PEOPLE, {"agency": place.id})}
    ids = sorted(one.person_id for one in people.values())
    sheets = {
        (row.person_id, month): row
        for row in db.session.execute(_SHEETS, {"ids": ids, "year": year})
        for month in _months_of(row.kind, row.number)
    }
    seen: dict[tuple[int, int], int] = {}
    kin = relatives_among(actor.person_id, ids) if actor.person_id is not None else frozenset()
    for row in (one for one in rows if not one.is_blank):
        taken = _read(actor, row, people, kin, judged)
        if taken is None:
            continue
        key = (taken.person_id, taken.month)
        kept = sheets.get(key)
        if key in seen:
            words = N_("Tháng này của người này đã có ở dòng %(row)s. Hãy bỏ một dòng.")
            _fault(judged, row, "month", row.month, Problem("month", "twice", words, {"row": seen[key]}))
        elif kept is not None and kept.source != "imported":
            words = N_("Tháng này đã có phiếu trong hệ thống. Hãy chấm trên phiếu, hoặc bỏ dòng.")
            _fault(judged, row, "month", row.month, Problem("month", "has_sheet", words))
        elif kept is not None and not reason.strip():
            words = N_("Tháng này đã nhập điểm. Muốn sửa, hãy ghi lý do đính chính; nếu không, hãy bỏ dòng.")
            _fault(judged, row, "month", row.month, Problem("month", "taken_in", words))
        else:
            seen[key] = row.number
            judged.months.append(
                Taken(
                    taken.row, taken.person_id, taken.month, taken.score, taken.general, taken.result,
                    replaces=kept.id if kept is not None else None,
                )
            )  # fmt: skip
    _find_places(judged)
    return judged


def take_in(
    actor: Actor,
    agency_id: int,
    year: int,
    rows: Sequence[Row],
    *,
    published: bool = True,
    reason: str = "",
    filename: str = "",
) -> Judged:
    """Write what a filled workbook says in the caller's transaction, all of it or, with `Refused`, nothing.

    `published` takes months in as published and notes them for the national database; else they wait, scored, for the
    publication of their period, which must be open. Raises `NotFound`, `Forbidden`, `Refused`.
    """
    reason = nfc(reason).strip()[: stepping.NOTE_MOST]
    judged = judge(actor, agency_id, year, rows, reason=reason)
    if judged.faults:
        raise Refused(*(one.problem for one in judged.faults))
    if not judged.months:
        raise Refused(Problem("file", "nothing", N_("Tệp không có dòng nào ghi điểm. Hãy điền điểm của từng tháng.")))
    if not published and any(one.place.period_id is None for one in judged.months):
        words = N_("Có tháng chưa mở kỳ đánh giá nên không chờ công khai được. Hãy mở kỳ, hoặc nhập dạng đã công khai.")
        raise Refused(Problem("published", "no_period", words))
    drop_scored([one.replaces for one in judged.months if one.replaces is not None])
    now, today = clock.now(), clock.today()
    made = db.session.execute(
        insert(ScoreSheet).returning(ScoreSheet.id, ScoreSheet.person_id, ScoreSheet.score),
        [
            {
                "person_id": one.person_id, "period_id": one.place.period_id, "year": year, "kind": "month",
                "number": one.month, "agency_id": one.place.agency_id, "authority_id": one.place.authority_id,
                "set_id": one.place.set_id, "role": one.place.role, "state": "published" if published else "scored",
                "source": "imported", "general_points": one.general, "result_points": one.result, "score": one.score,
                "scored_at": now, "scored_by": actor.account_id, "published_on": today if published else None,
                "supersedes_id": one.replaces, "correction": reason if one.replaces is not None else None,
                "recorded_by": actor.account_id,
            }
            for one in judged.months
        ],
    ).all()  # fmt: skip
    what = "published" if published else "scored"
    db.session.execute(
        insert(SheetEvent).inline(),
        [
            {
                "sheet_id": row.id, "person_id": row.person_id, "what": what, "score": row.score,
                "reason": reason or filename[:200] or None, "actor": actor.name, "recorded_by": actor.account_id,
            }
            for row in made
        ],
    )  # fmt: skip
    if published:
        with scope.everything():
            national.note_sheets([row.id for row in made])
    after = {"filename": filename[:200], "year": year, "count": len(made), "people": judged.people}
    audit.record(
        actor, "sheet.taken_in", "sheet", None, agency_id=agency_id, scope_ids=judged.agency.scope_ids, after=after,
        reason=reason or None,
    )  # fmt: skip
    return judged


def _place(actor: Actor, agency_id: int) -> Agency:
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise missing("agency")
    actor.require(P.PERFORMANCE_MANAGE, at=found.scope_ids)
    return found


def _months_of(kind: str, number: int) -> range:
    return range(number, number + 1) if kind == "month" else range(number * 3 - 2, number * 3 + 1)


def _fault(judged: Judged, row: Row, column: str, value: str, problem: Problem) -> None:
    judged.faults.append(Fault(row.number, column, value[:_SHOWN], problem))


def _read(
    actor: Actor, row: Row, people: Mapping[str, Any], kin: Collection[int], judged: Judged
) -> Taken | None:  # fmt: skip
    before = len(judged.faults)
    person = people.get(fold(nfc(row.code)))
    if person is None:
        words = N_("Mã “%(value)s” không phải của người đang công tác ở cơ quan này. Hãy ghi mã như trong tệp mẫu.")
        _fault(judged, row, "code", row.code, Problem("code", "unknown_code", words, {"value": row.code[:_SHOWN]}))
        return None
    if row.name and fold(nfc(row.name)) != fold(person.full_name):
        words = N_("Họ tên “%(value)s” khác với người mang mã %(code)s. Hãy kiểm tra mã có nhầm dòng không.")
        params = {"value": row.name[:_SHOWN], "code": person.staff_code}
        _fault(judged, row, "name", row.name, Problem("name", "other_name", words, params))
    if actor.person_id is not None and person.person_id == actor.person_id:
        words = N_("Không ai tự nhập điểm của mình. Hãy để người khác nhập dòng này.")
        _fault(judged, row, "code", row.code, Problem("code", "own", words))
    elif person.person_id in kin:
        words = N_("Người này là vợ, chồng hoặc người thân của bạn theo hồ sơ. Hãy để người khác xử lý.")
        _fault(judged, row, "code", row.code, Problem("code", "kin", words))
    month = _month(judged, row)
    general = _points(judged, row, "general", row.general, GENERAL_MOST)
    result = _points(judged, row, "result", row.result, RESULT_MOST)
    total = _points(judged, row, "total", row.total, TOTAL_MOST)
    if len(judged.faults) > before or month is None:
        return None
    if (general is None) != (result is None):
        words = N_("Mới có một phần điểm. Hãy ghi cả điểm tiêu chí chung và điểm kết quả, hoặc chỉ ghi tổng điểm.")
        _fault(judged, row, "result", row.result, Problem("result", "one_part", words))
        return None
    if general is not None and result is not None:
        if total is not None and abs(total - general - result) > NEAR:
            words = N_("Tổng điểm %(total)s không bằng %(general)s + %(result)s. Hãy sửa lại.")
            params = {"total": row.total[:_SHOWN], "general": row.general[:_SHOWN], "result": row.result[:_SHOWN]}
            _fault(judged, row, "total", row.total, Problem("total", "sum", words, params))
            return None
        total = general + result
    if total is None:
        return None
    return Taken(row.number, person.person_id, month, total, general, result)


def _month(judged: Judged, row: Row) -> int | None:
    words = nfc(row.month).strip().removesuffix(".0")
    month = int(words) if words.isascii() and words.isdigit() and len(words) <= 2 else 0
    if not 1 <= month <= MONTHS:
        text_ = N_("Tháng “%(value)s” không đọc được. Hãy ghi số từ 1 đến 12.")
        _fault(judged, row, "month", row.month, Problem("month", "month", text_, {"value": row.month[:_SHOWN]}))
        return None
    if last_day(judged.year, "month", month) >= clock.today():
        text_ = N_("Tháng %(month)s/%(year)s chưa hết. Hãy bỏ dòng này.")
        params = {"month": month, "year": judged.year}
        _fault(judged, row, "month", row.month, Problem("month", "ahead", text_, params))
        return None
    return month


def _points(judged: Judged, row: Row, column: str, written: str, most: Decimal) -> Decimal | None:
    if not written:
        return None
    params = {"value": written[:_SHOWN], "most": most}
    try:
        value = parse_decimal(nfc(written)[:_SHOWN])
    except BadNumber:
        words = N_("“%(value)s” không phải là số. Hãy ghi như 27,5.")
        _fault(judged, row, column, written, Problem(column, "number", words, params))
        return None
    if not 0 <= value <= most or round(value, PLACES) != value:
        words = N_("Điểm là %(value)s. Hãy ghi số từ 0 đến %(most)s, không quá sáu số lẻ.")
        _fault(judged, row, column, written, Problem(column, "points", words, params))
        return None
    return value


def _find_places(judged: Judged) -> None:
    """Find where each worked on the last day of the month; who came from elsewhere counts where they are now."""
    by_month: dict[int, list[int]] = {}
    for one in judged.months:
        by_month.setdefault(one.month, []).append(one.person_id)
    everybody = sorted({one.person_id for one in judged.months})
    now = _places(everybody, clock.today(), judged.year, 0) if everybody else {}
    found = {
        (person, month): place
        for month, ids in by_month.items()
        for person, place in _places(sorted(ids), last_day(judged.year, "month", month), judged.year, month).items()
    }
    kept: list[Taken] = []
    for one in judged.months:
        place = found.get((one.person_id, one.month)) or now.get(one.person_id)
        if place is None:
            words = N_("Không có bộ tiêu chí chấm điểm cho người này trong tháng %(month)s/%(year)s. Hãy bỏ dòng này.")
            params = {"month": one.month, "year": judged.year}
            judged.faults.append(Fault(one.row, "month", str(one.month), Problem("month", "no_set", words, params)))
            continue
        kept.append(
            Taken(one.row, one.person_id, one.month, one.score, one.general, one.result, place, one.replaces)
        )  # fmt: skip
    judged.months = kept


def _places(ids: Sequence[int], day: date, year: int, month: int) -> dict[int, Any]:
    given = {"ids": list(ids), "day": day, "groups": groups(), "year": year, "month": month}
    return {row.person_id: row for row in db.session.execute(_PLACES, given)}
