"""Sheets, their work, rounds and classes: seen with the person; of oneself only what is one's own to say.

Whoever acts writes nothing about their own person but what they say of themself: the policies leave their own rows
out, a trigger keeps every other column as it was. What is published never changes; a correction is a new row.
Steps that choose nothing for anybody (opening, reckoning, publishing) run without a person.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040_performance_people"
down_revision = "0039_performance"

IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
MYSELF = "person_id = (SELECT hrms_person())"
ANOTHER = f"{IN_SCOPE} AND person_id IS DISTINCT FROM (SELECT hrms_person())"
OF_AGENCY = "EXISTS (SELECT 1 FROM agencies a WHERE a.id = agency_id AND a.scope_ids && (SELECT hrms_scope()))"
OF_ROUND = (
    "EXISTS (SELECT 1 FROM rating_rounds r JOIN agencies a ON a.id = r.agency_id"
    " WHERE r.id = round_id AND a.scope_ids && (SELECT hrms_scope()))"
)
OWN_SHEET = (
    "EXISTS (SELECT 1 FROM score_sheets s WHERE s.id = sheet_id AND s.person_id = (SELECT hrms_person())"
    " AND s.state IN ('open', 'self_scored', 'returned'))"
)
LOCKED = (
    "score_sheets", "sheet_events", "work_items", "work_findings", "rating_rounds", "rating_minutes", "rating_groups",
    "ratings", "rating_changes", "self_ratings", "petitions", "result_reports", "rating_consequences",
)  # fmt: skip
SEARCHED = (
    "score_sheets", "sheet_events", "work_items", "work_findings", "rating_rounds", "rating_groups", "ratings",
    "petitions", "result_reports", "rating_consequences",
)  # fmt: skip
OWN_WORDS = {
    "score_sheets": "'self_general', 'self_leader', 'self_note', 'self_score', 'self_at', 'state', 'version'",
    "work_items": "'reported', 'reported_on', 'progress', 'evidence', 'version'",
    "petitions": "'state', 'version'",
}
GUARD = """
CREATE FUNCTION {table}_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.person_id = hrms_person()
     AND to_jsonb(NEW) - ARRAY[{words}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{words}] THEN
    RAISE EXCEPTION 'own_row' USING ERRCODE = 'insufficient_privilege', TABLE = '{table}';
  END IF;
  RETURN NEW;
END $$
"""
FINAL = """
CREATE FUNCTION {table}_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['superseded_at', 'version']
     IS DISTINCT FROM to_jsonb(OLD) - ARRAY['superseded_at', 'version'] THEN
    RAISE EXCEPTION 'published' USING ERRCODE = 'insufficient_privilege', TABLE = '{table}';
  END IF;
  RETURN NEW;
