"""What the kinds about moving, entering and leaving share: values read, the record at hand, words for the paper.

Changes, grounds and wording are Vietnamese whatever language their author reads in: they stand on the paper.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hrms.core import catalogues
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions import services as decisions
from hrms.decisions.kinds import Kind, Proposed, Subject
from hrms.decisions.models import Decision, SubmissionLine
from hrms.people.kinds.subjects import Gathered, Place, gather
from hrms.people.kinds.writing import Written, write
from hrms.people.models import Person, PersonPaper
from hrms.people.queries import codes, law
from hrms.people.rules.kinds import KIND_LABELS, STATUS_LABELS, EmploymentStatus, PersonKind
from hrms.people.rules.parameters import Parameter
from hrms.people.services import papers
from hrms.people.services.facts import tell
from hrms.people.services.locking import lock_person

# A law is cited by its name and day, a decree by number, day and issuer (NĐ 30/2020/NĐ-CP annex I, part I, II.6).
_CIVIL = (
    (N_("Căn cứ Luật Cán bộ, công chức ngày 24 tháng 6 năm 2025"), "80/2025/QH15"),
    (
        N_(
            "Căn cứ Nghị định số %(number)s ngày 30 tháng 6 năm 2025 của Chính phủ quy định về tuyển dụng, sử dụng và"
            " quản lý công chức"
        ),
        "170/2025/NĐ-CP",
    ),
)
_PUBLIC = (
    (N_("Căn cứ Luật Viên chức ngày 10 tháng 12 năm 2025"), "129/2025/QH15"),
    (
        N_(
            "Căn cứ Nghị định số %(number)s ngày 30 tháng 6 năm 2026 của Chính phủ quy định về tuyển dụng, sử dụng và"
            " quản lý viên chức"
        ),
        "259/2026/NĐ-CP",
    ),
)
_AMENDING = (
    N_(
        "Căn cứ Nghị định số %(number)s ngày 29 tháng 7 năm 2026 của Chính phủ sửa đổi, bổ sung Nghị định số"
        " 170/2025/NĐ-CP"
    ),
    "300/2026/NĐ-CP",
)
_AMENDED_FROM = date(2026, 8, 1)


@dataclass(slots=True)
class Known:
    """A person at hand: the record as `gather()` reads it, and what earlier decisions did that left no fact."""

    record: Gathered
    papers: Sequence[PersonPaper] = field(default_factory=tuple)

    def paper(self, kind: str) -> PersonPaper | None:
        """Return the latest paper of a kind that was not taken back."""
        return next((one for one in reversed(self.papers) if one.kind == kind and one.undone_by is None), None)


def known_of(proposed: Proposed) -> Known:
    """Return what is at hand of the person of a proposal."""
    found: Known = proposed.subject.facts
    return found


def day(values: Mapping[str, Any], name: str) -> date | None:
    """Return a date of a proposal."""
    given = values.get(name)
    return date.fromisoformat(given) if given else None


def whole(values: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of a proposal, None for none or what is no number."""
    given = str(values.get(name) or "").strip()
    return int(given) if given.isdigit() else None


def decimal(values: Mapping[str, Any], name: str) -> Decimal | None:
    """Return a coefficient of a proposal as typed ("0,35"), None for none or what is no number."""
    given = values.get(name)
    if given in {None, ""}:
        return None
    try:
        return parse_decimal(given)
    except BadNumber:
        return None


def check_decimal(values: Mapping[str, Any], name: str) -> list[Problem]:
    """Return what is wrong with a coefficient as typed."""
    if values.get(name) in {None, ""} or decimal(values, name) is not None:
        return []
    text = N_("Hệ số “%(value)s” không phải là số. Hãy ghi như 0,35.")
    return [Problem(name, "not_a_number", text, {"value": str(values[name])[:40]})]


def shown(moment: date) -> str:
    """Return a day as papers write it."""
    return f"{moment:%d/%m/%Y}"


def charged(name: str, *agencies: str) -> str:
    """Return the last article: who carries the decision out."""
    heads = ", ".join(dict.fromkeys(one for one in agencies if one)) or "cơ quan, đơn vị có liên quan"
    return f"Người đứng đầu {heads} và ông (bà) {name} chịu trách nhiệm thi hành Quyết định này."


def figures(proposed: Proposed) -> Mapping[str, Parameter]:
    """Return the figures of the law on the day of effect."""
    return law.parameters(proposed.effective_on)


def status_words(record: Gathered) -> str:
    """Return the employment status as the record shows it, a message id."""
    return STATUS_LABELS[EmploymentStatus(record.status)] if record.status else ""


def kind_words(kind: str | None) -> str:
    """Return the kind of person, a message id."""
    return KIND_LABELS[PersonKind(kind)] if kind else ""


