"""A learner's rating of a class: own, one, changed as long as it is open.

Nothing of it goes into the trail: whoever reads that would know who rated when, and beside the sums, how.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.permissions import Permission
from hrms.core.text import nfc
from hrms.training.models import ClassRating
from hrms.training.queries.ratings import Own, own_enrolment
from hrms.training.rules import after as rules


def rate(actor: Actor, class_id: int, scores: Mapping[str, int | None], comment: str) -> Own:
    """Keep the actor's own rating of a class they learnt in: a score of 1 to 5 for each content, and a comment.

    Raises `NotFound` when it is no class of theirs, `Refused` too early, too late, with a score missing.
    """
    actor.require(Permission.SELF_VIEW)
    own = own_enrolment(actor, class_id)
    said = nfc(comment)
    found = own.enrolment
    refuse_if(rules.rating_problems(found.state, own.ends_on, own.ended_on, clock.today(), scores, said))
    values = {"scores": {one.value: scores[one.value] for one in rules.Aspect}, "comment": said or None}
    statement = insert(ClassRating).values(
        enrolment_id=found.id, class_id=class_id, person_id=found.person_id, recorded_by=actor.account_id, **values
    )
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["enrolment_id"], set_={**values, "recorded_at": clock.now()})
    )
    return own
