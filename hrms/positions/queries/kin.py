"""Who works in a unit, and the close relatives their records name: what `rules.kinship` compares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.decisions.rules.powers import PostGroup
from hrms.people.queries import law
from hrms.positions.rules.kinship import CLOSE, Member, Relative, work_of

_MEMBERS = text("""
SELECT c.person_id, c.full_name, c.birth_date, c.job_position, c.post_name, c.post_code, c.agency_id, a.scope_ids
FROM people_current c JOIN agencies a ON a.id = c.agency_id
WHERE c.status NOT IN ('left', 'retired', 'deceased') AND (
  c.agency_id = ANY (:units) OR (c.post_code = ANY (:heads) AND a.scope_ids && CAST(:legal AS bigint[])))
""")
_RELATIVES = text("""
SELECT person_id, relation, full_name, birth_year FROM person_family
WHERE person_id = ANY (:people) AND relation = ANY (:close)
""")


@dataclass(frozen=True, slots=True)
class Unit:
    """The people of one unit and the leaders of its agency, each with the relatives their record names."""

    members: tuple[Member, ...]
    relatives: Mapping[int, tuple[Relative, ...]]

    def of(self, person_id: int) -> tuple[Relative, ...]:
        """Return the close relatives somebody's record names."""
        return self.relatives.get(person_id, ())


def units(wanted: Mapping[int, int], people: Collection[int]) -> dict[int, Unit]:
    """Return units by agency id as the transaction sees them; `wanted` is unit → its legal agency. Two statements.

    `people` are those who are to be placed there: their relatives are read too.
    """
    if not wanted:
        return {}
    heads = [code for code, one in law.posts().items() if one.group in {PostGroup.AGENCY_HEAD, PostGroup.AGENCY_DEPUTY}]
    given = {"units": sorted(wanted), "legal": sorted(set(wanted.values())), "heads": heads}
    rows = db.session.execute(_MEMBERS, given).all()
    everybody = {row.person_id for row in rows} | set(people)
    relatives: dict[int, list[Relative]] = {}
    for row in db.session.execute(_RELATIVES, {"people": sorted(everybody), "close": sorted(CLOSE)}):
        relatives.setdefault(row.person_id, []).append(Relative(row.relation, row.full_name, row.birth_year))
    named = {person: tuple(found) for person, found in relatives.items()}
    return {
        unit: Unit(
            tuple(
                _member(row, leads=row.post_code in heads)
                for row in rows
                if row.agency_id == unit or (row.post_code in heads and legal in row.scope_ids)
            ),
            named,
        )
        for unit, legal in wanted.items()
    }


def _member(row: Any, *, leads: bool) -> Member:
    born = (row.birth_date or "")[:4]
    words = row.post_name or row.job_position or ""
    return Member(
        row.person_id,
        row.full_name,
        int(born) if born.isdigit() else None,
        leads,
        work_of(row.job_position or ""),
        words,
    )
