"""Every template and static file keeps to the strict content policy, and the two dark themes stay the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "hrms" / "static"
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(ROOT / "templates").as_posix())
def test_template_keeps_to_the_content_policy(path):
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert not found, f"{path.name} has {', '.join(found)}"


def test_the_patterns_find_what_they_forbid():
    samples = {
        "a style attribute": '<td style="width:1px">',
        "an inline style sheet": "<style>a{}</style>",
        "an event handler": '<a href="#" onclick="x()">',
        "an inline script": "<script>x()</script>",
        "a javascript: address": '<a href="javascript:x()">',
        "another host": '<script src="//cdn.example/x.js"></script>',
    }
    assert samples.keys() == FORBIDDEN.keys()
    for name, sample in samples.items():
        assert FORBIDDEN[name].search(sample), name
    assert not FORBIDDEN["an inline script"].search('<script type="module" src="{{ asset(1) }}"></script>')


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.*")), ids=lambda p: p.relative_to(STATIC).as_posix())
def test_static_file_asks_no_other_host(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|url\(\s*[\"']?//|@import", text)
    assert "eval(" not in text


def test_dark_by_choice_and_dark_by_device_are_the_same():
    text = (STATIC / "css" / "theme.css").read_text(encoding="utf-8")
    chosen = re.search(r'\[data-bs-theme="dark"\] \{(.*?)\n\}', text, re.DOTALL)
    device = re.search(r":root:not\(\[data-bs-theme\]\) \{(.*?)\n  \}", text, re.DOTALL)
    assert chosen
    assert device
    assert chosen[1].split() == device[1].split()


def test_every_token_used_is_defined():
    sheets = {path.name: path.read_text(encoding="utf-8") for path in (STATIC / "css").glob("*.css")}
    defined = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheets.values())))
    for name, text in sheets.items():
        used = {u for u in re.findall(r"var\((--[\w-]+)\s*\)", text) if not u.startswith("--bs-")}
        assert used <= defined, (name, used - defined)


def test_every_icon_used_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")))
    for path in TEMPLATES:
        used = set(re.findall(r"icon\('([\w-]+)'\)", path.read_text(encoding="utf-8")))
        assert used <= drawn, (path.name, used - drawn)


def test_every_script_part_exists():
    main = (STATIC / "js" / "main.js").read_text(encoding="utf-8")
    names = set(re.findall(r'", "([a-z]+)"\]', main)) | set(re.findall(r"`\./([a-z]+)\.js", main))
    files = {path.stem for path in (STATIC / "js").glob("*.js")} - {"main"}
    assert names == files
