"""Who decides: the table of decentralisation as it holds on a day, and the agencies it means for given people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core import clock, scope, settings
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.formats import format_date
from hrms.core.permissions import Permission, Role
from hrms.core.rules import N_, Problem, Reason
from hrms.decisions import kinds
from hrms.decisions.models import DecentralisationRule, Submission
from hrms.decisions.rules.powers import ACTION_LABELS, PARTY_LABELS, Capacity, Case, Party, Rule, rule_for

P = Permission
HOME_AFFAIRS = "decisions.home_affairs_code"
"""The setting that names the agency which appraises for the province; unset, the province itself does."""

NO_RULE = N_(
    "Bảng phân cấp chưa có dòng nào cho %(person)s, việc “%(action)s”, ngày %(day)s. Hãy thêm dòng vào bảng phân cấp."
)
NO_PARTY = N_(
    "Không tìm thấy %(party)s của %(person)s để làm việc “%(action)s”. Hãy ghi cơ quan quản lý, cơ quan sử dụng vào hồ "
    "sơ hoặc sửa dòng phân cấp."
)


@dataclass(frozen=True, slots=True)
class Parties:
    """The very agencies that take part for one person, the row that names them, and how it was found.

    `appraising_id` is None when the row wants no appraisal. With a `problem` nobody can decide, and the ids are None.
    """

    rule: Rule | None
    proposing_id: int | None
    appraising_id: int | None
    signing_id: int | None
    reasons: tuple[Reason, ...] = ()
    problem: Problem | None = None


def action_words(code: str | None) -> str:
    """Return the marked words of an action: as its kind calls it, else as the table does, else the code."""
    kind = kinds.get(code) if code else None
    return kind.label if kind else ACTION_LABELS.get(code or "", code or "")


def action_codes() -> dict[str, str]:
    """Return every action a row may name with its marked words: the registered kinds first."""
    return {**{kind.code: kind.label for kind in kinds.all_kinds()}, **_unregistered()}


def _unregistered() -> dict[str, str]:
    return {code: words for code, words in ACTION_LABELS.items() if kinds.get(code) is None}


def as_rule(row: DecentralisationRule) -> Rule:
    """Return a row as the rule reads it."""
    return Rule(
        id=row.id, action=row.action, person_kind=row.person_kind, post_group=row.post_group, rank_code=row.rank_code,
        managing_kind=row.managing_kind, using_kind=row.using_kind, managing_agency_id=row.managing_agency_id,
        proposes=Party(row.proposes), appraises=Party(row.appraises) if row.appraises else None,
        signs=Party(row.signs), valid_from=row.valid_from, valid_to=row.valid_to, source=row.source,
    )  # fmt: skip


def list_powers(action: str | None = None, on: date | None = None) -> Sequence[DecentralisationRule]:
    """Return the rows in force on a day (None: all, past and coming) for an action (None: all), most general first."""
    row = DecentralisationRule
    query = select(row)
    if action is not None:
        query = query.where(or_(row.action == action, row.action.is_(None)))
    if on is not None:
        query = query.where(row.valid_from <= on, or_(row.valid_to.is_(None), row.valid_to > on))
    order = (row.action.asc().nulls_first(), row.post_group.asc().nulls_first(), row.person_kind.asc().nulls_first())
    return db.session.scalars(query.order_by(*order, row.valid_from.desc(), row.id)).all()


def get_power(rule_id: int) -> DecentralisationRule:
    """Return a row of the table. Raises `NotFound`."""
    found = db.session.get(DecentralisationRule, rule_id, populate_existing=True)
    if found is None:
        raise missing("power")
    return found


def count_uses(rule_id: int) -> int:
    """Return how many submissions, the reader's or not, this row named the parties of."""
    used = select(func.count()).select_from(Submission).where(Submission.rule_ids.contains([rule_id]))
    with scope.everything():  # only the number is told
        return int(db.session.scalar(used) or 0)


