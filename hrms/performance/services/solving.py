"""Solving the quota of a round: who stays excellent, and why the others do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import force_locale
from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem
from hrms.performance.models import CriteriaSet, RatingGroup, RatingRound
from hrms.performance.queries import rounds as queries
from hrms.performance.queries.rounds import Standing
from hrms.performance.rules import quota
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.gathered import POINTS
from hrms.performance.rules.quota import Contender, OrderKey, Percents, QuotaBase, Rule, Solved
from hrms.performance.rules.rounds import RoundStep
from hrms.performance.services.round_lock import lock, require_prepares, starts

TOP = (RatingClass.EXCELLENT, RatingClass.GOOD)
NO_LIMIT = 100
"""A quota of so many per cent is none: rules of the Party, decrees before 2020."""
_WRITE = text("""
WITH given AS (
  SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:classes AS text[]), CAST(:limited AS boolean[]),
                       CAST(:reasons AS text[])) AS g(id, class, limited, reason)
), told AS (
  INSERT INTO rating_changes (rating_id, person_id, stage, old, new, reason, actor, recorded_by)
  SELECT r.id, r.person_id, 'quota', coalesce(r.proposed, r.by_points), g.class, g.reason, :actor, :account
  FROM given g JOIN ratings r ON r.id = g.id WHERE coalesce(r.proposed, r.by_points) IS DISTINCT FROM g.class
)
UPDATE ratings r SET proposed = g.class, version = r.version + 1,
  reasons = CASE WHEN g.limited THEN array_append(array_remove(r.reasons, 'quota'), 'quota')
                 ELSE array_remove(r.reasons, 'quota') END
