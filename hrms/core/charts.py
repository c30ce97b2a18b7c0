"""Pictures made on the server: SVG with text of its own, so that they print, copy and pass a strict content policy.

Geometry is in attributes and colour in classes (`hrms/static/css/charts.css`); there is no `style`. Every picture has a
`<title>` and a `<desc>` that says its figures in words; the page puts the same figures in a table beneath
(`components/chart.html`). Units: user units of the view box; counts are people unless the caller says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup, escape

from hrms.core import formats
from hrms.core.i18n import _, get_locale

Number = int | Decimal
ROW = 22
LETTER = 6.4
STRONG = 7.4
"""Width of an average letter at 11 px, plain and bold: a little too much, so that words never run into a bar."""
SERIES = 6
"""How many colours a stack has before they repeat."""


@dataclass(frozen=True, slots=True)
class AgeBand:
    """One step of an age pyramid: its label (“25–29”) and how many men and women."""

    label: str
    men: int
    women: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a label, a value ≥ 0, the words shown for it (else the number) and a tone: "", ok, warn, bad, info."""

    label: str
    value: Number
    shown: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class StackedBar:
    """One bar of parts, in the order of the series; parts are ≥ 0."""

    label: str
    parts: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar: a short label under it, a value ≥ 0 (None: nothing there), its words, a tone, its group."""

    label: str
    value: Number | None
    shown: str = ""
    tone: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a tree: two short lines of words, an address, and the boxes under it."""

    label: str
    note: str = ""
    url: str = ""
    children: tuple[Node, ...] = field(default=())


def _n(value: float | Decimal) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{float(value):.1f}".removesuffix(".0")


def _number(value: Number) -> str:
    return formats.format_number(value, str(get_locale() or "vi"))


def _percent(part: Number, whole: Number) -> str:
    return _number(round(Decimal(part) * 100 / Decimal(whole))) + "%" if whole else "0%"


def _cut(words: str, width: float, letter: float = LETTER) -> str:
    """Return `words` shortened with an ellipsis to fit `width`; the whole stays in the element's title."""
    room = max(int(width / letter), 3)
    return words if len(words) <= room else words[: room - 1].rstrip() + "…"


