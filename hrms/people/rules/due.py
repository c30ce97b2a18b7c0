"""What falls due in the service of one person: every day with its article. Pure; figures are parameters.

What a record does not hold is not worked out: a term without a last day, a breach of which nobody wrote down when it
was found. Days are last days: what must be done by `due_on` may still be done on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hrms.core.dates import PartialDate, add_months
from hrms.core.due import Due
from hrms.core.rules import N_, Reason
from hrms.people.rules.absences import ABSENCE_LABELS, AbsenceKind, expected_end, suspension_limit
from hrms.people.rules.joining import WorkingDays
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.parameters import Parameter, whole
from hrms.people.rules.reappointing import prolonging_under, prolongs, term_days
from hrms.people.rules.retirement import Retirement, RetirementTerms

Figures = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Law:
    """The law of the day as the rules read it: figures, how early retirement is told, the working calendar."""

    figures: Figures
    terms: RetirementTerms
    working: WorkingDays

    def days(self, key: str) -> int:
        """Return a number, 0 where the law of the day has none."""
        return whole(self.figures, key) or 0

    def source(self, key: str) -> str:
        """Return the article of a figure."""
        return self.figures[key].source


def _reason(law: Law, key: str, text: str, day: date, /, **params: object) -> Reason:
    return Reason(text, day.isoformat(), law.source(key), params)


def retirement_due(
    due: Retirement | None, law: Law, today: date, *, noticed: bool, told_day: date | None = None
) -> list[Due]:
    """Return notice (6 months before) and decision (3 months before): NĐ 170/2025/NĐ-CP Đ61–63.

    `told_day` is the last day at work that the notice names. Once the day has passed, only the decision is left.
    """
    if due is None:
        return []
    last = told_day or due.retires_on
    years, months = due.age.removesuffix("m").split("y")
    params = {"day": last, "years": years, "months": months}
    what = N_("Nghỉ hưu hết ngày %(day)s (%(years)s tuổi %(months)s tháng)")
    found = []
    if not noticed and today <= last:
        remind = add_months(last, -law.days("remind.retirement_months"))
        found.append(Due("retirement_notice", due.notice_by, due.reasons[:-1], "", (remind,), last, what, params))
    by = add_months(last, -law.terms.decision_months)
    text = N_("Ra quyết định trước %(months)s tháng, chậm nhất %(day)s.")
    told = Reason(text, by.isoformat(), law.terms.source, {"months": law.terms.decision_months, "day": by})
    found.append(Due("retirement_decision", by, (*due.reasons[:-2], told), "", (due.notice_by,), last, what, params))
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """A leadership post held for a term: `until` its last day, `since` its first, `months` how long one lasts.

    `acting`: by giao quyền, giao phụ trách, `since` without a gap; `elected`: filled by election, never renewed by
    decision.
    """

    slot: int
    name: str
    since: date
    until: date | None
    months: int
    acting: bool = False
    elected: bool = False


def term_due(term: Term, retires_on: date | None, law: Law) -> list[Due]:
    """Return by when a term must be renewed, or prolonged to retirement: NĐ 170/2025/NĐ-CP Đ36, Đ39; HD 45.

    Announced 90 working days before its end, decided a working day before. Of somebody who retires by then: nothing.
    """
    if term.until is None or term.acting or term.elected or (retires_on is not None and retires_on <= term.until):
        return []
    days = term_days(term.until, None, law.figures, law.working)
    if days is None:
        return []
    code, reasons = "reappointing", []
    if retires_on is not None and prolongs(term.until, retires_on, term.months, law.figures):
        code, bound = "prolonging", prolonging_under(term.months, law.figures)
        text = N_("Hết nhiệm kỳ còn dưới %(months)s tháng đến khi nghỉ hưu (%(day)s): kéo dài, không bổ nhiệm lại.")
        reasons = [Reason(text, str(bound.months), bound.source, {"months": bound.months, "day": retires_on})]
    end = Reason(N_("Nhiệm kỳ đến hết ngày %(day)s."), term.until.isoformat(), "", {"day": term.until})
    params = {"post": term.name, "until": term.until}
    what = N_("%(post)s, nhiệm kỳ đến hết %(until)s")
    start, key = law.days("reappointing.start_working_days"), "reappointing.start_working_days"
    text = N_("Thông báo, bắt đầu quy trình trước %(days)s ngày làm việc, chậm nhất %(day)s.")
    first = _reason(law, key, text, days.start_by, days=start, day=days.start_by)
    decide, key = law.days("reappointing.decision_working_days"), "reappointing.decision_working_days"
    text = N_("Quyết định trước khi hết nhiệm kỳ %(days)s ngày làm việc, chậm nhất %(day)s.")
    second = _reason(law, key, text, days.decide_by, days=decide, day=days.decide_by)
    early = law.working(term.until, -law.days("remind.reappointing_working_days"))
    late = term.until - timedelta(days=law.days("remind.reappointing_decision_days"))
    slot = str(term.slot)
    return [
        Due(f"{code}_start", days.start_by, (end, *reasons, first), slot, (early,), term.until, what, params),
        Due(f"{code}_decision", days.decide_by, (end, *reasons, second), slot, (late,), term.until, what, params),
    ]


def acting_due(term: Term, law: Law) -> list[Due]:
    """Return when giao quyền, giao phụ trách ends: 12 months at most, NĐ 170/2025/NĐ-CP Đ34 k3 as amended.

    What had lasted longer by 01/7/2026 had to be settled within 3 months (NĐ 300/2026/NĐ-CP).
    """
    most = whole(law.figures, "acting.most_months")
    if not term.acting or most is None:
        return []
    limit = add_months(term.since, most) - timedelta(days=1)
    text = N_("Giao quyền, giao phụ trách từ %(since)s, không quá %(months)s tháng: đến hết %(day)s.")
    reasons = [_reason(law, "acting.most_months", text, limit, since=term.since, months=most, day=limit)]
    given = law.figures.get("acting.transition_day")
    if given is not None and limit < date.fromisoformat(given.value):
        months = law.days("acting.transition_months")
        limit = add_months(date.fromisoformat(given.value), months) - timedelta(days=1)
        text = N_("Đã quá thời hạn vào ngày %(from)s: giải quyết trong %(months)s tháng, chậm nhất %(day)s.")
        params = {"from": date.fromisoformat(given.value), "months": months, "day": limit}
        reasons.append(Reason(text, limit.isoformat(), given.source, params))
    if term.until is not None and term.until < limit:
        limit = term.until
        text = N_("Quyết định giao đến hết ngày %(day)s.")
        reasons.append(Reason(text, limit.isoformat(), "", {"day": limit}))
    remind = limit - timedelta(days=law.days("remind.acting_days"))
    what, params = N_("%(post)s, từ %(since)s"), {"post": term.name, "since": term.since}
    return [Due("acting_end", limit, tuple(reasons), str(term.slot), (remind,), limit, what, params)]


def secondment_due(agency: str, since: date, until: date | None, law: Law) -> list[Due]:
    """Return when a secondment ends: by its decision, 3 years at most (NĐ 170/2025/NĐ-CP, biệt phái).

    `since` counts what it goes on from; `until` is its last day, which a decision for an urgent task may put later.
    """
    most = whole(law.figures, "moving.secondment_most_months")
    if most is None:
        return []
    day = until or add_months(since, most) - timedelta(days=1)
    text = N_("Biệt phái từ %(since)s, không quá %(months)s tháng: đến hết %(day)s.")
    limit = add_months(since, most) - timedelta(days=1)
    key = "moving.secondment_most_months"
    reasons = [_reason(law, key, text, limit, since=since, months=most, day=limit)]
    if until is not None:
        text = N_("Quyết định biệt phái đến hết ngày %(day)s.")
        reasons.append(Reason(text, until.isoformat(), "", {"day": until}))
    remind = day - timedelta(days=law.days("remind.secondment_days"))
    what, params = N_("Biệt phái đến %(agency)s, đến hết %(until)s"), {"agency": agency, "until": day}
    return [Due("secondment_end", day, tuple(reasons), "", (remind,), day, what, params)]


def rotation_due(start: date, until: date | None, law: Law) -> list[Due]:
    """Return when somebody rotated is to be placed anew: after 36 months at least (NĐ 170/2025/NĐ-CP Đ50)."""
    least = whole(law.figures, "moving.rotation_least_months")
    if least is None:
        return []
    full = add_months(start, least) - timedelta(days=1)
    day = max(full, until) if until else full
    text = N_("Luân chuyển từ %(since)s, ít nhất %(months)s tháng: đến hết %(day)s.")
    key = "moving.rotation_least_months"
    reasons = [_reason(law, key, text, full, since=start, months=least, day=full)]
    if until is not None and until > full:
        reasons.append(
            Reason(N_("Quyết định luân chuyển đến hết ngày %(day)s."), until.isoformat(), "", {"day": until})
        )
    remind = add_months(day + timedelta(days=1), law.days("remind.rotation_months") - least)
    what, params = N_("Luân chuyển từ %(since)s"), {"since": start}
    return [Due("rotation_end", day, tuple(reasons), "", (remind,), day, what, params)]


DEGREE_FIGURES = {
    "college": "joining.probation_months_college",
    "intermediate": "joining.probation_months_intermediate",
}
"""Which figure a degree below a university's takes; the others take the kind's own."""


def probation_due(
    kind: PersonKind, since: date, months: int | None, degree: str | None, at_start: Figures, law: Law
) -> list[Due]:
    """Return when probation (tập sự) ends, for those taken in while the law had it: 12, 9 or 6 months by degree.

    `months` is what the decision gave; `at_start` are the figures in force on `since`.
    """
    key = f"joining.probation_months_{kind.value}"
    if kind is PersonKind.PUBLIC_EMPLOYEE and degree in DEGREE_FIGURES:
        key = DEGREE_FIGURES[degree]
    length = months or whole(at_start, key)
    if not length:
        return []
    last = add_months(since, length) - timedelta(days=1)
    text = N_("Tập sự từ %(since)s, %(months)s tháng: đến hết %(day)s.")
    source = at_start[key].source if key in at_start else ""
    reasons = (Reason(text, last.isoformat(), source, {"since": since, "months": length, "day": last}),)
    remind = tuple(last - timedelta(days=law.days(f"remind.probation{one}_days")) for one in ("", "_last"))
    what = N_("Tập sự từ %(since)s, %(months)s tháng")
    return [Due("probation_end", last, reasons, "", remind, last, what, {"since": since, "months": length})]


def contract_due(last: date, law: Law) -> list[Due]:
    """Return by when the end of a fixed-term contract is announced: 60 days before its last day."""
    notice = whole(law.figures, "contract.notice_days")
    if notice is None:
        return []
    day = last - timedelta(days=notice)
    text = N_("Hợp đồng hết hạn ngày %(last)s: báo trước %(days)s ngày, chậm nhất %(day)s.")
    reasons = (_reason(law, "contract.notice_days", text, day, last=last, days=notice, day=day),)
    remind = last - timedelta(days=law.days("remind.contract_days"))
    what = N_("Hợp đồng đến hết %(last)s")
    return [Due("contract_end", day, reasons, "", (remind,), last, what, {"last": last})]


def discipline_due(
    key: str, from_on: PartialDate | None, to_on: PartialDate | None, form: str, law: Law, today: date
) -> list[Due]:
    """Return the last day a disciplinary measure has effect: before its written end, else 12 months from its day.

    Nothing once it has ceased. Of a date of which the day is unknown the latest it can be counts.
    """
    months = whole(law.figures, "discipline.effect_months")
    if months is None or from_on is None:
        return []
    since = from_on.latest()
    last = (to_on.latest() if to_on else add_months(since, months)) - timedelta(days=1)
    if last < today:
        return []
    text = N_("Kỷ luật từ %(since)s, có hiệu lực %(months)s tháng: đến hết %(day)s.")
    reasons = (_reason(law, "discipline.effect_months", text, last, since=since, months=months, day=last),)
    what = N_("%(form)s, hiệu lực đến hết %(day)s")
    return [Due("discipline_end", last, reasons, key, (), last, what, {"form": form, "day": last})]


def breach_due(key: str, found_on: date, law: Law, *, complex_case: bool = False) -> list[Due]:
    """Return by when a breach is decided: 90 days after it was found, 150 in a complex case.

    NĐ 172/2025/NĐ-CP, NĐ 234/2026/NĐ-CP. The caller leaves out the days that the law does not count.
    """
    name = "discipline.decide_longest_days" if complex_case else "discipline.decide_days"
    days = whole(law.figures, name)
    if days is None:
        return []
    last = found_on + timedelta(days=days)
    text = N_("Phát hiện ngày %(found)s, xử lý trong %(days)s ngày: chậm nhất %(day)s.")
    reasons = (_reason(law, name, text, last, found=found_on, days=days, day=last),)
    remind = tuple(
        found_on + timedelta(days=law.days(one)) for one in ("remind.discipline_days", "remind.discipline_last_days")
    )
    what = N_("Hành vi phát hiện ngày %(found)s")
    return [Due("discipline_decision", last, reasons, key, remind, last, what, {"found": found_on})]


@dataclass(frozen=True, slots=True)
class Away:
    """An absence in force: `until` its last day by the paper, `expected` the last day foreseen."""

    kind: AbsenceKind
    since: date
    until: date | None
    expected: date | None
    prosecuted: bool = False


def absence_due(away: Away, law: Law, at_start: Figures) -> list[Due]:
    """Return by when an absence ends; of a suspension the 30 working days, and 30 more once it was prolonged.

    One without a day foreseen and without one in law has none.
    """
    end = expected_end(away.kind, away.since, at_start, law.working, prosecuted=away.prosecuted)
    day = away.until or away.expected or end.last_day
    if day is None:
        return []
    what = N_("%(kind)s từ %(since)s")
    params = {"kind": ABSENCE_LABELS[away.kind], "since": away.since}
    if away.kind is AbsenceKind.SUSPENSION and not away.prosecuted:
        limit = suspension_limit(away.since, at_start, law.working)
        reasons = (*end.reasons, *limit.reasons)
        if limit.last_day is not None:
            day = min(day, limit.last_day)
        return [Due("suspension_end", day, reasons, away.since.isoformat(), _remind(day, law), day, what, params)]
    told = Reason(N_("Nghỉ đến hết ngày %(day)s theo giấy tờ đã ghi."), day.isoformat(), "", {"day": day})
    reasons = (told,) if away.until or away.expected else end.reasons
    return [Due("absence_end", day, reasons, away.since.isoformat(), _remind(day, law), day, what, params)]


def _remind(day: date, law: Law) -> tuple[date, ...]:
    return (day - timedelta(days=law.days("remind.return_days")),)


def record_due(recruited_on: date, law: Law, today: date) -> list[Due]:
    """Return by when the file of somebody new is complete: 30 days after they came; nothing once it has passed.

    Nothing in the record says that the paper file is complete, so the line goes by itself.
    """
    days = whole(law.figures, "joining.record_days")
    if days is None:
        return []
    last = recruited_on + timedelta(days=days)
    if last < today:
        return []
    text = N_("Tuyển dụng ngày %(since)s, lập hồ sơ gốc trong %(days)s ngày: chậm nhất %(day)s.")
    reasons = (_reason(law, "joining.record_days", text, last, since=recruited_on, days=days, day=last),)
    remind = (recruited_on + timedelta(days=law.days("remind.record_days")),)
    what = N_("Tuyển dụng, tiếp nhận ngày %(since)s")
    return [Due("record_file", last, reasons, "", remind, None, what, {"since": recruited_on})]


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs from a day typed into a proposal under way: which figure, in which days."""

    code: str
    kind: str
    since: str
    done: str
    key: str
    text: str
    what: str
    working: bool = True


