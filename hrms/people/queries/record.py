"""One person's record as at a day and as known on an instant: a fixed number of statements whatever the rows.

Two statements give the head of every tab: the person with what is true now, and all dated facts. A tab adds one for its
tables and one for the papers it names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.dated import BASIS_OLD_DATA
from hrms.core.db import PLANNED_ONCE, db
from hrms.core.permissions import Permission
from hrms.core.rules import Problem, Reason
from hrms.people.models import (
    Discipline,
    Education,
    FamilyMember,
    ForeignTie,
    OldRegimeService,
    Person,
    PersonCurrent,
    Rating,
    Reward,
    WorkPeriod,
)
from hrms.people.queries import codes, law
from hrms.people.rules.absences import reason_guard
from hrms.people.rules.kinds import IN_SERVICE, EmploymentStatus, PersonKind, Sex
from hrms.people.rules.record import SYLL_ITEMS, Completeness, completeness
from hrms.people.rules.retirement import Retirement, retirement
from hrms.people.rules.sheet import GROUP_OF, TABLES_BY_KEY
from hrms.people.rules.steps import next_percent, next_step_due

TABLES: Mapping[str, type[Any]] = {
    "education": Education, "work": WorkPeriod, "old_regime": OldRegimeService, "foreign_tie": ForeignTie,
    "reward": Reward, "discipline": Discipline, "rating": Rating, "family": FamilyMember,
}  # fmt: skip

_CLOCKS = frozenset(
    {
        "id", "person_id", "valid_from", "valid_to", "recorded_at", "superseded_at", "decision_id", "basis",
        "recorded_by", "batch_id",
    }
)  # fmt: skip
FACT_KINDS = ("status", "agency", "post", "rank", "allowance", "absence")
_NUMBERS = frozenset({"coefficient", "percent", "pay_percent", "beyond_scale_percent", "amount"})
_DATES = frozenset(
    {"rank_since", "step_since", "beyond_scale_since", "appointed_on", "reappointed_on", "term_until", "expected_until"}
)
_CLOCKED = "f.id, f.valid_from, f.valid_to, f.recorded_at, f.superseded_at, f.decision_id, f.basis, to_jsonb(f) AS row"
_FACTS = text(f"""
SELECT 'status' AS kind, {_CLOCKED}, NULL::text AS agency_name FROM person_status f WHERE f.person_id = :person
UNION ALL
SELECT 'agency', {_CLOCKED}, a.name FROM person_agency f JOIN agencies a ON a.id = f.agency_id
 WHERE f.person_id = :person
UNION ALL
SELECT 'post', {_CLOCKED}, a.name FROM person_post f LEFT JOIN agencies a ON a.id = f.agency_id
 WHERE f.person_id = :person
UNION ALL
SELECT 'rank', {_CLOCKED}, NULL FROM person_rank f WHERE f.person_id = :person
UNION ALL
SELECT 'allowance', {_CLOCKED}, NULL FROM person_allowance f WHERE f.person_id = :person
UNION ALL
SELECT 'absence', {_CLOCKED}, NULL FROM person_absence f WHERE f.person_id = :person
ORDER BY valid_from DESC, kind, recorded_at DESC, id DESC
""").execution_options(**PLANNED_ONCE)  # noqa: S608 - the one name put in is written above


@dataclass(frozen=True, slots=True)
class FactRow:
    """A dated fact of any kind, with its clocks and its paper; `values` are its own columns."""

    kind: str
    id: int
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    decision_id: int | None
    basis: str
    values: Mapping[str, Any]
    agency_name: str | None

    @property
    def is_old_data(self) -> bool:
        """Say whether the paper is unknown."""
        return self.basis == BASIS_OLD_DATA

    @property
    def key(self) -> tuple[Any, ...]:
        """What no two current facts may share at the same time."""
        names = {"agency": ("membership", "slot"), "post": ("slot",), "allowance": ("allowance_kind",)}
        return (self.kind, *(self.values.get(name) for name in names.get(self.kind, ())))

    def known(self, known_on: datetime | None) -> bool:
        """Say whether the record stated this on that instant; now, for None."""
        if known_on is None:
            return self.superseded_at is None
        return self.recorded_at <= known_on and (self.superseded_at is None or self.superseded_at > known_on)

    def true_on(self, day: date) -> bool:
        """Say whether the day lies in the interval."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


@dataclass(frozen=True, slots=True)
class Place:
    """An agency of the person's path."""

    id: int
    code: str | None
    name: str


