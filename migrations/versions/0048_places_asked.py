"""Months taken in from a workbook ask where somebody worked: under the asker's own row policies."""

from __future__ import annotations

from alembic import op

revision = "0048_places_asked"
down_revision = "0047_sheets_joined_one_by_one"

FUNCTION = "sheet_places(bigint[], date, jsonb)"


def upgrade() -> None:
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO hrms_app")


def downgrade() -> None:
    op.execute(f"REVOKE EXECUTE ON FUNCTION {FUNCTION} FROM hrms_app")
