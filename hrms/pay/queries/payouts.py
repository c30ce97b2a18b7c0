"""Rounds of bonuses and extra income as pages, files and programs read them: lists, one with its shares, one's own.

Names are read for everybody a round pays or leaves out, also for who has moved on since: what a paying agency shared is
its own to see. The permission over the agency is asked first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.core.text import fold
from hrms.pay.models import IncentiveRound, IncentiveScheme, IncentiveShare
from hrms.pay.queries.payout_terms import kept_terms, program
from hrms.pay.rules.schemes import LeftOut, PayoutState, RatingOf, Step, Terms

P = Permission
MONEY_FROM = 10_000
"""Whole numbers of reasons from here on are amounts, written with separators."""


def keep_reason(reason: Reason) -> dict[str, Any]:
    """Return a reason as JSON; decimals and amounts keep their kind, so that they are shown as numbers."""
    params = {name: _keep(value) for name, value in reason.params.items()}
    return {"text": reason.text, "figure": reason.figure, "source": reason.source, "params": params}


def _keep(value: Any) -> Any:
    money = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= MONEY_FROM
    return {"number": str(value)} if money or isinstance(value, Decimal) else value


def read_reasons(kept: Mapping[str, Any] | None) -> list[Reason]:
    """Return the reasons a round keeps."""
    return [
        Reason(
            one["text"], one["figure"], one["source"],
            {name: Decimal(it["number"]) if isinstance(it, dict) else it for name, it in one["params"].items()},
        )
        for one in (kept or {}).get("steps", ())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What the list of rounds is narrowed to."""

    year: int | None = None
    purpose: str | None = None
    step: str | None = None
    state: str | None = None
    under: int | None = None
    scheme_id: int | None = None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in the list with its agency and how many are paid."""

    found: IncentiveRound
    agency: str
    purpose: str
    year: int
    sort_key: str
    id: int
    people: int = 0


_ORDER: Order = (
    (IncentiveRound.__table__.c.year, True), (Agency.__table__.c.sort_key, False),
    (IncentiveRound.__table__.c.id, True),
)  # fmt: skip
_KEYS = ("year", "sort_key", "id")


def list_rounds(
    actor: Actor, filters: ListFilters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[RoundRow]:
    """Return a page of the rounds of the reader's part, newest year first; two statements."""
    found: Any = (
        select(
            IncentiveRound,
            Agency.name,
            IncentiveScheme.purpose,
            IncentiveRound.year,
            Agency.sort_key,
            IncentiveRound.id,
        )
        .join(Agency, Agency.id == IncentiveRound.agency_id)
        .join(IncentiveScheme, IncentiveScheme.id == IncentiveRound.scheme_id)
        .where(*_narrowed(actor, filters))
        .order_by(*order_by(_ORDER, back=bool(before)))
        .limit(limit + 1)
    )
    cursor = after or before
    if cursor:
        values = typed_values(_ORDER, decode(cursor, len(_ORDER)))
        found = found.where(seek(_ORDER, values, back=bool(before)))
    page = cut(list(db.session.execute(found)), limit, _KEYS, after=after, before=before)
    ids = [row.id for row in page.items]
    counting = (
        select(IncentiveShare.round_id, func.count())
        .where(IncentiveShare.round_id.in_(ids), IncentiveShare.amount > 0)
        .group_by(IncentiveShare.round_id)
    )
    counted = {row[0]: row[1] for row in db.session.execute(counting)} if ids else {}
    rows = [
        RoundRow(row[0], row[1], row.purpose, row.year, row.sort_key, row.id, counted.get(row.id, 0))
        for row in page.items
    ]
    return Page(rows, page.next, page.previous)


def all_rounds(actor: Actor, filters: ListFilters) -> Sequence[Any]:
    """Return every round of a list with its agency, purpose and how many are paid, in the list's order; one statement.

    For a file: some hundred rows for a province and year.
    """
    paid = (
        select(func.count())
        .where(IncentiveShare.round_id == IncentiveRound.id, IncentiveShare.amount > 0)
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(IncentiveRound, Agency.name.label("agency"), IncentiveScheme.purpose, paid.label("people"))
        .join(Agency, Agency.id == IncentiveRound.agency_id)
        .join(IncentiveScheme, IncentiveScheme.id == IncentiveRound.scheme_id)
        .where(*_narrowed(actor, filters))
        .order_by(*order_by(_ORDER))
    )
    return db.session.execute(query).all()


def _narrowed(actor: Actor, filters: ListFilters) -> list[ColumnElement[bool]]:
    found = [agencies.visible(actor, P.PAY_VIEW)]
    for value, column in (
        (filters.year, IncentiveRound.year), (filters.purpose, IncentiveScheme.purpose),
        (filters.step, IncentiveRound.step), (filters.scheme_id, IncentiveRound.scheme_id),
    ):  # fmt: skip
        if value is not None:
            found.append(column == value)
    if filters.state is not None:
        found.append(IncentiveRound.state == filters.state)
    else:
        found.append(IncentiveRound.state != PayoutState.CANCELLED.value)
    if filters.under is not None:
        found.append(Agency.scope_ids.contains([filters.under]))
    return found


