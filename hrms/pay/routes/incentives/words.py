"""What the pages of bonuses and extra income have in common: words, tones, the agencies offered, why a share is so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import request, url_for

from hrms.agencies import queries as agencies
from hrms.core.errors import NotFound
from hrms.core.formats import format_number
from hrms.core.i18n import N_, _, get_locale, render
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.core.web import actor
from hrms.pay.queries.payouts import Opened
from hrms.pay.rules.incentives import SchemeKind
from hrms.pay.rules.schemes import LEFT_OUT_WORDS, LeftOut, PayoutState, SchemeState, Step, Terms
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.numbers import half_up

P = Permission
SCHEME_TONES = {SchemeState.DRAFT: "warn", SchemeState.IN_FORCE: "ok", SchemeState.ENDED: "none"}
PAYOUT_TONES = {
    PayoutState.DRAFT: "none", PayoutState.SHARED: "warn", PayoutState.DECIDED: "ok", PayoutState.CANCELLED: "none",
}  # fmt: skip
CLASS_TONES: dict[RatingClass, str] = {
    RatingClass.EXCELLENT: "ok", RatingClass.GOOD: "ok", RatingClass.SATISFACTORY: "info",
    RatingClass.UNSATISFACTORY: "bad", RatingClass.NONE: "none",
}  # fmt: skip
_UNITS = {
    SchemeKind.POINTS: N_("%(value)s điểm"), SchemeKind.PERCENT_OF_MAX: N_("%(value)s%% mức tối đa"),
    SchemeKind.COEFFICIENT: N_("%(value)s lần mức lương"), SchemeKind.AMOUNT: N_("%(value)s đồng"),
}  # fmt: skip


def period_words(year: int, quarter: int | None) -> str:
    """Return the period of a round: Quý 3/2026, Năm 2026."""
    if quarter is None:
        return _("Năm %(year)s", year=year)
    return _("Quý %(number)s/%(year)s", number=quarter, year=year)


def title_of(one: Opened) -> str:
    """Return the name of a round's page."""
    words = {Step.ADVANCE: _("Tạm ứng"), Step.SETTLEMENT: _("Chi trả"), Step.AD_HOC: _("Thưởng đột xuất")}
    return f"{words[one.step]} · {period_words(one.found.year, one.found.quarter)}"


def crumbs(one: Opened | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of rounds, or of one."""
    found = [(_("Tiền thưởng, thu nhập tăng thêm"), url_for("pay.incentives"))]
    if one is not None:
        found.append((title_of(one), url_for("pay.incentive_round", incentive_id=one.found.id)))
    return found


def weight_words(kind: SchemeKind, value: Decimal | None) -> str:
    """Return a weight with its unit, a dash for none."""
    if value is None:
        return "–"
    return render(_UNITS[kind], value=format_number(_plain(value), str(get_locale() or "vi")))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def class_words(rating: str | None) -> str:
    """Return a class in words, a dash for none."""
    return render(CLASS_LABELS[RatingClass(rating)]) if rating in set(RatingClass) else "–"


def left_words(code: str | None) -> str:
    """Return why somebody has no share."""
    return render(LEFT_OUT_WORDS[LeftOut(code)]) if code in set(LeftOut) else str(code or "")


def configure_agency(field: Any, *permissions: Permission) -> None:
    """Let a box offer the agencies of the reader's part."""
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), *permissions).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=permissions)]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def sent_version(form: Any = None) -> int:
    """Return the version that was sent with a form, 0 for none or nonsense."""
    given = str((form.version.data if form is not None else request.form.get("version")) or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def brief_reasons(one: Opened, row: Any) -> list[Reason]:
    """Return the steps of one share for a row of a list: the scheme is named once, above."""
    return [replace(reason, source="") for reason in share_reasons(one, row)]


def share_reasons(one: Opened, row: Any) -> list[Reason]:
    """Return the steps of one share from what was kept with it: months, class, weight, pay, whole đồng."""
    if one.step is Step.AD_HOC:
        return [
            Reason(
                N_("Thưởng đột xuất: %(words)s"), str(row.amount), one.terms.scheme.source, {"words": row.note or ""}
            )
        ]
    if row.left_out:
        return [Reason(LEFT_OUT_WORDS[LeftOut(row.left_out)], "0", one.terms.scheme.source)]
    found = [reason for part in row.parts for reason in _part_reasons(one.terms, row.kind, part)]
    if one.terms.scheme.kind is SchemeKind.POINTS:
        text = N_("%(points)s điểm × %(each)s đồng một điểm, làm tròn xuống đồng.")
        params = {"points": _plain(row.points), "each": one.found.per_point}
        found.append(Reason(text, str(row.amount), one.terms.scheme.source, params))
    else:
        text = N_("Cộng các tháng, giảm theo quỹ nếu vượt, làm tròn xuống đồng.")
        found.append(Reason(text, str(row.amount), one.terms.scheme.source))
    if row.advanced:
        text = N_("Trừ số đã tạm ứng, đã chi %(advanced)s đồng.")
        found.append(Reason(text, str(row.due), "", {"advanced": row.advanced}))
    return found


def _part_reasons(terms: Terms, kind: str, part: dict[str, Any]) -> list[Reason]:
    scheme, rating = terms.scheme, RatingClass(part["rating"])
    own = next((weights for who, weights in scheme.kind_weights.items() if who == kind), scheme.weights)
    weight = own.get(rating)
    params: dict[str, Any] = {"months": part["months"], "rating": CLASS_LABELS[rating], "weight": weight}
    if scheme.kind is SchemeKind.POINTS:
        text = N_("%(months)s tháng, %(rating)s: hệ số %(weight)s.")
        if scheme.by_coefficient:
            text = N_("%(months)s tháng, %(rating)s: hệ số %(weight)s × hệ số lương %(coefficient)s.")
            params["coefficient"] = Decimal(part["coefficient"])
        return [Reason(text, "", scheme.source, params)]
    if scheme.kind is SchemeKind.AMOUNT:
        return [Reason(N_("%(months)s tháng, %(rating)s: %(weight)s đồng mỗi tháng."), "", scheme.source, params)]
    salary = Decimal(part["salary"])
    rate = (weight or Decimal(0)) * (scheme.max_coefficient / 100 if scheme.max_coefficient else 1)
    params |= {"salary": half_up(salary, 0), "rate": rate.normalize() if rate else Decimal(0)}
    figure = str(half_up(salary * rate * part["months"], 0))
    text = N_("%(months)s tháng, %(rating)s: %(rate)s lần mức lương %(salary)s đồng mỗi tháng.")
    found = [Reason(text, figure, scheme.source, params)]
    floor = scheme.floors.get(rating)
    if floor and salary * rate < floor:
        text = N_("Mức tối thiểu %(floor)s đồng mỗi tháng.")
        found.append(Reason(text, str(floor * part["months"]), scheme.source, {"floor": Decimal(floor)}))
    most = scheme.most_a_month
    if most is not None and salary * rate > most:
        text = N_("Tối đa %(most)s đồng mỗi tháng.")
        found.append(Reason(text, str(most * part["months"]), scheme.source, {"most": Decimal(most)}))
    return found
