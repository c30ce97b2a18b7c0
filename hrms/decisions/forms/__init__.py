"""The forms of the domain: the register and its chooser, the drafts on their way to it."""

from hrms.decisions.forms.register import (
    BASES,
    CorrectForm,
    DecisionFields,
    DecisionForm,
    FilterForm,
    WithdrawForm,
    kind_choices,
    words_of,
)

__all__ = [
    "BASES",
    "CorrectForm",
    "DecisionFields",
    "DecisionForm",
    "FilterForm",
    "WithdrawForm",
    "kind_choices",
    "words_of",
]
