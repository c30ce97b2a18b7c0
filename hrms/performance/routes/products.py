"""Pages of catalogues of products: the list, one with its products, making and copying, approval, files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import hooks, workbook
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.services import province_closure
from hrms.people.routes.finding import settled_address
from hrms.performance.forms import products as forms
from hrms.performance.models import ProductCatalogue, WorkProduct
from hrms.performance.queries import products as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.products import (
    CATALOGUE_LABELS,
    PRODUCT_LABELS,
    CatalogueState,
    ProductState,
    groups_of,
    plain,
)
from hrms.performance.services import product_import
from hrms.performance.services import products as services
from hrms.positions.queries.part import part_of
from hrms.training.forms.courses import with_paper
from hrms.training.routes.courses import mark_tone, mark_words, sent_version

P = Permission
READ = (P.PERFORMANCE_VIEW, P.PERFORMANCE_ASSIGN, P.PERFORMANCE_CRITERIA)
WRITE = P.PERFORMANCE_MANAGE
PROPOSE = (P.PERFORMANCE_MANAGE, P.PERFORMANCE_ASSIGN)
APPROVE = (P.PERFORMANCE_RATE, P.PERFORMANCE_CRITERIA)
TONES = {
    CatalogueState.MODEL: "info", CatalogueState.DRAFT: "warn", CatalogueState.APPROVED: "ok",
    CatalogueState.WITHDRAWN: "none",
}  # fmt: skip
PRODUCT_TONES = {ProductState.ACTIVE: "ok", ProductState.PROPOSED: "warn", ProductState.RETIRED: "none"}
KEYS = ("q", "unit", "complexity", "state")


@blueprint.route("/performance/products", access=READ, endpoint="products")
def list_page() -> ResponseReturnValue:
    """List the models and the catalogues of the reader's part."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    ended = request.args.get("ended") == "1"
    return render_template(
        "performance/products/list.html",
        rows=queries.list_catalogues(who, part.agency_id, ended=ended),
        part=part,
        ended=ended,
        words={one.value: render(said) for one, said in CATALOGUE_LABELS.items()},
        tones=TONES,
        mark_words=mark_words,
        mark_tone=mark_tone,
        may_make=who.may(WRITE),
    )


def open_catalogue(catalogue_id: int) -> tuple[ProductCatalogue, Agency | None]:
    """Return a catalogue the reader may see, with its agency. Raises `NotFound`."""
    return queries.get_catalogue(actor(), catalogue_id)


def _owned(catalogue_id: int, *permissions: Permission) -> tuple[ProductCatalogue, Agency]:
    """Return an agency's catalogue for acting on it. Raises `NotFound` for a model, `Forbidden`."""
    found, agency = open_catalogue(catalogue_id)
    if agency is None:
        raise NotFound
    who = actor()
    if not any(who.may(one, at=agency.scope_ids) for one in permissions):
        who.require(permissions[0], at=agency.scope_ids)
    return found, agency


def _filters(groups: Any, units: Any) -> queries.Filters:
    def one_of(name: str, known: Any) -> str:
        given = request.args.get(name, "").strip()
        return given if given in known else ""

    return queries.Filters(
        request.args.get("q", "").strip()[:200], one_of("unit", units),
        one_of("complexity", {one.code for one in groups}), one_of("state", {one.value for one in ProductState}),
    )  # fmt: skip


def _chips(filters: queries.Filters) -> list[dict[str, str]]:
    state = render(PRODUCT_LABELS[ProductState(filters.state)]) if filters.state else ""
    shown = (
        ("q", _("Tìm"), filters.q), ("unit", _("Phòng, ban chuyên môn"), filters.unit),
        ("complexity", _("Nhóm"), filters.complexity), ("state", _("Tình trạng"), state),
    )  # fmt: skip
    return [{"key": key, "label": label, "value": value} for key, label, value in shown if value]


