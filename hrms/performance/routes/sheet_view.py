"""How pages show a sheet: criteria and products as rows of a form, points with their reasons, words of states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hrms.core.formats import format_number
from hrms.core.i18n import N_, _, get_locale, render
from hrms.core.jinja import show_figure
from hrms.core.rules import Reason
from hrms.performance.queries.sheet_lists import When
from hrms.performance.queries.sheet_pages import Line, Look
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.formula import CRITERION_LABELS, LEADER_CRITERIA, Leader, Role
from hrms.performance.rules.numbers import half_up
from hrms.performance.rules.sheet_points import Filled, Given, Reckoned, reckon
from hrms.performance.rules.sheets import STATE_LABELS
from hrms.performance.rules.work import Reported, SheetState

ONE = Decimal(1)
"""The most a leader criterion gives."""
STATE_TONES = {"open": "none", "self_scored": "warn", "returned": "bad", "scored": "info", "published": "ok"}
CLASS_TONES = {
    RatingClass.EXCELLENT: "ok", RatingClass.GOOD: "ok", RatingClass.SATISFACTORY: "warn",
    RatingClass.UNSATISFACTORY: "bad",
}  # fmt: skip
EVENT_WORDS: dict[str, str] = {
    "opened": N_("Mở phiếu"), "self_scored": N_("Gửi phiếu tự chấm"), "taken_back": N_("Rút phiếu tự chấm"),
    "returned": N_("Trả lại để tự chấm lại"), "scored": N_("Chấm điểm"), "rescored": N_("Chấm lại"),
    "published": N_("Công khai kết quả"), "superseded": N_("Thay bằng phiếu đính chính"),
    "rerouted": N_("Đổi người có thẩm quyền chấm"), "moved": N_("Chuyển theo nơi làm việc mới"),
    "imported": N_("Nhập điểm đã chấm ngoài hệ thống"), "corrected": N_("Lập phiếu đính chính"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """A general criterion as a row: its place names its box; points as strings, "" for none."""

    place: int
    code: str
    text: str
    most: Decimal
    own: Decimal | None
    found: Decimal | None


@dataclass(frozen=True, slots=True)
class Group:
    """General criteria that stand together."""

    name: str
    criteria: Sequence[Criterion]


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """A leader criterion as a row."""

    key: str
    label: str
    own: Decimal | None
    found: Decimal | None


def period_words(kind: str, number: int, year: int) -> str:
    """Return a month or a quarter as people read it."""
    if kind == "month":
        return _("Tháng %(number)s/%(year)s", number=number, year=year)
    return _("Quý %(number)s/%(year)s", number=("I", "II", "III", "IV")[number - 1], year=year)


def when_words(when: When) -> str:
    """Return a month or a quarter as people read it."""
    return period_words(when.kind, when.number, when.year)


def state_words(state: str) -> str:
    """Return the state of a sheet in the reader's language."""
    return render(STATE_LABELS[SheetState(state)])


def event_words(what: str) -> str:
    """Return what happened to a sheet in the reader's language."""
    return render(EVENT_WORDS[what]) if what in EVENT_WORDS else what


def class_words(rating: str | None) -> str:
    """Return a class in the reader's language, "" for none."""
    return render(CLASS_LABELS[RatingClass(rating)]) if rating else ""


def states() -> list[tuple[str, str]]:
    """Return the states of a sheet for a box to choose from."""
    return [("", _("Tất cả")), *((one.value, render(words)) for one, words in STATE_LABELS.items())]


def classes() -> list[tuple[str, str]]:
    """Return the classes by points for a box to choose from."""
    kept = [one for one in RatingClass if one is not RatingClass.NONE]
    return [("", _("Tất cả")), *((one.value, render(CLASS_LABELS[one])) for one in kept)]


def points_of(kept: Mapping[str, Any] | None, key: str) -> Decimal | None:
    """Return points as a sheet keeps them, by key; None where there are none."""
    value = (kept or {}).get(key)
    return None if value in {None, ""} else Decimal(str(value))


def leader_of(kept: Mapping[str, Any] | None) -> Leader | None:
    """Return the leader criteria as a sheet keeps them, None unless all three are there."""
    found = [points_of(kept, one.value) for one in LEADER_CRITERIA]
    subordinates, unit, cohesion = found
    if subordinates is None or unit is None or cohesion is None:
        return None
    return Leader(subordinates, unit, cohesion)


def groups_of(look: Look) -> list[Group]:
    """Return the general criteria by group, with what the person and the authority gave."""
    if look.terms is None:
        return []
    groups: list[tuple[str, str, list[Criterion]]] = []
    names = {one["code"]: one for one in look.terms.items}
    for place, one in enumerate(look.terms.general_items):
        if not groups or groups[-1][0] != one.group:
            groups.append((one.group, str(names[one.code].get("group_name") or one.group), []))
        groups[-1][2].append(
            Criterion(
                place, one.code, one.name or one.code, one.max, points_of(look.sheet.self_general, one.code),
                points_of(look.sheet.general, one.code),
            )
        )  # fmt: skip
    return [Group(name, rows) for _code, name, rows in groups]


