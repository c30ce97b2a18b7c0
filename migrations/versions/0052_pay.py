"""Pay: sheets, raises, incentives, leaving, what-if. Amounts are read only where the pay permission reaches.

A third setting beside the scope, `hrms.pay`, opens amounts: who sees a person does not thereby see their money. Of
oneself one reads what is approved or decided. Nobody writes a row about themself; sheets are computed by the program
without a person. What is approved or decided never changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052_pay"
down_revision = "0051_law_changes"

PAY_SCOPE = """
CREATE FUNCTION hrms_pay() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS
$$ SELECT coalesce(nullif(current_setting('hrms.pay', true), '')::bigint[], '{}'::bigint[]) $$
"""
NOT_MYSELF = "person_id IS DISTINCT FROM (SELECT hrms_person())"
MYSELF = "person_id = (SELECT hrms_person())"
SEEN = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
OF_AGENCY = "EXISTS (SELECT 1 FROM agencies a WHERE a.id = agency_id AND a.scope_ids && (SELECT {}()))"
# Whose sheet it is may see it after the person left: the agency that paid.
PAID_BY = "EXISTS (SELECT 1 FROM agencies a WHERE a.id = agency_id AND a.scope_ids && (SELECT hrms_pay()))"
OF_RUN = (
    "EXISTS (SELECT 1 FROM pay_runs r JOIN agencies a ON a.id = r.agency_id"
    " WHERE r.id = run_id AND a.scope_ids && (SELECT hrms_pay()))"
)
OWN = {
    "pay_slips": f"{MYSELF} AND state = 'approved'",
    "pay_lines": (
        f"{MYSELF} AND EXISTS (SELECT 1 FROM pay_slips s WHERE s.id = slip_id AND s.state = 'approved')"
    ),
    "raise_items": f"{MYSELF} AND state = 'decided'",
    "incentive_shares": (
        f"{MYSELF} AND EXISTS (SELECT 1 FROM incentive_rounds r WHERE r.id = round_id AND r.state = 'decided')"
    ),
    "severance_cases": f"{MYSELF} AND state <> 'cancelled'",
    "insurance_changes": "false",
}
PEOPLE = {
    "pay_slips": OF_RUN, "pay_lines": OF_RUN, "raise_items": SEEN, "incentive_shares": PAID_BY,
    "severance_cases": PAID_BY, "insurance_changes": PAID_BY,
}  # fmt: skip
"""Table about people → whose rows of others one may read and write."""
AGENCIES = {
    "pay_runs": "hrms_pay", "raise_lists": "hrms_scope", "early_quotas": "hrms_scope", "insurance_reports": "hrms_pay",
    "pay_scenarios": "hrms_pay",
}  # fmt: skip
FINAL = """
CREATE FUNCTION {table}_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'approved' USING ERRCODE = 'insufficient_privilege', TABLE = '{table}';
END $$
"""
LINES_FINAL = """
CREATE FUNCTION pay_lines_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM touched t JOIN pay_runs r ON r.id = t.run_id WHERE r.state = 'approved') THEN
    RAISE EXCEPTION 'approved' USING ERRCODE = 'insufficient_privilege', TABLE = 'pay_lines';
  END IF;
  RETURN NULL;
END $$
"""
SHARES_FINAL = """
CREATE FUNCTION incentive_shares_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM touched t JOIN incentive_rounds r ON r.id = t.round_id WHERE r.state = 'decided') THEN
    RAISE EXCEPTION 'approved' USING ERRCODE = 'insufficient_privilege', TABLE = 'incentive_shares';
  END IF;
  RETURN NULL;
