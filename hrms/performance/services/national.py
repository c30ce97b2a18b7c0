"""Results for the national database of officials (CSDLQG CBCCVC): noted when published, sent, answered.

Months, quarters, half-years and years go out within five days (NĐ 335/2025/NĐ-CP Đ26 k1 điểm d; NĐ 233/2026/NĐ-CP Đ18
k1 điểm b). A result is noted once; a corrected one is a new row that supersedes the old, which is sent no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.people.queries import law
from hrms.people.rules.parameters import whole
from hrms.performance.rules.outcomes import ANSWERS, MESSAGE_LENGTH

P = Permission
DAYS_KEY = "performance.report_days"
USUAL_DAYS = 5
"""Where the table of figures has none for the day: as both decrees say."""

# The result before is looked up row by row: joined as a set, the planner, which cannot know how many there are, would
# compare each with each.
_NOTE = """
INSERT INTO result_reports
  (person_id, agency_id, year, kind, number, result, made_on, due_on, state, supersedes_id)
SELECT m.person_id, m.agency_id, m.year, m.kind, m.number, m.result, :today, :due, 'waiting', l.id
FROM made m
LEFT JOIN LATERAL (
  SELECT r.id, r.result FROM result_reports r
  WHERE r.person_id = m.person_id AND r.year = m.year AND r.kind = m.kind AND r.number = m.number
  ORDER BY r.id DESC LIMIT 1
) l ON true
WHERE l.id IS NULL OR l.result IS DISTINCT FROM m.result
ORDER BY m.person_id, m.year, m.kind, m.number
"""
# A quarter counts as its three months, so that a person who was scored by months here and by quarters there still has
# a half-year. What the published sheets do not fill exactly is not complete and is not noted.
_OF_SHEETS = """
WITH fresh AS MATERIALIZED (
  SELECT s.id, s.person_id, s.year FROM unnest(CAST(:ids AS bigint[])) AS i(id) JOIN score_sheets s ON s.id = i.id
  WHERE s.state = 'published' AND s.superseded_at IS NULL
),
asked AS MATERIALIZED (SELECT DISTINCT person_id, year FROM fresh),
known AS MATERIALIZED (
  SELECT s.id, s.person_id, s.agency_id, s.year, s.kind, s.number, s.score,
    CASE s.kind WHEN 'month' THEN 1 ELSE 3 END AS months,
    CASE s.kind WHEN 'month' THEN (s.number + 2) / 3 ELSE s.number END AS quarter,
    s.id IN (SELECT f.id FROM fresh f) AS fresh
  FROM asked q
  CROSS JOIN LATERAL (
    SELECT t.* FROM score_sheets t
    WHERE t.person_id = q.person_id AND t.year = q.year AND t.superseded_at IS NULL AND t.state = 'published'
  ) s
),
made AS MATERIALIZED (
  SELECT person_id, agency_id, year, kind, number,
    jsonb_build_object('score', score::text, 'sheet_id', id) AS result
  FROM known WHERE fresh
  UNION ALL
  SELECT person_id, (array_agg(agency_id ORDER BY number DESC))[1], year, 'quarter', quarter,
    jsonb_build_object('score', round(sum(score) / 3, 6)::text)
  FROM known GROUP BY person_id, year, quarter
  HAVING bool_or(fresh) AND bool_and(kind = 'month') AND count(*) = 3
  UNION ALL
  SELECT person_id, (array_agg(agency_id ORDER BY quarter DESC, number DESC))[1], year, 'half_year',
    (quarter + 1) / 2, jsonb_build_object('score', round(sum(score * months) / 6, 6)::text)
  FROM known GROUP BY person_id, year, (quarter + 1) / 2
  HAVING bool_or(fresh) AND sum(months) = 6
)
"""
_OF_RATINGS = """
WITH made AS MATERIALIZED (
  SELECT t.person_id, t.agency_id, t.year, 'year' AS kind, 0 AS number,
    jsonb_build_object('score', t.mean::text, 'class', t.final, 'rating_id', t.id, 'decision_id', t.decision_id)
      AS result
  FROM unnest(CAST(:ids AS bigint[])) AS i(id) JOIN ratings t ON t.id = i.id
  WHERE t.state = 'published' AND t.superseded_at IS NULL
)
"""
_SHEETS, _RATINGS = text(_OF_SHEETS + _NOTE), text(_OF_RATINGS + _NOTE)
NOT_FOLLOWED = "NOT EXISTS (SELECT 1 FROM result_reports n WHERE n.supersedes_id = r.id)"
"""SQL over a result `r`: no corrected one took its place."""
_TO_SEND = text(f"""
UPDATE result_reports r SET state = 'sent', sent_at = :now, sending = :sending, answer = NULL
WHERE r.id = ANY (CAST(:ids AS bigint[])) AND r.state IN ('waiting', 'refused') AND {NOT_FOLLOWED}
RETURNING r.id
""")  # noqa: S608 - a constant of this module
_ANSWER = text("""
UPDATE result_reports r SET state = g.state, answer = g.message
FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:messages AS text[])) AS g(id, state, message)
WHERE r.id = g.id AND r.state IN ('sent', 'confirmed', 'refused')
RETURNING r.id
""")
_STATES = text("SELECT id, state FROM result_reports WHERE id = ANY (CAST(:ids AS bigint[]))")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the national database said of one result: `row` is where it stands in the file, for the reader's eye."""

    row: int
    report_id: int
    state: str
    message: str = ""


