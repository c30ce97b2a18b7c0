"""Appointment (bổ nhiệm), acting (giao quyền, giao phụ trách), concurrent duties (kiêm nhiệm) as kinds of decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Kind, Proposed, Subject, Wording
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds import posts
from hrms.people.kinds.common import day, figures, known_of, shown, whole
from hrms.people.kinds.posts import AboutPosts
from hrms.people.kinds.writing import Ending, Written
from hrms.people.queries import law
from hrms.people.rules import appointing as rules
from hrms.people.rules.appointing import Source, Step
from hrms.people.rules.kinds import MembershipKind
from hrms.people.services.facts import Fact


class _Gives(AboutPosts):
    """A kind that gives a post: decentralisation goes by the post given."""

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person, with the group of the post given."""
        found = super().subjects(person_ids, on, values)
        post = law.posts().get(str(values.get("post") or ""))
        return {key: replace(one, post_group=post.group) for key, one in found.items()} if post else found


_TERM = Field(
    "term_months", N_("Thời hạn giữ chức vụ (tháng)"), "months", required=False,
    hint=N_("Bỏ trống: thời hạn của chức vụ (NĐ 170/2025/NĐ-CP Đ28)."),
)  # fmt: skip
_POST = Field("post", N_("Chức vụ bổ nhiệm"), "post", choices=posts.appointed_choices)
_COMMON = (
    posts.TITLE,
    _TERM,
    posts.PLACE,
    posts.COEFFICIENT,
    Field("special", N_("Đề nghị xét trường hợp đặc biệt"), "yes_no", required=False, per_person=True,
          hint=N_("Thiếu thời gian giữ chức vụ hoặc tuổi; cấp có thẩm quyền quyết định.")),
    posts.HEALTH,
    posts.PROFILE,
    posts.ASSETS,
    Field("asked_on", N_("Ngày xin chủ trương"), "date", required=False),
    Field("agreed_on", N_("Ngày có chủ trương"), "date", required=False),
    Field("done_on", N_("Ngày xong quy trình nhân sự"), "date", required=False),
    posts.OWN_RULES,
)  # fmt: skip


def _own_sources() -> list[tuple[str, str]]:
    return [(one, rules.SOURCE_LABELS[one]) for one in (Source.ON_SITE, Source.REORGANISED)]


