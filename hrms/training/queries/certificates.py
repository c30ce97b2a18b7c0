"""Reads of certificates: the register, one of them, who of a class has none yet, classes that wait for theirs.

The row policies show certificates of people in the reader's reach, of classes run there, and one's own. They print
birth dates: those of learners of elsewhere are only for whoever issues them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core import clock, dated
from hrms.core.actor import Actor, missing
from hrms.core.dates import PartialDate
from hrms.core.db import bigints, db
from hrms.core.formats import format_date
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.people.models import Person
from hrms.training.models import (
    Certificate,
    Course,
    CourseVersion,
    CreditEntry,
    Enrolment,
    TrainingClass,
    TrainingProvider,
)
from hrms.training.rules.certificates import Ending, Validity, ending_of, typed_number, validity
from hrms.training.rules.states import CertificateKind, ClassState

P = Permission
EVERY = 50_000
SOON_DAYS = 90
"""So many days ahead a certificate counts as about to expire."""
STATES = ("valid", "soon", "expired", "revoked", "doubtful")
_C = Certificate.__table__.c
_ORDER: Order = ((_C.issued_on, True), (_C.id, True))
_KEYS = ("issued_on", "id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed to; None for any. `under`: classes run there or below."""

    number: str | None = None
    person: int | None = None
    course: int | None = None
    class_id: int | None = None
    kind: str | None = None
    state: str | None = None
    year: int | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A certificate as the register shows it."""

    found: Certificate
    class_code: str
    class_name: str
    agency: str
    state: Validity
    doubtful: bool
    issued_on: date
    id: int

    @property
    def name(self) -> str:
        """Return the holder's name as printed."""
        return str(self.found.holder["full_name"])


