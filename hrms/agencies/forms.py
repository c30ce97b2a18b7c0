"""The forms of the tree. Every change of shape also names its paper: `with_paper` adds the register's fields."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import url_for

from hrms.agencies import queries
from hrms.agencies.rules import KIND_LABELS, SECTOR_LABELS
from hrms.core import hooks, settings
from hrms.core.actor import Actor
from hrms.core.errors import NotFound
from hrms.core.forms import ComboField, DateField, Form, HiddenField, NumberField, Required, SelectField, TextField
from hrms.core.i18n import _l, render
from hrms.core.permissions import Permission


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of agency with their words."""
    return [("", ""), *((kind.value, render(words)) for kind, words in KIND_LABELS.items())]


def sector_choices() -> list[tuple[str, str]]:
    """Return the sectors with their words."""
    return [("", ""), *((sector.value, render(words)) for sector, words in SECTOR_LABELS.items())]


def ward_choices() -> list[tuple[str, str]]:
    """Return the communes, wards and special zones of the province."""
    return [("", ""), *((w.code, w.name) for w in queries.list_wards(str(settings.get("agencies.province_code"))))]


def _configure(field: Any, actor: Actor, *permissions: Permission) -> None:
    """Let a search box choose among the agencies over which the actor holds any of `permissions`."""
    asked: dict[str, Any] = {"for": "manage"} if Permission.AGENCIES_MANAGE in permissions else {}

    def label_of(value: str) -> str | None:
        try:
            return queries.get_agency(actor, int(value), *permissions).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(a.id), a.name) for a in queries.list_choices(actor, words, permissions=permissions)]

    field.configure(source=url_for("agencies.choices", **asked), label_of=label_of, find=find)


class VersionForm(Form):
    """A form that changes an agency; `version` is the one the page was opened with."""

    version = HiddenField()

    def prepare(self, actor: Actor) -> None:
        """Fill in the choices this actor has."""


class _Contacts(Form):
    code = TextField(_l("Mã định danh điện tử"), longest=60, description=_l("Ví dụ H13.05"), render_kw={"width": "s"})
    short_name = TextField(_l("Tên viết tắt"), longest=100, render_kw={"width": "s"})
    sector = SelectField(_l("Lĩnh vực"), choices=[], render_kw={"width": "m"})
    ward_code = SelectField(_l("Xã, phường, đặc khu"), choices=[], render_kw={"width": "m"})
    address = TextField(_l("Địa chỉ"), longest=300)
    phone = TextField(_l("Điện thoại"), longest=60, render_kw={"width": "s"})
    email = TextField(_l("Thư điện tử"), longest=120, render_kw={"width": "m"})
    website = TextField(_l("Trang thông tin"), longest=200, render_kw={"width": "m"})
    order_no = NumberField(
        _l("Thứ tự"), whole=True, least=1, most=9999, render_kw={"width": "s"}, description=_l("Số nhỏ đứng trước")
    )

    def prepare(self, actor: Actor) -> None:
        del actor
        self.sector.choices, self.ward_code.choices = sector_choices(), ward_choices()

    def contacts(self) -> dict[str, Any]:
        """Return what was filled in, with the keys of the service."""
        names = ("code", "short_name", "sector", "ward_code", "address", "phone", "email", "website")
        return {name: self[name].data for name in names} | {"order_no": int(self.order_no.data or 500)}


class CreateForm(_Contacts):
    """A new agency."""

    name = TextField(_l("Tên cơ quan, đơn vị"), [Required()], longest=300)
    kind = SelectField(_l("Loại"), [Required()], choices=[], render_kw={"width": "m"})
    parent = ComboField(_l("Cơ quan cấp trên"), [Required()])
    valid_from = DateField(_l("Thành lập từ ngày"), [Required()], render_kw={"width": "s"})

    def prepare(self, actor: Actor) -> None:
        """Fill in the choices this actor has."""
        super().prepare(actor)
        self.kind.choices = kind_choices()
        _configure(self.parent, actor, Permission.AGENCIES_MANAGE)


class ContactsForm(_Contacts, VersionForm):
    """What is not dated."""


class RenameForm(VersionForm):
    """Another name, or another kind."""

    name = TextField(_l("Tên mới"), [Required()], longest=300)
    kind = SelectField(_l("Loại"), [Required()], choices=[], render_kw={"width": "m"})
    valid_from = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})

    def prepare(self, actor: Actor) -> None:
        """Fill in the choices this actor has."""
        del actor
        self.kind.choices = kind_choices()


class MoveForm(VersionForm):
    """Another place in the tree."""

    parent = ComboField(_l("Chuyển về trực thuộc"), [Required()])
    valid_from = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})

    def prepare(self, actor: Actor) -> None:
        """Fill in the choices this actor has."""
        _configure(self.parent, actor, Permission.AGENCIES_MANAGE)


class CloseForm(VersionForm):
    """The end of an agency."""

    closed_on = DateField(
        _l("Chấm dứt hoạt động từ ngày"),
        [Required()],
        render_kw={"width": "s"},
        description=_l("Ngày đầu tiên cơ quan không còn hoạt động"),
    )
    merged_into = ComboField(_l("Sáp nhập vào"), description=_l("Để trống nếu giải thể"))

    def prepare(self, actor: Actor) -> None:
        """Fill in the choices this actor has."""
        _configure(self.merged_into, actor, Permission.AGENCIES_VIEW)


class ReopenForm(VersionForm):
    """Undo or correct a closing by a later decision."""

    valid_from = DateField(_l("Hoạt động trở lại từ ngày"), [Required()], render_kw={"width": "s"})


@cache
def _combined(form: Any, fields: Any) -> type[Any]:
    return type(form.__name__, (fields, form), {})


def with_paper(form: Any) -> type[Any]:
    """Return the form with the fields of the register's chooser."""
    fields: Any = hooks.papers[0].fields
    return _combined(form, fields)


__all__ = [
    "CloseForm",
    "ContactsForm",
    "CreateForm",
    "MoveForm",
    "RenameForm",
    "ReopenForm",
    "VersionForm",
    "with_paper",
]
