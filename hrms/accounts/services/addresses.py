"""The limit of failed sign-ins from one network address: whoever tries many names there is asked to wait.

Failures stand in the trail with the address they came from; adding up those of the last minutes needs no other memory.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from sqlalchemy import text

from hrms.accounts.services.trail import note
from hrms.core import settings
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.rules import N_, Problem

_ONE_HOUSE = 64
"""An IPv6 line has this prefix for itself: its addresses count as one."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 1))")
_FAILED = text(
    "SELECT after ->> 'address' AS address, count(*) AS times FROM audit_events"
    " WHERE action = 'account.sign_in_failed' AND at > clock_timestamp() - make_interval(mins => :minutes)"
    " GROUP BY 1"
)


def place_of(address: str) -> str:
    """Return what counts as one place: an IPv4 address, the /64 of an IPv6 one, anything else as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found) if found.version == 4 else str(ip_network((found, _ONE_HOUSE), strict=False))


def too_many(address: str) -> Problem | None:
    """Return the refusal when the address has used up its failures; until then attempts from it come one by one.

    The lock lasts to the end of the transaction, so that attempts made at once are counted like those in a row.
    """
    if not address:
        return None
    db.session.execute(_LOCK, {"place": place_of(address)})
    most, minutes = _limit()
    if _count(address, minutes) < most:
        return None
    text = N_(
        "Có %(most)s lần đăng nhập sai từ địa chỉ mạng của bạn trong %(minutes)s phút nên tạm chưa nhận đăng nhập từ"
        " đó. Hãy chờ %(minutes)s phút rồi thử lại, hoặc liên hệ quản trị viên."
    )
    return Problem("", "too_many_from_address", text, {"most": str(most), "minutes": str(minutes)})


def tell(actor: Actor, address: str) -> None:
    """Write into the trail that the failure just noted was the last one allowed to its address."""
    most, minutes = _limit()
    if address and _count(address, minutes) == most:
        note(actor, "address_limited", None, after={"address": address, "failed": most, "minutes": minutes})


def wait_seconds() -> int:
    """Return after how long a refused address may try again at the latest."""
    return _limit()[1] * 60


def _limit() -> tuple[int, int]:
    return int(settings.get("accounts.address_failures")), int(settings.get("accounts.address_minutes"))


def _count(address: str, minutes: int) -> int:
    place = place_of(address)
    found = db.session.execute(_FAILED, {"minutes": minutes})
    return sum(row.times for row in found if place_of(row.address or "") == place)
