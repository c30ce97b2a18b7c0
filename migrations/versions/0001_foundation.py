"""Catalogues, settings, tasks, the audit trail, the agency tree and the decision register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hrms.core.db import Ltree

revision = "0001_foundation"
down_revision = None


def upgrade() -> None:
    op.create_table('agencies',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('path', Ltree(), nullable=False),
    sa.Column('scope_ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('short_name', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('sector', sa.Text(), nullable=True),
    sa.Column('ward_code', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('website', sa.Text(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('order_no', sa.Integer(), server_default=sa.text('500'), nullable=False),
    sa.Column('sort_key', sa.Text(collation='C'), nullable=False),
    sa.Column('search_key', sa.Text(collation='C'), nullable=False),
    sa.Column('former_names', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('next_change_on', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint('length(name) BETWEEN 2 AND 300', name=op.f('ck_agencies_name_length')),
    sa.CheckConstraint('parent_id IS DISTINCT FROM id', name=op.f('ck_agencies_not_own_parent')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['agencies.id'], name=op.f('fk_agencies_merged_into_id_agencies')),
    sa.ForeignKeyConstraint(['parent_id'], ['agencies.id'], name=op.f('fk_agencies_parent_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agencies'))
    )
    op.create_index('ix_agencies_parent_id', 'agencies', ['parent_id', 'sort_key'], unique=False)
    op.create_index('ix_agencies_path', 'agencies', ['path'], unique=False, postgresql_using='gist')
    op.create_index('uq_agencies_code', 'agencies', ['code'], unique=True, postgresql_where=sa.text('code IS NOT NULL'))
    op.create_table('audit_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('transaction_id', sa.BigInteger(), server_default=sa.text('(pg_current_xact_id()::text)::bigint'), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('actor_name', sa.Text(), nullable=False),
    sa.Column('via', sa.Text(), nullable=False),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=True),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('scope_ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('agency_name', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_events'))
    )
    op.create_index('ix_audit_events_account_id', 'audit_events', ['account_id', 'id'], unique=False)
    op.create_index('ix_audit_events_at', 'audit_events', ['at'], unique=False)
    op.create_index('ix_audit_events_entity', 'audit_events', ['entity', 'entity_id', 'id'], unique=False)
    op.create_index('ix_audit_events_person_id', 'audit_events', ['person_id', 'id'], unique=False, postgresql_where=sa.text('person_id IS NOT NULL'))
    op.create_table('catalogue_items',
    sa.Column('catalogue', sa.Text(collation='C'), nullable=False),
    sa.Column('code', sa.Text(collation='C'), nullable=False),
    sa.Column('name_vi', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('parent', sa.Text(), nullable=True),
    sa.Column('aliases', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('code_bnv', sa.Text(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('catalogue', 'code', name=op.f('pk_catalogue_items'))
    )
    op.create_table('read_marks',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('rows', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_read_marks'))
    )
    op.create_index('ix_read_marks_account_id', 'read_marks', ['account_id', 'at'], unique=False)
    op.create_table('settings',
    sa.Column('name', sa.Text(collation='C'), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_settings'))
    )
    op.create_table('tasks',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('arguments', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('done', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('total', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks'))
    )
    op.create_index('ix_tasks_account_id', 'tasks', ['account_id', 'id'], unique=False)
    op.create_table('decisions',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('symbol', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.Column('issuer_agency_id', sa.BigInteger(), nullable=True),
    sa.Column('issuer_name', sa.Text(), nullable=False),
    sa.Column('issuer_key', sa.Text(), nullable=False),
    sa.Column('signer_name', sa.Text(), nullable=True),
    sa.Column('signer_title', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('legal_ground', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('scope_ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('search_key', sa.Text(), nullable=False),
    sa.Column('batch_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("effective_on IS NULL OR effective_on >= date '1945-09-02'", name=op.f('ck_decisions_effective_on')),
    sa.CheckConstraint('length(number) <= 40 AND length(symbol) <= 60', name=op.f('ck_decisions_number_length')),
    sa.ForeignKeyConstraint(['issuer_agency_id'], ['agencies.id'], name=op.f('fk_decisions_issuer_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions'))
    )
    op.create_index(op.f('ix_decisions_issuer_agency_id'), 'decisions', ['issuer_agency_id'], unique=False)
    op.create_index('ix_decisions_signed_on', 'decisions', ['signed_on', 'id'], unique=False)
    op.create_index('uq_decisions_register', 'decisions', ['issuer_key', sa.literal_column('EXTRACT(year FROM signed_on)'), 'number', 'symbol'], unique=True)
    op.create_table('agency_facts',
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('batch_id', sa.BigInteger(), nullable=True),
    sa.Column('decision_id', sa.BigInteger(), nullable=True),
    postgresql.ExcludeConstraint((sa.literal_column('agency_id'), '='), (sa.literal_column('daterange(valid_from, valid_to)'), '&&'), where=sa.text('superseded_at IS NULL'), using='gist', name='ex_agency_facts_overlap'),
    sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f('ck_agency_facts_basis')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to > valid_from', name=op.f('ck_agency_facts_interval')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agency_facts_agency_id_agencies'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_agency_facts_decision_id_decisions')),
    sa.ForeignKeyConstraint(['parent_id'], ['agencies.id'], name=op.f('fk_agency_facts_parent_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_facts'))
    )
    op.create_index('ix_agency_facts_batch_id', 'agency_facts', ['batch_id'], unique=False, postgresql_where=sa.text('batch_id IS NOT NULL'))
    op.create_index('ix_agency_facts_decision_id', 'agency_facts', ['decision_id'], unique=False, postgresql_where=sa.text('decision_id IS NOT NULL'))


def downgrade() -> None:
    for table in ('agency_facts', 'decisions', 'tasks', 'settings', 'read_marks', 'catalogue_items', 'audit_events', 'agencies'):
        op.drop_table(table)
