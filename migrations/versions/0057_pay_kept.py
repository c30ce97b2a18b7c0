"""What was approved, decided, paid or sent is kept whole, whichever way a row comes near it; a round is its people's.

The first triggers watched a statement's new rows: a line or a share could be carried out of what was approved into a
draft, and a slip into it. Paid severances, sent lists and decided raises were kept by the program alone. And whoever has
an account of a person could read the funds of every decided round; now only of those they have a share of.
"""

from __future__ import annotations

from alembic import op

revision = "0057_pay_kept"
down_revision = "0056_step_days_kept"

SLIPS_JOINED = """
CREATE FUNCTION pay_slips_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM touched t JOIN pay_runs r ON r.id = t.run_id WHERE r.state = 'approved') THEN
    RAISE EXCEPTION 'approved' USING ERRCODE = 'insufficient_privilege', TABLE = 'pay_slips';
  END IF;
  RETURN NULL;
END $$
"""
CHANGES_FINAL = """
CREATE FUNCTION insurance_changes_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM touched t JOIN insurance_reports r ON r.id = t.report_id WHERE r.state = 'sent') THEN
    RAISE EXCEPTION 'approved' USING ERRCODE = 'insufficient_privilege', TABLE = 'insurance_changes';
  END IF;
  RETURN NULL;
END $$
"""
FINAL = """
CREATE FUNCTION {table}_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'approved' USING ERRCODE = 'insufficient_privilege', TABLE = '{table}';
END $$
"""
ROWS = {"severance_cases": "paid", "insurance_reports": "sent"}
STATEMENTS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
DECIDED = (
    "list_id", "person_id", "agency_id", "kind", "rank_code", "pay_table", "pay_group", "from_step",
    "from_coefficient", "from_percent", "to_step", "to_coefficient", "to_percent", "step_since", "due_on",
    "effective_on", "early_months", "decision_id", "decided_on",
)  # fmt: skip
OWN_ROUNDS = """
CREATE FUNCTION hrms_own_rounds() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT round_id FROM incentive_shares WHERE person_id = hrms_person()
$$
"""
PAID_BY = "EXISTS (SELECT 1 FROM agencies a WHERE a.id = agency_id AND a.scope_ids && (SELECT hrms_pay()))"


def upgrade() -> None:
    for table in ("pay_lines", "incentive_shares"):
        _watch(table, "update", "OLD", f"{table}_final", f"{table}_final_carried")
    op.execute(SLIPS_JOINED)
    for command in ("insert", "update"):
        _watch("pay_slips", command, "NEW", "pay_slips_joined", f"pay_slips_joined_{command}")
    op.execute(CHANGES_FINAL)
    for command, sides in STATEMENTS.items():
        for side in sides:
            name = f"insurance_changes_final_{command}_{side.lower()}"
            _watch("insurance_changes", command, side, "insurance_changes_final", name)
    for table, state in ROWS.items():
        op.execute(FINAL.format(table=table))
        op.execute(
            f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            f" WHEN (OLD.state = '{state}') EXECUTE FUNCTION {table}_final()"
        )
    op.execute(FINAL.format(table="raise_items"))
    # One flat OR: a comparison of rows is written out otherwise when a dump is read back.
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in DECIDED)
    op.execute(
        "CREATE TRIGGER raise_items_final BEFORE UPDATE ON raise_items FOR EACH ROW WHEN (OLD.state = 'decided'"
        f" AND (NEW.state NOT IN ('decided', 'cancelled') OR {changed}))"
        " EXECUTE FUNCTION raise_items_final()"
    )
    op.execute(
        "CREATE TRIGGER raise_items_kept BEFORE DELETE ON raise_items FOR EACH ROW WHEN (OLD.state = 'decided')"
        " EXECUTE FUNCTION raise_items_final()"
    )
    # Asked by the policy of rounds, whose own rows the policy of shares asks for: it must not go round in a circle.
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(OWN_ROUNDS)
    op.execute("ALTER FUNCTION hrms_own_rounds() OWNER TO hrms_search")
    op.execute("REVOKE ALL ON FUNCTION hrms_own_rounds() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION hrms_own_rounds() TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
    op.execute("GRANT SELECT ON incentive_shares TO hrms_search")
    op.execute("CREATE POLICY incentive_shares_search ON incentive_shares FOR SELECT TO hrms_search USING (true)")
    _rounds("id IN (SELECT hrms_own_rounds())")


def _watch(table: str, command: str, side: str, function: str, name: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} AFTER {command.upper()} ON {table} REFERENCING {side} TABLE AS touched"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def _rounds(whose: str) -> None:
    op.execute("DROP POLICY incentive_rounds_select_scope ON incentive_rounds")
    own = f"state = 'decided' AND (SELECT hrms_person()) IS NOT NULL AND {whose}"
    op.execute(f"CREATE POLICY incentive_rounds_select_scope ON incentive_rounds FOR SELECT USING ({PAID_BY} OR ({own}))")


def downgrade() -> None:
    _rounds("true")
    op.execute("DROP FUNCTION hrms_own_rounds()")
    op.execute("DROP POLICY incentive_shares_search ON incentive_shares")
    op.execute("REVOKE SELECT ON incentive_shares FROM hrms_search")
    for table in ("raise_items", *ROWS, "insurance_changes"):
        op.execute(f"DROP FUNCTION {table}_final() CASCADE")
    op.execute("DROP FUNCTION pay_slips_joined() CASCADE")
    for table in ("pay_lines", "incentive_shares"):
        op.execute(f"DROP TRIGGER {table}_final_carried ON {table}")
