"""The register of decisions, the drafts on their way to it, and who may sign what."""

from hrms.decisions.models.powers import DecentralisationRule
from hrms.decisions.models.register import Decision, DecisionRelation, DecisionScan, NumberBook
from hrms.decisions.models.submissions import Submission, SubmissionLine, SubmissionStep

__all__ = [
    "DecentralisationRule",
    "Decision",
    "DecisionRelation",
    "DecisionScan",
    "NumberBook",
    "Submission",
    "SubmissionLine",
    "SubmissionStep",
]
