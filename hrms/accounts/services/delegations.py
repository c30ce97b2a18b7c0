"""Signing for a head who is absent: given by the head for a while, in a capacity, for all or some kinds of decision.

NĐ 30/2020/NĐ-CP Đ13: a deputy signs for the head (KT.), a head of a part by order (TL.), another by authority given in
writing (TUQ.); whoever was given the duties of a vacant post signs as acting (Q.). Whoever holds the power only by
delegation gives it to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from hrms.accounts import rules
from hrms.accounts.models import Account, RoleGrant
from hrms.accounts.services.reach import current_or_coming, usable_agency
from hrms.accounts.services.trail import locked, note
from hrms.agencies.models import Agency
from hrms.core import clock, dated, hooks, scope
from hrms.core.actor import Actor, missing
from hrms.core.dates import last_day
from hrms.core.db import db
from hrms.core.errors import NotFound, Refused, refuse_if
from hrms.core.permissions import Permission, Role
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.decisions import kinds
from hrms.decisions.rules.powers import Capacity

SIGN, GRANT = Permission.DECISIONS_SIGN, Permission.ACCOUNTS_GRANT
CAPACITIES = (Capacity.DEPUTY, Capacity.BY_ORDER, Capacity.AUTHORISED, Capacity.ACTING)
"""The capacities that can be delegated."""


@dataclass(frozen=True, slots=True)
class NewDelegation:
    """A delegation as asked for. `valid_to` is the day after the last one; `actions` codes of kinds, () for all."""

    agency_id: int
    account_id: int
    capacity: str
    valid_from: date
    valid_to: date | None
    note: str
    actions: tuple[str, ...] = ()


def headed(actor: Actor) -> tuple[int, ...]:
    """Return the agencies whose very head the actor is: a delegate is none, nor is the head of an agency above."""
    if actor.limited_to is not None and SIGN not in actor.limited_to:
        return ()
    return tuple(sorted({grant.agency_id for grant in actor.grants if grant.role is Role.HEAD}))


def may_delegate(actor: Actor) -> bool:
    """Say whether the actor can delegate anywhere: as a head, or as one who gives rights."""
    return bool(headed(actor)) or actor.may(GRANT)


def delegate(actor: Actor, new: NewDelegation) -> int:
    """Let an account of the agency sign for its head for a while; returns the delegate's account id.

    The head of exactly that agency gives it, or whoever gives rights there in the head's name. Raises `Forbidden`,
    `NotFound`, `Refused` with every problem.
    """
    if not actor.may(SIGN):
        actor.require(GRANT)
    agency = usable_agency(new.agency_id)
    own = agency.id in headed(actor)
    if not own and not actor.may(GRANT, at=agency.scope_ids):
        _only_delegate(actor, agency)
        actor.require(GRANT, at=agency.scope_ids)
    with scope.entered(Scope(accounts=(agency.id,), account_id=actor.account_id)):
        account = _of_agency(new.account_id, agency)
        said = nfc(new.note)
        problems = rules.delegation_problems(new.valid_from, new.valid_to, said, clock.today())
        delegator = actor.account_id if own else _head_of(agency, problems)
        problems += _problems(actor, account, delegator, new)
        refuse_if(problems)
        dated.replace(
            RoleGrant,
            {"account_id": account.id, "role": Role.DELEGATE.value, "agency_id": agency.id},
            {
                "note": said, "capacity": new.capacity, "actions": list(new.actions) or None,
                "delegator_id": delegator,
            },
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            recorded_by=actor.account_id,
        )  # fmt: skip
    note(
        actor, "delegated", account, after={
            "capacity": new.capacity, "agency_id": agency.id, "agency": agency.name, "valid_from": new.valid_from,
            "last_day": last_day(new.valid_to), "actions": list(new.actions) or None, "note": said,
            "delegator_id": delegator,
        },
    )  # fmt: skip
    return account.id


def _of_agency(account_id: int, agency: Agency) -> Account:
    """Return the delegate's account, locked; the scope shows those of the agency only."""
    try:
        return locked(account_id)
    except NotFound:
        text = N_("Người được giao không thuộc “%(agency)s”. Hãy chọn người có tài khoản tại cơ quan này.")
        raise Refused(Problem("account_id", "not_of_agency", text, {"agency": agency.name})) from None


def _only_delegate(actor: Actor, agency: Agency) -> None:
    if any(grant.role is Role.DELEGATE and grant.agency_id == agency.id for grant in actor.grants):
        text = N_("Bạn ký thay tại “%(agency)s” theo giấy giao nên không giao lại cho người khác được.")
        raise Refused(Problem("agency_id", "only_delegate", text, {"agency": agency.name}))


