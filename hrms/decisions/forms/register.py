"""The forms of the register, and the chooser by which every other page names the paper its change rests on."""

from __future__ import annotations

from typing import Any

from flask import url_for
from wtforms import Form as AnyForm

from hrms.core.errors import NotFound
from hrms.core.formats import format_date
from hrms.core.forms import (
    ComboField,
    DateField,
    Form,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_
from hrms.decisions import queries
from hrms.decisions.models import Decision
from hrms.decisions.rules import KIND_LABELS, DecisionKind

BASES = (
    ("new", N_("Nhập quyết định mới")),
    ("existing", N_("Chọn quyết định đã có trong sổ")),
    ("old_data", N_("Chuyển từ dữ liệu cũ, chưa có số quyết định")),
)


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of decision with their words, for a select."""
    return [(kind.value, render(words)) for kind, words in KIND_LABELS.items()]


def words_of(decision: Decision) -> str:
    """Return how a search box names an entry: “905/QĐ-SNV ngày 05/01/2026: Điều động viên chức”."""
    words = _("%(reference)s ngày %(day)s", reference=decision.reference, day=format_date(decision.signed_on))
    return f"{words}: {decision.subject}" if decision.subject else words


def _label_of(value: str) -> str | None:
    try:
        return words_of(queries.get_decision(int(value)))
    except (NotFound, ValueError):
        return None


def _find(typed: str) -> list[tuple[str, str]]:
    found = queries.find_by_reference(typed) or queries.list_choices(typed)
    return [(str(decision.id), words_of(decision)) for decision in found]


class DecisionFields:
    """A mixin for forms: pick an entry of the register, or enter a new one, or say that the paper is unknown.

    Draw it with `decisions/_chooser.html`; give `form.data` to `hrms.decisions.services.from_form`. A form that must
    have a paper calls `require_paper()`. Use: `class MoveForm(DecisionFields, Form)`.
    """

    decision_basis = RadioField(_l("Căn cứ"), choices=[(key, _l(words)) for key, words in BASES], default="new")
    decision_id = ComboField(
        _l("Quyết định trong sổ"), description=_l("Gõ số quyết định, ví dụ 905/QĐ-SNV, hoặc vài chữ của trích yếu.")
    )
    decision_number = TextField(
        _l("Số, ký hiệu"), longest=100, description=_l("Ví dụ 905/QĐ-SNV"), render_kw={"width": "m"}
    )
    decision_signed_on = DateField(_l("Ngày ký"), render_kw={"width": "s"})
    decision_issuer = TextField(
        _l("Cơ quan ban hành"), longest=300, description=_l("Ghi như trên quyết định, ví dụ Sở Nội vụ")
    )
    decision_kind = SelectField(_l("Loại quyết định"), choices=[], render_kw={"width": "m"})
    decision_signer_name = TextField(_l("Người ký"), longest=100, render_kw={"width": "m"})
    decision_signer_title = TextField(_l("Chức vụ người ký"), longest=150, render_kw={"width": "m"})
    decision_subject = TextField(_l("Trích yếu"), longest=500)

    def __init__(self, *arguments: Any, paper_kind: str = DecisionKind.OTHER, **named: Any) -> None:
        super().__init__(*arguments, **named)
        fields: Any = self
        fields.decision_kind.choices = kind_choices()
        if not fields.decision_kind.data:
            fields.decision_kind.data = str(paper_kind)
        fields.decision_id.configure(source=url_for("decisions.choices"), label_of=_label_of, find=_find)

    def require_paper(self) -> None:
        """Leave out "old data": this change cannot be made without a decision."""
        fields: Any = self
        fields.decision_basis.choices = [(key, render(words)) for key, words in BASES[:2]]

    def validate(self, *arguments: Any, **named: Any) -> bool:
        """Check the form; what belongs to a way not chosen is not asked for, nor refused."""
        fields: Any = self
        if fields.decision_basis.data != "existing":
            fields.decision_id.process(None)
            fields.decision_id.data = None
        checked: bool = super().validate(*arguments, **named)  # type: ignore[misc] # the form beside the mixin has it
        return checked


class DecisionForm(Form):
    """An entry of the register."""

    number = TextField(
        _l("Số, ký hiệu"), [Required()], longest=100, description=_l("Ví dụ 905/QĐ-SNV"), render_kw={"width": "m"}
    )
    signed_on = DateField(_l("Ngày ký"), [Required()], render_kw={"width": "s"})
    effective_on = DateField(
        _l("Ngày có hiệu lực"), render_kw={"width": "s"}, description=_l("Để trống nếu là ngày ký")
    )
    issuer = TextField(
        _l("Cơ quan ban hành"), [Required()], longest=300, description=_l("Ghi như trên quyết định, ví dụ Sở Nội vụ")
    )
    kind = SelectField(_l("Loại quyết định"), [Required()], choices=[], render_kw={"width": "m"})
    subject = TextField(_l("Trích yếu"), [Required()], longest=500)
    signer_name = TextField(_l("Người ký"), longest=100, render_kw={"width": "m"})
    signer_title = TextField(_l("Chức vụ người ký"), longest=150, render_kw={"width": "m"})
    legal_ground = TextAreaField(_l("Căn cứ pháp lý"), description=_l("Mỗi căn cứ một dòng"))
    note = TextAreaField(_l("Ghi chú"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kind.choices = [("", ""), *kind_choices()]


class CorrectForm(DecisionForm):
    """The same, to put a slip right; `version` is the one the page was opened with."""

    version = HiddenField()


class WithdrawForm(Form):
    """Why an entry should not stand."""

    version = HiddenField()

    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000)


class FilterForm(AnyForm):  # type: ignore[misc] # the package has no types
    """The conditions of the list, in the address."""

    q = TextField(_l("Số, trích yếu, người ký"))
    year = TextField(_l("Năm ký"), render_kw={"width": "s", "inputmode": "numeric"})
    kind = SelectField(_l("Loại"), choices=[])
    issuer = TextField(_l("Cơ quan ban hành"))
