"""What the kinds about leadership posts share: fields, the coefficient by the law, where the post lies, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.agencies.rules import KIND_LABELS, AgencyKind
from hrms.core import catalogues
from hrms.core.formats import format_number
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions.kinds import Field, Proposed
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.powers import PostGroup
from hrms.people.kinds.common import (
    AboutPeople,
    check_decimal,
    check_in_service,
    check_place,
    day,
    decimal,
    known_of,
    shown,
    usual_grounds,
)
from hrms.people.kinds.subjects import Gathered, Place
from hrms.people.kinds.writing import Ending
from hrms.people.queries import law
from hrms.people.queries.law import PostInfo
from hrms.people.rules.appointing import DECREE, PostFact
from hrms.people.rules.kinds import MembershipKind, PersonKind, Sex
from hrms.people.services.facts import Fact

LEADERSHIP = "leadership"
PLACES: dict[str, str] = {
    "other": N_("Mức chung"),
    "special": N_("Đô thị loại đặc biệt, Hà Nội, Thành phố Hồ Chí Minh"),
    "class_1": N_("Trường hạng I"),
    "class_2": N_("Trường hạng II"),
    "class_3": N_("Trường hạng III"),
    "any": N_("Không phân hạng"),
}
"""The places of the catalogue of leadership coefficients."""
SLOTS: dict[str, str] = {
    "0": N_("Chức vụ chính"),
    "1": N_("Chức vụ kiêm nhiệm hoặc được giao, thứ nhất"),
    "2": N_("Chức vụ kiêm nhiệm hoặc được giao, thứ hai"),
    "3": N_("Chức vụ kiêm nhiệm hoặc được giao, thứ ba"),
}
_PUBLIC_DECREE = "NĐ 259/2026/NĐ-CP"


def appointed_choices() -> list[tuple[str, str]]:
    """Return the posts filled by appointment; elected ones are not given by a decision of this kind."""
    return [(code, post.name) for code, post in law.posts().items() if not post.elected]


def head_choices() -> list[tuple[str, str]]:
    """Return the posts of heads, elected ones too: what may be given to act in."""
    heads = {PostGroup.AGENCY_HEAD, PostGroup.DIVISION_HEAD}
    return [(code, post.name) for code, post in law.posts().items() if post.group in heads]


def place_choices() -> list[tuple[str, str]]:
    """Return the places of the catalogue of coefficients."""
    return list(PLACES.items())


def slot_choices() -> list[tuple[str, str]]:
    """Return which of the posts held is meant."""
    return list(SLOTS.items())


AGENCY = Field(
    "agency", N_("Tại cơ quan, đơn vị"), "agency", required=False, per_person=True,
    hint=N_("Bỏ trống: nơi đang công tác."),
)  # fmt: skip
TITLE = Field(
    "title", N_("Tên chức vụ ghi trong quyết định"), "text", required=False, per_person=True,
    hint=N_("Như “Trưởng phòng Phòng Tổ chức cán bộ”; bỏ trống thì lấy tên trong danh mục."),
)  # fmt: skip
PLACE = Field(
    "place", N_("Mức phụ cấp chức vụ áp dụng"), "choice", required=False, choices=place_choices,
    hint=N_("Bỏ trống: mức chung của chức vụ."),
)  # fmt: skip
COEFFICIENT = Field(
    "coefficient", N_("Hệ số phụ cấp chức vụ"), "text", required=False, per_person=True,
    hint=N_("Bỏ trống thì lấy theo danh mục; như 0,35."),
)  # fmt: skip
SLOT = Field(
    "slot", N_("Chức vụ nào"), "choice", required=False, per_person=True, choices=slot_choices,
    hint=N_("Bỏ trống: chức vụ chính."),
)  # fmt: skip
OWN_RULES = Field(
    "own_rules", N_("Căn cứ của cơ quan"), "long_text", required=False,
    hint=N_("Quy định chức năng, nhiệm vụ, quy chế của cơ quan; mỗi căn cứ một dòng."),
)  # fmt: skip
HEALTH = Field("health_on", N_("Ngày của giấy chứng nhận sức khỏe"), "date", required=False, per_person=True)
PROFILE = Field("profile_on", N_("Ngày lập sơ yếu lý lịch"), "date", required=False, per_person=True)
ASSETS = Field("assets_on", N_("Ngày kê khai tài sản, thu nhập"), "date", required=False, per_person=True)


def post_given(proposed: Proposed) -> PostInfo | None:
    """Return the post of the catalogue that the proposal gives."""
    return law.posts().get(str(proposed.values.get("post") or ""))


def place_of(proposed: Proposed) -> Place | None:
    """Return where the post lies: the agency typed, else the using agency."""
    record = known_of(proposed).record
    typed = proposed.values.get("agency")
    return record.places.get(typed) if typed else record.using


def title_of(proposed: Proposed) -> str:
    """Return the name of the post as the decision says it."""
    post = post_given(proposed)
    typed = str(proposed.values.get("title") or "").strip()
    return typed or (catalogues.items("leadership_posts")[post.code].name_vi if post else "")


def at_words(proposed: Proposed, place: Place | None) -> str:
    """Return where the post lies, as an article says it behind the post's name, without what the name says already."""
    if place is None:
        return ""
    legal = known_of(proposed).record.places.legal(place.id)
    named = place if place.name not in title_of(proposed) else legal
    return f", {named.name}" if named is not None and named.name not in title_of(proposed) else ""


