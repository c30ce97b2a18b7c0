"""Scoring periods: opening a month or a quarter for an agency or for all under one, closing it, following the record.

NĐ 335/2025/NĐ-CP Đ17 k3, Đ18. Opening gives everybody in service at the end of the period a sheet; who comes later gets
one when the record says so, who moves takes theirs along, who leaves has none. Use `open_period`, `open_for_all`,
`close`, `follow`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, settings, tasks
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.people.queries import law
from hrms.performance.models import AgencyRegulation, CriteriaSet, CriteriaVersion, ScoreSheet, ScoringPeriod
from hrms.performance.queries.criteria import SCORED
from hrms.performance.queries.sheets import last_day
from hrms.performance.rules.work import SheetState

P = Permission
JOB = "performance.open_periods"
MONTHS, QUARTERS = 12, 4
PASSED_OVER = frozenset({"other_kind", "nobody"})
"""Why an agency has no period of its own when those of all are opened: nothing is wrong with it."""
_OPEN = text("SELECT open_sheets(:period, CAST(:groups AS jsonb), :name, :account)")
_WAITING = text("""
SELECT EXISTS (SELECT 1 FROM scoring_periods WHERE state = 'open') AS opened,
  EXISTS (SELECT 1 FROM score_sheets WHERE person_id = ANY (CAST(:ids AS bigint[])) AND superseded_at IS NULL
          AND state IN ('open', 'self_scored', 'returned')) AS waiting
""")
_PLACE = text("SELECT place_sheets(CAST(:ids AS bigint[]), CAST(:groups AS jsonb), :name, :account)")
_JOIN = text("SELECT join_sheets(CAST(:ids AS bigint[]), CAST(:groups AS jsonb), :name, :account)")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a job that opens periods has done: agencies, and those refused with the reason."""

    agencies: int
    refused: Sequence[tuple[str, Problem]]


def open_period(
    actor: Actor, agency_id: int, year: int, kind: str, number: int, *, keep_empty: bool = True
) -> int:  # fmt: skip
    """Open a month or a quarter of an agency that uses its own people and give everybody a sheet; returns its id.

    Opening one that is open already adds the sheets of people who have none. Without `keep_empty` one in which nobody
    would be scored is refused. Raises `NotFound`, `Forbidden`, `Refused`.
    """
    place = db.session.get(Agency, agency_id)
    if place is None:
        raise missing("agency")
    actor.require(P.PERFORMANCE_MANAGE, at=place.scope_ids)
    _check(place, year, kind, number)
    starts_on, ends_on = days_of(year, kind, number)
    last = ends_on - timedelta(days=1)
    own = _regulation(place, last)
    if own is not None and own.period_kind != kind:
        words = (
            N_("Quy chế đánh giá của “%(place)s” theo quý. Hãy mở kỳ quý.")
            if own.period_kind == "quarter"
            else N_("Quy chế đánh giá của “%(place)s” theo tháng. Hãy mở kỳ tháng.")
        )
        raise Refused(Problem("kind", "other_kind", words, {"place": place.name}))
    kept = settings.get_all("performance.")
    self_days = int((own.self_days if own else None) or kept["performance.self_days"])
    score_days = int((own.score_days if own else None) or kept["performance.score_days"])
    period_id = db.session.execute(
        insert(ScoringPeriod)
        .values(
            agency_id=agency_id, year=year, kind=kind, number=number, starts_on=starts_on, ends_on=ends_on,
            self_due_on=last + timedelta(days=self_days),
            score_due_on=last + timedelta(days=max(self_days, score_days)),
            state="open", recorded_by=actor.account_id,
        )
        .on_conflict_do_nothing(index_elements=["agency_id", "year", "kind", "number"])
        .returning(ScoringPeriod.id)
    ).scalar_one_or_none()  # fmt: skip
    is_new = period_id is not None
    if period_id is None:
        period = db.session.scalars(
            select(ScoringPeriod)
            .where(
                ScoringPeriod.agency_id == agency_id, ScoringPeriod.year == year, ScoringPeriod.kind == kind,
                ScoringPeriod.number == number,
            )
            .execution_options(populate_existing=True)
        ).one()  # fmt: skip
        if period.state == "closed":
            raise Refused(Problem("number", "closed", N_("Kỳ này đã khóa. Hãy chọn kỳ khác.")))
        period_id = period.id
    count = _open_sheets(actor, period_id)
    if is_new and not count and not keep_empty:
        words = N_("Không ai ở “%(place)s” được chấm điểm trong kỳ này. Viên chức cần quy chế đánh giá trước.")
        raise Refused(Problem("agency_id", "nobody", words, {"place": place.name}))
    said = {"period": f"{kind} {number}/{year}", "count": count}
    if is_new or count:
        audit.record(
            actor, "period.opened" if is_new else "period.joined", "period", period_id, agency_id=agency_id,
            scope_ids=place.scope_ids, after=said,
        )  # fmt: skip
    return int(period_id)


