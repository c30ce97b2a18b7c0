"""Criteria, regulations, products, objectives, periods, classes of organisations: open to all, for nobody is in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039_performance"
down_revision = "0038_training_tightened"


def upgrade() -> None:
    op.create_table(
        "criteria_sets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_sets")),
    )
    op.create_index("uq_criteria_sets_code", "criteria_sets", ["code"], unique=True)
    op.create_table(
        "criteria_versions",
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("person_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("general_max", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("result_max", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("penalty", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("thresholds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quota_percent", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("quota_outstanding", sa.Numeric(precision=9, scale=6), nullable=False),
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
            (sa.literal_column("set_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_criteria_versions_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_criteria_versions_basis")),
        sa.CheckConstraint(
            "method IN ('equal', 'weights', 'none', 'recorded')", name=op.f("ck_criteria_versions_method")
        ),
        sa.CheckConstraint("general_max >= 0 AND result_max >= 0", name=op.f("ck_criteria_versions_maxima")),
        sa.CheckConstraint("penalty >= 0 AND penalty <= 1", name=op.f("ck_criteria_versions_penalty")),
        sa.CheckConstraint(
            "quota_outstanding >= quota_percent AND quota_outstanding <= 100",
            name=op.f("ck_criteria_versions_quota_outstanding"),
        ),
        sa.CheckConstraint(
            "quota_percent >= 0 AND quota_percent <= 100", name=op.f("ck_criteria_versions_quota_percent")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_criteria_versions_interval")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_criteria_versions_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["criteria_sets.id"], name=op.f("fk_criteria_versions_set_id_criteria_sets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_versions")),
    )
    op.create_index(
        "ix_criteria_versions_batch_id",
        "criteria_versions",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_criteria_versions_decision_id",
        "criteria_versions",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index("ix_criteria_versions_set_id", "criteria_versions", ["set_id", "valid_from"], unique=False)
    op.create_table(
        "agency_regulations",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("period_kind", sa.Text(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("step", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("cap_result", sa.Boolean(), nullable=True),
        sa.Column("rounding", sa.Text(), nullable=True),
        sa.Column("quota_base", sa.Text(), nullable=True),
        sa.Column("tie_order", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("self_days", sa.Integer(), nullable=True),
        sa.Column("score_days", sa.Integer(), nullable=True),
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
            (sa.literal_column("agency_id"), "="),
            (sa.literal_column("set_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_agency_regulations_overlap",
        ),
        sa.CheckConstraint(
            "(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_agency_regulations_basis")
        ),
        sa.CheckConstraint("period_kind IN ('month', 'quarter')", name=op.f("ck_agency_regulations_period_kind")),
        sa.CheckConstraint(
            "quota_base IN ('final_good', 'initial_good', 'good_and_excellent')",
            name=op.f("ck_agency_regulations_quota_base"),
        ),
        sa.CheckConstraint("rounding IN ('unrounded', 'two_decimals')", name=op.f("ck_agency_regulations_rounding")),
        sa.CheckConstraint("score_days >= 1 AND score_days <= 60", name=op.f("ck_agency_regulations_score_days")),
        sa.CheckConstraint("self_days >= 1 AND self_days <= 60", name=op.f("ck_agency_regulations_self_days")),
        sa.CheckConstraint("step > 0 AND step <= 5", name=op.f("ck_agency_regulations_step")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_agency_regulations_interval")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_regulations_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_agency_regulations_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["criteria_sets.id"], name=op.f("fk_agency_regulations_set_id_criteria_sets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_regulations")),
    )
    op.create_index(
        "ix_agency_regulations_batch_id",
        "agency_regulations",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_agency_regulations_decision_id",
        "agency_regulations",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_table(
        "product_catalogues",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("standard_product", sa.Text(), nullable=False),
        sa.Column("standard_points", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("groups", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("from_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(state = 'model') = (agency_id IS NULL)", name=op.f("ck_product_catalogues_model")),
        sa.CheckConstraint(
            "state IN ('model', 'draft', 'approved', 'withdrawn')", name=op.f("ck_product_catalogues_state")
        ),
        sa.CheckConstraint("standard_points > 0", name=op.f("ck_product_catalogues_standard_points")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_product_catalogues_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_product_catalogues_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["product_catalogues.id"], name=op.f("fk_product_catalogues_from_id_product_catalogues")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_catalogues")),
    )
    op.create_index("ix_product_catalogues_agency_id", "product_catalogues", ["agency_id"], unique=False)
    op.create_index("uq_product_catalogues_code", "product_catalogues", ["code"], unique=True)
    op.create_table(
        "work_products",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("catalogue_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("output", sa.Text(), nullable=True),
        sa.Column("complexity", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("factor", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("search_key", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("state IN ('active', 'proposed', 'retired')", name=op.f("ck_work_products_state")),
        sa.CheckConstraint("factor > 0 AND factor <= 100000", name=op.f("ck_work_products_factor")),
        sa.CheckConstraint("points > 0 AND points <= 100000", name=op.f("ck_work_products_points")),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["product_catalogues.id"],
            name=op.f("fk_work_products_catalogue_id_product_catalogues"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_products")),
    )
    op.create_index("ix_work_products_catalogue_id", "work_products", ["catalogue_id", "place"], unique=False)
    op.create_index(
        "ix_work_products_proposed",
        "work_products",
        ["catalogue_id"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index("uq_work_products_code", "work_products", ["catalogue_id", "code"], unique=True)
    op.create_table(
        "work_objectives",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=16, scale=4), nullable=True),
        sa.Column("target", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("actual", sa.Numeric(precision=16, scale=4), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("direction IN ('more', 'less')", name=op.f("ck_work_objectives_direction")),
        sa.CheckConstraint("due_on IS NULL OR due_on > '1990-01-01'", name=op.f("ck_work_objectives_due_on")),
        sa.CheckConstraint("state IN ('draft', 'approved', 'dropped')", name=op.f("ck_work_objectives_state")),
        sa.CheckConstraint("weight > 0 AND weight <= 100", name=op.f("ck_work_objectives_weight")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_work_objectives_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_work_objectives_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["work_objectives.id"], name=op.f("fk_work_objectives_parent_id_work_objectives")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_objectives")),
    )
    op.create_index("ix_work_objectives_parent_id", "work_objectives", ["parent_id"], unique=False)
    op.create_index("uq_work_objectives_code", "work_objectives", ["agency_id", "year", "code"], unique=True)
    op.create_table(
        "scoring_periods",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("self_due_on", sa.Date(), nullable=False),
        sa.Column("score_due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("kind IN ('month', 'quarter')", name=op.f("ck_scoring_periods_kind")),
        sa.CheckConstraint(
            "number >= 1 AND number <= CASE kind WHEN 'month' THEN 12 ELSE 4 END",
            name=op.f("ck_scoring_periods_number"),
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_scoring_periods_state")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_scoring_periods_days")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_scoring_periods_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_periods")),
    )
    op.create_index(
        "uq_scoring_periods_number", "scoring_periods", ["agency_id", "year", "kind", "number"], unique=True
    )
    op.create_table(
        "organisation_ratings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("done_percent", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("late_percent", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("exceeding_percent", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("shortcomings_fixed", sa.Boolean(), nullable=True),
        sa.Column("wrongdoing", sa.Boolean(), nullable=False),
        sa.Column("involved", sa.Boolean(), nullable=False),
        sa.Column("by_points", sa.Text(), nullable=True),
        sa.Column("final", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "by_points IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_organisation_ratings_by_points"),
        ),
        sa.CheckConstraint(
            "final IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_organisation_ratings_final"),
        ),
        sa.CheckConstraint("state IN ('draft', 'decided', 'published')", name=op.f("ck_organisation_ratings_state")),
        sa.CheckConstraint("points >= 0 AND points <= 100", name=op.f("ck_organisation_ratings_points")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_organisation_ratings_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_organisation_ratings_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_ratings")),
    )
    op.create_index("uq_organisation_ratings_agency", "organisation_ratings", ["agency_id", "year"], unique=True)
    op.execute(
        "GRANT SELECT, INSERT, UPDATE ON criteria_sets, criteria_versions, agency_regulations, product_catalogues,"
        " work_products, work_objectives, scoring_periods, organisation_ratings TO hrms_app"
    )
    op.execute("GRANT DELETE ON work_products, work_objectives TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    op.execute(
        "GRANT SELECT ON criteria_sets, criteria_versions, agency_regulations, scoring_periods,"
        " organisation_ratings TO hrms_search"
    )


def downgrade() -> None:
    for table in (
        "organisation_ratings", "scoring_periods", "work_objectives", "work_products", "product_catalogues",
        "agency_regulations", "criteria_versions", "criteria_sets",
    ):  # fmt: skip
        op.drop_table(table)
