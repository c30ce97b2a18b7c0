"""What `hrms check` proves of rounds: classes are those of the rule, the quota holds, records say what is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, text

from hrms.core.db import db
from hrms.core.i18n import _
from hrms.performance.models import CriteriaSet, RatingRound
from hrms.performance.rules.gathered import open_classes, reasons_of
from hrms.performance.services import solving

AT_ONCE = 5_000
_KEPT = text("""
SELECT r.id, r.year, r.months, r.causes, r.facts, r.mean, r.by_points, r.proposed, r.final, r.provisional
FROM ratings r WHERE r.superseded_at IS NULL AND r.id > :after AND r.facts ? 'method' ORDER BY r.id LIMIT :most
""")
_DECIDED = text("""
SELECT t.round_id, g.name AS group_name, t.by_points, t.final
FROM ratings t JOIN rating_rounds r ON r.id = t.round_id AND r.state IN ('decided', 'published', 'settled')
LEFT JOIN rating_groups g ON g.id = t.group_id WHERE t.superseded_at IS NULL ORDER BY t.round_id
""")
_APART = text("""
SELECT r.id FROM ratings r LEFT JOIN person_rating p ON p.person_id = r.person_id AND p.year = r.year
WHERE r.superseded_at IS NULL AND r.state = 'published' AND p.rating IS DISTINCT FROM r.final ORDER BY r.id LIMIT 100
""")
_STATES = text("""
SELECT DISTINCT r.id FROM rating_rounds r JOIN ratings t ON t.round_id = r.id AND t.superseded_at IS NULL
WHERE t.state <> CASE WHEN r.state IN ('published', 'settled') THEN 'published'
                      WHEN r.state = 'decided' THEN 'decided' ELSE 'open' END
ORDER BY r.id LIMIT 100
""")


def run() -> Sequence[str]:
    """Return a sentence for each rating or round that contradicts the rule, the quota or the records."""
    return [
        *(_("xếp loại số %(id)s không đúng kết quả của quy tắc tính từ số liệu đã giữ", id=found) for found in wrong()),
        *(_("đợt xếp loại số %(id)s vượt tỷ lệ hoàn thành xuất sắc", id=found) for found in overfull()),
        *(
            _("xếp loại số %(id)s đã công khai nhưng hồ sơ ghi khác", id=found)
            for found in db.session.scalars(_APART)
        ),
        *(_("đợt xếp loại số %(id)s có người ở bước khác với đợt", id=found) for found in db.session.scalars(_STATES)),
    ]  # fmt: skip


def wrong() -> Iterable[int]:
    """Return ratings whose mean or class is not what the rule makes of the months and facts they keep."""
    after = 0
    while rows := db.session.execute(_KEPT, {"after": after, "most": AT_ONCE}).all():
        after = rows[-1].id
        yield from (row.id for row in rows if not _stands(row))


def _stands(row: Any) -> bool:
    answer = reasons_of(row.year, row.months, row.causes, row.facts)
    if answer is not None and (answer.mean, answer.rating, answer.provisional) != (
        row.mean, row.by_points, row.provisional,
    ):  # fmt: skip
        return False
    held = row.final or row.proposed
    return held is None or held in open_classes(row.facts["method"], row.by_points, row.facts)


def overfull() -> list[int]:
    """Return decided rounds with more at the top than the quota allows."""
    lists: dict[int, list[tuple[str | None, str | None, str | None]]] = defaultdict(list)
    for row in db.session.execute(_DECIDED):
        lists[row.round_id].append((row.group_name, row.by_points, row.final))
    if not lists:
        return []
    codes = {row.id: row.code for row in db.session.execute(select(CriteriaSet.id, CriteriaSet.code))}
    known = db.session.scalars(select(RatingRound).where(RatingRound.id.in_(lists)).order_by(RatingRound.id))
    return [one.id for one in known if solving.overfull(one, codes[one.set_id], lists[one.id])]
