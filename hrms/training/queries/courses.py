"""Reads of programmes: the list in force on a day, one with its versions, who gives it, its classes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from hrms.core import catalogues, dated
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.text import fold
from hrms.positions.models import Competency, JobPosition
from hrms.training.models import Course, CourseVersion, TrainingClass, TrainingProvider
from hrms.training.rules.courses import LEADERSHIP_LEVELS, LEVELS_OF
from hrms.training.rules.kinds import PROGRAMME_KINDS, CourseKind, LearningForm
from hrms.training.rules.states import ClassState

CHOICES = 20
CLASSES_SHOWN = 50
_NAME: ColumnElement[Any] = Course.__table__.c.sort_key
_ID: ColumnElement[Any] = Course.__table__.c.id
_ORDER: Order = ((_NAME, False), (_ID, False))
_KEYS = ("sort_key", "id")
COURSE_FORMS = (LearningForm.CLASS, LearningForm.ONLINE, LearningForm.BLENDED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of programmes asks for; empty means any. `ended` also shows what is not in force on the day."""

    q: str = ""
    kind: str | None = None
    form: str | None = None
    level: str | None = None
    competency: str | None = None
    provider: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A programme with the version a list shows of it: the one in force, else the nearest."""

    course: Course
    version: CourseVersion | None
    in_force: bool
    sort_key: str
    id: int


def parse(args: Any) -> Filters:
    """Return the filters an address names; values of no closed list are left aside."""

    def one_of(name: str, known: Iterable[str]) -> str | None:
        value = args.get(name, "")
        return value if value in set(known) else None

    given = str(args.get("provider", ""))
    return Filters(
        q=args.get("q", "").strip()[:200],
        kind=one_of("kind", PROGRAMME_KINDS),
        form=one_of("form", COURSE_FORMS),
        level=args.get("level", "").strip()[:60] or None,
        competency=args.get("competency", "").strip()[:20] or None,
        provider=int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None,
        ended=args.get("ended", "") == "1",
    )


def _conditions(filters: Filters, on: date, known_on: datetime | None = None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        or_(
            Course.search_key.contains(f" {word}", autoescape=True), Course.code.contains(word.upper(), autoescape=True)
        )
        for word in fold(filters.q).split()
    ]
    if filters.kind is not None:
        found.append(Course.kind == filters.kind)
    if filters.level is not None:
        found.append(Course.level == filters.level)
    of_version: list[ColumnElement[bool]] = []
    if filters.form is not None:
        of_version.append(CourseVersion.form == filters.form)
    if filters.competency is not None:
        of_version.append(CourseVersion.competencies.contains([{"code": filters.competency}]))
    if filters.provider is not None:
        of_version.append(CourseVersion.provider_ids.contains([filters.provider]))
    if of_version or not filters.ended:
        day = None if filters.ended else on
        found.append(
            exists().where(CourseVersion.course_id == Course.id, dated.at(CourseVersion, day, known_on), *of_version)
        )
    return found


def list_courses(
    filters: Filters,
    on: date,
    known_on: datetime | None = None,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
) -> Page[Row]:
    """Return a page of programmes by name, each with the version in force on the day."""
    query: Select[Any] = select(Course).where(*_conditions(filters, on, known_on))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 2)), back=bool(before)))
    found = db.session.scalars(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    return cut(_with_versions(found, on, known_on), limit, _KEYS, after=after, before=before)


def list_all(filters: Filters, on: date, known_on: datetime | None = None) -> list[Row]:
    """Return every programme the filters leave, for an export."""
    query = select(Course).where(*_conditions(filters, on, known_on)).order_by(Course.sort_key, Course.id)
    return _with_versions(db.session.scalars(query).all(), on, known_on)


def count_courses(filters: Filters, on: date, known_on: datetime | None = None) -> int:
    """Return how many programmes the filters leave."""
    query = select(func.count()).select_from(Course).where(*_conditions(filters, on, known_on))
    return int(db.session.scalar(query) or 0)


def _with_versions(found: Sequence[Course], on: date, known_on: datetime | None) -> list[Row]:
    rows = db.session.scalars(
        select(CourseVersion)
        .where(CourseVersion.course_id.in_([one.id for one in found]), dated.at(CourseVersion, None, known_on))
        .order_by(CourseVersion.course_id, CourseVersion.valid_from)
    )
    versions: dict[int, list[CourseVersion]] = {}
    for version in rows:
        versions.setdefault(version.course_id, []).append(version)
    made = []
    for one in found:
        held = version_on(versions.get(one.id, ()), on)
        nearest = held or _nearest(versions.get(one.id, ()), on)
        made.append(Row(one, nearest, held is not None, one.sort_key, one.id))
    return made


def _nearest(versions: Sequence[CourseVersion], on: date) -> CourseVersion | None:
    past = [one for one in versions if one.valid_from <= on]
    return past[-1] if past else versions[0] if versions else None


def version_on(versions: Iterable[CourseVersion], on: date) -> CourseVersion | None:
    """Return the version in force on a day."""
    held = (one for one in versions if one.valid_from <= on and (one.valid_to is None or one.valid_to > on))
    return next(held, None)


def get_course(course_id: int) -> Course:
    """Return a programme. Raises `NotFound`."""
    found = db.session.get(Course, course_id)
    if found is None:
        raise missing("course")
    return found


def find_course(code: str) -> Course | None:
    """Return the programme with a code."""
    return db.session.scalar(select(Course).where(Course.code == code))


def list_versions(course_id: int, known_on: datetime | None = None) -> Sequence[CourseVersion]:
    """Return the versions of a programme, newest first, as known now or on an instant."""
    found: Sequence[CourseVersion] = dated.history(CourseVersion, {"course_id": course_id}, known_on)
    return found


def list_choices(q: str, on: date, *, limit: int = CHOICES) -> Sequence[Course]:
    """Return what a search box offers: programmes in force whose name or code has every word typed."""
    query = select(Course).where(*_conditions(Filters(q=q), on)).order_by(Course.sort_key, Course.id)
    return db.session.scalars(query.limit(limit)).all()


def names_of(codes: Collection[str]) -> dict[str, Course]:
    """Return the programmes with these codes, by code."""
    return {one.code: one for one in db.session.scalars(select(Course).where(Course.code.in_(list(codes))))}


def list_levels() -> Sequence[tuple[str, str]]:
    """Return the (kind, level) pairs programmes have, for the list's filter."""
    query = select(Course.kind, Course.level).where(Course.level.is_not(None)).distinct()
    return sorted((kind, str(level)) for kind, level in db.session.execute(query))


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a version is meant for and what it raises, in names; competencies as (code, name, level)."""

    competencies: Sequence[tuple[str, str, int | None]]
    positions: Sequence[JobPosition]
    providers: Sequence[TrainingProvider]


def meant(version: CourseVersion | None) -> Meant:
    """Return the names behind a version's codes, in two or three statements."""
    if version is None:
        return Meant((), (), ())
    codes = [str(one["code"]) for one in version.competencies]
    names = {one.code: one.name for one in db.session.scalars(select(Competency).where(Competency.code.in_(codes)))}
    positions = db.session.scalars(
        select(JobPosition).where(JobPosition.key.in_(version.positions)).order_by(JobPosition.place)
    ).all() if version.positions else ()  # fmt: skip
    return Meant(
        [(str(one["code"]), names.get(one["code"], one["code"]), one.get("level")) for one in version.competencies],
        positions,
        list_providers(ids=version.provider_ids) if version.provider_ids else (),
    )


