"""Whoever keeps accounts finds the holder by an exact staff code: the name and agency that an account needs, no more."""

from __future__ import annotations

from alembic import op

revision = "0011_account_holders"
down_revision = "0010_decision_joining"

HOLDER = """
CREATE FUNCTION account_holder(code text)
RETURNS TABLE (person_id bigint, full_name text, agency_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.full_name, c.agency_id
  FROM people p LEFT JOIN people_current c ON c.person_id = p.id
  WHERE p.staff_code = code AND p.scope_ids && hrms_accounts()
$$;
"""


def upgrade() -> None:
    op.execute(HOLDER)
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute("ALTER FUNCTION account_holder(text) OWNER TO hrms_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
    op.execute("REVOKE ALL ON FUNCTION account_holder(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION account_holder(text) TO hrms_app, hrms_owner")


def downgrade() -> None:
    op.execute("DROP FUNCTION account_holder(text)")
