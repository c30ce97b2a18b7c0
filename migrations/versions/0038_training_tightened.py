"""What a slip of the application could still write about learning: the database says no to it as well.

Whoever teaches a class is named by who runs it, or by who already teaches or has just made it: that name opens its
roster. A person comes into a class by somebody in whose part they are. What is written of a class is of its own
learners and its own days; nobody recognises hours of their own report; nobody rates a class they were not in.
"""

from __future__ import annotations

from alembic import op

revision = "0038_training_tightened"
down_revision = "0037_training_learnt"

IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
MYSELF = "person_id = (SELECT hrms_person())"
OWN_CLASS = "class_id IN (SELECT t.class_id FROM class_trainers t WHERE t.account_id = (SELECT hrms_account()))"
RUN_HERE = (
    "class_id IN (SELECT c.id FROM training_classes c JOIN agencies a ON a.id = c.agency_id"
    " WHERE a.scope_ids && (SELECT hrms_scope()))"
)
MADE_HERE = "class_id IN (SELECT c.id FROM training_classes c WHERE c.recorded_by = (SELECT hrms_account()))"
OF_ENROLMENT = "EXISTS (SELECT 1 FROM enrolments e WHERE e.id = enrolment_id)"
OF_OWN_LEARNER = (
    "EXISTS (SELECT 1 FROM enrolments e JOIN class_sessions s ON s.class_id = e.class_id"
    " WHERE e.id = attendances.enrolment_id AND s.id = attendances.session_id"
    f" AND (e.{OWN_CLASS} OR e.{RUN_HERE}))"
)
MATCHES = (
    "EXISTS (SELECT 1 FROM enrolments e WHERE e.id = {0}.enrolment_id AND e.class_id = {0}.class_id"
    " AND e.person_id = {0}.person_id)"
)
OWN_UNDECIDED = (
    "(person_id IS DISTINCT FROM (SELECT hrms_person())"
    " OR state IN ('submitted', 'returned', 'withdrawn') AND recognised_hours IS NULL)"
)
NEW = {
    ("enrolments", "INSERT"): IN_SCOPE,
    ("nominations", "INSERT"): f"{IN_SCOPE} AND {MATCHES.format('nominations')}",
    ("nominations", "UPDATE"): IN_SCOPE,
    **{("attendances", command): OF_OWN_LEARNER for command in ("INSERT", "UPDATE", "DELETE")},
    ("credit_entries", "INSERT"): (
        f"(enrolment_id IS NULL OR {MATCHES.format('credit_entries')})"
        f" AND ({IN_SCOPE} OR source IN ('class', 'reversal') AND enrolment_id IS NOT NULL AND ({OWN_CLASS} OR {RUN_HERE}))"
    ),
    ("certificates", "INSERT"): f"({IN_SCOPE} OR {RUN_HERE}) AND {MATCHES.format('certificates')}",
    **{("training_evidence", command): f"({IN_SCOPE} OR {MYSELF}) AND {OWN_UNDECIDED}" for command in ("INSERT",)},
    ("class_ratings", "INSERT"): f"{MYSELF} AND {MATCHES.format('class_ratings')}",
}
"""What a row has to be to be written, by table and command."""
OLD = {
    ("enrolments", "INSERT"): f"{IN_SCOPE} OR {RUN_HERE}",
    ("nominations", "INSERT"): f"{IN_SCOPE} OR {RUN_HERE}",
    ("nominations", "UPDATE"): f"{IN_SCOPE} OR {RUN_HERE}",
    **{("attendances", command): OF_ENROLMENT for command in ("INSERT", "UPDATE", "DELETE")},
    ("credit_entries", "INSERT"): f"{IN_SCOPE} OR {OWN_CLASS} OR {RUN_HERE}",
    ("certificates", "INSERT"): f"{IN_SCOPE} OR {RUN_HERE}",
    ("training_evidence", "INSERT"): f"{IN_SCOPE} OR {MYSELF}",
    ("class_ratings", "INSERT"): MYSELF,
}
FIXED = {
    "training_classes": ("id", "agency_id", "course_id"),
    "class_sessions": ("id", "class_id"),
    "attendances": ("enrolment_id", "session_id"),
    "training_evidence": ("id", "person_id"),
    "class_ratings": ("enrolment_id", "class_id", "person_id"),
}
"""Columns that say whose a row is: written once."""


def upgrade() -> None:
    for (table, command), clause in NEW.items():
        _put(table, command, clause)
    # Read under the old condition, so that a decided report is found and the refusal says so.
    op.execute("DROP POLICY training_evidence_update_scope ON training_evidence")
    op.execute(
        f"CREATE POLICY training_evidence_update_scope ON training_evidence FOR UPDATE TO PUBLIC"
        f" USING ({IN_SCOPE} OR {MYSELF}) WITH CHECK (({IN_SCOPE} OR {MYSELF}) AND {OWN_UNDECIDED})"
    )
    for table, fixed in FIXED.items():
        op.execute(f"REVOKE UPDATE ON {table} FROM hrms_app")
        op.execute(
            f"DO $$ BEGIN EXECUTE (SELECT 'GRANT UPDATE (' || string_agg(quote_ident(attname), ', ') || ') ON {table}"
            f" TO hrms_app' FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0"
            f" AND NOT attisdropped AND attname <> ALL ('{{{', '.join(fixed)}}}')); END $$"
        )
    op.execute("ALTER TABLE class_trainers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE class_trainers FORCE ROW LEVEL SECURITY")
    for command, clause in (
        ("SELECT", "USING (true)"),
        ("INSERT", f"WITH CHECK ({RUN_HERE} OR {OWN_CLASS} OR {MADE_HERE})"),
        ("DELETE", f"USING ({RUN_HERE} OR {OWN_CLASS})"),
    ):
        op.execute(
            f"CREATE POLICY class_trainers_{command.lower()}_scope ON class_trainers FOR {command} TO PUBLIC {clause}"
        )


def downgrade() -> None:
    for command in ("select", "insert", "delete"):
        op.execute(f"DROP POLICY class_trainers_{command}_scope ON class_trainers")
    op.execute("ALTER TABLE class_trainers NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE class_trainers DISABLE ROW LEVEL SECURITY")
    for table, fixed in FIXED.items():
        op.execute(f"GRANT UPDATE ({', '.join(fixed)}) ON {table} TO hrms_app")
        op.execute(f"GRANT UPDATE ON {table} TO hrms_app")
    _put("training_evidence", "UPDATE", f"{IN_SCOPE} OR {MYSELF}")
    for (table, command), clause in OLD.items():
        _put(table, command, clause)


def _put(table: str, command: str, clause: str) -> None:
    parts = {
        "INSERT": f"WITH CHECK ({clause})", "UPDATE": f"USING ({clause}) WITH CHECK ({clause})",
        "DELETE": f"USING ({clause})",
    }  # fmt: skip
    name = f"{table}_{command.lower()}_scope"
    op.execute(f"DROP POLICY {name} ON {table}")
    op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO PUBLIC {parts[command]}")
