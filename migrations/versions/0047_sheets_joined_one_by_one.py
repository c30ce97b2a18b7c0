"""Newcomers' sheets are given period by period, and every plan is made for its values.

Joined with all open periods at once, the planner guessed one row and read every sheet for every person. A plan kept
from when a table was empty reads all of it a year later.
"""

from __future__ import annotations

from alembic import op

revision = "0047_sheets_joined_one_by_one"
down_revision = "0046_places_read"

JOIN = """
CREATE OR REPLACE FUNCTION join_sheets(ids bigint[], post_groups jsonb, by_name text, by_account bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  the record;
  total integer := 0;
  added integer;
BEGIN
  FOR the IN
    SELECT DISTINCT p.year, p.kind, p.number, p.starts_on, p.ends_on FROM scoring_periods p WHERE p.state = 'open'
    ORDER BY p.ends_on, p.kind
  LOOP
    WITH newcomer AS MATERIALIZED (
      SELECT array_agg(asked.id) AS ids FROM unnest(ids) asked(id)
      WHERE NOT EXISTS (
          SELECT 1 FROM score_sheets s
          WHERE s.person_id = asked.id AND s.year = the.year AND s.superseded_at IS NULL
            AND CASE WHEN s.kind = the.kind THEN s.number = the.number
                     WHEN s.kind = 'month' THEN (s.number + 2) / 3 = the.number
                     ELSE s.number = (the.number + 2) / 3 END)
        AND NOT EXISTS (
          SELECT 1 FROM person_absence b WHERE b.person_id = asked.id AND b.superseded_at IS NULL
            AND daterange(b.valid_from, coalesce(b.valid_to, b.expected_until + 1))
              @> daterange(the.starts_on, the.ends_on))
    ), made AS (
      INSERT INTO score_sheets (person_id, period_id, year, kind, number, agency_id, authority_id, set_id, role,
                                state, source, recorded_by)
      SELECT f.person_id, t.id, the.year, the.kind, the.number, f.agency_id, f.authority_id, f.set_id, f.role, 'open',
        'scored', by_account
      FROM sheet_places((SELECT n.ids FROM newcomer n), the.ends_on - 1, post_groups) f
      JOIN scoring_periods t ON t.agency_id = f.deciding_id AND t.year = the.year AND t.kind = the.kind
        AND t.number = the.number AND t.state = 'open'
      WHERE f.set_id IS NOT NULL
      ON CONFLICT DO NOTHING
      RETURNING id, person_id
    ), told AS (
      INSERT INTO sheet_events (sheet_id, person_id, what, actor, recorded_by)
      SELECT m.id, m.person_id, 'opened', by_name, by_account FROM made m RETURNING 1
    )
    SELECT count(*) INTO added FROM told;
    total := total + added;
  END LOOP;
  RETURN total;
END $$
"""
PLANNED_ANEW = (
    "open_sheets(bigint, jsonb, text, bigint)", "join_sheets(bigint[], jsonb, text, bigint)",
    "place_sheets(bigint[], jsonb, text, bigint)", "refresh_sheets(bigint[])", "sheet_points(bigint[])",
    "sheet_places(bigint[], date, jsonb)", "sheets_differ(bigint[])",
)  # fmt: skip


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(JOIN)
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
    for function in PLANNED_ANEW:
        op.execute(f"ALTER FUNCTION {function} SET plan_cache_mode = force_custom_plan")


def downgrade() -> None:
    # What 0045 made did the same, more slowly.
    for function in PLANNED_ANEW:
        op.execute(f"ALTER FUNCTION {function} RESET plan_cache_mode")
