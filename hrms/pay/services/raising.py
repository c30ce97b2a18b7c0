"""Lists of raises: proposed by agency and quarter from the step clock, and what an officer chooses about one item.

Proposing chooses nothing for anybody, so it runs without a person, in the agency's part of the tree, after the right
of whoever starts it was checked. Clear cases are proposed; doubtful ones wait (`rules.raising.WAITING`) until an
officer includes them. TT 08/2013/TT-BNV Đ2; TT 03/2021/TT-BNV.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, revision, scope, tasks
from hrms.core.actor import Actor, missing
from hrms.core.dates import add_months, last_day_of_month
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.core.unit import transaction
from hrms.pay.models import RaiseItem, RaiseList
from hrms.pay.queries import raising
from hrms.pay.queries.raise_items import SETTLE
from hrms.pay.queries.raising import Raise
from hrms.pay.rules.raising import WAITING, Doubt
from hrms.people.models import Person
from hrms.people.services.current import tell_changed
from hrms.performance.services.rounds import deciding_under

P = Permission
JOB = "pay.raises"
REGULAR = "regular"
FIRST_YEAR = 2013
"""TT 08/2013/TT-BNV."""
REASON_LENGTH = 500
AT_ONCE = 40
"""Agencies a unit of the province's job takes."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_ELSEWHERE = text("""
SELECT i.id, i.person_id, i.state, i.left_out_reason, l.agency_id, l.kind, l.year, l.quarter, a.name
FROM raise_items i JOIN raise_lists l ON l.id = i.list_id JOIN agencies a ON a.id = l.agency_id
WHERE i.person_id = ANY (CAST(:ids AS bigint[])) AND l.state <> 'cancelled'
  AND i.state IN ('proposed', 'sent', 'left_out') AND i.list_id <> ALL (CAST(:lists AS bigint[]))
ORDER BY l.year, l.quarter, i.id
""")
_DROP = text("DELETE FROM raise_items WHERE id = ANY (CAST(:ids AS bigint[]))")
_CLEAR = text("""
DELETE FROM raise_items i WHERE i.list_id = ANY (CAST(:lists AS bigint[])) AND i.state IN ('proposed', 'left_out')
  AND NOT EXISTS (
    SELECT 1 FROM unnest(CAST(:kept_lists AS bigint[]), CAST(:kept_people AS bigint[])) AS k(list_id, person_id)
    WHERE k.list_id = i.list_id AND k.person_id = i.person_id)
""")
_COLUMNS = (
    "agency_id", "kind", "rank_code", "pay_table", "pay_group", "from_step", "from_coefficient", "from_percent",
    "to_step", "to_coefficient", "to_percent", "step_since", "due_on", "effective_on", "early_months", "doubts",
    "reasons",
)  # fmt: skip
# What an officer has chosen about an item stays; one that becomes doubtful waits again, one that became clear does not.
_LAY = text(f"""
INSERT INTO raise_items AS i (list_id, person_id, {", ".join(_COLUMNS)}, state, left_out_reason, recorded_by)
SELECT g.list_id, g.person_id, {", ".join(f"g.{name}" for name in _COLUMNS)},
  CASE WHEN g.doubts = '[]' THEN 'proposed' ELSE 'left_out' END, CASE WHEN g.doubts <> '[]' THEN :waiting END, :account
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
  list_id bigint, person_id bigint, agency_id bigint, kind text, rank_code text, pay_table integer, pay_group text,
  from_step integer, from_coefficient numeric, from_percent numeric, to_step integer, to_coefficient numeric,
  to_percent numeric, step_since date, due_on date, effective_on date, early_months integer, doubts jsonb,
  reasons jsonb)
ON CONFLICT (list_id, person_id) DO UPDATE SET
  {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}, version = i.version + 1,
  (state, left_out_reason) = (
    SELECT c.state, CASE WHEN c.state = 'left_out' THEN coalesce(c.kept, :waiting) END
    FROM (SELECT CASE
        WHEN i.state = 'cancelled' THEN excluded.state
        WHEN i.state = 'left_out' AND i.left_out_reason = :waiting AND excluded.doubts = '[]' THEN 'proposed'
        WHEN i.state = 'proposed' AND excluded.doubts <> '[]' AND excluded.doubts <> i.doubts THEN 'left_out'
        ELSE i.state END AS state,
      CASE WHEN i.state = 'left_out' THEN i.left_out_reason END AS kept) c)
WHERE i.state = 'cancelled' OR (i.state IN ('proposed', 'left_out')
  AND ROW ({", ".join(f"i.{name}" for name in _COLUMNS)})
    IS DISTINCT FROM ROW ({", ".join(f"excluded.{name}" for name in _COLUMNS)}))
