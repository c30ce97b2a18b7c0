"""Checks the container of an .xls file (OLE2 compound file) before it is loaded: that nothing is cut off.

The loader trusts the container's table of sectors; a file that was cut short makes it fail in ways of its own.
"""

from __future__ import annotations

import struct
from pathlib import Path

from hrms.imports.reading import refusals

_DIRECT_ENTRIES = 109
_FREE = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA


def check_compound_file(path: Path) -> None:
    """Raise UnreadableFile when the table of sectors names a sector that the file does not have."""
    content = path.read_bytes()
    try:
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in {9, 12}:
            raise refusals.corrupt()
        size = 1 << shift
        (tables,) = struct.unpack_from("<I", content, 44)
        places = struct.unpack_from(f"<{_DIRECT_ENTRIES}I", content, 76)[: min(tables, _DIRECT_ENTRIES)]
        last = 0
        for order, place in enumerate(places):
            entries = struct.unpack_from(f"<{size // 4}I", content, (place + 1) * size)
            used = [n for n, entry in enumerate(entries) if entry != _FREE]
            if any(entry < _LAST_SECTOR and entry >= len(content) // size for entry in entries):
                raise refusals.corrupt()
            last = max(last, order * (size // 4) + used[-1] if used else 0)
    except struct.error as error:
        raise refusals.corrupt() from error
    # The last sector may be shorter than the others.
    if (last + 1) * size >= len(content):
        raise refusals.corrupt()