class Appointment(_Gives):
    """Bổ nhiệm: a main post for a term, from the agency's own staff or when agencies are reorganised."""

    code = "appointment"
    label = N_("Bổ nhiệm")
    register_kind = DecisionKind.APPOINTMENT
    order = 10
    fields: ClassVar[tuple[Field, ...]] = (
        _POST,
        Field("source", N_("Nguồn nhân sự"), "choice", choices=_own_sources),
        posts.AGENCY,
        *_COMMON,
    )

    def check_agency(self, proposed: Proposed) -> list[Problem]:
        """Return why the post's agency does not fit this kind: it is not within the one the person works for."""
        return posts.check_own(proposed, N_("Hãy làm “Bổ nhiệm từ nguồn nhân sự nơi khác”."))

    @staticmethod
    def source_of(proposed: Proposed) -> Source:
        """Return where the person comes from."""
        return Source(proposed.values.get("source") or Source.ON_SITE)

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself."""
        found = posts.check_post(proposed)
        post = posts.post_given(proposed)
        if post is not None and post.elected:
            text = N_("%(post)s là chức vụ do bầu cử, không bổ nhiệm. Hãy chọn chức vụ khác.")
            found.append(Problem("post", "elected", text, {"post": post.name}))
        return found or self.check_agency(proposed)

    @staticmethod
    def term_until(proposed: Proposed) -> date:
        """Return the last day of the term: the months typed, else the catalogue's (Đ28 k1)."""
        post = posts.post_given(proposed)
        months = whole(proposed.values, "term_months") or (
            post.term_months if post else int(figures(proposed)["appointing.term_months"].value)
        )
        return add_months(proposed.effective_on, months) - timedelta(days=1)

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of Đ29, Đ33–35, HD 45 mục III and Luật PCTN Đ36."""
        record, values, on = known_of(proposed).record, proposed.values, proposed.effective_on
        post, figure, special = posts.post_given(proposed), figures(proposed), bool(values.get("special"))
        if post is None:
            return []
        source = self.source_of(proposed)
        held = [one.code for one in record.posts if one.code and not one.is_acting]
        steps = {rules.step_between(post.code, code, posts.below()) for code in held} or {Step.FIRST}
        order = (Step.LOWER, Step.EQUAL, Step.HIGHER, Step.FIRST)
        step = min(steps, key=order.index)
        months = whole(values, "term_months") or post.term_months
        retires = record.retirement.retires_on if record.retirement else None
        found = [
            rules.in_planning(source, record.planned_post),
            rules.lower_post_held(record.all_posts, post.below, step, on, figure, special=special),
            rules.rated_well(record.ratings, posts.heights(), on, figure),
            rules.old_enough_for_term(retires, months, step, on, figure, special=special),
            *rules.not_disciplined(record.disciplines, on, figure, posts.discipline_names()),
            *rules.standards_met(),
            *rules.process_done(source, figure),
            *rules.papers_fresh(day(values, "health_on"), day(values, "profile_on"), on, figure),
            rules.assets_declared(day(values, "assets_on"), on, figure),
            *rules.policy_clocks(
                day(values, "asked_on"), day(values, "agreed_on"), day(values, "done_on"), figure, law.holidays().add
            ),
        ]
        return posts.by_kind(proposed, found)

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return post, term and coefficient, and the agency when it changes."""
        record, place = known_of(proposed).record, posts.place_of(proposed)
        main, post = record.main_post, posts.post_given(proposed)
        value, source = posts.coefficient_of(proposed, post.code if post else None)
        found = [
            posts.changed_post(main, posts.title_of(proposed), place),
            Change(N_("Thời hạn giữ chức vụ đến hết ngày"), posts.date_words(main.term_until) if main else None,
                   shown(self.term_until(proposed))),
            Change(N_("Hệ số phụ cấp chức vụ"), posts.coefficient_words(main.coefficient) if main else None,
                   posts.coefficient_words(value, source)),
        ]  # fmt: skip
        for fact in posts.moves(proposed, place):
            managing = fact.values["membership"] == MembershipKind.MANAGING.value
            old = record.managing if managing else record.using
            new = record.places.get(fact.values["agency_id"])
            label = N_("Cơ quan quản lý") if managing else N_("Cơ quan sử dụng")
            found.append(Change(label, old.name if old else None, new.name if new else None))
        return found

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, place = known_of(proposed).record, posts.place_of(proposed)
        post = posts.post_given(proposed)
        value, source = posts.coefficient_of(proposed, post.code if post else None)
        who, on = f"{posts.honorific(record).capitalize()} {proposed.subject.name}", shown(proposed.effective_on)
        moved = "Điều động, bổ nhiệm" if posts.moves(proposed, place) else "Bổ nhiệm"
        at = posts.at_words(proposed, place)
        last, receivers = self.carried_out(proposed, place)
        term = f"Thời hạn giữ chức vụ kể từ ngày {on} đến hết ngày {shown(self.term_until(proposed))}"
        first = f"{moved} {posts.person_words(proposed)} giữ chức vụ {posts.title_of(proposed)}{at}. {term}."
        second = f"{who} {posts.pay_words(value, source, on)}thực hiện nhiệm vụ, quyền hạn của chức vụ theo quy định."
        articles = [first, second, last]
        return Wording(f"Về việc {moved.lower()} công chức, viên chức lãnh đạo, quản lý", articles, receivers)

    def written(self, proposed: Proposed) -> Written:
        """Return the main post with its term, the agency when it changes, and the ends of acting and kept allowance."""
        record, on, post = known_of(proposed).record, proposed.effective_on, posts.post_given(proposed)
        place = posts.place_of(proposed)
        code = post.code if post else None
        value, _source = posts.coefficient_of(proposed, code)
        values = {
            "post_code": code, "post_name": posts.title_of(proposed), "slot": "0",
            "agency_id": place.id if place else None, "appointed_on": on, "term_until": self.term_until(proposed),
            "coefficient": value,
        }  # fmt: skip
        acting = posts.acting_in(record, code) if code else []
        endings = [Ending("post", {"slot": one.slot}, on) for one in acting if one.slot]
        return Written(
            proposed.subject.person_id,
            [*posts.moves(proposed, place), Fact("post", values, on)],
            [*endings, *posts.allowance_ends(proposed)],
        )


