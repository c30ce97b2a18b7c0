"""Who may be sent to a course: the conditions of NĐ 171/2025/NĐ-CP one by one, and who comes first.

Postgraduate study (Đ4): 3 years of service, the two years before rated good or better, at most 45 at the first sending,
a commitment of three times the length, a field that fits the position. Abroad: 18 months of work left for under one
month, 24 for under twelve; good or better the year before. Further what the programme itself says and what the record
shows of the days of the class. Figures are parameters (`sending.*`); what the record does not hold is unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.dates import PartialDate, add_months, months_between
from hrms.core.rules import N_, Reason
from hrms.people.rules.parameters import Parameter, whole
from hrms.training.rules.kinds import CourseKind
from hrms.training.rules.repayment import committed_at_least, course_months

POSTGRADUATE = "NĐ 171/2025/NĐ-CP Đ4"
PRIORITY = "NĐ 171/2025/NĐ-CP (chính sách với nữ, người dân tộc thiểu số)"
Figures = Mapping[str, Parameter]


class Result(StrEnum):
    """What is known of one condition: `warn` does not keep anybody from being sent."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    WARN = "warn"


RESULT_LABELS: dict[Result, str] = {
    Result.MET: N_("Đạt"),
    Result.UNMET: N_("Không đạt"),
    Result.UNKNOWN: N_("Chưa rõ"),
    Result.WARN: N_("Cần xem lại"),
}


class SendingKind(StrEnum):
    """What kind of sending the decree sets conditions for."""

    COURSE = "course"
    POSTGRADUATE = "postgraduate"
    ABROAD = "abroad"


SENDING_LABELS: dict[SendingKind, str] = {
    SendingKind.COURSE: N_("Bồi dưỡng trong nước"),
    SendingKind.POSTGRADUATE: N_("Đào tạo sau đại học"),
    SendingKind.ABROAD: N_("Bồi dưỡng ở nước ngoài"),
}


class AgeOn(StrEnum):
    """On which day the age at the first sending is counted; the decree does not say."""

    STARTS = "starts"
    DECIDED = "decided"


