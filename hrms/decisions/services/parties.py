"""Who proposes, appraises and signs for each person of a list, by the table of decentralisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Kind, Subject
from hrms.decisions.models import DecentralisationRule
from hrms.decisions.rules.powers import PARTY_LABELS, Case, Party, Rule, rule_for
from hrms.decisions.services.sheet import listed

P = Permission
HOME_AFFAIRS_NAME = "Sở Nội vụ"


@dataclass(frozen=True, slots=True)
class Parties:
    """The very agencies that take part, and the row of the table that named them."""

    proposing: int
    appraising: int | None
    signing: int
    rule_id: int

    @property
    def key(self) -> tuple[int, int, int]:
        """Return what a list is split by."""
        return (self.proposing, self.appraising or 0, self.signing)


def proposing_agency(actor: Actor, subject: Subject) -> int | None:
    """Return the agency through whose grant the actor proposes for a person: the innermost one that reaches them."""
    order = {agency_id: place for place, agency_id in enumerate(subject.scope_ids)}
    reach = [agency_id for agency_id in actor.scope(P.DECISIONS_PROPOSE) if agency_id in order]
    return max(reach, key=lambda agency_id: order[agency_id], default=None)


def parties_of(
    actor: Actor, kind: Kind, subjects: Mapping[int, Subject], on: date
) -> tuple[dict[int, Parties], list[Problem]]:
    """Return the parties for each person by id, and why some have none: no row fits, or an agency it names is missing.

    Three statements, whatever the number of people.
    """
    tree = _Tree(subjects.values())
    rules = _rules(kind, on)
    found: dict[int, Parties] = {}
    lost: dict[tuple[str, str], tuple[Problem, list[str]]] = {}

    def lose(code: str, text: str, subject: Subject, **params: str) -> None:
        key = (code, str(sorted(params.items())))
        lost.setdefault(key, (Problem("people", code, text, {"kind": kind.label, **params}), []))[1].append(
            subject.name
        )

    for person_id, subject in subjects.items():
        using, managing = tree.legal(subject.using_agency_id), tree.legal(subject.managing_agency_id)
        rule = rule_for(
            Case(
                action=kind.code, on=on, person_kind=subject.person_kind, post_group=subject.post_group,
                rank_code=subject.rank_code, managing_kind=managing.kind if managing else None,
                using_kind=using.kind if using else None, managing_agency_id=managing.id if managing else None,
            ),
            rules,
        )  # fmt: skip
        if rule is None:
            lose("no_rule", _NO_RULE, subject)
            continue
        named = {Party.USING: using, Party.MANAGING: managing}
        signing = tree.party(rule.signs, named)
        appraising = tree.party(rule.appraises, named) if rule.appraises else None
        if signing is None or (rule.appraises and appraising is None):
            absent = rule.appraises if signing is not None and rule.appraises else rule.signs
            lose("no_agency", _NO_AGENCY, subject, party=PARTY_LABELS[absent])
            continue
        own = proposing_agency(actor, subject)
        may = {agency.id for agency in (tree.party(rule.proposes, named), tree.legal(own)) if agency is not None}
        if own is None or len(may) != 1:
            proposer = tree.party(rule.proposes, named)
            lose("not_proposer", _NOT_PROPOSER, subject, agency=proposer.name if proposer else "")
            continue
        found[person_id] = Parties(own, appraising.id if appraising else None, signing.id, rule.id)
    problems = [
        Problem(problem.field, problem.code, problem.text, {**problem.params, "names": listed(names)})
        for problem, names in lost.values()
    ]
    return found, problems


_NO_RULE = N_(
    "Bảng phân cấp chưa có dòng nào về “%(kind)s” cho: %(names)s. Hãy nhờ người quản lý bảng phân cấp bổ sung."
)
_NO_AGENCY = N_(
    "Không xác định được %(party)s của: %(names)s. Hãy kiểm tra cơ quan quản lý, cơ quan sử dụng trong hồ sơ."
)
_NOT_PROPOSER = N_("Việc này do %(agency)s trình, không phải cơ quan bạn, cho: %(names)s.")


def _rules(kind: Kind, on: date) -> list[Rule]:
    row = DecentralisationRule
    query = select(row).where(
        or_(row.action.is_(None), row.action == kind.code),
        row.valid_from <= on,
        or_(row.valid_to.is_(None), row.valid_to > on),
    )
    return [
        Rule(
            id=one.id, action=one.action, person_kind=one.person_kind, post_group=one.post_group,
            rank_code=one.rank_code, managing_kind=one.managing_kind, using_kind=one.using_kind,
            managing_agency_id=one.managing_agency_id, proposes=Party(one.proposes),
            appraises=Party(one.appraises) if one.appraises else None, signs=Party(one.signs),
            valid_from=one.valid_from, valid_to=one.valid_to, source=one.source,
        )
        for one in db.session.scalars(query)
    ]  # fmt: skip


class _Tree:
    """The agencies of these people and all above them, and the department of home affairs."""

    def __init__(self, people: Collection[Subject]) -> None:
        wanted = {i for one in people for i in (*one.scope_ids, one.using_agency_id, one.managing_agency_id) if i}
        closures = select(Agency.scope_ids).where(Agency.id.in_(wanted))
        ids = wanted | {i for closure in db.session.scalars(closures) for i in closure}
        self.known = {one.id: one for one in db.session.scalars(select(Agency).where(Agency.id.in_(ids)))}

    def legal(self, agency_id: int | None) -> Agency | None:
        """Return the nearest agency that is no division of another."""
        found = self.known.get(agency_id or 0)
        while found is not None and found.kind == AgencyKind.DIVISION and found.parent_id:
            found = self.known.get(found.parent_id)
        return found

    def party(self, party: Party | None, named: Mapping[Party, Agency | None]) -> Agency | None:
        """Return the agency a row means by a party."""
        if party is None:
            return None
        if party is Party.HOME_AFFAIRS:
            return next(iter(agencies.find_by_name(HOME_AFFAIRS_NAME)), None)
        if party is Party.PROVINCE:
            return next((one for one in self.known.values() if one.kind == AgencyKind.PROVINCE), None)
        if party in named:
            return named[party]
        below = named[Party.USING if party is Party.ABOVE_USING else Party.MANAGING]
        return self.legal(below.parent_id) if below else None
