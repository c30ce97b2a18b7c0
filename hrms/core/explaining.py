"""What every `hrms explain` command does alike: read a file of facts, tell the steps of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import marshmallow as ma

from hrms.core.console import Unusable, say
from hrms.core.i18n import _, render
from hrms.core.jinja import show_figure
from hrms.core.rules import Reason


def read_facts(path: Path, schema: ma.Schema) -> dict[str, Any]:
    """Return the facts of a file. Raises `Unusable` naming what cannot be used: exit 2."""
    try:
        found: dict[str, Any] = schema.load(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Unusable(_("%(path)s không phải tệp JSON: %(why)s", path=path, why=error)) from error
    except ma.ValidationError as error:
        names = ", ".join(sorted(map(str, error.messages_dict)))
        raise Unusable(
            _("%(path)s: không dùng được mục %(names)s. Xem docs/commands.md.", path=path, names=names)
        ) from error
    return found


def tell(reasons: Iterable[Reason]) -> list[Mapping[str, Any]]:
    """Say each step with its figure and article, and return them for the JSON answer."""
    told: list[Mapping[str, Any]] = []
    for reason in reasons:
        say(f"  {render(reason)}  {show_figure(reason.figure)}  {reason.source}")
        told.append({"text": render(reason), "figure": reason.figure, "source": reason.source})
    return told
