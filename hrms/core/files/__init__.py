"""Files people bring along (signed scans, photographs, proofs), kept outside the web root under their hash.

A file is only bytes here: what it is about and who may read it is known to the table of the domain whose column holds
its hash. Such a column is `REFERENCES stored_files (sha256)` and stands in `hooks.file_columns`; the domain's route
checks its own row, then answers `send(get(row.file_hash), name)`.
"""

from hrms.core.files.accepting import PHOTOS, PROOFS, SCANS, Accepted, MediaType
from hrms.core.files.keeping import Stored, folder, get, keep, keep_portrait, path_of
from hrms.core.files.serving import send
from hrms.core.files.tending import check, sweep

__all__ = [
    "PHOTOS",
    "PROOFS",
    "SCANS",
    "Accepted",
    "MediaType",
    "Stored",
    "check",
    "folder",
    "get",
    "keep",
    "keep_portrait",
    "path_of",
    "send",
    "sweep",
]
