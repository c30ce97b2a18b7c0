"""Drafts become rows: the person, the dated facts with the decisions they rest on, and the parts of the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hrms.core.dated import BASIS_DECISION, BASIS_OLD_DATA
from hrms.core.dates import add_months
from hrms.core.text import name_sort_key, search_text
from hrms.decisions.rules import DecisionKind
from hrms.people.models import Person
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind, expected_end
from seed.demo.absences import SUBJECTS, Away, draw
from seed.demo.drafts import DECEASED, LEFT, PROBATION, RETIRED, SERVING, SUSPENDED, Draft
from seed.demo.papers import COLUMNS as DECISION_COLUMNS
from seed.demo.papers import Register
from seed.demo.tree import Unit
from seed.demo.writing import Table

D = DecisionKind
_CLOCKS = ("valid_from", "valid_to", "recorded_at", "basis", "decision_id")
_NOT_MADE_UP = {"scope_ids", "created_batch_id", "version", "photo_hash"}
_PEOPLE = tuple(c.name for c in Person.__table__.columns if c.name not in _NOT_MADE_UP)
FIRST: dict[str, tuple[str, ...]] = {
    "agencies": (
        "id",
        "parent_id",
        "path",
        "scope_ids",
        "depth",
        "code",
        "name",
        "short_name",
        "kind",
        "sector",
        "ward_code",
        "address",
        "opened_on",
        "order_no",
        "sort_key",
        "search_key",
        "changed_at",
    ),
    "people": _PEOPLE,
    "person_education": (
        "person_id",
        "section",
        "from_on",
        "to_on",
        "institution",
        "major",
        "form",
        "degree",
        "certificate",
        "grade",
        "language",
        "level",
        "country",
    ),
    "person_work": ("person_id", "from_on", "to_on", "agency_code", "agency_name", "position"),
    "person_reward": ("person_id", "year", "emulation_title", "reward_form", "decision_no", "decided_by"),
    "person_discipline": ("person_id", "from_on", "to_on", "side", "form", "act", "decided_by", "decision_no"),
    "person_family": ("person_id", "side", "relation", "full_name", "birth_year", "details"),
    "person_rating": ("person_id", "year", "rating", "rated_by"),
}
"""What rests on no decision, in the order it is written: table and the columns that are filled."""

LATER: dict[str, tuple[str, ...]] = {
    "decisions": (*DECISION_COLUMNS, "recorded_at"),
    "agency_facts": ("agency_id", "name", "kind", "parent_id", *_CLOCKS),
    "person_status": ("person_id", "status", "kind", "reason", *_CLOCKS),
    "person_agency": ("person_id", "membership", "slot", "agency_id", *_CLOCKS),
    "person_post": (
        "person_id",
        "slot",
        "post_code",
        "post_name",
        "agency_id",
        "appointed_on",
        "reappointed_on",
        "term_until",
        "coefficient",
        *_CLOCKS,
    ),
    "person_rank": (
        "person_id",
        "rank_code",
        "rank_since",
        "pay_table",
        "pay_group",
        "step",
        "coefficient",
        "step_since",
        "pay_percent",
        "beyond_scale_percent",
        "beyond_scale_since",
        *_CLOCKS,
    ),
    "person_allowance": ("person_id", "allowance_kind", "coefficient", "percent", "form", *_CLOCKS),
    "person_absence": (
        "person_id",
        "absence_kind",
        "expected_until",
        "working_days",
        "children",
        "abroad",
        "prosecuted",
        "absence_reason",
        *_CLOCKS,
    ),
}
"""The decisions and what rests on them, in the order it is written."""


@dataclass(slots=True)
class FactWriter:
    """Adds people's rows to the tables."""

    rng: Random
    register: Register
    tables: dict[str, Table]
    today: date
    moment: datetime

    def write(self, draft: Draft) -> None:
        """Add one person with the parts of the form."""
        record = draft.record
        record["sort_key"] = name_sort_key(record["full_name"])
        record["search_text"] = search_text(record["full_name"])
        record["created_at"] = record["changed_at"] = self.moment
        self.tables["people"].add_row(record)
        self._parts(draft)

    def write_facts(self, draft: Draft) -> None:
        """Add the dated facts of one person, each with its decision."""
        # Some files were carried over from the old programs without a single number.
        old_file = self.rng.random() < 0.03
        self._status(draft, old_file)
        self._agency(draft, old_file)
        self._rank(draft, old_file)
        self._post(draft)
        self._allowances(draft, old_file)

    def _paper(
        self,
        kind: DecisionKind,
        draft: Draft,
        since: date,
        *,
        old: bool = False,
        issuer: Unit | None = None,
        signed_on: date | None = None,
        subject: str = "",
        scope: tuple[int, ...] = (),
    ) -> tuple[str, int | None]:
        """Return basis and decision of a fact that begins on `since`; what is long ago often has no number any more."""
        if old or (since.year < 2008 and self.rng.random() < 0.6):
            return BASIS_OLD_DATA, None
        signed = signed_on or weekday(min(since - timedelta(days=10), self.today - timedelta(days=3)))
        effective = None if signed_on else since
        number = self.register.cite(
            kind,
            issuer or draft.seat.managing,
            signed,
            draft.seat.using.scope + scope,
            effective_on=effective,
            subject=subject,
        )
        return BASIS_DECISION, number

    def _add(
        self, table: str, values: tuple[Any, ...], since: date, until: date | None, paper: tuple[str, int | None]
    ) -> None:
        self.tables[table].add(*values, since, until, self.moment, *paper)

    def _status(self, draft: Draft, old: bool) -> None:
        kind, fate, person = draft.role.kind, draft.fate, draft.number
        hired = self._paper(D.RECRUITMENT, draft, draft.recruited_on, old=old)
        serving_from = draft.recruited_on
        if fate == PROBATION or (draft.placed_on > draft.recruited_on and draft.placed_on.year >= 2019):
            until = (
                None
                if draft.placed_on > self.today or fate == PROBATION
                else min(draft.placed_on, draft.ended_on or draft.placed_on)
            )
            self._add("person_status", (person, PROBATION, kind, None), draft.recruited_on, until, hired)
            if until is None:
                return
            serving_from = until
        left_on = draft.ended_on
        if fate == SUSPENDED:
            left_on = self.today - timedelta(days=self.rng.randint(10, 60))
        if left_on is None or left_on > serving_from:
            # The end of probation rests on the decision that appoints to the rank.
            paper = hired if serving_from == draft.recruited_on else self._paper(D.RANK, draft, serving_from, old=old)
            self._add("person_status", (person, SERVING, kind, None), serving_from, left_on, paper)
        if left_on is None:
            return
        what, reason, subject = {
            RETIRED: (D.RETIREMENT, "Nghỉ hưu theo chế độ", ""),
            LEFT: (D.LEAVING, "Thôi việc theo nguyện vọng", ""),
            DECEASED: (D.LEAVING, "Từ trần", "Về việc chấm dứt làm việc do từ trần"),
            SUSPENDED: (D.ABSENCE, "Tạm đình chỉ công tác để xem xét kỷ luật", ""),
        }[fate]
        signed = weekday(add_months(left_on, -3)) if fate == RETIRED else None
        paper = self._paper(what, draft, left_on, signed_on=signed, subject=subject)
        self._add("person_status", (person, fate, kind, reason), left_on, None, paper)
        if fate == SUSPENDED:
            self._away(draft, Away(AbsenceKind.SUSPENSION, left_on, prosecuted=False, reason=reason), paper)

    def _agency(self, draft: Draft, old: bool) -> None:
        seat, person = draft.seat, draft.number
        joined = draft.joined_on
        moved = joined != draft.recruited_on
        paper = self._paper(D.TRANSFER if moved else D.RECRUITMENT, draft, joined, old=old)
        self._add("person_agency", (person, "using", 0, seat.using.id), joined, None, paper)
        managed = max(joined, seat.managing.opened_on)
        paper = paper if managed == joined else self._paper(D.ORGANISATION, draft, managed)
        self._add("person_agency", (person, "managing", 0, seat.managing.id), managed, None, paper)
        if seat.concurrent_at is not None and draft.post is not None and draft.ended_on is None:
            since = draft.post.appointed_on
            paper = self._paper(
                D.APPOINTMENT, draft, since, subject="Về việc phân công kiêm nhiệm", scope=seat.concurrent_at.scope
            )
            at = seat.concurrent_at
            self._add("person_agency", (person, "concurrent", at.id, at.id), since, None, paper)
            values = (
                person,
                1,
                "commune_service_director",
                "Giám đốc Trung tâm Phục vụ hành chính công",
                at.id,
                since,
                None,
                None,
                None,
            )
            self._add("person_post", values, since, None, paper)

    def second(self, draft: Draft, to: Unit) -> tuple[date, date, int | None]:
        """Second a serving person to another agency for a year and more; returns from when to when, and the paper."""
        since = max(self.today - timedelta(days=self.rng.randint(30, 330)), draft.joined_on + timedelta(days=20))
        until = add_months(since.replace(day=1), self.rng.choice((12, 18, 24, 36)))
        if until <= self.today:
            until = add_months(self.today.replace(day=1), 6)
        paper = self._paper(D.SECONDMENT, draft, since, scope=to.scope)
        self._add("person_agency", (draft.number, "seconded_in", 0, to.id), since, until, paper)
        return since, until, paper[1]

    def write_absences(self, draft: Draft, rng: Random) -> None:
        """Add the time one person was away; drawn last, so that everything else stays as it was."""
        for away in draw(rng, draft, self.today):
            draft.away = draft.away or away.until is None or away.until >= self.today
            old = away.until is not None and away.until < self.today and rng.random() < 0.15
            self._away(draft, away, self._paper(D.ABSENCE, draft, away.since, old=old, subject=SUBJECTS[away.kind]))

    def _away(self, draft: Draft, away: Away, paper: tuple[str, int | None]) -> None:
        expected = away.expected
        if expected is None and away.until is None:
            figures = law.parameters(away.since)
            expected = expected_end(away.kind, away.since, figures, law.holidays().add).last_day
        values = (
            draft.number,
            away.kind.value,
            expected,
            away.working_days,
            away.children,
            bool(away.abroad) if away.kind is AbsenceKind.STUDY else None,
            away.prosecuted,
            away.reason,
        )
        until = None if away.until is None else away.until + timedelta(days=1)
        self._add("person_absence", values, away.since, until, paper)

    def _rank(self, draft: Draft, old: bool) -> None:
        ended = draft.ended_on
        rows = [s for s in draft.standings if ended is None or s.since < ended]
        first = max(0, min(len(rows) - 2, next((n for n, s in enumerate(rows) if s.since.year >= 2018), len(rows))))
        for n in range(first, len(rows)):
            s = rows[n]
            until = rows[n + 1].since if n + 1 < len(rows) else ended
            if s.why in {"raise", "early", "beyond"}:
                # Raises of a quarter are decided together.
                signed = weekday(date(s.since.year, (s.since.month - 1) // 3 * 3 + 1, 15))
                signed = min(signed, weekday(self.today - timedelta(days=10)))
                subject = (
                    "Về việc nâng bậc lương trước thời hạn"
                    if s.why == "early"
                    else "Về việc hưởng phụ cấp thâm niên vượt khung"
                    if s.why == "beyond"
                    else ""
                )
                paper = self._paper(D.STEP_RAISE, draft, s.since, old=old, signed_on=signed, subject=subject)
            else:
                paper = self._paper(D.RANK if s.why == "promotion" else D.RECRUITMENT, draft, s.since, old=old)
            scale = s.rank.scale
            values = (
                draft.number,
                s.rank.code,
                s.rank_since,
                scale.table,
                scale.group,
                s.step,
                s.coefficient,
                s.step_since,
                s.percent,
                s.beyond or None,
                s.beyond_since,
            )
            self._add("person_rank", values, s.since, until, paper)

    def _post(self, draft: Draft) -> None:
        post = draft.post
        if post is None or (draft.ended_on is not None and draft.ended_on <= post.appointed_on):
            return
        subject = "" if draft.role.kind != "cadre" else "Về việc phê chuẩn kết quả bầu chức vụ"
        paper = self._paper(D.APPOINTMENT, draft, post.appointed_on, subject=subject)
        values = (
            draft.number,
            0,
            post.code,
            post.name,
            draft.seat.using.id,
            post.appointed_on,
            post.reappointed_on,
            post.term_until,
            post.coefficient,
        )
        self._add("person_post", values, post.appointed_on, draft.ended_on, paper)

    def _allowances(self, draft: Draft, old: bool) -> None:
        for a in draft.allowances:
            if draft.ended_on is not None and a.since >= draft.ended_on:
                continue
            paper = self._paper(
                D.ALLOWANCE, draft, a.since, old=old, signed_on=weekday(date(a.since.year, a.since.month, 1))
            )
            self._add(
                "person_allowance",
                (draft.number, a.kind, a.coefficient, a.percent, a.form),
                a.since,
                draft.ended_on,
                paper,
            )

    def _parts(self, draft: Draft) -> None:
        person = draft.number
        for name, rows in (
            ("person_education", draft.education),
            ("person_work", draft.work),
            ("person_family", draft.family),
            ("person_reward", draft.rewards),
            ("person_discipline", draft.disciplines),
        ):
            table = self.tables[name]
            columns = table.columns[1:]
            for row in rows:
                get = row.get
                table.add(person, *[get(column) for column in columns])
        for year, rating, by in draft.ratings:
            self.tables["person_rating"].add(person, year, rating, by)


def weekday(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day