AGE_ON_LABELS: dict[AgeOn, str] = {
    AgeOn.STARTS: N_("Ngày bắt đầu khóa học"),
    AgeOn.DECIDED: N_("Ngày quyết định cử đi học"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate: the code of its programme, and its days; `valid_to` is the first day it no longer holds."""

    course: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """Days taken, first and last: an absence or another class, in words (an absence's label, a class's name)."""

    words: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the record says of one person; None or empty where it is silent.

    `retires_on` is the last day at work; `ratings` classes by year; `appointed_on` the first day in the post held;
    `children_born` the births of a woman's children; `overdue` and `gaps` words of requirements that this programme
    would settle.
    """

    joined_on: date | None = None
    born: PartialDate | None = None
    retires_on: date | None = None
    ratings: Mapping[int, str] = dataclasses.field(default_factory=dict)
    kind: str | None = None
    rank: str | None = None
    position: str | None = None
    post: str | None = None
    appointed_on: date | None = None
    woman: bool = False
    minority: bool = False
    children_born: tuple[PartialDate, ...] = ()
    held: tuple[Held, ...] = ()
    absences: tuple[Busy, ...] = ()
    classes: tuple[Busy, ...] = ()
    overdue: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """What somebody is to be sent to: first and last day, the programme, and whom it is meant for (empty: everybody).

    `decided_on` is the day of the decision, the first day of the course where it is not known; `commitment_months` what
    the person commits to; `field_fits` what the agency says of the field of study; `first` the first sending of a kind.
    """

    starts_on: date
    ends_on: date
    course: str = ""
    course_kind: CourseKind = CourseKind.OTHER
    kind: SendingKind = SendingKind.COURSE
    decided_on: date | None = None
    first: bool = True
    commitment_months: int | None = None
    field_fits: bool | None = None
    kinds: frozenset[str] = frozenset()
    ranks: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: a stable code, what is asked (a message id), the result, and what it rests on."""

    code: str
    words: str
    result: Result
    reason: Reason


class Priority(StrEnum):
    """Why somebody comes first, the weightiest first."""

    OVERDUE = "overdue"
    CHILD = "child"
    MINORITY = "minority"
    GAP = "gap"


PRIORITY_LABELS: dict[Priority, str] = {
    Priority.OVERDUE: N_("Quá hạn yêu cầu bắt buộc"),
    Priority.CHILD: N_("Nữ nuôi con dưới 36 tháng tuổi"),
    Priority.MINORITY: N_("Người dân tộc thiểu số"),
    Priority.GAP: N_("Còn thiếu so với khung năng lực của vị trí"),
}


def checks(
    who: Candidate, to: Sending, figures: Figures, heights: Mapping[str, int], *, age_on: AgeOn = AgeOn.STARTS
) -> list[Check]:
    """Return every condition of sending `who` to `to`, in the order of the decree, then of programme and class.

    `heights` orders the classes of ratings (catalogue `rating_classes`, `rank`).
    """
    found: list[Check] = []
    if to.kind is SendingKind.POSTGRADUATE:
        found += [
            _service(who, to, figures), _ratings(who, to, figures, heights, "sending.rating_years"),
            *_age(who, to, figures, age_on), _commitment(to, figures), _field(to),
        ]  # fmt: skip
    if to.kind is SendingKind.ABROAD:
        found += [*_work_left(who, to, figures), _ratings(who, to, figures, heights, "sending.abroad_rating_years")]
    if to.course_kind is CourseKind.LEADERSHIP:
        found.append(_leadership(who, figures))
    found += _meant_for(who, to)
    found += [_certificate(who, to), _absent(who, to), _clash(who, to)]
    return found


def worst(found: Iterable[Check]) -> Result:
    """Return what the checks come to: unmet, else unknown, else warn, else met."""
    results = {one.result for one in found}
    return next((one for one in (Result.UNMET, Result.UNKNOWN, Result.WARN) if one in results), Result.MET)


def priorities(who: Candidate, on: date, figures: Figures) -> list[tuple[Priority, Reason]]:
    """Return why somebody comes first on a day, the weightiest first."""
    found: list[tuple[Priority, Reason]] = [
        (Priority.OVERDUE, Reason(N_("Quá hạn: %(what)s."), what, "", {"what": what})) for what in who.overdue
    ]
    months = whole(figures, "sending.child_months")
    if who.woman and months is not None:
        young = [born for born in who.children_born if add_months(born.latest(), months) > on]
        if young:
            sure = any(add_months(born.earliest(), months) > on for born in young)
            text = (
                N_("Con sinh %(born)s, dưới %(months)s tháng tuổi ngày %(day)s.")
                if sure
                else N_("Con sinh %(born)s, có thể dưới %(months)s tháng tuổi ngày %(day)s: cần giấy khai sinh.")
            )
            params = {"born": max(young, key=lambda one: one.latest()), "months": months, "day": on}
            source = figures["sending.child_months"].source
            found.append((Priority.CHILD, Reason(text, "", source, params)))
    if who.minority:
        found.append((Priority.MINORITY, Reason(N_("Là người dân tộc thiểu số."), "", PRIORITY)))
    found += [(Priority.GAP, Reason(N_("Còn thiếu: %(what)s."), what, "", {"what": what})) for what in who.gaps]
    return found


def precedence(found: Sequence[tuple[Priority, Reason]]) -> tuple[int, ...]:
    """Return a key that sorts who comes first to the front: more of the weightiest, then of the next."""
    return tuple(-sum(one is wanted for one, _reason in found) for wanted in Priority)


def leadership_due(appointed_on: date, figures: Figures) -> tuple[date | None, Reason]:
    """Return the last day of the leadership course after an appointment, None for one the decree exempts, and why."""
    months = whole(figures, "sending.leadership_months") or 0
    before = figures.get("sending.leadership_exempt_before")
    if before is not None and appointed_on < date.fromisoformat(before.value):
        text = N_("Bổ nhiệm ngày %(day)s, trước %(limit)s: không bắt buộc.")
        params = {"day": appointed_on, "limit": date.fromisoformat(before.value)}
        return None, Reason(text, "", before.source, params)
    last = add_months(appointed_on, months)
    text = N_("Bổ nhiệm ngày %(day)s: học trong %(months)s tháng, chậm nhất %(last)s.")
    source = figures["sending.leadership_months"].source if months else POSTGRADUATE
    return last, Reason(text, last.isoformat(), source, {"day": appointed_on, "months": months, "last": last})


def _silent(code: str, words: str, text: str, source: str) -> Check:
    return Check(code, words, Result.UNKNOWN, Reason(text, "", source))


def _service(who: Candidate, to: Sending, figures: Figures) -> Check:
    words, source = N_("Đủ thời gian công tác"), figures["sending.service_years"].source
    if who.joined_on is None:
        return _silent("service", words, N_("Hồ sơ chưa có ngày tuyển dụng."), source)
    years = whole(figures, "sending.service_years") or 0
    months = max(months_between(who.joined_on, to.starts_on), 0)
    text = N_("Công tác từ %(joined)s: %(had)s năm %(rest)s tháng khi khóa học bắt đầu; cần từ đủ %(years)s năm.")
    params = {"joined": who.joined_on, "had": months // 12, "rest": months % 12, "years": years}
    result = Result.MET if months >= years * 12 else Result.UNMET
    return Check("service", words, result, Reason(text, str(months), source, params))


def _ratings(who: Candidate, to: Sending, figures: Figures, heights: Mapping[str, int], key: str) -> Check:
    words = N_("Xếp loại hoàn thành tốt nhiệm vụ trở lên các năm liền trước")
    count, least, source = whole(figures, key) or 0, figures["sending.rating_least"].value, figures[key].source
    wanted = range(to.starts_on.year - count, to.starts_on.year)
    shown = ", ".join(map(str, wanted))
    low = [year for year in wanted if year in who.ratings and heights.get(who.ratings[year], 0) < heights[least]]
    if low:
        text = N_("Năm %(years)s xếp loại dưới mức hoàn thành tốt nhiệm vụ.")
        params = {"years": ", ".join(map(str, low))}
        return Check("ratings", words, Result.UNMET, Reason(text, "", source, params))
    unrated = [year for year in wanted if year not in who.ratings]
    if unrated:
        text = N_("Hồ sơ chưa có xếp loại năm %(years)s.")
        params = {"years": ", ".join(map(str, unrated))}
        return Check("ratings", words, Result.UNKNOWN, Reason(text, "", source, params))
    text = N_("Năm %(years)s đều từ mức hoàn thành tốt nhiệm vụ.")
    return Check("ratings", words, Result.MET, Reason(text, "", source, {"years": shown}))


def _age(who: Candidate, to: Sending, figures: Figures, age_on: AgeOn) -> list[Check]:
    if not to.first:
        return []
    words, source = N_("Không quá tuổi khi được cử lần đầu"), figures["sending.most_age"].source
    if who.born is None:
        return [_silent("age", words, N_("Hồ sơ chưa có ngày sinh."), source)]
    most = whole(figures, "sending.most_age") or 0
    day = to.starts_on if age_on is AgeOn.STARTS else to.decided_on or to.starts_on
    oldest = months_between(who.born.earliest(), day) // 12
    youngest = months_between(who.born.latest(), day) // 12
    text = N_("Sinh %(born)s, %(age)s tuổi ngày %(day)s (%(which)s); tối đa %(most)s tuổi.")
    params = {"born": who.born, "age": oldest, "day": day, "which": AGE_ON_LABELS[age_on], "most": most}
    result = Result.MET if oldest <= most else Result.UNMET if youngest > most else Result.UNKNOWN
    return [Check("age", words, result, Reason(text, str(oldest), source, params))]


def _commitment(to: Sending, figures: Figures) -> Check:
    words = N_("Cam kết phục vụ sau khóa học")
    months = course_months(to.starts_on, to.ends_on)
    asked = committed_at_least(months, figures)
    if asked is None:
        return _silent("commitment", words, N_("Pháp luật của ngày này không quy định số tháng cam kết."), POSTGRADUATE)
    least, reason = asked
    if to.commitment_months is None:
        return Check("commitment", words, Result.UNKNOWN, reason)
    return Check("commitment", words, Result.MET if to.commitment_months >= least else Result.UNMET, reason)


def _field(to: Sending) -> Check:
    words = N_("Ngành học phù hợp vị trí việc làm")
    if to.field_fits is None:
        return _silent("field", words, N_("Cơ quan chưa xác nhận ngành học phù hợp vị trí việc làm."), POSTGRADUATE)
    if to.field_fits:
        return Check("field", words, Result.MET, Reason(N_("Cơ quan xác nhận phù hợp."), "", POSTGRADUATE))
    return Check("field", words, Result.UNMET, Reason(N_("Cơ quan xác nhận không phù hợp."), "", POSTGRADUATE))


def _work_left(who: Candidate, to: Sending, figures: Figures) -> list[Check]:
    words = N_("Còn đủ thời gian công tác trước khi nghỉ hưu")
    length = months_between(to.starts_on, to.ends_on + timedelta(days=1))
    left = next(
        (
            f"sending.abroad_{which}_left_months"
            for which in ("short", "long")
            if length < (whole(figures, f"sending.abroad_{which}_under_months") or 0)
        ),
        None,
    )
    if left is None:
        # From twelve months on the decree's conditions are those of a degree.
        return []
    source, least = figures[left].source, whole(figures, left) or 0
    if who.retires_on is None:
        return [_silent("work_left", words, N_("Chưa tính được ngày nghỉ hưu: hồ sơ thiếu ngày sinh."), source)]
    months = max(months_between(to.starts_on, who.retires_on + timedelta(days=1)), 0)
    text = N_("Nghỉ hưu hết ngày %(day)s: còn %(months)s tháng từ khi khóa học bắt đầu; cần từ %(least)s tháng.")
    params = {"day": who.retires_on, "months": months, "least": least}
    result = Result.MET if months >= least else Result.UNMET
    return [Check("work_left", words, result, Reason(text, str(months), source, params))]


def _leadership(who: Candidate, figures: Figures) -> Check:
    words = N_("Thuộc diện phải học chương trình lãnh đạo, quản lý")
    if who.post is None or who.appointed_on is None:
        text = N_("Hồ sơ không có chức vụ lãnh đạo, quản lý đang giữ.")
        return Check("leadership", words, Result.WARN, Reason(text))
    due, reason = leadership_due(who.appointed_on, figures)
    # Past the day it is overdue, which is one more reason to send.
    return Check("leadership", words, Result.WARN if due is None else Result.MET, reason)


def _meant_for(who: Candidate, to: Sending) -> list[Check]:
    found = []
    for code, words, value, wanted, silent in (
        ("kind", N_("Đúng loại cán bộ của chương trình"), who.kind, to.kinds, N_("Hồ sơ chưa ghi loại cán bộ.")),
        ("rank", N_("Đúng ngạch, hạng của chương trình"), who.rank, to.ranks, N_("Hồ sơ chưa ghi ngạch, hạng.")),
        ("position", N_("Đúng vị trí việc làm của chương trình"), who.position, to.positions,
         N_("Chưa được bố trí vị trí việc làm.")),
        ("post", N_("Đúng chức vụ của chương trình"), who.post, to.posts, N_("Không giữ chức vụ nào.")),
    ):  # fmt: skip
        if not wanted:
            continue
        if value is None:
            # Who holds no post certainly holds none of those meant; other facts may only be missing.
            found.append(Check(code, words, Result.UNMET if code == "post" else Result.UNKNOWN, Reason(silent)))
        elif value in wanted:
            found.append(Check(code, words, Result.MET, Reason(N_("Thuộc đối tượng của chương trình."), value)))
        else:
            text = N_("Không thuộc đối tượng của chương trình.")
            found.append(Check(code, words, Result.UNMET, Reason(text, value)))
    return found


def _certificate(who: Candidate, to: Sending) -> Check:
    words = N_("Chưa có chứng chỉ còn hiệu lực của chương trình")
    valid = [
        held
        for held in who.held
        if held.course == to.course
        and held.valid_from <= to.starts_on
        and (held.valid_to is None or held.valid_to > to.starts_on)
    ]
    if not valid:
        return Check("certificate", words, Result.MET, Reason(N_("Chưa có, hoặc hết hạn trước khi lớp bắt đầu.")))
    text = N_("Đã có chứng chỉ từ ngày %(day)s, còn hiệu lực.")
    return Check("certificate", words, Result.WARN, Reason(text, "", "", {"day": valid[0].valid_from}))


def _overlaps(busy: Busy, to: Sending) -> bool:
    return busy.starts_on <= to.ends_on and (busy.ends_on is None or busy.ends_on >= to.starts_on)


def _absent(who: Candidate, to: Sending) -> Check:
    words = N_("Không nghỉ trong những ngày của lớp")
    for busy in who.absences:
        if _overlaps(busy, to):
            text = (
                N_("%(what)s từ %(start)s đến %(end)s.")
                if busy.ends_on
                else N_("%(what)s từ %(start)s, chưa có ngày kết thúc.")
            )
            params = {"what": busy.words, "start": busy.starts_on, "end": busy.ends_on}
            return Check("absent", words, Result.UNMET, Reason(text, "", "", params))
    return Check("absent", words, Result.MET, Reason(N_("Hồ sơ không ghi thời gian nghỉ trùng với lớp.")))


def _clash(who: Candidate, to: Sending) -> Check:
    words = N_("Không trùng lớp khác")
    for busy in who.classes:
        if _overlaps(busy, to):
            text = N_("Trùng lớp “%(name)s” từ %(start)s đến %(end)s.")
            params = {"name": busy.words, "start": busy.starts_on, "end": busy.ends_on or busy.starts_on}
            return Check("clash", words, Result.UNMET, Reason(text, "", "", params))
    return Check("clash", words, Result.MET, Reason(N_("Không học lớp nào khác trong những ngày đó.")))
