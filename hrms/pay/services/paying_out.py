"""Writing the shares of rounds, and what stood before them: for one round or hundreds alike, four statements.

Everything here is the program's own work: the caller has asked for the permission and entered the scope.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db
from hrms.pay.models import IncentiveRound
from hrms.pay.queries.payouts import keep_reason
from hrms.pay.rules.schemes import PayoutState, Step
from hrms.pay.rules.serving import Member
from hrms.pay.services.payout_lock import Locked
from hrms.pay.services.reckoning import Before, Line, Reckoned
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.numbers import half_up

AT_ONCE = 2_000
"""Shares written by one statement."""
_CLEAR = text("DELETE FROM incentive_shares WHERE round_id = ANY (CAST(:rounds AS bigint[]))")
_WRITE = text("""
INSERT INTO incentive_shares (round_id, person_id, agency_id, kind, rating, months, coefficient, salary, points, amount,
                              advanced, due, left_out, parts, note)
SELECT g.round_id, g.person_id, g.agency_id, g.kind, g.rating, g.months, g.coefficient, g.salary, g.points, g.amount,
  g.advanced, g.amount - g.advanced, g.left_out, g.parts, g.note
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
  round_id bigint, person_id bigint, agency_id bigint, kind text, rating text, months integer, coefficient numeric,
  salary numeric, points numeric, amount numeric, advanced numeric, left_out text, parts jsonb, note text)
""")
_ADVANCED = text("""
SELECT r.agency_id AS paying_id, s.person_id, sum(s.due) AS advanced,
  (array_agg(s.agency_id ORDER BY s.id DESC))[1] AS agency_id, (array_agg(s.kind ORDER BY s.id DESC))[1] AS kind
FROM incentive_rounds r JOIN incentive_shares s ON s.round_id = r.id
WHERE r.scheme_id = :scheme AND r.agency_id = ANY (CAST(:agencies AS bigint[])) AND r.year = :year
  AND r.state = 'decided' AND r.step <> 'ad_hoc' AND NOT r.id = ANY (CAST(:rounds AS bigint[]))
  AND (CAST(:quarter AS integer) IS NULL OR r.quarter = :quarter)
GROUP BY r.agency_id, s.person_id
""")
_BY_HAND = text("""
SELECT r.agency_id AS paying_id, s.person_id, s.note
FROM incentive_shares s JOIN incentive_rounds r ON r.id = s.round_id
WHERE s.round_id = ANY (CAST(:rounds AS bigint[])) AND s.left_out = 'hand'
""")


def standing(one: Locked) -> Before:
    """Return what was paid before in the same year (quarter) by the same scheme, and who was left out by hand."""
    found = one.found
    kept = standing_of(found.scheme_id, [one.agency.id], found.year, one.step, found.quarter, [found.id])
    return kept.get(one.agency.id, Before())


def standing_of(
    scheme_id: int, agency_ids: Collection[int], year: int, step: Step, quarter: int | None, round_ids: Collection[int]
) -> dict[int, Before]:  # fmt: skip
    """Return the same for the rounds of many agencies; those with nothing before are left out. Two statements.

    An advance knows of no other payment: each quarter has its own.
    """
    values = {
        "scheme": scheme_id, "agencies": sorted(agency_ids), "year": year, "quarter": quarter,
        "rounds": sorted(round_ids),
    }  # fmt: skip
    advanced: dict[int, dict[int, int]] = defaultdict(dict)
    gone: dict[int, dict[int, Member]] = defaultdict(dict)
    for row in db.session.execute(_ADVANCED, values) if step is Step.SETTLEMENT else ():
        advanced[row.paying_id][row.person_id] = int(row.advanced)
        gone[row.paying_id][row.person_id] = Member(row.person_id, row.agency_id, PersonKind(row.kind), ())
    by_hand: dict[int, dict[int, str]] = defaultdict(dict)
    for row in db.session.execute(_BY_HAND, {"rounds": values["rounds"]}):
        by_hand[row.paying_id][row.person_id] = row.note
    return {
        agency_id: Before(advanced.get(agency_id, {}), by_hand.get(agency_id, {}), gone.get(agency_id, {}))
        for agency_id in advanced.keys() | by_hand.keys()
    }


def clear(round_ids: Collection[int]) -> None:
    """Remove the shares of rounds that are not decided."""
    db.session.execute(_CLEAR, {"rounds": sorted(round_ids)})


def put(pairs: Sequence[tuple[IncentiveRound, Reckoned]]) -> None:
    """Write what rounds were reckoned to, in place of what they had."""
    clear([found.id for found, _done in pairs])
    rows = [_row(found.id, line) for found, done in pairs for line in done.lines]
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(_WRITE, {"rows": json.dumps(rows[start : start + AT_ONCE])})
    now = clock.now()
    for found, done in pairs:
        found.fund, found.salary_fund = Decimal(done.fund), Decimal(done.salary_fund)
        found.reserved, found.shared = Decimal(done.reserved), Decimal(done.shared)
        found.remainder = Decimal(done.remainder)
        found.per_point = None if done.per_point is None else half_up(done.per_point, 2)
        found.reasons = {"steps": [keep_reason(one) for one in done.reasons]}
        found.state, found.computed_at = PayoutState.SHARED.value, now
        found.version += 1
    db.session.flush()


def _row(round_id: int, line: Line) -> dict[str, Any]:
    member, parts = line.member, line.sharer.stretches() if line.sharer else ()
    return {
        "round_id": round_id, "person_id": member.person_id, "agency_id": member.agency_id, "kind": member.kind.value,
        "rating": line.rating.value if line.rating else None, "months": sum(part.months for part in parts),
        "coefficient": _text(member.coefficient), "salary": str(half_up(member.salary, 0)),
        "points": str(half_up(line.points, 6)), "amount": str(line.amount), "advanced": str(line.advanced),
        "left_out": line.left_out.value if line.left_out else None, "note": line.note,
        "parts": [
            {"rating": part.rating.value, "months": part.months, "salary": _text(part.salary),
             "coefficient": _text(part.coefficient)}
            for part in parts
        ],
    }  # fmt: skip


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else str(value)
