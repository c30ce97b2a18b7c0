"""The forms of a step raise and of a placement."""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hrms.core.forms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    PartialDateField,
    Required,
    SelectField,
)
from hrms.core.i18n import _, _l
from hrms.core.rules import N_
from hrms.pay.facts_raises import PROBATION, SENTENCE
from hrms.pay.forms.trying.asking import CountField, FactsForm, PayGroupField, RatioField, choices
from hrms.pay.rules.placing import PlacingReason
from hrms.pay.rules.raises import CAUSE_LABELS, DisciplineForm
from hrms.people.queries import law
from hrms.people.rules.absences import ABSENCE_LABELS
from hrms.people.rules.kinds import KIND_LABELS
from hrms.performance.rules.classes import CLASS_LABELS

TABLES: dict[int, str] = {
    1: N_("Bảng 1: chuyên gia cao cấp"), 2: N_("Bảng 2: công chức"), 3: N_("Bảng 3: viên chức"),
    4: N_("Bảng 4: nhân viên thừa hành, phục vụ"),
}  # fmt: skip
REASONS: dict[PlacingReason, str] = {
    PlacingReason.PROMOTION: N_("Lên ngạch, chức danh cao hơn"),
    PlacingReason.SAME_LEVEL: N_("Chuyển ngạch, chức danh cùng loại"),
    PlacingReason.GRADE_CONVERSION: N_("Chuyển sang bậc nghề nghiệp (NĐ 232/2026/NĐ-CP)"),
    PlacingReason.LOWER_UNFIT: N_("Xuống ngạch do không đáp ứng yêu cầu"),
    PlacingReason.LOWER_BY_OWN_WISH: N_("Xuống ngạch theo nguyện vọng"),
}
DEGREES: dict[str, str] = {
    "doctorate": N_("Tiến sĩ"), "master": N_("Thạc sĩ"), "college": N_("Cao đẳng"), "other": N_("Trình độ khác"),
}  # fmt: skip
DISCIPLINE, RATING = "discipline", "rating"


def pay_groups() -> dict[str, list[tuple[str, str]]]:
    """Return the pay groups by table, as `table|group`, with their first and last coefficient."""
    found: dict[str, list[tuple[str, str]]] = {}
    for (table, name), group in sorted(law.pay_scales().items()):
        first, last = group.coefficients[0], group.coefficients[-1]
        words = f"{name} ({first} – {last})"
        found.setdefault(_(TABLES.get(table, "")) or str(table), []).append((f"{table}|{name}", words))
    return found


class AbsenceForm(FactsForm):
    """Time away, by days or by the working days of short absences."""

    renamed: ClassVar[Mapping[str, str]] = {"since": "from", "until": "to"}

    type = SelectField(_l("Loại thời gian nghỉ"), choices=[], render_kw={"width": "m"})
    since = DateField(_l("Từ ngày"), render_kw={"width": "s"})
    until = DateField(_l("Ngày đi làm lại"), render_kw={"width": "s"})
    working_days = CountField(_l("hoặc số ngày làm việc"), most=366)

    def offer(self) -> None:
        """Fill in the kinds."""
        self.type.choices = [*choices(ABSENCE_LABELS, "—"), (PROBATION, _("Tập sự")), (SENTENCE, _("Án treo"))]


class DisciplineRow(FactsForm):
    """A discipline."""

    form = SelectField(_l("Hình thức kỷ luật"), choices=[], render_kw={"width": "m"})
    on = DateField(_l("Ngày quyết định"), render_kw={"width": "s"})
    party = BooleanField(_l("Chỉ kỷ luật Đảng"))

    def offer(self) -> None:
        """Fill in the forms."""
        self.form.choices = choices({one: CAUSE_LABELS[one] for one in DisciplineForm}, "—")


