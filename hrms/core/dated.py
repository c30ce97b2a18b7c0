"""Facts with two clocks: when something was true, and when the system knew it.

A dated fact is never edited. `replace()` supersedes what the new interval touches, writes the parts of the old rows
that stick out on either side again, and adds the new row, all in one statement; so "as at" a date and "as known on" an
instant can always be asked. Intervals are half open, `[valid_from, valid_to)`; an open end is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from psycopg.types.json import Jsonb
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Table, and_, func, literal_column, or_, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from hrms.core.db import PrimaryKey, RecordedAt, db
from hrms.core.errors import Refused
from hrms.core.formats import format_date
from hrms.core.rules import N_, Problem

BASIS_DECISION = "decision"
BASIS_OLD_DATA = "old_data"
OLD_DATA_LABEL = N_("chuyển từ dữ liệu cũ, chưa có số quyết định")

_CLOCK_COLUMNS = ("valid_from", "valid_to", "recorded_at", "superseded_at")
_PAPER_COLUMNS = ("decision_id", "basis", "recorded_by", "batch_id")


class Dated:
    """Columns of a dated fact.

    The table names its owner columns in `__dated_key__`: no two current rows of one owner may overlap, which an
    exclusion constraint made by `no_overlap()` holds in the database.
    """

    __dated_key__: ClassVar[tuple[str, ...]]

    id: Mapped[PrimaryKey]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]
    superseded_at: Mapped[datetime | None]
    basis: Mapped[str]
    recorded_by: Mapped[int | None]
    batch_id: Mapped[int | None]

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:  # noqa: N805 - a declared attribute receives the class
        """Return the paper the fact rests on; null only for old data whose paper is unknown."""
        return mapped_column(ForeignKey("decisions.id"))


def dated_constraints(table: str, *key: str, where: str = "superseded_at IS NULL") -> tuple[Any, ...]:
    """Return the named constraints and indexes of a dated table: order of dates, paper or old data, no overlap."""
    return (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
        CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name="basis"),
        no_overlap(table, *key, where=where),
        Index(f"ix_{table}_decision_id", "decision_id", postgresql_where=text("decision_id IS NOT NULL")),
        Index(f"ix_{table}_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    )


def no_overlap(table: str, *key: str, where: str = "superseded_at IS NULL", name: str = "overlap") -> ExcludeConstraint:
    """Return the constraint that keeps current rows of one owner apart in time."""
    return ExcludeConstraint(
        *[(literal_column(column), "=") for column in key],
        (literal_column("daterange(valid_from, valid_to)"), "&&"),
        name=f"ex_{table}_{name}",
        using="gist",
        where=text(where),
    )


def at(model: type[Any], on: date | None = None, known_on: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition "true on `on`, as known on `known_on`"; None means any day, and known now."""
    conditions: list[ColumnElement[bool]] = []
    if known_on is None:
        conditions.append(model.superseded_at.is_(None))
    else:
        conditions += [
            model.recorded_at <= known_on,
            or_(model.superseded_at.is_(None), model.superseded_at > known_on),
        ]
    if on is not None:
        conditions += [model.valid_from <= on, or_(model.valid_to.is_(None), model.valid_to > on)]
    return and_(*conditions)


def recording_moment() -> datetime:
    """Return the one instant this transaction records its facts at; ask for it after the locks are taken."""
    info: dict[str, Any] = db.session().info
    transaction = db.session().get_transaction()
    if info.get("hrms.moment_of") is not transaction or "hrms.moment" not in info:
        info["hrms.moment_of"] = transaction
        info["hrms.moment"] = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    moment: datetime = info["hrms.moment"]
    return moment


def forget_moment() -> None:
    """Take a new instant from here on: for a program that plays several days of an office in one transaction."""
    db.session().info.pop("hrms.moment", None)


def check_interval(valid_from: date, valid_to: date | None) -> None:
    """Raise `Refused` when an interval ends before it begins; the sentence shows the last day, as people write it."""
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(
            Problem(
                "valid_to",
                "ends_before_it_begins",
                N_("Ngày kết thúc phải từ ngày bắt đầu %(start)s trở đi. Hãy sửa một trong hai ngày."),
                {"start": format_date(valid_from, "vi")},
            )
        )


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table


def fact_columns(model: type[Any]) -> tuple[str, ...]:
    """Return the columns that say what is true: not the key, the clocks, the paper or the id."""
    own = {*model.__dated_key__, *_CLOCK_COLUMNS, *_PAPER_COLUMNS, "id"}
    return tuple(column.name for column in _table(model).columns if column.name not in own)


