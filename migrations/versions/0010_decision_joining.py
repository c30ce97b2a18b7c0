"""One paper about people of several agencies stands in the register once.

Whoever holds the paper knows issuer, day, number and symbol exactly; the function then opens that entry to their
agencies too and answers its id. Knowing less tells nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0010_decision_joining"
down_revision = "0009_agency_closing"

JOIN = """
CREATE FUNCTION join_decision(issuer text, signed date, paper_number text, paper_symbol text, about bigint[])
RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE decisions d
  SET scope_ids = ARRAY(SELECT DISTINCT e FROM unnest(d.scope_ids || about) AS e ORDER BY e)
  WHERE d.issuer_key = issuer AND EXTRACT(year FROM d.signed_on) = EXTRACT(year FROM signed)
    AND d.number = paper_number AND d.symbol = paper_symbol AND d.signed_on = signed
    AND d.withdrawn_at IS NULL AND NOT d.scope_ids && hrms_scope() AND about && hrms_scope()
  RETURNING d.id
$$;
"""
SIGNATURE = "join_decision(text, date, text, text, bigint[])"


def upgrade() -> None:
    op.execute(JOIN)
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(f"ALTER FUNCTION {SIGNATURE} OWNER TO hrms_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO hrms_app, hrms_owner")
    op.execute("GRANT SELECT, UPDATE (scope_ids) ON decisions TO hrms_search")
    op.execute("CREATE POLICY decisions_select_search ON decisions FOR SELECT TO hrms_search USING (true)")
    op.execute("CREATE POLICY decisions_update_search ON decisions FOR UPDATE TO hrms_search USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("DROP POLICY decisions_update_search ON decisions")
    op.execute("DROP POLICY decisions_select_search ON decisions")
    op.execute("REVOKE ALL ON decisions FROM hrms_search")
    op.execute(f"DROP FUNCTION {SIGNATURE}")