END $$
"""
ROWS_FINAL = {"pay_runs": "approved", "pay_slips": "approved", "incentive_rounds": "decided"}
STATEMENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    op.execute(PAY_SCOPE)
    op.execute("REVOKE ALL ON FUNCTION hrms_pay() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION hrms_pay() TO hrms_app, hrms_search, hrms_owner")
    op.create_table('pay_runs',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('rounding', sa.Text(), nullable=False),
    sa.Column('part_month', sa.Text(), nullable=False),
    sa.Column('law_revision', sa.BigInteger(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('doubtful', sa.Integer(), nullable=False),
    sa.Column('gross', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('deductions', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('employer', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('net', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('arrears', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('computed_by', sa.BigInteger(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("month = date_trunc('month', month)", name=op.f('ck_pay_runs_month')),
    sa.CheckConstraint("state IN ('computed', 'approved', 'cancelled')", name=op.f('ck_pay_runs_state')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_pay_runs_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_runs'))
    )
    op.create_index('ix_pay_runs_month', 'pay_runs', ['month', 'agency_id'], unique=False)
    op.create_index('uq_pay_runs_month', 'pay_runs', ['agency_id', 'month'], unique=True, postgresql_where=sa.text("state <> 'cancelled'"))
    op.create_table('pay_slips',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('gross', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('deductions', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('employer', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('net', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('arrears', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('insurance_base', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('past', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('doubts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint("state IN ('computed', 'approved')", name=op.f('ck_pay_slips_state')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_pay_slips_agency_id_agencies')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_pay_slips_person_id_people'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['pay_runs.id'], name=op.f('fk_pay_slips_run_id_pay_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_slips')),
    sa.UniqueConstraint('id', 'run_id', 'person_id', name='uq_pay_slips_whole')
    )
    op.create_index('ix_pay_slips_person_id', 'pay_slips', ['person_id', 'month'], unique=False)
    op.create_index('uq_pay_slips_person', 'pay_slips', ['run_id', 'person_id'], unique=True)
    op.create_table('pay_lines',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('slip_id', sa.BigInteger(), nullable=False),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('for_month', sa.Date(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.CheckConstraint("side IN ('line', 'deduction', 'employer')", name=op.f('ck_pay_lines_side')),
    sa.ForeignKeyConstraint(['slip_id', 'run_id', 'person_id'], ['pay_slips.id', 'pay_slips.run_id', 'pay_slips.person_id'], name='fk_pay_lines_slip_id', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_lines'))
    )
    op.create_index('ix_pay_lines_person_id', 'pay_lines', ['person_id', 'for_month'], unique=False)
    op.create_index('ix_pay_lines_run_id', 'pay_lines', ['run_id', 'id'], unique=False)
    op.create_index('uq_pay_lines_code', 'pay_lines', ['slip_id', 'for_month', 'side', 'code'], unique=True)
    op.create_table('raise_lists',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('law_revision', sa.BigInteger(), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('computed_by', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("(kind = 'regular') = (quarter IS NOT NULL)", name=op.f('ck_raise_lists_quarterly')),
    sa.CheckConstraint("kind IN ('regular', 'early')", name=op.f('ck_raise_lists_kind')),
    sa.CheckConstraint("state IN ('proposed', 'sent', 'decided', 'cancelled')", name=op.f('ck_raise_lists_state')),
    sa.CheckConstraint('quarter >= 1 AND quarter <= 4', name=op.f('ck_raise_lists_quarter')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_raise_lists_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raise_lists'))
    )
    op.create_index('ix_raise_lists_year', 'raise_lists', ['year', 'quarter', 'agency_id'], unique=False)
    op.create_index('uq_raise_lists_quarter', 'raise_lists', ['agency_id', 'kind', 'year', sa.literal_column('coalesce(quarter, 0)')], unique=True, postgresql_where=sa.text("state <> 'cancelled'"))
    op.create_table('raise_items',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('list_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('rank_code', sa.Text(), nullable=True),
    sa.Column('pay_table', sa.Integer(), nullable=False),
    sa.Column('pay_group', sa.Text(), nullable=False),
    sa.Column('from_step', sa.Integer(), nullable=False),
    sa.Column('from_coefficient', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('from_percent', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('to_step', sa.Integer(), nullable=False),
    sa.Column('to_coefficient', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('to_percent', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('step_since', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('early_months', sa.Integer(), nullable=True),
    sa.Column('merit', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('doubts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('left_out_reason', sa.Text(), nullable=True),
    sa.Column('submission_id', sa.BigInteger(), nullable=True),
    sa.Column('decision_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("kind IN ('step', 'beyond_scale', 'early', 'retirement')", name=op.f('ck_raise_items_kind')),
    sa.CheckConstraint("state <> 'left_out' OR left_out_reason IS NOT NULL", name=op.f('ck_raise_items_left_out')),
    sa.CheckConstraint("state IN ('proposed', 'left_out', 'sent', 'decided', 'cancelled')", name=op.f('ck_raise_items_state')),
    sa.CheckConstraint('early_months >= 1 AND early_months <= 24', name=op.f('ck_raise_items_early_months')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_raise_items_agency_id_agencies')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_raise_items_decision_id_decisions')),
    sa.ForeignKeyConstraint(['list_id'], ['raise_lists.id'], name=op.f('fk_raise_items_list_id_raise_lists'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_raise_items_person_id_people'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_raise_items_submission_id_submissions'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raise_items'))
    )
    op.create_index('ix_raise_items_person_id', 'raise_items', ['person_id', 'effective_on'], unique=False)
    op.create_index('ix_raise_items_submission_id', 'raise_items', ['submission_id'], unique=False, postgresql_where=sa.text('submission_id IS NOT NULL'))
    op.create_index('uq_raise_items_person', 'raise_items', ['list_id', 'person_id'], unique=True)
    op.create_table('early_quotas',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('pool_id', sa.BigInteger(), nullable=False),
    sa.Column('assigned', sa.Integer(), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=False),
    sa.Column('remainder', sa.Integer(), nullable=False),
    sa.Column('given', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint('assigned >= 0', name=op.f('ck_early_quotas_assigned')),
    sa.CheckConstraint('given >= 0', name=op.f('ck_early_quotas_given')),
    sa.CheckConstraint('quota >= 0', name=op.f('ck_early_quotas_quota')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_early_quotas_agency_id_agencies')),
    sa.ForeignKeyConstraint(['pool_id'], ['agencies.id'], name=op.f('fk_early_quotas_pool_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_early_quotas'))
    )
    op.create_index('uq_early_quotas_year', 'early_quotas', ['year', 'agency_id'], unique=True)
    op.create_table('incentive_schemes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('eligible', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('mark', sa.Text(collation='C'), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('decision_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("purpose IN ('bonus', 'extra_income', 'special')", name=op.f('ck_incentive_schemes_purpose')),
    sa.CheckConstraint("state IN ('draft', 'in_force', 'ended')", name=op.f('ck_incentive_schemes_state')),
    sa.CheckConstraint('valid_to > valid_from', name=op.f('ck_incentive_schemes_dates')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_incentive_schemes_agency_id_agencies')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_incentive_schemes_decision_id_decisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incentive_schemes'))
    )
    op.create_index('ix_incentive_schemes_agency_id', 'incentive_schemes', ['agency_id', 'purpose', 'valid_from'], unique=False)
    op.create_table('incentive_rounds',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('scheme_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=True),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('fund', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('salary_fund', sa.Numeric(precision=16, scale=0), nullable=True),
    sa.Column('reserved', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('shared', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('remainder', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('per_point', sa.Numeric(precision=20, scale=2), nullable=True),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'shared', 'decided', 'cancelled')", name=op.f('ck_incentive_rounds_state')),
    sa.CheckConstraint("step IN ('advance', 'settlement', 'ad_hoc')", name=op.f('ck_incentive_rounds_step')),
    sa.CheckConstraint('quarter >= 1 AND quarter <= 4', name=op.f('ck_incentive_rounds_quarter')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_incentive_rounds_agency_id_agencies')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_incentive_rounds_decision_id_decisions')),
    sa.ForeignKeyConstraint(['scheme_id'], ['incentive_schemes.id'], name=op.f('fk_incentive_rounds_scheme_id_incentive_schemes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incentive_rounds'))
    )
    op.create_index('ix_incentive_rounds_year', 'incentive_rounds', ['year', 'agency_id'], unique=False)
    op.create_index('uq_incentive_rounds_period', 'incentive_rounds', ['scheme_id', 'agency_id', 'year', sa.literal_column('coalesce(quarter, 0)'), 'step'], unique=True, postgresql_where=sa.text("state <> 'cancelled' AND step <> 'ad_hoc'"))
    op.create_table('incentive_shares',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('round_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('rating', sa.Text(), nullable=True),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('coefficient', sa.Numeric(precision=6, scale=3), nullable=True),
    sa.Column('salary', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('points', sa.Numeric(precision=14, scale=6), nullable=False),
    sa.Column('amount', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('advanced', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('due', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('left_out', sa.Text(), nullable=True),
    sa.CheckConstraint('months >= 0 AND months <= 12', name=op.f('ck_incentive_shares_months')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_incentive_shares_agency_id_agencies')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_incentive_shares_person_id_people'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['incentive_rounds.id'], name=op.f('fk_incentive_shares_round_id_incentive_rounds'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incentive_shares'))
    )
    op.create_index('ix_incentive_shares_person_id', 'incentive_shares', ['person_id'], unique=False)
    op.create_index('uq_incentive_shares_person', 'incentive_shares', ['round_id', 'person_id'], unique=True)
    op.create_table('severance_cases',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=False),
    sa.Column('leaving_case', sa.Text(), nullable=False),
    sa.Column('monthly_pay', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('worked_months', sa.Integer(), nullable=False),
    sa.Column('insured_months', sa.Integer(), nullable=False),
    sa.Column('years', sa.Numeric(precision=5, scale=1), nullable=False),
    sa.Column('amount', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('owed', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('holds', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('decision_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f('ck_severance_cases_paid')),
    sa.CheckConstraint("state IN ('computed', 'held', 'paid', 'cancelled')", name=op.f('ck_severance_cases_state')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_severance_cases_agency_id_agencies')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_severance_cases_decision_id_decisions')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_severance_cases_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_severance_cases'))
    )
    op.create_index('uq_severance_cases_person', 'severance_cases', ['person_id', 'left_on'], unique=True, postgresql_where=sa.text("state <> 'cancelled'"))
    op.create_table('insurance_reports',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("month = date_trunc('month', month)", name=op.f('ck_insurance_reports_month')),
    sa.CheckConstraint("state IN ('computed', 'sent')", name=op.f('ck_insurance_reports_state')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_insurance_reports_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurance_reports'))
    )
    op.create_index('uq_insurance_reports_month', 'insurance_reports', ['agency_id', 'month'], unique=True)
    op.create_table('insurance_changes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('base_before', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('base_after', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('through', sa.Date(), nullable=True),
    sa.Column('difference', sa.Numeric(precision=16, scale=0), nullable=False),
    sa.CheckConstraint("what IN ('increase', 'decrease', 'pay_up', 'pay_down', 'arrears')", name=op.f('ck_insurance_changes_what')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_insurance_changes_agency_id_agencies')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_insurance_changes_person_id_people'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['report_id'], ['insurance_reports.id'], name=op.f('fk_insurance_changes_report_id_insurance_reports'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurance_changes'))
    )
    op.create_index('ix_insurance_changes_person_id', 'insurance_changes', ['person_id'], unique=False)
    op.create_index('ix_insurance_changes_report_id', 'insurance_changes', ['report_id', 'id'], unique=False)
    op.create_table('pay_scenarios',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('agency_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('years', sa.Integer(), nullable=False),
    sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('recorded_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'computing', 'computed')", name=op.f('ck_pay_scenarios_state')),
    sa.CheckConstraint('years >= 1 AND years <= 10', name=op.f('ck_pay_scenarios_years')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_pay_scenarios_agency_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_scenarios'))
    )
    op.create_index('ix_pay_scenarios_agency_id', 'pay_scenarios', ['agency_id'], unique=False)
    tables = ", ".join([*PEOPLE, *AGENCIES, "incentive_rounds", "incentive_schemes"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {tables} TO hrms_app")
    op.execute(
        "GRANT DELETE ON pay_slips, pay_lines, raise_items, incentive_shares, insurance_changes, pay_scenarios,"
        " early_quotas, incentive_schemes TO hrms_app"
    )
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    for table, others in PEOPLE.items():
        _lock(table)
        _policy(table, "SELECT", f"({others}) OR ({OWN[table]})")
        # A line hangs on its slip by its key; every other row is written about somebody one sees.
        seen = "true" if table == "pay_lines" else SEEN
        _policy(table, "INSERT", f"({others}) AND {NOT_MYSELF} AND {seen}")
        for command in ("UPDATE", "DELETE"):
            _policy(table, command, f"({others}) AND {NOT_MYSELF}")
    for table, setting in AGENCIES.items():
        _lock(table)
        for command in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            _policy(table, command, OF_AGENCY.format(setting))
    # A scheme is public inside the agency; a round shows its person that it was decided.
    for table in ("incentive_rounds", "incentive_schemes"):
        _lock(table)
        _policy(table, "SELECT", "true" if table == "incentive_schemes" else (
            f"{OF_AGENCY.format('hrms_pay')} OR (state = 'decided' AND (SELECT hrms_person()) IS NOT NULL)"
        ))  # fmt: skip
        for command in ("INSERT", "UPDATE", "DELETE"):
            _policy(table, command, OF_AGENCY.format("hrms_pay"))
    for table, state in ROWS_FINAL.items():
        op.execute(FINAL.format(table=table))
        op.execute(
            f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            f" WHEN (OLD.state = '{state}') EXECUTE FUNCTION {table}_final()"
        )
    for table, body in (("pay_lines", LINES_FINAL), ("incentive_shares", SHARES_FINAL)):
        op.execute(body)
        for command, rows in STATEMENTS.items():
            op.execute(
                f"CREATE TRIGGER {table}_final_{command.lower()} AFTER {command} ON {table}"
                f" REFERENCING {rows} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION {table}_final()"
            )


def _lock(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _policy(table: str, command: str, clause: str) -> None:
    parts = {
        "SELECT": f"USING ({clause})", "DELETE": f"USING ({clause})", "INSERT": f"WITH CHECK ({clause})",
        "UPDATE": f"USING ({clause}) WITH CHECK ({clause})",
    }  # fmt: skip
    op.execute(f"CREATE POLICY {table}_{command.lower()}_scope ON {table} FOR {command} {parts[command]}")


def downgrade() -> None:
    for table in ("incentive_shares", "incentive_rounds"):
        op.execute(f"DROP POLICY {table}_select_scope ON {table}")
    for table in (
        "pay_scenarios", "insurance_changes", "insurance_reports", "severance_cases", "incentive_shares",
        "incentive_rounds", "incentive_schemes", "early_quotas", "raise_items", "raise_lists", "pay_lines", "pay_slips",
        "pay_runs",
    ):  # fmt: skip
        op.drop_table(table)
    for table in (*ROWS_FINAL, "pay_lines", "incentive_shares"):
        op.execute(f"DROP FUNCTION {table}_final()")
    op.execute("DROP FUNCTION hrms_pay()")
