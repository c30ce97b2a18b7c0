"""The papers themselves: what is said, set into `core.documents.Paper`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.documents import Annex, Article, Capacity, Column, Paper, Signing, Table
from hrms.core.i18n import render
from hrms.decisions import kinds, queries
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.papers import laying
from hrms.decisions.papers.offices import offices
from hrms.decisions.papers.wording import NOTICE, TAKES_PEOPLE, Said, say
from hrms.decisions.rules.path import LineState, State, Step

_DRAFT = "Dự thảo"
_OUT = frozenset({LineState.REFUSED.value, LineState.DROPPED.value})
_CONTRACT = "HĐLV"
_COLUMNS_MOST = 3
"""Of more changes than these each has no column of its own in the annex."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How a paper stands in the register: nothing known yet, or number, symbol and day."""

    symbol: str
    decision: Decision | None = None


def kind_key(submission: Submission) -> str:
    """Return the key of the template the decisions of a submission are printed with."""
    return f"decisions.{submission.kind}"


def is_printable(decision_id: int) -> bool:
    """Say whether a decision was made on the path and what it says was kept."""
    with scope.everything():
        query = select(SubmissionLine.id).where(
            SubmissionLine.decision_id == decision_id, SubmissionLine.wording.is_not(None)
        )
        return db.session.scalar(query.limit(1)) is not None


def decision_of(decision: Decision) -> tuple[Submission, Paper, int]:
    """Return the paper of a registered decision with its submission, and how many people it names.

    The reader sees the decision; the parties alone see its submission, so both are read whoever asks. Raises `NotFound`
    for a decision that did not come by the path.
    """
    with scope.everything():
        query = select(SubmissionLine).where(SubmissionLine.decision_id == decision.id)
        lines = db.session.scalars(query.order_by(SubmissionLine.place, SubmissionLine.id)).all()
        submission = db.session.get(Submission, lines[0].submission_id) if lines else None
        if submission is None or any(line.wording is None for line in lines):
            raise missing("paper")
        made = decisions_of(submission, lines)
    return submission, made[0], len(lines)


def decisions_of(submission: Submission, lines: Sequence[SubmissionLine] | None = None) -> list[Paper]:
    """Return the decisions of a submission, or of some of its lines, in the order of the list.

    Unsigned ones are drafts from the records as they stand now; signed ones say what was kept; registered ones bear
    their number. Raises `NotFound` when there is nobody to print for.
    """
    kind = _kind(submission)
    if submission.one_paper or lines is None:
        everybody = queries.list_lines(submission.id)
        asked = {line.id for line in lines or everybody}
        lines = [line for line in everybody if submission.one_paper or line.id in asked]
    shown = [line for line in lines if line.state not in _OUT]
    with _reading(submission):
        said = _said(kind, submission, shown)
    with scope.everything():
        shown = [line for line in shown if line.id in said]
        if not shown:
            raise missing("paper")
        known = {one.id: one for one in _registered(shown)}
        symbol = draft_symbol(submission, kind)
    with force_locale("vi"):
        return [
            _decision(
                kind, submission, paper, said,
                Entered(symbol, known.get(paper[0].decision_id or 0)),
            )
            for paper in _papers(submission, shown)
        ]  # fmt: skip


def _reading(submission: Submission) -> AbstractContextManager[None]:
    """Return how far records are read for a paper: of a draft no further than the reader may.

    Whoever keeps a draft about somebody who has left does not go on reading their record by it.
    """
    return nullcontext() if submission.state == State.DRAFT.value else scope.everything()


def _kind(submission: Submission) -> Kind:
    found = kinds.get(submission.kind)
    if found is None:
        raise missing("kind")
    return found


def _papers(submission: Submission, lines: Sequence[SubmissionLine]) -> list[list[SubmissionLine]]:
    if not submission.one_paper:
        return [[line] for line in lines]
    by: dict[int | None, list[SubmissionLine]] = {}
    for line in lines:
        by.setdefault(line.decision_id, []).append(line)
    return list(by.values())


def _registered(lines: Sequence[SubmissionLine]) -> Sequence[Decision]:
    ids = {line.decision_id for line in lines if line.decision_id}
    return db.session.scalars(select(Decision).where(Decision.id.in_(ids))).all() if ids else []


def _said(kind: Kind, submission: Submission, lines: Sequence[SubmissionLine]) -> dict[int, Said]:
    """Return what each line's paper says, by line: as kept when it was signed, else from the record now."""
    found = {line.id: Said.of(line.wording) for line in lines if _is_signed(line) and line.wording}
    rest = [line for line in lines if not _is_signed(line)]
    if rest:
        rows = laying.rows_of(kind, submission, rest)
        now = say(kind, submission, list(rows.values()))
        found |= {line.id: now[line.person_id] for line in rest if line.person_id in now}
    return found


