"""Files kept outside the database, and the person's photograph, the first of them.

The table says of what is on the disk only how large it is and of what kind: who may read a file is decided by the row
that points to it. Nobody sees it without a scope; only the daily work, which reaches everything, forgets a file.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_stored_files"
down_revision = "0018_decision_path"

SOMEBODY = "cardinality((SELECT hrms_scope())) > 0 OR (SELECT hrms_account()) IS NOT NULL"
EVERYTHING = "(SELECT hrms_scope()) @> ARRAY[0::bigint]"


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("sha256", sa.Text(collation="C"), primary_key=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_stored_files_sha256")),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_stored_files_bytes")),
    )
    op.execute("ALTER TABLE stored_files ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE stored_files FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY stored_files_select_scope ON stored_files FOR SELECT USING ({SOMEBODY})")
    op.execute(f"CREATE POLICY stored_files_insert_scope ON stored_files FOR INSERT WITH CHECK ({SOMEBODY})")
    op.execute(
        f"CREATE POLICY stored_files_update_scope ON stored_files FOR UPDATE USING ({SOMEBODY}) WITH CHECK ({SOMEBODY})"
    )
    op.execute(f"CREATE POLICY stored_files_delete_scope ON stored_files FOR DELETE USING ({EVERYTHING})")
    op.execute("GRANT SELECT, INSERT, DELETE, UPDATE (recorded_at) ON stored_files TO hrms_app")
    op.add_column("people", sa.Column("photo_hash", sa.Text(collation="C"), nullable=True))
    op.create_foreign_key("fk_people_photo_hash_stored_files", "people", "stored_files", ["photo_hash"], ["sha256"])
    # The removal of a file asks whether anybody still has it.
    op.create_index(
        "ix_people_photo_hash", "people", ["photo_hash"], postgresql_where=sa.text("photo_hash IS NOT NULL")
    )
    op.execute("GRANT UPDATE (photo_hash) ON people TO hrms_app")
    op.alter_column("decision_scans", "sha256", type_=sa.Text(collation="C"))
    op.create_foreign_key(
        "fk_decision_scans_sha256_stored_files", "decision_scans", "stored_files", ["sha256"], ["sha256"]
    )
    op.create_index("ix_decision_scans_sha256", "decision_scans", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_decision_scans_sha256", "decision_scans")
    op.drop_constraint("fk_decision_scans_sha256_stored_files", "decision_scans")
    op.alter_column("decision_scans", "sha256", type_=sa.Text())
    op.drop_index("ix_people_photo_hash", "people")
    op.drop_constraint("fk_people_photo_hash_stored_files", "people")
    op.drop_column("people", "photo_hash")
    op.drop_table("stored_files")
