"""The tables whose rows the policies guard: those about people, and those beside them."""

from __future__ import annotations

from hrms.core.db import Base

_ALSO = {
    "people", "people_current", "decisions", "import_batches", "import_rows", "import_effects", "assignments",
    "competency_assessments", "position_gaps", "enrolments", "nominations", "attendances", "training_evidence",
    "credit_entries", "certificates", "training_standing", "training_commitments", "training_repayments",
    "repayment_payments", "class_ratings", "impact_checks", "score_sheets", "sheet_events", "work_items",
    "work_findings", "ratings", "rating_changes", "self_ratings", "petitions", "result_reports", "rating_consequences",
    "pay_slips", "pay_lines", "raise_items", "incentive_shares", "severance_cases", "insurance_changes",
}  # fmt: skip
ABOUT_PEOPLE = sorted(
    _ALSO | {name for name in Base.metadata.tables if name.startswith(("person_", "submission", "decision_"))}
)
GUARDED = sorted(
    [
        *ABOUT_PEOPLE, "audit_events", "number_books", "read_marks", "saved_filters", "tasks", "mapping_profiles",
        "accounts", "account_sessions", "stored_files", "role_grants", "api_tokens", "password_memory",
        "recovery_codes", "position_schemes", "scheme_lines", "scheme_steps", "scheme_works", "seat_reservations",
        "rating_rounds", "rating_minutes", "rating_groups", "pay_runs", "raise_lists", "early_quotas",
        "insurance_reports", "pay_scenarios", "incentive_rounds", "incentive_schemes",
    ]
)  # fmt: skip