def list_classes(course_id: int, *, limit: int = CLASSES_SHOWN) -> tuple[Sequence[TrainingClass], int]:
    """Return the newest classes of a programme that were announced, and how many there are."""
    announced = and_(TrainingClass.course_id == course_id, TrainingClass.state != ClassState.DRAFT)
    query = select(TrainingClass).where(announced).order_by(TrainingClass.starts_on.desc(), TrainingClass.id.desc())
    total = db.session.scalar(select(func.count()).select_from(TrainingClass).where(announced))
    return db.session.scalars(query.limit(limit)).all(), int(total or 0)


def list_providers(*, ids: Collection[int] | None = None, active: bool = False) -> Sequence[TrainingProvider]:
    """Return providers by name: all, some, or those still used."""
    query = select(TrainingProvider).order_by(
        TrainingProvider.active.desc(), TrainingProvider.name, TrainingProvider.id
    )
    if ids is not None:
        query = query.where(TrainingProvider.id.in_(list(ids)))
    if active:
        query = query.where(TrainingProvider.active)
    return db.session.scalars(query).all()


def get_provider(provider_id: int) -> TrainingProvider:
    """Return a provider. Raises `NotFound`."""
    found = db.session.get(TrainingProvider, provider_id)
    if found is None:
        raise missing("provider")
    return found


