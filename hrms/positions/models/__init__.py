"""Job positions: the catalogue, frames, the establishment, assignments, schemes."""

from hrms.positions.models.assignments import Assignment, CompetencyAssessment, PositionGap
from hrms.positions.models.catalogue import Competency, CompetencyLevel, JobPosition
from hrms.positions.models.establishment import EstablishmentLine, Overage, QuotaMovement, SeatReservation
from hrms.positions.models.frames import FrameVersion, PositionFrame
from hrms.positions.models.schemes import PositionScheme, SchemeLine, SchemeStep, SchemeWork

__all__ = [
    "Assignment",
    "Competency",
    "CompetencyAssessment",
    "CompetencyLevel",
    "EstablishmentLine",
    "FrameVersion",
    "JobPosition",
    "Overage",
    "PositionFrame",
    "PositionGap",
    "PositionScheme",
    "QuotaMovement",
    "SchemeLine",
    "SchemeStep",
    "SchemeWork",
    "SeatReservation",
]
