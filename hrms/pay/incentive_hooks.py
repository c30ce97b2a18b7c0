"""What bonuses and extra income register: menu, labels, links, the job, the check, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks, tasks
from hrms.core.i18n import N_, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.pay import incentive_jobs
from hrms.pay.papers import incentives as papers
from hrms.pay.queries import payout_lists
from hrms.pay.queries.schemes import READ
from hrms.pay.rules.incentives import SchemeKind
from hrms.pay.rules.schemes import (
    KIND_WORDS,
    LEFT_OUT_WORDS,
    PAYOUT_STATES,
    PERIOD_WORDS,
    PURPOSE_LABELS,
    RATING_OF_LABELS,
    SCHEME_STATES,
    STEP_WORDS,
    Purpose,
    Step,
)
from hrms.pay.services.sharing_all import JOB

__all__ = ["incentive_jobs", "register"]
P = Permission
GROUP = N_("Tiền lương")
_SAID: dict[str, str] = {
    "incentive_scheme.made": N_("lập quy chế chi “%(name)s”"),
    "incentive_scheme.changed": N_("sửa dự thảo quy chế chi “%(name)s”"),
    "incentive_scheme.issued": N_("cho áp dụng quy chế chi “%(name)s”"),
    "incentive_scheme.ended": N_("ghi ngày hết áp dụng quy chế chi “%(name)s”"),
    "incentive_scheme.removed": N_("bỏ dự thảo quy chế chi “%(name)s”"),
    "incentive_round.opened": N_("mở đợt chi năm %(year)s theo “%(name)s”"),
    "incentive_round.funded": N_("đặt quỹ đợt chi năm %(year)s theo “%(name)s”"),
    "incentive_round.shared": N_("chia quỹ đợt chi năm %(year)s theo “%(name)s”"),
    "incentive_round.left_out": N_("đưa ra khỏi danh sách chi năm %(year)s theo “%(name)s”"),
    "incentive_round.taken_back": N_("đưa lại vào danh sách chi năm %(year)s theo “%(name)s”"),
    "incentive_round.awarded": N_("ghi thưởng đột xuất năm %(year)s theo “%(name)s”"),
    "incentive_round.unawarded": N_("bỏ khoản thưởng đột xuất năm %(year)s theo “%(name)s”"),
    "incentive_round.decided": N_("quyết định đợt chi năm %(year)s theo “%(name)s”"),
    "incentive_round.cancelled": N_("hủy đợt chi năm %(year)s theo “%(name)s”"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "incentive_scheme": {
        "name": N_("Quy chế"), "agency": N_("Cơ quan"), "purpose": N_("Loại chi"), "kind": N_("Cách tính"),
        "valid_from": N_("Từ ngày"), "valid_to": N_("Đến trước ngày"), "decision": N_("Quyết định"),
    },
    "incentive_round": {
        "round": N_("Quy chế"), "agency": N_("Cơ quan"), "year": N_("Năm"), "quarter": N_("Quý"), "step": N_("Việc"),
        "fund": N_("Quỹ (đồng)"), "shared_sum": N_("Đã chia (đồng)"), "people": N_("Số người"),
        "decision": N_("Quyết định"),
    },
}  # fmt: skip


def register() -> None:
    """Leave the part of bonuses and extra income in the core's registries."""
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Tiền thưởng, thu nhập tăng thêm"), "pay.incentives", (P.PAY_VIEW,), 640)
    )
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Quy chế chi"), "pay.schemes", READ, 642))
    for labels in (
        PURPOSE_LABELS, KIND_WORDS, RATING_OF_LABELS, PERIOD_WORDS, STEP_WORDS, SCHEME_STATES, PAYOUT_STATES,
        LEFT_OUT_WORDS,
    ):  # fmt: skip
        register_labels(labels)
    tasks.kinds[JOB] = tasks.Kind(N_("Chia tiền thưởng, thu nhập tăng thêm cho các cơ quan"), "/pay/incentives")
    words = N_("tiền thưởng, thu nhập tăng thêm không vượt quỹ, các phần cộng đúng")
    hooks.checks.append(hooks.Check(words, payout_lists.wrong))
    for action, said in _SAID.items():
        hooks.sentences[action] = _sentence(said)
    for entity, fields in _FIELDS.items():
        for name, label in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = label
    hooks.field_values["incentive_scheme.purpose"] = lambda value: render(PURPOSE_LABELS[Purpose(value)])
    hooks.field_values["incentive_scheme.kind"] = lambda value: render(KIND_WORDS[SchemeKind(value)])
    hooks.field_values["incentive_round.step"] = lambda value: render(STEP_WORDS[Step(value)])
    hooks.entity_links["incentive_scheme"] = lambda found: url_for("pay.scheme", scheme_id=found)
    hooks.entity_links["incentive_round"] = lambda found: url_for("pay.incentive_round", incentive_id=found)
    papers.register()


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def tell(event: Mapping[str, Any]) -> str:
        after = event.get("after") or event.get("before") or {}
        return render(words, name=str(after.get("name") or after.get("round") or ""), year=str(after.get("year") or ""))

    return tell
