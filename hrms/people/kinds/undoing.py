"""Correction (đính chính) and cancellation (hủy bỏ, thu hồi) of an earlier decision about people.

The days it made true go back to what stood there before; a correction lays the right ones on its own paper. Refused
while a later paper rests on it: NĐ 30/2020/NĐ-CP Đ18 k4, what was issued is changed by a paper of equal form.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions import queries as decision_queries
from hrms.decisions.kinds import Field, Proposed, Subject, Wording
from hrms.decisions.models import Decision, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition, Outcome, Supplier
from hrms.decisions.rules.register import DecisionKind
from hrms.decisions.services import relations
from hrms.people.kinds.common import (
    AboutPeople,
    Known,
    charged,
    check_decimal,
    check_place,
    day,
    day_before,
    decimal,
    known_of,
    post_choices,
    post_name,
    rank_choices,
    shown,
    whole,
)
from hrms.people.kinds.subjects import Places
from hrms.people.kinds.writing import Written
from hrms.people.models import further
from hrms.people.rules.kinds import MEMBERSHIP_LABELS, STATUS_LABELS, EmploymentStatus, MembershipKind
from hrms.people.rules.sheet import FACT_LABELS
from hrms.people.rules.undoing import Corrections, Laid, amended, overlaid, starts
from hrms.people.services import undoing
from hrms.people.services.undoing import CANCELLATION, CORRECTION, Done

SOURCE = "NĐ 30/2020/NĐ-CP Đ18 k4"
_DECISION = Field("decision", N_("Quyết định trước đó"), "decision")


@dataclass(slots=True)
class Earlier(Known):
    """A person at hand with what the earlier decision did to them."""

    target: Decision | None = None
    done: Done | None = None


def earlier_of(proposed: Proposed) -> Earlier:
    """Return what is at hand of the person and of the earlier decision."""
    found: Earlier = proposed.subject.facts
    return found


class Undoing(AboutPeople):
    """What correction and cancellation share: the earlier decision looked up, who rests on it, the words."""

    register_kind = DecisionKind.CORRECTION
    relation: ClassVar[str]

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return the people with what the earlier decision did to each; thirteen statements whatever their number."""
        found = dict(super().subjects(person_ids, on, values))
        target_id = int(values["decision"]) if values.get("decision") else None
        target = decision_queries.references([target_id]).get(target_id) if target_id else None
        done = undoing.survey(list(found), target.id) if target else {}
        for person_id, subject in found.items():
            known: Known = subject.facts
            found[person_id] = replace(subject, facts=Earlier(known.record, known.papers, target, done.get(person_id)))
        return found

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return why the earlier decision cannot be touched: out of sight, ended, not about the person, rested on."""
        known = earlier_of(proposed)
        if known.target is None or known.done is None:
            return [Problem("decision", "required", N_("Chưa chọn quyết định cần đính chính hoặc hủy bỏ."))]
        found = relations.problems(clock.today(), known.target)
        return found or undoing.problems(proposed.subject.name, known.target, known.done)

    def signer(self, subject: Subject) -> int | None:
        """Return who issued the earlier decision: nobody else takes it back or puts it right."""
        found: Earlier = subject.facts
        return found.target.issuer_agency_id if found.target else None

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions: nothing later rests on it; the issuer, or who stands above, decides."""
        target = earlier_of(proposed).target
        reference = target.reference if target else ""
        return [
            Condition(
                "nothing_later", N_("Không quyết định nào sau đó dựa trên quyết định này"), Outcome.MET, SOURCE,
                N_("Quyết định %(reference)s"), {"reference": reference},
            ),
            Condition(
                "issuer_decides", N_("Cơ quan đã ban hành, hoặc cấp trên có thẩm quyền, ký"), Outcome.UNKNOWN, SOURCE,
                N_("%(reference)s do %(issuer)s ban hành"),
                {"reference": reference, "issuer": target.issuer_name if target else ""},
                Supplier.PROPOSER, answerable=True,
            ),
        ]  # fmt: skip

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return each fact the decision made, old → new."""
        known = earlier_of(proposed)
        done = known.done
        if done is None:
            return []
        layers = [
            Laid(p.kind, p.key, p.row.values if p.row else None, p.start, p.end) for p in done.restored
        ] + self.laid(proposed)
        found = []
        for kind, key in dict.fromkeys((one.kind, one.key) for one in done.effects):
            since = min(one.start for one in done.effects if (one.kind, one.key) == (kind, key))
            since = min([since, *(one.start for one in layers if (one.kind, one.key) == (kind, key))])
            old, new = (
                "; ".join(
                    _said(kind, one.values, one.start, one.end, known.record.places)
                    for one in overlaid(done.rows, kind, key, over)
                    if one.end is None or one.end > since
                )
                for over in ((), layers)
            )
            if old != new:
                found.append(Change(_label(kind, key), old or None, new or None))
        return found

    def laid(self, proposed: Proposed) -> list[Laid]:
        """Return what is laid in the earlier decision's place; nothing where what stood before comes back."""
        del proposed
        return []

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return law and decrees, the rule of papers, and the earlier decision."""
        target = earlier_of(proposed).target
        found = [*super().grounds(proposed)]
        text = N_("Căn cứ Nghị định số %(number)s về công tác văn thư")
        found.append(Reason(text, "", SOURCE, {"number": "30/2020/NĐ-CP"}))
        if target is not None:
            text = N_("Căn cứ Quyết định số %(reference)s ngày %(day)s của %(issuer)s")
            params = {"reference": target.reference, "day": shown(target.signed_on), "issuer": target.issuer_name}
            found.append(Reason(text, "", "", params))
        return found

    def written(self, proposed: Proposed) -> Written:
        """Return nothing: what stood before is laid again, not written anew."""
        return Written(proposed.subject.person_id)

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Take the earlier decision back for these people, or put it right, after looking again under the lock."""
        again = self.look_again(actor, [proposed for _line, proposed in lines])
        target = earlier_of(again[0]).target
        if target is None:
            raise Refused(Problem("decision", "required", N_("Chưa chọn quyết định cần đính chính hoặc hủy bỏ.")))
        self.undo(actor, decision, target, again)

    @abstractmethod
    def undo(self, actor: Actor, decision: Decision, target: Decision, proposed: Sequence[Proposed]) -> None:
        """Write what the paper does to the earlier one."""

    def target_words(self, proposed: Proposed) -> str:
        """Return the earlier decision as the paper names it."""
        target = earlier_of(proposed).target
        if target is None:
            return ""
        return f"Quyết định số {target.reference} ngày {shown(target.signed_on)} của {target.issuer_name}"


