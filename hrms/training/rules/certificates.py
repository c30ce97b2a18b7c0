"""What may be issued to whom, how it is numbered, how long it holds, and what counts as the number somebody typed.

A chứng chỉ is issued by a school allowed to, for a programme that ends with one; everything else ends with a giấy
chứng nhận of whoever ran the class.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem, Reason
from hrms.training.rules.states import CertificateKind

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and figures of a check code: none that reads like another (0 and O, 1 and I)."""
CODE_LENGTH = 12
NUMBER_MOST, CODE_MOST = 80, 40
"""Longer than any number or code: whatever is longer is wrong without a look."""
BOOK = {CertificateKind.CERTIFICATE: "CC", CertificateKind.ATTESTATION: "GCN"}
"""How the symbol of a book of each kind begins."""
SOURCE = "NĐ 171/2025/NĐ-CP"
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"\d{4,9}/\d{4}/[A-Za-zĐđƯư0-9.-]{1,60}", re.ASCII)
_UNFIT = re.compile(r"[^A-ZĐƯ0-9.]")
_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")


class Validity(StrEnum):
    """Whether a certificate holds on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


VALIDITY_LABELS: dict[Validity, str] = {
    Validity.VALID: N_("Còn hiệu lực"),
    Validity.EXPIRED: N_("Hết hiệu lực"),
    Validity.REVOKED: N_("Đã thu hồi"),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """What a class ends with, and why; `kind` is None when nothing is issued here."""

    kind: CertificateKind | None
    reason: Reason


def ending_of(course_ends_with: str, provider: str, *, may_certify: bool) -> Ending:
    """Return what is issued for a class: by its course's version on its first day, and by who gives it."""
    params = {"provider": provider}
    if course_ends_with == CertificateKind.NONE:
        return Ending(None, Reason(N_("Chương trình này không cấp chứng chỉ hay giấy chứng nhận."), "", "", {}))
    if course_ends_with == CertificateKind.DEGREE:
        text = N_("Chương trình này cấp văn bằng; cơ sở đào tạo tự cấp theo sổ văn bằng của mình.")
        return Ending(None, Reason(text, "", "", {}))
    if course_ends_with == CertificateKind.ATTESTATION:
        text = N_("Chương trình kết thúc bằng giấy chứng nhận.")
        return Ending(CertificateKind.ATTESTATION, Reason(text, "", "", {}))
    if not may_certify:
        text = N_("%(provider)s không được cấp chứng chỉ nên cấp giấy chứng nhận.")
        return Ending(CertificateKind.ATTESTATION, Reason(text, "", SOURCE, params))
    text = N_("%(provider)s được cấp chứng chỉ và chương trình kết thúc bằng chứng chỉ.")
    return Ending(CertificateKind.CERTIFICATE, Reason(text, "", SOURCE, params))


def number_of(count: int, year: int, symbol: str) -> str:
    """Return a number as it is printed: 0012/2026/CC-TCT."""
    return f"{count:04}/{year}/{symbol}"


def symbol_part(code: str) -> str:
    """Return the code of a school or agency as part of a symbol: capitals, figures and points."""
    return _UNFIT.sub("", unicodedata.normalize("NFC", code).upper())[:40]


def valid_until(issued_on: date, valid_months: int | None) -> date | None:
    """Return the last day of its validity; None for ever."""
    return None if valid_months is None else add_months(issued_on, valid_months) - timedelta(days=1)


def validity(today: date, until: date | None, revoked_on: date | None) -> Validity:
    """Return whether a certificate holds on a day; the last day is still one of its own."""
    if revoked_on is not None:
        return Validity.REVOKED
    return Validity.EXPIRED if until is not None and until < today else Validity.VALID


def typed_number(given: str) -> str | None:
    """Return a number as somebody typed it in the form it is kept in, None for what can be none."""
    if len(given) > NUMBER_MOST:
        return None
    number = _BLANKS.sub("", unicodedata.normalize("NFC", given))
    # Only letters a symbol may have: others turn into these as capitals (ſ into S).
    return number.upper() if _NUMBER.fullmatch(number) else None


def typed_code(given: str) -> str | None:
    """Return a check code as somebody typed it, blanks and strokes left out; None for what can be none."""
    if len(given) > CODE_MOST:
        return None
    code = _BLANKS.sub("", given.replace("-", ""))
    return code.upper() if code.isascii() and _CODE.fullmatch(code.upper()) else None


def shown_code(code: str) -> str:
    """Return a check code as it is printed, in fours."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def issue_problems(issued_on: date, first: date, today: date, count: int) -> list[Problem]:
    """Return what forbids issuing: a day before the results or ahead, nobody chosen. `first` is the last result's."""
    found = []
    if not count:
        found.append(Problem("enrolments", "nobody", N_("Chưa chọn ai để cấp. Hãy đánh dấu ít nhất một người.")))
    if issued_on > today:
        words = N_("Ngày cấp %(day)s ở tương lai. Hãy ghi ngày ký không sau hôm nay.")
        found.append(Problem("issued_on", "in_future", words, {"day": issued_on}))
    elif issued_on < first:
        words = N_("Ngày cấp %(day)s trước ngày công nhận kết quả %(first)s. Hãy ghi từ ngày đó trở đi.")
        found.append(Problem("issued_on", "too_early", words, {"day": issued_on, "first": first}))
    return found
