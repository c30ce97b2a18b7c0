"""Raises as kinds of decision: a step, a percentage beyond the scale, a step before its day (for merit, at retirement).

TT 08/2013/TT-BNV Đ2, Đ3; TT 03/2021/TT-BNV; TT 04/2005/TT-BNV. Whom a decision raises, and from which day, is an item
of a raise list (`services.raising`); the record is read again at every step and must still say what the item says.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import force_locale
from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Field, Proposed, Records, Subject, Wording
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.pay.kinds.placing import coefficient_words, step_words
from hrms.pay.queries import early, raise_items, raising
from hrms.pay.rules import raise_conditions
from hrms.pay.rules.raising import Reckoned
from hrms.people.kinds.common import (
    AboutPeople,
    Known,
    charged,
    check_in_service,
    shown,
    status_words,
    usual_grounds,
    whole,
)
from hrms.people.kinds.subjects import gather
from hrms.people.kinds.writing import Written
from hrms.people.models import PersonPaper
from hrms.people.queries import law
from hrms.people.queries.record import FactRow
from hrms.people.rules import moving
from hrms.people.services import papers
from hrms.people.services.facts import Fact

RECORDS = Records("pay.raise_list_choices", raise_items.find_lists, raise_items.list_names)
_SCALES = (
    N_(
        "Căn cứ Nghị định số %(number)s ngày 14 tháng 12 năm 2004 của Chính phủ về chế độ tiền lương đối với cán bộ,"
        " công chức, viên chức và lực lượng vũ trang"
    ),
    "204/2004/NĐ-CP",
)
_RAISING = (
    N_(
        "Căn cứ Thông tư số %(number)s ngày 31 tháng 7 năm 2013 của Bộ trưởng Bộ Nội vụ hướng dẫn thực hiện chế độ nâng"
        " bậc lương thường xuyên và nâng bậc lương trước thời hạn đối với cán bộ, công chức, viên chức và người lao"
        " động, sửa đổi, bổ sung tại Thông tư số 03/2021/TT-BNV"
    ),
    "08/2013/TT-BNV",
)
_BEYOND = (
    N_(
        "Căn cứ Thông tư số %(number)s ngày 05 tháng 01 năm 2005 của Bộ trưởng Bộ Nội vụ hướng dẫn thực hiện chế độ phụ"
        " cấp thâm niên vượt khung đối với cán bộ, công chức, viên chức"
    ),
    "04/2005/TT-BNV",
)
_TAKEN_UP = text("""
UPDATE raise_items SET state = 'sent', submission_id = :submission, version = version + 1
WHERE id = ANY (CAST(:ids AS bigint[])) AND state IN ('proposed', 'sent')
""")
_LET_GO = text("""
UPDATE raise_items SET state = 'proposed', submission_id = NULL, version = version + 1
WHERE submission_id = :submission AND person_id = ANY (CAST(:ids AS bigint[])) AND state = 'sent'
RETURNING list_id
""")
_DECIDED = text("""
UPDATE raise_items SET state = 'decided', submission_id = :submission, decision_id = :decision, decided_on = :day,
  version = version + 1