_LAY = """
WITH old AS (
  UPDATE {table} t SET superseded_at = CAST(:moment AS timestamptz) FROM {source} n
  WHERE {match} AND t.superseded_at IS NULL
    AND daterange(t.valid_from, t.valid_to) && daterange(n.valid_from, n.valid_to)
  RETURNING t.*, n.valid_from AS new_from, n.valid_to AS new_to
)
INSERT INTO {table} ({columns})
SELECT {old}, old.valid_from, old.new_from, CAST(:moment AS timestamptz) FROM old
WHERE old.valid_from < old.new_from
UNION ALL
SELECT {old}, old.new_to, old.valid_to, CAST(:moment AS timestamptz) FROM old
WHERE old.new_to IS NOT NULL AND (old.valid_to IS NULL OR old.valid_to > old.new_to)
"""
# The new row comes last: by then the whole of `old` has been superseded, so the exclusion constraint is at peace.
_NEW = """UNION ALL
SELECT {new}, n.valid_from, n.valid_to, CAST(:moment AS timestamptz) FROM {source} n
"""


def replace_sql(model: type[Any], source: str, *, erase: bool = False) -> str:
    """Return the statement that lays the rows of `source` over the current facts of `model`.

    `source` is a table or subquery `n` with the key, the fact columns, `valid_from`, `valid_to`, `decision_id`,
    `basis`, `recorded_by`, `batch_id`, and at most one row per key. `:moment` is the recording instant. With `erase`
    the interval is emptied and nothing is put in its place.
    """
    name = _table(model).name
    key = model.__dated_key__
    kept = (*key, *fact_columns(model), *_PAPER_COLUMNS)
    columns = ", ".join((*kept, "valid_from", "valid_to", "recorded_at"))
    old = ", ".join(f"old.{column}" for column in kept)
    new = ", ".join(f"n.{column}" for column in kept)
    match = " AND ".join(f"t.{column} = n.{column}" for column in key)
    texts = {
        "table": name, "source": source, "match": match, "columns": columns, "old": old, "new": new,
    }  # fmt: skip
    return (_LAY + ("" if erase else _NEW)).format(**texts)


def _bound(value: Any) -> Any:
    """Return a value as the driver takes it: what is kept as JSON names its type."""
    return Jsonb(value) if isinstance(value, dict) else value


def _single(model: type[Any]) -> str:
    columns = (*model.__dated_key__, *fact_columns(model), *_PAPER_COLUMNS, "valid_from", "valid_to")
    compiled = {column.name: column.type.compile(dialect=db.engine.dialect) for column in _table(model).columns}
    # A collation is no part of a type's name in a cast.
    types = {name: words.split(" COLLATE ", 1)[0] for name, words in compiled.items()}
    return "(SELECT " + ", ".join(f"CAST(:{name} AS {types[name]}) AS {name}" for name in columns) + ")"


def replace(
    model: type[Any],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
    recorded_by: int | None = None,
    batch_id: int | None = None,
) -> None:
    """Make `values` true of `key` from `valid_from` to before `valid_to`; the caller holds the owner's lock.

    Without a `decision_id` the fact is marked as old data. Raises `Refused` for an interval that ends before it
    begins, `KeyError` when a fact column has no value.
    """
    check_interval(valid_from, valid_to)
    row = {
        **{name: _bound(values.get(name)) for name in fact_columns(model)},
        **{name: key[name] for name in model.__dated_key__},
        "valid_from": valid_from,
        "valid_to": valid_to,
        "decision_id": decision_id,
        "basis": BASIS_DECISION if decision_id is not None else BASIS_OLD_DATA,
        "recorded_by": recorded_by,
        "batch_id": batch_id,
        "moment": recording_moment(),
    }
    db.session.execute(text(replace_sql(model, _single(model))), row)


def erase(model: type[Any], key: Mapping[str, Any], *, valid_from: date, valid_to: date | None = None) -> None:
    """Make nothing true of `key` in the interval: what was recorded there is superseded, the rest stays."""
    check_interval(valid_from, valid_to)
    row: dict[str, Any] = dict.fromkeys((*fact_columns(model), *_PAPER_COLUMNS))
    row |= {**key, "valid_from": valid_from, "valid_to": valid_to, "moment": recording_moment()}
    db.session.execute(text(replace_sql(model, _single(model), erase=True)), row)


def replace_many(model: type[Any], source: str, *, rounds: Iterable[int] = (1,), moment: datetime | None = None) -> int:
    """Lay all rows of the temporary table `source` over the facts, set-based; returns the rows written.

    `source` has, beside the columns of `replace_sql`, a column `round` (1, 2, …): rows of one key must differ in it,
    and are laid in its order, since one statement can lay one row per key.
    """
    written = 0
    for number in rounds:
        one_round = f"(SELECT * FROM {source} WHERE round = {int(number)})"  # noqa: S608 - a temporary table's name
        statement = replace_sql(model, one_round)
        result: Any = db.session.execute(text(statement), {"moment": moment or recording_moment()})
        written += int(result.rowcount)
    return written


def history(model: type[Any], key: Mapping[str, Any], known_on: datetime | None = None) -> Sequence[Any]:
    """Return the facts of one owner, newest first, as known now or on an instant; corrected rows are left out."""
    rows = db.session.scalars(
        db.select(model)
        .where(*[getattr(model, name) == value for name, value in key.items()], at(model, None, known_on))
        .order_by(model.valid_from.desc(), func.coalesce(model.valid_to, date.max).desc())
    )
    return rows.all()
