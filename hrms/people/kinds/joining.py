"""Recruitment (tuyển dụng), the work contract that replaces it for public employees, and reception without an exam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from hrms.core import clock
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Proposed, Subject, Wording
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds.common import (
    AboutPeople,
    charged,
    check_place,
    day,
    figures,
    kind_words,
    known_of,
    rank_choices,
    shown,
    whole,
)
from hrms.people.kinds.subjects import Place
from hrms.people.kinds.writing import Written
from hrms.people.queries import law
from hrms.people.rules import joining
from hrms.people.rules.joining import Group
from hrms.people.rules.joining import Reception as ReceptionCase
from hrms.people.rules.kinds import KIND_LABELS, EmploymentStatus, MembershipKind, PersonKind
from hrms.people.services import papers
from hrms.people.services.facts import Fact

_AGENCY = Field("agency", N_("Cơ quan, đơn vị sử dụng"), "agency")
_MANAGING = Field(
    "managing", N_("Cơ quan quản lý"), "agency", required=False, hint=N_("Bỏ trống: cơ quan sử dụng quản lý.")
)
_RANK = Field("rank_code", N_("Ngạch, chức danh nghề nghiệp"), "choice", choices=rank_choices, per_person=True)
_STEP = Field("step", N_("Bậc lương"), "text", required=False, per_person=True, hint=N_("Bỏ trống: bậc 1."))
_PUBLISHED = Field("published_on", N_("Ngày công bố kết quả"), "date", required=False)
_RESULT = Field(
    "result", N_("Văn bản phê duyệt kết quả"), "text", required=False, hint=N_("Số, ngày, cơ quan ban hành.")
)
_PROBATION = Field(
    "probation_months", N_("Thời gian tập sự (tháng)"), "months", required=False, per_person=True,
    hint=N_("Chỉ cho ngày hiệu lực khi luật còn quy định tập sự."),
)  # fmt: skip
STEPS_MOST = 16


@lru_cache
def reception_groups() -> Mapping[str, Group]:
    """Return who may be received without an exam, by code."""
    return joining.groups(law.rows("reception_groups"))


class Joining(AboutPeople):
    """What the three ways into the service share: status and kind, agencies, rank from the day on."""

    def person_kind(self, values: Mapping[str, Any]) -> PersonKind:
        """Return as what the person joins."""
        del values
        return PersonKind.CIVIL_SERVANT

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return the people as the agency that takes them in will have them: it is that agency's decision."""
        found = dict(super().subjects(person_ids, on, values))
        for person_id, subject in found.items():
            place, managing = self._places(known_of(Proposed(subject, values, on)).record.places, values)
            found[person_id] = replace(
                subject,
                person_kind=self.person_kind(values).value,
                using_agency_id=place.id if place else subject.using_agency_id,
                managing_agency_id=managing.id if managing else subject.managing_agency_id,
            )
        return found

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: serving as that already, a closed agency, a step that is none."""
        record, on = known_of(proposed).record, proposed.effective_on
        place, managing = self._places(record.places, proposed.values)
        found = check_place(place, on)
        if managing is not None and managing is not place:
            found += check_place(managing, on, "managing")
        status = record.one("status")
        kind = self.person_kind(proposed.values)
        if status is not None and record.serves and status.values["kind"] == kind and status.valid_from < on:
            text = N_("%(name)s đã là %(kind)s từ ngày %(day)s.")
            params = {"name": proposed.subject.name, "kind": KIND_LABELS[kind], "day": status.valid_from}
            found.append(Problem("people", "serving_already", text, params))
        given = proposed.values.get("step")
        if given and not 1 <= (whole(proposed.values, "step") or 0) <= STEPS_MOST:
            text = N_("Bậc lương “%(value)s” không đúng. Hãy ghi số từ 1 đến 16.")
            found.append(Problem("step", "no_such_step", text, {"value": str(given)[:40]}))
        rank = law.ranks().get(proposed.values.get("rank_code") or "")
        if rank is not None and rank.person_kind != kind:
            text = N_("Ngạch %(rank)s là của %(its)s, không phải %(kind)s. Hãy chọn ngạch khác.")
            params = {"rank": rank.code, "its": kind_words(rank.person_kind), "kind": KIND_LABELS[kind]}
            found.append(Problem("rank_code", "other_kind", text, params))
        months = whole(proposed.values, "probation_months")
        return [*found, *joining.check_probation(kind, months, on, figures(proposed))]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return kind, agencies and rank, old → new."""
        record = known_of(proposed).record
        place, managing = self._places(record.places, proposed.values)
        before = f"{kind_words(record.kind)}" if record.serves else None
        found = [
            Change(N_("Loại"), before, KIND_LABELS[self.person_kind(proposed.values)]),
            Change(N_("Cơ quan sử dụng"), record.using.name if record.using else None, place.name if place else None),
        ]
        if managing is not None and (record.managing is None or record.managing.id != managing.id):
            found.append(
                Change(N_("Cơ quan quản lý"), record.managing.name if record.managing else None, managing.name)
            )
        old = record.rank.values["rank_code"] if record.rank else None
        found.append(Change(N_("Ngạch, chức danh nghề nghiệp"), old, self._rank_words(proposed)))
        return found

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the paper says."""
        record, subject = known_of(proposed).record, proposed.subject
        place, _managing = self._places(record.places, proposed.values)
        there, on = place.name if place else "", shown(proposed.effective_on)
        born = f", sinh ngày {record.born.shown()}" if record.born else ""
        return Wording(
            self.summary(proposed),
            [
                f"{self.verb()} ông (bà) {subject.name}{born}, vào làm việc tại {there}, kể từ ngày {on}.",
                f"Ông (bà) {subject.name} được xếp {self._rank_words(proposed)}"
                + self._probation_words(proposed) + ".",
                charged(subject.name, there),
            ],
            ["Như điều cuối", there],
        )  # fmt: skip

    def verb(self) -> str:
        """Return how the first article begins."""
        return "Tuyển dụng"

    def summary(self, proposed: Proposed) -> str:
        """Return the subject of the paper."""
        kind = KIND_LABELS[self.person_kind(proposed.values)].lower()
        return f"Về việc {self.verb().lower()} {kind}"

    def written(self, proposed: Proposed) -> Written:
        """Return status and kind, agencies and rank from the day on."""
        record, values, on = known_of(proposed).record, proposed.values, proposed.effective_on
        place, managing = self._places(record.places, values)
        probation = bool(whole(values, "probation_months"))
        status = EmploymentStatus.PROBATION if probation else EmploymentStatus.SERVING
        facts = [Fact("status", {"status": status.value, "kind": self.person_kind(values).value}, on)]
        if place is not None and managing is not None:
            facts.append(Fact("agency", {"membership": MembershipKind.USING.value, "agency_id": place.id}, on))
            facts.append(Fact("agency", {"membership": MembershipKind.MANAGING.value, "agency_id": managing.id}, on))
        if values.get("rank_code"):
            rank = {"rank_code": values["rank_code"], "rank_since": on, "step": whole(values, "step") or 1,
                    "step_since": on}  # fmt: skip
            facts.append(Fact("rank", rank, on))
        return Written(proposed.subject.person_id, facts)

    def note(self, proposed: Proposed) -> papers.Note:
        """Return what is kept beside the facts."""
        names = ("probation_months", "group", "result", "published_on")
        kept = {name: proposed.values[name] for name in names if proposed.values.get(name)}
        return papers.Note(proposed.subject.person_id, self.code, values=kept)

    def _places(self, places: Any, values: Mapping[str, Any]) -> tuple[Place | None, Place | None]:
        place = places.get(values.get("agency"))
        return place, places.get(values.get("managing")) or (places.legal(place.id) if place else None)

    def _rank_words(self, proposed: Proposed) -> str:
        rank = law.ranks().get(proposed.values.get("rank_code") or "")
        step = whole(proposed.values, "step") or 1
        return f"{rank.name_vi} ({rank.code}), bậc {step}" if rank else ""

    def _probation_words(self, proposed: Proposed) -> str:
        months = whole(proposed.values, "probation_months")
        return f", thời gian tập sự {months} tháng" if months else ""


class Recruitment(Joining):
    """Tuyển dụng after an exam or a selection whose result was approved."""

    code = "recruitment"
    label = N_("Tuyển dụng")
    register_kind = DecisionKind.RECRUITMENT
    fields: ClassVar[tuple[Field, ...]] = (
        Field("person_kind", N_("Tuyển dụng vào"), "choice", choices=lambda: [
            (one.value, KIND_LABELS[one]) for one in (PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE)
        ]),
        _AGENCY, _MANAGING, _RESULT, _PUBLISHED, _RANK, _STEP, _PROBATION,
    )  # fmt: skip
    order = 10
    contract: ClassVar[bool] = False

    def person_kind(self, values: Mapping[str, Any]) -> PersonKind:
        """Return as what the person joins."""
        return PersonKind(values.get("person_kind") or PersonKind.CIVIL_SERVANT)

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: also a decision where the law wants a contract, and the other way round."""
        kind, on = self.person_kind(proposed.values), proposed.effective_on
        paper = joining.check_paper(kind, on, figures(proposed), contract=self.contract)
        return [*super().problems(proposed), *paper]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law: result, file, age, when the post is taken."""
        record, values, on = known_of(proposed).record, proposed.values, proposed.effective_on
        known, kind = figures(proposed), self.person_kind(values)
        published = day(values, "published_on")
        late = joining.takes_post_in_time(clock.today(), on, known)
        if self.contract:
            late = joining.contract_in_time(published, on, known, law.holidays().add)
        return [
            joining.result_approved(values.get("result"), kind),
            joining.file_complete(published, known),
            joining.old_enough(record.born, on, known),
            *late,
        ]


class WorkContract(Recruitment):
    """Hợp đồng làm việc: since 01/7/2026 it takes a public employee in, in the decision's place."""

    code = "work_contract"
    label = N_("Hợp đồng làm việc")
    fields: ClassVar[tuple[Field, ...]] = (_AGENCY, _MANAGING, _RESULT, _PUBLISHED, _RANK, _STEP)
    symbol = "HĐLV"
    order = 12
    contract: ClassVar[bool] = True

    def person_kind(self, values: Mapping[str, Any]) -> PersonKind:
        """Return as what the person joins."""
        del values
        return PersonKind.PUBLIC_EMPLOYEE

    def summary(self, proposed: Proposed) -> str:
        """Return the subject of the paper."""
        return f"Hợp đồng làm việc với ông (bà) {proposed.subject.name}"


