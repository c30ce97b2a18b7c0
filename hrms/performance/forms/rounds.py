"""Forms of rounds: opening, the table's conditions, a change of class, groups, minutes, steps, decision, Mẫu 02."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
    YearField,
)
from hrms.core.i18n import _, _l, render
from hrms.performance.models import RatingGroup, RatingMinutes, SelfRating
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass

MINUTES_PARTS = ("place", "chair", "secretary", "present", "absent", "course", "opinions", "votes", "conclusion")
ROLES = (("staff", _l("Người không giữ chức vụ lãnh đạo")), ("deputy", _l("Cấp phó")), ("head", _l("Người đứng đầu")))


def class_choices(*, none: bool = True) -> list[tuple[str, str]]:
    """Return the classes, the highest first."""
    return [(one.value, render(CLASS_LABELS[one])) for one in RatingClass if none or one is not RatingClass.NONE]


class OpenForm(Form):
    """Opening a year: of one agency, or of every deciding agency under it."""

    agency = ComboField(_l("Cơ quan quyết định xếp loại"), [Required()])
    year = YearField(_l("Năm"), [Required()], least=2000, most=2100, render_kw={"width": "s"})
    special = BooleanField(_l("Ngành đặc thù, xếp loại trước 15/01 năm sau"))
    everybody = BooleanField(_l("Mở cho mọi cơ quan từ cơ quan này trở xuống (làm trong nền, có tiến độ)"))


class FilterForm(Form):
    """The conditions of the table, in the address."""

    q = TextField(_l("Họ tên hoặc số hiệu"), longest=100)
    unit = SelectField(_l("Đơn vị"), choices=[], render_kw={"lang": "vi"})
    group = SelectField(_l("Nhóm công việc tương đồng"), choices=[], render_kw={"lang": "vi"})
    rating = SelectField(_l("Mức xếp loại"), choices=[])
    role = SelectField(_l("Vai trò"), choices=[])
    changed = BooleanField(_l("Chỉ người có mức khác mức theo điểm"))


class ChangeForm(Form):
    """A change of somebody's class by the body that decides."""

    version = HiddenField()
    rating = SelectField(_l("Mức xếp loại"), [Required()], choices=[], render_kw={"width": "m"})
    reason = TextAreaField(
        _l("Lý do"), [Required()], longest=2000, description=_l("Lý do được in vào biên bản và giữ cùng kết quả."),
        render_kw={"rows": 2},
    )  # fmt: skip

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.rating.choices = [("", _("— chọn —")), *class_choices()]


class SupersedeForm(ChangeForm):
    """A published class replaced by a decision; mixed with the register's chooser."""


class GroupForm(Form):
    """A group of similar tasks and whom it takes up by itself."""

    version = HiddenField()
    code = TextField(_l("Ký hiệu"), [Required()], longest=20, render_kw={"width": "s"})
    name = TextField(_l("Tên nhóm"), [Required()], longest=200)
    roles = SelectMultipleField(_l("Vai trò"), choices=list(ROLES))
    agencies = SelectMultipleField(_l("Đơn vị"), choices=[], render_kw={"lang": "vi"})
    positions = TextAreaField(
        _l("Vị trí việc làm, chức vụ"), longest=4000, render_kw={"rows": 3},
        description=_l("Mỗi dòng một tên như trên hồ sơ. Để trống nếu nhóm không chia theo vị trí."),
    )  # fmt: skip

    def rule(self) -> dict[str, Any]:
        """Return whom the group takes up, as `RatingGroup.rule` keeps it."""
        lines = [line.strip() for line in (self.positions.data or "").splitlines()]
        return {
            "roles": list(self.roles.data or []), "position_groups": [],
            "positions": [line for line in lines if line],
            "agencies": [int(one) for one in self.agencies.data or []],
        }  # fmt: skip


def group_data(group: RatingGroup | None) -> dict[str, Any]:
    """Return what the form of a group begins with."""
    if group is None:
        return {"version": "0"}
    rule: Mapping[str, Any] = group.rule or {}
    return {
        "version": str(group.version), "code": group.code, "name": group.name, "roles": rule.get("roles") or [],
        "agencies": [str(one) for one in rule.get("agencies") or []],
        "positions": "\n".join(map(str, rule.get("positions") or [])),
    }  # fmt: skip


class MinutesForm(Form):
    """The minutes of the meeting on a round (biên bản họp)."""

    version = HiddenField()
    met_on = DateField(_l("Ngày họp"), [Required()], render_kw={"width": "s"})
    place = TextField(_l("Địa điểm"), longest=300)
    chair = TextField(_l("Chủ trì"), [Required()], longest=200, description=_l("Họ tên, chức vụ"))
    secretary = TextField(_l("Thư ký"), [Required()], longest=200, description=_l("Họ tên, chức vụ"))
    present = TextAreaField(_l("Thành phần dự họp"), [Required()], render_kw={"rows": 3})
    absent = TextAreaField(_l("Vắng mặt, lý do"), render_kw={"rows": 2})
    course = TextAreaField(_l("Diễn biến cuộc họp"), render_kw={"rows": 4})
    opinions = TextAreaField(
        _l("Ý kiến"), render_kw={"rows": 3},
        description=_l("Với người giữ chức vụ lãnh đạo, quản lý: ghi cả ý kiến của cấp ủy."),
    )  # fmt: skip
    votes = TextAreaField(_l("Kết quả biểu quyết"), render_kw={"rows": 2})
    conclusion = TextAreaField(_l("Kết luận"), [Required()], render_kw={"rows": 3})

    def content(self) -> dict[str, str]:
        """Return the texts as `RatingMinutes.content` keeps them."""
        return {name: self[name].data or "" for name in MINUTES_PARTS}


