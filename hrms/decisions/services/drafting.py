"""A proposal as it is checked before anything is written: its people, values, sheet, parties, every problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import kinds, queries
from hrms.decisions.kinds import Kind
from hrms.decisions.rules.path import LineState
from hrms.decisions.rules.register import FIRST_DAY
from hrms.decisions.services import sheet
from hrms.decisions.services import values as proposals
from hrms.decisions.services.parties import Parties, parties_of

P = Permission
PEOPLE_MOST = 2_000
TITLE_LENGTH, NOTE_LENGTH = 300, 4_000
_OPEN_ELSEWHERE = N_(
    "Đang có trong một hồ sơ trình cùng loại chưa xong: %(names)s. Hãy đợi hồ sơ đó xong hoặc bỏ khỏi danh sách."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a list that goes to one signer: the parties, and the people in their order."""

    parties: Parties
    rows: Sequence[sheet.Row]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would become: its parts, and what is wrong with it so far."""

    parts: Sequence[Part]
    problems: Sequence[Problem]


@dataclass(slots=True)
class Draft:
    """A proposal as checked: kept values, the sheet, the parties, every problem."""

    kind: Kind
    effective_on: date
    values: dict[str, Any]
    own: dict[int, dict[str, Any]]
    rows: dict[int, sheet.Row]
    parties: dict[int, Parties]
    problems: list[Problem]

    def parts(self) -> list[Part]:
        """Return the parts of the list, each in the order given."""
        found: dict[tuple[int, int, int], list[sheet.Row]] = {}
        first: dict[tuple[int, int, int], Parties] = {}
        for person_id, row in self.rows.items():
            if (parties := self.parties.get(person_id)) is not None:
                first.setdefault(parties.key, parties)
                found.setdefault(parties.key, []).append(row)
        return [Part(first[key], rows) for key, rows in found.items()]


def find_kind(code: str) -> Kind:
    """Return a kind by its code. Raises `Refused` for one nobody registered."""
    found = kinds.get(code)
    if found is None:
        text = N_("Không có loại quyết định “%(kind)s”. Hãy chọn trong danh sách.")
        raise Refused(Problem("kind", "unknown_kind", text, {"kind": code[:40]}))
    return found


def day_problems(effective_on: date | None) -> list[Problem]:
    """Return what is wrong with the day of effect."""
    if effective_on is None:
        return [Problem("effective_on", "required", N_("Chưa nhập ngày có hiệu lực."))]
    params = {"day": f"{effective_on:%d/%m/%Y}"}
    if effective_on < FIRST_DAY:
        text = N_("Ngày hiệu lực %(day)s sớm hơn ngày 02/09/1945. Hãy kiểm tra lại năm.")
        return [Problem("effective_on", "too_early", text, params)]
    if effective_on > clock.today() + timedelta(days=3660):
        text = N_("Ngày hiệu lực %(day)s còn quá 10 năm nữa mới tới. Hãy kiểm tra lại năm.")
        return [Problem("effective_on", "too_late", text, params)]
    return []


def text_problems(title: str, note: str) -> list[Problem]:
    """Return what is wrong with title and note: their lengths."""
    text = N_("Nội dung dài %(length)s ký tự, quá %(most)s ký tự. Hãy rút gọn.")
    return [
        Problem(field, "too_long", text, {"length": str(len(words)), "most": str(most)})
        for field, words, most in (("title", title, TITLE_LENGTH), ("note", note, NOTE_LENGTH))
        if len(words) > most
    ]


def draft_of(
    actor: Actor,
    kind: Kind,
    person_ids: Sequence[int],
    values: Mapping[str, Any],
    own: Mapping[int, Mapping[str, Any]],
    effective_on: date,
    *,
    but: int | None = None,
) -> Draft:
    """Return a proposal with all that is wrong with it. The number of statements does not grow with the people."""
    ids = list(dict.fromkeys(person_ids))
    read = proposals.read(kind, values, own, ids)
    problems = [*_people_problems(kind, ids), *read.problems]
    if not ids or len(ids) > PEOPLE_MOST:
        return Draft(kind, effective_on, read.values, read.own, {}, {}, problems)
    rows = {
        person_id: row
        for person_id, row in sheet.gather(
            kind, ids, effective_on, read.values, read.own, judged=not read.problems
        ).items()
        if actor.may(P.DECISIONS_PROPOSE, at=row.subject.scope_ids)
    }
    if unseen := len(ids) - len(rows):
        text = N_("%(count)s người không tìm thấy hoặc nằm ngoài phạm vi của bạn. Hãy bỏ khỏi danh sách.")
        problems.append(Problem("people", "not_found", text, {"count": str(unseen)}))
    if not read.problems:
        problems += sheet.contradictions(kind, rows)
    parties, unsigned = parties_of(actor, kind, {i: row.subject for i, row in rows.items()}, effective_on)
    problems += unsigned
    with scope.everything():
        taken = queries.open_elsewhere(kind.code, list(rows), but)
    if taken:
        names = sheet.listed([row.subject.name for person_id, row in rows.items() if person_id in taken])
        problems.append(Problem("people", "already_proposed", _OPEN_ELSEWHERE, {"names": names}))
    return Draft(kind, effective_on, read.values, read.own, rows, parties, problems)


def _people_problems(kind: Kind, ids: Collection[int]) -> list[Problem]:
    if not ids:
        return [Problem("people", "required", N_("Chưa chọn ai. Hãy thêm ít nhất một người."))]
    if len(ids) > 1 and not kind.lists:
        text = N_("Loại này trình từng người; danh sách đang có %(count)s người.")
        return [Problem("people", "one_at_a_time", text, {"count": str(len(ids))})]
    if len(ids) > PEOPLE_MOST:
        text = N_("Danh sách có %(count)s người, nhiều nhất được %(most)s. Hãy chia nhỏ.")
        return [Problem("people", "too_many", text, {"count": str(len(ids)), "most": str(PEOPLE_MOST)})]
    return []


def rule_ids(draft: Draft, part: Part) -> list[int]:
    """Return the rows of the decentralisation table that named the parties of this part."""
    return sorted({draft.parties[row.subject.person_id].rule_id for row in part.rows})


def line_values(submission_id: int, place: int, draft: Draft, row: sheet.Row) -> dict[str, Any]:
    """Return the columns of one person of a submission."""
    conditions, changes = sheet.kept(row)
    subject = row.subject
    return {
        "submission_id": submission_id, "kind": draft.kind.code, "place": place, "person_id": subject.person_id,
        "person_name": subject.name, "staff_code": subject.staff_code, "person_version": subject.version,
        "values": draft.own.get(subject.person_id, {}), "changes": changes, "conditions": conditions, "answers": {},
        "state": LineState.PENDING.value,
    }  # fmt: skip
