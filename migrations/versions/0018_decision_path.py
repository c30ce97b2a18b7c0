"""The path of decisions: submissions and their people, steps, who may sign, numbers, scans, what later papers change.

A submission is seen by its parties alone: `party_ids` holds 0 and the very agencies that take part, without those
above them, so the signer of one list never sees another's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0018_decision_path"
down_revision = "0017_people_sorting"

IN_PARTIES = "party_ids && (SELECT hrms_scope())"
OF_SUBMISSION = "EXISTS (SELECT 1 FROM submissions s WHERE s.id = submission_id)"
OF_DECISION = "EXISTS (SELECT 1 FROM decisions d WHERE d.id = decision_id)"
OPEN_LINES = sa.text("state IN ('pending', 'signed')")


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True)


def _recorded() -> list[sa.Column]:
    moment = sa.Column(
        "recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
    )
    return [moment, sa.Column("recorded_by", sa.BigInteger)]


def _version() -> sa.Column:
    return sa.Column("version", sa.BigInteger, nullable=False, server_default="1")


def _to(target: str, name: str, *, nullable: bool = False, cascade: bool = False) -> sa.Column:
    link = sa.ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None)
    return sa.Column(name, sa.BigInteger, link, nullable=nullable)


def upgrade() -> None:
    _powers()
    _submissions()
    _register()
    _lock()


def _powers() -> None:
    op.create_table(
        "decentralisation_rules",
        _id(),
        sa.Column("code", sa.Text, unique=True),
        *[sa.Column(name, sa.Text) for name in ("action", "person_kind", "post_group", "rank_code", "managing_kind", "using_kind")],
        _to("agencies", "managing_agency_id", nullable=True),
        sa.Column("proposes", sa.Text, nullable=False),
        sa.Column("appraises", sa.Text),
        sa.Column("signs", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        *_recorded(),
        _version(),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
    )
    op.create_index("ix_decentralisation_rules_action", "decentralisation_rules", ["action", "valid_from"])


def _submissions() -> None:
    op.create_table(
        "submissions",
        _id(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("one_paper", sa.Boolean, nullable=False),
        _to("agencies", "proposing_agency_id"),
        _to("agencies", "appraising_agency_id", nullable=True),
        _to("agencies", "signing_agency_id"),
        sa.Column("party_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("rule_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("split_key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("returned", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("grounds", ARRAY(sa.Text), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("proposed_by", sa.BigInteger),
        sa.Column("appraised_by", sa.BigInteger),
        *_recorded(),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _version(),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'appraised', 'signed', 'closed', 'dropped')", name="state"
        ),
    )
    op.create_index("ix_submissions_party_ids", "submissions", ["party_ids"], postgresql_using="gin")
    op.create_index("ix_submissions_state", "submissions", ["state", "id"])
    op.create_index("ix_submissions_split_of", "submissions", ["split_key"])
    op.create_table(
        "submission_lines",
        _id(),
        _to("submissions", "submission_id", cascade=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        _to("people", "person_id", cascade=True),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("staff_code", sa.Text),
        sa.Column("person_version", sa.BigInteger, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("conditions", JSONB, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
        sa.Column("signed_by", sa.BigInteger),
        sa.Column("signer_name", sa.Text),
        sa.Column("signer_title", sa.Text),
        sa.Column("signer_capacity", sa.Text),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        _to("decisions", "decision_id", nullable=True),
        sa.CheckConstraint("state IN ('pending', 'signed', 'refused', 'registered', 'dropped')", name="state"),
    )
    op.create_index("uq_submission_lines_person", "submission_lines", ["submission_id", "person_id"], unique=True)
    op.create_index(
        "uq_submission_lines_open", "submission_lines", ["person_id", "kind"], unique=True, postgresql_where=OPEN_LINES
    )
    op.create_index("ix_submission_lines_decision_id", "submission_lines", ["decision_id"])
    op.create_table(
        "submission_steps",
        _id(),
        _to("submissions", "submission_id", cascade=True),
        _to("submission_lines", "line_id", nullable=True, cascade=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("account_id", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
        _recorded()[0],
    )
    op.create_index("ix_submission_steps_submission_id", "submission_steps", ["submission_id", "id"])


def _register() -> None:
    op.create_table(
        "decision_relations",
        sa.Column(
            "decision_id", sa.BigInteger, sa.ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("target_id", sa.BigInteger, sa.ForeignKey("decisions.id"), primary_key=True),
        sa.Column("relation", sa.Text, nullable=False),
        sa.CheckConstraint("relation IN ('replaces', 'corrects', 'cancels')", name="relation"),
        sa.CheckConstraint("decision_id <> target_id", name="other"),
    )
    op.create_index("ix_decision_relations_target_id", "decision_relations", ["target_id"])
    op.create_table(
        "decision_scans",
        _id(),
        _to("decisions", "decision_id", cascade=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        *_recorded(),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_decision_scans_decision_id", "decision_scans", ["decision_id"])
    op.create_table(
        "number_books",
        _id(),
        _to("agencies", "agency_id"),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("next_number", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _version(),
    )
    op.create_index("uq_number_books_key", "number_books", ["agency_id", "year", "symbol"], unique=True)


def _policy(table: str, condition: str, *commands: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for command in commands:
        clause = {
            "SELECT": f"USING ({condition})",
            "INSERT": f"WITH CHECK ({condition})",
            "UPDATE": f"USING ({condition}) WITH CHECK ({condition})",
            "DELETE": f"USING ({condition})",
        }[command]
        op.execute(f"CREATE POLICY {table}_{command.lower()}_scope ON {table} FOR {command} {clause}")


def _lock() -> None:
    _policy("submissions", IN_PARTIES, "SELECT", "INSERT", "UPDATE")
    _policy("submission_lines", OF_SUBMISSION, "SELECT", "INSERT", "UPDATE", "DELETE")
    # Steps are written once.
    _policy("submission_steps", OF_SUBMISSION, "SELECT", "INSERT")
    _policy("decision_relations", OF_DECISION, "SELECT", "INSERT")
    _policy("decision_scans", OF_DECISION, "SELECT", "INSERT", "UPDATE")
    of_agency = "agency_id = ANY ((SELECT hrms_scope())::bigint[]) OR (SELECT hrms_scope()) @> ARRAY[0::bigint]"
    _policy("number_books", of_agency, "SELECT", "INSERT", "UPDATE")
    for table, rights in (
        ("decentralisation_rules", "SELECT, INSERT, UPDATE"),
        ("submissions", "SELECT, INSERT, UPDATE"),
        ("submission_lines", "SELECT, INSERT, UPDATE, DELETE"),
        ("submission_steps", "SELECT, INSERT"),
        ("decision_relations", "SELECT, INSERT"),
        ("decision_scans", "SELECT, INSERT, UPDATE"),
        ("number_books", "SELECT, INSERT, UPDATE"),
    ):
        op.execute(f"GRANT {rights} ON {table} TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")


def downgrade() -> None:
    for table in (
        "number_books", "decision_scans", "decision_relations", "submission_steps", "submission_lines", "submissions",
        "decentralisation_rules",
    ):  # fmt: skip
        op.drop_table(table)