def check_place(place: Place | None, on: date, name: str = "agency") -> list[Problem]:
    """Return what is wrong with an agency somebody is to go to."""
    if place is None:
        return [Problem(name, "required", N_("Chưa chọn cơ quan, đơn vị."))]
    if not place.is_open(on):
        text = N_("%(agency)s không hoạt động vào ngày %(day)s. Hãy chọn cơ quan khác hoặc sửa ngày hiệu lực.")
        return [Problem(name, "agency_closed", text, {"agency": place.name, "day": on})]
    return []


def check_in_service(record: Gathered, subject: Subject) -> list[Problem]:
    """Return why a person who is not on the rolls cannot be moved or leave."""
    if record.serves:
        return []
    text = N_("%(name)s không còn trong danh sách đang công tác (%(status)s).")
    params = {"name": subject.name, "status": status_words(record) or N_("chưa ghi tình trạng công tác")}
    return [Problem("people", "not_in_service", text, params)]


def usual_grounds(kind: str | None, on: date) -> list[Reason]:
    """Return law and decrees a decision about a person of a kind rests on, in the order they are printed."""
    if kind == PersonKind.PUBLIC_EMPLOYEE:
        lines = [*_PUBLIC]
    else:
        lines = [*_CIVIL, _AMENDING] if on >= _AMENDED_FROM else [*_CIVIL]
    return [Reason(text, "", number, {"number": number}) for text, number in lines]


def day_before(on: date) -> date:
    """Return the last day of what ends on the day of effect of a decision."""
    return on - timedelta(days=1)


class AboutPeople(Kind):
    """A kind of this domain: the record gathered set-based, checked again under the lock, written set-based."""

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person on the day; five statements, and the tree once."""
        del values
        found = gather(person_ids, on)
        told = papers.of_people(found)
        for person_id, subject in found.items():
            found[person_id] = replace(subject, facts=Known(subject.facts, told[person_id]))
        return found

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return law and decrees."""
        return usual_grounds(proposed.subject.person_kind, proposed.effective_on)

    @abstractmethod
    def written(self, proposed: Proposed) -> Written:
        """Return what the decision makes true of the person."""

    def note(self, proposed: Proposed) -> papers.Note:
        """Return what is kept of the decision beside the facts."""
        return papers.Note(proposed.subject.person_id, self.code)

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write the facts of everybody, after looking again under the lock; nothing is half done."""
        again = self.look_again(actor, [proposed for _line, proposed in lines])
        write(actor, decision, [self.written(one) for one in again])
        papers.record(actor, decision, [self.note(one) for one in again])
        self.open_paper(actor, decision, again)

    def look_again(self, actor: Actor, proposed: Sequence[Proposed]) -> list[Proposed]:
        """Lock the people in the order of their ids, gather them anew and refuse what contradicts itself by now."""
        actor.require(Permission.PEOPLE_FACT)
        ids = sorted(one.subject.person_id for one in proposed)
        db.session.execute(select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update())
        first = proposed[0]
        fresh = self.subjects(ids, first.effective_on, first.values)
        again = [Proposed(fresh[one.subject.person_id], one.values, one.effective_on) for one in proposed]
        refuse_if([named(problem, one.subject.name) for one in again for problem in self.problems(one)])
        return again

    def open_paper(self, actor: Actor, decision: Decision, proposed: Sequence[Proposed]) -> None:
        """Let those who see the people see a decision that may have made no fact, and tell the trail of it."""
        for one in proposed:
            if self.written(one).facts or self.written(one).endings:
                continue
            person = lock_person(actor, Permission.PEOPLE_FACT, one.subject.person_id)
            decisions.cite(actor, decision, person.scope_ids)
            after = {"decision": decision.reference, "decision_id": decision.id, "paper": self.label}
            tell(actor, person, "person.paper_noted", [{"before": None, "after": after, "reason": None}])


def named(problem: Problem, name: str) -> Problem:
    """Return the problem with the person's name before it: of a list one must know whom it is about."""
    if problem.params.get("name") == name:
        return problem
    params = {"name": name, "sentence": render(problem)}
    return Problem(problem.field, problem.code, N_("%(name)s: %(sentence)s"), params, problem.severity)


def post_name(code: str) -> str:
    """Return the Vietnamese name of a leadership post."""
    found = catalogues.items("leadership_posts").get(code)
    return found.name_vi if found else code


def post_choices() -> list[tuple[str, str]]:
    """Return the leadership posts of the catalogue."""
    return codes.choices("leadership_posts", empty=False)


def rank_choices() -> list[tuple[str, str]]:
    """Return the ranks and professional titles."""
    return codes.choices("ranks", empty=False)
