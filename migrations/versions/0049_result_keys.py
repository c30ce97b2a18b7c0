"""Find a person's last result of a period by its key, not among everybody's of that period."""

from __future__ import annotations

from alembic import op

revision = "0049_result_keys"
down_revision = "0048_places_asked"


def upgrade() -> None:
    op.drop_index("ix_result_reports_person_id", "result_reports")
    op.create_index("ix_result_reports_person_id", "result_reports", ["person_id", "year", "kind", "number", "id"])


def downgrade() -> None:
    op.drop_index("ix_result_reports_person_id", "result_reports")
    op.create_index("ix_result_reports_person_id", "result_reports", ["person_id"])
