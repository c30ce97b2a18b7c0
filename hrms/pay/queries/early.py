"""What early raises rest on: headcounts assigned, quotas and how they are used, achievements, former early raises.

TT 08/2013/TT-BNV Đ3; TT 03/2021/TT-BNV. Each function is a fixed number of statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale
from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import render
from hrms.pay.rules import early, merits
from hrms.pay.rules.early import EarlyFacts, Unit
from hrms.pay.rules.merits import Merit
from hrms.people.queries import codes, law

OPEN_STATES = ("proposed", "sent", "decided")
_ASSIGNED = text("""
SELECT a.id, a.name, a.scope_ids, deciding_agency(a.id) AS office_id,
  deciding_agency(coalesce(o.parent_id, o.id)) AS above_id,
  sum(m.amount) FILTER (WHERE NOT m.reserve)::int AS assigned, sum(m.amount)::int AS whole, m.quota_kind
FROM agencies a JOIN quota_movements m ON m.agency_id = a.id AND m.line_id IS NULL
  AND m.quota_kind IN ('civil', 'public') AND m.effective_on <= :day
JOIN agencies o ON o.id = deciding_agency(a.id)
WHERE a.scope_ids && CAST(:roots AS bigint[])
GROUP BY a.id, a.name, a.scope_ids, o.id, o.parent_id, m.quota_kind, a.depth
ORDER BY a.depth, a.id
""")
_STANDING = """
SELECT q.agency_id, q.year, q.quota, q.given, (
  SELECT count(*) FROM raise_items i JOIN raise_lists l ON l.id = i.list_id
  WHERE l.agency_id = q.agency_id AND l.year = q.year AND l.kind = 'early' AND l.state <> 'cancelled'
    AND i.kind = 'early' AND i.state IN ('proposed', 'sent', 'decided'))::int AS taken
FROM early_quotas q
"""
_OF_LIST = text(f"""{_STANDING} JOIN raise_lists n ON n.agency_id = q.agency_id AND n.year = q.year AND n.kind = 'early'
WHERE n.id = :list""")
_OF_AGENCY = text(f"{_STANDING} WHERE q.agency_id = :agency AND q.year = :year")
_REWARDS = text("""
SELECT person_id, year, emulation_title, reward_form, decision_no, decided_by FROM person_reward
WHERE person_id = ANY (CAST(:ids AS bigint[])) AND year >= :first AND year <= :last
ORDER BY person_id, year DESC, id
""")
_FORMER = text("""
SELECT DISTINCT ON (i.person_id) i.person_id, i.to_step, i.to_coefficient, i.effective_on, i.decided_on
FROM raise_items i
WHERE i.person_id = ANY (CAST(:ids AS bigint[])) AND i.kind = 'early' AND i.state = 'decided'
ORDER BY i.person_id, i.effective_on DESC
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """The quota of an agency and year: own, pooled to it, taken by what is proposed, on its way or decided."""

    agency_id: int
    year: int
    quota: int
    given: int
    taken: int

    @property
    def most(self) -> int:
        """Return the raises the agency may give."""
        return self.quota + self.given

    @property
    def left(self) -> int:
        """Return the raises still free; below nothing when too many are proposed."""
        return self.most - self.taken


@dataclass(frozen=True, slots=True)
class Headcount:
    """The people an agency was assigned, both quotas together, and the agency above that pools its remainder."""

    agency_id: int
    above_id: int
    assigned: int


@dataclass(frozen=True, slots=True)
class Former:
    """The last early raise for merit: the step it led to, from when, decided when."""

    to_step: int
    effective_on: date
    decided_on: date


def headcounts(roots: Collection[int], day: date) -> list[Headcount]:
    """Return the headcount assigned to each agency under `roots` on a day, less what those under it were given.

    A division counts with its agency. From the ledger of the establishment: one statement.
    """
    rows = db.session.execute(_ASSIGNED, {"roots": list(roots), "day": day}).all()
    own: dict[int, int] = defaultdict(int)
    above: dict[int, int] = {}
    for kind in ("civil", "public"):
        given = {row.id: row for row in rows if row.quota_kind == kind}
        for row in given.values():
            own[row.office_id] += row.assigned or 0
            above[row.office_id] = row.above_id
            covering = next((i for i in reversed(row.scope_ids[:-1]) if i in given), None)
            if covering is not None:
                own[given[covering].office_id] -= row.whole
    return [Headcount(one, above[one], max(0, people)) for one, people in sorted(own.items())]