class RatingRow(FactsForm):
    """The class of a year."""

    renamed: ClassVar[Mapping[str, str]] = {"rating": "class"}

    year = CountField(_l("Năm"), least=1990, most=2100)
    rating = SelectField(_l("Xếp loại"), choices=[], render_kw={"width": "m"})
    same_cause_as_discipline = BooleanField(_l("Do chính hành vi đã bị kỷ luật"))

    def offer(self) -> None:
        """Fill in the classes."""
        self.rating.choices = choices(CLASS_LABELS, "—")


class AchievementRow(FactsForm):
    """An achievement by the day of its paper."""

    on = DateField(_l("Ngày quyết định công nhận"), render_kw={"width": "s"})


class EarlyForm(FactsForm):
    """An early raise considered in a year."""

    year = CountField(_l("Xét trong năm"), least=2013, most=2099)
    months = CountField(_l("Số tháng trước thời hạn theo quy chế"), most=12)
    by_early_raise = BooleanField(_l("Bậc đang giữ do nâng bậc trước thời hạn"))
    last_early_on = DateField(_l("Ngày nâng bậc trước thời hạn lần trước"), render_kw={"width": "s"})
    decided_on = DateField(_l("Ngày quyết định"), render_kw={"width": "s"})
    achievements = FieldList(FormField(AchievementRow), label=_l("Thành tích"))

    def facts(self) -> dict[str, Any]:
        """Return what is filled in; achievements are days."""
        found = super().facts()
        if "achievements" in found:
            found["achievements"] = [one["on"] for one in found["achievements"]]
        return found

    @classmethod
    def prepared(cls, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return facts in the shape of the fields."""
        return {**facts, "achievements": [{"on": day} for day in facts.get("achievements", ())]}


class RetirementForm(FactsForm):
    """A notice of retirement."""

    notice_on = DateField(_l("Ngày thông báo nghỉ hưu"), render_kw={"width": "s"})
    retires_on = DateField(_l("Ngày nghỉ hưu"), render_kw={"width": "s"})


class StepForm(FactsForm):
    """A step raise."""

    folded: ClassVar[frozenset[str]] = frozenset({"early", "retirement"})

    group = PayGroupField(_l("Bảng, loại"), [Required()], choices={}, render_kw={"width": "m"})
    step = CountField(_l("Bậc đang giữ"), [Required()])
    step_since = DateField(_l("Giữ bậc từ ngày"), [Required()], render_kw={"width": "s"})
    kind = SelectField(_l("Loại nhân sự"), choices=[], render_kw={"width": "m"}, default="civil_servant")
    as_at = DateField(_l("Tính đến ngày"), render_kw={"width": "s"}, description=_l("Để trống: hôm nay."))
    absences = FieldList(FormField(AbsenceForm), label=_l("Thời gian nghỉ trong bậc"))
    disciplines = FieldList(FormField(DisciplineRow), label=_l("Kỷ luật"))
    ratings = FieldList(FormField(RatingRow), label=_l("Xếp loại hằng năm"))
    early = FormField(EarlyForm, label=_l("Nâng bậc trước thời hạn do thành tích"))
    retirement = FormField(RetirementForm, label=_l("Nâng bậc trước khi nghỉ hưu"))
    groups: ClassVar[Any] = (
        (_l("Bậc đang giữ"), ("group", "step", "step_since", "kind", "as_at")),
        (_l("Điều làm chậm nâng bậc"), ("absences", "disciplines", "ratings")),
        (_l("Nâng bậc trước thời hạn"), ("early", "retirement")),
    )

    def offer(self) -> None:
        """Fill in the choices."""
        self.group.choices = {"": [("", "—")], **pay_groups()}
        self.kind.choices = choices(KIND_LABELS)

    def facts(self) -> dict[str, Any]:
        """Return what is filled in; what prolongs a step is one list of events."""
        found = super().facts()
        events = list(found.pop("absences", ()))
        events += [{"type": DISCIPLINE, **one} for one in found.pop("disciplines", ())]
        events += [{"type": RATING, **one} for one in found.pop("ratings", ())]
        return {**found, "events": events} if events else found

    @classmethod
    def prepared(cls, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return facts in the shape of the fields."""
        events = facts.get("events", ())
        return {
            **facts,
            "absences": [one for one in events if one["type"] not in {DISCIPLINE, RATING}],
            "disciplines": [one for one in events if one["type"] == DISCIPLINE],
            "ratings": [one for one in events if one["type"] == RATING],
        }

    def at(self, path: str) -> Any:
        """Return the box of a key; an event is found in the list it was typed in."""
        name, _dot, rest = path.partition(".")
        if name != "events":
            return super().at(path)
        number, _dot, key = rest.partition(".")
        place = int(number) if number.isdigit() else -1
        for rows in (self.absences, self.disciplines, self.ratings):
            filled = [row for row in rows.entries if row.form.facts()]
            if 0 <= place < len(filled):
                return filled[place].form.at(key) if key else next(iter(filled[place].form))
            place -= len(filled)
        return None


class HeldForm(FactsForm):
    """The pay held before."""

    group = PayGroupField(_l("Bảng, loại"), choices={}, render_kw={"width": "m"})
    coefficient = RatioField(_l("Hệ số"), most=100)
    beyond_scale_percent = CountField(_l("Thâm niên vượt khung (%)"), most=100)
    reserved = RatioField(_l("Chênh lệch bảo lưu"), most=100)
    step_since = DateField(_l("Giữ bậc từ ngày"), render_kw={"width": "s"})

    def offer(self) -> None:
        """Fill in the groups."""
        self.group.choices = {"": [("", "—")], **pay_groups()}


class ToForm(FactsForm):
    """The pay group after."""

    group = PayGroupField(_l("Bảng, loại"), [Required()], choices={}, render_kw={"width": "m"})

    def offer(self) -> None:
        """Fill in the groups."""
        self.group.choices = {"": [("", "—")], **pay_groups()}


class InsuredForm(FactsForm):
    """Time insured before a first placement."""

    months = CountField(_l("Số tháng đã đóng bảo hiểm xã hội"), most=720)
    probation_months = CountField(_l("Trong đó tập sự của chức danh mới (tháng)"), most=60)


class PlacementForm(FactsForm):
    """A placement."""

    renamed: ClassVar[Mapping[str, str]] = {"held": "from"}

    held = FormField(HeldForm, label=_l("Đang hưởng"))
    to = FormField(ToForm, label=_l("Xếp vào"))
    decided_on = DateField(_l("Ngày quyết định"), [Required()], render_kw={"width": "s"})
    reason = SelectField(_l("Lý do"), choices=[], render_kw={"width": "m"})
    degree = SelectField(_l("Trình độ đào tạo"), choices=[], render_kw={"width": "m"})
    insured = FormField(InsuredForm, label=_l("Thời gian đã đóng bảo hiểm"))
    groups: ClassVar[Any] = (
        (_l("Đang hưởng"), ("held",)),
        (_l("Xếp vào"), ("to", "decided_on", "reason")),
        (_l("Xếp lương lần đầu"), ("degree", "insured")),
    )

    def offer(self) -> None:
        """Fill in the choices."""
        self.reason.choices = choices(REASONS, "—")
        self.degree.choices = choices(DEGREES, "—")


class RetirementAgeForm(FactsForm):
    """A retirement by age."""

    born = PartialDateField(
        _l("Ngày sinh"), [Required()], render_kw={"width": "s"},
        description=_l("Chỉ biết tháng hoặc năm: ghi 04/1965 hoặc 1965."),
    )  # fmt: skip
    sex = SelectField(_l("Giới tính"), [Required()], choices=[], render_kw={"width": "s"})
    groups: ClassVar[Any] = ((_l("Người"), ("born", "sex")),)

    def offer(self) -> None:
        """Fill in the sexes."""
        self.sex.choices = [("", "—"), ("M", _("Nam")), ("F", _("Nữ"))]
