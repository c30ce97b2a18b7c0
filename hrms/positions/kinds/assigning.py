"""Placement in a job position (bố trí vào vị trí việc làm) and its end, as kinds of decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.errors import refuse_if
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Kind, Proposed, Wording
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition, Supplier
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds import posts
from hrms.people.kinds.common import AboutPeople, charged, check_in_service, known_of, named, shown, whole
from hrms.people.kinds.subjects import Place
from hrms.people.kinds.writing import Ending, Written
from hrms.people.rules.appointing import settled
from hrms.people.rules.kinds import MembershipKind
from hrms.positions.kinds import seating
from hrms.positions.kinds.seating import Seated, seat_of
from hrms.positions.queries import choosing
from hrms.positions.rules.kinds import ROLE_LABELS, SeatRole
from hrms.positions.services import seats
from hrms.positions.services.facts import KIND as FACT
from hrms.positions.services.seats import Wish

ROLES = (SeatRole.MAIN, SeatRole.CONCURRENT, SeatRole.IN_CHARGE, SeatRole.SECONDED)
CONFIRMER = "_fit_by"
"""Beside the values of a proposal that is carried out: who confirmed the fit."""
_VERBS: dict[SeatRole, str] = {
    SeatRole.MAIN: "Bố trí", SeatRole.CONCURRENT: "Giao kiêm nhiệm", SeatRole.IN_CHARGE: "Giao phụ trách",
    SeatRole.SECONDED: "Phân công trong thời gian biệt phái",
}  # fmt: skip


def role_choices() -> list[tuple[str, str]]:
    """Return the ways of holding a seat that this decision gives; giao quyền has a decision of its own."""
    return [(one.value, ROLE_LABELS[one]) for one in ROLES]


class GivesSeat(AboutPeople):
    """A decision that is about the seat itself: held while it is on its way, checked again when it is written."""

    def role(self, proposed: Proposed) -> SeatRole:
        """Return how the seat is held."""
        del proposed
        return SeatRole.MAIN

    def wish(self, proposed: Proposed) -> Wish | None:
        """Return the seat asked for."""
        return seating.wish_of(proposed, self.role(proposed), seating.until_of(proposed))

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with their seats read."""
        return seating.seat(proposed, self.wish)

    def look_again(self, actor: Actor, proposed: Sequence[Proposed]) -> list[Proposed]:
        """Lock and gather anew, read the seats anew, and refuse what contradicts itself or has no seat by now."""
        again = list(self.prepare(super().look_again(actor, proposed)))
        bare = [replace(one, more={**one.more, "seat": _without_seats(one)}) for one in again]
        refuse_if([named(problem, one.subject.name) for one in bare for problem in self.problems(one)])
        seats.check(actor, seating.wishes(again), leaving=True)
        return again

    def written(self, proposed: Proposed) -> Written:
        """Return the assignment."""
        fact = seating.fact(proposed, str(proposed.values.get(CONFIRMER) or "") or None)
        return Written(proposed.subject.person_id, [fact] if fact else [])

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write the assignments, and what those placed lack."""
        by = seating.confirmers([line for line, _one in lines])
        given = [
            (line, replace(one, values={**one.values, CONFIRMER: by.get(line.submission_id, "")}))
            for line, one in lines
        ]
        super().apply(actor, decision, given)
        with scope.everything():
            seating.note_gaps(decision, [one for _line, one in lines], actor.account_id)

    def taken_up(self, actor: Actor, submission: Submission, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Keep the seats while the proposal is on its way."""
        seating.hold(actor, submission, [one for _line, one in lines])

    def let_go(self, submission_id: int, person_ids: Collection[int]) -> None:
        """Give the seats back."""
        seats.release(submission_id, person_ids)

    def receivers(self, proposed: Proposed, found: Seated) -> tuple[str, list[str]]:
        """Return the last article and who receives the paper."""
        record = known_of(proposed).record
        places = [found.line.agency, *([record.using.name] if record.using else [])]
        return charged(proposed.subject.name, *places), ["Như điều cuối", *dict.fromkeys(places)]


def _without_seats(one: Proposed) -> Seated | None:
    """Return what was read but who has the seat: that is asked under the lock of the line."""
    found = seat_of(one)
    return replace(found, full=()) if found else None


