"""The forms of the wizard: the upload, the choice of how to apply."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_wtf.file import FileField

from hrms.agencies import queries as agencies
from hrms.core.actor import Actor
from hrms.core.errors import NotFound
from hrms.core.forms import ComboField, Form, Required
from hrms.core.i18n import _l
from hrms.core.permissions import Permission

P = Permission.IMPORTS_RUN


class UploadForm(Form):
    """A file and the part of the tree it is for."""

    file = FileField(
        _l("Tệp danh sách"),
        validators=[Required()],
        description=_l("Excel (.xlsx, .xls), LibreOffice (.ods) hoặc .csv. Không cần sửa tiêu đề: chương trình tự dò."),
        render_kw={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt"},
    )
    agency = ComboField(
        _l("Nhập cho cơ quan"),
        validators=[Required()],
        description=_l(
            "Dòng nào không ghi cơ quan thì thuộc cơ quan này; dòng của cơ quan khác ngoài phạm vi bị từ chối."
        ),
    )

    def prepare(self, actor: Actor) -> None:
        """Fill in the agencies the actor may import for."""

        def label_of(value: str) -> str | None:
            try:
                return agencies.find_visible(actor, value, P).name
            except NotFound:
                return None

        def find(words: str) -> list[tuple[str, str]]:
            return [(str(a.id), a.name) for a in agencies.list_choices(actor, words, permissions=(P,), limit=10)]

        self.agency.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def mappings_of(form: Any, plan: Any) -> dict[str, dict[str, str]]:
    """Return what a mapping form says: sheet name → column number → field ("" for none); unticked sheets are left out.

    Fields are named `use-<sheet>` and `map-<sheet>-<column>`, where the sheet is its place in the plan.
    """
    found: dict[str, dict[str, str]] = {}
    for number, sheet in enumerate(plan.get("sheets", ())):
        if form.get(f"use-{number}"):
            found[sheet["name"]] = {
                str(column["index"]): form.get(f"map-{number}-{column['index']}", "").strip()
                for column in sheet["columns"]
            }
    return found
