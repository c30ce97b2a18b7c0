"""Petitions against a class (kiến nghị kết quả xếp loại): made by the person, answered within seven working days.

NĐ 335/2025/NĐ-CP Đ22. Accepted means a decision that replaces the class (Đ21 k3): by the head of the managing agency
for công chức, by who classified for viên chức; the quota is checked again and what was paid by the old class flagged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock, scope, settings
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem, Reason
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.decisions.models import Decision
from hrms.people.models import Person
from hrms.people.queries import law
from hrms.people.rules.parameters import whole
from hrms.people.services.current import tell_changed
from hrms.performance.models import Petition, Rating
from hrms.performance.queries.answering import CIVIL_SET, answering, may_answer, may_touch
from hrms.performance.rules import petition as rules
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.outcomes import TEXT_LENGTH
from hrms.performance.services import deciding

P = Permission
ENTITY = "petition"
WINDOW = "performance.petition_window"
DAYS_KEY = "performance.petition_working_days"
"""In the table of figures: working days to answer."""
_OPEN_ALREADY = Problem(
    "", "open_already", N_("Kiến nghị trước về kết quả này đang chờ trả lời. Hãy chờ, hoặc rút kiến nghị đó.")
)
_CLOSED = Problem("", "closed", N_("Kiến nghị này đã kết thúc, không trả lời hay rút được nữa."))
explain_constraint("uq_petitions_open", _OPEN_ALREADY)

_ABOUT = text("""
SELECT t.id, t.person_id, t.year, t.final, t.state, t.published_on, t.superseded_at, t.agency_id AS worked_at,
  r.agency_id AS classified_by, s.code AS set_code,
  (SELECT b.id FROM agencies a JOIN agencies b ON b.id = ANY (a.scope_ids) AND b.kind <> 'division'
    WHERE a.id = c.managing_agency_id ORDER BY b.depth DESC LIMIT 1) AS managing_agency_id,
  EXISTS (SELECT 1 FROM petitions p WHERE p.rating_id = t.id AND p.state = 'open') AS open_one
FROM ratings t
JOIN rating_rounds r ON r.id = t.round_id
JOIN criteria_sets s ON s.id = r.set_id
LEFT JOIN people_current c ON c.person_id = t.person_id
WHERE t.id = :rating
""")
_CLOSE = text("""
UPDATE petitions p SET state = 'accepted', answer = :answer, answered_on = :today, answered_by = :by,
  decision_id = :decision, new_rating_id = g.made, version = p.version + 1
FROM unnest(CAST(:olds AS bigint[]), CAST(:news AS bigint[])) AS g(old, made)
JOIN ratings o ON o.id = g.old
JOIN ratings t ON t.person_id = o.person_id AND t.year = o.year AND t.round_id = o.round_id
WHERE p.rating_id = t.id AND p.state = 'open'
RETURNING p.id, p.person_id
""")
# January writes everybody's class again: what is petitioned against is then the one that took its place.
_HOLDS = text("""
SELECT n.id FROM ratings t
JOIN ratings n ON n.person_id = t.person_id AND n.year = t.year AND n.round_id = t.round_id
WHERE t.id = :rating AND n.superseded_at IS NULL AND n.state = 'published'
""")


def last_day(published_on: date) -> date:
    """Return the last day to petition against a class published on a day: a setting of the province, one statement."""
    return published_on + timedelta(days=int(settings.get(WINDOW)))


def due_on(submitted_on: date, decree: Decree = Decree.CIVIL) -> tuple[date, Reason]:
    """Return the last day to answer, the seventh working day after the petition came in, and why."""
    days = whole(law.parameters(submitted_on), DAYS_KEY)
    return rules.answer_by(submitted_on, law.holidays().add, decree, rules.ANSWER_DAYS if days is None else days)


def decree_of(set_code: str) -> Decree:
    """Return the decree a set of criteria follows: that of công chức, or that of viên chức."""
    return Decree.CIVIL if set_code == CIVIL_SET else Decree.PUBLIC


def superseder_of(found: Any) -> int:
    """Return the agency whose head may replace a class read by `about()`."""
    who, _reason = rules.superseding(decree_of(found.set_code))
    if who is rules.Supersedes.MANAGING_HEAD and found.managing_agency_id is not None:
        return int(found.managing_agency_id)
    return int(found.classified_by)


def about(rating_id: int) -> Any:
    """Return what a petition needs to know of a rating, under the transaction's scope. Raises `NotFound`."""
    found = db.session.execute(_ABOUT, {"rating": rating_id}).one_or_none()
    if found is None:
        raise missing("rating")
    return found


def why_not(actor: Actor, found: Any) -> Problem | None:
    """Return why the actor cannot petition against a rating read by `about()` today, None: they can."""
    if found.state != "published" or found.published_on is None:
        return Problem("", "not_published", N_("Kết quả xếp loại chưa công khai nên chưa kiến nghị được."))
    if not actor.is_holder(found.person_id):
        return Problem("", "not_own", N_("Chỉ người được xếp loại kiến nghị về kết quả của mình."))
    if found.superseded_at is not None:
        return Problem("", "superseded", N_("Kết quả này đã được thay. Hãy kiến nghị về kết quả hiện nay."))
    if late := rules.window(found.published_on, clock.today(), int(settings.get(WINDOW))):
        return late
    return _OPEN_ALREADY if found.open_one else None