""")  # noqa: S608 - the parts are ours
_COUNT = text("""
SELECT list_id, count(*) FILTER (WHERE state <> 'cancelled') AS people,
  count(*) FILTER (WHERE state = 'left_out' AND left_out_reason = :waiting) AS doubtful
FROM raise_items WHERE list_id = ANY (CAST(:lists AS bigint[])) GROUP BY list_id
""")
_HEADS = text("""
SELECT person_id FROM people_current WHERE agency_id = ANY (CAST(:ids AS bigint[])) AND post_code IS NOT NULL
""")


def propose(actor: Actor, agency_id: int, year: int, quarter: int) -> int:
    """Make the list of raises of an agency for a quarter, or make it anew; returns its id.

    What is sent or decided stays; the rest becomes what the record says today. Needs `pay.manage` over the agency.
    Raises `NotFound`, `Forbidden`, `Refused` (a division, a quarter that is not to be made).
    """
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    return propose_many(actor, [agency], year, quarter)[agency.id]


def propose_many(actor: Actor, agencies: Sequence[Agency], year: int, quarter: int) -> dict[int, int]:
    """Make the lists of several agencies after the right was checked; returns the list's id by agency.

    A fixed number of statements; agencies are locked in the order of their ids.
    """
    for agency in agencies:
        _check(agency, year, quarter)
    places = {agency.id: agency for agency in agencies}
    for one in sorted(places):
        db.session.execute(_LOCK, {"key": f"raise_lists {one} {year} {quarter}"})
    with scope.entered(Scope(people=tuple(sorted(places)))):
        lists = {one.agency_id: one for one in _lists(places, year, quarter)}
        fresh = [_new(actor, one, year, quarter) for one in sorted(places) if one not in lists]
        db.session.add_all(fresh)
        db.session.flush()
        lists |= {one.agency_id: one for one in fresh}
        ids = {agency_id: one.id for agency_id, one in lists.items()}
        for made in lists.values():
            made.law_revision, made.computed_at, made.computed_by = revision.current(), clock.now(), actor.account_id
            made.version += 1
        found = raising.due(places, last_day(year, quarter))
        deciding = _deciding(places)
        rows, dropped = _rows(found, ids, deciding, (year, quarter))
        _write(actor, list(ids.values()), rows, dropped)
    _tell(actor, places, ids, year, quarter)
    if fresh:
        with scope.everything():
            heads = list(db.session.scalars(_HEADS, {"ids": [one.agency_id for one in fresh]}))
        tell_changed(heads)
    return ids


def last_day(year: int, quarter: int) -> date:
    """Return the last day of a quarter."""
    return last_day_of_month(date(year, 3 * quarter, 1))


def _check(agency: Agency, year: int, quarter: int) -> None:
    if agency.kind == "division" and agency.parent_id is not None:
        words = N_("%(agency)s không tự lập danh sách nâng bậc lương. Hãy lập ở cơ quan cấp trên trực tiếp.")
        raise Refused(Problem("agency", "division", words, {"agency": agency.name}))
    today = clock.today()
    latest = last_day_of_month(add_months(today, 12))
    if quarter not in {1, 2, 3, 4} or year < FIRST_YEAR or date(year, 3 * quarter - 2, 1) > latest:
        words = N_("Không lập được danh sách quý %(quarter)s năm %(year)s. Hãy chọn quý từ năm %(first)s đến %(last)s.")
        params = {"quarter": quarter, "year": str(year), "first": str(FIRST_YEAR), "last": latest.strftime("%m/%Y")}
        raise Refused(Problem("quarter", "quarter", words, params))


def _lists(places: Collection[int], year: int, quarter: int) -> Sequence[RaiseList]:
    query = (
        select(RaiseList)
        .where(
            RaiseList.agency_id.in_(places), RaiseList.kind == REGULAR, RaiseList.year == year,
            RaiseList.quarter == quarter, RaiseList.state != "cancelled",
        )
        .order_by(RaiseList.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return db.session.scalars(query).all()


def _new(actor: Actor, agency_id: int, year: int, quarter: int) -> RaiseList:
    return RaiseList(
        agency_id=agency_id, kind=REGULAR, year=year, quarter=quarter, state="proposed",
        law_revision=revision.current(), computed_at=clock.now(), computed_by=actor.account_id,
        recorded_by=actor.account_id,
    )  # fmt: skip


def _deciding(places: Mapping[int, Agency]) -> dict[int, int]:
    """Return, of every place where these agencies' own people work, the legal agency."""
    query = text(
        "SELECT a.id, deciding_agency(a.id) AS legal_id FROM agencies a WHERE a.scope_ids && CAST(:ids AS bigint[])"
    )
    return {row.id: row.legal_id for row in db.session.execute(query, {"ids": sorted(places)})}


