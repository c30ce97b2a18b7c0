"""Signing in, as it is done by hand."""

from __future__ import annotations

from tests.browser.conftest import Visit


def test_signing_in_with_name_and_password(visit: Visit) -> None:
    visitor = visit("tochuc", fresh=True)
    assert "Tổng quan" in visitor.page.title()
    assert visitor.axe() == []
