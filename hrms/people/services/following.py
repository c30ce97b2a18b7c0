"""What domains above derive from a person's facts and must end when those end: seats given up by who leaves."""

from __future__ import annotations

from collections.abc import Collection

from hrms.core import scope
from hrms.core.db import db
from hrms.people.models import further
from hrms.people.models.further import Cut


def follow(ids: Collection[int]) -> list[Cut]:
    """Let further facts of these people end where their facts no longer bear them; returns the days emptied.

    Call it in the transaction of the change, after the facts, under the people's locks.
    """
    if not ids or not further.followers:
        return []
    db.session.flush()
    with scope.everything():
        return [cut for follower in further.followers for cut in follower(ids)]