def due_on(made_on: date) -> date:
    """Return the last day to send what was published on a day: five calendar days after it."""
    days = whole(law.parameters(made_on), DAYS_KEY)
    return made_on + timedelta(days=USUAL_DAYS if days is None else days)


def note_sheets(sheet_ids: Collection[int]) -> int:
    """Note the results of sheets just published, and the quarter or half-year each of them completes.

    Two statements for any number of sheets; asking again notes nothing twice. Returns the results noted. Chooses
    nothing for anybody, so it runs without a person: whoever publishes is noted too.
    """
    return _note(_SHEETS, sheet_ids)


def note_ratings(rating_ids: Collection[int]) -> int:
    """Note the classes of ratings just published; one that supersedes another supersedes its result as well."""
    return _note(_RATINGS, rating_ids)


def _note(statement: Any, ids: Collection[int]) -> int:
    if not ids:
        return 0
    today = clock.today()
    values = {"ids": sorted(ids), "today": today, "due": due_on(today)}
    db.session.flush()
    with scope.entered(Scope(people=(EVERYTHING,))):
        made: Any = db.session.execute(statement, values)
        return int(made.rowcount)


def mark_sent(actor: Actor, report_ids: Collection[int], file_name: str, checksum: str) -> int:
    """Mark results as sent in a file with this SHA-256; those a correction has overtaken since are left out.

    Returns how many were marked. Raises `Forbidden`, `Refused` when none of them waits any more.
    """
    roots = _roots(actor)
    values = {"ids": sorted(report_ids), "now": clock.now(), "sending": f"{file_name} sha256:{checksum}"}
    with scope.entered(Scope(people=roots)):
        marked = db.session.execute(_TO_SEND, values).all()
    if not marked:
        text_ = N_("Không còn kết quả nào của tệp này chờ gửi: đã đánh dấu gửi, hoặc đã có kết quả mới thay thế.")
        raise Refused(Problem("", "nothing_to_send", text_))
    _tell(actor, "result.sent", roots, {"sent_rows": len(marked), "file": file_name, "checksum": checksum})
    return len(marked)


def take_answers(actor: Actor, answers: Sequence[Answer]) -> int:
    """Write down what the national database answered, all of it or nothing. Returns how many.

    Raises `Refused` naming every row that cannot be: unknown here, not sent yet, no such answer, refused without why.
    """
    roots = _roots(actor)
    with scope.entered(Scope(people=roots)):
        known = {row.id: row.state for row in db.session.execute(_STATES, {"ids": [a.report_id for a in answers]})}
        problems = [problem for answer in answers for problem in _problems(answer, known)]
        seen: set[int] = set()
        for answer in answers:
            if answer.report_id in seen:
                text_ = N_("Dòng %(row)s: mã %(id)s đã có ở dòng trên. Hãy bỏ một dòng.")
                problems.append(Problem("file", "twice", text_, {"row": answer.row, "id": answer.report_id}))
            seen.add(answer.report_id)
        if not answers:
            problems.append(Problem("file", "empty", N_("Tệp không có dòng trả lời nào.")))
        if problems:
            raise Refused(*problems)
        values = {
            "ids": [one.report_id for one in answers], "states": [one.state for one in answers],
            "messages": [nfc(one.message) or None for one in answers],
        }  # fmt: skip
        written = db.session.execute(_ANSWER, values).all()
    refused = sum(1 for one in answers if one.state == "refused")
    _tell(actor, "result.answered", roots, {"answered_rows": len(written), "refused_rows": refused})
    return len(written)


def _problems(answer: Answer, known: Mapping[int, str]) -> list[Problem]:
    params: dict[str, Any] = {"row": answer.row, "id": answer.report_id}
    if answer.report_id not in known:
        return [Problem("file", "unknown", N_("Dòng %(row)s: không có kết quả mã %(id)s."), params)]
    if known[answer.report_id] == "waiting":
        text_ = N_("Dòng %(row)s: kết quả mã %(id)s chưa đánh dấu gửi. Hãy đánh dấu gửi trước.")
        return [Problem("file", "not_sent", text_, params)]
    if answer.state not in ANSWERS:
        text_ = N_("Dòng %(row)s: trả lời “%(state)s” phải là confirmed (đã nhận) hoặc refused (từ chối).")
        return [Problem("file", "bad_answer", text_, params | {"state": answer.state[:40]})]
    if answer.state == "refused" and not answer.message.strip():
        return [Problem("file", "no_reason", N_("Dòng %(row)s: từ chối phải ghi lý do."), params)]
    if len(answer.message) > MESSAGE_LENGTH:
        text_ = N_("Dòng %(row)s: lý do dài quá %(most)s ký tự.")
        return [Problem("file", "too_long", text_, params | {"most": MESSAGE_LENGTH})]
    return []


def _roots(actor: Actor) -> tuple[int, ...]:
    """Return the part of the tree whose results the actor sends, its own row included: nothing is chosen here."""
    actor.require(P.PERFORMANCE_MANAGE)
    return (EVERYTHING,) if actor.is_system else actor.scope(P.PERFORMANCE_MANAGE)


def _tell(actor: Actor, action: str, roots: Collection[int], after: Mapping[str, Any]) -> None:
    audit.record(actor, action, "result", None, scope_ids=[EVERYTHING, *roots], after=dict(after))
