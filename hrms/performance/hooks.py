"""What performance registers in the core and below: labels, tabs, menu, checks, words, sentences.

Each room registers its own part in a module of its own (`<room>_hooks.py`); this one calls them.
"""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.core.rules import N_
from hrms.performance import (
    after_hooks,
    calibration_hooks,
    criteria_hooks,
    round_hooks,
    scoring_hooks,
    seeing_hooks,
    sheet_hooks,
    work_hooks,
)


def register(app: Flask) -> None:
    """Leave the domain's part in the core's registries."""
    del app
    hooks.entity_labels.update(
        {
            "criteria": N_("Bộ tiêu chí đánh giá"), "objective": N_("Mục tiêu công tác"),
            "period": N_("Kỳ đánh giá"), "petition": N_("Kiến nghị xếp loại"),
            "product": N_("Danh mục sản phẩm, công việc"), "self_rating": N_("Tự đánh giá năm"),
            "regulation": N_("Quy chế đánh giá"), "round": N_("Đợt xếp loại"), "sheet": N_("Phiếu đánh giá"),
            "year_rating": N_("Xếp loại chất lượng"),
        }
    )  # fmt: skip
    work_hooks.register()
    after_hooks.register()
    calibration_hooks.register()
    criteria_hooks.register()
    round_hooks.register()
    scoring_hooks.register()
    sheet_hooks.register()
    seeing_hooks.register()
