"""Pages that look over the tree: establishment, vacancies, ranks and grades, retirement, what if, fitness."""

from __future__ import annotations

from hrms.positions.routes.seeing import fitting, limits, overview, retiring, trying, vacant

__all__ = ["fitting", "limits", "overview", "retiring", "trying", "vacant"]
