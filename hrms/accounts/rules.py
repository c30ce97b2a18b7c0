"""Passwords, locks and grants: facts in, problems and answers out (QCVN 12:2026/BCA, clauses 3.6.2.1 and 3.7.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from hrms.core.rules import N_, Problem

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
LONGEST_PASSWORD = 200
"""Hashing is slow on purpose; without a limit a long text would keep the server busy."""
TOKEN_DAYS = 365
"""An API token lives a year at most, so that forgotten ones die."""


class LockReason(StrEnum):
    """Why nobody can sign in with an account."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a reason
    BULK_DOWNLOAD = "bulk_download"
    IDLE = "idle"


LOCK_LABELS: dict[LockReason, str] = {
    LockReason.WRONG_PASSWORD: N_("sai mật khẩu hoặc mã xác thực nhiều lần"),
    LockReason.BULK_DOWNLOAD: N_("lấy ra số lượng hồ sơ bất thường"),
    LockReason.IDLE: N_("lâu ngày không đăng nhập"),
}


class Restriction(StrEnum):
    """What somebody signed in must do before anything else; the value is the page's name."""

    SECOND_FACTOR = "second_factor"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of a page
    SECOND_FACTOR_SETUP = "second_factor_setup"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a session has shown of its holder so far, and what the account asks for."""

    must_change_password: bool
    has_second_factor: bool
    gave_second_factor: bool
    needs_second_factor: bool
    waived: bool
    """The demo province only: the need is waived; a second factor that was set up is still asked for."""
    password_changed_at: datetime | None
    password_days: int | None
    """Days an administrator's password may serve (clause 3.7.2.6.5); None where no limit holds."""


def restriction_of(standing: Standing, now: datetime) -> Restriction | None:
    """Return what must be done first, None when the session is complete.

    The second factor comes before the password's change: who knows only the password changes nothing.
    """
    if standing.has_second_factor and not standing.gave_second_factor:
        return Restriction.SECOND_FACTOR
    if standing.must_change_password or password_expired(standing.password_changed_at, standing.password_days, now):
        return Restriction.CHANGE_PASSWORD
    if standing.needs_second_factor and not standing.has_second_factor and not standing.waived:
        return Restriction.SECOND_FACTOR_SETUP
    return None


def password_expired(changed_at: datetime | None, days: int | None, now: datetime) -> bool:
    """Say whether a password has served its `days`; one whose age is unknown has (clause 3.7.2.6.5)."""
    return days is not None and (changed_at is None or now - changed_at >= timedelta(days=days))


def unlocks_at(reason: str | None, locked_at: datetime | None, hours: int) -> datetime | None:
    """Return when a lock opens by itself: `hours` after wrong passwords, never for another reason (3.6.2.1.9.3)."""
    if locked_at is None or reason != LockReason.WRONG_PASSWORD:
        return None
    return locked_at + timedelta(hours=hours)


def password_problems(password: str, username: str, least: int, field: str = "password") -> list[Problem]:
    """Return everything that is wrong with a new password of at least `least` characters (clause 3.7.2.6.4)."""
    problems = []
    if len(password) < least:
        problems.append(
            Problem(
                field,
                "password_short",
                N_("Mật khẩu có %(length)s ký tự; cần ít nhất %(least)s."),
                {"length": len(password), "least": least},
            )
        )
    if len(password) > LONGEST_PASSWORD:
        problems.append(
            Problem(field, "password_long", N_("Mật khẩu dài quá %(most)s ký tự."), {"most": LONGEST_PASSWORD})
        )
    missing = [
        words
        for words, holds in (
            (N_("chữ thường"), any(c.islower() for c in password)),
            (N_("chữ hoa"), any(c.isupper() for c in password)),
            (N_("chữ số"), any(c.isdigit() for c in password)),
            (N_("ký tự đặc biệt như ! # - @"), any(not c.isalnum() and not c.isspace() for c in password)),
        )
        if not holds
    ]
    problems += [
        Problem(field, "password_simple", N_("Mật khẩu còn thiếu %(what)s."), {"what": words}) for words in missing
    ]
    if len(username) > 2 and _plain(username) in _plain(password):
        problems.append(
            Problem(
                field, "password_has_name", N_("Mật khẩu không được chứa tên đăng nhập “%(name)s”."), {"name": username}
            )
        )
    return problems


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def username_problems(username: str) -> list[Problem]:
    """Return what is wrong with a sign-in name: 2 to 60 of a–z, 0–9, dot, dash, underscore."""
    if USERNAME.fullmatch(username):
        return []
    text = N_(
        "Tên đăng nhập “%(name)s” không dùng được. Cần 2 đến 60 ký tự: chữ thường không dấu, chữ số, dấu chấm, - và _."
    )
    return [Problem("username", "username", text, {"name": username[:80]})]


