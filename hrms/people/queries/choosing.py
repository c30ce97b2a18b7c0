"""How lower domains let their readers pick people: by id, by staff code, by words typed; under the reader's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select

from hrms.agencies.models import Agency
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.hooks import PeopleFinder, PersonChoice
from hrms.people.models import PersonCurrent
from hrms.people.queries.finding import list_choices

_ROW = PersonCurrent.__table__


def _choices(condition: ColumnElement[bool]) -> list[PersonChoice]:
    query = (
        select(_ROW.c.person_id, _ROW.c.full_name, _ROW.c.staff_code, Agency.name)
        .outerjoin(Agency, Agency.id == _ROW.c.agency_id)
        .where(condition)
    )
    return [PersonChoice(row[0], row[1], row[2], row[3] or "") for row in db.session.execute(query)]


def by_ids(ids: Sequence[int]) -> list[PersonChoice]:
    """Return the people of these ids whom the reader may see, in the order of the ids."""
    found = {one.person_id: one for one in _choices(_ROW.c.person_id.in_(ids))} if ids else {}
    return [found[i] for i in dict.fromkeys(ids) if i in found]


def by_codes(codes: Sequence[str]) -> Mapping[str, PersonChoice]:
    """Return people by the staff code as typed, capital letters or not; a code nobody in sight has is left out."""
    wanted = {code: code.strip().upper() for code in codes}
    if not wanted:
        return {}
    found = {one.staff_code: one for one in _choices(_ROW.c.staff_code.in_(set(wanted.values())))}
    return {typed: found[code] for typed, code in wanted.items() if code in found}


def find(actor: Actor, words: str) -> list[tuple[str, str]]:
    """Return `(id, name)` of people by words of the name or code, few enough to choose from."""
    return [(str(item["value"]), str(item["label"])) for item in list_choices(actor, words)["items"]]


FINDER = PeopleFinder(source="people.choices", page="people.show", by_ids=by_ids, by_codes=by_codes, find=find)