def _undone() -> ColumnElement[bool]:
    """Return the condition "the completion it rests on was undone": its result, or every entry of its hours."""
    entry, reversal, standing = aliased(CreditEntry), aliased(CreditEntry), aliased(CreditEntry)
    posted = exists().where(entry.enrolment_id == Enrolment.id, entry.source == "class")
    taken_back = exists().where(reversal.reverses_id == standing.id)
    left = exists().where(standing.enrolment_id == Enrolment.id, standing.source == "class", ~taken_back)
    return or_(Enrolment.state != "completed", and_(posted, ~left))


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Certificate.number, filters.number),
        (Certificate.person_id, filters.person),
        (Certificate.course_id, filters.course),
        (Certificate.class_id, filters.class_id),
        (Certificate.kind, filters.kind),
    ):
        if value is not None:
            found.append(column == value)
    if filters.year is not None:
        found += [
            Certificate.issued_on >= date(filters.year, 1, 1),
            Certificate.issued_on <= date(filters.year, 12, 31),
        ]
    if filters.under is not None:
        found.append(Agency.scope_ids.op("&&")(bigints([filters.under])))
    stands = Certificate.revoked_on.is_(None)
    soon = today + timedelta(days=SOON_DAYS)
    by_state: dict[str, list[ColumnElement[bool]]] = {
        "valid": [stands, or_(Certificate.valid_until.is_(None), Certificate.valid_until >= today)],
        "soon": [stands, Certificate.valid_until >= today, Certificate.valid_until <= soon],
        "expired": [stands, Certificate.valid_until < today],
        "revoked": [~stands],
        "doubtful": [stands, _undone()],
    }
    return found + by_state.get(filters.state or "", [])


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "of somebody in sight, or of a class run where the reader certifies"."""
    in_sight = exists().where(Person.id == Certificate.person_id)
    return or_(in_sight, Agency.scope_ids.op("&&")(bigints(actor.scope(P.TRAINING_CERTIFY))))


def _select(actor: Actor, filters: Filters, today: date) -> Select[Any]:
    found: Any = (
        select(
            Certificate, TrainingClass.code, TrainingClass.name, Agency.name.label("agency"), Certificate.issued_on,
            Certificate.id, _undone().label("undone"),
        )
        .join(TrainingClass, TrainingClass.id == Certificate.class_id)
        .join(Agency, Agency.id == TrainingClass.agency_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(_open_to(actor), *_conditions(filters, today))
    )  # fmt: skip
    return cast("Select[Any]", found)


def list_certificates(
    actor: Actor, filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Line]:
    """Return a page of the register, what was issued last first; one statement."""
    today = clock.today()
    query = _select(actor, filters, today).order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)
    cursor = after or before
    if cursor:
        values = typed_values(_ORDER, decode(cursor, len(_ORDER)))
        query = query.where(seek(_ORDER, values, back=bool(before)))
    page = cut(list(db.session.execute(query)), limit, _KEYS, after=after, before=before)
    return Page([_line(row, today) for row in page.items], page.next, page.previous)


def count_certificates(actor: Actor, filters: Filters) -> int:
    """Return how many certificates the filters leave."""
    narrowed = _select(actor, filters, clock.today()).with_only_columns(Certificate.id).subquery()
    return int(db.session.execute(select(func.count()).select_from(narrowed)).scalar_one())


def _line(row: Any, today: date) -> Line:
    one: Certificate = row.Certificate
    state = validity(today, one.valid_until, one.revoked_on)
    undone = bool(row.undone) and one.revoked_on is None
    return Line(one, row.code, row.name, row.agency, state, undone, one.issued_on, one.id)


def get_certificate(actor: Actor, certificate_id: int) -> Line:
    """Return one certificate the reader may see. Raises `NotFound`."""
    today = clock.today()
    row = db.session.execute(_select(actor, Filters(), today).where(Certificate.id == certificate_id)).one_or_none()
    if row is None:
        raise missing("certificate")
    return _line(row, today)


def certificates_of(actor: Actor, person_id: int) -> list[Line]:
    """Return the certificates of a person the reader may see, the newest first; one statement."""
    query = _select(actor, Filters(person=person_id), clock.today()).order_by(*order_by(_ORDER))
    today = clock.today()
    return [_line(row, today) for row in db.session.execute(query)]


def standing_of(class_id: int) -> Sequence[Certificate]:
    """Return the certificates of a class that are not revoked, by their numbers."""
    query = select(Certificate).where(Certificate.class_id == class_id, Certificate.revoked_on.is_(None))
    return db.session.scalars(query.order_by(Certificate.number)).all()


@dataclass(frozen=True, slots=True)
class Run:
    """A class with what its certificates say: course, provider, who runs it, what it ends with.

    `office_id` is the agency whose book counts them: the school's own, else that of whoever runs the class.
    """

    training_class: TrainingClass
    course: str
    provider: TrainingProvider
    agency: str
    scope_ids: tuple[int, ...]
    ending: Ending
    valid_months: int | None

    @property
    def office_id(self) -> int:
        """Return the agency whose book counts the certificates."""
        return self.provider.agency_id or self.training_class.agency_id

    @property
    def is_school(self) -> bool:
        """Say whether the provider issues in its own name: a school of the tree, or one allowed to certify."""
        return self.provider.agency_id is not None or self.ending.kind is CertificateKind.CERTIFICATE

    @property
    def issuer(self) -> str:
        """Return in whose name they are issued."""
        return self.provider.name if self.is_school else self.agency


def run_of(actor: Actor, class_id: int, permission: Permission = P.TRAINING_CERTIFY, *, lock: bool = False) -> Run:
    """Return a class run where the actor holds the permission. Raises `Forbidden`, `NotFound`; two statements."""
    actor.require(permission)
    query = (
        select(TrainingClass, Course.name, TrainingProvider, Agency.name.label("agency"), Agency.scope_ids)
        .join(Course, Course.id == TrainingClass.course_id)
        .join(TrainingProvider, TrainingProvider.id == TrainingClass.provider_id)
        .join(Agency, Agency.id == TrainingClass.agency_id)
        .where(TrainingClass.id == class_id)
    )
    if lock:
        query = query.with_for_update(of=TrainingClass).execution_options(populate_existing=True)
    row = db.session.execute(query).one_or_none()
    if row is None or not actor.may(permission, at=row.scope_ids):
        raise missing("class")
    found, provider = row.TrainingClass, row.TrainingProvider
    version = db.session.scalars(
        select(CourseVersion).where(
            CourseVersion.course_id == found.course_id, dated.at(CourseVersion, found.starts_on)
        )
    ).first()
    # A class of a course that had no version that day ends with nothing.
    ends_with = version.certificate if version else CertificateKind.NONE.value
    ending = ending_of(ends_with, provider.name, may_certify=provider.may_certify)
    months = version.valid_months if version else None
    return Run(found, row.name, provider, row.agency, tuple(row.scope_ids), ending, months)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who completed a class: what is printed, and the number of the certificate they have, if any."""

    enrolment_id: int
    person_id: int
    full_name: str
    birth_date: str
    birth_place: str
    staff_code: str
    agency: str
    mark: Any
    closed_on: date
    number: str | None


