"""What a decision did to a person: notices and ends, which leave no fact, and the days it touched.

One's own decisions are those one's facts cite, and from now on those that speak of one without a fact.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022_person_papers"
down_revision = "0021_delegations"

VISIBLE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id)"
IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
FACTS = ("person_status", "person_agency", "person_post", "person_rank", "person_allowance")


def _own(*tables: str) -> str:
    reads = " UNION ".join(
        f"SELECT decision_id FROM {table} WHERE person_id = hrms_person() AND decision_id IS NOT NULL"
        for table in tables
    )
    return (
        "CREATE OR REPLACE FUNCTION hrms_own_decisions() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $$ {reads} $$"
    )


def _replace(script: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(script)
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def upgrade() -> None:
    op.create_table(
        "person_papers",
        sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("decision_id", sa.BigInteger, sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("happens_on", sa.Date),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("effects", JSONB, nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.BigInteger, sa.ForeignKey("decisions.id")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("recorded_by", sa.BigInteger),
    )
    op.create_index("uq_person_papers_decision", "person_papers", ["person_id", "decision_id"], unique=True)
    op.create_index("ix_person_papers_decision_id", "person_papers", ["decision_id"])
    op.execute("ALTER TABLE person_papers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE person_papers FORCE ROW LEVEL SECURITY")
    for command, clause in (
        ("SELECT", f"USING ({VISIBLE})"),
        ("INSERT", f"WITH CHECK ({IN_SCOPE})"),
        ("UPDATE", f"USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"),
        ("DELETE", f"USING ({IN_SCOPE})"),
    ):
        op.execute(
            f"CREATE POLICY person_papers_{command.lower()}_scope ON person_papers FOR {command} TO PUBLIC {clause}"
        )
    op.execute("CREATE POLICY person_papers_select_search ON person_papers FOR SELECT TO hrms_search USING (true)")
    op.execute("GRANT SELECT ON person_papers TO hrms_search")
    told = "kind, happens_on, values, effects, moment, undone_by"
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({told}) ON person_papers TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    _replace(_own(*FACTS, "person_papers"))


def downgrade() -> None:
    _replace(_own(*FACTS))
    op.drop_table("person_papers")
