"""From a vacancy to a submitted proposal: a line, a person, the fit, and up it goes; and the search box over lines."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.positions.queries import choosing
from hrms.positions.routes.base import blueprint

Propose = Permission.DECISIONS_PROPOSE


@blueprint.route("/positions/lines/choices", access=Propose)
def line_choices() -> ResponseReturnValue:
    """Answer a search box with lines in the reader's scope, the seats still free beside each."""
    actor()
    found = choosing.list_choices(request.args.get("q", "")[:200])
    items = [
        {"value": one["value"], "label": one["label"], "note": _("còn %(free)s/%(seats)s chỗ", **one)}
        for one in found["items"]
    ]
    return jsonify(items=items, more=found["more"])
