"""The invariants of the record that `hrms check` proves; each answer names ids only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db
from hrms.core.hooks import Check
from hrms.core.i18n import _
from hrms.core.rules import N_
from hrms.people.models import FACTS, further

MOST = 100
"""Violations told of one kind; the first ones are enough to find the cause."""

_CURRENT_SQL = """
  WITH scale AS (
    SELECT pay_table, pay_group, max(step) AS steps, max(months_per_step) AS months FROM pay_scale_steps GROUP BY 1, 2
  ), fact AS (
    SELECT p.id AS person_id, p.version, p.full_name, p.staff_code, p.national_id, p.sex, p.birth_date, p.ethnic_group,
      p.religion, p.degree, p.theory_level, coalesce(seat.name, p.job_position) AS job_position, seat.line_id,
      seat.position_id, seat.position_code, p.unit_name, p.scope_ids AS own_scope,
      s.kind, s.status, r.rank_code, r.pay_table, r.pay_group, r.step, scale.steps, r.coefficient,
      r.beyond_scale_percent, r.step_since, post.post_code, post.post_name,
      (SELECT f.agency_id FROM person_agency f WHERE f.person_id = p.id AND f.membership = 'using' AND {now})
        AS agency_id,
      (SELECT f.agency_id FROM person_agency f WHERE f.person_id = p.id AND f.membership = 'managing' AND {now})
        AS managing_agency_id,
      (SELECT coalesce(array_agg(DISTINCT e ORDER BY e), '{}') FROM person_agency f
        JOIN agencies a ON a.id = f.agency_id, unnest(a.scope_ids) AS e
        WHERE f.person_id = p.id AND {now}) AS scope_ids,
      CASE WHEN s.status IN ('left', 'retired', 'deceased') THEN NULL ELSE m.retires_on END AS retires_on,
      away.absence_kind AS absent_as, coalesce(away.valid_to, away.expected_until + 1) AS back_on
    FROM people p
    LEFT JOIN person_status s ON s.person_id = p.id AND s.superseded_at IS NULL AND s.valid_from <= :today
      AND (s.valid_to IS NULL OR s.valid_to > :today)
    LEFT JOIN person_rank r ON r.person_id = p.id AND r.superseded_at IS NULL AND r.valid_from <= :today
      AND (r.valid_to IS NULL OR r.valid_to > :today)
    LEFT JOIN scale ON scale.pay_table = r.pay_table AND scale.pay_group = r.pay_group
    LEFT JOIN person_post post ON post.person_id = p.id AND post.slot = 0 AND post.superseded_at IS NULL
      AND post.valid_from <= :today AND (post.valid_to IS NULL OR post.valid_to > :today)
    LEFT JOIN person_absence away ON away.person_id = p.id AND away.superseded_at IS NULL
      AND away.valid_from <= :today AND (away.valid_to IS NULL OR away.valid_to > :today)
    LEFT JOIN (
      SELECT f.person_id, f.line_id, l.position_id, l.code AS position_code, j.name FROM assignments f
      JOIN establishment_lines l ON l.id = f.line_id JOIN job_positions j ON j.id = l.position_id
      WHERE f.slot = 0 AND {now}) seat ON seat.person_id = p.id
    LEFT JOIN retirement_months m ON m.sex = p.sex AND m.birth_year = left(p.birth_date, 4)::integer
      AND m.birth_month = coalesce(nullif(substr(p.birth_date, 6, 2), ''), '01')::integer
  )
  SELECT f.person_id FROM fact f LEFT JOIN people_current c ON c.person_id = f.person_id
  WHERE c.person_id IS NULL OR f.own_scope IS DISTINCT FROM f.scope_ids
    OR ROW ({current}) IS DISTINCT FROM ROW ({facts})
  ORDER BY f.person_id LIMIT :most
"""
_COMPARED = (
    "scope_ids", "version", "full_name", "staff_code", "national_id", "sex", "birth_date", "ethnic_group", "religion",
    "degree", "theory_level", "job_position", "line_id", "position_id", "position_code", "unit_name", "kind", "status",
    "rank_code", "pay_table", "pay_group",
    "step", "steps", "coefficient", "beyond_scale_percent", "step_since", "post_code", "post_name", "agency_id",
    "managing_agency_id", "retires_on", "absent_as", "back_on",
)  # fmt: skip
_NOW = "f.superseded_at IS NULL AND f.valid_from <= :today AND (f.valid_to IS NULL OR f.valid_to > :today)"
_CURRENT = text(
    _CURRENT_SQL.replace("{now}", _NOW)
    .replace("{current}", ", ".join(f"c.{name}" for name in _COMPARED))
    .replace("{facts}", ", ".join(f"f.{name}" for name in _COMPARED))
)


def current_rows() -> Sequence[str]:
    """Say of which people the current row differs from what the facts say today."""
    rows = db.session.scalars(_CURRENT, {"today": clock.today(), "most": MOST})
    return [_("hồ sơ %(id)s: giá trị hiện tại khác với diễn biến đã ghi", id=person_id) for person_id in rows]


def overlaps() -> Sequence[str]:
    """Say which current facts of one owner overlap, lack a paper, or end before they begin."""
    said: list[str] = []
    for model in (*FACTS, *further.models.values()):
        table = model.__table__.name
        same = " AND ".join(f"a.{column} = b.{column}" for column in model.__dated_key__)
        # Names come from the models.
        overlapping = text(
            f"SELECT DISTINCT a.person_id FROM {table} a JOIN {table} b ON {same} AND a.id < b.id"  # noqa: S608
            " AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)"
            " WHERE a.superseded_at IS NULL AND b.superseded_at IS NULL ORDER BY 1 LIMIT :most"
        )
        broken = text(
            f"SELECT id FROM {table} WHERE (basis = 'decision') <> (decision_id IS NOT NULL)"  # noqa: S608
            " OR valid_to <= valid_from OR superseded_at < recorded_at ORDER BY 1 LIMIT :most"
        )
        said += [
            _("hồ sơ %(id)s: diễn biến trong %(table)s chồng nhau", id=person_id, table=table)
            for person_id in db.session.scalars(overlapping, {"most": MOST})
        ]
        said += [
            _("%(table)s dòng %(id)s: căn cứ hoặc thời gian không hợp lệ", id=row_id, table=table)
            for row_id in db.session.scalars(broken, {"most": MOST})
        ]
    return said


CHECKS = (
    Check(N_("giá trị hiện tại bằng diễn biến đã ghi"), current_rows),
    Check(N_("diễn biến không chồng nhau, có căn cứ"), overlaps),
)
