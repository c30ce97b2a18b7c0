"""Why people stand as they do: the steps of the rules, worked out for a page of people at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hrms.core import clock
from hrms.core.rules import Reason
from hrms.training.queries import learners as facts
from hrms.training.rules import owed

LONGEST_PERIOD = 10
"""A period has at most so many years; caps are read for all of them."""


def reasons(people: Sequence[int], year: int) -> Mapping[tuple[int, int], Sequence[Reason]]:
    """Return the steps of each duty of a year by person and requirement, under the reader's scope.

    A fixed number of statements, whatever the number of people; none for nobody.
    """
    if not people:
        return {}
    requirements = facts.requirements()
    ground = facts.ground(clock.today(), range(year - LONGEST_PERIOD, year + 1))
    return {
        (person_id, standing.requirement_id): standing.reasons
        for person_id, learner in facts.learners(people).items()
        for standing in owed.compliance(requirements, learner, year, ground).standings
    }
