"""The one blueprint of the accounts' pages."""

from hrms.core.web import HrmsBlueprint

blueprint = HrmsBlueprint("accounts", __name__)
