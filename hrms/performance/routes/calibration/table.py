"""The page of a round: the calibration table of the deciding body, distribution, quota, steps; and it as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies.models import Agency
from hrms.core import clock, hooks, settings
from hrms.core.actor import Actor
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.web import actor
from hrms.performance.forms.rounds import ROLES, FilterForm, class_choices
from hrms.performance.models import RatingRound
from hrms.performance.queries import calibration as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import crumbs, opened, title_of
from hrms.performance.routes.calibration.words import (
    CLASS_TONES,
    ROLE_LABELS,
    ROUND_LABELS,
    ROUND_TONES,
    reason_words,
)
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass, Thresholds
from hrms.performance.rules.gathered import open_classes
from hrms.performance.rules.numbers import half_up
from hrms.performance.rules.quota import BASE_LABELS, ORDER_LABELS, Limit, QuotaBase, Solved
from hrms.performance.rules.rounds import BEFORE_DECISION, RoundState
from hrms.performance.rules.spread import LEAN_LABELS, Compared, Settings, compare
from hrms.performance.services import solving
from hrms.positions.queries.part import Part
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of, send_names

P = Permission
CHANGEABLE = ("proposed", "meeting")
WITHOUT_POINTS = ("none", "recorded")
LISTED = 500
"""A list for signing holds no more people."""


def asked_filters() -> queries.Filters:
    """Return what the address narrows the table to. Raises `Refused` for words of no list."""
    return queries.Filters(
        asked_number("unit"),
        asked_number("group"),
        asked_one_of("rating", RatingClass),
        asked_one_of("role", ROLE_LABELS),
        request.args.get("changed", "") in {"1", "y"},
        request.args.get("q", "").strip()[:100],
        asked_one_of("sort", queries.SORTS) or "-mean",
    )


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit beside the province: how it leans, and whether its points lie too close together."""

    count: queries.UnitCount
    compared: Compared | None

    def share(self, rating: RatingClass) -> int:
        """Return the whole per cent of the unit's people with a class."""
        return round(self.count.by_class[rating] * 100 / self.count.people) if self.count.people else 0


def unit_lines(units: Sequence[queries.UnitCount], province: queries.Province | None) -> list[UnitLine]:
    """Return the units beside the province; marked from `performance.lenient_points` on."""
    asked = Settings(
        points=Decimal(settings.get("performance.lenient_points")), least=settings.get("performance.hidden_below")
    )
    return [UnitLine(one, compare(one.sums, province.sums, asked) if province else None) for one in units]


def quota_of(found: RatingRound, method: str) -> Solved | None:
    """Return how the quota stands, None in a round that has none (classes decided elsewhere)."""
    return None if method == "recorded" or found.state == "cancelled" else solving.explain(found.id)


def may_change(who: Actor, found: RatingRound, agency: Agency, method: str) -> bool:
    """Say whether the reader has a change control: the advising body while proposed, who decides until the decision."""
    states = ("collecting", *CHANGEABLE) if method in WITHOUT_POINTS else CHANGEABLE
    if found.state not in states:
        return False
    rate = who.may(P.PERFORMANCE_RATE, at=agency.scope_ids)
    return rate or (found.state != "meeting" and who.may(P.PERFORMANCE_MANAGE, at=agency.scope_ids))


MISSING = {
    "nobody": N_("Đợt chưa có người nào. Hãy lấy lại số liệu."),
    "loose": N_("%(n)s người chưa thuộc nhóm công việc tương đồng nào."),
    "drafts": N_("%(n)s nhóm công việc tương đồng chưa được phê duyệt."),
    "waiting": N_("%(n)s người chưa có mức xếp loại."),
    "over": N_("Số người hoàn thành xuất sắc vượt tỷ lệ. Hãy xét lại tỷ lệ hoặc đổi mức của người vượt."),
    "minutes": N_("Chưa có biên bản họp."),
    "provisional": N_("%(n)s người còn tạm tính: chốt trong tháng 01 khi có điểm tháng 12."),
}


