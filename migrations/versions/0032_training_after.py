"""Commitments, training cost paid back, ratings of classes, and the check of their effect."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032_training_after"
down_revision = "0031_training_classes"

VISIBLE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id)"
IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
MYSELF = "person_id = (SELECT hrms_person())"
TABLES = ("training_commitments", "training_repayments", "repayment_payments", "class_ratings", "impact_checks")
RATINGS = """
CREATE FUNCTION class_rating_counts(of_classes bigint[])
RETURNS TABLE (class_id bigint, aspect text, given integer, mean numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.class_id, s.key, count(*)::integer, round(avg(s.value::numeric), 2)
  FROM class_ratings r, jsonb_each_text(r.scores) AS s(key, value)
  WHERE r.class_id = ANY (of_classes)
  GROUP BY r.class_id, s.key HAVING count(*) >= 5
$$
"""


def upgrade() -> None:
    op.create_table(
        "training_commitments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("committed_months", sa.Integer(), nullable=False),
        sa.Column("central_cost", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("local_cost", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("other_cost", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state IN ('studying', 'serving', 'fulfilled', 'released', 'repaid')",
            name=op.f("ck_training_commitments_state"),
        ),
        sa.CheckConstraint(
            "central_cost >= 0 AND local_cost >= 0 AND other_cost >= 0", name=op.f("ck_training_commitments_costs")
        ),
        sa.CheckConstraint(
            "committed_months > 0 AND committed_months <= 600", name=op.f("ck_training_commitments_committed_months")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_training_commitments_days")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_training_commitments_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_training_commitments_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_training_commitments_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_training_commitments_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_commitments")),
    )
    op.create_index("ix_training_commitments_person_id", "training_commitments", ["person_id"], unique=False)
    op.create_table(
        "training_repayments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("commitment_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("repay_case", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("committed_months", sa.Integer(), nullable=False),
        sa.Column("served_months", sa.Integer(), nullable=False),
        sa.Column("years_before", sa.Integer(), nullable=False),
        sa.Column("reduced_rate", sa.Boolean(), nullable=False),
        sa.Column("reduction_percent", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("exempt_ground", sa.Text(), nullable=True),
        sa.Column("council", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("council_met_on", sa.Date(), nullable=True),
        sa.Column("recommended_on", sa.Date(), nullable=True),
        sa.Column("recommended_amount", sa.Numeric(precision=16, scale=0), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "repay_case IN ('left_early', 'quit_during', 'dismissed', 'no_diploma')",
            name=op.f("ck_training_repayments_case"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'recommended', 'decided', 'paid', 'exempt', 'cancelled')",
            name=op.f("ck_training_repayments_state"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_training_repayments_amount")),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["training_commitments.id"],
            name=op.f("fk_training_repayments_commitment_id_training_commitments"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_training_repayments_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_training_repayments_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_repayments")),
    )
    op.create_index("ix_training_repayments_person_id", "training_repayments", ["person_id"], unique=False)
    op.create_index(
        "uq_training_repayments_commitment",
        "training_repayments",
        ["commitment_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "repayment_payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("repayment_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_repayment_payments_amount")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_repayment_payments_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repayment_id"],
            ["training_repayments.id"],
            name=op.f("fk_repayment_payments_repayment_id_training_repayments"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["repayment_payments.id"],
            name=op.f("fk_repayment_payments_reverses_id_repayment_payments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment_payments")),
    )
    op.create_index("ix_repayment_payments_repayment_id", "repayment_payments", ["repayment_id"], unique=False)
    op.create_index("uq_repayment_payments_reverses_id", "repayment_payments", ["reverses_id"], unique=True)
    op.create_table(
        "class_ratings",
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_classes.id"], name=op.f("fk_class_ratings_class_id_training_classes")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_class_ratings_enrolment_id_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_class_ratings_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_class_ratings")),
    )
    op.create_index("ix_class_ratings_class_id", "class_ratings", ["class_id"], unique=False)
    op.create_index("ix_class_ratings_person_id", "class_ratings", ["person_id"], unique=False)
    op.create_table(
        "impact_checks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("level_before", sa.Integer(), nullable=True),
        sa.Column("level_after", sa.Integer(), nullable=True),
        sa.Column("applied", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("applied IN ('often', 'sometimes', 'never')", name=op.f("ck_impact_checks_applied")),
        sa.CheckConstraint("level_after >= 1 AND level_after <= 5", name=op.f("ck_impact_checks_level_after")),
        sa.CheckConstraint("level_before >= 1 AND level_before <= 5", name=op.f("ck_impact_checks_level_before")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_classes.id"], name=op.f("fk_impact_checks_class_id_training_classes")
        ),
        sa.ForeignKeyConstraint(
            ["competency_code"], ["competencies.code"], name=op.f("fk_impact_checks_competency_code_competencies")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_impact_checks_enrolment_id_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_impact_checks_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_checks")),
    )
    op.create_index("ix_impact_checks_class_id", "impact_checks", ["class_id"], unique=False)
    op.create_index("ix_impact_checks_person_id", "impact_checks", ["person_id"], unique=False)
    op.create_index("uq_impact_checks_competency", "impact_checks", ["enrolment_id", "competency_code"], unique=True)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in ("training_commitments", "training_repayments", "repayment_payments", "impact_checks"):
        _policy(table, "SELECT", f"USING ({VISIBLE})")
        _policy(table, "INSERT", f"WITH CHECK ({IN_SCOPE})")
    for table in ("training_commitments", "training_repayments", "impact_checks"):
        _policy(table, "UPDATE", f"USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})")
    # A rating is the learner's own: nobody else reads it one by one, sums come from the function.
    for command, clause in (
        ("SELECT", f"USING ({MYSELF})"),
        ("INSERT", f"WITH CHECK ({MYSELF})"),
        ("UPDATE", f"USING ({MYSELF}) WITH CHECK ({MYSELF})"),
    ):
        _policy("class_ratings", command, clause)
    op.execute("CREATE POLICY class_ratings_select_search ON class_ratings FOR SELECT TO hrms_search USING (true)")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE ON training_commitments, training_repayments, class_ratings, impact_checks"
        " TO hrms_app"
    )
    op.execute("GRANT SELECT, INSERT ON repayment_payments TO hrms_app")
    op.execute("GRANT SELECT ON class_ratings TO hrms_search")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(RATINGS)
    op.execute("ALTER FUNCTION class_rating_counts(bigint[]) OWNER TO hrms_search")
    op.execute("REVOKE ALL ON FUNCTION class_rating_counts(bigint[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION class_rating_counts(bigint[]) TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def _policy(table: str, command: str, clause: str) -> None:
    op.execute(f"CREATE POLICY {table}_{command.lower()}_scope ON {table} FOR {command} TO PUBLIC {clause}")


def downgrade() -> None:
    op.execute("DROP FUNCTION class_rating_counts(bigint[])")
    for table in (
        "impact_checks",
        "class_ratings",
        "repayment_payments",
        "training_repayments",
        "training_commitments",
    ):
        op.drop_table(table)
