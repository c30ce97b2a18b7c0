"""Whose pay rises next, when and why: the step clock of many people in a fixed number of statements.

`due` looks closer only at those whose regular day has come: what prolongs a step never shortens it. `clock_of` answers
for some people, `moved` for those whose day in `people_current` is another than the clock's. Read under the
transaction's own scope. TT 08/2013/TT-BNV Đ2, Đ3 k2; TT 03/2021/TT-BNV; TT 04/2005/TT-BNV.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import catalogues, clock
from hrms.core.dates import BadDate, PartialDate, add_months, months_between
from hrms.core.db import db
from hrms.core.holidays import current as working_days
from hrms.core.i18n import render
from hrms.core.rules import Reason
from hrms.pay.rules.raises import RaiseTerms
from hrms.pay.rules.raising import (
    DOUBTS,
    UNKNOWN,
    Away,
    Classed,
    Doubt,
    Held,
    Known,
    Measure,
    RaiseKind,
    Reckoned,
    before_retirement,
    reckon,
)
from hrms.people.queries import law
from hrms.people.rules.absences import STEP_EFFECTS, AbsenceKind, StepEffect
from hrms.people.rules.kinds import EmploymentStatus, PersonKind
from hrms.performance.rules.classes import RatingClass

NOTICE = "retirement_notice"
RAISED = (EmploymentStatus.SERVING, EmploymentStatus.SUSPENDED)
"""Statuses in which a raise can come due; during probation it cannot."""
BATCH = 5_000
"""People whose facts one statement reads."""

_REGULAR = """CASE WHEN coalesce(r.step, k.step) < scale.steps OR coalesce(r.beyond_scale_percent, 0) = 0
    THEN (r.step_since + make_interval(months => scale.months))::date
    ELSE (r.beyond_scale_since + make_interval(months => :each))::date END"""
_WHO = f"""
WITH scale AS (
  SELECT pay_table, pay_group, max(step) AS steps, max(months_per_step) AS months FROM pay_scale_steps GROUP BY 1, 2
), shown AS (
  SELECT c.person_id, c.kind, c.status, c.agency_id, c.absent_as, c.retires_on, c.next_step_on, r.rank_code,
    r.pay_table, r.pay_group, coalesce(r.step, k.step) AS step, r.coefficient, r.step_since,
    coalesce(r.beyond_scale_percent, 0) AS percent, r.beyond_scale_since AS percent_since,
    least(r.step_since, r.beyond_scale_since) AS since, {_REGULAR} AS regular_on
  FROM people_current c
  JOIN person_rank r ON r.person_id = c.person_id AND r.superseded_at IS NULL AND r.valid_from <= :on
    AND (r.valid_to IS NULL OR r.valid_to > :on)
  LEFT JOIN scale ON scale.pay_table = r.pay_table AND scale.pay_group = r.pay_group
  LEFT JOIN pay_scale_steps k ON r.step IS NULL AND k.pay_table = r.pay_table AND k.pay_group = r.pay_group
    AND k.coefficient = r.coefficient
  WHERE c.status = ANY (:statuses)
    AND (CAST(:ids AS bigint[]) IS NULL OR c.person_id = ANY (:ids))
    AND (CAST(:places AS bigint[]) IS NULL OR c.agency_id = ANY (:places))
)
SELECT s.* FROM shown s
"""  # noqa: S608 - the parts are ours
_ALL = text(f"{_WHO} ORDER BY s.person_id")
_INCOMPLETE = text(f"{_WHO} WHERE s.regular_on IS NULL OR s.step IS NULL ORDER BY s.person_id")
_DUE = text(f"""{_WHO}
WHERE s.regular_on <= :until OR (s.regular_on <= :noticed AND EXISTS (
  SELECT 1 FROM person_papers p WHERE p.person_id = s.person_id AND p.kind = :notice AND p.undone_by IS NULL))
ORDER BY s.person_id
""")  # noqa: S608 - the parts are ours
# What may make the clock another than the regular day, or made it so before.
_MOVED = text(f"""{_WHO}
WHERE s.status = 'serving' AND (s.next_step_on IS DISTINCT FROM s.regular_on OR s.step IS NULL
  OR EXISTS (SELECT 1 FROM person_absence f WHERE f.person_id = s.person_id AND f.superseded_at IS NULL
      AND f.absence_kind = ANY (:lost) AND (f.valid_to IS NULL OR f.valid_to > s.since))
  OR EXISTS (SELECT 1 FROM person_discipline f WHERE f.person_id = s.person_id
      AND left(f.from_on, 4) >= to_char(s.since, 'YYYY'))
  OR EXISTS (SELECT 1 FROM person_rating f WHERE f.person_id = s.person_id AND f.rating = 'unsatisfactory'
      AND f.year >= EXTRACT(year FROM s.since))
  OR EXISTS (SELECT 1 FROM person_status f WHERE f.person_id = s.person_id AND f.superseded_at IS NULL
      AND f.status <> 'serving' AND f.valid_from <= :on AND (f.valid_to IS NULL OR f.valid_to > s.since)))
