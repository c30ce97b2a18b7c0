"""What the record registers in the core: tabs, sentences of the trail, checks, citations, the daily refresh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from hrms.core import hooks, tasks
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.people import kinds
from hrms.people.models import Person, further
from hrms.people.queries import checks, choosing, codes, due, home, telling
from hrms.people.queries.citing import cited_by
from hrms.people.services import current, law


def register(app: Flask) -> None:
    """Leave the record's part in the core's registries."""
    _register_list()
    _register_record(app)
    hooks.loaders.append(law.load)
    hooks.daily.append(law.follow_daily)
    hooks.daily.append(current.refresh_due)
    hooks.tree_changed.append(current.refresh_agencies)
    hooks.people_finder.append(choosing.FINDER)
    hooks.due_sources.append(due.SOURCE)
    further.clear()
    kinds.register()


def _register_record(app: Flask) -> None:
    """Register the record: its tabs in the form's order, the words of its events, its checks and citations."""
    see, family = Permission.PEOPLE_VIEW, Permission.PEOPLE_FAMILY
    tabs = (
        (N_("Sơ yếu lý lịch"), "people.show", see, True, 10),
        (N_("Quá trình"), "people.career", see, True, 20),
        (N_("Thời gian nghỉ"), "people.absences", see, True, 25),
        (N_("Đào tạo"), "people.education", see, True, 30),
        (N_("Lương"), "people.salary", see, True, 60),
        (N_("Khen thưởng, kỷ luật"), "people.merits", see, True, 70),
        (N_("Gia đình"), "people.family", family, True, 80),
        (N_("Lịch sử bản thân"), "people.background", Permission.PEOPLE_HISTORY, True, 82),
        (N_("Tài sản"), "people.assets", Permission.PEOPLE_ASSETS, True, 84),
        (N_("Nhật ký"), "people.history", Permission.AUDIT_VIEW, False, 900),
    )
    for label, endpoint, permission, own, order in tabs:
        hooks.tabs.append(hooks.Tab(label, endpoint, (permission,), own, order))
    telling.register()
    hooks.checks.extend(checks.CHECKS)
    hooks.file_columns.append(Person.photo_hash)
    hooks.citations["people"] = cited_by
    app.jinja_env.globals.update(show_item=codes.show)


def _register_list() -> None:
    """Register the list: its menu entry, its cards of the first page, its long export, its sentences."""
    view = (Permission.PEOPLE_VIEW,)
    hooks.menu.append(hooks.MenuItem(N_("Hằng ngày"), N_("Hồ sơ"), "people.index", view, 10))
    hooks.menu.append(hooks.MenuItem(N_("Hằng ngày"), N_("Đang nghỉ"), "people.away_index", view, 12))
    hooks.cards.append(hooks.Card("people/_home_own.html", home.load_own, 10))
    hooks.cards.append(hooks.Card("people/_home.html", home.load_overview, 20))
    tasks.kinds["people.export_list"] = tasks.Kind(N_("Xuất danh sách hồ sơ"), "/people")
    hooks.sentences["people.exported"] = _exported


def _exported(event: Mapping[str, Any]) -> str:
    rows = (event.get("after") or {}).get("rows", 0)
    return _("Xuất danh sách %(rows)s người", rows=rows)
