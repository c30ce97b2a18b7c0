"""Whoever only teaches a class enrols nobody and swaps nobody: a roster tells the name of whoever is in it.

Learners come into a class by those who see them or by the agency that runs it. A trainer writes outcome and mark.
"""

from __future__ import annotations

from alembic import op

revision = "0036_own_class_no_enrolling"
down_revision = "0035_training_owed"

IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
OWN_CLASS = "class_id IN (SELECT t.class_id FROM class_trainers t WHERE t.account_id = (SELECT hrms_account()))"
RUN_HERE = (
    "class_id IN (SELECT c.id FROM training_classes c JOIN agencies a ON a.id = c.agency_id"
    " WHERE a.scope_ids && (SELECT hrms_scope()))"
)
WRITTEN = "state, nominated_at, decision_id, mark, closed_on, reason, recorded_at, recorded_by, version"


def upgrade() -> None:
    op.execute("DROP POLICY enrolments_insert_scope ON enrolments")
    op.execute(
        f"CREATE POLICY enrolments_insert_scope ON enrolments FOR INSERT TO PUBLIC WITH CHECK ({IN_SCOPE} OR {RUN_HERE})"
    )
    op.execute("REVOKE UPDATE ON enrolments FROM hrms_app")
    op.execute(f"GRANT UPDATE ({WRITTEN}) ON enrolments TO hrms_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE ON enrolments FROM hrms_app")
    op.execute("GRANT UPDATE ON enrolments TO hrms_app")
    op.execute("DROP POLICY enrolments_insert_scope ON enrolments")
    op.execute(
        "CREATE POLICY enrolments_insert_scope ON enrolments FOR INSERT TO PUBLIC"
        f" WITH CHECK ({IN_SCOPE} OR {OWN_CLASS} OR {RUN_HERE})"
    )