ORDER BY s.person_id
""")  # noqa: S608 - the parts are ours
_FACTS = text("""
SELECT f.person_id, 'absence' AS what, jsonb_build_object(
    'kind', f.absence_kind, 'from', f.valid_from, 'to', f.valid_to, 'expected', f.expected_until,
    'days', f.working_days) AS said
  FROM person_absence f WHERE f.superseded_at IS NULL AND f.person_id = ANY (:ids)
UNION ALL
SELECT f.person_id, 'spell', jsonb_build_object('status', f.status, 'from', f.valid_from, 'to', f.valid_to)
  FROM person_status f WHERE f.superseded_at IS NULL AND f.status <> 'serving' AND f.person_id = ANY (:ids)
UNION ALL
SELECT f.person_id, 'measure', jsonb_build_object('side', f.side, 'form', f.form, 'on', f.from_on, 'act', f.act)
  FROM person_discipline f WHERE f.person_id = ANY (:ids)
UNION ALL
SELECT f.person_id, 'rating', jsonb_build_object(
    'year', f.year, 'rating', f.rating, 'by_discipline', t.id IS NOT NULL AND 'discipline' = ANY (t.reasons)
      AND t.mean >= CAST(t.facts -> 'thresholds' ->> 'satisfactory' AS numeric), 'of_round', t.id IS NOT NULL)
  FROM person_rating f
  LEFT JOIN ratings t ON t.person_id = f.person_id AND t.year = f.year AND t.superseded_at IS NULL
    AND t.state = 'published' AND f.rating = 'unsatisfactory'
  WHERE f.person_id = ANY (:ids)
UNION ALL
SELECT f.person_id, 'flag', jsonb_build_object('year', f.year)
  FROM rating_consequences f WHERE f.state = 'open' AND f.person_id = ANY (:ids)
UNION ALL
SELECT f.person_id, 'notice', jsonb_build_object(
    'on', coalesce(CAST(f.values ->> 'noticed_on' AS date), d.effective_on, d.signed_on), 'last', f.happens_on)
  FROM person_papers f JOIN decisions d ON d.id = f.decision_id
  WHERE f.kind = :notice AND f.undone_by IS NULL AND f.happens_on IS NOT NULL AND f.person_id = ANY (:ids)
""")
_PLACES = text("""
SELECT a.id FROM agencies a
WHERE a.scope_ids && CAST(:ids AS bigint[]) AND deciding_agency(a.id) = ANY (CAST(:ids AS bigint[]))
""")


@dataclass(frozen=True, slots=True)
class Raise:
    """One raise that is due: from what to what, the regular day with all that prolongs the step, and what is doubtful.

    `early_months` is given for a raise before retirement alone.
    """

    person_id: int
    agency_id: int
    kind: RaiseKind
    held: Held
    from_step: int
    from_coefficient: Decimal
    to_step: int
    to_coefficient: Decimal
    to_percent: int
    due_on: date
    effective_on: date
    early_months: int | None
    doubts: tuple[Doubt, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Somebody whose raise nobody can tell the day of, and why (`rules.raising.UNKNOWN`)."""

    person_id: int
    agency_id: int | None
    code: str

    @property
    def words(self) -> str:
        """Return why, in the reader's language."""
        return render(UNKNOWN[self.code])


def places_of(agency_ids: Collection[int]) -> list[int]:
    """Return the legal agencies given and their divisions: where their own people work; one statement."""
    return list(db.session.scalars(_PLACES, {"ids": sorted(agency_ids)}))


def due(agency_ids: Collection[int] | None, until: date) -> list[Raise]:
    """Return the raises due up to a day of the people of these legal agencies, of all when None.

    By person's id. What was due long ago is there too. Three statements, and one more for every 5,000 people.
    """
    today = clock.today()
    values = {"until": until, "noticed": add_months(until, _months("raise.retirement_most_months", until))}
    terms, scales = _terms(today), law.pay_scales(until)
    found: list[Raise] = []
    for some in _read(_DUE, agency_ids, until, values):
        for known in some:
            one = _raise(_reckon(known, scales, terms, today), until)
            if one is not None:
                found.append(one)
    return found


