"""Forms of imports: the upload, the choices beside the mapping, applying."""

from __future__ import annotations

from typing import Any

from flask import url_for

from hrms.agencies import queries as agencies
from hrms.core.actor import Actor
from hrms.core.errors import NotFound
from hrms.core.forms import ComboField, FileField, Form, HiddenField, Required, SelectField, TextField
from hrms.core.i18n import _l, render
from hrms.core.permissions import Permission
from hrms.imports.reading.refusals import MAX_FILE_BYTES
from hrms.people.rules.kinds import KIND_LABELS


class UploadForm(Form):
    """A file and the agency its people belong to."""

    file = FileField(
        _l("Tệp danh sách"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn tệp .xlsx, .xls, .ods hoặc .csv."))],
        description=_l("Bảng tính .xlsx, .xls, .ods hoặc văn bản .csv, có một dòng tiêu đề cột."),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )
    agency = ComboField(
        _l("Nhập cho cơ quan"),
        validators=[Required()],
        description=_l("Dòng không ghi cơ quan sử dụng được tính là người của cơ quan này, trừ khi chọn cả tỉnh."),
    )

    def prepare(self, actor: Actor) -> None:
        """Fill in the agencies this actor may import for; the only one is chosen already."""

        def label_of(value: str) -> str | None:
            try:
                return agencies.get_agency(actor, int(value), Permission.IMPORTS_RUN).name
            except (NotFound, ValueError):
                return None

        def find(words: str) -> list[tuple[str, str]]:
            found = agencies.list_choices(actor, words, permissions=(Permission.IMPORTS_RUN,))
            return [(str(agency.id), agency.name) for agency in found]

        self.agency.configure(source=url_for("imports.agency_choices"), label_of=label_of, find=find)
        roots = actor.scope(Permission.IMPORTS_RUN)
        if not self.agency.data and len(roots) == 1 and not self.is_submitted():
            self.agency.data = str(roots[0])


def size_limit_mb(configured: int | None) -> int:
    """Return the size of the largest upload in MB: the reader's limit or the server's, whichever is smaller."""
    return min(MAX_FILE_BYTES, configured or MAX_FILE_BYTES) // 1024 // 1024


class MappingForm(Form):
    """What goes with a mapping: the kind of rows that name none, a reason for ID numbers that disagree, a name."""

    version = HiddenField()
    kind = SelectField(
        _l("Loại của các dòng không ghi loại"),
        description=_l("Chỉ dùng khi dòng không có cột “Loại” và không rõ từ mã ngạch."),
    )
    override_reason = TextField(
        _l("Lý do chấp nhận số định danh không khớp giới tính, năm sinh"),
        longest=300,
        description=_l("Để trống thì các dòng như vậy bị từ chối."),
    )
    profile_name = TextField(
        _l("Lưu cách ghép này với tên"),
        longest=100,
        description=_l("Tệp sau có cùng tiêu đề cột sẽ được ghép sẵn như vậy."),
    )

    def prepare(self) -> None:
        """Fill in the kinds."""
        self.kind.choices = [("", render(_l("Không đặt sẵn"))), *((k.value, render(w)) for k, w in KIND_LABELS.items())]


def mapping_of(form: Any, plan: Any) -> dict[str, dict[str, str]]:
    """Return the mapping a page sent: sheet name → column number → field; sheets whose box is not ticked are left out.

    The boxes are named `sheet-<n>` and `column-<n>-<index>`, n counting the sheets of the plan.
    """
    found: dict[str, dict[str, str]] = {}
    for number, sheet in enumerate(plan["sheets"]):
        if form.get(f"sheet-{number}"):
            found[sheet["name"]] = {
                str(column["index"]): form.get(f"column-{number}-{column['index']}", "") for column in sheet["columns"]
            }
    return found
