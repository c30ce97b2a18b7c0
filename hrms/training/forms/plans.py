"""Forms of yearly plans: a plan, a line of it, what is said when it is returned or withdrawn, its approval."""

from __future__ import annotations

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
    YearField,
)
from hrms.core.i18n import _, _l
from hrms.training.models import TrainingPlan, TrainingPlanLine
from hrms.training.rules.plans import CLASSES_MOST, LEARNERS_MOST


class PlanForm(Form):
    """A plan: agency and year are said once, title and note may be put right."""

    version = HiddenField()
    agency = ComboField(_l("Kế hoạch của"), [Required()])
    year = YearField(_l("Năm"), [Required()], least=2000, most=2100, render_kw={"width": "s"})
    title = TextField(_l("Tên kế hoạch"), [Required()], longest=300)
    note = TextAreaField(_l("Mục tiêu, yêu cầu chung"), longest=4000)

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of `services.plans`."""
        year = int(self.year.data) if "year" in self and self.year.data is not None else None
        return {"year": year, "title": self.title.data, "note": self.note.data}


class LineForm(Form):
    """A programme of a plan."""

    version = HiddenField()
    course = ComboField(_l("Chương trình"), [Required()])
    quarter = SelectField(_l("Quý"), choices=[], render_kw={"width": "s"})
    classes = NumberField(_l("Số lớp"), whole=True, least=0, most=CLASSES_MOST, render_kw={"width": "s"})
    learners = NumberField(
        _l("Số học viên"), [Required()], whole=True, least=1, most=LEARNERS_MOST, render_kw={"width": "s"}
    )  # fmt: skip
    central_budget = NumberField(_l("Ngân sách trung ương (đồng)"), whole=True, least=0, render_kw={"width": "m"})
    local_budget = NumberField(_l("Ngân sách địa phương (đồng)"), whole=True, least=0, render_kw={"width": "m"})
    other_budget = NumberField(_l("Nguồn khác (đồng)"), whole=True, least=0, render_kw={"width": "m"})
    note = TextField(_l("Ghi chú"), longest=500)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        quarters = [(str(one), _("Quý %(n)s", n=one)) for one in range(1, 5)]
        self.quarter.choices = [("", _("chưa định")), *quarters]

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the columns of a line."""
        return {
            "course_id": int(self.course.data) if "course" in self and self.course.data else None,
            "quarter": int(self.quarter.data) if self.quarter.data else None, "classes": int(self.classes.data or 0),
            "learners": int(self.learners.data or 0), "central_budget": self.central_budget.data or 0,
            "local_budget": self.local_budget.data or 0, "other_budget": self.other_budget.data or 0,
            "note": self.note.data,
        }  # fmt: skip


class RemarksForm(Form):
    """Why a plan is returned or withdrawn."""

    version = HiddenField()
    remarks = TextAreaField(_l("Nhận xét, lý do"), [Required()], longest=2000)


class ApproveForm(Form):
    """The approval of a plan; mixed with the register's chooser."""

    version = HiddenField()


def plan_data(plan: TrainingPlan) -> dict[str, Any]:
    """Return what the form of a plan begins with."""
    return {"version": str(plan.version), "year": plan.year, "title": plan.title, "note": plan.note}


def line_data(plan: TrainingPlan, line: TrainingPlanLine | None) -> dict[str, Any]:
    """Return what the form of a line begins with; it carries the version of the whole plan."""
    data: dict[str, Any] = {"version": str(plan.version), "classes": 1}
    if line is not None:
        names = ("classes", "learners", "central_budget", "local_budget", "other_budget", "note")
        data |= {name: getattr(line, name) for name in names} | {"quarter": str(line.quarter or "")}
    return data
