"""Money and points are decimals or fractions end to end: what computes and keeps them makes no float."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "hrms"
FOLDERS = ("pay", "performance/rules", "performance/models", "performance/queries", "performance/kinds")
FILES = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "papers" not in path.parts
)  # papers measure columns


def floats(source: str) -> Iterator[str]:
    """Yield where a float is named, written, or taken from a call that returns one."""
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Name) and node.id == "float") or (
            isinstance(node, ast.Constant) and isinstance(node.value, float)
        ):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def test_the_rule_finds_them() -> None:
    assert len(list(floats("def f(x: float) -> int:\n    return int(x * 0.25 + 1e3)\n"))) == 3
    assert not list(floats("x = Decimal('0.25') * 2  # 0.5\n"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_float(path: Path) -> None:
    assert not list(floats(path.read_text(encoding="utf-8")))
