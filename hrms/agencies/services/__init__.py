"""Writes of the agency tree: one verb per function, actor first; nothing here commits."""

from hrms.agencies.services.bulk import NewAgency, create_many
from hrms.agencies.services.exporting import export
from hrms.agencies.services.lifecycle import (
    CONTACTS,
    close_agency,
    create_agency,
    edit_contacts,
    move_agency,
    rename_agency,
    reopen_agency,
)
from hrms.agencies.services.tree import refresh_due, refresh_tree

__all__ = [
    "CONTACTS",
    "NewAgency",
    "close_agency",
    "create_agency",
    "create_many",
    "edit_contacts",
    "export",
    "move_agency",
    "refresh_due",
    "refresh_tree",
    "rename_agency",
    "reopen_agency",
]
