"""Forms of the catalogue: the conditions of its list, a row of the province's own, ending one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hrms.core.forms import (
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.positions.queries.catalogue import Filters
from hrms.positions.rules.kinds import CATALOGUE_LABELS, GROUP_LABELS, QUOTA_LABELS


class FilterForm(Form):
    """The conditions of the list, in the address."""

    q = TextField(_l("Tên vị trí"))
    catalogue = SelectField(_l("Danh mục"), choices=[])
    group = SelectField(_l("Nhóm"), choices=[])
    kind = SelectField(_l("Loại biên chế"), choices=[])
    field = SelectField(_l("Lĩnh vực"), choices=[])
    ended = SelectField(_l("Hiệu lực"), choices=[])

    @classmethod
    def of(cls, filters: Filters, fields: Sequence[str]) -> FilterForm:
        """Return the panel filled with the conditions in force."""
        form = cls(
            formdata=None,
            data={
                "q": filters.q, "catalogue": filters.catalogue or "", "group": filters.group or "",
                "kind": filters.kind or "", "field": filters.field or "", "ended": "1" if filters.ended else "",
            },
        )  # fmt: skip
        any_one = [("", _("— tất cả —"))]
        form.catalogue.choices = any_one + [(one.value, render(words)) for one, words in CATALOGUE_LABELS.items()]
        form.group.choices = any_one + [(one.value, render(words)) for one, words in GROUP_LABELS.items()]
        form.kind.choices = any_one + [(one.value, render(words)) for one, words in QUOTA_LABELS.items()]
        form.field.choices = any_one + [(name, name) for name in fields]
        form.ended.choices = [("", _("Đang được dùng")), ("1", _("Cả vị trí không còn dùng, chưa dùng"))]
        return form


class OwnPositionForm(Form):
    """A position that a decision of the province approved; mixed with the register's chooser."""

    name = TextField(
        _l("Tên vị trí việc làm"), [Required()], longest=300,
        description=_l("Ghi đúng như trong quyết định; tên không sửa được về sau"),
    )  # fmt: skip
    catalogue = SelectField(_l("Danh mục"), [Required()], choices=[], render_kw={"width": "m"})
    position_group = SelectField(_l("Nhóm"), [Required()], choices=[], render_kw={"width": "m"})
    field = TextField(_l("Lĩnh vực"), longest=200, render_kw={"width": "m"})
    ranks = TextField(
        _l("Mã ngạch, chức danh được bố trí"), longest=200, render_kw={"width": "m"},
        description=_l("Cách nhau bằng dấu phẩy, ví dụ 01.002, 01.003"),
    )  # fmt: skip
    least_rank = TextField(_l("Mã ngạch tối thiểu"), longest=20, render_kw={"width": "s"})
    grade_min = NumberField(_l("Bậc thấp nhất"), whole=True, least=1, most=5, render_kw={"width": "s"})
    grade_max = NumberField(
        _l("Bậc cao nhất"), whole=True, least=1, most=5, render_kw={"width": "s"},
        description=_l("Bậc 1–5, chỉ với viên chức"),
    )  # fmt: skip
    valid_from = DateField(_l("Dùng từ ngày"), [Required()], render_kw={"width": "s"})
    source = TextField(
        _l("Nguồn"), [Required()], longest=300,
        description=_l("Điều, khoản, phụ lục của quyết định có tên vị trí này"),
    )  # fmt: skip

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.catalogue.choices = [("", ""), *((one.value, render(words)) for one, words in CATALOGUE_LABELS.items())]
        self.position_group.choices = [("", ""), *((one.value, render(words)) for one, words in GROUP_LABELS.items())]

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of `services.own_positions.add`."""
        return {
            "name": self.name.data, "catalogue": self.catalogue.data, "position_group": self.position_group.data,
            "field": self.field.data,
            "ranks": [one.strip() for one in (self.ranks.data or "").split(",") if one.strip()],
            "least_rank": self.least_rank.data, "grade_min": _whole(self.grade_min.data),
            "grade_max": _whole(self.grade_max.data), "valid_from": self.valid_from.data, "source": self.source.data,
        }  # fmt: skip


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


class EndPositionForm(Form):
    """The last day of a row of the province's own, and why."""

    version = HiddenField()
    last_day = DateField(_l("Ngày cuối được dùng"), [Required()], render_kw={"width": "s"})
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000, description=_l("Số văn bản, hoặc lý do"))

    @property
    def day(self) -> date:
        """Return the last day."""
        found: Any = self.last_day.data
        day: date = found
        return day
