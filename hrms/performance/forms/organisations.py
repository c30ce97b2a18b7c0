"""Forms of an organisation's own class: its figures, the class the authority chooses, the decision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hrms.core.forms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
)
from hrms.core.i18n import _l, render
from hrms.performance.models import OrganisationRating
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass

FIGURES = ("points", "done_percent", "late_percent", "exceeding_percent")
_UNKNOWN: dict[str, bool | None] = {"": None, "yes": True, "no": False}
_PERCENT: dict[str, Any] = {"least": Decimal(0), "most": Decimal(100), "render_kw": {"width": "s"}}


class OrganisationForm(Form):
    """Figures of an organisation's year."""

    version = HiddenField()
    points = NumberField(_l("Điểm của cơ quan, đơn vị"), places=2, **_PERCENT)
    done_percent = NumberField(_l("Nhiệm vụ hoàn thành (%)"), places=2, **_PERCENT)
    late_percent = NumberField(_l("Trong đó chậm tiến độ (%)"), places=2, **_PERCENT)
    exceeding_percent = NumberField(_l("Trong đó vượt mức (%)"), places=2, **_PERCENT)
    shortcomings_fixed = SelectField(
        _l("Đã khắc phục xong các hạn chế được chỉ ra"),
        choices=[("", _l("chưa rõ")), ("yes", _l("có")), ("no", _l("không"))], render_kw={"width": "s"},
    )  # fmt: skip
    wrongdoing = BooleanField(_l("Có kết luận vi phạm công tác cán bộ hoặc mất đoàn kết nội bộ"))
    involved = BooleanField(_l("Có liên quan tham nhũng, lãng phí và bị xử lý theo pháp luật"))

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the columns of the rating."""
        return {
            **{name: self[name].data for name in FIGURES},
            "shortcomings_fixed": _UNKNOWN.get(self.shortcomings_fixed.data or ""),
            "wrongdoing": bool(self.wrongdoing.data), "involved": bool(self.involved.data),
        }  # fmt: skip


def organisation_data(found: OrganisationRating | None) -> dict[str, Any]:
    """Return what the form of the figures begins with."""
    if found is None:
        return {"version": "0"}
    known = {True: "yes", False: "no", None: ""}
    return {
        "version": str(found.version), **{name: getattr(found, name) for name in FIGURES},
        "shortcomings_fixed": known[found.shortcomings_fixed], "wrongdoing": found.wrongdoing,
        "involved": found.involved,
    }  # fmt: skip


class ChooseForm(Form):
    """The class the authority sees, with why it is not that of the points."""

    version = HiddenField()
    rating = SelectField(_l("Mức xếp loại"), [Required()], choices=[], render_kw={"width": "m"})
    reason = TextAreaField(_l("Lý do"), [Required()], longest=2000, render_kw={"rows": 3})

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        words = [(one.value, render(CLASS_LABELS[one])) for one in RatingClass if one is not RatingClass.NONE]
        self.rating.choices = [("", render("— chọn —")), *words]


class DecideOrganisationsForm(Form):
    """One decision on all organisations under an authority; mixed with the register's chooser."""

    decided_on = DateField(_l("Ngày quyết định"), [Required()], render_kw={"width": "s"})
