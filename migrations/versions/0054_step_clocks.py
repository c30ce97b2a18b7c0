"""The day of the next raise in the current rows: by the step clock, with absences, discipline and classes.

`refresh_people` writes the regular day; where something prolongs the step, the program puts the clock's day in its
place, in the same transaction. Rows of the current state are nobody's to write but through such functions.
"""

from __future__ import annotations

from alembic import op

revision = "0054_step_clocks"
down_revision = "0053_law_follows"

SET = """
CREATE FUNCTION set_next_steps(ids bigint[], days date[]) RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH given AS (
    SELECT n.person_id, n.on_day FROM unnest(ids, days) AS n(person_id, on_day)
  ), written AS (
    UPDATE people_current c SET next_step_on = g.on_day, refreshed_at = clock_timestamp() FROM given g
    WHERE c.person_id = g.person_id AND c.status = 'serving' AND c.next_step_on IS DISTINCT FROM g.on_day
    RETURNING 1
  )
  SELECT count(*)::integer FROM written
$$
"""


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(SET)
    op.execute("ALTER FUNCTION set_next_steps(bigint[], date[]) OWNER TO hrms_search")
    op.execute("REVOKE ALL ON FUNCTION set_next_steps(bigint[], date[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION set_next_steps(bigint[], date[]) TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    op.execute("DROP FUNCTION set_next_steps(bigint[], date[])")
