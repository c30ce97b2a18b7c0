"""Import batches, their rows, their effects, and saved mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_imports"
down_revision = '0003_people'


def upgrade() -> None:
    op.create_table('import_batches',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('importer', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('scope_ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('file_hash', sa.Text(), nullable=False),
    sa.Column('file_size', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('plan', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('done', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('total', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('failure', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("state IN ('uploaded', 'reading', 'mapped', 'checking', 'ready', 'applying', 'applied', 'undoing', 'undone', 'failed', 'cancelled')", name=op.f('ck_import_batches_state')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_import_batches_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batches'))
    )
    op.create_index('ix_import_batches_account_id', 'import_batches', ['account_id', 'id'], unique=False)
    op.create_table('mapping_profiles',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('importer', sa.Text(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('scope_ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('header_key', sa.Text(), nullable=False),
    sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('saved_by', sa.BigInteger(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_mapping_profiles_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mapping_profiles'))
    )
    op.create_index('uq_mapping_profiles_agency_name', 'mapping_profiles', ['agency_id', 'importer', 'name'], unique=True)
    op.create_table('import_effects',
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.Boolean(), nullable=False),
    sa.Column('version_after', sa.BigInteger(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('kept_at_undo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batches.id'], name=op.f('fk_import_effects_batch_id_import_batches'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'person_id', name=op.f('pk_import_effects'))
    )
    op.create_table('import_rows',
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('sheet', sa.Integer(), nullable=False),
    sa.Column('row_no', sa.BigInteger(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('cells', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('problems', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batches.id'], name=op.f('fk_import_rows_batch_id_import_batches'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'sheet', 'row_no', name=op.f('pk_import_rows'))
    )
    op.create_index('ix_import_rows_outcome', 'import_rows', ['batch_id', 'outcome', 'sheet', 'row_no'], unique=False)
    op.create_index('ix_import_rows_person_id', 'import_rows', ['batch_id', 'person_id'], unique=False)


def downgrade() -> None:
    for table in ('import_rows', 'import_effects', 'mapping_profiles', 'import_batches'):
        op.drop_table(table)
