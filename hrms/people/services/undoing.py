"""Taking back what a decision made true: cancelled, or put right by a correction. Nothing is deleted, both clocks hold.

`survey()` reads for many people at once what a decision did and who rests on it; `cancel()` and `correct()` write.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hrms.audit import services as audit
from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries as decision_queries
from hrms.decisions import services as decisions
from hrms.decisions.models import Decision, DecisionRelation
from hrms.decisions.rules.force import Relation
from hrms.decisions.services.relations import relate
from hrms.people.models import Person, PersonPaper
from hrms.people.rules import undoing
from hrms.people.rules.undoing import Blocker, Corrections, Effect, Key, Laid, PaperEffects, Piece, Row
from hrms.people.services import papers
from hrms.people.services.fact_checks import FactChecker
from hrms.people.services.facts import MODELS, finish, rows_of, tell
from hrms.people.services.locking import lock_person

CORRECTION, CANCELLATION = "correction", "cancellation"
"""The codes of the two kinds of decision that change an earlier one."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision did to one person: the days it touched, all rows of those facts, and who has written since."""

    person_id: int
    decision_id: int
    effects: Sequence[Effect] = ()
    rows: Sequence[Row] = ()
    others: Sequence[PaperEffects] = ()
    paper: PersonPaper | None = None
    blockers: Sequence[Blocker] = field(default_factory=tuple)

    @property
    def found(self) -> bool:
        """Say whether the decision is about the person at all."""
        return bool(self.effects) or self.paper is not None

    @property
    def left(self) -> list[Piece]:
        """Return the days as the decision left them."""
        return [piece for effect in self.effects for piece in undoing.left(self.rows, effect, self.decision_id)]

    @property
    def restored(self) -> list[Piece]:
        """Return what comes back when it is taken back."""
        return undoing.restored(self.rows, self.effects)


def survey(person_ids: Collection[int], decision_id: int) -> dict[int, Done]:
    """Return what a decision did to each person the reader may see; six statements for any number of people."""
    ids = sorted(set(person_ids))
    rows: dict[int, list[Row]] = {person_id: [] for person_id in ids}
    for kind, model in MODELS.items():
        for row in db.session.scalars(
            db.select(model).where(model.person_id.in_(ids)).execution_options(populate_existing=True)
        ):
            rows[row.person_id].append(_row(kind, row))
    written = papers.of_people(ids)
    return {person_id: _done(person_id, decision_id, rows[person_id], written[person_id]) for person_id in ids}


def _row(kind: str, row: Any) -> Row:
    model = type(row)
    return Row(
        row.id, kind, _key(row), {name: getattr(row, name) for name in dated.fact_columns(model)}, row.valid_from,
        row.valid_to, row.recorded_at, row.superseded_at, row.decision_id, row.recorded_by, row.batch_id,
    )  # fmt: skip


def _key(row: Any) -> Key:
    return tuple((name, getattr(row, name)) for name in row.__dated_key__ if name != "person_id")


def _done(person_id: int, decision_id: int, rows: Sequence[Row], written: Sequence[PersonPaper]) -> Done:
    own = next((paper for paper in written if paper.decision_id == decision_id), None)
    told = _effects(own) if own is not None else []
    effects = told or undoing.effects_of_rows(rows, decision_id)
    keys = {(effect.kind, effect.key) for effect in effects}
    mine = [row for row in rows if (row.kind, row.key) in keys]
    others = [
        PaperEffects(paper.decision_id, _effects(paper))
        for paper in written
        if paper.decision_id != decision_id and paper.undone_by is None
    ]
    blockers = undoing.blockers(mine, effects, decision_id, others)
    return Done(person_id, decision_id, effects, mine, others, own, blockers)


def _effects(paper: PersonPaper) -> list[Effect]:
    found = []
    for told in paper.effects:
        if told["fact"] in MODELS:
            names = [name for name in MODELS[told["fact"]].__dated_key__ if name != "person_id"]
            key = tuple((name, told["key"][name]) for name in names)
            end = date.fromisoformat(told["to"]) if told["to"] else None
            found.append(Effect(told["fact"], key, date.fromisoformat(told["from"]), end, paper.moment))
    return undoing.merged(found)


def problems(name: str, target: Decision, done: Done) -> list[Problem]:
    """Return why what `target` did to a person cannot be taken back: nothing there, taken back already, built upon."""
    params: dict[str, Any] = {"name": name, "reference": target.reference}
    if not done.found:
        text = N_("%(name)s: quyết định %(reference)s không ghi diễn biến nào. Hãy bỏ người này khỏi danh sách.")
        return [Problem("decision", "not_about", text, params)]
    if done.paper is not None and done.paper.kind == CANCELLATION:
        text = N_("%(reference)s là quyết định hủy bỏ. Muốn khôi phục nội dung đã hủy, hãy ra quyết định mới.")
        return [Problem("decision", "is_cancellation", text, params)]
    if done.paper is not None and done.paper.undone_by is not None:
        by = decision_queries.references([done.paper.undone_by]).get(done.paper.undone_by)
        text = N_("%(name)s: quyết định %(reference)s đã được sửa hoặc hủy bởi quyết định %(by)s.")
        return [Problem("decision", "undone_already", text, {**params, "by": by.reference if by else N_("khác")})]
    return rests(name, target.reference, done.blockers)


