"""Papers about a person that were carried out: notices and ends too, which leave no fact of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from hrms.core import hooks
from hrms.core.db import db
from hrms.core.formats import format_date
from hrms.core.i18n import N_, _, render
from hrms.decisions import kinds
from hrms.decisions.rules.register import KIND_LABELS, DecisionKind
from hrms.people.models import PersonPaper
from hrms.people.queries.record import Record

MOST = 100
_HAPPENS = {
    "retirement_notice": N_("nghỉ hưu sau ngày %(day)s"),
    "rotation": N_("đến hết %(day)s"),
    "secondment": N_("đến hết %(day)s"),
    "retirement": N_("ngày làm việc cuối cùng %(day)s"),
}


def kind_words(code: str) -> str:
    """Return the name of a kind of decision, as the path or the register calls it."""
    kind = kinds.get(code)
    if kind is not None:
        return render(kind.label)
    return render(KIND_LABELS[DecisionKind(code)]) if code in set(DecisionKind) else code


def list_papers(record: Record) -> Sequence[Mapping[str, Any]]:
    """Return the papers about a person as known on the record's instant, newest first; two statements.

    Each has `title`, `rest`, `number` and `url` of the decision, `undone` where a later one took it back.
    """
    later = aliased(PersonPaper)
    query = (
        select(PersonPaper, later.moment, later.decision_id)
        .outerjoin(
            later, and_(later.person_id == PersonPaper.person_id, later.decision_id == PersonPaper.undone_by)
        )
        .where(PersonPaper.person_id == record.person.id)
        .order_by(PersonPaper.id.desc())
        .limit(MOST)
    )  # fmt: skip
    if record.known_on is not None:
        query = query.where(PersonPaper.moment <= record.known_on)
    rows = db.session.execute(query).all()
    ids = sorted({paper.decision_id for paper, _moment, _by in rows} | {by for _p, _m, by in rows if by})
    known = hooks.papers[0].describe(ids) if ids and hooks.papers else {}
    found = []
    for paper, undone_at, by in rows:
        undone = undone_at is not None and (record.known_on is None or undone_at <= record.known_on)
        words = _HAPPENS.get(paper.kind)
        found.append(
            {
                "title": kind_words(paper.kind),
                "rest": render(words, day=format_date(paper.happens_on)) if words and paper.happens_on else "",
                "number": _number(known.get(paper.decision_id)),
                "url": (known.get(paper.decision_id) or {}).get("url"),
                "undone": _number(known.get(by)) if undone else "",
            }
        )
    return found


def _number(paper: Mapping[str, Any] | None) -> str:
    if paper is None:
        return _("quyết định ngoài phạm vi của bạn")
    return _("Quyết định %(number)s ngày %(day)s", number=paper["reference"], day=format_date(paper["signed_on"]))
