"""Training: courses, requirements, plans, classes, the ledger of credits, commitments, and what follows a class."""

from hrms.training.models.after import ClassRating, ImpactCheck
from hrms.training.models.catalogue import Course, CourseVersion, TrainingProvider
from hrms.training.models.classes import Attendance, ClassSession, ClassTrainer, Enrolment, Nomination, TrainingClass
from hrms.training.models.ledger import Certificate, CreditEntry, TrainingEvidence, TrainingStanding
from hrms.training.models.payback import RepaymentPayment, TrainingCommitment, TrainingRepayment
from hrms.training.models.plans import TrainingPlan, TrainingPlanLine
from hrms.training.models.requirements import RecognitionRule, RequirementVersion, TrainingRequirement
from hrms.training.models.verifying import CertificateLookup

__all__ = [
    "Attendance",
    "Certificate",
    "CertificateLookup",
    "ClassRating",
    "ClassSession",
    "ClassTrainer",
    "Course",
    "CourseVersion",
    "CreditEntry",
    "Enrolment",
    "ImpactCheck",
    "Nomination",
    "RecognitionRule",
    "RepaymentPayment",
    "RequirementVersion",
    "TrainingClass",
    "TrainingCommitment",
    "TrainingEvidence",
    "TrainingPlan",
    "TrainingPlanLine",
    "TrainingProvider",
    "TrainingRepayment",
    "TrainingRequirement",
    "TrainingStanding",
]
