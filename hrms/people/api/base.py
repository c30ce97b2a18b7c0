"""The one API blueprint of the record."""

from hrms.core.web import ApiBlueprint

blueprint = ApiBlueprint("people_api", __name__, url_prefix="/people", description="Hồ sơ cán bộ, công chức, viên chức")
