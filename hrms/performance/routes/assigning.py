"""The page where the work of a period is given: its people beside products, duties or objectives; the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies.models import Agency
from hrms.core import clock, workbook
from hrms.core.errors import Refused, refuse_if
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.i18n import _, render
from hrms.core.jinja import here
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.performance.forms import work as forms
from hrms.performance.models import ScoringPeriod
from hrms.performance.queries import objectives as objective_queries
from hrms.performance.queries import work as queries
from hrms.performance.queries.products import products_for
from hrms.performance.queries.work import PEOPLE_SHOWN, WRITES, Duty, People
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.work import ItemKind
from hrms.performance.services import assigning, bringing
from hrms.performance.services.assigning import Line, NewItem, title_of
from hrms.training.routes.seeing.asking import asked_number, asked_one_of

SOURCES = ("products", "duties", "objectives")
"""Where the lines to give come from: the catalogue, the frames of the people's seats, the unit's objectives."""
LINES_SHOWN = 60
FREE = "free"


@dataclass(frozen=True, slots=True)
class Offered:
    """A line that may be given; `factor` null where it is typed; `sheet_ids` only those, None: everybody chosen."""

    key: str
    code: str
    title: str
    output: str
    factor: Decimal | None
    note: str = ""
    line: Line | None = None
    sheet_ids: frozenset[int] | None = None


@dataclass(slots=True)
class _Sent:
    """What the page sent: sheets, quantities and factors by key as typed."""

    sheets: list[int]
    everyone: bool
    quantities: dict[str, str]
    factors: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Page:
    period: ScoringPeriod
    agency: Agency
    people: People
    source: str
    words: str
    q: str


def _read(period_id: int) -> _Page:
    who = actor()
    period, agency = queries.get_period(who, period_id)
    q = request.args.get("q", "").strip()[:200]
    people = queries.list_people(period_id, words=q, unit_id=asked_number("unit"), mine=who.person_id)
    words = (request.form if request.method == "POST" else request.args).get("words", "").strip()[:200]
    return _Page(period, agency, people, asked_one_of("source", SOURCES) or "products", words, q)


@blueprint.route("/performance/periods/<int:period_id>/assign", access=WRITES, methods=["GET", "POST"])
def assign(period_id: int) -> ResponseReturnValue:
    """Give products to many people at once; `do` is find, give or copy."""
    page = _read(period_id)
    sent, form = _sent(), _assign_form()
    if request.method == "GET" or request.form.get("do") == "find":
        return _show(page, sent, form)
    try:
        chosen = _chosen(page, sent)
        if request.form.get("do") == "copy":
            with transaction():
                made = assigning.copy_last(actor(), chosen)
            words = _("Đã chép %(n)s sản phẩm của kỳ trước.", n=len(made))
            nothing = _("Kỳ trước không có sản phẩm nào để chép, hoặc đã chép rồi.")
        else:
            if not form.validate():
                return _show(page, sent, form, status=422)
            everybody, some = _lines(page, sent, form)
            with transaction():
                made = _give(chosen, everybody, some)
            words = _("Đã giao %(n)s sản phẩm cho %(people)s người.", n=len(made), people=len(chosen))
            nothing = _("Mọi người được chọn đã có các sản phẩm này từ trước; không giao thêm.")
        flash(words if made else nothing, "ok" if made else "info")
        return redirect(here(), 303)
    except Refused as refused:
        return _show(page, sent, form, refused.problems, 422)


def _give(chosen: Sequence[int], everybody: Sequence[Line], some: Sequence[NewItem]) -> list[int]:
    made = assigning.give_many(actor(), chosen, everybody) if everybody or not some else []
    have = queries.given_on({one.sheet_id for one in some}) if some else set()
    new = [one for one in some if (one.sheet_id, None, one.title) not in have]
    return [*made, *assigning.give(actor(), new)]


def _assign_form() -> Any:
    form: Any = forms.AssignForm(data={"kind": ItemKind.ASSIGNED.value})
    form.set_choices()
    return form


def _sent() -> _Sent:
    quantities, factors = {}, {}
    for name, value in request.form.items():
        head, _sep, key = name.partition("-")
        if head == "n" and value.strip() and len(key) < 60:
            quantities[key] = value.strip()[:20]
        elif head == "f" and value.strip() and len(key) < 60:
            factors[key] = value.strip()[:20]
    ids = [int(one) for one in request.form.getlist("sheet") if one.isascii() and one.isdigit() and len(one) < 19]
    return _Sent(ids, request.form.get("everyone") == "1", quantities, factors)


def _chosen(page: _Page, sent: _Sent) -> list[int]:
    """Return the sheets chosen, those of the period that are shown here only. Raises `Refused` when nobody is."""
    offered = {one.sheet_id for one in page.people.shown}
    found = sorted(offered) if sent.everyone else [one for one in sent.sheets if one in offered]
    if not found:
        text = N_("Chưa chọn ai. Hãy đánh dấu người được giao.")
        raise Refused(Problem("person", "nobody", text))
    return found


def _offered(page: _Page) -> list[Offered]:
    """Return the lines of the source asked for, all of them; the page shows the first."""
    if page.source == "products":
        return [
            Offered(f"p{one.id}", one.code, title_of(one), one.output or "", one.factor, line=Line(product_id=one.id))
            for one in products_for(page.agency.id)
        ]
    if page.source == "objectives":
        found = objective_queries.list_for_work(list(page.agency.scope_ids), page.period.year)
        return [
            Offered(
                f"o{one.id}", one.code, one.objective, one.indicator, None, name,
                Line(objective_id=one.id, title=one.objective, code=one.code, output=one.indicator),
            )
            for one, name in found
        ]  # fmt: skip
    return [_duty(one) for one in queries.list_duties(page.people.shown, clock.today())]


def _duty(one: Duty) -> Offered:
    shown = ", ".join(one.holders[:3]) + (" …" if len(one.holders) > 3 else "")
    return Offered(
        one.key, "", one.title, one.output, None, shown, Line(title=one.title, output=one.output or None),
        frozenset(one.sheet_ids),
    )  # fmt: skip


def _lines(page: _Page, sent: _Sent, form: Any) -> tuple[list[Line], list[NewItem]]:
    """Return what was chosen: lines for everybody chosen, and items for those whose duties they are.

    Raises `Refused` naming each line that cannot be read.
    """
    offered = {one.key: one for one in _offered(page)}
    problems: list[Problem] = []
    everybody: list[Line] = []
    some: list[NewItem] = []
    kind, due_on = ItemKind(form.kind.data), form.due_on.data
    if sent.quantities.get(FREE):
        title, output = request.form.get("t-free", "").strip(), request.form.get("r-free", "").strip()
        offered[FREE] = Offered(FREE, "", title, output, None, line=Line(title=title, output=output or None))
    chosen = set(_chosen(page, sent))
    for key, written in sent.quantities.items():
        one = offered.get(key)
        if one is None or one.line is None:
            text = N_("Một sản phẩm đã chọn không còn trong danh sách. Hãy tìm và chọn lại.")
            problems.append(Problem(f"n-{key}", "gone", text))
            continue
        quantity = _number(f"n-{key}", written, one, problems)
        factor = one.factor
        if factor is None:
            factor = _number(f"f-{key}", sent.factors.get(key, ""), one, problems)
        if quantity is None or factor is None:
            continue
        values: dict[str, Any] = {name: getattr(one.line, name) for name in Line.__slots__}
        values |= {"quantity": quantity, "factor": factor, "kind": kind, "due_on": due_on}
        if one.sheet_ids is None:
            everybody.append(Line(**values))
        else:
            some += [NewItem(sheet_id=sheet, **values) for sheet in sorted(one.sheet_ids & chosen)]
    refuse_if(problems)
    return everybody, some


def _number(field: str, written: str, one: Offered, problems: list[Problem]) -> Decimal | None:
    try:
        return parse_decimal(written)
    except BadNumber:
        text = N_("“%(value)s” ở “%(title)s” không phải là số. Hãy ghi số lượng và hệ số như 3 hoặc 3,5.")
        problems.append(Problem(field, "number", text, {"value": written[:20], "title": one.title[:60]}))
        return None


def _show(
    page: _Page, sent: _Sent, form: Any, problems: Sequence[Problem] = (), status: int = 200
) -> ResponseReturnValue:  # fmt: skip
    offered = _offered(page)
    asked = _matching(page)
    kept = [one for one in offered if one.key in sent.quantities]
    rest = [one for one in offered if one.key not in sent.quantities and (asked is None or one.key in asked)]
    return render_template(
        "performance/work/assign.html",
        period=page.period,
        agency=page.agency,
        people=page.people.shown[:PEOPLE_SHOWN],
        total=page.people.total,
        lines=[*kept, *rest[:LINES_SHOWN]],
        more=max(len(rest) - LINES_SHOWN, 0),
        source=page.source,
        sources=_sources(),
        words=page.words,
        q=page.q,
        units=_units(page),
        unit=request.args.get("unit", ""),
        sent=sent,
        chosen=set(sent.sheets),
        free=request.form,
        form=form,
        problems=[render(one) for one in problems],
        crumbs=_crumbs(page),
    ), status


def _matching(page: _Page) -> set[str] | None:
    if not page.words or page.source != "products":
        return None
    return {f"p{one.id}" for one in products_for(page.agency.id, page.words)}


def _sources() -> list[tuple[str, str]]:
    return [
        ("products", _("Danh mục sản phẩm")), ("duties", _("Nhiệm vụ của vị trí việc làm")),
        ("objectives", _("Mục tiêu của cơ quan")),
    ]  # fmt: skip


def _units(page: _Page) -> list[tuple[str, str]]:
    named: Mapping[int, str] = {one.unit_id: one.unit for one in page.people.shown}
    return [("", _("Tất cả")), *((str(one), name) for one, name in named.items())]


def _crumbs(page: _Page) -> list[tuple[str, str]]:
    if not actor().may(Permission.PERFORMANCE_VIEW):
        return []
    return [(_("Kỳ đánh giá"), url_for("performance.period", period_id=page.period.id))]


@blueprint.route("/performance/periods/<int:period_id>/assign/template.xlsx", access=WRITES)
def assign_template(period_id: int) -> ResponseReturnValue:
    """Give the workbook to fill in, with the people of the period; another may lie beside it: the products."""
    headers, rows, widths = bringing.sheet_of(actor(), period_id)
    made = workbook.in_memory(_("Giao việc"), headers, rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=f"giao-viec-ky-{period_id}.xlsx")
