"""The documents name only commands, options, addresses and files that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from hrms.cli import cli

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
COMMAND = re.compile(r"(?:^|`|\.venv/bin/)hrms((?: [^\s`]+)+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"`(?:GET |POST |PATCH )?(/[^`\s?]*)[^`]*`")


def _commands(text: str) -> Iterator[str]:
    for found in COMMAND.finditer(text):
        yield found[1].strip()


def _unknown(words: str) -> str | None:
    """Return the first word of a command line that the command tree does not know, or None."""
    context = click.Context(cli)
    command: click.Command = cli
    for word in words.split("  ", maxsplit=1)[0].split():
        if isinstance(command, click.Group):
            if word.startswith("--"):
                return None if any(word in option.opts for option in command.params) or word == "--help" else word
            following = command.get_command(context, word)
            if following is None:
                # “hrms LỆNH --help” names any command; a group alone is what its help describes.
                return None if word.isupper() else word
            command = following
        elif word.startswith("--"):
            name = word.partition("=")[0]
            if name != "--help" and not any(name in option.opts for option in command.params):
                return word
        elif word in {">", "<", "|", "#", "&&"}:
            return None
    return None


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_there(name: str) -> None:
    text = (ROOT / name).read_text()
    assert [line for line in _commands(text) if _unknown(line)] == []


def test_the_commands_page_names_every_command() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    cli.load()

    def leaves(command: click.Command, words: str) -> Iterator[str]:
        if isinstance(command, click.Group):
            for name, part in command.commands.items():
                yield from leaves(part, f"{words} {name}")
        else:
            yield words

    assert [words for words in leaves(cli, "hrms") if f"`{words}" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file(name: str) -> None:
    document = ROOT / name
    links = [link.partition("#")[0] for link in LINK.findall(document.read_text()) if "://" not in link]
    assert [link for link in links if link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["docs/api.md", "docs/operations.md"])
def test_every_address_is_a_route(name: str, app: Flask) -> None:
    rules = {re.sub(r"<[^>]*>", "<>", rule.rule) for rule in app.url_map.iter_rules()}
    found = ADDRESS.findall((ROOT / name).read_text())
    assert found
    assert [address for address in found if re.sub(r"<[^>]*>", "<>", address) not in rules] == []


def test_what_is_not_there_is_found() -> None:
    assert _unknown("people import FILE") == "people"
    assert _unknown("import people FILE --wrong") == "--wrong"
    assert _unknown("explain retirement --born 1965-04-15 --sex M") is None
