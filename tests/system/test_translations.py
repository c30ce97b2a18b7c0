"""Every sentence has its English, with the same places for values."""

from __future__ import annotations

from tests.translations import Catalogues


def test_everything_said_has_its_english() -> None:
    found = Catalogues.read()
    assert len(found.said) > 100
    assert found.missing() == {}


def test_the_places_for_values_are_the_same() -> None:
    assert Catalogues.read().different_places() == []
