"""Pages of job-position schemes: the list, the guided path in six steps, the comparison, the way, the papers."""

from hrms.positions.routes.schemes import deciding, inventory, lines, listing, papers

__all__ = ["deciding", "inventory", "lines", "listing", "papers"]
