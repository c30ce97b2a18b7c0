"""One share with every step of it, for who shares and for whose it is."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.queries import payouts as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words
from hrms.pay.rules.schemes import PAYOUT_STATES, PURPOSE_LABELS, PayoutState
from hrms.people.counting import count_shown

P = Permission


@blueprint.route("/pay/incentives/shares/<int:share_id>", access=(P.PAY_VIEW, P.SELF_VIEW))
def incentive_share(share_id: int) -> ResponseReturnValue:
    """Show a share: the months, the class, the weight, what was paid before, what is left to pay or to give back."""
    who = actor()
    one, row = queries.get_share(who, share_id)
    sees = who.may(P.PAY_VIEW, at=one.agency.scope_ids)
    if sees:
        count_shown({row.person_id})
    crumbs = words.crumbs(one) if sees else [(_("Lương của tôi"), url_for("pay.own"))]
    return render_template(
        "pay/incentives/share.html", one=one, row=row, found=one.found, agency=one.agency, words=words, crumbs=crumbs,
        state=PayoutState(one.found.state), state_labels=PAYOUT_STATES, purpose_labels=PURPOSE_LABELS, sees=sees,
        reasons=words.share_reasons(one, row),
        fund_reasons=queries.read_reasons(one.found.reasons) if sees else [],
    )  # fmt: skip
