"""What the import of an approved list needs to know of positions: what is wrong with rows, writing, undoing."""

from hrms.positions.importer.judging import Entry, Plan, judge
from hrms.positions.importer.writing import Told, Undone, apply_list, preview, undo_list

__all__ = ["Entry", "Plan", "Told", "Undone", "apply_list", "judge", "preview", "undo_list"]
