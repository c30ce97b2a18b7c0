"""Who proposes, appraises and signs for each person of a list, by the table of decentralisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hrms.core.actor import Actor
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions.kinds import Kind, Subject
from hrms.decisions.queries import powers
from hrms.decisions.services.sheet import listed

P = Permission
_NOT_PROPOSER = N_("Việc này do %(agency)s trình, không phải cơ quan bạn, cho: %(person)s.")


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


def parties_of(
    actor: Actor, kind: Kind, subjects: Mapping[int, Subject], on: date
) -> tuple[dict[int, Parties], list[Problem]]:
    """Return the parties for each person by id, and why some have none: no row fits, or another agency proposes.

    The proposing agency is that of the actor's own grant, the innermost that reaches the person; it must be the one the
    row names, a division of it, or one above it. A kind may bind the signer: who issued a decision takes it back. A
    fixed number of statements.
    """
    cases = {i: powers.case_of(subject, kind.code, on) for i, subject in subjects.items()}
    known = powers.parties_for(cases, {i: subject.name for i, subject in subjects.items()})
    roots = actor.scope(P.DECISIONS_PROPOSE)
    bound = {i: kind.signer(subject) for i, subject in subjects.items()}
    tree = powers.Tree([*roots, *(one.proposing_id for one in known.values()), *bound.values()])
    found: dict[int, Parties] = {}
    lost: dict[tuple[str, ...], tuple[Problem, list[str]]] = {}

    def lose(problem: Problem, name: str) -> None:
        rest = [f"{key}={value}" for key, value in sorted(problem.params.items()) if key != "person"]
        lost.setdefault((problem.code, *rest), (problem, []))[1].append(name)

    for person_id, subject in subjects.items():
        named = known[person_id]
        if named.problem is not None or named.rule is None or named.signing_id is None or named.proposing_id is None:
            if named.problem is not None:
                lose(named.problem, subject.name)
            continue
        own = _own(roots, subject, tree)
        proposing = tree.get(named.proposing_id)
        legal = tree.legal(own)
        above = proposing is not None and own in proposing.scope_ids
        if own is None or proposing is None or not (above or (legal is not None and legal.id == proposing.id)):
            agency = proposing.name if proposing else ""
            lose(Problem("people", "not_proposer", _NOT_PROPOSER, {"agency": agency}), subject.name)
            continue
        signing = _open(tree, bound[person_id], on) or named.signing_id
        found[person_id] = Parties(own, named.appraising_id, signing, named.rule.id)
    return found, [
        Problem(problem.field, problem.code, problem.text, {**problem.params, "person": listed(names)})
        for problem, names in lost.values()
    ]


def _open(tree: powers.Tree, agency_id: int | None, on: date) -> int | None:
    """Return the agency if it still works on the day: of one that does not, the table names who signs instead."""
    agency = tree.get(agency_id)
    return agency.id if agency is not None and (agency.closed_on is None or on < agency.closed_on) else None


def _own(roots: tuple[int, ...], subject: Subject, tree: powers.Tree) -> int | None:
    """Return the innermost of the actor's own agencies that reaches the person."""
    reach = [agency for root in roots if root in subject.scope_ids and (agency := tree.get(root)) is not None]
    return max(reach, key=lambda agency: agency.depth).id if reach else None
