"""Who may score a sheet: the head of the very agency, who acts for them, or, where nobody heads it, the next above.

NĐ 335/2025/NĐ-CP Đ10, NĐ 233/2026/NĐ-CP Đ13. A head of an agency above scores nothing below that has a head of its own.
Never oneself, never the spouse or kin the records name. Use `may_score`, `may_score_each`, `places_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.rules import N_, Problem
from hrms.performance.models import ScoreSheet
from hrms.performance.queries.sheets import places_of
from hrms.performance.rules.sheets import conflict
from hrms.positions.rules.kinship import Member, Relative, same_person

__all__ = ["may_score", "may_score_each", "places_of"]

_PLACES = text(
    "SELECT f.sheet_id, f.place_id, a.name FROM scoring_places(CAST(:ids AS bigint[]), :today) f"
    " LEFT JOIN agencies a ON a.id = f.place_id"
)
_PEOPLE = text("SELECT id, full_name, birth_date FROM people WHERE id = ANY (CAST(:ids AS bigint[]))")
_FAMILY = text(
    "SELECT person_id, relation, full_name, birth_year FROM person_family"
    " WHERE person_id = ANY (CAST(:ids AS bigint[]))"
)


def may_score(actor: Actor, sheet: ScoreSheet) -> Problem | None:
    """Return why the actor is not the one who scores this sheet, None when they are; up to three statements.

    Says nothing of the sheet's state. The program itself may.
    """
    return may_score_each(actor, [sheet])[sheet.id]


def may_score_each(actor: Actor, sheets: Sequence[ScoreSheet]) -> dict[int, Problem | None]:
    """Return for each sheet why the actor does not score it; the same three statements for many."""
    if actor.is_system or not sheets:
        return dict.fromkeys((one.id for one in sheets), None)
    own = set(places_of(actor))
    with scope.everything():
        params = {"ids": [one.id for one in sheets], "today": clock.today()}
        places = {row.sheet_id: row for row in db.session.execute(_PLACES, params)} if own else {}
        mine = [one for one in sheets if one.id in places and places[one.id].place_id in own]
        kin = _kin_of(actor, [one.person_id for one in mine])
    found: dict[int, Problem | None] = {}
    for one in sheets:
        if actor.person_id is not None and actor.person_id == one.person_id:
            found[one.id] = conflict(actor.person_id, one.person_id)
        elif one in mine:
            found[one.id] = conflict(actor.person_id, one.person_id, kin.get(one.person_id))
        else:
            found[one.id] = _not_yours(places[one.id].name if one.id in places else None)
    return found


def _not_yours(place: str | None) -> Problem:
    if place is None:
        return Problem("", "not_authority", N_("Tài khoản của bạn không có quyền chấm điểm phiếu này."))
    words = N_("Phiếu này do người đứng đầu “%(place)s” chấm, hoặc người được giao chấm thay ở đó.")
    return Problem("", "not_authority", words, {"place": place})


def _kin_of(actor: Actor, subjects: Sequence[int]) -> Mapping[int, Mapping[int, str]]:
    """Return, by subject, the relation the records of either name between them and the actor, by the actor's person."""
    if actor.person_id is None or not subjects:
        return {}
    ids = {"ids": sorted({*subjects, actor.person_id})}
    people = {row.id: Member(row.id, row.full_name, _year(row.birth_date)) for row in db.session.execute(_PEOPLE, ids)}
    family: dict[int, list[Relative]] = {}
    for row in db.session.execute(_FAMILY, ids):
        family.setdefault(row.person_id, []).append(Relative(row.relation, row.full_name, row.birth_year))
    me = people.get(actor.person_id)
    found: dict[int, dict[int, str]] = {}
    for subject in subjects:
        other = people.get(subject)
        if me is None or other is None:
            continue
        ties = [one.relation for one in family.get(subject, ()) if same_person(one, me)]
        ties += [one.relation for one in family.get(me.person_id, ()) if same_person(one, other)]
        barred = next((tie for tie in ties if conflict(me.person_id, subject, {me.person_id: tie})), None)
        if barred is not None:
            found[subject] = {me.person_id: barred}
    return found


def _year(birth_date: str | None) -> int | None:
    year = (birth_date or "")[:4]
    return int(year) if year.isdigit() else None
