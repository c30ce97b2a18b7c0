"""Classes, enrolments, the ledger of credits: seen with the person, by the class's own trainers, by who runs it.

People themselves stay hidden from a trainer: names come from `class_roster`, which has nothing beyond name, staff code
and agency. What certificates print comes from a function for whoever runs the class; whether one holds, from another
that answers only to its number and its check code.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031_training_classes"
down_revision = "0030_training"

VISIBLE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id)"
IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
MYSELF = "person_id = (SELECT hrms_person())"
OWN_CLASS = "class_id IN (SELECT t.class_id FROM class_trainers t WHERE t.account_id = (SELECT hrms_account()))"
RUN_HERE = (
    "class_id IN (SELECT c.id FROM training_classes c JOIN agencies a ON a.id = c.agency_id"
    " WHERE a.scope_ids && (SELECT hrms_scope()))"
)
OF_ENROLMENT = "EXISTS (SELECT 1 FROM enrolments e WHERE e.id = enrolment_id)"
LOCKED = (
    "enrolments", "nominations", "attendances", "training_evidence", "credit_entries", "certificates",
    "training_standing",
)  # fmt: skip
SEARCHED = ("enrolments", "credit_entries", "certificates", "training_standing")

ROSTER = """
CREATE VIEW class_roster WITH (security_barrier) AS
  SELECT e.id AS enrolment_id, e.class_id, e.person_id, p.full_name, p.staff_code, p.sort_key, u.name AS agency
  FROM enrolments e
  JOIN people p ON p.id = e.person_id
  LEFT JOIN people_current c ON c.person_id = p.id
  LEFT JOIN agencies u ON u.id = c.agency_id
  WHERE e.class_id IN (SELECT t.class_id FROM class_trainers t WHERE t.account_id = hrms_account())
     OR e.class_id IN (SELECT k.id FROM training_classes k JOIN agencies a ON a.id = k.agency_id
                       WHERE a.scope_ids && hrms_scope())
