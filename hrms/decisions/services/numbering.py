"""Văn thư's numbers where the program gives them: one row per agency, year and symbol, counted up under its lock.

The number is taken in the transaction that uses it, so a decision that is rolled back leaves no gap, and eight
processes at once wait for each other instead of taking the same number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import select

from hrms.agencies import queries as agencies
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.decisions import queries
from hrms.decisions.models import Decision, NumberBook
from hrms.decisions.services import hands

P = Permission.DECISIONS_NUMBER
DECISIONS, CERTIFICATES = "decisions", "certificates"
SYMBOL = re.compile(r"[^\W_][\w./-]{0,58}", re.UNICODE)
NUMBER_MOST = 999_999
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('number_books.certificates', 0))")
explain_constraint(
    "uq_number_books_key",
    Problem("symbol", "book_exists", N_("Cơ quan đã có sổ số của năm và ký hiệu này. Hãy mở lại sổ đó.")),
)


def open_book(actor: Actor, agency_id: int, year: int, symbol: str, *, first: int = 1) -> NumberBook:
    """Open a book: from here on the program gives the numbers of this agency, year and symbol, beginning at `first`.

    Raises `Forbidden` unless the actor numbers for this very agency, `Refused` for a year, symbol or number that
    cannot be.
    """
    hands.require_at(actor, P, agency_id)
    sign = nfc(symbol).upper()
    problems = []
    if not clock.today().year - 1 <= year <= clock.today().year + 1:
        text = N_("Năm %(year)s không phải năm nay, năm trước hay năm sau. Hãy kiểm tra lại.")
        problems.append(Problem("year", "bad_year", text, {"year": str(year)}))
    if not SYMBOL.fullmatch(sign):
        text = N_("Ký hiệu “%(symbol)s” không đúng dạng. Hãy ghi như QĐ-SXD.")
        problems.append(Problem("symbol", "bad_symbol", text, {"symbol": symbol[:60]}))
    if not 1 <= first <= NUMBER_MOST:
        text = N_("Số bắt đầu phải từ 1 đến %(most)s.")
        problems.append(Problem("first", "bad_number", text, {"most": str(NUMBER_MOST)}))
    refuse_if(problems)
    found = _find(agency_id, year, sign)
    if found is not None:
        text = N_("Cơ quan đã có sổ %(symbol)s năm %(year)s, số tới là %(next)s.")
        params = {"symbol": found.symbol, "year": str(found.year), "next": str(found.next_number)}
        raise Refused(Problem("symbol", "book_exists", text, params))
    book = NumberBook(agency_id=agency_id, year=year, symbol=sign, next_number=first, closed=False)
    db.session.add(book)
    db.session.flush()
    _tell(actor, "number_book.opened", book)
    return book


def close_book(actor: Actor, book_id: int, *, version: int | None = None) -> NumberBook:
    """Close a book: its numbers are typed from the paper register again. Raises `NotFound`, `Forbidden`, `Stale`."""
    book = _take(actor, book_id, version)
    if not book.closed:
        book.closed = True
        book.version += 1
        _tell(actor, "number_book.closed", book)
    return book


def reopen_book(actor: Actor, book_id: int, *, version: int | None = None) -> NumberBook:
    """Open a closed book again where it stopped. Raises `NotFound`, `Forbidden`, `Stale`."""
    book = _take(actor, book_id, version)
    if book.closed:
        book.closed = False
        book.version += 1
        _tell(actor, "number_book.opened", book)
    return book


def take_numbers(actor: Actor, agency_id: int, year: int, symbol: str, count: int) -> list[int]:
    """Return the next `count` numbers of an open book, which nobody else will get. Raises `Refused` without a book.

    A number that somebody has entered by hand is passed over.
    """
    hands.require_at(actor, P, agency_id)
    book = _find(agency_id, year, symbol, lock=True)
    if book is None or book.closed:
        text = N_("Chưa mở sổ số %(symbol)s năm %(year)s của cơ quan. Hãy mở sổ hoặc nhập số theo sổ giấy.")
        raise Refused(Problem("number", "no_book", text, {"symbol": symbol, "year": str(year)}))
    given: list[int] = []
    while len(given) < count:
        wanted = range(book.next_number, book.next_number + count - len(given))
        taken = _in_register(agency_id, year, symbol, wanted)
        given += [number for number in wanted if number not in taken]
        book.next_number = wanted.stop
    book.version += 1
    db.session.flush()
    return given


def take_certificate_numbers(
    agency_id: int, year: int, kind: str, names: Sequence[str], count: int, *, first: int = 1
) -> tuple[str, list[int]]:
    """Return the symbol of an agency's book of certificates of a year, and its next `count` numbers.

    The caller has checked its own right to issue them. The book is opened when it is first asked for, its numbers
    beginning at `first`: its symbol is `kind` and the first of `names` that no other agency's book has that year, so
    that number, year and symbol name one certificate in the whole province. Raises `Refused` for a closed book.
    """
    with scope.everything():  # whoever issues for a unit below holds no book of that unit
        book = _certificate_book(agency_id, year, kind, lock=True)
        if book is None:
            db.session.execute(_ONE_AT_A_TIME)
            book = _certificate_book(agency_id, year, kind, lock=True)
            book = book or _open_certificate_book(agency_id, year, kind, names, first)
        if book.closed:
            text = N_("Sổ cấp %(symbol)s năm %(year)s đã đóng. Hãy mở lại sổ rồi cấp.")
            raise Refused(Problem("", "book_closed", text, {"symbol": book.symbol, "year": str(year)}))
        given = list(range(book.next_number, book.next_number + count))
        book.next_number += count
        book.version += 1
        db.session.flush()
        return book.symbol, given


def next_certificate_number(agency_id: int, year: int, kind: str) -> tuple[str, int] | None:
    """Return the symbol and the next number of an agency's book of certificates, None when there is no book yet."""
    with scope.everything():
        book = _certificate_book(agency_id, year, kind)
    return (book.symbol, book.next_number) if book else None


