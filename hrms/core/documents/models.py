"""Templates that replace the program's own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt


class DocumentTemplate(Base):
    """One uploaded template. Its content never changes; it is in force in `[active_from, active_to)`, once.

    A template that comes back is a new row with the same content, so that what was in force on a day stays known.
    """

    __tablename__ = "document_templates"
    __table_args__ = (
        CheckConstraint("form IN ('typst', 'docx')", name="form"),
        CheckConstraint("active_to IS NULL OR active_to > active_from", name="active"),
        Index(
            "uq_document_templates_in_force", "kind", "form", unique=True,
            postgresql_where=text("active_from IS NOT NULL AND active_to IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(Text(collation="C"))
    """A key of `hooks.paper_kinds`."""
    form: Mapped[str]
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[RecordedAt]
    uploaded_by: Mapped[int | None]
    uploaded_name: Mapped[str]
    tried_at: Mapped[datetime | None]
    """When it last printed the made-up papers without a fault."""
    active_from: Mapped[datetime | None]
    active_to: Mapped[datetime | None]
