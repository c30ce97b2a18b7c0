"""Commands of the record: explain a retirement."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from hrms.core.console import Unusable, say
from hrms.core.dates import BadDate, PartialDate, parse_date
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.core.jinja import show_figure
from hrms.people.queries import law
from hrms.people.rules.kinds import Sex
from hrms.people.rules.retirement import retirement


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


@explain.command("retirement")
@click.option("--born", required=True, help=_("Ngày sinh: 1965-04-15 hoặc 15/04/1965."))
@click.option("--sex", required=True, type=click.Choice(["M", "F"]), help=_("M là nam, F là nữ."))
@click.option("--year-only", is_flag=True, help=_("Chỉ biết năm sinh."))
def explain_retirement(born: str, sex: str, year_only: bool) -> dict[str, Any]:
    """Ngày nghỉ hưu, hạn thông báo, hạn ra quyết định, và vì sao (NĐ 135/2020/NĐ-CP)."""
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
        say(f"  {render(reason)}  {show_figure(reason.figure)}  {reason.source}")
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
