"""Rounds of classification: opening one, opening those of a whole province, calling one off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope, settings, tasks
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import explain_constraint
from hrms.performance.models import RatingRound
from hrms.performance.queries import criteria
from hrms.performance.queries import rounds as queries
from hrms.performance.queries.criteria import Terms
from hrms.performance.queries.rounds import SetInForce
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.rounds import RoundStep, due
from hrms.performance.services.gathering import gather
from hrms.performance.services.round_lock import (
    BEFORE_MEETING,
    lock,
    require_decides,
    require_prepares,
    starts,
)

P = Permission
FIRST_YEAR = 2015
"""NĐ 56/2015/NĐ-CP: classes of earlier years are in the records only."""
TEXT_LENGTH = 2_000
JOB = "performance.rounds"
OPEN = "open"
STEPS = (OPEN, "gather", "groups", "solve", "publish", "settle")
"""Steps a job takes of every round under an agency."""
_SUPERSEDE_ALL = text("""
UPDATE ratings SET superseded_at = clock_timestamp(), version = version + 1
WHERE round_id = :id AND superseded_at IS NULL AND state <> 'published'
""")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
explain_constraint(
    "uq_rating_rounds_agency",
    Problem("", "round_taken", N_("Cơ quan đã có đợt xếp loại của năm này. Hãy mở lại trang danh sách đợt.")),
)


def open_round(
    actor: Actor,
    agency_id: int,
    year: int,
    *,
    special: bool = False,
    outstanding_basis: str | None = None,
) -> list[int]:
    """Open the rounds of a deciding agency for a year, one per set of criteria that has people there; gathers at once.

    Those that are open already stay; returns the ids of all of them. `special`: a sector that may classify before 15/01
    (NĐ 335/2025/NĐ-CP Đ19). `outstanding_basis`: the paper that allows the larger quota. Needs `performance.manage`.
    Raises `Forbidden`, `Refused` (a division decides nothing by itself; nobody there; the year has not begun).
    """
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    basis = _basis(outstanding_basis)
    if basis:
        # Preparing a round allows nobody more places: that is for whoever decides, as in `set_outstanding`.
        require_decides(actor, agency)
    made = open_rounds(actor, [agency], year, special=special, basis=basis)[agency.id]
    if not made:
        sentence = N_("%(agency)s không có ai để xếp loại năm %(year)s. Hãy xem lại cơ quan và năm.")
        raise Refused(Problem("agency", "nobody", sentence, {"agency": agency.name, "year": str(year)}))
    return made


def open_rounds(
    actor: Actor, agencies: Sequence[Agency], year: int, *, special: bool = False, basis: str | None = None
) -> dict[int, list[int]]:
    """Open what is not open yet, as `open_round`, after the permission was asked; ids by agency, [] where nobody is.

    A fixed number of statements for any number of agencies, which are locked in the order of their ids.
    """
    for agency in agencies:
        _check(agency, year)
    places = {agency.id: agency for agency in agencies}
    for one in sorted(places):
        db.session.execute(_LOCK, {"key": f"rating_rounds {one} {year}"})
    day = queries.last_day(year)
    with scope.everything():
        members = queries.belonging(places, day)
        sets = queries.sets_of({(one.agency_id, one.kind) for one in members}, day, year)
        wanted: dict[int, set[int]] = {one: set() for one in places}
        for member in members:
            if found := sets.get((member.agency_id, member.kind)):
                wanted[member.round_agency_id].add(found)
        known = queries.list_open(places, year)
        held = queries.sets_in_force(day)
        terms = _terms(wanted, held, day)
        classes = queries.organisation_classes(places, year)
        standing = {(one.agency_id, one.set_id) for one in known}
        fresh = [
            _make(actor, places[place], year, held[one], terms[one, place], special, basis, classes)
            for place in places
            for one in sorted(wanted[place], key=lambda one: held[one].criteria.place)
            if (place, one) not in standing
        ]
        db.session.add_all(fresh)
        db.session.flush()
        if fresh:
            gather([one.id for one in fresh], members)
    _tell_opened(actor, places, year, fresh)
    made: dict[int, list[int]] = {one: [] for one in places}
    for one_round in (*known, *fresh):
        made[one_round.agency_id].append(one_round.id)
    return made


def _terms(wanted: Mapping[int, set[int]], held: Mapping[int, SetInForce], day: date) -> dict[tuple[int, int], Terms]:
    """Return what holds of each agency for each set it needs."""
    needing: dict[int, list[int]] = {}
    for place, sets in wanted.items():
        for one in sets:
            needing.setdefault(one, []).append(place)
    return {
        (one, place): found
        for one, places in needing.items()
        for place, found in criteria.terms_of(places, held[one].criteria.code, day).items()
    }


def _tell_opened(actor: Actor, places: Mapping[int, Agency], year: int, fresh: Sequence[RatingRound]) -> None:
    opened: dict[int, list[RatingRound]] = {}
    for one in fresh:
        opened.setdefault(one.agency_id, []).append(one)
    audit.record_many(
        actor, "round.opened", "round",
        [
            {
                "entity_id": made[0].id, "scope_ids": places[place].scope_ids, "agency_id": place,
                "after": {"round": places[place].name, "year": year, "rounds": len(made)},
            }
            for place, made in opened.items()
        ],
    )  # fmt: skip


def _check(agency: Agency, year: int) -> None:
    if agency.kind == "division" and agency.parent_id is not None:
        sentence = N_("%(agency)s không tự quyết định xếp loại. Hãy mở đợt ở cơ quan cấp trên trực tiếp.")
        raise Refused(Problem("agency", "division", sentence, {"agency": agency.name}))
    if not FIRST_YEAR <= year <= clock.today().year:
        sentence = N_("Năm %(year)s không mở được đợt xếp loại. Hãy nhập năm từ %(first)s đến %(last)s.")
        params = {"year": str(year), "first": str(FIRST_YEAR), "last": str(clock.today().year)}
        raise Refused(Problem("year", "year", sentence, params))


def _make(
    actor: Actor,
    agency: Agency,
    year: int,
    held: SetInForce,
    terms: Terms,
    special: bool,
    basis: str | None,
    classes: Mapping[int, tuple[str | None, bool]],
) -> RatingRound:
    version = held.version
    recognised = classes.get(agency.id, (None, False))[0]
    if basis:
        _check_more(held.criteria.code, recognised)
    return RatingRound(
        agency_id=agency.id, year=year, set_id=held.criteria.id, state="collecting",
        due_on=due_day(year, set(version.person_kinds), special=special), outstanding=basis is not None,
        outstanding_basis=basis, quota_base=terms.quota_base,
        quota_percent=version.quota_outstanding if basis else version.quota_percent, rounding=terms.rounding,
        tie_order=list(terms.tie_order), organisation_class=recognised,
        recorded_by=actor.account_id,
    )  # fmt: skip


def due_day(year: int, kinds: Iterable[str], *, special: bool) -> date:
    """Return the last day to classify people of these kinds: the rule `rules.rounds.due` by the province's setting."""
    month, day = str(settings.get("performance.public_employee_due")).split("-")
    decree = Decree.PUBLIC if "public_employee" in kinds else Decree.CIVIL
    return due(year, decree, special=special, public_before=(int(month), int(day))).last_day


