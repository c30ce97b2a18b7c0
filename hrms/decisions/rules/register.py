"""How a decision is numbered, what kinds there are, and what is wrong with an entry of the register. Pure functions.

Numbers and symbols follow NĐ 30/2020/NĐ-CP, annex I and III: a number per issuing body and year, “905/QĐ-SNV”.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.rules import N_, Problem

FIRST_DAY = date(1945, 9, 2)
NUMBER_LENGTH, SYMBOL_LENGTH, SUBJECT_LENGTH, TEXT_LENGTH = 40, 60, 500, 4000


class DecisionKind(StrEnum):
    """What a decision is about."""

    RECRUITMENT = "recruitment"
    RECEPTION = "reception"
    APPOINTMENT = "appointment"
    REAPPOINTMENT = "reappointment"
    RELIEF = "relief"
    TRANSFER = "transfer"
    ROTATION = "rotation"
    SECONDMENT = "secondment"
    RANK = "rank"
    STEP_RAISE = "step_raise"
    ALLOWANCE = "allowance"
    TRAINING = "training"
    REWARD = "reward"
    DISCIPLINE = "discipline"
    RATING = "rating"
    ABSENCE = "absence"
    RETIREMENT = "retirement"
    LEAVING = "leaving"
    ORGANISATION = "organisation"
    CORRECTION = "correction"
    OTHER = "other"


D = DecisionKind

KIND_LABELS: dict[DecisionKind, str] = {
    D.RECRUITMENT: N_("Tuyển dụng"),
    D.RECEPTION: N_("Tiếp nhận"),
    D.APPOINTMENT: N_("Bổ nhiệm"),
    D.REAPPOINTMENT: N_("Bổ nhiệm lại, kéo dài thời gian giữ chức vụ"),
    D.RELIEF: N_("Miễn nhiệm, từ chức"),
    D.TRANSFER: N_("Điều động, thuyên chuyển"),
    D.ROTATION: N_("Luân chuyển"),
    D.SECONDMENT: N_("Biệt phái"),
    D.RANK: N_("Bổ nhiệm, chuyển, nâng ngạch"),
    D.STEP_RAISE: N_("Nâng bậc lương"),
    D.ALLOWANCE: N_("Phụ cấp"),
    D.TRAINING: N_("Cử đi đào tạo, bồi dưỡng"),
    D.REWARD: N_("Khen thưởng"),
    D.DISCIPLINE: N_("Kỷ luật"),
    D.RATING: N_("Xếp loại chất lượng"),
    D.ABSENCE: N_("Nghỉ không hưởng lương, tạm đình chỉ"),
    D.RETIREMENT: N_("Nghỉ hưu"),
    D.LEAVING: N_("Thôi việc"),
    D.ORGANISATION: N_("Tổ chức bộ máy"),
    D.CORRECTION: N_("Đính chính, thu hồi"),
    D.OTHER: N_("Khác"),
}

_PAPER = re.compile(r"(?:s[oố][:.]?\s*)?(?P<number>[0-9]{1,8}[A-Za-zĐđ]?)\s*/\s*(?P<symbol>\S.*)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,8}[A-Za-zĐđ]?")
_BLANKS_AROUND_MARKS = re.compile(r"\s*([/&-])\s*")


@dataclass(frozen=True, slots=True)
class Reference:
    """A number and the symbol after it: `905` and `QĐ-SNV`."""

    number: str
    symbol: str


def parse_reference(text: str) -> Reference | None:
    """Part “905/QĐ-SNV”, “Số: 05 / QĐ - SNV” or a bare number; None for what is no number of a decision.

    A leading zero stays out of the number (05 is 5: paper writes numbers under ten with a zero), blanks around the
    marks too; the symbol is in capitals.
    """
    text = " ".join(text.split()).replace("\u2013", "-").replace("\u2014", "-")
    if found := _PAPER.fullmatch(text):
        symbol = _BLANKS_AROUND_MARKS.sub(r"\1", found["symbol"]).replace(" ", "").upper()
        return Reference(normal_number(found["number"]), symbol)
    return Reference(normal_number(text), "") if _NUMBER.fullmatch(text) else None


def normal_number(number: str) -> str:
    """Return a number without its leading zeros, capital letters at its end."""
    return number.strip().upper().lstrip("0") or "0"


def check_reference(reference: Reference | None, typed: str, field: str = "number") -> list[Problem]:
    """Return what is wrong with the number as typed."""
    if not typed.strip():
        return [Problem(field, "required", N_("Chưa nhập số quyết định. Hãy nhập như 905/QĐ-SNV."))]
    if reference is None:
        text = N_("Số quyết định “%(value)s” không đúng dạng. Hãy nhập như 905/QĐ-SNV.")
        return [Problem(field, "bad_number", text, {"value": typed[:60]})]
    if len(reference.number) > NUMBER_LENGTH or len(reference.symbol) > SYMBOL_LENGTH:
        text = N_("Ký hiệu “%(value)s…” dài quá %(most)s ký tự. Hãy kiểm tra lại.")
        return [Problem(field, "number_length", text, {"value": reference.symbol[:30], "most": str(SYMBOL_LENGTH)})]
    return []


def check_dates(signed_on: date | None, effective_on: date | None, today: date) -> list[Problem]:
    """Return what is wrong with the days: before the State, signed in the future, in force long before signing."""
    problems = []
    if signed_on is None:
        problems.append(Problem("signed_on", "required", N_("Chưa nhập ngày ký quyết định.")))
    elif signed_on < FIRST_DAY:
        text = N_("Ngày ký %(day)s sớm hơn ngày 02/09/1945. Hãy kiểm tra lại năm.")
        problems.append(Problem("signed_on", "too_early", text, {"day": _shown(signed_on)}))
    elif signed_on > today:
        text = N_("Ngày ký %(day)s chưa tới. Hãy kiểm tra lại ngày ký.")
        problems.append(Problem("signed_on", "in_future", text, {"day": _shown(signed_on)}))
    if effective_on is not None and effective_on < FIRST_DAY:
        text = N_("Ngày hiệu lực %(day)s sớm hơn ngày 02/09/1945. Hãy kiểm tra lại năm.")
        problems.append(Problem("effective_on", "too_early", text, {"day": _shown(effective_on)}))
    elif effective_on is not None and signed_on is not None and effective_on > signed_on + timedelta(days=3660):
        text = N_("Ngày hiệu lực %(day)s muộn hơn ngày ký quá 10 năm. Hãy kiểm tra lại năm.")
        problems.append(Problem("effective_on", "too_late", text, {"day": _shown(effective_on)}))
    return problems


def check_texts(kind: str, subject: str, issuer_name: str, legal_ground: str | None, note: str | None) -> list[Problem]:
    """Return what is wrong with kind, subject, issuer and the long texts."""
    problems = []
    if kind not in set(DecisionKind):
        text = N_("Loại quyết định “%(kind)s” không có trong danh sách.")
        problems.append(Problem("kind", "unknown_kind", text, {"kind": kind[:40]}))
    if not issuer_name:
        problems.append(Problem("issuer", "required", N_("Chưa nhập cơ quan ban hành quyết định.")))
    for field, value, most in (
        ("subject", subject, SUBJECT_LENGTH), ("issuer", issuer_name, 300), ("legal_ground", legal_ground, TEXT_LENGTH),
        ("note", note, TEXT_LENGTH),
    ):  # fmt: skip
        if value and len(value) > most:
            text = N_("Nội dung dài %(length)s ký tự, quá %(most)s ký tự. Hãy rút gọn.")
            problems.append(Problem(field, "too_long", text, {"length": str(len(value)), "most": str(most)}))
    return problems


def _shown(day: date) -> str:
    return f"{day:%d/%m/%Y}"
