"""Reads of catalogues of products: lists, one with its products by the page, the one an agency gives work from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.text import fold
from hrms.performance.models import ProductCatalogue, WorkProduct

PRODUCTS_MOST = 5000
"""More products than this are no catalogue to choose from."""
CATALOGUES_SHOWN = 500
READ = (Permission.PERFORMANCE_VIEW, Permission.PERFORMANCE_ASSIGN, Permission.PERFORMANCE_CRITERIA)
_ORDER: Any = ((WorkProduct.place, False), (WorkProduct.id, False))


@dataclass(frozen=True, slots=True)
class Row:
    """A catalogue of a list, with whose it is and its counts."""

    catalogue: ProductCatalogue
    agency: str | None
    products: int
    proposed: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a page of products is narrowed to."""

    q: str = ""
    unit: str = ""
    complexity: str = ""
    state: str = ""


def list_catalogues(actor: Actor, root_id: int | None = None, *, ended: bool = False) -> list[Row]:
    """Return the models and the catalogues of the reader's part: models first, then by agency in tree order.

    Withdrawn ones only with `ended`.
    """
    query = (
        select(
            ProductCatalogue, Agency.name, func.count(WorkProduct.id).filter(WorkProduct.state == "active"),
            func.count(WorkProduct.id).filter(WorkProduct.state == "proposed"),
        )
        .outerjoin(Agency, Agency.id == ProductCatalogue.agency_id)
        .outerjoin(WorkProduct, WorkProduct.catalogue_id == ProductCatalogue.id)
        .where(or_(ProductCatalogue.agency_id.is_(None), agencies.visible(actor, *READ)))
        .group_by(ProductCatalogue.id, Agency.name, Agency.path)
        .order_by(ProductCatalogue.agency_id.is_not(None), Agency.path, ProductCatalogue.id)
        .limit(CATALOGUES_SHOWN)
    )  # fmt: skip
    if root_id is not None:
        query = query.where(or_(ProductCatalogue.agency_id.is_(None), Agency.scope_ids.contains([root_id])))
    if not ended:
        query = query.where(ProductCatalogue.state != "withdrawn")
    return [Row(row[0], row[1], int(row[2]), int(row[3])) for row in db.session.execute(query)]


