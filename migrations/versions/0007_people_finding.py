"""Finding people: who belongs under a few agencies by index, and how many belonged on an earlier date.

Array operators reach no index under row-level security, so both are functions of `hrms_search`. Each keeps to the
caller's own scope: roots beyond it yield nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0007_people_finding"
down_revision = "0006_job_queue"

MEMBERS = """
CREATE FUNCTION members_of(roots bigint[]) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp ROWS 500 AS $$
  SELECT c.person_id FROM people_current c WHERE c.scope_ids && roots AND c.scope_ids && hrms_scope()
$$;
"""

BELONGED = """
CREATE FUNCTION count_belonged(roots bigint[], on_date date, known timestamptz)
RETURNS TABLE (total bigint, named bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT a.id FROM agencies a WHERE a.scope_ids && roots AND a.scope_ids && hrms_scope()
  ), then_here AS (
    SELECT DISTINCT f.person_id FROM person_agency f JOIN mine ON mine.id = f.agency_id
    WHERE f.membership = 'using' AND f.valid_from <= on_date AND (f.valid_to IS NULL OR f.valid_to > on_date)
      AND CASE WHEN known IS NULL THEN f.superseded_at IS NULL
               ELSE f.recorded_at <= known AND (f.superseded_at IS NULL OR f.superseded_at > known) END
  )
  SELECT count(*), count(*) FILTER (WHERE c.scope_ids && hrms_scope())
  FROM then_here t LEFT JOIN people_current c ON c.person_id = t.person_id
$$;
"""
FUNCTIONS = ("members_of(bigint[])", "count_belonged(bigint[], date, timestamptz)")


def upgrade() -> None:
    op.create_index("ix_people_current_scope_ids", "people_current", ["scope_ids"], postgresql_using="gin")
    op.create_index("ix_people_current_staff_code", "people_current", ["staff_code"])
    op.create_index("ix_people_current_national_id", "people_current", ["national_id"])
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for script, function in zip((MEMBERS, BELONGED), FUNCTIONS, strict=True):
        op.execute(script)
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for index in ("national_id", "staff_code", "scope_ids"):
        op.drop_index(f"ix_people_current_{index}")
