"""Forms of bonuses and extra income: a scheme, a round, a fund, a reason, an award, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms.fields.core import UnboundField

from hrms.core.formats import BadNumber, format_number, parse_decimal
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
    YearField,
)
from hrms.core.i18n import N_, _, _l, render
from hrms.core.rules import Problem
from hrms.core.text import fold
from hrms.pay.models import IncentiveScheme
from hrms.pay.queries.schemes import Model
from hrms.pay.rules.incentives import Scheme, SchemeKind
from hrms.pay.rules.schemes import (
    KIND_WORDS,
    PERIOD_WORDS,
    PURPOSE_LABELS,
    RATING_OF_LABELS,
    STEP_WORDS,
    Eligible,
    Period,
    Purpose,
    RatingOf,
    Step,
    Terms,
)
from hrms.people.rules.absences import ABSENCE_LABELS, AbsenceKind
from hrms.people.rules.kinds import KIND_LABELS, PersonKind
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass

_S: dict[str, Any] = {"render_kw": {"width": "s"}}
RATED = tuple(RatingClass)
WITH_FLOOR = (RatingClass.EXCELLENT, RatingClass.GOOD, RatingClass.SATISFACTORY)
QUARTERS = (1, 2, 3, 4)
MOST_DONG = Decimal(10) ** 12
WEIGHT_NAMES = tuple(f"weight_{one.value}" for one in RATED)
FLOOR_NAMES = tuple(f"floor_{one.value}" for one in WITH_FLOOR)


def choices(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Return the members of a list with their words in the reader's language."""
    return [(one.value, render(words)) for one, words in labels.items()]


def _weight(rating: RatingClass) -> UnboundField:
    made: UnboundField = NumberField(_l(CLASS_LABELS[rating]), least=0, most=MOST_DONG, places=4, **_S)
    return made


def _floor(rating: RatingClass) -> UnboundField:
    made: UnboundField = NumberField(_l(CLASS_LABELS[rating]), whole=True, least=0, most=MOST_DONG, **_S)
    return made


