"""Shares keep the months they come from, by class and pay, and the words of who gave or withheld them by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055_share_parts"
down_revision = "0054_step_clocks"


def upgrade() -> None:
    parts = sa.Column("parts", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("incentive_shares", parts)
    op.add_column("incentive_shares", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("incentive_shares", "note")
    op.drop_column("incentive_shares", "parts")
