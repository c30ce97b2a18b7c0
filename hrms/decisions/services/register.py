"""Writes of the register: enter, correct, cite. An entry is made once and can carry many facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, select, text

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
from hrms.decisions import queries, rules
from hrms.decisions.models import Decision, DecisionRelation, SubmissionLine
from hrms.decisions.rules import DecisionKind, Reference
from hrms.decisions.rules.force import Relation
from hrms.decisions.services import hands

P = Permission.DECISIONS_RECORD
CORRECTABLE = (
    "number", "symbol", "signed_on", "effective_on", "issuer_agency_id", "issuer_name", "signer_name", "signer_title",
    "kind", "subject", "legal_ground", "note",
)  # fmt: skip
OF_THE_REGISTER = frozenset({"number", "symbol", "signed_on", "note"})
"""What văn thư writes of a decision that came by the path; the rest is what was signed."""
_TAKEN = N_("Số này đã có trong sổ của cơ quan ban hành năm đó. Hãy kiểm tra lại số, ký hiệu, ngày ký.")
_CHOOSER = {"decision": "decision_id", "": ""}
"""Where a problem of the register is shown in the chooser; otherwise the field of the same name."""
explain_constraint("uq_decisions_register", Problem("number", "number_taken", _TAKEN))


def register(
    actor: Actor,
    *,
    number: str,
    symbol: str,
    signed_on: date,
    kind: str,
    subject: str = "",
    effective_on: date | None = None,
    issuer_agency_id: int | None = None,
    issuer_name: str | None = None,
    signer_name: str | None = None,
    signer_title: str | None = None,
    legal_ground: str | None = None,
    note: str | None = None,
    scope_ids: Sequence[int] = (),
    batch_id: int | None = None,
) -> Decision:
    """Enter a decision; returns the new entry.

    `scope_ids` is the closure of agencies it is about (a person's, an agency's); together with the issuer's path it
    says who may see it. Without any it concerns the whole part of the tree the actor records for. Raises `Forbidden`,
    and `Refused` with all problems, among them a number already in the issuer's register of that year.
    """
    actor.require(P, at=scope_ids or None)
    values = _prepare(
        {
            "number": number, "symbol": symbol, "signed_on": signed_on, "effective_on": effective_on,
            "issuer_agency_id": issuer_agency_id, "issuer_name": issuer_name, "signer_name": signer_name,
            "signer_title": signer_title, "kind": kind, "subject": subject, "legal_ground": legal_ground, "note": note,
        }
    )  # fmt: skip
    refuse_if(_problems(values) or _number_problems(values, None))
    decision = Decision(
        **values,
        scope_ids=_closure(actor, values["issuer_agency_id"], scope_ids),
        batch_id=batch_id,
        recorded_by=actor.account_id,
    )
    db.session.add(decision)
    db.session.flush()
    audit.record(
        actor, "decision.registered", "decision", decision.id, scope_ids=decision.scope_ids,
        agency_id=values["issuer_agency_id"], after=_told(values),
    )  # fmt: skip
    return decision


def find_or_register(actor: Actor, **values: Any) -> Decision:
    """Return the entry with this number, issuer and day, cited for `scope_ids`; enter it when there is none.

    Takes what `register()` takes. Raises `Refused` when the number stands in the register under another day.
    """
    actor.require(P, at=values.get("scope_ids") or None)
    prepared = _prepare({name: values.get(name) for name in CORRECTABLE})
    refuse_if(_problems(prepared))
    found = queries.find_in_register(
        prepared["issuer_key"], prepared["signed_on"].year, prepared["number"], prepared["symbol"]
    )
    about = sorted({0, *values.get("scope_ids", ())})
    if found is not None and found.signed_on == prepared["signed_on"]:
        if len(about) > 1:
            cite(actor, found, about)
        return found
    if found is None and len(about) > 1 and (joined := _join(prepared, about)) is not None:
        decision = queries.get_decision(joined)
        db.session.refresh(decision)
        audit.record(
            actor, "decision.joined", "decision", joined, scope_ids=decision.scope_ids, after={"scope_ids": about}
        )
        return decision
    return register(actor, **values)


def _join(values: Mapping[str, Any], about: Sequence[int]) -> int | None:
    """Open an entry of another agency to `about`, if issuer, day, number and symbol are known exactly."""
    joined = db.session.execute(
        text("SELECT join_decision(:issuer, :signed, :number, :symbol, :about)"),
        {
            "issuer": values["issuer_key"], "signed": values["signed_on"], "number": values["number"],
            "symbol": values["symbol"], "about": list(about),
        },
    ).scalar_one()  # fmt: skip
    return None if joined is None else int(joined)


def cite(actor: Actor, decision: Decision | int, scope_ids: Sequence[int]) -> Decision:
    """Open a decision to those it is now about: `scope_ids` joins its closure. Returns the entry.

    Raises `NotFound` for one the actor may not see (a foreign key alone would not ask), `Forbidden` without the right
    to record facts, `Refused` for a withdrawn or cancelled one.
    """
    if not any(actor.may(right, at=scope_ids) for right in (P, Permission.PEOPLE_FACT, Permission.AGENCIES_MANAGE)):
        actor.require(P, at=scope_ids)
    found = decision if isinstance(decision, Decision) else queries.get_decision(decision)
    if found.withdrawn_at is not None:
        sentence = N_("Quyết định %(reference)s đã bị thu hồi, không dùng làm căn cứ được nữa.")
        raise Refused(Problem("decision", "withdrawn", sentence, {"reference": found.reference}))
    with scope.everything():  # cancelled it is for everybody, whoever sees the later paper
        cancels = (DecisionRelation.target_id == found.id, DecisionRelation.relation == Relation.CANCELS.value)
        cancelled = db.session.scalar(select(exists().where(*cancels)))
    if cancelled:
        sentence = N_("Quyết định %(reference)s đã bị hủy bỏ, không dùng làm căn cứ được nữa.")
        raise Refused(Problem("decision", "cancelled", sentence, {"reference": found.reference}))
    if set(scope_ids) - set(found.scope_ids):
        # In SQL, since two at once may each add their own.
        widened = text(
            "UPDATE decisions SET scope_ids ="
            " ARRAY(SELECT DISTINCT e FROM unnest(scope_ids || CAST(:more AS bigint[])) AS e ORDER BY e)"
            " WHERE id = :id RETURNING scope_ids"
        )
        reach = db.session.execute(widened, {"id": found.id, "more": list(scope_ids)}).scalar_one_or_none()
        if reach is None:
            raise missing("decision")
        db.session.refresh(found, ["scope_ids"])
    return found


def cite_many(actor: Actor, about: Mapping[int, Sequence[int]]) -> None:
    """Open many decisions at once, each to its closure: `{decision id: scope_ids}`; for imports. One statement."""
    actor.require(P)
    pairs = [(decision, agency) for decision, closure in about.items() for agency in closure]
    if pairs:
        db.session.execute(
            text(
                "UPDATE decisions d SET scope_ids = n.reach FROM ("
                "  SELECT d2.id, ARRAY(SELECT DISTINCT e FROM unnest(d2.scope_ids || m.more) AS e ORDER BY e) AS reach"
                "  FROM decisions d2 JOIN ("
                "    SELECT p.decision, array_agg(p.agency) AS more"
                "    FROM unnest(CAST(:decisions AS bigint[]), CAST(:agencies AS bigint[])) AS p(decision, agency)"
                "    GROUP BY p.decision) m ON m.decision = d2.id) n"
                " WHERE d.id = n.id AND d.scope_ids IS DISTINCT FROM n.reach"
            ),
            {"decisions": [d for d, _ in pairs], "agencies": [a for _, a in pairs]},
        )


def correct(actor: Actor, decision: Decision, values: Mapping[str, Any], *, version: int | None = None) -> Decision:
    """Put an entry right: a slip of the pen, for what the paper says does not change.

    `values` may hold any of `CORRECTABLE`; of a decision that came by the path the issuer's văn thư alone changes
    what is theirs: number, symbol, day, note.

    Raises `Forbidden`, `Stale` for another `version`, `Refused`.
    """
    of_path = _require_entry(actor, decision)
    decision = _take(decision, version)
    if decision.withdrawn_at is not None:
        sentence = N_("Quyết định %(reference)s đã bị thu hồi, không sửa được nữa.")
        raise Refused(Problem("", "withdrawn", sentence, {"reference": decision.reference}))
    now = {name: getattr(decision, name) for name in CORRECTABLE}
    given = {name: value for name, value in values.items() if name in CORRECTABLE}
    if "issuer_name" in given and "issuer_agency_id" not in given and given["issuer_name"] != now["issuer_name"]:
        given["issuer_agency_id"] = None
    if given.get("issuer_agency_id") and "issuer_name" not in given:
        now["issuer_name"] = None
    prepared = _prepare(now | given)
    refuse_if(_problems(prepared) or _number_problems(prepared, decision.id))
    before, after = audit.changed(now, {name: prepared[name] for name in CORRECTABLE})
    if not after:
        return decision
    if of_path and set(after) - OF_THE_REGISTER:
        sentence = N_("Nội dung đã ký không sửa trong sổ được. Hãy trình quyết định đính chính hoặc hủy bỏ.")
        raise Refused(Problem("", "was_signed", sentence))
    for name, value in prepared.items():
        setattr(decision, name, value)
    if prepared["issuer_agency_id"]:
        decision.scope_ids = sorted({*decision.scope_ids, *agencies.scope_ids_of([prepared["issuer_agency_id"]])})
    decision.version += 1
    db.session.flush()
    audit.record(
        actor, "decision.corrected", "decision", decision.id, scope_ids=decision.scope_ids, before=before, after=after
    )
    return decision


def withdraw(actor: Actor, decision: Decision, *, reason: str, version: int | None = None) -> Decision:
    """Mark an entry that should not stand (entered by mistake, or the paper was revoked); its facts stay as they are.

    It can no longer be cited. Raises `Forbidden`, `Stale`, `Refused` without a reason or when facts still rest on it.
    """
    _require_entry(actor, decision)
    decision = _take(decision, version)
    problems = []
    if not nfc(reason):
        problems.append(Problem("reason", "required", N_("Chưa nhập lý do thu hồi.")))
    with scope.everything():
        # Facts of people beyond the actor's scope rest on it as well; only the number is told.
        cited = sum(len(found) for found in queries.citations(decision.id).values())
    if cited:
        sentence = N_(
            "Còn %(count)s diễn biến đang căn cứ quyết định này. Hãy ghi quyết định đính chính cho chúng trước."
        )
        problems.append(Problem("", "still_cited", sentence, {"count": str(cited)}))
    refuse_if(problems)
    if decision.withdrawn_at is None:
        decision.withdrawn_at = clock.now()
        decision.version += 1
        db.session.flush()
        audit.record(
            actor, "decision.withdrawn", "decision", decision.id, scope_ids=decision.scope_ids, reason=nfc(reason),
            after={"number": decision.number, "symbol": decision.symbol},
        )  # fmt: skip
    return decision


def export(actor: Actor, filters: queries.Filters, *, most: int) -> Sequence[Decision]:
    """Return the list for a workbook, and note in the trail that it was taken out.

    Raises `Refused` when it is longer than `most`.
    """
    actor.require(Permission.DECISIONS_VIEW)
    found = queries.list_all(filters, limit=most + 1)
    if len(found) > most:
        sentence = N_("Danh sách dài hơn %(most)s dòng. Hãy lọc theo năm hoặc loại rồi xuất từng phần.")
        raise Refused(Problem("", "too_many_rows", sentence, {"most": f"{most:,}".replace(",", ".")}))
    audit.record(
        actor,
        "decision.exported",
        "decision",
        None,
        scope_ids=agencies.scope_ids_of(actor.scope(Permission.DECISIONS_VIEW)),
        after={"rows": len(found)},
    )
    audit.mark_read(actor, "decisions.list", len(found))
    return found


def from_form(actor: Actor, data: Mapping[str, Any], scope_ids: Sequence[int]) -> int | None:
    """Return the decision a chooser named, entering or citing it on the way; None for old data without a number.

    `data` is the form's data with the fields of `hrms.decisions.forms.DecisionFields`. Raises `Refused` with the
    problems at the chooser's own fields (prefix `decision_`).
    """
    actor.require(P, at=scope_ids)
    basis = data.get("decision_basis")
    try:
        if basis == "old_data":
            return None
        if basis == "existing":
            return cite(actor, _chosen(data), scope_ids).id
        reference = rules.parse_reference(str(data.get("decision_number") or ""))
        refuse_if(rules.check_reference(reference, str(data.get("decision_number") or "")))
        return find_or_register(
            actor,
            number=reference.number if reference else "",
            symbol=reference.symbol if reference else "",
            signed_on=data.get("decision_signed_on"),
            issuer_name=data.get("decision_issuer"),
            signer_name=data.get("decision_signer_name"),
            signer_title=data.get("decision_signer_title"),
            kind=data.get("decision_kind") or DecisionKind.OTHER,
            subject=data.get("decision_subject") or "",
            scope_ids=scope_ids,
        ).id
    except Refused as refused:
        raise Refused(
            *(
                Problem(
                    p.field if p.field.startswith("decision") else f"decision_{p.field}",
                    p.code,
                    p.text,
                    p.params,
                    p.severity,
                )
                for p in refused.problems
            )
        ) from refused


def _chosen(data: Mapping[str, Any]) -> int:
    """Return the entry picked in the search box."""
    chosen = data.get("decision_id")
    if not chosen:
        sentence = N_("Chưa chọn quyết định. Hãy gõ số quyết định rồi chọn trong danh sách.")
        raise Refused(Problem("id", "required", sentence))
    return int(chosen)


def came_by_path(decision_id: int) -> bool:
    """Say whether a decision was proposed and signed here, whoever may see its submission."""
    with scope.everything():
        return bool(db.session.scalar(select(exists().where(SubmissionLine.decision_id == decision_id))))


def may_change(actor: Actor, decision: Decision) -> bool:
    """Say whether the actor may put an entry right or withdraw it."""
    if not actor.may(P, at=decision.scope_ids):
        return False
    own = actor.is_system or decision.issuer_agency_id in actor.scope(Permission.DECISIONS_NUMBER)
    return own or not came_by_path(decision.id)


def _require_entry(actor: Actor, decision: Decision) -> bool:
    """Raise `Forbidden` unless the actor may change an entry; say whether it came by the path."""
    actor.require(P, at=decision.scope_ids)
    of_path = came_by_path(decision.id)
    if of_path:
        hands.require_at(actor, Permission.DECISIONS_NUMBER, decision.issuer_agency_id)
    return of_path


def _take(decision: Decision, version: int | None) -> Decision:
    locked = db.session.scalar(
        select(Decision).where(Decision.id == decision.id).with_for_update().execution_options(populate_existing=True)
    )
    if locked is None:
        raise missing("decision")
    if version is not None and locked.version != version:
        raise Stale
    return locked


def _prepare(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an entry in normal form, with its keys."""
    found = dict(values)
    for name in ("number", "symbol", "issuer_name", "signer_name", "signer_title", "subject", "note"):
        found[name] = nfc(str(found[name])) if found.get(name) else None
    # The ground keeps its lines: each article stands on its own.
    ground = str(found.get("legal_ground") or "").replace("\r\n", "\n").strip()
    found["legal_ground"] = "\n".join(nfc(line) for line in ground.split("\n")) or None
    issuer = agencies.find_agency(found.get("issuer_agency_id"))
    if found.get("issuer_agency_id") is not None and issuer is None:
        raise missing("issuer")
    if issuer is None and found["issuer_name"] and len(same := agencies.find_by_name(found["issuer_name"])) == 1:
        # Typed or chosen, the same body keeps one register.
        issuer, found["issuer_agency_id"] = same[0], same[0].id
    found["issuer_name"] = found["issuer_name"] or (issuer.name if issuer else "")
    found["number"] = rules.normal_number(found["number"]) if found["number"] else ""
    found["symbol"] = (found["symbol"] or "").upper()
    found["subject"] = found["subject"] or ""
    found["kind"] = str(found.get("kind") or DecisionKind.OTHER)
    found["issuer_key"] = queries.issuer_key(found.get("issuer_agency_id"), found["issuer_name"])
    reference = f"{found['number']}/{found['symbol']}" if found["symbol"] else found["number"]
    found["search_key"] = queries.search_key(reference, found["subject"], found["issuer_name"], found["signer_name"])
    return found


