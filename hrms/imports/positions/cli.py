"""The command that brings an approved list of positions in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from hrms.accounts.queries import actor_named
from hrms.agencies.queries import find_by_code
from hrms.core import scope
from hrms.core.actor import Actor, missing
from hrms.core.console import Unusable, in_app, refused, say
from hrms.core.dates import BadDate, parse_date
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.decisions import queries as decisions
from hrms.decisions.models import Decision
from hrms.imports.positions import services
from hrms.imports.reading.refusals import UnreadableFile


@click.command("positions")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--agency", required=True, help=_("Mã cơ quan của danh sách."))
@click.option("--decision", required=True, help=_("Số quyết định phê duyệt trong sổ, ví dụ 905/QĐ-SNV."))
@click.option("--on", "on_text", help=_("Áp dụng từ ngày; mặc định ngày quyết định có hiệu lực."))
@click.option("--dry-run", is_flag=True, help=_("Chỉ kiểm tra, không ghi gì."))
@click.option("--as", "as_name", help=_("Tên đăng nhập của người thực hiện; mặc định là hệ thống."))
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help=_("Ghi danh sách kèm lý do ra tệp này.")
)
@in_app
def import_positions(
    file: Path, agency: str, decision: str, on_text: str | None, dry_run: bool, as_name: str | None, errors: Path | None
) -> dict[str, Any]:
    """Nhập danh sách vị trí việc làm đã phê duyệt của một cơ quan, cả danh sách trong một giao dịch."""
    if not file.is_file():
        raise Unusable(_("Không có tệp “%(path)s”. Hãy kiểm tra đường dẫn.", path=file))
    actor = actor_named(as_name, via="cli") if as_name else Actor.system(via="cli")
    scope.enter_for(actor, services.WHO)
    place = find_by_code(agency)
    if place is None or not actor.may(services.WHO, at=place.scope_ids):
        raise missing("agency")
    paper = _paper(decision)
    on = _day(on_text) if on_text else paper.effective_on or paper.signed_on
    brought = services.Brought(place, file, file.name, paper.id, on)
    try:
        found = services.preview(actor, brought)
        db.session.rollback()
    except UnreadableFile as error:
        raise Unusable(" ".join(render(problem) for problem in error.problems)) from error
    answer = {
        "rows": len(found.listing.rows), "created": len(found.plan.created), "updated": len(found.plan.changing),
        "unchanged": found.plan.same, "refused": found.refused_rows,
        "errors": [
            {"row": one.row, "column": one.column, "value": one.value, "code": one.problem.code,
             "message": render(one.problem)}
            for one in found.refused
        ],
    }  # fmt: skip
    for one in found.refused[:20]:
        words = {"row": one.row, "column": one.column, "message": render(one.problem)}
        say(_("Dòng %(row)s, cột “%(column)s”: %(message)s", **words))
    if errors is not None and found.refused:
        errors.write_bytes(services.mistakes_book(found).getvalue())
    if found.refused:
        say(_("Chưa ghi được gì: còn %(n)s dòng sai. Hãy sửa các dòng đó rồi chọn lại tệp.", n=found.refused_rows))
        return refused(answer)
    if dry_run:
        say(_("Đây là chạy thử; chưa ghi gì."))
        return answer
    if not found.is_ready:
        say(_("Không có gì để ghi: mọi dòng đã đúng như đang có."))
        return answer
    content = file.read_bytes()
    with transaction():
        batch = services.apply(actor, brought, hashlib.sha256(content).hexdigest(), len(content))
        answer["batch"] = batch.id
    say(
        _("Đã nhập danh sách của %(agency)s: %(created)s vị trí mới, %(updated)s thay đổi, %(unchanged)s không đổi.",
          agency=place.name, **{name: answer[name] for name in ("created", "updated", "unchanged")})
    )  # fmt: skip
    return answer


def _paper(reference: str) -> Decision:
    found = decisions.find_by_reference(reference)
    if not found:
        words = N_("Không có quyết định “%(value)s” trong sổ. Hãy vào sổ trước.")
        raise Refused(Problem("decision", "unknown_decision", words, {"value": reference[:60]}))
    if len(found) > 1:
        words = N_("Sổ có nhiều quyết định số “%(value)s”. Hãy nhập danh sách trên trang để chọn đúng quyết định.")
        raise Refused(Problem("decision", "many_decisions", words, {"value": reference[:60]}))
    return found[0]


def _day(given: str) -> Any:
    try:
        return parse_date(given).value.earliest()
    except BadDate as error:
        words = _("--on là “%(value)s”, không phải là ngày. Hãy ghi dạng 2026-11-21.", value=given)
        raise Unusable(words) from error
