"""The one blueprint of the pages about positions."""

from hrms.core.web import HrmsBlueprint

blueprint = HrmsBlueprint("positions", __name__)
