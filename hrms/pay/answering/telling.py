"""How a command asks and tells: a file of facts in, the keys of the answer with its steps out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import marshmallow as ma

from hrms.core.console import Unusable
from hrms.core.explaining import read_facts, tell
from hrms.core.i18n import render
from hrms.pay.answering import Answer, UnanswerableError


def answered(facts: Path, schema: ma.Schema, ask: Callable[[dict[str, Any]], Answer]) -> dict[str, Any]:
    """Return the answer's keys and `reasons`. Raises `Unusable` naming what cannot be used: exit 2."""
    given = read_facts(facts, schema)
    try:
        found = ask(given)
    except UnanswerableError as error:
        raise Unusable("\n".join(render(one) for one in error.problems)) from error
    return {**found.keys, "reasons": tell(found.reasons)}