def _rows(
    found: Sequence[Raise], ids: Mapping[int, int], deciding: Mapping[int, int], asked: tuple[int, int]
) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the rows of the lists, and the items of later lists of the same agency that go to these."""
    with scope.everything():
        given = {"ids": [one.person_id for one in found], "lists": list(ids.values())}
        others: dict[int, list[Any]] = {}
        for row in db.session.execute(_ELSEWHERE, given):
            others.setdefault(row.person_id, []).append(row)
    rows, dropped = [], []
    for one in found:
        legal = deciding[one.agency_id]
        taken, doubts, later = _beside(others.get(one.person_id, ()), legal, asked)
        if not taken:
            rows.append(_row(one, ids[legal], (*one.doubts, *doubts)))
            dropped += later
    return rows, dropped


def _beside(others: Sequence[Any], legal: int, asked: tuple[int, int]) -> tuple[bool, list[Doubt], list[int]]:
    """Return whether another list has somebody already, what that makes doubtful, and items that give way."""
    doubts: list[Doubt] = []
    later: list[int] = []
    for other in others:
        if other.kind != REGULAR:
            if other.state != "left_out":
                doubts.append(Doubt("early_under_way"))
        elif other.state == "sent":
            return True, [], []
        elif other.state == "left_out" and other.left_out_reason != WAITING:
            doubts.append(Doubt("left_out_before", {"reason": other.left_out_reason}))
        elif other.agency_id != legal:
            doubts.append(Doubt("elsewhere", {"agency": other.name}))
        elif (other.year, other.quarter) < asked:
            return True, [], []
        else:
            later.append(other.id)
    return False, doubts, later


def _row(one: Raise, list_id: int, doubts: Sequence[Doubt]) -> dict[str, Any]:
    return {
        "list_id": list_id, "person_id": one.person_id, "agency_id": one.agency_id, "kind": one.kind.value,
        "rank_code": one.held.rank_code, "pay_table": one.held.table, "pay_group": one.held.group,
        "from_step": one.from_step, "from_coefficient": str(one.from_coefficient),
        "from_percent": str(one.held.percent), "to_step": one.to_step, "to_coefficient": str(one.to_coefficient),
        "to_percent": one.to_percent, "step_since": one.held.step_since, "due_on": one.due_on,
        "effective_on": one.effective_on, "early_months": one.early_months,
        "doubts": [asdict(doubt) for doubt in doubts], "reasons": [asdict(reason) for reason in one.reasons],
    }  # fmt: skip


def _write(actor: Actor, lists: list[int], rows: list[dict[str, Any]], dropped: list[int]) -> None:
    if dropped:
        db.session.execute(_DROP, {"ids": dropped})
    kept = {"kept_lists": [row["list_id"] for row in rows], "kept_people": [row["person_id"] for row in rows]}
    db.session.execute(_CLEAR, {"lists": lists, **kept})
    if rows:
        given = {"rows": json.dumps(rows, default=str), "waiting": WAITING, "account": actor.account_id}
        db.session.execute(_LAY, given)
    settle(lists)


def settle(list_ids: Sequence[int]) -> None:
    """Let lists be as far as their items are; in the caller's transaction and scope."""
    db.session.flush()
    db.session.execute(SETTLE, {"ids": list(list_ids)})
    for one in db.session.identity_map.values():
        if isinstance(one, RaiseList):
            db.session.expire(one)


def _tell(actor: Actor, places: Mapping[int, Agency], ids: Mapping[int, int], year: int, quarter: int) -> None:
    with scope.everything():
        given = {"lists": list(ids.values()), "waiting": WAITING}
        counts = {row.list_id: row for row in db.session.execute(_COUNT, given)}
    audit.record_many(
        actor, "raise_list.proposed", "raise_list",
        [
            {
                "entity_id": list_id, "scope_ids": places[agency_id].scope_ids, "agency_id": agency_id,
                "after": {
                    "agency": places[agency_id].name, "year": year, "quarter": quarter,
                    "people": counts[list_id].people if list_id in counts else 0,
                    "doubtful": counts[list_id].doubtful if list_id in counts else 0,
                },
            }
            for agency_id, list_id in ids.items()
        ],
    )  # fmt: skip


@dataclass(slots=True)
class Done:
    """What came of a province's lists: how many were made, and which agencies refused, by name with why."""

    lists: int = 0
    refused: list[tuple[str, Problem]] = field(default_factory=list)


