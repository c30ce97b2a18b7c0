"""A row of a file that was imported, by its digest: met again while its person is unchanged, it says nothing new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_import_marks"
down_revision = "0013_people_list"


def upgrade() -> None:
    op.add_column("import_effects", sa.Column("row_digest", sa.LargeBinary(), nullable=True))
    op.add_column("import_effects", sa.Column("good_until", sa.Date(), nullable=True))
    op.create_index(
        "ix_import_effects_row_digest", "import_effects", ["row_digest"],
        postgresql_where=sa.text("row_digest IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_import_effects_row_digest", "import_effects")
    op.drop_column("import_effects", "good_until")
    op.drop_column("import_effects", "row_digest")
