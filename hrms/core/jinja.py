"""What every template may use beyond Flask's own: filters that show values, and globals that build addresses.

Filters: `date`, `datetime`, `number`, `coefficient`, `interval`, `label`, `reason`, `mask`.
Globals: `asset`, `here`, `here_fields`, `look`, `charts`.
`docs/interface.md` shows each in use.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, get_template_attribute, has_request_context, request, url_for
from flask.templating import Environment
from flask_babel.speaklater import LazyString

from hrms.core import charts, clock, formats
from hrms.core.dates import PartialDate
from hrms.core.i18n import get_locale, render
from hrms.core.rules import N_, Problem, Reason

NOTHING = "—"
THEMES = ("light", "dark")
THEME_COOKIE = "theme"
PLACE_KEYS = ("after", "before")
"""Query keys that say where in a list one stands; they are dropped whenever the list itself changes."""

_labels: dict[tuple[type, str], str] = {}
"""By class and name: members of two `StrEnum`s with one value are equal, but do not mean the same."""
log = logging.getLogger(__name__)


class SharedEnvironment(Environment):
    """Templates without globals of their own share the application's, one mapping for all.

    The package lays a chain of mappings around each template's, and compares the chains at every import: a page has
    some fifteen imports of components.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template."""
        return super().make_globals(d) if d else self.globals


def register_labels(labels: Mapping[Any, str]) -> None:
    """Tell the `label` filter the marked Vietnamese message of each member of an enum."""
    _labels.update({(type(member), member.name): words for member, words in labels.items()})


def _locale() -> str:
    """Return the reader's language; Vietnamese outside a request."""
    return str(get_locale() or "vi")


def show_date(value: date | datetime | PartialDate | None) -> str:
    """Return a day as dd/MM/yyyy (less when less is known); an instant as its day in Việt Nam; None as a dash."""
    if isinstance(value, datetime):
        value = value.astimezone(clock.ZONE).date()
    return formats.format_date(value) or NOTHING


def show_datetime(value: datetime | None) -> str:
    """Return an instant as dd/MM/yyyy HH:mm in Việt Nam; None as a dash."""
    return NOTHING if value is None else f"{value.astimezone(clock.ZONE):%d/%m/%Y %H:%M}"


def show_number(value: Decimal | int | None, places: int | None = None) -> str:
    """Return a number with the separators of the reader's language, rounded to `places`; None as a dash."""
    return formats.format_number(value, _locale(), places) or NOTHING


def show_coefficient(value: Decimal | None) -> str:
    """Return a salary coefficient with two places (3,33 in Vietnamese); None as a dash."""
    return formats.format_coefficient(value, _locale()) or NOTHING


def show_interval(value: Any, valid_to: date | None = None) -> str:
    """Return the days from `valid_from` up to, not including, `valid_to`, shown with their last day.

    Takes a dated row (anything with `valid_from` and `valid_to`), a pair, or a first day and an argument.
    """
    if value is None:
        return NOTHING
    if hasattr(value, "valid_from"):
        return formats.format_interval(value.valid_from, value.valid_to, _locale())
    if isinstance(value, tuple):
        return formats.format_interval(value[0], value[1], _locale())
    return formats.format_interval(value, valid_to, _locale())


def show_label(value: Any) -> str:
    """Return the words for an enum member, a marked message or a lazy string, in the reader's language.

    An enum says its own words by a `label` attribute or through `register_labels`. A member without words is a
    mistake of ours: it raises `LookupError` in tests and while developing, and shows its value in production.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Enum):
        words = _labels.get((type(value), value.name)) or getattr(value, "label", None)
        if words is None:
            if current_app.testing or current_app.debug:
                raise LookupError(f"no label for {value!r}: pass it to hrms.core.jinja.register_labels")
            log.warning("no label for an enum member", extra={"enum": type(value).__name__})
            return str(value.value)
        return render(words)
    if isinstance(value, (str, LazyString, Reason, Problem)):
        return render(value)
    return str(value)


def show_reason(value: Reason | Problem | Mapping[str, Any] | str) -> str:
    """Return the sentence of a reason or a problem in the reader's language; a mapping gives its ready `text`."""
    return str(value["text"]) if isinstance(value, Mapping) else render(value)