WHERE id = ANY (CAST(:ids AS bigint[]))
""")


_OF_RATINGS = frozenset({"ratings_missing", "not_rated"})


@dataclass(slots=True)
class Raised(Known):
    """A person at hand: the record, the item of the list, the clock as the record gives it now, the quota."""

    item: Any | None = None
    clock: Reckoned | None = None
    quota: early.Standing | None = None

    @property
    def held(self) -> FactRow | None:
        """Return rank and step held on the day before the raise takes effect."""
        return self.record.one("rank", self.item.effective_on) if self.item is not None else None


def raised(proposed: Proposed) -> Raised:
    """Return what is at hand of the person of a proposal."""
    found: Raised = proposed.subject.facts
    return found


class OfLists(AboutPeople):
    """What the kinds about raises share: the item of the list, the record beside it, facts from the item's own day."""

    register_kind: ClassVar[DecisionKind] = DecisionKind.STEP_RAISE
    lists: ClassVar[bool] = True
    own_days: ClassVar[bool] = True
    item_kinds: ClassVar[frozenset[str]]
    fields: ClassVar[tuple[Field, ...]] = (
        Field("list", N_("Danh sách nâng bậc lương"), "record", records=RECORDS,
              hint=N_("Mỗi người hưởng từ ngày ghi ở danh sách, không phải ngày hiệu lực của quyết định.")),
    )  # fmt: skip

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person, with their item and clock; a fixed number of statements."""
        found = gather(person_ids, on)
        told = papers.of_people(found)
        chosen = whole(values, "list")
        items = raise_items.items_of(chosen, list(found)) if chosen else {}
        clocks = raising.clock_of(list(items))
        quotas = self.quotas(chosen)
        return {
            person_id: _with(subject, told[person_id], items.get(person_id), clocks.get(person_id), quotas)
            for person_id, subject in found.items()
        }

    def quotas(self, list_id: int | None) -> early.Standing | None:
        """Return how the quota of the list's year stands; None where there is none."""
        del list_id
        return None

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: nobody of the list, decided already, a record that moved on."""
        at_hand, name = raised(proposed), proposed.subject.name
        item = at_hand.item
        if item is None or item.kind not in self.item_kinds:
            text_ = N_("%(name)s không có trong danh sách này với loại “%(kind)s”. Hãy bỏ khỏi danh sách trình.")
            return [Problem("people", "not_in_list", text_, {"name": name, "kind": self.label})]
        found = list(check_in_service(at_hand.record, proposed.subject))
        if item.state not in {"proposed", "sent"}:
            text_ = N_("%(name)s đã có quyết định hoặc đã đưa ra khỏi danh sách nâng bậc.")
            found.append(Problem("people", "not_open", text_, {"name": name}))
        held = at_hand.held
        values = held.values if held is not None else {}
        if held is None or _moved_on(values, item):
            text_ = N_("%(name)s: hồ sơ ghi %(now)s, danh sách ghi %(then)s. Hãy lập lại danh sách.")
            then = step_words(item.from_step, item.from_coefficient)
            params = {"name": name, "now": step_words(values.get("step"), values.get("coefficient")), "then": then}
            found.append(Problem("people", "record_moved_on", text_, params))
        later = at_hand.record.later("rank", item.effective_on)
        if later:
            text_ = N_("Hồ sơ của %(name)s đã có diễn biến ngạch, bậc từ %(day)s, sau ngày nâng bậc %(raise)s.")
            days = {"day": min(one.valid_from for one in later), "raise": item.effective_on}
            found.append(Problem("people", "later_rank", text_, {"name": name, **days}))
        return found

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law: in service, those of the kind, what the list found doubtful."""
        at_hand = raised(proposed)
        if at_hand.item is None:
            return []
        return [
            moving.in_service(at_hand.record.serves, status_words(at_hand.record)),
            *self.asked(at_hand, at_hand.item),
            *_doubtful(at_hand),
        ]

    @abstractmethod
    def asked(self, at_hand: Raised, item: Any) -> list[Condition]:
        """Return the conditions of the kind itself."""

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return step, coefficient and percentage, old → new, from when, and the day the law counts to."""
        at_hand = raised(proposed)
        item, held = at_hand.item, at_hand.held
        if item is None:
            return []
        old = held.values if held is not None else {}
        due = _due(at_hand)
        return [
            self.raised_to(item, old),
            Change(N_("Hưởng từ ngày"), None, shown(item.effective_on)),
            Change(N_("Đến hạn thường xuyên"), None, shown(due) if due else "chưa tính được"),
        ]

    def raised_to(self, item: Any, old: Mapping[str, Any]) -> Change:
        """Return the raise itself, old → new."""
        words = step_words(old.get("step"), old.get("coefficient")) if old else None
        return Change(N_("Bậc, hệ số lương"), words, step_words(item.to_step, item.to_coefficient))

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return law, pay tables and the circular."""
        return [
            *usual_grounds(proposed.subject.person_kind, proposed.effective_on),
            *(Reason(words, "", number, {"number": number}) for words, number in (_SCALES, self.circular)),
        ]

    circular: ClassVar[tuple[str, str]] = _RAISING
    summary: ClassVar[str]

    @abstractmethod
    def said(self, who: str, item: Any) -> str:
        """Return the article that raises; `who` names the person with their agency."""

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        at_hand, name = raised(proposed), proposed.subject.name
        here = at_hand.record.using.name if at_hand.record.using else ""
        summary = f"Về việc {self.summary}"
        if at_hand.item is None:
            return Wording(summary, [charged(name, here)], ["Như điều cuối"])
        known = law.ranks().get(at_hand.item.rank_code or "")
        rank = f", ngạch, chức danh {known.name_vi} ({known.code})" if known else ""
        first = self.said(f"ông (bà) {name}, {here}{rank}, loại {at_hand.item.pay_group}", at_hand.item)
        second = (
            "Khoản chênh lệch tiền lương, phụ cấp và bảo hiểm xã hội kể từ ngày hưởng đến ngày Quyết định này có hiệu"
            " lực được truy lĩnh, truy nộp theo quy định."
        )
        late = at_hand.item.effective_on < proposed.effective_on
        return Wording(
            summary, [first, *([second] if late else []), charged(name, here)],
            ["Như điều cuối", "Bảo hiểm xã hội", "Hồ sơ cán bộ, công chức, viên chức"],
        )  # fmt: skip

    def written(self, proposed: Proposed) -> Written:
        """Return the rank fact from the day of the raise on."""
        at_hand = raised(proposed)
        item, held = at_hand.item, at_hand.held
        if item is None or held is None:
            return Written(proposed.subject.person_id)
        names = ("rank_code", "rank_since", "pay_table", "pay_group", "pay_percent")
        values = {name: held.values.get(name) for name in names}
        values |= {"step": item.to_step, "coefficient": item.to_coefficient, **self.dates(item, held)}
        return Written(proposed.subject.person_id, [Fact("rank", values, item.effective_on)])

    def dates(self, item: Any, held: FactRow) -> dict[str, Any]:
        """Return from when the step counts, and the percentage beyond the scale with its day."""
        del held
        return {"step_since": item.effective_on, "beyond_scale_percent": None, "beyond_scale_since": None}

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write the facts, and mark the items as decided by this decision."""
        super().apply(actor, decision, lines)
        by_submission: dict[int, list[Any]] = {}
        for line, proposed in lines:
            item = raised(proposed).item
            if item is not None:
                by_submission.setdefault(line.submission_id, []).append(item)
        for submission_id, items in by_submission.items():
            given = {"ids": [one.id for one in items], "submission": submission_id, "decision": decision.id}
            db.session.execute(_DECIDED, {**given, "day": decision.signed_on})
            db.session.execute(raise_items.SETTLE, {"ids": sorted({one.list_id for one in items})})

    def taken_up(self, actor: Actor, submission: Submission, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Mark the items as being on their way with this submission."""
        del actor
        items = [item for _line, proposed in lines if (item := raised(proposed).item) is not None]
        db.session.execute(_TAKEN_UP, {"ids": [one.id for one in items], "submission": submission.id})
        db.session.execute(raise_items.SETTLE, {"ids": sorted({one.list_id for one in items})})

    def let_go(self, submission_id: int, person_ids: Collection[int]) -> None:
        """Give the items back to their list."""
        rows = db.session.execute(_LET_GO, {"submission": submission_id, "ids": list(person_ids)}).all()
        db.session.execute(raise_items.SETTLE, {"ids": sorted({row.list_id for row in rows})})