def propose_all(actor: Actor, root_id: int, year: int, quarter: int) -> int:
    """Make the lists of every legal agency at or under `root_id` as a job with progress; returns its task's id.

    Needs `pay.manage` over the agency now and when the job runs. Killed and started again it makes all anew.
    """
    agency = db.session.get(Agency, root_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    if agency.kind != "division":
        _check(agency, year, quarter)
    return tasks.start(actor, JOB, JOB, root_id=root_id, year=year, quarter=quarter)


def run(
    actor: Actor, root_id: int, year: int, quarter: int, report: Callable[[int, int], None] = lambda _done, _all: None
) -> Done:
    """Make the lists of every legal agency under one, some at a time, each time a unit of its own.

    `report(done, total)` may raise to stop between two units.
    """
    scope.enter_for(actor, P.PAY_MANAGE)
    with transaction():
        root = db.session.get_one(Agency, root_id)
        actor.require(P.PAY_MANAGE, at=root.scope_ids)
        todo = deciding_under(root_id)
    done = Done()
    for start in range(0, len(todo), AT_ONCE):
        report(start, len(todo))
        batch = todo[start : start + AT_ONCE]
        try:
            with transaction():
                query = select(Agency).where(Agency.id.in_(batch)).order_by(Agency.id)
                done.lists += len(propose_many(actor, list(db.session.scalars(query)), year, quarter))
        except HrmsError as error:
            names = db.session.scalars(select(Agency.name).where(Agency.id.in_(batch)).order_by(Agency.id)).all()
            done.refused.append((", ".join(names), error.problems[0]))
        db.session.expunge_all()
    report(len(todo), len(todo))
    return done


def leave_out(actor: Actor, item_id: int, reason: str, *, version: int) -> None:
    """Leave a proposed raise out of its list, with the reason, which the next list shows.

    Needs `pay.manage` over the person; nobody does it for themself. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    said = nfc(reason).strip()
    if not said or len(said) > REASON_LENGTH or said == WAITING:
        words = N_("Hãy ghi lý do để lại, nhiều nhất %(most)s ký tự.")
        raise Refused(Problem("reason", "reason", words, {"most": REASON_LENGTH}))
    item = lock_item(actor, item_id, version, ("proposed", "left_out"))
    _change(actor, item, "left_out", said, "raise_item.left_out")


def include(actor: Actor, item_id: int, *, version: int) -> None:
    """Put a raise that waits or was left out among those proposed: an officer has looked at what was doubtful.

    Needs `pay.manage` over the person; nobody does it for themself. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    item = lock_item(actor, item_id, version, ("left_out",))
    _change(actor, item, "proposed", None, "raise_item.included")


def lock_item(actor: Actor, item_id: int, version: int, states: Collection[str]) -> RaiseItem:
    """Return an item in one of some states, locked, which the actor may change. Raises as `leave_out`."""
    actor.require(P.PAY_MANAGE)
    query = select(RaiseItem).where(RaiseItem.id == item_id)
    item = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    person = None if item is None else db.session.get(Person, item.person_id)
    if item is None or person is None:
        # One's own row may be read once it is decided, and never be written, so the lock does not find it.
        if actor.person_id is not None and _is_own(actor.person_id, item_id):
            _refuse_own()
        raise missing("raise_item")
    actor.require(P.PAY_MANAGE, at=person.scope_ids)
    if actor.person_id == item.person_id:
        _refuse_own()
    if item.version != version:
        raise Stale
    if item.state not in states:
        words = N_("Người này đã được trình hoặc đã có quyết định nâng bậc, không đổi được. Hãy mở lại danh sách.")
        raise Refused(Problem("", "wrong_state", words))
    return item


def _is_own(person_id: int, item_id: int) -> bool:
    with scope.everything():
        query = select(RaiseItem.id).where(RaiseItem.id == item_id, RaiseItem.person_id == person_id)
        return db.session.scalar(query) is not None


def _refuse_own() -> None:
    words = N_("Không tự quyết định việc nâng bậc lương của chính mình. Hãy để người khác làm.")
    raise Forbidden(Problem("", "own", words))


def _change(actor: Actor, item: RaiseItem, state: str, reason: str | None, action: str) -> None:
    before = {"state": item.state, "left_out_reason": item.left_out_reason}
    item.state, item.left_out_reason = state, reason
    item.version += 1
    settle([item.list_id])
    person = db.session.get_one(Person, item.person_id)
    audit.record(
        actor, action, "raise_item", item.id, scope_ids=person.scope_ids, person_id=item.person_id,
        agency_id=item.agency_id, before=before, after={"state": state, "left_out_reason": reason}, reason=reason,
    )  # fmt: skip
