"""What is written about positions once everybody sits: agencies' own frames, who fits, gaps, two schemes.

Frames come from the province's models, made an agency's own; whether somebody fits is asked of the program itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, text

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.dated import BASIS_DECISION
from hrms.core.db import db
from hrms.decisions.rules import DecisionKind
from hrms.positions.models import FrameVersion, PositionFrame, PositionGap, PositionScheme, SchemeStep
from hrms.positions.queries import fitness
from hrms.positions.queries.part import Part
from hrms.positions.rules.fit import checks, gaps
from hrms.positions.rules.kinds import FitOutcome, QuotaKind
from hrms.positions.rules.schemes import DOSSIER, REVIEW, State, Step
from hrms.positions.services.schemes import writing
from seed.demo.establishment import Line
from seed.demo.papers import Register
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE, Tree, Unit
from seed.model_frames import model_frames

_FRAMED_ON = date(2026, 7, 15)
_SUBMITTED_ON, _WHOLE_ON, _APPRAISED_ON = date(2026, 5, 4), date(2026, 5, 6), date(2026, 5, 29)
_DECIDED_ON, _IN_FORCE_ON = date(2026, 6, 9), date(2026, 6, 15)
_SHOWN_COMMUNE = "H13.101"


@dataclass(frozen=True, slots=True)
class Papers:
    """The agencies whose frames are their own, the commune with an approved scheme, and the decisions they rest on."""

    framed: Sequence[tuple[Unit, int]]
    commune: Unit
    approval: int


def cite(tree: Tree, lines: Sequence[Line], register: Register) -> Papers:
    """Choose the agencies and enter their decisions; before the register is written."""
    commune = tree.unit(_SHOWN_COMMUNE)
    school = next((one.unit for one in lines if one.unit.kind == "service_unit" and one.unit.parent is commune), None)
    shown = [tree.unit(HOME_AFFAIRS_CODE), tree.unit(CONSTRUCTION_CODE), commune, *([school] if school else [])]
    framed = [
        (
            unit,
            register.cite(
                DecisionKind.OTHER, unit, date(2026, 7, 10), unit.scope, effective_on=_FRAMED_ON,
                subject="Về việc ban hành bản mô tả công việc và khung năng lực của vị trí việc làm",
            ),
        )
        for unit in shown
    ]  # fmt: skip
    approval = register.cite(
        DecisionKind.OTHER, tree.root, _DECIDED_ON, commune.scope, effective_on=_IN_FORCE_ON,
        subject="Về việc phê duyệt đề án vị trí việc làm công chức cấp xã",
    )  # fmt: skip
    return Papers(framed, commune, approval)


def write(tree: Tree, lines: Sequence[Line], papers: Papers, today: date, moment: datetime) -> None:
    """Write the frames, what the record says of everybody's fitness, and the schemes; as the owner of the data."""
    models = {frame["position"]: frame for frame in model_frames()}
    with scope.everything():
        for unit, paper in papers.framed:
            _frames(unit, lines, models, paper, moment)
        _fitness(tree, today)
        actor = Actor.system("tỉnh mẫu", via="cli")
        _schemes(actor, tree, papers)


def _frames(
    unit: Unit, lines: Sequence[Line], models: Mapping[str, Mapping[str, Any]], paper: int, moment: datetime
) -> None:
    seats: Counter[str] = Counter()
    ids: dict[str, int] = {}
    for line in lines:
        if unit in (line.unit, line.unit.parent if line.unit.kind == "division" else None):
            seats[line.position.key] += line.seats[2]
            ids[line.position.key] = line.position.id
    for key in sorted(ids.keys() & models.keys()):
        frame = {name: value for name, value in models[key].items() if name not in {"position", "content"}}
        content = dict(models[key]["content"])
        content["workplace"] = unit.name
        content["starts_on"] = _FRAMED_ON.isoformat()
        content["holders"] = seats[key] or None
        made = insert(PositionFrame).values(position_id=ids[key], agency_id=unit.id).returning(PositionFrame.id)
        number = db.session.execute(made).scalar_one()
        row = {name: value if value != "" else None for name, value in frame.items()}
        db.session.execute(
            insert(FrameVersion).values(
                frame_id=number, **row, content=content, valid_from=_FRAMED_ON, recorded_at=moment,
                basis=BASIS_DECISION, decision_id=paper,
            )
        )  # fmt: skip


