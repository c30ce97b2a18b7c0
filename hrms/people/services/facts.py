"""Dated facts of service, written on paper: begun, ended, corrected, withdrawn. One decision may carry several."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hrms.audit import services as audit
from hrms.core import clock, dated, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries as decision_queries
from hrms.decisions import services as decisions
from hrms.people.models import (
    Person,
    PersonAbsence,
    PersonAgency,
    PersonAllowance,
    PersonPost,
    PersonRank,
    PersonStatus,
    further,
)
from hrms.people.services import current, following
from hrms.people.services.absence_checks import with_hidden_reason
from hrms.people.services.fact_checks import Checked, FactChecker
from hrms.people.services.locking import check_version, lock_person, refuse_own, touch

_PAPERS = ("decision_id", "ending_decision_id")
MODELS: Mapping[str, type[Any]] = ChainMap(
    {
        "status": PersonStatus,
        "agency": PersonAgency,
        "post": PersonPost,
        "rank": PersonRank,
        "allowance": PersonAllowance,
        "absence": PersonAbsence,
    },
    further.models,
)
"""Kind of fact → its table; domains above add theirs (`models.further`)."""
NEVER_EXTENDED = frozenset({"absence"})
"""Facts with nothing true between two of them: what adjoins one that is taken back does not last longer for it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact to write: its kind (a key of `MODELS`), its values, and the interval `[valid_from, valid_to)`."""

    kind: str
    values: Mapping[str, Any]
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """What a fact rests on: a decision of the register, or old data whose paper is unknown (`old_data`)."""

    decision_id: int | None = None
    old_data: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write did: rows written, and how many facts already said the same; `version` of the record after it.

    `row_id` is the row a write of a form's table was about.
    """

    written: int
    unchanged: int
    version: int
    row_id: int | None = None


def record_facts(
    actor: Actor, person_id: int, facts: Sequence[Fact], paper: Paper, *, version: int | None = None
) -> Outcome:
    """Write facts that one paper carries; a fact the record already states exactly is left alone.

    Raises `Refused` with every problem (fields are prefixed `facts.<n>.` when there are several facts), `Stale`,
    `NotFound`, `Forbidden`.
    """
    actor.require(Permission.PEOPLE_FACT)
    person = lock_person(actor, Permission.PEOPLE_FACT, person_id)
    refuse_own(actor, person, [fact.kind for fact in facts])
    before = rows_of(person_id, [fact.kind for fact in facts])
    checker = FactChecker(actor, person, before)
    problems: list[Problem] = []
    to_write: list[tuple[Fact, Checked]] = []
    unchanged = 0
    for number, fact in enumerate(facts):
        checked = checker.check(fact.kind, fact.values, fact.valid_from, fact.valid_to)
        if checked.problems:
            problems += [_prefixed(p, number, len(facts)) for p in checked.problems]
        elif _already(before[fact.kind], fact, checked, paper):
            unchanged += 1
        else:
            to_write.append((fact, checked))
    if not to_write and not problems:
        return Outcome(0, unchanged, person.version)
    check_version(person, version)
    refuse_if([*_paper_problems(paper), *problems])
    cite(actor, person, paper)
    for fact, checked in to_write:
        _put(actor, fact, checked, paper)
    finish(actor, person)
    tell(actor, person, "person.fact_recorded", [
        _event(fact.kind, _in_force(before[fact.kind], checked.key, fact.valid_from), fact, checked, paper)
        for fact, checked in to_write
    ])  # fmt: skip
    return Outcome(len(to_write), unchanged, person.version)


def put_status(
    actor: Actor,
    person_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    *,
    version: int | None = None,
) -> Outcome:
    """Record employment status and kind (`status`, `kind`, `reason`) from a day on."""
    return record_facts(actor, person_id, [Fact("status", values, valid_from)], paper, version=version)


def put_agency(
    actor: Actor,
    person_id: int,
    membership: str,
    agency_id: int,
    valid_from: date,
    paper: Paper,
    *,
    valid_to: date | None = None,
    version: int | None = None,
) -> Outcome:
    """Record that the person belongs to an agency: managing, using, seconded_in or concurrent.

    The actor needs the permission over the person and over the agency, so nobody can be moved out of one's own part of
    the tree by somebody who holds only one side.
    """
    values = {"membership": membership, "agency_id": agency_id}
    return record_facts(actor, person_id, [Fact("agency", values, valid_from, valid_to)], paper, version=version)


