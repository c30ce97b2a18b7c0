"""Official papers (NĐ 30/2020/NĐ-CP annex I) as PDF and as Word files.

A domain makes `Paper`s and calls `render_pdf(papers, kind)`, `render_docx(paper, kind)` or `render_docx_batch`.
`kind` names a template that an administrator may replace; the domain registers it as `hooks.paper_kinds[key] =
hooks.PaperKind(N_("…"), sample)`, where `sample()` returns made-up papers to try templates on.

Something that is no office paper (a certificate) brings its own `lines()` and, as the kind's `layout`, the Typst
template that sets them; it has no Word form.
"""

from hrms.core.documents.paper import Annex, Article, Capacity, Column, Paper, Printable, Signing, Table, date_in_words
from hrms.core.documents.printing import OFFICIAL, render_docx, render_docx_batch, render_pdf

__all__ = [
    "OFFICIAL",
    "Annex",
    "Article",
    "Capacity",
    "Column",
    "Paper",
    "Printable",
    "Signing",
    "Table",
    "date_in_words",
    "render_docx",
    "render_docx_batch",
    "render_pdf",
]
