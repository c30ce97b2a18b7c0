"""Statistics as soon as many people have come, and current rows always planned for the very people asked for.

PostgreSQL knows nothing of a table until its own upkeep has visited it, up to a minute after a large import: until
then it took one fact in two hundred for current, and compared everybody with everybody. `refresh_people` was planned
once a session for any number of people, everybody included, and so read them all for a chunk of 300.
"""

from __future__ import annotations

from alembic import op

revision = "0024_people_statistics"
down_revision = "0023_person_absence"

# Whoever ANALYZEs must own the tables. A table somebody is already looking through is left to them. What has not grown
# by half since is left as it is: the planner takes the number of rows from the size, and shares from the statistics.
ANALYZE = """
CREATE FUNCTION analyze_people() RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  grown text[] := ARRAY(
    -- What a record says at length is never looked for: its columns are left to the upkeep.
    SELECT c.relname || CASE WHEN c.relname = 'people'
      THEN ' (id, scope_ids, staff_code, national_id, sort_key, created_batch_id, version)' ELSE '' END
    FROM pg_class c
    WHERE c.oid = ANY (ARRAY[
        'people', 'people_current', 'person_status', 'person_agency', 'person_post', 'person_rank', 'person_allowance',
        'person_education', 'person_work', 'person_rating', 'import_effects', 'import_rows']::regclass[])
      AND pg_relation_size(c.oid) > 0
      AND (pg_relation_size(c.oid) > 1.5 * 8192 * c.relpages
        OR NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = 'public' AND s.tablename = c.relname))
    ORDER BY c.relname);
BEGIN
  IF grown <> '{}' THEN
    EXECUTE 'ANALYZE (SKIP_LOCKED) ' || array_to_string(grown, ', ');
  END IF;
  RETURN cardinality(grown);
END $$;
"""


def upgrade() -> None:
    op.execute(ANALYZE)
    op.execute("REVOKE ALL ON FUNCTION analyze_people() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION analyze_people() TO hrms_app")
    op.execute("ALTER FUNCTION refresh_people(bigint[], date) SET plan_cache_mode = force_custom_plan")


def downgrade() -> None:
    op.execute("ALTER FUNCTION refresh_people(bigint[], date) RESET plan_cache_mode")
    op.execute("DROP FUNCTION analyze_people()")
