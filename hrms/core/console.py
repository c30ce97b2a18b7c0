"""How commands speak: people's words on stderr, one JSON object on stdout with `--json`, exit 0, 1 or 2.

A command is a click command that *returns* its JSON keys as a dict (or `refused(...)` for exit 1), and says what people
should read with `say()`. Each domain lists its commands in `COMMANDS` of its `cli.py`; groups of one name are merged.
Refusals are raised, as everywhere: `HrmsError` ends with 1, `Unusable` and click's own usage errors with 2.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import click
from flask import Flask

F = TypeVar("F", bound=Callable[..., Any])


class Runtime(Protocol):
    """What the top of the command line offers its commands."""

    def app(self, *, owner: bool = False) -> Flask:
        """Return the application over a running, migrated database: as `hrms_app`, or as its owner."""

    def settings(self) -> Any:
        """Return the settings of this process."""


class Result(dict[str, Any]):
    """The JSON keys of an answer, with the exit status that goes with them."""

    exit_code = 0


class Unusable(click.ClickException):
    """The arguments or the file cannot be used at all; nothing was tried."""

    exit_code = 2


def refused(keys: Mapping[str, Any]) -> Result:
    """Return an answer that says no (exit 1) and still has its keys, such as the problems found."""
    result = Result(keys)
    result.exit_code = 1
    return result


def say(text: str, *, newline: bool = True) -> None:
    """Write a line for people."""
    click.echo(text, err=True, nl=newline)


def runtime() -> Runtime:
    """Return what the running command may use. Raises `RuntimeError` outside a command."""
    found: Runtime = click.get_current_context().obj
    return found


def in_app(command: F | None = None, *, owner: bool = False) -> Any:
    """Run the command inside the application's context, over a running and migrated database.

    `owner=True` connects as the owner of the data, past row-level security: for demo data and bulk loads only.
    """
    if command is None:
        return functools.partial(in_app, owner=owner)

    @functools.wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with runtime().app(owner=owner).app_context():
            return command(*args, **kwargs)

    return inside


def merge(into: click.Group, command: click.Command) -> None:
    """Add a command to a group; two groups of one name become one, and the same command again changes nothing.

    Raises `ValueError` when two commands collide.
    """
    name = str(command.name)
    known = into.commands.get(name)
    if known is command:
        return
    if known is None:
        into.add_command(command)
    elif isinstance(known, click.Group) and isinstance(command, click.Group):
        for part in command.commands.values():
            merge(known, part)
    else:
        message = f"two commands named {name}"
        raise ValueError(message)