class Tree:
    """The agencies some cases mention with all above them, and the one that appraises for the province."""

    def __init__(self, agency_ids: Iterable[int | None]) -> None:
        wanted = sorted({i for i in agency_ids if i})
        self._home_code = str(settings.get(HOME_AFFAIRS) or "")
        path = select(func.unnest(Agency.scope_ids)).where(Agency.id.in_(wanted))
        here: list[ColumnElement[bool]] = [Agency.id.in_(path)]
        if self._home_code:
            here.append(Agency.code == self._home_code)
        found = db.session.scalars(select(Agency).where(or_(*here)).order_by(Agency.depth, Agency.id)).all()
        self._known = {agency.id: agency for agency in found}

    def get(self, agency_id: int | None) -> Agency | None:
        """Return an agency by id, None for one that was not asked for."""
        return self._known.get(agency_id or 0)

    def legal(self, agency_id: int | None) -> Agency | None:
        """Return the nearest agency that is no division of another: who uses, manages and issues papers."""
        found = self.get(agency_id)
        while found is not None and found.kind == AgencyKind.DIVISION:
            found = self.get(found.parent_id)
        return found

    def above(self, agency: Agency | None) -> Agency | None:
        """Return the agency directly above, None at the top."""
        return self.legal(agency.parent_id) if agency is not None else None

    def province_of(self, agency: Agency | None) -> Agency | None:
        """Return the province an agency lies in: the nearest of that kind, else the root of its tree."""
        found = top = agency
        while found is not None and found.kind != AgencyKind.PROVINCE:
            top, found = found, self.get(found.parent_id)
        return found or top

    def home_affairs(self, agency: Agency | None) -> Agency | None:
        """Return who appraises for the province: the agency of the setting, else the province itself."""
        known = (one for one in self._known.values() if self._home_code and one.code == self._home_code)
        return next(known, None) or self.province_of(agency)

    def party(self, party: Party, using: Agency | None, managing: Agency | None) -> Agency | None:
        """Return the agency a row means by a party, for a person of these two agencies."""
        if party is Party.USING:
            return using
        if party is Party.MANAGING:
            return managing
        if party is Party.ABOVE_USING:
            return self.above(using)
        if party is Party.ABOVE_MANAGING:
            return self.above(managing)
        return (self.province_of if party is Party.PROVINCE else self.home_affairs)(using or managing)


def case_of(subject: kinds.Subject, action: str, on: date) -> Case:
    """Return what decentralisation asks of a person; the kinds of the agencies are filled in by `parties_for`."""
    return Case(
        action=action, on=on, person_kind=subject.person_kind, post_group=subject.post_group,
        rank_code=subject.rank_code, managing_kind=None, using_kind=None,
        managing_agency_id=subject.managing_agency_id, using_agency_id=subject.using_agency_id,
    )  # fmt: skip


def parties_for(cases: Mapping[int, Case], names: Mapping[int, str] | None = None) -> dict[int, Parties]:
    """Return the parties for each person by id; `names` are for the sentences where nobody can decide.

    Three statements, whatever the number of people: the rows, the tree, the setting. An agency may be a division: the
    nearest above that is none counts; of a person with one agency only, it is both the managing and the using one.
    """
    actions = {case.action for case in cases.values()}
    row = DecentralisationRule
    rows = db.session.scalars(select(row).where(or_(row.action.is_(None), row.action.in_(actions))))
    rules = [as_rule(one) for one in rows]
    tree = Tree(i for case in cases.values() for i in (case.managing_agency_id, case.using_agency_id))
    by_action = {a: [rule for rule in rules if rule.action in {None, a}] for a in actions}
    return {
        person_id: _parties(case, by_action[case.action], tree, (names or {}).get(person_id) or f"#{person_id}")
        for person_id, case in cases.items()
    }


