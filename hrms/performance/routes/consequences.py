"""Pages of the money that rests on a class which was changed: what is still to be looked at again, and settling it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import Forbidden, Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.web import actor
from hrms.performance.forms import after as forms
from hrms.performance.papers.petition import class_words
from hrms.performance.queries import consequences as reading
from hrms.performance.queries.answering import may_touch
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.petitions import sent, version_of
from hrms.performance.routes.showing import show
from hrms.performance.rules.outcomes import CONSEQUENCE_LABELS, WHAT_LABELS, What
from hrms.performance.services import consequences as writing
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import send_names

P = Permission
EXPORT_ROWS = 100_000


@blueprint.route("/performance/consequences", access=P.PERFORMANCE_VIEW)
def consequences() -> ResponseReturnValue:
    """List what was paid or raised by a class that has changed since, the open ones unless asked otherwise."""
    part, narrowed = _asked()
    who = actor()
    found = reading.list_consequences(part, narrowed, after=request.args.get("after"))
    return show(
        "performance/after/consequences.html", page=found, part=part, counts=reading.count_consequences(part),
        narrowed=narrowed, what=_what, may_settle=who.may(P.PERFORMANCE_MANAGE), me=who.person_id,
        may_export=who.may(P.PEOPLE_EXPORT), states=_states(),
    )  # fmt: skip


@blueprint.route("/performance/consequences/export.xlsx", access=P.PERFORMANCE_VIEW)
def export_consequences() -> ResponseReturnValue:
    """Give the flags the page shows, all pages of them, as a workbook."""
    part, narrowed = _asked()
    actor().require(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None)
    found = reading.list_consequences(part, narrowed, limit=EXPORT_ROWS).items
    rows = [
        (
            row.full_name, row.staff_code, row.agency, row.year, _what(row), class_words(row.old),
            class_words(row.new), render(CONSEQUENCE_LABELS[row.state]), row.settled_on, row.note,
        )
        for row in found
    ]  # fmt: skip
    headers = (
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Năm"), _("Khoản"), _("Mức cũ"), _("Mức mới"),
        _("Tình trạng"), _("Ngày rà soát"), _("Kết quả rà soát"),
    )  # fmt: skip
    return send_names(
        "performance.consequences", _("Khoản chi theo kết quả đã thay"), headers, rows, "khoan-chi-ra-soat.xlsx", part,
        widths=(28, 14, 40, 8, 24, 28, 28, 16, 14, 60),
    )  # fmt: skip


@blueprint.route(
    "/performance/consequences/<int:consequence_id>/settle", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"]
)
def settle_consequence(consequence_id: int) -> ResponseReturnValue:
    """Say what was done about one of them."""
    who = actor()
    row = reading.get(who, consequence_id)
    if barred := may_touch(who, row.person_id):
        raise Forbidden(barred)
    form: Any = forms.SettleForm(data={"version": row.version})

    def act() -> str:
        writing.settle(who, consequence_id, form.note.data or "", version_of(form))
        return url_for("performance.consequences")

    answer, status = sent(form, act, _("Đã ghi kết quả rà soát."))
    if answer is not None:
        return answer
    return show("performance/after/settle.html", form=form, row=row, what=_what(row)), status


def _what(row: Any) -> str:
    return render(WHAT_LABELS[What(row.what)])


def _states() -> list[tuple[str, str]]:
    return [*((name, render(words)) for name, words in CONSEQUENCE_LABELS.items()), ("all", _("— tất cả —"))]


def _asked() -> tuple[Part, str | None]:
    """Return part and state of the address, open ones without a state. Raises `NotFound`, `Refused`."""
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    given = request.args.get("state", "").strip() or "open"
    if given != "all" and given not in reading.FILTERS:
        text = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
        raise Refused(Problem("state", "unknown", text, {"value": given[:40]}))
    return part, None if given == "all" else given
