"""Reads of the register and of what is on its way to it, under the reader's own scope."""

from hrms.decisions.queries.register import (
    CHOICES,
    COUNT_CAP,
    Filters,
    citations,
    count_decisions,
    find_by_reference,
    find_in_register,
    get_decision,
    issuer_key,
    issuer_names,
    list_all,
    list_choices,
    list_decisions,
    references,
    search_key,
)

__all__ = [
    "CHOICES",
    "COUNT_CAP",
    "Filters",
    "citations",
    "count_decisions",
    "find_by_reference",
    "find_in_register",
    "get_decision",
    "issuer_key",
    "issuer_names",
    "list_all",
    "list_choices",
    "list_decisions",
    "references",
    "search_key",
]