@dataclass(slots=True)
class Record:
    """A record as read: the person, what the facts say on the day asked for, and what follows from it."""

    person: Person
    as_at: date
    known_on: datetime | None
    facts: Sequence[FactRow]
    path: Sequence[Place]
    filled_tables: Collection[str]
    own: bool
    actor: Actor
    position: str | None = None
    """The job position today: of the main seat, else what the record says in words."""
    position_code: str | None = None
    _memory: dict[str, Any] = field(default_factory=dict)

    def sees(self, guard: str) -> bool:
        """Say whether the reader may see what `guard` guards here; one's own record is open to oneself."""
        return not guard or self.own or self.actor.may(Permission(guard), at=self.person.scope_ids)

    def may(self, permission: Permission) -> bool:
        """Say whether the reader holds the permission over this person; never over oneself by being oneself."""
        return self.actor.may(permission, at=self.person.scope_ids)

    def in_force(self, kind: str) -> list[FactRow]:
        """Return the facts of a kind true on the day asked for, as known on the instant asked for."""
        return [f for f in self.facts if f.kind == kind and f.known(self.known_on) and f.true_on(self.as_at)]

    def one(self, kind: str, **where: Any) -> FactRow | None:
        """Return the fact of a kind in force whose values are as given."""
        return next((f for f in self.in_force(kind) if all(f.values.get(n) == v for n, v in where.items())), None)

    @property
    def status(self) -> FactRow | None:
        """Employment status and kind."""
        return self.one("status")

    @property
    def rank(self) -> FactRow | None:
        """Rank and step."""
        return self.one("rank")

    @property
    def post(self) -> FactRow | None:
        """The main leadership post."""
        return self.one("post", slot=0)

    @property
    def using(self) -> FactRow | None:
        """The using agency."""
        return self.one("agency", membership="using")

    @property
    def managing(self) -> FactRow | None:
        """The managing agency."""
        return self.one("agency", membership="managing")

    @property
    def absence(self) -> FactRow | None:
        """The absence of the day."""
        return self.one("absence")

    @property
    def old_data(self) -> list[FactRow]:
        """The facts in force whose paper is unknown."""
        return [f for kind in FACT_KINDS for f in self.in_force(kind) if f.is_old_data]

    @property
    def serves(self) -> bool:
        """Say whether the person is on the rolls on the day asked for."""
        return self.status is not None and self.status.values["status"] in IN_SERVICE

    @property
    def is_past(self) -> bool:
        """Say whether the reader stands on another day or instant than now."""
        return self.known_on is not None or self.as_at != clock.today()


def _head() -> Select[Any]:
    """Return the statement of a record's head: the person, the path of their agency, which tables have rows."""
    person_id: BindParameter[int] = bindparam("person")
    filled = select(
        func.json_build_object(
            *[
                part
                for name, model in TABLES.items()
                for part in (literal(name), exists(select(model.id).where(model.person_id == person_id)))
            ],
            literal("degrees"),
            exists(select(Education.id).where(Education.person_id == person_id, Education.section == "professional")),
        )
    ).scalar_subquery()
    innermost = aliased(Agency)
    named = func.json_build_object("id", Agency.id, "code", Agency.code, "name", Agency.name)
    path = (
        select(func.json_agg(aggregate_order_by(named, Agency.depth)))
        .select_from(Agency)
        .join(innermost, Agency.id == func.any(innermost.scope_ids))
        .where(innermost.id == PersonCurrent.agency_id)
        .correlate(PersonCurrent)
        .scalar_subquery()
    )
    return (
        select(Person, path, filled, PersonCurrent.job_position, PersonCurrent.position_code)
        .outerjoin(PersonCurrent, PersonCurrent.person_id == Person.id)
        .where(Person.id == person_id)
        .execution_options(populate_existing=True, **PLANNED_ONCE)
    )


_HEAD = _head()
"""Put together once: it is the same for every record, and takes longer to write than to ask."""


def get_record(actor: Actor, person_id: int, as_at: date | None = None, known_on: datetime | None = None) -> Record:
    """Return a record within the transaction's scope (one's own included). Raises `NotFound`."""
    found = db.session.execute(_HEAD, {"person": person_id}).one_or_none()
    if found is None:
        raise missing("person")
    person, places, tables, position, position_code = found
    record = Record(
        person=person,
        as_at=as_at or clock.today(),
        known_on=known_on,
        facts=[fact_row(row) for row in db.session.execute(_FACTS, {"person": person_id})],
        path=[Place(place["id"], place["code"], place["name"]) for place in places or ()],
        filled_tables={name for name, is_filled in tables.items() if is_filled},
        own=actor.is_holder(person_id),
        actor=actor,
        position=position,
        position_code=position_code or (person.job_position_code if position == person.job_position else None),
    )
    record.facts = [_guarded(record, fact) for fact in record.facts]
    return record