class StepRaise(OfLists):
    """Nâng bậc lương thường xuyên (Đ2)."""

    code = "step_raise"
    label = N_("Nâng bậc lương thường xuyên")
    item_kinds = frozenset({"step"})
    order = 58
    summary = "nâng bậc lương thường xuyên"

    def asked(self, at_hand: Raised, item: Any) -> list[Condition]:
        """Return time, classes, discipline, a step left to go to."""
        return [
            raise_conditions.time_held(_due(at_hand), item.effective_on, _since(at_hand, item)),
            *_blameless(at_hand, item, bars=False),
            raise_conditions.place(item.from_step, _steps(item), last=False),
        ]

    def said(self, who: str, item: Any) -> str:
        """Return the article of a regular raise."""
        return (
            f"Nâng bậc lương thường xuyên đối với {who}, từ {step_words(item.from_step, item.from_coefficient)} lên"
            f" {step_words(item.to_step, item.to_coefficient)}; thời điểm hưởng và tính nâng bậc lương lần sau kể từ"
            f" ngày {shown(item.effective_on)}."
        )


class BeyondScale(OfLists):
    """Phụ cấp thâm niên vượt khung: the first percentage at the last step, or a further one (TT 04/2005/TT-BNV)."""

    code = "beyond_scale"
    label = N_("Hưởng, nâng phụ cấp thâm niên vượt khung")
    item_kinds = frozenset({"beyond_scale"})
    order = 59
    summary = "hưởng phụ cấp thâm niên vượt khung"
    circular = _BEYOND

    def asked(self, at_hand: Raised, item: Any) -> list[Condition]:
        """Return time at the last step, classes, discipline, the last step itself."""
        return [
            raise_conditions.time_held(
                _due(at_hand), item.effective_on, _since(at_hand, item), raise_conditions.BEYOND
            ),
            *_blameless(at_hand, item, bars=False),
            raise_conditions.place(item.from_step, _steps(item), last=True),
        ]

    def raised_to(self, item: Any, old: Mapping[str, Any]) -> Change:
        """Return the percentage, old → new."""
        percent = old.get("beyond_scale_percent")
        return Change(
            N_("Phụ cấp thâm niên vượt khung"), _percent(percent) if percent else None, _percent(item.to_percent)
        )

    def said(self, who: str, item: Any) -> str:
        """Return the article of a percentage beyond the scale."""
        stands = f"đang hưởng {step_words(item.from_step, item.from_coefficient)}"
        what = (
            f"nâng mức phụ cấp thâm niên vượt khung từ {_percent(item.from_percent)} lên {_percent(item.to_percent)}"
            if item.from_percent
            else f"hưởng phụ cấp thâm niên vượt khung {_percent(item.to_percent)}"
        )
        return (
            f"Cho {who}, {stands}, {what}; thời điểm hưởng và tính mức phụ cấp lần sau kể từ ngày"
            f" {shown(item.effective_on)}."
        )

    def dates(self, item: Any, held: FactRow) -> dict[str, Any]:
        """Return the step as it was, and the new percentage from its day."""
        return {
            "step_since": held.values["step_since"], "beyond_scale_percent": item.to_percent,
            "beyond_scale_since": item.effective_on,
        }  # fmt: skip


