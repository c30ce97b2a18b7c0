from __future__ import annotations

from datetime import date

import pytest

from hrms.decisions import rules
from hrms.decisions.rules import Reference

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "number", "symbol"),
    [
        ("905/QĐ-SNV", "905", "QĐ-SNV"), ("Số: 05 / QĐ - SNV", "5", "QĐ-SNV"), ("so 12a/qđ-ubnd", "12A", "QĐ-UBND"),
        ("12/2026/QĐ-UBND", "12", "2026/QĐ-UBND"), ("77", "77", ""), ("007", "7", ""), ("905/QĐ–SNV", "905", "QĐ-SNV"),
        (" 1524/QĐ-UBND ", "1524", "QĐ-UBND"),
    ],
)  # fmt: skip
def test_references_as_people_write_them(typed: str, number: str, symbol: str) -> None:
    assert rules.parse_reference(typed) == Reference(number, symbol)


@pytest.mark.parametrize("typed", ["", "QĐ-SNV", "abc", "905 QĐ", "/QĐ", "9050000000/QĐ"])
def test_what_is_no_reference(typed: str) -> None:
    reference = rules.parse_reference(typed)
    assert reference is None
    assert rules.check_reference(reference, typed)[0].field == "number"


def test_a_symbol_too_long() -> None:
    typed = "1/" + "Q" * 61
    assert rules.check_reference(rules.parse_reference(typed), typed)[0].code == "number_length"


@pytest.mark.parametrize(
    ("signed", "effective", "codes"),
    [
        (date(2026, 11, 21), None, []),
        (None, None, ["required"]),
        (date(2026, 11, 22), None, ["in_future"]),
        (date(1945, 9, 1), date(1945, 9, 1), ["too_early", "too_early"]),
        (date(2010, 1, 1), date(2026, 1, 1), ["too_late"]),
        (date(2026, 10, 1), date(2026, 5, 1), []),
    ],
)
def test_days(signed: date | None, effective: date | None, codes: list[str]) -> None:
    assert [p.code for p in rules.check_dates(signed, effective, TODAY)] == codes


def test_texts_and_kinds() -> None:
    found = rules.check_texts("bogus", "x" * 501, "", "y" * 4001, None)
    assert {(p.field, p.code) for p in found} == {
        ("kind", "unknown_kind"), ("subject", "too_long"), ("issuer", "required"), ("legal_ground", "too_long"),
    }  # fmt: skip
    assert set(rules.KIND_LABELS) == set(rules.DecisionKind)
