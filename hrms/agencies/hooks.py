"""What the tree registers: menu, daily refresh, integrity check, sentences, words, what a decision changed in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for
from sqlalchemy import text

from hrms.agencies import queries, services
from hrms.agencies.rules import KIND_LABELS, SECTOR_LABELS, AgencyKind
from hrms.core import clock, hooks
from hrms.core.db import db
from hrms.core.formats import format_interval
from hrms.core.i18n import N_, _, get_locale, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission

FIELD_LABELS = {
    "parent": N_("Cơ quan cấp trên"),
    "closed_on": N_("Chấm dứt từ ngày"),
    "merged_into": N_("Sáp nhập vào"),
    "short_name": N_("Tên viết tắt"),
    "sector": N_("Lĩnh vực"),
    "ward_code": N_("Xã, phường, đặc khu"),
    "address": N_("Địa chỉ"),
    "phone": N_("Điện thoại"),
    "email": N_("Thư điện tử"),
    "website": N_("Trang thông tin"),
    "order_no": N_("Thứ tự"),
}


def register(app: Flask) -> None:
    """Register the tree's part in the core's registries."""
    del app
    hooks.menu.append(
        hooks.MenuItem(N_("Hằng ngày"), N_("Cơ quan, đơn vị"), "agencies.index", (Permission.AGENCIES_VIEW,), 30)
    )
    hooks.daily.append(services.refresh_due)
    hooks.checks.append(hooks.Check(N_("cây đơn vị đúng với các diễn biến"), check_tree))
    hooks.citations["agencies"] = cited
    hooks.entity_links["agency"] = lambda agency_id: url_for("agencies.show", agency_id=agency_id)
    for name, words in FIELD_LABELS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.field_values["ward_code"] = lambda code: ward.name if (ward := queries.find_ward(str(code))) else str(code)
    hooks.sentences.update(
        {
            "agency.created": lambda e: _("thành lập “%(name)s”", name=_after(e, "name")),
            "agency.renamed": lambda e: _("đổi tên, loại thành “%(name)s”", name=_after(e, "name")),
            "agency.moved": lambda e: _(
                "chuyển “%(agency)s” về “%(parent)s”", agency=e["agency_name"], parent=_after(e, "parent")
            ),
            "agency.closed": _closed,
            "agency.reopened": lambda e: _("cho “%(agency)s” hoạt động trở lại", agency=e["agency_name"]),
            "agency.edited": lambda e: _("sửa thông tin liên hệ của “%(agency)s”", agency=e["agency_name"]),
            "agency.exported": lambda e: _("xuất danh sách đơn vị, %(rows)s dòng", rows=_after(e, "rows")),
        }
    )
    register_labels(KIND_LABELS)
    register_labels(SECTOR_LABELS)


def _after(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")


def _closed(event: Mapping[str, Any]) -> str:
    heir = _after(event, "merged_into")
    if heir:
        return _("sáp nhập “%(agency)s” vào “%(heir)s”", agency=event["agency_name"], heir=heir)
    return _("chấm dứt hoạt động của “%(agency)s”", agency=event["agency_name"])


def cited(decision_id: int) -> Sequence[Mapping[str, Any]]:
    """Return what a decision changed in the tree: agency, address, what, when."""
    found = []
    for fact, parent in queries.list_citing(decision_id):
        if fact.closed:
            what = _("chấm dứt hoạt động")
        else:
            words = render(KIND_LABELS[AgencyKind(fact.kind)]) if fact.kind in set(AgencyKind) else fact.kind
            what = _("%(kind)s, trực thuộc %(parent)s", kind=words, parent=parent) if parent else words
        found.append(
            {
                "who": fact.name,
                "url": url_for("agencies.show", agency_id=fact.agency_id),
                "what": what,
                "when": format_interval(fact.valid_from, fact.valid_to, str(get_locale() or "vi")),
            }
        )
    return found


_WRONG_STATE = text("""
SELECT a.id FROM agencies a LEFT JOIN LATERAL (
  SELECT f.* FROM agency_facts f WHERE f.agency_id = a.id AND f.superseded_at IS NULL
  ORDER BY (f.valid_from <= :today) DESC, CASE WHEN f.valid_from <= :today THEN f.valid_from END DESC, f.valid_from
  LIMIT 1
) s ON true
WHERE (s.name, s.kind, s.parent_id) IS DISTINCT FROM (a.name, a.kind, a.parent_id)
""")
_WRONG_PATH = text("""
WITH RECURSIVE down(id, scope_ids) AS (
  SELECT id, ARRAY[0::bigint, id] FROM agencies WHERE parent_id IS NULL
  UNION ALL SELECT a.id, d.scope_ids || a.id FROM down d JOIN agencies a ON a.parent_id = d.id
)
SELECT a.id FROM agencies a LEFT JOIN down d ON d.id = a.id
WHERE d.scope_ids IS DISTINCT FROM a.scope_ids OR a.path::text <> array_to_string(a.scope_ids[2:], '.')
   OR a.depth <> cardinality(a.scope_ids) - 2
""")


def check_tree() -> Sequence[str]:
    """Return where the tree is not what its facts say, or a path not what its parents say; ids only."""
    states = db.session.scalars(_WRONG_STATE, {"today": clock.today()})
    paths = db.session.scalars(_WRONG_PATH)
    return [
        *(_("đơn vị số %(id)s không khớp diễn biến", id=i) for i in states),
        *(_("đường dẫn của đơn vị số %(id)s sai", id=i) for i in paths),
    ]
