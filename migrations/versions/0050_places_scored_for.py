"""Whose sheets come to a head: of their own agency, and of those below that nobody heads today."""

from __future__ import annotations

from alembic import op

revision = "0050_places_scored_for"
down_revision = "0049_result_keys"

PLACES = """
CREATE FUNCTION places_scored_for(places bigint[], today date) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH head AS MATERIALIZED (SELECT DISTINCT h.agency_id FROM agency_heads(today) h)
  SELECT n.id FROM (
    SELECT DISTINCT ON (a.id) a.id, h.agency_id AS place_id
    FROM agencies a CROSS JOIN LATERAL unnest(a.scope_ids) WITH ORDINALITY up(id, ordinality)
    JOIN head h ON h.agency_id = up.id
    WHERE a.scope_ids && places
    ORDER BY a.id, up.ordinality DESC
  ) n WHERE n.place_id = ANY (places)
$$
"""
FUNCTION = "places_scored_for(bigint[], date)"


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(PLACES)
    op.execute(f"ALTER FUNCTION {FUNCTION} OWNER TO hrms_search")
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTION} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {FUNCTION}")
