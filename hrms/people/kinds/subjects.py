"""What the path of decisions knows of people: gathered for many at once, in four statements whatever their number.

`gather()` is what a kind's `subjects()` calls; `Gathered` is the `facts` of each `Subject`. Everything is under the
transaction's own scope: whoever the reader may not see is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.decisions.kinds import Subject
from hrms.decisions.rules.powers import PostGroup
from hrms.people.models import Person
from hrms.people.queries import codes, law
from hrms.people.queries.record import FACT_KINDS, FactRow, fact_row
from hrms.people.rules.appointing import DisciplineFact, PostFact
from hrms.people.rules.kinds import IN_SERVICE, Sex
from hrms.people.rules.retirement import Retirement, retirement

_CLOCKED = "f.id, f.valid_from, f.valid_to, f.recorded_at, f.superseded_at, f.decision_id, f.basis, to_jsonb(f) AS row"
_TABLES = {
    "status": "person_status", "agency": "person_agency", "post": "person_post", "rank": "person_rank",
    "allowance": "person_allowance", "absence": "person_absence",
}  # fmt: skip


def _facts_of(kind: str) -> str:
    name, join = (
        ("a.name", "LEFT JOIN agencies a ON a.id = f.agency_id") if kind in {"agency", "post"} else ("NULL", "")
    )
    return (
        f"SELECT '{kind}' AS kind, f.person_id, {_CLOCKED}, {name}::text AS agency_name FROM {_TABLES[kind]} f {join}"  # noqa: S608 - own names
        " WHERE f.person_id = ANY (:people) AND f.superseded_at IS NULL"
    )


_FACTS = text(" UNION ALL ".join(_facts_of(kind) for kind in FACT_KINDS) + " ORDER BY valid_from DESC, kind, id DESC")
_PARTS = text(
    "SELECT person_id, 'rating' AS part, year::int AS year, rating AS code, NULL::text AS side, NULL::text AS from_on,"
    " NULL::text AS to_on FROM person_rating WHERE person_id = ANY (:people)"
    " UNION ALL SELECT person_id, 'discipline', NULL, form, side, from_on, to_on FROM person_discipline"
    " WHERE person_id = ANY (:people)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """An agency as a decision names it. `scope_ids` is its path of ids, beginning with 0."""

    id: int
    name: str
    kind: str
    parent_id: int | None
    scope_ids: Sequence[int]
    opened_on: date | None
    closed_on: date | None

    def is_open(self, on: date) -> bool:
        """Say whether the agency works on the day."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on < self.closed_on)


class Places:
    """The agencies of the tree by id, read in one statement when the first is asked for; shared by all of a list."""

    def __init__(self) -> None:
        self._known: dict[int, Place] | None = None

    def get(self, agency_id: int | str | None) -> Place | None:
        """Return an agency of the tree, None for none or one that is not there."""
        if agency_id in {None, ""}:
            return None
        if self._known is None:
            columns = (Agency.id, Agency.name, Agency.kind, Agency.parent_id, Agency.scope_ids)
            rows = db.session.execute(select(*columns, Agency.opened_on, Agency.closed_on))
            self._known = {row.id: Place(*row) for row in rows}
        return self._known.get(int(str(agency_id))) if str(agency_id).isdigit() else None

    def legal(self, agency_id: int | str | None) -> Place | None:
        """Return the nearest agency that is no division of another: who issues papers and uses people."""
        found = self.get(agency_id)
        while found is not None and found.kind == AgencyKind.DIVISION:
            found = self.get(found.parent_id)
        return found

    def inside(self, agency_id: int | str | None, of: int | None) -> bool:
        """Say whether an agency is `of` or lies under it."""
        found = self.get(agency_id)
        return found is not None and of is not None and of in found.scope_ids


@dataclass(slots=True)
class Gathered:
    """One person as the record states it, as known now.

    `facts` are all dated facts of all kinds newest first, those before and after `on` too; the properties are those in
    force on `on`. `absences` is None where no register of absences has been asked; `dossier_papers` likewise.
    """

    on: date
    sex: Sex | None
    born: PartialDate | None
    recruited_on: PartialDate | None
    facts: Sequence[FactRow]
    places: Places
    ratings: Mapping[int, str] = field(default_factory=dict)
    """The quality class of each year: a code of the catalogue `rating_classes`."""
    disciplines: Sequence[DisciplineFact] = ()
    retirement: Retirement | None = None
    """When and why; None when sex or birth date is missing."""
    national_id: str | None = None
    social_insurance_no: str | None = None
    birth_place: str | None = None
    current_address: str | None = None
    party_official: bool = False
    planned_post: str | None = None
    """Item “quy hoạch” of the record in words, which no rule can read; shown beside the question."""
    absences: Sequence[Any] | None = None

    def in_force(self, kind: str, on: date | None = None) -> list[FactRow]:
        """Return the facts of a kind true on a day, on `self.on` unless given."""
        day = on or self.on
        return [fact for fact in self.facts if fact.kind == kind and fact.true_on(day)]

    def one(self, kind: str, on: date | None = None, **where: Any) -> FactRow | None:
        """Return the fact in force whose values are as given, None without one."""
        return next((f for f in self.in_force(kind, on) if all(f.values.get(n) == v for n, v in where.items())), None)

    def later(self, kind: str, on: date | None = None) -> list[FactRow]:
        """Return the facts of a kind that begin after a day: what a decision for that day would lie before."""
        return [fact for fact in self.facts if fact.kind == kind and fact.valid_from > (on or self.on)]

    @property
    def status(self) -> str | None:
        """Employment status (`rules.kinds.EmploymentStatus`)."""
        found = self.one("status")
        return found.values["status"] if found else None

    @property
    def kind(self) -> str | None:
        """Kind of person (`rules.kinds.PersonKind`)."""
        found = self.one("status")
        return found.values["kind"] if found else None

    @property
    def serves(self) -> bool:
        """Say whether the person is on the rolls."""
        return self.status in IN_SERVICE

    def member_of(self, membership: str) -> Place | None:
        """Return the agency held in this way (`using`, `managing`, `seconded_in`), None without one."""
        found = self.one("agency", membership=membership)
        return self.places.get(found.values["agency_id"]) if found else None

    @property
    def using(self) -> Place | None:
        """The using agency, a division perhaps."""
        return self.member_of("using")

    @property
    def managing(self) -> Place | None:
        """The managing agency."""
        return self.member_of("managing")

    @property
    def posts(self) -> list[PostFact]:
        """The leadership posts in force, the main one first."""
        return sorted((post_fact(row) for row in self.in_force("post")), key=lambda post: post.slot)

    @property
    def all_posts(self) -> list[PostFact]:
        """Every leadership post ever recorded, newest first."""
        return [post_fact(row) for row in self.facts if row.kind == "post"]

    @property
    def main_post(self) -> PostFact | None:
        """The post of slot 0 in force."""
        return next((post for post in self.posts if post.slot == 0), None)

    @property
    def rank(self) -> FactRow | None:
        """Rank, pay group and step in force."""
        return self.one("rank")