def get_catalogue(actor: Actor, catalogue_id: int) -> tuple[ProductCatalogue, Agency | None]:
    """Return a model, or a catalogue of the reader's part, with its agency. Raises `NotFound`."""
    query = (
        select(ProductCatalogue, Agency)
        .outerjoin(Agency, Agency.id == ProductCatalogue.agency_id)
        .where(
            ProductCatalogue.id == catalogue_id,
            or_(ProductCatalogue.agency_id.is_(None), agencies.visible(actor, *READ)),
        )
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("product_catalogue")
    return row[0], row[1]


def get_product(catalogue: ProductCatalogue, product_id: int) -> WorkProduct:
    """Return a product of a catalogue. Raises `NotFound`."""
    found = db.session.get(WorkProduct, product_id)
    if found is None or found.catalogue_id != catalogue.id:
        raise missing("product")
    return found


def find_code(code: str) -> ProductCatalogue | None:
    """Return the catalogue of a code."""
    return db.session.scalars(select(ProductCatalogue).where(ProductCatalogue.code == code)).one_or_none()


def find_product_code(catalogue_id: int, code: str) -> WorkProduct | None:
    """Return the product of a catalogue with a code."""
    query = select(WorkProduct).where(WorkProduct.catalogue_id == catalogue_id, WorkProduct.code == code)
    return db.session.scalars(query).one_or_none()


def codes_of(catalogue_id: int) -> dict[str, WorkProduct]:
    """Return every product of a catalogue by its code."""
    found = db.session.scalars(select(WorkProduct).where(WorkProduct.catalogue_id == catalogue_id))
    return {one.code: one for one in found}


def points_of(catalogue_id: int) -> list[tuple[str, Decimal]]:
    """Return code and points of the products of a catalogue that are not retired, in their order."""
    query = (
        select(WorkProduct.code, WorkProduct.points)
        .where(WorkProduct.catalogue_id == catalogue_id, WorkProduct.state != "retired")
        .order_by(WorkProduct.place, WorkProduct.id)
    )
    return [(str(code), points) for code, points in db.session.execute(query)]


def last_place(catalogue_id: int) -> int:
    """Return the last place taken in a catalogue, 0 in an empty one."""
    query = select(func.max(WorkProduct.place)).where(WorkProduct.catalogue_id == catalogue_id)
    return int(db.session.scalar(query) or 0)


def count_products(catalogue_id: int, state: str = "active") -> int:
    """Return how many products of a catalogue are in a state."""
    query = select(func.count()).where(WorkProduct.catalogue_id == catalogue_id, WorkProduct.state == state)
    return int(db.session.scalar(query) or 0)


def units_of(catalogue_id: int) -> list[str]:
    """Return the parts of the agency a catalogue names, in the order of its products."""
    query = (
        select(WorkProduct.unit)
        .where(WorkProduct.catalogue_id == catalogue_id, WorkProduct.unit.is_not(None))
        .group_by(WorkProduct.unit)
        .order_by(func.min(WorkProduct.place))
    )
    return [str(one) for one in db.session.scalars(query)]


def _conditions(catalogue_id: int, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [WorkProduct.catalogue_id == catalogue_id, *worded(filters.q)]
    if filters.unit:
        found.append(WorkProduct.unit == filters.unit)
    if filters.complexity:
        found.append(WorkProduct.complexity == filters.complexity)
    found.append(WorkProduct.state == filters.state if filters.state else WorkProduct.state != "retired")
    return found


def list_products(
    catalogue_id: int,
    filters: Filters,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
) -> Page[WorkProduct]:
    """Return a page of products in their order; without a state asked those retired are left out."""
    query = select(WorkProduct).where(*_conditions(catalogue_id, filters))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 2)), back=bool(before)))
    found = db.session.scalars(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    return cut(found, limit, ("place", "id"), after=after, before=before)


def all_products(catalogue_id: int, filters: Filters) -> Sequence[WorkProduct]:
    """Return every product the filters leave, in order, for an export."""
    query = select(WorkProduct).where(*_conditions(catalogue_id, filters))
    return db.session.scalars(query.order_by(WorkProduct.place, WorkProduct.id)).all()


def count_filtered(catalogue_id: int, filters: Filters) -> int:
    """Return how many products the filters leave."""
    query = select(func.count()).select_from(WorkProduct).where(*_conditions(catalogue_id, filters))
    return int(db.session.scalar(query) or 0)


def used_by(catalogue: ProductCatalogue) -> int:
    """Return how many agencies, divisions left out, lie at or below the catalogue's and have no nearer one approved."""
    nearer = aliased(ProductCatalogue)
    holder = aliased(Agency)
    closer = (
        select(nearer.id)
        .join(holder, holder.id == nearer.agency_id)
        .where(
            nearer.state == "approved", nearer.agency_id == func.any(Agency.scope_ids),
            holder.scope_ids.contains([catalogue.agency_id]), nearer.agency_id != catalogue.agency_id,
        )
        .exists()
    )  # fmt: skip
    query = select(func.count()).where(
        Agency.scope_ids.contains([catalogue.agency_id]), Agency.kind != "division", ~closer
    )
    return int(db.session.scalar(query.select_from(Agency)) or 0)


def approved_catalogue(agency_id: int) -> ProductCatalogue | None:
    """Return the approved catalogue at or nearest above an agency; of several of one agency the latest approved."""
    at = aliased(Agency)
    query = (
        select(ProductCatalogue)
        .join(Agency, Agency.id == ProductCatalogue.agency_id)
        .where(
            ProductCatalogue.state == "approved",
            ProductCatalogue.agency_id.in_(select(func.unnest(at.scope_ids)).where(at.id == agency_id)),
        )
        .order_by(Agency.depth.desc(), ProductCatalogue.approved_on.desc(), ProductCatalogue.id.desc())
        .limit(1)
    )  # fmt: skip
    return db.session.scalars(query).one_or_none()


def products_for(agency_id: int, words: str | None = None) -> Sequence[WorkProduct]:
    """Return the active products an agency gives work from, in their order: the nearest approved catalogue at or above.

    `words` narrows to products with all of them in code, task, detail or output, accents aside. Empty without one.
    """
    catalogue = approved_catalogue(agency_id)
    if catalogue is None:
        return []
    query = select(WorkProduct).where(WorkProduct.catalogue_id == catalogue.id, WorkProduct.state == "active")
    query = query.where(*worded(words)).order_by(WorkProduct.place, WorkProduct.id).limit(PRODUCTS_MOST)
    return db.session.scalars(query).all()


def worded(words: str | None) -> list[ColumnElement[bool]]:
    """Return the conditions that every word is found, each at the beginning of a word."""
    asked = fold(words or "").split()[:10]
    return [WorkProduct.search_key.contains(f" {word}", autoescape=True) for word in asked]


def standing_of(agency_id: int) -> ProductCatalogue | None:
    """Return the approved catalogue of an agency itself."""
    query = select(ProductCatalogue).where(
        ProductCatalogue.agency_id == agency_id, ProductCatalogue.state == "approved"
    )
    return db.session.scalars(query.order_by(ProductCatalogue.id.desc()).limit(1)).one_or_none()
