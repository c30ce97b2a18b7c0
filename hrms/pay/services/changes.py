"""New texts of the law: written as drafts, looked at before they apply, applied, taken back; nothing else changes.

A text changes figures from its own days on and no earlier one. Months whose sheets are approved stay as they are: what
they would have been by the new figures is paid as differences with the next sheet, and so is what an undone text gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import catalogues, clock, hooks, revision, scope, tasks
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.figures import changes as figures
from hrms.figures.models import FigureChange
from hrms.figures.services import province_closure
from hrms.pay.rules import texts
from hrms.pay.rules.cost_tables import Cost
from hrms.pay.rules.texts import FIRST_DAY, Known, State
from hrms.pay.services import supposing
from hrms.people.queries import law
from hrms.people.services import law as tables

JOB = "pay.law_preview"
ENTITY = "figure_change"
TOLD = ("number", "title", "signed_on", "valid_from", "source", "mark", "note")
LONGEST = {"number": 100, "title": 500, "source": 300, "note": 1000}
MOST_YEARS_AHEAD = 10
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('figure_changes', 0))")


def draft(actor: Actor, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = ()) -> int:
    """Write a text as a draft and return its id: number, title, signed_on, valid_from, source, mark, note.

    Raises `Refused` with every reason, `Forbidden`.
    """
    _require(actor)
    said = _said(values)
    found = FigureChange(
        **said, rows=[_kept(row) for row in rows], state=State.DRAFT.value, recorded_by=actor.account_id
    )
    refuse_if(_rows_problems(found) if rows else [])
    db.session.add(found)
    db.session.flush()
    _tell(actor, "written", found, after=_head(found))
    return found.id


def edit(actor: Actor, change_id: int, values: Mapping[str, Any], *, version: int | None) -> None:
    """Put a draft's head right; its rows must still be within its days. Raises `Refused`, `Stale`, `Forbidden`."""
    found = _drafted(actor, change_id, version)
    before = _head(found)
    for name, value in _said(values).items():
        setattr(found, name, value)
    if found.rows:
        refuse_if(_rows_problems(found))
    _touch(found)
    old, new = audit.changed(before, _head(found))
    _tell(actor, "edited", found, before=old, after=new)


def put_rows(
    actor: Actor,
    change_id: int,
    rows: Sequence[Mapping[str, Any]],
    *,
    at: int | None = None,
    whole_group: bool = False,
    version: int | None,
) -> None:
    """Add rows to a draft, or put others in place of the one at `at` (from 0).

    `whole_group` first takes out what the draft says of the same pay group. Raises `Refused`, `Stale`, `Forbidden`.
    """
    found = _drafted(actor, change_id, version)
    kept = list(found.rows)
    if at is not None:
        _row_at(found, at)
        del kept[at]
    if whole_group and rows:
        kept = [row for row in kept if not _same_group(row, rows[0])]
    place = len(kept) if at is None else at
    given = [_kept(row) for row in rows]
    if len(given) == 1:  # said without its place: who fills in one form asks about that one
        refuse_if(texts.row_problems(given[0], found.valid_from, known()))
    found.rows = [*kept[:place], *given, *kept[place:]]
    refuse_if(_rows_problems(found))
    _touch(found)
    _tell(actor, "rows_written", found, after={"rows": len(found.rows)})


def drop_row(actor: Actor, change_id: int, at: int, *, version: int | None) -> None:
    """Take a row out of a draft. Raises `NotFound`, `Refused`, `Stale`, `Forbidden`."""
    found = _drafted(actor, change_id, version)
    _row_at(found, at)
    found.rows = [row for place, row in enumerate(found.rows) if place != at]
    _touch(found)
    _tell(actor, "rows_written", found, after={"rows": len(found.rows)})


def remove(actor: Actor, change_id: int, *, version: int | None) -> None:
    """Throw a draft away. Raises `Refused` for a text that was applied, `Stale`, `Forbidden`."""
    found = _drafted(actor, change_id, version)
    _tell(actor, "removed", found, before=_head(found))
    db.session.delete(found)
    db.session.flush()


