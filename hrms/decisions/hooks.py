"""What the register lends to the rest: its menu entry, sentences of its events, the chooser of papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for

from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.decisions import path_hooks, queries, services
from hrms.decisions.forms import DecisionFields
from hrms.decisions.models import DecisionScan
from hrms.decisions.queries import powers
from hrms.decisions.rules import KIND_LABELS
from hrms.decisions.rules.powers import PARTY_LABELS, PERSON_KIND_LABELS, POST_GROUP_LABELS, Party, PostGroup

FIELD_LABELS = {
    "decision": N_("Quyết định"),
    "number": N_("Số"),
    "symbol": N_("Ký hiệu"),
    "signed_on": N_("Ngày ký"),
    "effective_on": N_("Ngày có hiệu lực"),
    "issuer_agency_id": N_("Cơ quan ban hành (mã trong hệ thống)"),
    "issuer_name": N_("Cơ quan ban hành"),
    "signer_name": N_("Người ký"),
    "signer_title": N_("Chức vụ người ký"),
    "subject": N_("Trích yếu"),
    "legal_ground": N_("Căn cứ pháp lý"),
}


def register(app: Flask) -> None:
    """Register the entry of the menu, the sentences and the chooser."""
    del app
    hooks.entity_labels["power"] = N_("Phân cấp")
    hooks.menu.append(
        hooks.MenuItem(N_("Hằng ngày"), N_("Quyết định"), "decisions.index", (Permission.DECISIONS_VIEW,), 40)
    )
    hooks.papers.append(
        hooks.Papers(
            fields=DecisionFields,
            template="decisions/_chooser.html",
            read=services.from_form,
            cite=_cite,
            describe=describe,
        )
    )
    hooks.sentences.update(
        {
            "decision.registered": lambda e: _("vào sổ quyết định %(reference)s", reference=_reference(e)),
            "decision.corrected": lambda e: _("sửa quyết định %(reference)s trong sổ", reference=_reference(e)),
            "decision.withdrawn": lambda e: _("thu hồi quyết định %(reference)s", reference=_reference(e)),
            "decision.joined": lambda _event: _("dẫn quyết định đã có trong sổ của cơ quan khác"),
            "decision.exported": lambda e: _(
                "xuất sổ quyết định, %(rows)s dòng", rows=(e.get("after") or {}).get("rows", "")
            ),
        }
    )
    path_hooks.register()
    _register_powers()
    hooks.file_columns.append(DecisionScan.sha256)
    hooks.entity_links["decision"] = lambda decision_id: url_for("decisions.show", decision_id=decision_id)
    for name, words in FIELD_LABELS.items():
        hooks.field_labels.setdefault(name, words)
    register_labels(KIND_LABELS)


POWER_LABELS = {
    "power.action": N_("Việc"),
    "power.post_group": N_("Nhóm chức vụ"),
    "power.person_kind": N_("Loại nhân sự"),
    "power.rank_code": N_("Mã ngạch, chức danh"),
    "power.managing_kind": N_("Loại cơ quan quản lý"),
    "power.using_kind": N_("Loại cơ quan sử dụng"),
    "power.managing_agency_id": N_("Riêng người do cơ quan này quản lý"),
    "power.proposes": N_("Trình"),
    "power.appraises": N_("Thẩm định"),
    "power.signs": N_("Ký"),
    "power.source": N_("Căn cứ"),
}


def _register_powers() -> None:
    """Register the table of decentralisation: its entry of the menu, its sentences, the words of its fields."""
    see = (Permission.DECISIONS_VIEW, Permission.DECISIONS_POWERS)
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Phân cấp"), "decisions.powers", see, 830))
    hooks.sentences.update(
        {
            "power.added": lambda e: _("thêm dòng phân cấp số %(id)s", id=e.get("entity_id")),
            "power.changed": lambda e: _("thay đổi bảng phân cấp: dòng số %(id)s", id=e.get("entity_id")),
            "power.ended": lambda e: _("kết thúc dòng phân cấp số %(id)s", id=e.get("entity_id")),
        }
    )
    hooks.field_labels.update(POWER_LABELS)
    hooks.field_values.update(
        {
            "power.action": lambda code: render(powers.action_words(code)),
            "power.post_group": lambda code: render(POST_GROUP_LABELS[PostGroup(code)]),
            "power.person_kind": lambda code: render(PERSON_KIND_LABELS.get(code, code)),
            **{
                f"power.{name}": lambda code: render(PARTY_LABELS[Party(code)])
                for name in ("proposes", "appraises", "signs")
            },
        }
    )


def _cite(actor: Actor, decision_id: int, scope_ids: Sequence[int]) -> str:
    return services.cite(actor, decision_id, scope_ids).reference


def _reference(event: Mapping[str, Any]) -> str:
    values = {**(event.get("before") or {}), **(event.get("after") or {})}
    number, symbol = values.get("number") or "", values.get("symbol") or ""
    return f"{number}/{symbol}" if number and symbol else str(number)


def describe(ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return reference, day of signing and address of the decisions the reader may see, by id."""
    return {
        decision.id: {
            "reference": decision.reference,
            "signed_on": decision.signed_on,
            "url": url_for("decisions.show", decision_id=decision.id),
        }
        for decision in queries.references(ids).values()
    }