def _certificate_book(agency_id: int, year: int, kind: str, *, lock: bool = False) -> NumberBook | None:
    query = select(NumberBook).where(
        NumberBook.agency_id == agency_id, NumberBook.year == year, NumberBook.purpose == CERTIFICATES,
        NumberBook.symbol.startswith(f"{kind}-", autoescape=True),
    )  # fmt: skip
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def _open_certificate_book(agency_id: int, year: int, kind: str, names: Sequence[str], first: int) -> NumberBook:
    symbols = [f"{kind}-{name}" for name in names]
    query = select(NumberBook.symbol).where(NumberBook.year == year, NumberBook.symbol.in_(symbols))
    taken = set(db.session.scalars(query))
    symbol = next((one for one in symbols if one not in taken), f"{symbols[0]}.{agency_id}")
    book = NumberBook(
        agency_id=agency_id, year=year, symbol=symbol, next_number=first, closed=False, purpose=CERTIFICATES
    )
    db.session.add(book)
    db.session.flush()
    return book


def list_books(actor: Actor) -> Sequence[NumberBook]:
    """Return the books of the agencies the actor numbers for, the newest year first."""
    query = select(NumberBook).where(NumberBook.purpose == DECISIONS)
    query = query.order_by(NumberBook.year.desc(), NumberBook.symbol, NumberBook.id)
    if not actor.is_system:
        query = query.where(NumberBook.agency_id.in_(actor.scope(P)))
    return db.session.scalars(query).all()


def open_books(agency_id: int) -> Sequence[NumberBook]:
    """Return the open books of an agency, the newest year first."""
    return db.session.scalars(
        select(NumberBook)
        .where(NumberBook.agency_id == agency_id, ~NumberBook.closed, NumberBook.purpose == DECISIONS)
        .order_by(NumberBook.year.desc(), NumberBook.symbol)
    ).all()


def _find(agency_id: int, year: int, symbol: str, *, lock: bool = False) -> NumberBook | None:
    query = select(NumberBook).where(
        NumberBook.agency_id == agency_id, NumberBook.year == year, NumberBook.symbol == symbol,
        NumberBook.purpose == DECISIONS,
    )  # fmt: skip
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def _in_register(agency_id: int, year: int, symbol: str, numbers: Collection[int]) -> set[int]:
    """Return which numbers stand in the register already: typed by hand, they would stop the book for good."""
    query = select(Decision.number).where(
        Decision.issuer_key == queries.issuer_key(agency_id, ""),
        sa.extract("year", Decision.signed_on) == year,
        Decision.symbol == symbol,
        Decision.number.in_([str(number) for number in numbers]),
    )
    with scope.everything():  # a number is taken whoever sees the paper
        return {int(number) for number in db.session.scalars(query)}


def _take(actor: Actor, book_id: int, version: int | None) -> NumberBook:
    actor.require(P)
    book = db.session.scalar(
        select(NumberBook).where(NumberBook.id == book_id).with_for_update().execution_options(populate_existing=True)
    )
    if book is None or (not actor.is_system and book.agency_id not in actor.scope(P)):
        raise missing("book")
    if version is not None and version != book.version:
        raise Stale
    return book


def _tell(actor: Actor, action: str, book: NumberBook) -> None:
    audit.record(
        actor, action, "number_book", book.id, scope_ids=agencies.scope_ids_of([book.agency_id]),
        agency_id=book.agency_id, after={"symbol": book.symbol, "year": book.year, "next_number": book.next_number},
    )  # fmt: skip
