"""Rows of the province's own in the catalogue of positions: added from an approved decision, ended, never renamed.

No agency names a position itself (NĐ 232/2026/NĐ-CP Đ6 k3); Sở Nội vụ enters what a decision has approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import hooks
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.figures.services import province_closure
from hrms.people.queries import law
from hrms.positions.models import JobPosition
from hrms.positions.queries import catalogue
from hrms.positions.rules.kinds import GROUPS_OF, KIND_OF, Catalogue, PositionGroup
from hrms.positions.services.catalogue import keys_of

OWN = "own."
OWN_MARK = "P"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('job_positions', 0))")


def is_own(position: JobPosition) -> bool:
    """Say whether the province added the row itself."""
    return position.key.startswith(OWN)


def add(actor: Actor, values: Mapping[str, Any], decision_id: int | None) -> JobPosition:
    """Add a position that a decision has approved; `values` by the names of the form.

    Raises `Forbidden` for whoever may not add for the whole province, `Refused` with every problem.
    """
    reach = province_closure()
    actor.require(Permission.POSITIONS_CATALOGUE, at=reach)
    db.session.execute(_LOCK)
    refuse_if(_problems(values, decision_id))
    reference = " ".join(register.cite(actor, int(decision_id or 0), reach) for register in hooks.papers)
    chosen = Catalogue(values["catalogue"])
    number, place = catalogue.last_own()
    made = JobPosition(
        key=f"{OWN}{number + 1}",
        catalogue=chosen.value,
        place=place + 1,
        name=values["name"],
        position_group=values["position_group"],
        quota_kind=KIND_OF[chosen].value,
        field=values["field"],
        ranks=list(values["ranks"]),
        least_rank=values["least_rank"],
        grade_min=values["grade_min"],
        grade_max=values["grade_max"],
        valid_from=values["valid_from"],
        source=values["source"],
        mark=OWN_MARK,
        decision_id=decision_id,
        recorded_by=actor.account_id,
        **keys_of(values["name"]),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor, "position.added", "job_position", made.id, scope_ids=reach,
        after={"position": made.name, "source": made.source, "decision": reference, "valid_from": made.valid_from},
    )  # fmt: skip
    return made


def _problems(values: Mapping[str, Any], decision_id: int | None) -> list[Problem]:
    found: list[Problem] = []
    if decision_id is None:
        found.append(
            Problem("decision_basis", "required", N_("Vị trí chỉ được bổ sung theo quyết định. Hãy chọn quyết định."))
        )
    twin = catalogue.same_name(values["name"], values["valid_from"])
    if twin is not None:
        sentence = N_("Danh mục đã có vị trí “%(name)s”. Hãy dùng vị trí đó; tên không được đặt lại hay tách ra.")
        found.append(Problem("name", "duplicate", sentence, {"name": twin.name}))
    chosen = Catalogue(values["catalogue"])
    if PositionGroup(values["position_group"]) not in GROUPS_OF[chosen]:
        sentence = N_("Danh mục đã chọn không có nhóm này. Hãy chọn nhóm khác hoặc danh mục khác.")
        found.append(Problem("position_group", "group_of_catalogue", sentence))
    known = law.ranks()
    for field, codes in (("ranks", values["ranks"]), ("least_rank", [values["least_rank"]])):
        unknown = [code for code in codes if code and code not in known]
        if unknown:
            sentence = N_("Không có ngạch, chức danh mang mã %(codes)s. Hãy xem mã ở danh mục ngạch.")
            found.append(Problem(field, "unknown_rank", sentence, {"codes": ", ".join(unknown)}))
    low, high = values["grade_min"], values["grade_max"]
    if KIND_OF[chosen].value != "public" and (low is not None or high is not None):
        sentence = N_("Chỉ vị trí viên chức có bậc nghề nghiệp. Hãy bỏ trống bậc.")
        found.append(Problem("grade_min", "no_grades", sentence))
    elif (low is None) != (high is None) or (low is not None and high is not None and low > high):
        sentence = N_("Khoảng bậc chưa đúng. Hãy ghi cả bậc thấp nhất và bậc cao nhất, từ thấp đến cao.")
        found.append(Problem("grade_max", "grades_out_of_order", sentence))
    return found


def end(actor: Actor, position: JobPosition, last_day: date, *, reason: str, version: int) -> None:
    """End a row of the province's own after its last day; seats and frames that name it stay as they are.

    Raises `Forbidden`, `NotFound` for a row of the law's, `Stale`, `Refused`.
    """
    reach = province_closure()
    actor.require(Permission.POSITIONS_CATALOGUE, at=reach)
    db.session.refresh(position, with_for_update=True)
    if not is_own(position):
        raise missing("position")
    if position.version != version:
        raise Stale
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi số văn bản hoặc lý do chấm dứt.")))
    until = date.fromordinal(last_day.toordinal() + 1)
    if position.valid_from is not None and until <= position.valid_from:
        sentence = N_("Ngày cuối trước ngày vị trí bắt đầu dùng (%(start)s). Hãy chọn ngày sau đó.")
        raise Refused(Problem("last_day", "ends_before_it_begins", sentence, {"start": position.valid_from}))
    before = position.valid_to
    position.valid_to = until
    position.version += 1
    db.session.flush()
    audit.record(
        actor, "position.ended", "job_position", position.id, scope_ids=reach, reason=reason.strip(),
        before={"position": position.name, "valid_to": before}, after={"position": position.name, "valid_to": until},
    )  # fmt: skip
