"""The panel of conditions of the list, and the name for keeping them."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from hrms.core.actor import Actor
from hrms.core.catalogues import choices
from hrms.core.forms import SelectField, TextField
from hrms.core.i18n import _, _l, render
from hrms.core.permissions import Permission
from hrms.people.queries.filters import ANY, PRESENT, STEP_DUE, Filters, Reach
from hrms.people.rules.absences import ABSENCE_LABELS
from hrms.people.rules.kinds import KIND_LABELS, SEX_LABELS, STATUS_LABELS


class FilterForm(FlaskForm):  # type: ignore[misc] # the package has no types
    """Conditions as a GET form, so that they live in the address; guarded ones only with their permission."""

    class Meta:
        """A GET form carries no token."""

        csrf = False

    agency = TextField(_l("Mã cơ quan"), render_kw={"width": "m"})
    kind = SelectField(_l("Loại"))
    status = SelectField(_l("Tình trạng"))
    sex = SelectField(_l("Giới tính"))
    age_from = TextField(_l("Tuổi từ"), render_kw={"width": "s", "inputmode": "numeric"})
    age_to = TextField(_l("Tuổi đến"), render_kw={"width": "s", "inputmode": "numeric"})
    rank = TextField(_l("Mã ngạch"), render_kw={"width": "s"})
    position = TextField(_l("Vị trí việc làm"))
    degree = SelectField(_l("Trình độ"))
    theory = SelectField(_l("Lý luận chính trị"))
    step_due = SelectField(_l("Nâng bậc"))
    retires_in = TextField(_l("Năm nghỉ hưu"), render_kw={"width": "s", "inputmode": "numeric"})
    ethnic_group = SelectField(_l("Dân tộc"))
    party = SelectField(_l("Đảng viên"))
    absent = SelectField(_l("Đang nghỉ"))
    old_data = SelectField(_l("Số quyết định"))

    @classmethod
    def of(cls, actor: Actor, filters: Filters, where: Reach) -> FilterForm:
        """Return the panel filled with the conditions in force."""
        values = {name: getattr(filters, name) or "" for name in cls._names()}
        values["agency"] = where.agency_code or ""
        form = cls(formdata=None, data=values)
        any_one = [("", _("— tất cả —"))]
        form.kind.choices = any_one + [(k.value, render(words)) for k, words in KIND_LABELS.items()]
        statuses = [(s.value, render(words)) for s, words in STATUS_LABELS.items()]
        form.status.choices = [*any_one, (PRESENT, _("Chưa nghỉ")), *statuses]
        form.sex.choices = any_one + [(s.value, render(words)) for s, words in SEX_LABELS.items()]
        form.degree.choices = any_one + choices("degrees")[1:]
        form.theory.choices = any_one + choices("theory_levels")[1:]
        form.step_due.choices = any_one + [(key, render(words)) for key, words in STEP_DUE.items()]
        form.ethnic_group.choices = any_one + choices("ethnic_groups")[1:]
        form.party.choices = [*any_one, ("yes", _("Là đảng viên")), ("no", _("Chưa là đảng viên"))]
        away = [(k.value, render(words)) for k, words in ABSENCE_LABELS.items()]
        form.absent.choices = [*any_one, (ANY, _("Đang nghỉ, mọi lý do")), *away]
        form.old_data.choices = [*any_one, ("yes", _("Có diễn biến chưa có số"))]
        if not actor.may(Permission.PEOPLE_ORIGIN):
            del form.ethnic_group
        if not actor.may(Permission.PEOPLE_PARTY):
            del form.party
        return form

    @staticmethod
    def _names() -> tuple[str, ...]:
        return (
            "kind", "status", "sex", "age_from", "age_to", "rank", "position", "degree", "theory", "step_due",
            "retires_in", "absent", "ethnic_group", "party", "old_data",
        )  # fmt: skip

    @classmethod
    def asks(cls, filters: Filters) -> bool:
        """Say whether any condition of the panel is in force, the agency left out."""
        return any(getattr(filters, name) is not None for name in cls._names())

    def plain_names(self) -> list[str]:
        """Return the conditions of the panel in their order, the agency left out (it has words of its own)."""
        return [name for name in self._names() if name in self]

    def words(self, name: str, value: Any) -> str:
        """Return a condition's value as the reader chose it."""
        field = self[name]
        if isinstance(field, SelectField):
            return str(next((choice.label for choice in field.choices if choice.value == value), value))
        return str(value)


class SaveFilterForm(FlaskForm):  # type: ignore[misc] # the package has no types
    """The name under which the conditions are kept."""

    name = StringField(
        _l("Tên bộ lọc"),
        validators=[
            DataRequired(_l("Hãy đặt tên cho bộ lọc.")),
            Length(max=80, message=_l("Tên bộ lọc dài quá 80 ký tự. Hãy rút gọn.")),
        ],
    )
