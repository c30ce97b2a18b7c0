"""The one blueprint of the record's pages."""

from hrms.core.web import HrmsBlueprint

blueprint = HrmsBlueprint("people", __name__)
