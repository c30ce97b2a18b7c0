"""`/training/verify`: anybody checks a certificate by its number and check code."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hrms.core.unit import transaction
from hrms.core.web import PUBLIC
from hrms.training.routes.base import blueprint
from hrms.training.rules.certificates import CODE_MOST, NUMBER_MOST, VALIDITY_LABELS, Validity
from hrms.training.services import verifying

TONES = {Validity.VALID: "ok", Validity.EXPIRED: "warn", Validity.REVOKED: "bad"}


@blueprint.route("/training/verify", access=PUBLIC)
def verify() -> ResponseReturnValue:
    """Show the form; with a number or a code in the address, what they stand for.

    Every wrong number or code has one and the same answer. 429 when an address has asked too often.
    """
    number, code = request.args.get("number", ""), request.args.get("code", "")
    found = None
    if number or code:
        with transaction():
            found = verifying.look_up(request.remote_addr or "", number, code)
    page = render_template(
        "training/verify.html",
        found=found,
        number=number[:NUMBER_MOST],
        code=code[:CODE_MOST],
        words=VALIDITY_LABELS,
        tones=TONES,
        minutes=verifying.MINUTES,
    )
    if found is not None and found.limited:
        return page, 429, {"Retry-After": str(verifying.MINUTES * 60)}
    return page
