"""The trail as a page: filters in the address, keyset pages, before and after, export."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from flask import Flask, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from hrms.audit import queries, services
from hrms.audit.forms import FilterForm
from hrms.audit.queries import Filters, Shown
from hrms.core import clock, hooks, workbook
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.jinja import show_date
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor

blueprint = HrmsBlueprint("audit", __name__)

ENTITY_LABELS: dict[str, str] = {
    "person": N_("Hồ sơ"),
    "agency": N_("Cơ quan, đơn vị"),
    "decision": N_("Quyết định"),
    "account": N_("Tài khoản"),
    "grant": N_("Phân quyền"),
    "token": N_("Mã truy cập API"),
    "import": N_("Đợt nhập dữ liệu"),
    "import_batch": N_("Đợt nhập dữ liệu"),
    "people": N_("Danh sách hồ sơ"),
    "mapping": N_("Cách ghép cột"),
    "setting": N_("Tham số"),
    "audit": N_("Nhật ký"),
}
VERBS: dict[str, str] = {
    "accept": N_("nhận để thẩm định"), "accepted": N_("nhận, công nhận"), "activated": N_("đưa vào dùng"),
    "added": N_("thêm dòng"), "address_limited": N_("tạm không nhận đăng nhập từ một địa chỉ"),
    "amended": N_("sửa đổi, bổ sung"), "answered": N_("trả lời"), "applied": N_("áp dụng"), "appraise": N_("thẩm định"),
    "appraised": N_("thẩm định"), "approve": N_("phê duyệt"), "approved": N_("phê duyệt"),
    "attendance_taken": N_("điểm danh"), "cancelled": N_("hủy"), "changed": N_("đổi"), "closed": N_("đóng, chấm dứt"),
    "competency_assessed": N_("đánh giá năng lực"), "completed": N_("kết thúc lớp"), "corrected": N_("sửa trong sổ"),
    "council": N_("ghi hội đồng"), "created": N_("lập mới"), "decided": N_("ghi quyết định"),
    "decision_undone": N_("hủy quyết định đã ghi"), "declined": N_("không nhận"), "delegated": N_("giao ký thay"),
    "delegation_ended": N_("thôi giao ký thay"), "dropped": N_("bỏ hồ sơ"), "edited": N_("sửa"),
    "ended": N_("thôi áp dụng"), "exported": N_("xuất ra tệp"), "fact_corrected": N_("đính chính diễn biến"),
    "fact_ended": N_("kết thúc diễn biến"), "fact_recorded": N_("ghi diễn biến"),
    "fact_restored": N_("khôi phục diễn biến"), "fact_withdrawn": N_("rút diễn biến"),
    "feed_made": N_("tạo địa chỉ lịch"), "feed_revoked": N_("thu hồi địa chỉ lịch"),
    "followed": N_("ghi theo sắp xếp cơ quan"), "gap_settled": N_("ghi đã hoàn thiện yêu cầu"),
    "history_exported": N_("xuất lịch sử đào tạo"), "id_revealed": N_("xem số định danh"),
    "impact_checked": N_("đánh giá tác động sau lớp"), "import_changed": N_("đổi khi nhập dữ liệu"),
    "import_created": N_("lập khi nhập dữ liệu"), "import_deleted": N_("xóa khi hoàn tác đợt nhập"),
    "import_restored": N_("trả lại khi hoàn tác đợt nhập"), "invited": N_("lập giấy triệu tập"), "issued": N_("cấp"),
    "joined": N_("dẫn lại"), "line_added": N_("thêm dòng kế hoạch"), "line_changed": N_("sửa dòng kế hoạch"),
    "line_removed": N_("bỏ dòng kế hoạch"), "list_imported": N_("nhập danh sách vị trí"),
    "list_undone": N_("hoàn tác danh sách vị trí"), "locked": N_("khóa"), "made": N_("lập mới"),
    "marks_set": N_("ghi điểm"), "moved": N_("chuyển cấp trên"), "needs_taken": N_("lấy từ nhu cầu"),
    "nominated": N_("cử đi học"), "note_incomplete": N_("báo hồ sơ còn thiếu"), "opened": N_("mở"),
    "paid": N_("ghi tiền nộp"), "paper_noted": N_("ghi văn bản"), "password_changed": N_("đổi mật khẩu"),
    "password_reset": N_("cấp lại mật khẩu"), "payment_reversed": N_("hủy khoản nộp"),
    "people_added": N_("thêm người vào danh sách"), "people_removed": N_("bỏ người khỏi danh sách"),
    "photo_removed": N_("gỡ ảnh"), "photo_set": N_("đặt ảnh"), "posted": N_("ghi bút toán"),
    "printed": N_("in, tải xuống"), "recorded": N_("ghi nhận"), "recovery_code_used": N_("dùng mã khôi phục"),
    "recovery_codes_renewed": N_("tạo lại mã khôi phục"), "refreshed": N_("cập nhật theo ngày"),
    "refused": N_("không chấp nhận"), "refused_exported": N_("xuất dòng bị từ chối"),
    "register_imported": N_("nhập sổ quyết định"), "registered": N_("vào sổ"), "released": N_("trả chỗ đã giữ"),
    "removed": N_("xóa dòng"), "renamed": N_("đổi tên, loại"), "reopened": N_("mở lại"), "replaced": N_("thay thế"),
    "reserved": N_("giữ chỗ"), "restored": N_("đưa lại"), "return": N_("trả lại"), "returned": N_("trả lại"),
    "revealed_id": N_("xem số định danh"), "reversed": N_("hủy bút toán"), "revoked": N_("thu hồi"),
    "role_ended": N_("đặt ngày kết thúc quyền"), "role_granted": N_("phân quyền"),
    "role_withdrawn": N_("thu hồi quyền"), "roster_imported": N_("nhập danh sách lớp"), "saved": N_("lưu"),
    "scanned": N_("đính bản quét"), "second_factor_removed": N_("bỏ xác thực bước hai"),
    "second_factor_reset": N_("đặt lại xác thực bước hai"), "second_factor_set": N_("thiết lập xác thực bước hai"),
    "session_ended": N_("kết thúc phiên"), "session_removed": N_("bỏ buổi học"), "session_saved": N_("ghi buổi học"),
    "sessions_laid": N_("lập lịch học"), "sign_in_failed": N_("đăng nhập không thành"), "signed": N_("ký"),
    "signed_in": N_("đăng nhập"), "signed_out": N_("đăng xuất"), "submit": N_("trình"), "submitted": N_("trình, nộp"),
    "taken_back": N_("lấy lại"), "token_created": N_("tạo mã truy cập"), "token_revoked": N_("thu hồi mã truy cập"),
    "undone": N_("hoàn tác"), "unlocked": N_("mở khóa"), "uploaded": N_("tải lên"),
    "viewed": N_("xem nhóm thông tin được bảo vệ"), "withdraw": N_("rút"), "withdrawn": N_("thu hồi"),
    "written": N_("ghi một bản từ một ngày"), "year_reckoned": N_("tính kết quả của năm"),
}  # fmt: skip
_VIA = {
    "web": N_("trang web"),
    "api": N_("API"),
    "cli": N_("dòng lệnh"),
    "job": N_("việc nền"),
    "system": N_("hệ thống"),
}


def entity_words(entity: str) -> str:
    """Return the words of a kind of record, its name for one without."""
    words = ENTITY_LABELS.get(entity) or hooks.entity_labels.get(entity)
    return render(words) if words else entity


def via_words(via: str) -> str:
    """Return the words of the way an act came in."""
    return render(_VIA[via]) if via in _VIA else via


def action_words(action: str) -> str:
    """Return an action for the filter: the kind of record and the verb."""
    entity, _dot, verb = action.partition(".")
    return f"{entity_words(entity)}: {render(VERBS.get(verb, verb))}"


def _agency(given: str) -> tuple[int, str] | None:
    """Return id and name of an agency within the reader's part, by code or id; the table is open, the choice is not."""
    statement = text("SELECT id, name, scope_ids FROM agencies WHERE code = :code OR id = :id")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    row = db.session.execute(statement, {"code": given.upper(), "id": number}).first()
    if row is None or not actor().may(Permission.AUDIT_VIEW, at=row.scope_ids):
        raise missing("agency")
    return row.id, row.name