def _problems(values: Mapping[str, Any]) -> list[Problem]:
    reference = Reference(values["number"], values["symbol"]) if values["number"] else None
    return [
        *rules.check_reference(reference, values["number"]),
        *rules.check_dates(values["signed_on"], values["effective_on"], clock.today()),
        *rules.check_texts(
            values["kind"], values["subject"], values["issuer_name"], values["legal_ground"], values["note"]
        ),
    ]


def _number_problems(values: Mapping[str, Any], but: int | None) -> list[Problem]:
    found = queries.find_in_register(values["issuer_key"], values["signed_on"].year, values["number"], values["symbol"])
    if found is None or found.id == but:
        return []
    sentence = N_("Số %(reference)s năm %(year)s của %(issuer)s đã có trong sổ, ký ngày %(signed)s: “%(subject)s”.")
    params = {
        "reference": found.reference, "year": str(found.signed_on.year), "issuer": found.issuer_name,
        "signed": f"{found.signed_on:%d/%m/%Y}", "subject": found.subject,
    }  # fmt: skip
    return [Problem("number", "number_taken", sentence, params)]


def _closure(actor: Actor, issuer_agency_id: int | None, scope_ids: Sequence[int]) -> list[int]:
    reach = {0, *scope_ids}
    if issuer_agency_id is not None:
        reach |= set(agencies.scope_ids_of([issuer_agency_id]))
    if not scope_ids and not actor.is_system:
        reach |= set(agencies.scope_ids_of(actor.scope(P)))
    return sorted(reach)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in CORRECTABLE if values[name] is not None}
