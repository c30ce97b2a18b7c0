"""Sets papers in a process of its own: limited in memory and time, without the program's environment, without network.

Values go as JSON in a file beside the template; nothing of them is ever part of a template's source.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hrms.core.documents.paper import Printable

HERE = Path(__file__).parent
LAYOUT = HERE / "typst" / "layout.typ"
_NOWHERE = "http://127.0.0.1:9"
_ENVIRONMENT = {
    # Typst fetches packages through these: a package that is asked for ends at this machine's closed port.
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _NOWHERE),
    "LANG": "C.UTF-8",
}


class Form(StrEnum):
    """What a template is written in: Typst makes PDF, docx makes Word files."""

    TYPST = "typst"
    DOCX = "docx"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: seconds of the clock and of a processor, megabytes of memory."""

    seconds: int
    megabytes: int


OWN = Limits(300, 3072)
"""For templates of the program's own: batches of hundreds of papers."""
FOREIGN = Limits(60, 1536)
"""For templates that somebody uploaded."""
TRIAL = Limits(15, 1024)
"""For trying one out while its author waits."""


@dataclass(frozen=True, slots=True)
class Fault(Exception):
    """A template that does not print. `code` is template, memory or time; `line` and `column` count from 1.

    `detail` is the typesetter's own sentence, `near` the words of the template beside which it stopped.
    """

    code: str
    detail: str = ""
    line: int | None = None
    column: int | None = None
    near: str = ""


def run(form: Form, template: bytes, papers: Sequence[Printable], limits: Limits = OWN) -> bytes:
    """Return the papers as one PDF or one Word file. Raises `Fault`; `ValueError` when there is no paper."""
    if not papers:
        raise ValueError("no papers")
    with tempfile.TemporaryDirectory(prefix="hrms-papers-") as name:
        folder = Path(name)
        (folder / "packages").mkdir()
        (folder / f"template.{'typ' if form is Form.TYPST else 'docx'}").write_bytes(template)
        (folder / "layout.typ").write_bytes(LAYOUT.read_bytes())
        lines = [paper.lines() for paper in papers]
        (folder / "papers.json").write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-I", HERE / "child.py", folder, form, limits.megabytes, limits.seconds]
        try:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=folder, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=limits.seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Fault("time") from None
        if done.returncode == 0:
            return (folder / "out").read_bytes()
        raise _fault(done, folder)


def _fault(done: subprocess.CompletedProcess[bytes], folder: Path) -> Fault:
    left = folder / "fault.json"
    if left.is_file():
        return Fault("template", **json.loads(left.read_text(encoding="utf-8")))
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Fault("time")
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode in {4, -signal.SIGABRT, -signal.SIGSEGV} or "memory" in said.lower():
        return Fault("memory")
    return Fault("template", said.splitlines()[-1] if said else f"exit {done.returncode}")
