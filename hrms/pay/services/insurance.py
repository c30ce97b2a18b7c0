"""The monthly list of increases and decreases for social insurance: made from two months, made again, marked as sent.

Making it chooses nothing for anybody, so it runs without a person after the right of whoever starts it was checked.
Luật BHXH 41/2024/QH15 Đ28: the employer tells changes within the month; form D02-LT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope, tasks
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.core.unit import transaction
from hrms.pay.models import InsuranceChange, InsuranceReport
from hrms.pay.queries import insuring
from hrms.pay.queries.paying import DIVISION, Payers
from hrms.pay.rules import insured_list as rules
from hrms.pay.rules.insured_list import Line, ReportState

P = Permission
ENTITY = "insurance_report"
NOTE_LENGTH = 1000
OFFERED = 15
"""Months to choose from."""
FIRST_MONTH = date(2025, 7, 1)
"""Luật BHXH 41/2024/QH15 is in force since."""
JOB = "pay.insurance"
Report = Callable[[int, int], None]
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_CLEAR = text("DELETE FROM insurance_changes WHERE report_id = :report")


@dataclass(slots=True)
class Done:
    """What came of the job: how many lists were made, and which agencies refused, by name with why."""

    lists: int = 0
    refused: list[tuple[str, Problem]] = field(default_factory=list)


def last_month() -> date:
    """Return the latest month a list may be made of: the present one."""
    return clock.today().replace(day=1)


def compute(actor: Actor, agency_id: int, month: date) -> int:
    """Make the list of an agency for the month of a day, or make it anew; returns its id.

    Raises `NotFound`, `Forbidden`, `Refused`: a division, a month before the law or to come, a list already sent.
    """
    agency = _agency(actor, agency_id)
    first = _month(month)
    if agency.kind == DIVISION and agency.parent_id is not None:
        words = N_("%(agency)s không tự trả lương. Hãy chọn cơ quan cấp trên trực tiếp.")
        raise Refused(Problem("agency", "division", words, {"agency": agency.name}))
    found = _make(actor, agency, first, empty=True)
    return 0 if found is None else found


def _agency(actor: Actor, agency_id: int) -> Agency:
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    return agency


def _month(month: date) -> date:
    first = month.replace(day=1)
    if not FIRST_MONTH <= first <= last_month():
        words = N_("Chỉ lập được danh sách từ tháng %(first)s đến tháng %(last)s.")
        params = {"first": f"{FIRST_MONTH:%m/%Y}", "last": f"{last_month():%m/%Y}"}
        raise Refused(Problem("month", "month", words, params))
    return first


def _make(actor: Actor, agency: Agency, first: date, *, empty: bool) -> int | None:
    """Make a list after the right was checked; None where there is nobody to list and `empty` lists are not asked."""
    db.session.execute(_LOCK, {"key": f"insurance_reports {agency.id} {first}"})
    with scope.entered(Scope(people=(EVERYTHING,), pay=(agency.id,))):
        found = insuring.read_months(agency.id, first)
        if not empty and not found.before and not found.after:
            return None
        report = _report(actor, agency.id, first)
        lines = rules.compare(first, found.before, found.after, found.past)
        _write(report, lines)
    said = {one.value: count for one, count in rules.sums(lines).items() if count}
    audit.record(
        actor, "insurance_report.made", ENTITY, report.id, agency_id=agency.id, scope_ids=list(agency.scope_ids),
        after={"month": f"{first:%m/%Y}", **said},
    )  # fmt: skip
    return int(report.id)


def compute_all(actor: Actor, root_id: int, month: date) -> int:
    """Make the lists of every agency that pays somebody at or under one, as a job with progress; its task's id.

    Needs `pay.manage` there now and when the job runs. Raises `NotFound`, `Forbidden`, `Refused`.
    """
    agency = _agency(actor, root_id)
    return tasks.start(actor, JOB, JOB, root_id=agency.id, month=_month(month).isoformat())


def run_all(actor: Actor, root_id: int, month: date, report: Report = lambda _done, _all: None) -> Done:
    """Make the lists of a month, each agency's a unit of its own that commits; sent ones stay.

    `report(done, total)` may raise to stop between two. What one agency refuses does not stop the others.
    """
    scope.enter_for(actor, P.PAY_MANAGE)
    with transaction():
        _agency(actor, root_id)
        ids = sorted(Payers.read().under([root_id]))
        sent = set(db.session.scalars(
            select(InsuranceReport.agency_id).where(
                InsuranceReport.month == month, InsuranceReport.state == ReportState.SENT.value
            )
        ))  # fmt: skip
    done = Done()
    left = [one for one in ids if one not in sent]
    for count, agency_id in enumerate(left):
        report(count, len(left))
        try:
            with transaction():
                made = _make(actor, _agency(actor, agency_id), month, empty=False)
        except HrmsError as error:
            name = str(db.session.scalars(select(Agency.name).where(Agency.id == agency_id)).one())
            done.refused.append((name, error.problems[0]))
        else:
            done.lists += made is not None
        db.session.expunge_all()
    report(len(left), len(left))
    return done


def _report(actor: Actor, agency_id: int, month: date) -> InsuranceReport:
    found = db.session.scalar(
        select(InsuranceReport)
        .where(InsuranceReport.agency_id == agency_id, InsuranceReport.month == month)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        found = InsuranceReport(
            agency_id=agency_id, month=month, state=ReportState.COMPUTED.value, recorded_by=actor.account_id, version=1
        )
        db.session.add(found)
        db.session.flush()
        return found
    if found.state == ReportState.SENT:
        words = N_("Danh sách tháng %(month)s đã gửi ngày %(day)s nên không lập lại. Thay đổi sau đó vào tháng sau.")
        raise Refused(Problem("month", "sent", words, {"month": f"{month:%m/%Y}", "day": found.sent_on}))
    found.version += 1
    return found


def _write(report: InsuranceReport, lines: Sequence[Line]) -> None:
    db.session.execute(_CLEAR, {"report": report.id})
    rows: list[dict[str, Any]] = [
        {
            "report_id": report.id, "person_id": one.person_id, "agency_id": report.agency_id, "what": one.what.value,
            "reason": one.reason, "base_before": one.before, "base_after": one.after, "since": one.since,
            "through": one.through, "difference": one.difference,
        }
        for one in lines
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(InsuranceChange), rows)
    db.session.flush()


def mark_sent(actor: Actor, report_id: int, sent_on: date | None, note: str, *, version: int | None) -> None:
    """Say that a list was sent; it is then kept as it is. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.PAY_MANAGE)
    row = db.session.execute(
        select(InsuranceReport, Agency)
        .join(Agency, Agency.id == InsuranceReport.agency_id)
        .where(InsuranceReport.id == report_id)
        .with_for_update(of=InsuranceReport)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise missing("report")
    report, agency = row
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    if version is not None and version != report.version:
        raise Stale
    if report.state == ReportState.SENT:
        raise Refused(Problem("", "sent", N_("Danh sách này đã ghi là đã gửi.")))
    if sent_on is None or sent_on < report.month or sent_on > clock.today():
        words = N_("Ngày gửi phải từ %(first)s đến hôm nay. Hãy sửa ngày gửi.")
        raise Refused(Problem("sent_on", "day", words, {"first": report.month}))
    words_given = nfc(note or "")
    if len(words_given) > NOTE_LENGTH:
        words = N_("Ghi chú dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
        raise Refused(Problem("note", "too_long", words, {"most": NOTE_LENGTH}))
    report.state, report.sent_on, report.note = ReportState.SENT.value, sent_on, words_given or None
    report.version += 1
    db.session.flush()
    audit.record(
        actor, "insurance_report.sent", ENTITY, report.id, agency_id=agency.id, scope_ids=list(agency.scope_ids),
        before={"state": ReportState.COMPUTED.value}, after={"state": report.state, "sent_on": sent_on},
        reason=words_given or None,
    )  # fmt: skip


def months_offered() -> list[date]:
    """Return the months a list may be made of, newest first."""
    found: list[date] = []
    day = last_month()
    while day >= FIRST_MONTH and len(found) < OFFERED:
        found.append(day)
        day = add_months(day, -1)
    return found
