"""The process that sets papers: started by `press.py` with a folder of its own, little memory, little time, no network.

It stands alone (`python -I child.py FOLDER FORM MEGABYTES SECONDS`), reads `template.typ` or `template.docx` and
`papers.json` there, and leaves `out`, or `fault.json` with what the template's author has to know.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
_PLACE = re.compile(r"┌─ \S*?([\w.-]+):(\d+):(\d+)")
_LARGEST = 256 * 2**20
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Fault(Exception):
    """The template does not work: what is wrong, in which file, line and column, and beside which words."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None, near: str = "") -> None:
        super().__init__(detail)
        self.values = {"detail": detail, "line": line, "column": column, "near": near}


def main(folder: Path, form: str, megabytes: int, seconds: int) -> int:
    """Set the papers of a folder; 0 when done, 3 when the template is at fault."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        made = set_pdf(folder) if form == "typst" else set_word(folder)
        (folder / "out").write_bytes(made)
    except Fault as fault:
        (folder / "fault.json").write_text(json.dumps(fault.values), encoding="utf-8")
        return 3
    except MemoryError:
        return 4
    return 0


def set_pdf(folder: Path) -> bytes:
    """Return the PDF that Typst makes of the folder; it may read nothing outside of it."""
    import typst

    empty = folder / "packages"
    compiler = typst.Compiler(
        folder / "template.typ",
        root=folder,
        font_paths=[FONTS],
        package_path=empty,
        package_cache_path=empty,
    )
    try:
        made = compiler.compile(format="pdf")
    except typst.TypstError as error:
        place = _PLACE.search(error.diagnostic)
        said = "; ".join([error.message, *error.hints])
        if place is None or place[1] != "template.typ":
            raise Fault(f"{place[1]}: {said}" if place else said) from error
        raise Fault(said, int(place[2]), int(place[3]) + 1) from error
    if not isinstance(made, bytes):
        raise Fault("no pages")
    return made


def set_word(folder: Path) -> bytes:
    """Return the Word file that docxtpl makes of the folder; Jinja runs in its sandbox and escapes every value."""
    from io import BytesIO

    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    papers = json.loads((folder / "papers.json").read_text(encoding="utf-8"))
    template = DocxTemplate(folder / "template.docx")
    # Not a web page: values are escaped as XML text.
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        template.render({"papers": papers}, environment, autoescape=True)
    except TemplateError as error:
        near = " ".join(line.strip() for line in getattr(error, "docx_context", ()) if line.strip())
        raise Fault(error.message or type(error).__name__, near=near[:200]) from error
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
        raise Fault(f"{type(error).__name__}: {error}") from error
    body = template.docx.element.body
    _end_in_its_own_section(body)
    _share_columns(body, papers)
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def _end_in_its_own_section(body: Any) -> None:
    """Let the last part be the document's own: Word would set an empty page after a part that ends before the end."""
    own = body.find(f"{WORD}sectPr")
    last = None if own is None else own.getprevious()
    part = None if last is None else last.find(f"{WORD}pPr/{WORD}sectPr")
    if part is not None:
        # The paragraph stays: a document may not end in a table.
        body.replace(own, part)


def _share_columns(body: Any, papers: list[dict[str, Any]]) -> None:
    """Give each list the width of its page and each column its share: a template in Word can say neither.

    A list is known by its header. Widths are in twentieths of a point.
    """
    shares: dict[tuple[str, ...], list[float]] = {}
    for paper in papers:
        for table in (*paper["tables"], *(one for annex in paper["annexes"] for one in annex["tables"])):
            labels = tuple(column["label"].replace(" ", "") for column in table["columns"])
            shares[labels] = [column["share"] for column in table["columns"]]
    room = 0
    for part in reversed(body):
        section = part if part.tag == f"{WORD}sectPr" else part.find(f"{WORD}pPr/{WORD}sectPr")
        if section is not None:
            page, margins = section.find(f"{WORD}pgSz"), section.find(f"{WORD}pgMar")
            room = int(page.get(f"{WORD}w")) - sum(int(margins.get(f"{WORD}{side}")) for side in ("left", "right"))
        elif part.tag == f"{WORD}tbl":
            header = part.find(f"{WORD}tr")
            cells = () if header is None else header.findall(f"{WORD}tc")
            wanted = shares.get(tuple(_letters(cell) for cell in cells))
            if wanted:
                _set_widths(part, [round(room * share / sum(wanted)) for share in wanted])


def _letters(cell: Any) -> str:
    return "".join(part.text or "" for part in cell.iter(f"{WORD}t")).replace(" ", "")


def _set_widths(table: Any, widths: list[int]) -> None:
    kept = table.find(f"{WORD}tblPr/{WORD}tblW")
    if kept is not None:
        kept.set(f"{WORD}type", "dxa")
        kept.set(f"{WORD}w", str(sum(widths)))
    for column, width in zip(table.findall(f"{WORD}tblGrid/{WORD}gridCol"), widths, strict=False):
        column.set(f"{WORD}w", str(width))
    for row in table.findall(f"{WORD}tr"):
        for cell, width in zip(row.findall(f"{WORD}tc"), widths, strict=False):
            own = cell.find(f"{WORD}tcPr/{WORD}tcW")
            if own is not None:
                own.set(f"{WORD}type", "dxa")
                own.set(f"{WORD}w", str(width))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
