"""What is issued and why, numbers and codes as typed, validity, what counts may be shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hrms.training.rules import after, certificates
from hrms.training.rules.certificates import Validity
from hrms.training.rules.states import CertificateKind

ENDINGS = [
    ("certificate", True, CertificateKind.CERTIFICATE),
    ("certificate", False, CertificateKind.ATTESTATION),
    ("attestation", True, CertificateKind.ATTESTATION),
    ("attestation", False, CertificateKind.ATTESTATION),
    ("degree", True, None),
    ("none", True, None),
]


@pytest.mark.parametrize(("ends_with", "may_certify", "expected"), ENDINGS)
def test_a_certificate_comes_only_from_a_school_allowed_to(
    ends_with: str, may_certify: bool, expected: CertificateKind | None
) -> None:
    found = certificates.ending_of(ends_with, "Trường A", may_certify=may_certify)
    assert found.kind is expected
    assert found.reason.text
    if ends_with == "certificate" and not may_certify:
        assert found.reason.params == {"provider": "Trường A"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0001/2026/CC-TCT", "0001/2026/CC-TCT"),
        (" 0001 / 2026 / cc-tct ", "0001/2026/CC-TCT"),
        ("0001/2026/gcn-đh.5", "0001/2026/GCN-ĐH.5"),
        ("1/2026/CC-TCT", None),
        ("٠٠٠١/2026/CC-TCT", None),
        ("0001/2026/CC-TCT\0", None),
        ("0001/2026/CC-TſT", None),
        ("0001/2026/CC-TCT' OR 1=1", None),
        ("0001/2026/" + "C" * 100, None),
        ("", None),
    ],
)
def test_a_typed_number_is_the_kept_one_or_none(given: str, kept: str | None) -> None:
    assert certificates.typed_number(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ABCDEFGHJKLM", "ABCDEFGHJKLM"),
        ("abcd-efgh-jklm", "ABCDEFGHJKLM"),
        (" ABCD EFGH JKLM ", "ABCDEFGHJKLM"),
        ("ABCDEFGHJKL", None),
        ("ABCDEFGHJKLO", None),
        ("ABCDEFGHJKLſ", None),
        ("ABCDEFGHJKLM\0", None),
        ("A" * 5000, None),
    ],
)
def test_a_typed_code_is_the_kept_one_or_none(given: str, kept: str | None) -> None:
    assert certificates.typed_code(given) == kept


def test_validity_ends_with_its_last_day() -> None:
    until = certificates.valid_until(date(2026, 3, 1), 24)
    assert until == date(2028, 2, 29)
    assert certificates.valid_until(date(2026, 3, 1), None) is None
    assert certificates.validity(date(2028, 2, 29), until, None) is Validity.VALID
    assert certificates.validity(date(2028, 3, 1), until, None) is Validity.EXPIRED
    assert certificates.validity(date(2027, 1, 1), until, date(2026, 12, 1)) is Validity.REVOKED


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([10, 8, 7], [10, 8, 7]),
        ([10, 8, 0], [10, 8, 0]),
        ([10, 8, 3], [10, None, None]),
        ([10, 2, 3], [10, None, None]),
        ([0, 0, 4], [0, 0, None]),
        ([4, 0, 12], [None, 0, None]),
    ],
)
def test_small_counts_and_what_would_give_them_away_are_hidden(counts: list[int], expected: list[int | None]) -> None:
    assert after.shown(counts) == expected


def test_means_weigh_by_ratings() -> None:
    found = after.joined([after.Mean(5, Decimal("4.00")), after.Mean(15, Decimal("2.00"))])
    assert found == after.Mean(20, Decimal("2.50"))
    assert after.joined([]) is None
