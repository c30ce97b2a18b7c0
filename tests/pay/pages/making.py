"""Sheets, slips and lines for tests of pages: plain rows, so that what is tested here does not compute itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from hrms.core import scope
from hrms.core.db import db
from hrms.pay.models import PayLine, PayRun, PaySlip
from hrms.pay.rules import stretches
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.monthly import PayFacts
from hrms.pay.rules.stretches import Stretch
from hrms.people.models import PersonAgency
from hrms.people.rules.kinds import PersonKind
from tests.performance.making import add_row
from tests.province import TODAY, Province

MONTH, BEFORE = date(2026, 10, 1), date(2026, 9, 1)
HUNG, CAM, DUC, RAY, DUNG = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Võ Minh Đức", "Thạch Sa Rây", "Nguyễn Hoà Dũng"
BASE = Decimal(2_530_000)
DOUBT = {"code": "no_public_duty", "params": {"day": "2026-10-01"}}
Lines = Sequence[tuple[str, str, str]]
SALARY: Lines = (
    ("line", "salary", "9259800"), ("line", "public_duty", "2314950"), ("deduction", "social_insurance", "740784"),
    ("deduction", "health_insurance", "138897"), ("employer", "social_insurance", "1574166"),
    ("employer", "health_insurance", "277794"),
)  # fmt: skip
"""3,66 × 2.530.000 đồng with the public-duty allowance and the contributions: 10.695.069 đồng are received."""
NET = Decimal(10_695_069)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a slip of a test says: its lines, those of earlier months by month, facts, doubts."""

    lines: Lines = SALARY
    past: Mapping[date, Lines] = field(default_factory=dict)
    coefficient: str = "3.66"
    doubts: Sequence[Mapping[str, Any]] = ()
    kind: str = "civil_servant"


def facts_of(month: date, agency_id: int, paid: Paid) -> list[dict[str, Any]]:
    """Return the facts of a whole month as a slip keeps them."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    facts = PayFacts(
        Decimal(paid.coefficient), allowances=(Allowance(AllowanceCode.PUBLIC_DUTY, percent=Decimal(25)),)
    )  # fmt: skip
    return stretches.kept([Stretch(month, after, agency_id, agency_id, PersonKind(paid.kind), facts)])


def _sums(lines: Lines) -> dict[str, Decimal]:
    sums = {
        side: sum((Decimal(amount) for one, _code, amount in lines if one == side), Decimal(0))
        for side in ("line", "deduction", "employer")
    }
    return {
        "gross": sums["line"], "deductions": sums["deduction"], "employer": sums["employer"],
        "net": sums["line"] - sums["deduction"],
    }  # fmt: skip


def add_run(
    province: Province, place: str, paid: Mapping[str, Paid], *, month: date = MONTH, state: str = "computed"
) -> dict[str, int]:
    """Write a sheet of an agency with the slips of these people; returns ids by name, the sheet's under ""."""
    found: dict[str, int] = {}
    with scope.everything():
        sums = [_sums([*one.lines, *(line for past in one.past.values() for line in past)]) for one in paid.values()]
        total = {key: sum((one[key] for one in sums), Decimal(0)) for key in ("gross", "deductions", "employer", "net")}
        arrears = [_sums([line for past in one.past.values() for line in past])["net"] for one in paid.values()]
        run = add_row(
            PayRun, agency_id=province.agencies[place], month=month, state="computed", rounding="half_up",
            part_month="calendar_days", law_revision=0, people=len(paid), **total,
            doubtful=sum(1 for one in paid.values() if one.doubts), arrears=sum(arrears, Decimal(0)),
            computed_at=TODAY,
        )  # fmt: skip
        found[""] = run
        for (name, one), own, past in zip(paid.items(), sums, arrears, strict=True):
            found[name] = _slip(province, run, name, one, month, own, past)
        db.session.commit()
    if state == "approved":
        approve(run)
    return found


def _slip(
    province: Province, run: int, name: str, paid: Paid, month: date, sums: Mapping[str, Decimal], arrears: Decimal
) -> int:
    person = province.people[name]
    place = db.session.scalars(
        select(PersonAgency.agency_id).where(
            PersonAgency.person_id == person, PersonAgency.membership == "using", PersonAgency.superseded_at.is_(None)
        )
    ).first()
    assert place is not None
    slip = add_row(
        PaySlip, run_id=run, person_id=person, agency_id=place, month=month, state="computed", kind=paid.kind, **sums,
        arrears=arrears, insurance_base=Decimal(paid.lines[0][2]), facts=facts_of(month, place, paid), past=[],
        doubts=list(paid.doubts),
    )  # fmt: skip
    for of, lines in ((month, paid.lines), *paid.past.items()):
        for side, code, amount in lines:
            add_row(
                PayLine, slip_id=slip, run_id=run, person_id=person, month=month, for_month=of, side=side, code=code,
                amount=Decimal(amount),
            )  # fmt: skip
    return slip


def approve(run_id: int) -> None:
    """Freeze a sheet: its slips first, then the sheet."""
    with scope.everything():
        db.session.execute(update(PaySlip).where(PaySlip.run_id == run_id).values(state="approved"))
        db.session.execute(update(PayRun).where(PayRun.id == run_id).values(state="approved", approved_at=TODAY))
        db.session.commit()
