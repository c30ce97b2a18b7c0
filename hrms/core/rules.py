"""The vocabulary every `rules.py` answers in: reasons for a result, problems with an input.

Standard library only, so that a rule can be read, tested and quoted without the rest of the system. Texts are
message ids in Vietnamese; they are translated where they are shown (`hrms.core.i18n.render`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - the name gettext's extractor knows for "mark, do not translate yet"
    """Mark `message` for the translation catalogue and return it unchanged."""
    return message


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an answer: what was done, the figure it used, and where that is written.

    `text` is a message id with `%(name)s` places filled from `params`; `figure` is the value of this step as shown
    (a date in ISO form, a number of months, an amount in đồng); `source` is the article of law, "" when the step is
    a plain fact of the record.
    """

    text: str
    figure: str = ""
    source: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: the field, a stable code for programs, and a sentence for people.

    The sentence names field, value and remedy. `severity` is "error" (blocks), "override" (blocks until a reason is
    given) or "warning" (is shown and lets pass).
    """

    field: str
    code: str
    text: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    severity: str = "error"