def find_provider(code: str) -> TrainingProvider | None:
    """Return the provider with a code."""
    return db.session.scalar(select(TrainingProvider).where(TrainingProvider.code == code))


def courses_of_provider(on: date) -> Mapping[int, int]:
    """Return how many programmes in force on a day name each provider."""
    provider = func.unnest(CourseVersion.provider_ids).label("provider_id")
    named = select(CourseVersion.course_id, provider).where(dated.at(CourseVersion, on)).subquery()
    query = select(named.c.provider_id, func.count()).group_by(named.c.provider_id)
    return {row[0]: int(row[1]) for row in db.session.execute(query)}


def level_names(kind: CourseKind) -> dict[str, str]:
    """Return the levels a kind of programme may raise to, code → name in the reader's language."""
    if kind is CourseKind.LEADERSHIP:
        return {code: render(words) for code, words in LEADERSHIP_LEVELS.items()}
    catalogue = LEVELS_OF.get(kind)
    if catalogue is None:
        return {}
    return {code: item.name for code, item in catalogues.items(catalogue).items() if code != "none"}


def level_name(kind: str, level: str | None) -> str:
    """Return the words of a programme's level, the code itself when no catalogue knows it."""
    return level_names(CourseKind(kind)).get(level, level) if level else ""


def positions_of_lines(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the keys of positions that lines name, and the lines that name none.

    A line is a key, a name, or "name (key)" as `position_lines` writes it; a name stands for every position so called.
    """
    asked = [one.strip() for one in lines if one.strip()]
    if not asked:
        return [], []
    inner = [_in_brackets(one) for one in asked]
    folded = {f" {fold(one)}" for one in asked}
    found = db.session.execute(
        select(JobPosition.key, JobPosition.search_key)
        .where(or_(JobPosition.key.in_({*asked, *inner}), JobPosition.search_key.in_(folded)))
        .order_by(JobPosition.place)
    ).all()
    by_key = {row.key for row in found}
    by_name: dict[str, list[str]] = {}
    for row in found:
        by_name.setdefault(row.search_key, []).append(row.key)
    keys: dict[str, None] = {}
    unknown = []
    for line, key in zip(asked, inner, strict=True):
        named = [line] if line in by_key else [key] if key in by_key else by_name.get(f" {fold(line)}", [])
        if not named:
            unknown.append(line)
        keys.update(dict.fromkeys(named))
    return list(keys), unknown


def position_lines(keys: Collection[str]) -> list[str]:
    """Return "name (key)" of positions, in the order of the catalogue."""
    query = select(JobPosition.name, JobPosition.key).where(JobPosition.key.in_(list(keys)))
    return [f"{row.name} ({row.key})" for row in db.session.execute(query.order_by(JobPosition.place))]


def _in_brackets(line: str) -> str:
    return line[line.rfind("(") + 1 : -1].strip() if line.endswith(")") and "(" in line else ""
