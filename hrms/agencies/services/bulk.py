"""Many agencies at once, for imports and the made-up province: set-based, one audit event each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import text

from hrms.agencies import queries, rules
from hrms.agencies.services.tree import keys_of, lock_tree, refresh_tree
from hrms.audit import services as audit
from hrms.core import dated, hooks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.text import nfc


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency to open. `key` names it among others; `parent` is another's key, an id, or None at the top."""

    key: str
    name: str
    kind: str
    parent: str | int | None
    valid_from: date
    code: str | None = None
    short_name: str | None = None
    sector: str | None = None
    ward_code: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    order_no: int = 500


_ADD = text("""
WITH given AS (
  SELECT nextval(pg_get_serial_sequence('agencies', 'id')) AS id, n.*
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n(
    key text, name text, kind text, parent text, parent_id bigint, valid_from date, code text, short_name text,
    sector text, ward_code text, address text, phone text, email text, website text, order_no integer,
    sort_key text, search_key text)
), added AS (
  INSERT INTO agencies (id, parent_id, path, scope_ids, depth, code, name, short_name, kind, sector, ward_code,
    address, phone, email, website, opened_on, order_no, sort_key, search_key, changed_at)
  SELECT g.id, coalesce(g.parent_id, p.id), '', '{}', 0, g.code, g.name, g.short_name, g.kind, g.sector, g.ward_code,
    g.address, g.phone, g.email, g.website, g.valid_from, g.order_no, g.sort_key, g.search_key, clock_timestamp()
  FROM given g LEFT JOIN given p ON p.key = g.parent
)
INSERT INTO agency_facts (agency_id, name, kind, parent_id, valid_from, recorded_at, decision_id, basis, recorded_by,
  batch_id)
SELECT g.id, g.name, g.kind, coalesce(g.parent_id, p.id), g.valid_from, :moment, :decision, :basis, :account, :batch
FROM given g LEFT JOIN given p ON p.key = g.parent
RETURNING agency_id
""")


def create_many(
    actor: Actor, agencies: Sequence[NewAgency], *, decision_id: int | None = None, batch_id: int | None = None
) -> dict[str, int]:
    """Open many agencies in one go; returns their ids by key.

    The actor needs the right over the whole tree (`Permission.AGENCIES_MANAGE` at the root). Raises `Forbidden`, and
    `Refused` with everything that is wrong, nothing being written. A parent must come with the others or exist.
    """
    actor.require(Permission.AGENCIES_MANAGE, at=_reach(agencies))
    if not agencies:
        return {}
    lock_tree()
    kinds = {a.key: a.kind for a in agencies}
    known = {
        found.id: found
        for found in (queries.find_agency(a.parent) for a in agencies if isinstance(a.parent, int))
        if found is not None
    }
    problems: list[Problem] = []
    rows = []
    for given in agencies:
        name, code = nfc(given.name), rules.normal_code(given.code)
        above = known.get(given.parent) if isinstance(given.parent, int) else None
        parent_kind = above.kind if above else kinds.get(given.parent) if isinstance(given.parent, str) else None
        problems += [
            *rules.check_name(name), *rules.check_kind(given.kind), *rules.check_code(code),
            *rules.check_sector(given.sector), *rules.check_day("valid_from", given.valid_from),
            *rules.check_placement(given.kind, parent_kind, above.name if above else str(given.parent or "")),
        ]  # fmt: skip
        sort_key, search_key = keys_of(name, code, given.short_name, [])
        rows.append(
            asdict(given)
            | {
                "name": name, "code": code, "sort_key": sort_key, "search_key": search_key,
                "parent": given.parent if isinstance(given.parent, str) else None,
                "parent_id": given.parent if isinstance(given.parent, int) else None,
            }
        )  # fmt: skip
    if problems:
        raise Refused(*problems)
    ids = list(
        db.session.scalars(
            _ADD,
            {
                "rows": json.dumps(rows, default=str, ensure_ascii=False), "moment": dated.recording_moment(),
                "decision": decision_id, "account": actor.account_id, "batch": batch_id,
                "basis": dated.BASIS_DECISION if decision_id else dated.BASIS_OLD_DATA,
            },
        )
    )  # fmt: skip
    refresh_tree(ids=ids)
    if decision_id is not None:
        for register in hooks.papers:
            register.cite(actor, decision_id, queries.scope_ids_of(ids))
    return _told(actor, agencies, ids)


def _reach(agencies: Sequence[NewAgency]) -> Sequence[int]:
    """Return what all existing parents have in common: the right must reach every one of them."""
    closures = [
        set(found.scope_ids) if (found := queries.find_agency(a.parent)) else {0}
        for a in agencies
        if not isinstance(a.parent, str)
    ]
    return sorted(set.intersection(*closures)) if closures else [0]


def _told(actor: Actor, agencies: Sequence[NewAgency], ids: Sequence[int]) -> dict[str, int]:
    """Audit each, and find out which id each key received."""
    found = db.session.execute(
        text("SELECT id, name, parent_id, code, scope_ids FROM agencies WHERE id = ANY (:ids) ORDER BY id"),
        {"ids": list(ids)},
    ).all()
    # nextval() is drawn in the order of the rows given, so ids ascend as the keys came.
    by_key = dict(zip((a.key for a in agencies), (row.id for row in found), strict=True))
    audit.record_many(
        actor,
        "agency.created",
        "agency",
        [
            {
                "entity_id": row.id, "scope_ids": row.scope_ids, "agency_id": row.id,
                "after": audit.plain(
                    {name: getattr(a, name) for name in ("name", "kind", "valid_from", "code") if getattr(a, name)}
                ),
            }
            for a, row in zip(agencies, found, strict=True)
        ],
    )  # fmt: skip
    return by_key