class Cancellation(Undoing):
    """Hủy bỏ, thu hồi: as if the decision had not been made; what is known of the time between stays asked for."""

    code = CANCELLATION
    label = N_("Hủy bỏ, thu hồi quyết định")
    fields: ClassVar[tuple[Field, ...]] = (_DECISION, Field("reason", N_("Lý do"), "long_text"))
    order = 92

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        words, subject = self.target_words(proposed), proposed.subject
        using = known_of(proposed).record.using
        here = using.name if using else ""
        return Wording(
            f"Về việc hủy bỏ {words}",
            [
                f"Hủy bỏ {words} đối với ông (bà) {subject.name}. Lý do: {proposed.values.get('reason') or ''}",
                charged(subject.name, here),
            ],
            ["Như điều cuối", here],
        )

    def undo(self, actor: Actor, decision: Decision, target: Decision, proposed: Sequence[Proposed]) -> None:
        """Let what the decision had cut short last again."""
        ids = [one.subject.person_id for one in proposed]
        undoing.cancel(actor, decision, target, ids, reason=str(proposed[0].values.get("reason") or ""))


class Correction(Undoing):
    """Đính chính: the right values rest on the correcting paper; a slip of the pen changes no fact."""

    code = CORRECTION
    label = N_("Đính chính quyết định")
    fields: ClassVar[tuple[Field, ...]] = (
        _DECISION,
        Field("content", N_("Nội dung đính chính"), "long_text"),
        Field("starts_on", N_("Ngày có hiệu lực đúng"), "date", required=False),
        Field("last_day", N_("Ngày cuối đúng"), "date", required=False),
        Field("agency", N_("Cơ quan, đơn vị đúng"), "agency", required=False),
        Field("managing", N_("Cơ quan quản lý đúng"), "agency", required=False),
        Field("post", N_("Chức vụ đúng"), "post", required=False, choices=post_choices),
        Field("post_coefficient", N_("Hệ số phụ cấp đúng"), "text", required=False),
        Field("rank_code", N_("Ngạch đúng"), "choice", required=False, choices=rank_choices),
        Field("step", N_("Bậc lương đúng"), "text", required=False),
        Field("happens_on", N_("Ngày làm việc cuối cùng đúng (thông báo nghỉ hưu)"), "date", required=False),
    )
    order = 90

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return why the earlier decision cannot be put right so."""
        known, values = earlier_of(proposed), proposed.values
        corrections = _corrections(values)
        found = list(super().problems(proposed))
        if not corrections.any:
            found = [one for one in found if one.code not in {"rested_on", "changed_by_hand"}]
        if found or known.target is None or known.done is None:
            return found
        if known.done.paper is not None and "target" in known.done.paper.values:
            text = N_(
                "%(reference)s là quyết định đính chính. Hãy hủy bỏ quyết định đó, rồi đính chính lại quyết định gốc."
            )
            return [Problem("decision", "is_correction", text, {"reference": known.target.reference})]
        found = check_decimal(values, "post_coefficient")
        for name in ("agency", "managing"):
            if values.get(name):
                found += check_place(known.record.places.get(values[name]), proposed.effective_on, name)
        begun = starts(known.done.left, known.target.id)
        if corrections.starts_on and len(begun) > 1:
            text = N_("%(reference)s có nhiều mốc ngày. Hãy hủy bỏ quyết định đó và ra quyết định mới.")
            found.append(Problem("starts_on", "several_days", text, {"reference": known.target.reference}))
        start = corrections.starts_on or (begun[0] if begun else None)
        ends = [piece.end for piece in known.done.left if piece.end and piece.start == (begun[0] if begun else None)]
        if corrections.starts_on and not corrections.last_day and ends and min(ends) <= corrections.starts_on:
            text = N_("Ngày có hiệu lực đúng %(start)s không trước ngày kết thúc %(last)s đã ghi. Hãy sửa lại ngày.")
            params = {"start": corrections.starts_on, "last": day_before(min(ends))}
            found.append(Problem("starts_on", "starts_after_its_end", text, params))
        if corrections.last_day and start and corrections.last_day < start:
            text = N_("Ngày cuối %(last)s trước ngày có hiệu lực %(start)s. Hãy sửa một trong hai ngày.")
            found.append(
                Problem("last_day", "ends_before_it_begins", text, {"last": corrections.last_day, "start": start})
            )
        if corrections.any and not found and not self._differs(known, corrections):
            text = N_("Nội dung đúng không khác nội dung đã ghi theo %(reference)s. Hãy kiểm tra lại.")
            found.append(Problem("content", "nothing_changes", text, {"reference": known.target.reference}))
        return found

    def _differs(self, known: Earlier, corrections: Corrections) -> bool:
        if known.done is None or known.target is None:
            return False
        if corrections.happens_on and known.done.paper and known.done.paper.happens_on != corrections.happens_on:
            return True
        was = {(p.kind, p.key, p.start, p.end, _values(p.row.values if p.row else None)) for p in known.done.left}
        now = {
            (one.kind, one.key, one.start, one.end, _values(one.values))
            for one in amended(known.done.left, known.target.id, corrections)
        }
        return not now <= was

    def laid(self, proposed: Proposed) -> list[Laid]:
        """Return what the decision says with its corrections."""
        known = earlier_of(proposed)
        if known.done is None or known.target is None:
            return []
        return amended(known.done.left, known.target.id, _corrections(proposed.values))

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return what is put right, old → new; the day of a notice, the slip of a pen too."""
        found = list(super().changes(proposed)) if _corrections(proposed.values).any else []
        done = earlier_of(proposed).done
        paper = done.paper if done else None
        happens_on = day(proposed.values, "happens_on")
        if happens_on and paper and paper.happens_on:
            label = N_("Thông báo thời điểm nghỉ hưu")
            found.append(Change(label, f"hết ngày {shown(paper.happens_on)}", f"hết ngày {shown(happens_on)}"))
        return found or [Change(N_("Nội dung văn bản"), None, str(proposed.values.get("content") or ""))]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        words, subject = self.target_words(proposed), proposed.subject
        using = known_of(proposed).record.using
        return Wording(
            f"Về việc đính chính {words}",
            [
                f"Đính chính {words} đối với ông (bà) {subject.name}: {proposed.values.get('content') or ''}",
                f"Các nội dung khác của {words} giữ nguyên.",
            ],
            ["Như điều cuối", using.name if using else ""],
        )

    def undo(self, actor: Actor, decision: Decision, target: Decision, proposed: Sequence[Proposed]) -> None:
        """Lay the right values on the correcting paper."""
        values = proposed[0].values
        ids = [one.subject.person_id for one in proposed]
        undoing.correct(actor, decision, target, ids, _corrections(values), reason=str(values.get("content") or ""))


