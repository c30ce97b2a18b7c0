"""The class of organisations: figures of the year, proposed class, decision by the authority above with its quota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import explain_constraint
from hrms.performance.models import OrganisationRating, RatingRound
from hrms.performance.queries import criteria
from hrms.performance.queries import organisations as queries
from hrms.performance.queries import rounds as reading
from hrms.performance.rules import organisations as rules
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.organisations import OrganisationClass
from hrms.performance.rules.quota import Percents, Rule
from hrms.performance.services import gathering
from hrms.performance.services.changing import said
from hrms.performance.services.conferring import cite
from hrms.performance.services.round_lock import BEFORE_MEETING, decides, require_decides
from hrms.performance.services.rounds import FIRST_YEAR

P = Permission
FIGURES = ("points", "done_percent", "late_percent", "exceeding_percent")
FIELDS = (*FIGURES, "shortcomings_fixed", "wrongdoing", "involved")
TOP = (RatingClass.EXCELLENT, RatingClass.GOOD)
_DECIDING = text("SELECT DISTINCT deciding_agency(id) FROM unnest(CAST(:ids AS bigint[])) AS a(id)")
explain_constraint(
    "uq_organisation_ratings_agency",
    Problem("", "taken", N_("Người khác vừa ghi kết quả của cơ quan này. Hãy mở lại trang rồi sửa.")),
)


def save(actor: Actor, agency_id: int, year: int, values: Mapping[str, Any], *, version: int | None = None) -> int:
    """Write the figures of an organisation's year and reckon its class (draft); its id.

    `values`: points, done_percent, late_percent, exceeding_percent (Decimal or None), shortcomings_fixed (bool, None),
    wrongdoing, involved (bool). Needs `performance.manage` over the organisation. A class chosen before is chosen again
    where the figures do not settle it. Raises `Stale`, `Refused`.
    """
    agency = _agency(agency_id)
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    if not FIRST_YEAR <= year <= clock.today().year:
        sentence = N_("Năm %(year)s không ghi được. Hãy nhập năm từ %(first)s đến %(last)s.")
        params = {"year": str(year), "first": str(FIRST_YEAR), "last": str(clock.today().year)}
        raise Refused(Problem("year", "year", sentence, params))
    if agency.parent_id is None:
        sentence = N_("%(agency)s do cấp trên ngoài tỉnh xếp loại.")
        raise Refused(Problem("agency", "root", sentence, {"agency": agency.name}))
    given = {name: values.get(name) for name in FIELDS} | {
        "wrongdoing": bool(values.get("wrongdoing")), "involved": bool(values.get("involved")),
    }  # fmt: skip
    facts = queries.facts_of(agency, given, failed=queries.subordinate_failed(agency_id, year))
    refuse_if(rules.check_organisation(facts))
    answer = rules.organisation_class(facts)
    found = _lock(agency_id, year)
    if found is None:
        found = OrganisationRating(agency_id=agency_id, year=year, state="draft", recorded_by=actor.account_id)
        db.session.add(found)
    else:
        _require_draft(found, version)
        found.version += 1
    before = {name: getattr(found, name) for name in FIELDS}
    for name, value in given.items():
        setattr(found, name, value)
    found.by_points, found.final, found.reason = answer.by_points, answer.rating, None
    db.session.flush()
    old, new = audit.changed(before, given)
    _tell(actor, agency, found, "organisation.saved", old, new | {"rating": found.final})
    return found.id


def choose(actor: Actor, organisation_rating_id: int, new_class: str, reason: str, *, version: int) -> None:
    """Set the final class of a draft, with why it is not that of the points (NĐ 233/2026/NĐ-CP Đ7 k5).

    By whoever prepares for the authority above, or decides there; never by the organisation itself. What is open: the
    classes between which the figures leave the choice; good for one at the top, where the quota is full.
    """
    found = db.session.get(OrganisationRating, organisation_rating_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise missing("organisation")
    agency = _agency(found.agency_id)
    authority = _above(agency)
    if not actor.may(P.PERFORMANCE_MANAGE, at=authority.scope_ids) and not decides(actor, authority):
        sentence = N_("Chỉ %(agency)s chọn mức xếp loại của đơn vị trực thuộc.")
        raise Forbidden(Problem("", "not_authority", sentence, {"agency": authority.name}))
    _require_draft(found, version)
    why = said(reason)
    free = open_classes(agency, found)
    if new_class not in free:
        if not free:
            raise Refused(Problem("new_class", "no_points", N_("Chưa có điểm của cơ quan. Hãy ghi số liệu trước.")))
        sentence = N_("Mức này trái với số liệu của năm. Chọn được từ “%(best)s” đến “%(least)s”.")
        params = {"best": CLASS_LABELS[free[0]], "least": CLASS_LABELS[free[-1]]}
        raise Refused(Problem("new_class", "not_open", sentence, params))
    before = found.final
    found.final, found.reason = new_class, why
    found.version += 1
    db.session.flush()
    _tell(actor, agency, found, "organisation.chosen", {"rating": before}, {"rating": new_class}, why)


def open_classes(agency: Agency, found: OrganisationRating) -> tuple[RatingClass, ...]:
    """Return the classes the figures of an organisation leave open, the highest first."""
    answer = class_of(agency, found)
    if answer.rating is None:
        return answer.candidates
    if answer.rating is RatingClass.EXCELLENT:
        return (RatingClass.EXCELLENT, RatingClass.GOOD)
    return (answer.rating,)


def class_of(agency: Agency, found: OrganisationRating) -> OrganisationClass:
    """Return the class by the rule from the figures kept, with its reasons."""
    failed = queries.subordinate_failed(agency.id, found.year)
    return rules.organisation_class(queries.facts_of(agency, found, failed=failed))


def decide(actor: Actor, authority_id: int, year: int, decision_id: int, on: date) -> list[int]:
    """Decide the classes of all organisations directly under an authority by one decision; ids. The quota must hold.

    By exactly the head of the authority. Those without figures wait for another decision. Raises `Forbidden`,
    `Refused`.
    """
    authority = _agency(authority_id)
    require_decides(actor, authority)
    if not date(year, 1, 1) <= on <= clock.today():
        raise Refused(Problem("on", "day", N_("Ngày quyết định phải trong năm đến hôm nay. Hãy nhập lại.")))
    rows = _under(authority_id, year)
    drafts = [found for _agency_, found in rows if found.state == "draft"]
    if not drafts:
        raise Refused(Problem("", "nobody", N_("Chưa có đơn vị nào chờ quyết định. Hãy ghi số liệu của các đơn vị.")))
    waiting = sum(found.final is None for found in drafts)
    if waiting:
        sentence = N_("Còn %(count)s đơn vị chưa có mức. Hãy chọn mức cho đơn vị đủ điểm mà chưa đủ điều kiện.")
        raise Refused(Problem("", "without_class", sentence, {"count": waiting}))
    refuse_if(_overfull(rows, year))
    reference = cite(actor, decision_id, authority.scope_ids)
    for found in drafts:
        found.state, found.decision_id, found.decided_on = "decided", decision_id, on
        found.version += 1
    db.session.flush()
    _told(actor, authority, year, "organisations.decided", {"decision": reference, "organisations": len(drafts)})
    return [found.id for found in drafts]


def publish(actor: Actor, authority_id: int, year: int) -> list[int]:
    """Publish the decided classes; open rounds take them for their heads and are to be proposed again."""
    authority = _agency(authority_id)
    if not actor.may(P.PERFORMANCE_MANAGE, at=authority.scope_ids):
        require_decides(actor, authority)
    made = [found for _agency_, found in _under(authority_id, year) if found.state == "decided"]
    for found in made:
        found.state = "published"
        found.version += 1
    db.session.flush()
    if made:
        _let_rounds_follow([found.agency_id for found in made], authority_id, year)
        _told(actor, authority, year, "organisations.published", {"organisations": len(made)})
    return [found.id for found in made]


def _let_rounds_follow(agency_ids: Sequence[int], authority_id: int, year: int) -> None:
    with scope.everything():
        places = list(db.session.scalars(_DECIDING, {"ids": [*agency_ids, authority_id]}))
        waiting = select(RatingRound.id).where(
            RatingRound.agency_id.in_(places), RatingRound.year == year, RatingRound.state.in_(BEFORE_MEETING)
        )
        gathering.gather(list(db.session.scalars(waiting.order_by(RatingRound.id).with_for_update())))


def _overfull(rows: Sequence[tuple[Agency, OrganisationRating]], year: int) -> list[Problem]:
    """Return a sentence where more organisations stand at the top than the authority may recognise, by decree."""
    problems = []
    for decree in Decree:
        known = [found for agency, found in rows if queries.decree_of(agency) is decree and found.final]
        top = sum(found.final == RatingClass.EXCELLENT for found in known)
        if not top:
            continue
        good = sum(found.final in TOP for found in known)
        reached = max(top, sum(found.by_points == RatingClass.EXCELLENT and found.final in TOP for found in known))
        version = criteria.criteria_at(decree.value, reading.last_day(year))
        percents = Percents(version.quota_percent, version.quota_percent) if version else Percents(Decimal(20))
        units = sum(queries.decree_of(agency) is decree for agency, _found in rows)
        most, reason = rules.organisations_max(good, reached, units, Rule(percents=percents, decree=decree))
        if top > most:
            sentence = N_("Có %(top)s đơn vị hoàn thành xuất sắc, nhiều nhất %(most)s (%(source)s). Hãy hạ bớt trước.")
            problems.append(Problem("", "quota", sentence, {"top": top, "most": most, "source": reason.source}))
    return problems


def _under(authority_id: int, year: int) -> list[tuple[Agency, OrganisationRating]]:
    query = (
        select(Agency, OrganisationRating)
        .join(OrganisationRating, OrganisationRating.agency_id == Agency.id)
        .where(Agency.parent_id == authority_id, OrganisationRating.year == year)
        .order_by(OrganisationRating.id)
        .with_for_update(of=OrganisationRating)
        .execution_options(populate_existing=True)
    )
    rows: Any = db.session.execute(query)
    return [(agency, found) for agency, found in rows]


def _agency(agency_id: int) -> Agency:
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise missing("agency")
    return found


def _above(agency: Agency) -> Agency:
    if agency.parent_id is None:
        raise missing("agency")
    return db.session.get_one(Agency, agency.parent_id)


def _lock(agency_id: int, year: int) -> OrganisationRating | None:
    query = select(OrganisationRating).where(OrganisationRating.agency_id == agency_id, OrganisationRating.year == year)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _require_draft(found: OrganisationRating, version: int | None) -> None:
    if version is not None and found.version != version:
        raise Stale
    if found.state != "draft":
        sentence = N_("Kết quả đã quyết định, không sửa được nữa. Hãy xem lại quyết định.")
        raise Refused(Problem("", "decided", sentence))


def _tell(
    actor: Actor,
    agency: Agency,
    found: OrganisationRating,
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    audit.record(
        actor, action, "organisation_rating", found.id, scope_ids=agency.scope_ids, agency_id=agency.id,
        before=before, after={**after, "agency": agency.name, "year": found.year}, reason=reason,
    )  # fmt: skip


def _told(actor: Actor, authority: Agency, year: int, action: str, after: Mapping[str, Any]) -> None:
    audit.record(
        actor, action, "organisation_rating", None, scope_ids=authority.scope_ids, agency_id=authority.id,
        after={**after, "agency": authority.name, "year": year},
    )  # fmt: skip
