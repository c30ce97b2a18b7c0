"""Create, rename, move, close, reopen: each from a day on, each resting on a decision or marked as old data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from hrms.agencies import queries, rules
from hrms.agencies.models import Agency, AgencyFact
from hrms.agencies.services.tree import keys_of, lock_subtrees, lock_tree, refresh_tree
from hrms.audit import services as audit
from hrms.core import clock, dated, hooks, scope
from hrms.core.actor import Actor, missing
from hrms.core.dated import at
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint

P = Permission.AGENCIES_MANAGE
CONTACTS = ("code", "short_name", "sector", "ward_code", "address", "phone", "email", "website", "order_no")
_CODE_TAKEN = N_("Mã định danh “%(code)s” đã thuộc cơ quan khác. Hãy kiểm tra lại mã.")
explain_constraint(
    "uq_agencies_code",
    Problem("code", "code_taken", N_("Mã định danh này vừa được ghi cho cơ quan khác. Hãy kiểm tra lại mã.")),
)

_DESCENDANTS = text("""
WITH RECURSIVE down(id, during) AS (
  SELECT CAST(:id AS bigint), daterange(CAST(:day AS date), NULL)
  UNION
  SELECT f.agency_id, d.during * daterange(f.valid_from, f.valid_to)
  FROM down d JOIN agency_facts f ON f.parent_id = d.id AND f.superseded_at IS NULL AND NOT f.closed
   AND daterange(f.valid_from, f.valid_to) && d.during
)
SELECT DISTINCT id FROM down WHERE id <> :id
""")
"""Who is under an agency at any time from a day on: each step narrows the time in which the chain holds."""

_PEOPLE_THERE = text("""
SELECT count(DISTINCT f.person_id)
FROM person_agency f CROSS JOIN LATERAL (SELECT greatest(f.valid_from, CAST(:day AS date)) AS then) d
WHERE f.agency_id = :id AND f.superseded_at IS NULL AND (f.valid_to IS NULL OR f.valid_to > :day)
  AND NOT EXISTS (
    SELECT 1 FROM person_status s WHERE s.person_id = f.person_id AND s.superseded_at IS NULL
      AND s.valid_from <= d.then AND (s.valid_to IS NULL OR s.valid_to > d.then)
      AND s.status IN ('left', 'retired', 'deceased'))
