"""What a field for a file takes: which kinds, how large, and the words that say so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hrms.core import settings
from hrms.core.i18n import _

MEGABYTE = 1024 * 1024


class MediaType(StrEnum):
    """The kinds of file that are kept at all."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return the endings of such a file's name, the usual one first."""
        return _SUFFIXES[self]


_SUFFIXES = {MediaType.PDF: (".pdf",), MediaType.JPEG: (".jpg", ".jpeg"), MediaType.PNG: (".png",)}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The kinds of file one place takes, and the setting (in megabytes) that bounds them."""

    media_types: tuple[MediaType, ...]
    setting: str

    def limit(self) -> int:
        """Return the largest size in bytes."""
        return int(settings.get(self.setting)) * MEGABYTE

    def words(self) -> str:
        """Return the kinds by name: “PDF”, “JPEG hoặc PNG”."""
        names = [media_type.name for media_type in self.media_types]
        if len(names) == 1:
            return names[0]
        return _("%(first)s hoặc %(last)s", first=", ".join(names[:-1]), last=names[-1])

    def attribute(self) -> str:
        """Return what a browser offers to choose from, as the `accept` attribute says it."""
        return ",".join([*(ending for one in self.media_types for ending in one.suffixes), *self.media_types])


SCANS = Accepted((MediaType.PDF,), "files.scan_megabytes")
PHOTOS = Accepted((MediaType.JPEG, MediaType.PNG), "files.photo_megabytes")
PROOFS = Accepted((MediaType.PDF, MediaType.JPEG, MediaType.PNG), "files.scan_megabytes")
