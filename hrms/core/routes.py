"""Pages of no domain: health, the first page, the language, background tasks; and what every page's frame needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import (
    Flask,
    current_app,
    g,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from hrms.core import clock, files, hooks, migrate, scope, tasks
from hrms.core.actor import missing
from hrms.core.dates import BadDate, parse_date
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import LOCALES, _, get_locale, render
from hrms.core.jinja import THEME_COOKIE, THEMES, address_of
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import PUBLIC, SIGNED_IN, HrmsBlueprint, actor

blueprint = HrmsBlueprint("core", __name__)
WORKER_SILENT_SECONDS = 120


@blueprint.route("/healthz", access=PUBLIC)
def health() -> ResponseReturnValue:
    """Say that the process answers; asks nothing of the database."""
    return jsonify(status="ok")


@blueprint.route("/readyz", access=PUBLIC)
def ready() -> ResponseReturnValue:
    """Say whether the database, the migrations and the worker are in order; 503 otherwise."""
    parts = {"database": False, "migrations": False, "worker": False}
    try:
        connection = db.session.connection()
        parts["database"] = True
        parts["migrations"] = migrate.current(connection) == migrate.head()
        heartbeat = db.session.execute(
            text("SELECT max(last_heartbeat) > now() - make_interval(secs => :silent) FROM procrastinate_workers"),
            {"silent": WORKER_SILENT_SECONDS},
        ).scalar_one()
        parts["worker"] = bool(heartbeat)
    except Exception:  # noqa: BLE001 - any failure is the answer: not ready
        db.session.rollback()
    well = all(parts.values())
    return jsonify(status="ok" if well else "unready", **parts), 200 if well else 503


@blueprint.route("/", access=SIGNED_IN)
def home() -> ResponseReturnValue:
    """Show the first page: what each domain has to say to this reader."""
    who = actor()
    scope.enter_for(who, Permission.PEOPLE_VIEW)
    cards = []
    for card in sorted(hooks.cards, key=lambda c: c.order):
        values = card.load(who)
        if values is not None:
            cards.append((card.template, values))
    return render_template("core/home.html", cards=cards)


@blueprint.route("/help", access=SIGNED_IN)
def help_page() -> str:
    """Show in short how this reader's work is done."""
    return render_template("core/help.html")


@blueprint.route("/locale", access=PUBLIC, methods=["POST"])
def set_locale() -> ResponseReturnValue:
    """Change the language of this browser and go back to the page."""
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
    return redirect(local_address(request.form.get("next")) or url_for("core.home"), 303)


@blueprint.route("/theme", access=PUBLIC, methods=["POST"])
def set_theme() -> ResponseReturnValue:
    """Change light and dark for this browser and go back to the page."""
    chosen = request.form.get("theme", "")
    answer = redirect(local_address(request.form.get("next")) or url_for("core.home"), 303)
    if chosen in {*THEMES, "auto"}:  # "auto" is a choice of its own: it stands above the account's
        answer.set_cookie(
            THEME_COOKIE, chosen, max_age=31_536_000, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
        )
    return answer


@blueprint.route("/tasks/<int:task_id>", access=SIGNED_IN)
def task(task_id: int) -> ResponseReturnValue:
    """Show how far a piece of long work is, as a page or as JSON; only its own account's."""
    found = tasks.get_own(actor(), task_id)
    kind = tasks.kinds.get(found.kind)
    result = found.result or {}
    words = {
        "waiting": _("Đang chờ đến lượt…"),
        "running": _("Đang làm…"),
        "done": _("Đã xong."),
        "failed": result.get("error") or _("Không làm được; chưa thay đổi gì. Hãy thử lại."),
        "cancelled": _("Đã hủy."),
    }
    shown = {
        "id": found.id, "kind": found.kind, "title": render(kind.title) if kind else found.kind,
        "state": "doing" if found.state == "running" else found.state, "message": words[found.state],
        "done": found.done, "total": found.total, "url": url_for("core.task", task_id=found.id),
        "cancel_url": url_for("core.cancel_task", task_id=found.id), "back": kind.back if kind else None,
        "file_url": url_for("core.task_file", task_id=found.id) if found.state == "done" and "file" in result else None,
        "file_name": result.get("name"), "rows": result.get("rows"),
    }  # fmt: skip
    if request.accept_mimetypes.best == "application/json":
        return jsonify({name: shown[name] for name in ("id", "kind", "state", "done", "total", "message")})
    return render_template("core/task.html", task=shown)


@blueprint.route("/tasks/<int:task_id>/cancel", access=SIGNED_IN, methods=["POST"])
def cancel_task(task_id: int) -> ResponseReturnValue:
    """Stop a piece of long work; nothing of it is kept."""
    with transaction():
        tasks.cancel(actor(), task_id)
    return redirect(url_for("core.task", task_id=task_id), 303)


@blueprint.route("/tasks/<int:task_id>/file", access=SIGNED_IN)
def task_file(task_id: int) -> ResponseReturnValue:
    """Give the result file to the account that asked for it, while it may still take such a file."""
    found = tasks.get_own(actor(), task_id)
    result = found.result or {}
    for needed, closure in result.get("needs", ()):
        actor().require(Permission(needed), at=closure)
    path = tasks.result_path(result.get("file", ""))
    if found.state != "done" or "file" not in result or not path.is_file():
        raise missing("task")
    return send_file(path, as_attachment=True, download_name=result["name"])


