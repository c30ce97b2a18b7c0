"""Pages that look over the tree: who meets what they owe, who will miss by the end of the year, the reports."""

from __future__ import annotations

from hrms.training.routes.seeing import compliance, forecast, reports, spreading

__all__ = ["compliance", "forecast", "reports", "spreading"]
