"""How the cells of the law's catalogues are worded: codes by their names. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from hrms.core.rules import N_
from hrms.pay.rules import allowances, insurance
from hrms.pay.rules.figures import Base, Form, Side
from hrms.pay.rules.texts import PLACE_LABELS
from hrms.people.rules.kinds import KIND_LABELS

FORM_LABELS: dict[str, str] = {
    Form.COEFFICIENT: N_("hệ số"), Form.PERCENT: N_("phần trăm"), Form.AMOUNT: N_("số tiền"),
}  # fmt: skip
BASE_LABELS: dict[str, str] = {
    Base.PAY: N_("lương, phụ cấp chức vụ, thâm niên vượt khung"),
    Base.PAY_RESERVED: N_("lương, phụ cấp chức vụ, thâm niên vượt khung, chênh lệch bảo lưu"),
}
SIDE_LABELS: dict[str, str] = {Side.EMPLOYEE: N_("người lao động"), Side.EMPLOYER: N_("cơ quan")}
YES_NO: dict[str, str] = {"1": N_("có"), "0": N_("không")}
UNIT_LABELS: dict[str, str] = {
    "months": N_("tháng"), "percent": N_("phần trăm"), "years": N_("năm"), "days": N_("ngày"),
    "working_days": N_("ngày làm việc"), "yes_no": N_("có hay không (1, 0)"), "hours": N_("giờ"), "times": N_("lần"),
    "people": N_("người"), "steps": N_("bậc"), "grades": N_("bậc nghề nghiệp"), "grade": N_("bậc nghề nghiệp"),
    "levels": N_("các cấp độ"), "date": N_("ngày, viết năm-tháng-ngày"), "rating_class": N_("mức xếp loại"),
    "rounding": N_("cách làm tròn"), "way": N_("cách tính"),
}  # fmt: skip
CELLS: Mapping[str, Mapping[str, str]] = {
    "person_kinds": {kind.value: words for kind, words in KIND_LABELS.items()},
    "person_kind": {kind.value: words for kind, words in KIND_LABELS.items()},
    "forms": FORM_LABELS, "base": BASE_LABELS, "side": SIDE_LABELS, "insured": YES_NO,
    "insurance": {code.value: words for code, words in insurance.LABELS.items()},
    "place": PLACE_LABELS, "unit": UNIT_LABELS,
}  # fmt: skip
"""Column → code → its words; a cell with several codes has a bar between them."""
ALLOWANCES: Mapping[str, str] = {code.value: words for code, words in allowances.LABELS.items()}
"""The codes of `allowance_rules`; another catalogue's column `code` holds ranks."""
