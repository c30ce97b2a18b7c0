"""The tables of the law that lists join follow an applied text; what a text said is kept once it was applied.

A scale that begins on a day is joined from that day on, so the application writes `pay_scale_steps` and `ranks`.
"""

from __future__ import annotations

from alembic import op

revision = "0053_law_follows"
down_revision = "0052_pay"

FINAL = """
CREATE FUNCTION figure_changes_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'applied' USING ERRCODE = 'insufficient_privilege', TABLE = 'figure_changes';
END $$
"""
SAID = ("number", "title", "signed_on", "valid_from", "source", "mark", "rows")


def upgrade() -> None:
    op.execute("GRANT INSERT, UPDATE, DELETE ON pay_scale_steps, ranks TO hrms_app")
    op.execute("GRANT DELETE ON figure_changes TO hrms_app")
    op.execute(FINAL)
    op.execute(
        "CREATE TRIGGER figure_changes_kept BEFORE DELETE ON figure_changes FOR EACH ROW"
        " WHEN (OLD.state <> 'draft') EXECUTE FUNCTION figure_changes_final()"
    )
    # One flat OR: a comparison of rows is written out otherwise when a dump is read back.
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in SAID)
    op.execute(
        "CREATE TRIGGER figure_changes_final BEFORE UPDATE ON figure_changes FOR EACH ROW"
        f" WHEN (OLD.state <> 'draft' AND ({changed} OR NEW.state = 'draft')) EXECUTE FUNCTION figure_changes_final()"
    )


def downgrade() -> None:
    for trigger in ("figure_changes_final", "figure_changes_kept"):
        op.execute(f"DROP TRIGGER {trigger} ON figure_changes")
    op.execute("DROP FUNCTION figure_changes_final()")
    op.execute("REVOKE DELETE ON figure_changes FROM hrms_app")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON pay_scale_steps, ranks FROM hrms_app")
