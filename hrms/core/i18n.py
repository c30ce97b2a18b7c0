"""Words in two languages: Vietnamese message ids in the source, English in `hrms/translations/<domain>/`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations, ngettext
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from hrms.core.dates import PartialDate
from hrms.core.formats import format_date, format_number
from hrms.core.rules import N_, Problem, Reason

__all__ = ["LOCALES", "N_", "_", "_l", "babel", "get_locale", "init_app", "ngettext", "render"]

LOCALES = {"vi": "Tiếng Việt", "en": "English"}
babel = Babel()


def _words() -> Any:
    """Return the catalogue of the reader's language.

    A page asks some two hundred times, and the package works out the language's name each time; it is kept beside the
    language that it belongs to.
    """
    # Each look through the proxy `g` costs as much as the look-up of a word: it is gone through once.
    kept = g.get("_flask_babel") if has_app_context() else None
    if kept is None:
        return get_translations()
    locale, words = getattr(kept, "hrms_words", (None, None))
    if locale is None or locale is not getattr(kept, "babel_locale", None):
        words = get_translations()
        kept.hrms_words = kept.babel_locale, words
    return words


def _gettext(string: str, **variables: Any) -> str:
    """Return a message in the reader's language, with its variables put in."""
    words: str = _words().ugettext(string)
    return words % variables if variables else words


def _lazy(string: str, **variables: Any) -> LazyString:
    """Return a message that is put into the reader's language when it is shown."""
    return LazyString(_gettext, string, **variables)


@pass_eval_context
def _in_template(about: EvalContext, string: str, /, **variables: Any) -> str:
    """Return a message of a template, where a per cent sign is doubled; in HTML its variables are escaped."""
    words: str = _words().ugettext(string)
    if about.autoescape:
        words = Markup(words)  # noqa: S704 - messages are ours
    return words % variables if "%" in words else words


_: Callable[..., str] = _gettext
_l: Callable[..., LazyString] = _lazy


def select_locale() -> str:
    """Return the reader's language: the account's choice, else the session's, else Vietnamese.

    A program may ask for a language with each call (`Accept-Language`); pages leave what a browser sends aside, since
    machines of the office are often set to English by whoever installed them.
    """
    if not has_request_context():
        return "vi"
    if request.path.startswith("/api/") and request.accept_mimetypes.best != "text/html":
        asked = request.accept_languages.best_match(LOCALES)
        if asked:
            return asked
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
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template)


def render(said: Reason | Problem | str | LazyString, **params: Any) -> str:
    """Return the sentence of a reason, a problem or a message id in the reader's language."""
    if isinstance(said, (Reason, Problem)):
        return _(said.text, **{name: _shown(value) for name, value in said.params.items()})
    if isinstance(said, LazyString):
        return str(said)
    return _(said, **params)


def _shown(value: Any) -> Any:
    """Translate a parameter that is itself a message; write dates and decimals as the reader's language does."""
    if isinstance(value, (Reason, Problem)):
        return render(value)
    if isinstance(value, str):
        return _(value) if value else value
    if isinstance(value, (date, PartialDate)):
        return format_date(value)
    if isinstance(value, Decimal):
        return format_number(value, str(get_locale() or "vi"))
    return value
