"""What the record registers in the core: tabs, sentences of the trail, checks, citations, the daily refresh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from hrms.core import hooks, tasks
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.people.queries import home
from hrms.people.services import current, law


def register(app: Flask) -> None:
    """Leave the record's part in the core's registries."""
    del app
    _register_list()
    hooks.loaders.append(law.load)
    hooks.daily.append(current.refresh_due)
    hooks.tree_changed.append(current.refresh_agencies)


def _register_list() -> None:
    """Register the list: its menu entry, its cards of the first page, its long export, its sentences."""
    view = (Permission.PEOPLE_VIEW,)
    hooks.menu.append(hooks.MenuItem(N_("Hằng ngày"), N_("Hồ sơ"), "people.index", view, 10))
    hooks.cards.append(hooks.Card("people/_home_own.html", home.load_own, 10))
    hooks.cards.append(hooks.Card("people/_home.html", home.load_overview, 20))
    tasks.kinds["people.export_list"] = tasks.Kind(N_("Xuất danh sách hồ sơ"), "/people")
    hooks.sentences["people.exported"] = _exported
    hooks.sentences["people.id_revealed"] = _id_revealed


def _exported(event: Mapping[str, Any]) -> str:
    rows = (event.get("after") or {}).get("rows", 0)
    return _("Xuất danh sách %(rows)s người", rows=rows)


def _id_revealed(_event: Mapping[str, Any]) -> str:
    return _("Xem đủ số định danh cá nhân")