def coefficient_of(proposed: Proposed, code: str | None) -> tuple[Decimal | None, str]:
    """Return the leadership allowance of a post and where it is written; None when the law names none that fits.

    What is typed goes first; then the place chosen, the common amount, or the only one there is.
    """
    typed = decimal(proposed.values, "coefficient")
    if typed is not None:
        return typed, ""
    rows = law.post_coefficients(code or "", proposed.effective_on)
    place = str(proposed.values.get("place") or "")
    found = rows.get(place) if place else rows.get("other") or rows.get("any")
    if found is None and not place and len(rows) == 1:
        found = next(iter(rows.values()))
    return (found.coefficient, found.source) if found else (None, "")


def coefficient_words(value: Decimal | None, source: str = "") -> str | None:
    """Return a coefficient as papers write it, with its source in brackets."""
    if value is None:
        return None
    words = format_number(value, "vi", 2)
    return f"{words} ({source})" if source else words


def pay_words(value: Decimal | None, source: str, on: str) -> str:
    """Return the part of an article that gives the leadership allowance; "" for none."""
    if value is None:
        return ""
    by = f" theo {source}" if source else ""
    return f"được hưởng phụ cấp chức vụ lãnh đạo hệ số {coefficient_words(value)} kể từ ngày {on}{by}; "


def held_post(proposed: Proposed) -> PostFact | None:
    """Return the post held that the proposal means: of the slot chosen, else the main one."""
    slot = int(str(proposed.values.get("slot") or "0"))
    return next((post for post in known_of(proposed).record.posts if post.slot == slot), None)


def honorific(record: Gathered) -> str:
    """Return “ông” or “bà”, both when the record does not say."""
    return {Sex.MALE: "ông", Sex.FEMALE: "bà"}[record.sex] if record.sex else "ông (bà)"


def person_words(proposed: Proposed) -> str:
    """Return the person as the first article names them: name, birth, post and agency now."""
    record = known_of(proposed).record
    words = [f"{honorific(record)} {proposed.subject.name}"]
    if record.born is not None:
        exact = record.born.exact
        words.append(f"sinh ngày {shown(exact)}" if exact else f"sinh năm {record.born.year}")
    post, using = record.main_post, record.using
    if post is not None:
        words.append(post.name)
    if using is not None:
        words.append(using.name)
    return ", ".join(words)


