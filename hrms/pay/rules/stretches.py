"""A person's time as pay sees it: days with the same facts, law and payer; days in service without pay; doubts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.doubts import Doubt
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.monthly import ALL, PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.people.rules.kinds import PersonKind

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days `[start, end)` with the same facts, the same law and the same payer.

    `agency_id` is where the person works in the paying agency `paying_id`: that agency itself or a division of it.
    """

    start: date
    end: date
    agency_id: int
    paying_id: int
    kind: PersonKind
    facts: PayFacts


@dataclass(frozen=True, slots=True)
class Away:
    """Days `[start, end)` in service on which the agency pays nothing, or nothing that can be computed.

    `why` is a kind of absence, or the code of a doubt.
    """

    start: date
    end: date
    agency_id: int
    paying_id: int
    kind: PersonKind
    why: str


@dataclass(frozen=True, slots=True)
class PersonPay:
    """A person's days with pay, in order; days in service without; days others than those asked for pay; doubts.

    Doubts are about the whole time asked for, each once.
    """

    person_id: int
    stretches: tuple[Stretch, ...]
    doubts: tuple[Doubt, ...] = ()
    away: tuple[Away, ...] = ()
    elsewhere: tuple[Span, ...] = ()


def kept_facts(facts: PayFacts) -> dict[str, Any]:
    """Return facts as `hrms explain pay` takes them; what is usual is left out, amounts are text."""
    found: dict[str, Any] = {"coefficient": str(facts.coefficient)}
    for name in ("beyond_scale_percent", "reserved", "leadership_coefficient"):
        if getattr(facts, name):
            found[name] = str(getattr(facts, name))
    if facts.pay_percent != ALL:
        found["pay_percent"] = str(facts.pay_percent)
    if facts.reserved_leadership.coefficient:
        until = facts.reserved_leadership.until
        found["reserved_leadership"] = {
            "coefficient": str(facts.reserved_leadership.coefficient), "until": until.isoformat() if until else None,
        }  # fmt: skip
    if facts.allowances:
        found["allowances"] = [
            {"code": one.code.value, **{form.value: str(getattr(one, form.value)) for form in one.given},
             **({} if one.days is None else {"days": one.days})}
            for one in facts.allowances
        ]  # fmt: skip
    if facts.suspended is not None:
        found["suspended"] = {"prosecuted": facts.suspended}
    if facts.unemployment is not None:
        found["unemployment_insurance"] = facts.unemployment
    return found


def read_facts(kept: Mapping[str, Any]) -> PayFacts:
    """Return facts as `kept_facts` wrote them."""
    numbers = {
        name: Decimal(kept[name])
        for name in ("coefficient", "beyond_scale_percent", "reserved", "leadership_coefficient", "pay_percent")
        if name in kept
    }
    held = kept.get("reserved_leadership")
    return PayFacts(
        **numbers,
        reserved_leadership=Reserved(Decimal(held["coefficient"]), _day(held["until"])) if held else Reserved(),
        allowances=tuple(_allowance(one) for one in kept.get("allowances", ())),
        suspended=kept["suspended"]["prosecuted"] if "suspended" in kept else None,
        unemployment=kept.get("unemployment_insurance"),
    )


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _allowance(kept: Mapping[str, Any]) -> Allowance:
    forms = {name: Decimal(kept[name]) for name in ("coefficient", "percent", "amount") if name in kept}
    return Allowance(AllowanceCode(kept["code"]), **forms, days=kept.get("days"))


def kept(stretches: Iterable[Stretch]) -> list[dict[str, Any]]:
    """Return stretches as a slip keeps them: `start`, `end` (the day after the last), where, the kind, the facts."""
    return [
        {"start": one.start.isoformat(), "end": one.end.isoformat(), "agency_id": one.agency_id,
         "paying_id": one.paying_id, "kind": one.kind.value, "facts": kept_facts(one.facts)}
        for one in stretches
    ]  # fmt: skip


def read(kept_rows: Iterable[Mapping[str, Any]]) -> tuple[Stretch, ...]:
    """Return the stretches a slip kept."""
    return tuple(
        Stretch(
            date.fromisoformat(one["start"]), date.fromisoformat(one["end"]), one["agency_id"], one["paying_id"],
            PersonKind(one["kind"]), read_facts(one["facts"]),
        )
        for one in kept_rows
    )  # fmt: skip