def rests(name: str, reference: str, blockers: Sequence[Blocker]) -> list[Problem]:
    """Return a sentence for each later paper that rests on a decision."""
    named = decision_queries.references([one.decision_id for one in blockers if one.decision_id is not None])
    found = []
    for paper_id in dict.fromkeys(one.decision_id for one in blockers):
        params = {"name": name, "reference": reference}
        if paper_id is None:
            text = N_(
                "%(name)s: diễn biến theo quyết định %(reference)s đã được sửa trên hồ sơ sau khi ghi. Hãy đính chính "
                "trên hồ sơ trước."
            )
            found.append(Problem("decision", "changed_by_hand", text, params))
            continue
        later = named.get(paper_id)
        text = N_(
            "%(name)s: quyết định %(later)s dựa trên quyết định %(reference)s. Hãy hủy bỏ hoặc đính chính quyết định "
            "sau trước."
        )
        shown = later.reference if later else N_("ngoài phạm vi của bạn")
        found.append(Problem("decision", "rested_on", text, {**params, "later": shown}))
    return found


def cancel(actor: Actor, decision: Decision, target: Decision, person_ids: Sequence[int], *, reason: str) -> None:
    """Take back what `target` did to these people, on the paper `decision`: what it had cut short lasts again.

    The caller has opened the scope and holds the transaction. Raises `Refused` with every problem, a sentence naming
    each later paper that rests on it; nothing is half done.
    """
    actor.require(Permission.PEOPLE_FACT)
    held, known = _take(actor, target, person_ids)
    for person_id, person in held.items():
        done = known[person_id]
        touched = _put_back(person, done)
        note = papers.Note(person_id, CANCELLATION, values={"target": target.id}, effects=touched)
        _close(actor, decision, person, done, note, reason)
    _relate(actor, decision, target, Relation.CANCELS)


def correct(
    actor: Actor,
    decision: Decision,
    target: Decision,
    person_ids: Sequence[int],
    corrections: Corrections,
    *,
    reason: str,
) -> None:
    """Put right what `target` did to these people: its facts are superseded, the right ones rest on `decision`.

    Like `cancel()` otherwise. A correction without any changed fact (a slip of the pen) is only written down.
    """
    actor.require(Permission.PEOPLE_FACT)
    held, known = _take(actor, target, person_ids, rested=corrections.any)
    for person_id, person in held.items():
        done = known[person_id]
        touched: list[dict[str, Any]] = []
        if corrections.any:
            laid = undoing.amended(done.left, target.id, corrections)
            touched = [*_put_back(person, done), *_lay(actor, decision, person, laid)]
        _close(actor, decision, person, done, _corrected(done, corrections, touched), reason, undone=corrections.any)
    _relate(actor, decision, target, Relation.CORRECTS)


def _take(
    actor: Actor, target: Decision, person_ids: Sequence[int], *, rested: bool = True
) -> tuple[dict[int, Person], dict[int, Done]]:
    """Lock the people, in the order of their ids, and look again: another paper may have come in between."""
    held = {person_id: lock_person(actor, Permission.PEOPLE_FACT, person_id) for person_id in sorted(set(person_ids))}
    known = survey(list(held), target.id)
    found = [
        problem
        for person_id, person in held.items()
        for problem in problems(person.full_name, target, known[person_id])
        if rested or problem.code not in {"rested_on", "changed_by_hand"}
    ]
    refuse_if(found)
    return held, known


def _corrected(done: Done, corrections: Corrections, touched: Sequence[Mapping[str, Any]]) -> papers.Note:
    """Return what a correction did; where it changes what is true it speaks in the corrected paper's place."""
    person_id = done.person_id
    values: dict[str, Any] = {"target": done.decision_id}
    if not corrections.any or done.paper is None:
        return papers.Note(person_id, CORRECTION, values=values, effects=touched)
    happens_on = corrections.happens_on or done.paper.happens_on
    return papers.Note(person_id, done.paper.kind, happens_on, {**done.paper.values, **values}, touched)


