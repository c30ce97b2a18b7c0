"""The record's tab about pay: what the pay rests on, the slips by year, how coefficient and allowances came about."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import words
from hrms.pay.routes.sheets.own import shares_of, years_of
from hrms.people.queries import codes, showing
from hrms.people.queries.record import FactRow
from hrms.people.routes.page import page, read

P = Permission
SEES = (P.PAY_VIEW, P.SELF_VIEW)
KINDS = ("rank", "post", "allowance")


@blueprint.route("/people/<int:person_id>/pay", access=SEES)
def person(person_id: int) -> ResponseReturnValue:
    """Show one person's pay: the facts it rests on, their slips, and how these facts came about."""
    record = read(person_id)
    if not record.own:
        actor().require(P.PAY_VIEW, at=record.person.scope_ids)
    sees = record.may(P.PAY_VIEW)
    slips = [row for row in pages.list_of_person(person_id) if sees or row.state == "approved"]
    return page(
        "pay/sheets/person.html", record, years=years_of(slips), words=words, **shares_of(person_id),
        held=[(one, _said(one)) for kind in KINDS for one in record.in_force(kind)],
        history=[_line(one) for one in record.facts if one.kind in KINDS and one.known(record.known_on)],
    )  # fmt: skip


def _said(fact: FactRow) -> tuple[str, str]:
    """Return what a fact is and what it gives, in words."""
    if fact.kind == "rank":
        return _("Ngạch, bậc, hệ số"), showing.rank_words(fact)
    if fact.kind == "post":
        coefficient = fact.values.get("coefficient")
        given = _("hệ số %(value)s", value=words.plain(coefficient)) if coefficient else _("không có hệ số phụ cấp")
        return str(fact.values["post_name"]), given
    return codes.name("allowance_kinds", fact.values["allowance_kind"]), showing.measure(fact)


def _line(fact: FactRow) -> Any:
    title, rest = _said(fact)
    return {"title": title, "rest": rest, "from": fact.valid_from, "to": fact.valid_to, "old": fact.is_old_data}
