"""The one API blueprint of the record, and what every address under one person begins with."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from hrms.core.web import ApiBlueprint, actor
from hrms.people.counting import count_shown
from hrms.people.queries import record as reading

blueprint = ApiBlueprint("people_api", __name__, url_prefix="/people", description="Hồ sơ cán bộ, công chức, viên chức")


class OfPerson(MethodView):
    """What hangs on one person: 404 for one the reader may not see, before the body is read."""

    def dispatch_request(self, **given: Any) -> Any:
        """Read the person first."""
        if not actor().is_holder(given["person_id"]):
            count_shown([given["person_id"]])
        reading.get_record(actor(), given["person_id"])
        return super().dispatch_request(**given)
