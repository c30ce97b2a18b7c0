"""Transfer (điều động), rotation (luân chuyển), secondment (biệt phái) and the return from it, as kinds of decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Proposed, Wording
from hrms.decisions.rules.conditions import Change, Condition, Outcome
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds.common import (
    AboutPeople,
    charged,
    check_decimal,
    check_in_service,
    check_place,
    day,
    day_before,
    decimal,
    figures,
    known_of,
    post_choices,
    post_name,
    shown,
    status_words,
)
from hrms.people.kinds.subjects import Gathered, Place
from hrms.people.kinds.writing import Ending, Written
from hrms.people.queries import law
from hrms.people.rules import moving
from hrms.people.rules.kinds import MembershipKind
from hrms.people.rules.moving import Stay
from hrms.people.services import papers
from hrms.people.services.facts import Fact

SECONDED = MembershipKind.SECONDED_IN.value
_AGENCY = Field("agency", N_("Cơ quan, đơn vị tiếp nhận"), "agency")
_MANAGING = Field(
    "managing", N_("Cơ quan quản lý sau khi chuyển"), "agency", required=False,
    hint=N_("Bỏ trống: giữ cơ quan quản lý nếu là cấp trên của nơi đến, không thì là nơi đến."),
)  # fmt: skip
_POST = Field(
    "post", N_("Chức vụ tại nơi đến"), "post", required=False, choices=post_choices, per_person=True,
    hint=N_("Bằng hoặc thấp hơn chức vụ đang giữ; bỏ trống: không giữ chức vụ."),
)  # fmt: skip
_COEFFICIENT = Field(
    "post_coefficient", N_("Hệ số phụ cấp chức vụ"), "text", required=False, per_person=True, hint=N_("Như 0,35.")
)


class Transfer(AboutPeople):
    """Điều động: another agency uses the person from the day on, and manages them where it is another's."""

    code = "transfer"
    label = N_("Điều động")
    register_kind = DecisionKind.TRANSFER
    fields: ClassVar[tuple[Field, ...]] = (_AGENCY, _MANAGING, _POST, _COEFFICIENT)
    order = 50
    verb = "Điều động"

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: the agency they are at already, a higher post, a secondment under way."""
        record, values, on = known_of(proposed).record, proposed.values, proposed.effective_on
        place = record.places.get(values.get("agency"))
        found = [
            *check_in_service(record, proposed.subject),
            *check_place(place, on),
            *check_decimal(values, "post_coefficient"),
        ]
        using = record.using
        if place is not None and using is not None and place.id == using.id:
            text = N_("%(name)s đang công tác tại %(agency)s. Hãy chọn nơi khác.")
            found.append(
                Problem("agency", "there_already", text, {"name": proposed.subject.name, "agency": place.name})
            )
        stay = record.one("agency", membership=SECONDED)
        if stay is not None:
            text = N_("%(name)s đang biệt phái. Hãy ra quyết định thôi biệt phái trước.")
            found.append(Problem("people", "seconded", text, {"name": proposed.subject.name}))
        if values.get("post") and not found:
            found += moving.higher_post(_held(record), self._coefficient(proposed))
        return found

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law."""
        record = known_of(proposed).record
        place = record.places.get(proposed.values.get("agency"))
        return [
            moving.in_service(record.serves, status_words(record)),
            moving.receiver_agrees(place.name if place else ""),
            moving.fits_position(),
        ]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the agencies and the post, old → new."""
        record, values = known_of(proposed).record, proposed.values
        place, managing = self._goes_to(proposed)
        found = [Change(N_("Cơ quan sử dụng"), _name(record.using), _name(place))]
        if managing is not None and (record.managing is None or managing.id != record.managing.id):
            found.append(Change(N_("Cơ quan quản lý"), _name(record.managing), managing.name))
        post = record.main_post
        new = _post_name(values.get("post"))
        if post is not None or new:
            found.append(Change(N_("Chức vụ"), post.name if post else None, new))
        stretches = self._stretches(proposed) if new else []
        old = _coefficient_words(_held(record))
        if new:
            found.append(Change(N_("Hệ số phụ cấp chức vụ"), old, "; ".join(_stretch(one) for one in stretches)))
        return found

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, subject = known_of(proposed).record, proposed.subject
        place, managing = self._goes_to(proposed)
        there, here = _name(place) or "", _name(record.using) or ""
        articles = [self._first_article(proposed, here, there)]
        if len(stretches := self._stretches(proposed)) > 1 and proposed.values.get("post"):
            old, new = stretches
            articles.append(
                f"Ông (bà) {subject.name} được hưởng hệ số phụ cấp chức vụ {_coefficient_words(old.coefficient)}"
                f" đến hết ngày {shown(day_before(new.start))}, từ ngày {shown(new.start)} hưởng hệ số"
                f" {_coefficient_words(new.coefficient)}."
            )
        articles.append(charged(subject.name, here, there))
        receivers = [here, there, *([managing.name] if managing and managing.name not in {here, there} else [])]
        return Wording(f"Về việc {self.verb.lower()} công chức, viên chức", articles, ["Như điều cuối", *receivers])

    def written(self, proposed: Proposed) -> Written:
        """Return the agencies from the day on, and the post there, or the end of the one held."""
        record, values, on = known_of(proposed).record, proposed.values, proposed.effective_on
        place, managing = self._goes_to(proposed)
        facts: list[Fact] = []
        if place is not None:
            facts.append(Fact("agency", {"membership": MembershipKind.USING.value, "agency_id": place.id}, on))
        if managing is not None and (record.managing is None or managing.id != record.managing.id):
            facts.append(Fact("agency", {"membership": MembershipKind.MANAGING.value, "agency_id": managing.id}, on))
        endings = []
        if values.get("post"):
            facts += [
                Fact("post", self._post(proposed, place, one.coefficient), one.start, one.end)
                for one in self._stretches(proposed)
            ]
        elif record.main_post is not None:
            endings.append(Ending("post", {"slot": 0}, on))
        return Written(proposed.subject.person_id, facts, endings)

    def note(self, proposed: Proposed) -> papers.Note:
        """Return what is kept beside the facts: the last day of a term."""
        return papers.Note(proposed.subject.person_id, self.code, self.until(proposed))

    def until(self, proposed: Proposed) -> date | None:
        """Return the last day of the term; a transfer has none."""
        del proposed
        return None

    def _first_article(self, proposed: Proposed, here: str, there: str) -> str:
        post = _post_name(proposed.values.get("post"))
        more = f", giữ chức vụ {post}" if post else ""
        return (
            f"{self.verb} ông (bà) {proposed.subject.name}, {here}, đến công tác tại {there}{more} kể từ ngày"
            f" {shown(proposed.effective_on)}{self._term(proposed)}."
        )

    def _term(self, proposed: Proposed) -> str:
        until = self.until(proposed)
        return f" đến hết ngày {shown(until)}" if until else ""

    def _goes_to(self, proposed: Proposed) -> tuple[Place | None, Place | None]:
        """Return the agency that uses and the one that manages the person afterwards."""
        record, values = known_of(proposed).record, proposed.values
        place = record.places.get(values.get("agency"))
        managing = record.places.get(values.get("managing"))
        if managing is None and place is not None:
            now = record.managing
            managing = (
                now if now is not None and record.places.inside(place.id, now.id) else record.places.legal(place.id)
            )
        return place, managing

    def _coefficient(self, proposed: Proposed) -> Decimal | None:
        given = decimal(proposed.values, "post_coefficient")
        if given is not None:
            return given
        known = law.post_coefficients(proposed.values.get("post") or "", proposed.effective_on)
        return min((one.coefficient for one in known.values()), default=None)

    def _stretches(self, proposed: Proposed) -> list[moving.Stretch]:
        held = _held(known_of(proposed).record)
        return moving.kept_allowance(held, self._coefficient(proposed), proposed.effective_on, figures(proposed))

    def _post(self, proposed: Proposed, place: Place | None, coefficient: Decimal | None) -> dict[str, Any]:
        code = proposed.values["post"]
        return {
            "slot": 0, "post_code": code, "post_name": _post_name(code), "agency_id": place.id if place else None,
            "appointed_on": proposed.effective_on, "term_until": self.until(proposed), "coefficient": coefficient,
        }  # fmt: skip


class Rotation(Transfer):
    """Luân chuyển: for a term of at least 36 months, after which the person is arranged anew."""

    code = "rotation"
    label = N_("Luân chuyển")
    register_kind = DecisionKind.ROTATION
    fields: ClassVar[tuple[Field, ...]] = (
        _AGENCY, _MANAGING, Field("last_day", N_("Ngày cuối của thời hạn luân chuyển"), "date"), _POST, _COEFFICIENT,
    )  # fmt: skip
    order = 52
    verb = "Luân chuyển"

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: the term too."""
        return [*super().problems(proposed), *moving.check_term(proposed.effective_on, self.until(proposed))]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law: length of the term, planning."""
        record, until = known_of(proposed).record, self.until(proposed)
        length = moving.rotation_length(proposed.effective_on, until, figures(proposed)) if until else []
        return [*super().conditions(proposed), *length, moving.rotation_planned(record.planned_post)]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the agencies, the post and the term."""
        until = self.until(proposed)
        term = [Change(N_("Thời hạn luân chuyển"), None, f"đến hết {shown(until)}")] if until else []
        return [*super().changes(proposed), *term]

    def until(self, proposed: Proposed) -> date | None:
        """Return the last day of the term."""
        return day(proposed.values, "last_day")