""")


def create_agency(
    actor: Actor,
    *,
    name: str,
    kind: str,
    parent_id: int | None,
    valid_from: date,
    decision_id: int | None = None,
    code: str | None = None,
    short_name: str | None = None,
    sector: str | None = None,
    ward_code: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    website: str | None = None,
    order_no: int = 500,
    batch_id: int | None = None,
) -> Agency:
    """Open an agency under `parent_id` (None: the top of the tree) from `valid_from` on; returns it.

    Raises `Forbidden` without the right over the parent, `Refused` with everything that is wrong.
    """
    parent = queries.find_agency(parent_id)
    actor.require(P, at=parent.scope_ids if parent else (0,))
    if parent_id is not None and parent is None:
        raise missing("parent")
    lock_tree()
    name, code = nfc(name), rules.normal_code(code)
    contacts: dict[str, Any] = {
        "code": code, "short_name": _text(short_name), "sector": sector or None, "ward_code": ward_code or None,
        "address": _text(address), "phone": _text(phone), "email": _text(email), "website": _text(website),
        "order_no": order_no,
    }  # fmt: skip
    problems = [
        *rules.check_name(name),
        *rules.check_kind(kind),
        *rules.check_placement(kind, parent.kind if parent else None, parent.name if parent else ""),
        *rules.check_day("valid_from", valid_from),
        *_contact_problems(contacts, None),
    ]
    if parent:
        problems += rules.check_parent_open(parent.name, parent.opened_on, parent.closed_on, valid_from)
        problems += _twin_problems(name, parent.id, valid_from)
    refuse_if(problems)
    sort_key, search_key = keys_of(name, code, contacts["short_name"], [])
    agency = Agency(
        **contacts, name=name, kind=kind, parent_id=parent_id, path="", scope_ids=[], depth=0, opened_on=valid_from,
        sort_key=sort_key, search_key=search_key, changed_at=clock.now(),
    )  # fmt: skip
    db.session.add(agency)
    db.session.flush()
    _lay(agency, {"name": name, "kind": kind, "parent_id": parent_id}, valid_from, None, decision_id, actor, batch_id)
    refresh_tree(ids=[agency.id])
    db.session.refresh(agency)
    paper = _cite(actor, decision_id, agency)
    after = {
        "name": name,
        "kind": kind,
        "parent": parent.name if parent else None,
        "valid_from": valid_from,
        **contacts,
    }
    _tell(actor, "agency.created", agency, {}, {k: v for k, v in after.items() if v is not None}, paper)
    return agency


def rename_agency(
    actor: Actor,
    agency: Agency,
    *,
    name: str,
    valid_from: date,
    kind: str | None = None,
    decision_id: int | None = None,
    version: int | None = None,
) -> Agency:
    """Give the agency another name (and kind) from a day on, until the next change of name already recorded.

    Raises `Forbidden`, `Stale` for another `version`, `Refused`.
    """
    actor.require(P, at=agency.scope_ids)
    agency = _take(agency, version)
    name = nfc(name)
    kind = kind or agency.kind
    parent = queries.find_agency(agency.parent_id)
    problems = [
        *rules.check_name(name),
        *rules.check_kind(kind),
        *rules.check_placement(kind, parent.kind if parent else None, parent.name if parent else ""),
        *rules.check_day("valid_from", valid_from, opened_on=agency.opened_on),
    ]
    standing = _standing(agency, valid_from)
    problems += _must_stand(agency, standing, valid_from)
    if standing and standing.name == name and standing.kind == kind:
        sentence = N_("Tên và loại nhập vào giống hệt tên, loại đang có ngày %(day)s. Không có gì để ghi.")
        problems.append(Problem("name", "nothing_changes", sentence, {"day": f"{valid_from:%d/%m/%Y}"}))
    if parent and standing and standing.name != name:
        problems += _twin_problems(name, parent.id, valid_from, but=agency.id)
    refuse_if(problems)
    before = {"name": standing.name, "kind": standing.kind} if standing else {}
    _change(actor, agency, {"name": name, "kind": kind}, valid_from, decision_id)
    return _done(
        actor, "agency.renamed", agency, before, {"name": name, "kind": kind, "valid_from": valid_from}, decision_id
    )


def move_agency(
    actor: Actor,
    agency: Agency,
    *,
    parent_id: int | None,
    valid_from: date,
    decision_id: int | None = None,
    version: int | None = None,
) -> Agency:
    """Put the agency, with all below it, under another from a day on; never under itself or its own child, at any time.

    The actor needs the right at the old and the new place. Raises `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P, at=agency.scope_ids)
    parent = queries.find_agency(parent_id)
    actor.require(P, at=parent.scope_ids if parent else (0,))
    agency = _take(agency, version)
    if parent:
        db.session.refresh(parent)
    standing = _standing(agency, valid_from)
    below = set(db.session.scalars(_DESCENDANTS, {"id": agency.id, "day": valid_from}))
    problems = [
        *rules.check_day("valid_from", valid_from, opened_on=agency.opened_on),
        *_must_stand(agency, standing, valid_from),
        *rules.check_placement(agency.kind, parent.kind if parent else None, parent.name if parent else ""),
        *rules.check_move(agency.id, parent_id, agency.name, parent.name if parent else "", below),
    ]
    if parent and not any(p.code in {"own_parent", "own_child"} for p in problems):
        problems += rules.check_parent_open(parent.name, parent.opened_on, parent.closed_on, valid_from)
        problems += _twin_problems(agency.name, parent.id, valid_from, but=agency.id)
    if standing and standing.parent_id == parent_id:
        sentence = N_("Cơ quan đã trực thuộc nơi này vào ngày %(day)s. Không có gì để ghi.")
        problems.append(Problem("parent", "nothing_changes", sentence, {"day": f"{valid_from:%d/%m/%Y}"}))
    refuse_if(problems)
    reach = sorted({*agency.scope_ids, *(parent.scope_ids if parent else [])})
    old = queries.names([standing.parent_id or 0]).get(standing.parent_id or 0) if standing else None
    _change(actor, agency, {"parent_id": parent_id}, valid_from, decision_id)
    after = {"parent": parent.name if parent else None, "valid_from": valid_from}
    return _done(actor, "agency.moved", agency, {"parent": old}, after, decision_id, reach)


def close_agency(
    actor: Actor,
    agency: Agency,
    *,
    closed_on: date,
    merged_into_id: int | None = None,
    decision_id: int | None = None,
    version: int | None = None,
) -> Agency:
    """End the agency: `closed_on` is the first day on which it no longer exists; `merged_into_id` took over.

    Refused while agencies stand under it or people are in it that day or later. Raises `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P, at=agency.scope_ids)
    agency = _take(agency, version)
    heir = queries.find_agency(merged_into_id)
    if merged_into_id is not None and heir is None:
        raise missing("merged_into")
    children = (
        select(func.count(AgencyFact.agency_id.distinct()))
        .where(AgencyFact.parent_id == agency.id, at(AgencyFact), ~AgencyFact.closed)
        .where((AgencyFact.valid_to.is_(None)) | (AgencyFact.valid_to > closed_on))
    )
    with scope.everything():
        # Somebody who will belong here only later may lie outside the actor's scope today; only the number is told.
        people = int(db.session.scalar(_PEOPLE_THERE, {"id": agency.id, "day": closed_on}) or 0)
    gone = heir is not None and (heir.id == agency.id or (heir.closed_on is not None and heir.closed_on <= closed_on))
    standing = _standing(agency, closed_on)
    problems = [
        *rules.check_day("closed_on", closed_on, opened_on=agency.opened_on),
        *_must_stand(agency, standing, closed_on, "closed_on"),
        *rules.check_close(agency.name, int(db.session.scalar(children) or 0), people, merged_into_closed=gone),
    ]
    refuse_if(problems)
    values = _values(standing) | {"closed": True, "merged_into_id": merged_into_id}
    _lay(agency, values, closed_on, None, decision_id, actor, None)
    for follow in hooks.agency_closed:
        follow(actor, agency.id, closed_on, merged_into_id, decision_id)
    after = {"closed_on": closed_on, "merged_into": heir.name if heir else None}
    return _done(actor, "agency.closed", agency, {}, after, decision_id)