def missing_for(
    found: RatingRound,
    total: queries.UnitCount,
    loose: int,
    drafts: int,
    *,
    over: bool,
    minutes: bool,
    points: bool,
) -> list[Problem]:
    """Return what stands between a round and its next step, in the order one would do it."""
    lacks: list[Problem] = []

    def lack(code: str, words: str, **params: Any) -> None:
        lacks.append(Problem("", code, words, params))

    if not total.people:
        lack("nobody", MISSING["nobody"])
    if found.state == "collecting":
        if loose and drafts:
            lack("loose", MISSING["loose"], n=loose)
        if drafts:
            lack("drafts", MISSING["drafts"], n=drafts)
        if not points and total.waiting:
            lack("waiting", MISSING["waiting"], n=total.waiting)
    if found.state in CHANGEABLE:
        if total.waiting:
            lack("waiting", MISSING["waiting"], n=total.waiting)
        if over:
            lack("over", MISSING["over"])
    if found.state in {"proposed", "meeting"} and not minutes:
        lack("minutes", MISSING["minutes"])
    if found.state in {"decided", "published"} and total.provisional:
        lack("provisional", MISSING["provisional"], n=total.provisional)
    return lacks


@blueprint.route("/performance/rounds/<int:round_id>", access=P.PERFORMANCE_VIEW, endpoint="round")
def show_round(round_id: int) -> ResponseReturnValue:
    """Show a round: its steps, everybody's class, the distribution by unit, the quota."""
    who, one = actor(), opened(round_id)
    found, agency = one.found, one.agency
    filters = asked_filters()
    page = queries.list_people(
        round_id, filters, after=request.args.get("after"), before=request.args.get("before")
    )  # fmt: skip
    units = queries.count_units(round_id)
    groups, loose = queries.list_groups(round_id)
    method = queries.method_of(found)
    province = queries.find_province(found.year, found.set_id, settings.get("performance.hidden_below"))
    quota = quota_of(found, method)
    total = queries.whole(units)
    taken_of = _taken_of(found, total, groups)
    minutes = queries.find_minutes(round_id)
    drafts = sum(row.group.state != "approved" for row in groups)
    cited: Any = {}
    if found.decision_id and who.may(P.DECISIONS_VIEW):
        cited = hooks.papers[0].describe([found.decision_id])
    return render_template(
        "performance/rounds/show.html",
        one=one,
        found=found,
        agency=agency,
        title=title_of(one),
        method=method,
        points=method not in WITHOUT_POINTS,
        page=page,
        filters=filters,
        filter_form=_filter_form(filters, units, groups),
        chips=_chips(filters, units, groups),
        units=unit_lines(units, province),
        total=total,
        province=province,
        groups=groups,
        loose=loose,
        quota=quota,
        left_out=_left_out(found, quota),
        taken_of=taken_of,
        near=_near,
        class_of=RatingClass,
        submission_url=submission_url(who, one),
        base=QuotaBase(found.quota_base),
        base_labels=BASE_LABELS,
        tie_words=[render(ORDER_LABELS[key]) for key in solving.order_of(found)],
        minutes=minutes,
        paper=cited.get(found.decision_id),
        lacks=missing_for(
            found,
            total,
            loose,
            drafts,
            over=quota is not None and any(taken_of(limit) > limit.maximum for limit in quota.limits),
            minutes=minutes is not None,
            points=method not in WITHOUT_POINTS,
        ),
        late=found.state in BEFORE_DECISION and clock.today() > found.due_on,
        today=clock.today(),
        labels=ROUND_LABELS,
        leans=LEAN_LABELS,
        tones=ROUND_TONES,
        class_tones=CLASS_TONES,
        classes=[one for one in RatingClass if one is not RatingClass.NONE or total.by_class[RatingClass.NONE]],
        roles=ROLE_LABELS,
        reason_words=reason_words,
        may_change=may_change(who, found, agency, method),
        choices_of=lambda rating: open_classes(method, rating.by_points, rating.facts),
        may_manage=who.may(P.PERFORMANCE_MANAGE, at=agency.scope_ids),
        may_rate=who.may(P.PERFORMANCE_RATE, at=agency.scope_ids),
        crumbs=crumbs(),
    )


def _near(mean: Decimal | None) -> Decimal | None:
    return None if mean is None else Thresholds().shown_but_not_reached(mean)


def submission_url(who: Actor, one: queries.Opened) -> str | None:
    """Return where the decision on a round is proposed for signing in the system, None without the right."""
    if one.found.state != "meeting" or not who.may(P.DECISIONS_PROPOSE, at=one.agency.scope_ids):
        return None
    people = queries.people_of(one.found.id)
    # A longer list has no address; it is decided by a paper that was signed.
    if len(people) > LISTED:
        return None
    return url_for("submissions.new", kind="rating", people=".".join(map(str, people)), round=one.found.id)


