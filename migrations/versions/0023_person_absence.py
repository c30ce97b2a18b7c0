"""The register of absences: a dated fact like the others, and who is away today in everybody's current row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0023_person_absence"
down_revision = "0022_person_papers"

VISIBLE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id)"
IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
FACTS = ("person_status", "person_agency", "person_post", "person_rank", "person_allowance")
CURRENT = ("absent_as", "back_on")
AWAY = """
    LEFT JOIN person_absence away ON away.person_id = p.id AND away.superseded_at IS NULL
      AND away.valid_from <= today AND (away.valid_to IS NULL OR away.valid_to > today)
    LEFT JOIN LATERAL (
      SELECT min(d) AS on_date FROM ("""
CHANGES = """
        UNION ALL
        SELECT unnest(ARRAY[valid_from, valid_to]) FROM person_absence WHERE person_id = p.id AND superseded_at IS NULL
      ) AS days(d)"""


def upgrade() -> None:
    op.create_table(
        "person_absence",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("absence_kind", sa.Text(), nullable=False),
        sa.Column("expected_until", sa.Date(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("children", sa.Integer(), nullable=True),
        sa.Column("abroad", sa.Boolean(), nullable=True),
        sa.Column("prosecuted", sa.Boolean(), nullable=True),
        sa.Column("absence_reason", sa.Text(), nullable=True),
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
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_person_absence_overlap",
        ),
        sa.CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name=op.f("ck_person_absence_basis")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_person_absence_interval")),
        sa.CheckConstraint("children BETWEEN 1 AND 9", name=op.f("ck_person_absence_children")),
        sa.CheckConstraint("working_days BETWEEN 1 AND 400", name=op.f("ck_person_absence_working_days")),
        sa.CheckConstraint("expected_until >= valid_from", name=op.f("ck_person_absence_expected_until")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_person_absence_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_absence_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_absence")),
    )
    for column in ("batch_id", "decision_id"):
        op.create_index(
            f"ix_person_absence_{column}",
            "person_absence",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index("ix_person_absence_person_id", "person_absence", ["person_id", "valid_from"])
    op.create_index(
        "ix_person_absence_valid_from",
        "person_absence",
        ["valid_from"],
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.execute("ALTER TABLE person_absence ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE person_absence FORCE ROW LEVEL SECURITY")
    for command, clause in (
        ("SELECT", f"USING ({VISIBLE})"),
        ("INSERT", f"WITH CHECK ({IN_SCOPE})"),
        ("UPDATE", f"USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"),
        ("DELETE", f"USING ({IN_SCOPE})"),
    ):
        op.execute(
            f"CREATE POLICY person_absence_{command.lower()}_scope ON person_absence FOR {command} TO PUBLIC {clause}"
        )
    op.execute("CREATE POLICY person_absence_select_search ON person_absence FOR SELECT TO hrms_search USING (true)")
    op.execute("GRANT SELECT ON person_absence TO hrms_search")
    op.execute("GRANT SELECT, INSERT, UPDATE (superseded_at), DELETE ON person_absence TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")
    op.add_column("people_current", sa.Column("absent_as", sa.Text()))
    op.add_column("people_current", sa.Column("back_on", sa.Date()))
    op.create_index(
        "ix_people_current_absent_as",
        "people_current",
        ["absent_as", "sort_key", "person_id"],
        postgresql_where=sa.text("absent_as IS NOT NULL"),
    )
    _replace(_refresh(with_absences=True), _own(*FACTS, "person_papers", "person_absence"))


def downgrade() -> None:
    _replace(_refresh(with_absences=False), _own(*FACTS, "person_papers"))
    op.drop_index("ix_people_current_absent_as", "people_current")
    for column in CURRENT:
        op.drop_column("people_current", column)
    op.drop_table("person_absence")


def _replace(*scripts: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for script in scripts:
        op.execute(script)
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def _own(*tables: str) -> str:
    reads = " UNION ".join(
        f"SELECT decision_id FROM {table} WHERE person_id = hrms_person() AND decision_id IS NOT NULL"
        for table in tables
    )
    return (
        "CREATE OR REPLACE FUNCTION hrms_own_decisions() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $$ {reads} $$"
    )


def _refresh(*, with_absences: bool) -> str:
    """Return the statement of the first version; with absences, their columns and days put into it."""
    first = context.script.get_revision("0005_row_security").module
    columns = (*first.CURRENT[:-4], *CURRENT, *first.CURRENT[-4:]) if with_absences else first.CURRENT
    compared = [column for column in columns if column != "refreshed_at"]
    script: str = first.REFRESH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    if with_absences:
        script = _put(script, "AS old_data_facts,", "AS old_data_facts, away.absence_kind AS absent_as,"
                      "\n      coalesce(away.valid_to, away.expected_until + 1) AS back_on,")  # fmt: skip
        script = _put(script, "\n    LEFT JOIN LATERAL (\n      SELECT min(d) AS on_date FROM (", AWAY)
        script = _put(script, "\n      ) AS days(d)", CHANGES)
        script = _put(
            script,
            "+ (r.basis = 'old_data' AND r.basis IS NOT NULL)::integer)",
            "+ (r.basis = 'old_data' AND r.basis IS NOT NULL)::integer\n"
            "        + (away.basis = 'old_data' AND away.basis IS NOT NULL)::integer)",
        )
    for name, value in (
        ("columns", ", ".join(columns)),
        ("excluded", ", ".join(f"excluded.{column}" for column in columns)),
        ("compared", ", ".join(f"c.{column}" for column in compared)),
        ("excluded_compared", ", ".join(f"excluded.{column}" for column in compared)),
    ):
        script = script.replace("{" + name + "}", value)
    return script


def _put(script: str, old: str, new: str) -> str:
    if script.count(old) != 1:
        raise ValueError(f"the first version has {script.count(old)} times: {old}")
    return script.replace(old, new)
