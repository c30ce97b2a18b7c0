"""Reappointment (bổ nhiệm lại) and prolonging to retirement (kéo dài thời gian giữ chức vụ) as kinds of decision."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

from hrms.core import clock
from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Kind, Proposed, Subject, Wording
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds import posts
from hrms.people.kinds.common import check_decimal, check_in_service, day, figures, known_of, shown, whole
from hrms.people.kinds.posts import AboutPosts
from hrms.people.kinds.writing import Written
from hrms.people.queries import law
from hrms.people.rules import appointing, reappointing
from hrms.people.rules.appointing import PostFact
from hrms.people.services.facts import Fact

_STARTED = Field("started_on", N_("Ngày thông báo thực hiện quy trình"), "date", required=False)
_REPORTED = Field("reported_on", N_("Ngày tự nhận xét, đánh giá"), "date", required=False, per_person=True)
_MET = Field("met_on", N_("Ngày họp lấy phiếu cán bộ chủ chốt"), "date", required=False)


class _OnTerm(AboutPosts):
    """A kind about a post held whose term ends; decentralisation goes by that post."""

    prolonging: ClassVar[bool]
    verb: ClassVar[str]

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person on the day before, when the term that ends still runs.

        A post whose end is recorded on the last day of its term would be gone on the day of effect.
        """
        today = super().subjects(person_ids, on, values)
        gone = [key for key, one in today.items() if one.facts.record.main_post is None]
        before = super().subjects(gone, on - timedelta(days=1), values) if gone else {}
        return {
            key: replace(one, post_group=before[key].post_group, facts=before[key].facts) if key in before else one
            for key, one in today.items()
        }

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: no post, an acting one, a gap after the term, an end before the start."""
        record, post, on = known_of(proposed).record, posts.held_post(proposed), proposed.effective_on
        found = [*check_in_service(record, proposed.subject), *check_decimal(proposed.values, "coefficient")]
        name = proposed.subject.name
        if post is None:
            text = N_("%(name)s không giữ chức vụ nào như đã chọn. Hãy kiểm tra diễn biến chức vụ trong hồ sơ.")
            return [*found, Problem("slot", "no_post", text, {"name": name})]
        if post.is_acting:
            text = N_("%(post)s của %(name)s là được giao, không phải bổ nhiệm; không bổ nhiệm lại, kéo dài được.")
            found.append(Problem("slot", "acting", text, {"post": post.name, "name": name}))
        if post.term_until is not None and on > post.term_until + timedelta(days=1):
            text = N_("Ngày hiệu lực %(day)s sau ngày hết thời hạn %(until)s; thời hạn mới tính liền từ %(next)s.")
            params = {"day": on, "until": post.term_until, "next": post.term_until + timedelta(days=1)}
            found.append(Problem("effective_on", "gap", text, params))
        until = self.term_until(proposed, post)
        if until is not None and until < on:
            text = N_("Thời hạn mới kết thúc ngày %(until)s, trước ngày hiệu lực %(day)s. Hãy sửa ngày hiệu lực.")
            found.append(Problem("effective_on", "ends_before_it_begins", text, {"until": until, "day": on}))
        return found

    @abstractmethod
    def term_until(self, proposed: Proposed, post: PostFact) -> date | None:
        """Return the last day of the new term, None when the record does not let it be told."""

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of Đ36–41."""
        record, post, on, values = (
            known_of(proposed).record, posts.held_post(proposed), proposed.effective_on, proposed.values,
        )  # fmt: skip
        figure, first = figures(proposed), reappointing.term_known(post)
        if post is None or post.term_until is None:
            return posts.by_kind(proposed, [first])
        retires = record.retirement.retires_on if record.retirement else None
        found = [
            first,
            reappointing.renew_or_prolong(
                post.term_until, retires, posts.term_of(post), figure, prolonging=self.prolonging
            ),
            reappointing.tasks_done(post, record.ratings, posts.heights(), on, figure),
            *reappointing.reappointable(record.disciplines, on, figure, posts.discipline_names()),
            *reappointing.votes(figure, prolonging=self.prolonging),
            *appointing.papers_fresh(day(values, "health_on"), day(values, "profile_on"), on, figure),
            *([] if self.prolonging else [appointing.assets_declared(day(values, "assets_on"), on, figure)]),
            *reappointing.term_clocks(
                post, clock.today(), day(values, "started_on"), day(values, "reported_on"), day(values, "met_on"),
                figure, law.holidays().add,
            ),
        ]  # fmt: skip
        return posts.by_kind(proposed, found)

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the term and the coefficient, old → new."""
        post = posts.held_post(proposed)
        if post is None:
            return []
        value, source = self._coefficient(proposed, post)
        label = N_("Thời hạn giữ chức vụ đến hết ngày")
        found = [
            Change(N_("Chức vụ"), post.name, post.name),
            Change(label, posts.date_words(post.term_until), posts.date_words(self.term_until(proposed, post))),
        ]
        if value != post.coefficient:
            old = posts.coefficient_words(post.coefficient)
            found.append(Change(N_("Hệ số phụ cấp chức vụ"), old, posts.coefficient_words(value, source)))
        return found

    @staticmethod
    def _coefficient(proposed: Proposed, post: PostFact) -> tuple[Any, str]:
        """Return the coefficient as typed, else the one held, else the law's."""
        if proposed.values.get("coefficient") or post.coefficient is None:
            return posts.coefficient_of(proposed, post.code)
        return post.coefficient, ""

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, post, on = known_of(proposed).record, posts.held_post(proposed), shown(proposed.effective_on)
        title, until = (post.name, self.term_until(proposed, post)) if post else ("", None)
        value, source = self._coefficient(proposed, post) if post else (None, "")
        place = record.places.get(post.agency_id) if post and post.agency_id else record.using
        at, end = f", {place.name}" if place else "", f" đến hết ngày {shown(until)}" if until else ""
        who = f"{posts.honorific(record).capitalize()} {proposed.subject.name}"
        last, receivers = self.carried_out(proposed, place)
        first = self.first_article(posts.person_words(proposed), f"{title}{at}", on, end)
        second = f"{who} {posts.pay_words(value, source, on)}thực hiện nhiệm vụ, quyền hạn của chức vụ theo quy định."
        return Wording(f"Về việc {self.verb}", [first, second, last], receivers)

    @staticmethod
    @abstractmethod
    def first_article(who: str, post: str, on: str, end: str) -> str:
        """Return the first article."""

    def written(self, proposed: Proposed) -> Written:
        """Return the post held with its new term, from the day of effect on."""
        post = posts.held_post(proposed)
        if post is None:
            return Written(proposed.subject.person_id)
        value, _source = self._coefficient(proposed, post)
        values = posts.kept_post(
            post, term_until=self.term_until(proposed, post), coefficient=value, **self.more(proposed)
        )
        return Written(proposed.subject.person_id, [Fact("post", values, proposed.effective_on)])

    def more(self, proposed: Proposed) -> dict[str, Any]:
        """Return what else changes of the post."""
        del proposed
        return {}


