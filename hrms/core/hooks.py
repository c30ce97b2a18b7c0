"""Where a domain leaves what lower ones show for it: menu entries, tabs, first-page cards, sentences, checks.

`app.py` calls each domain's `hooks.register()`; nothing here knows a domain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from hrms.core.actor import Actor
from hrms.core.documents.paper import Printable
from hrms.core.due import DueKind, DueOf
from hrms.core.permissions import Permission
from hrms.core.rules import Problem


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the left menu; shown to those the target route would let in. `count` may give a number to act on."""

    group: str
    label: str
    endpoint: str
    permissions: tuple[Permission, ...] = ()
    order: int = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a person's page. `permissions`: any of them over the person; own record: only if `own`."""

    label: str
    endpoint: str
    permissions: tuple[Permission, ...]
    own: bool = True
    order: int = 100


@dataclass(frozen=True, slots=True)
class RecordFrame:
    """The frame of a person's page: the template a tab extends (block `part`), and `load(person_id)`, its values."""

    template: str
    load: Callable[[int], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the first page: `load(actor)` returns the template's values, or None to leave the card out."""

    template: str
    load: Callable[[Actor], Mapping[str, Any] | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant `hrms check` proves; `run()` returns one sentence per violation, naming ids only."""

    name: str
    run: Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Papers:
    """What the register of decisions lends to domains below it, whose changes rest on decisions too.

    `fields` is a mixin of form fields, `template` the part that shows them; `read(actor, data, scope_ids)` returns the
    decision's id, or None for old data without a paper; `cite(actor, decision_id, scope_ids)` checks that the actor
    may use a decision, opens it to those it is now about and returns its reference; `describe(ids)` gives
    `{id: {"reference", "signed_on", "url"}}` of those the reader may see.
    """

    fields: type[Any]
    template: str
    read: Callable[[Actor, Mapping[str, Any], Sequence[int]], int | None]
    cite: Callable[[Actor, int, Sequence[int]], str]
    describe: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of official paper whose template an administrator may replace.

    `name` is marked words; `sample()` returns made-up papers to try a template on, never a real person's. `layout` is
    the program's own Typst template of a kind that no office paper's template can set.
    """

    name: str
    sample: Callable[[], Sequence[Printable]]
    layout: bytes | None = None


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A person as a list of a lower domain names them: `place` is where they work, in words."""

    person_id: int
    name: str
    staff_code: str | None
    place: str


@dataclass(frozen=True, slots=True)
class PeopleFinder:
    """How a domain that knows no people lets its readers pick some; always under the transaction's own scope.

    `source` is the endpoint a search box asks, `page` that of a record (`person_id`); `by_ids` keeps the order given;
    `by_codes` answers by the staff code as typed; `find` gives `(value, words)` for words typed without script.
    """

    source: str
    page: str
    by_ids: Callable[[Sequence[int]], Sequence[PersonChoice]]
    by_codes: Callable[[Sequence[str]], Mapping[str, PersonChoice]]
    find: Callable[[Actor, str], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class DueSource:
    """Where lines of the calendar come from: their kinds, and `lines(person_ids, today, until)`.

    It returns what falls due up to `until` and what is overdue, for some people or for all (None), in a fixed number
    of statements; the caller has opened the scope.
    """

    kinds: Sequence[DueKind]
    lines: Callable[[Collection[int] | None, date, date], Sequence[DueOf]]


menu: list[MenuItem] = []
tabs: list[Tab] = []
record_frames: list[RecordFrame] = []
"""The record's head card and tabs, for tabs of domains below the one that has the record."""
cards: list[Card] = []
checks: list[Check] = []
sentences: dict[str, Callable[[Mapping[str, Any]], str]] = {}
"""Audit action → function that turns the event's row into one sentence in the reader's language."""
citations: dict[str, Callable[[int], Sequence[Mapping[str, Any]]]] = {}
"""Domain → function that lists, for a decision id, the facts that cite it, under the reader's own scope: each with
`who` (a name), `url` (or None), `what` (the fact in words) and `when` (ready words)."""


tree_changed: list[Callable[[Sequence[int]], None]] = []
"""Called with the ids of agencies whose path changed, in the same transaction: who belongs where is derived from it."""
agency_closed: list[Callable[[Actor, int, date, int | None, int | None], None]] = []
"""Called when an agency is closed, in the same transaction: the actor, its id, the first day on which it is no more,
the id of the agency that took over, the id of the decision. May raise `Refused`."""
agency_reopened: list[Callable[[Actor, int, date, int | None], None]] = []
"""Called when a closed agency stands again, in the same transaction: the actor, its id, the day, the decision's id."""
daily: list[Callable[[], None]] = []
"""Called once a day after midnight in Việt Nam, at start-up, before a day's first request; each opens its own unit."""

people_changed: list[Callable[[Collection[int]], None]] = []
"""Called with the ids of people whose record changed, in the same transaction, after `people_current`."""
part_locks: list[Callable[[int, str, Any], Problem | None]] = []
"""Asked before a row of a table of a record is changed or removed by hand (person's id, table, the row): why not."""
working_days_changed: list[Callable[[], None]] = []
"""Called when the table of holidays changed, in the same transaction."""
setting_changed: list[Callable[[str], None]] = []
"""Called with the name of a setting of the province that changed, in the same transaction."""
law_changed: list[Callable[[], None]] = []
"""Called when a text of the law was applied or taken back, in the same transaction, after the figures changed."""
due_sources: list[DueSource] = []
"""Where the lines of the calendar come from."""

file_columns: list[InstrumentedAttribute[Any]] = []
"""Columns with the hash of a kept file, each a foreign key to `stored_files`: a file that none of them names goes."""

loaders: list[Callable[[], int]] = []
"""Called when the catalogues are loaded, to fill a domain's own tables of the law; each returns the rows it saw."""


people_finder: list[PeopleFinder] = []
"""How to pick people, when there are any."""
papers: list[Papers] = []
"""The register of decisions, when there is one."""
delegable: dict[str, str] = {}
"""What a head may let a delegate do besides signing decisions: code, as `Grant.actions` has it → marked words."""
paper_kinds: dict[str, PaperKind] = {}
"""Key of a kind of official paper, as given to `hrms.core.documents.render_pdf` → its name and sample."""
guarded_fields: dict[str, Permission] = {}
"""Field in an event's before and after → the permission without which its value is not shown. The key is the field's
name, `<entity>.<name>`, or `<entity>.*` for every field of such a record."""
field_labels: dict[str, str] = {}
"""Field in an event's before and after → its marked words; `<fact>.<field>` where the event is about a dated fact."""
field_values: dict[str, Callable[[Any], str]] = {}
"""Field → function that words its value: codes as names, amounts with their unit."""
entity_links: dict[str, Callable[[int], str | None]] = {}
"""Kind of record → function from its id to its page's address."""
entity_labels: dict[str, str] = {}
"""Kind of record → its marked words."""
entity_names: dict[str, Callable[[Collection[int]], Mapping[int, str]]] = {}
"""Kind of record → function from ids to the names of those the reader may see, in one statement."""


def clear() -> None:
    """Forget all registrations; `create_app()` starts from here so that two applications in a process agree."""
    for registry in (
        menu,
        tabs,
        record_frames,
        cards,
        checks,
        tree_changed,
        agency_closed,
        agency_reopened,
        daily,
        file_columns,
        loaders,
        people_changed,
        part_locks,
        working_days_changed,
        setting_changed,
        law_changed,
        due_sources,
    ):
        registry.clear()
    papers.clear()
    people_finder.clear()
    delegable.clear()
    paper_kinds.clear()
    for names in (guarded_fields, field_labels, field_values, entity_links, entity_labels, entity_names):
        names.clear()
    sentences.clear()
    citations.clear()