class EarlyRaise(OfLists):
    """Nâng bậc lương trước thời hạn: for merit within the quota (Đ3 k1), or after a notice of retirement (Đ3 k2)."""

    code = "early_raise"
    label = N_("Nâng bậc lương trước thời hạn")
    item_kinds = frozenset({"early", "retirement"})
    order = 60
    summary = "nâng bậc lương trước thời hạn"

    def quotas(self, list_id: int | None) -> early.Standing | None:
        """Return how the quota of the list's agency and year stands."""
        return early.standing_of(list_id) if list_id else None

    def asked(self, at_hand: Raised, item: Any) -> list[Condition]:
        """Return what the law of early raises asks: merit, the months lacking, the quota, nobody blamed."""
        found = [
            *_blameless(at_hand, item, bars=True),
            raise_conditions.place(item.from_step, _steps(item), last=False),
        ]
        if item.kind == "retirement":
            notice = at_hand.clock.known.notice if at_hand.clock is not None else None
            return [raise_conditions.noticed(*(notice or (None, None))), *found]
        eligible, words = early.judge_item(item, _due(at_hand), clock.today())
        said = early.merit_words(item.merit)
        held = at_hand.quota
        return [
            raise_conditions.early_allowed(eligible, words),
            raise_conditions.merit(said),
            raise_conditions.within_quota(held.taken if held else 1, held.most if held else 0),
            *found,
        ]

    def said(self, who: str, item: Any) -> str:
        """Return the article of an early raise."""
        why = "do có thông báo nghỉ hưu" if item.kind == "retirement" else "do lập thành tích xuất sắc trong công tác"
        months = f" {item.early_months} tháng" if item.early_months else ""
        return (
            f"Nâng bậc lương trước thời hạn{months} {why} đối với {who}, từ"
            f" {step_words(item.from_step, item.from_coefficient)} lên"
            f" {step_words(item.to_step, item.to_coefficient)}; thời điểm hưởng và tính nâng bậc lương lần sau kể từ"
            f" ngày {shown(item.effective_on)}."
        )


