"""Personal codes: a signed number a learner shows and a trainer scans. It holds no name, no date, no number of anybody.

The number inside is the record's own id, which means nothing outside the database; without the server's key nobody
makes a code, and a code opens nothing: only a signed-in trainer of the class can use it.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from hrms.core.actor import Actor, missing
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem

DAYS = 180
"""A printed code works for half a year; then its holder prints it anew."""
LONGEST = 300
_DAY = 86_400


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="training-code")


def own_code(actor: Actor, person_id: int) -> str:
    """Return the code of the actor's own record. Raises `NotFound` for anybody else's."""
    if not actor.is_holder(person_id):
        raise missing("person")
    return str(_signer().dumps(person_id))


def whose(token: str) -> int:
    """Return the record a code stands for. Raises `Refused`: forged, damaged or out of date; never says whose it is."""
    given = token.strip().rstrip("/").rpartition("/")[2][:LONGEST]
    try:
        found = _signer().loads(given, max_age=DAYS * _DAY)
    except SignatureExpired:
        words = N_("Mã này đã hết hạn. Học viên mở trang đào tạo của mình để lấy mã mới.")
        raise Refused(Problem("token", "code_expired", words)) from None
    except BadData:
        words = N_("Không đọc được mã, hoặc mã không do hệ thống này cấp. Hãy quét lại, hoặc điểm danh theo danh sách.")
        raise Refused(Problem("token", "code_unreadable", words)) from None
    if not isinstance(found, int) or isinstance(found, bool):
        raise Refused(Problem("token", "code_unreadable", N_("Mã này không phải là mã điểm danh.")))
    return found
