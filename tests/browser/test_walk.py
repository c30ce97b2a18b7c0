"""Every page links lead to from the first page, as each role: at both widths, in both languages, light and dark."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

import pytest

from tests.browser.conftest import Site, Visit
from tests.browser.leftovers import leftovers
from tests.browser.visitor import Visitor
from tests.browser.world import RICH
from tests.province import ACCOUNTS

MOST = 600
"""Pages a role; more would mean that addresses are made without end."""
VARIANTS = 2
"""Of one page, so many with a question in their address: sorted, filtered, on another day."""
ROWS = 6
"""Rows of a table that are inspected; the others are made alike."""
FILE = re.compile(r"\.(xlsx|csv|xls|ods|zip|json|txt|docx?|pdf|typ|ics)$|/(file|sample)$")
DATA = frozenset(
    # Posts, agencies, kinds of paper and values of catalogues that are also words of the program.
    {
        "Trưởng phòng",
        "Chuyên viên",
        "Giám đốc",
        "Tiếng Việt",
        "Sở Nội vụ",
        "Văn thư",
        "Y tế",
        "Lĩnh vực khác",
        "Lãnh đạo, quản lý",
        "Ra quyết định",
        "Năng lực chuyên môn",
        "Năng lực quản lý",
        "Tự tổ chức tại cơ quan, đơn vị",
        "Phục vụ",
        "Kế toán",
    }
)
DEPEND_ON_WIDTH = ("target-size", "scrollable-region-focusable", "color-contrast", "link-in-text-block")
_SHORTEN = """(most) => document.querySelectorAll("tbody").forEach(
  (body) => [...body.rows].slice(most).forEach((row) => row.remove()))"""
RICH_OF = {"sonoivu": RICH[0], "tochuc": RICH[0], "thutruong": RICH[0], "canbo": RICH[1], "thanhtra": RICH[2]}
"""A record with all its tables filled, to be the one that is looked at."""
_inspected: set[tuple[str, str]] = set()
"""Widths and shapes of pages that were found in order."""
_met: set[str] = set()
"""Patterns of pages that some role has looked at in both languages."""


def _pattern(address: str) -> str:
    """An address without its ids and values: pages of one pattern differ in data only."""
    where = urlsplit(address)
    names = sorted({name for name, value in parse_qsl(where.query) if value})
    return re.sub(r"/\d+", "/N", where.path) + "?" + "&".join(names)


def _links(visitor: Visitor) -> list[str]:
    found: list[str] = visitor.page.evaluate(
        "() => [...document.querySelectorAll('a[href]')].filter((a) => a.origin === location.origin && !a.download)"
        ".map((a) => a.pathname + a.search)"
    )
    return [address for address in found if not FILE.search(urlsplit(address).path)]


class _Plan:
    """What is still to be opened: each address once for its pattern, few with a question."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.opened: list[str] = []
        self._seen: set[str] = set()
        self._asked: Counter[str] = Counter()

    def add(self, address: str) -> None:
        pattern = _pattern(address)
        path, _, question = pattern.partition("?")
        if pattern in self._seen or (question and self._asked[path] == VARIANTS):
            return
        self._seen.add(pattern)
        self._asked[path] += bool(question)
        self.waiting.append(address)

    def next(self) -> str | None:
        if not self.waiting:
            return None
        self.opened.append(self.waiting.pop(0))
        assert len(self.opened) <= MOST, self.opened
        return self.opened[-1]


def _inspect(visitor: Visitor, how: str, *rules: str) -> list[str]:
    """What axe finds, unless a page of the same shape was found in order."""
    key = how, hashlib.sha256(visitor.shape().encode()).hexdigest()
    if key in _inspected:
        return []
    found = visitor.axe(*rules)
    if not found:
        _inspected.add(key)
    return found


def _look(visitor: Visitor, address: str) -> list[str]:
    """Look at an opened page in light and dark, wide and narrow; return what is wrong."""
    said = []
    if visitor.page.evaluate("document.documentElement.lang") != "vi":
        said.append("the page's language is not vi")
    said += [f"wider than 1366 px: {part}" for part in visitor.overflow()]
    said += [f"the header covers a row of “{table}”" for table in visitor.covered()]
    visitor.narrow()
    said += [f"wider than 360 px: {part}" for part in visitor.overflow()]
    said += [f"360 px: the header covers a row of “{table}”" for table in visitor.covered()]
    visitor.page.evaluate(_SHORTEN, ROWS)
    said += [f"360 px: {found}" for found in _inspect(visitor, "narrow", *DEPEND_ON_WIDTH)]
    visitor.wide()
    said += _inspect(visitor, "wide")
    visitor.scheme("dark")
    said += [f"dark: {found}" for found in _inspect(visitor, "dark", "color-contrast")]
    visitor.scheme("light")
    return [f"{address}: {text}" for text in said]


def _look_in_english(visitor: Visitor, address: str) -> list[str]:
    """Look at an opened page of the narrow English window; return what is wrong."""
    said = []
    if visitor.page.evaluate("document.documentElement.lang") != "en":
        said.append("the page's language is not en")
    said += [f"wider than 360 px: {part}" for part in visitor.overflow()]
    said += [f"not in English: {text}" for text in leftovers(visitor.page, DATA)]
    return [f"{address} (English): {text}" for text in said]


def _languages(address: str, username: str) -> tuple[str, ...]:
    """Both for the first role that meets a page; the others look at it in one of the two."""
    pattern = _pattern(address)
    if pattern not in _met:
        _met.add(pattern)
        return ("vi", "en")
    return ("vi", "en")[crc32(f"{username} {pattern}".encode()) % 2 :][:1]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("username", list(ACCOUNTS))
def test_all_pages_a_role_can_reach_are_in_order(site: Site, visit: Visit, username: str) -> None:
    visitor, english = visit(username), visit(username)
    english.press("English", "header")
    english.narrow()
    plan, wrong = _Plan(), []
    plan.add("/")
    if username in RICH_OF:
        plan.add(f"/people/{site.world.people[RICH_OF[username]]}")
    while address := plan.next():
        for language in _languages(address, username):
            shown = visitor if language == "vi" else english
            shown.open(address)
            for link in _links(shown):
                plan.add(link)
            wrong += _look(visitor, address) if language == "vi" else _look_in_english(english, address)
    assert not wrong, "\n".join(wrong)