def unknown(agency_ids: Collection[int] | None) -> list[Unknown]:
    """Return the people of these legal agencies whose raise cannot be told from the record; two statements."""
    today = clock.today()
    scales, terms = law.pay_scales(today), _terms(today)
    rows = db.session.execute(_INCOMPLETE, _asked(None, _places(agency_ids), today))
    found = [_reckon(_known(row), scales, terms, today) for row in rows]
    return [Unknown(one.known.person_id, one.known.agency_id, one.unknown) for one in found if one.unknown]


def clock_of(person_ids: Collection[int]) -> dict[int, Reckoned]:
    """Return the next raise of people in service as at today, with reasons and doubts, by id; two statements."""
    today = clock.today()
    scales, terms = law.pay_scales(today), _terms(today)
    given = _asked(sorted(person_ids), None, today)
    found: dict[int, Reckoned] = {}
    for some in _with_facts(_parts(db.session.execute(_ALL, given).all())):
        found |= {known.person_id: _reckon(known, scales, terms, today) for known in some}
    return found


def clock_by(held: Held, person_id: int, kind: PersonKind, status: EmploymentStatus, day: date) -> Reckoned:
    """Return the next raise of somebody by a rank given, such as that of a day in the past; one statement."""
    known = Known(person_id, kind, status, held)
    _put_facts({person_id: known})
    return _reckon(known, law.pay_scales(day), _terms(day), day)


def moved(person_ids: Collection[int] | None) -> dict[int, date | None]:
    """Return, of serving people, the day of the next raise where `people_current` has another.

    Of all when None. One statement, and one more for every 5,000 people who have something that prolongs a step.
    """
    given = _asked(None if person_ids is None else sorted(person_ids), None, clock.today())
    rows = db.session.execute(_MOVED, given).all()
    kept = {row.person_id: row.next_step_on for row in rows}
    return {person_id: day for person_id, day in _days(_parts(rows)).items() if day != kept[person_id]}


def days_of_all() -> dict[int, date | None]:
    """Return the day of the next raise of every serving person by the clock; for the checks."""
    # However large the country, only so many records are held at once.
    rows = db.session.execute(_ALL, _asked(None, None, clock.today()), execution_options={"yield_per": BATCH})
    return _days(rows.partitions())


def _days(parts: Iterable[Sequence[Any]]) -> dict[int, date | None]:
    today = clock.today()
    scales, terms = law.pay_scales(today), _terms(today)
    found: dict[int, date | None] = {}
    for some in _with_facts([row for row in part if row.status == EmploymentStatus.SERVING] for part in parts):
        for known in some:
            coming = _reckon(known, scales, terms, today).coming
            found[known.person_id] = None if coming is None else coming.due_on
    return found


def _read(
    statement: Any, agency_ids: Collection[int] | None, on: date, values: Mapping[str, Any]
) -> Iterator[list[Known]]:
    given = {**_asked(None, _places(agency_ids), on), "notice": NOTICE, **values}
    return _with_facts(_parts(db.session.execute(statement, given).all()))


def _places(agency_ids: Collection[int] | None) -> list[int] | None:
    return None if agency_ids is None else places_of(agency_ids)


def _asked(ids: list[int] | None, places: list[int] | None, on: date) -> dict[str, Any]:
    return {
        "ids": ids, "places": places, "on": on, "statuses": [one.value for one in RAISED],
        "each": law.seniority_terms().each_months,
        "lost": [kind.value for kind, effect in STEP_EFFECTS.items() if effect is not StepEffect.COUNTED],
    }  # fmt: skip


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _with_facts(parts: Iterable[Sequence[Any]]) -> Iterator[list[Known]]:
    """Yield the people of these rows with their facts, part by part."""
    for part in parts:
        people = {row.person_id: _known(row) for row in part}
        _put_facts(people)
        yield list(people.values())


def _known(row: Any) -> Known:
    held = Held(
        row.rank_code, row.pay_table, row.pay_group, row.step, row.coefficient, row.step_since, row.percent,
        row.percent_since,
    )  # fmt: skip
    return Known(
        row.person_id, PersonKind(row.kind), EmploymentStatus(row.status), held, row.agency_id,
        row.absent_as is not None, row.retires_on,
    )  # fmt: skip


