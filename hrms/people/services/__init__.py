"""Writes to the record: one verb per function, the actor first."""

from hrms.people.services.current import refresh
from hrms.people.services.facts import (
    Fact,
    Outcome,
    Paper,
    correct_fact,
    end_fact,
    put_absence,
    put_agency,
    put_allowance,
    put_post,
    put_rank,
    put_status,
    record_facts,
    withdraw_fact,
)
from hrms.people.services.people import NewPerson, create_person, edit_person

__all__ = [
    "Fact",
    "NewPerson",
    "Outcome",
    "Paper",
    "correct_fact",
    "create_person",
    "edit_person",
    "end_fact",
    "put_absence",
    "put_agency",
    "put_allowance",
    "put_post",
    "put_rank",
    "put_status",
    "record_facts",
    "refresh",
    "withdraw_fact",
]
