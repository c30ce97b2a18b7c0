"""The one blueprint of the pages about pay."""

from hrms.core.web import HrmsBlueprint

blueprint = HrmsBlueprint("pay", __name__)
