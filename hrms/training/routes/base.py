"""The one blueprint of the pages about training."""

from hrms.core.web import HrmsBlueprint

blueprint = HrmsBlueprint("training", __name__)
