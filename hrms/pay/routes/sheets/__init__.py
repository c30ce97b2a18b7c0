"""Pages of the monthly sheet: landing, months by agency, one sheet, slips, one's own, the record's tab, files."""

from hrms.pay.routes.sheets import landing, own, papers, person, run, runs, slip, steps

__all__ = ["landing", "own", "papers", "person", "run", "runs", "slip", "steps"]
