"""Forms of what-if: a scenario, and one form for each kind of change that may be supposed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from hrms.core import formats
from hrms.core.forms import (
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    TextField,
    YearField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_, Problem
from hrms.pay.rules import supposed
from hrms.pay.rules.allowances import LABELS as ALLOWANCES
from hrms.pay.rules.figures import AllowanceCode, Insurance, Side
from hrms.pay.rules.figures import Form as PayForm
from hrms.pay.rules.insurance import LABELS as INSURANCES
from hrms.pay.rules.supposed import GIVE_LABELS, PAID_KINDS, Change, ChangeKind, Give, Who
from hrms.pay.rules.supposed_raises import Raises
from hrms.people.rules.kinds import KIND_LABELS, PersonKind

SIDE_LABELS: dict[Side, str] = {Side.EMPLOYEE: N_("Người lao động"), Side.EMPLOYER: N_("Cơ quan")}
FORM_LABELS: dict[PayForm, str] = {
    PayForm.PERCENT: N_("Phần trăm"), PayForm.COEFFICIENT: N_("Hệ số nhân với mức lương cơ sở"),
    PayForm.AMOUNT: N_("Số tiền, đồng một tháng"),
}  # fmt: skip
Choices = Sequence[tuple[str, str]]


def _offered(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(one.value), render(words)) for one, words in labels.items()]


class ScenarioForm(Form):
    """Name, agency and period of a scenario."""

    version = HiddenField()
    name = TextField(_l("Tên phương án"), [Required()], longest=200)
    agency = ComboField(
        _l("Cơ quan"), [Required()], description=_l("Tính cho người do cơ quan này và các cơ quan bên dưới trả lương.")
    )
    starts_on = DateField(
        _l("Tính từ tháng"), [Required()], description=_l("Ghi ngày bất kỳ trong tháng đầu."),
        render_kw={"width": "s"},
    )  # fmt: skip
    years = NumberField(_l("Số năm"), [Required()], whole=True, least=1, most=10, render_kw={"width": "s"})


class NameForm(Form):
    """The name of a copy."""

    name = TextField(_l("Tên phương án"), [Required()], longest=200)


class VersionForm(Form):
    """A step taken of a scenario as it was read."""

    version = HiddenField()


class ChangeForm(Form):
    """What all forms of a change have: the scenario's version, the first day.

    What is said in full gives its `change()`; a text and a scheme only choose what the view copies.
    """

    groups: ClassVar[Sequence[str]] = ()
    hint: ClassVar[Any] = ""
    version = HiddenField()
    start = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})

    def offer(self, offers: Mapping[str, Choices]) -> None:
        """Put the choices of this request into the fields that have some."""
        for name, choices in offers.items():
            if name in self:
                self[name].choices = choices


class BaseSalaryForm(ChangeForm):
    """Another base salary."""

    groups = ("start", "amount")
    amount = NumberField(
        _l("Mức lương cơ sở, đồng một tháng"), [Required()], whole=True, least=1, most=1_000_000_000,
        render_kw={"width": "m"},
    )  # fmt: skip

    def change(self) -> Change:
        """Return the change."""
        return supposed.BaseSalary(start=_day(self), amount=_number(self.amount))


class AllowanceForm(ChangeForm):
    """An allowance given, changed or stopped, and for whom."""

    groups = ("start", "code", "give", "form", "value", "kinds", "groups_of", "ranks", "leaders")
    hint = _l("Để trống các ô chọn diện hưởng thì áp dụng cho mọi người.")
    code = SelectField(_l("Phụ cấp"), [Required()], choices=[], render_kw={"width": "l"})
    give = RadioField(_l("Cách áp dụng"), [Required()], choices=[])
    form = SelectField(_l("Tính theo"), choices=[], render_kw={"width": "m"})
    value = NumberField(
        _l("Mức hưởng"), least=0, most=1_000_000_000, places=4, render_kw={"width": "m"},
        description=_l("25 là 25%; hệ số như 0,3; số tiền bằng đồng một tháng."),
    )  # fmt: skip
    kinds = SelectMultipleField(_l("Loại nhân sự"), choices=[])
    groups_of = SelectMultipleField(_l("Loại bảng lương"), choices=[])
    ranks = TextField(
        _l("Mã ngạch bắt đầu bằng"), longest=20, render_kw={"width": "s"},
        description=_l("V.07 là nhà giáo, V.08 là y tế."),
    )  # fmt: skip
    leaders = SelectField(_l("Chức vụ lãnh đạo"), choices=[], render_kw={"width": "m"})

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.code.choices = [("", _("— chọn —")), *_offered(ALLOWANCES)]
        self.give.choices = _offered(GIVE_LABELS)
        self.form.choices = _offered(FORM_LABELS)
        self.kinds.choices = [(one.value, render(KIND_LABELS[one])) for one in PAID_KINDS]
        self.leaders.choices = [
            ("", _("Có hoặc không")), ("yes", _("Chỉ người giữ chức vụ")), ("no", _("Chỉ người không giữ chức vụ")),
        ]  # fmt: skip

    def change(self) -> Change:
        """Return the change."""
        leaders = {"yes": True, "no": False}.get(self.leaders.data or "")
        who = Who(
            tuple(PersonKind(one) for one in self.kinds.data or ()), tuple(self.groups_of.data or ()),
            self.ranks.data or "", leaders,
        )  # fmt: skip
        return supposed.AllowanceChange(
            start=_day(self), code=AllowanceCode(self.code.data), give=Give(self.give.data),
            form=PayForm(self.form.data or PayForm.PERCENT), value=self.value.data or Decimal(0), who=who,
        )  # fmt: skip


class ScaleForm(ChangeForm):
    """Other coefficients of the scales."""

    groups = ("start", "group", "percent", "coefficients")
    hint = _l("Ghi tỷ lệ tăng, hoặc hệ số từng bậc của một loại.")
    group = SelectField(_l("Loại bảng lương"), choices=[], render_kw={"width": "m"})
    percent = NumberField(
        _l("Tăng (phần trăm)"), least=-90, most=900, places=4, render_kw={"width": "s"},
        description=_l("Hệ số mới làm tròn hai số lẻ. Số âm là giảm."),
    )  # fmt: skip
    coefficients = TextField(
        _l("Hoặc hệ số từng bậc"), longest=300, description=_l("Từ bậc 1 đến bậc cuối, cách nhau bằng dấu chấm phẩy.")
    )

    def change(self) -> Change:
        """Return the change. Raises ValueError for coefficients that are no numbers."""
        percent = self.percent.data
        steps = () if percent is not None else tuple(
            formats.parse_decimal(one) for one in re.split(r"[;\s]+", self.coefficients.data or "") if one
        )  # fmt: skip
        return supposed.Scale(
            start=_day(self), group=self.group.data or "", percent=percent, coefficients=steps
        )  # fmt: skip


class LeadershipForm(ChangeForm):
    """Other leadership coefficients."""

    groups = ("start", "post", "percent", "coefficient")
    hint = _l("Ghi tỷ lệ tăng, hoặc hệ số của một chức vụ.")
    post = SelectField(_l("Chức vụ, nơi áp dụng"), choices=[], render_kw={"width": "l", "lang": "vi"})
    percent = NumberField(
        _l("Tăng (phần trăm)"), least=-90, most=900, places=4, render_kw={"width": "s"},
        description=_l("Hệ số mới làm tròn hai số lẻ. Số âm là giảm."),
    )  # fmt: skip
    coefficient = NumberField(_l("Hoặc hệ số mới"), least=0, most=5, places=2, render_kw={"width": "s"})

    def change(self) -> Change:
        """Return the change."""
        percent = self.percent.data
        return supposed.Leadership(
            start=_day(self), post=self.post.data or "", percent=percent,
            coefficient=None if percent is not None else self.coefficient.data,
        )  # fmt: skip


class RateForm(ChangeForm):
    """Another rate of an insurance."""

    groups = ("start", "insurance", "side", "percent")
    insurance = SelectField(_l("Bảo hiểm"), [Required()], choices=[], render_kw={"width": "l"})
    side = RadioField(_l("Bên đóng"), [Required()], choices=[])
    percent = NumberField(
        _l("Tỷ lệ mới (phần trăm)"), [Required()], least=0, most=50, places=4, render_kw={"width": "s"}
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.insurance.choices = [("", _("— chọn —")), *_offered(INSURANCES)]
        self.side.choices = _offered(SIDE_LABELS)

    def change(self) -> Change:
        """Return the change."""
        return supposed.Rate(
            start=_day(self), insurance=Insurance(self.insurance.data), side=Side(self.side.data),
            percent=_number(self.percent),
        )  # fmt: skip


class PlacementForm(ChangeForm):
    """The placement of every public employee in a career grade."""

    groups = ("start",)
    hint = _l("NĐ 232/2026/NĐ-CP Đ18: chậm nhất 01/7/2027. Loại A2.2 xếp vào A2.1, loại A3.2 vào A3.1.")

    def change(self) -> Change:
        """Return the change."""
        return supposed.Placement(start=_day(self))


class RaisesForm(ChangeForm):
    """Regular raises still to be decided."""

    groups = ("start",)
    hint = _l("Lần đầu theo ngày nâng bậc ghi trên hồ sơ, các lần sau cứ đủ thời gian giữ bậc; chưa kể vượt khung.")

    def change(self) -> Change:
        """Return the change."""
        return Raises(start=_day(self))


class SchemeForm(ChangeForm):
    """Another scheme of bonuses or extra income, in place of one or of none."""

    groups = ("scheme", "instead", "year")
    hint = _l("Chia lại quỹ cho người và kết quả xếp loại của năm đã chọn; quy chế sửa sau đó không đổi phương án.")
    start = DateField(_l("Từ ngày"))
    scheme = SelectField(
        _l("Quy chế giả định"), [Required()], choices=[], render_kw={"width": "l", "lang": "vi"}
    )  # fmt: skip
    instead = SelectField(_l("So với quy chế"), choices=[], render_kw={"width": "l", "lang": "vi"})
    year = YearField(_l("Người và xếp loại của năm"), [Required()], least=2020, most=2100, render_kw={"width": "s"})


class TextForm(ChangeForm):
    """A text that is entered and not yet applied."""

    groups = ("text",)
    hint = _l("Các mức được chép vào phương án; văn bản sửa sau đó không đổi phương án.")
    start = DateField(_l("Từ ngày"))
    text = SelectField(_l("Văn bản đang soạn"), [Required()], choices=[], render_kw={"width": "l", "lang": "vi"})


FORMS: Mapping[ChangeKind, type[ChangeForm]] = {
    ChangeKind.BASE_SALARY: BaseSalaryForm, ChangeKind.ALLOWANCE: AllowanceForm, ChangeKind.SCALE: ScaleForm,
    ChangeKind.LEADERSHIP: LeadershipForm, ChangeKind.INSURANCE: RateForm, ChangeKind.PLACEMENT: PlacementForm,
    ChangeKind.RAISES: RaisesForm, ChangeKind.INCENTIVE: SchemeForm, ChangeKind.TEXT: TextForm,
}  # fmt: skip


def _day(form: Any) -> date:
    found: date = form.start.data
    return found


def _number(field: Any) -> Decimal:
    found: Decimal = field.data
    return found


def problems_of(form: ChangeForm) -> list[Problem]:
    """Return what a form of two ways lacks: neither of them given."""
    if isinstance(form, ScaleForm) and form.percent.data is None and not form.coefficients.data:
        return [Problem("percent", "neither", N_("Chưa ghi tỷ lệ tăng hay hệ số từng bậc. Hãy ghi một trong hai."))]
    if isinstance(form, LeadershipForm) and form.percent.data is None and form.coefficient.data is None:
        return [Problem("percent", "neither", N_("Chưa ghi tỷ lệ tăng hay hệ số mới. Hãy ghi một trong hai."))]
    return []


def data_of(change: Change) -> dict[str, Any]:
    """Return what the form of a change begins with."""
    found: dict[str, Any] = {"start": change.start}
    match change:
        case supposed.BaseSalary():
            found["amount"] = change.amount
        case supposed.Scale():
            steps = "; ".join(formats.format_coefficient(one) for one in change.coefficients)
            found |= {"group": change.group, "percent": change.percent, "coefficients": steps}
        case supposed.Leadership():
            found |= {"post": change.post, "percent": change.percent, "coefficient": change.coefficient}
        case supposed.Rate():
            found |= {
                "insurance": change.insurance.value, "side": change.side.value, "percent": change.percent,
            }  # fmt: skip
        case supposed.AllowanceChange():
            who = change.who
            found |= {
                "code": change.code.value, "give": change.give.value, "form": change.form.value,
                "value": change.value, "kinds": [one.value for one in who.kinds], "groups_of": list(who.groups),
                "ranks": who.ranks, "leaders": {True: "yes", False: "no", None: ""}[who.leaders],
            }  # fmt: skip
        case _:
            pass
    return found