def _is_signed(line: SubmissionLine) -> bool:
    return line.state in {LineState.SIGNED.value, LineState.REGISTERED.value}


def draft_symbol(submission: Submission, kind: Kind) -> str:
    """Return the symbol văn thư most likely gives: that of the issuer's last paper of the sort, else from its name."""
    last = queries.last_symbol(submission.signing_agency_id, kind.symbol)
    return last or f"{kind.symbol}-{offices([submission.signing_agency_id])[submission.signing_agency_id].symbol}"


def _decision(
    kind: Kind,
    submission: Submission,
    lines: Sequence[SubmissionLine],
    told: Mapping[int, Said],
    entered: Entered,
) -> Paper:
    first, decision, said = lines[0], entered.decision, told[lines[0].id]
    notice, contract = kind.symbol == NOTICE, kind.symbol == _CONTRACT
    name = "Thông báo" if notice else "Hợp đồng làm việc" if contract else "Quyết định"
    collective = first.signer_capacity == Capacity.ON_BEHALF.value
    authority = said.issuer if collective else said.authority
    annexes = [_annex(said.summary, lines, told)] if submission.one_paper else []
    whom = "các ông (bà) có tên trong Danh sách" if submission.one_paper else f"ông (bà) {first.person_name}"
    closing = [f"{said.issuer} thông báo để {whom} và cơ quan, đơn vị có liên quan biết, thực hiện."]
    return Paper(
        kind_name=name,
        summary=_summary(name, said.summary),
        issuing_agency=said.issuer,
        superior_agency=said.superior,
        symbol=decision.symbol if decision else entered.symbol,
        number=decision.number if decision else None,
        place=said.place or "…",
        issued_on=decision.signed_on if decision else None,
        year=clock.today().year,
        authority="" if notice or contract else authority,
        grounds=said.grounds,
        enacting="" if notice or contract else "Quyết định:",
        paragraphs=[f"{said.issuer} thông báo:", *said.articles] if notice else [],
        articles=[] if notice else [Article([article]) for article in said.articles],
        closing=closing if notice else [],
        signing=signing(said.head, said.issuer, first),
        beside=Signing("Viên chức", first.person_name) if contract else None,
        recipients=said.recipients,
        kept=said.kept,
        annexes=annexes,
        issuer_in_words=authority,
        mark="" if _is_signed(first) else _DRAFT,
    )


def _summary(name: str, words: str) -> str:
    """Return the summary without the kind of paper said once more: “Thông báo thời điểm …” becomes “Về thời điểm …”."""
    if not words.lower().startswith(f"{name.lower()} "):
        return words
    rest = words[len(name) + 1 :]
    return f"Về {rest}" if name == "Thông báo" else f"{rest[:1].upper()}{rest[1:]}"


def signing(head: str, issuer: str, line: SubmissionLine) -> Signing:
    """Return who signs: the head while nobody has, else the signer in the capacity they signed in."""
    if not _is_signed(line):
        return Signing(head)
    capacity = Capacity(line.signer_capacity or "") if (line.signer_capacity or "") in set(Capacity) else Capacity.OWN
    title, name = line.signer_title or head, line.signer_name or ""
    if capacity is not Capacity.OWN:
        title = title.removeprefix(f"{capacity.value} ")
    if capacity is Capacity.ACTING:
        return Signing(title.removeprefix("Quyền "), name, capacity)
    if capacity is Capacity.ON_BEHALF:
        committee = issuer.startswith("Ủy ban nhân dân")
        return Signing(title, name, capacity, "Ủy ban nhân dân" if committee else issuer)
    return Signing(title, name, capacity, "" if capacity is Capacity.OWN else head)


def _annex(summary: str, lines: Sequence[SubmissionLine], told: Mapping[int, Said]) -> Annex:
    labels = list(dict.fromkeys(change["label"] for line in lines for change in line.changes))
    columns = [Column("STT", 0.5, "center"), Column("Họ và tên", 2), Column("Số hiệu", 1.1, "center")]
    # Where the change says what unit somebody comes from, no column says it again.
    placed = all(any(change["old"] == told[line.id].unit for change in line.changes) for line in lines)
    if not placed:
        columns.append(Column("Đơn vị", 2))
    apart = len(labels) <= _COLUMNS_MOST
    columns += [Column(label, 2.4) for label in labels] if apart else [Column("Nội dung", 5)]
    rows = []
    for place, line in enumerate(lines, 1):
        changes = {change["label"]: laying.old_to_new(change) for change in line.changes}
        whole = "\n".join(f"{label}: {words}" for label, words in changes.items())
        cells = [changes.get(label, "") for label in labels] if apart else [whole]
        unit = [] if placed else [told[line.id].unit]
        rows.append([str(place), line.person_name, line.staff_code or "", *unit, *cells])
    title = summary.removeprefix("Về việc ")
    return Annex(title, [Table(columns, rows)], heading="Danh sách", landscape=True)


