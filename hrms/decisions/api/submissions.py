"""`/api/v1/submissions`: proposals and the steps of their path, through the same services and locks as the pages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import marshmallow as ma
from flask import Flask, jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.agencies import queries as agencies
from hrms.core.actor import Actor
from hrms.core.api import ListArguments, etag, page_schema, register, require_version
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.decisions import queries, schemas
from hrms.decisions.models import Submission, SubmissionLine
from hrms.decisions.queries import telling
from hrms.decisions.services import path, sheet, submissions

blueprint = ApiBlueprint("submissions_api", __name__, url_prefix="/submissions", description="Hồ sơ trình quyết định")
P = Permission
PAGE = page_schema(schemas.SubmissionSchema)
PLAIN = (
    "id", "kind", "title", "effective_on", "values", "one_paper", "proposing_agency_id", "appraising_agency_id",
    "signing_agency_id", "split_key", "state", "returned", "grounds", "note", "changed_at", "version",
)  # fmt: skip
LINE = (
    "id", "place", "person_id", "staff_code", "state", "values", "remark", "signer_name", "signer_title",
    "signer_capacity", "signed_at", "decision_id",
)  # fmt: skip


class SubmissionArguments(ListArguments):
    """The conditions of the page, by the same names."""

    state = ma.fields.String(load_default=None)
    kind = ma.fields.String(load_default=None)
    agency = ma.fields.String(load_default=None, metadata={"description": "code or id of an agency that takes part"})
    mine = ma.fields.Boolean(load_default=False)


def _item(submission: Submission) -> dict[str, Any]:
    return {name: getattr(submission, name) for name in PLAIN}


def _line(line: SubmissionLine, at: Collection[int]) -> dict[str, Any]:
    told = [telling.tell(sheet.condition_of(one), actor(), at) for one in line.conditions]
    return {
        **{name: getattr(line, name) for name in LINE},
        "name": line.person_name,
        "changes": [{**one, "label": render(one["label"])} for one in line.changes],
        "conditions": [
            {
                "code": one.code, "text": one.text, "outcome": one.outcome.value, "found": one.found,
                "source": one.source, "supplier": one.supplier, "blocking": one.blocking,
                "answerable": one.answerable, "answered": one.answered,
            }
            for one in told
        ],
    }  # fmt: skip


def _answer(submission: Submission, status: int = 200) -> Response:
    steps = [
        {"step": s.step, "name": s.name, "remark": s.remark, "line_id": s.line_id, "at": s.recorded_at}
        for s in queries.list_steps(submission.id)
    ]
    at = agencies.scope_ids_of([submission.proposing_agency_id])
    lines = [_line(one, at) for one in queries.list_lines(submission.id)]
    whole = {**_item(submission), "lines": lines, "steps": steps}
    response = jsonify(schemas.SubmissionSchema().dump(whole))
    response.status_code = status
    return etag(response, submission.version)


@blueprint.route("", access={"GET": queries.TAKING_PART, "POST": P.DECISIONS_PROPOSE})
class Submissions(MethodView):
    """The proposals the token takes part in."""

    @blueprint.arguments(SubmissionArguments, location="query", as_kwargs=True)
    @blueprint.response(200, PAGE)
    def get(
        self, limit: int, after: str | None, agency: str | None, state: str | None, kind: str | None, mine: bool
    ) -> dict[str, Any]:
        """List submissions, newest first, without their people."""
        found = agencies.find_visible(actor(), agency) if agency else None
        filters = queries.SubmissionFilters(state=state, kind=kind, agency_id=found.id if found else None, mine=mine)
        page = queries.list_submissions(actor(), filters, after=after, limit=limit)
        return {"items": [_item(one) for one in page.items], "next": page.next}

    @blueprint.arguments(schemas.NewSubmission)
    @blueprint.response(201, PAGE)
    def post(self, given: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Make drafts of a list: one for each signer, all under `items`."""
        with transaction():
            made = submissions.propose(
                actor(), given["kind"], given["people"], given.get("values", {}), given["effective_on"],
                given.get("one_paper", False), given.get("title", ""), own=given.get("own"), note=given.get("note", ""),
            )  # fmt: skip
        return {"items": [_item(one) for one in made], "next": None}, 201


class _One(MethodView):
    """What every address of one submission begins with: 404 for what the actor takes no part in, before the body."""

    def dispatch_request(self, **given: Any) -> Any:
        """Look for the submission first."""
        queries.get_submission(actor(), given["submission_id"])
        return super().dispatch_request(**given)