def open_for_all(actor: Actor, root_id: int, year: int, kind: str, number: int) -> int:
    """Open a period of every deciding agency at or under one as a job with progress; returns its task's id.

    Each agency is a unit of its own: killed and started again, it goes on with those that have none.
    """
    place = db.session.get(Agency, root_id)
    if place is None:
        raise missing("agency")
    actor.require(P.PERFORMANCE_MANAGE, at=place.scope_ids)
    _check_period(year, kind, number)
    return tasks.start(actor, JOB, JOB, root_id=root_id, year=year, period_kind=kind, number=number)


def open_each(
    actor: Actor, root_id: int, year: int, kind: str, number: int, report: Callable[[int, int], object]
) -> Opened:
    """Open a period of every deciding agency under one, a unit each; `report(done, total)` after each of them.

    Agencies that track by the other kind of period, or where nobody is scored, are passed over; a second run adds
    nothing where all was done.
    """
    ids = _deciding_under(root_id)
    db.session.rollback()
    done, refused = 0, list[tuple[str, Problem]]()
    for place, (agency_id, name) in enumerate(ids, start=1):
        try:
            with transaction():
                open_period(actor, agency_id, year, kind, number, keep_empty=False)
            done += 1
        except HrmsError as error:
            if error.problems[0].code not in PASSED_OVER:
                refused.append((name, error.problems[0]))
        report(place, len(ids))
    return Opened(done, refused)


def close(actor: Actor, period_id: int) -> None:
    """Close a period all of whose sheets are published. Raises `NotFound`, `Forbidden`, `Refused`."""
    period = db.session.scalar(select(ScoringPeriod).where(ScoringPeriod.id == period_id).with_for_update())
    if period is None:
        raise missing("period")
    place = db.session.get_one(Agency, period.agency_id)
    actor.require(P.PERFORMANCE_MANAGE, at=place.scope_ids)
    if period.state == "closed":
        raise Refused(Problem("", "closed", N_("Kỳ này đã khóa.")))
    if clock.today() < period.ends_on:
        raise Refused(Problem("", "running", N_("Kỳ chưa hết nên chưa khóa được. Hãy chờ hết kỳ.")))
    left = db.session.scalar(
        select(func.count()).where(
            ScoreSheet.period_id == period_id, ScoreSheet.superseded_at.is_(None),
            ScoreSheet.state != SheetState.PUBLISHED,
        )
    )  # fmt: skip
    if left:
        words = N_("Còn %(count)s phiếu chưa công khai. Hãy chấm và công khai hết rồi khóa kỳ.")
        raise Refused(Problem("", "unpublished", words, {"count": left}))
    period.state, period.closed_on = "closed", clock.today()
    period.version += 1
    db.session.flush()
    audit.record(
        actor, "period.closed", "period", period_id, agency_id=place.id, scope_ids=place.scope_ids,
        after={"period": f"{period.kind} {period.number}/{period.year}"},
    )  # fmt: skip


def follow(person_ids: Collection[int]) -> None:
    """Take the open sheets of people whose record changed along to where they work now, end those of who left.

    In the transaction of the change. Who has come to an agency whose period is open gets a sheet.
    """
    ids = sorted(set(person_ids))
    if not ids:
        return
    found = db.session.execute(_WAITING, {"ids": ids}).one()
    if not found.opened and not found.waiting:
        return
    given = {**_given(Actor.system()), "ids": ids}
    if found.waiting:
        db.session.execute(_PLACE, given)
    if found.opened:
        db.session.execute(_JOIN, given)
    for one in [row for row in db.session.identity_map.values() if isinstance(row, ScoreSheet)]:
        db.session.expire(one)


def days_of(year: int, kind: str, number: int) -> tuple[date, date]:
    """Return the first day of a month or a quarter and the day after its last."""
    last = last_day(year, kind, number)
    return date(year, number if kind == "month" else number * 3 - 2, 1), last + timedelta(days=1)


def _open_sheets(actor: Actor, period_id: int) -> int:
    db.session.flush()
    return int(db.session.execute(_OPEN, {**_given(actor), "period": period_id}).scalar_one())


def _given(actor: Actor) -> dict[str, object]:
    return {"groups": groups(), "name": actor.name, "account": actor.account_id}


