"""The closing of an agency becomes a dated fact like any other: it cites its decision and can be corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_agency_closing"
down_revision = "0008_audit_seals"


def upgrade() -> None:
    op.add_column("agency_facts", sa.Column("closed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("agency_facts", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_agency_facts_merged_into_id_agencies"), "agency_facts", "agencies", ["merged_into_id"], ["id"]
    )
    op.create_index(
        "ix_agency_facts_parent_id", "agency_facts", ["parent_id"], postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index(
        "ix_agencies_next_change_on", "agencies", ["next_change_on"], postgresql_where=sa.text("next_change_on IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_agencies_next_change_on", "agencies")
    op.drop_index("ix_agency_facts_parent_id", "agency_facts")
    op.drop_column("agency_facts", "merged_into_id")
    op.drop_column("agency_facts", "closed")
