"""Numbers under eight processes at once: none twice, none left out, also when a transaction is given up."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision, NumberBook
from hrms.decisions.services import numbering, path, submissions
from tests.conftest import Database
from tests.decisions.deciding import consent, propose, signed
from tests.province import Province, add_person

P = Permission
PROCESSES = 8
pytestmark = pytest.mark.usefixtures("telephone")


def all_signed(province: Province, count: int) -> list[int]:
    """Return submissions of one person each, signed and waiting for a number."""
    with scope.everything():
        names = [f"Người thứ {n}" for n in range(count)]
        for n, name in enumerate(names):
            province.people[name] = add_person(province, 3000 + n, name=name, place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, current_date)"))
        db.session.commit()
    found = []
    for name in names:
        (made,) = propose(province, name)
        consent(province, made)
        for username, step in (("tochuc", submissions.submit), ("thamdinh", path.appraise), ("thutruong", path.sign)):
            who = province.enter(username, P.DECISIONS_PROPOSE, P.DECISIONS_APPRAISE, P.DECISIONS_SIGN)
            with transaction():
                step(who, made.id)  # type: ignore[operator] # three services of one shape
        found.append(made.id)
    return found


def at_once(province: Province, database: Database, home: Path, ids: list[tuple[int, str | None]]) -> list[str]:
    """Give the submissions out to the processes, start them together, and return what became of each."""
    workers = []
    for number in range(PROCESSES):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.decisions.numbering_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        workers.append(worker)
        given: dict[str, Any] = {
            "url": database.url, "home": str(home), "account": province.accounts["vanthu"],
            "agency": province.agencies["B"], "submissions": ids[number::PROCESSES],
        }  # fmt: skip
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(given) + "\n")
        worker.stdin.flush()
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    answers: list[str] = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        out, _none = worker.communicate(timeout=120)
        assert worker.returncode == 0
        answers += json.loads(out)
    return answers


@pytest.mark.committed
@pytest.mark.timeout(300)
def test_eight_processes_share_one_book_and_give_no_number_twice(
    province: Province, database: Database, home: Path
) -> None:
    """Each takes numbers of the book, every one once in vain; then all of them type the same one."""
    ids = all_signed(province, 3 * PROCESSES)
    with transaction():
        numbering.open_book(province.enter("vanthu", P.DECISIONS_NUMBER), province.agencies["B"], 2026, "QĐ-SXD")
    booked = 2 * PROCESSES
    answers = at_once(province, database, home, [(one, None if n < booked else "500") for n, one in enumerate(ids)])
    given = sorted(int(one) for one in answers if one.isdigit() and one != "500")
    assert given == list(range(1, booked + 1))
    assert sorted(one for one in answers if not one.isdigit()) == ["number_taken"] * (PROCESSES - 1)
    assert answers.count("500") == 1
    db.session.rollback()
    with scope.everything():
        assert db.session.scalar(select(NumberBook.next_number)) == booked + 1
        numbers = db.session.scalars(select(Decision.number).where(Decision.symbol == "QĐ-SXD")).all()
    assert sorted(map(int, numbers)) == [*range(1, booked + 1), 500]


def test_a_rolled_back_decision_gives_its_number_back(province: Province) -> None:
    clerk = province.enter("vanthu", P.DECISIONS_NUMBER)
    with transaction():
        numbering.open_book(clerk, province.agencies["B"], 2026, "QĐ-SXD", first=7)
    broken = signed(province, "Lý Thị Cẩm", number="bad")
    numbers = path.Numbers("QĐ-SXD", date(2026, 11, 20))
    with pytest.raises(ValueError, match="7/QĐ-SXD"), transaction():
        path.register(province.enter("vanthu", P.DECISIONS_NUMBER), broken.id, numbers)
    made = signed(province, "Nguyễn Văn Hùng")
    with transaction():
        (decision,) = path.register(province.enter("vanthu", P.DECISIONS_NUMBER), made.id, numbers)
    assert decision.number == "7"


def test_a_closed_book_gives_nothing_until_opened_again(province: Province) -> None:
    clerk = province.enter("vanthu", P.DECISIONS_NUMBER)
    with transaction():
        book = numbering.open_book(clerk, province.agencies["B"], 2026, "QĐ-SXD", first=40)
    with transaction():
        numbering.close_book(clerk, book.id)
    with pytest.raises(Refused) as refused, transaction():
        numbering.take_numbers(clerk, province.agencies["B"], 2026, "QĐ-SXD", 1)
    assert refused.value.problems[0].code == "no_book"
    with transaction():
        numbering.reopen_book(clerk, book.id)
        assert numbering.take_numbers(clerk, province.agencies["B"], 2026, "QĐ-SXD", 3) == [40, 41, 42]


def test_a_book_belongs_to_the_clerk_of_its_agency(province: Province) -> None:
    clerk = province.enter("vanthu", P.DECISIONS_NUMBER)
    with pytest.raises(Forbidden):
        numbering.open_book(clerk, province.agencies["A"], 2026, "QĐ-SNV")
    for username in ("tochuc", "sonoivu", "thutruong", "admin"):
        with pytest.raises(Forbidden):
            numbering.open_book(province.actor(username), province.agencies["B"], 2026, "QĐ-SXD")
    with scope.everything():
        other = NumberBook(agency_id=province.agencies["A"], year=2026, symbol="QĐ-SNV", next_number=1)
        db.session.add(other)
        db.session.commit()
    scope.enter_for(clerk, P.DECISIONS_NUMBER)
    with pytest.raises(NotFound):
        numbering.close_book(clerk, other.id)
    assert numbering.list_books(clerk) == []