def show_figure(value: str) -> str:
    """Return a reason's figure: ISO dates, decimals and ages ("61y6m") as the reader writes them, the rest as is."""
    text = str(value).strip()
    if age := re.fullmatch(r"(\d+)y(\d+)m", text):
        return render(N_("%(years)s tuổi %(months)s tháng"), years=age[1], months=age[2])
    try:
        # An amount may have ten digits as well.
        is_date = len(text) == 10 and text[4] == "-"
        return formats.format_date(date.fromisoformat(text)) if is_date else show_number(Decimal(text))
    except (ValueError, ArithmeticError):
        return render(text) if text else ""


def mask(value: str | None, shown: int = 4) -> str:
    """Return an identity number with all but its last `shown` characters hidden; None as a dash."""
    if not value:
        return NOTHING
    return "•" * max(len(value) - shown, 0) + value[-shown:]


def here_fields(**changes: Any) -> list[tuple[str, str]]:
    """Return the query of the current address as (name, value) pairs, with some keys replaced or (None) left out.

    For the hidden fields of a GET form that should keep the rest of the address. Unless the change is itself about the
    place in the list, the place is forgotten, since another list has other pages.
    """
    dropped = set(changes)
    if not dropped & set(PLACE_KEYS):
        dropped |= set(PLACE_KEYS)
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key not in dropped]
    for key, value in changes.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(key, str(one)) for one in values if one is not None and one != ""]
    return pairs


def here(**changes: Any) -> str:
    """Return the current address with some query keys replaced or (None) left out."""
    pairs = here_fields(**changes)
    return request.path + ("?" + urlencode(pairs) if pairs else "")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of a form's error summary; `id` is the field's, "" when the mistake is of the form as a whole."""

    id: str
    label: str
    message: str


def form_errors(form: Any) -> list[Mistake]:
    """Return every mistake of a WTForms form in the order of its fields, those inside nested forms included."""
    mistakes = [Mistake("", "", str(message)) for message in getattr(form, "form_errors", ())]
    for field in form:
        if field.type == "FormField":
            mistakes += form_errors(field.form)
        elif field.type == "FieldList":
            mistakes += form_errors(field.entries)
            mistakes += [Mistake(field.id, str(field.label.text), e) for e in field.errors if isinstance(e, str)]
        else:
            mistakes += [Mistake(field.id, str(field.label.text), str(message)) for message in field.errors]
    return mistakes


def look(me: Mapping[str, Any] | Any = None) -> dict[str, str]:
    """Return the page's `locale` (vi, en) and `theme` (light, dark, or "" to follow the device).

    The theme is the account's when somebody is signed in and has chosen one, else what the cookie says.
    """
    chosen = me.get("theme") if isinstance(me, Mapping) else getattr(me, "theme", None)
    theme = chosen or request.cookies.get(THEME_COOKIE, "")
    return {"locale": _locale(), "theme": theme if theme in THEMES else ""}


def static_version(folder: Path) -> str:
    """Return a short hash of every file under a static folder, so that browsers may keep them for ever."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(filename: str) -> str:
    """Return the address of one of our static files, with the version of all of them."""
    version: str = current_app.extensions["hrms_static_version"]
    kept: dict[tuple[str, str, str], str] = current_app.extensions["hrms_assets"]
    key = (request.script_root if has_request_context() else "", version, filename)
    if key not in kept:
        kept[key] = url_for("static", filename=filename, v=version)
    return kept[key]


def address_of(endpoint: str) -> str:
    """Return the address of a page that takes nothing; kept, since a frame has some twenty of them."""
    kept: dict[tuple[str, str], str] = current_app.extensions["hrms_addresses"]
    key = (request.script_root, endpoint)
    if key not in kept:
        kept[key] = url_for(endpoint)
    return kept[key]


def component(file: str, macro: str, *args: Any, **kwargs: Any) -> str:
    """Return the HTML of one macro of `templates/components/`; for tests and for parts answered to a script."""
    return str(get_template_attribute(f"components/{file}.html", macro)(*args, **kwargs))


def init_app(app: Flask) -> None:
    """Give the application's templates the filters and globals, and number its static files."""
    app.extensions["hrms_static_version"] = static_version(Path(app.static_folder or ""))
    app.extensions["hrms_assets"] = {}
    app.extensions["hrms_addresses"] = {}
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date=show_date,
        datetime=show_datetime,
        number=show_number,
        coefficient=show_coefficient,
        interval=show_interval,
        label=show_label,
        reason=show_reason,
        figure=show_figure,
        mask=mask,
    )
    app.jinja_env.globals.update(
        asset=asset, here=here, here_fields=here_fields, look=look, charts=charts, form_errors=form_errors
    )
