"""Commands of steps and shares: explain a step raise, a placement, the quota of early raises, an incentive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hrms.pay.answering import shares, steps
from hrms.pay.answering.telling import answered
from hrms.pay.facts_raises import EarlyQuotaSchema, IncentiveSchema, PlacementSchema, StepSchema


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("step-raise")
@_FILE
def explain_step_raise(facts: Path) -> dict[str, Any]:
    """Nâng bậc ngày nào, hoặc thâm niên vượt khung bao nhiêu, và vì sao (TT 08/2013/TT-BNV, TT 03/2021/TT-BNV)."""
    return answered(facts, StepSchema(), steps.step_raise)


@explain.command("placement")
@_FILE
def explain_placement(facts: Path) -> dict[str, Any]:
    """Xếp bậc nào, bảo lưu bao nhiêu, tính nâng bậc từ ngày nào, và vì sao (TT 02/2007/TT-BNV)."""
    return answered(facts, PlacementSchema(), steps.placement)


@explain.command("early-raise-quota")
@_FILE
def explain_early_raise_quota(facts: Path) -> dict[str, Any]:
    """Bao nhiêu người được nâng bậc trước thời hạn, phần dư cho ai, và vì sao (TT 08/2013/TT-BNV Đ3)."""
    return answered(facts, EarlyQuotaSchema(), shares.early_raise_quota)


@explain.command("incentive")
@_FILE
def explain_incentive(facts: Path) -> dict[str, Any]:
    """Quỹ chia cho từng người bao nhiêu, còn lại bao nhiêu, và vì sao (NĐ 161/2026/NĐ-CP Đ4, NĐ 75/2026/NĐ-CP)."""
    return answered(facts, IncentiveSchema(), shares.incentive)


COMMANDS = (explain,)
