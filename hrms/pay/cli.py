"""Commands of pay: explain a month's pay, arrears, and severance. Raises and placement are in `cli_raises`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hrms.pay.answering import month
from hrms.pay.answering.telling import answered
from hrms.pay.facts_pay import ArrearsSchema, PaySchema, SeveranceSchema


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("pay")
@_FILE
def explain_pay(facts: Path) -> dict[str, Any]:
    """Một tháng hưởng bao nhiêu, đóng bao nhiêu, còn nhận bao nhiêu, và vì sao (TT 13/2026/TT-BNV Đ3)."""
    return answered(facts, PaySchema(), month.pay)


@explain.command("arrears")
@_FILE
def explain_arrears(facts: Path) -> dict[str, Any]:
    """Truy lĩnh, truy thu bao nhiêu qua từng tháng, và vì sao (TT 08/2013/TT-BNV Đ3)."""
    return answered(facts, ArrearsSchema(), month.arrears)


@explain.command("severance")
@_FILE
def explain_severance(facts: Path) -> dict[str, Any]:
    """Trợ cấp thôi việc bao nhiêu, và vì sao (NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP)."""
    return answered(facts, SeveranceSchema(), month.severance)


COMMANDS = (explain,)
