"""Commands of job positions: explain a ratio of ranks or grades, and how many deputies the law allows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
import marshmallow as ma

from hrms.core import clock
from hrms.core.explaining import read_facts, tell
from hrms.people.queries import law
from hrms.positions.rules import ratios, structure
from hrms.positions.rules.limits import Limits, Place, limits_on
from hrms.positions.rules.structure import Province, Structure

COUNT = ma.validate.Range(min=0, max=1_000_000)
GRADE = ma.validate.Range(min=1, max=5)


def _grades() -> ma.fields.Dict:
    return ma.fields.Dict(
        keys=ma.fields.Integer(validate=GRADE), values=ma.fields.Integer(strict=True, validate=COUNT), load_default=dict
    )


class GradesSchema(ma.Schema):
    """Facts of a position of viên chức: grades used, its seats, who has which grade."""

    on = ma.fields.Date(load_default=None)
    used = ma.fields.List(ma.fields.Integer(strict=True, validate=GRADE), required=True)
    posts = ma.fields.Integer(strict=True, required=True, validate=COUNT)
    held = _grades()
    manager_posts = ma.fields.Integer(strict=True, load_default=0, validate=COUNT)
    managers = _grades()
    self_financing = ma.fields.Boolean(load_default=False)
    rounding = ma.fields.Enum(ratios.Rounding, by_value=True, load_default=ratios.Rounding.DOWN)
    reading = ma.fields.Enum(ratios.Reading, by_value=True, load_default=ratios.Reading.TWO_GRADES_FIRST)


class RanksSchema(ma.Schema):
    """Facts of a ratio of ranks of công chức: which rule, how many it counts, how many have the rank."""

    on = ma.fields.Date(load_default=None)
    rule = ma.fields.Enum(ratios.RankRule, by_value=True, required=True)
    basis = ma.fields.Integer(strict=True, required=True, validate=COUNT)
    held = ma.fields.Integer(strict=True, load_default=0, validate=COUNT)
    rounding = ma.fields.Enum(ratios.Rounding, by_value=True, load_default=ratios.Rounding.DOWN)


class DeputiesSchema(ma.Schema):
    """Facts of a limit of deputies: of what, how large it is, how many there are, and the province."""

    on = ma.fields.Date(load_default=None)
    of = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["department", "division", "inspectorate", "sub_department"])
    )
    size = ma.fields.Integer(strict=True, required=True, validate=COUNT)
    held = ma.fields.Integer(strict=True, load_default=0, validate=COUNT)
    province_class = ma.fields.Enum(Place, by_value=True, load_default=Place.CLASS_1)
    formed_from = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(min=1, max=3))
    reorganised_on = ma.fields.Date(load_default=None)


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("grade-ratio")
@_FILE
def explain_grades(facts: Path) -> dict[str, Any]:
    """Mỗi bậc nghề nghiệp của một vị trí được bao nhiêu người (NĐ 232/2026/NĐ-CP Đ10)."""
    given = read_facts(facts, GradesSchema())
    found = ratios.grade_ratio(
        ratios.GradeFacts(
            frozenset(given["used"]), given["posts"], given["held"], given["manager_posts"], given["managers"],
            {}, given["self_financing"],
        ),
        _limits(given["on"]), given["rounding"], given["reading"],
    )  # fmt: skip
    reasons = ratios.explain_ratio(found)
    return {
        "levels": [_level(one) for one in found.levels], "other": [_level(one) for one in found.other],
        "reasons": tell(reasons),
    }  # fmt: skip


@explain.command("rank-ratio")
@_FILE
def explain_ranks(facts: Path) -> dict[str, Any]:
    """Ngạch chuyên viên chính, chuyên viên cao cấp được bao nhiêu người (NĐ 361/2025/NĐ-CP)."""
    given = read_facts(facts, RanksSchema())
    asked = ratios.RankFacts(given["rule"], given["basis"], given["held"])
    found = ratios.rank_ratio(asked, _limits(given["on"]), given["rounding"])
    return {**_level(found), "reasons": tell(found.reasons)}


@explain.command("deputies")
@_FILE
def explain_deputies(facts: Path) -> dict[str, Any]:
    """Được bao nhiêu cấp phó, và hạn giải quyết số dôi dư (NĐ 150/2025/NĐ-CP, NĐ 370/2025/NĐ-CP)."""
    given = read_facts(facts, DeputiesSchema())
    count = {
        "department": structure.department_deputies,
        "division": structure.division_deputies,
        "inspectorate": structure.inspectorate_deputies,
        "sub_department": structure.sub_department_deputies,
    }[given["of"]]
    province = Province(given["province_class"], given["formed_from"], given["reorganised_on"])
    found: Structure = count(given["size"], given["held"], province, _limits(given["on"]))
    return {
        "limit": found.limit, "held": found.held, "over": found.over,
        "solve_by": found.solve_by.isoformat() if found.solve_by else None, "reasons": tell(found.reasons),
    }  # fmt: skip


def _limits(on: date | None) -> Limits:
    return limits_on(law.rows("position_limits"), on or clock.today())


def _level(one: ratios.Level) -> dict[str, Any]:
    return {"level": one.level, "limit": one.limit, "held": one.held, "over": one.over}


COMMANDS = (explain,)
