"""Forms of commitments and repayments."""
# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.forms import (
    BooleanField,
    ComboField,
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
from hrms.training.rules.commitments import COMMITMENT_LABELS, CommitmentState
from hrms.training.rules.council import ROLE_LABELS, CouncilRole, Member
from hrms.training.rules.repayment import CASE_LABELS, EXEMPTION_LABELS, HIGHEST_COST, HIGHEST_MONTHS, HIGHEST_YEARS

_COST: dict[str, Any] = {"whole": True, "least": 0, "most": HIGHEST_COST, "render_kw": {"width": "m"}}
USUAL = (CouncilRole.CHAIR, CouncilRole.SECRETARY, CouncilRole.PARTY, CouncilRole.UNIT, CouncilRole.FINANCE)


@cache
def _combined(form: Any, fields: Any) -> type[Any]:
    return type(f"{form.__name__}WithPaper", (fields, form), {})


def with_paper(form: Any) -> type[Any]:
    """Return the form with the fields of the register's chooser."""
    fields: Any = hooks.papers[0].fields
    return _combined(form, fields)


class CommitmentForm(Form):
    """What somebody promised."""

    person = ComboField(_l("Người được cử đi đào tạo"), [Required()])
    programme = TextField(_l("Khóa đào tạo"), [Required()], longest=300, description=_l("Ví dụ: Thạc sĩ Quản lý công"))
    institution = TextField(_l("Cơ sở đào tạo"), longest=300)
    country = TextField(_l("Nước"), longest=100, description=_l("Bỏ trống khi học trong nước."),
                        render_kw={"width": "m"})  # fmt: skip
    starts_on = DateField(_l("Khóa học bắt đầu"), [Required()], render_kw={"width": "s"})
    ends_on = DateField(_l("Khóa học kết thúc"), [Required()], render_kw={"width": "s"})
    returned_on = DateField(
        _l("Trở lại làm việc từ ngày"), render_kw={"width": "s"},
        description=_l("Thời gian phục vụ tính từ ngày này. Bỏ trống khi còn đang học."),
    )  # fmt: skip
    committed_months = NumberField(
        _l("Số tháng cam kết phục vụ"), [Required()], whole=True, least=1, most=HIGHEST_MONTHS,
        description=_l("Đào tạo sau đại học: ít nhất 3 lần thời gian học."), render_kw={"width": "s"},
    )  # fmt: skip
    central_cost = NumberField(_l("Ngân sách trung ương (đồng)"), **_COST)
    local_cost = NumberField(_l("Ngân sách địa phương (đồng)"), **_COST)
    other_cost = NumberField(_l("Nguồn khác (đồng)"), **_COST)
    note = TextField(_l("Ghi chú"), longest=500)
    version = HiddenField()

    def prepare(self, actor: Actor) -> None:
        """Say where people are found."""
        finder = hooks.people_finder[0]
        self.person.configure(
            source=url_for(finder.source), label_of=_label_of, find=lambda words: finder.find(actor, words)
        )


def _label_of(value: str) -> str | None:
    whole = value.isascii() and value.isdigit() and len(value) < 19
    found = hooks.people_finder[0].by_ids([int(value)]) if whole else []
    return found[0].name if found else None


class CloseForm(Form):
    """The end of a commitment."""

    state = SelectField(_l("Kết thúc vì"), [Required()], choices=[], render_kw={"width": "m"})
    closed_on = DateField(_l("Ngày kết thúc"), [Required()], render_kw={"width": "s"})
    reason = TextAreaField(_l("Lý do, căn cứ"), [Required()], longest=500)
    version = HiddenField()

    def prepare(self) -> None:
        """Fill in the choices."""
        self.state.choices = [
            (one.value, render(COMMITMENT_LABELS[one])) for one in (CommitmentState.FULFILLED, CommitmentState.RELEASED)
        ]


class ReasonForm(Form):
    """Why something is taken back."""

    reason = TextAreaField(_l("Lý do"), [Required()], longest=500)
    version = HiddenField()