def heights() -> dict[str, int]:
    """Return the order of the rating classes."""
    return {code: item.rank for code, item in catalogues.items("rating_classes").items()}


def discipline_names() -> dict[str, str]:
    """Return the words of the forms of discipline."""
    return {code: item.name for code, item in catalogues.items("discipline_forms").items()}


def below() -> dict[str, Sequence[str]]:
    """Return the adjacent lower posts of each post."""
    return {code: post.below for code, post in law.posts().items()}


def by_kind(proposed: Proposed, conditions: Sequence[Condition]) -> list[Condition]:
    """Return the conditions with the decree of the person's kind: for viên chức NĐ 259/2026, NĐ 170 by analogy."""
    if proposed.subject.person_kind != PersonKind.PUBLIC_EMPLOYEE:
        return list(conditions)
    return [
        replace(one, source=f"{_PUBLIC_DECREE}; áp dụng tương tự {one.source}")
        if one.source.startswith(DECREE)
        else one
        for one in conditions
    ]


def check_post(proposed: Proposed) -> list[Problem]:
    """Return what is wrong with a post to be given: not in the catalogue, held already, no such post at the agency."""
    record, post, place = known_of(proposed).record, post_given(proposed), place_of(proposed)
    name = proposed.subject.name
    found = [*check_in_service(record, proposed.subject), *check_decimal(proposed.values, "coefficient")]
    if proposed.subject.person_kind in {PersonKind.CONTRACT, PersonKind.PART_TIME}:
        text = N_("%(name)s không phải cán bộ, công chức, viên chức nên không bổ nhiệm được.")
        found.append(Problem("people", "person_kind", text, {"name": name}))
    if post is None:
        text = N_("Chức vụ “%(value)s” không có trong danh mục. Hãy chọn lại.")
        return [*found, Problem("post", "unknown_post", text, {"value": str(proposed.values.get("post") or "")[:40]})]
    found += check_place(place, proposed.effective_on)
    if place is not None and place.kind not in post.agency_kinds:
        text = N_("%(agency)s là %(kind)s, không có chức vụ %(post)s. Hãy chọn lại cơ quan hoặc chức vụ.")
        params = {"agency": place.name, "kind": KIND_LABELS[AgencyKind(place.kind)], "post": post.name}
        found.append(Problem("agency", "agency_without_post", text, params))
    same = [one for one in record.posts if one.code == post.code and place and one.agency_id in {None, place.id}]
    if same:
        text = N_("%(name)s đang giữ chức vụ %(post)s từ ngày %(since)s. Nếu hết thời hạn, hãy làm bổ nhiệm lại.")
        said = {"name": name, "post": same[0].name, "since": same[0].valid_from}
        found.append(Problem("post", "holds_it", text, said))
    return found


def check_own(proposed: Proposed, remedy: str) -> list[Problem]:
    """Return why a post does not lie within the agency the person works for; `remedy` is what to do then."""
    record, place = known_of(proposed).record, place_of(proposed)
    legal = record.places.legal(record.using.id) if record.using else None
    if place is None or legal is None or record.places.inside(place.id, legal.id):
        return []
    text = N_("%(agency)s không thuộc %(own)s, nơi %(name)s công tác. %(remedy)s")
    params = {"agency": place.name, "own": legal.name, "name": proposed.subject.name, "remedy": remedy}
    return [Problem("agency", "other_agency", text, params)]


def check_last_day(proposed: Proposed, name: str) -> list[Problem]:
    """Return what is wrong with the last day of something that begins on the day of effect."""
    until = day(proposed.values, name)
    if until is None or until >= proposed.effective_on:
        return []
    text = N_("Ngày cuối %(until)s trước ngày hiệu lực %(day)s. Hãy sửa một trong hai ngày.")
    return [Problem(name, "ends_before_it_begins", text, {"until": until, "day": proposed.effective_on})]


