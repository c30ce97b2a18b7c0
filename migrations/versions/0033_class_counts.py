"""How many learners a class has: whoever nominates must know of free seats without seeing who sits there."""

from __future__ import annotations

from alembic import op

revision = "0033_class_counts"
down_revision = "0032_training_after"

COUNTS = """
CREATE FUNCTION class_counts(of_classes bigint[])
RETURNS TABLE (class_id bigint, nominated integer, waiting integer, seated integer, completed integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.class_id, count(*) FILTER (WHERE e.state = 'nominated')::integer,
    count(*) FILTER (WHERE e.state = 'waiting')::integer,
    count(*) FILTER (WHERE e.state IN ('accepted', 'completed', 'failed'))::integer,
    count(*) FILTER (WHERE e.state = 'completed')::integer
  FROM enrolments e WHERE e.class_id = ANY (of_classes) GROUP BY e.class_id
$$
"""


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(COUNTS)
    op.execute("ALTER FUNCTION class_counts(bigint[]) OWNER TO hrms_search")
    op.execute("REVOKE ALL ON FUNCTION class_counts(bigint[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION class_counts(bigint[]) TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    op.execute("DROP FUNCTION class_counts(bigint[])")
