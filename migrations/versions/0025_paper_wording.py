"""What a signed paper says, kept as it was signed: the record moves on, the paper does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025_paper_wording"
down_revision = "0024_people_statistics"


def upgrade() -> None:
    op.add_column("submission_lines", sa.Column("wording", JSONB, nullable=True))


def downgrade() -> None:
    op.drop_column("submission_lines", "wording")
