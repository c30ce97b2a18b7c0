"""What `hrms check` proves of the establishment: the ledger, the seats, who bears them, and every excess accepted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.i18n import _
from hrms.positions.queries import establishment, judging
from hrms.positions.rules.establishment import check_accepted
from hrms.positions.services.facts import unborne


def check_excesses() -> Sequence[str]:
    """Return what is over today and not written down, or not solved by its day; ids only."""
    today = clock.today()
    chosen = establishment.choices()
    found = establishment.read(Actor.system(), today)
    accepted = judging.list_accepted(today)
    said = []
    for verdict in judging.judge(found, chosen):
        row = accepted.get(verdict.key)
        problems = check_accepted(verdict.over, row.accepted if row else None, "", verdict.rule, today)
        for problem in problems:
            if problem.severity != "error":
                continue
            params = {
                "rule": verdict.rule.value, "agency": verdict.agency_id, "line": verdict.line_id or "-",
                "level": verdict.level or "-", "over": verdict.over, "accepted": row.accepted.excess if row else 0,
            }  # fmt: skip
            said.append(
                _("quá hạn giải quyết: %(rule)s, đơn vị số %(agency)s, vị trí số %(line)s, mức %(level)s", **params)
                if problem.code == "over_too_late"
                else _(
                    "%(rule)s lệch %(over)s, mới ghi nhận %(accepted)s: đơn vị số %(agency)s, vị trí số %(line)s, mức"
                    " %(level)s",
                    **params,
                )
            )
    return said


def check_cover() -> Sequence[str]:
    """Return the agencies that gave more on, to lines and agencies under them, than they were given; ids only."""
    found = establishment.read(Actor.system(), clock.today())
    said = []
    for agency_id, kinds in found.figures.items():
        for kind, one in kinds.items():
            if one.given and one.unplaced < 0:
                words = _("đơn vị số %(id)s phân quá biên chế %(kind)s: %(over)s", id=agency_id, kind=kind.value,
                          over=-one.unplaced)  # fmt: skip
                said.append(words)
            elif one.answers_id is None and one.seats > 0:
                said.append(_("đơn vị số %(id)s có vị trí mà chưa được giao %(kind)s", id=agency_id, kind=kind.value))
    return said


_NEGATIVE = text("""
SELECT DISTINCT agency_id, line_id FROM (
  SELECT agency_id, line_id, sum(sum(amount)) OVER (PARTITION BY agency_id, line_id, quota_kind, reserve
    ORDER BY effective_on) AS held
  FROM quota_movements GROUP BY agency_id, line_id, quota_kind, reserve, effective_on) s
WHERE held < 0 ORDER BY 1, 2
""")
_WRONG_LINE = text("""
SELECT m.id FROM quota_movements m JOIN establishment_lines l ON l.id = m.line_id
WHERE m.agency_id <> l.agency_id OR m.quota_kind <> l.quota_kind OR m.reserve ORDER BY 1
""")


def check_ledger() -> Sequence[str]:
    """Return the accounts that fall below nothing on some day, and entries on another's line; ids only."""
    low = db.session.execute(_NEGATIVE).all()
    wrong = db.session.scalars(_WRONG_LINE).all()
    return [
        *(
            _("sổ biên chế của đơn vị số %(id)s, vị trí số %(line)s có ngày âm",
              id=row.agency_id, line=row.line_id or "-")
            for row in low
        ),
        *(_("bút toán số %(id)s ghi sai cơ quan hoặc loại biên chế của vị trí", id=i) for i in wrong),
    ]  # fmt: skip


# Seats of a line less those who take one, on every day on which either changes; an accepted excess lets as many more.
_TWICE = text("""
SELECT line_id, min(day) AS day, max(taken) AS over FROM (
  SELECT line_id, day, sum(sum(change)) OVER (PARTITION BY line_id ORDER BY day) AS taken FROM (
    SELECT line_id, valid_from AS day, 1 AS change FROM assignments
    WHERE superseded_at IS NULL AND role IN ('main', 'concurrent')
    UNION ALL
    SELECT line_id, valid_to, -1 FROM assignments
    WHERE superseded_at IS NULL AND role IN ('main', 'concurrent') AND valid_to IS NOT NULL
    UNION ALL
    SELECT line_id, effective_on, -amount FROM quota_movements WHERE line_id IS NOT NULL
    UNION ALL
    SELECT line_key, valid_from, -excess FROM overages WHERE superseded_at IS NULL AND rule = 'line'
    UNION ALL
    SELECT line_key, valid_to, excess FROM overages
    WHERE superseded_at IS NULL AND rule = 'line' AND valid_to IS NOT NULL) c
  GROUP BY line_id, day) s
WHERE taken > 0 GROUP BY line_id ORDER BY line_id
""")


def check_seats() -> Sequence[str]:
    """Return the lines with more people in their seats than seats and accepted excess, on any day; ids only."""
    counting = establishment.choices().counting
    if not (counting.seconded_at_sender and counting.leave_counts):
        return []  # then a seat is free while somebody is away; today's excess is proved by `check_excesses`
    return [
        _("vị trí số %(id)s có ngày vượt %(over)s chỗ, từ %(day)s", id=row.line_id, over=row.over, day=row.day)
        for row in db.session.execute(_TWICE)
    ]


_SEATED = text("SELECT DISTINCT person_id FROM assignments WHERE superseded_at IS NULL")


def check_borne() -> Sequence[str]:
    """Return the people who have a seat on days on which they do not work there; ids only."""
    ids = list(db.session.scalars(_SEATED))
    people = sorted({row.person_id for row in unborne(ids)})
    return [_("hồ sơ số %(id)s giữ vị trí ngoài thời gian công tác ở đó", id=i) for i in people]


_LEFT_HELD = text("""
SELECT r.id FROM seat_reservations r LEFT JOIN submissions s ON s.id = r.submission_id
LEFT JOIN submission_lines l ON l.submission_id = r.submission_id AND l.person_id = r.person_id
WHERE r.kind = 'proposal' AND r.released_at IS NULL
  AND (s.state IS NULL OR s.state NOT IN ('submitted', 'appraised', 'signed')
    OR l.state IS NULL OR l.state NOT IN ('pending', 'signed'))
ORDER BY r.id
""")


def check_kept() -> Sequence[str]:
    """Return the seats kept for a proposal that is not on its way; ids only."""
    found = db.session.scalars(_LEFT_HELD)
    return [_("chỗ giữ số %(id)s thuộc tờ trình không còn đang trình", id=i) for i in found]
