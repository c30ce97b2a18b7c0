"""A raise list sent up: made into proposals, one for each kind of decision and signer, clear cases apart from doubtful.

What nothing stands against goes up at once; the rest stays a draft that says what its proposer must vouch for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.formats import format_date
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries as proposals
from hrms.decisions.services import drafting, submissions
from hrms.pay.models import RaiseList
from hrms.pay.queries import raise_items
from hrms.people.queries import law

P = Permission
ENTITY = "raise_list"


def lock_list(actor: Actor, list_id: int, version: int | None = None) -> tuple[RaiseList, Agency]:
    """Return a raise list and its agency, locked and read again. Raises `NotFound`, `Forbidden`, `Stale`."""
    found = db.session.scalar(
        select(RaiseList).where(RaiseList.id == list_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise missing(ENTITY)
    agency = db.session.get_one(Agency, found.agency_id)
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    if version is not None and version != found.version:
        raise Stale
    return found, agency


def send(actor: Actor, list_id: int, *, one_paper: bool = True, version: int | None = None) -> list[int]:
    """Make proposals of everybody still open on a list and send up those without an obstacle; returns their ids.

    Needs `pay.manage` at the list's agency and `decisions.propose` over its people. Who is in an open proposal already
    stays there. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`: nobody left, early raises after their quota lapsed,
    people nobody can sign for.
    """
    actor.require(P.PAY_MANAGE)
    actor.require(P.DECISIONS_PROPOSE)
    found, agency = lock_list(actor, list_id, version)
    if found.kind == "early":
        check_lapse(found.year)
    made: list[int] = []
    with force_locale("vi"):  # the title stands on the paper
        title = raise_items.list_name(list_id)
    with scope.entered(scope.Scope(people=actor.scope(P.DECISIONS_PROPOSE), pay=actor.scope(P.PAY_VIEW))):
        for code, items in _groups(raise_items.open_items(list_id)):
            ids = [one.person_id for one in items]
            drafts = submissions.propose(actor, code, ids, {"list": list_id}, clock.today(), one_paper, title)
            made += [one.id for one in drafts]
            for one in drafts:
                _go_up(actor, one.id)
    if not made:
        text = N_("Không còn ai để trình: mọi người trong danh sách đã trình, đã có quyết định hoặc để lại.")
        raise Refused(Problem("people", "nobody", text))
    audit.record(
        actor, "raise_list.sent", ENTITY, found.id, scope_ids=agency.scope_ids, agency_id=agency.id,
        after={"list": agency.name, "year": found.year, "quarter": found.quarter, "proposals": len(made)},
    )  # fmt: skip
    return made


def check_lapse(year: int) -> None:
    """Refuse early raises of a year once its quota has lapsed: after the first quarter of the next (Đ3)."""
    after = date(year + 1, 1, 1)
    months = int(law.parameters(clock.today())["raise.early_lapse_months"].value)
    last = add_months(after, months) - timedelta(days=1)
    if clock.today() > last:
        text = N_("Chỉ tiêu nâng bậc trước thời hạn năm %(year)s đã hết hiệu lực sau ngày %(day)s.")
        raise Refused(Problem("year", "quota_lapsed", text, {"year": str(year), "day": format_date(last)}))


def _groups(items: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the items of each kind of decision that are in no open proposal, clear ones apart from doubtful ones."""
    groups: dict[tuple[str, bool], list[Any]] = defaultdict(list)
    for one in items:
        groups[raise_items.DECIDED_BY[one.kind], bool(one.doubts)].append(one)
    for (code, _doubtful), found in sorted(groups.items()):
        with scope.everything():
            taken = proposals.open_elsewhere(code, [one.person_id for one in found])
        free = [one for one in found if one.person_id not in taken]
        for start in range(0, len(free), drafting.PEOPLE_MOST):
            yield code, free[start : start + drafting.PEOPLE_MOST]


def _go_up(actor: Actor, submission_id: int) -> bool:
    """Submit a draft unless something stands against it; says whether it went up."""
    try:
        submissions.submit(actor, submission_id)
    except Refused:
        return False
    return True
