"""Writing catalogues of products: drafts of an agency, copied from a model or typed, approved on a decision.

An agency's HR writes its draft and proposes additions (`performance.manage`); its head (`performance.rate`), or who
keeps the criteria of the province, approves. An approved catalogue changes by additions and by what is retired only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, cast, func, insert, literal, null, select, text, update

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, unit
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries as decisions
from hrms.performance.models import ProductCatalogue, WorkProduct
from hrms.performance.queries import products as queries
from hrms.performance.rules.products import (
    POINTS_MOST,
    CatalogueState,
    Group,
    ProductState,
    factor_of,
    group_of,
    group_problems,
    groups_of,
    kept_groups,
    product_problems,
)
from hrms.performance.services.catalogue import search_key
from hrms.performance.services.criteria import may_keep
from hrms.training.services.courses import cite

P = Permission
COLUMNS = ("code", "unit", "task", "detail", "output", "complexity", "points", "note")
_TAKEN = Problem("code", "duplicate", N_("Danh mục đã có sản phẩm mang mã này. Hãy ghi mã khác, hoặc sửa sản phẩm đó."))
unit.explain_constraint("uq_work_products_code", _TAKEN)
_CODE_TAKEN = Problem("code", "duplicate", N_("Đã có danh mục mang mã này. Hãy ghi mã khác."))
unit.explain_constraint("uq_product_catalogues_code", _CODE_TAKEN)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('product_catalogues', 0))")
_CLOSED = Problem(
    "", "not_draft", N_("Danh mục đã phê duyệt hoặc đã rút nên không sửa được. Hãy đề nghị bổ sung, hoặc lập bản mới.")
)


def may_write(actor: Actor, agency: Agency | None) -> bool:
    """Say whether the actor writes the catalogues of an agency; nobody writes a model here."""
    return agency is not None and actor.may(P.PERFORMANCE_MANAGE, at=agency.scope_ids)


def may_approve(actor: Actor, agency: Agency | None) -> bool:
    """Say whether the actor approves the catalogues of an agency: its head, or who keeps the province's criteria."""
    return agency is not None and (actor.may(P.PERFORMANCE_RATE, at=agency.scope_ids) or may_keep(actor))


def may_withdraw(actor: Actor, catalogue: ProductCatalogue, agency: Agency | None) -> bool:
    """Say whether the actor may take a catalogue out of use as it stands."""
    if catalogue.state == CatalogueState.DRAFT:
        return may_write(actor, agency) or may_approve(actor, agency)
    return catalogue.state == CatalogueState.APPROVED and may_approve(actor, agency)


def may_propose(actor: Actor, agency: Agency | None) -> bool:
    """Say whether the actor proposes products to add: who writes it, or gives work there."""
    return agency is not None and (
        actor.may(P.PERFORMANCE_MANAGE, at=agency.scope_ids) or actor.may(P.PERFORMANCE_ASSIGN, at=agency.scope_ids)
    )


