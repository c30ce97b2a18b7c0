"""`/api/v1/people/<id>`: one record as JSON, its changes and its dated facts, through the same services and locks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import marshmallow as ma
from flask import jsonify, url_for
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.agencies import queries as agencies
from hrms.core import files
from hrms.core.actor import missing
from hrms.core.api import etag, require_version
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people import services
from hrms.people.api.base import OfPerson, blueprint
from hrms.people.queries import codes
from hrms.people.queries import record as reading
from hrms.people.queries.record import FactRow, Record
from hrms.people.rules.absences import reason_guard
from hrms.people.rules.personal_id import mask
from hrms.people.rules.sheet import FACT_ITEMS, GROUPS
from hrms.people.schemas import CodeName, PersonItem
from hrms.people.services import Fact, NewPerson, Outcome, Paper
from hrms.people.services.looking import note_views, reveal_national_id

P = Permission
VIEW = (P.PEOPLE_VIEW, P.SELF_VIEW)


class PersonRecord(PersonItem):
    """A person as in the list, with the items of the form by group; groups the reader may not see are left out."""

    managing_agency = ma.fields.Nested(CodeName, allow_none=True)
    photo = ma.fields.String(allow_none=True, metadata={"description": "address of the photograph; null without one"})
    record = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Dict(), metadata={"description": "group → item → value"}
    )


class PaperFields(ma.Schema):
    """What a change rests on: exactly one of the two."""

    decision_id = ma.fields.Integer(load_default=None, allow_none=True)
    old_data = ma.fields.Boolean(load_default=False, metadata={"description": "old data, decision unknown"})


class NewPersonBody(PaperFields):
    """A record with its first facts."""

    values = ma.fields.Dict(
        required=True, keys=ma.fields.String(), metadata={"description": "items of the form by name"}
    )
    kind = ma.fields.String(required=True)
    status = ma.fields.String(load_default="serving")
    agency = ma.fields.String(required=True, metadata={"description": "code or id of the using agency"})
    managing_agency = ma.fields.String(
        load_default=None, allow_none=True, metadata={"description": "as agency unless given"}
    )
    since = ma.fields.Date(required=True)
    rank = ma.fields.Dict(load_default=None, allow_none=True)
    post = ma.fields.Dict(load_default=None, allow_none=True)
    not_duplicate = ma.fields.Boolean(load_default=False)


class EditBody(ma.Schema):
    """Items to change by name; an item not named stays."""

    values = ma.fields.Dict(required=True, keys=ma.fields.String())
    reason = ma.fields.String(load_default=None, allow_none=True)


class FactItem(ma.Schema):
    """A dated fact: true from `valid_from` to before `valid_to`, known from `recorded_at` to before `superseded_at`."""

    id = ma.fields.Integer()
    values = ma.fields.Dict()
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)
    recorded_at = ma.fields.AwareDateTime()
    superseded_at = ma.fields.AwareDateTime(allow_none=True)
    decision_id = ma.fields.Integer(allow_none=True)
    basis = ma.fields.String()


class FactList(ma.Schema):
    """The facts of one kind, newest first."""

    items = ma.fields.List(ma.fields.Nested(FactItem))
    version = ma.fields.Integer()


class FactBody(PaperFields):
    """A fact to write over what is recorded."""

    values = ma.fields.Dict(required=True, keys=ma.fields.String())
    valid_from = ma.fields.Date(required=True)
    valid_to = ma.fields.Date(load_default=None, allow_none=True)


class OutcomeItem(ma.Schema):
    """What a write did; `version` is the record's after it."""

    written = ma.fields.Integer()
    unchanged = ma.fields.Integer()
    version = ma.fields.Integer()


def _record(person_id: int) -> Record:
    return reading.get_record(actor(), person_id, *asked_dates())


def _item(record: Record, national_id: str | None) -> dict[str, Any]:
    person, rank, status, post = record.person, record.rank, record.status, record.post
    return {
        "id": person.id,
        "staff_code": person.staff_code,
        "full_name": person.full_name,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "national_id": national_id,
        "kind": status.values["kind"] if status else None,
        "status": status.values["status"] if status else None,
        "absent_as": record.absence.values["absence_kind"] if record.absence else None,
        "agency": _agency(record.using),
        "managing_agency": _agency(record.managing),
        "position": _named(record.position_code, record.position),
        "post": post.values["post_name"] if post else None,
        "rank": _named(rank.values["rank_code"], codes.name("ranks", rank.values["rank_code"])) if rank else None,
        "step": rank.values["step"] if rank else None,
        "coefficient": f"{rank.values['coefficient']:.2f}" if rank and rank.values["coefficient"] is not None else None,
        "version": person.version,
        "photo": url_for("people_api.Photo", person_id=person.id) if person.photo_hash else None,
        "record": {
            group.key: {
                item.name: _plain(getattr(person, item.name))
                for item in group.items
                if item.name not in {"national_id", "staff_code", "full_name", "sex", "birth_date"}
            }
            for group in GROUPS
            if record.sees(group.guard)
        },
    }


