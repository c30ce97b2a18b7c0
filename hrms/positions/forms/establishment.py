"""The forms of the establishment: quotas given and taken back, seats of lines, lines themselves, accepted excess."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from flask import url_for

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.errors import NotFound
from hrms.core.forms import (
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
from hrms.core.permissions import Permission
from hrms.positions.queries import catalogue, sitting
from hrms.positions.rules.kinds import QUOTA_LABELS
from hrms.positions.rules.ledger import MOVEMENT_LABELS, MovementKind
from hrms.positions.rules.limits import RULE_LABELS

GIVEN = (MovementKind.ASSIGNED, MovementKind.ADJUSTED, MovementKind.RESERVE)
ALLOTTED = (MovementKind.ASSIGNED, MovementKind.ADJUSTED)
MOST = 1_000_000
_SHARE = re.compile(
    r"^\s*(?:(?:bậc|bac|grade)\s*([1-5])|([\w.]+))\s*[:=]\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*%?\s*$", re.IGNORECASE
)


class _Acceptance(Form):
    accept_reason = TextAreaField(
        _l("Lý do giảm dưới số người đang có"), longest=500,
        description=_l("Chỉ ghi khi số còn lại ít hơn số người đang có: phần vượt được ghi nhận cùng hạn giải quyết."),
    )  # fmt: skip
    accept_by = DateField(_l("Giải quyết chậm nhất"), render_kw={"width": "s"})


class QuotaForm(_Acceptance):
    """One entry about an agency's own quota."""

    agency = ComboField(_l("Cơ quan, đơn vị"), [Required()])
    quota_kind = SelectField(_l("Loại biên chế"), [Required()], choices=[], render_kw={"width": "m"})
    kind = SelectField(
        _l("Loại bút toán"), [Required()], choices=[], render_kw={"width": "m"},
        description=_l("Giao: số tăng. Điều chỉnh: số tăng hoặc giảm. Dự phòng: phần giữ lại, ghi riêng."),
    )  # fmt: skip
    amount = NumberField(
        _l("Số lượng"), [Required()], whole=True, least=-MOST, most=MOST, render_kw={"width": "s"},
        description=_l("Giảm thì ghi số âm, ví dụ -3."),
    )  # fmt: skip
    effective_on = DateField(_l("Hiệu lực từ ngày"), [Required()], render_kw={"width": "s"})
    note = TextField(_l("Ghi chú"), longest=500)
    version = HiddenField()

    def prepare(self, actor: Actor) -> None:
        """Fill in the choices this actor has."""
        self.quota_kind.choices = [(one.value, render(words)) for one, words in QUOTA_LABELS.items()]
        self.kind.choices = [(one.value, render(MOVEMENT_LABELS[one])) for one in GIVEN]
        configure_agency(self.agency, actor, Permission.POSITIONS_QUOTA)


class SeatsForm(_Acceptance):
    """One entry about the seats of a line."""

    kind = SelectField(_l("Loại bút toán"), [Required()], choices=[], render_kw={"width": "m"})
    amount = NumberField(
        _l("Số chỗ tăng, giảm"), [Required()], whole=True, least=-MOST, most=MOST, render_kw={"width": "s"},
        description=_l("Giảm thì ghi số âm; giảm hết là thôi dùng vị trí này."),
    )  # fmt: skip
    effective_on = DateField(_l("Hiệu lực từ ngày"), [Required()], render_kw={"width": "s"})
    note = TextField(_l("Ghi chú"), longest=500)
    version = HiddenField()

    def prepare(self) -> None:
        """Fill in the choices."""
        self.kind.choices = [(one.value, render(MOVEMENT_LABELS[one])) for one in ALLOTTED]


class TableForm(_Acceptance):
    """The yearly resolution: quotas of many agencies from one paper; the numbers stand in the table beside it."""

    quota_kind = SelectField(_l("Loại biên chế"), [Required()], choices=[], render_kw={"width": "m"})
    effective_on = DateField(_l("Hiệu lực từ ngày"), [Required()], render_kw={"width": "s"})
    note = TextField(_l("Ghi chú"), longest=500)

    def prepare(self) -> None:
        """Fill in the choices."""
        self.quota_kind.choices = [(one.value, render(words)) for one, words in QUOTA_LABELS.items()]


class ReverseForm(Form):
    """Taking back an entry that was wrong."""

    reason = TextAreaField(
        _l("Lý do hủy"), [Required()], longest=500, description=_l("Ví dụ: ghi nhầm số của đơn vị khác.")
    )