class Reappointment(_OnTerm):
    """Bổ nhiệm lại: another term of the same post, shorter when retirement comes first (Đ36 k2)."""

    code = "reappointment"
    label = N_("Bổ nhiệm lại")
    register_kind = DecisionKind.REAPPOINTMENT
    order = 14
    prolonging = False
    verb = "bổ nhiệm lại công chức, viên chức lãnh đạo, quản lý"
    fields: ClassVar[tuple[Field, ...]] = (
        posts.SLOT,
        Field("term_months", N_("Thời hạn giữ chức vụ (tháng)"), "months", required=False,
              hint=N_("Bỏ trống: như thời hạn trước; không quá tuổi nghỉ hưu.")),
        posts.PLACE,
        posts.COEFFICIENT,
        _STARTED,
        _REPORTED,
        _MET,
        posts.HEALTH,
        posts.PROFILE,
        posts.ASSETS,
        posts.OWN_RULES,
    )  # fmt: skip

    def term_until(self, proposed: Proposed, post: PostFact) -> date | None:
        """Return the last day of the new term: counted on from the old one's end, at the most to retirement."""
        record = known_of(proposed).record
        retires = record.retirement.retires_on if record.retirement else None
        months = whole(proposed.values, "term_months") or posts.term_of(post)
        if post.term_until is None:
            return add_months(proposed.effective_on, months) - timedelta(days=1)
        return reappointing.new_term(post.term_until, months, retires)

    @staticmethod
    def first_article(who: str, post: str, on: str, end: str) -> str:
        """Return the first article."""
        return f"Bổ nhiệm lại {who} giữ chức vụ {post}. Thời hạn giữ chức vụ kể từ ngày {on}{end}."

    def more(self, proposed: Proposed) -> dict[str, Any]:
        """Return the day of reappointment."""
        return {"reappointed_on": proposed.effective_on}


class Prolonging(_OnTerm):
    """Kéo dài thời gian giữ chức vụ đến tuổi nghỉ hưu (Đ36 k2, Đ40)."""

    code = "prolonging"
    label = N_("Kéo dài thời gian giữ chức vụ đến tuổi nghỉ hưu")
    register_kind = DecisionKind.REAPPOINTMENT
    order = 16
    prolonging = True
    verb = "kéo dài thời gian giữ chức vụ lãnh đạo, quản lý đến tuổi nghỉ hưu"
    fields: ClassVar[tuple[Field, ...]] = (
        posts.SLOT, _STARTED, _REPORTED, posts.HEALTH, posts.PROFILE, posts.OWN_RULES,
    )  # fmt: skip

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself; without birth date or sex there is no day of retirement to prolong to."""
        found = [*super().problems(proposed)]
        if known_of(proposed).record.retirement is None:
            text = N_("Hồ sơ của %(name)s thiếu ngày sinh hoặc giới tính nên chưa tính được ngày nghỉ hưu.")
            found.append(Problem("people", "no_birth_date", text, {"name": proposed.subject.name}))
        return found

    def term_until(self, proposed: Proposed, post: PostFact) -> date | None:
        """Return the last day at work."""
        del post
        record = known_of(proposed).record
        return record.retirement.retires_on if record.retirement else None

    @staticmethod
    def first_article(who: str, post: str, on: str, end: str) -> str:
        """Return the first article."""
        return f"Kéo dài thời gian giữ chức vụ {post} đối với {who} đến tuổi nghỉ hưu, kể từ ngày {on}{end}."


KINDS: tuple[Kind, ...] = (Reappointment(), Prolonging())
