"""Forms of objectives: what is to be reached, what was reached, a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hrms.core.forms import (
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    YearField,
)
from hrms.core.i18n import _, _l, render
from hrms.performance.models import WorkObjective
from hrms.performance.rules.objectives import DIRECTION_LABELS, Direction
from hrms.performance.rules.work import TEXT_LENGTH, TITLE_LENGTH

_FIGURES: dict[str, Any] = {"least": -(10**11), "most": 10**11, "places": 4}


class BeginForm(Form):
    """Whose objectives, and of which year; asked first, since what may be served follows from it."""

    agency = ComboField(_l("Cơ quan, đơn vị"), [Required()])
    year = YearField(_l("Năm"), [Required()], least=2000, most=2100, render_kw={"width": "s"})


class ObjectiveForm(Form):
    """An objective with its indicator."""

    version = HiddenField()
    code = TextField(_l("Mã"), [Required()], longest=30, render_kw={"width": "s"})
    objective = TextAreaField(_l("Mục tiêu"), [Required()], longest=TITLE_LENGTH)
    parent = SelectField(_l("Phục vụ mục tiêu cấp trên"), choices=[])
    indicator = TextField(_l("Chỉ số đo"), [Required()], longest=TITLE_LENGTH)
    measure = TextField(_l("Đơn vị tính"), [Required()], longest=60, render_kw={"width": "s"})
    direction = SelectField(_l("Chiều tốt"), [Required()], choices=[], render_kw={"width": "m"})
    baseline = NumberField(_l("Mức ban đầu"), render_kw={"width": "s"}, **_FIGURES)
    target = NumberField(_l("Chỉ tiêu"), [Required()], render_kw={"width": "s"}, **_FIGURES)
    weight = NumberField(
        _l("Trọng số"), [Required()], least=0, most=100, places=2, render_kw={"width": "s"},
        description=_l("Phần của mục tiêu này trong các mục tiêu của cơ quan."),
    )  # fmt: skip
    due_on = DateField(_l("Hạn"), render_kw={"width": "s"})

    def set_choices(self, above: Sequence[tuple[int, str]]) -> None:
        """Give the form its lists in the reader's language; `above` are the objectives that may be served."""
        self.direction.choices = [(one.value, render(DIRECTION_LABELS[one])) for one in Direction]
        self.parent.choices = [("", _("— không —")), *((str(one), words) for one, words in above)]

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the columns of an objective."""
        names = ("code", "objective", "indicator", "measure", "direction", "baseline", "target", "weight", "due_on")
        values = {name: self[name].data for name in names}
        return values | {"parent_id": int(self.parent.data) if self.parent.data else None}


class RecordForm(Form):
    """What was reached."""

    version = HiddenField()
    actual = NumberField(_l("Đã đạt"), render_kw={"width": "s"}, **_FIGURES)
    evidence = TextAreaField(
        _l("Minh chứng"), longest=TEXT_LENGTH, description=_l("Số liệu lấy từ đâu: báo cáo, văn bản, đường dẫn.")
    )


class ObjectiveReasonForm(Form):
    """Why an objective is dropped."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do"), [Required()], longest=TEXT_LENGTH)


def objective_data(found: WorkObjective) -> dict[str, Any]:
    """Return what the form of an objective begins with."""
    names = ("code", "objective", "indicator", "measure", "direction", "baseline", "target", "weight", "due_on")
    return {
        "version": str(found.version), "parent": str(found.parent_id or ""),
        **{name: getattr(found, name) for name in names},
    }  # fmt: skip
