"""An agency's approved list of positions from a workbook: read, shown with what is refused, written at once, undone."""
