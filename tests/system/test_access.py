"""Every route × every role × inside, outside, nobody: made from the application's own map, so no route is left out."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

import config
from hrms.core.permissions import ROLE_PERMISSIONS, Permission, Role
from hrms.core.web import EXCEPTIONS, Access, access_of
from tests.inspection import mistakes
from tests.province import ACCOUNTS, Province
from tests.system.objects import OWN_ACCOUNT, Objects, build_objects, parameter

PASSING = {200, 201, 202, 204, 302, 303, 400, 409, 412, 415, 422, 428}
"""What a request that is let in may answer: also that its empty form, missing version or body is refused."""
NEEDS_MORE: dict[tuple[str, str], set[int]] = {
    ("GET", "core.task_file"): {404},  # the sample task has no result yet
    ("GET", "decisions.scan_file"): {404},  # nor the sample scan a file
    ("GET", "decisions.paper_pdf"): {404},  # nor did the sample decision come by the path
    ("GET", "decisions.paper_docx"): {404},
    ("GET", "positions.end_position"): {404},  # the sample position is the law's and never ended
    ("POST", "positions.end_position"): {404},
    ("GET", "pay.export_preview"): {404},  # the sample text would change the pay of a few
    ("POST", "training.remove_session"): {404},  # the first who may took the session out
}
OPEN_TO_ALL = {
    "core.health", "core.ready", "core.set_locale", "core.set_theme", "accounts.login", "deadlines.feed_file",
    "training.verify",
}  # fmt: skip


def _routes() -> list[tuple[str, str]]:
    """Return (method, endpoint) of everything; the application is made without a database for this."""
    from hrms.app import create_app

    settings = config.Test({"HRMS_DATABASE_URL": "postgresql://nobody@localhost/none"})
    app = create_app(settings)
    return sorted(
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


ROUTES = _routes()
GUARDED = [(method, endpoint) for method, endpoint in ROUTES if endpoint not in EXCEPTIONS | dict.fromkeys(OPEN_TO_ALL)]


@pytest.fixture
def objects(province: Province) -> Objects:
    return build_objects(province)


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    for method, endpoint in ROUTES:
        assert access_of(app, endpoint, method) is not None, (
            f"{method} {endpoint} declares no access: write blueprint.route(…, access=Permission.…) above its view"
        )


def test_what_is_open_to_all_is_a_short_list(app: Flask) -> None:
    found = {endpoint for method, endpoint in ROUTES if _access(app, method, endpoint).kind == "public"}
    assert found <= OPEN_TO_ALL | set(EXCEPTIONS)


def _access(app: Flask, method: str, endpoint: str) -> Access:
    found = access_of(app, endpoint, method)
    assert found is not None
    return found


def _rule(app: Flask, method: str, endpoint: str) -> Any:
    return next(r for r in app.url_map.iter_rules(endpoint) if method in (r.methods or ()))


def _address(app: Flask, objects: Objects, method: str, endpoint: str, username: str, *, inside: bool) -> str:
    rule = _rule(app, method, endpoint)
    values: dict[str, Any] = {}
    for name in sorted(rule.arguments):
        if name in CONSTANTS:
            values[name] = CONSTANTS[name]
            continue
        choose = parameter(endpoint, name)
        if choose is None:
            pytest.fail(
                f"{rule.rule} has the parameter {name}: add to tests/system/objects.py PARAMETERS what to put there"
            )
        if name == "account_id" and endpoint in OWN_ACCOUNT and inside:
            values[name] = objects.province.accounts[username]
        elif name == "token_id" and endpoint in OWN_ACCOUNT and inside:
            values[name] = objects.at("own token", username)
        else:
            values[name] = choose(objects, username, inside)
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(endpoint, values, method=method)
    return str(built)


CONSTANTS: dict[str, Any] = {
    "kind": "agency", "group": "identity", "table": "work", "catalogue": "degrees",
    "setting": "accounts.idle_minutes", "template_key": "official", "template_form": "typst",
    "session_number": 1, "token": "ma-khong-co", "form_of": "class", "form": "pdf",
    "question": "severance",
}  # fmt: skip
"""Parameters that name no object: the kind of a fact, the group of a form, a catalogue, a setting, a template, the
first session of a class, a code that nobody was given, a form of learning, a question about the law."""


@pytest.mark.parametrize(("method", "endpoint"), GUARDED, ids=[f"{m} {e}" for m, e in GUARDED])
def test_a_route_lets_in_whom_it_says_and_nobody_else(app: Flask, objects: Objects, method: str, endpoint: str) -> None:
    access = _access(app, method, endpoint)
    api = _rule(app, method, endpoint).rule.startswith("/api/")
    nobody = objects.province.client(None)
    address = _address(app, objects, method, endpoint, "tochuc", inside=True)
    answer = nobody.open(address, method=method)
    assert answer.status_code in ({401} if api else {302}), (
        f"without a session {method} {address} answers {answer.status}"
    )
    if not api:
        assert answer.headers["Location"].startswith("/login"), address
    for username, (role, _place, _person) in ACCOUNTS.items():
        allowed = access.kind == "signed_in" or any(p in ROLE_PERMISSIONS[role] for p in access.permissions)
        for inside in (True, False):
            _try(app, objects, method, endpoint, username, inside=inside, allowed=allowed)


def _try(
    app: Flask, objects: Objects, method: str, endpoint: str, username: str, *, inside: bool, allowed: bool
) -> None:
    parameters = set(_rule(app, method, endpoint).arguments) - set(CONSTANTS)
    if not inside and not parameters:
        return
    address = _address(app, objects, method, endpoint, username, inside=inside)
    client = objects.province.client(username)
    headers = {"X-CSRFToken": client.token()}
    answer = client.open(address, method=method, headers=headers)
    status = answer.status_code
    said = f"{username}: {method} {address} ({endpoint}), {'inside' if inside else 'outside'}, answers {status}"
    if not allowed:
        assert status == 403, f"{said}; the role lacks the permission, so 403 before the object is looked at"
    elif not inside:
        assert status == 404, f"{said}; what lies outside the reach is not there"
    else:
        assert status in PASSING | NEEDS_MORE.get((method, endpoint), set()), f"{said}; the role may do this"
    if answer.mimetype == "text/html" and status not in {302, 303}:
        assert mistakes(answer.text) == [], said


def test_the_matrix_page_and_the_roles_agree() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(isinstance(p, Permission) for held in ROLE_PERMISSIONS.values() for p in held)
