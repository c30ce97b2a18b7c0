"""Facts of many people written for one decision that is in force: set-based, a fixed number of statements.

`write()` is what a kind's `apply()` calls. Every fact passes the checks a single one passes (`FactChecker`); the caller
has opened the scope and holds the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import clock, dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import services as decisions
from hrms.decisions.models import Decision
from hrms.people.kinds.subjects import Place, Places
from hrms.people.models import Person, PersonAgency
from hrms.people.models.further import Cut
from hrms.people.services import current, following, papers
from hrms.people.services.fact_checks import Checked, FactChecker
from hrms.people.services.facts import MODELS, Fact


@dataclass(frozen=True, slots=True)
class Ending:
    """A fact that ends: nothing is true of the key from `from_day` until the fact in force would have ended.

    `key` are the key columns without the person: `{"slot": 0}`, `{"membership": "seconded_in", "slot": 0}`,
    `{"allowance_kind": "leadership"}`, `{}` for status and rank.
    """

    kind: str
    key: Mapping[str, Any]
    from_day: date


@dataclass(frozen=True, slots=True)
class Written:
    """What a decision makes true of one person: facts that end, then facts that begin.

    A fact without an end lasts until the next fact already recorded of its key: a decision that comes late does not
    undo what later ones made true. With a `valid_to` it replaces whatever lies in its interval.
    """

    person_id: int
    facts: Sequence[Fact] = ()
    endings: Sequence[Ending] = ()


@dataclass(slots=True)
class _Rows:
    """The rows of one table to lay or to empty, in rounds: one statement can lay one row per key."""

    lay: list[list[dict[str, Any]]] = field(default_factory=list)
    erase: list[list[dict[str, Any]]] = field(default_factory=list)


class _ListChecker(FactChecker):
    """The checks of a fact, with the tree read once for the whole list."""

    places: Places

    def find_agency(self, agency_id: int) -> Place | None:
        """Return an agency from the tree as read once."""
        return self.places.get(agency_id)


def write(actor: Actor, decision: Decision, people: Sequence[Written]) -> int:
    """Write what `decision` makes true of these people, citing it; returns the facts written or ended.

    Locks the people in the order of their ids, refreshes what is true now once, appends an event for each fact to the
    trail. A fact that the record already states exactly is left alone. Raises `Refused` with every problem, each
    sentence about the person it names; `Forbidden` unless the actor records facts everywhere the people are.
    """
    actor.require(Permission.PEOPLE_FACT)
    if not people:
        return 0
    held = _lock(actor, [one.person_id for one in people])
    kinds = sorted({f.kind for one in people for f in one.facts} | {e.kind for one in people for e in one.endings})
    before = _rows_of(list(held), kinds)
    places = Places()
    problems: list[Problem] = []
    rows: dict[str, _Rows] = {kind: _Rows() for kind in kinds}
    events: list[dict[str, Any]] = []
    for one in people:
        person = held.get(one.person_id)
        if person is None:
            continue
        checker = _ListChecker(actor, person, before[person.id])
        checker.places = places
        for ending in one.endings:
            events += _end(decision, person, ending, before[person.id], rows[ending.kind])
        for fact in one.facts:
            checked = checker.check(fact.kind, fact.values, fact.valid_from, fact.valid_to)
            if checked.problems:
                problems += [_named(problem, person) for problem in checked.problems]
                continue
            events += _begin(actor, decision, person, fact, checked, before[person.id], rows[fact.kind])
    refuse_if(problems)
    if not events:
        return 0
    decisions.cite(actor, decision, sorted({i for person in held.values() for i in person.scope_ids}))
    for kind in kinds:
        _lay(kind, rows[kind])
    cuts = following.follow([one.person_id for one in people])
    events += [_cut(decision, held[cut.person_id], cut) for cut in cuts]
    papers.record(actor, decision, _notes(decision, rows, cuts))
    reach = _finish(actor, {event["person_id"] for event in events}, held)
    _tell(actor, events, reach)
    return len(events)


def _lock(actor: Actor, ids: Sequence[int]) -> dict[int, Person]:
    people = db.session.scalars(
        db.select(Person)
        .where(Person.id.in_(sorted(set(ids))))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for person in people:
        actor.require(Permission.PEOPLE_FACT, at=person.scope_ids)
    return {person.id: person for person in people}


def _rows_of(ids: Sequence[int], kinds: Collection[str]) -> dict[int, dict[str, list[Any]]]:
    """Return the facts in force on any day by person and kind, newest first; a statement a kind."""
    found: dict[int, dict[str, list[Any]]] = {person_id: {kind: [] for kind in kinds} for person_id in ids}
    for kind in kinds:
        model = MODELS[kind]
        query = db.select(model).where(model.person_id.in_(ids), dated.at(model)).order_by(model.valid_from.desc())
        for row in db.session.scalars(query):
            found[row.person_id][kind].append(row)
    return found


def _same(row: Any, key: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in key.items())


def _in_force(rows: Sequence[Any], key: Mapping[str, Any], on: date) -> Any | None:
    return next(
        (r for r in rows if _same(r, key) and r.valid_from <= on and (r.valid_to is None or r.valid_to > on)), None
    )


def _end(
    decision: Decision, person: Person, ending: Ending, before: Mapping[str, Sequence[Any]], rows: _Rows
) -> list[dict[str, Any]]:
    row = _in_force(before[ending.kind], ending.key, ending.from_day)
    if row is None:
        return []
    model = MODELS[ending.kind]
    empty = dict.fromkeys((*dated.fact_columns(model), "decision_id", "basis", "recorded_by", "batch_id"))
    key = {name: getattr(row, name) for name in model.__dated_key__}
    _add(rows.erase, model, {**empty, **key, "valid_from": ending.from_day, "valid_to": row.valid_to})
    told = _told(row)
    after = {**told, "valid_to": ending.from_day, "ending_decision_id": decision.id}
    return [_event(person, "person.fact_ended", ending.kind, told, after, decision)]


def _begin(
    actor: Actor,
    decision: Decision,
    person: Person,
    fact: Fact,
    checked: Checked,
    before: Mapping[str, Sequence[Any]],
    rows: _Rows,
) -> list[dict[str, Any]]:
    model, known = MODELS[fact.kind], [row for row in before[fact.kind] if _same(row, checked.key)]
    valid_to = fact.valid_to
    if valid_to is None:
        valid_to = min((row.valid_from for row in known if row.valid_from > fact.valid_from), default=None)
    columns = dated.fact_columns(model)
    for row in known:
        states = all(getattr(row, name) == checked.values.get(name) for name in columns)
        if states and (row.valid_from, row.valid_to, row.decision_id) == (fact.valid_from, valid_to, decision.id):
            return []
    laid = {
        **checked.values, **checked.key, "valid_from": fact.valid_from, "valid_to": valid_to,
        "decision_id": decision.id,
    }  # fmt: skip
    more = {"basis": dated.BASIS_DECISION, "recorded_by": actor.account_id or decision.recorded_by, "batch_id": None}
    _add(rows.lay, model, {**laid, **more})
    former = _in_force(known, checked.key, fact.valid_from)
    told = {name: value for name, value in laid.items() if name != "person_id" and value is not None}
    return [_event(person, "person.fact_recorded", fact.kind, _told(former) if former else None, told, decision)]


def _add(rounds: list[list[dict[str, Any]]], model: type[Any], row: dict[str, Any]) -> None:
    """Put a row into the first round that has none of its key."""
    for one in rounds:
        if not any(all(other[name] == row[name] for name in model.__dated_key__) for other in one):
            one.append(row)
            return
    rounds.append([row])


def _lay(kind: str, rows: _Rows) -> None:
    model = MODELS[kind]
    types = {c.name: c.type.compile(dialect=db.engine.dialect) for c in model.__table__.columns}
    names = (*model.__dated_key__, *dated.fact_columns(model), "decision_id", "basis", "recorded_by", "batch_id")
    columns = ", ".join(f"{name} {types[name]}" for name in (*names, "valid_from", "valid_to"))
    source = f"(SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({columns}))"  # noqa: S608 - own names
    for erase, rounds in ((True, rows.erase), (False, rows.lay)):
        statement = text(dated.replace_sql(model, source, erase=erase))
        for one in rounds:
            given = json.dumps([audit.plain(row) for row in one])
            db.session.execute(statement, {"rows": given, "moment": dated.recording_moment()})


def _cut(decision: Decision, person: Person, cut: Cut) -> dict[str, Any]:
    after = {**cut.told, "valid_to": cut.start, "ending_decision_id": decision.id}
    return _event(person, "person.fact_ended", cut.kind, cut.told, after, decision)


def _notes(decision: Decision, rows: Mapping[str, _Rows], cuts: Sequence[Cut]) -> list[papers.Note]:
    """Return by person which days of which facts were laid or emptied: what taking the paper back goes by."""
    touched: dict[int, list[dict[str, Any]]] = {}
    for kind, found in rows.items():
        key = MODELS[kind].__dated_key__
        for row in (one for rounds in (found.erase, found.lay) for part in rounds for one in part):
            effect = papers.effect(kind, {name: row[name] for name in key}, row["valid_from"], row["valid_to"])
            touched.setdefault(row["person_id"], []).append(effect)
    for cut in cuts:
        touched.setdefault(cut.person_id, []).append(papers.effect(cut.kind, cut.key, cut.start, cut.end))
    return [papers.Note(person_id, decision.kind, effects=effects) for person_id, effects in touched.items()]


_REACH = text("SELECT id, scope_ids FROM people WHERE id = ANY (:ids)")
_TOUCH = text("UPDATE people SET version = version + 1, changed_at = :now WHERE id = ANY (:ids)")


def _finish(actor: Actor, ids: Collection[int], held: Mapping[int, Person]) -> dict[int, list[int]]:
    """Count a change of each record, make the current rows again, open the file's papers to where the file goes.

    Returns the reach (`scope_ids`) of each from now on.
    """
    old = {person_id: set(held[person_id].scope_ids) for person_id in ids}
    db.session.execute(_TOUCH, {"now": clock.now(), "ids": sorted(ids)})
    for person_id in ids:
        db.session.expire(held[person_id], ["version", "changed_at"])
    current.refresh(ids, actor)
    reach = {row.id: list(row.scope_ids) for row in db.session.execute(_REACH, {"ids": sorted(ids)})}
    names = {person_id: held[person_id].full_name for person_id in ids}
    lost = [names[person_id] for person_id in sorted(ids) if not reach.get(person_id)]
    words = N_(
        "%(name)s: hồ sơ phải thuộc ít nhất một cơ quan từ hôm nay. Ghi cơ quan mới thay vì kết thúc cơ quan cũ."
    )
    refuse_if([Problem("agency_id", "no_agency", words, {"name": name}) for name in lost])
    gained = [person_id for person_id in ids if set(reach[person_id]) - old[person_id]]
    if gained:
        union = " UNION ".join(
            f"SELECT person_id, decision_id FROM {model.__tablename__}"  # noqa: S608 - names are ours
            " WHERE person_id = ANY (:ids) AND decision_id IS NOT NULL"
            for model in MODELS.values()
        )
        about: dict[int, set[int]] = {}
        for row in db.session.execute(text(union), {"ids": gained}):
            about.setdefault(row.decision_id, set()).update(reach[row.person_id])
        decisions.cite_many(Actor.system(), {decision_id: sorted(found) for decision_id, found in about.items()})
    return reach


def _tell(actor: Actor, events: Sequence[dict[str, Any]], reach: Mapping[int, Sequence[int]]) -> None:
    query = db.select(PersonAgency.person_id, PersonAgency.agency_id).where(
        PersonAgency.person_id.in_({event["person_id"] for event in events}),
        PersonAgency.membership == "using",
        dated.at(PersonAgency, clock.today()),
    )
    using = {row.person_id: row.agency_id for row in db.session.execute(query)}
    by_action: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        place = {"scope_ids": list(reach[event["person_id"]]), "agency_id": using.get(event["person_id"])}
        by_action.setdefault(event.pop("action"), []).append({**event, **place})
    for action, told in by_action.items():
        audit.record_many(actor, action, "person", told)


def _told(row: Any) -> dict[str, Any]:
    names = (*row.__dated_key__, *dated.fact_columns(type(row)), "valid_from", "valid_to", "decision_id")
    return {name: getattr(row, name) for name in names if name != "person_id" and getattr(row, name) is not None}


def _event(
    person: Person,
    action: str,
    kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    decision: Decision,
) -> dict[str, Any]:
    return {
        "action": action,
        "entity_id": person.id,
        "person_id": person.id,
        "before": audit.plain({"fact": kind, **before}) if before is not None else None,
        "after": audit.plain({"fact": kind, **after, "decision": decision.reference}),
    }


def _named(problem: Problem, person: Person) -> Problem:
    """Return the problem with the person's name before it: of a list one must know whose fact it is."""
    params = {"name": person.full_name, "sentence": render(problem)}
    return Problem(problem.field, problem.code, N_("%(name)s: %(sentence)s"), params, problem.severity)
