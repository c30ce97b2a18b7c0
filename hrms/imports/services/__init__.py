"""Upload, map, check, apply, undo; and the exchange workbook that comes back without a change."""

from hrms.imports.services.batches import (
    ask_apply,
    ask_undo,
    cancel,
    change_mapping,
    create_batch,
    recheck,
    reopen_mapping,
)
from hrms.imports.services.profiles import save_profile

__all__ = [
    "ask_apply",
    "ask_undo",
    "cancel",
    "change_mapping",
    "create_batch",
    "recheck",
    "reopen_mapping",
    "save_profile",
]
