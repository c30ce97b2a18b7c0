"""What every page of one scheme shows around its own part: the head, the six steps, who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import HrmsError, Stale
from hrms.core.i18n import N_, _, render
from hrms.core.rules import Problem
from hrms.core.web import actor
from hrms.positions.models import PositionScheme, SchemeStep
from hrms.positions.queries import schemes
from hrms.positions.rules import schemes as rules
from hrms.positions.rules.schemes import Party, State, Step
from hrms.positions.services.schemes import EDIT_WORDS

STEPS: tuple[tuple[str, str], ...] = (
    ("scheme_works", N_("1. Công việc")),
    ("scheme_groups", N_("2. Phân nhóm")),
    ("scheme_positions", N_("3. Vị trí")),
    ("scheme_frames", N_("4. Bản mô tả")),
    ("scheme_seats", N_("5. Số chỗ, cơ cấu")),
    ("scheme_head", N_("6. Thuyết minh")),
)
"""The endpoints of the guided path with their words."""
TONES = {
    State.DRAFT: "none", State.SUBMITTED: "info", State.INCOMPLETE: "warn", State.APPRAISED: "info",
    State.RETURNED: "warn", State.APPROVED: "ok", State.WITHDRAWN: "none",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A scheme as the reader has it: what happened to it, whom they stand for, and what they may do now."""

    scheme: PositionScheme
    steps: Sequence[SchemeStep]
    parties: frozenset[Party]
    allowed: Sequence[Step]

    @property
    def may_edit(self) -> bool:
        """Say whether the reader may write."""
        return Step.EDIT in self.allowed


def opened(scheme_id: int) -> Opened:
    """Return a scheme of the reader's part. Raises `NotFound`."""
    scheme = schemes.get_scheme(actor(), scheme_id)
    steps = schemes.list_steps(scheme.id)
    parties = schemes.parties_of(actor(), scheme, steps)
    allowed = rules.allowed_steps(State(scheme.state), parties, complete=scheme.complete_on is not None)
    return Opened(scheme, steps, parties, allowed)


def page(template: str, found: Opened, **more: Any) -> str:
    """Return a page of a scheme with its path and crumbs."""
    scheme = found.scheme
    crumbs = [(_("Đề án vị trí việc làm"), url_for("positions.schemes"))]
    if request.endpoint != "positions.scheme":
        crumbs.append((scheme.title, url_for("positions.scheme", scheme_id=scheme.id)))
    here = str(request.endpoint or "").removeprefix("positions.")
    here = {"scheme_work": "scheme_works", "scheme_new_work": "scheme_works", "scheme_paste": "scheme_works",
            "scheme_line": "scheme_seats", "scheme_frame": "scheme_frames"}.get(here, here)  # fmt: skip
    path = [
        {"label": render(words), "url": url_for(f"positions.{name}", scheme_id=scheme.id), "active": name == here}
        for name, words in STEPS
    ]
    whole = {
        "label": _("Toàn cảnh"), "url": url_for("positions.scheme", scheme_id=scheme.id), "active": here == "scheme",
    }  # fmt: skip
    return render_template(
        template, scheme=scheme, found=found, state=State(scheme.state), tone=TONES[State(scheme.state)],
        path=[whole, *path], crumbs=crumbs, allowed={step.value for step in found.allowed},
        next_step=_next(here), hands=schemes.last_hands(found.steps), amount=amount, **more,
    )  # fmt: skip


def _next(here: str) -> tuple[str, str] | None:
    """Return the endpoint and the words of the step after this one."""
    names = [name for name, _words in STEPS]
    if here not in names:
        return None
    place = names.index(here) + 1
    if place == len(names):
        return "positions.scheme", _("Xem toàn cảnh và trình")
    return f"positions.{STEPS[place][0]}", render(STEPS[place][1])


def amount(value: Decimal) -> Decimal | int:
    """Return an amount as people write it: 60 and not 60.00, 3.5 and not 3.50."""
    whole_part = value.to_integral_value()
    return int(whole_part) if value == whole_part else value.normalize()


def edit_words(remark: str | None) -> str:
    """Return what an edit did, in the reader's language."""
    code, _bar, what = (remark or "").partition("|")
    words = EDIT_WORDS.get(code)
    return render(words, what=what) if words else what


def version_of(form: Any = None) -> int:
    """Return the version a form sends back, -1 for what is no number: it fits no row."""
    given = str(form.version.data if form is not None else request.form.get("version", "")).strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else -1


def say_stale(found: Opened, account_id: int | None) -> Problem:
    """Return the sentence for a row that somebody else wrote meanwhile, naming them where they are known."""
    name = schemes.last_hands(found.steps).get(account_id or 0)
    text = N_(
        "%(name)s đã sửa dòng này sau khi bạn mở. Nội dung bạn nhập vẫn còn trên trang; bấm lưu lần nữa để thay"
        " bản mới."
    )
    return Problem("", "stale_row", text, {"name": name or _("Người khác")})


def refused(error: HrmsError) -> ResponseReturnValue | None:
    """Say a refusal of a small act above the next page; None for what has no sentence of its own."""
    if isinstance(error, Stale):
        flash(_("Dòng này vừa được người khác sửa. Trang đã tải lại bản mới."), "warn")
        return None
    for problem in error.problems[:5]:
        flash(render(problem), "bad")
    return None


def ids(name: str) -> list[int]:
    """Return the ids ticked in a list."""
    return [int(one) for one in request.form.getlist(name) if one.isascii() and one.isdigit() and len(one) < 19]


def whole(given: str) -> int | None:
    """Return an id of a select, None for none."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
