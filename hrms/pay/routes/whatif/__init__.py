"""Pages of what-if: scenarios, what they suppose, what they cost, several side by side."""

from hrms.pay.routes.whatif.changing import add_change
from hrms.pay.routes.whatif.comparing import compare
from hrms.pay.routes.whatif.scenarios import new_scenario

__all__ = ["add_change", "compare", "new_scenario"]
