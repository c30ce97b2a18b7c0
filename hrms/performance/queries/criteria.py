"""Reads of criteria: sets with their versions, regulations of agencies, what holds of an agency on a day.

Use `criteria_at`, `terms_for` (everything resolved: regulation, else the province's setting, else the law),
`formula_for`. A regulation holds for its agency and all below, until one nearer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core import dated, settings
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem
from hrms.performance.models import AgencyRegulation, CriteriaSet, CriteriaVersion
from hrms.performance.rules.classes import Rounding, Thresholds
from hrms.performance.rules.formula import Criterion, Decree, Formula, Role
from hrms.performance.rules.general import GeneralItem

LEADER_WEIGHTS = "leader"
STAFF_WEIGHTS = "staff"
SCORED = ("equal", "weights")
"""Methods that give points."""
_HALVES = (Decimal(1), Decimal("0.5"))


@dataclass(frozen=True, slots=True)
class Row:
    """A set with the version a list shows: the one in force on the day, else the next or the last."""

    criteria: CriteriaSet
    version: CriteriaVersion | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds of an agency on a day: the set's version, the regulation over it, and every figure resolved.

    `regulation` is None where no agency at or above has one: then `place` is None and the settings fill what the law
    leaves open. `tie_order` holds keys of `rules.quota`.
    """

    criteria: CriteriaSet
    version: CriteriaVersion
    regulation: AgencyRegulation | None
    place: Agency | None
    """The agency whose regulation it is."""
    items: tuple[Mapping[str, Any], ...]
    """General criteria `{"code", "group", "group_name", "text", "max"}`; `max` None where nobody gave it points."""
    period_kind: str
    step: Decimal
    cap_result: bool
    rounding: str
    quota_base: str
    tie_order: tuple[str, ...]
    self_days: int
    score_days: int

    @property
    def general_items(self) -> tuple[GeneralItem, ...]:
        """Return the general criteria that have points, as the rules take them."""
        return tuple(
            GeneralItem(one["code"], one["group"], Decimal(one["max"]), one["text"])
            for one in self.items
            if one.get("max")
        )

    def formula(self, role: Role = Role.STAFF) -> Formula:
        """Return the formula of a role. Raises `Refused` for a set without points."""
        return formula_of(self.version, self.criteria.code, self.regulation, cap=self.cap_result, role=role)


def formula_of(
    version: CriteriaVersion, set_code: str, regulation: AgencyRegulation | None, *, cap: bool, role: Role = Role.STAFF
) -> Formula:
    """Return the formula of a version as a regulation fills it. Raises `Refused` for a set without points."""
    if version.method not in SCORED:
        sentence = N_("Bộ tiêu chí %(set)s không chấm điểm, chỉ ghi mức xếp loại. Hãy chọn bộ tiêu chí có điểm.")
        raise Refused(Problem("set_code", "no_points", sentence, {"set": set_code}))
    given = weights_of(regulation, role) or weights_of(version, role)
    thresholds = {name: Decimal(value) for name, value in version.thresholds.items()}
    return Formula(
        decree=Decree(set_code) if set_code in set(Decree) else Decree.CIVIL,
        general_max=version.general_max, result_max=version.result_max, penalty=version.penalty, cap=cap,
        weights=given if version.method == "weights" else None,
        leader_values=_HALVES if version.method == "equal" else None, thresholds=Thresholds(**thresholds),
    )  # fmt: skip


def weights_of(written: AgencyRegulation | CriteriaVersion | None, role: Role) -> dict[Criterion, Decimal] | None:
    """Return the points of each result criterion a regulation or a version gives a role; None: equal parts."""
    kept = (written.weights if written is not None else None) or {}
    own = kept.get(STAFF_WEIGHTS if role is Role.STAFF else LEADER_WEIGHTS)
    return {Criterion(name): Decimal(points) for name, points in own.items()} if own else None


def criteria_at(set_code: str, on: date, known_on: datetime | None = None) -> CriteriaVersion | None:
    """Return the version of a set in force on a day."""
    query = (
        select(CriteriaVersion)
        .join(CriteriaSet, CriteriaSet.id == CriteriaVersion.set_id)
        .where(CriteriaSet.code == set_code, dated.at(CriteriaVersion, on, known_on))
    )
    return db.session.scalars(query).one_or_none()


def formula_for(
    agency_id: int, set_code: str, on: date, *, role: Role = Role.STAFF
) -> tuple[Formula, AgencyRegulation | None, Agency | None]:
    """Return the formula of a set for a role in an agency on a day, the regulation it follows, whose regulation it is.

    Without a regulation the last two are None. Raises `Refused` when the set is not in force or gives no points.
    """
    terms = terms_for(agency_id, set_code, on)
    return terms.formula(role), terms.regulation, terms.place