def _fitness(tree: Tree, today: date) -> None:
    """Confirm of everybody who was placed by decision what the record says, and write down what is lacking."""
    db.session.flush()
    found = fitness.judge(Part((tree.root.id,), tree.root.id), today).people
    other = [{"who": one.person_id, "outcome": one.outcome.value} for one in found if one.outcome is not FitOutcome.MET]
    by: dict[str, list[int]] = {}
    for row in other:
        by.setdefault(str(row["outcome"]), []).append(int(str(row["who"])))
    statement = text(
        "UPDATE assignments SET fit = :outcome WHERE person_id = ANY (:who) AND slot = 0 AND valid_to IS NULL"
        " AND fit IS NOT NULL"
    ).bindparams(bindparam("who"))
    for outcome, who in sorted(by.items()):
        db.session.execute(statement, {"outcome": outcome, "who": who})
    lacking = sorted(
        (one for one in found if one.outcome is FitOutcome.TRAIN and one.lacking), key=lambda one: one.person_id
    )
    sitting = text("SELECT person_id, line_id FROM assignments WHERE slot = 0 AND valid_to IS NULL AND fit IS NOT NULL")
    seats: dict[int, int] = {row.person_id: row.line_id for row in db.session.execute(sitting)}
    names = fitness.names()
    rows = [
        {
            "person_id": one.person_id, "line_id": seats[one.person_id], "requirement": gap.requirement,
            "params": dict(gap.params), "found_on": today,
        }
        for one in lacking
        if one.person_id in seats
        for gap in gaps(checks(one.asked, one.holder, names))
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(PositionGap), rows)


def _schemes(actor: Actor, tree: Tree, papers: Papers) -> None:
    home_affairs = tree.unit(HOME_AFFAIRS_CODE)
    writing.create(
        actor, home_affairs.id, QuotaKind.CIVIL, f"Đề án vị trí việc làm công chức {home_affairs.name} (điều chỉnh)"
    )
    scheme = writing.create(
        actor, papers.commune.id, QuotaKind.CIVIL, f"Đề án vị trí việc làm công chức {papers.commune.name}"
    )
    _approve(scheme, papers)


def _approve(scheme: PositionScheme, papers: Papers) -> None:
    """Take a scheme its whole way at once, with the days it had; what it asked for is what is in force."""
    scheme.state = State.APPROVED.value
    scheme.submitted_on, scheme.complete_on, scheme.appraised_on = _SUBMITTED_ON, _WHOLE_ON, _APPRAISED_ON
    scheme.decided_on, scheme.effective_on, scheme.decision_id = _DECIDED_ON, _IN_FORCE_ON, papers.approval
    scheme.checklist = {
        **dict.fromkeys(DOSSIER, True),
        "request": "Tờ trình số 45/TTr-UBND ngày 04/5/2026",
        "review": {code: {"fit": True, "remark": ""} for code in REVIEW},
    }
    names = (papers.commune.name, "Sở Nội vụ", "Ủy ban nhân dân thành phố")
    for step, day, name in (
        (Step.SUBMIT, _SUBMITTED_ON, names[0]),
        (Step.ACCEPT, _WHOLE_ON, names[1]),
        (Step.APPRAISE, _APPRAISED_ON, names[1]),
        (Step.APPROVE, _DECIDED_ON, names[2]),
    ):
        db.session.add(SchemeStep(scheme_id=scheme.id, step=step.value, name=name, happened_on=day))
    db.session.flush()
