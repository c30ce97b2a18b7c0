"""Words of the program that stand in Vietnamese on an English page, told from data, which is Vietnamese on purpose."""

from __future__ import annotations

import re
from functools import cache

from playwright.sync_api import Page

from tests.translations import PLACE, Catalogues

ACCENTED = re.compile(r"[à-ỹđÀ-ỸĐ]", re.IGNORECASE)
_SAID = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest("script, [lang=vi], datalist")) found.add(node.data);
  }
  for (const name of ["title", "placeholder", "aria-label", "alt", "data-none", "data-more", "data-guard"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!element.closest("[lang=vi]")) found.add(element.getAttribute(name));
    }
  }
  found.add(document.title);
  return [...found].map((text) => text.trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""


@cache
def _sentences() -> tuple[frozenset[str], list[re.Pattern[str]]]:
    """Every Vietnamese sentence whose English is another: those that stand alone, those with places for values."""
    plain, patterns = set(), []
    catalogues = Catalogues.read()
    for message in catalogues.said:
        text = " ".join(message.split())
        if catalogues.english.get(message, message) == message or not ACCENTED.search(text):
            continue
        if PLACE.search(text):
            parts = [re.escape(part.replace("%%", "%")) for part in PLACE.sub("\0", text).split("\0")]
            if sum(len(part) for part in parts) > 8:
                patterns.append(re.compile(".+?".join(parts)))
        else:
            plain.add(text.replace("%%", "%"))
    return frozenset(plain), patterns


def leftovers(page: Page, data: frozenset[str]) -> list[str]:
    """Return the Vietnamese words of the program on this page; `data` are words that may also be somebody's data."""
    plain, patterns = _sentences()
    found = []
    for text in page.evaluate(_SAID):
        if not ACCENTED.search(text) or text in data:
            continue
        bare = text.strip(" :*·—()")
        if (bare in plain and bare not in data) or any(pattern.fullmatch(text) for pattern in patterns):
            found.append(text)
    return found
