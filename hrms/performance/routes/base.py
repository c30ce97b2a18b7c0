"""The one blueprint of the pages about performance."""

from hrms.core.web import HrmsBlueprint

blueprint = HrmsBlueprint("performance", __name__)
