"""Job positions: the catalogues of the law, frames, the establishment and its ledger of quotas. Nothing about people.

The ledger is written once: the program may insert, never change or delete.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_positions"
down_revision = "0026_calendar"

TABLES = (
    "overages", "quota_movements", "establishment_lines", "frame_versions", "position_frames", "job_positions",
    "competency_levels", "competencies",
)  # fmt: skip
GRANTS = (
    "SELECT ON competencies, competency_levels",
    "SELECT, INSERT, UPDATE ON job_positions, position_frames, establishment_lines",
    "SELECT, INSERT, UPDATE (superseded_at) ON frame_versions, overages",
    "SELECT, INSERT ON quota_movements",
)


def upgrade() -> None:
    op.create_table(
        "competencies",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("competency_group", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_others", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "competency_group IN ('general', 'professional', 'management')",
            name=op.f("ck_competencies_competency_group"),
        ),
        sa.CheckConstraint("framework IN ('civil', 'public')", name=op.f("ck_competencies_framework")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_competencies")),
    )
    op.create_table(
        "competency_levels",
        sa.Column("competency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_others", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_competency_levels_level")),
        sa.ForeignKeyConstraint(
            ["competency_code"],
            ["competencies.code"],
            name=op.f("fk_competency_levels_competency_code_competencies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("competency_code", "level", name=op.f("pk_competency_levels")),
    )
    op.create_table(
        "job_positions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position_group", sa.Text(), nullable=False),
        sa.Column("quota_kind", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("ranks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("least_rank", sa.Text(), nullable=True),
        sa.Column("grade_min", sa.Integer(), nullable=True),
        sa.Column("grade_max", sa.Integer(), nullable=True),
        sa.Column("leadership_post", sa.Text(), nullable=True),
        sa.Column("keeps_base_grade", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("search_key", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "position_group IN ('leadership', 'professional', 'support')", name=op.f("ck_job_positions_position_group")
        ),
        sa.CheckConstraint("quota_kind IN ('civil', 'public', 'contract')", name=op.f("ck_job_positions_quota_kind")),
        sa.CheckConstraint(
            "grade_min >= 1 AND grade_max >= grade_min AND grade_max <= 5", name=op.f("ck_job_positions_grades")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_job_positions_interval")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_job_positions_decision_id_decisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_positions")),
        sa.UniqueConstraint("key", name=op.f("uq_job_positions_key")),
    )
    op.create_index("ix_job_positions_catalogue", "job_positions", ["catalogue", "place", "id"], unique=False)
    op.create_index("ix_job_positions_sort_key", "job_positions", ["sort_key", "id"], unique=False)
    op.create_table(
        "position_frames",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("position_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_position_frames_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["job_positions.id"], name=op.f("fk_position_frames_position_id_job_positions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_frames")),
    )
    op.create_index(
        "ix_position_frames_agency_id",
        "position_frames",
        ["agency_id"],
        unique=False,
        postgresql_where=sa.text("agency_id IS NOT NULL"),
    )
    op.create_index(
        "uq_position_frames_agency",
        "position_frames",
        ["position_id", "agency_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "frame_versions",
        sa.Column("frame_id", sa.BigInteger(), nullable=False),
        sa.Column("least_degree", sa.Text(), nullable=True),
        sa.Column("majors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("other_majors_with_certificate", sa.Boolean(), nullable=False),
        sa.Column("theory_level", sa.Text(), nullable=True),
        sa.Column("state_management_level", sa.Text(), nullable=True),
        sa.Column("it_level", sa.Text(), nullable=True),
        sa.Column("language_level", sa.Text(), nullable=True),
        sa.Column("certificates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("may_complete_later", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=True),
        sa.Column("grade_to", sa.Integer(), nullable=True),
        sa.Column("special_law", sa.Boolean(), nullable=False),
        sa.Column("experience_years", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
            (sa.literal_column("frame_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_frame_versions_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_frame_versions_basis")),
        sa.CheckConstraint("experience_years IS NULL OR special_law", name=op.f("ck_frame_versions_experience")),
        sa.CheckConstraint(
            "grade_from >= 1 AND grade_to >= grade_from AND grade_to <= 5", name=op.f("ck_frame_versions_grades")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_frame_versions_interval")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_frame_versions_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"],
            ["position_frames.id"],
            name=op.f("fk_frame_versions_frame_id_position_frames"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_versions")),
    )
    op.create_index(
        "ix_frame_versions_batch_id",
        "frame_versions",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_frame_versions_decision_id",
        "frame_versions",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index("ix_frame_versions_frame_id", "frame_versions", ["frame_id", "valid_from"], unique=False)
    op.create_table(
        "establishment_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("position_id", sa.BigInteger(), nullable=False),
        sa.Column("quota_kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("base_position_id", sa.BigInteger(), nullable=True),
        sa.Column("shares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "quota_kind IN ('civil', 'public', 'contract')", name=op.f("ck_establishment_lines_quota_kind")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_establishment_lines_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["base_position_id"],
            ["job_positions.id"],
            name=op.f("fk_establishment_lines_base_position_id_job_positions"),
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["job_positions.id"], name=op.f("fk_establishment_lines_position_id_job_positions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment_lines")),
    )
    op.create_index("ix_establishment_lines_position_id", "establishment_lines", ["position_id"], unique=False)
    op.create_index("uq_establishment_lines_position", "establishment_lines", ["agency_id", "position_id"], unique=True)
    op.create_table(
        "quota_movements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("quota_kind", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reserve", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_quota_movements_basis")),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_quota_movements_reversal")),
        sa.CheckConstraint(
            "kind IN ('assigned', 'adjusted', 'reserve', 'merged', 'closed', 'reversal')",
            name=op.f("ck_quota_movements_kind"),
        ),
        sa.CheckConstraint("quota_kind IN ('civil', 'public', 'contract')", name=op.f("ck_quota_movements_quota_kind")),
        sa.CheckConstraint("amount <> 0 AND abs(amount) <= 1000000", name=op.f("ck_quota_movements_amount")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_quota_movements_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_quota_movements_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["establishment_lines.id"], name=op.f("fk_quota_movements_line_id_establishment_lines")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["quota_movements.id"], name=op.f("fk_quota_movements_reverses_id_quota_movements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_movements")),
    )
    op.create_index("ix_quota_movements_agency_id", "quota_movements", ["agency_id", "effective_on"], unique=False)
    op.create_index(
        "ix_quota_movements_decision_id",
        "quota_movements",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index(
        "ix_quota_movements_line_id",
        "quota_movements",
        ["line_id", "effective_on"],
        unique=False,
        postgresql_where=sa.text("line_id IS NOT NULL"),
    )
    op.create_index("uq_quota_movements_reverses_id", "quota_movements", ["reverses_id"], unique=True)
    op.create_table(
        "overages",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("line_key", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("excess", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("solve_by", sa.Date(), nullable=True),
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
            (sa.literal_column("rule"), "="),
            (sa.literal_column("agency_id"), "="),
            (sa.literal_column("line_key"), "="),
            (sa.literal_column("level"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_overages_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_overages_basis")),
        sa.CheckConstraint(
            "rule IN ('quota', 'line', 'rank_ratio', 'grade_ratio', 'deputies', 'division_size')",
            name=op.f("ck_overages_rule"),
        ),
        sa.CheckConstraint("excess BETWEEN 1 AND 100000", name=op.f("ck_overages_excess")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_overages_interval")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_overages_agency_id_agencies")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_overages_decision_id_decisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overages")),
    )
    op.create_index("ix_overages_agency_id", "overages", ["agency_id"], unique=False)
    op.create_index(
        "ix_overages_batch_id", "overages", ["batch_id"], unique=False, postgresql_where=sa.text("batch_id IS NOT NULL")
    )
    op.create_index(
        "ix_overages_decision_id",
        "overages",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    for grant in GRANTS:
        op.execute(f"GRANT {grant} TO hrms_app")
    op.execute("GRANT SELECT ON agencies, job_positions, establishment_lines TO hrms_search")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
