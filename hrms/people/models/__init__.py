"""The civil servant's record: the person, the dated facts, the parts with dates of their own, and what is true now."""

from hrms.people.models.current import PersonCurrent
from hrms.people.models.facts import (
    FACTS,
    PersonAbsence,
    PersonAgency,
    PersonAllowance,
    PersonPost,
    PersonRank,
    PersonStatus,
)
from hrms.people.models.papers import PersonPaper
from hrms.people.models.parts import (
    PARTS,
    Discipline,
    Education,
    FamilyMember,
    ForeignTie,
    OldRegimeService,
    Rating,
    Reward,
    WorkPeriod,
)
from hrms.people.models.person import Person
from hrms.people.models.tables import PayScaleStep, Rank, RetirementMonth, SavedFilter

__all__ = [
    "FACTS",
    "PARTS",
    "Discipline",
    "Education",
    "FamilyMember",
    "ForeignTie",
    "OldRegimeService",
    "PayScaleStep",
    "Person",
    "PersonAbsence",
    "PersonAgency",
    "PersonAllowance",
    "PersonCurrent",
    "PersonPaper",
    "PersonPost",
    "PersonRank",
    "PersonStatus",
    "Rank",
    "Rating",
    "RetirementMonth",
    "Reward",
    "SavedFilter",
    "WorkPeriod",
]
