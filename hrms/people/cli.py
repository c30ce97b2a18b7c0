"""Commands of the record: explain a retirement, take the list out."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from hrms.core.console import Unusable, say
from hrms.core.dates import BadDate, PartialDate, parse_date
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.people.queries import law
from hrms.people.rules.kinds import Sex
from hrms.people.rules.retirement import retirement


@click.group("explain")
def explain() -> None:
    """Answer a question of the law with its steps and articles."""


@explain.command("retirement")
@click.option("--born", required=True, help="1965-04-15, 15/04/1965")
@click.option("--sex", required=True, type=click.Choice(["M", "F"]))
@click.option("--year-only", is_flag=True, help="only the year of birth is known")
def explain_retirement(born: str, sex: str, year_only: bool) -> dict[str, Any]:
    """Say when somebody retires, when the notice and the decision are due, and why (NĐ 135/2020/NĐ-CP)."""
    try:
        found = parse_date(born).value
    except BadDate as error:
        raise Unusable(_("--born là “%(value)s”, không phải là ngày. Hãy ghi dạng 1965-04-15.", value=born)) from error
    if year_only:
        found = PartialDate(found.year)
    answer = retirement(found, Sex.MALE if sex == "M" else Sex.FEMALE, law.retirement_ages(), law.retirement_terms())
    say(_("Nghỉ hưu hết ngày %(day)s, hưởng lương hưu từ %(pension)s.", day=format_date(answer.retires_on),
          pension=format_date(answer.pension_from)))  # fmt: skip
    for reason in answer.reasons:
        say(f"  {render(reason)}  {reason.figure}  {reason.source}")
    return {
        "retires_on": _iso(answer.retires_on), "pension_from": _iso(answer.pension_from), "age": answer.age,
        "notice_by": _iso(answer.notice_by), "decision_by": _iso(answer.decision_by),
        "reasons": [
            {"text": render(reason), "figure": reason.figure, "source": reason.source} for reason in answer.reasons
        ],
    }  # fmt: skip


def _iso(day: date) -> str:
    return day.isoformat()


COMMANDS = (explain,)