class SchemeForm(Form):
    """A scheme: whose, from when, how classes become money, who shares."""

    version = HiddenField()
    agency = ComboField(
        _l("Quy chế của"),
        [Required()],
        description=_l("Áp dụng cho cơ quan này và các đơn vị bên dưới chưa có quy chế riêng"),
    )
    name = TextField(_l("Tên quy chế"), [Required()], longest=300, render_kw={"lang": "vi"})
    purpose = SelectField(_l("Loại chi"), [Required()])
    valid_from = DateField(_l("Áp dụng từ ngày"), [Required()])
    source = TextField(
        _l("Căn cứ"),
        [Required()],
        longest=300,
        render_kw={"lang": "vi"},
        description=_l("Số, ký hiệu, ngày của quy chế hoặc nghị quyết"),
    )
    kind = SelectField(_l("Cách tính"), [Required()])
    weight_excellent = _weight(RatingClass.EXCELLENT)
    weight_good = _weight(RatingClass.GOOD)
    weight_satisfactory = _weight(RatingClass.SATISFACTORY)
    weight_unsatisfactory = _weight(RatingClass.UNSATISFACTORY)
    weight_none = _weight(RatingClass.NONE)
    kind_weights = TextAreaField(
        _l("Mức riêng theo đối tượng"), longest=2000, render_kw={"rows": 3, "lang": "vi"},
        description=_l("Mỗi dòng: đối tượng | xuất sắc | tốt | hoàn thành | không hoàn thành | không xếp loại. "
                       "Ví dụ: Viên chức | 0,6 | 0,6 | 0,4 | 0"),
    )  # fmt: skip
    max_coefficient = NumberField(
        _l("Mức tối đa mỗi tháng (số lần mức lương)"),
        least=0,
        most=100,
        places=3,
        description=_l("Chỉ khi chi theo phần trăm của mức tối đa"),
        **_S,
    )
    by_coefficient = BooleanField(_l("Nhân điểm với hệ số lương"))
    floor_excellent = _floor(RatingClass.EXCELLENT)
    floor_good = _floor(RatingClass.GOOD)
    floor_satisfactory = _floor(RatingClass.SATISFACTORY)
    most_a_month = NumberField(_l("Tối đa mỗi tháng (đồng)"), whole=True, least=0, most=MOST_DONG, **_S)
    fund_percent = NumberField(
        _l("Quỹ (% quỹ lương của kỳ)"),
        least=0,
        most=1000,
        description=_l("Để trống: theo mức của luật, hoặc theo nhu cầu"),
        **_S,
    )
    cap = NumberField(
        _l("Mức trần (số lần quỹ lương)"),
        least=0,
        most=100,
        places=3,
        description=_l("Vượt thì mọi phần giảm cùng tỷ lệ"),
        **_S,
    )
    ad_hoc_percent = NumberField(_l("Giữ cho thưởng đột xuất (% quỹ)"), least=0, most=99, **_S)
    advance_percent = NumberField(
        _l("Tạm ứng tối đa (% quỹ lương của quý)"),
        least=0,
        most=1000,
        description=_l("Để trống: theo mức của luật"),
        **_S,
    )
    period = SelectField(_l("Kỳ chi"), [Required()])
    rating_of = SelectField(_l("Xét theo"), [Required()])
    unrated = SelectField(_l("Người chưa có kết quả xếp loại"))
    kinds = SelectMultipleField(_l("Đối tượng"))
    least_months = NumberField(_l("Số tháng làm việc tối thiểu trong kỳ"), whole=True, least=0, most=12, **_S)
    uncounted = SelectMultipleField(_l("Thời gian nghỉ không tính là tháng làm việc"))
    note = TextAreaField(_l("Ghi chú"), longest=4000, render_kw={"lang": "vi"})

    def fill(self) -> SchemeForm:
        """Put the choices of every list in the reader's language; returns itself."""
        self.purpose.choices, self.kind.choices = choices(PURPOSE_LABELS), choices(KIND_WORDS)
        self.period.choices, self.rating_of.choices = choices(PERIOD_WORDS), choices(RATING_OF_LABELS)
        self.unrated.choices = [
            ("", _("không được chi")),
            *((key, _("tính như: %(rating)s", rating=words)) for key, words in choices(CLASS_LABELS)),
        ]
        self.kinds.choices, self.uncounted.choices = choices(KIND_LABELS), choices(ABSENCE_LABELS)
        return self

    def terms(self) -> tuple[Terms, list[Problem]]:
        """Return the terms as typed, and the lines that cannot be read."""
        own, problems = read_kind_weights(self.kind_weights.data or "")
        scheme = Scheme(
            SchemeKind(self.kind.data), self._of("weight", RATED), kind_weights=own,
            ad_hoc_percent=self.ad_hoc_percent.data or Decimal(0),
            floors={one: int(amount) for one, amount in self._of("floor", WITH_FLOOR).items()},
            most_a_month=None if self.most_a_month.data is None else int(self.most_a_month.data),
            max_coefficient=self.max_coefficient.data, cap=self.cap.data or None,
            by_coefficient=bool(self.by_coefficient.data), source=self.source.data or "",
        )  # fmt: skip
        eligible = Eligible(
            frozenset(PersonKind(one) for one in self.kinds.data or ()), int(self.least_months.data or 0),
            frozenset(AbsenceKind(one) for one in self.uncounted.data or ()),
            RatingClass(self.unrated.data) if self.unrated.data else None,
        )  # fmt: skip
        return Terms(
            scheme, Purpose(self.purpose.data), self.fund_percent.data or None, self.advance_percent.data or None,
            RatingOf(self.rating_of.data), Period(self.period.data), eligible,
        ), problems  # fmt: skip

    def _of(self, name: str, ratings: tuple[RatingClass, ...]) -> dict[RatingClass, Decimal]:
        found = {one: self[f"{name}_{one.value}"].data for one in ratings}
        return {one: value for one, value in found.items() if value is not None}


