"""How often each network address looked certificates up of late: counted by the database, read by nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Small


class CertificateLookup(Base):
    """Lookups of one address within a minute; gone once they no longer count. Written by `count_lookup()` alone."""

    __tablename__ = "certificate_lookups"
    __table_args__ = (Index("ix_certificate_lookups_looked_in", "looked_in"),)

    place: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    looked_in: Mapped[datetime] = mapped_column(primary_key=True)
    times: Mapped[Small]
