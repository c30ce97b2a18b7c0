"""`hrms demo`: the made-up province, the workbook in the style of a real one, the nation for the benchmarks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from hrms.core import console
from hrms.core.console import Unusable, say
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.rules import N_, Problem
from seed.demo.province import DEFAULT_SEED
from seed.demo.tree import FULL_SIZE


@click.command()
@click.option("--people", type=click.IntRange(0, 500_000), help=_("Số người (mặc định 25583; cả nước: 2000000)."))
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help=_("Số gốc: cùng số gốc, cùng ngày thì cùng dữ liệu."))
def demo(people: int | None, seed: int) -> dict[str, Any]:
    """Tạo tỉnh mẫu."""
    runtime = console.runtime()
    if not runtime.settings().DEMO_ALLOWED:
        raise Refused(Problem("", "no_demo", N_("Không tạo dữ liệu mẫu ở hệ thống vận hành thật.")))
    from seed.demo.province import make_province

    began = time.monotonic()
    with runtime.app(owner=True).app_context():
        made = make_province(FULL_SIZE if people is None else people, seed, runtime.settings().HRMS_HOME, say)
    seconds = round(time.monotonic() - began, 2)
    say(_("Đã tạo %(people)s người, %(agencies)s cơ quan, đơn vị trong %(seconds)s giây.", people=made.people,
          agencies=made.agencies, seconds=seconds))  # fmt: skip
    return {"people": made.people, "agencies": made.agencies, "seconds": seconds}


COMMANDS = (demo,)