@blueprint.route("/<int:submission_id>", access={"GET": queries.TAKING_PART, "PATCH": P.DECISIONS_PROPOSE})
class OneSubmission(_One):
    """One submission with its people, its checking sheet and its steps."""

    @blueprint.response(200, schemas.SubmissionSchema)
    def get(self, submission_id: int) -> Response:
        """Show a submission."""
        return _answer(queries.get_submission(actor(), submission_id))

    @blueprint.arguments(schemas.SubmissionWrite)
    @blueprint.response(200, schemas.SubmissionSchema)
    def patch(self, given: dict[str, Any], submission_id: int) -> Response:
        """Change a draft; needs `If-Match`."""
        version = _version(submission_id)
        with transaction():
            submission = submissions.edit(actor(), submission_id, version=version, **given)
        return _answer(submission)


def _version(submission_id: int) -> int:
    submission = queries.get_submission(actor(), submission_id)
    require_version(submission.version)
    return submission.version


Act = Callable[[Actor, int, dict[str, Any], int], Any]


def _step(
    name: str, access: Permission | tuple[Permission, ...], schema: type[ma.Schema], words: str, act: Act
) -> None:
    """Add `POST /submissions/<id>/<name>`: one step of the path; needs `If-Match`, answers with the submission."""

    def post(self: Any, given: dict[str, Any], submission_id: int) -> Response:
        del self
        version = _version(submission_id)
        with transaction():
            act(actor(), submission_id, given, version)
        return _after(submission_id)

    post.__doc__ = words
    documented = blueprint.arguments(schema)(blueprint.response(200, schemas.SubmissionSchema)(post))
    title = "".join(part.title() for part in name.split("-"))
    view = type(f"{title}Step", (_One,), {"post": documented, "__doc__": words, "__module__": __name__})
    blueprint.route(f"/<int:submission_id>/{name}", access=access)(view)


def _after(submission_id: int) -> Response:
    """Answer with the submission as it is now, also to who has just given it out of hand."""
    return _answer(queries.find_submission(submission_id))


_step(
    "submit", P.DECISIONS_PROPOSE, schemas.NothingSchema, "Send a draft up.",
    lambda who, i, _given, version: submissions.submit(who, i, version=version),
)  # fmt: skip
_step(
    "take-back", P.DECISIONS_PROPOSE, schemas.NothingSchema, "Take a submission back before anybody appraised it.",
    lambda who, i, _given, version: submissions.take_back(who, i, version=version),
)  # fmt: skip
_step(
    "drop", P.DECISIONS_PROPOSE, schemas.RemarkSchema, "Give a submission up.",
    lambda who, i, given, version: submissions.drop(who, i, remark=given["remark"], version=version),
)  # fmt: skip
_step(
    "people", P.DECISIONS_PROPOSE, schemas.PeopleSchema, "Add people to a draft.",
    lambda who, i, given, version: submissions.add_people(who, i, given["people"], version=version),
)  # fmt: skip
_step(
    "remove", P.DECISIONS_PROPOSE, schemas.LinesSchema, "Take people out of a draft, by line.",
    lambda who, i, given, version: submissions.remove_lines(who, i, given["lines"] or [], version=version),
)  # fmt: skip
_step(
    "answer", P.DECISIONS_PROPOSE, schemas.AnswerSchema, "Vouch for a condition the system cannot know.",
    lambda who, i, given, version: submissions.answer(
        who, i, given["code"], met=given["met"], note=given["note"], line_ids=given["lines"], version=version
    ),
)  # fmt: skip
_step(
    "appraise", P.DECISIONS_APPRAISE, schemas.RemarkSchema, "Pass a submission on to the signer.",
    lambda who, i, given, version: path.appraise(who, i, remark=given["remark"], version=version),
)  # fmt: skip
_step(
    "return", (P.DECISIONS_APPRAISE, P.DECISIONS_SIGN), schemas.RemarkSchema, "Give a submission back with a remark.",
    lambda who, i, given, version: path.return_with_remark(who, i, given["remark"], version=version),
)  # fmt: skip
_step(
    "sign", P.DECISIONS_SIGN, schemas.SignSchema, "Sign for some people, or for all.",
    lambda who, i, given, version: path.sign(
        who, i, given["lines"], signer_title=given["signer_title"], version=version
    ),
)  # fmt: skip
_step(
    "refuse", P.DECISIONS_SIGN, schemas.LinesSchema, "Leave people unsigned, with the reason in `remark`.",
    lambda who, i, given, version: path.refuse(who, i, given["lines"] or [], given["remark"], version=version),
)  # fmt: skip
_step(
    "register", P.DECISIONS_NUMBER, schemas.NumbersSchema, "Enter what was signed in the register and make it true.",
    lambda who, i, given, version: path.register(
        who, i, path.Numbers(given["symbol"], given["signed_on"], given["number"] or given["numbers"]),
        given["lines"], version=version,
    ),
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Add the resource `submissions`."""
    register(app, blueprint)
