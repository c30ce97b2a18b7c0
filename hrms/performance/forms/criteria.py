"""Forms of criteria: a version of a set; an agency's regulation with what the province set beside each open point."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hrms.core import settings
from hrms.core.dates import last_day
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import N_, _, _l, render
from hrms.core.rules import Problem
from hrms.figures.rules import MARK_LABELS
from hrms.people.rules.kinds import KIND_LABELS
from hrms.performance.models import AgencyRegulation, CriteriaSet, CriteriaVersion
from hrms.performance.rules.criteria import PERIOD_LABELS, SCORED, Method, read_items, write_items
from hrms.performance.rules.formula import CRITERION_LABELS, LEADER_CRITERIA, WORK_CRITERIA, Criterion
from hrms.performance.rules.products import plain

CAP_WORDS = {"1": N_("tính bằng mức tối đa"), "0": N_("tính cả phần vượt")}
THRESHOLDS = ("excellent", "good", "satisfactory")
WEIGHTS: dict[str, tuple[Criterion, ...]] = {"staff": WORK_CRITERIA, "leader": (*WORK_CRITERIA, *LEADER_CRITERIA)}
OPEN_POINTS = ("step", "cap_result", "rounding", "quota_base", "tie_order", "self_days", "score_days")
"""What a regulation may set in place of the province's setting."""
_S: dict[str, Any] = {"render_kw": {"width": "s"}}
_M = {"width": "m"}
_ITEMS_HINT = _l("Mỗi dòng: mã | điểm | nội dung. Dòng không có dấu | là tên nhóm, ví dụ “II. Năng lực chuyên môn”")


