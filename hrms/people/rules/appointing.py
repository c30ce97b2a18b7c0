"""Appointment to a leadership post, and acting in one: each condition with its article.

NĐ 170/2025/NĐ-CP Đ28–35 as amended by NĐ 300/2026/NĐ-CP; HD 45-HD/BTCTW mục III; Luật Phòng, chống tham nhũng Đ36.
Figures are data (catalogue `parameters`, keys `appointing.*`, `acting.*`, `discipline.*`). Intervals are half open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hrms.core.dates import PartialDate, add_months, months_between
from hrms.core.rules import N_
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.parameters import Parameter, whole

DECREE = "NĐ 170/2025/NĐ-CP"
WorkingDays = Callable[[date, int], date]
"""Returns the n-th working day after a day (before it when negative), by the table of holidays."""


class Source(StrEnum):
    """Where the one appointed comes from; it decides the process."""

    ON_SITE = "on_site"
    ELSEWHERE = "elsewhere"
    REORGANISED = "reorganised"


SOURCE_LABELS: dict[Source, str] = {
    Source.ON_SITE: N_("Nguồn nhân sự tại chỗ"),
    Source.ELSEWHERE: N_("Nguồn nhân sự từ nơi khác"),
    Source.REORGANISED: N_("Bố trí lại khi hợp nhất, sáp nhập, tổ chức lại"),
}


class Step(StrEnum):
    """How the post given stands to the one held."""

    FIRST = "first"
    HIGHER = "higher"
    EQUAL = "equal"
    LOWER = "lower"


ACTING = N_("Giao quyền")
IN_CHARGE = N_("Giao phụ trách")
ACTING_NOTES = frozenset({ACTING, IN_CHARGE})
"""What `PostFact.term_note` says of a post that is not held by appointment; its time does not count (Đ34 k3)."""


@dataclass(frozen=True, slots=True)
class PostFact:
    """A leadership post as recorded: `group` is a `decisions.rules.powers.PostGroup`, the interval half open."""

    slot: int
    code: str | None
    name: str
    group: str
    agency_id: int | None
    agency_name: str | None
    appointed_on: date | None
    reappointed_on: date | None
    term_until: date | None
    """The last day of the term."""
    coefficient: Decimal | None
    valid_from: date
    valid_to: date | None
    term_note: str | None = None

    def on(self, day: date) -> bool:
        """Say whether the post is held on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def is_acting(self) -> bool:
        """Say whether it is held by giao quyền or giao phụ trách."""
        return self.term_note in ACTING_NOTES


@dataclass(frozen=True, slots=True)
class DisciplineFact:
    """A disciplinary measure: form (catalogue `discipline_forms`), side (party, administration), from and to."""

    form: str
    side: str
    from_on: PartialDate | None
    to_on: PartialDate | None


def settled(
    code: str,
    text: str,
    met: bool,
    source: str,
    found: str,
    params: Mapping[str, Any],
    supplier: Supplier,
    *,
    blocking: bool = True,
) -> Condition:
    """Return a condition that the record decides."""
    outcome = Outcome.MET if met else Outcome.NOT_MET
    return Condition(code, text, outcome, source, found, params, None if met else supplier, blocking)


def vouched(
    code: str,
    text: str,
    source: str,
    supplier: Supplier,
    found: str = "",
    params: Mapping[str, Any] | None = None,
    *,
    blocking: bool = True,
) -> Condition:
    """Return a condition that the record cannot know: the proposer answers it, with a note or a paper."""
    return Condition(code, text, Outcome.UNKNOWN, source, found, params or {}, supplier, blocking, answerable=True)


def step_between(given: str, held: str | None, below: Mapping[str, Sequence[str]]) -> Step:
    """Return how post `given` stands to post `held`; `below` names the adjacent lower posts of each (the catalogue)."""
    if held is None:
        return Step.FIRST
    if held in _under(given, below):
        return Step.HIGHER
    if given in _under(held, below):
        return Step.LOWER
    shared = set(below.get(given, ())) & set(below.get(held, ()))
    both_first = not below.get(given) and not below.get(held)
    return Step.EQUAL if given == held or shared or both_first else Step.FIRST


