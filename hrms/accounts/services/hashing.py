"""How secrets are kept: passwords as argon2id, random tokens as SHA-256, the second factor's seed encrypted."""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

TOKEN_BYTES = 32
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"
_dummies: dict[PasswordHasher, str] = {}


def hasher() -> PasswordHasher:
    """Return the hasher with the costs of the settings (`PASSWORD_HASHING`); argon2-cffi's own by default."""
    found: PasswordHasher | None = current_app.extensions.get("hrms.hasher")
    if found is None:
        found = PasswordHasher(**current_app.config.get("PASSWORD_HASHING", {}))
        current_app.extensions["hrms.hasher"] = found
    return found


def _normal(password: str) -> str:
    # Vietnamese keyboards type the same letter in two forms; both must open the account.
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return hasher().hash(_normal(password))


def fits(password_hash: str | None, password: str) -> bool:
    """Say whether a password belongs to a hash; without a hash the same work is done, and the answer is no."""
    known = hasher()
    if password_hash is None and known not in _dummies:
        _dummies[known] = known.hash(secrets.token_urlsafe())
    try:
        return known.verify(password_hash or _dummies[known], _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Say whether a hash was made with other costs than today's."""
    return hasher().check_needs_rehash(password_hash)


def new_token() -> str:
    """Return a random token of 256 bits, safe in a cookie and in a header."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is kept of a random token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_password(length: int = 12) -> str:
    """Return a password that meets the rules, without letters that are mistaken for each other."""
    parts = [secrets.choice(_LETTERS), secrets.choice(_LETTERS.upper()), secrets.choice(_DIGITS)]
    parts += [secrets.choice(_LETTERS + _LETTERS.upper() + _DIGITS) for _place in range(max(length, 12) - 3)]
    secrets.SystemRandom().shuffle(parts)
    return "-".join("".join(parts[start : start + 4]) for start in range(0, len(parts), 4))


def new_recovery_code() -> str:
    """Return a one-time code of 79 random bits in four groups."""
    letters = "".join(secrets.choice(_LETTERS + _DIGITS) for _place in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _cipher() -> Fernet:
    # Seven megabytes that most processes, commands among them, never ask for.
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), 32, salt=None, info=b"hrms second factor").derive(
        str(current_app.config["SECRET_KEY"]).encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))


def encrypt(secret: str) -> bytes:
    """Return a second factor's seed as it is stored: encrypted with a key derived from `SECRET_KEY`."""
    return _cipher().encrypt(secret.encode())


def decrypt(stored: bytes | None) -> str | None:
    """Return the seed, or None when it cannot be read (damaged, another `SECRET_KEY`): nobody enters then."""
    if not stored:
        return None
    from cryptography.fernet import InvalidToken

    try:
        return _cipher().decrypt(bytes(stored)).decode()
    except (InvalidToken, ValueError):
        return None
