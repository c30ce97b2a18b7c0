"""Groups of similar tasks of a round: proposed, edited, filled, approved; those too small for any place are named."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.performance.forms.rounds import GroupForm, group_data
from hrms.performance.queries import calibration as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import (
    WORKS,
    crumbs,
    opened,
    run_form,
    sent_number,
    sent_version,
    step,
    title_of,
)
from hrms.performance.routes.calibration.table import quota_of
from hrms.performance.routes.calibration.words import ROLE_LABELS, ROUND_LABELS, ROUND_TONES
from hrms.performance.services import groups as services

P = Permission
PLACED_MOST = 500
OPEN = ("collecting", "proposed")


def _back(round_id: int) -> str:
    return url_for("performance.round_groups", round_id=round_id)


@blueprint.route("/performance/rounds/<int:round_id>/groups", access=P.PERFORMANCE_VIEW)
def round_groups(round_id: int) -> ResponseReturnValue:
    """Show the groups of a round with how many places the quota leaves each, and its people to be placed."""
    who, one = actor(), opened(round_id)
    groups, loose = queries.list_groups(round_id)
    quota = quota_of(one.found, queries.method_of(one.found))
    shown = request.args.get("group", "")
    group = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 19 else None
    editable = one.found.state in OPEN and who.may(P.PERFORMANCE_MANAGE, at=one.agency.scope_ids)
    filters = queries.Filters(group=group, sort="name")
    page = queries.list_people(
        round_id, filters, after=request.args.get("after"), before=request.args.get("before"), limit=100
    )  # fmt: skip
    return render_template(
        "performance/rounds/groups.html",
        one=one,
        title=_("Nhóm công việc tương đồng"),
        round_title=title_of(one),
        rows=groups,
        loose=loose,
        limits={limit.group: limit for limit in quota.limits} if quota else {},
        page=page,
        group=group,
        editable=editable,
        may_approve=one.found.state in OPEN and who.may(P.PERFORMANCE_RATE, at=one.agency.scope_ids),
        drafts=sum(row.group.state != "approved" for row in groups),
        roles=ROLE_LABELS,
        labels=ROUND_LABELS,
        tones=ROUND_TONES,
        crumbs=crumbs(one),
    )


def _form(round_id: int, form: Any, title: str, submit: str, act: Any) -> ResponseReturnValue:
    one = opened(round_id)
    form.agencies.choices = [(str(unit.agency_id), unit.name) for unit in queries.count_units(round_id)]
    return run_form(
        form, "performance/rounds/step.html", _back(round_id), act, title=title, submit=submit, one=one,
        crumbs=[*crumbs(one), (_("Nhóm công việc tương đồng"), _back(round_id))],
        hint=_("Nhóm nhận người chưa thuộc nhóm nào, khớp mọi điều kiện đã chọn; điều kiện để trống khớp mọi người."),
    )  # fmt: skip


@blueprint.route("/performance/rounds/<int:round_id>/groups/new", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def new_round_group(round_id: int) -> ResponseReturnValue:
    """Add a group."""
    opened(round_id)

    def act(form: Any) -> str:
        services.add(actor(), round_id, form.name.data, form.rule(), code=form.code.data)
        return _("Đã thêm nhóm.")

    return _form(round_id, GroupForm(data=group_data(None)), _("Thêm nhóm"), _("Thêm nhóm"), act)


@blueprint.route(
    "/performance/rounds/<int:round_id>/groups/<int:group_id>", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"]
)
def edit_round_group(round_id: int, group_id: int) -> ResponseReturnValue:
    """Change name and rule of a group."""
    opened(round_id)
    group = queries.get_group(round_id, group_id)
    form: Any = GroupForm(data=group_data(group))
    del form.code

    def act(sent: Any) -> str:
        services.edit(actor(), group_id, sent.name.data, sent.rule(), version=sent_version(sent))
        return _("Đã sửa nhóm.")

    return _form(round_id, form, _("Sửa nhóm %(code)s", code=group.code), _("Ghi"), act)


@blueprint.route(
    "/performance/rounds/<int:round_id>/groups/<int:group_id>/remove", access=P.PERFORMANCE_MANAGE, methods=["POST"]
)
def remove_round_group(round_id: int, group_id: int) -> ResponseReturnValue:
    """Remove a group; its people have none."""
    opened(round_id)
    queries.get_group(round_id, group_id)

    def act() -> str:
        services.remove(actor(), group_id)
        return _("Đã bỏ nhóm; người của nhóm chưa thuộc nhóm nào.")

    return step(_back(round_id), act)


@blueprint.route("/performance/rounds/<int:round_id>/groups/propose", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def propose_round_groups(round_id: int) -> ResponseReturnValue:
    """Make groups from roles and positions."""
    opened(round_id)

    def act() -> str:
        made = services.propose(actor(), round_id)
        if not made:
            return _("Mọi người cùng vai trò, vị trí việc làm: không cần chia nhóm, tỷ lệ xét trong cả cơ quan.")
        return _("Đã đề xuất %(n)s nhóm theo vai trò và vị trí việc làm. Hãy xem lại rồi phê duyệt.", n=len(made))

    return step(_back(round_id), act)


@blueprint.route("/performance/rounds/<int:round_id>/groups/whole", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def drop_round_groups(round_id: int) -> ResponseReturnValue:
    """Do without groups."""
    opened(round_id)

    def act() -> str:
        services.whole_agency(actor(), round_id)
        return _("Không chia nhóm: tỷ lệ xét trong cả cơ quan.")

    return step(_back(round_id), act)


@blueprint.route("/performance/rounds/<int:round_id>/groups/approve", access=WORKS, methods=["POST"])
def approve_round_groups(round_id: int) -> ResponseReturnValue:
    """Approve the groups."""
    opened(round_id)

    def act() -> str:
        services.approve(actor(), round_id)
        return _("Đã phê duyệt các nhóm công việc tương đồng.")

    return step(_back(round_id), act)


@blueprint.route("/performance/rounds/<int:round_id>/groups/place", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def place_in_group(round_id: int) -> ResponseReturnValue:
    """Put the ticked people into a group, or out of any."""
    opened(round_id)
    sent = [one for one in request.form.getlist("rating") if one.isascii() and one.isdigit() and len(one) < 19]
    group_id = sent_number("group")
    if group_id:
        queries.get_group(round_id, group_id)

    def act() -> str:
        moved = services.place(actor(), round_id, group_id or None, [int(one) for one in sent[:PLACED_MOST]])
        return _("Đã chuyển %(n)s người.", n=moved)

    return step(_back(round_id), act)