class CaseForm(Form):
    """A case to be looked at: what happened and when."""

    repay_case = SelectField(_l("Trường hợp"), [Required()], choices=[], render_kw={"width": "l"})
    happened_on = DateField(
        _l("Ngày phát sinh"), [Required()], render_kw={"width": "s"},
        description=_l("Ngày đầu tiên không còn công tác, hoặc ngày bỏ học, ngày có kết quả học tập."),
    )  # fmt: skip
    years_before = NumberField(
        _l("Số năm công tác trước khóa học"), whole=True, least=0, most=HIGHEST_YEARS, render_kw={"width": "s"},
        description=_l("Bỏ trống: tính theo ngày tuyển dụng trong hồ sơ."),
    )  # fmt: skip
    exempt_ground = SelectField(_l("Lý do không phải đền bù"), choices=[], render_kw={"width": "l"})
    note = TextAreaField(_l("Ghi chú, giấy tờ kèm theo"), longest=1000)
    version = HiddenField()

    def prepare(self) -> None:
        """Fill in the choices."""
        self.repay_case.choices = [(one.value, render(words)) for one, words in CASE_LABELS.items()]
        set_grounds(self.exempt_ground)


def set_grounds(field: Any) -> None:
    """Give a field the grounds of Đ8, none of them first."""
    field.choices = [("", _("— không có —")), *((one.value, render(words)) for one, words in EXEMPTION_LABELS.items())]


class CouncilForm(Form):
    """The meeting and the recommendation; the members stand in a table beside it."""

    met_on = DateField(_l("Ngày họp"), render_kw={"width": "s"})
    recommended_on = DateField(_l("Ngày kiến nghị"), render_kw={"width": "s"})
    amount = NumberField(_l("Số tiền kiến nghị (đồng)"), description=_l("Bỏ trống: đúng số đã tính."), **_COST)
    note = TextAreaField(_l("Ghi chú"), longest=1000)
    version = HiddenField()


def council_form(count: int) -> type[Any]:
    """Return the form of a council with so many members: role, name, there, vote of each."""
    fields: dict[str, Any] = {}
    for place in range(count):
        named = {"place": place + 1}
        fields[f"role_{place}"] = SelectField(_l("Thành phần %(place)s", **named), choices=[], render_kw={"width": "m"})
        fields[f"name_{place}"] = TextField(_l("Họ và tên %(place)s", **named), longest=100, render_kw={"width": "m"})
        fields[f"present_{place}"] = BooleanField(_l("Có mặt %(place)s", **named), render_kw={"width": "s"})
        fields[f"vote_{place}"] = SelectField(_l("Biểu quyết %(place)s", **named), choices=[], render_kw={"width": "s"})
    return type("CouncilOf", (CouncilForm,), fields)


def lay_members(form: Any, members: Sequence[Member], count: int) -> None:
    """Give the table its choices, and what is written of the council already."""
    roles = [(one.value, render(words)) for one, words in ROLE_LABELS.items()]
    votes = [("", _("— chưa —")), ("agree", _("Đồng ý")), ("against", _("Không đồng ý"))]
    for place in range(count):
        form[f"role_{place}"].choices, form[f"vote_{place}"].choices = roles, votes
        if form.is_submitted():
            continue
        known = members[place] if place < len(members) else None
        usual = USUAL[place] if place < len(USUAL) else CouncilRole.MEMBER
        form[f"role_{place}"].data = (known.role if known else usual).value
        if known:
            form[f"name_{place}"].data, form[f"present_{place}"].data = known.name, known.present
            form[f"vote_{place}"].data = {True: "agree", False: "against", None: None}[known.agrees]


def members_in(form: Any, count: int) -> list[Member]:
    """Return the council as the table says; a row without a name is no member."""
    said = {"agree": True, "against": False}
    return [
        Member(
            form[f"name_{place}"].data, CouncilRole(form[f"role_{place}"].data or CouncilRole.MEMBER.value),
            bool(form[f"present_{place}"].data), said.get(form[f"vote_{place}"].data or ""),
        )
        for place in range(count)
        if form[f"name_{place}"].data
    ]  # fmt: skip


class DecideForm(Form):
    """The decision: a sum, or a ground on which nothing is owed."""

    exempt_ground = SelectField(_l("Lý do không phải đền bù"), choices=[], render_kw={"width": "l"})
    amount = NumberField(
        _l("Số tiền phải đền bù (đồng)"), description=_l("Bỏ trống: đúng số hội đồng kiến nghị."), **_COST
    )
    note = TextAreaField(_l("Ghi chú, giấy tờ chứng minh"), longest=1000)
    version = HiddenField()

    def prepare(self) -> None:
        """Fill in the choices; a decision is never old data without a paper."""
        set_grounds(self.exempt_ground)
        form: Any = self
        form.require_paper()


class PayForm(Form):
    """Money received."""

    paid_on = DateField(_l("Ngày nộp"), [Required()], render_kw={"width": "s"})
    amount = NumberField(_l("Số tiền nộp (đồng)"), [Required()], **_COST)
    receipt = TextField(_l("Số biên lai, chứng từ"), longest=100, render_kw={"width": "m"})
    version = HiddenField()
