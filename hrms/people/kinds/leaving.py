"""Leaving (thôi việc), retirement notice and retirement decision as kinds of decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from hrms.core import clock
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions.kinds import Field, Proposed, Wording
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds.common import (
    AboutPeople,
    charged,
    check_in_service,
    day,
    day_before,
    figures,
    known_of,
    shown,
    status_words,
)
from hrms.people.kinds.subjects import Gathered
from hrms.people.kinds.writing import Ending, Written
from hrms.people.rules import leaving, retiring
from hrms.people.rules.kinds import IN_SERVICE, STATUS_LABELS, EmploymentStatus, MembershipKind
from hrms.people.rules.leaving import CASE_LABELS, Case
from hrms.people.rules.retiring import DELAY_LABELS, Delay
from hrms.people.services import papers
from hrms.people.services.facts import Fact

NOTICE = "retirement_notice"


class OutOfService(AboutPeople):
    """What leaving and retirement share: the status from the day on, and the end of all that is held."""

    status: ClassVar[EmploymentStatus]

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: not in service on the day, or out of it by a later decision already."""
        record = known_of(proposed).record
        found = check_in_service(record, proposed.subject)
        later = [fact for fact in record.later("status") if fact.values["status"] not in IN_SERVICE]
        if later and not found:
            text = N_("%(name)s đã có quyết định %(status)s từ ngày %(day)s. Hãy hủy bỏ quyết định đó trước.")
            words = STATUS_LABELS[EmploymentStatus(later[-1].values["status"])].lower()
            params = {"name": proposed.subject.name, "status": words, "day": later[-1].valid_from}
            found.append(Problem("effective_on", "later_status", text, params))
        return found

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the status with its days, and what ends."""
        record, on = known_of(proposed).record, proposed.effective_on
        last = f", đến hết {shown(day_before(on))}"
        found = [
            Change(
                N_("Tình trạng công tác"), f"{status_words(record)}{last}",
                f"{STATUS_LABELS[self.status]}, từ {shown(on)}",
            )
        ]  # fmt: skip
        found += [
            Change(N_("Chức vụ"), post.name, None) for post in record.posts
        ] + [
            Change(N_("Kiêm nhiệm") if fact.values["membership"] == MembershipKind.CONCURRENT else N_("Biệt phái đến"),
                   fact.agency_name, None)
            for fact in record.in_force("agency") if fact.values["membership"] in _ENDING
        ]  # fmt: skip
        return found

    def written(self, proposed: Proposed) -> Written:
        """Return the status from the day on; posts, concurrent duties, secondment and allowances end the day before."""
        record, on = known_of(proposed).record, proposed.effective_on
        values = {"status": self.status.value, "kind": record.kind, "reason": self.reason(proposed)}
        return Written(proposed.subject.person_id, [Fact("status", values, on)], list(_endings(record, on)))

    def reason(self, proposed: Proposed) -> str | None:
        """Return why, as the fact says it."""
        del proposed
        return None


_ENDING = frozenset({MembershipKind.CONCURRENT.value, MembershipKind.SECONDED_IN.value})


def _endings(record: Gathered, on: date) -> list[Ending]:
    """Return the end of what is held on the day or would begin later; files stay with the agencies that keep them."""
    found = []
    for fact in record.facts:
        if fact.valid_to is not None and fact.valid_to <= on:
            continue
        values = fact.values
        start = max(on, fact.valid_from)
        if fact.kind == "post":
            found.append(Ending("post", {"slot": values["slot"]}, start))
        elif fact.kind == "agency" and values["membership"] in _ENDING:
            key = {"membership": values["membership"], "slot": values["slot"]}
            found.append(Ending("agency", key, start))
        elif fact.kind == "allowance":
            found.append(Ending("allowance", {"allowance_kind": values["allowance_kind"]}, start))
    return found


class Leaving(OutOfService):
    """Thôi việc: by own wish, or where the person does not meet the post or did not complete the work."""

    code = "leaving"
    label = N_("Thôi việc")
    register_kind = DecisionKind.LEAVING
    fields: ClassVar[tuple[Field, ...]] = (
        Field("case", N_("Lý do thôi việc"), "choice", per_person=True, choices=lambda: [
            (one.value, CASE_LABELS[one]) for one in Case
        ]),
        Field("asked_on", N_("Ngày nhận đơn"), "date", required=False, per_person=True),
        Field("rated_on", N_("Ngày có kết quả xếp loại"), "date", required=False, per_person=True),
    )  # fmt: skip
    order = 60
    status: ClassVar[EmploymentStatus] = EmploymentStatus.LEFT

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: no wish, a wish after leaving."""
        return [*super().problems(proposed), *leaving.check(self._case(proposed))]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions by the text in force on the day."""
        return leaving.conditions(self._case(proposed), figures(proposed), clock.today())

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says; severance is settled by pay."""
        subject, on = proposed.subject, proposed.effective_on
        using = known_of(proposed).record.using
        here = using.name if using else ""
        case = self._case(proposed).case
        why = CASE_LABELS[case].lower() if case else ""
        first = (
            f"Cho ông (bà) {subject.name}, {here}, thôi việc ({why}) kể từ ngày {shown(on)}; ngày làm việc cuối cùng là"
            f" {shown(day_before(on))}."
        )
        second = f"Ông (bà) {subject.name} được giải quyết trợ cấp thôi việc và chế độ bảo hiểm xã hội theo quy định."
        articles = [first, second, charged(subject.name, here)]
        return Wording("Về việc cho thôi việc", articles, ["Như điều cuối", here, "Cơ quan bảo hiểm xã hội"])

    def reason(self, proposed: Proposed) -> str | None:
        """Return why the person leaves."""
        case = self._case(proposed).case
        return CASE_LABELS[case] if case else None

    def note(self, proposed: Proposed) -> papers.Note:
        """Return what is kept beside the facts: why, and the days the clocks ran from."""
        kept = {name: proposed.values[name] for name in ("case", "asked_on", "rated_on") if proposed.values.get(name)}
        return papers.Note(proposed.subject.person_id, self.code, values=kept)

    def _case(self, proposed: Proposed) -> leaving.Leaving:
        values, known = proposed.values, known_of(proposed)
        case = Case(values["case"]) if values.get("case") in set(Case) else None
        noticed = known.paper(NOTICE) is not None
        return leaving.Leaving(case, proposed.effective_on, day(values, "asked_on"), day(values, "rated_on"), noticed)