def groups() -> str:
    """Return the group of every leadership post as the database's functions take it: JSON."""
    return json.dumps({code: str(post.group.value) for code, post in law.posts().items()})


def _check_period(year: int, kind: str, number: int) -> None:
    most = {"month": MONTHS, "quarter": QUARTERS}.get(kind)
    if most is None:
        raise Refused(Problem("kind", "unknown", N_("Kỳ đánh giá là tháng hoặc quý. Hãy chọn lại.")))
    if not 1 <= number <= most:
        words = N_("Số của kỳ là %(number)s. Hãy nhập từ 1 đến %(most)s.")
        raise Refused(Problem("number", "number", words, {"number": number, "most": most}))
    today = clock.today()
    if not date.min.year < year <= today.year + 1:
        raise Refused(Problem("year", "year", N_("Năm %(year)s không mở kỳ được. Hãy nhập lại."), {"year": year}))
    starts_on, ends_on = days_of(year, kind, number)
    if starts_on > today + timedelta(days=31):
        words = N_("Kỳ bắt đầu ngày %(day)s, còn quá xa. Hãy mở trước nhiều nhất một tháng.")
        raise Refused(Problem("number", "ahead", words, {"day": starts_on}))
    last = ends_on - timedelta(days=1)
    in_force = select(CriteriaVersion.id).where(
        CriteriaVersion.superseded_at.is_(None), CriteriaVersion.method.in_(SCORED),
        CriteriaVersion.valid_from <= last, CriteriaVersion.valid_to.is_(None) | (CriteriaVersion.valid_to > last),
    )  # fmt: skip
    if db.session.scalar(select(in_force.exists())) is False:
        words = N_("Ngày %(day)s chưa có bộ tiêu chí nào chấm điểm. Hãy chọn kỳ từ năm 2026.")
        raise Refused(Problem("year", "no_criteria", words, {"day": last}))


def _check(place: Agency, year: int, kind: str, number: int) -> None:
    _check_period(year, kind, number)
    if place.kind == "division":
        words = N_("“%(place)s” là phòng, ban: kỳ đánh giá mở ở cơ quan sử dụng công chức. Hãy chọn cơ quan cấp trên.")
        raise Refused(Problem("agency_id", "division", words, {"place": place.name}))
    if place.closed_on is not None and place.closed_on <= days_of(year, kind, number)[0]:
        words = N_("“%(place)s” đã ngừng hoạt động trước kỳ này. Hãy chọn cơ quan khác.")
        raise Refused(Problem("agency_id", "closed", words, {"place": place.name}))
    other = "quarter" if kind == "month" else "month"
    numbers = [(number + 2) // 3] if kind == "month" else [number * 3 - 2, number * 3 - 1, number * 3]
    overlap = select(ScoringPeriod.id).where(
        ScoringPeriod.agency_id == place.id, ScoringPeriod.year == year, ScoringPeriod.kind == other,
        ScoringPeriod.number.in_(numbers),
    )  # fmt: skip
    if db.session.scalar(select(overlap.exists())):
        words = (
            N_("Quý này đã mở kỳ theo quý. Không chấm cả tháng lẫn quý.")
            if kind == "month"
            else N_("Quý này đã có tháng mở kỳ. Không chấm cả tháng lẫn quý.")
        )
        raise Refused(Problem("kind", "overlap", words))


def _regulation(place: Agency, on: date) -> AgencyRegulation | None:
    """Return the regulation nearest at or above an agency on a day, of whichever set with points."""
    holder = Agency.__table__.alias("holder")
    query = (
        select(AgencyRegulation)
        .join(holder, holder.c.id == AgencyRegulation.agency_id)
        .join(CriteriaSet, CriteriaSet.id == AgencyRegulation.set_id)
        .where(
            AgencyRegulation.agency_id.in_(place.scope_ids), AgencyRegulation.superseded_at.is_(None),
            AgencyRegulation.valid_from <= on, AgencyRegulation.valid_to.is_(None) | (AgencyRegulation.valid_to > on),
        )
        .order_by(holder.c.depth.desc(), CriteriaSet.place)
        .limit(1)
    )  # fmt: skip
    return db.session.scalar(query)


def _deciding_under(root_id: int) -> list[tuple[int, str]]:
    query = select(Agency.id, Agency.name).where(
        Agency.scope_ids.contains([root_id]), Agency.kind != "division",
        Agency.closed_on.is_(None) | (Agency.closed_on > clock.today()),
    )  # fmt: skip
    return [(row.id, row.name) for row in db.session.execute(query.order_by(Agency.depth, Agency.id))]
