"""Pages of what-if: scenarios, what they suppose, what they cost, several side by side."""

from hrms.pay.routes.whatif import changing, comparing, scenarios

__all__ = ["changing", "comparing", "scenarios"]
