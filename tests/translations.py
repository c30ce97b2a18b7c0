"""What the code says in Vietnamese, and its English; for authors: `python -m tests.translations update`.

A catalogue may be any folder of `hrms/translations/`; usually one per domain. `update` adds what is missing, with an
empty English text, to the catalogue of the domain that says it, and drops what nothing says any more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract_from_file

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "hrms" / "translations"
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)[sd]|%(?![%(])\S")
SHARED_TEMPLATES = {"components", "layouts", "errors", "core", "api"}


@dataclass(slots=True)
class Catalogues:
    """Everything said, by message id, with where; and every English text, by message id."""

    said: dict[str, list[str]] = field(default_factory=dict)
    english: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Catalogues:
        """Read code, templates and catalogues as they are now."""
        found = cls()
        for path, message in _said():
            found.said.setdefault(message, []).append(path)
        for path in catalogue_files():
            for entry in polib.pofile(str(path)):
                if not entry.obsolete and not entry.fuzzy:
                    found.english.setdefault(entry.msgid, entry.msgstr or "\n".join(entry.msgstr_plural.values()))
        return found

    def missing(self) -> dict[str, str]:
        """Return what has no English, with the first place that says it."""
        return {
            message: places[0] for message, places in self.said.items() if not self.english.get(message, "").strip()
        }

    def different_places(self) -> list[str]:
        """Return what has other `%(name)s` places in English than in Vietnamese."""
        return [
            message
            for message, text in self.english.items()
            if text and message in self.said and set(PLACE.findall(message)) != set(PLACE.findall(text))
        ]


def catalogue_files() -> list[Path]:
    """Return the English catalogues."""
    return sorted(TRANSLATIONS.glob("*/en/LC_MESSAGES/messages.po"))


def domain_of(place: str) -> str:
    """Return the catalogue where a new message of this file goes."""
    parts = Path(place).parts
    if parts[0] == "templates":
        return "core" if parts[1] in SHARED_TEMPLATES else parts[1]
    return parts[1] if parts[0] == "hrms" and len(parts) > 2 else "app"


def update() -> None:
    """Bring the catalogues to what is said now."""
    found = Catalogues.read()
    for path in catalogue_files():
        catalogue = polib.pofile(str(path), wrapwidth=110)
        gone = [entry for entry in catalogue if entry.msgid not in found.said]
        for entry in gone:
            catalogue.remove(entry)
        if gone:
            catalogue.save()
    for message, place in found.missing().items():
        if message in found.english:
            continue
        path = TRANSLATIONS / domain_of(place) / "en" / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)
        catalogue.metadata.setdefault("Content-Type", "text/plain; charset=UTF-8")
        catalogue.metadata.setdefault("Language", "en")
        catalogue.append(polib.POEntry(msgid=message, msgstr=""))
        catalogue.save(str(path))
    for message, place in found.missing().items():
        sys.stdout.write(f"{place}: {message}\n")


def _said() -> Iterator[tuple[str, str]]:
    sources = [
        *((path, "python") for folder in ("hrms", "seed") for path in sorted((ROOT / folder).rglob("*.py"))),
        *((path, "jinja2.ext:babel_extract") for path in sorted((ROOT / "templates").rglob("*.*"))),
        (ROOT / "config.py", "python"),
    ]
    for path, method in sources:
        place = path.relative_to(ROOT).as_posix()
        options = {"trimmed": "true", "silent": "false"} if method.startswith("jinja2") else None
        for _line, messages, _comments, _context in extract_from_file(
            method, str(path), keywords=KEYWORDS, options=options, strip_comment_tags=True
        ):
            message = messages[0] if isinstance(messages, tuple) else messages
            if message:
                yield place, message


if __name__ == "__main__" and sys.argv[1:] == ["update"]:
    update()
