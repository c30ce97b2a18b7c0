"""How a decision is numbered, who may sign it, which path it takes. Pure functions."""

from hrms.decisions.rules.register import (
    FIRST_DAY,
    KIND_LABELS,
    DecisionKind,
    Reference,
    check_dates,
    check_reference,
    check_texts,
    normal_number,
    parse_reference,
)

__all__ = [
    "FIRST_DAY",
    "KIND_LABELS",
    "DecisionKind",
    "Reference",
    "check_dates",
    "check_reference",
    "check_texts",
    "normal_number",
    "parse_reference",
]
