"""Writes: the register, the path from draft to force, numbers, scans. The actor first; nothing here commits."""

from hrms.decisions.services.register import (
    CORRECTABLE,
    cite,
    cite_many,
    correct,
    export,
    find_or_register,
    from_form,
    may_change,
    register,
    withdraw,
)

__all__ = [
    "CORRECTABLE",
    "cite",
    "cite_many",
    "correct",
    "export",
    "find_or_register",
    "from_form",
    "may_change",
    "register",
    "withdraw",
]
