"""Issuing certificates, taking one back, issuing it anew. The trainer has no part in it: they print birth dates."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.documents import Capacity
from hrms.core.errors import NotFound, Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.decisions.papers import offices
from hrms.decisions.services import numbering
from hrms.people.models import Person
from hrms.training.models import Certificate
from hrms.training.queries import certificates as queries
from hrms.training.queries.certificates import Holder, Run
from hrms.training.rules import certificates as rules
from hrms.training.rules.states import CertificateKind
from hrms.training.services.impact import follow

P = Permission.TRAINING_CERTIFY
ENTITY = "certificate"
LEAST_REASON, LONGEST_REASON = 3, 500
LONGEST_NAME = 200
NUMBER_MOST = 999_999
explain_constraint(
    "uq_certificates_enrolment",
    Problem("enrolments", "issued", N_("Có người vừa được cấp rồi. Hãy mở lại danh sách để xem số đã cấp.")),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, in whose name, where: as printed at the foot of a certificate."""

    title: str
    name: str
    place: str
    capacity: str = ""
    instead_of: str = ""

    def cleaned(self) -> Signature:
        """Return the same with every word in one form."""
        return Signature(**{name: nfc(value) for name, value in asdict(self).items()})

    def problems(self) -> list[Problem]:
        """Return what is missing or too long."""
        found = []
        for field, words in (
            ("title", N_("Chưa ghi chức vụ người ký. Hãy ghi như Hiệu trưởng.")),
            ("name", N_("Chưa ghi họ tên người ký.")),
            ("place", N_("Chưa ghi nơi cấp. Hãy ghi tên địa danh.")),
        ):
            if not getattr(self, field):
                found.append(Problem(field, "required", words))
        if self.capacity not in set(Capacity):
            found.append(Problem("capacity", "unknown", N_("Hãy chọn lại thể thức ký.")))
        elif self.capacity == Capacity.FOR_HEAD and not self.instead_of:
            words = N_("Ký thay (KT.) phải ghi ký thay ai. Hãy ghi như Hiệu trưởng.")
            found.append(Problem("instead_of", "required", words))
        for field, value in asdict(self).items():
            if len(value) > LONGEST_NAME:
                words = N_("Nội dung dài %(length)s ký tự. Hãy rút còn %(most)s ký tự.")
                params = {"length": str(len(value)), "most": str(LONGEST_NAME)}
                found.append(Problem(field, "too_long", words, params))
        return found


def names_for(run: Run) -> list[str]:
    """Return what the symbol of a book may end in, the best first: the school's or agency's own, then with its code."""
    office = offices.offices([run.office_id]).get(run.office_id)
    own = rules.symbol_part(run.provider.code) if run.is_school and run.provider.agency_id is None else ""
    first = own or (office.symbol if office else "") or str(run.office_id)
    return [first, f"{first}.{run.office_id}"]


def foresee(run: Run, year: int) -> tuple[str, int, bool]:
    """Return the number the next certificate of a class gets, its count, and whether the book is still to be opened."""
    kind = rules.BOOK[run.ending.kind or CertificateKind.ATTESTATION]
    known = numbering.next_certificate_number(run.office_id, year, kind)
    if known is not None:
        return rules.number_of(known[1], year, known[0]), known[1], False
    return rules.number_of(1, year, f"{kind}-{names_for(run)[0]}"), 1, True


