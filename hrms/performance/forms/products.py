"""Forms of catalogues of products: the header, a product, the approval, a reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hrms.core.forms import (
    ComboField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import Problem
from hrms.performance.models import ProductCatalogue, WorkProduct
from hrms.performance.queries.products import Filters
from hrms.performance.rules.products import (
    PRODUCT_LABELS,
    Group,
    ProductState,
    groups_of,
    plain,
    read_groups,
    write_groups,
)

_S: dict[str, Any] = {"render_kw": {"width": "s"}}


class CatalogueForm(Form):
    """A catalogue: whose, its standard product, its complexity groups."""

    version = HiddenField()
    agency = ComboField(_l("Danh mục của"), [Required()])
    code = TextField(
        _l("Mã danh mục"), [Required()], longest=40, render_kw={"width": "m"},
        description=_l("Ví dụ SNV.2026; không sửa được về sau"),
    )  # fmt: skip
    name = TextField(_l("Tên danh mục"), [Required()], longest=300, render_kw={"lang": "vi"})
    standard_product = TextField(
        _l("Sản phẩm, công việc chuẩn"), [Required()], longest=300, render_kw={"lang": "vi"},
        description=_l("Sản phẩm được tính là một đơn vị"),
    )  # fmt: skip
    standard_points = NumberField(
        _l("Điểm của sản phẩm chuẩn"), [Required()], least=Decimal("0.01"), most=1000,
        description=_l("Hệ số quy đổi của mỗi sản phẩm là điểm của nó chia điểm này"), **_S,
    )  # fmt: skip
    groups = TextAreaField(
        _l("Nhóm phức tạp"), [Required()], longest=2000, render_kw={"rows": 6, "lang": "vi"},
        description=_l("Nhiều nhất 5 nhóm, mỗi dòng: mã | điểm từ | điểm đến | tên"),
    )  # fmt: skip
    note = TextAreaField(_l("Ghi chú"), longest=2000)

    def values(self) -> tuple[dict[str, Any], list[Problem]]:
        """Return what was typed, by the names of `services.products`, and lines of groups that cannot be read."""
        groups, problems = read_groups(self.groups.data or "")
        return {
            "code": self.code.data if "code" in self else None, "name": self.name.data, "groups": groups,
            "standard_product": self.standard_product.data, "standard_points": self.standard_points.data,
            "note": self.note.data,
        }, problems  # fmt: skip


class ProductForm(Form):
    """One product."""

    version = HiddenField()
    code = TextField(_l("Mã công việc"), [Required()], longest=40, render_kw={"width": "m"})
    unit = TextField(_l("Phòng, ban chuyên môn"), longest=200, render_kw={"lang": "vi"})
    task = TextField(_l("Nhiệm vụ"), [Required()], longest=500, render_kw={"lang": "vi"})
    detail = TextAreaField(_l("Công việc chi tiết"), longest=2000, render_kw={"lang": "vi"})
    output = TextField(_l("Sản phẩm đầu ra"), longest=500, render_kw={"lang": "vi"})
    points = NumberField(
        _l("Điểm chấm"), [Required()], least=Decimal("0.01"), most=10_000,
        description=_l("Nhóm và hệ số quy đổi được tính từ điểm"), **_S,
    )  # fmt: skip
    note = TextField(_l("Ghi chú"), longest=500, render_kw={"lang": "vi"})

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the columns of a product."""
        names = ("code", "unit", "task", "detail", "output", "points", "note")
        return {name: self[name].data for name in names}


class FilterForm(Form):
    """The conditions of the list of products, in the address."""

    unit = SelectField(_l("Phòng, ban chuyên môn"), choices=[], render_kw={"lang": "vi"})
    complexity = SelectField(_l("Nhóm"), choices=[])
    state = SelectField(_l("Tình trạng"), choices=[])

    @classmethod
    def of(cls, filters: Filters, units: Sequence[str], groups: Sequence[Group]) -> FilterForm:
        """Return the panel filled with the conditions in force."""
        form = cls(
            formdata=None,
            data={"unit": filters.unit, "complexity": filters.complexity, "state": filters.state},
        )
        any_one = [("", _("— tất cả —"))]
        form.unit.choices = any_one + [(one, one) for one in units]
        form.complexity.choices = any_one + [(one.code, f"{one.code} ({group_words(one)})") for one in groups]
        form.state.choices = [
            ("", _("đang dùng và đề nghị bổ sung")),
            *((one.value, render(PRODUCT_LABELS[one])) for one in ProductState),
        ]
        return form


class ApproveForm(Form):
    """The approval of a catalogue; mixed with the register's chooser."""

    version = HiddenField()


class ReasonForm(Form):
    """Why a catalogue is withdrawn or a product is used no more."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000)


def group_words(group: Group) -> str:
    """Return the range of a group."""
    return f"{plain(group.least)}–{plain(group.most)}".replace(".", ",")


def catalogue_data(catalogue: ProductCatalogue, *, copy: bool = False) -> dict[str, Any]:
    """Return what the form of a catalogue begins with; a copy gets its own code and name."""
    data: dict[str, Any] = {
        "standard_product": catalogue.standard_product, "standard_points": plain(catalogue.standard_points),
        "groups": write_groups(
            Group(one.code, one.name, plain(one.least), plain(one.most)) for one in groups_of(catalogue.groups)
        ),
    }  # fmt: skip
    if copy:
        return data | {"name": "Danh mục sản phẩm, công việc và hệ số quy đổi"}
    return data | {"version": str(catalogue.version), "name": catalogue.name, "note": catalogue.note}


def product_data(catalogue: ProductCatalogue, product: WorkProduct | None) -> dict[str, Any]:
    """Return what the form of a product begins with: a new one carries the version of the catalogue."""
    if product is None:
        return {"version": str(catalogue.version)}
    names = ("code", "unit", "task", "detail", "output", "note")
    data: dict[str, Any] = {name: getattr(product, name) for name in names}
    return data | {"version": str(product.version), "points": plain(product.points)}
