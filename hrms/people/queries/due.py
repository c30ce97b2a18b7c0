"""The lines of the calendar that come from records: everybody's facts in one statement, then the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from hrms.core import catalogues
from hrms.core.dates import PartialDate, add_months, months_between
from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_
from hrms.people.queries import law
from hrms.people.rules import due as rules
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.appointing import ACTING_NOTES
from hrms.people.rules.due import Away, Law, Term
from hrms.people.rules.kinds import IN_SERVICE, PersonKind, Sex
from hrms.people.rules.retirement import Retirement, retirement

RENEWING = ("reappointment", "prolonging", "relief", "appointment")
PROLONGING = ("prolonging", "reappointment", "relief")
KINDS = (
    DueKind("retirement_notice", N_("Thông báo nghỉ hưu"), ("retirement_notice", "retirement"), order=10),
    DueKind("retirement_decision", N_("Quyết định nghỉ hưu"), ("retirement",), order=12),
    DueKind("reappointing_start", N_("Bắt đầu bổ nhiệm lại"), RENEWING, by="managing", order=20),
    DueKind("reappointing_decision", N_("Quyết định bổ nhiệm lại"), RENEWING, by="managing", order=22),
    DueKind("prolonging_start", N_("Bắt đầu kéo dài thời gian giữ chức vụ"), PROLONGING, by="managing", order=24),
    DueKind("prolonging_decision", N_("Quyết định kéo dài thời gian giữ chức vụ"), PROLONGING, by="managing", order=26),
    DueKind("acting_end", N_("Hết hạn giao quyền, giao phụ trách"), ("appointment",), by="managing", order=30),
    DueKind(
        "secondment_end", N_("Hết hạn biệt phái"), ("secondment_end", "secondment", "transfer"), by="managing", order=32
    ),
    DueKind(
        "rotation_end", N_("Bố trí sau luân chuyển"), ("transfer", "appointment", "rotation"), by="managing", order=34
    ),
    DueKind("probation_end", N_("Hết thời gian tập sự"), endpoint="people.career", order=40),
    DueKind("contract_end", N_("Báo hết hạn hợp đồng"), ("work_contract", "leaving"), order=42),
    DueKind("record_file", N_("Lập hồ sơ gốc người mới"), order=44),
    DueKind("absence_end", N_("Hết thời gian nghỉ, trở lại làm việc"), endpoint="people.absences", order=50),
    DueKind("suspension_end", N_("Hết hạn tạm đình chỉ công tác"), endpoint="people.absences", order=52),
    DueKind("discipline_end", N_("Kỷ luật hết hiệu lực"), endpoint="people.merits", order=60),
    DueKind("leaving_answer", N_("Trả lời đơn xin thôi việc"), ("leaving",), order=70, while_proposed=True),
    DueKind("leaving_rating", N_("Quyết định thôi việc sau xếp loại"), ("leaving",), order=72, while_proposed=True),
    DueKind(
        "policy_answer",
        N_("Trả lời xin chủ trương bổ nhiệm"),
        ("appointment",),
        by="managing",
        order=74,
        while_proposed=True,
    ),
    DueKind(
        "process_end", N_("Xong quy trình bổ nhiệm"), ("appointment",), by="managing", order=76, while_proposed=True
    ),
    DueKind(
        "relief_propose", N_("Trình cho thôi giữ chức vụ"), ("relief",), by="managing", order=78, while_proposed=True
    ),
    DueKind(
        "relief_decide",
        N_("Quyết định cho thôi giữ chức vụ"),
        ("relief",),
        by="managing",
        order=80,
        while_proposed=True,
    ),
)
MOVES = ("rotation", "transfer", "appointment", "retirement", "leaving")
JOINING = ("recruitment", "reception", "work_contract")
NOTICE = "retirement_notice"

_IN_FORCE = "f.superseded_at IS NULL AND f.valid_from <= :today AND (f.valid_to IS NULL OR f.valid_to > :today)"
# One statement for one person as for everybody: a row for each fact that some rule reads, as JSON.
_FACTS = text(f"""
WITH who AS MATERIALIZED (
  SELECT person_id, kind, sex, birth_date, degree, retires_on FROM people_current
  WHERE status = ANY (:serving) AND (CAST(:ids AS bigint[]) IS NULL OR person_id = ANY (:ids))
)
SELECT person_id, 'born' AS what, jsonb_build_object('birth_date', birth_date, 'sex', sex) AS said
  FROM who WHERE retires_on <= :retiring
UNION ALL
SELECT f.person_id, 'post', jsonb_build_object(
    'slot', f.slot, 'code', f.post_code, 'name', f.post_name, 'from', f.valid_from, 'to', f.valid_to,
    'until', f.term_until, 'appointed', coalesce(f.reappointed_on, f.appointed_on), 'note', f.term_note,
    'retires', w.retires_on)
  FROM person_post f JOIN who w USING (person_id)
  WHERE f.superseded_at IS NULL AND (f.valid_from > :today OR f.term_note = ANY (:acting)
    OR {_IN_FORCE} AND f.term_until <= :terms)
