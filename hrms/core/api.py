"""The JSON side: one API object for all domains, its description, versions and cursors."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask, current_app, render_template, request
from flask_smorest import Api
from werkzeug.wrappers import Response

from hrms.core.errors import HrmsError, Stale
from hrms.core.paging import LIMIT, LIMIT_MAX
from hrms.core.rules import N_, Problem
from hrms.core.web import SIGNED_IN, ApiBlueprint, HrmsBlueprint

PREFIX = "/api/v1"


class HrmsApi(Api):  # type: ignore[misc] # the package has no types
    """flask-smorest's API with this program's own errors: every refusal is one kind of problem document."""

    def _register_error_handlers(self) -> None:
        """Leave errors to `hrms.core.web`, which knows pages and documents."""


docs = HrmsBlueprint("api_docs", __name__, url_prefix=PREFIX)


class ListArguments(ma.Schema):
    """What every list takes: a page's size and the cursor that the page before gave."""

    limit = ma.fields.Integer(
        load_default=LIMIT, validate=ma.validate.Range(1, LIMIT_MAX), metadata={"description": f"1–{LIMIT_MAX}"}
    )
    after = ma.fields.String(load_default=None, metadata={"description": "`next` of the page before"})


def page_schema(item: type[ma.Schema]) -> type[ma.Schema]:
    """Return the schema of a list of `item`: `items` and `next` (a cursor, or null on the last page)."""
    name = item.__name__.removesuffix("Schema") + "Page"
    return ma.Schema.from_dict(
        {"items": ma.fields.List(ma.fields.Nested(item)), "next": ma.fields.String(allow_none=True)}, name=name
    )


def require_version(version: int) -> None:
    """Demand `If-Match: "<version>"` on a write: raises `Stale` (412) for another version, a 428 without the header."""
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not given:
        missing = HrmsError(
            Problem(
                "If-Match",
                "version_required",
                N_("Thiếu tiêu đề If-Match. Hãy gửi phiên bản đã đọc, ví dụ “3”."),
            )
        )
        missing.status = 428
        raise missing
    if given != str(version):
        raise Stale


def etag(response: Response, version: int) -> Response:
    """Put the version into the `ETag` header of an answer."""
    response.headers["ETag"] = f'"{version}"'
    return response


def register(app: Flask, blueprint: ApiBlueprint) -> None:
    """Add a domain's resources to the API of `app`."""
    app.extensions["hrms.api"].register_blueprint(blueprint, url_prefix=f"{PREFIX}{blueprint.url_prefix or ''}")


@docs.route("/docs", access=SIGNED_IN)
def page() -> str:
    """Show the description as a page: server-made, so that no other host and no inline script is needed."""
    spec: dict[str, Any] = current_app.extensions["hrms.api"].spec.to_dict()
    operations = [
        {"path": path, "method": method.upper(), **operation, "parameters": [*shared, *operation.get("parameters", [])]}
        for path, entry in spec["paths"].items()
        for shared in [entry.get("parameters", [])]
        for method, operation in entry.items()
        if method != "parameters"
    ]
    return render_template("api/docs.html", spec=spec, operations=operations)


def init_app(app: Flask) -> None:
    """Give `app` an API of its own; domains add their resources after this."""
    app.config.update(
        API_TITLE="HRMS",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        ETAG_DISABLED=True,
        API_SPEC_OPTIONS={
            "info": {
                "description": "Hồ sơ cán bộ, công chức, viên chức. Lỗi theo RFC 9457; danh sách có `items`, `next`.",
            },
            "security": [{"bearer": []}],
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        },
    )
    made = HrmsApi(app)
    app.extensions["hrms.api"] = made
    app.register_blueprint(docs)