class Secondment(AboutPeople):
    """Biệt phái: works for, is assigned and scored by the receiver; the sender pays and counts."""

    code = "secondment"
    label = N_("Biệt phái")
    register_kind = DecisionKind.SECONDMENT
    fields: ClassVar[tuple[Field, ...]] = (
        Field("agency", N_("Cơ quan, đơn vị nhận biệt phái"), "agency"),
        Field("last_day", N_("Ngày cuối của thời hạn biệt phái"), "date"),
        Field("urgent", N_("Nhiệm vụ đột xuất, cấp bách chưa hoàn thành"), "yes_no", required=False),
        Field("task", N_("Nhiệm vụ biệt phái"), "long_text", required=False),
    )
    order = 54

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: the end before the start, the own agency, another secondment."""
        record, on = known_of(proposed).record, proposed.effective_on
        place, until = record.places.get(proposed.values.get("agency")), day(proposed.values, "last_day")
        found = [*check_in_service(record, proposed.subject), *check_place(place, on), *moving.check_term(on, until)]
        using = record.places.legal(record.using.id) if record.using else None
        there = record.places.legal(place.id) if place else None
        if using is not None and there is not None and using.id == there.id:
            text = N_("%(agency)s là cơ quan đang sử dụng. Biệt phái là đến cơ quan khác.")
            found.append(Problem("agency", "own_agency", text, {"agency": there.name}))
        if place is not None and until is not None and until >= on:
            found += moving.overlapping(_stays(record), Stay(place.id, on, until + timedelta(days=1)))
        return found

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law: agreement, length; the sender pays whatever is written."""
        record = known_of(proposed).record
        place, until = record.places.get(proposed.values.get("agency")), day(proposed.values, "last_day")
        found = [moving.in_service(record.serves, status_words(record)), moving.receiver_agrees(_name(place) or "")]
        if place is not None and until is not None:
            new = Stay(place.id, proposed.effective_on, until + timedelta(days=1))
            urgent = bool(proposed.values.get("urgent"))
            found += moving.secondment_length(_stays(record), new, figures(proposed), urgent=urgent)
        found.append(
            Condition(
                "sender_pays", N_("Cơ quan cử biệt phái trả lương và tính biên chế"), Outcome.MET, moving.SENDER_PAYS,
                N_("%(agency)s"), {"agency": _name(record.using) or ""}, blocking=False,
            )
        )  # fmt: skip
        return found

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return where the person is seconded to, and until when."""
        record = known_of(proposed).record
        place, until = record.places.get(proposed.values.get("agency")), day(proposed.values, "last_day")
        words = f"{_name(place) or ''}, đến hết {shown(until)}" if until else _name(place)
        now = record.member_of(SECONDED)
        return [Change(N_("Biệt phái đến"), _name(now), words)]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, subject = known_of(proposed).record, proposed.subject
        place, until = record.places.get(proposed.values.get("agency")), day(proposed.values, "last_day")
        here, there = _name(record.using) or "", _name(place) or ""
        task = proposed.values.get("task")
        term = f" đến hết ngày {shown(until)}" if until else ""
        first = (
            f"Biệt phái ông (bà) {subject.name}, {here}, đến làm việc tại {there} kể từ ngày"
            f" {shown(proposed.effective_on)}{term}."
        )
        second = (
            f"Trong thời gian biệt phái, ông (bà) {subject.name} chịu sự phân công, đánh giá của {there};"
            f" {here} trả lương và bảo đảm các quyền lợi khác."
        )
        articles = [first + (f" Nhiệm vụ: {task}." if task else ""), second, charged(subject.name, here, there)]
        return Wording("Về việc biệt phái công chức, viên chức", articles, ["Như điều cuối", here, there])

    def written(self, proposed: Proposed) -> Written:
        """Return the stay; managing and using agency remain."""
        record, until = known_of(proposed).record, day(proposed.values, "last_day")
        place = record.places.get(proposed.values.get("agency"))
        values = {"membership": SECONDED, "agency_id": place.id if place else None}
        end = until + timedelta(days=1) if until else None
        return Written(proposed.subject.person_id, [Fact("agency", values, proposed.effective_on, end)])

    def note(self, proposed: Proposed) -> papers.Note:
        """Return what is kept beside the fact: the task."""
        task = proposed.values.get("task")
        kept = {"task": task} if task else {}
        return papers.Note(proposed.subject.person_id, self.code, day(proposed.values, "last_day"), kept)


class SecondmentEnd(AboutPeople):
    """Thôi biệt phái before its term: the person is back from the day of effect on."""

    code = "secondment_end"
    label = N_("Thôi biệt phái")
    register_kind = DecisionKind.SECONDMENT
    fields: ClassVar[tuple[Field, ...]] = (Field("reason", N_("Lý do"), "long_text", required=False),)
    order = 56

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return why nothing ends: not on secondment on the day, or not begun."""
        record, on = known_of(proposed).record, proposed.effective_on
        stay = record.one("agency", on, membership=SECONDED)
        if stay is None:
            text = N_("%(name)s không biệt phái vào ngày %(day)s. Hãy kiểm tra lại ngày hiệu lực.")
            return [Problem("effective_on", "not_seconded", text, {"name": proposed.subject.name, "day": on})]
        if stay.valid_from == on:
            text = N_("Ngày %(day)s mới bắt đầu biệt phái. Hãy hủy bỏ quyết định biệt phái thay vì thôi biệt phái.")
            return [Problem("effective_on", "not_begun", text, {"day": on})]
        return []

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the one condition: the receiving agency was heard."""
        record = known_of(proposed).record
        place = record.member_of(SECONDED)
        return [moving.receiver_agrees(_name(place) or "")]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the last day of the stay, old → new."""
        stay = known_of(proposed).record.one("agency", proposed.effective_on, membership=SECONDED)
        if stay is None:
            return []
        until = f", đến hết {shown(day_before(stay.valid_to))}" if stay.valid_to else ""
        new = f"{stay.agency_name}, đến hết {shown(day_before(proposed.effective_on))}"
        return [Change(N_("Biệt phái đến"), f"{stay.agency_name}{until}", new)]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, subject = known_of(proposed).record, proposed.subject
        here, there = _name(record.using) or "", _name(record.member_of(SECONDED)) or ""
        first = (
            f"Ông (bà) {subject.name} thôi biệt phái tại {there}, trở về công tác tại {here} kể từ ngày"
            f" {shown(proposed.effective_on)}."
        )
        articles = [first, charged(subject.name, there, here)]
        return Wording("Về việc thôi biệt phái công chức, viên chức", articles, ["Như điều cuối", here, there])

    def written(self, proposed: Proposed) -> Written:
        """Return the end of the stay."""
        ending = Ending("agency", {"membership": SECONDED, "slot": 0}, proposed.effective_on)
        return Written(proposed.subject.person_id, endings=[ending])


def _name(place: Place | None) -> str | None:
    return place.name if place else None


def _held(record: Gathered) -> Decimal | None:
    post = record.main_post
    return post.coefficient if post else None


def _post_name(code: str | None) -> str | None:
    return post_name(code) if code else None


def _coefficient_words(value: Decimal | None) -> str | None:
    return f"{value:.2f}".replace(".", ",") if value is not None else None


def _stretch(one: moving.Stretch) -> str:
    words = _coefficient_words(one.coefficient) or ""
    return f"{words} đến hết {shown(day_before(one.end))}" if one.end else f"{words} từ {shown(one.start)}"


def _stays(record: Gathered) -> list[Stay]:
    return [
        Stay(fact.values["agency_id"], fact.valid_from, fact.valid_to)
        for fact in record.facts
        if fact.kind == "agency" and fact.values["membership"] == SECONDED
    ]


KINDS = (Transfer(), Rotation(), Secondment(), SecondmentEnd())
