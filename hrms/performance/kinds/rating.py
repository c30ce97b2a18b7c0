"""Classes by decision: those of a whole round, and a published class replaced by another.

NĐ 335/2025/NĐ-CP Đ20, Đ21; NĐ 233/2026/NĐ-CP Đ12–15. The list of a round is one paper about everybody in it; a class
is replaced by the head of the managing agency of công chức, by who classified of viên chức.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import force_locale

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.errors import Refused
from hrms.core.formats import format_number
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions import kinds as path
from hrms.decisions import services as register_services
from hrms.decisions.kinds import Field, Kind, Proposed, Records, Subject, Wording
from hrms.decisions.models import Decision, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition, Outcome, Supplier
from hrms.decisions.rules.powers import PostGroup
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds.common import day_before, usual_grounds, whole
from hrms.people.kinds.subjects import Gathered, gather
from hrms.performance.queries import decided
from hrms.performance.queries.decided import Whole
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.outcomes import shown_points
from hrms.performance.services import deciding, petitions

RECORDS = Records("performance.round_choices", decided.find_rounds, decided.round_names)
KEY = "rating_round"
ROUND_DECREES: dict[Decree, tuple[str, str]] = {
    Decree.CIVIL: (
        N_("Căn cứ Nghị định số %(number)s của Chính phủ quy định về đánh giá, xếp loại chất lượng công chức"),
        "335/2025/NĐ-CP",
    ),
    Decree.PUBLIC: (
        N_("Căn cứ Nghị định số %(number)s của Chính phủ quy định về đánh giá, xếp loại chất lượng viên chức"),
        "233/2026/NĐ-CP",
    ),
}
GIVEN = (RatingClass.EXCELLENT, RatingClass.GOOD, RatingClass.SATISFACTORY, RatingClass.UNSATISFACTORY)
YEARS = 6


@dataclass(frozen=True, slots=True)
class Rated:
    """A person at hand: the record, and their rating in the round or year of the list, None without one."""

    record: Gathered
    row: Any | None


def rated(proposed: Proposed) -> Rated:
    """Return what is at hand of the person of a proposal."""
    found: Rated = proposed.subject.facts
    return found


def words_of(code: str | None) -> str:
    """Return a class as papers write it."""
    with force_locale("vi"):
        return render(CLASS_LABELS[RatingClass(code)]) if code else "chưa xếp loại"


def points_of(mean: Decimal | None) -> str:
    """Return points as papers write them, "" where there are none."""
    if mean is None:
        return ""
    shown = shown_points(mean)
    return f"{format_number(shown, 'vi', max(2, -int(shown.as_tuple().exponent)))} điểm"


def _decree(row: Any) -> Decree:
    return Decree.PUBLIC if row is not None and row.set_code == Decree.PUBLIC else Decree.CIVIL


class OfClasses(Kind):
    """What both kinds share: people gathered set-based with their ratings, grounds, who signs."""

    register_kind: ClassVar[DecisionKind] = DecisionKind.RATING
    lists: ClassVar[bool] = True

    @abstractmethod
    def rows(self, person_ids: Sequence[int], values: Mapping[str, Any]) -> Mapping[int, Any]:
        """Return the ratings the list is about, by person; one statement."""

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person, with their rating; a fixed number of statements."""
        found = gather(person_ids, on)
        rows = self.rows(list(found), values)
        # Who classifies does not follow from the post: a list of heads, deputies and staff is one list.
        return {
            one: replace(subject, facts=Rated(subject.facts, rows.get(one)), post_group=PostGroup.NONE)
            for one, subject in found.items()
        }

    def signer(self, subject: Subject) -> int | None:
        """Return the agency whose head classifies."""
        row = subject.facts.row
        return int(row.round_agency_id) if row is not None else None

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return the law, and the decree on classification."""
        text, number = ROUND_DECREES[_decree(rated(proposed).row)]
        usual = list(usual_grounds(proposed.subject.person_kind, proposed.effective_on)[:1])
        return [*usual, Reason(text, "", number, {"number": number})]


class RoundClasses(OfClasses):
    """The classes of everybody in one round, by one decision (Đ20, Đ21)."""

    code = "rating"
    label = N_("Xếp loại chất lượng hằng năm")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("round", N_("Đợt xếp loại"), "record", records=RECORDS,
              hint=N_("Đợt đã họp. Danh sách phải gồm mọi người của đợt, ra một quyết định chung.")),
    )  # fmt: skip
    order = 55

    def rows(self, person_ids: Sequence[int], values: Mapping[str, Any]) -> Mapping[int, Any]:
        """Return the ratings of the round."""
        chosen = whole(values, "round")
        return decided.ratings_in(chosen, person_ids) if chosen else {}

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with their round, read once."""
        asked = {chosen for one in proposed if (chosen := whole(one.values, "round"))}
        rounds = {chosen: decided.whole(chosen) for chosen in asked}
        listed = {one.subject.person_id for one in proposed}
        found = []
        for one in proposed:
            its = rounds.get(whole(one.values, "round") or 0)
            missing = len(its.people - listed) if its else 0
            found.append(replace(one, more={**one.more, KEY: its, "missing": missing}))
        return found

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: no round, a person of another one, a round that has not met or is decided."""
        its: Whole | None = proposed.more.get(KEY)
        row = rated(proposed).row
        if whole(proposed.values, "round") is None or (KEY in proposed.more and its is None):
            return [Problem("round", "required", N_("Chưa chọn đợt xếp loại. Hãy chọn đợt đã họp."))]
        if row is None:
            text = N_("%(name)s không thuộc đợt xếp loại này. Hãy bỏ khỏi danh sách.")
            return [Problem("people", "not_in_round", text, {"name": proposed.subject.name})]
        if its is not None and its.state in {"decided", "published", "settled", "cancelled"}:
            return [Problem("round", "decided_already", N_("Đợt xếp loại này đã có quyết định hoặc đã hủy."))]
        return []

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions: months, class by points, meeting, quota, everybody on the list."""
        its: Whole | None = proposed.more.get(KEY)
        row = rated(proposed).row
        if its is None or row is None:
            return []
        decree = "NĐ 233/2026/NĐ-CP" if _decree(row) is Decree.PUBLIC else "NĐ 335/2025/NĐ-CP"
        months = sum(1 for number in row.months if number != "kind")
        met, not_met = Outcome.MET, Outcome.NOT_MET
        missing = int(proposed.more.get("missing", 0))
        over = render(its.overfull[0]) if its.overfull else ""
        held = row.final or row.proposed
        return [
            Condition(
                "rating_months", N_("Kết quả theo dõi của các kỳ trong năm"), met if not row.provisional else not_met,
                f"{decree} Đ17", N_("%(months)s kỳ có điểm; kỳ chưa có điểm được chốt vào tháng 01.") if row.provisional
                else N_("%(months)s kỳ có điểm."), {"months": months}, blocking=False,
            ),
            Condition(
                "rating_class", N_("Đã có mức xếp loại đề nghị"), met if held else not_met, f"{decree} Đ20",
                N_("Theo điểm: %(by)s (%(points)s). Đề nghị: %(held)s."),
                {
                    "by": words_of(row.by_points), "points": points_of(row.mean) or "không chấm điểm",
                    "held": words_of(held),
                },
            ),
            Condition(
                "rating_meeting", N_("Đã họp, có biên bản"), met if its.met_on and its.state == "meeting" else not_met,
                f"{decree} Đ21", N_("Họp ngày %(day)s") if its.met_on else N_("Chưa ghi biên bản họp."),
                {"day": its.met_on}, Supplier.USING_AGENCY,
            ),
            Condition(
                "rating_quota", N_("Tỷ lệ hoàn thành xuất sắc không quá mức quy định"), not_met if over else met,
                f"{decree} Đ20 k5" if decree.startswith("NĐ 335") else f"{decree} Đ12 k6",
                "%(sentence)s" if over else "", {"sentence": over},
            ),
            Condition(
                "rating_everybody", N_("Danh sách gồm mọi người của đợt"), not_met if missing else met, f"{decree} Đ21",
                N_("Còn thiếu %(missing)s người của đợt.") if missing else "", {"missing": missing}, Supplier.PROPOSER,
            ),
        ]  # fmt: skip

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the class of the year."""
        row = rated(proposed).row
        if row is None:
            return []
        points = points_of(row.mean)
        new = words_of(row.final or row.proposed) + (f" ({points})" if points else "")
        return [Change(N_("Xếp loại chất lượng"), None, f"Năm {row.year}: {new}")]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says of one person."""
        row, name = rated(proposed).row, proposed.subject.name
        year = row.year if row is not None else proposed.effective_on.year
        here = rated(proposed).record.using
        held = words_of((row.final or row.proposed) if row is not None else None)
        first = f"Xếp loại chất lượng năm {year} đối với ông (bà) {name}: {held}."
        second = (
            "Kết quả này được công khai trong cơ quan, đơn vị; người được xếp loại có quyền kiến nghị và được trả lời"
            " trong 07 ngày làm việc."
        )
        third = f"Người đứng đầu {here.name if here else 'cơ quan'} và ông (bà) {name} chịu trách nhiệm thi hành."
        summary = f"Về việc xếp loại chất lượng năm {year}"
        return Wording(summary, [first, second, third], ["Như điều cuối", "Hồ sơ đánh giá, xếp loại"])

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Decide the round by this decision and publish it; the list must be everybody of one round."""
        rows = [rated(proposed).row for _line, proposed in lines]
        rounds = {row.round_id for row in rows if row is not None}
        its = decided.whole(next(iter(rounds))) if len(rounds) == 1 and all(rows) else None
        if its is None or its.people - {proposed.subject.person_id for _line, proposed in lines}:
            text = N_(
                "Xếp loại của một đợt phải ra một quyết định chung cho mọi người của đợt. Hãy trả lại để lập lại."
            )
            raise Refused(Problem("people", "not_everybody", text))
        reach = sorted({i for _line, proposed in lines for i in proposed.subject.scope_ids})
        register_services.cite(actor, decision, reach)
        # Whoever gives the number may be on the list: the signer, whom the path keeps off it, has decided.
        program = replace(actor, person_id=None)
        deciding.decide(program, its.id, decision.id, decision.signed_on)
        deciding.publish(program, its.id, clock.today())


class ReplacedClass(OfClasses):
    """A published class replaced: a petition was right, or the result was wrong or untrue (Đ21 k3)."""

    code = "rating_correction"
    label = N_("Thay kết quả xếp loại chất lượng")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("year", N_("Năm xếp loại"), "choice", choices=lambda: [
            (str(year), str(year)) for year in range(clock.today().year, clock.today().year - YEARS, -1)
        ]),
        Field("new_class", N_("Mức xếp loại mới"), "choice", per_person=True, choices=lambda: [
            (one.value, CLASS_LABELS[one]) for one in GIVEN
        ]),
        Field("reason", N_("Lý do thay kết quả"), "long_text", per_person=True,
              hint=N_("In trong quyết định; trả lời luôn kiến nghị đang chờ của người này.")),
    )  # fmt: skip
    order = 56

    def rows(self, person_ids: Sequence[int], values: Mapping[str, Any]) -> Mapping[int, Any]:
        """Return the published ratings of the year."""
        year = whole(values, "year")
        return decided.published_in(year, person_ids) if year and year < 10_000 else {}

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person, with their published rating."""
        return super().subjects(person_ids, on, values)

    def signer(self, subject: Subject) -> int | None:
        """Return the managing agency of công chức, who classified of viên chức."""
        row, record = subject.facts.row, subject.facts.record
        if row is None:
            return None
        managing = record.places.legal(record.managing.id) if record.managing else None
        return managing.id if managing and _decree(row) is Decree.CIVIL else int(row.round_agency_id)

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with the limits of their rounds as they would stand; a few statements a round."""
        classes: dict[int, dict[int, str]] = defaultdict(dict)
        for one in proposed:
            row, new = rated(one).row, one.values.get("new_class")
            if row is not None and new in set(RatingClass):
                classes[row.round_id][row.id] = str(new)
        rounds = {round_id: decided.whole(round_id, given) for round_id, given in classes.items()}
        return [
            replace(one, more={**one.more, KEY: rounds.get(row.round_id) if (row := rated(one).row) else None})
            for one in proposed
        ]

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: nothing published that year, the same class."""
        row, name = rated(proposed).row, proposed.subject.name
        if row is None:
            text = N_("%(name)s không có kết quả xếp loại đã công khai của năm này. Hãy chọn năm khác.")
            return [Problem("year", "nothing_published", text, {"name": name})]
        if proposed.values.get("new_class") == row.final:
            text = N_("%(name)s đã được xếp mức này. Hãy chọn mức khác.")
            return [Problem("new_class", "same", text, {"name": name})]
        return []

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions: a published class, the quota with the new one, what was paid by the old one."""
        row, its = rated(proposed).row, proposed.more.get(KEY)
        if row is None:
            return []
        over = render(its.overfull[0]) if its is not None and its.overfull else ""
        return [
            Condition(
                "rating_published", N_("Kết quả đã công khai"), Outcome.MET, "NĐ 335/2025/NĐ-CP Đ21 k3",
                N_("Năm %(year)s: %(class)s"), {"year": row.year, "class": words_of(row.final)},
            ),
            Condition(
                "rating_quota", N_("Tỷ lệ hoàn thành xuất sắc không quá mức quy định"),
                Outcome.NOT_MET if over else Outcome.MET, "NĐ 335/2025/NĐ-CP Đ20 k5", "%(sentence)s" if over else "",
                {"sentence": over},
            ),
            Condition(
                "rating_money", N_("Rà soát các khoản đã chi theo kết quả cũ"), Outcome.UNKNOWN,
                "NĐ 161/2026/NĐ-CP Đ4; NĐ 75/2026/NĐ-CP", N_("Tiền thưởng, thu nhập tăng thêm, nâng bậc của năm đó."),
                blocking=False,
            ),
        ]  # fmt: skip

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the class, old and new."""
        row = rated(proposed).row
        if row is None:
            return []
        new = proposed.values.get("new_class")
        held = words_of(new) if new in set(RatingClass) else None
        return [Change(N_("Xếp loại chất lượng"), f"Năm {row.year}: {words_of(row.final)}", held)]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        row, name, on = rated(proposed).row, proposed.subject.name, proposed.effective_on
        year = row.year if row is not None else on.year
        new = proposed.values.get("new_class")
        held = words_of(new) if new in set(RatingClass) else "…"
        first = (
            f"Thay kết quả xếp loại chất lượng năm {year} của ông (bà) {name} từ"
            f" “{words_of(row.final if row is not None else None)}” thành “{held}”."
        )
        second = f"Lý do: {str(proposed.values.get('reason') or '…').strip().rstrip('.')}."
        third = (
            f"Kết quả cũ hết giá trị sau ngày {day_before(on):%d/%m/%Y}; các khoản chi trả theo kết quả cũ được rà soát"
            " lại."
        )
        here = rated(proposed).record.using
        last = f"Người đứng đầu {here.name if here else 'cơ quan'} và ông (bà) {name} chịu trách nhiệm thi hành."
        return Wording(
            f"Về việc thay kết quả xếp loại chất lượng năm {year}", [first, second, third, last],
            ["Như điều cuối", "Hồ sơ đánh giá, xếp loại"],
        )  # fmt: skip

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Replace the classes, round by round and reason by reason; open petitions about them are answered."""
        groups: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        for _line, proposed in lines:
            row = rated(proposed).row
            if row is None:
                raise Refused(*self.problems(proposed))
            reason = str(proposed.values.get("reason") or "").strip()
            groups[row.round_id, reason].append((row.id, str(proposed.values["new_class"])))
        reach = sorted({i for _line, proposed in lines for i in proposed.subject.scope_ids})
        register_services.cite(actor, decision, reach)
        for (_round, reason), changes in groups.items():
            made = deciding.supersede_many(actor, changes, decision.id, reason)
            replaced = dict(zip((old for old, _new in changes), made, strict=True))
            petitions.close_accepted(actor, replaced, decision.id, reason)


def register() -> None:
    """Let both kinds walk the path of decisions."""
    path.register(RoundClasses())
    path.register(ReplacedClass())
