"""What certificates, ratings and the check of effect register: menu, sentences, labels, paper, calendar, daily work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.training.papers import certificate
from hrms.training.queries import after_due, certificate_checks
from hrms.training.rules import after, certificates
from hrms.training.rules.states import CERTIFICATE_LABELS, CertificateKind
from hrms.training.services import impact, verifying

P = Permission
GROUP = N_("Đào tạo, bồi dưỡng")
_SAID = {
    "certificate.issued": N_("cấp số %(number)s, chương trình “%(programme)s”"),
    "certificate.revoked": N_("thu hồi số %(number)s, chương trình “%(programme)s”"),
    "certificate.printed": N_("in số %(number)s"),
    "person.impact_checked": N_("đánh giá tác động của lớp “%(class)s” đến năng lực %(competency)s"),
}
_FIELDS = {
    "certificate.number": N_("Số"), "certificate.kind": N_("Loại"), "certificate.programme": N_("Chương trình"),
    "level_before": N_("Cấp độ trước lớp"), "level_after": N_("Cấp độ hiện nay"), "applied": N_("Áp dụng vào việc"),
}  # fmt: skip


def register() -> None:
    """Leave the rooms' part in the core's registries."""
    for label, endpoint, permissions, order in (
        (N_("Chứng chỉ, chứng nhận"), "training.certificates", (P.TRAINING_VIEW, P.TRAINING_CERTIFY), 445),
        (N_("Đánh giá lớp học"), "training.ratings", (P.TRAINING_VIEW, P.TRAINING_TEACH), 450),
        (N_("Tác động sau lớp"), "training.impact", (P.TRAINING_VIEW, P.TRAINING_NOMINATE), 452),
    ):
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, permissions, order))
    for action, words in _SAID.items():
        hooks.sentences[action] = _sentence(words)
    hooks.entity_labels["certificate"] = N_("Chứng chỉ, chứng nhận")
    hooks.entity_links["certificate"] = lambda found: url_for("training.certificate", certificate_id=found)
    hooks.field_labels.update(_FIELDS)
    hooks.field_values["certificate.kind"] = lambda value: render(CERTIFICATE_LABELS[CertificateKind(value)])
    hooks.field_values["applied"] = lambda value: render(after.APPLIED_LABELS[after.Applied(value)])
    for labels in (certificates.VALIDITY_LABELS, after.ASPECT_LABELS, after.APPLIED_LABELS, after.CHANGE_LABELS):
        register_labels(labels)
    certificate.register()
    certificate_checks.register()
    hooks.due_sources.append(after_due.SOURCE)
    hooks.daily.append(impact.raise_all)
    hooks.daily.append(verifying.forget)


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def say(event: Mapping[str, Any]) -> str:
        told = event.get("after") or {}
        return render(words, **{name: told.get(name) or "" for name in ("number", "programme", "class", "competency")})

    return say
