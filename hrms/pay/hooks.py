"""What pay registers in the core and below: labels, tabs, menu, checks, words, sentences, kinds of decision.

Each room registers its own part in a module of its own (`<room>_hooks.py`); this one calls them.
"""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.core.rules import N_
from hrms.pay import (
    incentive_hooks,
    law_hooks,
    leaving_hooks,
    pages_hooks,
    path_hooks,
    raising_hooks,
    sheet_hooks,
    whatif_hooks,
)


def register(app: Flask) -> None:
    """Leave the domain's part in the core's registries."""
    del app
    hooks.entity_labels.update(
        {
            "figure_change": N_("Văn bản mới"), "pay_run": N_("Bảng lương"),
            "raise_list": N_("Danh sách nâng bậc lương"),
            "incentive_scheme": N_("Quy chế chi"), "incentive_round": N_("Đợt chi"),
            "severance": N_("Trợ cấp thôi việc"), "insurance_report": N_("Danh sách tăng, giảm bảo hiểm xã hội"),
            "scenario": N_("Phương án giả định"),
        }
    )  # fmt: skip
    incentive_hooks.register()
    law_hooks.register()
    leaving_hooks.register()
    pages_hooks.register()
    path_hooks.register()
    raising_hooks.register()
    sheet_hooks.register()
    whatif_hooks.register()
