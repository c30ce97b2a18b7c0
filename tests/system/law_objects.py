"""A text of the law, for the matrix of all routes: it holds no people, so there is one for all places."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import insert

from hrms.core import clock
from hrms.core.db import db
from hrms.figures.models import FigureChange
from hrms.pay.rules.cost_tables import cost_of
from hrms.pay.rules.costs import Count

FROM = date(2027, 1, 1)


def text_of_law() -> int:
    """Write an applied text with the preview it was applied by; returns its id."""
    now: datetime = clock.now()
    preview = {"revision": 0, "version": 1, "cost": cost_of(Count(FROM, 12), 0, 5).as_json()}
    values = {
        "number": "01/2027/NĐ-CP", "title": "Thử", "valid_from": FROM, "source": "Thử", "mark": "U",
        "rows": [{"catalogue": "base_salaries", "amount": "2800000"}], "state": "applied", "preview": preview,
        "previewed_at": now, "applied_at": now,
    }  # fmt: skip
    return int(db.session.execute(insert(FigureChange).values(**values).returning(FigureChange.id)).scalar_one())