def _agency(fact: FactRow | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    found = agencies.find_agency(fact.values["agency_id"])
    return {"code": found.code if found else None, "name": fact.agency_name}


def _named(code: str | None, name: str | None) -> dict[str, str | None] | None:
    return {"code": code, "name": name} if code or name else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _answer(person_id: int, status: int = 200) -> Response:
    """Return the record; an ID number in full, and guarded groups, leave their trace."""
    record = _record(person_id)
    number: str | None = mask(record.person.national_id) or None
    guards = [group.guard for group in GROUPS if group.guard and record.sees(group.guard)]
    if record.person.national_id and (record.own or record.may(P.PEOPLE_REVEAL_ID)):
        with transaction():
            number = reveal_national_id(actor(), person_id) or number
            note_views(actor(), record.person, [] if record.own else guards)
    elif guards and not record.own:
        with transaction():
            note_views(actor(), record.person, guards)
    response = jsonify(PersonRecord().dump(_item(record, number)))
    response.status_code = status
    return etag(response, record.person.version)


def _paper(given: Mapping[str, Any]) -> Paper:
    return Paper(given["decision_id"], given["old_data"])


def _agency_id(name: str, given: str) -> int:
    found = agencies.find_by_code(given) or (agencies.find_agency(int(given)) if given.isdecimal() else None)
    if found is None:
        words = N_("Không có cơ quan mã “%(value)s”; dùng mã định danh điện tử hoặc số thứ tự của cơ quan.")
        raise Refused(Problem(name, "unknown_agency", words, {"value": given[:40]}))
    return found.id


@blueprint.route("", access=P.PEOPLE_CREATE)
class NewPeople(MethodView):
    """New records."""

    @blueprint.arguments(NewPersonBody)
    @blueprint.response(201, PersonRecord)
    def post(self, given: dict[str, Any]) -> Response:
        """Make a record with its first facts."""
        using = _agency_id("agency", given["agency"])
        managing = _agency_id("managing_agency", given["managing_agency"]) if given["managing_agency"] else using
        new = NewPerson(
            values=given["values"], kind=given["kind"], status=given["status"], using_agency_id=using,
            managing_agency_id=managing, since=given["since"], rank=given["rank"], post=given["post"],
            not_duplicate=given["not_duplicate"],
        )  # fmt: skip
        with transaction():
            person_id = services.create_person(actor(), new, _paper(given))
        return _answer(person_id, 201)


@blueprint.route("/<int:person_id>", access={"GET": VIEW, "PATCH": P.PEOPLE_EDIT})
class OnePerson(OfPerson):
    """One record."""

    @blueprint.response(200, PersonRecord)
    def get(self, person_id: int) -> Response:
        """Show a record as at a day and as known on an instant (`as_at`, `known_on`)."""
        return _answer(person_id)

    @blueprint.arguments(EditBody)
    @blueprint.response(200, PersonRecord)
    def patch(self, given: dict[str, Any], person_id: int) -> Response:
        """Change undated items; needs `If-Match`."""
        version = reading.get_record(actor(), person_id).person.version
        require_version(version)
        with transaction():
            services.edit_person(actor(), person_id, given["values"], version=version, reason=given["reason"])
        return _answer(person_id)


@blueprint.route("/<int:person_id>/photo", access=VIEW)
class Photo(OfPerson):
    """The photograph of a record."""

    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
    def get(self, person_id: int) -> Response:
        """Show the photograph, a JPEG of 4:6; 404 for a record without one."""
        return files.send(files.get(reading.photo_of(person_id)), f"{person_id}.jpg", inline=True)


def _kind(kind: str) -> str:
    if kind not in FACT_ITEMS:
        raise missing("kind")
    return kind


@blueprint.route("/<int:person_id>/facts/<kind>", access={"GET": VIEW, "POST": P.PEOPLE_FACT})
class Facts(OfPerson):
    """The dated facts of one kind: status, agency, post, rank, allowance or absence."""

    @blueprint.response(200, FactList)
    def get(self, person_id: int, kind: str) -> Response:
        """List the facts of any day as known now, or as known on `known_on`; with `as_at` those true that day."""
        as_at, known_on = asked_dates()
        record = reading.get_record(actor(), person_id, as_at, known_on)
        found = [
            fact
            for fact in record.facts
            if fact.kind == _kind(kind) and fact.known(known_on) and (as_at is None or fact.true_on(as_at))
        ]
        guards = [reason_guard(fact.values) for fact in found if fact.values.get("absence_reason")]
        if any(guards) and not record.own:
            with transaction():
                note_views(actor(), record.person, sorted({guard for guard in guards if guard}))
        items = [
            {
                "id": fact.id, "values": {name: _plain(value) for name, value in fact.values.items()},
                "valid_from": fact.valid_from, "valid_to": fact.valid_to, "recorded_at": fact.recorded_at,
                "superseded_at": fact.superseded_at, "decision_id": fact.decision_id, "basis": fact.basis,
            }
            for fact in found
        ]  # fmt: skip
        response = jsonify(FactList().dump({"items": items, "version": record.person.version}))
        return etag(response, record.person.version)

    @blueprint.arguments(FactBody)
    @blueprint.response(201, OutcomeItem)
    def post(self, given: dict[str, Any], person_id: int, kind: str) -> Response:
        """Write a fact; needs `If-Match`. One already recorded exactly so answers 200 and changes nothing."""
        version = reading.get_record(actor(), person_id).person.version
        require_version(version)
        fact = Fact(_kind(kind), given["values"], given["valid_from"], given["valid_to"])
        with transaction():
            done: Outcome = services.record_facts(actor(), person_id, [fact], _paper(given), version=version)
        body = {"written": done.written, "unchanged": done.unchanged, "version": done.version}
        response = jsonify(OutcomeItem().dump(body))
        response.status_code = 201 if done.written else 200
        return etag(response, done.version)
