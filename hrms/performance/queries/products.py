"""Reads of catalogues of products: lists, one with its products by the page, the one an agency gives work from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from hrms.agencies.models import Agency
from hrms.core.db import db
from hrms.core.text import fold
from hrms.performance.models import ProductCatalogue, WorkProduct

PRODUCTS_MOST = 5000
"""More products than this are no catalogue to choose from."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A catalogue of a list, with whose it is and its counts."""

    catalogue: ProductCatalogue
    agency: str | None
    products: int
    proposed: int


def approved_catalogue(agency_id: int) -> ProductCatalogue | None:
    """Return the approved catalogue at or nearest above an agency; of several of one agency the latest approved."""
    query = (
        select(ProductCatalogue)
        .join(Agency, Agency.id == ProductCatalogue.agency_id)
        .where(
            ProductCatalogue.state == "approved",
            ProductCatalogue.agency_id == func.any(
                select(Agency.scope_ids).where(Agency.id == agency_id).scalar_subquery()
            ),
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
