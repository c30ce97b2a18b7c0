"""Pages of the monthly list for social insurance: lists by month and agency, one list, the workbook, sending."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.dates import add_months
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms import leaving as forms
from hrms.pay.queries import insurance_reports as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.severance import carried_out, configure_agency, version_of
from hrms.pay.rules.insured_list import REASON_LABELS, REPORT_STATE_LABELS, WHAT_LABELS, ReportState, What
from hrms.pay.services import insurance as services
from hrms.people.counting import count_shown
from hrms.people.rules.kinds import Sex
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_one_of, send_names

P = Permission
EXPORT_ROWS = 100_000
TONES = {"increase": "ok", "decrease": "warn", "pay_up": "info", "pay_down": "info", "arrears": "none"}


def _asked_month() -> date | None:
    given = request.args.get("month", "").strip()
    if not given:
        return None
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", given)
    if found is None:
        text = N_("Tháng “%(value)s” không đúng dạng. Hãy chọn lại.")
        raise Refused(Problem("month", "unknown", text, {"value": given[:20]}))
    return date(int(found[1]), int(found[2]), 1)


def months_offered() -> list[tuple[str, str]]:
    """Return the months to choose from, in words."""
    return [(f"{day:%Y-%m}", f"{day:%m/%Y}") for day in services.months_offered()]


@blueprint.route("/pay/insurance", access=P.PAY_VIEW)
def insurance() -> ResponseReturnValue:
    """List the lists of a part of the tree, newest month first."""
    who, month = actor(), _asked_month()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PAY_VIEW)
    return render_template(
        "pay/leaving/insurance.html",
        page=queries.list_reports(part, month, after=request.args.get("after")),
        part=part,
        month=f"{month:%Y-%m}" if month else "",
        months=[("", _("— tất cả —")), *months_offered()],
        states=REPORT_STATE_LABELS,
        may_manage=who.may(P.PAY_MANAGE),
    )


@blueprint.route("/pay/insurance/new", access=P.PAY_MANAGE, methods=["GET", "POST"])
def new_insurance_report() -> ResponseReturnValue:
    """Make the list of an agency for a month, or make it anew."""
    who = actor()
    roots = who.scope(P.PAY_MANAGE)
    data: dict[str, Any] = {"month": f"{services.last_month():%Y-%m}"}
    if len(roots) == 1 and roots[0]:
        data["agency"] = str(roots[0])
    form: Any = forms.ReportForm(data=data)
    form.month.choices = months_offered()
    configure_agency(form.agency, P.PAY_MANAGE)

    def act() -> str:
        month = date.fromisoformat(f"{form.month.data}-01")
        if form.below.data:
            task_id = services.compute_all(who, int(form.agency.data), month)
            return url_for("core.task", task_id=task_id)
        report_id = services.compute(who, int(form.agency.data), month)
        return url_for("pay.insurance_report", report_id=report_id)

    answer, status = carried_out(form, act, _("Đã nhận yêu cầu lập danh sách."))
    if answer is not None:
        return answer
    return render_template("pay/leaving/new_report.html", form=form, crumbs=_crumbs()), status


@blueprint.route("/pay/insurance/<int:report_id>", access=P.PAY_VIEW)
def insurance_report(report_id: int) -> ResponseReturnValue:
    """Show a list: who comes, goes, or changes their insured pay."""
    who = actor()
    report = queries.get(who, report_id)
    what = asked_one_of("what", list(What))
    page = queries.list_lines(report_id, what, after=request.args.get("after"))
    count_shown({line.person_id for line in page.items})
    writes = who.may(P.PAY_MANAGE, at=report.agency_scope_ids) and report.state == ReportState.COMPUTED
    return render_template(
        "pay/leaving/report.html",
        report=report,
        page=page,
        counts=queries.count_lines(report_id),
        what=what or "",
        whats=WHAT_LABELS,
        reasons=REASON_LABELS,
        tones=TONES,
        states=REPORT_STATE_LABELS,
        may_write=writes,
        may_export=who.may(P.PEOPLE_EXPORT, at=report.agency_scope_ids),
        crumbs=_crumbs(),
    )


@blueprint.route("/pay/insurance/<int:report_id>/again", access=P.PAY_MANAGE, methods=["POST"])
def insurance_report_again(report_id: int) -> ResponseReturnValue:
    """Make a list anew that was not sent."""
    who = actor()
    report = queries.get(who, report_id)
    who.require(P.PAY_MANAGE, at=report.agency_scope_ids)
    with transaction():
        services.compute(who, report.agency_id, report.month)
    flash(_("Đã lập lại danh sách."), "ok")
    return redirect(url_for("pay.insurance_report", report_id=report_id), 303)


@blueprint.route("/pay/insurance/<int:report_id>/sent", access=P.PAY_MANAGE, methods=["GET", "POST"])
def insurance_report_sent(report_id: int) -> ResponseReturnValue:
    """Say that a list was sent."""
    who = actor()
    report = queries.get(who, report_id)
    who.require(P.PAY_MANAGE, at=report.agency_scope_ids)
    form: Any = forms.SentForm(data={"sent_on": clock.today(), "version": report.version})

    def act() -> str:
        services.mark_sent(who, report_id, form.sent_on.data, form.note.data or "", version=version_of(form))
        return url_for("pay.insurance_report", report_id=report_id)

    answer, status = carried_out(form, act, _("Đã ghi ngày gửi; danh sách không lập lại nữa."))
    if answer is not None:
        return answer
    page = render_template("pay/leaving/sent.html", form=form, report=report, crumbs=_crumbs())
    return page, status


@blueprint.route("/pay/insurance/<int:report_id>/d02.xlsx", access=P.PAY_VIEW)
def insurance_workbook(report_id: int) -> ResponseReturnValue:
    """Give a list as a workbook in the columns of the form D02-LT."""
    who = actor()
    report = queries.get(who, report_id)
    who.require(P.PEOPLE_EXPORT, at=report.agency_scope_ids)
    lines = queries.list_lines(report_id, limit=EXPORT_ROWS).items
    parts = queries.parts_of(report.month, [line.person_id for line in lines])
    rows = [_row(number, line, parts.get(line.person_id)) for number, line in enumerate(lines, 1)]
    part = Part((report.agency_id,), report.agency_id)
    name = f"d02-lt-{report.month:%Y-%m}-{report.agency_id}.xlsx"
    return send_names(
        "pay.insurance_report", _("D02-LT"), _headers(), rows, name, part,
        widths=(5, 26, 28, 16, 12, 10, 44, 10, 10, 12, 12, 14, 16, 16, 10, 10, 18, 36),
    )  # fmt: skip


def _headers() -> tuple[str, ...]:
    return (
        _("STT"), _("Nội dung"), _("Họ và tên"), _("Mã số BHXH"), _("Ngày sinh"), _("Giới tính"),
        _("Chức vụ, ngạch, nơi làm việc"), _("Hệ số lương"), _("Phụ cấp chức vụ"), _("Thâm niên vượt khung (%)"),
        _("Thâm niên nghề (%)"), _("Chênh lệch bảo lưu"), _("Mức đóng cũ (đồng)"), _("Mức đóng mới (đồng)"),
        _("Từ tháng"), _("Đến tháng"), _("Số tiền truy đóng, giảm đóng"), _("Ghi chú"),
    )  # fmt: skip


def _row(number: int, line: Any, parts: tuple[queries.Parts, queries.Parts] | None) -> tuple[Any, ...]:
    """Return a line as the form has it: of somebody who goes, the pay of the month before."""
    gone = line.what == What.DECREASE
    shown = (parts[0] if gone else parts[1]) if parts else queries.Parts()
    place = ", ".join(word for word in (line.post_name, line.rank_code, line.unit) if word)
    sex = {Sex.MALE.value: _("Nam"), Sex.FEMALE.value: _("Nữ")}.get(line.sex or "", "")
    last = line.through or (add_months(line.since, -1) if gone else None)
    return (
        number, render(WHAT_LABELS[What(line.what)]), line.full_name, line.social_insurance_no, _born(line.birth_date),
        sex, place, shown.coefficient, shown.leadership, shown.beyond_scale, shown.seniority, shown.reserved,
        line.base_before, line.base_after, f"{line.since:%m/%Y}", f"{last:%m/%Y}" if last else "",
        line.difference or None, render(REASON_LABELS.get(line.reason, line.reason)),
    )  # fmt: skip


def _born(given: Any) -> str:
    """Return a birth date as it is known: whole, the month, or the year."""
    return "/".join(reversed(str(given).split("-"))) if given else ""


def _crumbs() -> list[tuple[str, str | None]]:
    return [(_("Tăng, giảm bảo hiểm xã hội"), url_for("pay.insurance"))]
