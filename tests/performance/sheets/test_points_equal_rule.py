"""The database reckons sheets as the rule says of each: random worlds, to the last decimal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from hrms.core import scope
from hrms.core.db import Base, db
from hrms.core.models import Setting
from hrms.performance.models import AgencyRegulation, ScoreSheet
from hrms.performance.queries.criteria import formula_for
from hrms.performance.rules.formula import Item, Leader, Role
from hrms.performance.rules.scoring import Unscored, score
from hrms.performance.services import reckoning
from tests.performance.making import CIVIL, PUBLIC, add_regulation, add_sheet, points
from tests.province import TODAY, Province

D = Decimal
UNITS = st.one_of(
    st.decimals(min_value="0.0001", max_value=50, places=4), st.sampled_from(["0.3333", "1", "3", "7", "70"]).map(D)
)
ITEM = st.fixed_dictionaries(
    {
        "units": UNITS,
        "kind": st.sampled_from(["assigned", "assigned", "assigned", "ad_hoc", "taken_over"]),
        "state": st.sampled_from(["given", "given", "given", "given", "proposed", "refused", "dropped"]),
        "done": st.sampled_from([True, True, False, None]),
        "failed_checks": st.integers(0, 6),
        "late_count": st.integers(0, 6),
        "reported": st.sampled_from(["open", "done", "done", "impossible"]),
    }
)
HALF = st.sampled_from(["1", "0.5"])
GENERAL = st.dictionaries(st.sampled_from(["I.1", "I.2", "II.1", "III.4"]), st.sampled_from(["0", "0.25", "2.5", "5"]))
LEADER = st.fixed_dictionaries({"subordinates": HALF, "unit": HALF, "cohesion": HALF})
SHEET = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["staff", "staff", "head", "deputy"]),
        "general": GENERAL, "self_general": GENERAL, "leader": LEADER, "self_leader": LEADER,
        "items": st.lists(ITEM, max_size=6),
    }
)  # fmt: skip
WEIGHTS = {
    "staff": {"quantity": "20", "quality": "32", "progress": "18"},
    "leader": {
        "quantity": "15", "quality": "20", "progress": "10", "subordinates": "10.5", "unit": "8.25", "cohesion": "6.25",
    },
}  # fmt: skip
WORLD = st.fixed_dictionaries(
    {
        "code": st.sampled_from([CIVIL, PUBLIC]),
        "weights": st.sampled_from([None, WEIGHTS, {"staff": WEIGHTS["staff"]}, {"leader": WEIGHTS["leader"]}]),
        "cap_result": st.sampled_from([None, True, False]),
        "setting": st.sampled_from(["0", "1"]),
        "sheets": st.lists(SHEET, min_size=1, max_size=4),
    }
)
PEOPLE = ("Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung")
OVER_FIVE_CHECKS = {
    "role": "staff", "general": {"I.1": "5"}, "self_general": {}, "leader": {}, "self_leader": {},
    "items": [
        {"units": D("0.0003"), "kind": "assigned", "state": "given", "done": True, "failed_checks": 5,
         "late_count": 1, "reported": "done"},
        {"units": D("0.0001"), "kind": "ad_hoc", "state": "given", "done": True, "failed_checks": 0,
         "late_count": 0, "reported": "open"},
    ],
}  # fmt: skip


@settings(
    max_examples=120, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(world=WORLD)
@example(
    world={"code": CIVIL, "weights": None, "cap_result": None, "setting": "0", "sheets": [OVER_FIVE_CHECKS]}
)  # fmt: skip
def test_the_database_reckons_as_the_rule_says(province: Province, world: dict[str, Any]) -> None:
    with scope.everything():
        for model in (ScoreSheet, AgencyRegulation):
            db.session.execute(update(model).where(model.superseded_at.is_(None)).values(superseded_at=TODAY))
        db.session.commit()
    _compare(province, world)


def _compare(province: Province, world: dict[str, Any]) -> None:
    code = world["code"]
    with scope.everything():
        weights = world["weights"] if code == PUBLIC else None
        add_regulation(
            province, "B", code=code, weights=weights, cap_result=world["cap_result"], valid_from=date(2026, 7, 1)
        )  # fmt: skip
        values = {"name": reckoning.SETTING, "value": world["setting"], "note": "thử"}
        setting = insert(Setting).values(**values)
        db.session.execute(
            setting.on_conflict_do_update(index_elements=["name"], set_={"value": setting.excluded.value})
        )
        made = {}
        for name, one in zip(PEOPLE, world["sheets"], strict=False):
            leads = one["role"] != "staff"
            made[
                add_sheet(
                    province, name, code=code, role=one["role"], general=one["general"],
                    self_general=one["self_general"], leader=one["leader"] if leads else None,
                    self_leader=one["self_leader"] if leads else None,
                )
            ] = one  # fmt: skip
        table = Base.metadata.tables["work_items"]
        for sheet, one in made.items():
            person = points(sheet)["person_id"]
            for item in one["items"]:
                db.session.execute(
                    insert(table).values(
                        sheet_id=sheet, person_id=person, title="Việc", quantity=1, progress=0, **item,
                        from_person_id=person if item["kind"] == "taken_over" else None,
                    )
                )  # fmt: skip
        reckoning.refresh(list(made))
        for sheet, one in made.items():
            _same(points(sheet), one, code)
        assert list(reckoning.differences()) == []
        assert reckoning.refresh(list(made)) == 0


def _same(row: dict[str, Any], said: dict[str, Any], code: str) -> None:
    role = Role(said["role"])
    formula = formula_for(row["agency_id"], code, date(2026, 10, 31), role=role)[0]

    def of(general: dict[str, str], leader: dict[str, str], done: str) -> Any:
        items = [
            Item(
                one["units"], one["done"] is True if done == "done" else one["reported"] == "done",
                one["failed_checks"], one["late_count"], one["kind"] != "assigned",
            )
            for one in said["items"]
            if one["state"] == "given"
        ]  # fmt: skip
        total = sum((D(value) for value in general.values()), D(0))
        led = Leader(**{name: D(value) for name, value in leader.items()}) if role is not Role.STAFF else None
        return score(items, total, role, led, formula)

    rule = of(said["general"], said["leader"], "done")
    if isinstance(rule, Unscored):
        assert [row[name] for name in ("quantity", "ratio", "result_points", "score", "self_score")] == [None] * 5
        return
    most = D("999.999999")
    found = {name: row[name] for name in ("quantity", "quality", "progress", "ratio", "result_points")}
    assert found == {
        "quantity": min(rule.a, most), "quality": min(rule.b, most), "progress": min(rule.c, most),
        "ratio": min(rule.ratio, most), "result_points": min(rule.result, most),
    }  # fmt: skip
    assert row["score"] == (min(rule.score, most) if said["general"] else None)
    own = of(said["self_general"], said["self_leader"], "reported")
    assert row["self_score"] == (min(own.score, most) if said["self_general"] else None)


def test_regulations_are_found_nearest_at_or_above(province: Province) -> None:
    """A division's sheet follows its agency's regulation; another's changes nothing."""
    add_regulation(province, "B", code=PUBLIC, weights=WEIGHTS)
    add_regulation(province, "C", code=PUBLIC)
    sheet = add_sheet(province, "Nguyễn Văn Hùng", code=PUBLIC, general={"I.1": "5"})
    with scope.everything():
        table = Base.metadata.tables["work_items"]
        person = province.people["Nguyễn Văn Hùng"]
        db.session.execute(
            insert(table).values(
                sheet_id=sheet, person_id=person, title="Việc", quantity=1, progress=0, units=10, kind="assigned",
                state="given", done=True, reported="done", failed_checks=1, late_count=2,
            )
        )  # fmt: skip
        reckoning.refresh([sheet])
    # 20 + 32 × 0.75 + 18 × 0.5
    assert points(sheet)["result_points"] == D("53.000000")
    with scope.everything():
        assert db.session.query(AgencyRegulation).count() == 2
