"""Forms around a score sheet: a reason, who scores instead, opening periods."""

from __future__ import annotations

from typing import Any

from hrms.core.forms import (
    ComboField,
    Form,
    HiddenField,
    NumberField,
    RadioField,
    Required,
    SelectField,
    TextAreaField,
    YearField,
)
from hrms.core.i18n import N_, _l, render

KINDS = {"month": N_("Tháng"), "quarter": N_("Quý")}
REACHES = {"one": N_("Chỉ cơ quan này"), "all": N_("Cơ quan này và mọi cơ quan bên dưới")}


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(_l("Lý do"), [Required()], longest=500)


class RerouteForm(Form):
    """Whose head scores instead, and why."""

    version = HiddenField()
    authority_id = ComboField(
        _l("Nơi có người đứng đầu sẽ chấm"), [Required()],
        description=_l("Cơ quan, đơn vị của người được đánh giá, hoặc cấp trên của nó."),
    )  # fmt: skip
    reason = TextAreaField(_l("Lý do"), [Required()], longest=500)


class OpenForm(Form):
    """Which month or quarter is opened where."""

    agency_id = ComboField(_l("Cơ quan"), [Required()])
    reach = RadioField(_l("Mở cho"), [Required()])
    kind = SelectField(_l("Kỳ theo"), [Required()], render_kw={"width": "s"})
    number = NumberField(_l("Tháng, quý số"), [Required()], whole=True, least=1, most=12, render_kw={"width": "s"})
    year = YearField(_l("Năm"), [Required()], least=2020, most=2100, render_kw={"width": "s"})

    def offer(self) -> None:
        """Give the boxes their choices in the reader's language."""
        self.kind.choices = [(value, render(words)) for value, words in KINDS.items()]
        self.reach.choices = [(value, render(words)) for value, words in REACHES.items()]


class ChooseForm(Form):
    """Which agency a file is of."""

    agency_id = ComboField(_l("Cơ quan"), [Required()])


def version(form: Any) -> int:
    """Return the version a form was made from, 0 for anything else."""
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