def submit(actor: Actor, rating_id: int, wanted: str | None, words: str) -> int:
    """Petition against one's own published class; returns the petition's id.

    Raises `NotFound`, `Forbidden` for somebody else's, `Refused`: not published, too late, another one open, no text.
    """
    actor.require(P.SELF_VIEW)
    found = about(rating_id)
    problem = why_not(actor, found)
    if problem is not None and problem.code == "not_own":
        raise Forbidden(problem)
    problems = [problem] if problem else []
    problems += _text_problems("text", words, N_("Chưa viết nội dung kiến nghị. Hãy nêu điểm nào chưa đúng và vì sao."))
    if wanted and wanted not in {"excellent", "good", "satisfactory", "unsatisfactory"}:
        problems.append(Problem("wanted", "unknown", N_("Mức đề nghị không có trong danh mục. Hãy chọn lại.")))
    if wanted and wanted == found.final:
        problems.append(Problem("wanted", "same", N_("Mức đề nghị trùng mức đã xếp. Hãy chọn mức khác hoặc bỏ trống.")))
    refuse_if(problems)
    today = clock.today()
    made = Petition(
        rating_id=rating_id, person_id=found.person_id, agency_id=found.classified_by, submitted_on=today,
        due_on=due_on(today, decree_of(found.set_code))[0], wanted=wanted or None, text=lines_of(words), state="open",
        recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _tell(actor, "petition.submitted", made, {"wanted": made.wanted, "due_on": made.due_on, "year": found.year})
    _follow([made.person_id])
    return made.id


def withdraw(actor: Actor, petition_id: int, version: int | None) -> None:
    """Take one's own open petition back. Raises `NotFound`, `Forbidden` for another's, `Stale`, `Refused`."""
    actor.require(P.SELF_VIEW)
    found = _locked(petition_id, version)
    if not actor.is_holder(found.person_id):
        raise Forbidden(Problem("", "not_own", N_("Chỉ người kiến nghị rút được kiến nghị của mình.")))
    _need_open(found)
    found.state = "withdrawn"
    found.version += 1
    db.session.flush()
    _tell(actor, "petition.withdrawn", found, {"state": "withdrawn"})
    _follow([found.person_id])


def reject(actor: Actor, petition_id: int, answer: str, version: int | None) -> None:
    """Answer that the class stays, with reasons. By who classified, or who may replace the class.

    Raises `NotFound`, `Forbidden` (no head of it, oneself, kin), `Stale`, `Refused` without reasons.
    """
    actor.require(P.PERFORMANCE_RATE)
    found = _locked(petition_id, version)
    if problem := may_reject(actor, found.person_id, found.agency_id, found.rating_id):
        raise Forbidden(problem)
    _need_open(found)
    refuse_if(
        _text_problems("answer", answer, N_("Chưa ghi lý do giữ nguyên kết quả. Người kiến nghị được đọc lý do."))
    )
    found.state, found.answer = "rejected", lines_of(answer)
    found.answered_on, found.answered_by = clock.today(), actor.account_id
    found.version += 1
    db.session.flush()
    _tell(actor, "petition.rejected", found, {"state": "rejected", "answered_on": found.answered_on}, found.answer)
    _follow([found.person_id])


def accept(
    actor: Actor, petition_id: int, new_class: str, decision_id: int, answer: str, version: int | None
) -> int:  # fmt: skip
    """Write down the signed decision that replaces the class; returns the id of the new rating.

    By the head who may replace the class, or by whoever keeps the classes (`performance.manage`) from a decision
    signed in that head's agency. The year is read anew and the quota checked again by
    `deciding.supersede`. Raises as `reject`.
    """
    if not actor.may(P.PERFORMANCE_RATE):
        actor.require(P.PERFORMANCE_MANAGE)
    found = _locked(petition_id, version)
    person = _person(found.person_id)
    if problem := may_touch(actor, found.person_id):
        raise Forbidden(problem)
    agency_id = superseder_of(about(found.rating_id))
    if may_answer(actor, found.person_id, agency_id) is not None:
        actor.require(P.PERFORMANCE_MANAGE, at=person.scope_ids)
    _need_open(found)
    rating_id = db.session.scalar(_HOLDS, {"rating": found.rating_id}) or found.rating_id
    problems = _text_problems("answer", answer, N_("Chưa ghi nội dung trả lời."))
    problems += _class_problems(rating_id, new_class)
    decision = db.session.get(Decision, decision_id)
    if decision is None:
        raise missing("decision")
    signs = answering(found.person_id, agency_id).agency_id or agency_id
    if decision.issuer_agency_id not in {agency_id, signs}:
        words = N_("Quyết định %(reference)s không do cơ quan có thẩm quyền thay kết quả ban hành. Hãy chọn lại.")
        problems.append(Problem("decision_basis", "wrong_issuer", words, {"reference": decision.reference}))
    if decision.signed_on < found.submitted_on:
        words = N_("Quyết định %(reference)s ký trước ngày nhận kiến nghị. Hãy chọn quyết định khác.")
        problems.append(Problem("decision_basis", "too_early", words, {"reference": decision.reference}))
    refuse_if(problems)
    # The paper is signed by the one who may: what it says is written under its own right, by whoever enters it.
    new_id = deciding.supersede(replace(actor, is_system=True), rating_id, new_class, decision_id, nfc(answer))
    close_accepted(actor, {rating_id: new_id}, decision_id, answer)
    return new_id


def close_accepted(actor: Actor, replaced: Mapping[int, int], decision_id: int, answer: str) -> int:
    """Answer the open petitions against ratings that a decision has replaced: old rating → new. Returns how many.

    Those against an earlier class of the same round that was settled since are answered too.
    """
    if not replaced:
        return 0
    values = {
        "olds": list(replaced), "news": list(replaced.values()), "answer": lines_of(answer), "today": clock.today(),
        "by": actor.account_id, "decision": decision_id,
    }  # fmt: skip
    with scope.entered(Scope(people=(EVERYTHING,))):
        closed = db.session.execute(_CLOSE, values).all()
        reach = {
            row.id: list(row.scope_ids)
            for row in db.session.execute(
                select(Person.id, Person.scope_ids).where(Person.id.in_([one.person_id for one in closed]))
            )
        }
    db.session.expire_all()
    audit.record_many(
        actor, "petition.accepted", ENTITY,
        [
            {
                "entity_id": one.id, "person_id": one.person_id, "scope_ids": reach[one.person_id],
                "after": {"state": "accepted", "decision_id": decision_id}, "reason": nfc(answer),
            }
            for one in closed
        ],
    )  # fmt: skip
    _follow([one.person_id for one in closed])
    return len(closed)


def _class_problems(rating_id: int, new_class: str) -> list[Problem]:
    if new_class not in {"excellent", "good", "satisfactory", "unsatisfactory", "none"}:
        return [Problem("new_class", "unknown", N_("Mức xếp loại mới không có trong danh mục. Hãy chọn lại."))]
    if new_class == db.session.scalar(select(Rating.final).where(Rating.id == rating_id)):
        words = N_("Mức mới trùng mức đã xếp. Nếu giữ nguyên, hãy trả lời không chấp nhận.")
        return [Problem("new_class", "same", words)]
    return []


def lines_of(words: str) -> str:
    """Return a text of several lines as it is kept: each line tidied, empty ones left out."""
    return "\n".join(line for one in words.splitlines() if (line := nfc(one)))


def _text_problems(field: str, words: str, empty: str) -> list[Problem]:
    given = nfc(words or "")
    if not given:
        return [Problem(field, "required", empty)]
    if len(given) > TEXT_LENGTH:
        return [
            Problem(field, "too_long", N_("Nội dung dài quá %(most)s ký tự. Hãy viết ngắn hơn."), {"most": TEXT_LENGTH})
        ]
    return []


def _locked(petition_id: int, version: int | None) -> Petition:
    known = db.session.execute(select(Petition.state).where(Petition.id == petition_id)).one_or_none()
    if known is None:
        raise missing("petition")
    if known.state != "open":
        # Of one's own only an open one may be written, so that a closed one could not even be locked.
        raise Refused(_CLOSED)
    found = db.session.scalars(
        select(Petition).where(Petition.id == petition_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Refused(_CLOSED)
    if version is not None and version != found.version:
        raise Stale
    return found


def _need_open(found: Petition) -> None:
    if found.state != "open":
        raise Refused(_CLOSED)


def may_reject(actor: Actor, person_id: int, agency_id: int, rating_id: int) -> Problem | None:
    """Return why the actor may not answer that a class stays: they neither classified nor may replace it."""
    refusal = may_answer(actor, person_id, agency_id)
    if refusal is None or refusal.code != "not_the_authority":
        return refusal
    other = superseder_of(about(rating_id))
    return refusal if other == agency_id else may_answer(actor, person_id, other)


def _follow(person_ids: Collection[int]) -> None:
    """Let the calendar take up or drop what is to be answered; whoever petitions sees no more than themself."""
    with scope.everything():
        tell_changed(person_ids)


def _person(person_id: int) -> Person:
    found = db.session.get(Person, person_id)
    if found is None:
        raise missing("petition")
    return found


def _tell(actor: Actor, action: str, found: Petition, after: Mapping[str, Any], reason: str | None = None) -> None:
    audit.record(
        actor, action, ENTITY, found.id, person_id=found.person_id,
        scope_ids=list(_person(found.person_id).scope_ids), after=audit.plain(after), reason=reason,
    )  # fmt: skip