def ask_preview(actor: Actor, change_id: int) -> int:
    """Ask for a look at what a draft would change, as a job; returns the task's id. Raises `Refused`, `Forbidden`."""
    found = _drafted(actor, change_id, None, lock=False)
    refuse_if(problems_of(found))
    return tasks.start(actor, JOB, JOB, change_id=change_id)


def preview(actor: Actor, change_id: int, report: supposing.Report = lambda _done, _total: None) -> Cost:
    """Work out what a draft would change, keep it with the draft and return it. Raises `Refused`, `Forbidden`.

    Sums by agency over everybody, with small groups hidden: the actor need not see people.
    """
    found = _drafted(actor, change_id, None, lock=False)
    refuse_if(problems_of(found))
    at, version = revision.current(), found.version
    rows = rows_of(found)
    with scope.entered(Scope(people=(EVERYTHING,), pay=(EVERYTHING,))):
        cost = supposing.preview(rows, found.valid_from, report=report)
    found.preview = {"revision": at, "version": version, "cost": cost.as_json()}
    found.previewed_at = clock.now()
    db.session.flush()
    return cost


def is_fresh(found: FigureChange) -> bool:
    """Say whether the preview kept is of these rows over the law as it is now."""
    kept = found.preview or {}
    return (kept.get("revision"), kept.get("version")) == (revision.current(), found.version)


def apply(actor: Actor, change_id: int, *, version: int | None) -> None:
    """Let a draft's figures be the law from their days on, for every process. Raises `Refused`, `Stale`, `Forbidden`.

    It was looked at as it is, over the law as it is. No sheet, list or slip changes; those to come use the new figures.
    """
    _require(actor)
    db.session.execute(_LOCK)
    found = _drafted(actor, change_id, version)
    refuse_if(problems_of(found))
    if not is_fresh(found):
        raise Refused(Problem("", "no_preview", N_("Hãy xem trước văn bản thay đổi những gì rồi mới áp dụng.")))
    found.state, found.applied_at, found.applied_by = State.APPLIED.value, clock.now(), actor.account_id
    _touch(found)
    revision.advance()
    _follow()
    _tell(actor, "applied", found, after={**_head(found), "rows": len(found.rows)})


def undo(actor: Actor, change_id: int, reason: str, *, version: int | None) -> None:
    """Take an applied text back, with the reason: the figures are as if it had never been applied.

    Approved months stay; what they would be without the text follows as differences. Refused where texts applied
    since no longer fit together without it. Raises `Refused`, `Stale`, `Forbidden`.
    """
    _require(actor)
    db.session.execute(_LOCK)
    found = _locked(change_id, version)
    if found.state != State.APPLIED:
        raise Refused(Problem("", "not_applied", N_("Văn bản này không đang áp dụng nên không có gì để bỏ.")))
    why = nfc(reason).strip()
    if not why:
        raise Refused(Problem("reason", "required", N_("Hãy ghi lý do bỏ áp dụng.")))
    found.state, found.undone_at, found.undone_by = State.UNDONE.value, clock.now(), actor.account_id
    found.undone_reason = why[: LONGEST["note"]]
    _touch(found)
    revision.advance()
    refuse_if(texts.law_problems([*_days(rows_of(found)), clock.today()], law.in_force))
    _follow()
    _tell(actor, "undone", found, after=_head(found), reason=found.undone_reason)


def rows_of(found: FigureChange) -> list[dict[str, Any]]:
    """Return a text's rows whole: each with its first day, source and mark."""
    return figures.whole(found.rows, found.valid_from, found.source, found.mark)


def problems_of(found: FigureChange) -> list[Problem]:
    """Return what keeps a draft from being applied: wrong rows, or a law that no longer fits together."""
    wrong = _rows_problems(found)
    if wrong:
        return wrong
    rows = rows_of(found)
    with law.supposing(rows):
        return texts.law_problems(_days(rows), law.in_force)


def known() -> Known:
    """Return the codes rows of a text may name."""
    parameters = law.rows("parameters")
    values: dict[str, set[str]] = {}
    for row in parameters:
        values.setdefault(row["unit"], set()).add(row["value"])
    return Known(
        posts=catalogues.items("leadership_posts").keys(), units={row["key"]: row["unit"] for row in parameters},
        values=values,
    )  # fmt: skip


