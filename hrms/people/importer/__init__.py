"""What the import wizard needs to know of people: how rows meet records, what is wrong with them, writing, undoing."""

from hrms.people.importer.exchange import EXPORTED, stream_exchange
from hrms.people.importer.run import PeopleRun, Terms
from hrms.people.importer.undoing import Undone, undo_batch
from hrms.people.importer.verdicts import CHANGE, CREATE, REFUSED, SAME, RowIn, Verdict

__all__ = [
    "CHANGE",
    "CREATE",
    "EXPORTED",
    "REFUSED",
    "SAME",
    "PeopleRun",
    "RowIn",
    "Terms",
    "Undone",
    "Verdict",
    "stream_exchange",
    "undo_batch",
]