UNION ALL
SELECT f.person_id, 'stay', jsonb_build_object(
    'agency', f.agency_id, 'name', a.name, 'from', f.valid_from, 'to', f.valid_to)
  FROM person_agency f JOIN who w USING (person_id) JOIN agencies a ON a.id = f.agency_id
  WHERE f.superseded_at IS NULL AND f.membership = 'seconded_in'
UNION ALL
SELECT f.person_id, 'status', jsonb_build_object(
    'status', f.status, 'from', f.valid_from, 'to', f.valid_to, 'kind', f.kind, 'degree', w.degree)
  FROM person_status f JOIN who w USING (person_id)
  WHERE f.superseded_at IS NULL AND (f.valid_from > :today OR {_IN_FORCE}
    AND (f.status = 'probation' OR f.kind = 'contract' AND f.valid_to IS NOT NULL))
UNION ALL
SELECT f.person_id, 'away', jsonb_build_object(
    'kind', f.absence_kind, 'from', f.valid_from, 'to', f.valid_to, 'expected', f.expected_until,
    'prosecuted', f.prosecuted)
  FROM person_absence f JOIN who w USING (person_id) WHERE {_IN_FORCE}
UNION ALL
SELECT f.person_id, 'discipline', jsonb_build_object('id', f.id, 'from', f.from_on, 'to', f.to_on, 'form', f.form)
  FROM person_discipline f JOIN who w USING (person_id)
  WHERE f.side = 'administration' AND f.from_on >= :disciplined
UNION ALL
SELECT f.person_id, 'paper', jsonb_build_object(
    'kind', f.kind, 'on', d.effective_on, 'until', f.happens_on, 'values', f.values)
  FROM person_papers f JOIN who w USING (person_id) JOIN decisions d ON d.id = f.decision_id
  WHERE f.undone_by IS NULL AND f.kind = ANY (:papers)
UNION ALL
SELECT p.id, 'recruited', jsonb_build_object('on', p.recruited_on)
  FROM people p JOIN who w ON w.person_id = p.id
  WHERE length(p.recruited_on) = 10 AND p.recruited_on >= :recruited AND p.recruited_on <= :shown
UNION ALL
SELECT l.person_id, 'proposal', jsonb_build_object('kind', l.kind, 'values', s.values || l.values)
  FROM submission_lines l JOIN submissions s ON s.id = l.submission_id JOIN who w ON w.person_id = l.person_id
  WHERE l.state IN ('pending', 'signed') AND l.kind = ANY (:clocks)
""")  # noqa: S608 - the parts are ours


@dataclass(slots=True)
class _Known:
    """The facts of one person, by what they are."""

    facts: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def all(self, what: str) -> Sequence[Mapping[str, Any]]:
        return self.facts.get(what, ())

    def leaves_on(self) -> date | None:
        """Return the first day out of service that is written down already."""
        days = [_day(one["from"]) for one in self.all("status") if one["status"] not in IN_SERVICE]
        return min((day for day in days if day), default=None)


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return what falls due up to `until`, and what is overdue, for some people or all: one statement."""
    given = Law(law.parameters(today), law.retirement_terms(), law.holidays().add)
    longest = max(given.days("remind.reappointing_working_days"), given.days("reappointing.start_working_days"))
    values = {
        "ids": sorted(person_ids) if person_ids is not None else None,
        "serving": [status.value for status in IN_SERVICE],
        "today": today,
        "shown": today.isoformat(),
        "retiring": add_months(until, given.terms.notice_months),
        # Two calendar days for a working day, and a month of holidays.
        "terms": until + timedelta(days=2 * longest + 30),
        "acting": sorted(ACTING_NOTES),
        "disciplined": str(add_months(today, -2 * given.days("discipline.effect_months")).year),
        "papers": [NOTICE, *MOVES, *JOINING],
        "recruited": (today - timedelta(days=given.days("joining.record_days"))).isoformat(),
        "clocks": sorted({one.kind for one in rules.CLOCKS}),
    }
    people: dict[int, _Known] = {}
    for row in db.session.execute(_FACTS, values):
        people.setdefault(row.person_id, _Known()).facts.setdefault(row.what, []).append(row.said)
    return [
        DueOf(person_id, one)
        for person_id, known in people.items()
        for one in _of_person(known, given, today)
        if one.due_on <= until
    ]


def _of_person(known: _Known, given: Law, today: date) -> list[Due]:
    leaves_on = known.leaves_on()
    found = [] if leaves_on else _retiring(known, given, today)
    ending = [
        *_terms(known, given, today), *_stay(known, given, today), *_rotation(known, given),
        *_status(known, given), *_away(known, given),
    ]  # fmt: skip
    found += rules.before_leaving(ending, leaves_on)
    for one in known.all("discipline"):
        form = catalogues.name_of("discipline_forms", one["form"])
        ends = PartialDate.parse(one["to"]) if one["to"] else None
        found += rules.discipline_due(str(one["id"]), PartialDate.parse(one["from"]), ends, form, given, today)
    joined = [_day(one["on"]) for one in known.all("paper") if one["kind"] in JOINING]
    joined += [_day(one["on"]) for one in known.all("recruited")]
    newest = max((day for day in joined if day and day <= today), default=None)
    if newest:
        found += rules.record_due(newest, given, today)
    for one in known.all("proposal"):
        found += rules.clocks_due(one["kind"], one["values"], given)
    return found


