"""A certificate as it is printed: every line of an A4 sheet on its side, and the square that leads to its check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import segno

from hrms.core import hooks
from hrms.core.documents import Capacity, Signing, date_in_words, render_pdf
from hrms.core.documents.paper import clean
from hrms.core.formats import format_date, format_number
from hrms.core.rules import N_
from hrms.training.models import Certificate
from hrms.training.rules.certificates import shown_code
from hrms.training.rules.states import CertificateKind

KEYS = {
    CertificateKind.CERTIFICATE: "training.certificate",
    CertificateKind.ATTESTATION: "training.attestation",
}
LAYOUT = Path(__file__).parent / "certificate.typ"
_HEADINGS = {CertificateKind.CERTIFICATE: "CHỨNG CHỈ", CertificateKind.ATTESTATION: "GIẤY CHỨNG NHẬN"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One certificate, ready to be set; `verify_at` is the address of the page that checks it."""

    kind: CertificateKind
    issuer: str
    number: str
    check_code: str
    full_name: str
    birth_date: str
    birth_place: str
    programme: str
    hours: Decimal
    starts_on: date
    ends_on: date
    grade: Decimal | None
    valid_until: date | None
    issued_on: date
    place: str
    signing: Signing
    verify_at: str

    @property
    def address(self) -> str:
        """Return the address that answers for this very certificate."""
        return f"{self.verify_at}?{urlencode({'number': self.number, 'code': self.check_code})}"

    def lines(self) -> dict[str, Any]:
        """Return every line as it is printed, and the dark squares of the picture, row by row."""
        facts = [("Ông (bà):", clean(self.full_name).upper())]
        born = [("Ngày sinh:", self.birth_date)] if self.birth_date else []
        if self.birth_place:
            born.append(("Nơi sinh:", clean(self.birth_place)))
        length = f"{format_number(self.hours.normalize() if self.hours % 1 else self.hours.to_integral_value())} tiết"
        days = f"từ ngày {format_date(self.starts_on)} đến ngày {format_date(self.ends_on)}"
        if self.starts_on == self.ends_on:
            days = f"ngày {format_date(self.starts_on)}"
        results = [("Thời lượng:", f"{length}, {days}")]
        if self.grade is not None:
            results.append(("Kết quả:", f"{format_number(self.grade.normalize(), places=None)} điểm (thang điểm 10)"))
        if self.valid_until is not None:
            results.append(("Có giá trị:", f"đến hết ngày {format_date(self.valid_until)}"))
        return {
            "language": "vi",
            "heading": _HEADINGS[self.kind],
            "issuer": clean(self.issuer).upper(),
            "number": f"Số: {self.number}",
            "person": [list(pair) for pair in (*facts, *born)],
            "completed": "Đã hoàn thành chương trình",
            "programme": clean(self.programme),
            "results": [list(pair) for pair in results],
            "date": f"{clean(self.place)}, {date_in_words(self.issued_on)}",
            "signing": self.signing.lines(),
            "code": f"Mã tra cứu: {shown_code(self.check_code)}",
            "address": self.verify_at.removeprefix("https://").removeprefix("http://"),
            "squares": _squares(self.address),
        }


def _squares(address: str) -> list[list[list[int]]]:
    """Return the picture of an address: of each row its dark runs, as [first, length]."""
    rows = []
    for row in segno.make(address, error="m", micro=False).matrix:
        runs: list[list[int]] = []
        for place, dark in enumerate(row):
            if not dark:
                continue
            if runs and sum(runs[-1]) == place:
                runs[-1][1] += 1
            else:
                runs.append([place, 1])
        rows.append(runs)
    return rows


def sheet_of(found: Certificate, verify_at: str) -> Sheet:
    """Return what a certificate of the register prints: as it was issued, whatever the record says today."""
    holder, issuer = found.holder, found.issuer
    return Sheet(
        kind=CertificateKind(found.kind),
        issuer=issuer["agency"],
        number=found.number,
        check_code=found.check_code,
        full_name=holder["full_name"],
        birth_date=holder["birth_date"],
        birth_place=holder["birth_place"],
        programme=found.programme,
        hours=Decimal(issuer["hours"]),
        starts_on=date.fromisoformat(issuer["from"]),
        ends_on=date.fromisoformat(issuer["to"]),
        grade=None if issuer["grade"] is None else Decimal(issuer["grade"]),
        valid_until=found.valid_until,
        issued_on=found.issued_on,
        place=issuer["place"],
        signing=Signing(issuer["title"], issuer["name"], Capacity(issuer["capacity"]), issuer["instead_of"]),
        verify_at=verify_at,
    )


def print_certificates(found: Sequence[Certificate], verify_at: str) -> bytes:
    """Return certificates of one kind as one PDF, a page each. Raises `Refused`, `ValueError` as `render_pdf`."""
    return render_pdf([sheet_of(one, verify_at) for one in found], KEYS[CertificateKind(found[0].kind)])


def register() -> None:
    """Let an administrator replace the template of each kind."""
    layout = LAYOUT.read_bytes()
    hooks.paper_kinds[KEYS[CertificateKind.CERTIFICATE]] = hooks.PaperKind(
        N_("Chứng chỉ bồi dưỡng"), lambda: _samples(CertificateKind.CERTIFICATE), layout
    )
    hooks.paper_kinds[KEYS[CertificateKind.ATTESTATION]] = hooks.PaperKind(
        N_("Giấy chứng nhận bồi dưỡng"), lambda: _samples(CertificateKind.ATTESTATION), layout
    )


def _samples(kind: CertificateKind) -> list[Sheet]:
    """Return made-up certificates to try a template on: the fullest one, and the barest."""
    full = Sheet(
        kind=kind,
        issuer="Trường Chính trị tỉnh Mẫu",
        number=f"0012/2027/{'CC' if kind is CertificateKind.CERTIFICATE else 'GCN'}-TCTM",
        check_code="ABCDEFGHJKLM",
        full_name="Nguyễn Thị Ngọc Phượng",
        birth_date="08/03/1985",
        birth_place="Xã Mẫu, tỉnh Mẫu",
        programme="Bồi dưỡng kỹ năng lãnh đạo, quản lý cấp phòng thuộc Ủy ban nhân dân xã và tương đương",
        hours=Decimal(160),
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 3, 26),
        grade=Decimal("8.25"),
        valid_until=date(2032, 3, 31),
        issued_on=date(2027, 4, 1),
        place="Bình Sơn",
        signing=Signing("Phó Hiệu trưởng", "Trần Văn Đức", Capacity.FOR_HEAD, "Hiệu trưởng"),
        verify_at="https://hrms.tinhmau.gov.vn/training/verify",
    )
    bare = replace(
        full, number=full.number.replace("0012", "0013"), birth_date="1985", birth_place="", grade=None,
        valid_until=None, full_name="Trần An", programme="Kỹ năng số cơ bản", hours=Decimal("7.5"),
        ends_on=full.starts_on, signing=Signing("Giám đốc", "Lê Thị Kim Oanh"),
    )  # fmt: skip
    return [full, bare]
