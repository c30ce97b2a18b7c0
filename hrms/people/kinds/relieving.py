"""Leaving a leadership post (từ chức, miễn nhiệm, thôi giữ chức vụ) as a kind of decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Field, Kind, Proposed, Wording
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind
from hrms.people.kinds import posts
from hrms.people.kinds.common import check_in_service, day, figures, known_of, shown
from hrms.people.kinds.posts import LEADERSHIP, AboutPosts
from hrms.people.kinds.writing import Ending, Written
from hrms.people.queries import law
from hrms.people.rules import relieving as rules
from hrms.people.rules.kinds import MembershipKind
from hrms.people.rules.relieving import Form, Ground, Kept
from hrms.people.services.facts import Fact

_SUMMARY = {
    Form.RESIGNATION: "Về việc cho từ chức đối với công chức, viên chức lãnh đạo, quản lý",
    Form.DISMISSAL: "Về việc miễn nhiệm công chức, viên chức lãnh đạo, quản lý",
    Form.RELEASE: "Về việc cho thôi giữ chức vụ lãnh đạo, quản lý",
}
_FIRST = {
    Form.RESIGNATION: "Cho {who} từ chức, thôi giữ chức vụ {post}",
    Form.DISMISSAL: "Miễn nhiệm chức vụ {post} đối với {who}",
    Form.RELEASE: "Cho {who} thôi giữ chức vụ {post}",
}


class Relief(AboutPosts):
    """The post ends on the day of effect; of who resigns the leadership allowance may be kept for a while (Đ55)."""

    code = "relief"
    label = N_("Từ chức, miễn nhiệm, thôi giữ chức vụ")
    register_kind = DecisionKind.RELIEF
    order = 20
    fields: ClassVar[tuple[Field, ...]] = (
        Field("form", N_("Hình thức"), "choice", choices=lambda: list(rules.FORM_LABELS.items())),
        Field("ground", N_("Căn cứ xem xét"), "choice", per_person=True,
              choices=lambda: list(rules.GROUND_LABELS.items())),
        posts.SLOT,
        Field("begun_on", N_("Ngày có đơn hoặc đủ căn cứ"), "date", required=False, per_person=True),
        Field("proposed_on", N_("Ngày đề xuất cấp có thẩm quyền"), "date", required=False),
        posts.OWN_RULES,
    )  # fmt: skip

    @staticmethod
    def form_of(proposed: Proposed) -> Form:
        """Return how the post is left."""
        return Form(proposed.values.get("form") or Form.RELEASE)

    @staticmethod
    def ground_of(proposed: Proposed) -> Ground:
        """Return why."""
        return Ground(proposed.values.get("ground") or Ground.NEW_TASK)

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself: no post, a ground of another form, days out of order."""
        record, post = known_of(proposed).record, posts.held_post(proposed)
        found = [*check_in_service(record, proposed.subject)]
        if post is None:
            text = N_("%(name)s không giữ chức vụ nào như đã chọn. Hãy kiểm tra diễn biến chức vụ trong hồ sơ.")
            found.append(Problem("slot", "no_post", text, {"name": proposed.subject.name}))
        form, ground = self.form_of(proposed), self.ground_of(proposed)
        if rules.FORM_OF[ground] is not form:
            text = N_("Căn cứ “%(ground)s” không phải của hình thức “%(form)s”. Hãy chọn lại một trong hai.")
            params = {"ground": rules.GROUND_LABELS[ground], "form": rules.FORM_LABELS[form]}
            found.append(Problem("ground", "other_form", text, params))
        begun, sent = day(proposed.values, "begun_on"), day(proposed.values, "proposed_on")
        if begun and sent and sent < begun:
            text = N_("Ngày đề xuất %(sent)s trước ngày có đơn hoặc đủ căn cứ %(begun)s. Hãy sửa một trong hai ngày.")
            found.append(Problem("proposed_on", "dates_out_of_order", text, {"sent": sent, "begun": begun}))
        return found

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of Đ52 and Đ53."""
        record, on, figure = known_of(proposed).record, proposed.effective_on, figures(proposed)
        found = [
            rules.still_held(posts.held_post(proposed)),
            rules.ground_fits(self.ground_of(proposed), record.disciplines, record.ratings, on),
            *rules.form_conditions(self.form_of(proposed), figure),
            *rules.relief_clocks(
                day(proposed.values, "begun_on"), day(proposed.values, "proposed_on"), on, figure, law.holidays().add
            ),
        ]
        return posts.by_kind(proposed, found)

    def kept(self, proposed: Proposed) -> Kept:
        """Return until when the leadership allowance is kept."""
        post = posts.held_post(proposed)
        if post is None or post.slot or post.is_acting:
            return Kept(None, "")
        form, ground = self.form_of(proposed), self.ground_of(proposed)
        return rules.allowance_kept(form, ground, post, proposed.effective_on, figures(proposed))

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the post that ends, the allowance, and from when planning may be considered again."""
        post, kept = posts.held_post(proposed), self.kept(proposed)
        if post is None:
            return []
        found = [Change(N_("Chức vụ"), ", ".join(w for w in (post.name, post.agency_name) if w), None)]
        if post.coefficient is not None:
            old = posts.coefficient_words(post.coefficient)
            new = f"{old}, bảo lưu đến hết ngày {shown(kept.until)} ({kept.source})" if kept.until else None
            found.append(Change(N_("Hệ số phụ cấp chức vụ"), old, new))
        again = rules.planning_again(self.form_of(proposed), proposed.effective_on, figures(proposed))
        if again is not None:
            found.append(Change(N_("Được xem xét quy hoạch lại từ ngày"), None, f"{shown(again[0])} ({again[1]})"))
        return found

    def wording(self, proposed: Proposed) -> Wording:
        """Return what the decision says."""
        record, post, kept = known_of(proposed).record, posts.held_post(proposed), self.kept(proposed)
        title, place = (post.name if post else ""), record.using
        if post is not None and post.agency_id is not None:
            place = record.places.get(post.agency_id)
        form, at, on = self.form_of(proposed), (f", {place.name}" if place else ""), shown(proposed.effective_on)
        who, reason = posts.person_words(proposed), rules.GROUND_LABELS[self.ground_of(proposed)].lower()
        first = f"{_FIRST[form].format(who=who, post=f'{title}{at}')}, kể từ ngày {on}. Lý do: {reason}."
        name = f"{posts.honorific(record).capitalize()} {proposed.subject.name}"
        second = f"{name} không hưởng phụ cấp chức vụ nêu tại Điều 1 kể từ ngày {on}; bàn giao công việc theo quy định."
        if post is not None and kept.until is not None:
            words = posts.coefficient_words(post.coefficient)
            end = f"đến hết ngày {shown(kept.until)} theo {kept.source}"
            second = f"{name} được bảo lưu phụ cấp chức vụ hệ số {words} {end}."
        last, receivers = self.carried_out(proposed, place)
        return Wording(_SUMMARY[form], [first, second, last], receivers)

    def written(self, proposed: Proposed) -> Written:
        """Return the end of the post, of the membership it brought, and the allowance that is kept."""
        record, post, on = known_of(proposed).record, posts.held_post(proposed), proposed.effective_on
        kept = self.kept(proposed)
        if post is None:
            return Written(proposed.subject.person_id)
        endings = [Ending("post", {"slot": post.slot}, on)]
        if post.slot and record.one("agency", membership=MembershipKind.CONCURRENT.value, agency_id=post.agency_id):
            key = {"membership": MembershipKind.CONCURRENT.value, "slot": post.agency_id}
            endings.append(Ending("agency", key, on))
            if record.one("allowance", allowance_kind="concurrent"):
                endings.append(Ending("allowance", {"allowance_kind": "concurrent"}, on))
        facts: list[Fact] = []
        if kept.until is not None:
            values = {"allowance_kind": LEADERSHIP, "coefficient": post.coefficient}
            facts.append(Fact("allowance", values, on, kept.until + timedelta(days=1)))
        elif post.slot == 0:
            endings += posts.allowance_ends(proposed)
        return Written(proposed.subject.person_id, facts, endings)


KINDS: tuple[Kind, ...] = (Relief(),)
