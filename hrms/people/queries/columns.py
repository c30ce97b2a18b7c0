"""The columns a list of people can show, filter by and export: one registry for page, Excel, JSON and saved choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

from hrms.core.actor import Actor
from hrms.core.catalogues import name_of
from hrms.core.formats import format_coefficient, format_date, format_number
from hrms.core.i18n import render, select_locale
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.people.rules.absences import ABSENCE_LABELS, AbsenceKind
from hrms.people.rules.kinds import KIND_LABELS, SEX_LABELS, STATUS_LABELS, EmploymentStatus, PersonKind, Sex


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in addresses, its words, how its value is shown, and what one must hold to see it.

    `source` is the attribute of the row, `sort` whether lists sort by it. `kind` is text, date, partial, coefficient,
    percent, number, or catalogue:<name>, enum:<name>, bool, masked.
    """

    key: str
    label: str
    kind: str = "text"
    needs: Permission | None = None
    sort: bool = False
    width: int = 16
    from_person: bool = False
    """The value stands in `people`, not in `people_current`; read only when somebody asks for the column."""

    @property
    def num(self) -> bool:
        """Say whether figures of the column stand to the right."""
        return self.kind in {"date", "partial", "coefficient", "percent", "number"}


_COLUMNS = (
    Column("name", N_("Họ và tên"), sort=True, width=26),
    Column("staff_code", N_("Số hiệu"), width=12),
    Column("national_id", N_("Số định danh"), "masked", width=15),
    Column("sex", N_("Giới tính"), "enum:sex", width=9),
    Column("birth_date", N_("Ngày sinh"), "partial", sort=True, width=12),
    Column("kind", N_("Loại"), "enum:kind", width=12),
    Column("status", N_("Tình trạng công tác"), "enum:status", width=14),
    Column("agency", N_("Cơ quan, đơn vị"), width=34),
    Column("agency_code", N_("Mã cơ quan"), width=14),
    Column("unit_name", N_("Phòng, bộ phận"), width=24),
    Column("job_position", N_("Vị trí việc làm"), width=30),
    Column("position_code", N_("Mã vị trí việc làm"), width=18),
    Column("post_name", N_("Chức vụ"), width=22),
    Column("rank_code", N_("Mã ngạch"), width=13),
    Column("rank_name", N_("Ngạch, chức danh"), width=24),
    Column("step", N_("Bậc"), "number", width=6),
    Column("coefficient", N_("Hệ số"), "coefficient", sort=True, width=8),
    Column("beyond_scale_percent", N_("Vượt khung %"), "percent", width=9),
    Column("step_since", N_("Hưởng bậc từ"), "date", width=12),
    Column("next_step_on", N_("Nâng bậc tới"), "date", sort=True, width=12),
    Column("retires_on", N_("Nghỉ hưu"), "date", sort=True, width=12),
    Column("degree", N_("Trình độ chuyên môn"), "catalogue:degrees", width=18),
    Column("major", N_("Chuyên ngành"), width=22, from_person=True),
    Column("theory_level", N_("Lý luận chính trị"), "catalogue:theory_levels", width=14),
    Column("state_management_level", N_("Quản lý nhà nước"), "catalogue:state_management_levels", from_person=True),
    Column("it_level", N_("Tin học"), "catalogue:it_levels", from_person=True),
    Column("language", N_("Ngoại ngữ"), "catalogue:languages", from_person=True),
    Column("recruited_on", N_("Ngày tuyển dụng"), "partial", width=12, from_person=True),
    Column("phone", N_("Điện thoại"), width=14, from_person=True),
    Column("home_town", N_("Quê quán"), width=30, from_person=True),
    Column("ethnic_group", N_("Dân tộc"), "catalogue:ethnic_groups", Permission.PEOPLE_ORIGIN, width=11),
    Column("religion", N_("Tôn giáo"), "catalogue:religions", Permission.PEOPLE_ORIGIN, width=14),
    Column("party_member", N_("Đảng viên"), "bool", Permission.PEOPLE_PARTY, width=9),
    Column("party_joined_on", N_("Ngày vào Đảng"), "partial", Permission.PEOPLE_PARTY, width=12, from_person=True),
    Column("party_post", N_("Chức vụ Đảng"), "catalogue:party_posts", Permission.PEOPLE_PARTY, from_person=True),
    Column("health_state", N_("Sức khỏe"), "text", Permission.PEOPLE_HEALTH, from_person=True),
    Column("absent_as", N_("Đang nghỉ"), "enum:absent_as", width=18),
    Column("back_on", N_("Trở lại"), "date", width=12),
    Column("old_data_facts", N_("Diễn biến thiếu số quyết định"), "number", width=12),
)
COLUMNS: dict[str, Column] = {column.key: column for column in _COLUMNS}
DEFAULT = ("name", "birth_date", "job_position", "rank_code", "coefficient", "next_step_on", "retires_on")
_ENUMS: dict[str, tuple[Any, Any]] = {
    "sex": (Sex, SEX_LABELS),
    "kind": (PersonKind, KIND_LABELS),
    "status": (EmploymentStatus, STATUS_LABELS),
    "absent_as": (AbsenceKind, ABSENCE_LABELS),
}


def visible(actor: Actor) -> list[Column]:
    """Return the columns the actor may choose: guarded ones only with their permission somewhere."""
    return [column for column in _COLUMNS if column.needs is None or actor.may(column.needs)]


def chosen(actor: Actor, keys: Sequence[str]) -> list[Column]:
    """Return the columns of `keys` that the actor may see, the default ones when none is named; the name leads."""
    allowed = {column.key: column for column in visible(actor)}
    found = [allowed[key] for key in dict.fromkeys(keys) if key in allowed and key != "name"]
    if not found:
        return [COLUMNS[key] for key in DEFAULT]
    return [COLUMNS["name"], *found]


def wording(column: Column) -> Callable[[Any], str]:
    """Return the function that words the column's cell of a row in the reader's language; "" for nothing.

    The language, the catalogue and the labels are looked up once, not once a row; hold it no longer than the request.
    """
    read, words = attrgetter(column.key), _words_of(column)

    def of(row: Any) -> str:
        value = read(row)
        return "" if value is None or value == "" else words(value)

    return of


def _words_of(column: Column) -> Callable[[Any], str]:
    kind, _, name = column.kind.partition(":")
    if kind == "masked":
        return lambda value: "********" + str(value)[-4:]
    if kind == "catalogue":
        return _Memory(lambda value: name_of(name, value)).__getitem__
    if kind == "enum":
        enum, labels = _ENUMS[name]
        return _Memory(lambda value: render(labels[enum(value)])).__getitem__
    if kind == "bool":
        return lambda value: "✓" if value else ""
    if kind == "partial":
        return lambda value: "/".join(reversed(str(value).split("-")))
    if kind == "date":
        return format_date
    if kind == "coefficient":
        locale = select_locale()
        return _Memory(lambda value: format_coefficient(Decimal(value), locale)).__getitem__
    if kind in {"percent", "number"}:
        locale = select_locale()
        return _Memory(lambda value: format_number(value, locale)).__getitem__
    return str


class _Memory(dict[Any, str]):
    """Words by value, made when first asked for: a list holds few different codes and figures."""

    def __init__(self, words: Callable[[Any], str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, value: Any) -> str:
        self[value] = words = self._words(value)
        return words