def issue(
    actor: Actor,
    class_id: int,
    enrolment_ids: Collection[int],
    signature: Signature,
    issued_on: date,
    *,
    first: int = 1,
) -> list[int]:
    """Issue certificates to people who completed a class and have none; returns their ids, in the order of names.

    `first` is where the book begins when this is the first of its year. Numbers follow each other without a gap: they
    are taken under the book's lock, in this transaction. Raises `NotFound`, `Forbidden`, `Refused`.
    """
    run = queries.run_of(actor, class_id, P, lock=True)
    signature = signature.cleaned()
    chosen = [one for one in queries.holders_of(class_id) if one.enrolment_id in set(enrolment_ids)]
    problems = signature.problems()
    if run.ending.kind is None:
        problems.append(Problem("", "no_certificate", run.ending.reason.text, run.ending.reason.params))
    if not 1 <= first <= NUMBER_MOST:
        words = N_("Số bắt đầu phải từ 1 đến %(most)s.")
        problems.append(Problem("first", "bad_number", words, {"most": str(NUMBER_MOST)}))
    held = [one for one in chosen if one.number]
    for one in held:
        words = N_("%(name)s đã có số %(number)s. Muốn cấp lại, hãy thu hồi bản cũ.")
        problems.append(Problem("enrolments", "issued", words, {"name": one.full_name, "number": one.number}))
    if len(chosen) != len(set(enrolment_ids)):
        words = N_("Có người chưa hoàn thành lớp hoặc không thuộc lớp. Hãy mở lại danh sách.")
        problems.append(Problem("enrolments", "not_completed", words))
    last = max((one.closed_on for one in chosen), default=issued_on)
    problems += rules.issue_problems(issued_on, last, clock.today(), len(chosen))
    refuse_if(problems)
    return _write(actor, run, chosen, signature, issued_on, first)