def _guarded(record: Record, fact: FactRow) -> FactRow:
    """Return an absence without the words of why, an allowance without its đồng, where the reader may not see them."""
    if fact.kind == "absence" and fact.values["absence_reason"] and not record.sees(reason_guard(fact.values)):
        return replace(fact, values={**fact.values, "absence_reason": None})
    if fact.kind == "allowance" and fact.values["amount"] is not None and not record.sees(Permission.PAY_VIEW):
        return replace(fact, values={**fact.values, "amount": None})
    return fact


def photo_of(person_id: int) -> str | None:
    """Return the hash of the person's photograph, within the transaction's scope. Raises `NotFound` like the record."""
    found = db.session.execute(select(Person.photo_hash).where(Person.id == person_id)).one_or_none()
    if found is None:
        raise missing("person")
    photo_hash: str | None = found.photo_hash
    return photo_hash


def fact_row(row: Any) -> FactRow:
    """Return a fact from a row with kind, id, the clocks, the paper, `row` (the table's row as JSON), `agency_name`."""
    values = {name: _value(name, value) for name, value in row.row.items() if name not in _CLOCKS}
    return FactRow(
        row.kind, row.id, row.valid_from, row.valid_to, row.recorded_at, row.superseded_at, row.decision_id, row.basis,
        values, row.agency_name,
    )  # fmt: skip


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _NUMBERS:
        return Decimal(str(value))
    return date.fromisoformat(value) if name in _DATES else value


def list_rows(person_id: int, tables: Collection[str]) -> dict[str, list[Any]]:
    """Return the rows of some of the form's tables, in one statement, each oldest first.

    A row has its columns as attributes, with `id` and `version`.
    """
    wanted = [name for name in TABLES if name in tables]
    if not wanted:
        return {}
    union = " UNION ALL ".join(
        f"SELECT '{name}' AS name, to_jsonb(t) AS row FROM {TABLES[name].__table__.name} t WHERE t.person_id = :person"  # noqa: S608 - names are ours
        for name in wanted
    )
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    statement = text(union).execution_options(**PLANNED_ONCE)
    for name, row in db.session.execute(statement, {"person": person_id}):
        found[name].append(Row(row))
    for rows in found.values():
        rows.sort(key=lambda r: (str(r.get("from_on") or r.get("year") or ""), r["id"]))
    found.get("family", []).sort(key=_family_order)
    return found


class Row(dict[str, Any]):
    """A row of a table of the form."""


def _family_order(row: Row) -> tuple[str, int, int]:
    known = [code for code, _name in codes.choices("relations", empty=False)]
    place = known.index(row["relation"]) if row["relation"] in known else len(known)
    return str(row["side"]), place, row["birth_year"] or 9999


@dataclass(frozen=True, slots=True)
class NextStep:
    """When pay rises next: a step, or a percentage beyond the scale; `due_on` None when nothing is due."""

    due_on: date | None
    reasons: Sequence[Reason]
    beyond_scale: bool = False


clocks: list[Callable[[Record], NextStep | None]] = []
"""How a domain above tells when pay rises next, with all that prolongs a step; without one the regular day stands."""


def next_step(record: Record) -> NextStep | None:
    """Return the next raise of who serves on the scale, None when the record lacks what it follows from."""
    if clocks:
        return clocks[0](record)
    fact, status = record.rank, record.status
    if fact is None or status is None or status.values["status"] != EmploymentStatus.SERVING:
        return None
    scale = law.pay_scales().get((fact.values["pay_table"], fact.values["pay_group"]))
    since, step = fact.values["step_since"], fact.values["step"]
    if scale is None or since is None or step is None:
        return None
    if step < scale.steps:
        due = next_step_due(since, scale.months_per_step, at_last_step=False)
        return NextStep(due.due_on, due.reasons)
    percent, percent_since = int(fact.values["beyond_scale_percent"] or 0), fact.values["beyond_scale_since"]
    if percent and percent_since is None:
        return None
    found = next_percent(since, scale.months_per_step, percent, percent_since, law.seniority_terms())
    return NextStep(found.next_percent_on, found.reasons, beyond_scale=True)


