"""Writing to the trail, sealing it, proving the seals."""

from hrms.audit.services.exporting import export
from hrms.audit.services.recording import changed, mark_read, plain, record, record_many
from hrms.audit.services.sealing import Verdict, renumber, seal, seal_daily, verify

__all__ = [
    "Verdict",
    "changed",
    "export",
    "mark_read",
    "plain",
    "record",
    "record_many",
    "renumber",
    "seal",
    "seal_daily",
    "verify",
]