def _number(name: str) -> int | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        sentence = N_("“%(value)s” không phải là mã số. Hãy nhập chữ số.")
        raise Refused(Problem(name, "not_a_number", sentence, {"value": given[:30]}))
    return int(given)


def _asked() -> tuple[Filters, FilterForm, tuple[int, str] | None]:
    form = FilterForm(request.args)
    form.action.choices = [("", _("— tất cả —")), *((a, action_words(a)) for a in queries.list_actions())]
    form.entity.choices = [("", _("— tất cả —")), *((e, entity_words(e)) for e in queries.list_entities())]
    if not form.validate():
        raise Refused(*(Problem(name, "invalid", str(said)) for name, errors in form.errors.items() for said in errors))
    given = request.args.get("agency", "").strip()
    agency = _agency(given) if given and request.args.get("agency-text", "x").strip() else None
    filters = Filters(
        actor=form.actor.data or "",
        account_id=_number("account"),
        action=form.action.data or "",
        entity=form.entity.data or "",
        entity_id=_number("entity_id"),
        person_id=_number("person"),
        agency_id=agency[0] if agency else None,
        day_from=form.day_from.data,
        day_to=form.day_to.data,
        request_id=form.request_id.data or "",
    )
    return filters, form, agency


@blueprint.route("/audit", access=Permission.AUDIT_VIEW)
def index() -> ResponseReturnValue:
    """Show one page of the trail that the address describes."""
    filters, form, agency = _asked()
    page = queries.list_events(actor(), filters, after=request.args.get("after"), before=request.args.get("before"))
    count = queries.count_events(filters)
    chips = [
        {"label": label, "value": value, "key": key}
        for key, label, value in (
            ("actor", _("Người thực hiện"), filters.actor),
            ("account", _("Tài khoản số"), filters.account_id),
            ("action", _("Việc"), action_words(filters.action) if filters.action else ""),
            ("entity", _("Loại dữ liệu"), entity_words(filters.entity) if filters.entity else ""),
            ("entity_id", _("Mã trong hệ thống"), filters.entity_id),
            ("person", _("Mã hồ sơ"), filters.person_id),
            ("agency", _("Đơn vị"), agency[1] if agency else ""),
            ("day_from", _("Từ ngày"), show_date(filters.day_from) if filters.day_from else ""),
            ("day_to", _("Đến hết ngày"), show_date(filters.day_to) if filters.day_to else ""),
            ("request_id", _("Mã yêu cầu"), filters.request_id),
        )
        if value not in {None, ""}
    ]
    return render_template(
        "audit/list.html",
        page=page,
        form=form,
        chips=chips,
        agency=agency,
        count=min(count, queries.COUNT_CAP),
        capped=count > queries.COUNT_CAP,
        entity_words=entity_words,
        names=_names(page.items),
        person_link=hooks.entity_links.get("person"),
        via_words=via_words,
        has_agencies=any(item.endpoint == "agencies.index" for item in hooks.menu),
    )