def units_of(found: Sequence[Headcount]) -> list[Unit]:
    """Return the headcounts as the rules read them; a top of the tree reports to nobody."""
    return [Unit(str(one.agency_id), one.assigned, str(one.above_id)) for one in found if one.assigned]


def standing_of(list_id: int) -> Standing | None:
    """Return how the quota of a list's agency and year stands, None where none was assigned."""
    return _standing(db.session.execute(_OF_LIST, {"list": list_id}).one_or_none())


def standing(agency_id: int, year: int) -> Standing | None:
    """Return how the quota of an agency and year stands, None where none was assigned."""
    return _standing(db.session.execute(_OF_AGENCY, {"agency": agency_id, "year": year}).one_or_none())


def _standing(row: Any) -> Standing | None:
    return Standing(row.agency_id, row.year, row.quota, row.given, row.taken) if row is not None else None


def achievements(person_ids: Collection[int], first: int, last: int, day: date) -> dict[int, list[Merit]]:
    """Return the achievements recognised in some years by person, the highest first; one statement."""
    figures = law.parameters(day)
    found: dict[int, list[Merit]] = defaultdict(list)
    given = {"ids": sorted(person_ids), "first": first, "last": last}
    for row in db.session.execute(_REWARDS, given):
        for code in (row.reward_form, row.emulation_title):
            months = merits.months_for(code, figures)
            if code and months:
                found[row.person_id].append(Merit(code, row.year, months, row.decision_no or "", row.decided_by or ""))
    return {person_id: merits.ordered(given_merits) for person_id, given_merits in found.items()}


def former_raises(person_ids: Collection[int]) -> dict[int, Former]:
    """Return the last early raise for merit of each of these people; one statement."""
    rows = db.session.execute(_FORMER, {"ids": sorted(person_ids)})
    return {row.person_id: Former(row.to_step, row.effective_on, row.decided_on or row.effective_on) for row in rows}


def facts_of(item: Any, due_on: date | None, decided_on: date | None = None) -> EarlyFacts:
    """Return an item of an early list as the rules judge it; `item.merit` is what `services.early` kept."""
    kept: Mapping[str, Any] = item.merit or {}
    group = law.pay_scales()[item.pay_table, item.pay_group]
    last = kept.get("last_early_on")
    return EarlyFacts(
        item.year, due_on, group.months_per_step, [date.fromisoformat(one) for one in kept.get("days", ())],
        by_early_raise=bool(kept.get("by_early_raise")), last_early_on=date.fromisoformat(last) if last else None,
        decided_on=decided_on, months=item.early_months,
    )  # fmt: skip


def judge_item(item: Any, due_on: date | None, decided_on: date | None = None) -> tuple[bool, str]:
    """Return whether somebody may be raised early by what the item states, and why, in Vietnamese.

    `due_on` is the regular day as the record gives it now. Discipline and classes are conditions of their own.
    """
    found = early.early(facts_of(item, due_on, decided_on), law.parameters(date(item.year, 12, 31)))
    early_enough = found.earliest is None or item.effective_on >= found.earliest
    with force_locale("vi"):
        words = " ".join(render(reason) for reason in found.reasons)
    return found.eligible and early_enough, words


def merit_words(kept: Mapping[str, Any] | None) -> str:
    """Return the achievement of an item in Vietnamese, "" where none is named."""
    if not kept or not kept.get("code"):
        return ""
    number = f", QĐ số {kept['decision']}" if kept.get("decision") else ""
    return f"{name_of(kept['code'])} năm {kept['year']}{number}"


def name_of(code: str) -> str:
    """Return what an achievement is called."""
    with force_locale("vi"):
        for catalogue in ("emulation_titles", "reward_forms", "state_honours"):
            name = codes.name(catalogue, code)
            if name != code:
                return name
    return code
