"""What falls due, the table of holidays the province keeps, and the secret addresses of calendars.

`due_lines` is derived as `people_current` is: made again by the program itself from facts and rules, so only a
transaction that reaches everything writes it. A calendar's address is read before anybody is signed in: through a
function that tells one account only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0026_calendar"
down_revision = "0025_paper_wording"

EVERYTHING = "(SELECT hrms_scope()) @> ARRAY[0::bigint]"
MINE = "account_id = (SELECT hrms_account())"
FEED = """
CREATE FUNCTION feed_actor(token text, at timestamptz, on_date date)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  f calendar_feeds;
  a accounts;
BEGIN
  SELECT * INTO f FROM calendar_feeds WHERE token_hash = token AND revoked_at IS NULL;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO a FROM accounts WHERE id = f.account_id;
  UPDATE calendar_feeds SET used_at = at WHERE id = f.id;
  RETURN account_state(a, on_date) || jsonb_build_object('feed_id', f.id);
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("changed_by", sa.BigInteger),
        sa.CheckConstraint("kind IN ('holiday', 'worked', 'unconfirmed', 'removed')", name=op.f("ck_holidays_kind")),
        sa.CheckConstraint("mark IN ('C', 'K', 'U')", name=op.f("ck_holidays_mark")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON holidays TO hrms_app")
    op.create_table(
        "due_lines",
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("code", sa.Text(collation="C"), primary_key=True),
        sa.Column("key", sa.Text(collation="C"), primary_key=True),
        sa.Column("scope_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("agency_id", sa.BigInteger),
        sa.Column("responsible_id", sa.BigInteger),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("remind", ARRAY(sa.Date), nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("params", JSONB, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("settled_by", ARRAY(sa.Text), nullable=False),
    )
    op.create_index("ix_due_lines_due_on", "due_lines", ["due_on", "person_id", "code", "key"])
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("token_hash", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_index("uq_calendar_feeds_token_hash", "calendar_feeds", ["token_hash"], unique=True)
    op.create_index(
        "uq_calendar_feeds_account_id", "calendar_feeds", ["account_id"], unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )  # fmt: skip
    for table, policies in (
        ("due_lines", (
            ("SELECT", "USING (scope_ids && (SELECT hrms_scope()))"),
            ("INSERT", f"WITH CHECK ({EVERYTHING})"),
            ("DELETE", f"USING ({EVERYTHING})"),
        )),
        ("calendar_feeds", (
            ("SELECT", f"USING ({MINE})"),
            ("INSERT", f"WITH CHECK ({MINE})"),
            ("UPDATE", f"USING ({MINE}) WITH CHECK ({MINE})"),
        )),
    ):  # fmt: skip
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for command, clause in policies:
            op.execute(f"CREATE POLICY {table}_{command.lower()}_scope ON {table} FOR {command} TO PUBLIC {clause}")
    op.execute("GRANT SELECT, INSERT, DELETE ON due_lines TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (revoked_at) ON calendar_feeds TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    for command, clause in (("SELECT", "USING (true)"), ("UPDATE", "USING (true) WITH CHECK (true)")):
        op.execute(
            f"CREATE POLICY calendar_feeds_{command.lower()}_search ON calendar_feeds FOR {command} TO hrms_search {clause}"
        )
    op.execute("GRANT SELECT, UPDATE (used_at) ON calendar_feeds TO hrms_search")
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(FEED)
    op.execute("ALTER FUNCTION feed_actor(text, timestamptz, date) OWNER TO hrms_search")
    op.execute("REVOKE ALL ON FUNCTION feed_actor(text, timestamptz, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION feed_actor(text, timestamptz, date) TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    op.execute("DROP FUNCTION feed_actor(text, timestamptz, date)")
    for table in ("calendar_feeds", "due_lines", "holidays"):
        op.drop_table(table)