@blueprint.route("/performance/products/<int:catalogue_id>", access=READ)
def product_catalogue(catalogue_id: int) -> ResponseReturnValue:
    """Show a catalogue: its standard product and groups, its products by the page, what may be done next."""
    who = actor()
    found, agency = open_catalogue(catalogue_id)
    groups, units = groups_of(found.groups), queries.units_of(found.id)
    filters = _filters(groups, units)
    state = CatalogueState(found.state)
    paper: Any = None
    if found.decision_id and who.may(P.DECISIONS_VIEW):
        paper = hooks.papers[0].describe([found.decision_id]).get(found.decision_id)
    drafted = state is CatalogueState.DRAFT
    writes, approves = services.may_write(who, agency), services.may_approve(who, agency)
    return render_template(
        "performance/products/show.html",
        catalogue=found,
        agency=agency,
        state=state,
        state_words=render(CATALOGUE_LABELS[state]),
        tone=TONES[state],
        groups=groups,
        group_words=forms.group_words,
        filters=filters,
        chips=_chips(filters),
        form=forms.FilterForm.of(filters, units, groups),
        page=queries.list_products(
            found.id, filters, after=request.args.get("after"), before=request.args.get("before")
        ),
        count=queries.count_filtered(found.id, filters),
        paper=paper,
        product_words={one.value: render(said) for one, said in PRODUCT_LABELS.items()},
        product_tones=PRODUCT_TONES,
        plain=plain,
        mark_words=mark_words,
        mark_tone=mark_tone,
        may_edit=writes and drafted,
        may_copy=who.may(WRITE),
        may_add=(writes and drafted) or (state is CatalogueState.APPROVED and services.may_propose(who, agency)),
        may_approve=approves and drafted,
        may_judge=approves and state in {CatalogueState.DRAFT, CatalogueState.APPROVED},
        may_withdraw=services.may_withdraw(who, found, agency),
        writes=writes,
        ProductState=ProductState,
        address=urlencode([(key, value) for key, value in request.args.items() if key in KEYS and value]),
        crumbs=[(_("Danh mục sản phẩm, công việc"), url_for("performance.products"))],
    )  # fmt: skip


@blueprint.route("/performance/products/<int:catalogue_id>/products.xlsx", access=READ)
def export_products(catalogue_id: int) -> ResponseReturnValue:
    """Give the products that the address shows as a workbook, in the columns the import reads."""
    found, agency = open_catalogue(catalogue_id)
    groups = groups_of(found.groups)
    rows = queries.all_products(found.id, _filters(groups, queries.units_of(found.id)))
    ranges = {one.code: forms.group_words(one) for one in groups}
    with transaction():
        services.note_print(actor(), found, agency, "Excel")
    made = workbook.in_memory(
        "Danh mục quy đổi", product_import.HEADERS,
        (
            (place, one.code, one.unit, one.task, one.detail, one.output, one.complexity,
             ranges.get(one.complexity, ""), plain(one.points), plain(one.factor), one.note)
            for place, one in enumerate(rows, start=1)
        ),
        widths=(6, 14, 28, 60, 60, 36, 8, 12, 10, 12, 30),
    )  # fmt: skip
    return send_file(made, as_attachment=True, download_name=f"danh-muc-san-pham-{found.id}.xlsx")


@blueprint.route("/performance/products/<int:catalogue_id>/print", access=READ)
def print_products(catalogue_id: int) -> ResponseReturnValue:
    """Show the whole catalogue on one page, to be printed."""
    found, agency = open_catalogue(catalogue_id)
    groups = groups_of(found.groups)
    rows = queries.all_products(found.id, _filters(groups, queries.units_of(found.id)))
    return render_template(
        "performance/products/print.html",
        catalogue=found,
        agency=agency,
        groups=groups,
        group_words=forms.group_words,
        sections=[(unit, list(own)) for unit, own in groupby(rows, key=lambda one: one.unit)],
        count=len(rows),
        plain=plain,
        crumbs=_crumbs(found),
    )


def _crumbs(found: ProductCatalogue) -> list[tuple[str, str]]:
    return [
        (_("Danh mục sản phẩm, công việc"), url_for("performance.products")),
        (found.name, url_for("performance.product_catalogue", catalogue_id=found.id)),
    ]