def reopen_agency(
    actor: Actor,
    agency: Agency,
    *,
    valid_from: date,
    decision_id: int | None = None,
    version: int | None = None,
) -> Agency:
    """Correct or undo a closing by a later decision: the agency stands again from `valid_from` on, as it stood before.

    Raises `Forbidden`, `Stale`, `Refused` when it is not closed that day or its parent is.
    """
    actor.require(P, at=agency.scope_ids)
    agency = _take(agency, version)
    closed = db.session.scalar(
        select(AgencyFact).where(AgencyFact.agency_id == agency.id, at(AgencyFact, valid_from), AgencyFact.closed)
    )
    if closed is None:
        sentence = N_("“%(name)s” không ở tình trạng chấm dứt hoạt động vào ngày %(day)s.")
        params = {"name": agency.name, "day": f"{valid_from:%d/%m/%Y}"}
        raise Refused(Problem("valid_from", "not_closed", sentence, params))
    parent = queries.find_agency(closed.parent_id)
    problems = rules.check_day("valid_from", valid_from, opened_on=agency.opened_on)
    if parent:
        problems += rules.check_parent_open(parent.name, parent.opened_on, parent.closed_on, valid_from)
    refuse_if(problems)
    _lay(agency, _values(closed), valid_from, None, decision_id, actor, None)
    for follow in hooks.agency_reopened:
        follow(actor, agency.id, valid_from, decision_id)
    before = {"closed_on": closed.valid_from}
    return _done(actor, "agency.reopened", agency, before, {"valid_from": valid_from}, decision_id)


