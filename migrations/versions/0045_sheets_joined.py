"""Sheets for people who come to an agency while its period runs: everybody else's were opened with the period."""

from __future__ import annotations

from alembic import op

revision = "0045_sheets_joined"
down_revision = "0044_result_successors"

JOIN = """
CREATE FUNCTION join_sheets(ids bigint[], post_groups jsonb, by_name text, by_account bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  made integer;
BEGIN
  WITH day AS MATERIALIZED (
    SELECT DISTINCT p.year, p.kind, p.number, p.starts_on, p.ends_on FROM scoring_periods p WHERE p.state = 'open'
  ), place AS MATERIALIZED (
    SELECT t.id AS period_id, d.year, d.kind, d.number, d.starts_on, d.ends_on, f.person_id, f.agency_id,
      f.authority_id, f.set_id, f.role
    FROM day d CROSS JOIN LATERAL sheet_places(ids, d.ends_on - 1, post_groups) f
    JOIN scoring_periods t ON t.agency_id = f.deciding_id AND t.year = d.year AND t.kind = d.kind
      AND t.number = d.number AND t.state = 'open'
    WHERE f.set_id IS NOT NULL
  ), made AS (
    INSERT INTO score_sheets (person_id, period_id, year, kind, number, agency_id, authority_id, set_id, role, state,
                              source, recorded_by)
    SELECT p.person_id, p.period_id, p.year, p.kind, p.number, p.agency_id, p.authority_id, p.set_id, p.role, 'open',
      'scored', by_account
    FROM place p
    WHERE NOT EXISTS (
        SELECT 1 FROM score_sheets s
        WHERE s.person_id = p.person_id AND s.year = p.year AND s.superseded_at IS NULL
          AND CASE WHEN s.kind = p.kind THEN s.number = p.number
                   WHEN s.kind = 'month' THEN (s.number + 2) / 3 = p.number
                   ELSE s.number = (p.number + 2) / 3 END)
      AND NOT EXISTS (
        SELECT 1 FROM person_absence b WHERE b.person_id = p.person_id AND b.superseded_at IS NULL
          AND daterange(b.valid_from, coalesce(b.valid_to, b.expected_until + 1))
            @> daterange(p.starts_on, p.ends_on))
    ON CONFLICT DO NOTHING
    RETURNING id, person_id
  ), told AS (
    INSERT INTO sheet_events (sheet_id, person_id, what, actor, recorded_by)
    SELECT m.id, m.person_id, 'opened', by_name, by_account FROM made m RETURNING 1
  )
  SELECT count(*) INTO made FROM told;
  RETURN made;
END $$
"""
FUNCTION = "join_sheets(bigint[], jsonb, text, bigint)"


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(JOIN)
    op.execute(f"ALTER FUNCTION {FUNCTION} OWNER TO hrms_search")
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTION} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {FUNCTION}")
