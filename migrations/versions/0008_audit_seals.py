"""Seals over the audit trail: a chain of hashes that shows a changed, removed or slipped-in event.

The application may read and add seals, never change or take one away. Every event belongs at least to the whole
province (0), so that none can hide from the sealer.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_audit_seals"
down_revision = "0007_people_finding"


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("last_transaction", sa.BigInteger(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("event_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
        sa.CheckConstraint("length(digests) = 32 * cardinality(event_ids)", name=op.f("ck_seals_digests")),
    )
    op.create_index("ix_audit_events_position", "audit_events", ["transaction_id", "id"])
    op.create_index("ix_audit_events_actor_name", "audit_events", ["actor_name", "id"])
    op.execute("GRANT SELECT, INSERT ON seals TO hrms_app")
    op.execute("UPDATE audit_events SET scope_ids = ARRAY[0::bigint] || scope_ids WHERE NOT scope_ids @> ARRAY[0::bigint]")
    op.create_check_constraint(op.f("ck_audit_events_whole_province"), "audit_events", "scope_ids @> ARRAY[0::bigint]")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_audit_events_whole_province"), "audit_events")
    op.drop_index("ix_audit_events_actor_name", "audit_events")
    op.drop_index("ix_audit_events_position", "audit_events")
    op.drop_table("seals")