def put_post(
    actor: Actor,
    person_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    *,
    valid_to: date | None = None,
    version: int | None = None,
) -> Outcome:
    """Record a leadership post, main (slot 0) or concurrent."""
    return record_facts(actor, person_id, [Fact("post", values, valid_from, valid_to)], paper, version=version)


def put_rank(
    actor: Actor,
    person_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    *,
    version: int | None = None,
) -> Outcome:
    """Record rank, step and coefficient; the coefficient must be in the scale of the rank's pay group."""
    return record_facts(actor, person_id, [Fact("rank", values, valid_from)], paper, version=version)


def put_allowance(
    actor: Actor,
    person_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    *,
    valid_to: date | None = None,
    version: int | None = None,
) -> Outcome:
    """Record an allowance by coefficient, percent or amount in đồng a month."""
    return record_facts(actor, person_id, [Fact("allowance", values, valid_from, valid_to)], paper, version=version)


def put_absence(
    actor: Actor,
    person_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    *,
    valid_to: date | None = None,
    version: int | None = None,
) -> Outcome:
    """Record time away from work (`rules.absences`); refused when it overlaps another absence of the person."""
    return record_facts(actor, person_id, [Fact("absence", values, valid_from, valid_to)], paper, version=version)


def end_fact(
    actor: Actor, person_id: int, kind: str, fact_id: int, last_day: date, paper: Paper, *, version: int | None = None
) -> Outcome:
    """End a fact after `last_day`: nothing is true of its key from the next day to its former end.

    The row keeps the paper it began on; the paper that ends it goes into the audit trail. Ending a fact on the day it
    already ends changes nothing.
    """
    actor.require(Permission.PEOPLE_FACT)
    person = lock_person(actor, Permission.PEOPLE_FACT, person_id)
    refuse_own(actor, person, [kind])
    row = _current_fact(person_id, kind, fact_id)
    ends = last_day + timedelta(days=1)
    if row.valid_to == ends:
        return Outcome(0, 1, person.version)
    check_version(person, version)
    problems = list(_paper_problems(paper))
    if last_day < row.valid_from or (row.valid_to is not None and ends > row.valid_to):
        words = N_("Ngày cuối %(day)s không nằm trong khoảng %(start)s – %(end)s của diễn biến này; sửa lại.")
        end = row.valid_to - timedelta(days=1) if row.valid_to else None
        params = {"day": last_day, "start": row.valid_from, "end": end or N_("nay")}
        problems.append(Problem("last_day", "outside_fact", words, params))
    refuse_if(problems)
    cite(actor, person, paper)
    dated.erase(MODELS[kind], _key_of(row), valid_from=ends, valid_to=row.valid_to)
    finish(actor, person)
    after = {**_told(row), "valid_to": ends, "ending_decision_id": paper.decision_id}
    tell(actor, person, "person.fact_ended", [_row_event(kind, _told(row), after, None)])
    return Outcome(1, 0, person.version)


def correct_fact(
    actor: Actor,
    person_id: int,
    kind: str,
    fact_id: int,
    fact: Fact,
    paper: Paper,
    reason: str,
    *,
    version: int | None = None,
) -> Outcome:
    """Put right what was recorded wrongly: the row is superseded and the corrected one cites its own paper.

    A stretch the corrected fact no longer covers goes back to what adjoined it before: moving a start from March to May
    lets the fact before it last through April.
    """
    actor.require(Permission.PEOPLE_FACT)
    person = lock_person(actor, Permission.PEOPLE_FACT, person_id)
    refuse_own(actor, person, [kind])
    row = _current_fact(person_id, kind, fact_id)
    before = rows_of(person_id, [kind])
    given, beside = fact.values, before
    if kind == "absence":
        given = with_hidden_reason(actor, person, row, given)
        beside = {kind: [other for other in before[kind] if other.id != row.id]}
    checked = FactChecker(actor, person, beside).check(kind, given, fact.valid_from, fact.valid_to)
    if not checked.problems and _already([row], fact, checked, paper):
        return Outcome(0, 1, person.version)
    check_version(person, version)
    refuse_if([*_paper_problems(paper), *_reason_problems(reason), *checked.problems])
    cite(actor, person, paper)
    former = _adjoining(kind, before[kind], row)
    dated.erase(MODELS[kind], _key_of(row), valid_from=row.valid_from, valid_to=row.valid_to)
    if former is not None and fact.valid_from > row.valid_from:
        _extend(kind, former, fact.valid_from)
    _put(actor, fact, checked, paper)
    finish(actor, person)
    event = _event(kind, _told(row), fact, checked, paper)
    tell(actor, person, "person.fact_corrected", [{**event, "reason": reason}])
    return Outcome(1, 0, person.version)