_HOLDERS = text("""
SELECT h.enrolment_id, h.person_id, h.full_name, h.birth_date, h.birth_place, r.staff_code, r.agency, e.mark,
  e.closed_on, c.number
FROM certificate_holders(:class_id) h
JOIN enrolments e ON e.id = h.enrolment_id
LEFT JOIN class_roster r ON r.enrolment_id = h.enrolment_id
LEFT JOIN certificates c ON c.enrolment_id = h.enrolment_id AND c.revoked_on IS NULL
ORDER BY r.sort_key, h.enrolment_id
""")


def holders_of(class_id: int) -> list[Holder]:
    """Return who completed a class run in the transaction's scope, by name; one statement."""
    return [
        Holder(
            row.enrolment_id, row.person_id, row.full_name, _day(row.birth_date), row.birth_place or "",
            row.staff_code or "", row.agency or "", row.mark, row.closed_on, row.number,
        )
        for row in db.session.execute(_HOLDERS, {"class_id": class_id})
    ]  # fmt: skip


def _day(stored: str | None) -> str:
    return format_date(PartialDate.parse(stored)) if stored else ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A class whose learners completed it and have no certificate yet."""

    class_id: int
    code: str
    name: str
    ends_on: date
    people: int


def _first_day() -> ColumnElement[bool]:
    version, day = CourseVersion, TrainingClass.starts_on
    return and_(
        version.superseded_at.is_(None),
        version.valid_from <= day,
        or_(version.valid_to.is_(None), version.valid_to > day),
    )


def waiting_classes(actor: Actor, limit: int = 20) -> list[Waiting]:
    """Return classes run where the actor certifies with people who lack a certificate, the oldest first."""
    roots = actor.scope(P.TRAINING_CERTIFY)
    if not roots:
        return []
    at = TrainingClass
    held = exists().where(Certificate.enrolment_id == Enrolment.id, Certificate.revoked_on.is_(None))
    query = (
        select(at.id, at.code, at.name, at.ends_on, func.count(Enrolment.id).label("people"))
        .join(Agency, Agency.id == at.agency_id)
        .join(Enrolment, and_(Enrolment.class_id == at.id, Enrolment.state == "completed"))
        .join(CourseVersion, and_(CourseVersion.course_id == at.course_id, _first_day()))
        .where(
            at.state == ClassState.COMPLETED, Agency.scope_ids.op("&&")(bigints(roots)), ~held,
            CourseVersion.certificate.in_(("certificate", "attestation")),
        )
        .group_by(at.id)
        .order_by(at.ends_on, at.id)
        .limit(limit)
    )  # fmt: skip
    return [Waiting(row.id, row.code, row.name, row.ends_on, row.people) for row in db.session.execute(query)]


def parse(args: Mapping[str, str]) -> Filters:
    """Return the filters an address names; a number that can be none finds nothing, other nonsense is left aside."""

    def number(name: str) -> int | None:
        given = str(args.get(name) or "").strip()
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None

    typed = str(args.get("number") or "").strip()
    kind, state, year = args.get("kind") or "", args.get("state") or "", number("year")
    return Filters(
        number=(typed_number(typed) or "–") if typed else None,
        person=number("person") or number("person_id"),
        course=number("course"),
        class_id=number("class"),
        kind=kind if kind in {CertificateKind.CERTIFICATE, CertificateKind.ATTESTATION} else None,
        state=state if state in STATES else None,
        year=year if year is not None and 1990 <= year <= 2100 else None,
        under=number("agency"),
    )


def issued_courses() -> Sequence[tuple[int, str]]:
    """Return the courses certificates may be of, by name."""
    query = select(Course.id, Course.name).order_by(Course.sort_key, Course.id)
    return [(row.id, row.name) for row in db.session.execute(query)]


def agency_of(class_id: int) -> int:
    """Return the agency that runs a class. Raises `NotFound`."""
    found = db.session.scalar(select(TrainingClass.agency_id).where(TrainingClass.id == class_id))
    if found is None:
        raise missing("class")
    return found


def has_standing(enrolment_id: int) -> bool:
    """Say whether a certificate stands for a completion."""
    held = exists().where(Certificate.enrolment_id == enrolment_id, Certificate.revoked_on.is_(None))
    return bool(db.session.scalar(select(held)))
