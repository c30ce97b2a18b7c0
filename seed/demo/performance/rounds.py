"""Rounds of the shown offices: last year's, published, with petitions answered; this year's, being prepared.

Opened, solved, decided and published by the program's own services; only whom the meeting chose is drawn here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.decisions.services.register import find_or_register
from hrms.performance.services import deciding, groups, rounds, solving
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE

_MINUTES = {
    "place": "Phòng họp số 1", "chair": "Giám đốc Sở", "secretary": "Chuyên viên Văn phòng Sở",
    "course": "Văn phòng Sở báo cáo kết quả tự đánh giá; các phòng cho ý kiến; cuộc họp biểu quyết từng mức.",
    "votes": "100% đại biểu dự họp nhất trí", "conclusion": "Thống nhất mức xếp loại đề nghị theo danh sách kèm theo.",
}  # fmt: skip
_CHOSEN = """
WITH ranked AS (
  SELECT r.id, coalesce(p.rating, 'good') AS rating,
         count(*) OVER (PARTITION BY r.round_id, r.group_id, r.by_points) AS people,
         row_number() OVER (PARTITION BY r.round_id, r.group_id, r.by_points
                            ORDER BY coalesce(p.rating, 'good') <> 'excellent', r.person_id) AS place
  -- Whom the law itself gives a class, or none, stands apart.
  FROM ratings r LEFT JOIN person_rating p ON p.person_id = r.person_id AND p.year = r.year
  WHERE r.round_id = ANY (%s) AND r.superseded_at IS NULL)
UPDATE ratings r SET proposed = CASE WHEN r.by_points IS NOT NULL THEN r.by_points
                                     WHEN k.rating IN ('satisfactory', 'unsatisfactory') THEN k.rating
                                     WHEN k.rating = 'excellent' AND k.place <= k.people / 8 THEN 'excellent'
                                     ELSE 'good' END
FROM ranked k WHERE k.id = r.id AND r.proposed IS NULL
"""
_PROPOSED = "UPDATE rating_rounds SET state = 'proposed' WHERE id = ANY (%s)"
_SENT = """
UPDATE result_reports SET state = 'confirmed', made_on = %(on)s, due_on = %(on)s::date + 5, sent_at = %(on)s::date + 3,
       sending = 'ket-qua-' || %(year)s || '.json' WHERE year = %(year)s AND kind = 'year'
"""
_PETITION = """
INSERT INTO petitions (rating_id, person_id, agency_id, submitted_on, due_on, wanted, text, state, answer, answered_on,
                       recorded_at)
SELECT r.id, r.person_id, o.agency_id, %(on)s, %(due)s, 'excellent', %(text)s, 'rejected', %(answer)s, %(answered)s,
       %(moment)s
FROM ratings r JOIN rating_rounds o ON o.id = r.round_id
WHERE r.round_id = ANY (%(rounds)s) AND r.final = 'good' AND r.superseded_at IS NULL ORDER BY r.person_id LIMIT 1
"""


def write(connection: psycopg.Connection[Any], today: date, moment: datetime) -> None:
    """Write the rounds in the caller's transaction, which sees everything."""
    actor = Actor.system("tỉnh mẫu", via="cli")
    wanted = select(Agency).where(Agency.code.in_([CONSTRUCTION_CODE, HOME_AFFAIRS_CODE]))
    offices = {office.code: office for office in db.session.scalars(wanted)}
    if CONSTRUCTION_CODE in offices:
        _last_year(connection, actor, offices[CONSTRUCTION_CODE], today.year - 1, moment)
    opened = rounds.open_rounds(actor, list(offices.values()), today.year)
    if HOME_AFFAIRS_CODE in offices:
        for number in opened[offices[HOME_AFFAIRS_CODE].id]:
            if groups.propose(actor, number):
                groups.approve(actor, number)
            solving.solve(actor, number)


def _last_year(
    connection: psycopg.Connection[Any], actor: Actor, office: Agency, year: int, moment: datetime
) -> None:  # fmt: skip
    ids = rounds.open_rounds(actor, [office], year)[office.id]
    connection.execute(_CHOSEN, [ids])
    connection.execute(_PROPOSED, [ids])
    db.session.expire_all()
    met, decided = date(year, 12, 9), date(year, 12, 12)
    paper = find_or_register(
        actor, number="1482", symbol="QĐ-SXD", signed_on=decided, kind="rating", issuer_agency_id=office.id,
        subject=f"Xếp loại chất lượng cán bộ, công chức, viên chức năm {year}", scope_ids=office.scope_ids,
    )  # fmt: skip
    for number in ids:
        deciding.to_meeting(actor, number, {**_MINUTES, "met_on": met})
        deciding.decide(actor, number, paper.id, decided)
        deciding.publish(actor, number, decided + timedelta(days=1))
    connection.execute(_SENT, {"on": decided + timedelta(days=1), "year": year})
    connection.execute(
        _PETITION,
        {
            "rounds": ids, "on": date(year, 12, 16), "due": date(year, 12, 25), "answered": date(year, 12, 23),
            "moment": moment, "text": "Đề nghị xem lại mức xếp loại vì đã hoàn thành vượt mức đề án được giao.",
            "answer": "Kết quả được cuộc họp xem xét cùng tiêu chí với mọi người trong nhóm; giữ nguyên mức xếp loại.",
        },
    )  # fmt: skip
