"""Where each importable field lives, and what is true of it now as one text, so that rows compare without a type.

Every stored value has one spelling: ISO dates, decimals without trailing zeros, codes of catalogues and agencies.
The database writes a person's state in that spelling, a row's values are brought to it, and equal texts are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects import postgresql

from hrms.core.dates import PartialDate
from hrms.people.models import Person

SEPARATOR = "\x1f"
"""Between the values of a state; no text of the record can hold it."""

_OWN = frozenset({
    "id", "scope_ids", "id_override_reason", "sort_key", "search_text", "created_batch_id", "created_at", "changed_at",
    "version", "photo_hash",
})  # fmt: skip
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # the dialect's constructor has no types

PERSON_TYPES: dict[str, str] = {
    column.name: column.type.compile(dialect=_DIALECT).partition(" COLLATE")[0]
    for column in Person.__table__.columns
    if column.name not in _OWN
}
"""Column of `people` that a file may fill → its type in the database."""

STATUS = ("status", "kind")
POST = ("leadership_post", "post_appointed_on", "post_reappointed_on", "post_term", "position_allowance")
RANK = (
    "rank", "rank_since", "step", "coefficient", "step_since", "pay_percent", "beyond_scale_percent",
    "beyond_scale_since",
)  # fmt: skip
ALLOWANCES = {
    "concurrent_allowance": "concurrent",
    "responsibility_allowance": "responsibility",
    "regional_allowance": "regional",
    "other_allowance": "other",
}
"""Field of a list → kind of allowance."""
LEADERSHIP = "leadership"

_NUMBER = "trim_scale(%s)::text"
FACT_STATE: dict[str, str] = {
    "status": "s.status",
    "kind": "s.kind",
    "managing_agency": "coalesce(ma.code, '#' || ma.id)",
    "using_agency": "coalesce(ua.code, '#' || ua.id)",
    "leadership_post": "coalesce(post.post_code, post.post_name)",
    "post_appointed_on": "post.appointed_on::text",
    "post_reappointed_on": "post.reappointed_on::text",
    "post_term": "post.term_note",
    "position_allowance": _NUMBER % "coalesce(post.coefficient, al.leadership)",
    "rank": "r.rank_code",
    "rank_since": "r.rank_since::text",
    "step": "r.step::text",
    "coefficient": _NUMBER % "r.coefficient",
    "step_since": "r.step_since::text",
    "pay_percent": _NUMBER % "r.pay_percent",
    "beyond_scale_percent": _NUMBER % "r.beyond_scale_percent",
    "beyond_scale_since": "r.beyond_scale_since::text",
    **{field: _NUMBER % f"al.{kind}" for field, kind in ALLOWANCES.items()},
}
"""Field that a dated fact holds → its value in force."""

EDGES: dict[str, str] = {
    "status_from": "s.valid_from::text", "status_to": "s.valid_to::text",
    "managing_to": "man.valid_to::text", "using_from": "us.valid_from::text", "using_to": "us.valid_to::text",
    "post_to": "post.valid_to::text", "rank_from": "r.valid_from::text", "rank_to": "r.valid_to::text",
}  # fmt: skip
"""Where the facts in force begin and end."""

_NUMERIC = ("NUMERIC",)


def _state_of(key: str) -> str:
    if key in FACT_STATE:
        return FACT_STATE[key]
    if key in EDGES:
        return EDGES[key]
    kind = PERSON_TYPES[key]
    if kind.startswith(_NUMERIC):
        return _NUMBER % f"p.{key}"
    return f"p.{key}" if kind == "TEXT" else f"p.{key}::text"


def in_force(alias: str, *, known: bool = False) -> str:
    """Return the condition "true on `:day`" of a dated table, as known now or, with `known`, on `:known`."""
    recorded = (
        f"{alias}.recorded_at <= :known AND ({alias}.superseded_at IS NULL OR {alias}.superseded_at > :known)"
        if known
        else f"{alias}.superseded_at IS NULL"
    )
    return f"{recorded} AND {alias}.valid_from <= :day AND ({alias}.valid_to IS NULL OR {alias}.valid_to > :day)"


def joins(*, known: bool = False) -> str:
    """Return the joins from `people p` to the facts in force and the agencies they name."""
    kinds = ", ".join(
        f"max(a.coefficient) FILTER (WHERE a.allowance_kind = '{kind}') AS {kind}"
        for kind in (LEADERSHIP, *ALLOWANCES.values())
    )
    return (
        f" LEFT JOIN person_status s ON s.person_id = p.id AND {in_force('s', known=known)}"  # noqa: S608 - own names
        f" LEFT JOIN person_agency man ON man.person_id = p.id AND man.membership = 'managing'"
        f" AND {in_force('man', known=known)}"
        " LEFT JOIN agencies ma ON ma.id = man.agency_id"
        " LEFT JOIN person_agency us ON us.person_id = p.id AND us.membership = "
        f"'using' AND {in_force('us', known=known)}"
        " LEFT JOIN agencies ua ON ua.id = us.agency_id"
        f" LEFT JOIN person_post post ON post.person_id = p.id AND post.slot = 0 AND {in_force('post', known=known)}"
        f" LEFT JOIN person_rank r ON r.person_id = p.id AND {in_force('r', known=known)}"
        f" LEFT JOIN LATERAL (SELECT {kinds} FROM person_allowance a WHERE a.person_id = p.id"
        f" AND {in_force('a', known=known)}) al ON true"
    )


def state_sql(keys: Sequence[str]) -> str:
    """Return the expression that writes the values of `keys` of a person as one text."""
    return f"array_to_string(ARRAY[{', '.join(_state_of(key) for key in keys)}]::text[], E'\\x1f', '')"


AS_DAYS = frozenset({"rank_since", "step_since", "beyond_scale_since", "post_appointed_on", "post_reappointed_on"})
"""Fields whose facts hold whole dates: a month or a year alone is taken from its first day."""


def _decimal(value: Decimal) -> str:
    return f"{value.normalize():f}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    Decimal: _decimal,
    date: date.isoformat,
    PartialDate: lambda value: str(value.iso),
}


def text_of(key: str, value: Any) -> str:
    """Return a value in the spelling of the state."""
    kind = type(value)
    if kind is PartialDate and key in AS_DAYS:
        return str(value.earliest().isoformat())
    writer = _WRITERS.get(kind)
    # An enum's member is written as its value.
    return writer(value) if writer else str(getattr(value, "value", value))


def day_of(text: str) -> date:
    """Return the first day that a stored date, whole or partial, can mean."""
    return date.fromisoformat(text + "0000-01-01"[len(text) :])