END $$
"""
WORK_FINAL = """
CREATE FUNCTION work_items_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM score_sheets s WHERE s.id = OLD.sheet_id AND s.state = 'published') THEN
    RAISE EXCEPTION 'published' USING ERRCODE = 'insufficient_privilege', TABLE = 'work_items';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "score_sheets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("authority_id", sa.BigInteger(), nullable=True),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "self_general", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("self_leader", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("self_note", sa.Text(), nullable=True),
        sa.Column("self_score", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("self_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("general", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("leader", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("quality", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("progress", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("ratio", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("general_points", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("result_points", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("score", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scored_by", sa.BigInteger(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("kind IN ('month', 'quarter')", name=op.f("ck_score_sheets_kind")),
        sa.CheckConstraint(
            "number >= 1 AND number <= CASE kind WHEN 'month' THEN 12 ELSE 4 END", name=op.f("ck_score_sheets_number")
        ),
        sa.CheckConstraint("role IN ('staff', 'head', 'deputy')", name=op.f("ck_score_sheets_role")),
        sa.CheckConstraint("source IN ('scored', 'imported')", name=op.f("ck_score_sheets_source")),
        sa.CheckConstraint(
            "state IN ('open', 'self_scored', 'returned', 'scored', 'published')", name=op.f("ck_score_sheets_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('scored', 'published') OR score IS NOT NULL", name=op.f("ck_score_sheets_scored")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_score_sheets_agency_id_agencies")),
        sa.ForeignKeyConstraint(["authority_id"], ["agencies.id"], name=op.f("fk_score_sheets_authority_id_agencies")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["scoring_periods.id"], name=op.f("fk_score_sheets_period_id_scoring_periods")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_score_sheets_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["set_id"], ["criteria_sets.id"], name=op.f("fk_score_sheets_set_id_criteria_sets")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["score_sheets.id"], name=op.f("fk_score_sheets_supersedes_id_score_sheets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheets")),
    )
    op.create_index("ix_score_sheets_agency_id", "score_sheets", ["agency_id", "year", "kind", "number"], unique=False)
    op.create_index(
        "ix_score_sheets_authority_id",
        "score_sheets",
        ["authority_id", "state"],
        unique=False,
        postgresql_where=sa.text("state <> 'published' AND superseded_at IS NULL"),
    )
    op.create_index("ix_score_sheets_period_id", "score_sheets", ["period_id", "state"], unique=False)
    op.create_index(
        "uq_score_sheets_person",
        "score_sheets",
        ["person_id", "year", "kind", "number"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "sheet_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(collation="C"), nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheets.id"], name=op.f("fk_sheet_events_sheet_id_score_sheets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_events")),
    )
    op.create_index("ix_sheet_events_sheet_id", "sheet_events", ["sheet_id"], unique=False)
    op.create_table(
        "work_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("objective_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(collation="C"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("units", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("from_person_id", sa.BigInteger(), nullable=True),
        sa.Column("reported", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("failed_checks", sa.Integer(), nullable=False),
        sa.Column("late_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'taken_over') = (from_person_id IS NOT NULL)", name=op.f("ck_work_items_taken_over")
        ),
        sa.CheckConstraint("kind IN ('assigned', 'taken_over', 'ad_hoc')", name=op.f("ck_work_items_kind")),
        sa.CheckConstraint("reported IN ('open', 'done', 'impossible')", name=op.f("ck_work_items_reported")),
        sa.CheckConstraint("state IN ('proposed', 'given', 'refused', 'dropped')", name=op.f("ck_work_items_state")),
        sa.CheckConstraint("failed_checks >= 0 AND late_count >= 0", name=op.f("ck_work_items_counts")),
        sa.CheckConstraint("progress >= 0 AND progress <= 100", name=op.f("ck_work_items_progress")),
        sa.CheckConstraint("quantity > 0 AND quantity <= 100000", name=op.f("ck_work_items_quantity")),
        sa.CheckConstraint("units > 0 AND units <= 10000000", name=op.f("ck_work_items_units")),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["work_objectives.id"], name=op.f("fk_work_items_objective_id_work_objectives")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["work_products.id"], name=op.f("fk_work_items_product_id_work_products")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheets.id"], name=op.f("fk_work_items_sheet_id_score_sheets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_items")),
    )
    op.create_index(
        "ix_work_items_due_on",
        "work_items",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("due_on IS NOT NULL AND done IS NULL AND state = 'given'"),
    )
    op.create_index("ix_work_items_sheet_id", "work_items", ["sheet_id"], unique=False)
    op.create_table(
        "work_findings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("excused", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('failed_check', 'late')", name=op.f("ck_work_findings_kind")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_items.id"], name=op.f("fk_work_findings_item_id_work_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_findings")),
    )
    op.create_index("ix_work_findings_item_id", "work_findings", ["item_id"], unique=False)
    op.create_table(
        "rating_rounds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outstanding", sa.Boolean(), nullable=False),
        sa.Column("outstanding_basis", sa.Text(), nullable=True),
        sa.Column("quota_base", sa.Text(), nullable=False),
        sa.Column("quota_percent", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("rounding", sa.Text(), nullable=False),
        sa.Column("tie_order", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("organisation_class", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "quota_base IN ('final_good', 'initial_good', 'good_and_excellent')",
            name=op.f("ck_rating_rounds_quota_base"),
        ),
        sa.CheckConstraint("rounding IN ('unrounded', 'two_decimals')", name=op.f("ck_rating_rounds_rounding")),
        sa.CheckConstraint(
            "state IN ('collecting', 'proposed', 'meeting', 'decided', 'published', 'settled', 'cancelled')",
            name=op.f("ck_rating_rounds_state"),
        ),
        sa.CheckConstraint(
            "NOT outstanding OR outstanding_basis IS NOT NULL", name=op.f("ck_rating_rounds_outstanding")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_rating_rounds_agency_id_agencies")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_rating_rounds_decision_id_decisions")),
        sa.ForeignKeyConstraint(["set_id"], ["criteria_sets.id"], name=op.f("fk_rating_rounds_set_id_criteria_sets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_rounds")),
    )
    op.create_index("ix_rating_rounds_year", "rating_rounds", ["year", "agency_id"], unique=False)
    op.create_index(
        "uq_rating_rounds_agency",
        "rating_rounds",
        ["agency_id", "year", "set_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "rating_minutes",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_rating_minutes_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rating_rounds.id"],
            name=op.f("fk_rating_minutes_round_id_rating_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_rating_minutes")),
    )
    op.create_table(
        "rating_groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'approved')", name=op.f("ck_rating_groups_state")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rating_rounds.id"], name=op.f("fk_rating_groups_round_id_rating_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_groups")),
    )
    op.create_index("uq_rating_groups_code", "rating_groups", ["round_id", "code"], unique=True)
    op.create_table(
        "ratings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("months", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("causes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("mean", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("by_points", sa.Text(), nullable=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("final", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "by_points IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_ratings_by_points"),
        ),
        sa.CheckConstraint(
            "final IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')", name=op.f("ck_ratings_final")
        ),
        sa.CheckConstraint(
            "proposed IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_ratings_proposed"),
        ),
        sa.CheckConstraint("role IN ('staff', 'head', 'deputy')", name=op.f("ck_ratings_role")),
        sa.CheckConstraint("state = 'open' OR final IS NOT NULL", name=op.f("ck_ratings_decided")),
        sa.CheckConstraint("state IN ('open', 'decided', 'published')", name=op.f("ck_ratings_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_ratings_agency_id_agencies")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_ratings_decision_id_decisions")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["rating_groups.id"], name=op.f("fk_ratings_group_id_rating_groups"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_ratings_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rating_rounds.id"], name=op.f("fk_ratings_round_id_rating_rounds")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["ratings.id"], name=op.f("fk_ratings_supersedes_id_ratings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_round_id", "ratings", ["round_id", "agency_id"], unique=False)
    op.create_index(
        "ix_ratings_year",
        "ratings",
        ["year", "agency_id"],
        unique=False,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "uq_ratings_person",
        "ratings",
        ["person_id", "year"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "rating_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rating_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["ratings.id"], name=op.f("fk_rating_changes_rating_id_ratings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_changes")),
    )
    op.create_index("ix_rating_changes_rating_id", "rating_changes", ["rating_id"], unique=False)
    op.create_table(
        "self_ratings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("weaknesses", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "wanted IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_self_ratings_wanted"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_self_ratings_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rating_rounds.id"], name=op.f("fk_self_ratings_round_id_rating_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_ratings")),
    )
    op.create_index("ix_self_ratings_person_id", "self_ratings", ["person_id"], unique=False)
    op.create_index("uq_self_ratings_person", "self_ratings", ["round_id", "person_id"], unique=True)
    op.create_table(
        "petitions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rating_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("new_rating_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'rejected')) = (answer IS NOT NULL)", name=op.f("ck_petitions_answer")
        ),
        sa.CheckConstraint("state IN ('open', 'accepted', 'rejected', 'withdrawn')", name=op.f("ck_petitions_state")),
        sa.CheckConstraint(
            "wanted IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_petitions_wanted"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_petitions_agency_id_agencies")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_petitions_decision_id_decisions")),
        sa.ForeignKeyConstraint(["new_rating_id"], ["ratings.id"], name=op.f("fk_petitions_new_rating_id_ratings")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_petitions_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["ratings.id"], name=op.f("fk_petitions_rating_id_ratings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitions")),
    )
    op.create_index(
        "ix_petitions_due_on", "petitions", ["due_on"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_petitions_person_id", "petitions", ["person_id"], unique=False)
    op.create_index(
        "uq_petitions_open", "petitions", ["rating_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "result_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sending", sa.Text(collation="C"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('month', 'quarter', 'half_year', 'year')", name=op.f("ck_result_reports_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'confirmed', 'refused')", name=op.f("ck_result_reports_state")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_result_reports_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_result_reports_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["result_reports.id"], name=op.f("fk_result_reports_supersedes_id_result_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_reports")),
    )
    op.create_index(
        "ix_result_reports_agency_id", "result_reports", ["agency_id", "year", "kind", "number"], unique=False
    )
    op.create_index("ix_result_reports_person_id", "result_reports", ["person_id"], unique=False)
    op.create_index(
        "ix_result_reports_waiting",
        "result_reports",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "rating_consequences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rating_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "new IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_rating_consequences_new"),
        ),
        sa.CheckConstraint(
            "old IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')",
            name=op.f("ck_rating_consequences_old"),
        ),
        sa.CheckConstraint("state IN ('open', 'settled')", name=op.f("ck_rating_consequences_state")),
        sa.CheckConstraint("what IN ('bonus', 'extra_income', 'step_raise')", name=op.f("ck_rating_consequences_what")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_rating_consequences_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["ratings.id"], name=op.f("fk_rating_consequences_rating_id_ratings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_consequences")),
    )
    op.create_index("ix_rating_consequences_person_id", "rating_consequences", ["person_id"], unique=False)
    op.create_index("uq_rating_consequences_open", "rating_consequences", ["rating_id", "what"], unique=True)
    op.execute(
        "GRANT SELECT, INSERT, UPDATE ON score_sheets, work_items, rating_rounds, rating_minutes, rating_groups,"
        " ratings, self_ratings, petitions, result_reports, rating_consequences TO hrms_app"
    )
    op.execute("GRANT DELETE ON work_items, rating_groups TO hrms_app")
    op.execute("GRANT SELECT, INSERT ON sheet_events, rating_changes TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (withdrawn_on, withdrawn_reason) ON work_findings TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app, hrms_search")
    op.execute(f"GRANT SELECT ON {', '.join(SEARCHED)} TO hrms_search")
    op.execute("GRANT INSERT, UPDATE ON score_sheets, ratings TO hrms_search")
    op.execute("GRANT INSERT ON work_items, sheet_events, result_reports TO hrms_search")
    _guard()
    for table, words in OWN_WORDS.items():
        op.execute(GUARD.format(table=table, words=words))
        op.execute(
            f"CREATE TRIGGER {table}_own BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN (OLD.person_id = hrms_person() AND current_user <> 'hrms_search') EXECUTE FUNCTION {table}_own()"
        )
    for table in ("score_sheets", "ratings"):
        op.execute(FINAL.format(table=table))
        op.execute(
            f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            f" WHEN (OLD.state = 'published') EXECUTE FUNCTION {table}_final()"
        )
    op.execute(WORK_FINAL)
    op.execute(
        "CREATE TRIGGER work_items_final BEFORE UPDATE OR DELETE ON work_items FOR EACH ROW"
        " EXECUTE FUNCTION work_items_final()"
    )


def _policy(table: str, command: str, clause: str, role: str = "PUBLIC", check: str | None = None) -> None:
    who = "search" if role == "hrms_search" else "scope"
    parts = {
        "SELECT": f"USING ({clause})", "DELETE": f"USING ({clause})", "INSERT": f"WITH CHECK ({clause})",
        "UPDATE": f"USING ({clause}) WITH CHECK ({check or clause})",
    }  # fmt: skip
    op.execute(f"CREATE POLICY {table}_{command.lower()}_{who} ON {table} FOR {command} TO {role} {parts[command]}")


def _guard() -> None:
    for table in LOCKED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in ("score_sheets", "sheet_events", "work_items", "work_findings", "self_ratings", "petitions"):
        _policy(table, "SELECT", f"{IN_SCOPE} OR {MYSELF}")
    for table in ("result_reports", "rating_consequences", "rating_changes"):
        _policy(table, "SELECT", IN_SCOPE)
    # A class is nobody's to see before it is published, but of those who classify.
    _policy("ratings", "SELECT", f"{IN_SCOPE} OR ({MYSELF} AND state = 'published')")
    for table in (
        "work_findings",
        "ratings",
        "rating_changes",
        "result_reports",
        "rating_consequences",
        "score_sheets",
    ):
        _policy(table, "INSERT", ANOTHER)
    for table in ("work_findings", "ratings", "result_reports", "rating_consequences"):
        _policy(table, "UPDATE", ANOTHER)
    _policy(
        "score_sheets", "UPDATE", f"({ANOTHER}) OR ({MYSELF} AND state IN ('open', 'self_scored', 'returned'))",
        check=f"({ANOTHER}) OR ({MYSELF} AND state IN ('open', 'self_scored', 'returned'))",
    )  # fmt: skip
    _policy("sheet_events", "INSERT", f"{IN_SCOPE} OR {MYSELF}")
    mine = f"{MYSELF} AND {OWN_SHEET}"
    proposed = f"{mine} AND state = 'proposed' AND done IS NULL AND failed_checks = 0 AND late_count = 0"
    _policy("work_items", "INSERT", f"({ANOTHER}) OR ({proposed})")
    _policy("work_items", "UPDATE", f"({ANOTHER}) OR ({mine})")
    _policy("work_items", "DELETE", f"({ANOTHER}) OR ({proposed})")
    for command in ("INSERT", "UPDATE"):
        _policy("self_ratings", command, MYSELF)
    _policy("petitions", "INSERT", f"{MYSELF} AND state = 'open'")
    _policy(
        "petitions",
        "UPDATE",
        f"({ANOTHER}) OR ({MYSELF} AND state = 'open')",
        check=f"({ANOTHER}) OR ({MYSELF} AND state = 'withdrawn')",
    )
    _policy(
        "rating_rounds", "SELECT",
        f"{OF_AGENCY} OR id IN (SELECT s.round_id FROM self_ratings s WHERE s.person_id = (SELECT hrms_person()))"
        " OR id IN (SELECT t.round_id FROM ratings t WHERE t.person_id = (SELECT hrms_person()))",
    )  # fmt: skip
    for command in ("INSERT", "UPDATE"):
        _policy("rating_rounds", command, OF_AGENCY)
    for command in ("SELECT", "INSERT", "UPDATE"):
        _policy("rating_minutes", command, OF_AGENCY)
    for command in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        _policy("rating_groups", command, OF_ROUND)
    for table in SEARCHED:
        _policy(table, "SELECT", "true", "hrms_search")
    for table in ("score_sheets", "ratings"):
        for command in ("INSERT", "UPDATE"):
            _policy(table, command, "true", "hrms_search")
    for table in ("work_items", "sheet_events", "result_reports"):
        _policy(table, "INSERT", "true", "hrms_search")


def downgrade() -> None:
    # It reads two of the tables that go before its own.
    op.execute("DROP POLICY rating_rounds_select_scope ON rating_rounds")
    for table in (
        "rating_consequences", "result_reports", "petitions", "self_ratings", "rating_changes", "ratings",
        "rating_groups", "rating_minutes", "rating_rounds", "sheet_events", "work_findings", "work_items",
        "score_sheets",
    ):  # fmt: skip
        op.drop_table(table)
    for table in OWN_WORDS:
        op.execute(f"DROP FUNCTION {table}_own()")
    for table in ("score_sheets", "ratings", "work_items"):
        op.execute(f"DROP FUNCTION {table}_final()")
