"""The seat beside decisions that are about something else: appointments, moves and ways into the service.

Each may name the line the person will sit in; it is held, judged and written with the decision, whose own conditions
stay as they are. Without a line the former main seat ends by itself when the person no longer works there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from hrms.core.actor import Actor
from hrms.core.rules import N_, Problem
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Extension, Field, Proposed
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition
from hrms.people.kinds import posts
from hrms.people.kinds.common import known_of, shown, whole
from hrms.people.kinds.subjects import Place
from hrms.people.kinds.writing import Written, write
from hrms.positions.kinds import seating
from hrms.positions.kinds.seating import seat_of
from hrms.positions.rules.kinds import SeatRole
from hrms.positions.services import seats
from hrms.positions.services.seats import Wish


def typed_agency(proposed: Proposed) -> Place | None:
    """Return the agency a proposal names."""
    return known_of(proposed).record.places.get(proposed.values.get("agency"))


def _main(proposed: Proposed) -> SeatRole:
    del proposed
    return SeatRole.MAIN


def _acting(proposed: Proposed) -> SeatRole:
    return SeatRole.ACTING if proposed.values.get("form") == "acting" else SeatRole.IN_CHARGE


def _concurrent(proposed: Proposed) -> SeatRole:
    del proposed
    return SeatRole.CONCURRENT


def _seconded(proposed: Proposed) -> SeatRole:
    del proposed
    return SeatRole.SECONDED


def _no_end(proposed: Proposed) -> date | None:
    del proposed
    return None


@dataclass(frozen=True, slots=True)
class Way:
    """How a kind of decision gives a seat: where it lies, how it is held, until when."""

    target: Callable[[Proposed], Place | None]
    role: Callable[[Proposed], SeatRole] = _main
    until: Callable[[Proposed], date | None] = _no_end
    gives_post: bool = False
    """The decision itself gives a leadership post, so its conditions are asked already."""
    recruiting: bool = False


WAYS: dict[str, Way] = {
    "appointment": Way(posts.place_of, gives_post=True),
    "appointment_elsewhere": Way(posts.place_of, gives_post=True),
    "acting": Way(posts.place_of, _acting, seating.until_of, gives_post=True),
    "concurrent": Way(posts.place_of, _concurrent, seating.until_of, gives_post=True),
    "transfer": Way(typed_agency),
    "rotation": Way(typed_agency),
    "secondment": Way(typed_agency, _seconded, lambda one: seating.until_of(one, "last_day")),
    "recruitment": Way(typed_agency, recruiting=True),
    "work_contract": Way(typed_agency, recruiting=True),
    "reception": Way(typed_agency, recruiting=True),
}


class WithSeat(Extension):
    """The optional seat of a kind."""

    fields: ClassVar[tuple[Field, ...]] = (
        seating.LINE_OPTIONAL, seating.GRADE, seating.BASE, seating.FIT, seating.FIT_NOTE,
    )  # fmt: skip

    def __init__(self, way: Way) -> None:
        self.way = way

    def wish(self, proposed: Proposed) -> Wish | None:
        """Return the seat asked for; of a recruit the rank given counts."""
        found = seating.wish_of(
            proposed, self.way.role(proposed), self.way.until(proposed), recruiting=self.way.recruiting
        )
        given = proposed.values.get("rank_code")
        return replace(found, rank_code=str(given)) if found is not None and given else found

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with their seats read."""
        return seating.seat(proposed, self.wish)

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: also a title that is not the post given."""
        found = seat_of(proposed)
        if found is None:
            return []
        told = list(seating.problems(proposed, self.way.target(proposed)))
        title, given = found.line.leadership_post, proposed.values.get("post")
        if self.way.gives_post and title is not None and title != given and found.line.position_group == "leadership":
            text = N_("%(position)s là vị trí của chức vụ khác. Hãy chọn vị trí của chức vụ được giao.")
            told.append(Problem("line", "other_post", text, {"position": found.line.position}))
        return told

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the seat; of a title that nobody is given here, that the post is held."""
        found = seat_of(proposed)
        given = found is not None and proposed.values.get("post") == found.line.leadership_post
        return seating.conditions(proposed, route=not (self.way.gives_post or given), held=False)

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the seat old → new."""
        return seating.change(proposed)

    def article(self, proposed: Proposed) -> str:
        """Return the article about the seat."""
        found = seat_of(proposed)
        if found is None:
            return ""
        until = self.way.until(proposed)
        end = f" đến hết ngày {shown(until)}" if until else ""
        verb = {
            SeatRole.MAIN: "được bố trí vào", SeatRole.CONCURRENT: "kiêm nhiệm", SeatRole.ACTING: "được giao quyền ở",
            SeatRole.IN_CHARGE: "phụ trách", SeatRole.SECONDED: "làm việc tại",
        }[found.wish.role]  # fmt: skip
        return (
            f"Ông (bà) {proposed.subject.name} {verb} vị trí việc làm {seating.seat_words(found)}, kể từ ngày"
            f" {shown(proposed.effective_on)}{end}."
        )

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write the assignments after the kind has written where the people belong, if the seats are free."""
        every = [one for _line, one in lines]
        chosen = [(line, one) for line, one in lines if seat_of(one) is not None]
        if not chosen:
            return
        seats.check(actor, seating.wishes(every), leaving=True)
        by = seating.confirmers([line for line, _one in chosen])
        written = []
        for line, one in chosen:
            fact = seating.fact(one, by.get(line.submission_id))
            if fact is not None:
                written.append(Written(one.subject.person_id, [fact]))
        write(actor, decision, written)
        seats.use_reserved(actor, seating.wishes(every))
        seating.note_gaps(decision, [one for _line, one in chosen], actor.account_id)

    def taken_up(self, actor: Actor, submission: Submission, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Keep the seats while the proposal is on its way."""
        seating.hold(actor, submission, [one for _line, one in lines])

    def let_go(self, submission_id: int, person_ids: Collection[int]) -> None:
        """Give the seats back."""
        seats.release(submission_id, person_ids)


class GivesBack(Extension):
    """A decision that takes an earlier one back: a seat somebody gets again must not have gone to another since."""

    def __init__(self, *, cancels: bool) -> None:
        self.cancels = cancels

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Refuse the whole when a seat that comes back is taken from today on, naming who has it.

        What somebody lacked for a seat they were given by a decision that is cancelled is no need any more.
        """
        del decision
        people = [one.subject.person_id for _line, one in lines]
        if self.cancels:
            seating.forget_gaps({number for _l, one in lines if (number := whole(one.values, "decision"))}, people)
        seats.check(actor, seats.regained(people))


def register() -> None:
    """Give every kind that can seat somebody its optional line."""
    for code, way in WAYS.items():
        if path.get(code) is not None:
            path.extend(code, WithSeat(way))
    for code in ("correction", "cancellation"):
        path.extend(code, GivesBack(cancels=code == "cancellation"))
