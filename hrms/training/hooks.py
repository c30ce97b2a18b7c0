"""What training registers in the core and below: labels, the tab of the record, menu, checks, words, sentences.

Each room registers its own part in a module of its own (`<room>_hooks.py`); this one calls them.
"""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.core.jinja import register_labels
from hrms.core.rules import N_
from hrms.training import (
    catalogue_hooks,
    certificates_hooks,
    class_hooks,
    desk_hooks,
    ledger_hooks,
    owed_hooks,
    payback_hooks,
    seeing_hooks,
)
from hrms.training.rules import kinds, states
from hrms.training.services import catalogue


def register(app: Flask) -> None:
    """Leave the domain's part in the core's registries."""
    del app
    hooks.entity_labels.update(
        {
            "class": N_("Lớp đào tạo, bồi dưỡng"), "commitment": N_("Cam kết sau đào tạo"),
            "credit": N_("Sổ ghi tiết học"), "provider": N_("Cơ sở đào tạo, bồi dưỡng"),
            "recognition": N_("Công nhận theo hình thức học"), "repayment": N_("Đền bù chi phí đào tạo"),
            "requirement": N_("Yêu cầu đào tạo"), "training": N_("Đào tạo, bồi dưỡng"),
        }
    )  # fmt: skip
    hooks.loaders.append(catalogue.load)
    for labels in (
        kinds.COURSE_KIND_LABELS, kinds.FORM_LABELS, kinds.TARGET_LABELS, kinds.WHAT_LABELS, kinds.STATE_LABELS,
        kinds.GATE_LABELS, kinds.SOURCE_LABELS, kinds.LEVEL_SECTION_LABELS, states.PLAN_LABELS, states.CLASS_LABELS,
        states.ENROLMENT_LABELS, states.PRESENCE_LABELS, states.EVIDENCE_LABELS, states.CERTIFICATE_LABELS,
        states.ACCEPTS_LABELS,
    ):  # fmt: skip
        register_labels(labels)
    catalogue_hooks.register()
    class_hooks.register()
    certificates_hooks.register()
    desk_hooks.register()
    ledger_hooks.register()
    owed_hooks.register()
    payback_hooks.register()
    seeing_hooks.register()
