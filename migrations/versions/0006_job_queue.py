"""The job queue: procrastinate's tables, as the locked version of the package defines them."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006_job_queue"
down_revision = "0005_row_security"


def upgrade() -> None:
    # The driver would read the script's percent signs as places for parameters.
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema().encode())
    op.execute(
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename LIKE 'procrastinate%' LOOP"
        " EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO hrms_app', t.tablename); END LOOP; END $$"
    )
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")


def downgrade() -> None:
    op.execute(
        "DO $$ DECLARE o record; BEGIN"
        " FOR o IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%'"
        " LOOP EXECUTE format('DROP TABLE %I CASCADE', o.tablename); END LOOP;"
        " FOR o IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.proname LIKE 'procrastinate%'"
        " LOOP EXECUTE format('DROP FUNCTION %s CASCADE', o.name); END LOOP;"
        " FOR o IN SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
        " WHERE n.nspname = 'public' AND t.typname LIKE 'procrastinate%' AND t.typtype IN ('e', 'c')"
        " LOOP EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', o.typname); END LOOP; END $$"
    )
