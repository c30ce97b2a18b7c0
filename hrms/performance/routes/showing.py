"""What the pages of what follows a class have in common: classes and points in the reader's words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import render_template

from hrms.core.jinja import show_number
from hrms.performance.papers.petition import class_words
from hrms.performance.rules.numbers import half_up


def show(template: str, **values: Any) -> str:
    """Return a page; its template words a class with `class_of(code)` and points with `points(score)`."""
    return render_template(template, class_of=class_words, points=points, **values)


def points(score: Decimal | str | None) -> str:
    """Return points with two decimals, half up, a dash for none."""
    return "—" if score is None else show_number(half_up(Decimal(score), 2), 2)