def _configure_agency(field: Any) -> None:
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), WRITE).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(WRITE,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def _new(source: ProductCatalogue | None) -> ResponseReturnValue:
    who = actor()
    roots = who.scope(WRITE)
    data: dict[str, Any] = {"agency": str(roots[0])} if len(roots) == 1 and roots[0] else {}
    form: Any = forms.CatalogueForm(data=data | (forms.catalogue_data(source, copy=True) if source else {}))
    _configure_agency(form.agency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            values, problems = form.values()
            form.take(problems)
            if not problems:
                try:
                    with transaction():
                        agency = agencies.get_agency(who, int(form.agency.data), WRITE)
                        made_id = services.make(who, agency, values, source)
                    flash(_("Đã lập danh mục. Hãy sửa cho đúng việc của cơ quan rồi trình phê duyệt."), "ok")
                    return redirect(url_for("performance.product_catalogue", catalogue_id=made_id), 303)
                except Refused as refused:
                    form.take(refused.problems)
    crumbs = _crumbs(source) if source else [(_("Danh mục sản phẩm, công việc"), url_for("performance.products"))]
    page = render_template(
        "performance/products/form.html", form=form, title=_("Sao chép danh mục") if source else _("Lập danh mục"),
        submit=_("Sao chép") if source else _("Lập danh mục"), back=crumbs[-1][1], source=source, crumbs=crumbs,
    )  # fmt: skip
    return page, status


@blueprint.route("/performance/products/new", access=WRITE, methods=["GET", "POST"])
def new_product_catalogue() -> ResponseReturnValue:
    """Begin an empty catalogue of an agency."""
    return _new(None)


@blueprint.route("/performance/products/<int:catalogue_id>/copy", access=WRITE, methods=["GET", "POST"])
def copy_product_catalogue(catalogue_id: int) -> ResponseReturnValue:
    """Copy a model, or another catalogue, for an agency."""
    return _new(open_catalogue(catalogue_id)[0])


def _form(
    found: ProductCatalogue, form: Any, title: str, submit: str, act: Callable[[Any], str], **more: Any
) -> ResponseReturnValue:
    """Run a form of a catalogue: `act` writes and returns the sentence for the reader."""
    status, back = 200, url_for("performance.product_catalogue", catalogue_id=found.id)
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    said = act(form)
                flash(said, "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    template = more.pop("template", "performance/products/form.html")
    page = render_template(
        template, form=form, title=title, submit=submit, back=back, catalogue=found, crumbs=_crumbs(found), **more
    )
    return page, status


@blueprint.route("/performance/products/<int:catalogue_id>/edit", access=WRITE, methods=["GET", "POST"])
def edit_product_catalogue(catalogue_id: int) -> ResponseReturnValue:
    """Put right name, standard product and groups of a draft."""
    found, agency = _owned(catalogue_id, WRITE)
    form: Any = forms.CatalogueForm(data=forms.catalogue_data(found))
    del form.agency, form.code

    def act(sent: Any) -> str:
        values, problems = sent.values()
        if problems:
            raise Refused(*problems)
        services.change(actor(), found, agency, values, version=sent_version(sent))
        return _("Đã sửa danh mục; hệ số của các sản phẩm được tính lại.")

    return _form(found, form, _("Sửa danh mục"), _("Ghi"), act)


def chosen_decision(form: Any) -> int | None:
    """Return the decision of the register a form names; the service asks whether the reader may see it."""
    given = str(form.decision_id.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


@blueprint.route("/performance/products/<int:catalogue_id>/approve", access=APPROVE, methods=["GET", "POST"])
def approve_product_catalogue(catalogue_id: int) -> ResponseReturnValue:
    """Record the decision that approves a catalogue."""
    found, agency = open_catalogue(catalogue_id)
    if agency is None:
        raise NotFound
    if not services.may_approve(actor(), agency):
        actor().require(P.PERFORMANCE_RATE, at=agency.scope_ids)
    data = {"version": str(found.version)}
    records = actor().may(P.DECISIONS_RECORD, at=agency.scope_ids)
    if not records:
        data["decision_basis"] = "existing"
    form: Any = with_paper(forms.ApproveForm)(paper_kind="other", data=data)
    form.require_paper()
    if not records:
        # A head approves on what the register has; entering a decision is for who keeps it.
        form.decision_basis.choices = [one for one in form.decision_basis.choices if one.value == "existing"]

    def act(sent: Any) -> str:
        reach = [*province_closure(), *agency.scope_ids]
        decision_id = hooks.papers[0].read(actor(), sent.data, reach) if records else chosen_decision(sent)
        services.approve(actor(), found, agency, decision_id, version=sent_version(sent))
        return _("Đã ghi phê duyệt danh mục.")

    return _form(
        found, form, _("Phê duyệt danh mục"), _("Ghi phê duyệt"), act, template="performance/products/approve.html",
        count=queries.count_products(found.id), used=queries.used_by(found), agency=agency,
        standing=queries.standing_of(agency.id),
    )  # fmt: skip


@blueprint.route(
    "/performance/products/<int:catalogue_id>/withdraw", access=(WRITE, *APPROVE), methods=["GET", "POST"]
)  # fmt: skip
def withdraw_product_catalogue(catalogue_id: int) -> ResponseReturnValue:
    """Take a catalogue out of use."""
    found, agency = open_catalogue(catalogue_id)
    if agency is None:
        raise NotFound
    who = actor()
    if not services.may_withdraw(who, found, agency):
        who.require(P.PERFORMANCE_RATE, at=agency.scope_ids)
    form: Any = forms.ReasonForm(data={"version": str(found.version)})

    def act(sent: Any) -> str:
        services.withdraw(actor(), found, agency, str(sent.reason.data or ""), version=sent_version(sent))
        return _("Đã rút danh mục. Việc đã giao theo danh mục vẫn giữ.")

    return _form(found, form, _("Rút danh mục"), _("Rút danh mục"), act, tone="danger")


@blueprint.route("/performance/products/<int:catalogue_id>/add", access=PROPOSE, methods=["GET", "POST"])
def new_product(catalogue_id: int) -> ResponseReturnValue:
    """Add a product to a draft, or propose one for an approved catalogue."""
    found, agency = _owned(catalogue_id, *PROPOSE)
    proposed = found.state == CatalogueState.APPROVED
    form: Any = forms.ProductForm(data=forms.product_data(found, None))

    def act(sent: Any) -> str:
        services.add_product(actor(), found, agency, sent.values(), version=sent_version(sent))
        return _("Đã gửi đề nghị bổ sung sản phẩm.") if proposed else _("Đã thêm sản phẩm.")

    title = _("Đề nghị bổ sung sản phẩm") if proposed else _("Thêm sản phẩm")
    return _form(
        found, form, title, _("Gửi đề nghị") if proposed else _("Thêm"), act,
        template="performance/products/product.html", groups=groups_of(found.groups), group_words=forms.group_words,
        plain=plain, proposed=proposed,
    )  # fmt: skip


@blueprint.route(
    "/performance/products/<int:catalogue_id>/<int:product_id>/edit", access=WRITE, methods=["GET", "POST"]
)  # fmt: skip
def edit_product(catalogue_id: int, product_id: int) -> ResponseReturnValue:
    """Put a product of a draft, or a proposal, right."""
    found, agency = _owned(catalogue_id, WRITE)
    product = queries.get_product(found, product_id)
    form: Any = forms.ProductForm(data=forms.product_data(found, product))

    def act(sent: Any) -> str:
        services.change_product(actor(), found, agency, product, sent.values(), version=sent_version(sent))
        return _("Đã sửa sản phẩm.")

    return _form(
        found, form, _("Sửa sản phẩm"), _("Ghi"), act, template="performance/products/product.html",
        groups=groups_of(found.groups), group_words=forms.group_words, plain=plain, product=product,
    )  # fmt: skip


def _step(catalogue_id: int, act: Callable[[ProductCatalogue, Agency], None], said: str) -> ResponseReturnValue:
    found, agency = _owned(catalogue_id, WRITE, *APPROVE)
    try:
        with transaction():
            act(found, agency)
        flash(said, "ok")
    except (Refused, Stale) as refused:
        flash(" ".join(render(problem) for problem in refused.problems), "bad")
    return redirect(url_for("performance.product_catalogue", catalogue_id=catalogue_id), 303)


def _posted_version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _product(found: ProductCatalogue, product_id: int) -> WorkProduct:
    return queries.get_product(found, product_id)


@blueprint.route("/performance/products/<int:catalogue_id>/<int:product_id>/remove", access=WRITE, methods=["POST"])
def remove_product(catalogue_id: int, product_id: int) -> ResponseReturnValue:
    """Take a product out of a draft."""

    def act(found: ProductCatalogue, agency: Agency) -> None:
        product = _product(found, product_id)
        services.remove_product(actor(), found, agency, product, version=_posted_version())

    return _step(catalogue_id, act, _("Đã bỏ sản phẩm khỏi danh mục."))


@blueprint.route("/performance/products/<int:catalogue_id>/<int:product_id>/accept", access=APPROVE, methods=["POST"])
def accept_product(catalogue_id: int, product_id: int) -> ResponseReturnValue:
    """Approve a proposed product."""

    def act(found: ProductCatalogue, agency: Agency) -> None:
        product = _product(found, product_id)
        services.accept_product(actor(), found, agency, product, version=_posted_version())

    return _step(catalogue_id, act, _("Đã phê duyệt bổ sung sản phẩm; giao việc được từ bây giờ."))


@blueprint.route(
    "/performance/products/<int:catalogue_id>/<int:product_id>/retire", access=APPROVE, methods=["GET", "POST"]
)
def retire_product(catalogue_id: int, product_id: int) -> ResponseReturnValue:
    """Refuse a proposed product, or let one be given no more, with the reason."""
    found, agency = open_catalogue(catalogue_id)
    if agency is None:
        raise NotFound
    if not services.may_approve(actor(), agency):
        actor().require(P.PERFORMANCE_RATE, at=agency.scope_ids)
    product = _product(found, product_id)
    proposed = product.state == ProductState.PROPOSED
    form: Any = forms.ReasonForm(data={"version": str(product.version)})

    def act(sent: Any) -> str:
        reason = str(sent.reason.data or "")
        services.retire_product(actor(), found, agency, product, reason, version=sent_version(sent))
        return _("Đã từ chối bổ sung sản phẩm.") if proposed else _("Sản phẩm thôi được giao; việc đã giao vẫn giữ.")

    title = _("Từ chối bổ sung sản phẩm") if proposed else _("Thôi dùng sản phẩm")
    return _form(found, form, title, title, act, tone="danger", product=product)