def withdraw_fact(
    actor: Actor, person_id: int, kind: str, fact_id: int, reason: str, *, version: int | None = None
) -> Outcome:
    """Take back a fact that should not have been recorded; what it had cut short lasts again."""
    actor.require(Permission.PEOPLE_FACT)
    person = lock_person(actor, Permission.PEOPLE_FACT, person_id)
    refuse_own(actor, person, [kind])
    row = _current_fact(person_id, kind, fact_id)
    check_version(person, version)
    refuse_if(_reason_problems(reason))
    former = _adjoining(kind, rows_of(person_id, [kind])[kind], row)
    dated.erase(MODELS[kind], _key_of(row), valid_from=row.valid_from, valid_to=row.valid_to)
    if former is not None:
        _extend(kind, former, row.valid_to)
    finish(actor, person)
    tell(actor, person, "person.fact_withdrawn", [_row_event(kind, _told(row), None, reason)])
    return Outcome(1, 0, person.version)


def rows_of(person_id: int, kinds: Sequence[str]) -> dict[str, list[Any]]:
    """Return the facts in force on any day, as known now, newest first, by kind."""
    known = [kind for kind in dict.fromkeys(kinds) if kind in MODELS]
    return {kind: list(dated.history(MODELS[kind], {"person_id": person_id})) for kind in known}


def write_first(actor: Actor, fact: Fact, checked: Checked, paper: Paper) -> dict[str, Any]:
    """Write a fact of a record just made, and return it as the audit trail tells it; `create_person` refreshes once."""
    _put(actor, fact, checked, paper)
    return {f"{fact.kind}.{name}": value for name, value in _said(fact, checked, paper).items()}


def paper_problems(paper: Paper) -> list[Problem]:
    """Return what is wrong with the paper a change rests on: neither a decision nor marked as old data, or both."""
    return list(_paper_problems(paper))


def _paper_problems(paper: Paper) -> Sequence[Problem]:
    if paper.decision_id is None and not paper.old_data:
        words = N_("Chưa chọn quyết định. Chọn hoặc nhập quyết định, hoặc đánh dấu “%(old)s”.")
        return [Problem("decision", "decision_required", words, {"old": dated.OLD_DATA_LABEL})]
    if paper.decision_id is not None and paper.old_data:
        words = N_("Đã chọn quyết định thì không đánh dấu “%(old)s”; bỏ một trong hai.")
        return [Problem("decision", "decision_and_old_data", words, {"old": dated.OLD_DATA_LABEL})]
    return []


def _reason_problems(reason: str) -> list[Problem]:
    if reason.strip():
        return []
    return [Problem("reason", "required", N_("Chưa nêu lý do; ghi ngắn gọn vì sao sửa dữ liệu đã ghi."))]


def _put(actor: Actor, fact: Fact, checked: Checked, paper: Paper) -> None:
    dated.replace(
        MODELS[fact.kind],
        checked.key,
        checked.values,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        decision_id=paper.decision_id,
        recorded_by=actor.account_id,
    )


def _extend(kind: str, row: Any, valid_to: date | None) -> None:
    """Let a row last to `valid_to` on the paper it has."""
    dated.replace(
        MODELS[kind],
        _key_of(row),
        {name: getattr(row, name) for name in dated.fact_columns(MODELS[kind])},
        valid_from=row.valid_from,
        valid_to=valid_to,
        decision_id=row.decision_id,
        recorded_by=row.recorded_by,
        batch_id=row.batch_id,
    )


def cite(actor: Actor, person: Person, paper: Paper) -> None:
    """Open the paper to those who see the person; refuses one the actor may not see or that was withdrawn."""
    if paper.decision_id is not None:
        decisions.cite(actor, paper.decision_id, person.scope_ids)


def finish(actor: Actor, person: Person) -> None:
    """Bump the version, make the current row again, and let the file's papers be seen where the file goes."""
    touch(person)
    old_scope = set(person.scope_ids)
    following.follow([person.id])
    current.refresh([person.id], actor)
    with scope.everything():
        # A person who belongs nowhere is visible to nobody, not even here.
        reach = db.session.scalars(db.select(Person.scope_ids).where(Person.id == person.id)).one_or_none()
        if not reach:
            words = N_(
                "Hồ sơ phải thuộc ít nhất một cơ quan từ hôm nay. Hãy ghi cơ quan mới thay vì kết thúc cơ quan cũ."
            )
            raise Refused(Problem("agency_id", "no_agency", words))
        if set(reach) - old_scope:
            decisions.cite_many(Actor.system(), dict.fromkeys(_cited(person.id), reach))
        db.session.refresh(person, ["scope_ids"])