def post_fact(row: FactRow) -> PostFact:
    """Return a leadership post as the rules read it."""
    values = row.values
    return PostFact(
        slot=values["slot"], code=values["post_code"], name=values["post_name"],
        group=str(law.post_group(values["post_code"])), agency_id=values["agency_id"], agency_name=row.agency_name,
        appointed_on=values["appointed_on"], reappointed_on=values["reappointed_on"], term_until=values["term_until"],
        coefficient=values["coefficient"], valid_from=row.valid_from, valid_to=row.valid_to,
        term_note=values["term_note"],
    )  # fmt: skip


def gather(person_ids: Collection[int], on: date) -> dict[int, Subject]:
    """Return each person the reader may see as a `Subject` with `Gathered` facts, on the day `on`.

    Four statements for any number of people: people, facts, ratings with discipline, and the tree when it is asked for.
    `Subject.post_group` is that of the main post held; a kind that gives a post puts that of the post given there
    (`dataclasses.replace`).
    """
    ids = sorted(set(person_ids))
    columns = (
        Person.id, Person.full_name, Person.staff_code, Person.version, Person.scope_ids, Person.sex, Person.birth_date,
        Person.recruited_on, Person.national_id, Person.social_insurance_no, Person.birth_place,
        Person.current_address, Person.party_official_on, Person.planned_post,
    )  # fmt: skip
    people = db.session.execute(select(*columns).where(Person.id.in_(ids))).all()
    facts: dict[int, list[FactRow]] = {row.id: [] for row in people}
    for row in db.session.execute(_FACTS, {"people": list(facts)}):
        facts[row.person_id].append(fact_row(row))
    ratings: dict[int, dict[int, str]] = {row.id: {} for row in people}
    disciplines: dict[int, list[DisciplineFact]] = {row.id: [] for row in people}
    for row in db.session.execute(_PARTS, {"people": list(facts)}):
        if row.part == "rating":
            ratings[row.person_id][row.year] = row.code
        else:
            begun, ended = codes.partial(row.from_on), codes.partial(row.to_on)
            disciplines[row.person_id].append(DisciplineFact(row.code, row.side, begun, ended))
    places = Places()
    return {
        row.id: _subject(
            row, Gathered(
                on=on, sex=Sex(row.sex) if row.sex else None, born=codes.partial(row.birth_date),
                recruited_on=codes.partial(row.recruited_on), facts=facts[row.id], places=places,
                ratings=ratings[row.id], disciplines=tuple(disciplines[row.id]), retirement=_retirement(row),
                national_id=row.national_id, social_insurance_no=row.social_insurance_no,
                birth_place=row.birth_place, current_address=row.current_address,
                party_official=bool(row.party_official_on), planned_post=row.planned_post,
            ),
        )
        for row in people
    }  # fmt: skip


def _retirement(row: Any) -> Retirement | None:
    born = codes.partial(row.birth_date)
    if born is None or not row.sex:
        return None
    return retirement(born, Sex(row.sex), law.retirement_ages(), law.retirement_terms())


def _subject(row: Any, gathered: Gathered) -> Subject:
    post, rank = gathered.main_post, gathered.rank
    managing, using = (gathered.one("agency", membership=one) for one in ("managing", "using"))
    return Subject(
        person_id=row.id,
        name=row.full_name,
        staff_code=row.staff_code,
        version=row.version,
        scope_ids=tuple(row.scope_ids),
        person_kind=gathered.kind,
        post_group=post.group if post else PostGroup.NONE,
        rank_code=rank.values["rank_code"] if rank else None,
        managing_agency_id=managing.values["agency_id"] if managing else None,
        using_agency_id=using.values["agency_id"] if using else None,
        facts=gathered,
    )


def known(subjects: Mapping[int, Subject]) -> Iterator[tuple[int, Gathered]]:
    """Yield (person id, gathered facts) of subjects that `gather()` made."""
    for person_id, subject in subjects.items():
        yield person_id, facts_of(subject)


def facts_of(subject: Subject) -> Gathered:
    """Return the gathered facts of a subject that `gather()` made."""
    found: Gathered = subject.facts
    return found