def _write(
    actor: Actor, run: Run, chosen: Sequence[Holder], signature: Signature, issued_on: date, first: int
) -> list[int]:
    kind = run.ending.kind or CertificateKind.ATTESTATION
    year = issued_on.year
    symbol, numbers = numbering.take_certificate_numbers(
        run.office_id, year, rules.BOOK[kind], names_for(run), len(chosen), first=first
    )
    until = rules.valid_until(issued_on, run.valid_months)
    made = [
        Certificate(
            number=rules.number_of(number, year, symbol), check_code=new_code(), person_id=one.person_id,
            class_id=run.training_class.id, enrolment_id=one.enrolment_id, course_id=run.training_class.course_id,
            kind=kind.value, issued_on=issued_on, valid_until=until, programme=run.course,
            holder={"full_name": one.full_name, "birth_date": one.birth_date, "birth_place": one.birth_place},
            issuer=_issuer(run, one, signature), recorded_by=actor.account_id,
        )
        for one, number in zip(chosen, numbers, strict=True)
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    follow([one.person_id for one in made])
    _tell(actor, "issued", made, run.scope_ids, run.training_class.agency_id)
    return [one.id for one in made]


def _issuer(run: Run, one: Holder, signature: Signature) -> dict[str, Any]:
    at = run.training_class
    return {
        "agency": run.issuer, **asdict(signature), "class": at.name, "class_code": at.code, "hours": str(at.hours),
        "from": at.starts_on.isoformat(), "to": at.ends_on.isoformat(),
        "grade": None if one.mark is None else str(one.mark),
    }  # fmt: skip


def new_code() -> str:
    """Return a check code nobody can guess: 12 signs of 32, 60 bits."""
    return "".join(secrets.choice(rules.ALPHABET) for _sign in range(rules.CODE_LENGTH))


def revoke(actor: Actor, certificate_id: int, reason: str) -> Certificate:
    """Take a certificate back from today on; it stays in the register and says so to whoever looks it up.

    Raises `NotFound`, `Forbidden`, `Refused` when it is revoked already or no reason is given.
    """
    found, run = _locked(actor, certificate_id)
    _revoke(actor, found, run, reason)
    return found


def reissue(actor: Actor, certificate_id: int, reason: str, signature: Signature, issued_on: date) -> Certificate:
    """Revoke a certificate and issue it anew under the next number, as the record now has the name and birth.

    Raises `NotFound`, `Forbidden`, `Refused`.
    """
    found, run = _locked(actor, certificate_id)
    if found.revoked_on is None:
        _revoke(actor, found, run, reason)
    ids = issue(actor, found.class_id, [found.enrolment_id], signature, issued_on)
    made = db.session.get(Certificate, ids[0])
    if made is None:
        raise missing("certificate")
    return made


def _locked(actor: Actor, certificate_id: int) -> tuple[Certificate, Run]:
    actor.require(P)
    found = db.session.scalar(select(Certificate).where(Certificate.id == certificate_id))
    if found is None:
        raise missing("certificate")
    try:
        run = queries.run_of(actor, found.class_id, P, lock=True)
    except NotFound:
        # Seen with the person, but issued by an agency beyond the actor's reach: only that one takes it back.
        actor.require(P, at=())
        raise
    db.session.refresh(found)
    return found, run


def _revoke(actor: Actor, found: Certificate, run: Run, reason: str) -> None:
    said = nfc(reason)
    problems = []
    if found.revoked_on is not None:
        words = N_("Số %(number)s đã thu hồi ngày %(day)s.")
        problems.append(Problem("", "revoked", words, {"number": found.number, "day": found.revoked_on}))
    if len(said) < LEAST_REASON:
        problems.append(Problem("reason", "required", N_("Chưa ghi lý do thu hồi. Hãy ghi vì sao.")))
    if len(said) > LONGEST_REASON:
        words = N_("Nội dung dài %(length)s ký tự. Hãy rút còn %(most)s ký tự.")
        params = {"length": str(len(said)), "most": str(LONGEST_REASON)}
        problems.append(Problem("reason", "too_long", words, params))
    refuse_if(problems)
    found.revoked_on, found.revoke_reason = clock.today(), said
    db.session.flush()
    follow([found.person_id])
    _tell(actor, "revoked", [found], run.scope_ids, run.training_class.agency_id, reason=said)


def printable(actor: Actor, certificate_id: int) -> Certificate:
    """Return a certificate to be printed: one's own, or where the actor sees it for training; noted in the trail.

    Raises `NotFound`, `Refused` for one that was revoked.
    """
    actor_may = (Permission.TRAINING_VIEW, P, Permission.SELF_VIEW)
    if not any(actor.may(one) for one in actor_may):
        actor.require(P)
    line = queries.get_certificate(actor, certificate_id)
    if line.found.revoked_on is not None:
        words = N_("Số %(number)s đã thu hồi ngày %(day)s nên không in nữa.")
        raise Refused(Problem("", "revoked", words, {"number": line.found.number, "day": line.found.revoked_on}))
    _tell_printed(actor, [line.found])
    return line.found


def printable_class(actor: Actor, class_id: int) -> Sequence[Certificate]:
    """Return every certificate of a class that stands, to be printed at once. Raises as `printable`."""
    queries.run_of(actor, class_id, P)
    found = queries.standing_of(class_id)
    if not found:
        raise Refused(Problem("", "none", N_("Lớp này chưa cấp chứng chỉ, giấy chứng nhận nào.")))
    _tell_printed(actor, found)
    return found


def _tell_printed(actor: Actor, found: Sequence[Certificate]) -> None:
    scopes = _scopes([one.person_id for one in found])
    audit.record_many(
        actor, f"{ENTITY}.printed", ENTITY,
        [
            {
                "entity_id": one.id, "person_id": one.person_id, "scope_ids": scopes.get(one.person_id, [0]),
                "after": {"number": one.number},
            }
            for one in found
        ],
    )  # fmt: skip


def _scopes(person_ids: Collection[int]) -> dict[int, list[int]]:
    """Return whose trail an event about a learner belongs to; whoever runs a class may not see the record itself."""
    with scope.everything():
        rows = db.session.execute(select(Person.id, Person.scope_ids).where(Person.id.in_(set(person_ids))))
        return {row.id: list(row.scope_ids) for row in rows}


def _tell(
    actor: Actor, verb: str, found: Sequence[Certificate], run_at: Sequence[int], agency_id: int, *, reason: str = ""
) -> None:
    scopes = _scopes([one.person_id for one in found])
    audit.record_many(
        actor, f"{ENTITY}.{verb}", ENTITY,
        [
            {
                "entity_id": one.id, "person_id": one.person_id, "agency_id": agency_id,
                "scope_ids": sorted({*run_at, *scopes.get(one.person_id, [])}),
                "after": {"number": one.number, "kind": one.kind, "programme": one.programme},
                **({"reason": reason} if reason else {}),
            }
            for one in found
        ],
    )  # fmt: skip
