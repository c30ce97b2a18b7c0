"""A visitor of the pages: opens them, reads them, and notes whatever a page must not do while it is looked at."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
LOADED = re.compile(r"Failed to load resource: .* status of (\d+)")
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 360, "height": 740}

_RUN_AXE = """async (rules) => {
  const only = rules.length ? {type: "rule", values: rules} : {type: "tag", values: %s};
  const found = await axe.run(document, {
    runOnly: only, rules: rules.length ? {} : {"target-size": {enabled: true}}, resultTypes: ["violations"],
    iframes: false, preload: false,
  });
  return found.violations.map((v) => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(
    (n) => `${n.target.join(" ")} ${n.html.slice(0, 160)} ${(n.any[0] || n.all[0] || n.none[0] || {}).message || ""}`
  ).join(" | "));
}""" % json.dumps(TAGS)
_OVERFLOW = """() => {
  const root = document.documentElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > width + 1 && box.width > 0;
  });
  return wide.filter((e) => !wide.some((other) => other !== e && e.contains(other))).slice(0, 4)
    .map((e) => `${e.tagName.toLowerCase()}.${e.className} to ${Math.round(e.getBoundingClientRect().right)} px: `
      + e.textContent.trim().slice(0, 60));
}"""
_COVERED = """() => [...document.querySelectorAll("table")].filter((table) => {
  const head = table.tHead && table.tHead.rows[0], row = table.tBodies[0] && table.tBodies[0].rows[0];
  if (!head || !row || window.scrollY || !row.offsetHeight || head.closest(".visually-hidden")) return false;
  return [...head.cells].some((cell) => cell.getBoundingClientRect().bottom > row.getBoundingClientRect().top + 2);
}).map((table) => table.caption ? table.caption.textContent.trim() : table.className)"""
_SHAPE = """() => [...document.querySelectorAll("body *")].map(
  (e) => `${e.tagName}.${e.getAttribute("class") || ""}#${e.getAttribute("role") || ""}${e.type || ""}`).join(" ")"""


class Visitor:
    """One window of one reader. What the pages do wrong gathers in `notes`; `clean()` fails with them."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.context = context
        self.notes: list[str] = []
        self._allowed: set[int] = set()
        self._waiting: set[Request] = set()
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfinished", self._finished)
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        self.page: Page = context.new_page()

    def open(self, path: str) -> Response:
        """Go to an address of the program and wait until its scripts have come."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        self.settle()
        return answer

    def settle(self) -> None:
        """Wait until the page has loaded and asks for nothing more."""
        self.page.wait_for_load_state("load")
        until = time.monotonic() + 10
        quiet = 0
        while quiet < 2 and time.monotonic() < until:
            self.page.wait_for_timeout(15)
            quiet = 0 if self._waiting else quiet + 1

    def sign_in(self, username: str, password: str) -> None:
        """Fill in the sign-in page and send it."""
        if not urlsplit(self.page.url).path.startswith("/login"):
            self.open("/login")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        with self.moving():
            self.page.press("[name=password]", "Enter")

    def press(self, name: str, within: str = "main") -> None:
        """Press the button or link of this name and wait for the page it leads to."""
        part = self.page.locator(within)
        found = part.get_by_role("button", name=name).or_(part.get_by_role("link", name=name))
        with self.moving():
            found.first.click()

    @contextlib.contextmanager
    def moving(self) -> Iterator[None]:
        """Wait, after the block, for the page that what is done in it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            yield
        self.settle()

    @contextlib.contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Let answers with these statuses pass within the block, and the console's word about them."""
        self._allowed |= set(statuses)
        try:
            yield
            self.settle()
        finally:
            self._allowed -= set(statuses)

    @property
    def path(self) -> str:
        """The path of the page shown."""
        return urlsplit(self.page.url).path

    def text(self, selector: str = "body") -> str:
        """The words of a part of the page as they are seen, with single blanks."""
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def axe(self, *rules: str) -> list[str]:
        """What axe finds against WCAG 2.2 AA, or against some rules only.

        Looked at from the top: what has been scrolled half under the bar is not a target that is too small.
        """
        self.page.evaluate("() => scrollTo(0, 0)")
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE)
        found: list[str] = self.page.evaluate(_RUN_AXE, list(rules))
        return found

    def overflow(self) -> list[str]:
        """What stands out of the page to the right, so that the whole page would scroll sideways."""
        found: list[str] = self.page.evaluate(_OVERFLOW)
        return found

    def covered(self) -> list[str]:
        """Tables whose header lies over their first row."""
        found: list[str] = self.page.evaluate(_COVERED)
        return found

    def shape(self) -> str:
        """The page's elements without its words: two pages of one shape need one inspection."""
        found: str = self.page.evaluate(_SHAPE)
        return found

    def wide(self) -> None:
        """Look through a window of 1366 × 768."""
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type] # a plain dict

    def narrow(self) -> None:
        """Look through a window of 360 × 740."""
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type] # a plain dict

    def scheme(self, name: str) -> None:
        """Ask for light or dark pages, as the reader's system would."""
        self.page.emulate_media(color_scheme=name)  # type: ignore[arg-type] # light or dark

    def clean(self) -> None:
        """Fail when a page did what no page may."""
        assert not self.notes, "\n".join(self.notes)

    def _note(self, text: str) -> None:
        self.notes.append(f"{self.page.url}: {text}")

    def _asked(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(self.base + "/"):
            self._note(f"asks another host: {request.url}")
        if not request.is_navigation_request():
            self._waiting.add(request)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self._note(f"{response.request.method} {response.url} answers {response.status}")

    def _finished(self, request: Request) -> None:
        self._waiting.discard(request)

    def _failed(self, request: Request) -> None:
        self._waiting.discard(request)
        # A download ends its navigation, and a page that is left ends its questions; neither is a failure.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"{request.url} fails: {request.failure}")

    def _said(self, message: ConsoleMessage) -> None:
        loaded = LOADED.search(message.text)
        if message.type in {"error", "warning"} and not (loaded and int(loaded[1]) in self._allowed):
            self._note(f"console {message.type}: {message.text}")


def launch_options(executable: str) -> dict[str, Any]:
    """How Chromium is started: without a window, a sandbox it cannot have as root, or words with other hosts."""
    return {
        "executable_path": executable,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        ],
    }  # fmt: skip


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a fresh profile; its language is that of an office in Cần Thơ."""
    settings: dict[str, Any] = {
        "viewport": WIDE, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "reduced_motion": "reduce",
    }  # fmt: skip
    made = browser.new_context(**settings | options)
    made.set_default_timeout(30_000)
    return made