def _days(rows: Sequence[Mapping[str, Any]]) -> list[date]:
    return [date.fromisoformat(day) for row in rows for name in ("valid_from", "valid_to") if (day := row.get(name))]


def _follow() -> None:
    tables.follow(clock.today())
    for follow in hooks.law_changed:
        follow()


def _rows_problems(found: FigureChange) -> list[Problem]:
    return texts.rows_problems(found.rows, found.valid_from, known())


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it is kept: trimmed text, nothing for empty cells."""
    cells = {name: _trimmed(value) for name, value in row.items()}
    return {name: value for name, value in cells.items() if value not in {"", None, False}}


def _trimmed(value: Any) -> Any:
    return nfc(value).strip() if isinstance(value, str) else value


def _same_group(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(row.get(name) == other.get(name) for name in ("catalogue", "table", "group"))


def _row_at(found: FigureChange, at: int) -> Mapping[str, Any]:
    if not 0 <= at < len(found.rows):
        raise missing("row")
    row: Mapping[str, Any] = found.rows[at]
    return row


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the head of a text as it is kept. Raises `Refused` with every reason."""
    said: dict[str, Any] = {name: _trimmed(values.get(name)) for name in TOLD}
    problems = [
        Problem(name, "required", N_("Chưa ghi mục này. Hãy ghi theo văn bản."))
        for name in ("number", "title", "valid_from", "source")
        if not said[name]
    ]
    problems += [
        Problem(name, "too_long", N_("Mục này dài quá %(most)s ký tự. Hãy viết ngắn lại."), {"most": most})
        for name, most in LONGEST.items()
        if len(said[name] or "") > most
    ]
    start: date | None = said["valid_from"]
    last = add_months(clock.today(), 12 * MOST_YEARS_AHEAD)
    if start and not FIRST_DAY <= start <= last:
        text_ = N_("Ngày có hiệu lực phải từ %(first)s đến %(last)s. Hãy xem lại văn bản.")
        problems.append(Problem("valid_from", "out_of_bounds", text_, {"first": FIRST_DAY, "last": last}))
    if said["mark"] not in {"C", "K", "U"}:
        problems.append(Problem("mark", "unknown_code", N_("Hãy chọn độ chắc chắn của nguồn.")))
    refuse_if(problems)
    said["note"] = said["note"] or None
    return said


def _require(actor: Actor) -> None:
    actor.require(Permission.PAY_LAW, at=province_closure())


def _drafted(actor: Actor, change_id: int, version: int | None, *, lock: bool = True) -> FigureChange:
    """Return a draft that the actor may change. Raises `NotFound`, `Stale`, `Forbidden`, `Refused` for no draft."""
    _require(actor)
    found = _locked(change_id, version, lock=lock)
    if found.state != State.DRAFT:
        text_ = N_("Văn bản đã áp dụng thì không sửa, xóa được. Hãy bỏ áp dụng, hoặc soạn văn bản khác.")
        raise Refused(Problem("", "not_draft", text_))
    return found


def _locked(change_id: int, version: int | None, *, lock: bool = True) -> FigureChange:
    query = select(FigureChange).where(FigureChange.id == change_id).execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise missing(ENTITY)
    if version is not None and found.version != version:
        raise Stale
    return found


def _touch(found: FigureChange) -> None:
    found.version += 1
    db.session.flush()


def _head(found: FigureChange) -> dict[str, Any]:
    return {name: getattr(found, name) for name in TOLD}


def _tell(
    actor: Actor,
    verb: str,
    found: FigureChange,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    reach = province_closure()
    named = {"text": found.number}
    audit.record(
        actor, f"{ENTITY}.{verb}", ENTITY, found.id, scope_ids=reach, agency_id=reach[1] if len(reach) > 1 else None,
        before=named | dict(before) if before is not None else None,
        after=named | dict(after) if after is not None else named, reason=reason,
    )  # fmt: skip
