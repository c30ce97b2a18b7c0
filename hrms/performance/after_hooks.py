"""What follows a class registers: menu, calendar, first page, words of the trail, papers, kinds of decision, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import text

from hrms.core import hooks, tasks
from hrms.core.db import db
from hrms.core.i18n import N_, _, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.performance.kinds import rating as kinds
from hrms.performance.papers import petition as papers
from hrms.performance.queries import after_home, petition_due
from hrms.performance.queries.national import FILE_KIND
from hrms.performance.rules import outcomes
from hrms.performance.rules.petition import PETITION_LABELS, PetitionState
from hrms.performance.services.petitions import ENTITY

P = Permission
GROUP = N_("Đánh giá, xếp loại")


def register() -> None:
    """Leave the part of what follows a class in the core's registries."""
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Kiến nghị xếp loại"), "performance.petitions", (P.PERFORMANCE_VIEW, P.SELF_VIEW), 560)
    )
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Gửi CSDL quốc gia"), "performance.national", (P.PERFORMANCE_VIEW,), 570)
    )
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Khoản chi cần rà soát"), "performance.consequences", (P.PERFORMANCE_VIEW,), 580)
    )
    hooks.due_sources.append(petition_due.SOURCE)
    hooks.cards.append(hooks.Card("performance/after/_home.html", after_home.load_card, 16))
    hooks.cards.append(hooks.Card("performance/after/_home_own.html", after_home.load_own, 13))
    hooks.checks.append(hooks.Check(N_("kết quả gửi CSDL quốc gia đúng với phiếu và xếp loại đã công khai"), _check))
    papers.register()
    kinds.register()
    tasks.kinds[FILE_KIND] = tasks.Kind(N_("Dựng tệp kết quả gửi CSDL quốc gia"), "/performance/national")
    for labels in (PETITION_LABELS, outcomes.RESULT_LABELS, outcomes.WHAT_LABELS):
        register_labels(labels)
    hooks.entity_labels |= {
        "consequence": N_("Khoản chi theo kết quả xếp loại"), "result": N_("Kết quả gửi CSDL quốc gia"),
    }  # fmt: skip
    hooks.entity_links[ENTITY] = lambda found: url_for("performance.petition", petition_id=found)
    hooks.sentences.update(
        {
            "petition.submitted": lambda e: _("gửi kiến nghị kết quả xếp loại năm %(year)s", year=_said(e, "year")),
            "petition.withdrawn": lambda _e: _("rút kiến nghị kết quả xếp loại"),
            "petition.rejected": lambda _e: _("trả lời kiến nghị: giữ nguyên kết quả xếp loại"),
            "petition.accepted": lambda _e: _("trả lời kiến nghị: chấp nhận, thay kết quả xếp loại"),
            "consequence.settled": lambda e: _(
                "rà soát khoản chi theo kết quả xếp loại năm %(year)s", year=_said(e, "year")
            ),
            "result.sent": lambda e: _("gửi %(count)s kết quả đánh giá lên CSDL quốc gia", count=_said(e, "sent_rows")),
            "result.answered": lambda e: _(
                "nhận trả lời của CSDL quốc gia về %(count)s kết quả", count=_said(e, "answered_rows")
            ),
        }
    )
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.field_values[f"{ENTITY}.state"] = _state_words
    hooks.field_values[f"{ENTITY}.wanted"] = papers.class_words


_FIELDS = {
    f"{ENTITY}.wanted": N_("Mức đề nghị"), f"{ENTITY}.due_on": N_("Hạn trả lời"), f"{ENTITY}.state": N_("Tình trạng"),
    f"{ENTITY}.answered_on": N_("Ngày trả lời"), "consequence.what": N_("Khoản"), "consequence.state": N_("Tình trạng"),
    "result.sent_rows": N_("Số kết quả"), "result.checksum": N_("Mã SHA-256 của tệp"), "result.file": N_("Tệp"),
    "result.answered_rows": N_("Số kết quả"), "result.refused_rows": N_("Bị từ chối"),
}  # fmt: skip


def _said(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")


def _state_words(value: Any) -> str:
    return render(PETITION_LABELS[PetitionState(value)]) if value in set(PetitionState) else str(value)


_WRONG = text("""
SELECT 'result_reports id=' || r.id AS found FROM result_reports r
WHERE r.kind = 'year' AND NOT EXISTS (SELECT 1 FROM result_reports n WHERE n.supersedes_id = r.id)
  AND NOT EXISTS (SELECT 1 FROM ratings t WHERE t.person_id = r.person_id AND t.year = r.year
    AND t.state = 'published' AND t.superseded_at IS NULL AND t.final = r.result ->> 'class')
UNION ALL
SELECT 'ratings id=' || t.id FROM ratings t
WHERE t.state = 'published' AND t.superseded_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM result_reports r WHERE r.person_id = t.person_id AND r.year = t.year AND r.kind = 'year')
UNION ALL
SELECT 'petitions id=' || p.id FROM petitions p JOIN ratings t ON t.id = p.rating_id
WHERE p.state = 'open' AND t.superseded_at IS NOT NULL
LIMIT 100
""")


def _check() -> Sequence[str]:
    """Prove that what is sent is what was published, and that no petition waits about a class already replaced."""
    return [row.found for row in db.session.execute(_WRONG)]
