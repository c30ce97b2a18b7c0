"""The job-position scheme: seen by its agency and those above it, like the agency's people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029_schemes"
down_revision = "0028_assignments"

SCOPE = "scope_ids && (SELECT hrms_scope())"
OF_SCHEME = "EXISTS (SELECT 1 FROM position_schemes s WHERE s.id = scheme_id)"
CHILDREN = ("scheme_lines", "scheme_works", "scheme_steps")


def upgrade() -> None:
    op.create_table(
        "position_schemes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("scope_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("quota_kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("complete_on", sa.Date(), nullable=True),
        sa.Column("appraised_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("quota_kind IN ('civil', 'public')", name=op.f("ck_position_schemes_quota_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'incomplete', 'appraised', 'returned', 'approved', 'withdrawn')",
            name=op.f("ck_position_schemes_state"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_position_schemes_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_position_schemes_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_schemes")),
    )
    op.create_index("ix_position_schemes_agency_id", "position_schemes", ["agency_id", "id"], unique=False)
    op.create_index(
        "ix_position_schemes_scope_ids", "position_schemes", ["scope_ids"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "scheme_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scheme_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("position_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("shares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=True),
        sa.Column("grade_to", sa.Integer(), nullable=True),
        sa.Column("base_position_id", sa.BigInteger(), nullable=True),
        sa.Column("frame", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "grade_from >= 1 AND grade_to >= grade_from AND grade_to <= 5", name=op.f("ck_scheme_lines_grades")
        ),
        sa.CheckConstraint("seats BETWEEN 0 AND 100000", name=op.f("ck_scheme_lines_seats")),
        sa.ForeignKeyConstraint(
            ["base_position_id"], ["job_positions.id"], name=op.f("fk_scheme_lines_base_position_id_job_positions")
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["job_positions.id"], name=op.f("fk_scheme_lines_position_id_job_positions")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["position_schemes.id"],
            name=op.f("fk_scheme_lines_scheme_id_position_schemes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["agencies.id"], name=op.f("fk_scheme_lines_unit_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_lines")),
    )
    op.create_index("uq_scheme_lines_position", "scheme_lines", ["scheme_id", "unit_id", "position_id"], unique=True)
    op.create_table(
        "scheme_works",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scheme_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("times_a_year", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("hours_each", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("regular", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("work_group", sa.Text(), nullable=True),
        sa.Column("scheme_line_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "work_group IN ('leadership', 'professional', 'support')", name=op.f("ck_scheme_works_work_group")
        ),
        sa.CheckConstraint("hours_each >= 0 AND times_a_year >= 0", name=op.f("ck_scheme_works_amounts")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_scheme_works_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["position_schemes.id"],
            name=op.f("fk_scheme_works_scheme_id_position_schemes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scheme_line_id"],
            ["scheme_lines.id"],
            name=op.f("fk_scheme_works_scheme_line_id_scheme_lines"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["agencies.id"], name=op.f("fk_scheme_works_unit_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_works")),
    )
    op.create_index("ix_scheme_works_scheme_id", "scheme_works", ["scheme_id", "id"], unique=False)
    op.create_table(
        "scheme_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scheme_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["position_schemes.id"],
            name=op.f("fk_scheme_steps_scheme_id_position_schemes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_steps")),
    )
    op.create_index("ix_scheme_steps_scheme_id", "scheme_steps", ["scheme_id", "id"], unique=False)
    for table, clause in (("position_schemes", SCOPE), *((child, OF_SCHEME) for child in CHILDREN)):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for command, words in (
            ("SELECT", f"USING ({clause})"),
            ("INSERT", f"WITH CHECK ({clause})"),
            ("UPDATE", f"USING ({clause}) WITH CHECK ({clause})"),
            ("DELETE", f"USING ({clause})"),
        ):
            op.execute(f"CREATE POLICY {table}_{command.lower()}_scope ON {table} FOR {command} TO PUBLIC {words}")
    op.execute("GRANT SELECT, INSERT, UPDATE ON position_schemes TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheme_lines, scheme_works TO hrms_app")
    op.execute("GRANT SELECT, INSERT ON scheme_steps TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")


def downgrade() -> None:
    for table in (*reversed(CHILDREN), "position_schemes"):
        op.drop_table(table)
