"""The gate every request passes: declared access, the actor, the scope; and what each refusal looks like.

The order is fixed: known route → declared access → who is it → may they at all (401, 403) → form token → the scope of
the transaction → the page, which answers 404 for what lies outside the scope. A route that declares nothing is closed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_smorest import Blueprint as SmorestBlueprint
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from hrms.core import scope, upkeep
from hrms.core.actor import ANONYMOUS, Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, SignInRequired
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.schema_problems import problems_of
from hrms.core.unit import end_reading, translate

csrf = CSRFProtect()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a route: `public`, anyone `signed_in`, or holders of any of `permissions` somewhere."""

    kind: str
    permissions: tuple[Permission, ...] = ()
    while_restricted: bool = False
    """Open to somebody who must first change their password or give their second factor."""


PUBLIC = Access("public")
SIGNED_IN = Access("signed_in")
RESTRICTED = Access("signed_in", while_restricted=True)

Declared = Access | Permission | tuple[Permission, ...]
AccessArgument = Declared | Mapping[str, Declared]

EXCEPTIONS: dict[str, Access] = {
    "static": PUBLIC,
    "bootstrap.static": PUBLIC,
    "api-docs.openapi_json": PUBLIC,
    "api-docs.openapi_swagger_ui": PUBLIC,
}
"""Routes that come from packages and cannot declare their access themselves; a test knows this list."""


def _access(declared: Declared) -> Access:
    if isinstance(declared, Access):
        return declared
    return Access("needs", (declared,) if isinstance(declared, Permission) else tuple(declared))


def _per_method(declared: AccessArgument) -> dict[str, Access]:
    if isinstance(declared, Mapping):
        return {method.upper(): _access(value) for method, value in declared.items()}
    return {"*": _access(declared)}


def _declare(app: Any, endpoint: str, declared: AccessArgument) -> None:
    app.extensions.setdefault("hrms.access", {})[endpoint] = _per_method(declared)


def access_of(app: Flask, endpoint: str, method: str) -> Access | None:
    """Return what a route declares for a method, or None when it declares nothing (and so is closed)."""
    if endpoint in EXCEPTIONS:
        return EXCEPTIONS[endpoint]
    declared: dict[str, Access] = app.extensions.get("hrms.access", {}).get(endpoint, {})
    return declared.get(method) or declared.get("GET" if method == "HEAD" else "*") or declared.get("*")


class IdConverter(IntegerConverter):
    """`<int:…>` in an address as far as the database can hold it; a greater number names nothing (404)."""

    def __init__(self, map: Map, *arguments: Any, **named: Any) -> None:  # noqa: A002 - the name the base class uses
        named.setdefault("max", 2**63 - 1)
        super().__init__(map, *arguments, **named)


class HrmsBlueprint(Blueprint):
    """A blueprint whose every route says who may use it: leaving `access` out is a `TypeError` at import."""

    def route(self, rule: str, *, access: AccessArgument, **options: Any) -> Callable[[Any], Any]:  # type: ignore[override] # the point is to demand one more argument
        """Register a page at `rule` for those whom `access` lets in."""

        def decorate(view: Any) -> Any:
            endpoint = options.pop("endpoint", None) or view.__name__
            self.record(lambda state: _declare(state.app, f"{state.name}.{endpoint}", access))
            self.add_url_rule(rule, endpoint, view, **options)
            return view

        return decorate


class ApiBlueprint(SmorestBlueprint):  # type: ignore[misc] # the package has no types
    """The same for the JSON side; errors leave as `application/problem+json`."""

    def route(self, rule: str, *, access: AccessArgument, **options: Any) -> Callable[[Any], Any]:
        """Register an API view at `rule` for those whom `access` lets in."""
        register = super().route(rule, **options)

        def decorate(view: Any) -> Any:
            endpoint = options.get("endpoint") or view.__name__
            self.record(lambda state: _declare(state.app, f"{state.name}.{endpoint}", access))
            return register(view)

        return decorate


def actor() -> Actor:
    """Return who is acting in this request; anonymous before sign-in."""
    found: Actor = g.get("actor", ANONYMOUS)
    return found


def is_api() -> bool:
    """Say whether the caller is a program: its errors are documents, not pages."""
    return request.path.startswith("/api/")


def _gate() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    g.request_id = g.get("request_id") or secrets.token_hex(8)
    g.actor = ANONYMOUS
    if endpoint is None or (request.method == "OPTIONS" and not is_api()):
        return None
    access = access_of(current_app, endpoint, request.method)
    if access is None:
        raise Forbidden(Problem("", "closed", N_("Trang này chưa khai báo ai được dùng nên đang đóng.")))
    if endpoint in EXCEPTIONS or (access.kind == "public" and not _carries_credentials()):
        return None
    upkeep.before_request()
    user = current_user._get_current_object()  # noqa: SLF001 - the proxy's own way to the object
    if user.is_authenticated:
        g.actor, g.locale, g.theme = user.actor, user.locale, user.theme
    if access.kind != "public":
        if not user.is_authenticated:
            return _ask_to_sign_in()
        if user.restriction and not access.while_restricted:
            return _ask_to_comply(user.restriction)
        if access.kind == "needs" and not any(g.actor.may(permission) for permission in access.permissions):
            raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))
    if request.method not in SAFE_METHODS and not request.headers.get("Authorization"):
        csrf.protect()
    if user.is_authenticated:
        scope.enter_for(g.actor, *access.permissions)
    return None