def _cited(person_id: int) -> list[int]:
    """Return the decisions the person's facts rest on."""
    union = db.union(*[
        db.select(model.decision_id).where(model.person_id == person_id, model.decision_id.is_not(None))
        for model in MODELS.values()
    ])  # fmt: skip
    return sorted(db.session.scalars(union))


def _current_fact(person_id: int, kind: str, fact_id: int) -> Any:
    if kind not in MODELS:
        raise missing("fact")
    model = MODELS[kind]
    row = db.session.scalars(
        db.select(model).where(model.id == fact_id, model.person_id == person_id, model.superseded_at.is_(None))
    ).one_or_none()
    if row is None:
        raise missing("fact")
    return row


def _key_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dated_key__}


def _same_key(row: Any, key: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in key.items())


def _adjoining(kind: str, rows: Sequence[Any], row: Any) -> Any | None:
    """Return the fact of the same key that ends where `row` begins, and would last on without it."""
    if kind in NEVER_EXTENDED:
        return None
    return next((one for one in rows if one.valid_to == row.valid_from and _same_key(one, _key_of(row))), None)


def _in_force(rows: Sequence[Any], key: Mapping[str, Any], on: date) -> dict[str, Any] | None:
    for row in rows:
        if _same_key(row, key) and row.valid_from <= on and (row.valid_to is None or row.valid_to > on):
            return _told(row)
    return None


def _already(rows: Sequence[Any], fact: Fact, checked: Checked, paper: Paper) -> bool:
    """Say whether a row states the fact exactly: values, interval and paper."""
    model = MODELS[fact.kind]
    return any(
        _same_key(row, checked.key)
        and all(getattr(row, name) == checked.values.get(name) for name in dated.fact_columns(model))
        and (row.valid_from, row.valid_to, row.decision_id) == (fact.valid_from, fact.valid_to, paper.decision_id)
        for row in rows
    )


def _told(row: Any) -> dict[str, Any]:
    names = (*row.__dated_key__, *dated.fact_columns(type(row)), "valid_from", "valid_to", "decision_id")
    return {name: getattr(row, name) for name in names if name != "person_id" and getattr(row, name) is not None}


def _said(fact: Fact, checked: Checked, paper: Paper) -> dict[str, Any]:
    values = {**checked.key, **checked.values, "valid_from": fact.valid_from, "valid_to": fact.valid_to}
    values["decision_id"] = paper.decision_id
    return {name: value for name, value in values.items() if name != "person_id" and value is not None}


def _event(kind: str, before: dict[str, Any] | None, fact: Fact, checked: Checked, paper: Paper) -> dict[str, Any]:
    return _row_event(kind, before, _said(fact, checked, paper), None)


def _row_event(
    kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, reason: str | None
) -> dict[str, Any]:
    return {
        "before": audit.plain({"fact": kind, **before}) if before is not None else None,
        "after": audit.plain({"fact": kind, **after}) if after is not None else None,
        "reason": reason,
    }


def tell(actor: Actor, person: Person, action: str, events: Sequence[Mapping[str, Any]]) -> None:
    """Append events about a person to the trail, each with `before`, `after` and `reason`; papers are named."""
    place = {"entity_id": person.id, "person_id": person.id, "scope_ids": list(person.scope_ids)}
    place["agency_id"] = db.session.scalars(
        db.select(PersonAgency.agency_id).where(
            PersonAgency.person_id == person.id,
            PersonAgency.membership == "using",
            dated.at(PersonAgency, clock.today()),
        )
    ).first()
    audit.record_many(actor, action, "person", [{**place, **event} for event in _with_references(events)])


def _with_references(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Name the papers as they are named today: a reader of the trail knows numbers, not ids."""
    sides = [event[side] for event in events for side in ("before", "after") if event[side]]
    known = decision_queries.references({value for told in sides for name, value in told.items() if name in _PAPERS})
    for told in sides:
        paper = known.get(told.get("ending_decision_id") or told.get("decision_id") or 0)
        if paper is not None:
            told["decision"] = paper.reference
    return [dict(event) for event in events]


def _prefixed(problem: Problem, number: int, count: int) -> Problem:
    if count == 1:
        return problem
    return Problem(f"facts.{number}.{problem.field}", problem.code, problem.text, problem.params, problem.severity)
