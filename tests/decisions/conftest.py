"""The made-up kind of decision, for the tests of the path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hrms.core import clock
from tests.decisions.deciding import Telephone, rule, telephones
from tests.province import TODAY, Province


@pytest.fixture
def telephone(province: Province) -> Iterator[Telephone]:
    """The kind registered, on 21/11/2026, with one row: the using agency proposes, appraises and signs."""
    del province
    with clock.frozen(TODAY), telephones() as kind:
        rule()
        yield kind
