"""A round by other schemes beside its own, before it is decided: nothing is written."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from itertools import pairwise
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hrms.core.formats import BadNumber, format_number, parse_decimal
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.queries import schemes
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words
from hrms.pay.routes.incentives.rounds import MOST_CHOICES, opened
from hrms.pay.rules.schemes import Terms
from hrms.pay.services import simulating
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass

P = Permission
MOST_AT_ONCE = 3
MOST_WEIGHT = 1_000_000
GRADED = (RatingClass.EXCELLENT, RatingClass.GOOD, RatingClass.SATISFACTORY, RatingClass.UNSATISFACTORY)


@blueprint.route("/pay/incentives/<int:incentive_id>/simulate", access=P.PAY_VIEW)
def simulate_incentive(incentive_id: int) -> ResponseReturnValue:
    """Show what other schemes (`?with=`, up to three) or other weights of this one would give the same people."""
    who, one = actor(), opened(incentive_id)
    page = schemes.list_schemes(who, schemes.SchemeFilters(), limit=MOST_CHOICES)
    offered: dict[str, tuple[str, Any]] = {
        f"s{row.id}": (row.found.name, schemes.terms_of(row.found)) for row in page.items if row.id != one.scheme.id
    }
    offered |= {f"m.{model.code}": (_("Mẫu: %(name)s", name=model.name), model.terms) for model in schemes.models()}
    picked = [key for key in dict.fromkeys(request.args.getlist("with")) if key in offered][:MOST_AT_ONCE]
    chosen = [offered[key] for key in picked]
    own, wrong = _own_weights(one.terms)
    if own is not None:
        chosen.append((_("Mức thử của bạn"), own))
    found = simulating.simulate(who, incentive_id, chosen)
    return render_template(
        "pay/incentives/simulate.html", one=one, found=found, first=found[0], words=words, picked=picked,
        compared=[simulating.compare(found[0], other) for other in found[1:]],
        bands=band_words(),
        choices=[("", _("— không so —")), *((key, name) for key, (name, _terms) in offered.items())],
        ratings=[rating for rating in RatingClass if any(rating in other.by_class for other in found)],
        class_labels=CLASS_LABELS, graded=GRADED, weights=_shown_weights(one.terms), wrong=wrong, most=MOST_AT_ONCE,
        title=_("So sánh phương án"), crumbs=words.crumbs(one),
    )  # fmt: skip


def _own_weights(terms: Terms) -> tuple[Terms | None, list[str]]:
    """Return the round's terms with the weights of the address, None without any; and those that are no numbers."""
    changed: dict[RatingClass, Decimal] = {}
    wrong = []
    for rating in GRADED:
        given = request.args.get(rating.value, "").strip()[:20]
        if not given:
            continue
        try:
            value = parse_decimal(given)
        except BadNumber:
            wrong.append(given)
            continue
        if not 0 <= value <= MOST_WEIGHT:
            wrong.append(given)
        elif value != terms.scheme.weights.get(rating):
            changed[rating] = value
    if not changed:
        return None, wrong
    scheme = dataclasses.replace(terms.scheme, weights={**terms.scheme.weights, **changed})
    return dataclasses.replace(terms, scheme=scheme), wrong


def _shown_weights(terms: Terms) -> dict[RatingClass, str]:
    return {
        rating: request.args.get(rating.value, "").strip()[:20] or format_number(terms.scheme.weights.get(rating))
        for rating in GRADED
    }


def band_words() -> list[str]:
    """Return the bands of change in words, from the largest loss to the largest gain."""
    ends = simulating.BANDS
    found = [_("giảm trên %(percent)s%%", percent=-ends[0])]
    for start, end in pairwise(ends):
        if end <= 0:
            found.append(_("giảm %(least)s–%(most)s%%", least=-end, most=-start))
        else:
            found.append(_("tăng %(least)s–%(most)s%%", least=start, most=end))
    return [*found, _("tăng trên %(percent)s%%, hoặc trước không có", percent=ends[-1])]
