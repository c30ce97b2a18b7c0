"""Something true to show on every page of performance: the offices of the sign-ins plan, report and are scored.

Their running month is opened by the program itself, their last one has its products; everybody else has points only.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from hrms.core.dates import add_months
from hrms.performance.services import reckoning
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE

SHOWN = (CONSTRUCTION_CODE, HOME_AFFAIRS_CODE)
"""Offices whose months have products and points from the pages."""
ITEMS = 8
OPENED_BY = "tỉnh mẫu"

_CATALOGUE = """
INSERT INTO product_catalogues (code, name, agency_id, state, standard_product, standard_points, groups, approved_on,
                                from_id, source, mark, recorded_at)
SELECT 'TP-' || extract(year FROM %(moment)s::timestamptz), 'Danh mục sản phẩm, công việc dùng chung của thành phố',
       (SELECT id FROM agencies WHERE parent_id IS NULL ORDER BY id LIMIT 1), 'approved', standard_product,
       standard_points, groups, %(moment)s::date - 170, id, source, mark, %(moment)s
FROM product_catalogues k WHERE k.state = 'model' ORDER BY k.id LIMIT 1
RETURNING id
"""
_PRODUCTS = """
INSERT INTO work_products (catalogue_id, code, place, unit, task, detail, output, complexity, points, factor, state,
                           note, search_key, recorded_at)
SELECT c.id, w.code, w.place, w.unit, w.task, w.detail, w.output, w.complexity, w.points, w.factor, 'active', w.note,
       w.search_key, %(moment)s
FROM product_catalogues c JOIN work_products w ON w.catalogue_id = c.from_id WHERE c.id = %(catalogue)s
"""
_OBJECTIVES = """
INSERT INTO work_objectives (agency_id, year, code, objective, indicator, measure, direction, baseline, target, actual,
                             evidence, weight, due_on, state, recorded_at)
SELECT a.id, %(year)s, o.code, o.objective, o.indicator, o.measure, o.direction, o.baseline, o.target, o.actual,
       o.evidence, o.weight, make_date(%(year)s, 12, 31), 'approved', %(moment)s
FROM agencies a CROSS JOIN (VALUES
  ('MT1', 'Giải quyết thủ tục hành chính đúng hạn', 'Tỷ lệ hồ sơ giải quyết đúng hạn', '%%', 'more',
   96.2, 98.5, 98.1, 'Báo cáo của Trung tâm Phục vụ hành chính công', 40),
  ('MT2', 'Chuyển hồ sơ sang làm trực tuyến', 'Tỷ lệ hồ sơ nộp trực tuyến toàn trình', '%%', 'more',
   61, 80, 77.4, 'Cổng dịch vụ công', 30),
  ('MT3', 'Rút ngắn thời gian thẩm định', 'Số ngày thẩm định bình quân một hồ sơ', 'ngày', 'less',
   14, 10, 10.8, 'Phần mềm một cửa', 20),
  ('MT4', 'Nâng mức hài lòng của người dân', 'Chỉ số hài lòng (SIPAS)', '%%', 'more', 86.5, 90, NULL, NULL, 10)
) AS o(code, objective, indicator, measure, direction, baseline, target, actual, evidence, weight)
WHERE a.code = ANY (%(shown)s)
"""
_RUNNING = """
INSERT INTO scoring_periods (agency_id, year, kind, number, starts_on, ends_on, self_due_on, score_due_on, state,
                             recorded_at)
SELECT id, %(year)s, 'month', %(number)s, %(first)s, %(next)s, %(next)s::date + 4, %(next)s::date + 9, 'open',
       %(moment)s
FROM agencies WHERE code = ANY (%(shown)s) RETURNING id
"""
_LAST = """
SELECT p.id FROM scoring_periods p JOIN agencies a ON a.id = p.agency_id
WHERE a.code = ANY (%(shown)s) AND p.year = %(year)s AND p.number = %(number)s
"""
_GIVE = """
INSERT INTO work_items (sheet_id, person_id, product_id, objective_id, code, title, output, kind, state, quantity,
                        units, due_on, reported, reported_on, progress, evidence, done, done_on, failed_checks,
                        late_count, recorded_at)