def _left_out(found: RatingRound, quota: Solved | None) -> list[tuple[int, str, Any]]:
    """Return who has the points of the top and stands lower: by which limit, None where the body gave it away."""
    if quota is None:
        return []
    by = {int(one.id): one for one in quota.left_out}
    if found.state == RoundState.COLLECTING:
        names = queries.names_of(list(by))
        return [(key, names.get(key, ""), one) for key, one in by.items()]
    return [(key, name, by.get(key)) for key, name in queries.list_below_points(found.id)]


def _taken_of(
    found: RatingRound, total: queries.UnitCount, groups: Sequence[queries.GroupRow]
) -> Callable[[Limit], int]:
    """Return how many stand excellent within a limit; before the proposal how many would."""
    by_group = {row.group.name: row.excellent for row in groups}

    def taken(limit: Limit) -> int:
        if found.state == RoundState.COLLECTING:
            return limit.taken
        return by_group.get(limit.group, 0) if limit.group else total.by_class[RatingClass.EXCELLENT]

    return taken


def _filter_form(
    filters: queries.Filters, units: Sequence[queries.UnitCount], groups: Sequence[queries.GroupRow]
) -> Any:
    form: Any = FilterForm(
        formdata=None,
        data={
            "q": filters.q, "unit": str(filters.unit or ""), "rating": filters.rating or "",
            "group": "" if filters.group is None else str(filters.group), "role": filters.role or "",
            "changed": filters.changed,
        },
    )  # fmt: skip
    anyone = [("", _("— tất cả —"))]
    form.unit.choices = anyone + [(str(one.agency_id), one.name) for one in units]
    form.group.choices = [
        *anyone, *((str(one.group.id), f"{one.group.code} · {one.group.name}") for one in groups),
        ("0", _("Chưa thuộc nhóm nào")),
    ]  # fmt: skip
    form.rating.choices = anyone + class_choices()
    form.role.choices = anyone + [(key, str(words)) for key, words in ROLES]
    return form


def _chips(
    filters: queries.Filters, units: Sequence[queries.UnitCount], groups: Sequence[queries.GroupRow]
) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def chip(key: str, label: str, value: str) -> None:
        found.append({"key": key, "label": label, "value": value})

    if filters.q:
        chip("q", _("Họ tên, số hiệu"), filters.q)
    if filters.unit is not None:
        chip("unit", _("Đơn vị"), next((one.name for one in units if one.agency_id == filters.unit), "?"))
    if filters.group is not None:
        name = next((one.group.name for one in groups if one.group.id == filters.group), _("Chưa thuộc nhóm nào"))
        chip("group", _("Nhóm"), name)
    if filters.rating:
        chip("rating", _("Mức xếp loại"), render(CLASS_LABELS[RatingClass(filters.rating)]))
    if filters.role:
        chip("role", _("Vai trò"), render(ROLE_LABELS[filters.role]))
    if filters.changed:
        chip("changed", _("Thay đổi"), _("khác mức theo điểm"))
    return found


@blueprint.route("/performance/rounds/<int:round_id>/table.xlsx", access=P.PERFORMANCE_VIEW)
def export_round(round_id: int) -> ResponseReturnValue:
    """Give the table as the address narrows it as a workbook, with points and reasons."""
    one = opened(round_id)
    lines = queries.list_everybody(round_id, asked_filters())
    headers = [
        _("Số hiệu"), _("Họ và tên"), _("Chức vụ, vị trí"), _("Đơn vị"), _("Vai trò"), _("Nhóm"), _("Số kỳ có điểm"),
        _("Điểm năm"), _("Theo điểm"), _("Đề xuất"), _("Quyết định"), _("Lý do giới hạn"), _("Tạm tính"),
    ]  # fmt: skip
    rows = [
        [
            line.staff_code, line.name, line.position, line.unit, render(ROLE_LABELS[line.rating.role]), line.group,
            line.periods,
            half_up(line.mean, 2) if line.mean is not None else None,
            *(_class(value) for value in (line.rating.by_points, line.rating.proposed, line.rating.final)),
            "; ".join(reason_words(line.rating.reasons)), _("có") if line.rating.provisional else None,
        ]
        for line in lines
    ]  # fmt: skip
    part = Part((one.agency.id,), one.agency.id, one.agency)
    return send_names(
        "rating_round", title_of(one), headers, rows, f"xep-loai-{one.found.year}-{one.agency.id}.xlsx", part,
        widths=(14, 28, 30, 34, 18, 26, 10, 10, 26, 26, 26, 40, 10),
    )  # fmt: skip


def _class(value: str | None) -> str | None:
    return render(CLASS_LABELS[RatingClass(value)]) if value else None
