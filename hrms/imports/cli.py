"""Commands of imports: bring a workbook in, take a batch back, write the exchange workbook."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select, update

from hrms.accounts.queries import actor_named
from hrms.agencies.models import Agency
from hrms.agencies.queries import find_by_code
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.console import Unusable, in_app, refused, say
from hrms.core.dates import BadDate, parse_date
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.imports import queries
from hrms.imports.models import ImportBatch
from hrms.imports.positions.cli import import_positions
from hrms.imports.reading.files import Workbook
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.registry import IMPORTERS
from hrms.imports.services.batches import agency_for, insert_batch
from hrms.imports.services.exchange import export_people
from hrms.imports.services.messages import sentence
from hrms.imports.services.pipeline import Job, Outcome, RowsRefused, apply, check, retried
from hrms.imports.services.plans import build_plan, check_plan, open_file
from hrms.imports.services.refused_book import write_refused
from hrms.imports.services.running import default_agency, finish_applied, undo_now


class _Trial(Exception):
    """Ends the transaction of a trial: everything is rolled back, the outcome stands."""


@click.group("import")
def import_() -> None:
    """Nhập dữ liệu từ bảng tính."""


@click.group("export")
def export() -> None:
    """Xuất dữ liệu ra bảng tính."""


@import_.command("people")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--agency", help=_("Mã cơ quan mà người trong tệp thuộc về; mặc định toàn bộ phạm vi."))
@click.option("--dry-run", is_flag=True, help=_("Chỉ kiểm tra, không ghi gì."))
@click.option("--as", "as_name", help=_("Tên đăng nhập của người thực hiện; mặc định là hệ thống."))
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help=_("Ghi các dòng bị từ chối ra tệp này.")
)
@click.option("--all-or-nothing", is_flag=True, help=_("Có dòng bị từ chối thì không ghi dòng nào."))
@click.option("--kind", default="", help=_("Loại cho các dòng không ghi loại: civil_servant, public_employee…"))
@click.option("--override-reason", default="", help=_("Lý do chấp nhận số định danh không khớp giới tính, năm sinh."))
@click.option("--timings", is_flag=True, hidden=True)
@in_app
def import_people(
    file: Path,
    agency: str | None,
    dry_run: bool,
    as_name: str | None,
    errors: Path | None,
    all_or_nothing: bool,
    kind: str,
    override_reason: str,
    timings: bool,
) -> dict[str, Any]:
    """Nhập hồ sơ từ tệp .xlsx, .xls, .ods hoặc .csv, trong một giao dịch."""
    started = time.perf_counter()
    if not file.is_file():
        raise Unusable(_("Không có tệp “%(path)s”. Hãy kiểm tra đường dẫn.", path=file))
    actor = _actor(as_name)
    scope.enter_for(actor, Permission.IMPORTS_RUN)
    place = _place(actor, agency)
    db.session.rollback()
    try:
        with open_file(file, file.name) as workbook:
            plan = {**build_plan(workbook, actor.scope(Permission.IMPORTS_RUN)), "kind": kind, "by": actor.account_id}
            plan["override_reason"] = override_reason.strip()
            problems = check_plan(actor, plan, place.scope_ids)
            if problems:
                raise Refused(*[problem for _sheet, problem in problems])
            for warning in plan["warnings"]:
                say(sentence(warning))
            db.session.rollback()
            once = _Once(actor, place, file, _digest(file), plan, workbook, errors)
            try:
                told = retried(lambda: once.run(trial=dry_run, all_or_nothing=all_or_nothing))
            except RowsRefused:
                told = once.run(trial=dry_run, only_check=True)
    except UnreadableFile as error:
        raise Unusable(" ".join(render(problem) for problem in error.problems)) from error
    return _answer(told, started, dry_run=dry_run, timings=timings)


@dataclass(frozen=True, slots=True)
class _Once:
    """One file on its way in from the command line, in one transaction with its batch."""

    actor: Actor
    place: Agency
    file: Path
    digest: str
    plan: dict[str, Any]
    workbook: Workbook
    errors: Path | None

    def run(self, *, trial: bool, all_or_nothing: bool = False, only_check: bool = False) -> Outcome:
        """Import, or with `trial` roll everything back, or with `only_check` keep the batch and its refused rows."""
        found: list[Outcome] = []
        try:
            with transaction():
                found.append(self._run(trial=trial, all_or_nothing=all_or_nothing, only_check=only_check))
                if trial:
                    raise _Trial
        except _Trial:
            pass
        return found[0]

    def _run(self, *, trial: bool, all_or_nothing: bool, only_check: bool) -> Outcome:
        size = self.file.stat().st_size
        batch_id = insert_batch(
            self.actor, self.place, self.file.name, self.digest, size, state="applying", plan=self.plan
        )
        job = Job(
            IMPORTERS["people"], self.actor, self.plan, self.file, self.file.name, batch_id,
            default_agency(self.place.id), workbook=self.workbook, all_or_nothing=all_or_nothing,
        )  # fmt: skip
        outcome = check(job) if trial or only_check else apply(job)
        counts = outcome.counts
        if self.errors is not None:
            write_refused(self.errors, self.plan, queries.stream_refused(batch_id))
        if trial:
            return outcome
        if outcome.written and (counts["accepted"] or counts["sheets"]):
            scope_ids = list(self.place.scope_ids)
            finish_applied(self.actor, batch_id, scope_ids, self.place.id, outcome, "applying")
        else:
            # Nothing was written; the batch stays to show which rows were refused and why.
            db.session.execute(
                update(ImportBatch).where(ImportBatch.id == batch_id).values(state="cancelled", counts=counts)
            )
        counts["batch"] = batch_id
        return outcome


def _answer(outcome: Outcome, started: float, *, dry_run: bool, timings: bool) -> dict[str, Any]:
    counts = outcome.counts
    names = ("rows", "accepted", "refused", "created", "updated", "unchanged")
    answer: dict[str, Any] = {"batch": counts.get("batch"), **{name: counts[name] for name in names}}
    answer["seconds"] = round(time.perf_counter() - started, 2)
    answer["errors"] = [
        {name: error[name] for name in ("row", "column", "value", "code", "message", "sheet")}
        for error in outcome.errors
    ]
    answer["flagged"] = counts["flagged"]
    if counts["sheets"]:
        answer["sheets"] = counts["sheets"]
    if timings:
        answer["timings"] = {name: round(seconds, 2) for name, seconds in outcome.timings.items()}
    for error in outcome.errors[:20]:
        said = {name: error[name] for name in ("row", "column", "message")}
        if f"“{error['column']}”" in error["message"]:  # many sentences name their column themselves
            say(_("Dòng %(row)s: %(message)s", **said))
        else:
            say(_("Dòng %(row)s, cột “%(column)s”: %(message)s", **said))
    say(
        _("%(rows)s dòng: đạt %(accepted)s (mới %(created)s, thay đổi %(updated)s, không "
        "đổi %(unchanged)s), từ chối %(refused)s.",
          **{name: counts[name] for name in names})
    )  # fmt: skip
    if dry_run:
        say(_("Đây là chạy thử; chưa ghi gì."))
        return answer
    nothing = not outcome.written or not (counts["accepted"] or counts["sheets"])
    if nothing:
        say(
            _(
                "Chưa ghi gì. Hãy sửa các dòng bị từ chối (--errors ghi chúng ra tệp); bỏ "
                "--all-or-nothing để chỉ ghi các dòng đạt."
            )
        )
        return refused(answer)
    return answer


@import_.command("undo")
@click.argument("batch", type=int)
@click.option("--as", "as_name", help=_("Tên đăng nhập của người thực hiện; mặc định là hệ thống."))
@in_app
def undo_import(batch: int, as_name: str | None) -> dict[str, Any]:
    """Hoàn tác một đợt nhập; người được sửa sau đó được giữ nguyên và nêu tên."""
    actor = _actor(as_name)
    scope.enter_for(actor, Permission.IMPORTS_RUN)
    with transaction():
        found = db.session.scalars(select(ImportBatch).where(ImportBatch.id == batch).with_for_update()).one_or_none()
        if found is None or found.importer != queries.MAIN or not actor.may(Permission.IMPORTS_RUN, at=found.scope_ids):
            raise missing("batch")
        if found.state == "undone":
            raise Refused(
                Problem("batch", "already_undone", N_("Đợt nhập này đã được hoàn tác; không hoàn tác lần nữa."))
            )
        if found.state != "applied":
            raise Refused(
                Problem("batch", "not_applied", N_("Đợt nhập này chưa được áp dụng nên không có gì để hoàn tác."))
            )
        told = undo_now(actor, found, "applied")
    say(
        _(
            "Đã hoàn tác: xóa %(deleted)s hồ sơ, trả lại %(restored)s hồ sơ.",
            **{n: told[n] for n in ("deleted", "restored")},
        )
    )
    for name in told["names"]:
        say(_("Giữ nguyên vì đã được sửa sau đợt nhập: %(name)s", name=name))
    return {"batch": batch, "reverted": told["deleted"] + told["restored"], "deleted": told["deleted"],
            "restored": told["restored"], "kept": told["kept"], "kept_names": told["names"]}  # fmt: skip


@export.command("people")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "as_name", help=_("Tên đăng nhập của người thực hiện; mặc định là hệ thống."))
@click.option("--agency", help=_("Mã cơ quan; mặc định toàn bộ phạm vi."))
@click.option("--as-at", help=_("Tại ngày: 2026-11-21 hoặc 21/11/2026."))
@click.option("--known-on", help=_("Theo dữ liệu biết đến thời điểm: 2026-11-21 hoặc 2026-11-21T08:00:00+07:00."))
@in_app
def export_people_command(
    out: Path, as_name: str | None, agency: str | None, as_at: str | None, known_on: str | None
) -> dict[str, Any]:
    """Xuất hồ sơ ra bảng tính nhập lại được, không làm thay đổi gì."""
    started = time.perf_counter()
    actor = _actor(as_name)
    scope.enter_for(actor, Permission.PEOPLE_EXPORT)
    place = None
    if agency is not None:
        place = find_by_code(agency)
        if place is None or not actor.may(Permission.PEOPLE_EXPORT, at=place.scope_ids):
            raise missing("agency")
    day, moment = _day(as_at, "--as-at"), _moment(known_on)
    db.session.rollback()
    try:
        with transaction():
            rows = export_people(actor, out, agency=place, as_at=day, known_on=moment)
    except OSError as error:
        raise Unusable(_("Không ghi được tệp “%(path)s”: %(why)s.", path=out, why=error.strerror or error)) from error
    say(_("Đã xuất %(rows)s hồ sơ vào %(path)s.", rows=rows, path=out))
    return {"rows": rows, "seconds": round(time.perf_counter() - started, 2)}


def _actor(name: str | None) -> Actor:
    return actor_named(name, via="cli") if name else Actor.system(via="cli")


def _place(actor: Actor, code: str | None) -> Agency:
    """Return the agency a batch is for: the one named, else the one place the actor may import to."""
    if code is not None:
        found = find_by_code(code)
        if found is None:
            raise Refused(
                Problem("agency", "unknown_agency", N_("Không có cơ quan mang mã “%(value)s”."), {"value": code})
            )
        return agency_for(actor, found.id)
    roots = actor.scope(Permission.IMPORTS_RUN)
    if not roots:
        actor.require(Permission.IMPORTS_RUN)
    if actor.is_system:
        root = db.session.scalars(
            select(Agency).where(Agency.parent_id.is_(None)).order_by(Agency.id).limit(1)
        ).one_or_none()
        if root is None:
            words = N_("Chưa có cơ quan nào trong cây tổ chức. Hãy tạo cây tổ chức trước khi nhập hồ sơ.")
            raise Refused(Problem("agency", "no_agencies", words))
        return root
    if len(roots) > 1:
        words = N_("Tài khoản này nhập được cho nhiều cơ quan. Hãy nêu một cơ quan bằng --agency.")
        raise Refused(Problem("agency", "agency_needed", words))
    return agency_for(actor, roots[0])


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _day(given: str | None, option: str) -> Any:
    if not given:
        return None
    try:
        return parse_date(given).value.earliest()
    except BadDate as error:
        raise Unusable(
            _("%(option)s là “%(value)s”, không phải là ngày. Hãy ghi dạng 2026-11-21.", option=option, value=given)
        ) from error


def _moment(given: str | None) -> datetime | None:
    if not given:
        return None
    if "T" not in given and ":" not in given:
        return datetime.combine(_day(given, "--known-on"), datetime.max.time(), clock.ZONE)
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise Unusable(_("--known-on là “%(value)s”, không phải là thời điểm.", value=given)) from error
    return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)


import_.add_command(import_positions)
COMMANDS = (import_, export)