class Reception(Joining):
    """Tiếp nhận vào làm công chức, without an exam."""

    code = "reception"
    label = N_("Tiếp nhận")
    register_kind = DecisionKind.RECEPTION
    fields: ClassVar[tuple[Field, ...]] = (
        _AGENCY, _MANAGING,
        Field("group", N_("Đối tượng tiếp nhận"), "choice", per_person=True, choices=lambda: [
            (one.code, one.name) for one in reception_groups().values()
        ]),
        Field("service_months", N_("Thời gian công tác đủ điều kiện (tháng)"), "months", required=False,
              per_person=True),
        _RANK, _STEP,
    )  # fmt: skip
    order = 14

    def verb(self) -> str:
        """Return how the first article begins."""
        return "Tiếp nhận"

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: also a group that the law of the day does not know."""
        group = reception_groups().get(proposed.values.get("group") or "")
        return [*super().problems(proposed), *joining.check_group(group, proposed.effective_on)]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions by the text in force on the day."""
        values, on = proposed.values, proposed.effective_on
        group = reception_groups().get(values.get("group") or "")
        case = ReceptionCase(on, group, whole(values, "service_months"))
        record = known_of(proposed).record
        known = figures(proposed)
        return [*joining.reception_conditions(case, known), joining.old_enough(record.born, on, known)]


KINDS = (Recruitment(), WorkContract(), Reception())
