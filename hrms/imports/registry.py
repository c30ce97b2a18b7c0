"""Which importers there are: each knows its sheets, judges rows set-wise, applies what it staged and takes it back.

An importer is made for one run (`open`) and lives in one transaction of the caller's, in the actor's scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from hrms.core.actor import Actor
from hrms.core.rules import N_, Problem
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.records import Record
from hrms.people import importer as people
from hrms.people.importer.terms import Terms, load_places

MAIN_SHEET = "people"


class Run(Protocol):
    """One import on its way."""

    parts: dict[str, Any]
    touched_by_parts: int

    def wait(self) -> None:
        """Return when the connection is free of the run's own background work."""

    def close(self) -> None:
        """Give back what the run holds; always called."""

    def recall(self, digests: Sequence[bytes]) -> Mapping[bytes, Any]:
        """Return what rows with these digests left behind that is still as it was."""

    def take_recalled(self, number: int, person: Any) -> people.Verdict:
        """Return the verdict of a row that is known to say nothing new."""

    def take(self, rows: Sequence[Record], digests: Sequence[bytes] = ()) -> list[people.Verdict]:
        """Judge a chunk of rows of the main sheet and stage what is accepted."""

    def finish_people(self) -> None:
        """Stage what is left of the main sheet; called once, after its last row."""

    def void(self, numbers: Sequence[int]) -> None:
        """Take staged rows of the main sheet back."""

    def open_part(self, key: str) -> None:
        """Make ready for the rows of a further sheet."""

    def take_part(self, key: str, rows: Sequence[Record]) -> list[people.Verdict]:
        """Judge a chunk of rows of a further sheet and stage what is accepted."""

    def settle(self) -> dict[str, list[tuple[int, Problem]]]:
        """Decide what the staged rows of further sheets do; returns late refusals by sheet."""

    def lock(self) -> Any:
        """Lock what will change; raise `Stale` when something was edited since it was compared."""

    def apply(self, applier: Any, report: Callable[[str], None] = ...) -> Any:
        """Write everything staged; the caller commits."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run needs to know of its batch."""

    actor: Actor
    today: Any
    fields: Sequence[str]
    batch_id: int | None
    agency: str
    kind: str
    override_reason: str
    writing: bool = False
    """What is accepted will be written, so it may be inserted as it comes."""
    parts_follow: bool = False
    """Further sheets come after the main one."""


@dataclass(frozen=True, slots=True)
class Importer:
    """One importer: its name for programs and people, how a run begins, how a batch is undone."""

    key: str
    label: str
    sheets: Sequence[str]
    open: Callable[[Wanted], Run]
    undo: Callable[[Actor, int, datetime], people.Undone]


def _open_people(wanted: Wanted) -> Run:
    terms = Terms(
        wanted.actor, wanted.today, frozenset(wanted.fields), wanted.batch_id, wanted.agency, wanted.kind,
        wanted.override_reason, load_places(wanted.actor),
    )  # fmt: skip
    return people.PeopleRun(terms, writing=wanted.writing, parts_follow=wanted.parts_follow)


IMPORTERS: Mapping[str, Importer] = {
    "people": Importer(
        "people", N_("Hồ sơ cán bộ, công chức, viên chức"), tuple(SHEETS), _open_people, people.undo_batch
    )
}