def local_address(address: str | None) -> str | None:
    """Return an address of this program as given, None for one that leads elsewhere."""
    # Browsers drop control characters and read a backslash as a slash: “/\\host” and “/<tab>/host” lead away.
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or not address.isprintable():
        return None
    return address


def asked_dates() -> tuple[date | None, datetime | None]:
    """Return the two clocks of the address, `as_at` and `known_on`; None means today and now. Raises `Refused`.

    The page's frame then shows these two clocks as the page's own.
    """
    as_at = _asked("as_at")
    known = _asked("known_on")
    moment = None
    if known is not None:
        # "Known on a day" means by the end of that day in Việt Nam; programs may name an instant.
        moment = _instant(request.args["known_on"]) or datetime.combine(known, datetime.max.time(), clock.ZONE)
    g.asked_dates = as_at, moment
    return as_at, moment


def _instant(given: str) -> datetime | None:
    """Return an ISO date and time as an instant, in Việt Nam's zone unless it names another; None for anything else."""
    if "T" not in given:
        return None
    try:
        # A plus sign in an address arrives as a blank.
        found = datetime.fromisoformat(given.strip().replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)


def _asked(name: str) -> date | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    try:
        return parse_date(given.partition("T")[0]).value.earliest()
    except BadDate as error:
        raise Refused(
            Problem(
                name, "not_a_date", N_("“%(value)s” không phải là ngày. Hãy ghi dạng 01/07/2026."), {"value": given}
            )
        ) from error


def _frame() -> dict[str, Any]:
    """What every page's frame shows: menu, reader, clocks."""
    if not has_request_context():
        return {}
    who = actor()
    return {
        "nav": _nav() if not who.is_anonymous else [],
        "me": g.get("me"),
        "clock": None if who.is_anonymous else _clock(),
        "links": _links(who.is_anonymous),
        "may": who.may,
        "demo_notice": g.get("demo_notice"),
    }


_LINKS = {
    "home": "core.home",
    "people": "people.index",
    "account": "accounts.profile",
    "sessions": "accounts.sessions",
    "help": "core.help_page",
    "sign_out": "accounts.logout",
    "sign_in": "accounts.login",
    "keepalive": "accounts.keepalive",
    "locale": "core.set_locale",
    "theme": "core.set_theme",
}
_OPEN_LINKS = frozenset({"home", "sign_in", "locale", "theme"})


def _links(anonymous: bool) -> dict[str, str]:
    return {
        name: address_of(endpoint)
        for name, endpoint in _LINKS.items()
        if endpoint in current_app.view_functions and (not anonymous or name in _OPEN_LINKS)
    }


def _nav() -> list[dict[str, Any]]:
    who = actor()
    shown = [
        item
        for item in sorted(hooks.menu, key=lambda m: m.order)
        if item.endpoint in current_app.view_functions
        and (not item.permissions or any(who.may(permission) for permission in item.permissions))
    ]
    here = _here(shown)
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in shown:
        groups.setdefault(item.group, []).append(
            {"label": render(item.label), "url": address_of(item.endpoint), "active": item is here, "count": None}
        )
    return [{"label": render(label), "items": items} for label, items in groups.items()]


def _here(shown: Sequence[hooks.MenuItem]) -> hooks.MenuItem | None:
    """Return the entry the page belongs to: its own, else the one its address lies under, else its domain's first."""
    own = next((item for item in shown if item.endpoint == request.endpoint), None)
    if own is not None:
        return own
    paths = {address_of(item.endpoint).partition("?")[0].rstrip("/"): item for item in reversed(shown)}
    above = str(request.path)
    while above := above.rpartition("/")[0]:
        if above in paths:
            return paths[above]
    domain = (request.endpoint or "").partition(".")[0]
    return next((item for item in shown if item.endpoint.partition(".")[0] == domain != "core"), None)


def _clock() -> dict[str, Any] | None:
    """Return the clocks the page was drawn by, and where another day is asked for.

    A page that knows no days leads to the list of people; None for readers who have no such list.
    """
    as_at, known_on = g.get("asked_dates", (None, None))
    address = request.path
    if "asked_dates" not in g:
        if not actor().may(Permission.PEOPLE_VIEW) or "people.index" not in current_app.view_functions:
            return None
        address = address_of("people.index")
    today = clock.today()
    return {
        "as_at": as_at or today,
        "known_on": known_on,
        "is_today": as_at in {None, today} and known_on is None,
        "url": address,
    }


def init_app(app: Flask) -> None:
    """Register the pages and the frame."""
    app.register_blueprint(blueprint)
    app.context_processor(_frame)
    hooks.daily.append(tasks.sweep)
    hooks.daily.append(files.sweep)
    hooks.checks.append(hooks.Check(N_("tệp đã lưu còn đủ trên đĩa"), files.check))
    hooks.menu.append(hooks.MenuItem(N_("Hằng ngày"), N_("Tổng quan"), "core.home", (), 0))
    app.jinja_env.globals.update(locales=LOCALES, get_locale=get_locale, gettext=_)