def edit_contacts(actor: Actor, agency: Agency, values: Mapping[str, Any], *, version: int | None = None) -> Agency:
    """Change what is not dated: code, short name, sector, commune, address, telephone, mail, site, order.

    `values` may hold any of `CONTACTS`. Raises `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P, at=agency.scope_ids)
    agency = _take(agency, version)
    given = {
        name: rules.normal_code(value) if name == "code" else value if name == "order_no" else _text(value)
        for name, value in values.items()
        if name in CONTACTS
    }
    refuse_if(_contact_problems(given, agency.id))
    before, after = audit.changed({name: getattr(agency, name) for name in given}, given)
    if not after:
        return agency
    for name, value in given.items():
        setattr(agency, name, value)
    agency.version += 1
    agency.changed_at = clock.now()
    db.session.flush()
    refresh_tree(ids=[agency.id])
    db.session.refresh(agency)
    audit.record(
        actor,
        "agency.edited",
        "agency",
        agency.id,
        scope_ids=agency.scope_ids,
        agency_id=agency.id,
        before=before,
        after=after,
    )
    return agency


def _text(value: Any) -> str | None:
    return nfc(str(value)) or None if value is not None else None


def _take(agency: Agency, version: int | None) -> Agency:
    """Lock the tree, the agency and all below it, and read it again; raise `Stale` for another version."""
    lock_tree()
    lock_subtrees([agency.id])
    db.session.refresh(agency)
    if version is not None and agency.version != version:
        raise Stale
    return agency


def _standing(agency: Agency, day: date) -> AgencyFact | None:
    return db.session.scalar(select(AgencyFact).where(AgencyFact.agency_id == agency.id, at(AgencyFact, day)))


def _must_stand(agency: Agency, standing: AgencyFact | None, day: date, field: str = "valid_from") -> list[Problem]:
    if standing is not None and not standing.closed:
        return []
    if standing is None and agency.opened_on is not None and day < agency.opened_on:
        return []  # the day itself is refused already
    sentence = N_("“%(name)s” không hoạt động vào ngày %(day)s. Hãy chọn ngày khác.")
    return [Problem(field, "not_open", sentence, {"name": agency.name, "day": f"{day:%d/%m/%Y}"})]


def _values(fact: AgencyFact | None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": "", "kind": "", "parent_id": None}
    if fact is not None:
        found = {"name": fact.name, "kind": fact.kind, "parent_id": fact.parent_id}
    return found | {"closed": False, "merged_into_id": None}


def _lay(
    agency: Agency,
    values: Mapping[str, Any],
    valid_from: date,
    valid_to: date | None,
    decision_id: int | None,
    actor: Actor,
    batch_id: int | None,
) -> None:
    dated.replace(
        AgencyFact,
        {"agency_id": agency.id},
        {"closed": False, "merged_into_id": None, **values},
        valid_from=valid_from,
        valid_to=valid_to,
        decision_id=decision_id,
        recorded_by=actor.account_id,
        batch_id=batch_id,
    )


def _change(actor: Actor, agency: Agency, values: Mapping[str, Any], valid_from: date, decision_id: int | None) -> None:
    """Lay `values` over what stands from a day on, leaving the rest of each stretch as it is.

    It ends where a later record changes the same thing, or at the closing: a rename must not undo a move to come.
    """
    facts = db.session.scalars(
        select(AgencyFact)
        .where(AgencyFact.agency_id == agency.id, at(AgencyFact))
        .where((AgencyFact.valid_to.is_(None)) | (AgencyFact.valid_to > valid_from))
        .order_by(AgencyFact.valid_from)
    ).all()
    held = {name: getattr(facts[0], name) for name in values}
    for fact in facts:
        if fact.closed or {name: getattr(fact, name) for name in values} != held:
            break
        _lay(
            agency,
            {**_values(fact), **values},
            max(fact.valid_from, valid_from),
            fact.valid_to,
            decision_id,
            actor,
            None,
        )


def _done(
    actor: Actor,
    action: str,
    agency: Agency,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    decision_id: int | None,
    reach: list[int] | None = None,
) -> Agency:
    agency.version += 1
    agency.changed_at = clock.now()
    db.session.flush()
    refresh_tree(ids=[agency.id])
    db.session.refresh(agency)
    paper = _cite(actor, decision_id, agency, reach)
    _tell(actor, action, agency, before, after, paper, reach)
    return agency


def _cite(actor: Actor, decision_id: int | None, agency: Agency, reach: list[int] | None = None) -> str:
    """Let the register check and open the decision to the agency; returns its reference, or that it is old data."""
    if decision_id is None:
        return dated.OLD_DATA_LABEL
    return " ".join(register.cite(actor, decision_id, reach or agency.scope_ids) for register in hooks.papers)


def _tell(
    actor: Actor,
    action: str,
    agency: Agency,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    paper: str,
    reach: list[int] | None = None,
) -> None:
    audit.record(
        actor,
        action,
        "agency",
        agency.id,
        scope_ids=reach or agency.scope_ids,
        agency_id=agency.id,
        before=before or None,
        after={**after, "decision": paper},
    )


def _contact_problems(values: Mapping[str, Any], agency_id: int | None) -> list[Problem]:
    code = values.get("code")
    problems = [
        *rules.check_code(code), *rules.check_email(values.get("email")), *rules.check_sector(values.get("sector")),
    ]  # fmt: skip
    ward = values.get("ward_code")
    if ward and queries.find_ward(ward) is None:
        sentence = N_("Mã xã, phường “%(code)s” không có trong danh mục của QĐ 19/2025/QĐ-TTg.")
        problems.append(Problem("ward_code", "unknown_ward", sentence, {"code": str(ward)[:20]}))
    for name in CONTACTS:
        value = values.get(name)
        if isinstance(value, str) and len(value) > 500:
            sentence = N_("Nội dung dài %(length)s ký tự, quá 500 ký tự. Hãy rút gọn.")
            problems.append(Problem(name, "too_long", sentence, {"length": str(len(value))}))
    if code and not problems:
        taken = queries.find_by_code(code)
        if taken is not None and taken.id != agency_id:
            problems.append(Problem("code", "code_taken", _CODE_TAKEN, {"code": code}))
    return problems


def _twin_problems(name: str, parent_id: int, day: date, but: int | None = None) -> list[Problem]:
    """Refuse a second agency of the same name at the same place on the same day."""
    twin = db.session.scalar(
        select(AgencyFact.id)
        .where(AgencyFact.parent_id == parent_id, AgencyFact.name == name, ~AgencyFact.closed, at(AgencyFact, day))
        .where(AgencyFact.agency_id != (but or 0))
        .limit(1)
    )
    if twin is None:
        return []
    sentence = N_("Đã có “%(name)s” ở cùng cơ quan cấp trên. Hãy kiểm tra lại tên.")
    return [Problem("name", "twin", sentence, {"name": name})]