class AppointmentElsewhere(Appointment):
    """Điều động, bổ nhiệm: somebody of another agency is given a post (Đ33 k3).

    Decentralisation goes by the agency that receives: it says who proposes, appraises and signs.
    """

    code = "appointment_elsewhere"
    label = N_("Bổ nhiệm từ nguồn nhân sự nơi khác")
    order = 11
    fields: ClassVar[tuple[Field, ...]] = (
        _POST, Field("agency", N_("Cơ quan, đơn vị tiếp nhận"), "agency"), *_COMMON,
    )  # fmt: skip

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person, as the agency that receives would use them."""
        found = super().subjects(person_ids, on, values)
        agency = int(values["agency"]) if str(values.get("agency") or "").isdigit() else None
        return {key: replace(one, using_agency_id=agency) for key, one in found.items()} if agency else found

    def check_agency(self, proposed: Proposed) -> list[Problem]:
        """Return why the agency does not fit this kind: the person works for it already."""
        record, place = known_of(proposed).record, posts.place_of(proposed)
        using = record.using
        if place is None or using is None or record.places.legal(place.id) != record.places.legal(using.id):
            return []
        text = N_("%(name)s đang công tác tại %(agency)s. Hãy làm “Bổ nhiệm”, nguồn nhân sự tại chỗ.")
        params = {"name": proposed.subject.name, "agency": using.name}
        return [Problem("agency", "own_agency", text, params)]

    @staticmethod
    def source_of(proposed: Proposed) -> Source:
        """Return where the person comes from."""
        del proposed
        return Source.ELSEWHERE


class Acting(_Gives):
    """Giao quyền, giao phụ trách: the head's work is done for a while by somebody who is not appointed to it."""

    code = "acting"
    label = N_("Giao quyền, giao phụ trách")
    register_kind = DecisionKind.APPOINTMENT
    lists = False
    order = 12
    fields: ClassVar[tuple[Field, ...]] = (
        Field("post", N_("Chức vụ được giao"), "post", choices=posts.head_choices),
        Field("form", N_("Hình thức giao"), "choice",
              choices=lambda: [("acting", rules.ACTING), ("in_charge", rules.IN_CHARGE)]),
        posts.AGENCY,
        posts.TITLE,
        Field("until", N_("Đến hết ngày"), "date"),
        posts.COEFFICIENT,
        posts.OWN_RULES,
    )  # fmt: skip

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself."""
        found = [*posts.check_post(proposed), *posts.check_last_day(proposed, "until")]
        return found or posts.check_own(proposed, N_("Chỉ giao cho người của chính cơ quan đó."))

    @staticmethod
    def _name(proposed: Proposed) -> str:
        title = posts.title_of(proposed)
        return f"Quyền {title}" if proposed.values.get("form") == "acting" else f"Phụ trách {title}"

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of Đ34 k3 and Đ29 k7."""
        record, on, figure = known_of(proposed).record, proposed.effective_on, figures(proposed)
        until = day(proposed.values, "until")
        found = [
            *rules.acting_allowed(until, on, record.all_posts, self._name(proposed), figure),
            *rules.not_disciplined(record.disciplines, on, figure, posts.discipline_names()),
        ]
        return posts.by_kind(proposed, found)

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the acting post and its last day."""
        place, until = posts.place_of(proposed), day(proposed.values, "until")
        words = ", ".join(word for word in (self._name(proposed), place.name if place else "") if word)
        return [
            Change(N_("Chức vụ được giao"), None, words),
            Change(N_("Đến hết ngày"), None, posts.date_words(until)),
        ]

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, place = known_of(proposed).record, posts.place_of(proposed)
        acting = proposed.values.get("form") == "acting"
        verb, until = ("Giao quyền" if acting else "Giao phụ trách"), day(proposed.values, "until")
        who = f"{posts.honorific(record).capitalize()} {proposed.subject.name}"
        last, receivers = self.carried_out(proposed, place)
        end = f" đến hết ngày {shown(until)}" if until else ""
        at = posts.at_words(proposed, place)
        title, on = posts.title_of(proposed), shown(proposed.effective_on)
        first = f"{verb} {title}{at} cho {posts.person_words(proposed)}, kể từ ngày {on}{end}."
        second = (
            f"{who} thực hiện nhiệm vụ, quyền hạn của {title} trong thời gian được giao; thời gian này không tính vào"
            " thời gian giữ chức vụ khi được bổ nhiệm."
        )
        articles = [first, second, last]
        return Wording(f"Về việc {verb.lower()} lãnh đạo, quản lý", articles, receivers)

    def written(self, proposed: Proposed) -> Written:
        """Return the acting post beside the main one, without a code of the catalogue: it is not held."""
        record, on, until = known_of(proposed).record, proposed.effective_on, day(proposed.values, "until")
        place = posts.place_of(proposed)
        note = rules.ACTING if proposed.values.get("form") == "acting" else rules.IN_CHARGE
        slot = "1" if record.main_post is not None else "0"
        typed, _source = posts.coefficient_of(proposed, None)
        values = {
            "post_name": self._name(proposed), "slot": slot, "agency_id": place.id if place else None,
            "term_until": until, "term_note": note, "coefficient": typed,
        }  # fmt: skip
        end = until + timedelta(days=1) if until else None
        return Written(proposed.subject.person_id, [Fact("post", values, on, end)])


class Concurrent(_Gives):
    """Kiêm nhiệm: another post beside the main one, at the same or another agency."""

    code = "concurrent"
    label = N_("Kiêm nhiệm chức vụ")
    register_kind = DecisionKind.APPOINTMENT
    order = 18
    fields: ClassVar[tuple[Field, ...]] = (
        Field("post", N_("Chức vụ kiêm nhiệm"), "post", choices=posts.appointed_choices),
        Field("agency", N_("Tại cơ quan, đơn vị"), "agency"),
        posts.TITLE,
        Field("until", N_("Đến hết ngày"), "date", required=False),
        Field("allowance", N_("Hưởng phụ cấp kiêm nhiệm"), "yes_no", required=False, per_person=True,
              hint=N_("Kiêm nhiệm người đứng đầu cơ quan khác có biên chế riêng: TT 78/2005/TT-BNV.")),
        posts.OWN_RULES,
    )  # fmt: skip

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: also an agency beyond the one that manages the person."""
        record, place = known_of(proposed).record, posts.place_of(proposed)
        found = [*posts.check_post(proposed), *posts.check_last_day(proposed, "until")]
        managing = record.managing
        if not found and place is not None and managing is not None and not record.places.inside(place.id, managing.id):
            text = N_("%(agency)s không thuộc %(managing)s, nơi quản lý %(name)s. Cấp quản lý cả hai quyết định.")
            params = {"agency": place.name, "managing": managing.name, "name": proposed.subject.name}
            found.append(Problem("agency", "beyond_managing", text, params))
        return found

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of Đ29 k1, k4, k7."""
        record, on, figure = known_of(proposed).record, proposed.effective_on, figures(proposed)
        found = [
            *rules.not_disciplined(record.disciplines, on, figure, posts.discipline_names()),
            *rules.standards_met(),
        ]
        return posts.by_kind(proposed, found)

    @staticmethod
    def _percent(proposed: Proposed) -> int | None:
        figure = figures(proposed).get("concurrent.allowance_percent")
        return int(figure.value) if figure and proposed.values.get("allowance") else None

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the post, its last day and the allowance."""
        until, percent = day(proposed.values, "until"), self._percent(proposed)
        found = [posts.changed_post(None, posts.title_of(proposed), posts.place_of(proposed))]
        if until is not None:
            found.append(Change(N_("Đến hết ngày"), None, shown(until)))
        if percent is not None:
            figure = figures(proposed)["concurrent.allowance_percent"]
            found.append(Change(N_("Phụ cấp kiêm nhiệm"), None, f"{percent}% ({figure.source})"))
        return found

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, place = known_of(proposed).record, posts.place_of(proposed)
        until, percent = day(proposed.values, "until"), self._percent(proposed)
        who = f"{posts.honorific(record).capitalize()} {proposed.subject.name}"
        last, receivers = self.carried_out(proposed, place)
        end = f" đến hết ngày {shown(until)}" if until else ""
        at = posts.at_words(proposed, place)
        pay = f"được hưởng phụ cấp kiêm nhiệm {percent}%; " if percent is not None else ""
        title, on = posts.title_of(proposed), shown(proposed.effective_on)
        first = f"Giao {posts.person_words(proposed)} kiêm nhiệm chức vụ {title}{at}, kể từ ngày {on}{end}."
        second = f"{who} {pay}thực hiện nhiệm vụ, quyền hạn của chức vụ kiêm nhiệm theo quy định."
        articles = [first, second, last]
        return Wording("Về việc giao kiêm nhiệm chức vụ lãnh đạo, quản lý", articles, receivers)

    def written(self, proposed: Proposed) -> Written:
        """Return the post beside the main one, the membership of the other agency, the allowance."""
        record, on, until = known_of(proposed).record, proposed.effective_on, day(proposed.values, "until")
        place, post, percent = posts.place_of(proposed), posts.post_given(proposed), self._percent(proposed)
        end = until + timedelta(days=1) if until else None
        values = {
            "post_code": post.code if post else None, "post_name": posts.title_of(proposed), "slot": "1",
            "agency_id": place.id if place else None, "appointed_on": on, "term_until": until,
        }  # fmt: skip
        facts = [Fact("post", values, on, end)]
        if place is not None and record.using is not None and not record.places.inside(place.id, record.using.id):
            facts.append(
                Fact("agency", {"membership": MembershipKind.CONCURRENT.value, "agency_id": place.id}, on, end)
            )
        if percent is not None:
            facts.append(Fact("allowance", {"allowance_kind": "concurrent", "percent": percent}, on, end))
        return Written(proposed.subject.person_id, facts)


KINDS: tuple[Kind, ...] = (Appointment(), AppointmentElsewhere(), Acting(), Concurrent())
