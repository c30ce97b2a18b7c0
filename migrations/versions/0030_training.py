"""Training: courses, requirements, how learning is recognised, and yearly plans. No people: everybody may read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030_training"
down_revision = "0029_schemes"

DATED = ("course_versions", "requirement_versions", "recognition_rules")
EDITED = ("training_providers", "courses", "training_requirements", "training_plans", "training_plan_lines")


def upgrade() -> None:
    op.create_table(
        "training_providers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("may_certify", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_training_providers_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_providers")),
    )
    op.create_index("ix_training_providers_agency_id", "training_providers", ["agency_id"], unique=False)
    op.create_index("uq_training_providers_code", "training_providers", ["code"], unique=True)
    op.create_table(
        "courses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("search_key", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('political_theory', 'state_management', 'leadership', 'position', 'digital', 'defence', 'language', 'degree', 'other')",
            name=op.f("ck_courses_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    op.create_index("uq_courses_code", "courses", ["code"], unique=True)
    op.create_table(
        "course_versions",
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("provider_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("competencies", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("positions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ranks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("post_groups", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("person_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("assessment", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("course_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_course_versions_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_course_versions_basis")),
        sa.CheckConstraint(
            "certificate IN ('certificate', 'attestation', 'degree', 'none')",
            name=op.f("ck_course_versions_certificate"),
        ),
        sa.CheckConstraint("form IN ('class', 'online', 'blended')", name=op.f("ck_course_versions_form")),
        sa.CheckConstraint("hours > 0 AND hours <= 5000", name=op.f("ck_course_versions_hours")),
        sa.CheckConstraint("valid_months > 0", name=op.f("ck_course_versions_valid_months")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_course_versions_interval")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_versions_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_course_versions_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
    )
    op.create_index(
        "ix_course_versions_batch_id",
        "course_versions",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index("ix_course_versions_course_id", "course_versions", ["course_id", "valid_from"], unique=False)
    op.create_index(
        "ix_course_versions_decision_id",
        "course_versions",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_table(
        "training_requirements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_requirements")),
    )
    op.create_index("uq_training_requirements_code", "training_requirements", ["code"], unique=True)
    op.create_table(
        "requirement_versions",
        sa.Column("requirement_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("counts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("period_years", sa.Integer(), nullable=False),
        sa.Column("carry_hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("pro_rata", sa.Boolean(), nullable=False),
        sa.Column("exempt_absences", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("exempt_days", sa.Integer(), nullable=False),
        sa.Column("grace_months", sa.Integer(), nullable=False),
        sa.Column("courses", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("level_section", sa.Text(), nullable=True),
        sa.Column("level_least", sa.Text(), nullable=True),
        sa.Column("due_months", sa.Integer(), nullable=True),
        sa.Column("exempt_before", sa.Date(), nullable=True),
        sa.Column("keep_valid", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("requirement_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_requirement_versions_overlap",
        ),
        sa.CheckConstraint(
            "(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_requirement_versions_basis")
        ),
        sa.CheckConstraint("(what = 'hours') = (hours IS NOT NULL)", name=op.f("ck_requirement_versions_hours")),
        sa.CheckConstraint("gate IN ('off', 'warning', 'gate')", name=op.f("ck_requirement_versions_gate")),
        sa.CheckConstraint(
            "target IN ('all', 'person_kind', 'position', 'position_group', 'rank', 'post_group', 'post')",
            name=op.f("ck_requirement_versions_target"),
        ),
        sa.CheckConstraint("what IN ('hours', 'course')", name=op.f("ck_requirement_versions_what")),
        sa.CheckConstraint(
            "carry_hours >= 0 AND (carry_hours = 0 OR period_years = 1)",
            name=op.f("ck_requirement_versions_carry_hours"),
        ),
        sa.CheckConstraint(
            "period_years >= 1 AND period_years <= 10", name=op.f("ck_requirement_versions_period_years")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_requirement_versions_interval")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_requirement_versions_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["training_requirements.id"],
            name=op.f("fk_requirement_versions_requirement_id_training_requirements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_versions")),
    )
    op.create_index(
        "ix_requirement_versions_batch_id",
        "requirement_versions",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_requirement_versions_decision_id",
        "requirement_versions",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index(
        "ix_requirement_versions_requirement_id", "requirement_versions", ["requirement_id", "valid_from"], unique=False
    )
    op.create_table(
        "recognition_rules",
        sa.Column("form", sa.Text(collation="C"), nullable=False),
        sa.Column("factor", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column("cap_hours", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("needs_proof", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("form"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_recognition_rules_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_recognition_rules_basis")),
        sa.CheckConstraint(
            "form IN ('class', 'online', 'blended', 'self_study', 'teaching', 'research')",
            name=op.f("ck_recognition_rules_form"),
        ),
        sa.CheckConstraint("cap_hours > 0", name=op.f("ck_recognition_rules_cap_hours")),
        sa.CheckConstraint("factor > 0 AND factor <= 10", name=op.f("ck_recognition_rules_factor")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_recognition_rules_interval")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_recognition_rules_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_rules")),
    )
    op.create_index(
        "ix_recognition_rules_batch_id",
        "recognition_rules",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_recognition_rules_decision_id",
        "recognition_rules",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_table(
        "training_plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'withdrawn')", name=op.f("ck_training_plans_state")
        ),
        sa.CheckConstraint("year >= 2000 AND year <= 2100", name=op.f("ck_training_plans_year")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_training_plans_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_training_plans_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_plans")),
    )
    op.create_index("ix_training_plans_agency_id", "training_plans", ["agency_id", "year"], unique=False)
    op.create_table(
        "training_plan_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=True),
        sa.Column("classes", sa.Integer(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.Column("central_budget", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("local_budget", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("other_budget", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "central_budget >= 0 AND local_budget >= 0 AND other_budget >= 0",
            name=op.f("ck_training_plan_lines_budgets"),
        ),
        sa.CheckConstraint("learners >= 0 AND classes >= 0", name=op.f("ck_training_plan_lines_counts")),
        sa.CheckConstraint("quarter >= 1 AND quarter <= 4", name=op.f("ck_training_plan_lines_quarter")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_training_plan_lines_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["training_plans.id"],
            name=op.f("fk_training_plan_lines_plan_id_training_plans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_plan_lines")),
    )
    op.create_index("ix_training_plan_lines_course_id", "training_plan_lines", ["course_id"], unique=False)
    op.create_index("ix_training_plan_lines_plan_id", "training_plan_lines", ["plan_id"], unique=False)
    for table in DATED:
        op.execute(f"GRANT SELECT, INSERT, UPDATE (superseded_at) ON {table} TO hrms_app")
    for table in EDITED:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO hrms_app")
    op.execute("GRANT DELETE ON training_plan_lines TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    op.execute(
        f"GRANT SELECT ON {', '.join((*DATED, 'courses', 'training_requirements', 'training_providers'))} TO hrms_search"
    )


def downgrade() -> None:
    for table in (
        "training_plan_lines", "training_plans", "recognition_rules", "requirement_versions", "training_requirements",
        "course_versions", "courses", "training_providers",
    ):  # fmt: skip
        op.drop_table(table)