def _element(name: str, inside: Markup | str = "", **attributes: float | str) -> Markup:
    """Return one SVG element; numbers become coordinates, empty words are left out, `_` in a name becomes `-`."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value if isinstance(value, str) else _n(value))
        for key, value in attributes.items()
        if value != ""
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, inside)


def _text(x: float, y: float, words: str, anchor: str = "", kind: str = "", full: str = "") -> Markup:
    title = _element("title", full) if full and full != words else Markup("")
    return _element("text", escape(words) + title, x=x, y=y, text_anchor=anchor, class_=kind)


def _rect(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> Markup:
    inside = _element("title", title) if title else ""
    return _element("rect", inside, x=x, y=y, width=max(width, 0.0), height=height, rx="2", class_=kind)


def _svg(width: float, height: float, title: str, desc: str, parts: Sequence[Markup], kind: str) -> Markup:
    words = _element("title", title) + (_element("desc", desc) if desc else Markup(""))
    box = f"0 0 {_n(width)} {_n(height)}"
    inside = words + Markup("").join(parts)
    # A picture is one thing to a screen reader, unless there are links in it.
    role = "group" if any("<a " in part for part in parts) else "img"
    return _element("svg", inside, class_=f"chart {kind}", viewBox=box, width=width, height=height, role=role)


def _link(url: str, inside: Markup) -> Markup:
    return _element("a", inside, href=url) if url else inside


def age_pyramid(rows: Sequence[AgeBand], title: str = "") -> Markup:
    """Return an age pyramid, oldest on top: men to the left, women to the right, each bar with its share of everybody.

    `rows` come youngest first. Shares are of all men and women together.
    """
    man, woman = _("Nam"), _("Nữ")
    men, women = sum(r.men for r in rows), sum(r.women for r in rows)
    everyone = men + women
    most = max((max(r.men, r.women) for r in rows), default=0) or 1
    middle, top = 230.0, 8.0
    gap = max([24.0, *(len(row.label) * LETTER / 2 + 4 for row in rows)])
    room = middle - gap - 50
    parts: list[Markup] = []
    for place, row in enumerate(reversed(rows)):
        y = top + place * ROW
        left, right = room * row.men / most, room * row.women / most
        parts += [
            _rect(middle - gap - left, y, left, ROW - 5, "c-men", f"{man} {row.label}: {_number(row.men)}"),
            _rect(middle + gap, y, right, ROW - 5, "c-women", f"{woman} {row.label}: {_number(row.women)}"),
            _text(middle, y + 12.5, row.label, "middle"),
            _text(middle - gap - left - 5, y + 12.5, _percent(row.men, everyone), "end"),
            _text(middle + gap + right + 5, y + 12.5, _percent(row.women, everyone)),
        ]
    foot = top + len(rows) * ROW + 16
    parts += [
        _text(middle - gap, foot, f"{man} {_percent(men, everyone)}", "end", "c-strong"),
        _text(middle + gap, foot, f"{woman} {_percent(women, everyone)}", "", "c-strong"),
    ]
    desc = "; ".join(
        _("%(age)s: nam %(men)s, nữ %(women)s", age=r.label, men=_number(r.men), women=_number(r.women)) for r in rows
    )
    return _svg(middle * 2, foot + 8, title or _("Tháp tuổi theo giới"), desc, parts, "chart-pyramid")


def bars(rows: Sequence[Bar], title: str, label_width: float = 170, width: float = 460) -> Markup:
    """Return horizontal bars with their labels on the left and their values at the end, in the given order."""
    most = max((r.value for r in rows), default=Decimal(0)) or 1
    room = width - label_width - 76
    parts: list[Markup] = []
    for place, row in enumerate(rows):
        y = 4 + place * ROW
        length = room * float(row.value) / float(most)
        shown = row.shown or _number(row.value)
        label = _text(label_width - 8, y + 12.5, _cut(row.label, label_width - 8), "end", full=row.label)
        parts += [
            _link(row.url, label),
            _rect(label_width, y, max(length, 1 if row.value else 0), ROW - 5, f"c-{row.tone or 'bar'}"),
            _text(label_width + length + 6, y + 12.5, shown, kind="c-strong"),
        ]
    desc = "; ".join(f"{r.label}: {r.shown or _number(r.value)}" for r in rows)
    return _svg(width, len(rows) * ROW + 8, title, desc, parts, "chart-bars")


COLUMN, PLOT, LEFT_OF_PLOT = 24.0, 150.0, 34.0


def columns(rows: Sequence[Column], lines: Sequence[Number], title: str, most: Number = 100) -> Markup:
    """Return upright bars in the given order on a scale from 0 to `most`, with level lines at `lines`.

    Labels stand under the bars, and under these the group where it begins; a place without a value stays empty.
    """
    width = LEFT_OF_PLOT + len(rows) * COLUMN + 10
    top = 10.0
    foot = top + PLOT

    def height(value: Number) -> float:
        return PLOT * min(float(value) / float(most), 1.0)

    parts: list[Markup] = []
    for place, row in enumerate(rows):
        x = LEFT_OF_PLOT + place * COLUMN
        if row.value is not None:
            said = f"{row.group} {row.label}: {row.shown or _number(row.value)}".strip()
            tall = height(row.value)
            parts.append(_rect(x + 2, foot - tall, COLUMN - 5, tall, f"c-{row.tone or 'bar'}", said))
        parts.append(_text(x + COLUMN / 2 - 1, foot + 13, row.label, "middle"))
        if row.group and (not place or rows[place - 1].group != row.group):
            parts.append(_text(x + 2, foot + 28, row.group, kind="c-strong"))
    for line in (0, *lines):
        y = foot - height(line)
        parts.append(_element("line", x1=LEFT_OF_PLOT, x2=width - 4, y1=y, y2=y, class_="c-level"))
        parts.append(_text(LEFT_OF_PLOT - 5, y + 4, _number(line), "end"))
    desc = "; ".join(
        f"{row.group} {row.label}: {row.shown or _number(row.value)}".strip() for row in rows if row.value is not None
    )
    return _svg(width, foot + 36, title, desc, parts, "chart-columns")


def stacked_bars(
    rows: Sequence[StackedBar], series: Sequence[str], title: str, label_width: float = 170, width: float = 460
) -> Markup:
    """Return horizontal bars of parts with a legend above; a part wide enough carries its number.

    Every bar has as many parts as `series` has names; raises `ValueError` otherwise.
    """
    if any(len(row.parts) != len(series) for row in rows):
        raise ValueError("each bar needs one part per series")
    most = max((sum(row.parts, Decimal(0)) for row in rows), default=Decimal(0)) or 1
    room = width - label_width - 56
    parts: list[Markup] = []
    x, top = label_width, 14.0
    for place, name in enumerate(series):
        needed = 18 + len(name) * LETTER + 12
        if x + needed > width and x > label_width:
            x, top = label_width, top + 16
        parts += [_rect(x, top - 9, 10, 10, f"c-s{place % SERIES + 1}"), _text(x + 15, top, name)]
        x += needed
    top += 12
    for place, row in enumerate(rows):
        y = top + place * ROW
        parts.append(_text(label_width - 8, y + 12.5, _cut(row.label, label_width - 8), "end", full=row.label))
        x = label_width
        for which, value in enumerate(row.parts):
            length = room * float(value) / float(most)
            if not length:
                continue
            parts.append(_rect(x, y, length, ROW - 5, f"c-s{which % SERIES + 1}", f"{series[which]}: {_number(value)}"))
            if length > len(_number(value)) * LETTER + 6:
                parts.append(_text(x + length / 2, y + 12.5, _number(value), "middle", f"c-on{which % SERIES + 1}"))
            x += length
        parts.append(_text(x + 6, y + 12.5, _number(sum(row.parts, Decimal(0))), kind="c-strong"))
    desc = "; ".join(
        f"{row.label}: " + ", ".join(f"{n} {_number(v)}" for n, v in zip(series, row.parts, strict=True))
        for row in rows
    )
    return _svg(width, top + len(rows) * ROW + 4, title, desc, parts, "chart-stacked")


def quota_bar(present: int, quota: int, width: float = 180) -> Markup:
    """Return the small bar of one unit's headcount against its quota: a mark at the quota, red beyond it.

    What is unused and what is over are never netted; the page says both in words beside it.
    """
    mark = width * 5 / 6
    scale = mark / quota if quota else (mark / present if present else 0)
    length = min(present * scale, width)
    at = mark if quota else 0
    said = _("Có mặt %(present)s, được giao %(quota)s", present=_number(present), quota=_number(quota))
    parts = [
        _rect(0, 1, mark, 10, "c-track"),
        _rect(0, 1, length, 10, "c-bad" if present > quota else "c-bar"),
        _element("line", x1=at, x2=at, y1="0", y2="12", class_="c-mark"),
    ]
    return _svg(width, 12, said, "", parts, "chart-quota")


LEAST_BOX, MOST_BOX, BOX_HEIGHT, BOX_GAP, LEVEL = 220.0, 460.0, 36.0, 8.0, 34.0


def _longest(node: Node) -> float:
    own = max(len(node.label) * STRONG, len(node.note) * LETTER)
    return max(own, *map(_longest, node.children)) if node.children else own


def tree(root: Node, title: str) -> Markup:
    """Return a tree laid from the top down, each level set in, the way an outline is read; it prints on a page.

    Boxes with an address are links.
    """
    parts: list[Markup] = []
    deepest = 0
    row = 0
    box_width = min(max(_longest(root) + 24, LEAST_BOX), MOST_BOX)

    def place(node: Node, depth: int) -> float:
        nonlocal deepest, row
        deepest = max(deepest, depth)
        x, y = 4 + depth * LEVEL, 4 + row * (BOX_HEIGHT + BOX_GAP)
        row += 1
        box = _rect(x, y, box_width, BOX_HEIGHT, "c-box")
        name_y = y + (15 if node.note else 22)
        words = _text(x + 10, name_y, _cut(node.label, box_width - 16, STRONG), kind="c-strong", full=node.label)
        note = _text(x + 10, y + 29, _cut(node.note, box_width - 16), full=node.note) if node.note else Markup("")
        parts.append(_link(node.url, box + words + note))
        centre = y + BOX_HEIGHT / 2
        for child in node.children:
            middle = place(child, depth + 1)
            path = f"M{_n(x + 14)} {_n(y + BOX_HEIGHT)}V{_n(middle)}H{_n(x + LEVEL)}"
            parts.append(_element("path", d=path, class_="c-branch"))
        return centre

    place(root, 0)

    def said(node: Node) -> str:
        under = ", ".join(child.label for child in node.children)
        return "; ".join([f"{node.label}: {under}" if under else "", *map(said, node.children)]).strip("; ")

    width, height = 8 + deepest * LEVEL + box_width, 8 + row * (BOX_HEIGHT + BOX_GAP)
    return _svg(width, height, title, said(root) or root.label, parts, "chart-tree")
