"""The lines of a sheet: what each code is called, on which side it stands, and the order of a sheet."""

from __future__ import annotations

from hrms.core.rules import N_
from hrms.pay.rules import allowances, insurance
from hrms.pay.rules.figures import AllowanceCode, Insurance
from hrms.pay.rules.monthly import BEYOND_SCALE, LEADERSHIP, RESERVED, SALARY

LINE, DEDUCTION, EMPLOYER = "line", "deduction", "employer"
SIDES: dict[str, str] = {
    LINE: N_("Các khoản được hưởng"), DEDUCTION: N_("Các khoản phải đóng"), EMPLOYER: N_("Cơ quan đóng"),
}  # fmt: skip
"""The sides of a sheet, as `pay_lines.side` names them, and their headings."""
FEW = "few"
"""What stands for the codes few people have, added up together where single amounts must not be told."""
NAMES: dict[str, str] = {
    SALARY: N_("Lương theo ngạch, bậc"), BEYOND_SCALE: N_("Phụ cấp thâm niên vượt khung"),
    LEADERSHIP: N_("Phụ cấp chức vụ lãnh đạo"), RESERVED: N_("Chênh lệch bảo lưu"),
    **{code.value: name for code, name in allowances.LABELS.items()},
    **{code.value: name for code, name in insurance.LABELS.items()},
    FEW: N_("Các khoản ít người có, gộp chung"),
}  # fmt: skip
"""What the code of a line is called."""
_ORDER = (SALARY, BEYOND_SCALE, LEADERSHIP, RESERVED, *(one.value for one in AllowanceCode),
          *(one.value for one in Insurance), FEW)  # fmt: skip
_PLACES = {code: number for number, code in enumerate(_ORDER)}


def place(code: str) -> int:
    """Return where the line of a code stands on a sheet, from 0."""
    return _PLACES[code]
