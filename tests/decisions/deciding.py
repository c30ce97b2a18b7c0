"""A kind of decision made up for tests of the path, and a table of decentralisation that names its parties.

The kind asks for a new telephone number: a fact so harmless that only the path itself is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import insert, select, text, update

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem, Reason
from hrms.core.unit import transaction
from hrms.decisions import kinds
from hrms.decisions.kinds import Field, Kind, Proposed, Subject, Wording
from hrms.decisions.models import DecentralisationRule, Decision, Submission, SubmissionLine
from hrms.decisions.rules import DecisionKind
from hrms.decisions.rules.conditions import Change, Condition, Outcome, Supplier
from hrms.decisions.services import path, submissions
from hrms.people.models import Person, PersonAgency
from tests.province import Province

DAY = date(2026, 12, 1)
P = Permission


class Telephone(Kind):
    """Gives people a telephone number. Its one condition: whoever has none in the record must have agreed."""

    code = "telephone"
    label = "Cấp số điện thoại"
    register_kind = DecisionKind.OTHER
    fields = (
        Field("number", "Số điện thoại", "text"),
        Field("until", "Đến ngày", "date", required=False),
        Field("room", "Phòng", "text", required=False, per_person=True),
    )

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        del on, values
        agency = (
            select(PersonAgency.person_id, PersonAgency.membership, PersonAgency.agency_id)
            .where(PersonAgency.person_id.in_(person_ids), PersonAgency.superseded_at.is_(None))
            .where(PersonAgency.valid_to.is_(None))
        )
        at: dict[int, dict[str, int]] = {}
        for row in db.session.execute(agency):
            at.setdefault(row.person_id, {})[row.membership] = row.agency_id
        people = db.session.scalars(
            select(Person).where(Person.id.in_(person_ids)).execution_options(populate_existing=True)
        )
        return {
            one.id: Subject(
                person_id=one.id, name=one.full_name, staff_code=one.staff_code, version=one.version,
                scope_ids=one.scope_ids, person_kind="civil_servant", post_group="none", rank_code=None,
                managing_agency_id=at.get(one.id, {}).get("managing"), using_agency_id=at.get(one.id, {}).get("using"),
                facts={"phone": one.phone, "position": one.job_position, "email": one.email},
            )
            for one in people
        }  # fmt: skip

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        until = proposed.values.get("until")
        if until and date.fromisoformat(until) <= proposed.effective_on:
            text_ = N_("Ngày kết thúc %(until)s không sau ngày có hiệu lực.")
            return [Problem("values.until", "ends_first", text_, {"until": until})]
        return ()

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        facts = proposed.subject.facts
        return (
            Condition("position", "Có vị trí việc làm", Outcome.MET if facts["position"] else Outcome.NOT_MET, "Điều 1",
                      supplier=Supplier.USING_AGENCY),
            Condition("consent", "Người được cấp %(what)s đồng ý", Outcome.UNKNOWN, "Điều 2 Quy chế", answerable=True,
                      params={"what": "số"}, supplier=Supplier.PERSON),
            Condition("email", "Có thư điện tử", Outcome.MET if facts["email"] else Outcome.NOT_MET, "Điều 3",
                      blocking=False),
        )  # fmt: skip

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        return (Change("Số điện thoại", proposed.subject.facts["phone"], proposed.values["number"]),)

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        del proposed
        return (Reason("Căn cứ Quy chế thử số 1;"),)

    def wording(self, proposed: Proposed) -> Wording:
        return Wording(f"Về việc cấp số điện thoại cho {proposed.subject.name}", ["Điều 1. Cấp số."])

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        actor.require(P.PEOPLE_FACT)
        for _line, proposed in lines:
            if proposed.values["number"] == "bad":
                raise ValueError(decision.reference)
        for _line, proposed in lines:
            db.session.execute(
                update(Person).where(Person.id == proposed.subject.person_id).values(phone=proposed.values["number"])
            )


@contextmanager
def telephones() -> Iterator[Telephone]:
    """Register the kind for the length of the block."""
    kind, before = Telephone(), dict(kinds._kinds)
    kinds.register(kind)
    try:
        yield kind
    finally:
        kinds._kinds.clear()
        kinds._kinds.update(before)


def rule(
    *, proposes: str = "using", appraises: str | None = "using", signs: str = "using", since: date = date(2025, 7, 1),
    **conditions: Any,
) -> int:  # fmt: skip
    """Add a row to the table of decentralisation; returns its id."""
    values = {
        "action": "telephone", "proposes": proposes, "appraises": appraises, "signs": signs, "valid_from": since,
        "source": "Quy chế thử", "mark": "P", **conditions,
    }  # fmt: skip
    with scope.everything():
        made: int = db.session.execute(
            insert(DecentralisationRule).values(**values).returning(DecentralisationRule.id)
        ).scalar_one()
        db.session.commit()
    return made


def consent(province: Province, submission: Submission) -> None:
    """Vouch for everybody's consent, as the proposer."""
    with transaction():
        submissions.answer(
            province.enter("tochuc", P.DECISIONS_PROPOSE),
            submission.id,
            "consent",
            met=True,
            note="Biên bản 12/11/2026",
        )


def propose(
    province: Province, *names: str, by: str = "tochuc", number: str = "0292 3", **more: Any
) -> list[Submission]:
    """Make drafts for people by name."""
    actor = province.enter(by, P.DECISIONS_PROPOSE)
    ids = [province.people[name] for name in names]
    with transaction():
        return submissions.propose(actor, "telephone", ids, {"number": number}, more.pop("on", DAY), **more)


def submitted(province: Province, *names: str, **more: Any) -> Submission:
    """Make a draft of one signer, vouch for consent and submit it."""
    (made,) = propose(province, *names, **more)
    consent(province, made)
    with transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    return made


def appraised(province: Province, *names: str, **more: Any) -> Submission:
    """Bring a submission to the signer."""
    made = submitted(province, *names, **more)
    with transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), made.id)
    return made


def signed(province: Province, *names: str, **more: Any) -> Submission:
    """Bring a submission to văn thư."""
    made = appraised(province, *names, **more)
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id, signer_title="Giám đốc")
    return made


def registered(province: Province, *names: str, number: str = "15", **more: Any) -> list[Decision]:
    """Bring a submission into the register."""
    made = signed(province, *names, **more)
    with transaction():
        return path.register(
            province.enter("vanthu", P.DECISIONS_NUMBER),
            made.id,
            path.Numbers("QĐ-SXD", date(2026, 11, 20), number),
        )


def phone(person_id: int) -> str | None:
    """Return the fact the kind writes, whoever sees the person."""
    with scope.everything():
        found: str | None = db.session.execute(
            text("SELECT phone FROM people WHERE id = :i"), {"i": person_id}
        ).scalar()
    return found
