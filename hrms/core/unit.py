"""The unit of work: the one place that commits, and where the database's refusals become sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors as pg
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from hrms.core.db import db
from hrms.core.errors import Busy, Forbidden, HrmsError, Refused
from hrms.core.rules import N_, Problem

_constraint_problems: dict[str, Problem] = {}
_WROTE = "hrms.wrote"


def explain_constraint(name: str, problem: Problem) -> None:
    """Register the sentence for a lost race that arrives as the violation of the constraint `name`."""
    _constraint_problems[name] = problem


@contextmanager
def transaction() -> Iterator[None]:
    """Run the block as one unit: commit at its end, roll everything back on any error.

    Raises `Refused`, `Busy` or `Forbidden` in place of the database's own errors where a reader can act on them.
    """
    try:
        yield
        db.session.commit()
    except DBAPIError as error:
        db.session.rollback()
        raise translate(error) from error
    except BaseException:
        db.session.rollback()
        raise


def end_reading() -> None:
    """End the transaction of a page that has only read; one that wrote anything is left to be rolled back.

    Nothing depends on how such a transaction ends but time: at a rollback the driver gives up the statements it has
    prepared, and the next page would have them all parsed and planned again.
    """
    session = db.session()
    if not session.in_transaction() or not session.is_active or session.new or session.dirty or session.deleted:
        return
    if not session.connection().info.get(_WROTE, True):
        session.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    connection.info[_WROTE] = False


@event.listens_for(Engine, "after_cursor_execute")
def _after_statement(connection: Connection, cursor: Any, *_rest: Any) -> None:
    if not (cursor.statusmessage or "").startswith("SELECT"):
        connection.info[_WROTE] = True


def translate(error: DBAPIError) -> HrmsError | DBAPIError:
    """Return the refusal that says what a database error means, or the error itself when it is a defect."""
    cause = error.orig
    if isinstance(cause, pg.DeadlockDetected | pg.LockNotAvailable | pg.SerializationFailure):
        return Busy(Problem("", "busy", N_("Hồ sơ đang được người khác cập nhật. Hãy thử lại sau giây lát.")))
    if isinstance(cause, pg.InsufficientPrivilege):
        return Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))
    if isinstance(cause, pg.NumericValueOutOfRange):
        too_large = N_("Có số vượt quá mức lưu được. Hãy kiểm tra lại các số đã gửi.")
        return Refused(Problem("", "number_too_large", too_large))
    if type(cause) is psycopg.DataError or isinstance(cause, pg.UntranslatableCharacter):
        # The driver's own class, not one of the server's: a zero byte, which no text of the database may hold.
        unwritable = N_("Nội dung gửi lên có ký tự không ghi được. Hãy xóa ký tự lạ rồi gửi lại.")
        return Refused(Problem("", "unwritable_character", unwritable))
    if isinstance(error, IntegrityError) and isinstance(cause, pg.Error):
        name = cause.diag.constraint_name or ""
        if name in _constraint_problems:
            return Refused(_constraint_problems[name])
        if isinstance(cause, pg.ExclusionViolation):
            return Refused(
                Problem(
                    "valid_from",
                    "overlap",
                    N_("Khoảng thời gian này vừa được người khác ghi. Hãy mở lại hồ sơ rồi ghi lại."),
                )
            )
    return error