GROUPS: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    (N_("Quy chế"), None, ("agency", "name", "purpose", "valid_from", "source")),
    (N_("Mức theo kết quả xếp loại"), N_("Điểm, phần trăm, số lần mức lương hoặc đồng mỗi tháng, theo cách tính. "
        "Để trống: kết quả ấy không được chi; 0: có tên, không có tiền."),
     ("kind", *WEIGHT_NAMES, "kind_weights", "max_coefficient", "by_coefficient")),
    (N_("Mức tối thiểu mỗi tháng (đồng)"), N_("Không dùng khi chia theo điểm."), (*FLOOR_NAMES, "most_a_month")),
    (N_("Quỹ"), N_("Quỹ lương theo ngạch, bậc, không tính phụ cấp."),
     ("fund_percent", "cap", "ad_hoc_percent", "advance_percent")),
    (N_("Kỳ và đối tượng"), None, ("period", "rating_of", "unrated", "kinds", "least_months", "uncounted", "note")),
)  # fmt: skip


def read_kind_weights(given: str) -> tuple[dict[PersonKind, dict[RatingClass, Decimal]], list[Problem]]:
    """Return the weights of single kinds of person from lines of text, and the lines that cannot be read."""
    names = {fold(label): kind for kind, label in KIND_LABELS.items()} | {kind.value: kind for kind in PersonKind}
    found: dict[PersonKind, dict[RatingClass, Decimal]] = {}
    problems = []
    for line in (one.strip() for one in given.splitlines()):
        if not line:
            continue
        name, *values = (cell.strip() for cell in line.split("|"))
        kind = names.get(name) or names.get(fold(name))
        try:
            if kind is None or not 0 < len(values) <= len(RATED):
                raise BadNumber("not_a_number", line)
            found[kind] = {rating: parse_decimal(value) for rating, value in zip(RATED, values, strict=False) if value}
        except BadNumber:
            text = N_("Dòng “%(line)s” không đọc được. Hãy ghi như: Viên chức | 0,6 | 0,6 | 0,4 | 0.")
            problems.append(Problem("kind_weights", "bad_line", text, {"line": line[:80]}))
    return found, problems


def write_kind_weights(given: Mapping[PersonKind, Mapping[RatingClass, Decimal]]) -> str:
    """Return weights of single kinds of person as lines of text."""
    lines = []
    for kind, own in given.items():
        cells = [KIND_LABELS[kind], *(format_number(own.get(one)) for one in RATED)]
        while cells[-1] == "":
            cells.pop()
        lines.append(" | ".join(cells))
    return "\n".join(lines)


def terms_data(terms: Terms) -> dict[str, Any]:
    """Return what the form of a scheme begins with."""
    scheme, who = terms.scheme, terms.eligible
    data: dict[str, Any] = {
        "purpose": terms.purpose.value, "kind": scheme.kind.value, "source": scheme.source,
        "kind_weights": write_kind_weights(scheme.kind_weights), "max_coefficient": scheme.max_coefficient,
        "by_coefficient": scheme.by_coefficient, "most_a_month": scheme.most_a_month, "cap": scheme.cap,
        "ad_hoc_percent": scheme.ad_hoc_percent or None, "fund_percent": terms.fund_percent,
        "advance_percent": terms.advance_percent, "period": terms.period.value, "rating_of": terms.rating_of.value,
        "unrated": who.unrated.value if who.unrated else "",
        "kinds": [one.value for one in PersonKind if one in who.kinds],
        "least_months": who.least_months, "uncounted": [one.value for one in AbsenceKind if one in who.uncounted],
    }  # fmt: skip
    data |= {f"weight_{one.value}": scheme.weights.get(one) for one in RATED}
    return data | {f"floor_{one.value}": scheme.floors.get(one) for one in WITH_FLOOR}


