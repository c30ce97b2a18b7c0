"""Forms after the class: a learner's rating, what the manager sees of the effect."""

from __future__ import annotations

from typing import Any

from hrms.core.forms import Form, HiddenField, RadioField, Required, SelectField, TextAreaField
from hrms.core.i18n import _l, render
from hrms.training.rules.after import APPLIED_LABELS, ASPECT_LABELS, COMMENT_MOST, NOTE_MOST, Aspect

SCORES = (
    ("5", _l("5 – rất tốt")),
    ("4", _l("4 – tốt")),
    ("3", _l("3 – đạt")),
    ("2", _l("2 – yếu")),
    ("1", _l("1 – kém")),
)
LEVELS = ("1", "2", "3", "4", "5")


def rating_form() -> type[Any]:
    """Return the form of a rating: a score for each content of quality, and a comment."""
    fields: dict[str, Any] = {
        aspect.value: RadioField(words, [Required()], choices=[]) for aspect, words in ASPECT_LABELS.items()
    }
    fields["comment"] = TextAreaField(_l("Ý kiến khác"), longest=COMMENT_MOST)
    return type("RatingForm", (Form,), fields)


def offer_scores(form: Any) -> None:
    """Give the scores and the contents their words in the reader's language."""
    for aspect, words in ASPECT_LABELS.items():
        field = form[aspect.value]
        field.label.text = render(words)
        field.choices = [(value, str(label)) for value, label in SCORES]


def scores_of(form: Any) -> dict[str, int | None]:
    """Return the scores as numbers; None for what is none."""
    return {one.value: int(form[one.value].data) if form[one.value].data in LEVELS else None for one in Aspect}


class ImpactForm(Form):
    """What a manager sees of a class's effect on one competency."""

    version = HiddenField()
    level_after = SelectField(_l("Cấp độ hiện nay"), [Required()], choices=[], render_kw={"width": "s"})
    applied = SelectField(_l("Áp dụng vào công việc"), [Required()], choices=[], render_kw={"width": "m"})
    note = TextAreaField(_l("Biểu hiện, việc đã làm được"), longest=NOTE_MOST)

    def offer(self) -> None:
        """Give the closed lists in the reader's language."""
        self.level_after.choices = [("", "—"), *((one, one) for one in LEVELS)]
        self.applied.choices = [("", "—"), *((one.value, render(words)) for one, words in APPLIED_LABELS.items())]
