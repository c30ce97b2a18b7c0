"""Periods and sheets: the months behind us as taken over from workbooks, the running one as the program opens it.

Points are drawn from each person's number, so that the same province has the same points; half of the people lie
between good and excellent, a few below. Who was away has no sheet, and the absence says why.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import psycopg

from hrms.core.dates import add_months
from hrms.training.queries.learners import post_groups
from seed.demo.performance import rounds, shown

TABLES = (
    "criteria_sets", "criteria_versions", "agency_regulations", "product_catalogues", "work_products",
    "work_objectives", "scoring_periods", "score_sheets", "work_items", "work_findings", "sheet_events",
    "rating_rounds", "ratings", "result_reports", "petitions",
)  # fmt: skip
PUBLIC_SINCE = date(2026, 7, 1)
CIVIL_SINCE = date(2026, 1, 1)

_REGULATIONS = """
INSERT INTO agency_regulations (agency_id, set_id, number, issued_on, title, period_kind, weights, valid_from, basis,
                                recorded_at)
SELECT a.id, s.id, 100 + a.id %% 90 || '/QC-' || coalesce(a.short_name, 'ĐV'), %(issued)s,
       'Quy chế đánh giá, xếp loại chất lượng viên chức', 'month',
       '{"staff": {"quantity": "20", "quality": "32", "progress": "18"},
         "leader": {"quantity": "15", "quality": "20", "progress": "10", "subordinates": "10", "unit": "8",
                    "cohesion": "7"}}', %(issued)s, 'old_data', %(moment)s
FROM agencies a CROSS JOIN criteria_sets s
WHERE a.kind = 'service_unit' AND s.code = '233/2026' AND a.closed_on IS NULL AND a.id %% 6 <> 0
"""
_PERIODS = """
INSERT INTO scoring_periods (agency_id, year, kind, number, starts_on, ends_on, self_due_on, score_due_on, state,
                             closed_on, recorded_at)
SELECT a.id, %(year)s, 'month', m.number, m.first, m.next, m.next + 4, m.next + 9,
       CASE WHEN o.open THEN 'open' ELSE 'closed' END, CASE WHEN NOT o.open THEN m.next + 12 END, %(moment)s
FROM (SELECT DISTINCT deciding_agency(c.agency_id) AS agency_id
      FROM people_current c WHERE c.agency_id IS NOT NULL AND c.kind IN ('civil_servant', 'public_employee')) d
JOIN agencies a ON a.id = d.agency_id
CROSS JOIN (SELECT n AS number, make_date(%(year)s, n, 1) AS first,
                   (make_date(%(year)s, n, 1) + interval '1 month')::date AS next
            FROM generate_series(1, %(until)s) n) m
CROSS JOIN LATERAL (SELECT a.code IS NOT NULL AND a.code = ANY (%(shown)s) AND m.number = %(until)s AS open) o
"""
_SHEETS = """
INSERT INTO score_sheets (person_id, period_id, year, kind, number, agency_id, authority_id, set_id, role, state,
                          source, general_points, result_points, ratio, score, scored_at, published_on, recorded_at)
SELECT c.person_id, p.id, p.year, 'month', p.number, c.agency_id,
       CASE WHEN c.role = 'head' THEN coalesce(a.parent_id, a.id) ELSE a.id END, c.set_id, c.role, 'published',
       'imported', d.general, round(70 * d.ratio, 6), d.ratio, round(d.general + 70 * d.ratio, 6),
       p.ends_on + time '08:00' + interval '8 days', p.ends_on + 12, %(moment)s
FROM (
  SELECT c.person_id, c.agency_id, deciding_agency(c.agency_id) AS deciding, s.id AS set_id, k.since,
         CASE %(groups)s::jsonb ->> c.post_code WHEN 'agency_head' THEN 'head' WHEN 'division_head' THEN 'head'
              WHEN 'agency_deputy' THEN 'deputy' WHEN 'division_deputy' THEN 'deputy' ELSE 'staff' END AS role,
         (c.person_id * 7919 + 104729) %% 1000 AS worth, status.valid_from AS served_from
  FROM people_current c
  JOIN (VALUES ('civil_servant', '335/2025', %(civil)s::date), ('public_employee', '233/2026', %(public)s::date))
       AS k(kind, code, since) ON k.kind = c.kind
  JOIN criteria_sets s ON s.code = k.code
  JOIN LATERAL (SELECT min(valid_from) AS valid_from FROM person_status f
                WHERE f.person_id = c.person_id AND f.superseded_at IS NULL) status ON true
  WHERE c.status IN ('serving', 'probation') AND c.agency_id IS NOT NULL
) c
JOIN agencies a ON a.id = c.agency_id
JOIN scoring_periods p ON p.agency_id = c.deciding AND p.year = %(year)s AND p.starts_on >= c.since
  AND p.starts_on >= c.served_from AND p.state = 'closed'
CROSS JOIN LATERAL (SELECT (c.person_id * 31 + p.number * 17) %% 97 AS luck) l
CROSS JOIN LATERAL (
  SELECT CASE WHEN c.worth < 4 THEN 15 WHEN c.worth < 40 THEN 21 ELSE 26 END + (l.luck %% 9) * 0.25 AS general,
         CASE WHEN c.worth < 4 THEN 0.38 WHEN c.worth < 40 THEN 0.60 WHEN c.worth < 620 THEN 0.80 ELSE 0.90 END
         + round(l.luck / 1000.0, 6) AS ratio
) d
WHERE NOT EXISTS (
  SELECT 1 FROM person_absence f WHERE f.person_id = c.person_id AND f.superseded_at IS NULL
    AND f.valid_from <= p.starts_on AND (f.valid_to IS NULL OR f.valid_to >= p.ends_on))
"""


def write(connection: psycopg.Connection[Any], today: date, moment: datetime) -> None:
    """Write all of it in the caller's transaction, as the owner, after people, facts and sign-ins."""
    given: dict[str, Any] = {
        "year": today.year, "until": today.month - 1, "civil": CIVIL_SINCE, "public": PUBLIC_SINCE, "moment": moment,
        "issued": max(PUBLIC_SINCE, add_months(today, -2)), "groups": json.dumps(post_groups()),
        "shown": list(shown.SHOWN),
    }  # fmt: skip
    connection.execute(_REGULATIONS, given)
    shown.products(connection, moment)
    connection.execute(_PERIODS, given)
    connection.execute(_SHEETS, given)
    connection.execute("ANALYZE scoring_periods, score_sheets, work_products")
    shown.write(connection, given["groups"], today, moment)
    rounds.write(connection, today, moment)
