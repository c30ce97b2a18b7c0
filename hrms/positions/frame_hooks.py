"""What the catalogue and the frames register: their entries of the menu, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission
from hrms.positions.papers import frame as papers
from hrms.positions.services import frame_checks

GROUP = N_("Vị trí việc làm")
SEES = (Permission.POSITIONS_VIEW,)


def register() -> None:
    """Leave the part of catalogue and frames in the core's registries."""
    papers.register()
    words = N_("bản mô tả, khung năng lực đọc được và dùng năng lực có trong từ điển")
    hooks.checks.append(hooks.Check(words, frame_checks.run))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Danh mục vị trí việc làm"), "positions.catalogue", SEES, 280))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Từ điển năng lực"), "positions.competencies", SEES, 285))
    hooks.sentences.update(
        {
            "position.added": lambda e: _("bổ sung vị trí việc làm “%(name)s” vào danh mục", name=_said(e, "position")),
            "position.ended": lambda e: _("chấm dứt dùng vị trí việc làm “%(name)s”", name=_said(e, "position")),
            "frame.written": lambda e: _("ghi bản mô tả, khung năng lực vị trí “%(name)s”", name=_said(e, "position")),
            "frame.printed": lambda e: _("in bản mô tả, khung năng lực vị trí “%(name)s”", name=_said(e, "position")),
            "frame.withdrawn": lambda e: _(
                "bãi bỏ bản mô tả, khung năng lực vị trí “%(name)s”", name=_said(e, "position")
            ),
        }
    )
    hooks.entity_labels["job_position"] = N_("Vị trí việc làm")
    hooks.entity_labels["position_frame"] = N_("Bản mô tả, khung năng lực")
    hooks.entity_links["job_position"] = lambda found: url_for("positions.position", position_id=found)
    hooks.entity_links["position_frame"] = lambda found: url_for("positions.frame", frame_id=found)
    for name, words in {
        "position": N_("Vị trí việc làm"), "source": N_("Nguồn"), "valid_from": N_("Từ ngày"),
        "valid_to": N_("Đến trước ngày"), "parts": N_("Phần đã sửa"),
    }.items():  # fmt: skip
        hooks.field_labels.setdefault(name, words)


def _said(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or event.get("before") or {}).get(name) or "")
