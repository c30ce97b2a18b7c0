"""New texts of the law beside the catalogues of the seed, and one count of how often the law's figures changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051_law_changes"
down_revision = "0050_places_scored_for"

REVISION = """
CREATE FUNCTION hrms_law_revision() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS
$$ SELECT revision FROM law_revision $$
"""


def upgrade() -> None:
    op.create_table('figure_changes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('rows', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('preview', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('previewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_by', sa.BigInteger(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.BigInteger(), nullable=True),
    sa.Column('undone_reason', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("mark IN ('C', 'K', 'U')", name=op.f('ck_figure_changes_mark')),
    sa.CheckConstraint("state IN ('draft', 'applied', 'undone')", name=op.f('ck_figure_changes_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_changes'))
    )
    op.create_index('ix_figure_changes_valid_from', 'figure_changes', ['valid_from', 'id'], unique=False)
    op.create_table('law_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_law_revision_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_law_revision'))
    )
    op.execute("INSERT INTO law_revision (id, revision) VALUES (1, 0)")
    op.execute("GRANT SELECT, INSERT, UPDATE ON figure_changes TO hrms_app")
    op.execute("GRANT SELECT, UPDATE ON law_revision TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    op.execute(REVISION)
    op.execute("REVOKE ALL ON FUNCTION hrms_law_revision() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION hrms_law_revision() TO hrms_app, hrms_owner")


def downgrade() -> None:
    op.execute("DROP FUNCTION hrms_law_revision()")
    op.drop_table("law_revision")
    op.drop_table("figure_changes")