def leader_rows(look: Look) -> list[LeaderRow]:
    """Return the three leader criteria, none for staff."""
    if look.terms is None or look.sheet.role == Role.STAFF:
        return []
    return [
        LeaderRow(
            one.value, render(CRITERION_LABELS[one]), points_of(look.sheet.self_leader, one.value),
            points_of(look.sheet.leader, one.value),
        )
        for one in LEADER_CRITERIA
    ]  # fmt: skip


def given_of(lines: Sequence[Line]) -> list[Given]:
    """Return products that count as the rule takes them."""
    return [
        Given(
            one.item.id, plain(one.item.units), one.item.kind != "assigned", one.item.reported, one.item.failed_checks,
            one.item.late_count,
        )
        for one in lines
        if one.is_given
    ]  # fmt: skip


def own_done(look: Look) -> dict[int, bool]:
    """Return what the person says is done."""
    return {one.item.id: one.item.reported == Reported.DONE for one in look.given}


def found_done(look: Look) -> dict[int, bool]:
    """Return what the authority confirmed."""
    return {one.item.id: bool(one.item.done) for one in look.given}


def reckoned(look: Look, filled: Filled) -> Reckoned | None:
    """Return the points of a sheet as filled in; None where its criteria give no points."""
    if look.terms is None:
        return None
    role = Role(look.sheet.role)
    kept = look.terms.formula(role)
    formula = replace(kept, general_max=plain(kept.general_max), result_max=plain(kept.result_max))
    return reckon(given_of(look.lines), filled, look.terms.general_items, formula, role, look.terms.step)


def as_stored(look: Look) -> Reckoned | None:
    """Return the points of a sheet as the authority found it; None before it was scored and for what was imported."""
    if look.sheet.score is None or look.sheet.source == "imported":
        return None
    general = {code: Decimal(str(value)) for code, value in look.sheet.general.items() if value not in {None, ""}}
    return reckoned(look, Filled(general, leader_of(look.sheet.leader), found_done(look)))


def number(value: Decimal | None, places: int = 2) -> str:
    """Return points as the reader writes them, half up; "" for none."""
    return "" if value is None else format_number(half_up(value, places), str(get_locale() or "vi"))


def plain(value: Decimal) -> Decimal:
    """Return a number without the decimals a column adds: 10 for 10.0000."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def box(value: Decimal | None) -> str:
    """Return points as a box shows them: no decimals that say nothing."""
    if value is None:
        return ""
    return format_number(plain(value), str(get_locale() or "vi"))


def half() -> str:
    """Return a half as the reader writes it: the lower value of a leader criterion (Đ15)."""
    return box(Decimal("0.5"))


def nearly(found: Reckoned | None) -> str:
    """Return the warning that two decimals show a threshold the points do not reach, "" when they do not."""
    if found is None or found.scored is None:
        return ""
    exact = found.scored.exact.score
    least = found.scored.formula.thresholds.shown_but_not_reached(exact)
    if least is None:
        return ""
    return _(
        "Điểm hiển thị %(shown)s do làm tròn; điểm thực %(points)s chưa đạt %(least)s.",
        shown=number(half_up(exact, 2)), points=number(half_up(exact, 6), 6), least=number(least),
    )  # fmt: skip


def answer(found: Reckoned | None) -> dict[str, Any]:
    """Return points as the script of the form shows them: ready words, and the steps with their articles."""
    if found is None:
        return {"score": "", "parts": {}, "class": "", "tone": "none", "missing": 0, "problems": [], "steps": []}
    scored = found.scored
    rating = scored.rating if scored else None
    return {
        "score": number(scored.score) if scored else "—",
        "class": render(CLASS_LABELS[rating]) if rating else "",
        "tone": CLASS_TONES[rating] if rating else "none",
        "parts": {
            "a": number(scored.a, 4) if scored else "—", "b": number(scored.b, 4) if scored else "—",
            "c": number(scored.c, 4) if scored else "—", "ratio": number(scored.ratio, 4) if scored else "—",
            "general": number(found.general), "result": number(scored.result) if scored else "—",
        },
        "missing": len(found.missing), "nearly": nearly(found),
        "problems": [{"message": render(one)} for one in found.problems],
        "steps": [step(one) for one in found.reasons],
    }  # fmt: skip


def step(reason: Reason) -> dict[str, str]:
    """Return a step of the calculation in words."""
    return {"text": render(reason), "figure": show_figure(reason.figure), "source": reason.source}
