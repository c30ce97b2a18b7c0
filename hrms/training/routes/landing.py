"""`/training`: where each reader begins."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.web import actor
from hrms.training.routes.base import blueprint

P = Permission
_BEGINNINGS: tuple[tuple[Permission, str], ...] = (
    (P.TRAINING_VIEW, "training.compliance"),
    (P.TRAINING_TEACH, "training.desk"),
)


@blueprint.route("/training", access=(P.TRAINING_VIEW, P.TRAINING_TEACH, P.SELF_VIEW))
def index() -> ResponseReturnValue:
    """Send HR, heads and inspectors to who owes what, trainers to their classes, everybody else to their own hours."""
    who = actor()
    for permission, endpoint in _BEGINNINGS:
        if who.may(permission):
            return redirect(url_for(endpoint))
    if who.person_id is None:
        raise Forbidden(Problem("", "no_record", N_("Tài khoản này không gắn với hồ sơ nào nên không có mục đào tạo.")))
    return redirect(url_for("training.person", person_id=who.person_id))
