"""What every page must be, whatever it shows; the matrix of all routes puts each page through this."""

from __future__ import annotations

from collections import Counter

import html5lib
from bs4 import BeautifulSoup, Tag

HIDDEN = {"hidden", "submit", "button", "image", "reset"}
# html5lib 1.1 predates these and would call them mistakes.
UNKNOWN_TO_PARSER = {"expected-doctype-but-got-start-tag"}


def mistakes(html: str, locale: str = "vi") -> list[str]:
    """Return what is wrong with a page; [] when it is in order."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    found = [
        f"HTML at {place}: {code} {values}" for place, code, values in parser.errors if code not in UNKNOWN_TO_PARSER
    ]
    page = BeautifulSoup(html, "html.parser")
    found += _frame(page, locale)
    found += _fields(page)
    found += _policy(page)
    found += _tables(page)
    return found


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _frame(page: BeautifulSoup, locale: str) -> list[str]:
    found = []
    root = page.find("html")
    if not isinstance(root, Tag) or root.get("lang") != locale:
        found.append(f"the page's language is not {locale}")
    headings = page.find_all("h1")
    if len(headings) != 1:
        found.append(f"{len(headings)} h1 instead of one")
    elif page.title is None or not _text(page.title).startswith(_text(headings[0])):
        found.append(
            f"the title {page.title and _text(page.title)!r} does not begin with the h1 {_text(headings[0])!r}"
        )
    ids = Counter(str(tag["id"]) for tag in page.find_all(id=True))
    found += [f"id {name} stands {times} times" for name, times in ids.items() if times > 1]
    for tag in page.find_all(True):
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls"):
            for name in str(tag.get(attribute) or "").split():
                if name not in ids:
                    found.append(f"{attribute} names {name}, which is not on the page")
    for link in page.select("a[href^='#']"):
        if link["href"] != "#" and str(link["href"])[1:] not in ids:
            found.append(f"a link leads to {link['href']}, which is not on the page")
        if link["href"] == "#":
            found.append(f"a link leads nowhere: {_text(link)}")
    return found


def _fields(page: BeautifulSoup) -> list[str]:
    found = []
    labelled = {str(label["for"]) for label in page.find_all("label", attrs={"for": True})}
    for field in page.find_all(["input", "select", "textarea"]):
        if field.get("type") in HIDDEN:
            continue
        named = field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
        if not named and field.find_parent("label") is None:
            found.append(f"the field {field.get('name')} has no label")
    for form in page.find_all("form"):
        if (
            str(form.get("method", "get")).lower() == "post"
            and form.find("input", attrs={"name": "csrf_token"}) is None
        ):
            found.append(f"the form to {form.get('action')} has no token")
        if form.get("action") is None and form.get("method") != "dialog":
            found.append("a form has no action")
    found += [f"a button has no words: {button}" for button in page.find_all("button") if not _named(button)]
    found += [f"a link has no words: {link}" for link in page.find_all("a", href=True) if not _named(link)]
    return found


def _named(tag: Tag) -> bool:
    pictures = [image.get("alt") for image in tag.find_all("img")]
    return bool(_text(tag) or tag.get("aria-label") or tag.get("title") or any(pictures))


def _policy(page: BeautifulSoup) -> list[str]:
    found = [f"inline style: {tag.name}" for tag in page.find_all(style=True)]
    found += ["a style element" for _ in page.find_all("style")]
    found += ["an inline script" for tag in page.find_all("script") if not tag.get("src")]
    found += [
        f"a handler {name} on {tag.name}" for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")
    ]
    for tag in page.find_all(src=True) + page.find_all("link", href=True):
        address = str(tag.get("src") or tag.get("href"))
        if "//" in address:
            found.append(f"something from another host: {address}")
    return found


def _tables(page: BeautifulSoup) -> list[str]:
    found = []
    for table in page.find_all("table"):
        if table.find("caption") is None:
            found.append("a table without a caption")
        if table.find("th") is None:
            found.append("a table without headers")
    return found
