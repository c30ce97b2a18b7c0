"""Templates of official papers that replace the program's own.

They are not about people, so no row security: everybody who prints needs them. What was uploaded never changes, and
nothing is deleted; only when it was tried and when it was in force is written later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_document_templates"
down_revision = "0019_stored_files"


def upgrade() -> None:
    op.create_table(
        "document_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_name", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("form IN ('typst', 'docx')", name=op.f("ck_document_templates_form")),
        sa.CheckConstraint("active_to IS NULL OR active_to > active_from", name=op.f("ck_document_templates_active")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_templates")),
    )
    op.create_index(
        "uq_document_templates_in_force", "document_templates", ["kind", "form"], unique=True,
        postgresql_where=sa.text("active_from IS NOT NULL AND active_to IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (tried_at, active_from, active_to) ON document_templates TO hrms_app")


def downgrade() -> None:
    op.drop_table("document_templates")
