"""What the figures register: the two entries of the menu, the sentence and the words of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from hrms.core import hooks
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.settings import KNOWN
from hrms.figures.rules import HOLIDAY_LABELS

SEES = (Permission.SETTINGS_VIEW, Permission.SETTINGS_MANAGE)


def register(app: Flask) -> None:
    """Leave the figures' part in the core's registries."""
    del app
    hooks.entity_labels["holiday"] = N_("Ngày nghỉ, ngày làm bù")
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Tham số"), "figures.index", SEES, 820))
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Danh mục dùng chung"), "catalogues.index", SEES, 830))
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Ngày nghỉ, ngày làm bù"), "holidays.index", SEES, 825))
    hooks.sentences["holiday.changed"] = _holiday
    hooks.field_labels.setdefault("holiday", N_("Ngày"))
    hooks.field_labels.setdefault("value", N_("Giá trị"))
    hooks.sentences["setting.changed"] = _changed


def _changed(event: Mapping[str, Any]) -> str:
    name = str((event.get("after") or {}).get("setting") or "")
    words = render(KNOWN[name].note) if name in KNOWN else name
    return _("đổi tham số “%(name)s”", name=words)


def _holiday(event: Mapping[str, Any]) -> str:
    after = event.get("after") or {}
    day = str(after.get("holiday") or "")
    shown = f"{day[8:10]}/{day[5:7]}/{day[:4]}"
    kind = render(HOLIDAY_LABELS.get(str(after.get("kind")), ""))
    return _("ghi ngày %(day)s: %(kind)s, %(name)s", day=shown, kind=kind.lower(), name=after.get("name_vi") or "")
