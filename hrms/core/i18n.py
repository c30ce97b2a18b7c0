"""Words in two languages: Vietnamese message ids in the source, English in `hrms/translations/<domain>/`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from hrms.core.dates import PartialDate
from hrms.core.formats import format_date, format_number
from hrms.core.rules import N_, Problem, Reason

__all__ = ["LOCALES", "N_", "_", "_l", "babel", "get_locale", "init_app", "ngettext", "render"]

LOCALES = {"vi": "Tiếng Việt", "en": "English"}
_: Callable[..., str] = gettext
_l = lazy_gettext
babel = Babel()


def select_locale() -> str:
    """Return the reader's language: the account's choice, else the session's, else Vietnamese."""
    if not has_request_context():
        return "vi"
    chosen = getattr(g, "locale", None) or session.get("locale") or request.args.get("lang")
    return chosen if chosen in LOCALES else "vi"


def translation_directories() -> list[str]:
    """Return the folders with catalogues, one per domain."""
    root = Path(__file__).parent.parent / "translations"
    return sorted(str(path) for path in root.iterdir() if path.is_dir())


def init_app(app: Flask) -> None:
    """Read the catalogues of every domain and choose the language of each request."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "vi")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(translation_directories())
    babel.init_app(app, locale_selector=select_locale)


def render(said: Reason | Problem | str | LazyString, **params: Any) -> str:
    """Return the sentence of a reason, a problem or a message id in the reader's language."""
    if isinstance(said, (Reason, Problem)):
        return str(gettext(said.text, **{name: _shown(value) for name, value in said.params.items()}))
    if isinstance(said, LazyString):
        return str(said)
    return str(gettext(said, **params))


def _shown(value: Any) -> Any:
    """Translate a parameter that is itself a marked message; write dates and decimals as the reader's language does."""
    if isinstance(value, str):
        return gettext(value) if value else value
    if isinstance(value, (date, PartialDate)):
        return format_date(value)
    if isinstance(value, Decimal):
        return format_number(value, str(get_locale() or "vi"))
    return value