SELECT s.id, s.person_id, w.id, CASE WHEN n.n = 1 THEN o.id END, w.code, w.task, w.output,
       CASE WHEN n.n = %(items)s AND s.person_id %% 3 = 0 THEN 'ad_hoc' ELSE 'assigned' END, 'given', n.many,
       n.many * w.factor, p.starts_on + 6 + n.n * 2,
       CASE WHEN r.gone THEN 'done' ELSE 'open' END,
       CASE WHEN r.gone THEN LEAST(p.starts_on + 5 + n.n * 2, %(today)s::date) END,
       CASE WHEN r.gone THEN 100 ELSE (s.person_id * 13 + n.n * 29) %% 9 * 10 END,
       CASE WHEN r.gone THEN 'Văn bản số ' || 100 + (s.person_id + n.n) %% 900 || ' trên hệ thống quản lý văn bản' END,
       CASE WHEN %(past)s THEN r.gone END, CASE WHEN %(past)s AND r.gone THEN p.starts_on + 5 + n.n * 2 END, 0, 0,
       %(moment)s
FROM score_sheets s
JOIN scoring_periods p ON p.id = s.period_id
CROSS JOIN LATERAL (
  SELECT n, 1 + (s.person_id + n) %% 3 AS many, CASE WHEN s.role = 'staff' THEN 'DC.%%' ELSE 'QL.%%' END AS kind
  FROM generate_series(1, %(items)s) n) n
JOIN LATERAL (
  SELECT w.* FROM work_products w WHERE w.catalogue_id = %(catalogue)s
    AND (w.code LIKE n.kind OR (s.role = 'staff' AND w.code LIKE 'NV.%%'))
  ORDER BY (w.id * 7919 + s.person_id * 31 + n.n * 0) %% 1009 OFFSET n.n - 1 LIMIT 1) w ON true
CROSS JOIN LATERAL (
  SELECT CASE WHEN %(past)s THEN (s.person_id * 17 + n.n * 5) %% 17 <> 7
              ELSE p.starts_on + 5 + n.n * 2 < %(today)s::date AND (s.person_id + n.n) %% 6 <> 0 END AS gone) r
LEFT JOIN work_objectives o ON o.year = s.year AND o.code = 'MT1' AND o.agency_id = p.agency_id
WHERE s.period_id = ANY (%(periods)s)
"""
_FINDINGS = """
WITH found AS (
  INSERT INTO work_findings (item_id, person_id, kind, found_on, cause, excused, recorded_at)
  SELECT i.id, i.person_id, CASE WHEN i.id %% 2 = 0 THEN 'late' ELSE 'failed_check' END, i.done_on,
         CASE WHEN i.id %% 2 = 0 THEN 'Chậm hạn 02 ngày, không báo cáo trước' ELSE 'Trả lại vì sai căn cứ pháp lý' END,
         i.id %% 44 = 0, %(moment)s
  FROM work_items i JOIN score_sheets s ON s.id = i.sheet_id
  WHERE s.period_id = ANY (%(periods)s) AND i.done AND i.id %% 11 = 0
  RETURNING item_id, kind, excused)
UPDATE work_items i SET failed_checks = (f.kind = 'failed_check' AND NOT f.excused)::integer,
       late_count = (f.kind = 'late' AND NOT f.excused)::integer
FROM found f WHERE f.item_id = i.id
"""
_SELF = """
UPDATE score_sheets s SET self_general = g.points, self_at = %(moment)s, state = 'self_scored',
       self_leader = CASE WHEN s.role <> 'staff' THEN '{"subordinates": "1", "unit": "1", "cohesion": "1"}'::jsonb END
