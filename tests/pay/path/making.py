"""People whose raises are due, lists of them, and the steps of the path, for tests of the path of raises."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import insert, text

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import Base, db
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision, Submission
from hrms.decisions.services import path, submissions
from hrms.pay.services import raising, sending
from tests.pay.making import set_rank
from tests.province import Province

P = Permission
CAM, HUNG2, DUC = "Lý Thị Cẩm", "Nguyen Van Hung", "Võ Minh Đức"
_numbers = itertools.count(100)


def rate(province: Province, name: str, years: Sequence[int], rating: str = "good") -> None:
    """Give somebody the same class in some years."""
    rows = [{"person_id": province.people[name], "year": year, "rating": rating} for year in years]
    with scope.everything():
        db.session.execute(insert(Base.metadata.tables["person_rating"]), rows)
        db.session.commit()


def reward(province: Province, name: str, year: int, code: str, *, title: bool = False) -> None:
    """Give somebody a form of reward, or an emulation title, in a year."""
    column = "emulation_title" if title else "reward_form"
    row = {"person_id": province.people[name], "year": year, column: code, "decision_no": f"{year}/QĐ-UBND"}
    with scope.everything():
        db.session.execute(insert(Base.metadata.tables["person_reward"]).values(**row))
        db.session.commit()


def due_since(
    province: Province, name: str, since: date, step: int = 2, coefficient: str = "2.67", **more: Any
) -> None:
    """Let somebody hold a step of A1 from a day on, with a class in every year of it until 2025."""
    set_rank(province, name, coefficient, since=max(since, date(2024, 3, 1)), step_since=since, step=step, **more)
    rate(province, name, range(since.year, 2026))


@contextmanager
def acting(province: Province, who: str) -> Iterator[Actor]:
    """Enter what an account sees for raises, and commit."""
    actor = province.enter(who, P.PAY_VIEW, P.PAY_MANAGE, P.DECISIONS_PROPOSE)
    with transaction():
        yield actor


def list_of(province: Province, place: str = "B", year: int = 2026, quarter: int = 4, who: str = "tochuc") -> int:
    """Make the list of an agency and quarter."""
    with acting(province, who) as actor:
        return raising.propose(actor, province.agencies[place], year, quarter)


def send(province: Province, list_id: int, who: str = "tochuc", **more: Any) -> list[int]:
    """Send a list up."""
    with acting(province, who) as actor:
        return sending.send(actor, list_id, **more)


def item(province: Province, name: str) -> Any:
    """Return the newest item of somebody."""
    query = text("SELECT * FROM raise_items WHERE person_id = :id ORDER BY id DESC LIMIT 1")
    with scope.everything():
        return db.session.execute(query, {"id": province.people[name]}).one_or_none()


def list_state(list_id: int) -> str:
    """Return how far a list is."""
    with scope.everything():
        query = text("SELECT state FROM raise_lists WHERE id = :id")
        return str(db.session.execute(query, {"id": list_id}).scalar_one())


def submission(submission_id: int) -> Submission:
    """Return a proposal as it stands."""
    db.session.expire_all()
    with scope.everything():
        found = db.session.get_one(Submission, submission_id)
        db.session.refresh(found)
        return found


def answer_all(province: Province, submission_id: int, who: str = "tochuc") -> None:
    """Vouch for everything the record leaves open, as the proposer, and send it up."""
    with scope.everything():
        kept = db.session.execute(
            text("SELECT conditions FROM submission_lines WHERE submission_id = :id"), {"id": submission_id}
        ).scalars()
        codes = {one["code"] for line in kept for one in line if one["answerable"] and one["outcome"] == "unknown"}
    with acting(province, who) as actor:
        given = {code: submissions.Answer(met=True, note="Biên bản 20/11/2026") for code in codes}
        submissions.answer_many(actor, submission_id, given)
        submissions.submit(actor, submission_id)


def decide(
    province: Province, submission_id: int, *, signer: str = "thutruong", clerk: str = "vanthu", number: str = ""
) -> list[Decision]:
    """Sign a proposal and give it a number."""
    with transaction():
        path.sign(province.enter(signer, P.DECISIONS_SIGN), submission_id, signer_title="Giám đốc")
    with transaction():
        actor = province.enter(clerk, P.DECISIONS_NUMBER)
        numbers = path.Numbers("QĐ-SXD", date(2026, 11, 20), number or str(next(_numbers)))
        return path.register(actor, submission_id, numbers)


def ranks(province: Province, name: str) -> list[Any]:
    """Return the ranks of somebody, oldest first."""
    query = text("SELECT * FROM person_rank WHERE person_id = :id AND superseded_at IS NULL ORDER BY valid_from")
    with scope.everything():
        return list(db.session.execute(query, {"id": province.people[name]}))
