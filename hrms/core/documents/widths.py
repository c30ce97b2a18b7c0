"""How wide a line is in Times New Roman, so that long names break evenly and Word's rules have their length.

The same figures hold for every metric-compatible face. Standard library only.
"""

from __future__ import annotations

import unicodedata
from math import ceil

RULE = 6
"""Size in points of the letters that make a rule."""
_FIRST = 32
# Advance widths of the letters from the blank to the tilde, in thousandths of their size.
_UPRIGHT = (
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722,
    722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333,
    278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500,
    500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
)  # fmt: skip
_BOLD = (
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667, 611, 778,
    778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667, 333,
    278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500,
    556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
)  # fmt: skip
_BARE = str.maketrans("đĐơƠưƯ\u00a0–—“”‘’…", "dDoOuU -M\"\"''M")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of `text` in points; `size` is the height of its letters in points."""
    table = _BOLD if bold else _UPRIGHT
    bare = unicodedata.normalize("NFD", text.translate(_BARE)).translate(_BARE)
    letters = (c for c in bare if not unicodedata.combining(c))
    return size / 1000 * sum(table[p] if 0 <= (p := ord(c) - _FIRST) < len(table) else 600 for c in letters)


def even_lines(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return `text` broken into lines of about one length where it is wider than `room` points."""
    words = text.split(" ")
    whole = width(text, size, bold=bold)
    count = min(ceil(whole / room), len(words))
    if count < 2:
        return text
    # A little above the even share, so that the last line does not take what the others left.
    share = min(room, whole / count * 1.12)
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if width(longer, size, bold=bold) <= share or (len(lines) == count and width(longer, size, bold=bold) <= room):
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def rule(text: str, size: float, *, part: float, room: float, bold: bool = True) -> str:
    """Return the low lines of size `RULE` that join to a line of `part` of the longest line of `text`."""
    longest = min(room, max(width(line, size, bold=bold) for line in text.split("\n")))
    return "_" * max(1, round(part * longest / width("_", RULE)))