CLOCKS = (
    Clock("leaving_answer", "leaving", "asked_on", "", "leaving.answer_days",
          N_("Nhận đơn ngày %(since)s, trả lời trong %(days)s ngày: chậm nhất %(day)s."),
          N_("Đơn xin thôi việc nhận ngày %(since)s"), working=False),
    Clock("leaving_rating", "leaving", "rated_on", "", "leaving.rating_days",
          N_("Có kết quả xếp loại ngày %(since)s, quyết định trong %(days)s ngày: chậm nhất %(day)s."),
          N_("Kết quả xếp loại ngày %(since)s"), working=False),
    Clock("policy_answer", "appointment", "asked_on", "agreed_on", "appointing.policy_working_days",
          N_("Xin chủ trương ngày %(since)s, trả lời trong %(days)s ngày làm việc: chậm nhất %(day)s."),
          N_("Xin chủ trương bổ nhiệm ngày %(since)s")),
    Clock("process_end", "appointment", "agreed_on", "done_on", "appointing.process_working_days",
          N_("Có chủ trương ngày %(since)s, xong quy trình trong %(days)s ngày làm việc: chậm nhất %(day)s."),
          N_("Quy trình bổ nhiệm từ ngày %(since)s")),
    Clock("relief_propose", "relief", "begun_on", "proposed_on", "relieving.propose_working_days",
          N_("Có đơn hoặc căn cứ ngày %(since)s, trình trong %(days)s ngày làm việc: chậm nhất %(day)s."),
          N_("Đơn hoặc căn cứ thôi giữ chức vụ ngày %(since)s")),
    Clock("relief_decide", "relief", "proposed_on", "", "relieving.decide_working_days",
          N_("Trình ngày %(since)s, quyết định trong %(days)s ngày làm việc: chậm nhất %(day)s."),
          N_("Trình thôi giữ chức vụ ngày %(since)s")),
)  # fmt: skip


def clocks_due(kind: str, values: Mapping[str, object], law: Law) -> list[Due]:
    """Return what falls due by the days typed into a proposal of `kind` that is under way (ISO dates by field)."""
    found = []
    for one in CLOCKS:
        since, days = _day(values.get(one.since)), whole(law.figures, one.key)
        if one.kind != kind or since is None or days is None or (one.done and _day(values.get(one.done))):
            continue
        day = law.working(since, days) if one.working else since + timedelta(days=days)
        reasons = (_reason(law, one.key, one.text, day, since=since, days=days, day=day),)
        found.append(Due(one.code, day, reasons, "", (), None, one.what, {"since": since}))
    return found


def _day(value: object) -> date | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def before_leaving(lines: Iterable[Due], leaves_on: date | None) -> list[Due]:
    """Leave out what ends only after somebody left: `leaves_on` is their first day out of service, by a decision."""
    if leaves_on is None:
        return list(lines)
    return [one for one in lines if (one.ends_on or one.due_on) < leaves_on - timedelta(days=1)]