def grant_problems(valid_from: date, valid_to: date | None, today: date) -> list[Problem]:
    """Return what is wrong with the days of a new grant `[valid_from, valid_to)`: rights are not given for the past."""
    problems = []
    if valid_from < today:
        problems.append(
            Problem(
                "valid_from",
                "grant_in_the_past",
                N_("Ngày bắt đầu %(day)s đã qua. Quyền chỉ có hiệu lực từ hôm nay %(today)s trở đi."),
                {"day": valid_from, "today": today},
            )
        )
    if valid_to is not None and valid_to <= valid_from:
        problems.append(
            Problem(
                "last_day",
                "ends_before_it_begins",
                N_("Ngày kết thúc phải từ ngày bắt đầu %(start)s trở đi. Hãy sửa một trong hai ngày."),
                {"start": valid_from},
            )
        )
    return problems


DELEGATION_DAYS = 366
"""A delegation has an end, a year away at most: it stands in for somebody absent, it does not appoint."""


def delegation_problems(valid_from: date, valid_to: date | None, note: str, today: date) -> list[Problem]:
    """Return what is wrong with the days `[valid_from, valid_to)` and the ground of a delegation.

    NĐ 30/2020/NĐ-CP Đ13: giving the power to sign is done in writing, for a limited time.
    """
    problems = grant_problems(valid_from, valid_to, today)
    if valid_to is None:
        problems.append(
            Problem("last_day", "required", N_("Chưa nhập ngày cuối. Giao ký thay phải có thời hạn, tối đa một năm."))
        )
    elif valid_to > valid_from + timedelta(days=DELEGATION_DAYS):
        text = N_("Ngày cuối %(day)s cách ngày bắt đầu quá một năm. Hãy chọn ngày sớm hơn; hết hạn thì giao lại.")
        problems.append(Problem("last_day", "too_long", text, {"day": valid_to - timedelta(days=1)}))
    if not note:
        text = N_("Chưa nhập lý do, văn bản giao. Ví dụ: Giấy ủy quyền 12/GUQ-SXD ngày 02/11/2026; đi công tác.")
        problems.append(Problem("note", "required", text))
    elif len(note) > 300:
        problems.append(Problem("note", "note_long", N_("Căn cứ, ghi chú dài quá 300 ký tự. Hãy viết gọn lại.")))
    return problems


def token_problems(name: str, expires_on: date, today: date) -> list[Problem]:
    """Return what is wrong with an API token's name and last day."""
    problems = []
    if not 1 <= len(name) <= 80:
        problems.append(Problem("name", "token_name", N_("Hãy đặt tên cho mã truy cập, từ 1 đến 80 ký tự.")))
    last = today + timedelta(days=TOKEN_DAYS)
    if not today <= expires_on <= last:
        problems.append(
            Problem(
                "expires_on",
                "token_expiry",
                N_("Ngày hết hạn %(day)s phải trong khoảng %(today)s đến %(last)s."),
                {"day": expires_on, "today": today, "last": last},
            )
        )
    return problems


def matched_step(code: str, expected: Sequence[tuple[int, str]], last_step: int | None) -> int | None:
    """Return the time step whose code was given, None when there is none or it was used already (replay).

    `expected` holds (step, code) of the present step and its neighbours; every pair is compared, in constant time each.
    """
    found = None
    for step, right in expected:
        fits = compare_digest(code.encode(), right.encode())
        if fits and (last_step is None or step > last_step):
            found = step if found is None else max(found, step)
    return found


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """Return a browser and its system as people call them (“Chrome, Windows”), else what it said of itself."""
    known = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in known if name) or agent[:40]