def scheme_data(found: IncentiveScheme, terms: Terms) -> dict[str, Any]:
    """Return what the form of a scheme that is there begins with."""
    return terms_data(terms) | {
        "version": str(found.version), "agency": str(found.agency_id), "name": found.name,
        "valid_from": found.valid_from, "note": found.note,
    }  # fmt: skip


def model_data(model: Model) -> dict[str, Any]:
    """Return what the form of a copied model begins with."""
    return terms_data(model.terms) | {"name": model.name_vi, "valid_from": model.valid_from}


class OpenRoundForm(Form):
    """A round: whose, by which scheme, of which period, with which fund."""

    agency = ComboField(_l("Cơ quan"), [Required()])
    scheme = SelectField(_l("Quy chế"), [Required()], render_kw={"lang": "vi"})
    step = SelectField(_l("Việc"), [Required()])
    year = YearField(_l("Năm"), [Required()], least=2024, most=2100, **_S)
    quarter = SelectField(_l("Quý"))
    fund = NumberField(
        _l("Quỹ (đồng)"),
        whole=True,
        least=0,
        most=MOST_DONG * 10,
        description=_l("Để trống: theo quy chế và mức của luật"),
        **_S,
    )
    note = TextAreaField(_l("Ghi chú"), longest=2000, render_kw={"lang": "vi"})

    def fill(self) -> OpenRoundForm:
        """Put the choices of every list in the reader's language; returns itself."""
        self.step.choices = choices(STEP_WORDS)
        self.quarter.choices = quarter_choices()
        return self


class ShareAllForm(Form):
    """The rounds of every agency under one."""

    agency = ComboField(_l("Cơ quan và các đơn vị bên dưới"), [Required()])
    purpose = SelectField(_l("Loại chi"), [Required()])
    step = SelectField(_l("Việc"), [Required()])
    year = YearField(_l("Năm"), [Required()], least=2024, most=2100, **_S)
    quarter = SelectField(_l("Quý"))

    def fill(self) -> ShareAllForm:
        """Put the choices of every list in the reader's language; returns itself."""
        self.purpose.choices = choices(PURPOSE_LABELS)
        self.step.choices = [one for one in choices(STEP_WORDS) if one[0] != Step.AD_HOC]
        self.quarter.choices = quarter_choices()
        return self


def quarter_choices() -> list[tuple[str, str]]:
    """Return the quarters, the whole year first."""
    return [("", _("cả năm")), *((str(one), _("Quý %(number)s", number=one)) for one in QUARTERS)]


class FundForm(Form):
    """The fund of a round."""

    version = HiddenField()
    fund = NumberField(
        _l("Quỹ (đồng)"),
        whole=True,
        least=0,
        most=MOST_DONG * 10,
        description=_l("Để trống: theo quy chế và mức của luật"),
        **_S,
    )


class ReasonForm(Form):
    """Why something is done by hand."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000, render_kw={"lang": "vi"})


class EndForm(Form):
    """The last day of a scheme."""

    version = HiddenField()
    last_day = DateField(_l("Ngày áp dụng cuối cùng"), [Required()])


class IssueForm(Form):
    """Putting a scheme in force; mixed with the register's chooser."""

    version = HiddenField()


class DecideForm(Form):
    """The decision on a round; mixed with the register's chooser."""

    version = HiddenField()
    decided_on = DateField(_l("Ngày quyết định"), [Required()])


class AwardForm(Form):
    """An ad hoc bonus."""

    version = HiddenField()
    person = ComboField(_l("Người được thưởng"), [Required()])
    amount = NumberField(_l("Mức thưởng (đồng)"), [Required()], whole=True, least=1, most=MOST_DONG, **_S)
    reason = TextAreaField(_l("Thành tích"), [Required()], longest=1000, render_kw={"lang": "vi"})
