"""Commands of training: explain a repayment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click
import marshmallow as ma

from hrms.core import clock
from hrms.core.console import Unusable, say
from hrms.core.i18n import _, render
from hrms.core.jinja import show_figure
from hrms.core.rules import Reason
from hrms.people.queries import law
from hrms.training.rules import repayment as rules
from hrms.training.rules.repayment import Case, Exemption, Facts


class RepaymentSchema(ma.Schema):
    """Facts of a repayment: `cost` in whole đồng as text, months committed and served, the case."""

    cost = ma.fields.String(required=True, validate=ma.validate.Regexp(r"^\d{1,12}$"))
    committed_months = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, 600))
    served_months = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 600))
    case = ma.fields.Enum(Case, by_value=True, load_default=Case.LEFT_EARLY)
    years_before = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 60))
    reduced_rate = ma.fields.Boolean(load_default=False)
    exemption = ma.fields.Enum(Exemption, by_value=True, load_default=None, allow_none=True)
    on = ma.fields.Date(load_default=None)


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("repayment")
@_FILE
def explain_repayment(facts: Path) -> dict[str, Any]:
    """Phải đền bù bao nhiêu chi phí đào tạo, và vì sao (NĐ 171/2025/NĐ-CP Đ6–8)."""
    given = _read(facts, RepaymentSchema())
    on: date | None = given.pop("on")
    asked = Facts(**{**given, "cost": int(given["cost"])})
    if problems := rules.check(asked):
        raise Unusable("\n".join(render(one) for one in problems))
    found = rules.repayment(asked, law.parameters(on or clock.today()))
    return {"amount": str(found.amount), "reasons": _told(found.reasons)}


def _read(path: Path, schema: ma.Schema) -> dict[str, Any]:
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


def _told(reasons: Iterable[Reason]) -> list[Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = []
    for reason in reasons:
        say(f"  {render(reason)}  {show_figure(reason.figure)}  {reason.source}")
        told.append({"text": render(reason), "figure": reason.figure, "source": reason.source})
    return told


COMMANDS = (explain,)