def minutes_data(found: RatingMinutes | None, today: date) -> dict[str, Any]:
    """Return what the form of the minutes begins with."""
    if found is None:
        return {"version": "0", "met_on": today}
    return {"version": str(found.version), "met_on": found.met_on, **found.content}


class DecideForm(Form):
    """The decision on a round; mixed with the register's chooser."""

    version = HiddenField()
    decided_on = DateField(_l("Ngày quyết định"), [Required()], render_kw={"width": "s"})


class SettleForm(Form):
    """December taken in; mixed with the register's chooser, for when a class changes."""

    version = HiddenField()


class ReasonForm(Form):
    """Why a step is taken back."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do"), [Required()], longest=2000, render_kw={"rows": 3})


class PublishForm(Form):
    """The day a round's classes are made public inside."""

    version = HiddenField()
    published_on = DateField(_l("Ngày công khai"), [Required()], render_kw={"width": "s"})


class OutstandingForm(Form):
    """The larger quota of a body with outstanding results."""

    version = HiddenField()
    outstanding = BooleanField(_l("Cơ quan có kết quả nổi trội, được áp dụng tỷ lệ cao hơn"))
    basis = TextField(
        _l("Văn bản cho phép"), longest=300, description=_l("Số, ngày văn bản của cấp có thẩm quyền (NĐ 335 Đ20 k5)")
    )


class RecordForm(Form):
    """A class decided elsewhere (Party-managed posts): recorded with who decided, number and day."""

    version = HiddenField()
    rating = SelectField(_l("Mức xếp loại"), [Required()], choices=[], render_kw={"width": "m"})
    body = TextField(_l("Cấp có thẩm quyền xếp loại"), [Required()], longest=200)
    number = TextField(_l("Số văn bản"), [Required()], longest=100, render_kw={"width": "m"})
    on = DateField(_l("Ngày văn bản"), [Required()], render_kw={"width": "s"})

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.rating.choices = [("", _("— chọn —")), *class_choices()]

    def reason(self) -> str:
        """Return who decided, number and day in one line, as the change keeps it."""
        day = f"{self.on.data:%d/%m/%Y}" if self.on.data else ""
        return f"{self.body.data}: văn bản {self.number.data} ngày {day}"


class RemarkForm(Form):
    """Remarks of those who decide, on Mẫu 02."""

    version = HiddenField()
    remarks = TextAreaField(
        _l("Nhận xét"), [Required()], render_kw={"rows": 4},
        description=_l("Với người giữ chức vụ lãnh đạo, quản lý: ghi cả ý kiến của cấp ủy."),
    )  # fmt: skip


class WeighForm(Form):
    """Whether a discipline of the record makes the class."""

    version = HiddenField()
    act = RadioField(_l("Hành vi bị kỷ luật"), [Required()], choices=[], render_kw={"lang": "vi"})
    counts = RadioField(
        _l("Tính vào xếp loại"), [Required()],
        choices=[("yes", _l("Vi phạm công vụ: tính")), ("no", _l("Không phải vi phạm công vụ: không tính"))],
    )  # fmt: skip
    reason = TextAreaField(_l("Lý do"), [Required()], longest=2000, render_kw={"rows": 3})


class ConcludeForm(Form):
    """What whoever decides finds of a person besides discipline."""

    version = HiddenField()
    finding = SelectField(
        _l("Kết luận"), [Required()],
        choices=[
            ("degenerated", _l("Suy thoái, vi phạm điều đảng viên không được làm: không hoàn thành nhiệm vụ")),
            ("own_fault_reported", _l("Viên chức quản lý tự phát hiện, báo cáo, khắc phục: được giảm nhẹ")),
        ],
    )  # fmt: skip
    holds = RadioField(
        _l("Có kết luận này không"), [Required()], choices=[("yes", _l("có")), ("no", _l("không, hoặc đã bỏ"))]
    )
    reason = TextAreaField(_l("Lý do, văn bản kết luận"), [Required()], longest=2000, render_kw={"rows": 3})


class SelfForm(Form):
    """Mẫu 02 in the person's own words."""

    version = HiddenField()
    strengths = TextAreaField(_l("Ưu điểm"), [Required()], render_kw={"rows": 5})
    weaknesses = TextAreaField(_l("Hạn chế, khuyết điểm"), [Required()], render_kw={"rows": 5})
    wanted = SelectField(_l("Tự xếp loại"), [Required()], choices=[], render_kw={"width": "m"})

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.wanted.choices = [("", _("— chọn —")), *class_choices(none=False)]


def self_data(found: SelfRating | None) -> dict[str, Any]:
    """Return what Mẫu 02 begins with."""
    if found is None:
        return {"version": "0"}
    return {
        "version": str(found.version), "strengths": found.strengths, "weaknesses": found.weaknesses,
        "wanted": found.wanted,
    }  # fmt: skip


def unit_choices(units: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    """Return units as choices of a box."""
    return [(str(key), name) for key, name in units]