def _parties(case: Case, rules: Sequence[Rule], tree: Tree, name: str) -> Parties:
    using = tree.legal(case.using_agency_id) or tree.legal(case.managing_agency_id)
    managing = tree.legal(case.managing_agency_id) or using
    case = replace(
        case,
        managing_kind=managing.kind if managing else None,
        using_kind=using.kind if using else None,
        managing_agency_id=managing.id if managing else None,
    )
    told = {"person": name, "action": action_words(case.action), "day": format_date(case.on, "vi")}
    rule = rule_for(case, rules)
    if rule is None:
        return Parties(None, None, None, None, problem=Problem("people", "no_rule", NO_RULE, told))
    reasons = [
        Reason(N_("Cơ quan sử dụng: %(agency)s"), params={"agency": using.name if using else "—"}),
        Reason(N_("Cơ quan quản lý: %(agency)s"), params={"agency": managing.name if managing else "—"}),
        Reason(N_("Dòng phân cấp sát nhất có hiệu lực ngày %(day)s"), figure=f"#{rule.id}", source=rule.source,
               params={"day": told["day"]}),
    ]  # fmt: skip
    found: dict[str, int | None] = {"appraises": None}
    for field, words in (
        ("proposes", N_("Trình: %(party)s → %(agency)s")),
        ("appraises", N_("Thẩm định: %(party)s → %(agency)s")),
        ("signs", N_("Ký: %(party)s → %(agency)s")),
    ):
        party: Party | None = getattr(rule, field)
        if party is None:
            reasons.append(Reason(N_("Không qua thẩm định: trình thẳng người ký")))
            continue
        agency = tree.party(party, using, managing)
        if agency is None:
            lost = Problem("people", "no_party", NO_PARTY, {**told, "party": PARTY_LABELS[party]})
            return Parties(rule, None, None, None, tuple(reasons), lost)
        found[field] = agency.id
        reasons.append(Reason(words, params={"party": PARTY_LABELS[party], "agency": agency.name}))
    return Parties(rule, found["proposes"], found["appraises"], found["signs"], tuple(reasons))


def may_sign(actor: Actor, agency_id: int, action: str, on: date | None = None) -> Capacity | None:
    """Return the capacity in which the actor may sign this action for exactly this agency, None for who may not.

    `on` is the day of signing, today when left out; an actor holds the rights of today, so on another day nobody may.
    The head goes before a delegate; the program itself signs nothing.
    """
    if (on is not None and on != clock.today()) or agency_id not in actor.scope(P.DECISIONS_SIGN):
        return None
    here = [grant for grant in actor.grants if grant.agency_id == agency_id and grant.gives(P.DECISIONS_SIGN)]
    if any(grant.role is not Role.DELEGATE for grant in here):
        return Capacity.HEAD
    for grant in here:
        if grant.capacity in set(Capacity) and (grant.actions is None or action in grant.actions):
            return Capacity(str(grant.capacity))
    return None


def may_appraise(actor: Actor, agency_id: int | None) -> bool:
    """Say whether the actor may appraise for exactly this agency."""
    return agency_id is not None and agency_id in actor.scope(P.DECISIONS_APPRAISE)


def may_number(actor: Actor, agency_id: int | None) -> bool:
    """Say whether the actor gives the numbers of exactly this agency."""
    return agency_id is not None and agency_id in actor.scope(P.DECISIONS_NUMBER)


def may_propose(actor: Actor, scope_ids: Sequence[int]) -> int | None:
    """Return the agency of the grant through which the actor proposes for someone of this closure, None without one.

    Of several the innermost; a statement is sent only to choose among them.
    """
    reach = [root for root in actor.scope(P.DECISIONS_PROPOSE) if root != EVERYTHING and root in scope_ids]
    if len(reach) < 2:
        return reach[0] if reach else None
    inner = select(Agency.id).where(Agency.id.in_(reach)).order_by(Agency.depth.desc(), Agency.id).limit(1)
    return db.session.scalar(inner)