def _put_back(person: Person, done: Done) -> list[dict[str, Any]]:
    """Lay again what stood there before, on the papers it had; returns the days touched."""
    for piece in done.restored:
        model, key = MODELS[piece.kind], {**dict(piece.key), "person_id": person.id}
        if piece.row is None:
            dated.erase(model, key, valid_from=piece.start, valid_to=piece.end)
            continue
        dated.replace(
            model, key, piece.row.values, valid_from=piece.start, valid_to=piece.end,
            decision_id=piece.row.decision_id, recorded_by=piece.row.recorded_by, batch_id=piece.row.batch_id,
        )  # fmt: skip
    return [papers.effect(one.kind, dict(one.key), one.start, one.end) for one in done.effects]


def _lay(actor: Actor, decision: Decision, person: Person, laid: Sequence[Laid]) -> list[dict[str, Any]]:
    """Lay what a corrected decision says, on the paper that corrects it; returns the days touched."""
    before = rows_of(person.id, sorted({one.kind for one in laid}))
    checker = FactChecker(actor, person, before)
    found: list[Problem] = []
    touched: list[dict[str, Any]] = []
    for one in laid:
        model = MODELS[one.kind]
        if one.values is None:
            key = {**dict(one.key), "person_id": person.id}
            dated.erase(model, key, valid_from=one.start, valid_to=one.end)
            touched.append(papers.effect(one.kind, key, one.start, one.end))
            continue
        given = {name: value for name, value in {**dict(one.key), **one.values}.items() if value is not None}
        if one.kind == "agency":
            given.pop("slot", None)
        checked = checker.check(one.kind, given, one.start, one.end)
        if checked.problems:
            found += checked.problems
            continue
        end = one.end or _next(before[one.kind], checked.key, one.start)
        dated.replace(
            model, checked.key, checked.values, valid_from=one.start, valid_to=end, decision_id=decision.id,
            recorded_by=actor.account_id or decision.recorded_by,
        )  # fmt: skip
        touched.append(papers.effect(one.kind, checked.key, one.start, end))
    refuse_if(found)
    return touched


def _next(rows: Sequence[Any], key: Mapping[str, Any], start: date) -> date | None:
    """Return the day the next fact of a key begins: what is laid without an end lasts until then."""
    same = [row for row in rows if all(getattr(row, name) == value for name, value in key.items())]
    return min((row.valid_from for row in same if row.valid_from > start), default=None)


def _close(
    actor: Actor,
    decision: Decision,
    person: Person,
    done: Done,
    note: papers.Note,
    reason: str,
    *,
    undone: bool = True,
) -> None:
    """Write down what was done to the person, let the earlier paper know, refresh once, tell the trail."""
    papers.record(actor, decision, [note])
    if undone and done.paper is not None:
        # A paper that this one had taken back speaks again when this one is taken back itself.
        db.session.execute(
            db.update(PersonPaper)
            .where(PersonPaper.person_id == person.id, PersonPaper.undone_by == done.decision_id)
            .values(undone_by=None)
        )
        db.session.execute(db.update(PersonPaper).where(PersonPaper.id == done.paper.id).values(undone_by=decision.id))
    decisions.cite(actor, decision, person.scope_ids)
    finish(actor, person)
    decisions.cite(actor, decision, person.scope_ids)
    if undone:
        own = [_told(piece) for piece in done.left if piece.row and piece.row.decision_id == done.decision_id]
        back = [_told(piece) for piece in done.restored if piece.row and note.kind == CANCELLATION]
        tell(actor, person, "person.fact_withdrawn", [{"before": one, "after": None, "reason": reason} for one in own])
        tell(actor, person, "person.fact_restored", [{"before": None, "after": one, "reason": reason} for one in back])


def _told(piece: Piece) -> dict[str, Any]:
    row = piece.row
    said = {} if row is None else {**dict(row.key), **row.values, "decision_id": row.decision_id}
    told = {name: value for name, value in said.items() if value is not None}
    return audit.plain({"fact": piece.kind, **told, "valid_from": piece.start, "valid_to": piece.end})


def _relate(actor: Actor, decision: Decision, target: Decision, relation: Relation) -> None:
    """Write down what the new paper does to the earlier one: it cancels it only when nothing of it is left."""
    if db.session.get(DecisionRelation, (decision.id, target.id)) is not None:
        return
    if relation is Relation.CANCELS and _stands(target):
        relation = Relation.CORRECTS
    relate(actor, decision, target.id, relation)


def _stands(target: Decision) -> bool:
    """Say whether something about people still rests on a decision: a fact in force, or a paper not taken back."""
    asked = [
        db.select(model.person_id).where(model.decision_id == target.id, model.superseded_at.is_(None))
        for model in MODELS.values()
    ]
    papers_left = db.select(PersonPaper.person_id).where(
        PersonPaper.decision_id == target.id, PersonPaper.undone_by.is_(None)
    )
    return db.session.execute(db.union_all(*asked, papers_left).limit(1)).first() is not None
