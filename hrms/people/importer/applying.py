"""Staged rows made real, set-based, in the caller's one transaction: people, their facts, the trail, what to undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from hrms.core import dated
from hrms.core.db import db
from hrms.core.errors import Stale
from hrms.people.importer.background import Statement
from hrms.people.importer.layout import PERSON_TYPES
from hrms.people.importer.staging import ALLOWANCES, PEOPLE
from hrms.people.importer.terms import Terms
from hrms.people.models import PersonAgency, PersonAllowance, PersonPost, PersonRank, PersonStatus
from hrms.people.services import current, following

_PERSON = ", ".join(PERSON_TYPES)
_STAGED = ", ".join(f"s.{name}" for name in PERSON_TYPES)


@dataclass(frozen=True, slots=True)
class FactSource:
    """How a dated table is filled from the staged people: its values, and the columns that say from when to when."""

    model: type[Any]
    values: str
    """`expression AS column` for key (without the person) and fact columns, over the staged row `s`."""
    prefix: str


SOURCES = (
    FactSource(PersonStatus, "s.st_status AS status, s.st_kind AS kind, NULL::text AS reason", "st"),
    FactSource(PersonAgency, "'using'::text AS membership, 0::bigint AS slot, s.us_id AS agency_id", "us"),
    FactSource(PersonAgency, "'managing'::text AS membership, 0::bigint AS slot, s.man_id AS agency_id", "man"),
    FactSource(
        PersonPost,
        "0::bigint AS slot, s.post_code AS post_code, s.post_name AS post_name, NULL::bigint AS agency_id,"
        " s.post_appointed AS appointed_on, s.post_reappointed AS reappointed_on, NULL::date AS term_until,"
        " s.post_term AS term_note, s.post_coefficient AS coefficient",
        "post",
    ),
    FactSource(
        PersonRank,
        "s.rank_code AS rank_code, s.rank_since AS rank_since, s.rank_table AS pay_table, s.rank_group AS pay_group,"
        " s.rank_step AS step, s.rank_coefficient AS coefficient, s.rank_step_since AS step_since,"
        " s.rank_percent AS pay_percent, s.rank_beyond AS beyond_scale_percent,"
        " s.rank_beyond_since AS beyond_scale_since",
        "rank",
    ),
)


_PAPER = (
    "CAST(NULL AS bigint) AS decision_id, 'old_data'::text AS basis, CAST({account} AS bigint) AS recorded_by,"
    " CAST({batch} AS bigint) AS batch_id"
)
_ALLOWANCES = FactSource(
    PersonAllowance,
    "a.kind AS allowance_kind, a.coefficient AS coefficient, NULL::numeric AS percent, NULL::numeric AS amount,"
    " 'coefficient'::text AS form, a.valid_from AS valid_from, a.valid_to AS valid_to",
    "",
)
_WITH_ALLOWANCES = f"{PEOPLE} s JOIN {ALLOWANCES} a ON a.row_no = s.row_no"


def _columns(values: str) -> str:
    names = [part.rpartition(" AS ")[2] for part in values.split(", ") if " AS " in part]
    return ", ".join(["person_id", *names, "decision_id", "basis", "recorded_by", "batch_id"])


def _parts() -> list[tuple[type[Any], str, str, str]]:
    """Return for each dated table (model, values, source, condition)."""
    found = [
        (source.model, f"{source.values}, s.{source.prefix}_from AS valid_from, s.{source.prefix}_to AS valid_to",
         f"{PEOPLE} s", f"s.{source.prefix}_from IS NOT NULL")
        for source in SOURCES
    ]  # fmt: skip
    return [*found, (_ALLOWANCES.model, _ALLOWANCES.values, _WITH_ALLOWANCES, "true")]


def new_people(terms: Terms, rows: tuple[int, int], moment: datetime, *, look: bool = False) -> list[Statement]:
    """Return the statements that insert the new people staged from rows `rows` (first and last), facts and all.

    They are of this transaction only until it ends, so they need no lock; current rows are made from them at once.
    With `look` the planner is shown how the tables have grown, before it plans for those to come.
    """
    ours = "s.is_new AND s.row_no BETWEEN %(first)s AND %(last)s"
    given = {
        "first": rows[0], "last": rows[1], "batch": terms.batch_id, "account": terms.actor.account_id,
        "moment": moment, "today": terms.today,
    }  # fmt: skip
    paper = _PAPER.format(account="%(account)s", batch="%(batch)s")
    statements = [
        (
            f"INSERT INTO people (id, scope_ids, {_PERSON}, id_override_reason, sort_key, search_text,"  # noqa: S608 - own names
            " created_batch_id)"
            " SELECT s.person_id,"
            " ARRAY(SELECT DISTINCT unnest(u.scope_ids || coalesce(m.scope_ids, '{}')) ORDER BY 1),"
            f" {_STAGED}, s.override_reason, s.new_sort_key, s.new_search_text, %(batch)s"
            f" FROM {PEOPLE} s JOIN agencies u ON u.id = s.us_id LEFT JOIN agencies m ON m.id = s.man_id WHERE {ours}"
        )
    ]
    statements += [
        f"INSERT INTO {model.__tablename__} ({_columns(values)}, recorded_at) SELECT s.person_id AS person_id,"  # noqa: S608 - own names
        f" {values}, {paper}, CAST(%(moment)s AS timestamptz) FROM {source} WHERE {ours} AND {condition}"
        for model, values, source, condition in _parts()
    ]
    statements.append(
        f"SELECT refresh_people(ARRAY(SELECT s.person_id FROM {PEOPLE} s WHERE {ours}), %(today)s)"  # noqa: S608 - own names
    )
    if look:
        statements.append("SELECT analyze_people()")
    return [(statement, given) for statement in statements]


class Applier:
    """Writes what an import staged beside the new people. `moment` is the recording instant of its facts."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.paper = {"batch": terms.batch_id, "account": terms.actor.account_id}
        self.moment: datetime | None = None

    def run(self, sql: str, **parameters: Any) -> Any:
        """Execute one statement with the paper of the batch at hand."""
        return db.session.execute(text(sql), {**self.paper, **parameters})

    def lock(self) -> None:
        """Lock the people to be changed in the order of their ids; raise `Stale` when one was edited meanwhile."""
        staged = self.run(f"SELECT person_id, version FROM {PEOPLE} WHERE NOT is_new")  # noqa: S608 - own names
        compared = {row.person_id: row.version for row in staged}
        held = self.run(
            "SELECT id, version FROM people WHERE id = ANY (:ids) ORDER BY id FOR UPDATE", ids=sorted(compared)
        )
        if {row.id: row.version for row in held} != compared:
            raise Stale
        self.moment = dated.recording_moment()

    def change_people(self) -> None:
        """Bring the people on file to the new values, and lay their new facts over what there was."""
        kept = ", ".join(f"{name} = coalesce(s.{name}, p.{name})" for name in PERSON_TYPES)
        self.run(
            f"UPDATE people p SET {kept}, sort_key = coalesce(s.new_sort_key, p.sort_key),"  # noqa: S608 - own names
            " search_text = coalesce(s.new_search_text, p.search_text),"
            " id_override_reason = coalesce(s.override_reason, p.id_override_reason),"
            " version = p.version + 1, changed_at = clock_timestamp()"
            f" FROM {PEOPLE} s WHERE p.id = s.person_id AND NOT s.is_new"
        )
        paper = _PAPER.format(account=":account", batch=":batch")
        for model, values, source, condition in _parts():
            self.run(
                "CREATE TEMPORARY TABLE import_facts ON COMMIT DROP AS SELECT s.person_id AS "  # noqa: S608 - own names
                f"person_id, {values}, {paper},"
                f" 1 AS round FROM {source} WHERE NOT s.is_new AND {condition}"
            )
            dated.replace_many(model, "import_facts", moment=self.moment)
            self.run("DROP TABLE import_facts")

    def refresh(self, others: list[int]) -> None:
        """Make the current rows of the people changed again; `others` are people touched by further sheets only."""
        changed = self.run(f"SELECT person_id FROM {PEOPLE} WHERE NOT is_new")  # noqa: S608 - own names
        touched = [*(row[0] for row in changed), *others]
        following.follow(touched)
        current.refresh(touched, self.terms.actor)
        # The rows of those who are new were made with them.
        made = self.run(f"SELECT person_id FROM {PEOPLE} WHERE is_new")  # noqa: S608 - own names
        current.tell_changed([row[0] for row in made])

    def write_effects(self) -> None:
        """Keep what each person was like, for the undoing, and what the row said, to know it again."""
        self.run(
            "INSERT INTO import_effects (batch_id, person_id, created, version_after, before, row_digest, good_until)"  # noqa: S608 - own names
            " SELECT :batch, s.person_id, s.is_new, coalesce(s.version + 1, 1),"
            " s.before_values::jsonb || jsonb_build_object('_version', s.version), "
            "decode(s.row_digest, 'hex'), c.next_change_on"
            f" FROM {PEOPLE} s LEFT JOIN people_current c ON c.person_id = s.person_id"
        )

    def write_trail(self) -> None:
        """Append one event a person, in one statement; the batch has one of its own."""
        actor = self.terms.actor
        self.run(
            "INSERT INTO audit_events (account_id, actor_name, via, request_id, action, entity, entity_id, person_id,"  # noqa: S608 - own names
            " scope_ids, agency_name, before, after)"
            " SELECT CAST(:account AS bigint), :actor, :via, :request,"
            " CASE WHEN s.is_new THEN 'person.import_created' ELSE 'person.import_changed' END, 'person', s.person_id,"
            " s.person_id, p.scope_ids, coalesce(a.name, ''), s.before_values::jsonb,"
            " coalesce(s.after_values::jsonb, '{}'::jsonb)"
            " || jsonb_build_object('batch', CAST(:batch AS bigint), 'row', s.row_no)"
            f" FROM {PEOPLE} s JOIN people p ON p.id = s.person_id"
            " LEFT JOIN people_current c ON c.person_id = s.person_id LEFT JOIN agencies a ON a.id = c.agency_id",
            actor=actor.name, via=actor.via, request=actor.request_id,
        )  # fmt: skip