def _head_of(agency: Agency, problems: list[Problem]) -> int | None:
    """Return the account of the agency's head today, in whose name another delegates."""
    heads = db.session.scalars(
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == Role.HEAD,
            RoleGrant.agency_id == agency.id,
            dated.at(RoleGrant, clock.today()),
            Account.closed_at.is_(None),
        )
        .distinct()
    ).all()
    if len(heads) == 1:
        return heads[0]
    text = (
        N_("“%(agency)s” có nhiều tài khoản thủ trưởng. Hãy để chính thủ trưởng giao ký thay.")
        if heads
        else N_("“%(agency)s” chưa có tài khoản thủ trưởng. Hãy phân quyền thủ trưởng trước.")
    )
    problems.append(Problem("agency_id", "no_head", text, {"agency": agency.name}))
    return None


def _problems(actor: Actor, account: Account, delegator: int | None, new: NewDelegation) -> list[Problem]:
    found = []
    name = {"name": account.display_name}
    if account.id in {delegator, actor.account_id}:
        text = N_("Không tự giao cho chính mình. Hãy chọn người khác của cơ quan.")
        found.append(Problem("account_id", "to_oneself", text))
    if account.closed_at is not None:
        text = N_("Tài khoản của %(name)s đã đóng. Hãy chọn người khác hoặc mở lại tài khoản trước.")
        found.append(Problem("account_id", "account_closed", text, name))
    if new.capacity not in CAPACITIES:
        text = N_("Tư cách ký “%(capacity)s” không giao được. Hãy chọn KT., TL., TUQ. hoặc Q.")
        found.append(Problem("capacity", "unknown_capacity", text, {"capacity": new.capacity[:10]}))
    known = {kind.code for kind in kinds.all_kinds()} | set(hooks.delegable)
    if unknown := sorted(set(new.actions) - known):
        text = N_("Việc “%(actions)s” không có trong danh sách. Hãy chọn lại.")
        found.append(Problem("actions", "unknown_action", text, {"actions": ", ".join(unknown)[:80]}))
    if new.valid_to is not None and new.valid_to > new.valid_from and (other := _overlapping(account.id, new)):
        text = N_("%(name)s đã được giao ký thay ở đây từ %(start)s đến hết %(end)s. Hãy kết thúc lần đó trước.")
        params = {**name, "start": other.valid_from, "end": last_day(other.valid_to)}
        found.append(Problem("valid_from", "overlapping", text, params))
    return found


def _overlapping(account_id: int, new: NewDelegation) -> Any:
    return db.session.scalar(
        select(RoleGrant)
        .where(
            RoleGrant.account_id == account_id,
            RoleGrant.role == Role.DELEGATE,
            RoleGrant.agency_id == new.agency_id,
            RoleGrant.superseded_at.is_(None),
            RoleGrant.valid_from < new.valid_to,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > new.valid_from),
        )
        .order_by(RoleGrant.valid_from)
        .limit(1)
    )


def end_delegation(actor: Actor, grant_id: int) -> None:
    """End a delegation at once: by the agency's head, whoever gives rights there, or the delegate.

    Raises `NotFound` for one that is not the actor's to end, `Refused` for one that is over.
    """
    if not actor.may(SIGN):
        actor.require(GRANT)
    today = clock.today()
    wanted = select(RoleGrant, Agency.scope_ids, Agency.name).join(Agency, Agency.id == RoleGrant.agency_id)
    with scope.everything():  # the delegate does not see the agency's accounts
        row = db.session.execute(wanted.where(RoleGrant.id == grant_id, RoleGrant.role == Role.DELEGATE)).one_or_none()
    if row is None:
        raise missing("delegation")
    grant, scope_ids, agency = row
    if not (
        grant.agency_id in headed(actor)
        or actor.may(GRANT, at=scope_ids)
        or (actor.account_id is not None and grant.account_id == actor.account_id)
    ):
        raise missing("delegation")
    with scope.entered(Scope(accounts=(grant.agency_id,), account_id=actor.account_id)):
        account = locked(grant.account_id)
        db.session.refresh(grant)
        if grant.superseded_at is not None or (grant.valid_to is not None and grant.valid_to <= today):
            raise Refused(Problem("", "over", N_("Lần giao ký thay này đã kết thúc. Hãy tải lại trang để xem.")))
        _erase(grant, today)
    note(
        actor, "delegation_ended", account,
        after={"capacity": grant.capacity, "agency_id": grant.agency_id, "agency": agency},
    )  # fmt: skip


def end_delegations_by(account_id: int, start: date, agency_id: int | None = None) -> None:
    """End what a head has delegated, at one agency or all, from a day on: their own power ends then."""
    given = select(RoleGrant).where(RoleGrant.delegator_id == account_id, current_or_coming(start))
    if agency_id is not None:
        given = given.where(RoleGrant.agency_id == agency_id)
    with scope.everything():  # the delegates may lie beyond the part whoever ends the power keeps
        for grant in db.session.scalars(given.order_by(RoleGrant.account_id, RoleGrant.id)).all():
            locked(grant.account_id)
            _erase(grant, start)
        db.session.flush()


def _erase(grant: RoleGrant, start: date) -> None:
    key = {"account_id": grant.account_id, "role": grant.role, "agency_id": grant.agency_id}
    dated.erase(RoleGrant, key, valid_from=max(start, grant.valid_from), valid_to=grant.valid_to)
