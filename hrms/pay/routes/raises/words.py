"""What pages and files of raises say in the reader's words: titles, states, kinds, reasons, doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from hrms.core.formats import format_coefficient
from hrms.core.i18n import N_, _, render, select_locale
from hrms.core.rules import Reason
from hrms.decisions.services.sheet import listed
from hrms.pay.queries import raising
from hrms.pay.queries.raise_items import ROMAN
from hrms.pay.queries.raise_pages import Opened
from hrms.pay.rules.raising import RAISE_LABELS, WAITING
from hrms.pay.services import early

LIST_LABELS: dict[str, str] = {
    "proposed": N_("đang đề nghị"), "sent": N_("đã trình"), "decided": N_("đã quyết định"), "cancelled": N_("đã hủy"),
}  # fmt: skip
LIST_TONES = {"proposed": "warn", "sent": "info", "decided": "ok", "cancelled": "none"}
ITEM_LABELS: dict[str, str] = {
    "proposed": N_("đề nghị"), "waiting": N_("chờ xem xét"), "left_out": N_("để lại"), "sent": N_("đã trình"),
    "decided": N_("đã quyết định"), "cancelled": N_("đã hủy"),
}  # fmt: skip
ITEM_TONES = {
    "proposed": "info", "waiting": "warn", "left_out": "none", "sent": "info", "decided": "ok", "cancelled": "none",
}  # fmt: skip
KIND_LABELS: dict[str, str] = {"regular": N_("thường xuyên"), "early": N_("trước thời hạn")}
HAS_LABELS: dict[str, str] = {
    "people": N_("có người đến hạn"), "proposed": N_("có người chờ trình"), "waiting": N_("có người chờ xem xét"),
}  # fmt: skip
KEPT_REASONS = {WAITING, early.OUTSIDE, early.TIED}
"""Reasons the program itself leaves somebody out for; an officer's are shown as they were written."""


def title_of(found: Any) -> str:
    """Return the name of a list without its agency."""
    if found.kind == "early":
        return _("Nâng bậc lương trước thời hạn năm %(year)s", year=found.year)
    return _("Nâng bậc lương quý %(quarter)s năm %(year)s", quarter=ROMAN[found.quarter], year=found.year)


def standing_of(item: Any) -> str:
    """Return how far somebody is: the state, doubtful cases nobody has looked at yet apart."""
    return "waiting" if item.state == "left_out" and item.left_out_reason == WAITING else str(item.state)


def kind_words(kind: str) -> str:
    """Return the kind of a raise."""
    return render(RAISE_LABELS[kind])


def list_words(state: str) -> str:
    """Return the state of a list."""
    return render(LIST_LABELS[state])


def item_words(state: str) -> str:
    """Return how far somebody is."""
    return render(ITEM_LABELS[state])


def left_out_words(reason: str | None) -> str:
    """Return why somebody was left out."""
    return render(reason) if reason in KEPT_REASONS else reason or ""


def step_words(step: int, coefficient: Any) -> str:
    """Return a step with its coefficient."""
    return _("bậc %(step)s (%(coefficient)s)", step=step, coefficient=format_coefficient(coefficient, select_locale()))


def before_words(item: Any) -> str:
    """Return what somebody holds before a raise."""
    held = step_words(item.from_step, item.from_coefficient)
    return f"{held}, {percent_words(item.from_percent)}" if item.from_percent else held


def after_words(item: Any) -> str:
    """Return what somebody holds after a raise."""
    if item.kind == "beyond_scale":
        return _("vượt khung %(percent)s", percent=percent_words(item.to_percent))
    return step_words(item.to_step, item.to_coefficient)


def percent_words(value: Any) -> str:
    """Return a percentage beyond the scale."""
    return f"{value.normalize():f}%"


def reasons_of(kept: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Return the kept steps of an answer as the reader's page shows them."""
    return [
        Reason(one["text"], one.get("figure", ""), one.get("source", ""), raising.typed(one.get("params", {})))
        for one in kept
    ]


def doubts_of(item: Any) -> list[str]:
    """Return what is doubtful about a case, in sentences."""
    return raising.doubts_told(item.doubts)


def crumbs(one: Opened | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of raises, or of one list."""
    found = [(_("Nâng bậc lương"), url_for("pay.raises"))]
    if one is not None:
        found.append((f"{title_of(one.found)}, {one.agency.name}", url_for("pay.raise_list", list_id=one.found.id)))
    return found


def choices(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return a box's choices with the empty one first."""
    return [("", _("Tất cả")), *((key, render(words)) for key, words in labels.items())]


def named(reasons: Sequence[Reason], names: Mapping[str, str]) -> list[Reason]:
    """Return the steps of a sharing out with the first few names of agencies in place of their ids."""
    found = []
    for one in reasons:
        ids = str(one.params["names"]).split(", ") if "names" in one.params else []
        listed_names = listed([names.get(key, key) for key in ids])
        found.append(Reason(one.text, one.figure, one.source, {**one.params, "names": listed_names}) if ids else one)
    return found
