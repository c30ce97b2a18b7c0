"""Pages that let one see: a person's points over time, what is late, how points and classes are spread."""

from __future__ import annotations

from hrms.performance.routes.seeing import board, charts, person

__all__ = ["board", "charts", "person"]