def _carries_credentials() -> bool:
    name = str(current_app.config.get("SESSION_COOKIE_NAME", "session"))
    return name in request.cookies or "Authorization" in request.headers


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_api() or request.accept_mimetypes.best == "application/json":
        raise SignInRequired(Problem("", "sign_in", N_("Cần đăng nhập, hoặc mã truy cập đã hết hiệu lực.")))
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else request.path
    return redirect(f"{url_for('accounts.login')}?next={quote(back)}")


def _ask_to_comply(restriction: str) -> ResponseReturnValue:
    if is_api():
        raise Forbidden(Problem("", restriction, N_("Hãy hoàn tất bước bảo mật của tài khoản trên trang web trước.")))
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
    return redirect(url_for(f"accounts.{restriction}", next=back))


def _secure(response: Response) -> Response:
    response.headers.setdefault("X-Request-ID", g.get("request_id", ""))
    response.headers.setdefault(  # a kept file comes with a stricter one
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if current_app.config.get("HSTS"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint not in {"static", "bootstrap.static"} and not response.cache_control.no_store:
        # A file to be downloaded comes with the long life of static ones; what it holds is nobody else's.
        response.headers["Cache-Control"] = "no-store"
    return response


def _end_reading(error: BaseException | None) -> None:
    if error is None and request.method in SAFE_METHODS:
        end_reading()


def problem_response(error: HrmsError, status: int | None = None) -> Response:
    """Return an error as an RFC 9457 document: `problems` lists field, code and sentence."""
    code = status or error.status
    response: Any = current_app.json.response(
        {
            "type": "about:blank",
            "title": HTTPStatus(code).phrase,
            "status": code,
            "detail": " ".join(render(p) for p in error.problems),
            "instance": request.path,
            "request_id": g.get("request_id", ""),
            "problems": [{"field": p.field, "code": p.code, "message": render(p)} for p in error.problems],
        }
    )
    response.status_code = code
    response.content_type = "application/problem+json"
    return cast("Response", response)


def _on_refusal(error: HrmsError) -> ResponseReturnValue:
    db.session.rollback()
    if is_api() or request.accept_mimetypes.best == "application/json":
        return problem_response(error)
    if isinstance(error, SignInRequired):
        return _ask_to_sign_in()
    return render_template("errors/refused.html", error=error, status=error.status), error.status


def _on_http(error: HTTPException) -> ResponseReturnValue:
    sentences = {
        404: N_("Không tìm thấy trang này."),
        405: N_("Địa chỉ này không nhận cách gửi đó."),
        413: N_("Tệp lớn hơn mức cho phép. Hãy chia nhỏ rồi gửi lại."),
        429: N_("Bạn gửi quá nhiều yêu cầu. Hãy chờ một phút rồi thử lại."),
    }
    code = error.code or 500
    if isinstance(error, CSRFError):
        text = N_("Biểu mẫu đã hết hạn vì mở quá lâu hoặc bạn đã đăng nhập lại. Hãy gửi lại; nội dung vẫn còn.")
        refused = HrmsError(Problem("", "form_expired", text))
        code = 400
    elif isinstance(error, ClientDisconnected):
        cut = N_("Kết nối bị ngắt khi đang gửi nên chưa nhận được đủ và chưa ghi gì. Hãy kiểm tra mạng rồi gửi lại.")
        refused = HrmsError(Problem("", "connection_cut", cut))
    else:
        text = sentences.get(code, N_("Yêu cầu không đúng dạng. Hãy kiểm tra địa chỉ hoặc dữ liệu gửi lên."))
        refused = HrmsError(Problem("", f"http_{code}", text))
        if is_api() and isinstance(getattr(error, "data", None), dict):
            data = error.data  # type: ignore[attr-defined] # webargs sets it
            if "messages" in data:
                sent = getattr(getattr(error, "exc", None), "data", None)
                refused = HrmsError(*problems_of(data["messages"], sent))
    if 300 <= code < 400:
        return error
    if is_api() or request.accept_mimetypes.best == "application/json":
        return problem_response(refused, code)
    return render_template("errors/refused.html", error=refused, status=code), code


def _on_database(error: DBAPIError) -> ResponseReturnValue:
    db.session.rollback()
    meaning = translate(error)
    if isinstance(meaning, HrmsError):
        return _on_refusal(meaning)
    raise error


def _on_defect(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    current_app.logger.error("request failed", exc_info=error)
    text = N_("Chương trình gặp lỗi và chưa thay đổi gì. Hãy báo quản trị viên mã yêu cầu %(request_id)s.")
    refused = HrmsError(Problem("", "defect", text, {"request_id": g.get("request_id", "")}))
    if is_api():
        return problem_response(refused, 500)
    return render_template("errors/refused.html", error=refused, status=500), 500


def init_app(app: Flask) -> None:
    """Close every route of `app` that does not declare its access, and give each refusal its page or document."""
    app.url_map.converters["int"] = IdConverter
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    app.before_request(_gate)
    app.after_request(_secure)
    app.teardown_request(_end_reading)
    app.register_error_handler(HrmsError, _on_refusal)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DBAPIError, _on_database)
    app.register_error_handler(Exception, _on_defect)