class AboutPosts(AboutPeople):
    """A kind about a leadership post."""

    article_source = ""

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return law and decrees, the article of the kind, and what the agency itself rests on."""
        found = usual_grounds(proposed.subject.person_kind, proposed.effective_on)
        own = str(proposed.values.get("own_rules") or "").splitlines()
        return [*found, *[Reason("%(line)s", params={"line": line.strip()}) for line in own if line.strip()]]

    @staticmethod
    def carried_out(proposed: Proposed, place: Place | None) -> tuple[str, list[str]]:
        """Return the last article, and who receives the paper."""
        record = known_of(proposed).record
        legal = record.places.legal(place.id) if place else None
        names = list(dict.fromkeys(one.name for one in (legal, record.using) if one is not None))
        office = f"Người đứng đầu {', '.join(names)}" if names else "Các cơ quan, đơn vị có liên quan"
        article = (
            f"Quyết định này có hiệu lực kể từ ngày {shown(proposed.effective_on)}. {office} và"
            f" {honorific(record)} {proposed.subject.name} chịu trách nhiệm thi hành Quyết định này."
        )
        return article, ["Như Điều 3", *names]


def moves(proposed: Proposed, place: Place | None) -> list[Fact]:
    """Return the memberships that change when a post lies elsewhere: who uses the person, and who manages them.

    A division inside the agency that uses the person changes nothing, so nobody loses an account by a promotion.
    """
    record, on = known_of(proposed).record, proposed.effective_on
    using, managing = record.using, record.managing
    if place is None or using is None or record.places.inside(place.id, using.id):
        return []
    found = [Fact("agency", {"membership": MembershipKind.USING.value, "agency_id": place.id}, on)]
    legal, old = record.places.legal(place.id), record.places.legal(using.id)
    if managing is not None and legal is not None and old is not None and managing.id == old.id != legal.id:
        found.append(Fact("agency", {"membership": MembershipKind.MANAGING.value, "agency_id": legal.id}, on))
    return found


def allowance_ends(proposed: Proposed) -> list[Ending]:
    """Return the end of a leadership allowance that was kept beside the posts: a new post brings its own."""
    record = known_of(proposed).record
    held = record.one("allowance", allowance_kind=LEADERSHIP)
    return [Ending("allowance", {"allowance_kind": LEADERSHIP}, proposed.effective_on)] if held else []


def acting_in(record: Gathered, code: str) -> list[PostFact]:
    """Return the acting posts in force whose name ends in the post's: an appointment ends them."""
    name = catalogues.items("leadership_posts")[code].name_vi
    return [post for post in record.posts if post.is_acting and post.name.endswith(name)]


def kept_post(post: PostFact, **changed: Any) -> dict[str, Any]:
    """Return a post held as the values of a fact, with what changes."""
    values = {
        "post_code": post.code, "post_name": post.name, "slot": str(post.slot), "agency_id": post.agency_id,
        "appointed_on": post.appointed_on, "reappointed_on": post.reappointed_on, "term_until": post.term_until,
        "term_note": post.term_note, "coefficient": post.coefficient,
    }  # fmt: skip
    return {**values, **changed}


def term_of(post: PostFact) -> int:
    """Return the months of the term of a post held: what the record says of its days, else the catalogue's."""
    known = law.posts().get(post.code or "")
    start = post.reappointed_on or post.appointed_on
    if start is not None and post.term_until is not None:
        months = round((post.term_until - start).days / 30.4375)
        if months:
            return months
    return known.term_months if known else int(law.parameters()["appointing.term_months"].value)


def changed_post(post: PostFact | None, title: str, place: Place | None) -> Change:
    """Return the post old → new with its place."""
    old = ", ".join(word for word in (post.name, post.agency_name) if word) if post else None
    return Change(N_("Chức vụ"), old, ", ".join(word for word in (title, place.name if place else "") if word))


def date_words(value: date | None) -> str | None:
    """Return a day as papers write it."""
    return shown(value) if value else None
