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
from seed.demo import DEFAULT_SEED, FULL_NATION, FULL_SIZE


@click.command()
@click.option("--people", type=click.IntRange(0, 5_000_000), help=_("Số người; mặc định 25583, với --nation 2000000."))
@click.option(
    "--seed",
    type=int,
    default=DEFAULT_SEED,
    show_default=True,
    help=_("Số gốc: cùng số gốc và cùng ngày thì cùng dữ liệu."),
)
@click.option("--nation", is_flag=True, help=_("Dữ liệu đo hiệu năng: 34 tỉnh, mỗi người ít diễn biến."))
@click.option(
    "--workbook",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Ghi một tệp Excel giống tệp thật thay vì tạo tỉnh mẫu."),
)
@click.option("--rows", type=click.IntRange(1, 400_000), help=_("Số dòng của tệp Excel; mặc định bằng --people."))
@click.option(
    "--layout",
    type=click.Choice(("list", "t1", "bm03")),
    default="list",
    show_default=True,
    help=_("Mẫu của tệp Excel."),
)
@click.option(
    "--errors",
    "faults",
    type=click.IntRange(0, 400_000),
    default=0,
    show_default=True,
    help=_("Số dòng có lỗi biết trước."),
)
@click.option(
    "--truth",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Ghi nghĩa của từng dòng đúng vào tệp này (JSON từng dòng)."),
)
def demo(
    people: int | None,
    seed: int,
    nation: bool,
    workbook: Path | None,
    rows: int | None,
    layout: str,
    faults: int,
    truth: Path | None,
) -> dict[str, Any]:
    """Tạo tỉnh mẫu Cần Thơ với những người không có thật; hoặc một tệp Excel để nhập thử."""
    if workbook is not None:
        return _workbook(workbook, rows or people or FULL_SIZE, seed, layout, faults, truth)
    if rows is not None or faults or truth is not None:
        raise Unusable(_("--rows, --errors và --truth chỉ dùng cùng với --workbook."))
    runtime = console.runtime()
    if not runtime.settings().DEMO_ALLOWED:
        raise Refused(Problem("", "no_demo", N_("Không tạo dữ liệu mẫu ở hệ thống vận hành thật.")))
    from seed.demo.nation import make_nation
    from seed.demo.province import make_province

    began = time.monotonic()
    seats: float | None = None
    home = runtime.settings().HRMS_HOME
    with runtime.app(owner=True).app_context():
        if nation:
            country = make_nation(FULL_NATION if people is None else max(people, 1), seed, home, say)
            count, agencies = country.people, country.agencies
        else:
            province = make_province(FULL_SIZE if people is None else people, seed, home, say)
            count, agencies, seats = province.people, province.agencies, province.seat_seconds
    seconds = round(time.monotonic() - began, 2)
    say(
        _(
            "Đã tạo %(people)s người, %(agencies)s cơ quan, đơn vị trong %(seconds)s giây.",
            people=count,
            agencies=agencies,
            seconds=seconds,
        )
    )
    made: dict[str, Any] = {"people": count, "agencies": agencies, "seconds": seconds}
    return made if seats is None else {**made, "seat_seconds": seats}


def _workbook(path: Path, rows: int, seed: int, layout: str, faults: int, truth: Path | None) -> dict[str, Any]:
    from seed.demo.workbook import make_workbook

    if faults and layout != "list":
        raise Unusable(_("Lỗi biết trước chỉ có ở mẫu list."))
    if faults > rows:
        raise Unusable(_("Số dòng có lỗi không được nhiều hơn số dòng."))
    try:
        manifest = make_workbook(path, rows, seed, layout=layout, faults=faults)
        if truth is not None:
            manifest.write_truth(truth)
    except OSError as error:
        raise Unusable(_("Không ghi được tệp: %(why)s", why=str(error))) from error
    say(
        _(
            "Đã ghi %(rows)s dòng (%(errors)s dòng có lỗi) vào %(path)s.",
            rows=manifest.rows,
            errors=len(manifest.errors),
            path=path,
        )
    )
    return manifest.keys()


COMMANDS = (demo,)
