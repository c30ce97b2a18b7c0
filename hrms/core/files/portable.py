"""A PDF that may be kept: whole, readable without a password, and nothing in it acts by itself."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from hrms.core.files.refusals import Refusing

END = 1024
"""The end mark stands within so many last bytes (ISO 32000-1, annex H); what lacks it was cut short."""
MOST_OBJECTS = 300_000
_DEEPEST_PADDING = 64 * 1024
_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"})
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA"})

# What it says of a damaged file quotes the file; the refusal says enough.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check_pdf(path: Path, refusing: Refusing) -> None:
    """Raise `Refused` unless the file is a whole PDF with pages, not encrypted, without scripts and launch actions."""
    content = path.read_bytes()
    tail = content[-_DEEPEST_PADDING:].rstrip(b"\x00\r\n\t ")
    if b"%%EOF" not in tail[-END:]:
        raise refusing.damaged()
    try:
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted
        pages = 0 if locked else len(reader.pages)
        active = None if locked else _find_active(reader.trailer)
    except Exception as error:  # any failure of the reader means that others may not read the file either
        raise refusing.damaged() from error
    if locked:
        raise refusing.encrypted()
    if not pages:
        raise refusing.damaged()
    if active:
        raise refusing.active(active)


def _find_active(root: Mapping[Any, Any]) -> str | None:
    """Return the name of the first thing in the document that would act, None when there is none.

    Everything that can be reached is looked at, names as the format spells them (`/J#61vaScript` is `/JavaScript`).
    Raises `ValueError` for more objects than a scan has.
    """
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    looked = 0
    while waiting:
        one = waiting.pop()
        looked += 1
        if looked > MOST_OBJECTS:
            raise ValueError(looked)
        if isinstance(one, IndirectObject):
            number = (one.idnum, one.generation)
            if number in seen:
                continue
            seen.add(number)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            found = _acting(one)
            if found:
                return found
        waiting.extend(_parts(one))
    return None


def _acting(part: DictionaryObject) -> str | None:
    for key in part:
        if key in _ACTIVE_KEYS:
            return str(key).lstrip("/")
    if "/S" not in part:
        return None
    name = str(part.raw_get("/S").get_object())
    return name.lstrip("/") if name in _ACTIONS else None


def _parts(one: PdfObject | Mapping[Any, Any] | None) -> Iterator[Any]:
    """Return what hangs under an object and may hold more; plain values hold nothing."""
    if isinstance(one, Mapping):
        values: Any = [dict.__getitem__(one, key) for key in one] if isinstance(one, dict) else one.values()
    elif isinstance(one, ArrayObject):
        values = list.__iter__(one)
    else:
        return
    for value in values:
        if isinstance(value, (IndirectObject, DictionaryObject, ArrayObject)):
            yield value
