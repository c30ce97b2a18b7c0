"""Who sits where: assignments and what hangs on them, beside the other facts of people, and in the current rows.

A seat may be held by somebody its own agency cannot see yet, so what is taken is told by a function, ids only. Counts
of a whole tree come from another: it reads people once, for the caller's own scope.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0028_assignments"
down_revision = "0027_positions"

VISIBLE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id)"
IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
FACTS = (
    "person_status", "person_agency", "person_post", "person_rank", "person_allowance", "person_papers",
    "person_absence",
)  # fmt: skip
CHILDREN = ("assignments", "competency_assessments", "position_gaps")
CURRENT = ("line_id", "position_id", "position_code")
LINE_IN_SCOPE = (
    "EXISTS (SELECT 1 FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id"
    " WHERE l.id = line_id AND a.scope_ids && (SELECT hrms_scope()))"
)
TODAY = "superseded_at IS NULL AND f.valid_from <= {day} AND (f.valid_to IS NULL OR f.valid_to > {day})"

SEAT = """
    LEFT JOIN LATERAL (
      SELECT f.line_id, l.position_id, l.code, j.name, f.basis FROM assignments f
      JOIN establishment_lines l ON l.id = f.line_id JOIN job_positions j ON j.id = l.position_id
      WHERE f.person_id = p.id AND f.slot = 0 AND f.superseded_at IS NULL AND f.valid_from <= today
        AND (f.valid_to IS NULL OR f.valid_to > today)) seat ON true
    LEFT JOIN LATERAL (
      SELECT min(d) AS on_date FROM ("""
CHANGES = """
        UNION ALL
        SELECT unnest(ARRAY[valid_from, valid_to]) FROM assignments WHERE person_id = p.id AND superseded_at IS NULL
      ) AS days(d)"""

SEATS_TAKEN = """
CREATE FUNCTION seats_taken(lines bigint[], first date, till date)
RETURNS TABLE (line_id bigint, person_id bigint, slot bigint, role text, valid_from date, valid_to date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT f.line_id, f.person_id, f.slot, f.role, f.valid_from, f.valid_to FROM assignments f
  WHERE f.line_id = ANY (lines) AND f.superseded_at IS NULL
    AND daterange(f.valid_from, f.valid_to) && daterange(first, till)
    AND EXISTS (SELECT 1 FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id
                WHERE l.id = f.line_id AND a.scope_ids && hrms_scope())
$$
"""
STAFF_AT = """
CREATE FUNCTION staff_at(on_date date)
RETURNS TABLE (person_id bigint, agency_id bigint, quota_kind text, line_id bigint, career_grade integer,
               rank_code text, absence_kind text, retires_on date, seconded_to bigint, post_code text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
  SELECT m.person_id, m.agency_id,
    coalesce(l.quota_kind, CASE s.kind WHEN 'public_employee' THEN 'public' WHEN 'contract' THEN 'contract'
                                       WHEN 'part_time' THEN 'contract' ELSE 'civil' END),
    seat.line_id, seat.career_grade, r.rank_code, away.absence_kind, c.retires_on, out.agency_id, post.post_code
  FROM person_agency m
  JOIN agencies a ON a.id = m.agency_id AND a.scope_ids && hrms_scope()
  JOIN person_status s ON s.person_id = m.person_id AND s.superseded_at IS NULL AND s.valid_from <= on_date
    AND (s.valid_to IS NULL OR s.valid_to > on_date) AND s.status NOT IN ('left', 'retired', 'deceased')
  LEFT JOIN assignments seat ON seat.person_id = m.person_id AND seat.slot = 0 AND seat.superseded_at IS NULL
    AND seat.valid_from <= on_date AND (seat.valid_to IS NULL OR seat.valid_to > on_date)
  LEFT JOIN establishment_lines l ON l.id = seat.line_id
  LEFT JOIN person_rank r ON r.person_id = m.person_id AND r.superseded_at IS NULL AND r.valid_from <= on_date
    AND (r.valid_to IS NULL OR r.valid_to > on_date)
  LEFT JOIN person_absence away ON away.person_id = m.person_id AND away.superseded_at IS NULL
    AND away.valid_from <= on_date AND (away.valid_to IS NULL OR away.valid_to > on_date)
  LEFT JOIN person_agency out ON out.person_id = m.person_id AND out.membership = 'seconded_in'
    AND out.superseded_at IS NULL AND out.valid_from <= on_date AND (out.valid_to IS NULL OR out.valid_to > on_date)
  LEFT JOIN person_post post ON post.person_id = m.person_id AND post.slot = 0 AND post.superseded_at IS NULL
    AND post.valid_from <= on_date AND (post.valid_to IS NULL OR post.valid_to > on_date)
  LEFT JOIN people_current c ON c.person_id = m.person_id
  WHERE m.membership = 'using' AND m.superseded_at IS NULL AND m.valid_from <= on_date
    AND (m.valid_to IS NULL OR m.valid_to > on_date)
$$
"""
OTHER_SEATS_AT = """
CREATE FUNCTION other_seats_at(on_date date)
RETURNS TABLE (person_id bigint, line_id bigint, role text, using_agency_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT f.person_id, f.line_id, f.role, m.agency_id
  FROM assignments f
  JOIN establishment_lines l ON l.id = f.line_id
  JOIN agencies a ON a.id = l.agency_id AND a.scope_ids && hrms_scope()
  LEFT JOIN person_agency m ON m.person_id = f.person_id AND m.membership = 'using' AND m.superseded_at IS NULL
    AND m.valid_from <= on_date AND (m.valid_to IS NULL OR m.valid_to > on_date)
  WHERE f.slot <> 0 AND f.superseded_at IS NULL AND f.valid_from <= on_date
    AND (f.valid_to IS NULL OR f.valid_to > on_date)
$$
"""
FUNCTIONS = (
    ("seats_taken(bigint[], date, date)", SEATS_TAKEN),
    ("staff_at(date)", STAFF_AT),
    ("other_seats_at(date)", OTHER_SEATS_AT),
)


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("career_grade", sa.Integer(), nullable=True),
        sa.Column("base_position_id", sa.BigInteger(), nullable=True),
        sa.Column("fit", sa.Text(), nullable=True),
        sa.Column("fit_by", sa.Text(), nullable=True),
        sa.Column("fit_note", sa.Text(), nullable=True),
        sa.Column("over_reason", sa.Text(), nullable=True),
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
            (sa.literal_column("person_id"), "="),
            (sa.literal_column("slot"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_assignments_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_assignments_basis")),
        sa.CheckConstraint("fit IN ('met', 'train', 'unmet')", name=op.f("ck_assignments_fit")),
        sa.CheckConstraint(
            "role IN ('main', 'concurrent', 'acting', 'in_charge', 'seconded')", name=op.f("ck_assignments_role")
        ),
        sa.CheckConstraint("slot = CASE WHEN role = 'main' THEN 0 ELSE line_id END", name=op.f("ck_assignments_slot")),
        sa.CheckConstraint("career_grade BETWEEN 1 AND 5", name=op.f("ck_assignments_career_grade")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_assignments_interval")),
        sa.ForeignKeyConstraint(
            ["base_position_id"], ["job_positions.id"], name=op.f("fk_assignments_base_position_id_job_positions")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_assignments_decision_id_decisions")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["establishment_lines.id"], name=op.f("fk_assignments_line_id_establishment_lines")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_assignments_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "ix_assignments_batch_id",
        "assignments",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_assignments_decision_id",
        "assignments",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index(
        "ix_assignments_line_id",
        "assignments",
        ["line_id", "valid_from"],
        unique=False,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("ix_assignments_person_id", "assignments", ["person_id", "valid_from"], unique=False)
    op.create_table(
        "competency_assessments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_competency_assessments_level")),
        sa.ForeignKeyConstraint(
            ["competency_code"],
            ["competencies.code"],
            name=op.f("fk_competency_assessments_competency_code_competencies"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_competency_assessments_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency_assessments")),
    )
    op.create_index(
        "uq_competency_assessments_day",
        "competency_assessments",
        ["person_id", "competency_code", "assessed_on"],
        unique=True,
    )
    op.create_table(
        "position_gaps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_position_gaps_decision_id_decisions")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["establishment_lines.id"], name=op.f("fk_position_gaps_line_id_establishment_lines")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_position_gaps_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_gaps")),
    )
    op.create_index(
        "ix_position_gaps_decision_id",
        "position_gaps",
        ["decision_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index(
        "uq_position_gaps_open",
        "position_gaps",
        ["person_id", "line_id", "requirement"],
        unique=True,
        postgresql_where=sa.text("settled_on IS NULL"),
    )
    op.create_table(
        "seat_reservations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'proposal') = (submission_id IS NOT NULL)", name=op.f("ck_seat_reservations_proposal")
        ),
        sa.CheckConstraint("kind IN ('proposal', 'recruitment')", name=op.f("ck_seat_reservations_kind")),
        sa.CheckConstraint("seats BETWEEN 1 AND 1000", name=op.f("ck_seat_reservations_seats")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_seat_reservations_interval")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_seat_reservations_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["establishment_lines.id"], name=op.f("fk_seat_reservations_line_id_establishment_lines")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_seat_reservations_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_seat_reservations_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_reservations")),
    )
    op.create_index(
        "ix_seat_reservations_line_id",
        "seat_reservations",
        ["line_id"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "uq_seat_reservations_proposal",
        "seat_reservations",
        ["submission_id", "person_id", "line_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.add_column("people_current", sa.Column("line_id", sa.BigInteger(), nullable=True))
    op.add_column("people_current", sa.Column("position_id", sa.BigInteger(), nullable=True))
    op.add_column("people_current", sa.Column("position_code", sa.Text(), nullable=True))
    op.create_index(
        "ix_people_current_position_id",
        "people_current",
        ["position_id"],
        unique=False,
        postgresql_where=sa.text("position_id IS NOT NULL"),
    )
    _guard()
    op.execute("GRANT SELECT ON assignments, establishment_lines, job_positions TO hrms_search")
    op.execute("GRANT SELECT, INSERT, UPDATE (superseded_at), DELETE ON assignments TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON competency_assessments, position_gaps TO hrms_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (released_at) ON seat_reservations TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    _replace(_refresh(with_seats=True), _own(*FACTS, "assignments"))
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for name, script in FUNCTIONS:
        op.execute(script)
        op.execute(f"ALTER FUNCTION {name} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for name, _script in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    _replace(_refresh(with_seats=False), _own(*FACTS))
    op.drop_index("ix_people_current_position_id", "people_current")
    for column in CURRENT:
        op.drop_column("people_current", column)
    for table in ("seat_reservations", *reversed(CHILDREN)):
        op.drop_table(table)


def _guard() -> None:
    for table in (*CHILDREN, "seat_reservations"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in CHILDREN:
        for command, clause in (
            ("SELECT", f"USING ({VISIBLE})"),
            ("INSERT", f"WITH CHECK ({IN_SCOPE})"),
            ("UPDATE", f"USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"),
            ("DELETE", f"USING ({IN_SCOPE})"),
        ):
            op.execute(f"CREATE POLICY {table}_{command.lower()}_scope ON {table} FOR {command} TO PUBLIC {clause}")
    for command, clause in (
        ("SELECT", f"USING ({LINE_IN_SCOPE})"),
        ("INSERT", f"WITH CHECK ({LINE_IN_SCOPE})"),
        ("UPDATE", f"USING ({LINE_IN_SCOPE}) WITH CHECK ({LINE_IN_SCOPE})"),
    ):
        op.execute(
            f"CREATE POLICY seat_reservations_{command.lower()}_scope ON seat_reservations FOR {command} TO PUBLIC"
            f" {clause}"
        )
    op.execute("CREATE POLICY assignments_select_search ON assignments FOR SELECT TO hrms_search USING (true)")


def _replace(*scripts: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for script in scripts:
        op.execute(script)
    op.execute("ALTER FUNCTION refresh_people(bigint[], date) SET plan_cache_mode = force_custom_plan")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def _own(*tables: str) -> str:
    script: str = context.script.get_revision("0023_person_absence").module._own(*tables)  # noqa: SLF001 - one chain
    return script


def _refresh(*, with_seats: bool) -> str:
    """Return the function as absences left it; with seats, their columns and days put into it."""
    earlier = context.script.get_revision("0023_person_absence").module
    script: str = earlier._refresh(with_absences=True)  # noqa: SLF001 - one chain
    if not with_seats:
        return script
    put = earlier._put  # noqa: SLF001 - one chain
    script = put(
        script, "p.unit_name, p.job_position,", "p.unit_name, coalesce(seat.name, p.job_position) AS job_position,"
    )
    script = put(
        script, "AS old_data_facts,",
        "AS old_data_facts, seat.line_id, seat.position_id, seat.code AS position_code,",
    )  # fmt: skip
    script = put(script, "\n    LEFT JOIN LATERAL (\n      SELECT min(d) AS on_date FROM (", SEAT)
    script = put(script, "\n      ) AS days(d)", CHANGES)
    script = put(
        script, "+ (away.basis = 'old_data' AND away.basis IS NOT NULL)::integer)",
        "+ (away.basis = 'old_data' AND away.basis IS NOT NULL)::integer\n"
        "        + (seat.basis = 'old_data' AND seat.basis IS NOT NULL)::integer)",
    )  # fmt: skip
    first = context.script.get_revision("0005_row_security").module
    old = (*first.CURRENT[:-4], *earlier.CURRENT, *first.CURRENT[-4:])
    new = (*old[:-4], *CURRENT, *old[-4:])
    for prefix, left in (("", ()), ("excluded.", ()), ("c.", ("refreshed_at",)), ("excluded.", ("refreshed_at",))):
        said = [", ".join(prefix + name for name in names if name not in left) for names in (old, new)]
        script = script.replace(said[0], said[1])
    return script