def sums(actor: Actor, filters: ListFilters) -> Any:
    """Return `rounds`, `fund`, `shared` and `remainder` in đồng of all rounds of a list; one statement."""
    query = (
        select(
            func.count().label("rounds"), func.coalesce(func.sum(IncentiveRound.fund), 0).label("fund"),
            func.coalesce(func.sum(IncentiveRound.shared), 0).label("shared"),
            func.coalesce(func.sum(IncentiveRound.remainder), 0).label("remainder"),
        )
        .join(Agency, Agency.id == IncentiveRound.agency_id)
        .join(IncentiveScheme, IncentiveScheme.id == IncentiveRound.scheme_id)
        .where(*_narrowed(actor, filters))
    )  # fmt: skip
    return db.session.execute(query).one()


def list_years(actor: Actor) -> list[int]:
    """Return the years the reader's part has rounds of, newest first."""
    query = select(IncentiveRound.year).join(Agency, Agency.id == IncentiveRound.agency_id).distinct()
    return sorted(db.session.scalars(query.where(agencies.visible(actor, P.PAY_VIEW))), reverse=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A round with its agency, its scheme as it is now, and the terms it keeps."""

    found: IncentiveRound
    agency: Agency
    scheme: IncentiveScheme
    terms: Terms

    @property
    def step(self) -> Step:
        """Return what the round pays."""
        return Step(self.found.step)

    @property
    def by_year(self) -> bool:
        """Say whether the class of the year decides, which may be replaced later."""
        return self.found.quarter is None and self.step is Step.SETTLEMENT and self.terms.rating_of is RatingOf.YEAR


def get_round(actor: Actor, round_id: int) -> Opened:
    """Return a round of the reader's part. Raises `NotFound`, also for one outside it."""
    query = (
        select(IncentiveRound, Agency, IncentiveScheme)
        .join(Agency, Agency.id == IncentiveRound.agency_id)
        .join(IncentiveScheme, IncentiveScheme.id == IncentiveRound.scheme_id)
        .where(IncentiveRound.id == round_id, agencies.visible(actor, P.PAY_VIEW))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("incentive_round")
    return Opened(row[0], row[1], row[2], kept_terms(row[0]))


@dataclass(frozen=True, slots=True)
class ShareFilters:
    """What the list of shares is narrowed to; `left`: "out" without a share, "hand" by hand; `changed`: the class."""

    q: str = ""
    unit: int | None = None
    rating: str | None = None
    left: str | None = None
    changed: bool = False

    @property
    def empty(self) -> bool:
        """Whether everybody is asked for."""
        return not (self.q or self.unit or self.rating or self.left or self.changed)


_SHARES = """
SELECT s.id, s.person_id, h.full_name, h.staff_code, h.sort_key, h.job_position, a.name AS unit, s.kind, s.rating,
  s.months, s.coefficient, s.salary, s.points, s.amount, s.advanced, s.due, s.left_out, s.parts, s.note,
  t.rating AS rating_now
FROM incentive_shares s
JOIN people h ON h.id = s.person_id
JOIN agencies a ON a.id = s.agency_id
LEFT JOIN person_rating t ON t.person_id = s.person_id AND t.year = :year
"""


def list_shares(
    one: Opened, filters: ShareFilters, *, after: str | None = None, before: str | None = None,
    limit: int | None = LIMIT,
) -> Page[Any]:  # fmt: skip
    """Return a page of the shares of a round by name (all without `limit`), those left out too; one statement."""
    clauses = ["s.round_id = :round"]
    values: dict[str, Any] = {"round": one.found.id, "year": one.found.year}
    if filters.q:
        words = fold(filters.q).split()[:8]
        named = " AND ".join(f"' ' || h.search_text LIKE :q{place}" for place in range(len(words))) or "false"
        clauses.append(f"({named} OR h.staff_code = :code)")
        values |= {f"q{place}": f"% {_like(word)}%" for place, word in enumerate(words)} | {"code": filters.q.upper()}
    if filters.unit:
        clauses.append("s.agency_id = :unit")
        values["unit"] = filters.unit
    if filters.rating:
        clauses.append("s.rating = :rating")
        values["rating"] = filters.rating
    if filters.left:
        clauses.append("s.left_out = 'hand'" if filters.left == LeftOut.HAND else "s.left_out IS NOT NULL")
    if filters.changed:
        clauses.append("s.rating IS DISTINCT FROM t.rating AND s.left_out IS NULL" if one.by_year else "false")
    back, cursor = bool(before), after or before
    if cursor:
        sort_key, person_id = decode(cursor, 2)
        values |= {"sort_key": str(sort_key), "person": int(person_id)}
        clauses.append(f"(h.sort_key, s.person_id) {'<' if back else '>'} (:sort_key, :person)")
    way = "DESC" if back else "ASC"
    most = "" if limit is None else f" LIMIT {int(limit) + 1}"
    query = f"{_SHARES} WHERE {' AND '.join(clauses)} ORDER BY h.sort_key {way}, s.person_id {way}{most}"
    with scope.entered(program(one.agency)):
        rows = db.session.execute(text(query), values).all()
    if limit is None:
        return Page(rows)
    return cut(rows, limit, ("sort_key", "person_id"), after=after, before=before)


def _like(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_SUMS = text("""
SELECT s.rating, s.agency_id, grouping(s.rating) AS no_rating, grouping(s.agency_id) AS no_unit, min(a.name) AS unit,
  count(*) AS every, count(*) FILTER (WHERE s.left_out IS NULL) AS people, sum(s.amount) AS amount,
  sum(s.advanced) AS advanced, sum(s.due) AS due, sum(s.due) FILTER (WHERE s.due < 0) AS owed,
  count(*) FILTER (WHERE s.due < 0) AS owing,
  count(*) FILTER (WHERE :by_year AND s.left_out IS NULL AND s.rating IS DISTINCT FROM t.rating) AS changed
FROM incentive_shares s JOIN agencies a ON a.id = s.agency_id
LEFT JOIN person_rating t ON t.person_id = s.person_id AND t.year = :year
WHERE s.round_id = :round
GROUP BY GROUPING SETS ((), (s.rating), (s.agency_id))
ORDER BY min(a.depth), min(a.sort_key)
""")


@dataclass(frozen=True, slots=True)
class Summed:
    """Sums of a round: of all, by class (rows with `rating`, None: left out), by unit (rows with `unit`)."""

    total: Any
    by_class: Sequence[Any]
    by_unit: Sequence[Any]


def summed(one: Opened) -> Summed:
    """Return the sums of a round; one statement."""
    with scope.entered(program(one.agency)):
        values = {"round": one.found.id, "year": one.found.year, "by_year": one.by_year}
        rows = db.session.execute(_SUMS, values).all()
    total = next(row for row in rows if row.no_rating and row.no_unit)
    by_class = [row for row in rows if not row.no_rating]
    by_unit = [row for row in rows if not row.no_unit and row.no_rating]
    return Summed(total, by_class, by_unit)


def get_share(actor: Actor, share_id: int) -> tuple[Opened, Any]:
    """Return a share the reader may see: of their part, or their own once decided. Raises `NotFound`."""
    found = db.session.get(IncentiveShare, share_id)
    if found is None:
        raise missing("incentive_share")
    mine = actor.person_id is not None and found.person_id == actor.person_id
    row: Any = db.session.execute(
        select(IncentiveRound, Agency, IncentiveScheme)
        .join(Agency, Agency.id == IncentiveRound.agency_id)
        .join(IncentiveScheme, IncentiveScheme.id == IncentiveRound.scheme_id)
        .where(IncentiveRound.id == found.round_id)
    ).one_or_none()
    if row is None:
        raise missing("incentive_share")
    one = Opened(row[0], row[1], row[2], kept_terms(row[0]))
    if not actor.may(P.PAY_VIEW, at=one.agency.scope_ids):
        if not mine or one.found.state != PayoutState.DECIDED:
            raise missing("incentive_share")
        actor.require(P.SELF_VIEW)
    with scope.entered(program(one.agency)):
        values = {"id": share_id, "year": one.found.year}
        return one, db.session.execute(text(f"{_SHARES} WHERE s.id = :id"), values).one()


_OF_PERSON = text("""
SELECT s.id, s.round_id, r.year, r.quarter, r.step, r.decided_on, r.terms ->> 'name' AS scheme, k.purpose,
  a.name AS agency, s.rating, s.months, s.amount, s.advanced, s.due, s.left_out, s.note
FROM incentive_shares s
JOIN incentive_rounds r ON r.id = s.round_id
JOIN incentive_schemes k ON k.id = r.scheme_id
JOIN agencies a ON a.id = r.agency_id
WHERE s.person_id = :person AND r.state = 'decided'
ORDER BY r.year DESC, r.quarter DESC NULLS FIRST, r.id DESC
LIMIT :most
""")


def of_person(person_id: int, most: int = 100) -> Sequence[Any]:
    """Return the decided shares of a person that the transaction may see, newest first; one statement.

    For `pay.own` and the record's page of pay: the row policies show one's own and those of the pay permission.
    """
    return db.session.execute(_OF_PERSON, {"person": person_id, "most": most}).all()