def _names(found: Iterable[Shown]) -> Mapping[int, str]:
    """Return whose records the events are about, by id."""
    ids = {event.person_id for event in found if event.person_id is not None}
    name = hooks.entity_names.get("person")
    return name(ids) if name is not None and ids else {}


def _rows(found: Iterable[Shown]) -> Iterator[tuple[Any, ...]]:
    for event in found:
        changes = "\n".join(f"{label}: {old or '…'} → {new or '…'}" for label, old, new in event.changes)
        yield (
            event.id, event.at, event.actor, via_words(event.via), event.sentence, entity_words(event.entity),
            event.entity_id, event.person_id, event.agency, changes, event.reason, event.request_id,
        )  # fmt: skip


def _headers() -> tuple[str, ...]:
    return (
        _("Số"), _("Lúc"), _("Người thực hiện"), _("Qua"), _("Việc"), _("Loại dữ liệu"), _("Mã trong hệ thống"),
        _("Mã hồ sơ"), _("Đơn vị lúc đó"), _("Thay đổi"), _("Lý do"), _("Mã yêu cầu"),
    )  # fmt: skip


@blueprint.route("/audit/export.xlsx", access=Permission.AUDIT_VIEW)
def export_xlsx() -> ResponseReturnValue:
    """Give what the address shows as a workbook."""
    filters, _form, _place = _asked()
    with transaction():
        found = services.export(actor(), filters, form="xlsx")
    made = workbook.in_memory(
        _("Nhật ký"), _headers(), _rows(found), widths=(9, 18, 24, 12, 50, 18, 12, 12, 34, 60, 30, 20)
    )
    return send_file(made, as_attachment=True, download_name="nhat-ky.xlsx")


@blueprint.route("/audit/export.csv", access=Permission.AUDIT_VIEW)
def export_csv() -> ResponseReturnValue:
    """Give what the address shows as CSV (UTF-8 with BOM, so that Excel reads it); instants in Việt Nam's time."""
    filters, _form, _place = _asked()
    with transaction():
        found = services.export(actor(), filters, form="csv")
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(_headers())
    for row in _rows(found):
        moment = row[1].astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")
        writer.writerow([_plain(cell) for cell in (row[0], moment, *row[2:])])
    answer = Response("\ufeff" + made.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=nhat-ky.csv"
    return answer


def _plain(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{cell}"
    return "" if cell is None else cell


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)
