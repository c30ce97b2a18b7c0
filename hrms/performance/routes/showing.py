"""What the pages of what follows a class have in common: classes and points in the reader's words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import render_template

from hrms.core.jinja import show_number
from hrms.performance.papers.petition import class_words
from hrms.performance.rules.outcomes import SHOWN_PLACES, shown_points


def show(template: str, **values: Any) -> str:
    """Return a page; its template words a class with `class_of(code)` and points with `points(score)`."""
    return render_template(template, class_of=class_words, points=points, **values)


def points(score: Decimal | str | None) -> str:
    """Return points with two decimals, more where two would show a threshold that is not reached; a dash for none."""
    if score is None:
        return "—"
    shown = shown_points(Decimal(score))
    return show_number(shown, max(SHOWN_PLACES, -int(shown.as_tuple().exponent)))