class RetirementNotice(AboutPeople):
    """Thông báo nghỉ hưu (Mẫu 2): makes no fact, but starts the clocks and stands on the timeline."""

    code = NOTICE
    label = N_("Thông báo nghỉ hưu")
    register_kind = DecisionKind.RETIREMENT
    fields: ClassVar[tuple[Field, ...]] = (
        Field("retires_on", N_("Ngày làm việc cuối cùng"), "date", required=False, per_person=True,
              hint=N_("Bỏ trống: tính theo tuổi nghỉ hưu.")),
    )  # fmt: skip
    symbol = "TB"
    order = 70

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: given already, no day, a day before the notice."""
        known = known_of(proposed)
        given = known.paper(NOTICE) is not None
        found = check_in_service(known.record, proposed.subject)
        return [*found, *retiring.check_notice(_last_day(proposed), proposed.effective_on, given=given)]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions: the right day, in time."""
        last = _last_day(proposed)
        due = known_of(proposed).record.retirement
        return retiring.notice_conditions(last, proposed.effective_on, due) if last else []

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the day announced; nothing changes by it."""
        last = _last_day(proposed)
        return [Change(N_("Thông báo thời điểm nghỉ hưu"), None, f"hết ngày {shown(last)}" if last else None)]

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return law and decrees, and the rule of the age."""
        return [*super().grounds(proposed), _AGE]

    def wording(self, proposed: Proposed) -> Wording:
        """Return the notice in the order of Mẫu 2."""
        record, subject = known_of(proposed).record, proposed.subject
        last = _last_day(proposed)
        here = record.using.name if record.using else ""
        post = record.main_post
        return Wording(
            "Thông báo thời điểm nghỉ hưu",
            [
                f"Ông (bà): {subject.name}.",
                f"Ngày sinh: {record.born.shown() if record.born else ''}.",
                f"Chức vụ, chức danh: {post.name if post else 'không giữ chức vụ'}.",
                f"Đơn vị công tác: {here}.",
                f"Được nghỉ hưu kể từ ngày {shown(_next(last)) if last else ''}.",
            ],
            [f"Ông (bà) {subject.name}", here],
        )

    def written(self, proposed: Proposed) -> Written:
        """Return nothing: a notice makes no fact."""
        return Written(proposed.subject.person_id)

    def note(self, proposed: Proposed) -> papers.Note:
        """Return the day announced."""
        values = {"noticed_on": proposed.effective_on.isoformat()}
        return papers.Note(proposed.subject.person_id, self.code, _last_day(proposed), values)


