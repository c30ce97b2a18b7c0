"""Forms of sheets: which month of which agency is computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hrms.core.forms import ComboField, Form, HiddenField, RadioField, Required, SelectField
from hrms.core.i18n import N_, _l, render

REACHES = {"one": N_("Chỉ cơ quan này"), "all": N_("Cơ quan này và mọi cơ quan bên dưới")}


class ComputeForm(Form):
    """Which month, where."""

    month = SelectField(_l("Tháng"), [Required()], render_kw={"width": "m"})
    agency_id = ComboField(_l("Cơ quan trả lương"), [Required()])
    reach = RadioField(_l("Tính cho"), [Required()])

    def offer(self, months: Sequence[tuple[str, str]]) -> None:
        """Give the boxes their choices in the reader's language; months as (2026-11, words)."""
        self.month.choices = list(months)
        self.reach.choices = [(value, render(words)) for value, words in REACHES.items()]

    def first_day(self) -> date:
        """Return the first day of the chosen month; the form has been validated."""
        return date.fromisoformat(f"{self.month.data}-01")


class StepForm(Form):
    """A step on a sheet: the version it was read at."""

    version = HiddenField()


def version(form: Any) -> int:
    """Return the version a form was made from, 0 for anything else."""
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