def _put_facts(people: Mapping[int, Known]) -> None:
    for row in db.session.execute(_FACTS, {"ids": list(people), "notice": NOTICE}):
        _PUT[row.what](people[row.person_id], row.said)


def _put_absence(known: Known, said: Mapping[str, Any]) -> None:
    known.absences.append(
        Away(AbsenceKind(said["kind"]), _day(said["from"]), _end(said["to"]), _end(said["expected"]), said["days"])
    )


def _put_spell(known: Known, said: Mapping[str, Any]) -> None:
    start = _day(said["from"])
    if start <= clock.today():
        known.spells.append((start, _end(said["to"])))
    elif said["status"] in _OUT:
        known.leaves_on = min(start, known.leaves_on or start)


def _put_measure(known: Known, said: Mapping[str, Any]) -> None:
    try:
        on = PartialDate.parse(said["on"]) if said["on"] else None
    except BadDate:
        on = None
    known.measures.append(Measure(said["side"], said["form"], on, said["act"] or ""))


def _put_rating(known: Known, said: Mapping[str, Any]) -> None:
    rating = _CLASSES.get(said["rating"])
    if rating is not None:
        known.ratings.append(Classed(said["year"], rating, said["by_discipline"] if said["of_round"] else None))


def _put_flag(known: Known, said: Mapping[str, Any]) -> None:
    known.flagged.append(said["year"])


def _put_notice(known: Known, said: Mapping[str, Any]) -> None:
    given = _day(said["on"]), _day(said["last"])
    known.notice = max(known.notice or given, given)


_PUT = {
    "absence": _put_absence, "spell": _put_spell, "measure": _put_measure, "rating": _put_rating, "flag": _put_flag,
    "notice": _put_notice,
}  # fmt: skip
_CLASSES = {one.value: one for one in RatingClass}
_OUT = {EmploymentStatus.LEFT, EmploymentStatus.RETIRED, EmploymentStatus.DECEASED}


def _day(value: str) -> date:
    return date.fromisoformat(value)


def _end(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _terms(day: date) -> RaiseTerms:
    return RaiseTerms.of(law.rows("parameters"), day, working_days().between)


def _months(key: str, day: date) -> int:
    return int(law.parameters(day)[key].value)


def _reckon(known: Known, scales: Mapping[tuple[int, str], Any], terms: RaiseTerms, day: date) -> Reckoned:
    held = known.held
    group = scales.get((held.table, held.group)) if held.table is not None and held.group is not None else None
    return reckon(known, group, terms, day)


def _raise(found: Reckoned, until: date) -> Raise | None:
    """Return the raise that is due up to a day: the regular one, else the one of a notice of retirement."""
    coming, known, held = found.coming, found.known, found.known.held
    group = found.group
    if coming is None or group is None or known.agency_id is None:
        return None
    leaves_on = known.leaves_on or date.max
    effective, reasons, months = coming.due_on, coming.reasons, None
    if coming.percent is not None:
        kind = RaiseKind.BEYOND_SCALE
    else:
        kind = RaiseKind.STEP
    if coming.due_on > until or coming.due_on >= leaves_on:
        day, why = before_retirement(found, law.parameters(until))
        if day is None or day > until or day >= leaves_on:
            return None
        kind, effective, reasons = RaiseKind.RETIREMENT, day, (*reasons, *why)
        months = max(months_between(day, coming.due_on), 1)
    to_step = found.step if kind is RaiseKind.BEYOND_SCALE else found.step + 1
    at_step: Decimal = group.coefficients[found.step - 1]
    return Raise(
        known.person_id, known.agency_id, kind, held, found.step,
        at_step if held.coefficient is None else held.coefficient, to_step, group.coefficients[to_step - 1],
        coming.percent or 0, coming.due_on, effective, months, found.doubts, reasons,
    )  # fmt: skip


def doubt_words(code: str, params: Mapping[str, Any]) -> str:
    """Return a kept doubt in the reader's language; days among its parameters are ISO text or dates."""
    known = dict(params)
    if code == "discipline_form":
        known["form"] = catalogues.name_of("discipline_forms", str(known["form"]))
    return render(Reason(DOUBTS[code], "", "", {name: _typed(value) for name, value in known.items()}))


def typed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept parameters of a sentence with their days as dates."""
    return {name: _typed(value) for name, value in params.items()}


def _typed(value: Any) -> Any:
    if isinstance(value, str) and len(value) == len("2026-01-31") and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def doubts_told(doubts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the sentences of an item's doubts."""
    return [doubt_words(one["code"], one["params"]) for one in doubts]