def retires(record: Record) -> Retirement | None:
    """Return when the person retires and why, None when they no longer serve or the birth date or sex is missing."""
    born = codes.partial(record.person.birth_date)
    status = record.status
    if born is None or record.person.sex is None or (status is not None and not record.serves):
        return None
    return retirement(born, Sex(record.person.sex), law.retirement_ages(), law.retirement_terms())


_ITEM_COLUMN = {
    "national_id_issued_on": "id_issued_on", "residence": "current_address", "recruiting_agency": "recruited_by",
    "agency_joined_on": "joined_agency_on", "union_joined_on": "organisation_joined_on",
    "education_general": "general_education",
}  # fmt: skip
_ITEM_TABLE = {"degrees": "degrees", "work_history": "work", "family": "family"}
_ITEM_GUARD = {"family": TABLES_BY_KEY["family"].guard}


def complete(record: Record) -> Completeness:
    """Return how full the form is; items the reader may not see are counted and not named."""
    person, rank, post = record.person, record.rank, record.post
    filled = {name for name in (item.field for item in SYLL_ITEMS) if _filled(person, _ITEM_COLUMN.get(name, name))}
    filled |= {name for name, table in _ITEM_TABLE.items() if table in record.filled_tables}
    if rank is not None:
        filled |= {"rank", "pay_history"}
        filled |= {name for name in ("step", "coefficient", "step_since") if rank.values.get(name) is not None}
    if post is not None:
        filled |= {"post"} | ({"post_since"} if post.values.get("appointed_on") else set())
    for name in ("party_joined_on", "enlisted_on"):
        if getattr(person, name):
            filled.add(name)
    kind = PersonKind(record.status.values["kind"]) if record.status else PersonKind.CIVIL_SERVANT
    found = completeness(filled, kind)
    return Completeness(found.percent, tuple(p for p in found.missing if _may_name(record, p)))


def _filled(person: Person, column: str) -> bool:
    return getattr(person, column, None) not in {None, ""}


def _may_name(record: Record, problem: Problem) -> bool:
    column = _ITEM_COLUMN.get(problem.field, problem.field)
    guard = _ITEM_GUARD.get(problem.field) or (GROUP_OF[column].guard if column in GROUP_OF else "")
    return record.sees(guard)


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as the timeline tells it; `corrected` when a later row replaced it, `withdrawn` when nothing did."""

    fact: FactRow
    corrected: bool
    past: bool
    withdrawn: bool = False


def timeline(record: Record, *, with_corrected: bool = True) -> list[Event]:
    """Return the facts newest first, as known on the instant asked for; superseded ones only when looking from now.

    A row that was merely cut short or laid again, with the same words from the same day, is not told twice.
    """
    stated = [f for f in record.facts if f.known(record.known_on)]
    same = {(f.key, f.valid_from, _words(f)) for f in stated}
    events = [Event(f, False, f.valid_to is not None and f.valid_to <= record.as_at) for f in stated]
    if with_corrected and record.known_on is None:
        told: set[Any] = set()
        for fact in record.facts:
            mark = (fact.key, fact.valid_from, _words(fact))
            if fact.superseded_at is None or fact.superseded_at == fact.recorded_at or mark in same or mark in told:
                continue
            told.add(mark)
            events.append(Event(fact, True, True, _withdrawn(record, fact)))
    return sorted(events, key=lambda e: (e.fact.valid_from, not e.corrected, e.fact.id), reverse=True)


def _withdrawn(record: Record, fact: FactRow) -> bool:
    """Say whether a superseded fact was taken back: at that moment its place got no fact that was not there before."""
    moment = fact.superseded_at
    before, after = set(), set()
    for other in record.facts:
        if other.key != fact.key:
            continue
        mark = (other.valid_from, _words(other))
        if other.recorded_at == moment:
            after.add(mark)
        elif moment is not None and other.recorded_at < moment and other is not fact:
            before.add(mark)
    return after <= before


def _words(fact: FactRow) -> tuple[Any, ...]:
    return (*sorted((n, str(v)) for n, v in fact.values.items()), fact.decision_id)


def find_fact(record: Record, kind: str, fact_id: int) -> FactRow:
    """Return a fact in force of the record. Raises `NotFound`."""
    for fact in record.facts:
        if fact.kind == kind and fact.id == fact_id and fact.superseded_at is None:
            return fact
    raise missing("fact")