def _under(code: str, below: Mapping[str, Sequence[str]]) -> set[str]:
    """Return every post under `code`, adjacent or not."""
    found: set[str] = set()
    waiting = list(below.get(code, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, ())
    return found


def in_planning(source: Source, planned_post: str | None) -> Condition:
    """Return the condition of planning (quy hoạch), Đ29 k2: the Party committee approves it, the record only says it.

    `planned_post` is what the record says of planning, in words.
    """
    text = {
        Source.ON_SITE: N_("Được quy hoạch chức vụ bổ nhiệm, hoặc chức vụ tương đương trở lên"),
        Source.ELSEWHERE: N_("Được quy hoạch chức vụ tương đương trở lên"),
        Source.REORGANISED: N_("Thuộc phương án bố trí nhân sự khi sắp xếp được cấp có thẩm quyền thông qua"),
    }[source]
    found = N_("Hồ sơ ghi quy hoạch: %(planned)s") if planned_post else N_("Hồ sơ chưa ghi quy hoạch")
    article = "Đ34 k1" if source is Source.REORGANISED else "Đ29 k2"
    return vouched(
        "in_planning", text, f"{DECREE} {article}", Supplier.PARTY_COMMITTEE, found, {"planned": planned_post or ""}
    )


def lower_post_held(
    posts: Iterable[PostFact],
    below: Collection[str],
    step: Step,
    on: date,
    figures: Mapping[str, Parameter],
    *,
    special: bool = False,
) -> Condition:
    """Return the condition of time in the adjacent lower post, Đ29 k3 and HD 45 mục III.1.1.

    Not asked of a first leadership post or of an equal or lower one. `special` says the authority decides the case.
    Time in an acting post does not count (Đ34 k3); a post without a catalogue code may be an equal one, so with such a
    post alone the answer is not known.
    """
    least = whole(figures, "appointing.lower_post_months") or 0
    source = figures["appointing.lower_post_months"].source
    text = N_("Giữ chức vụ thấp hơn liền kề hoặc tương đương ít nhất %(months)s tháng")
    params: dict[str, Any] = {"months": least}
    if not below or step in {Step.EQUAL, Step.LOWER}:
        found = (
            N_("Chức vụ lãnh đạo đầu tiên, không xét")
            if not below
            else N_("Bổ nhiệm chức vụ tương đương hoặc thấp hơn, không xét")
        )
        return settled("lower_post", text, True, source, found, params, Supplier.USING_AGENCY)
    before = [post for post in posts if post.valid_from < on and not post.is_acting]
    held = _months([post for post in before if post.code in below], on)
    params["held"] = held
    if held >= least:
        found = N_("Đã giữ %(held)s tháng")
        return settled("lower_post", text, True, source, found, params, Supplier.USING_AGENCY)
    if special:
        found = N_("Mới giữ %(held)s tháng; đề nghị xét trường hợp đặc biệt")
        return vouched("lower_post", text, source, Supplier.PARTY_COMMITTEE, found, params)
    if not held and any(post.code is None for post in before):
        found = N_("Hồ sơ có chức vụ ngoài danh mục; cơ quan xác nhận là tương đương")
        return vouched("lower_post", text, source, Supplier.MANAGING_AGENCY, found, params)
    found = N_("Mới giữ %(held)s tháng") if held else N_("Hồ sơ không có chức vụ thấp hơn liền kề")
    return settled("lower_post", text, False, source, found, params, Supplier.USING_AGENCY)


def _months(posts: Iterable[PostFact], on: date) -> int:
    """Return the whole months of the stretches taken together up to `on`, overlapping ones once."""
    stretches = sorted((post.valid_from, min(post.valid_to or on, on)) for post in posts)
    total, start, end = 0, None, None
    for since, until in stretches:
        if start is None or end is None:
            start, end = since, until
        elif since <= end:
            end = max(end, until)
        else:
            total += months_between(start, end)
            start, end = since, until
    return total + (months_between(start, end) if start is not None and end is not None else 0)


def rated_well(
    ratings: Mapping[int, str],
    heights: Mapping[str, int],
    on: date,
    figures: Mapping[str, Parameter],
) -> Condition:
    """Return the condition of the ratings of the latest years, Đ29 k1 and HD 45 mục III.1.3.

    `heights` orders the classes (catalogue `rating_classes`, `rank`). The year of `on` counts once it is rated.
    """
    count = whole(figures, "appointing.rating_years") or 0
    least = figures["appointing.rating_least"]
    last = on.year if on.year in ratings else on.year - 1
    return rated_over(
        range(last - count + 1, last + 1), ratings, heights, least,
        N_("Xếp loại từ hoàn thành tốt nhiệm vụ trở lên trong %(count)s năm gần nhất"), "rated_well",
    )  # fmt: skip


def rated_over(
    years: Iterable[int],
    ratings: Mapping[int, str],
    heights: Mapping[str, int],
    least: Parameter,
    text: str,
    code: str,
) -> Condition:
    """Return the condition that every one of the years is rated `least` or higher; an unrated one is answered."""
    wanted = list(years)
    low = [year for year in wanted if year in ratings and heights.get(ratings[year], 0) < heights[least.value]]
    unrated = [year for year in wanted if year not in ratings]
    params: dict[str, Any] = {
        "count": len(wanted), "low": ", ".join(map(str, low)), "unrated": ", ".join(map(str, unrated)),
    }  # fmt: skip
    if low:
        found = N_("Chưa đạt mức: năm %(low)s")
        return settled(code, text, False, least.source, found, params, Supplier.USING_AGENCY)
    if unrated:
        found = N_("Hồ sơ chưa có xếp loại năm %(unrated)s")
        return vouched(code, text, least.source, Supplier.USING_AGENCY, found, params)
    return settled(code, text, True, least.source, N_("Đủ %(count)s năm"), params, Supplier.USING_AGENCY)


def old_enough_for_term(
    retires_on: date | None,
    term_months: int,
    step: Step,
    on: date,
    figures: Mapping[str, Parameter],
    *,
    special: bool = False,
) -> Condition:
    """Return the condition of age, Đ29 k5: a full term before retirement; 48 months in a special case (HD 45 III.1.2).

    Not asked of an equal or lower post (Đ29 k5 điểm b).
    """
    source = f"{DECREE} Đ29 k5"
    text = N_("Đủ tuổi công tác trọn thời hạn bổ nhiệm %(term)s tháng trước khi nghỉ hưu")
    params: dict[str, Any] = {"term": term_months}
    if step in {Step.EQUAL, Step.LOWER}:
        found = N_("Chức vụ tương đương hoặc thấp hơn, không tính tuổi bổ nhiệm")
        return settled("age", text, True, f"{source} điểm b", found, params, Supplier.PERSON)
    if retires_on is None:
        found = N_("Hồ sơ thiếu ngày sinh hoặc giới tính")
        return Condition("age", text, Outcome.UNKNOWN, source, found, params, Supplier.PERSON)
    left = months_between(on, retires_on + timedelta(days=1))
    params |= {"left": left, "retires": retires_on}
    found = N_("Còn %(left)s tháng, nghỉ hưu sau ngày %(retires)s")
    least = whole(figures, "appointing.age_special_months")
    if left < term_months and special and least is not None and left >= least:
        special_source = f"{source}; {figures['appointing.age_special_months'].source}"
        return vouched("age", text, special_source, Supplier.PARTY_COMMITTEE, found, params)
    return settled("age", text, left >= term_months, source, found, params, Supplier.PARTY_COMMITTEE)


def under_discipline(
    disciplines: Iterable[DisciplineFact], on: date, figures: Mapping[str, Parameter]
) -> tuple[list[DisciplineFact], list[DisciplineFact]]:
    """Return the measures in force on the day, and those of which the record does not say when they began.

    A measure without an end holds `discipline.effect_months` from its day; of a half-known date the latest is taken.
    """
    months = whole(figures, "discipline.effect_months") or 0
    sure, unsure = [], []
    for one in disciplines:
        begun = one.from_on
        if begun is None and one.to_on is None:
            unsure.append(one)
            continue
        ends = one.to_on.latest() if one.to_on else add_months(begun.latest(), months) if begun else on
        if (begun is None or begun.earliest() <= on) and on < ends:
            sure.append(one)
    return sure, unsure


def not_disciplined(
    disciplines: Iterable[DisciplineFact], on: date, figures: Mapping[str, Parameter], names: Mapping[str, str]
) -> list[Condition]:
    """Return the conditions of Đ29 k7: no discipline in force (the record), no procedure or prosecution (answered).

    `names` are the words of each form of discipline.
    """
    sure, unsure = under_discipline(disciplines, on, figures)
    source = f"{DECREE} Đ29 k7"
    text = N_("Không trong thời hạn xử lý kỷ luật")
    params = {"forms": ", ".join(names.get(one.form, one.form) for one in (sure or unsure))}
    if sure:
        found = N_("Đang trong thời hạn: %(forms)s")
        first = settled("no_discipline", text, False, source, found, params, Supplier.USING_AGENCY)
    elif unsure:
        found = N_("Hồ sơ không ghi ngày của: %(forms)s")
        first = vouched("no_discipline", text, source, Supplier.USING_AGENCY, found, params)
    else:
        found = N_("Hồ sơ không ghi kỷ luật đang có hiệu lực")
        first = settled("no_discipline", text, True, source, found, params, Supplier.USING_AGENCY)
    second = vouched(
        "no_proceedings",
        N_("Không đang bị xem xét kỷ luật, khởi tố, điều tra, truy tố, xét xử; không thuộc diện bị cấm giữ chức vụ"),
        source,
        Supplier.USING_AGENCY,
    )
    return [first, second]


def standards_met() -> list[Condition]:
    """Return what the authority confirms of the person: standards of the post and a verified file (Đ29 k1, k4)."""
    return [
        vouched(
            "standards",
            N_("Đáp ứng tiêu chuẩn chung và tiêu chuẩn cụ thể của chức vụ"),
            f"{DECREE} Đ29 k1, k4",
            Supplier.MANAGING_AGENCY,
        ),
        vouched("verified_file", N_("Hồ sơ, lý lịch đã được xác minh"), f"{DECREE} Đ29 k4", Supplier.MANAGING_AGENCY),
    ]


def papers_fresh(
    health_on: date | None, profile_on: date | None, on: date, figures: Mapping[str, Parameter]
) -> list[Condition]:
    """Return the conditions of papers not older than 6 months on the day: health certificate, SYLL (Đ35 k3, k10)."""
    health, profile = (
        N_("Giấy chứng nhận sức khỏe cấp trong %(months)s tháng"),
        N_("Sơ yếu lý lịch lập trong %(months)s tháng"),
    )
    return [
        _fresh("health_paper", health, "k10", health_on, on, figures),
        _fresh("profile_paper", profile, "k3", profile_on, on, figures),
    ]


def _fresh(
    code: str, text: str, clause: str, paper_on: date | None, on: date, figures: Mapping[str, Parameter]
) -> Condition:
    months = whole(figures, "appointing.paper_months") or 0
    source = f"{figures['appointing.paper_months'].source} {clause}"
    params: dict[str, Any] = {"months": months, "paper": paper_on}
    if paper_on is None:
        found = N_("Chưa ghi ngày của giấy")
        return vouched(code, text, source, Supplier.PERSON, found, {"months": months})
    oldest = add_months(on, -months)
    params["oldest"] = oldest
    found = N_("Ngày %(paper)s; phải từ ngày %(oldest)s")
    return settled(code, text, oldest <= paper_on <= on, source, found, params, Supplier.PERSON)


def assets_declared(declared_on: date | None, on: date, figures: Mapping[str, Parameter]) -> Condition:
    """Return the condition of the declaration of assets before personnel work: at the latest 10 days before the day."""
    days = whole(figures, "appointing.assets_days") or 0
    source = figures["appointing.assets_days"].source
    text = N_("Kê khai tài sản, thu nhập chậm nhất %(days)s ngày trước ngày bổ nhiệm")
    due = on - timedelta(days=days)
    params: dict[str, Any] = {"days": days, "due": due, "declared": declared_on}
    if declared_on is None:
        found = N_("Chưa ghi ngày kê khai; hạn %(due)s")
        return vouched("assets", text, source, Supplier.PERSON, found, {"days": days, "due": due})
    found = N_("Kê khai ngày %(declared)s; hạn %(due)s")
    return settled("assets", text, declared_on <= due, source, found, params, Supplier.PERSON)


def process_done(source: Source, figures: Mapping[str, Parameter]) -> list[Condition]:
    """Return the conditions of the process and its votes, Đ33 k2 (on the spot), k3 (from elsewhere), Đ34 k1."""
    if source is Source.REORGANISED:
        text = N_("Chức vụ ở cơ quan cũ tương đương hoặc cao hơn chức vụ bố trí, không phải làm quy trình bổ nhiệm")
        return [vouched("process", text, f"{DECREE} Đ34 k1", Supplier.PARTY_COMMITTEE)]
    key = "appointing.steps_on_site" if source is Source.ON_SITE else "appointing.steps_elsewhere"
    text = N_("Thực hiện đủ quy trình bổ nhiệm %(steps)s bước, có biên bản và kiểm phiếu")
    percent = whole(figures, "appointing.votes_percent") or 0
    votes = N_("Đạt trên %(percent)s%% số phiếu; đạt đúng %(percent)s%% thì người đứng đầu quyết định")
    params = {"steps": whole(figures, key) or 0}
    return [
        vouched("process", text, figures[key].source, Supplier.PROPOSER, "", params),
        vouched("votes", votes, figures[key].source, Supplier.PROPOSER, "", {"percent": percent}),
    ]


def in_time(
    code: str,
    text: str,
    start: date | None,
    done: date | None,
    due: date | None,
    source: str,
    days: int,
) -> list[Condition]:
    """Return the condition that a step was done by its due date; nothing when the clock has not begun.

    `days` goes into the text. Lateness does not block: it is shown to the signer.
    """
    if start is None or due is None:
        return []
    supplier = Supplier.PROPOSER
    params: dict[str, Any] = {"start": start, "due": due, "done": done, "days": days}
    if done is None:
        found = N_("Tính từ %(start)s, hạn %(due)s; chưa ghi ngày làm xong")
        params.pop("done")
        return [Condition(code, text, Outcome.UNKNOWN, source, found, params, supplier, blocking=False)]
    found = N_("Tính từ %(start)s, hạn %(due)s; xong ngày %(done)s")
    return [settled(code, text, done <= due, source, found, params, supplier, blocking=False)]


def policy_clocks(
    asked_on: date | None,
    agreed_on: date | None,
    done_on: date | None,
    figures: Mapping[str, Parameter],
    working: WorkingDays,
) -> list[Condition]:
    """Return the clocks of Đ33 k1: the policy decided within 15 working days, the process done within 30."""
    found: list[Condition] = []
    for code, text, key, start, done in (
        ("policy_clock", N_("Quyết định chủ trương trong %(days)s ngày làm việc kể từ khi nhận đề nghị"),
         "appointing.policy_working_days", asked_on, agreed_on),
        ("process_clock", N_("Hoàn thành quy trình nhân sự trong %(days)s ngày làm việc kể từ khi có chủ trương"),
         "appointing.process_working_days", agreed_on, done_on),
    ):  # fmt: skip
        days = whole(figures, key)
        if days is not None:
            due = working(start, days) if start else None
            found += in_time(code, text, start, done, due, figures[key].source, days)
    return found


def acting_allowed(
    until: date | None, on: date, earlier: Iterable[PostFact], post_name: str, figures: Mapping[str, Parameter]
) -> list[Condition]:
    """Return the conditions of giao quyền, giao phụ trách: at most 12 months, not renewed (Đ34 k3, NĐ 300/2026).

    `earlier` are the person's acting posts before the day; `until` is the last day.
    """
    months = whole(figures, "acting.most_months")
    if months is None:
        return []
    source = figures["acting.most_months"].source
    latest = add_months(on, months) - timedelta(days=1)
    params: dict[str, Any] = {"months": months, "latest": latest, "until": until}
    same = [post for post in earlier if post.is_acting and post.name == post_name and post.valid_from < on]
    first = settled(
        "acting_term",
        N_("Thời gian giao quyền, giao phụ trách không quá %(months)s tháng"),
        until is not None and until <= latest,
        source,
        N_("Đến %(until)s; chậm nhất %(latest)s") if until else N_("Chưa ghi ngày cuối; chậm nhất %(latest)s"),
        params if until else {"months": months, "latest": latest},
        Supplier.PROPOSER,
    )
    when = {"since": max((post.valid_from for post in same), default=on)}
    second = settled(
        "acting_once",
        N_("Không giao quyền, giao phụ trách lần nữa cùng chức vụ"),
        not same,
        source,
        N_("Đã được giao từ %(since)s") if same else N_("Hồ sơ chưa có lần giao nào"),
        when if same else {},
        Supplier.PROPOSER,
    )
    return [first, second]