def make(actor: Actor, agency: Agency, values: Mapping[str, Any], source: ProductCatalogue | None = None) -> int:
    """Begin a draft of an agency, empty or a copy of another catalogue's products in use; returns its id.

    `values`: code, name, standard_product, standard_points, groups, note. Raises `Forbidden`, `Refused`.
    """
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    db.session.execute(_LOCK)
    code = str(values.get("code") or "").strip().upper()
    problems = _header_problems(values)
    if queries.find_code(code) is not None:
        problems.append(_CODE_TAKEN)
    if agency.closed_on is not None and agency.closed_on <= clock.today():
        sentence = N_("%(name)s đã chấm dứt hoạt động. Hãy chọn cơ quan khác.")
        problems.append(Problem("agency", "closed", sentence, {"name": agency.name}))
    groups: list[Group] = list(values["groups"])
    if source is not None:
        problems += _fits(source.id, groups)
    refuse_if(problems)
    made = ProductCatalogue(
        code=code, name=str(values["name"]), agency_id=agency.id, state=CatalogueState.DRAFT.value,
        standard_product=str(values["standard_product"]), standard_points=values["standard_points"],
        groups=kept_groups(groups), from_id=source.id if source is not None else None, note=values.get("note"),
        recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    count = _copy(actor, made, source) if source is not None else 0
    _note(actor, made, agency, "copied" if source else "made", after={"products": count, **_from(source)})
    return made.id


def _copy(actor: Actor, made: ProductCatalogue, source: ProductCatalogue) -> int:
    """Copy the products in use, set-based; factors by the new standard product."""
    columns = ("code", "place", "unit", "task", "detail", "output", "complexity", "points", "note", "search_key")
    factor = _factor_sql(made.standard_points)
    chosen = select(
        literal(made.id), *(getattr(WorkProduct, name) for name in columns), factor,
        literal(ProductState.ACTIVE.value), literal(actor.account_id) if actor.account_id else null(),
    ).where(WorkProduct.catalogue_id == source.id, WorkProduct.state == ProductState.ACTIVE.value)  # fmt: skip
    done: Any = db.session.execute(
        insert(WorkProduct).from_select(["catalogue_id", *columns, "factor", "state", "recorded_by"], chosen)
    )
    _regroup(made)
    return int(done.rowcount)


def _factor_sql(standard_points: Decimal) -> Any:
    # round() of numeric is half away from zero, as the rule's.
    return func.round(WorkProduct.points / cast(literal(standard_points), Numeric()), 4)


def _regroup(catalogue: ProductCatalogue) -> None:
    """Put every product into the group its points belong to; they were checked to have one."""
    for one in groups_of(catalogue.groups):
        db.session.execute(
            update(WorkProduct)
            .where(
                WorkProduct.catalogue_id == catalogue.id, WorkProduct.points >= one.least,
                WorkProduct.points <= one.most, WorkProduct.complexity != one.code,
            )
            .values(complexity=one.code)
            .execution_options(synchronize_session=False)
        )  # fmt: skip


def _fits(catalogue_id: int, groups: Sequence[Group]) -> list[Problem]:
    """Return what is wrong when products of a catalogue are put into other groups: points in none of them."""
    lost = [code for code, points in queries.points_of(catalogue_id) if group_of(points, groups) is None]
    if not lost:
        return []
    sentence = N_("%(count)s sản phẩm có điểm không thuộc khung nhóm nào (%(codes)s). Hãy sửa khung điểm của các nhóm.")
    return [Problem("groups", "products_outside", sentence, {"count": len(lost), "codes": ", ".join(lost[:5])})]


def change(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, values: Mapping[str, Any], *, version: int
) -> None:
    """Put right name, standard product, groups of a draft; factors and groups of its products follow.

    Raises `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    _take(catalogue, version, CatalogueState.DRAFT)
    groups: list[Group] = list(values["groups"])
    refuse_if([*_header_problems({**values, "code": catalogue.code}), *_fits(catalogue.id, groups)])
    catalogue.name, catalogue.standard_product = str(values["name"]), str(values["standard_product"])
    catalogue.standard_points, catalogue.groups = values["standard_points"], kept_groups(groups)
    catalogue.note = values.get("note")
    _touch(catalogue, actor)
    db.session.execute(
        update(WorkProduct)
        .where(WorkProduct.catalogue_id == catalogue.id)
        .values(factor=_factor_sql(catalogue.standard_points))
        .execution_options(synchronize_session=False)
    )
    _regroup(catalogue)
    db.session.expire_all()
    _note(actor, catalogue, agency, "changed", after={"standard_points": values["standard_points"]})


def add_product(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, values: Mapping[str, Any], *, version: int
) -> WorkProduct:
    """Add a product to a draft; to an approved catalogue as a proposal to be approved (báo cáo bổ sung).

    Factor and group follow from the points. Raises `Forbidden`, `Stale`, `Refused`.
    """
    proposed = catalogue.state == CatalogueState.APPROVED
    if proposed and not may_propose(actor, agency):
        raise Forbidden(Problem("", "not_yours", N_("Bạn không giao việc ở cơ quan của danh mục này.")))
    if not proposed:
        actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    _take(catalogue, version, CatalogueState.DRAFT, CatalogueState.APPROVED)
    groups = groups_of(catalogue.groups)
    problems = product_problems(values, groups)
    if queries.find_product_code(catalogue.id, str(values.get("code") or "")) is not None:
        problems.append(_TAKEN)
    refuse_if(problems)
    state = ProductState.PROPOSED if proposed else ProductState.ACTIVE
    product = WorkProduct(
        catalogue_id=catalogue.id, place=queries.last_place(catalogue.id) + 1, state=state.value,
        recorded_by=actor.account_id, **row_of(values, catalogue),
    )  # fmt: skip
    db.session.add(product)
    _touch(catalogue, actor)
    _note(actor, catalogue, agency, "product_proposed" if proposed else "product_added", after=_said(product))
    return product


def row_of(values: Mapping[str, Any], catalogue: ProductCatalogue) -> dict[str, Any]:
    """Return the columns of a product that was checked: its group and factor by its points, its search key."""
    points: Decimal = values["points"]
    found = group_of(points, groups_of(catalogue.groups))
    words = {name: values.get(name) or None for name in ("unit", "task", "detail", "output", "note")}
    return {
        **words, "code": values["code"], "points": points, "complexity": found.code if found is not None else "",
        "factor": factor_of(points, catalogue.standard_points),
        "search_key": search_key(values["code"], words["unit"], words["task"], words["detail"], words["output"]),
    }  # fmt: skip


def change_product(
    actor: Actor,
    catalogue: ProductCatalogue,
    agency: Agency,
    product: WorkProduct,
    values: Mapping[str, Any],
    *,
    version: int,
) -> None:
    """Put a product of a draft, or a proposal, right. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    _take_product(catalogue, product, version, ProductState.ACTIVE, ProductState.PROPOSED)
    if catalogue.state == CatalogueState.APPROVED and product.state != ProductState.PROPOSED:
        raise Refused(_CLOSED)
    problems = product_problems(values, groups_of(catalogue.groups))
    twin = queries.find_product_code(catalogue.id, str(values.get("code") or ""))
    if twin is not None and twin.id != product.id:
        problems.append(_TAKEN)
    refuse_if(problems)
    before = _said(product)
    for name, value in row_of(values, catalogue).items():
        setattr(product, name, value)
    product.version += 1
    db.session.flush()
    _note(actor, catalogue, agency, "product_changed", before=before, after=_said(product))


def remove_product(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, product: WorkProduct, *, version: int
) -> None:
    """Take a product out of a draft. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    _take_product(catalogue, product, version, ProductState.ACTIVE)
    if catalogue.state == CatalogueState.APPROVED:
        raise Refused(_CLOSED)
    _note(actor, catalogue, agency, "product_removed", before=_said(product))
    db.session.delete(product)
    db.session.flush()


def accept_product(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, product: WorkProduct, *, version: int
) -> None:
    """Approve a proposed product: work can be given from it. Raises `Forbidden`, `Stale`, `Refused`."""
    _require_approver(actor, agency)
    _take_product(catalogue, product, version, ProductState.PROPOSED)
    product.state = ProductState.ACTIVE.value
    product.version += 1
    db.session.flush()
    _note(actor, catalogue, agency, "product_accepted", after=_said(product))


def retire_product(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, product: WorkProduct, reason: str, *, version: int
) -> None:
    """Refuse a proposed product, or let a product in use be given no more; work given from it stays.

    Raises `Forbidden`, `Stale`, `Refused` without a reason.
    """
    _require_approver(actor, agency)
    _take_product(catalogue, product, version, ProductState.PROPOSED, ProductState.ACTIVE)
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi vì sao không dùng sản phẩm này.")))
    refused = product.state == ProductState.PROPOSED
    product.state, product.note = ProductState.RETIRED.value, reason.strip()
    product.version += 1
    db.session.flush()
    did = "product_refused" if refused else "product_retired"
    _note(actor, catalogue, agency, did, after=_said(product), reason=reason.strip())


def approve(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, decision_id: int | None, *, version: int
) -> None:
    """Record that a draft was approved by a decision; the agency's catalogue until then is withdrawn.

    Raises `Forbidden`, `Stale`, `Refused` when it is empty or without a decision.
    """
    _require_approver(actor, agency)
    if decision_id is None:
        sentence = N_("Danh mục được phê duyệt bằng quyết định. Hãy chọn hoặc ghi quyết định.")
        raise Refused(Problem("decision_basis", "required", sentence))
    db.session.execute(_LOCK)
    _take(catalogue, version, CatalogueState.DRAFT)
    if not queries.count_products(catalogue.id):
        raise Refused(Problem("", "empty", N_("Danh mục chưa có sản phẩm nào. Hãy thêm sản phẩm rồi phê duyệt.")))
    paper = _paper(actor, decision_id, agency)
    older = update(ProductCatalogue).where(
        ProductCatalogue.agency_id == agency.id, ProductCatalogue.state == CatalogueState.APPROVED.value
    )
    replaced: Any = db.session.execute(
        older.values(state=CatalogueState.WITHDRAWN.value, version=ProductCatalogue.version + 1)
    )
    catalogue.state, catalogue.decision_id = CatalogueState.APPROVED.value, decision_id
    catalogue.approved_on = clock.today()
    _touch(catalogue, actor)
    _note(actor, catalogue, agency, "approved", after={"decision": paper, "replaced": int(replaced.rowcount)})


def withdraw(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, reason: str, *, version: int
) -> None:  # fmt: skip
    """Take a catalogue out of use: who approves, and a draft also who writes it. Its work stays.

    Raises `Forbidden`, `Stale`, `Refused` without a reason.
    """
    if not may_withdraw(actor, catalogue, agency):
        _require_approver(actor, agency)
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi vì sao rút danh mục.")))
    _take(catalogue, version, CatalogueState.DRAFT, CatalogueState.APPROVED)
    catalogue.state = CatalogueState.WITHDRAWN.value
    _touch(catalogue, actor)
    _note(actor, catalogue, agency, "withdrawn", reason=reason.strip())


def note_print(actor: Actor, catalogue: ProductCatalogue, agency: Agency | None, how: str) -> None:
    """Write into the trail that a catalogue was taken out as a file."""
    _note(actor, catalogue, agency, "printed", after={"file": how})


def _paper(actor: Actor, decision_id: int, agency: Agency) -> str:
    """Return the reference of the decision an approval rests on. Raises `NotFound` for one the actor may not see.

    Who keeps the register opens it to those it is now about; a head, who does not, names one of their own agency.
    """
    if actor.may(P.DECISIONS_RECORD, at=agency.scope_ids):
        return cite(actor, decision_id, list(agency.scope_ids))
    found = decisions.get_decision(decision_id)
    if found.withdrawn_at is not None:
        sentence = N_("Quyết định %(reference)s đã bị thu hồi, không dùng làm căn cứ được nữa.")
        raise Refused(Problem("decision_id", "withdrawn", sentence, {"reference": found.reference}))
    return found.reference


def _require_approver(actor: Actor, agency: Agency) -> None:
    if not may_approve(actor, agency):
        sentence = N_("Danh mục do người đứng đầu cơ quan hoặc Sở Nội vụ phê duyệt. Hãy gửi đề nghị tới nơi đó.")
        raise Forbidden(Problem("", "not_yours", sentence))


def _header_problems(values: Mapping[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    for name, sentence in (
        ("code", N_("Mã danh mục còn trống. Hãy nhập mục này.")),
        ("name", N_("Tên danh mục còn trống. Hãy nhập mục này.")),
        ("standard_product", N_("Sản phẩm chuẩn còn trống. Hãy nhập mục này.")),
    ):
        if not str(values.get(name) or "").strip():
            found.append(Problem(name, "required", sentence))
    points = values.get("standard_points")
    if points is None or not 0 < points <= POINTS_MOST:
        sentence = N_("Điểm của sản phẩm chuẩn phải lớn hơn 0. Hãy nhập lại.")
        found.append(Problem("standard_points", "out_of_range", sentence))
    return [*found, *group_problems(values["groups"])]


def _take(catalogue: ProductCatalogue, version: int, *states: CatalogueState) -> None:
    db.session.refresh(catalogue, with_for_update=True)
    if catalogue.version != version:
        raise Stale
    if catalogue.state not in states:
        raise Refused(_CLOSED)


def _take_product(
    catalogue: ProductCatalogue, product: WorkProduct, version: int, *states: ProductState
) -> None:  # fmt: skip
    db.session.refresh(catalogue, with_for_update=True)
    db.session.refresh(product, with_for_update=True)
    if product.version != version:
        raise Stale
    if catalogue.state not in {CatalogueState.DRAFT, CatalogueState.APPROVED}:
        raise Refused(_CLOSED)
    if product.state not in states:
        sentence = N_("Sản phẩm đang ở tình trạng khác nên không làm được việc này. Hãy xem lại danh mục.")
        raise Refused(Problem("", "wrong_state", sentence))


def _touch(catalogue: ProductCatalogue, actor: Actor) -> None:
    catalogue.version += 1
    catalogue.recorded_by = actor.account_id
    db.session.flush()


def _said(product: WorkProduct) -> dict[str, Any]:
    return {
        "product": product.task, "code": product.code, "points": product.points, "factor": product.factor,
        "complexity": product.complexity,
    }  # fmt: skip


def _from(source: ProductCatalogue | None) -> dict[str, Any]:
    return {"from": source.name} if source is not None else {}


def _note(
    actor: Actor,
    catalogue: ProductCatalogue,
    agency: Agency | None,
    did: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    audit.record(
        actor, f"product.{did}", "product", catalogue.id,
        scope_ids=list(agency.scope_ids) if agency is not None else [0],
        agency_id=agency.id if agency is not None else None, reason=reason, before=dict(before) if before else None,
        after={"name": catalogue.name, **(after or {})},
    )  # fmt: skip
