"""What the establishment leaves in the core's registries: menu, checks, sentences, what follows a reorganisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import hooks
from hrms.core.db import db
from hrms.core.formats import format_date
from hrms.core.i18n import _, get_locale, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.positions.models import EstablishmentLine, JobPosition, QuotaMovement
from hrms.positions.queries import checks
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.ledger import MOVEMENT_LABELS, MovementKind
from hrms.positions.rules.limits import RULE_LABELS, Rule
from hrms.positions.services import reorganising

P = Permission


def register() -> None:
    """Leave the establishment's part in the core's registries."""
    hooks.menu.append(
        hooks.MenuItem(N_("Vị trí việc làm"), N_("Sổ biên chế"), "positions.quotas", (P.POSITIONS_VIEW,), 72)
    )
    hooks.agency_closed.append(reorganising.closed)
    hooks.agency_reopened.append(reorganising.reopened)
    hooks.checks.extend(
        (
            hooks.Check(N_("sổ biên chế không có số âm, bút toán đúng vị trí"), checks.check_ledger),
            hooks.Check(N_("biên chế đã phân không quá số được giao"), checks.check_cover),
            hooks.Check(N_("một chỗ không có hai người"), checks.check_seats),
            hooks.Check(N_("chỗ giữ cho tờ trình đang trình"), checks.check_kept),
            hooks.Check(N_("người giữ vị trí thuộc cơ quan của vị trí"), checks.check_borne),
            hooks.Check(N_("mọi số vượt đều được ghi nhận, còn hạn"), checks.check_excesses),
        )
    )
    hooks.citations["positions_ledger"] = cited
    hooks.sentences.update(
        {
            "quota.moved": _moved,
            "quota.reversed": lambda e: _(
                "hủy bút toán biên chế của “%(agency)s”: %(what)s", agency=e["agency_name"], what=_what(e)
            ),
            "quota.followed": lambda e: _(
                "biên chế của “%(agency)s” theo sắp xếp tổ chức: %(what)s", agency=e["agency_name"], what=_what(e)
            ),
            "overage.recorded": lambda e: _(
                "ghi nhận số vượt của “%(agency)s”: %(rule)s %(excess)s",
                agency=e["agency_name"], rule=_rule(e), excess=_after(e, "excess"),
            ),
            "overage.ended": lambda e: _(
                "kết thúc ghi nhận số vượt của “%(agency)s”: %(rule)s", agency=e["agency_name"], rule=_rule(e)
            ),
            "establishment_line.opened": lambda e: _(
                "lập vị trí “%(position)s” ở “%(agency)s”", position=_after(e, "position"), agency=e["agency_name"]
            ),
            "establishment_line.edited": lambda e: _(
                "sửa vị trí “%(position)s” ở “%(agency)s”", position=_after(e, "position"), agency=e["agency_name"]
            ),
            "seats.reserved": lambda e: _(
                "giữ %(seats)s chỗ “%(position)s” để tuyển dụng",
                seats=_after(e, "seats"), position=_after(e, "position"),
            ),
            "seats.released": lambda e: _(
                "thôi giữ %(seats)s chỗ “%(position)s”", seats=_after(e, "seats"), position=_after(e, "position")
            ),
        }
    )  # fmt: skip
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
    for name, labels in (("quota_kind", QUOTA_LABELS), ("movement", MOVEMENT_LABELS), ("rule", RULE_LABELS)):
        hooks.field_values.setdefault(name, _worded(labels))
    hooks.entity_labels.setdefault("establishment_line", N_("Vị trí của cơ quan"))
    hooks.entity_links.setdefault("establishment_line", lambda i: url_for("positions.line", line_id=i))
    register_labels(MOVEMENT_LABELS)
    register_labels(RULE_LABELS)


_FIELDS = {
    "quota_kind": N_("Loại biên chế"), "movement": N_("Loại bút toán"), "amount": N_("Số lượng"),
    "effective_on": N_("Hiệu lực từ"), "position": N_("Vị trí việc làm"), "reserve": N_("Dự phòng"),
    "movement_id": N_("Số bút toán"), "rule": N_("Quy định"), "excess": N_("Số vượt"),
    "solve_by": N_("Giải quyết chậm nhất"), "shares": N_("Tỷ lệ được duyệt"), "line_key": N_("Vị trí số"),
    "base_position": N_("Vị trí gắn kèm"), "seats": N_("Số chỗ"), "on": N_("Từ ngày"),
}  # fmt: skip


def _worded(labels: Mapping[Any, str]) -> Any:
    known = {str(code): words for code, words in labels.items()}
    return lambda value: render(known[str(value)]) if str(value) in known else str(value)


def _after(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")


def _rule(event: Mapping[str, Any]) -> str:
    code = _after(event, "rule")
    return render(RULE_LABELS[Rule(code)]) if code in set(Rule) else code


def _what(event: Mapping[str, Any]) -> str:
    kind, amount = _after(event, "quota_kind"), _after(event, "amount")
    words = render(QUOTA_LABELS[QuotaKind(kind)]) if kind in set(QuotaKind) else kind
    position = _after(event, "position")
    signed = amount if amount.startswith("-") else f"+{amount}"
    return f"{words} {signed}" + (f", {position}" if position else "")


def _moved(event: Mapping[str, Any]) -> str:
    movement = _after(event, "movement")
    words = render(MOVEMENT_LABELS[MovementKind(movement)]) if movement in set(MovementKind) else movement
    return _(
        "%(movement)s biên chế của “%(agency)s”: %(what)s",
        movement=words, agency=event["agency_name"], what=_what(event),
    )  # fmt: skip


def cited(decision_id: int) -> Sequence[Mapping[str, Any]]:
    """Return the entries of the ledger that rest on a decision: agency, address, what, when."""
    rows = db.session.execute(
        select(QuotaMovement, Agency.name, JobPosition.name)
        .join(Agency, Agency.id == QuotaMovement.agency_id)
        .outerjoin(EstablishmentLine, EstablishmentLine.id == QuotaMovement.line_id)
        .outerjoin(JobPosition, JobPosition.id == EstablishmentLine.position_id)
        .where(QuotaMovement.decision_id == decision_id)
        .order_by(QuotaMovement.id)
    )
    locale = str(get_locale() or "vi")
    found = []
    for movement, agency, position in rows:
        event = {
            "after": {
                "quota_kind": movement.quota_kind, "amount": movement.amount, "position": position,
                "movement": movement.kind,
            },
            "agency_name": agency,
        }  # fmt: skip
        found.append(
            {
                "who": agency, "url": url_for("positions.agency", agency_id=movement.agency_id), "what": _what(event),
                "when": format_date(movement.effective_on, locale),
            }
        )  # fmt: skip
    return found