"""
HOLDERS = """
CREATE FUNCTION certificate_holders(of_class bigint)
RETURNS TABLE (enrolment_id bigint, person_id bigint, full_name text, birth_date text, birth_place text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.id, e.person_id, p.full_name, p.birth_date, p.birth_place
  FROM enrolments e JOIN people p ON p.id = e.person_id
  JOIN training_classes k ON k.id = e.class_id JOIN agencies a ON a.id = k.agency_id
  WHERE e.class_id = of_class AND e.state = 'completed' AND a.scope_ids && hrms_scope()
$$
"""
VERIFY = """
CREATE FUNCTION verify_certificate(of_number text, code text)
RETURNS TABLE (full_name text, programme text, issued_on date, valid_until date, revoked_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.holder ->> 'full_name', c.programme, c.issued_on, c.valid_until, c.revoked_on FROM certificates c
  WHERE c.number = of_number AND c.check_code = code
$$
"""
TRAINERS = """
CREATE FUNCTION trainers_of(of_agency bigint, on_date date)
RETURNS TABLE (account_id bigint, username text, display_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT c.id, c.username, c.display_name FROM role_grants g
  JOIN accounts c ON c.id = g.account_id AND c.closed_at IS NULL
  JOIN agencies a ON a.id = of_agency AND g.agency_id = ANY (a.scope_ids)
  WHERE g.role = 'trainer' AND g.superseded_at IS NULL AND g.valid_from <= on_date
    AND (g.valid_to IS NULL OR g.valid_to > on_date)
    AND (a.scope_ids && hrms_scope()
         OR EXISTS (SELECT 1 FROM role_grants mine WHERE mine.account_id = hrms_account() AND mine.role = 'trainer'
                    AND mine.superseded_at IS NULL AND mine.agency_id = ANY (a.scope_ids)))
$$
"""
CLASS_TRAINERS = """
CREATE FUNCTION class_trainer_names(of_classes bigint[])
RETURNS TABLE (class_id bigint, account_id bigint, display_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.class_id, t.account_id, c.display_name FROM class_trainers t JOIN accounts c ON c.id = t.account_id
  WHERE t.class_id = ANY (of_classes)
$$
"""
FUNCTIONS = (
    ("certificate_holders(bigint)", HOLDERS),
    ("verify_certificate(text, text)", VERIFY),
    ("trainers_of(bigint, date)", TRAINERS),
    ("class_trainer_names(bigint[])", CLASS_TRAINERS),
)


def upgrade() -> None:
    op.create_table(
        "training_classes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_line_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("nominate_by", sa.Date(), nullable=True),
        sa.Column("accepts", sa.Text(), nullable=False),
        sa.Column("least_attendance", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("pass_mark", sa.Numeric(precision=4, scale=2), nullable=True),
        sa.Column("central_budget", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("local_budget", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("other_budget", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("accepts IN ('auto', 'reviewed')", name=op.f("ck_training_classes_accepts")),
        sa.CheckConstraint("form IN ('class', 'online', 'blended')", name=op.f("ck_training_classes_form")),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'running', 'completed', 'cancelled')", name=op.f("ck_training_classes_state")
        ),
        sa.CheckConstraint(
            "central_budget >= 0 AND local_budget >= 0 AND other_budget >= 0", name=op.f("ck_training_classes_budgets")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_training_classes_days")),
        sa.CheckConstraint("hours > 0 AND hours <= 5000", name=op.f("ck_training_classes_hours")),
        sa.CheckConstraint(
            "least_attendance >= 0 AND least_attendance <= 100", name=op.f("ck_training_classes_least_attendance")
        ),
        sa.CheckConstraint("pass_mark >= 0 AND pass_mark <= 10", name=op.f("ck_training_classes_pass_mark")),
        sa.CheckConstraint("seats >= 1 AND seats <= 5000", name=op.f("ck_training_classes_seats")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_training_classes_agency_id_agencies")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_training_classes_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_training_classes_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["plan_line_id"],
            ["training_plan_lines.id"],
            name=op.f("fk_training_classes_plan_line_id_training_plan_lines"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["training_providers.id"], name=op.f("fk_training_classes_provider_id_training_providers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_classes")),
    )
    op.create_index("ix_training_classes_agency_id", "training_classes", ["agency_id", "starts_on"], unique=False)
    op.create_index("ix_training_classes_course_id", "training_classes", ["course_id", "starts_on"], unique=False)
    op.create_index("ix_training_classes_starts_on", "training_classes", ["starts_on", "id"], unique=False)
    op.create_index("uq_training_classes_code", "training_classes", ["code"], unique=True)
    op.create_table(
        "class_trainers",
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_class_trainers_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_classes.id"],
            name=op.f("fk_class_trainers_class_id_training_classes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("class_id", "account_id", name=op.f("pk_class_trainers")),
    )
    op.create_index("ix_class_trainers_account_id", "class_trainers", ["account_id"], unique=False)
    op.create_table(
        "class_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_class_sessions_times")),
        sa.CheckConstraint("hours > 0 AND hours <= 24", name=op.f("ck_class_sessions_hours")),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_classes.id"],
            name=op.f("fk_class_sessions_class_id_training_classes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_sessions")),
    )
    op.create_index("uq_class_sessions_number", "class_sessions", ["class_id", "number"], unique=True)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("mark", sa.Numeric(precision=4, scale=2), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('completed', 'failed')) = (closed_on IS NOT NULL)", name=op.f("ck_enrolments_closed")
        ),
        sa.CheckConstraint(
            "state IN ('nominated', 'waiting', 'accepted', 'declined', 'withdrawn', 'completed', 'failed')",
            name=op.f("ck_enrolments_state"),
        ),
        sa.CheckConstraint("mark >= 0 AND mark <= 10", name=op.f("ck_enrolments_mark")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_classes.id"], name=op.f("fk_enrolments_class_id_training_classes")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_enrolments_decision_id_decisions")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index("ix_enrolments_person_id", "enrolments", ["person_id"], unique=False)
    op.create_index("uq_enrolments_class_person", "enrolments", ["class_id", "person_id"], unique=True)
    op.create_table(
        "nominations",
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("priorities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_nominations_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_classes.id"], name=op.f("fk_nominations_class_id_training_classes")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_nominations_enrolment_id_enrolments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_nominations_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_nominations")),
    )
    op.create_index("ix_nominations_person_id", "nominations", ["person_id"], unique=False)
    op.create_table(
        "attendances",
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("marked_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("how IN ('list', 'code', 'import')", name=op.f("ck_attendances_how")),
        sa.CheckConstraint("presence IN ('present', 'absent', 'excused')", name=op.f("ck_attendances_presence")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_attendances_enrolment_id_enrolments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["class_sessions.id"],
            name=op.f("fk_attendances_session_id_class_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "session_id", name=op.f("pk_attendances")),
    )
    op.create_index("ix_attendances_session_id", "attendances", ["session_id"], unique=False)
    op.create_table(
        "training_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(collation="C"), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recognised_hours", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "form IN ('class', 'online', 'blended', 'self_study', 'teaching', 'research')",
            name=op.f("ck_training_evidence_form"),
        ),
        sa.CheckConstraint(
            "kind IN ('political_theory', 'state_management', 'leadership', 'position', 'digital', 'defence', 'language', 'degree', 'other', 'teaching')",
            name=op.f("ck_training_evidence_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_training_evidence_state"),
        ),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_training_evidence_days")),
        sa.CheckConstraint("hours > 0 AND hours <= 5000", name=op.f("ck_training_evidence_hours")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_training_evidence_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_training_evidence_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_files.sha256"], name=op.f("fk_training_evidence_sha256_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_evidence")),
    )
    op.create_index("ix_training_evidence_person_id", "training_evidence", ["person_id"], unique=False)
    op.create_index(
        "ix_training_evidence_waiting",
        "training_evidence",
        ["submitted_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "credit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("class_id", sa.BigInteger(), nullable=True),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=True),
        sa.Column("evidence_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("position_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(source = 'reversal') = (hours < 0)", name=op.f("ck_credit_entries_sign")),
        sa.CheckConstraint(
            "(source = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_credit_entries_reversal")
        ),
        sa.CheckConstraint(
            "form IN ('class', 'online', 'blended', 'self_study', 'teaching', 'research')",
            name=op.f("ck_credit_entries_form"),
        ),
        sa.CheckConstraint(
            "kind IN ('political_theory', 'state_management', 'leadership', 'position', 'digital', 'defence', 'language', 'degree', 'other', 'teaching')",
            name=op.f("ck_credit_entries_kind"),
        ),
        sa.CheckConstraint("source <> 'class' OR enrolment_id IS NOT NULL", name=op.f("ck_credit_entries_class")),
        sa.CheckConstraint("source <> 'evidence' OR evidence_id IS NOT NULL", name=op.f("ck_credit_entries_evidence")),
        sa.CheckConstraint(
            "source IN ('class', 'evidence', 'import', 'old_data', 'reversal')", name=op.f("ck_credit_entries_source")
        ),
        sa.CheckConstraint("hours <> 0 AND abs(hours) <= 5000", name=op.f("ck_credit_entries_hours")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_classes.id"], name=op.f("fk_credit_entries_class_id_training_classes")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_credit_entries_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_credit_entries_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["training_evidence.id"], name=op.f("fk_credit_entries_evidence_id_training_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_credit_entries_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["job_positions.id"], name=op.f("fk_credit_entries_position_id_job_positions")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["credit_entries.id"], name=op.f("fk_credit_entries_reverses_id_credit_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entries")),
    )
    op.create_index(
        "ix_credit_entries_batch_id",
        "credit_entries",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_credit_entries_class_id",
        "credit_entries",
        ["class_id"],
        unique=False,
        postgresql_where=sa.text("class_id IS NOT NULL"),
    )
    op.create_index("ix_credit_entries_person_id", "credit_entries", ["person_id", "earned_on"], unique=False)
    op.create_index(
        "uq_credit_entries_enrolment",
        "credit_entries",
        ["enrolment_id", "attempt"],
        unique=True,
        postgresql_where=sa.text("source = 'class'"),
    )
    op.create_index(
        "uq_credit_entries_evidence",
        "credit_entries",
        ["evidence_id", "attempt"],
        unique=True,
        postgresql_where=sa.text("source = 'evidence'"),
    )
    op.create_index("uq_credit_entries_reverses_id", "credit_entries", ["reverses_id"], unique=True)
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("check_code", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("holder", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("issuer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('certificate', 'attestation')", name=op.f("ck_certificates_kind")),
        sa.CheckConstraint("(revoked_on IS NULL) = (revoke_reason IS NULL)", name=op.f("ck_certificates_revoked")),
        sa.CheckConstraint("valid_until >= issued_on", name=op.f("ck_certificates_valid_until")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_classes.id"], name=op.f("fk_certificates_class_id_training_classes")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_certificates_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_certificates_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificates_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index("ix_certificates_class_id", "certificates", ["class_id"], unique=False)
    op.create_index("ix_certificates_person_id", "certificates", ["person_id"], unique=False)
    op.create_index(
        "uq_certificates_enrolment",
        "certificates",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("revoked_on IS NULL"),
    )
    op.create_index("uq_certificates_number", "certificates", ["number"], unique=True)
    op.create_table(
        "training_standing",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("requirement_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("days_owed", sa.Integer(), nullable=False),
        sa.Column("required", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("counted", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("carried", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("planned", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("missing", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at_risk", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_training_standing_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["training_requirements.id"],
            name=op.f("fk_training_standing_requirement_id_training_requirements"),
        ),
        sa.PrimaryKeyConstraint("person_id", "requirement_id", "year", name=op.f("pk_training_standing")),
    )
    op.create_index("ix_training_standing_year", "training_standing", ["year", "requirement_id", "state"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE ON training_classes TO hrms_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON class_trainers TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON class_sessions TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON enrolments, nominations, attendances, training_evidence TO hrms_app")
    op.execute("GRANT DELETE ON attendances TO hrms_app")
    op.execute("GRANT SELECT, INSERT ON credit_entries TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (revoked_on, revoke_reason) ON certificates TO hrms_app")
    op.execute("GRANT SELECT ON training_standing TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    op.execute(
        f"GRANT SELECT ON {', '.join(SEARCHED)}, training_classes, class_trainers, class_sessions TO hrms_search"
    )
    op.execute(
        "GRANT SELECT ON person_education, person_post, person_status, person_rank, person_absence TO hrms_search"
    )
    op.execute("GRANT INSERT, UPDATE, DELETE ON training_standing TO hrms_search")
    _guard()
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(ROSTER)
    op.execute("ALTER VIEW class_roster OWNER TO hrms_search")
    op.execute("REVOKE ALL ON class_roster FROM PUBLIC")
    op.execute("GRANT SELECT ON class_roster TO hrms_app, hrms_owner")
    for name, script in FUNCTIONS:
        op.execute(script)
        op.execute(f"ALTER FUNCTION {name} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def _policy(table: str, command: str, clause: str, role: str = "PUBLIC") -> None:
    who = "search" if role == "hrms_search" else "scope"
    parts = {
        "SELECT": f"USING ({clause})", "DELETE": f"USING ({clause})", "INSERT": f"WITH CHECK ({clause})",
        "UPDATE": f"USING ({clause}) WITH CHECK ({clause})",
    }  # fmt: skip
    op.execute(f"CREATE POLICY {table}_{command.lower()}_{who} ON {table} FOR {command} TO {role} {parts[command]}")


def _guard() -> None:
    for table in LOCKED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in ("enrolments", "credit_entries"):
        _policy(table, "SELECT", f"{VISIBLE} OR {OWN_CLASS} OR {RUN_HERE}")
        _policy(table, "INSERT", f"{IN_SCOPE} OR {OWN_CLASS} OR {RUN_HERE}")
    _policy("enrolments", "UPDATE", f"{IN_SCOPE} OR {OWN_CLASS} OR {RUN_HERE}")
    _policy("nominations", "SELECT", f"{VISIBLE} OR {RUN_HERE}")
    for command in ("INSERT", "UPDATE"):
        _policy("nominations", command, f"{IN_SCOPE} OR {RUN_HERE}")
    for command in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        _policy("attendances", command, OF_ENROLMENT)
    _policy("training_evidence", "SELECT", VISIBLE)
    # What somebody submits about themself is theirs to write until it is reviewed.
    for command in ("INSERT", "UPDATE"):
        _policy("training_evidence", command, f"{IN_SCOPE} OR {MYSELF}")
    _policy("certificates", "SELECT", f"{VISIBLE} OR {RUN_HERE}")
    for command in ("INSERT", "UPDATE"):
        _policy("certificates", command, f"{IN_SCOPE} OR {RUN_HERE}")
    _policy("training_standing", "SELECT", VISIBLE)
    for table in SEARCHED:
        _policy(table, "SELECT", "true", "hrms_search")
    for command in ("INSERT", "UPDATE", "DELETE"):
        _policy("training_standing", command, "true", "hrms_search")
    op.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'person_education'"
        " AND policyname = 'person_education_select_search') THEN"
        " CREATE POLICY person_education_select_search ON person_education FOR SELECT TO hrms_search USING (true);"
        " END IF; END $$"
    )


def downgrade() -> None:
    op.execute("DROP VIEW class_roster")
    for name, _script in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    for table in (
        "training_standing", "certificates", "credit_entries", "training_evidence", "attendances", "nominations",
        "enrolments", "class_sessions", "class_trainers", "training_classes",
    ):  # fmt: skip
        op.drop_table(table)