class VersionForm(Form):
    """What a set says from a day on."""

    version = HiddenField()
    confirmed = HiddenField()
    person_kinds = SelectMultipleField(_l("Áp dụng với"), choices=[])
    general_max = NumberField(_l("Điểm tiêu chí chung, nhiều nhất"), [Required()], least=0, most=100, **_S)
    result_max = NumberField(_l("Điểm kết quả, nhiều nhất"), [Required()], least=0, most=100, **_S)
    penalty = NumberField(
        _l("Trừ chất lượng, tiến độ mỗi lần (%)"), [Required()], least=0, most=100,
        description=_l("Của sản phẩm không đạt hoặc chậm"), **_S,
    )  # fmt: skip
    excellent = NumberField(_l("Hoàn thành xuất sắc từ (điểm)"), [Required()], least=0, most=100, **_S)
    good = NumberField(_l("Hoàn thành tốt từ (điểm)"), [Required()], least=0, most=100, **_S)
    satisfactory = NumberField(_l("Hoàn thành từ (điểm)"), [Required()], least=0, most=100, **_S)
    quota_percent = NumberField(_l("Hoàn thành xuất sắc không quá (%)"), [Required()], least=0, most=100, **_S)
    quota_outstanding = NumberField(_l("Nơi có thành tích nổi trội (%)"), [Required()], least=0, most=100, **_S)
    items = TextAreaField(
        _l("Các tiêu chí chung"), longest=20000, description=_ITEMS_HINT, render_kw={"rows": 14, "lang": "vi"}
    )  # fmt: skip
    source = TextField(
        _l("Căn cứ"), [Required()], longest=500, description=_l("Điều, khoản hoặc văn bản"), render_kw={"lang": "vi"}
    )  # fmt: skip
    valid_from = DateField(_l("Áp dụng từ ngày"), [Required()], **_S)
    last_day = DateField(_l("Đến hết ngày"), description=_l("Bỏ trống nếu chưa biết"), **_S)

    def __init__(self, *arguments: Any, scored: bool = True, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.person_kinds.choices = [(one.value, render(said)) for one, said in KIND_LABELS.items()]
        if not scored:
            del self.general_max, self.result_max, self.penalty, self.excellent, self.good, self.satisfactory
            del self.items

    def values(self, method: str) -> tuple[dict[str, Any], list[Problem]]:
        """Return the version by its columns, and lines of criteria that cannot be read."""
        values: dict[str, Any] = {
            "method": method, "person_kinds": self.person_kinds.data or [], "weights": None,
            "quota_percent": self.quota_percent.data, "quota_outstanding": self.quota_outstanding.data,
            "source": self.source.data, "items": [], "general_max": Decimal(0), "result_max": Decimal(0),
            "penalty": Decimal(0), "thresholds": {},
        }  # fmt: skip
        if "items" not in self:
            return values, []
        items, problems = read_items(self.items.data or "")
        thresholds = {name: f"{self[name].data.normalize():f}" for name in THRESHOLDS}
        values |= {
            "items": items, "general_max": self.general_max.data, "result_max": self.result_max.data,
            "penalty": Decimal(self.penalty.data or 0) / 100, "thresholds": thresholds,
        }  # fmt: skip
        return values, problems

    @property
    def until(self) -> date | None:
        """Return the first day on which the version is no more in force."""
        return _until(self.last_day.data)


class ChoiceForm(Form):
    """Whose regulation, for whom."""

    agency = ComboField(_l("Quy chế của"), [Required()])
    criteria = RadioField(_l("Dùng cho"), [Required()], choices=[])


class RegulationForm(Form):
    """An agency's regulation; points and criteria of its own only where the decree leaves them to the unit."""

    seen = HiddenField()
    number = TextField(_l("Số, ký hiệu"), [Required()], longest=100, render_kw={"width": "m"})
    issued_on = DateField(_l("Ngày ban hành"), [Required()], **_S)
    title = TextField(_l("Trích yếu"), [Required()], longest=300, render_kw={"lang": "vi"})
    period_kind = RadioField(_l("Theo dõi, chấm điểm"), [Required()], choices=[])
    contract = BooleanField(_l("Áp dụng cả với người lao động hợp đồng"))
    items = TextAreaField(
        _l("Tiêu chí chung và điểm của đơn vị"), [Required()], longest=20000, description=_ITEMS_HINT,
        render_kw={"rows": 14, "lang": "vi"},
    )  # fmt: skip
    step = NumberField(_l("Bước điểm tiêu chí chung"), least=Decimal("0.01"), most=5, render_kw=_M)
    cap_result = SelectField(_l("Điểm kết quả vượt mức tối đa"), choices=[], render_kw={"width": "m"})
    rounding = SelectField(_l("So với mức điểm"), choices=[], render_kw={"width": "m"})
    quota_base = SelectField(_l("Tỷ lệ xuất sắc tính trên"), choices=[])
    tie_order = SelectField(_l("Thứ tự xét khi vượt chỉ tiêu"), choices=[])
    self_days = NumberField(_l("Tự chấm xong sau kỳ (ngày)"), whole=True, least=1, most=60, render_kw=_M)
    score_days = NumberField(_l("Chấm xong sau kỳ (ngày)"), whole=True, least=1, most=60, render_kw=_M)
    note = TextAreaField(_l("Ghi chú"), longest=2000)
    valid_from = DateField(_l("Áp dụng từ ngày"), [Required()], **_S)
    last_day = DateField(_l("Đến hết ngày"), description=_l("Bỏ trống nếu chưa biết"), **_S)

    def __init__(self, *arguments: Any, method: Method, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.period_kind.choices = [(one, render(said)) for one, said in PERIOD_LABELS.items()]
        for role, criteria in WEIGHTS.items():
            for one in criteria:
                self[f"{role}_{one.value}"].label.text = render(CRITERION_LABELS[one])
        if method is not Method.WEIGHTS:
            del self.items
            for name in weight_fields():
                del self[name]
        kept = settings.get_all("performance.")
        for name in OPEN_POINTS:
            known, value = settings.KNOWN[f"performance.{name}"], kept[f"performance.{name}"]
            said = CAP_WORDS if name == "cap_result" else dict(known.choices)
            box: Any = self[name]
            shown = render(said[str(value)]) if box.type == "SelectField" else box.shown(plain(Decimal(str(value))))
            self[name].description = _(
                "Bỏ trống: theo mức của tỉnh, hiện là “%(value)s”. %(note)s. Căn cứ: %(source)s (%(mark)s).",
                value=shown, note=render(known.note), source=render(known.source), mark=render(MARK_LABELS[known.mark]),
            )  # fmt: skip
            if isinstance(self[name], SelectField):
                self[name].choices = [
                    ("", _("theo mức của tỉnh")), *((code, render(words)) for code, words in said.items())
                ]  # fmt: skip

    def values(self) -> tuple[dict[str, Any], list[Problem]]:
        """Return the regulation by its columns, and lines of criteria that cannot be read."""
        cap, order = self.cap_result.data, self.tie_order.data
        values: dict[str, Any] = {
            name: self[name].data or None
            for name in ("number", "issued_on", "title", "period_kind", "step", "rounding", "quota_base", "note")
        }
        values |= {
            "contract": bool(self.contract.data), "cap_result": None if not cap else cap == "1",
            "tie_order": order.split(",") if order else None, "self_days": _whole(self.self_days.data),
            "score_days": _whole(self.score_days.data), "weights": None, "items": None,
        }  # fmt: skip
        if "items" not in self:
            return values, []
        items, problems = read_items(self.items.data or "")
        weights = {
            role: {
                one.value: f"{self[f'{role}_{one.value}'].data.normalize():f}"
                for one in criteria
                if self[f"{role}_{one.value}"].data is not None
            }
            for role, criteria in WEIGHTS.items()
        }
        return {**values, "items": items, "weights": weights}, problems

    @property
    def until(self) -> date | None:
        """Return the first day on which it is no more in force."""
        return _until(self.last_day.data)


class EndForm(Form):
    """From when a regulation holds no more, and why."""

    seen = HiddenField()
    valid_from = DateField(
        _l("Thôi áp dụng từ ngày"), [Required()], description=_l("Ngày đầu tiên không còn áp dụng"), **_S
    )  # fmt: skip
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000)


def weight_fields(role: str | None = None) -> list[str]:
    """Return the names of the boxes for points of result criteria, of one role or both."""
    return [f"{one}_{name.value}" for one, names in WEIGHTS.items() if role in (None, one) for name in names]


for _role, _names in WEIGHTS.items():
    for _name in _names:
        setattr(RegulationForm, f"{_role}_{_name.value}", NumberField(least=0, most=100, **_S))


def version_data(criteria: CriteriaSet, version: CriteriaVersion | None) -> dict[str, Any]:
    """Return what the form of a version begins with."""
    data: dict[str, Any] = {"version": str(criteria.version)}
    if version is None:
        return data
    names = ("general_max", "result_max", "quota_percent", "quota_outstanding")
    data |= {name: plain(getattr(version, name)) for name in names}
    data |= {name: plain(Decimal(version.thresholds[name])) for name in THRESHOLDS if name in version.thresholds}
    return data | {
        "penalty": plain(version.penalty * 100), "items": write_items(version.items), "source": version.source,
        "person_kinds": list(version.person_kinds),
    }  # fmt: skip


def version_days(version: CriteriaVersion | AgencyRegulation) -> dict[str, Any]:
    """Return the days of a version that is to be put right for its own days."""
    return {"valid_from": version.valid_from, "last_day": last_day(version.valid_to)}


def regulation_data(
    regulation: AgencyRegulation | None, newest: AgencyRegulation | None, version: CriteriaVersion | None
) -> dict[str, Any]:
    """Return what the form of a regulation begins with; `newest` is what it must still be when it is sent."""
    data: dict[str, Any] = {"seen": str(newest.id) if newest else "", "period_kind": "month"}
    if regulation is None:
        return data | ({"items": write_items(version.items)} if version is not None else {})
    names = ("number", "issued_on", "title", "period_kind", "contract", "rounding", "quota_base", "note")
    data |= {name: getattr(regulation, name) for name in names}
    data |= {
        "step": plain(regulation.step) if regulation.step is not None else None, "self_days": regulation.self_days,
        "score_days": regulation.score_days, "tie_order": ",".join(regulation.tie_order or ()),
        "cap_result": "" if regulation.cap_result is None else str(int(regulation.cap_result)),
    }  # fmt: skip
    if regulation.items:
        data["items"] = write_items(regulation.items)
    for role, points in (regulation.weights or {}).items():
        data |= {f"{role}_{name}": plain(Decimal(value)) for name, value in points.items()}
    return data


def weight_words(weights: Mapping[str, Any] | None, role: str) -> list[tuple[str, Decimal]]:
    """Return criteria with their points, for reading."""
    own = (weights or {}).get(role) or {}
    return [
        (render(CRITERION_LABELS[one]), plain(Decimal(own[one.value]))) for one in WEIGHTS[role] if one.value in own
    ]


def is_scored(version: CriteriaVersion | None) -> bool:
    """Say whether a version gives points."""
    return version is not None and Method(version.method) in SCORED


def _until(last: Any) -> date | None:
    return None if last is None else last + timedelta(days=1)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
