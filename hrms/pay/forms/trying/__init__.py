"""The questions that can be tried: their words, form, schema of facts, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from hrms.core.rules import N_
from hrms.pay import facts_pay, facts_raises
from hrms.pay.answering import Answer
from hrms.pay.answering.month import arrears, pay, severance
from hrms.pay.answering.retirement import retirement
from hrms.pay.answering.shares import early_raise_quota, incentive
from hrms.pay.answering.steps import placement, step_raise
from hrms.pay.forms.trying.asking import FactsForm
from hrms.pay.forms.trying.month import ArrearsForm, PayForm, SeveranceForm
from hrms.pay.forms.trying.shares import IncentiveForm, QuotaForm
from hrms.pay.forms.trying.steps import PlacementForm, RetirementAgeForm, StepForm

__all__ = ["QUESTIONS", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `name` as in `hrms explain`, its title, what it tells, the law it goes by.

    `rows` are the lists that begin with an empty row; `of_person` says that a record can fill the form in.
    """

    name: str
    title: str
    text: str
    source: str
    form: type[FactsForm]
    schema: type[ma.Schema]
    ask: Callable[[dict[str, Any]], Answer]
    rows: tuple[str, ...] = ()
    of_person: bool = False
    by_options: bool = False
    """The command takes its facts as options instead of a file."""


QUESTIONS: dict[str, Question] = {
    one.name: one
    for one in (
        Question(
            "pay", N_("Lương một tháng"),
            N_("Các khoản được hưởng, các khoản đóng, còn nhận bao nhiêu theo luật của một ngày."),
            "TT 13/2026/TT-BNV Đ3", PayForm, facts_pay.PaySchema, pay, ("allowances",), of_person=True,
        ),
        Question(
            "arrears", N_("Truy lĩnh, truy thu"),
            N_("Chênh lệch qua từng tháng khi hệ số, phụ cấp được sửa lùi ngày."),
            "TT 08/2013/TT-BNV Đ3; TT 13/2026/TT-BNV Đ3", ArrearsForm, facts_pay.ArrearsSchema, arrears,
            ("allowances",), of_person=True,
        ),
        Question(
            "step-raise", N_("Nâng bậc lương"),
            N_("Ngày nâng bậc hoặc mức thâm niên vượt khung, sau khi trừ thời gian không tính và cộng kéo dài."),
            "TT 08/2013/TT-BNV; TT 03/2021/TT-BNV; TT 04/2005/TT-BNV", StepForm, facts_raises.StepSchema,
            step_raise, ("absences", "disciplines", "ratings", "early-achievements"), of_person=True,
        ),
        Question(
            "placement", N_("Xếp lương"),
            N_("Bậc, hệ số, chênh lệch bảo lưu và mốc nâng bậc khi lên ngạch, chuyển ngạch hoặc xếp lần đầu."),
            "TT 02/2007/TT-BNV; NĐ 232/2026/NĐ-CP; TT 05/2024/TT-BNV", PlacementForm, facts_raises.PlacementSchema,
            placement, of_person=True,
        ),
        Question(
            "retirement", N_("Nghỉ hưu"),
            N_("Tuổi nghỉ hưu, ngày nghỉ hưu, ngày hưởng lương hưu, hạn thông báo và hạn ra quyết định."),
            "BLLĐ Đ169; NĐ 135/2020/NĐ-CP; NĐ 170/2025/NĐ-CP", RetirementAgeForm, facts_pay.RetirementFacts, retirement,
            of_person=True, by_options=True,
        ),
        Question(
            "severance", N_("Trợ cấp thôi việc"), N_("Số năm được tính và số tiền theo luật của ngày thôi việc."),
            "NĐ 170/2025/NĐ-CP; NĐ 300/2026/NĐ-CP", SeveranceForm, facts_pay.SeveranceSchema, severance,
            of_person=True,
        ),
        Question(
            "early-raise-quota", N_("Chỉ tiêu nâng bậc trước thời hạn"),
            N_("Số người mỗi đơn vị được xét, phần dư báo cấp trên và đơn vị được thêm."),
            "TT 08/2013/TT-BNV Đ3; TT 03/2021/TT-BNV", QuotaForm, facts_raises.EarlyQuotaSchema,
            early_raise_quota, ("units",),
        ),
        Question(
            "incentive", N_("Chia tiền thưởng, thu nhập tăng thêm"),
            N_("Phần của từng người theo xếp loại, phần giữ lại và phần còn lại trong quỹ."),
            "NĐ 161/2026/NĐ-CP Đ4; NĐ 75/2026/NĐ-CP", IncentiveForm, facts_raises.IncentiveSchema, incentive,
            ("people",),
        ),
    )
}  # fmt: skip
