"""Decisions on paper: drafts, the registered decision, tờ trình, the checking sheet. Between queries and routes.

Papers are Vietnamese whatever language their reader works in. What a signed paper says was kept when it was signed
(`wording.keep()`); a draft is worded from the records as they stand.
"""

from hrms.decisions.papers.making import (
    checking_sheet,
    decision_of,
    decisions_of,
    is_printable,
    kind_key,
    submission_paper,
)
from hrms.decisions.papers.wording import keep
from hrms.decisions.samples import SHEET_KEY, SUBMISSION_KEY

__all__ = [
    "SHEET_KEY",
    "SUBMISSION_KEY",
    "checking_sheet",
    "decision_of",
    "decisions_of",
    "is_printable",
    "keep",
    "kind_key",
    "submission_paper",
]
