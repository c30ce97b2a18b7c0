"""Let the program ask who works where, in which role, on a day: rounds take people in by it, under the row policies."""

from __future__ import annotations

from alembic import op

revision = "0046_places_read"
down_revision = "0045_sheets_joined"


def upgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION sheet_places(bigint[], date, jsonb) TO hrms_app")


def downgrade() -> None:
    op.execute("REVOKE EXECUTE ON FUNCTION sheet_places(bigint[], date, jsonb) FROM hrms_app")