FROM given g WHERE r.id = g.id AND (r.proposed IS DISTINCT FROM g.class OR ('quota' = ANY (r.reasons)) <> g.limited)
""")
_PROPOSED = text("UPDATE rating_rounds SET state = 'proposed', version = version + 1 WHERE id = :id")
SOLVED_AGAIN = N_("Đề xuất theo điểm, xét lại tỷ lệ hoàn thành xuất sắc.")


def rule_of(one: RatingRound, set_code: str) -> Rule:
    """Return how the quota is taken in a round."""
    percents = Percents(one.quota_percent, one.quota_percent)
    decree = Decree.PUBLIC if set_code == Decree.PUBLIC else Decree.CIVIL
    return Rule(QuotaBase(one.quota_base), one.outstanding, percents, decree)


def order_of(one: RatingRound) -> list[OrderKey]:
    """Return who goes first among equals in a round; the settings call the staff code `code`."""
    names = ["staff_code" if name == "code" else name for name in one.tie_order]
    return [OrderKey(name) for name in names if name in set(OrderKey)] or list(quota.DEFAULT_ORDER)


def contenders(rows: Iterable[Standing]) -> list[Contender]:
    """Return those good or better by points, as the quota takes them."""
    return [
        Contender(
            row.id, row.by_points == RatingClass.EXCELLENT, row.group,
            {
                OrderKey.MEAN: row.mean, OrderKey.RESULT: row.result, OrderKey.GENERAL: row.general,
                OrderKey.MONTHS: row.months, OrderKey.SENIORITY: row.recruited_on,
                OrderKey.STAFF_CODE: row.staff_code,
            },
        )
        for row in rows
        if row.by_points in TOP
    ]  # fmt: skip


def overfull(
    one: RatingRound, set_code: str, classes: Iterable[tuple[str | None, str | None, str | None]]
) -> list[Problem]:
    """Return a sentence for each limit a list breaks; `classes` are group, class by points, class as it would stand."""
    if one.quota_percent >= NO_LIMIT:
        return []
    rows = list(classes)
    standing = [(group, rating == RatingClass.EXCELLENT) for group, _points, rating in rows if rating in TOP]
    at_top = Counter(
        group for group, points, rating in rows if (points or rating) == RatingClass.EXCELLENT and rating in TOP
    )
    found = quota.overfull(standing, at_top, rule_of(one, set_code))
    problems = []
    for limit in found:
        params = {"taken": limit.taken, "most": limit.maximum, "group": limit.group or ""}
        sentence = (
            N_("Cả cơ quan có %(taken)s người hoàn thành xuất sắc, nhiều nhất là %(most)s. Hãy hạ bớt trước.")
            if limit.group is None
            else N_(
                "Nhóm “%(group)s” có %(taken)s người hoàn thành xuất sắc, nhiều nhất là %(most)s. Hãy hạ bớt trước."
            )
        )
        problems.append(Problem("", "quota", sentence, params))
    return problems


def check_groups(round_id: int, rows: Sequence[Standing]) -> None:
    """Raise `Refused` while groups are not approved, or somebody has none where there are groups."""
    states = list(db.session.scalars(select(RatingGroup.state).where(RatingGroup.round_id == round_id)))
    if not states:
        return
    if "draft" in states:
        sentence = N_("Nhóm có nhiệm vụ tương đồng chưa được duyệt. Hãy trình người đứng đầu duyệt nhóm trước.")
        raise Refused(Problem("", "groups_not_approved", sentence))
    without = sum(row.group is None for row in rows)
    if without:
        sentence = N_("Còn %(count)s người chưa có nhóm. Hãy xếp mỗi người vào đúng một nhóm rồi duyệt.")
        raise Refused(Problem("", "without_group", sentence, {"count": without}))


def solve(actor: Actor, round_id: int) -> Solved:
    """Propose everybody's class: by points, the quota held in the agency and each group; collecting → proposed.

    Ids in the answer are of ratings. Needs `performance.manage`. Raises `Refused` while groups are not approved or, in
    a round without points, somebody has no proposal or there are too many.
    """
    one = lock(round_id, starts(RoundStep.PROPOSE))
    require_prepares(actor, one)
    with scope.everything():
        rows = queries.standing(round_id)
        _check(one.found, one.criteria.code, rows)
        solved = _solved(one.found, one.criteria.code, rows)
        if _has_points(rows):
            _write(actor, rows, solved)
        db.session.execute(_PROPOSED, {"id": round_id})
    db.session.expire_all()
    after = {
        "round": one.agency.name, "year": one.found.year, "most": solved.agency.maximum, "taken": solved.agency.taken,
        "quota_base": one.found.quota_base,
    }  # fmt: skip
    audit.record(
        actor, "round.solved", "round", round_id, scope_ids=one.at, agency_id=one.agency.id, after=after
    )  # fmt: skip
    return solved


def explain(round_id: int) -> Solved:
    """Return how the quota stands with the figures of the round, without writing; three statements."""
    one = db.session.get_one(RatingRound, round_id)
    code = db.session.get_one(CriteriaSet, one.set_id).code
    return _solved(one, code, queries.standing(round_id))


def _has_points(rows: Sequence[Standing]) -> bool:
    return any(row.facts.get("method") in POINTS for row in rows)


def _check(one: RatingRound, set_code: str, rows: Sequence[Standing]) -> None:
    if not rows:
        raise Refused(Problem("", "nobody", N_("Đợt không có ai. Hãy tập hợp lại hoặc hủy đợt.")))
    check_groups(one.id, rows)
    if _has_points(rows):
        return
    waiting = sum(row.proposed is None and row.by_points is None for row in rows)
    if waiting:
        sentence = N_("Còn %(count)s người chưa có mức đề xuất; đợt này không chấm điểm. Hãy ghi mức cho từng người.")
        raise Refused(Problem("", "without_class", sentence, {"count": waiting}))
    problems = overfull(one, set_code, [(row.group, row.by_points, row.proposed or row.by_points) for row in rows])
    if problems:
        raise Refused(*problems)


def _solved(one: RatingRound, set_code: str, rows: Sequence[Standing]) -> Solved:
    if _has_points(rows):
        return quota.solve(contenders(rows), rule_of(one, set_code), order_of(one))
    # Without points nothing is chosen: what was proposed is only counted.
    chosen = [
        Contender(row.id, (row.proposed or row.by_points) == RatingClass.EXCELLENT, row.group)
        for row in rows
        if (row.proposed or row.by_points) in TOP
    ]
    return quota.solve(chosen, rule_of(one, set_code), ())


def _write(actor: Actor, rows: Sequence[Standing], solved: Solved) -> None:
    why = {one.id: one.reason for one in solved.left_out}
    with force_locale("vi"):
        again = render(SOLVED_AGAIN)
        reasons = [render(why[row.id]) if row.id in why else again for row in rows]
    given = {
        "ids": [row.id for row in rows], "limited": [row.id in why for row in rows], "reasons": reasons,
        "classes": [RatingClass.GOOD.value if row.id in why else row.by_points for row in rows],
        "actor": actor.name, "account": actor.account_id,
    }  # fmt: skip
    db.session.execute(_WRITE, given)


def number(given: str | None) -> Decimal | None:
    """Return points as a rating keeps them in its facts."""
    return None if given is None else Decimal(given)