class _LineValues(Form):
    code = TextField(
        _l("Mã vị trí việc làm"), longest=60, render_kw={"width": "m"}, description=_l("Mã theo văn bản của cơ quan.")
    )
    field = TextField(_l("Lĩnh vực công tác"), longest=300)
    base = ComboField(
        _l("Vị trí chuyên môn gắn kèm"),
        description=_l("Chỉ với vị trí quản lý của viên chức: bậc theo vị trí này (NĐ 232/2026/NĐ-CP Đ5 k5c)."),
    )
    shares = TextAreaField(
        _l("Tỷ lệ được phê duyệt"), longest=500,
        description=_l("Chỉ khi thấp hơn luật; mỗi dòng một mức, ví dụ “01.002: 40” hoặc “bậc 4: 30”."),
    )  # fmt: skip
    note = TextField(_l("Ghi chú"), longest=500)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, with the keys of the service. Raises `ValueError` for a share that is none."""
        return {
            "code": self.code.data, "field": self.field.data, "note": self.note.data,
            "base_position_id": int(self.base.data) if self.base.data else None,
            "shares": read_shares(self.shares.data or ""),
        }  # fmt: skip


class OpenLineForm(_LineValues):
    """A position of the catalogue for an agency."""

    position = ComboField(_l("Vị trí trong danh mục"), [Required()])
    on = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    seats = NumberField(_l("Số chỗ"), whole=True, least=0, most=MOST, render_kw={"width": "s"})

    def prepare(self) -> None:
        """Fill in the choices."""
        configure_position(self.position)
        configure_position(self.base)


class EditLineForm(_LineValues):
    """What an agency wrote to its line; the position stays."""

    version = HiddenField()

    def prepare(self) -> None:
        """Fill in the choices."""
        configure_position(self.base)


class OverageForm(Form):
    """An excess that is accepted until it is solved."""

    rule = SelectField(_l("Quy định"), [Required()], choices=[])
    line = SelectField(_l("Vị trí"), choices=[], description=_l("Chỉ với số chỗ và tỷ lệ của một vị trí."))
    level = SelectField(_l("Loại biên chế, ngạch hoặc bậc"), choices=[], render_kw={"width": "m"})
    excess = NumberField(_l("Số vượt"), [Required()], whole=True, least=1, most=100_000, render_kw={"width": "s"})
    reason = TextAreaField(_l("Lý do"), [Required()], longest=500)
    from_on = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    solve_by = DateField(
        _l("Giải quyết chậm nhất"), render_kw={"width": "s"}, description=_l("Bỏ trống: theo hạn của luật, nếu có.")
    )

    def prepare(self, lines: list[tuple[str, str]], levels: list[tuple[str, str]]) -> None:
        """Fill in the choices."""
        self.rule.choices = [("", ""), *((one.value, render(words)) for one, words in RULE_LABELS.items())]
        self.line.choices = [("", _("— không —")), *lines]
        self.level.choices = [("", _("— không —")), *levels]


class EndForm(Form):
    """The end of an accepted excess."""

    on = DateField(_l("Hết vượt từ ngày"), [Required()], render_kw={"width": "s"})
    reason = TextAreaField(_l("Đã giải quyết thế nào"), [Required()], longest=500)


class ReserveForm(Form):
    """Seats kept for an approved recruitment."""

    seats = NumberField(_l("Số chỗ"), [Required()], whole=True, least=1, most=1000, render_kw={"width": "s"})
    valid_from = DateField(_l("Giữ từ ngày"), [Required()], render_kw={"width": "s"})
    valid_to = DateField(_l("Đến hết ngày"), render_kw={"width": "s"}, description=_l("Bỏ trống: đến khi thôi giữ."))
    note = TextField(_l("Căn cứ"), [Required()], longest=500, description=_l("Số, ngày văn bản phê duyệt tuyển dụng."))


def read_shares(text: str) -> dict[str, float]:
    """Return shares in percent by rank code or `grade:<n>` from lines such as “01.002: 40”. Raises `ValueError`."""
    found: dict[str, float] = {}
    for line in filter(None, (part.strip() for part in re.split(r"[\n;]", text))):
        match = _SHARE.fullmatch(line)
        if match is None:
            raise ValueError(_("“%(value)s” không phải là tỷ lệ. Hãy ghi như “01.002: 40”.", value=line[:60]))
        grade, rank, share = match.groups()
        found[f"grade:{grade}" if grade else rank] = float(Decimal(share.replace(",", ".")))
    return found


def shown_shares(shares: dict[str, Any]) -> str:
    """Return shares as they are typed."""
    return "\n".join(
        f"{_('bậc') + ' ' + level.removeprefix('grade:') if level.startswith('grade:') else level}: {float(share):g}"
        for level, share in sorted(shares.items())
    )


def configure_agency(field: Any, actor: Actor, permission: Permission) -> None:
    """Let a search box choose among the agencies over which the actor holds a permission."""

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(actor, int(value), permission).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(actor, words, permissions=(permission,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def configure_position(field: Any) -> None:
    """Let a search box choose among the positions in force."""

    def label_of(value: str) -> str | None:
        return sitting.names_of_positions([int(value)]).get(int(value)) if value.isascii() and value.isdigit() else None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in catalogue.list_choices(words, clock.today())]

    field.configure(source=url_for("positions.position_choices"), label_of=label_of, find=find)


@cache
def _combined(form: Any, fields: Any) -> type[Any]:
    return type(form.__name__, (fields, form), {})


def with_paper(form: Any) -> type[Any]:
    """Return the form with the fields of the register's chooser."""
    fields: Any = hooks.papers[0].fields
    return _combined(form, fields)