def _basis(given: str | None) -> str | None:
    basis = (given or "").strip()
    if len(basis) > TEXT_LENGTH:
        sentence = N_("Căn cứ dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
        raise Refused(Problem("outstanding_basis", "too_long", sentence, {"most": TEXT_LENGTH}))
    return basis or None


def _check_more(set_code: str, organisation_class: str | None) -> None:
    if set_code == Decree.PUBLIC and organisation_class != RatingClass.EXCELLENT:
        sentence = N_("Đơn vị chưa được xếp loại hoàn thành xuất sắc nên không được dùng tỷ lệ cao hơn "
                      "(NĐ 233/2026/NĐ-CP Đ12 k6).")  # fmt: skip
        raise Refused(Problem("outstanding_basis", "unit_not_excellent", sentence))


def set_outstanding(actor: Actor, round_id: int, basis: str | None, *, version: int) -> None:
    """Allow the larger quota on a paper (`basis`), or take it back (None); a proposal is to be solved again.

    By who decides the round. A unit of viên chức must itself be recognised as excellent (NĐ 233/2026/NĐ-CP Đ12 k6).
    Raises `Forbidden`, `Stale`, `Refused`.
    """
    one = lock(round_id, BEFORE_MEETING, version)
    require_decides(actor, one.agency)
    said = _basis(basis)
    if said:
        _check_more(one.criteria.code, one.found.organisation_class)
    held = queries.sets_in_force(queries.last_day(one.found.year))[one.found.set_id].version
    before = {"outstanding": one.found.outstanding, "quota_percent": one.found.quota_percent}
    one.found.outstanding, one.found.outstanding_basis = said is not None, said
    one.found.quota_percent = held.quota_outstanding if said else held.quota_percent
    one.found.state = "collecting"
    one.found.version += 1
    db.session.flush()
    after = {"outstanding": one.found.outstanding, "quota_percent": one.found.quota_percent, "round": one.agency.name}
    audit.record(
        actor, "round.outstanding", "round", round_id, scope_ids=one.at, agency_id=one.agency.id, before=before,
        after=after | {"year": one.found.year}, reason=said,
    )  # fmt: skip


def cancel(actor: Actor, round_id: int, reason: str, *, version: int) -> None:
    """Call a round off that is not decided yet; its ratings go, its history stays. Raises `Stale`, `Refused`."""
    one = lock(round_id, starts(RoundStep.CANCEL), version)
    require_prepares(actor, one)
    said = reason.strip()
    if not said or len(said) > TEXT_LENGTH:
        sentence = N_("Hãy ghi lý do hủy đợt, nhiều nhất %(most)s ký tự.")
        raise Refused(Problem("reason", "reason", sentence, {"most": TEXT_LENGTH}))
    one.found.state = "cancelled"
    one.found.version += 1
    with scope.everything():
        db.session.flush()
        db.session.execute(_SUPERSEDE_ALL, {"id": round_id})
    audit.record(
        actor, "round.cancelled", "round", round_id, scope_ids=one.at, agency_id=one.agency.id,
        after={"round": one.agency.name, "year": one.found.year}, reason=said,
    )  # fmt: skip


def open_for_all(actor: Actor, root_id: int, year: int) -> int:
    """Open and gather the rounds of every deciding agency at or under `root_id` as a job with progress; its task's id.

    Each agency is a unit of its own: killed and started again, it goes on with those that have none.
    """
    return step_for_all(actor, root_id, year, OPEN)


def step_for_all(actor: Actor, root_id: int, year: int, step: str) -> int:
    """Take a step of every round under `root_id` as a job: open, gather, groups, solve, publish, settle; its task's id.

    Needs `performance.manage` over the agency now and when the job runs; each round asks for what its step needs.
    """
    agency = db.session.get(Agency, root_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    if step not in STEPS:
        raise Refused(Problem("step", "unknown", N_("Không có bước này. Hãy chọn lại.")))
    if not FIRST_YEAR <= year <= clock.today().year:
        _check(agency, year)
    return tasks.start(actor, f"{JOB}.{step}", JOB, root_id=root_id, year=year, step=step)


def deciding_under(root_id: int) -> list[int]:
    """Return the agencies at or under one that decide for themselves and still stand, parents before children."""
    found = select(Agency.id).where(
        Agency.scope_ids.contains([root_id]), (Agency.kind != "division") | (Agency.id == root_id),
        Agency.closed_on.is_(None) | (Agency.closed_on > clock.today()),
    )  # fmt: skip
    return list(db.session.scalars(found.order_by(Agency.depth, Agency.id)))
