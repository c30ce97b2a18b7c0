"""One's own pay slips: those approved, by year, with what earlier months brought."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.queries import payouts
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words as share_words
from hrms.pay.routes.sheets import words
from hrms.pay.rules.schemes import PURPOSE_LABELS, STEP_WORDS

P = Permission


def years_of(slips: Sequence[Any]) -> list[tuple[int, list[Any], dict[str, Decimal]]]:
    """Return slips by year, newest first, each year with its sums in đồng."""
    found = []
    for year, rows in groupby(slips, key=lambda row: int(row.month.year)):
        kept = list(rows)
        sums = {
            name: sum((getattr(row, name) for row in kept), Decimal(0))
            for name in ("gross", "deductions", "employer", "net", "arrears")
        }
        found.append((year, kept, sums))
    return found


@blueprint.route("/pay/own", access=P.SELF_VIEW)
def own() -> ResponseReturnValue:
    """List the reader's own approved slips by year."""
    who = actor()
    slips = [row for row in pages.list_of_person(who.person_id) if row.state == "approved"] if who.person_id else []
    return render_template(
        "pay/sheets/own.html", years=years_of(slips), words=words, is_person=who.person_id is not None,
        person_id=who.person_id,
        **shares_of(who.person_id),
    )  # fmt: skip


def shares_of(person_id: int | None) -> dict[str, Any]:
    """Return somebody's decided shares of incentive funds, with what the part of a page needs to show them."""
    return {
        "shares": payouts.of_person(person_id) if person_id else (), "share_words": share_words,
        "purpose_labels": PURPOSE_LABELS, "step_words": STEP_WORDS,
    }  # fmt: skip