class Retirement(OutOfService):
    """Quyết định nghỉ hưu (Mẫu 3): the day of effect is the first day of retirement."""

    code = "retirement"
    label = N_("Nghỉ hưu")
    register_kind = DecisionKind.RETIREMENT
    fields: ClassVar[tuple[Field, ...]] = (
        Field("delay_family", DELAY_LABELS[Delay.FAMILY], "yes_no", required=False, per_person=True,
              hint=N_("Lùi không quá 1 tháng.")),
        Field("delay_illness", DELAY_LABELS[Delay.ILLNESS], "yes_no", required=False, per_person=True,
              hint=N_("Lùi không quá 3 tháng.")),
        Field("delay_disease", DELAY_LABELS[Delay.DISEASE], "yes_no", required=False, per_person=True,
              hint=N_("Lùi không quá 6 tháng.")),
        Field("waived", N_("Không có nguyện vọng lùi thời điểm nghỉ hưu"), "yes_no", required=False, per_person=True),
        Field("earlier", N_("Được nghỉ hưu ở tuổi thấp hơn"), "yes_no", required=False, per_person=True),
    )  # fmt: skip
    order = 72
    status: ClassVar[EmploymentStatus] = EmploymentStatus.RETIRED

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions: age, delay, notice, in time."""
        return retiring.decision_conditions(self._case(proposed), figures(proposed), clock.today())

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return law and decrees, and the rule of the age."""
        return [*super().grounds(proposed), _AGE]

    def wording(self, proposed: Proposed) -> Wording:
        """Return the decision in the order of Mẫu 3."""
        record, subject, on = known_of(proposed).record, proposed.subject, proposed.effective_on
        here = record.using.name if record.using else ""
        post = record.main_post
        first = (
            f"Ông (bà) {subject.name}, số sổ bảo hiểm xã hội {record.social_insurance_no or '…'}, sinh ngày"
            f" {record.born.shown() if record.born else '…'}, nơi sinh {record.birth_place or '…'}, chức vụ"
            f" {post.name if post else 'không'}, đơn vị công tác {here}, nghỉ hưu kể từ ngày {shown(on)};"
            f" nơi cư trú sau khi nghỉ hưu: {record.current_address or '…'}."
        )
        second = "Bảo hiểm xã hội khu vực có trách nhiệm giải quyết chế độ bảo hiểm xã hội theo quy định."
        articles = [first, second, charged(subject.name, here)]
        return Wording("Về việc nghỉ hưu", articles, ["Như điều cuối", here, "Bảo hiểm xã hội khu vực"])

    def note(self, proposed: Proposed) -> papers.Note:
        """Return what is kept beside the facts: why it was put off."""
        kept = {"delays": [one.value for one in self._delays(proposed)]}
        return papers.Note(proposed.subject.person_id, self.code, day_before(proposed.effective_on), kept)

    def _delays(self, proposed: Proposed) -> list[Delay]:
        if proposed.values.get("waived"):
            return []
        return [one for one in Delay if proposed.values.get(f"delay_{one.value}")]

    def _case(self, proposed: Proposed) -> retiring.Retiring:
        known = known_of(proposed)
        notice = known.paper(NOTICE)
        noticed = notice.values.get("noticed_on") if notice else None
        return retiring.Retiring(
            proposed.effective_on, known.record.retirement, self._delays(proposed),
            date.fromisoformat(noticed) if noticed else None, bool(proposed.values.get("earlier")),
            known.record.social_insurance_no,
        )  # fmt: skip


_AGE = Reason(
    N_("Căn cứ Nghị định số %(number)s ngày 18 tháng 11 năm 2020 của Chính phủ quy định về tuổi nghỉ hưu"),
    "",
    "NĐ 135/2020/NĐ-CP",
    {"number": "135/2020/NĐ-CP"},
)


def _last_day(proposed: Proposed) -> date | None:
    due = known_of(proposed).record.retirement
    return day(proposed.values, "retires_on") or (due.retires_on if due else None)


def _next(last: date) -> date:
    return date.fromordinal(last.toordinal() + 1)


KINDS = (Leaving(), RetirementNotice(), Retirement())
