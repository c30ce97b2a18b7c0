"""Calendar files (RFC 5545): escaped text, folded lines, events of a whole day or of some hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

LINE_OCTETS = 75
NAME = "-//HRMS//Calendar//VI"


@dataclass(frozen=True, slots=True)
class Meeting:
    """Something at a day, from an hour to another where they are known; `uid` stays the same as long as it does."""

    uid: str
    day: date
    summary: str
    place: str = ""
    url: str = ""
    starts_at: time | None = None
    ends_at: time | None = None
    cancelled: bool = False


def meetings_file(name: str, meetings: Iterable[Meeting], made_at: datetime, *, revision: int = 0) -> str:
    """Return the file's text, CRLF line ends, no line over 75 octets; hours are Việt Nam's, which has no summer time.

    `revision` goes up with every change, so that a calendar replaces what it took before.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{NAME}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for one in meetings:
        lines += ["BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{stamp}", f"SEQUENCE:{revision}", *_when(one)]
        lines.append(f"SUMMARY:{escaped(one.summary)}")
        if one.place:
            lines.append(f"LOCATION:{escaped(one.place)}")
        if one.url:
            lines.append(f"URL:{one.url}")
        lines += [f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _when(one: Meeting) -> list[str]:
    if one.starts_at is None or one.ends_at is None:
        return [
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
        ]  # fmt: skip
    return [f"DTSTART:{_instant(one.day, one.starts_at)}", f"DTEND:{_instant(one.day, one.ends_at)}"]


def _instant(day: date, at: time) -> str:
    """Return an hour of Việt Nam (UTC+7) as UTC: such a time needs no table of zones in the file."""
    return (datetime.combine(day, at) - timedelta(hours=7)).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """Return a text value: backslash, comma, semicolon and line ends marked (RFC 5545 3.3.11)."""
    for plain, marked in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, marked)
    return "".join(letter for letter in text if letter >= " ")


def folded(line: str) -> str:
    """Return a line cut into parts of at most 75 octets, never inside a character (RFC 5545 3.1)."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE_OCTETS:
            parts.append(part)
            part, size = "", 1  # the space that begins the next part
        part += letter
        size += width
    return "\r\n ".join([*parts, part])
