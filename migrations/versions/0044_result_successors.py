"""A result for the national database has one successor at the most, found without reading them all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044_result_successors"
down_revision = "0043_scoring_places"


def upgrade() -> None:
    op.create_index(
        "uq_result_reports_supersedes_id",
        "result_reports",
        ["supersedes_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_result_reports_supersedes_id", "result_reports")