def _retiring(known: _Known, given: Law, today: date) -> list[Due]:
    told = [one for one in known.all("paper") if one["kind"] == NOTICE]
    return [
        line
        for one in known.all("born")
        for line in rules.retirement_due(
            _when(one["birth_date"], one["sex"]), given, today, noticed=bool(told),
            told_day=_day(told[-1]["until"]) if told else None,
        )
    ]  # fmt: skip


def _when(birth_date: str | None, sex: str | None) -> Retirement | None:
    if not birth_date or not sex:
        return None
    return retirement(PartialDate.parse(birth_date), Sex(sex), law.retirement_ages(), law.retirement_terms())


def _terms(known: _Known, given: Law, today: date) -> Iterator[Due]:
    posts = known.all("post")
    coming = {one["slot"] for one in posts if _known(one["from"]) > today}
    for one in posts:
        since, to = _known(one["from"]), _day(one["to"])
        if since > today or (to is not None and to <= today) or one["slot"] in coming:
            continue
        until, acting = _day(one["until"]), one["note"] in ACTING_NOTES
        info = law.posts().get(one["code"] or "")
        term = Term(
            one["slot"], one["name"], _begun(posts, one) if acting else since, until,
            _months(one, until, info.term_months if info else None, given), acting, bool(info and info.elected),
        )  # fmt: skip
        yield from rules.acting_due(term, given)
        yield from rules.term_due(term, _day(one["retires"]), given)


def _months(post: Mapping[str, Any], until: date | None, usual: int | None, given: Law) -> int:
    """Return how long the term lasts: from the last appointment to its end, else as long as the post's terms do."""
    appointed = _day(post["appointed"])
    if appointed and until and appointed < until:
        return months_between(appointed, until + timedelta(days=1))
    return usual or given.days("appointing.term_months")


def _begun(posts: Sequence[Mapping[str, Any]], current: Mapping[str, Any]) -> date:
    """Return since when an acting post has been held without a gap."""
    first = _known(current["from"])
    same = [one for one in posts if one["note"] in ACTING_NOTES and one["name"] == current["name"]]
    for one in sorted(same, key=lambda post: str(post["from"]), reverse=True):
        if _day(one["to"]) == first:
            first = _known(one["from"])
    return first


def _stay(known: _Known, given: Law, today: date) -> Iterator[Due]:
    stays = known.all("stay")
    for one in stays:
        first, to = _known(one["from"]), _day(one["to"])
        if first > today or (to is not None and to <= today):
            continue
        last = to
        for other in sorted(stays, key=lambda stay: str(stay["from"])):
            if last is not None and other["agency"] == one["agency"] and _day(other["from"]) == last:
                last = _day(other["to"])  # prolonged already
        for other in sorted(stays, key=lambda stay: str(stay["from"]), reverse=True):
            if other["agency"] == one["agency"] and _day(other["to"]) == first:
                first = _known(other["from"])
        yield from rules.secondment_due(one["name"], first, last - timedelta(days=1) if last else None, given)


def _rotation(known: _Known, given: Law) -> Iterator[Due]:
    moves = [one for one in known.all("paper") if one["kind"] in MOVES and one["on"]]
    rotations = sorted((one for one in moves if one["kind"] == "rotation"), key=lambda one: str(one["on"]))
    if not rotations:
        return
    last = rotations[-1]
    if not any(str(one["on"]) > str(last["on"]) for one in moves):
        yield from rules.rotation_due(_known(last["on"]), _day(last["until"]), given)


def _status(known: _Known, given: Law) -> Iterator[Due]:
    facts = known.all("status")
    for one in facts:
        since, to = _known(one["from"]), _day(one["to"])
        if one["status"] == "probation":
            papers = [paper for paper in known.all("paper") if paper["kind"] in JOINING and _day(paper["on"]) == since]
            asked = [paper["values"].get("probation_months") for paper in papers]
            months = next((int(value) for value in asked if value and str(value).isdigit()), None)
            yield from rules.probation_due(
                PersonKind(one["kind"]), since, months, one["degree"], law.parameters(since), given
            )
        elif one["kind"] == PersonKind.CONTRACT and to is not None and not any(_day(f["from"]) == to for f in facts):
            yield from rules.contract_due(to - timedelta(days=1), given)


def _away(known: _Known, given: Law) -> Iterator[Due]:
    for one in known.all("away"):
        since, to = _known(one["from"]), _day(one["to"])
        away = Away(
            AbsenceKind(one["kind"]), since, to - timedelta(days=1) if to else None, _day(one["expected"]),
            bool(one["prosecuted"]),
        )  # fmt: skip
        yield from rules.absence_due(away, given, law.parameters(since))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _known(value: str) -> date:
    return date.fromisoformat(value)


SOURCE = DueSource(KINDS, lines)
