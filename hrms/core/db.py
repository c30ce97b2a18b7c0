"""The database handle, the base class of every table, and the few column types the domains share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Date,
    DateTime,
    Identity,
    MetaData,
    Numeric,
    Text,
    bindparam,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import Integer, UserDefinedType

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Ltree(UserDefinedType[str]):
    """A path of agency ids such as `1.5.77`; digits only, since labels with a hyphen fail on PostgreSQL 15."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the SQL name of the type."""
        return "ltree"


class TsVector(UserDefinedType[str]):
    """The words a name is found by; filled with `to_tsvector('simple', …)`, never read into Python."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the SQL name of the type."""
        return "tsvector"


class Base(DeclarativeBase):
    """Base of all tables: constraint names by rule, text instead of varchar, aware timestamps."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text(),
            datetime: DateTime(timezone=True),
            date: Date(),
            int: BigInteger(),
            dict[str, Any]: JSONB(),
            list[int]: ARRAY(BigInteger()),
            list[str]: ARRAY(Text()),
        },
    )


PrimaryKey = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
Coefficient = Annotated[Decimal, mapped_column(Numeric(6, 3))]
Percent = Annotated[Decimal, mapped_column(Numeric(6, 2))]
Dong = Annotated[Decimal, mapped_column(Numeric(16, 0))]
Small = Annotated[int, mapped_column(Integer)]
RecordedAt = Annotated[datetime, mapped_column(server_default=text("clock_timestamp()"))]


class Versioned:
    """A row that people edit: `version` goes up by one with each change, and a stale form or `If-Match` is refused."""

    version: Mapped[int] = mapped_column(server_default=text("1"))


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

PLANNED_ONCE = {"planned_once": True}
"""Execution options of a statement whose plan is the same whatever its values, such as one that reads by a key.

Such a statement is prepared, so that a connection parses and plans it once. All others are planned for their values:
the best way to a list is another for a province than for a ward.
"""


@event.listens_for(Engine, "do_execute")
def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    if not context.execution_options.get("planned_once"):
        return False
    cursor.execute(statement, parameters, prepare=True)
    return True


def bigints(values: Iterable[int]) -> BindParameter[Any]:
    """Return ids as one `bigint[]` parameter, the form closures and scopes are compared in."""
    return bindparam(None, [*values], type_=ARRAY(BigInteger()))
