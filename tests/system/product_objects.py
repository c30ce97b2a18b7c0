"""A draft catalogue of products with one product at a place, for the matrix of all routes."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Table, insert

from hrms.core.db import Base, db
from tests.province import Province


def product_objects(province: Province, place: str) -> dict[tuple[str, str], int]:
    """Write the draft of a place and return its ids by kind and place."""
    catalogues: Table = Base.metadata.tables["product_catalogues"]
    products: Table = Base.metadata.tables["work_products"]
    catalogue = db.session.execute(
        insert(catalogues)
        .values(
            code=f"THU.{place}", name="Danh mục thử", agency_id=province.agencies[place], state="draft",
            standard_product="Công văn", standard_points=Decimal(5),
            groups=[{"code": "N1", "name": "", "from": "1", "to": "100"}],
        )
        .returning(catalogues.c.id)
    ).scalar_one()  # fmt: skip
    product = db.session.execute(
        insert(products)
        .values(
            catalogue_id=catalogue, code="A.01", place=1, task="Soạn báo cáo", complexity="N1", points=Decimal(10),
            factor=Decimal(2), state="active", search_key=" a 01 soan bao cao",
        )
        .returning(products.c.id)
    ).scalar_one()  # fmt: skip
    return {("product catalogue", place): int(catalogue), ("product", place): int(product)}
