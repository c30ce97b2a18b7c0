"""Performance: criteria, products, work, score sheets, rating rounds, and what follows a class."""

from hrms.performance.models.criteria import AgencyRegulation, CriteriaSet, CriteriaVersion
from hrms.performance.models.outcomes import Petition, RatingConsequence, ResultReport
from hrms.performance.models.products import ProductCatalogue, WorkProduct
from hrms.performance.models.rounds import (
    OrganisationRating,
    Rating,
    RatingChange,
    RatingGroup,
    RatingMinutes,
    RatingRound,
    SelfRating,
)
from hrms.performance.models.sheets import ScoreSheet, ScoringPeriod, SheetEvent
from hrms.performance.models.work import WorkFinding, WorkItem, WorkObjective

__all__ = [
    "AgencyRegulation",
    "CriteriaSet",
    "CriteriaVersion",
    "OrganisationRating",
    "Petition",
    "ProductCatalogue",
    "Rating",
    "RatingChange",
    "RatingConsequence",
    "RatingGroup",
    "RatingMinutes",
    "RatingRound",
    "ResultReport",
    "ScoreSheet",
    "ScoringPeriod",
    "SelfRating",
    "SheetEvent",
    "WorkFinding",
    "WorkItem",
    "WorkObjective",
    "WorkProduct",
]
