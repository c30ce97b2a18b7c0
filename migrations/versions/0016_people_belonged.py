"""Who belonged on an earlier day, counted no further than a list says.

In force, one fact at a time says which agency uses a person, so there is nobody to count twice.
"""

from __future__ import annotations

from alembic import context, op

revision = "0016_people_belonged"
down_revision = "0015_people_search"

BEFORE = "count_belonged(bigint[], date, timestamptz)"
AFTER = "count_belonged(bigint[], date, timestamptz, integer)"
BELONGED = """
CREATE FUNCTION count_belonged(roots bigint[], on_date date, known timestamptz, most integer)
RETURNS TABLE (total bigint, named bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp ROWS 1 AS $$
BEGIN
  RETURN QUERY EXECUTE
    'SELECT count(*), count(*) FILTER (WHERE c.scope_ids && $5) FROM (
       SELECT f.person_id FROM person_agency f JOIN agencies a ON a.id = f.agency_id
       WHERE a.scope_ids && $1 AND a.scope_ids && $5
         AND f.membership = ''using'' AND f.valid_from <= $2 AND (f.valid_to IS NULL OR f.valid_to > $2) AND '
    || CASE WHEN known IS NULL THEN 'f.superseded_at IS NULL'
         ELSE 'f.recorded_at <= $3 AND (f.superseded_at IS NULL OR f.superseded_at > $3)' END
    || ' LIMIT $4) AS then_here LEFT JOIN people_current c ON c.person_id = then_here.person_id'
    USING roots, on_date, known, most, hrms_scope();
END $$;
"""


def upgrade() -> None:
    _replace(BEFORE, BELONGED, AFTER)


def downgrade() -> None:
    _replace(AFTER, context.script.get_revision("0007_people_finding").module.BELONGED, BEFORE)


def _replace(old: str, script: str, new: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(f"DROP FUNCTION {old}")
    op.execute(script)
    op.execute(f"ALTER FUNCTION {new} OWNER TO hrms_search")
    op.execute(f"REVOKE ALL ON FUNCTION {new} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {new} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