def submission_paper(submission: Submission) -> Paper:
    """Return the tờ trình from the proposing agency to the signer: who, what, why, the law, what is enclosed."""
    kind = _kind(submission)
    lines = [line for line in queries.list_lines(submission.id) if line.state != LineState.DROPPED.value]
    parties = (submission.proposing_agency_id, submission.appraising_agency_id, submission.signing_agency_id)
    known = offices(parties)
    proposing, signer = known[submission.proposing_agency_id], known[submission.signing_agency_id]
    appraising = known.get(submission.appraising_agency_id or 0)
    asked, inside = signer.authority, submission.proposing_agency_id == submission.signing_agency_id
    # An agency that proposes to its own head does so by those who keep its staff; their unit is not known here.
    whose = f"Bộ phận tham mưu công tác cán bộ của {proposing.name}" if inside else proposing.name
    with force_locale("vi"):
        table = laying.people_table(lines)
        told = laying.conditions_told(lines)
        many = len(lines) > laying.IN_TEXT
        who = f"{len(lines)} người có tên trong Danh sách kèm theo" if many else ""
        what = _small(render(kind.label))
        paragraphs = [
            f"{whose} kính trình {asked} xem xét, quyết định việc {what} với các nội dung sau:",
            f"1. Người được đề nghị{f': {who}.' if many else ''}",
            *([] if many else [laying.person_told(line) for line in lines]),
            f"2. Thời điểm có hiệu lực: từ ngày {submission.effective_on:%d/%m/%Y}.",
        ]
        reasons = [line for line in (submission.note or "").splitlines() if line.strip()]
        number = 3
        if reasons:
            paragraphs += [f"{number}. Lý do, sự cần thiết", *reasons]
            number += 1
        paragraphs += [f"{number}. Tiêu chuẩn, điều kiện", *told]
        drafts = "dự thảo Quyết định" if kind.symbol != NOTICE else "dự thảo Thông báo"
        enclosed = (
            f"{number + 1}. Hồ sơ kèm theo: bảng rà soát điều kiện; {drafts}; tài liệu chứng minh của từng người."
        )
        title = _title(submission, kind)
        if submission.title.strip() in {"", kind.label} and lines:
            named = f"ông (bà) {lines[0].person_name}" if len(lines) == 1 else f"{len(lines)} người"
            title = f"{title} {named}" if kind.code in TAKES_PEOPLE else f"{title} đối với {named}"
        annexes = [Annex(title.removeprefix("Về việc "), [table], heading="Danh sách", landscape=True)]
        also = [f"{appraising.name} (để thẩm định)"] if appraising and appraising not in {proposing, signer} else []
        return Paper(
            kind_name="Tờ trình",
            summary=title,
            issuing_agency=proposing.name,
            superior_agency=proposing.superior,
            symbol=f"TTr-{proposing.symbol}",
            place=proposing.place or "…",
            year=clock.today().year,
            addressees=[asked],
            grounds=submission.grounds,
            paragraphs=[*paragraphs, enclosed],
            closing=["Kính trình xem xét, quyết định."],
            signing=Signing("Người trình" if inside else proposing.head),
            recipients=["Như trên", *also],
            kept="VT",
            annexes=annexes if many else [],
            issuer_in_words=proposing.name,
        )


def _title(submission: Submission, kind: Kind) -> str:
    """Return the summary of a tờ trình from its title as typed."""
    title = submission.title.strip() or kind.label
    if title.lower().startswith("về "):
        return title
    words = title.split()
    # A name keeps its capital.
    small = len(words) < 2 or words[1][:1].islower() or words[1][:1].isdigit()
    return f"Về việc {_small(title) if small else title}"


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def checking_sheet(submission: Submission) -> Paper:
    """Return the checking sheet, landscape: each person × each condition, its outcome, article, and who supplies it.

    Of a draft as the records stand now, else as it was kept.
    """
    kind = _kind(submission)
    lines = [line for line in queries.list_lines(submission.id) if line.state != LineState.DROPPED.value]
    office = offices([submission.proposing_agency_id])[submission.proposing_agency_id]
    hands: Mapping[str, str] = {one.step: one.name for one in reversed(queries.list_steps(submission.id))}
    with _reading(submission), force_locale("vi"):
        judged = laying.judged(kind, submission, lines)
        return Paper(
            kind_name="Bảng rà soát điều kiện",
            summary=_title(submission, kind),
            issuing_agency=office.name,
            superior_agency=office.superior,
            tables=laying.sheet_tables(lines, judged),
            signing=Signing("Người thẩm định", hands.get(Step.APPRAISE.value, "")),
            beside=Signing("Người lập", hands.get(Step.SUBMIT.value) or hands.get(Step.CREATE.value, "")),
            wide=True,
        )