class Assigning(GivesSeat):
    """Bố trí: the main seat of who has none, a concurrent one, being in charge, or a place while seconded."""

    code = "assignment"
    label = N_("Bố trí vào vị trí việc làm")
    register_kind = DecisionKind.OTHER
    order = 60
    fields: ClassVar[tuple[Field, ...]] = (
        Field("role", N_("Hình thức bố trí"), "choice", choices=role_choices),
        seating.LINE,
        seating.GRADE,
        seating.BASE,
        Field("until", N_("Đến hết ngày"), "date", required=False,
              hint=N_("Phụ trách không quá 12 tháng; bố trí chính không ghi ngày cuối.")),
        seating.FIT,
        seating.FIT_NOTE,
    )  # fmt: skip

    def role(self, proposed: Proposed) -> SeatRole:
        """Return how the seat is held."""
        given = str(proposed.values.get("role") or "")
        return SeatRole(given) if given in set(SeatRole) else SeatRole.MAIN

    def target(self, proposed: Proposed) -> Place | None:
        """Return the agency the seat must lie at: where the person works, or is seconded to."""
        record = known_of(proposed).record
        seconded = self.role(proposed) is SeatRole.SECONDED
        return record.member_of(MembershipKind.SECONDED_IN.value) if seconded else record.using

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself."""
        record, role = known_of(proposed).record, self.role(proposed)
        found = [*check_in_service(record, proposed.subject), *posts.check_last_day(proposed, "until")]
        until = seating.until_of(proposed)
        if role is SeatRole.MAIN and until is not None:
            text = N_("Bố trí chính không có ngày cuối. Hãy bỏ trống mục này hoặc chọn hình thức khác.")
            found.append(Problem("until", "no_end", text))
        if role in {SeatRole.IN_CHARGE, SeatRole.SECONDED} and until is None:
            text = N_("Phụ trách, biệt phái phải có ngày cuối. Hãy ghi “Đến hết ngày”.")
            found.append(Problem("until", "required", text))
        if role is SeatRole.SECONDED and self.target(proposed) is None:
            text = N_("%(name)s không biệt phái vào ngày %(day)s. Hãy làm quyết định biệt phái và chọn vị trí ở đó.")
            params = {"name": proposed.subject.name, "day": proposed.effective_on}
            return [*found, Problem("role", "not_seconded", text, params)]
        told = seating.problems(
            proposed, self.target(proposed), elsewhere=N_("Hãy làm “Điều động” và chọn vị trí trong quyết định đó.")
        )
        return [*found, *self._held(proposed), *told]

    def _held(self, proposed: Proposed) -> list[Problem]:
        """Return why somebody with a main seat is not placed anew: that is a change of position."""
        found = seat_of(proposed)
        if found is None or found.wish.role is not SeatRole.MAIN or found.now is None:
            return []
        line, name = found.line, proposed.subject.name
        if found.now.id == line.id:
            text = N_("%(name)s đang giữ vị trí %(position)s. Hãy chọn vị trí khác.")
            return [Problem("line", "holds_it", text, {"name": name, "position": line.position})]
        if line.leadership_post in seating.posts_held(known_of(proposed).record):
            return []
        text = N_("%(name)s đang giữ vị trí %(position)s, %(agency)s. Hãy làm “Chuyển đổi vị trí việc làm”.")
        params = {"name": name, "position": found.now.position, "agency": found.now.agency}
        return [Problem("line", "has_seat", text, params)]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law."""
        return seating.conditions(proposed)

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the seat old → new."""
        return seating.change(proposed)

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        found, subject = seat_of(proposed), proposed.subject
        verb = _VERBS[self.role(proposed)]
        summary = f"Về việc {verb[0].lower()}{verb[1:]} vào vị trí việc làm"
        if found is None:
            return Wording(summary, [charged(subject.name)], ["Như điều cuối"])
        until = seating.until_of(proposed)
        end = f" đến hết ngày {shown(until)}" if until else ""
        preposition = "vào" if found.wish.role is SeatRole.MAIN else "ở"
        first = (
            f"{verb} {posts.person_words(proposed)} {preposition} vị trí việc làm {seating.seat_words(found)}, kể từ"
            f" ngày {shown(proposed.effective_on)}{end}."
        )
        second = (
            f"Ông (bà) {subject.name} thực hiện nhiệm vụ, quyền hạn theo bản mô tả vị trí việc làm; lương và phụ cấp"
            " thực hiện theo quy định."
        )
        last, receivers = self.receivers(proposed, found)
        return Wording(summary, [first, second, last], receivers)


class AssignmentEnd(AboutPeople):
    """Thôi bố trí, thôi kiêm nhiệm: a seat is free from the day of effect on."""

    code = "assignment_end"
    label = N_("Thôi bố trí, thôi kiêm nhiệm vị trí việc làm")
    register_kind = DecisionKind.OTHER
    order = 62
    fields: ClassVar[tuple[Field, ...]] = (
        Field("line", N_("Vị trí việc làm thôi giữ"), "record", required=False, per_person=True,
              records=seating.RECORDS, hint=N_("Bỏ trống: vị trí chính.")),
        Field("reason", N_("Lý do"), "long_text"),
    )  # fmt: skip

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with the seats their people hold on the day."""
        held = seating.held_by([one.subject.person_id for one in proposed])
        lines = choosing.lines_of({one.line_id for rows in held.values() for one in rows})
        made = []
        for one in proposed:
            chosen = whole(one.values, "line")
            mine = [row for row in held.get(one.subject.person_id, ()) if row.on(one.effective_on)]
            meant = next(
                (row for row in mine if (row.role is SeatRole.MAIN if chosen is None else row.line_id == chosen)), None
            )
            later = any(
                row.role is SeatRole.MAIN and row.valid_from >= one.effective_on
                for row in held.get(one.subject.person_id, ())
            )
            more = {"held": meant, "line": lines.get(meant.line_id) if meant else None, "later": later}
            made.append(replace(one, more={**one.more, **more}))
        return made

    def look_again(self, actor: Actor, proposed: Sequence[Proposed]) -> list[Proposed]:
        """Lock and gather anew, and read the seats held."""
        again = list(self.prepare(super().look_again(actor, proposed)))
        refuse_if([named(problem, one.subject.name) for one in again for problem in self.problems(one)])
        return again

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return why nothing ends: no such seat, or begun that very day."""
        if "held" not in proposed.more:
            return []
        held, on = proposed.more["held"], proposed.effective_on
        if held is None:
            text = N_("%(name)s không giữ vị trí này vào ngày %(day)s. Hãy chọn lại vị trí hoặc ngày hiệu lực.")
            return [Problem("line", "not_held", text, {"name": proposed.subject.name, "day": on})]
        if held.valid_from == on:
            text = N_("Ngày %(day)s mới bắt đầu giữ vị trí. Hãy hủy bỏ quyết định bố trí thay vì thôi bố trí.")
            return [Problem("effective_on", "not_begun", text, {"day": on})]
        return []

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the one condition: whoever stays in service is arranged elsewhere."""
        held = proposed.more.get("held")
        if held is None or held.role is not SeatRole.MAIN:
            return []
        text = N_("Có phương án bố trí vị trí khác sau khi thôi giữ vị trí chính")
        later = bool(proposed.more.get("later"))
        found = N_("Đã có vị trí tiếp theo") if later else N_("Chưa có vị trí tiếp theo")
        source = "NĐ 170/2025/NĐ-CP Đ23–24"
        return [settled("next_seat", text, later, source, found, {}, Supplier.USING_AGENCY, blocking=False)]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the seat that becomes free."""
        return [Change(N_("Vị trí việc làm"), seating.place_words(proposed.more.get("line")), None)]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        line, held, subject = proposed.more.get("line"), proposed.more.get("held"), proposed.subject
        role = held.role if held is not None else SeatRole.MAIN
        verb = {SeatRole.MAIN: "thôi giữ", SeatRole.CONCURRENT: "thôi kiêm nhiệm"}.get(role, "thôi phụ trách")
        who = posts.person_words(proposed)
        first = (
            f"{who[0].upper()}{who[1:]} {verb} vị trí việc làm {seating.place_words(line) or ''} kể"
            f" từ ngày {shown(proposed.effective_on)}."
        )
        reason = str(proposed.values.get("reason") or "").strip()
        agency = line.agency if line else ""
        return Wording(
            f"Về việc {verb} vị trí việc làm",
            [first + (f" Lý do: {reason}." if reason else ""), charged(subject.name, agency)],
            ["Như điều cuối", *([agency] if agency else [])],
        )

    def written(self, proposed: Proposed) -> Written:
        """Return the end of the seat."""
        held = proposed.more.get("held")
        if held is None:
            return Written(proposed.subject.person_id)
        slot = 0 if held.role is SeatRole.MAIN else held.line_id
        return Written(proposed.subject.person_id, endings=[Ending(FACT, {"slot": slot}, proposed.effective_on)])


KINDS: tuple[Kind, ...] = (Assigning(), AssignmentEnd())