def terms_for(agency_id: int, set_code: str, on: date, known_on: datetime | None = None) -> Terms:
    """Return everything that holds of an agency on a day. Raises `Refused` when the set is not in force."""
    found = terms_of([agency_id], set_code, on, known_on)
    return found[agency_id]


def terms_of(
    agency_ids: Collection[int], set_code: str, on: date, known_on: datetime | None = None
) -> dict[int, Terms]:
    """Return what holds of each agency on a day; three statements. Raises `Refused` when the set is not in force."""
    query = (
        select(CriteriaSet, CriteriaVersion)
        .join(CriteriaVersion, CriteriaVersion.set_id == CriteriaSet.id)
        .where(CriteriaSet.code == set_code, dated.at(CriteriaVersion, on, known_on))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        sentence = N_("Ngày %(day)s bộ tiêu chí %(set)s không có hiệu lực. Hãy chọn ngày khác hoặc bộ tiêu chí khác.")
        raise Refused(Problem("set_code", "not_in_force", sentence, {"day": on, "set": set_code}))
    criteria, version = row
    regulations = nearest_regulations(agency_ids, criteria.id, on, known_on)
    kept = settings.get_all("performance.")
    return {one: _terms(criteria, version, regulations.get(one), kept) for one in agency_ids}


def nearest_regulations(
    agency_ids: Collection[int], set_id: int, on: date, known_on: datetime | None = None
) -> dict[int, tuple[AgencyRegulation, Agency]]:
    """Return the regulation in force at or nearest above each agency, with whose it is; absent where there is none."""
    holder = aliased(Agency)
    query = (
        select(Agency.id, AgencyRegulation, holder)
        .ext(distinct_on(Agency.id))
        .join(AgencyRegulation, AgencyRegulation.agency_id == func.any(Agency.scope_ids))
        .join(holder, holder.id == AgencyRegulation.agency_id)
        .where(
            Agency.id.in_(agency_ids), AgencyRegulation.set_id == set_id, dated.at(AgencyRegulation, on, known_on)
        )
        .order_by(Agency.id, holder.depth.desc())
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def _terms(
    criteria: CriteriaSet,
    version: CriteriaVersion,
    held: tuple[AgencyRegulation, Agency] | None,
    kept: Mapping[str, Any],
) -> Terms:
    regulation, place = held if held is not None else (None, None)

    def own(name: str) -> Any:
        value = getattr(regulation, name) if regulation is not None else None
        return kept[f"performance.{name}"] if value is None else value

    cap = own("cap_result")
    ties = own("tie_order")
    order = [one.strip() for one in ties.split(",")] if isinstance(ties, str) else list(ties)
    return Terms(
        criteria, version, regulation, place,
        items=tuple((regulation.items if regulation is not None else None) or version.items),
        period_kind=regulation.period_kind if regulation is not None else "month",
        step=Decimal(str(own("step"))), cap_result=cap if isinstance(cap, bool) else str(cap) == "1",
        rounding=Rounding(own("rounding")).value, quota_base=str(own("quota_base")),
        tie_order=tuple(order),
        self_days=int(own("self_days")), score_days=int(own("score_days")),
    )  # fmt: skip


def list_sets(on: date, known_on: datetime | None = None, *, ended: bool = False) -> list[Row]:
    """Return the sets in force on a day in their order; with `ended` all."""
    headers = db.session.scalars(select(CriteriaSet).order_by(CriteriaSet.place, CriteriaSet.id)).all()
    versions: dict[int, list[CriteriaVersion]] = {}
    query = select(CriteriaVersion).where(dated.at(CriteriaVersion, None, known_on))
    for one in db.session.scalars(query.order_by(CriteriaVersion.valid_from)):
        versions.setdefault(one.set_id, []).append(one)
    rows = []
    for header in headers:
        own = versions.get(header.id, [])
        held = version_on(own, on)
        past = [one for one in own if one.valid_from <= on]
        nearest = held or (past[-1] if past else own[0] if own else None)
        if held is not None or ended:
            rows.append(Row(header, nearest, held is not None))
    return rows


def version_on(versions: Sequence[CriteriaVersion], on: date) -> CriteriaVersion | None:
    """Return the version in force on a day."""
    return next((one for one in versions if one.valid_from <= on and (one.valid_to is None or one.valid_to > on)), None)


def get_set(set_id: int) -> CriteriaSet:
    """Return a set. Raises `NotFound`."""
    found = db.session.get(CriteriaSet, set_id)
    if found is None:
        raise missing("criteria")
    return found


def find_set(code: str) -> CriteriaSet | None:
    """Return the set of a code."""
    return db.session.scalars(select(CriteriaSet).where(CriteriaSet.code == code)).one_or_none()


def list_versions(set_id: int, known_on: datetime | None = None) -> Sequence[CriteriaVersion]:
    """Return the versions of a set, newest first."""
    found: Sequence[CriteriaVersion] = dated.history(CriteriaVersion, {"set_id": set_id}, known_on)
    return found
