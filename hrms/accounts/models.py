"""Accounts, their sessions, second factor, grants and tokens. Secrets are hashed, the TOTP seed is encrypted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class Account(Base, Versioned):
    """One account of one holder (QCVN 12:2026/BCA, 3.7.2.5.1): name, holder, agency, when opened and closed and why."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("username ~ '^[a-z0-9][a-z0-9._-]{1,59}$'", name="username"),
        CheckConstraint("locale IN ('vi', 'en')", name="locale"),
        CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme"),
        Index("uq_accounts_username", "username", unique=True),
        Index(
            "uq_accounts_person_id",
            "person_id",
            unique=True,
            postgresql_where=text("person_id IS NOT NULL AND closed_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    username: Mapped[str] = mapped_column(Text(collation="C"))
    display_name: Mapped[str]
    search_key: Mapped[str] = mapped_column(Text(collation="C"), server_default=text("''"))
    """Sign-in name and holder's name, folded: what the list of accounts is searched by."""
    email: Mapped[str | None]
    person_id: Mapped[int | None]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    scope_ids: Mapped[list[int]]
    """The closure of the account's agency; who may see the account follows it."""
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(server_default=text("true"))
    failed_count: Mapped[Small] = mapped_column(server_default=text("0"))
    locked_at: Mapped[datetime | None]
    lock_reason: Mapped[str | None]
    """wrong_password or bulk_download; a bulk lock is lifted by an administrator only."""
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    """The time step of the last code used: a code is good once."""
    second_factor_waived: Mapped[bool] = mapped_column(server_default=text("false"))
    """Only the demo province sets it; pages say so."""
    locale: Mapped[str] = mapped_column(server_default=text("'vi'"))
    theme: Mapped[str] = mapped_column(server_default=text("'auto'"))
    opened_at: Mapped[RecordedAt]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    last_sign_in_at: Mapped[datetime | None]


class PasswordMemory(Base):
    """Hashes of earlier passwords: the last ten may not come back."""

    __tablename__ = "password_memory"
    __table_args__ = (Index("ix_password_memory_account_id", "account_id", "id"),)

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    password_hash: Mapped[str]
    used_until: Mapped[RecordedAt]


class RecoveryCode(Base):
    """A one-time code that stands in for a lost second factor."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_account_id", "account_id"),)

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class AccountSession(Base):
    """A sign-in on one browser. The cookie holds a random token; the table its hash."""

    __tablename__ = "account_sessions"
    __table_args__ = (
        Index("uq_account_sessions_token_hash", "token_hash", unique=True),
        Index("ix_account_sessions_account_id", "account_id", "id"),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(Text(collation="C"))
    started_at: Mapped[RecordedAt]
    seen_at: Mapped[RecordedAt]
    second_factor_at: Mapped[datetime | None]
    address: Mapped[str]
    browser: Mapped[str]
    ended_at: Mapped[datetime | None]


class RoleGrant(Base, Dated):
    """A role over an agency and all under it, from–to; on a decision or, for a new system, without a paper."""

    __tablename__ = "role_grants"
    __dated_key__ = ("account_id", "role", "agency_id")
    __table_args__ = (
        *dated_constraints("role_grants", "account_id", "role", "agency_id"),
        CheckConstraint(
            "CASE WHEN role = 'delegate' THEN coalesce(capacity IN ('KT.', 'TL.', 'TUQ.', 'Q.'), true)"
            " ELSE capacity IS NULL AND actions IS NULL AND delegator_id IS NULL END",
            name="delegation",
        ),
        Index("ix_role_grants_delegator_id", "delegator_id", postgresql_where=text("delegator_id IS NOT NULL")),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    role: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    note: Mapped[str | None]
    capacity: Mapped[str | None]
    """Of a delegate: in whose name they sign, as printed (KT., TL., TUQ., Q.)."""
    actions: Mapped[list[str] | None]
    """Of a delegate: the kinds of decision they may sign, NULL for all."""
    delegator_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Of a delegate: the account of the head they sign for."""


class ApiToken(Base):
    """A bearer token of an account; never more than the account itself, and less if `permissions` names a few."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        Index("uq_api_tokens_token_hash", "token_hash", unique=True),
        Index("ix_api_tokens_account_id", "account_id"),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(Text(collation="C"))
    permissions: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    created_at: Mapped[RecordedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
