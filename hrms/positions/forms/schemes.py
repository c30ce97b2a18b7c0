"""The forms of job-position schemes: the head and its chapters, work, positions, lines, review, approval."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hrms.core import hooks
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    RadioField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.positions.forms.frames import FrameTextForm
from hrms.positions.rules.kinds import GROUP_LABELS, QUOTA_LABELS, QuotaKind
from hrms.positions.rules.schemes import ADJUSTING_LABELS, REVIEW, STATE_LABELS
from hrms.positions.services.schemes.inventory import LONGEST, MOST_AMOUNT
from hrms.positions.services.schemes.lines import LONGEST as LONGEST_OF_LINE
from hrms.positions.services.schemes.lines import MOST_SEATS
from hrms.positions.services.schemes.writing import CHAPTERS, LONGEST_CHAPTER

_KINDS = (QuotaKind.CIVIL, QuotaKind.PUBLIC)


class NewForm(Form):
    """A new scheme: whose, of which people, and whether it begins with what is in force."""

    agency = ComboField(_l("Cơ quan, đơn vị lập đề án"), [Required()])
    quota_kind = RadioField(_l("Đề án về"), [Required()], choices=[(one.value, one.value) for one in _KINDS])
    title = TextField(
        _l("Tên đề án"), [Required()], longest=300, description=_l("Ví dụ: Đề án vị trí việc làm của Sở Xây dựng")
    )
    from_force = BooleanField(_l("Bắt đầu từ các vị trí đang áp dụng, rồi thêm, bớt"), default=True)

    def offer(self) -> None:
        """Fill in the choices."""
        self.quota_kind.choices = [(one.value, render(QUOTA_LABELS[one])) for one in _KINDS]


class FilterForm(Form):
    """What the list shows."""

    state = SelectField(_l("Bước"), choices=[])
    kind = SelectField(_l("Loại biên chế"), choices=[])

    def offer(self) -> None:
        """Fill in the choices."""
        anything = [("", _("— tất cả —"))]
        self.state.choices = anything + [(one.value, render(words)) for one, words in STATE_LABELS.items()]
        self.kind.choices = anything + [(one.value, render(QUOTA_LABELS[one])) for one in _KINDS]


class HeadForm(Form):
    """What a scheme says as a whole, with its five chapters."""

    version = HiddenField()
    title = TextField(_l("Tên đề án"), [Required()], longest=300)
    request = TextField(
        _l("Văn bản đề nghị phê duyệt"), longest=200,
        description=_l("Số, ký hiệu, ngày; ví dụ 125/TTr-SXD ngày 02/11/2026"),
    )  # fmt: skip
    effective_on = DateField(
        _l("Dự kiến áp dụng từ ngày"), render_kw={"width": "s"}, description=_l("Quyết định phê duyệt sẽ định ngày")
    )
    reason = SelectField(_l("Lý do điều chỉnh"), choices=[], description=_l("Khi đã có vị trí việc làm đang áp dụng"))
    self_financing = BooleanField(_l("Đơn vị tự chủ tài chính, tự quy định tỷ lệ bậc (NĐ 232/2026/NĐ-CP Đ10 k3)"))
    chapter_1 = TextAreaField(_l("I. Cơ sở pháp lý và sự cần thiết"), longest=LONGEST_CHAPTER, render_kw={"rows": 8})
    chapter_2 = TextAreaField(
        _l("II. Hệ thống vị trí việc làm"), longest=LONGEST_CHAPTER, render_kw={"rows": 5},
        description=_l("Bảng vị trí tự in theo đề án; ở đây ghi lời thuyết minh"),
    )  # fmt: skip
    chapter_3 = TextAreaField(_l("III. Biên chế"), longest=LONGEST_CHAPTER, render_kw={"rows": 5})
    chapter_4 = TextAreaField(_l("IV. Cơ cấu ngạch, bậc và tỷ lệ"), longest=LONGEST_CHAPTER, render_kw={"rows": 5})
    chapter_5 = TextAreaField(_l("V. Kiến nghị, đề xuất"), longest=LONGEST_CHAPTER, render_kw={"rows": 5})

    def offer(self) -> None:
        """Fill in the choices."""
        none = [("", _("— đề án lập lần đầu —"))]
        self.reason.choices = none + [(one.value, render(words)) for one, words in ADJUSTING_LABELS.items()]

    def chapters(self) -> dict[str, str]:
        """Return the chapters by number."""
        return {number: self[f"chapter_{place}"].data or "" for place, number in enumerate(CHAPTERS, 1)}


class WorkForm(Form):
    """A piece of work of the inventory."""

    version = HiddenField()
    unit = SelectField(_l("Đơn vị"), [Required()], choices=[])
    person = ComboField(_l("Người thực hiện"), description=_l("Để trống nếu là việc chung của đơn vị"))
    name = TextField(_l("Tên công việc"), [Required()], longest=LONGEST["name"])
    product = TextField(
        _l("Sản phẩm đầu ra"), longest=LONGEST["product"], description=_l("Ví dụ: báo cáo, quyết định, hồ sơ")
    )
    times_a_year = NumberField(_l("Số lượng một năm"), least=0, most=MOST_AMOUNT, render_kw={"width": "s"})
    hours_each = NumberField(_l("Số giờ mỗi lần"), least=0, most=MOST_AMOUNT, render_kw={"width": "s"})
    regular = BooleanField(_l("Thường xuyên, liên tục, ổn định, lặp lại (chỉ việc này được tính)"), default=True)
    group = SelectField(_l("Nhóm công việc"), choices=[])
    line = SelectField(_l("Thuộc vị trí việc làm"), choices=[])
    note = TextField(_l("Ghi chú"), longest=LONGEST["note"])

    def offer(self, units: list[tuple[str, str]], lines: list[tuple[str, str]]) -> None:
        """Fill in the choices."""
        self.unit.choices = units
        self.group.choices = group_choices()
        self.line.choices = [("", _("— chưa gắn —")), *lines]


def group_choices() -> list[tuple[str, str]]:
    """Return the groups of work for a select, none first."""
    return [("", _("— chưa phân nhóm —")), *((one.value, render(words)) for one, words in GROUP_LABELS.items())]


class PasteForm(Form):
    """Cells pasted from a sheet."""

    unit = SelectField(_l("Đơn vị"), [Required()], choices=[])
    person = ComboField(_l("Người thực hiện"), description=_l("Để trống nếu là việc chung của đơn vị"))
    cells = TextAreaField(
        _l("Các ô chép từ Excel"), [Required()], longest=500_000, render_kw={"rows": 12},
        description=_l(
            "Mỗi dòng một việc, các cột theo thứ tự: tên công việc · sản phẩm đầu ra · số lượng một năm · số giờ mỗi"
            " lần · thường xuyên (có/không) · ghi chú"
        ),
    )  # fmt: skip


class PositionForm(Form):
    """A position of the catalogue for a unit."""

    position = ComboField(_l("Vị trí trong danh mục"), [Required()], description=_l("Chỉ chọn trong danh mục"))
    unit = SelectField(_l("Đơn vị"), [Required()], choices=[])
    seats = NumberField(
        _l("Số chỗ"), [Required()], whole=True, least=0, most=MOST_SEATS, default=Decimal(1), render_kw={"width": "s"}
    )


class LineForm(Form):
    """A proposed line: seats, grades, base position; shares are boxes of their own, named by level."""

    version = HiddenField()
    seats = NumberField(
        _l("Số chỗ đề nghị"), [Required()], whole=True, least=0, most=MOST_SEATS, render_kw={"width": "s"}
    )
    grade_from = SelectField(_l("Bậc thấp nhất được sử dụng"), choices=[], render_kw={"width": "s"})
    grade_to = SelectField(_l("Bậc cao nhất được sử dụng"), choices=[], render_kw={"width": "s"})
    base_position = SelectField(
        _l("Vị trí gốc"), choices=[], description=_l("Vị trí chuyên môn hoặc hỗ trợ mà người quản lý giữ bậc")
    )
    code = TextField(_l("Mã vị trí của cơ quan"), longest=LONGEST_OF_LINE["code"], render_kw={"width": "m"})
    field = TextField(
        _l("Lĩnh vực công tác"), longest=LONGEST_OF_LINE["field"], description=_l("Ghi ở đây, không đổi tên vị trí")
    )
    reason = TextAreaField(_l("Thuyết minh"), longest=LONGEST_OF_LINE["reason"], render_kw={"rows": 3})


def shares_form(levels: list[tuple[str, str]]) -> type[Any]:
    """Return a form with a box in percent for each (level, words); the boxes are named `share_<place>`."""
    boxes = {
        f"share_{place}": NumberField(words, least=0, most=100, render_kw={"width": "s"})
        for place, (_level, words) in enumerate(levels)
    }
    return type("LineSharesForm", (LineForm,), boxes)


class ProposedFrameForm(FrameTextForm):
    """The text of a frame as a scheme proposes it: no day, no paper of its own."""

    version = HiddenField()


class RemarkForm(Form):
    """A step that says why."""

    version = HiddenField()
    remark = TextAreaField(_l("Nội dung"), longest=4000, render_kw={"rows": 4})


class ReviewForm(Form):
    """The four contents of the review; `review_form()` adds them."""

    version = HiddenField()
    remark = TextAreaField(_l("Nhận xét chung"), longest=4000, render_kw={"rows": 4})

    def answers(self) -> dict[str, dict[str, Any]]:
        """Return what was answered by content."""
        said = {"yes": True, "no": False}
        return {
            code: {"fit": said.get(self[f"fit_{code}"].data or ""), "remark": self[f"on_{code}"].data or ""}
            for code in REVIEW
        }


def review_form() -> type[Any]:
    """Return the form of the review, two fields for each content."""
    fields: dict[str, Any] = {}
    for code, words in REVIEW.items():
        fields[f"fit_{code}"] = RadioField(_l(words), choices=[("yes", _l("Phù hợp")), ("no", _l("Chưa phù hợp"))])
        fields[f"on_{code}"] = TextAreaField(_l("Nhận xét"), longest=2000, render_kw={"rows": 2})
    return type("FilledReviewForm", (ReviewForm,), fields)


class ApproveForm(Form):
    """The decision that approves a scheme; mixed with the register's chooser."""

    version = HiddenField()
    effective_on = DateField(_l("Áp dụng từ ngày"), [Required()], render_kw={"width": "s"})
    over_reason = TextAreaField(
        _l("Lý do chấp nhận số vượt"), longest=1000, render_kw={"rows": 2},
        description=_l("Chỉ khi giảm chỗ xuống dưới số người đang giữ"),
    )  # fmt: skip
    solve_by = DateField(_l("Hạn giải quyết số vượt"), render_kw={"width": "s"})


def approve_form() -> type[Any]:
    """Return the form with the fields of the register's chooser; there is no approval without a paper."""
    fields: Any = hooks.papers[0].fields
    return type("ApproveWithPaperForm", (fields, ApproveForm), {})
