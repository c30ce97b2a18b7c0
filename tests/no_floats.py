"""The lint rule of money and points: what computes and keeps them makes no float. Run by `make lint`.

Whatever lies under `hrms/pay` and `hrms/performance` is looked at, but papers, which measure columns.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "hrms"
FOLDERS = ("pay", "performance")
MEASURING = "papers"


def files() -> list[Path]:
    """Return the files the rule holds for."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if MEASURING not in path.parts)


def floats(source: str) -> Iterator[str]:
    """Yield where a float is named, written, or taken from a call that returns one."""
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Name) and node.id == "float") or (
            isinstance(node, ast.Constant) and isinstance(node.value, float)
        ):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def main() -> int:
    """Print every float found; returns 1 when there is one."""
    found = [
        f"{path.relative_to(ROOT.parent)}: {where}" for path in files() for where in floats(path.read_text("utf-8"))
    ]
    for line in found:
        sys.stderr.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