FROM (SELECT v.set_id, jsonb_object_agg(i ->> 'code', i ->> 'max') AS points
      FROM criteria_versions v CROSS JOIN jsonb_array_elements(v.items) i
      WHERE v.superseded_at IS NULL AND v.valid_to IS NULL GROUP BY v.set_id) g
WHERE s.period_id = ANY (%(periods)s) AND g.set_id = s.set_id AND s.person_id %% 100 < %(share)s
"""
_SCORE = """
UPDATE score_sheets s SET scored_at = %(moment)s, general = g.points, leader = self_leader
FROM (SELECT v.set_id, n.n AS luck, jsonb_object_agg(i ->> 'code', ((i ->> 'max')::numeric
             - CASE (x.place + n.n) %% 4 WHEN 0 THEN 1 WHEN 1 THEN 0.5 ELSE 0 END)::text) AS points
      FROM criteria_versions v CROSS JOIN jsonb_array_elements(v.items) WITH ORDINALITY AS x(i, place)
      CROSS JOIN generate_series(0, 3) n
      WHERE v.superseded_at IS NULL AND v.valid_to IS NULL GROUP BY v.set_id, n.n) g
WHERE s.period_id = ANY (%(periods)s) AND g.set_id = s.set_id AND g.luck = s.person_id %% 4
  AND s.state = 'self_scored' AND s.person_id %% 100 < %(share)s
"""
_SCORED = """
UPDATE score_sheets s SET state = 'scored'
WHERE s.period_id = ANY (%s) AND s.scored_at IS NOT NULL AND s.score IS NOT NULL
"""


def products(connection: psycopg.Connection[Any], moment: datetime) -> None:
    """Approve one catalogue for the whole province, copied from the model."""
    row = connection.execute(_CATALOGUE, {"moment": moment}).fetchone()
    if row is not None:
        connection.execute(_PRODUCTS, {"catalogue": row[0], "moment": moment})


def write(connection: psycopg.Connection[Any], groups: str, today: date, moment: datetime) -> None:
    """Plan and score the last month of the shown offices, open and half report their running one.

    `groups` is the group of every leadership post, as JSON.
    """
    row = connection.execute("SELECT max(id) FROM product_catalogues WHERE state = 'approved'").fetchone()
    first = today.replace(day=1)
    given: dict[str, Any] = {
        "year": today.year, "shown": list(SHOWN), "moment": moment, "today": today, "items": ITEMS,
        "catalogue": row[0] if row else None, "first": first, "next": add_months(first, 1), "groups": groups,
    }  # fmt: skip
    connection.execute(_OBJECTIVES, given)
    if today.month > 1:
        last = _ids(connection, _LAST, given | {"number": today.month - 1})
        _plan(connection, last, given | {"past": True})
        connection.execute(_FINDINGS, given | {"periods": last})
        _reckon(connection, last)
        connection.execute(_SELF, given | {"periods": last, "share": 96, "moment": moment - timedelta(days=18)})
        connection.execute(_SCORE, given | {"periods": last, "share": 60, "moment": moment - timedelta(days=12)})
        _reckon(connection, last)
        connection.execute(_SCORED, [last])
    running = _ids(connection, _RUNNING, given | {"number": today.month})
    _plan(connection, running, given | {"past": False})
    _reckon(connection, running)


def _plan(connection: psycopg.Connection[Any], periods: list[int], given: dict[str, Any]) -> None:
    for period in periods:
        connection.execute("SELECT open_sheets(%s, %s::jsonb, %s, NULL)", [period, given["groups"], OPENED_BY])
    connection.execute(_GIVE, given | {"periods": periods})
    connection.execute("ANALYZE score_sheets, work_items")


def _reckon(connection: psycopg.Connection[Any], periods: list[int]) -> None:
    sheets = connection.execute("SELECT id FROM score_sheets WHERE period_id = ANY (%s)", [periods]).fetchall()
    reckoning.refresh([number for (number,) in sheets])


def _ids(connection: psycopg.Connection[Any], statement: str, given: dict[str, Any]) -> list[int]:
    return [number for (number,) in connection.execute(statement, given).fetchall()]
