"""Forms of raises: a list to be made, sending it, leaving somebody out, quotas of early raises, choosing somebody."""

from __future__ import annotations

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
)
from hrms.core.i18n import _l

QUARTERS = [("1", "I"), ("2", "II"), ("3", "III"), ("4", "IV")]


def years(this: int, *, back: int = 6) -> list[tuple[str, str]]:
    """Return the next year, this one and those before, newest first."""
    return [(str(year), str(year)) for year in range(this + 1, this - back, -1)]


class ListForm(Form):
    """A list of a quarter: of one agency, or of every agency under it."""

    agency = ComboField(_l("Cơ quan"), [Required()])
    year = SelectField(_l("Năm"), [Required()], choices=[], render_kw={"width": "s"})
    quarter = SelectField(_l("Quý"), [Required()], choices=QUARTERS, render_kw={"width": "s"})
    everybody = BooleanField(_l("Lập cho mọi cơ quan từ cơ quan này trở xuống (làm trong nền, có tiến độ)"))


class SendForm(Form):
    """Sending a list up."""

    version = HiddenField()
    one_paper = BooleanField(_l("Ra một quyết định chung cho cả danh sách (không đánh dấu: mỗi người một quyết định)"))


class LeaveOutForm(Form):
    """Leaving somebody out of a list, with the reason."""

    version = HiddenField()
    reason = TextAreaField(
        _l("Lý do để lại"), [Required()], longest=500, description=_l("Danh sách lần sau nhắc lại lý do này.")
    )


class ChooseForm(Form):
    """Choosing somebody for an early raise, and how many months early."""

    version = HiddenField()
    months = NumberField(
        _l("Nâng trước thời hạn (tháng)"), [Required()], whole=True, least=1, most=12, render_kw={"width": "s"}
    )


class EarlyForm(Form):
    """A list of early raises of an agency and year."""

    agency = ComboField(_l("Cơ quan"), [Required()])
    year = SelectField(_l("Năm xét"), [Required()], choices=[], render_kw={"width": "s"})


class PlacementForm(Form):
    """Placing public employees who were ticked into career grades, from a day on."""

    effective_on = DateField(_l("Ngày hiệu lực"), [Required()], render_kw={"width": "s"})