def _corrections(values: Mapping[str, Any]) -> Corrections:
    code = values.get("post") or None
    return Corrections(
        starts_on=day(values, "starts_on"), last_day=day(values, "last_day"), agency_id=whole(values, "agency"),
        managing_agency_id=whole(values, "managing"), post_code=code, post_name=post_name(code) if code else None,
        coefficient=decimal(values, "post_coefficient"), rank_code=values.get("rank_code") or None,
        step=whole(values, "step"), happens_on=day(values, "happens_on"),
    )  # fmt: skip


def _values(values: Mapping[str, Any] | None) -> Any:
    return None if values is None else tuple(sorted(values.items(), key=lambda pair: pair[0]))


def _label(kind: str, key: Any) -> str:
    membership = dict(key).get("membership")
    if kind in further.facts:
        return further.facts[kind].label
    return MEMBERSHIP_LABELS[MembershipKind(membership)] if membership else FACT_LABELS[kind]


def _said(kind: str, values: Mapping[str, Any] | None, start: date, end: date | None, places: Places) -> str:
    if values is None:
        return ""
    days = f"từ {shown(start)}" + (f" đến hết {shown(day_before(end))}" if end else "")
    if kind in further.facts:
        return f"{further.facts[kind].words(values)} {days}"
    if kind == "agency":
        place = places.get(values["agency_id"])
        words = place.name if place else ""
    elif kind == "status":
        words = STATUS_LABELS[EmploymentStatus(values["status"])]
    elif kind == "post":
        words = str(values["post_name"])
    elif kind == "rank":
        words = f"{values['rank_code']}, bậc {values['step']}"
    else:
        measure = next((values[n] for n in ("coefficient", "percent", "amount") if values.get(n) is not None), "")
        words = str(measure)
    return f"{words}, {days}" if words else days


KINDS = (Correction(), Cancellation())
