"""The assignment as a fact of a person: checked like the others, and ended when the person no longer bears it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.agencies.models import Agency
from hrms.core import dated
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.rules import N_, Problem
from hrms.people.models import further
from hrms.people.models.further import Cut, FurtherFact
from hrms.people.services.fact_checks import Checked, FactChecker
from hrms.positions.models import Assignment, EstablishmentLine, JobPosition
from hrms.positions.rules.kinds import ROLE_LABELS, SeatRole

KIND = "assignment"
_ALSO = ("career_grade", "base_position_id", "fit", "fit_by", "fit_note", "over_reason")


def register() -> None:
    """Let the record write, tell and take back assignments."""
    further.register(FurtherFact(KIND, Assignment, N_("Bố trí vào vị trí việc làm"), check, words))
    further.followers.append(follow)


def check(checker: FactChecker, given: Mapping[str, Any], valid_from: date, valid_to: date | None) -> Checked:
    """Return an assignment ready to write; `given` has `line_id`, `role` and what else the table holds.

    Whether a seat is free is asked where it is taken (`services.seats`), under the lock of its line.
    """
    try:
        dated.check_interval(valid_from, valid_to)
    except Refused as refused:
        return Checked({}, {}, list(refused.problems))
    line = db.session.get(EstablishmentLine, given.get("line_id")) if given.get("line_id") else None
    role = str(given.get("role") or SeatRole.MAIN)
    if line is None:
        words_ = N_("Chưa chọn vị trí việc làm. Hãy chọn một vị trí của cơ quan.")
        return Checked({}, {}, [Problem("line_id", "required", words_)])
    if role not in set(SeatRole):
        words_ = N_("Hình thức bố trí “%(value)s” không có; hãy chọn lại.")
        return Checked({}, {}, [Problem("role", "unknown_role", words_, {"value": role[:40]})])
    if role in {SeatRole.ACTING, SeatRole.IN_CHARGE} and valid_to is None:
        words_ = N_("Giao quyền, phụ trách phải có ngày kết thúc. Hãy ghi ngày cuối.")
        return Checked({}, {}, [Problem("valid_to", "required", words_)])
    if not checker.actor.may(checker.permission, at=_scope_of(line.agency_id)):
        words_ = N_("Vị trí đã chọn nằm ngoài phạm vi của bạn. Hãy chọn vị trí khác.")
        return Checked({}, {}, [Problem("line_id", "line_out_of_scope", words_)])
    if not _belongs(checker.person.id, line.agency_id, role, valid_from):
        words_ = N_(
            "Người này không thuộc cơ quan của vị trí đã chọn vào ngày %(day)s. Hãy ghi quyết định chuyển, biệt phái "
            "hoặc kiêm nhiệm trước, hoặc chọn vị trí khác."
        )
        return Checked({}, {}, [Problem("line_id", "not_a_member", words_, {"day": valid_from})])
    slot = 0 if role == SeatRole.MAIN else line.id
    values = {name: given.get(name) for name in _ALSO}
    return Checked({"person_id": checker.person.id, "slot": slot}, {"line_id": line.id, "role": role, **values})


_BELONGS = text("""
SELECT 1 FROM person_agency m JOIN agencies a ON a.id = m.agency_id JOIN agencies s ON s.id = :agency
WHERE m.person_id = :person AND m.superseded_at IS NULL AND m.valid_from <= :day
  AND (m.valid_to IS NULL OR m.valid_to > :day) AND m.membership <> 'managing'
  AND CASE :role
    WHEN 'main' THEN m.membership = 'using' AND (a.scope_ids @> s.scope_ids OR s.scope_ids @> a.scope_ids)
    WHEN 'seconded' THEN m.membership = 'seconded_in' AND (a.scope_ids @> s.scope_ids OR s.scope_ids @> a.scope_ids)
    ELSE a.scope_ids[3] IS NOT DISTINCT FROM s.scope_ids[3] END