def _with(
    subject: Subject, told: Sequence[PersonPaper], item: Any, clock: Any, quota: early.Standing | None
) -> Subject:
    return replace(subject, facts=Raised(subject.facts, told, item, clock, quota))


def _due(at_hand: Raised) -> date | None:
    """Return the day the record gives for this raise: of the step, or of the item's percentage beyond the scale."""
    coming = at_hand.clock.coming if at_hand.clock is not None else None
    wanted = at_hand.item.to_percent if at_hand.item is not None else None
    if coming is None or (coming.percent is not None and coming.percent != wanted):
        return None
    return coming.due_on


def _moved_on(held: Mapping[str, Any], item: Any) -> bool:
    """Say whether step, coefficient or percentage of the record is no longer what the item rises from."""
    named = {"step": item.from_step, "coefficient": item.from_coefficient}
    percent = held.get("beyond_scale_percent") or Decimal(0)
    return percent != (item.from_percent or 0) or any(held[name] not in {None, was} for name, was in named.items())


def _since(at_hand: Raised, item: Any) -> date:
    """Return when the period began: the step, or the percentage held beyond the scale."""
    coming = at_hand.clock.coming if at_hand.clock is not None else None
    since: date = item.step_since
    return since if coming is None else coming.since


def _blameless(at_hand: Raised, item: Any, *, bars: bool) -> list[Condition]:
    since, known = _since(at_hand, item), at_hand.clock
    # A year is asked for once it is over: a list is made ahead of its quarter.
    until = min(item.effective_on, clock.today())
    measures = known.facts.disciplines if known is not None and known.facts is not None else ()
    days = [one.on for one in measures if since <= one.on < item.effective_on]
    return [
        raise_conditions.rated(since, until, at_hand.record.ratings, bars=bars),
        raise_conditions.disciplined(days, bars=bars),
    ]


def _doubtful(at_hand: Raised) -> list[Condition]:
    """Return what the record leaves open, one condition a kind of doubt; classes have a condition of their own."""
    words: dict[str, list[str]] = {}
    with force_locale("vi"):
        for one in at_hand.clock.doubts if at_hand.clock is not None else ():
            if one.code not in _OF_RATINGS:
                words.setdefault(one.code, []).append(raising.doubt_words(one.code, one.params))
    return [raise_conditions.doubtful(code, " ".join(said)) for code, said in words.items()]


def _steps(item: Any) -> int:
    group = law.pay_scales().get((item.pay_table, item.pay_group))
    return group.steps if group else 0


def _percent(value: Decimal | None) -> str:
    return f"{coefficient_words(value or Decimal(0)).rstrip('0').rstrip(',')}%"


def register() -> None:
    """Let the kinds of raises walk the path of decisions."""
    for kind in (StepRaise(), BeyondScale(), EarlyRaise()):
        path.register(kind)