LIMIT 1
""")


def _belongs(person_id: int, agency_id: int, role: str, day: date) -> bool:
    """Say whether the person bears a seat of the agency on the day, as `_UNBORNE` asks of every day."""
    given = {"person": person_id, "agency": agency_id, "role": role, "day": day}
    return db.session.execute(_BELONGS, given).first() is not None


def _scope_of(agency_id: int) -> list[int]:
    found = db.session.scalar(text("SELECT scope_ids FROM agencies WHERE id = :id"), {"id": agency_id})
    return list(found or [])


def words(values: Mapping[str, Any]) -> str:
    """Return an assignment in words: the position, where, and as what."""
    found = db.session.execute(
        db.select(JobPosition.name, Agency.name.label("place"))
        .join(EstablishmentLine, EstablishmentLine.position_id == JobPosition.id)
        .join(Agency, Agency.id == EstablishmentLine.agency_id)
        .where(EstablishmentLine.id == values.get("line_id"))
    ).one_or_none()
    if found is None:
        return ""
    role = str(values.get("role") or SeatRole.MAIN)
    if role == SeatRole.MAIN or role not in set(SeatRole):
        return _("%(position)s, %(agency)s", position=found.name, agency=found.place)
    return _(
        "%(position)s, %(agency)s (%(role)s)",
        position=found.name, agency=found.place, role=render(ROLE_LABELS[SeatRole(role)]),
    )  # fmt: skip


# A main seat is borne by who works for the line's agency, one above or below it; a seconded one by who is seconded
# there; any other by who belongs under the same agency of the first level. Nothing is borne by who is not in service.
_UNBORNE = """
WITH seat AS (
  SELECT f.id, f.person_id, f.slot, f.role, f.valid_from, f.valid_to, a.scope_ids, to_jsonb(f) AS told
  FROM assignments f JOIN establishment_lines l ON l.id = f.line_id JOIN agencies a ON a.id = l.agency_id
  WHERE f.superseded_at IS NULL AND f.person_id = ANY (:ids)
), served AS (
  SELECT person_id, range_agg(daterange(valid_from, valid_to)) AS days FROM person_status
  WHERE superseded_at IS NULL AND person_id = ANY (:ids) AND status NOT IN ('left', 'retired', 'deceased')
  GROUP BY person_id
), member AS (
  SELECT m.person_id, m.membership, m.agency_id, a.scope_ids, daterange(m.valid_from, m.valid_to) AS days
  FROM person_agency m JOIN agencies a ON a.id = m.agency_id
  WHERE m.superseded_at IS NULL AND m.person_id = ANY (:ids) AND m.membership <> 'managing'
), borne AS (
  SELECT seat.id, range_agg(member.days) AS days FROM seat JOIN member ON member.person_id = seat.person_id
  WHERE CASE seat.role
    WHEN 'main' THEN member.membership = 'using'
      AND (member.scope_ids @> seat.scope_ids OR seat.scope_ids @> member.scope_ids)
    WHEN 'seconded' THEN member.membership = 'seconded_in'
      AND (member.scope_ids @> seat.scope_ids OR seat.scope_ids @> member.scope_ids)
    ELSE member.scope_ids[3] IS NOT DISTINCT FROM seat.scope_ids[3] END
  GROUP BY seat.id
)
SELECT seat.person_id, seat.slot, lower(part) AS start, upper(part) AS till, seat.told
FROM seat LEFT JOIN served ON served.person_id = seat.person_id LEFT JOIN borne ON borne.id = seat.id
CROSS JOIN LATERAL unnest(
  datemultirange(daterange(seat.valid_from, seat.valid_to))
  - (coalesce(served.days, '{}') * coalesce(borne.days, '{}'))) AS part
ORDER BY seat.person_id, seat.slot, start
"""


def unborne(ids: Collection[int]) -> Sequence[Any]:
    """Return the days of assignments their person does not bear: `person_id`, `slot`, `start`, `till`, `told`."""
    return db.session.execute(text(_UNBORNE), {"ids": sorted(ids)}).all()


def follow(ids: Collection[int]) -> list[Cut]:
    """End what is no longer borne; returns the days emptied. Two statements, and one more for each person's next."""
    found = unborne(ids)
    if not found:
        return []
    rounds: dict[tuple[int, int], int] = {}
    rows = []
    for row in found:
        key = (row.person_id, row.slot)
        rounds[key] = rounds.get(key, 0) + 1
        rows.append((rounds[key], row.person_id, row.slot, row.start, row.till))
    for number in range(1, max(rounds.values()) + 1):
        mine = [row[1:] for row in rows if row[0] == number]
        source = _erasing(len(mine))
        given = {f"{name}{n}": value for n, row in enumerate(mine) for name, value in zip("psft", row, strict=True)}
        statement = dated.replace_sql(Assignment, source, erase=True)
        db.session.execute(text(statement), {**given, "moment": dated.recording_moment()})
    return [
        Cut(row.person_id, KIND, {"person_id": row.person_id, "slot": row.slot}, row.start, row.till, _told(row.told))
        for row in found
    ]


def _erasing(count: int) -> str:
    values = ", ".join(
        f"(CAST(:p{n} AS bigint), CAST(:s{n} AS bigint), CAST(:f{n} AS date), CAST(:t{n} AS date))"
        for n in range(count)
    )
    return f"(SELECT * FROM (VALUES {values}) AS g(person_id, slot, valid_from, valid_to))"  # noqa: S608 - own names


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "slot",
        "line_id",
        "role",
        "career_grade",
        "base_position_id",
        "fit",
        "valid_from",
        "valid_to",
        "decision_id",
    )
    return {name: row[name] for name in names if row.get(name) is not None}
