"""`hrms explain step-raise|placement|early-raise-quota|incentive`: documented answers, and facts that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hrms.cli import main
from hrms.core.console import Unusable
from tests.pay.raises.asking import INCENTIVE, PLACEMENT, QUOTA, STEP, ask

LAST = {"group": "A1", "step": 9, "step_since": "2018-05-01", "as_at": "2026-11-21"}
SAME_CAUSE = [*STEP["events"][:3], {**STEP["events"][3], "same_cause_as_discipline": True}]  # type: ignore[index,dict-item]
WHOLE = {"type": "sick_leave", "from": "2025-01-01", "to": "2025-07-01"}


@pytest.mark.parametrize(
    ("name", "facts", "wanted"),
    [
        ("step-raise", STEP, {"due_on": "2028-05-01", "uncounted_months": 5, "delayed_months": 9}),
        ("step-raise", {**STEP, "events": SAME_CAUSE},
         {"due_on": "2027-11-01", "uncounted_months": 5, "delayed_months": 3}),
        ("step-raise", LAST, {"due_on": None, "beyond_scale_percent": 10, "next_percent_on": "2027-05-01",
                              "uncounted_months": 0, "delayed_months": 0}),
        ("placement", PLACEMENT, {"step": 4, "coefficient": "5.42", "reserved": "0.00", "beyond_scale_percent": 0,
                                  "clock_from": "2026-09-01"}),
        ("incentive", INCENTIVE, {
            "fund": "483591000", "reserved": "48359100", "per_point": "197832681.82",
            "shares": [{"id": "p1", "amount": "237399218"}, {"id": "p2", "amount": "197832681"}], "remainder": "1"}),
        ("early-raise-quota", QUOTA, {
            "units": [{"id": "u1", "quota": 4, "remainder": 7}, {"id": "u2", "quota": 0, "remainder": 9}],
            "pooled": 1, "total": 5, "given": ["u2"]}),
    ],
)  # fmt: skip
def test_documented_answers(tmp_path: Path, name: str, facts: Any, wanted: Any) -> None:
    assert ask(tmp_path, name, facts) == wanted


@pytest.mark.parametrize(
    ("facts", "due_on"),
    [
        ({"step_since": "2024-03-01"}, "2027-03-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "discipline", "form": "reprimand", "on": "2025-05-10"}]},
         "2027-06-01"),
        # Under the text of 2013 a reprimand of a civil servant is 6 months, of a public employee 3.
        ({"step_since": "2018-03-01", "events": [{"type": "discipline", "form": "reprimand", "on": "2019-05-10"}]},
         "2021-09-01"),
        ({"step_since": "2018-03-01", "kind": "public_employee",
          "events": [{"type": "discipline", "form": "reprimand", "on": "2019-05-10"}]}, "2021-06-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "rating", "year": 2025, "class": "unsatisfactory"}]},
         "2027-09-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "unpaid_leave", "from": "2025-01-01", "to": "2025-05-01"}]},
         "2027-07-01"),
        ({"group": "B", "step": 2, "step_since": "2025-05-01"}, "2027-05-01"),
        ({"table": 1, "group": "CGCC", "step": 1, "step_since": "2024-03-01"}, "2029-03-01"),
        ({"table": 4, "group": "LX", "step": 1, "step_since": "2024-03-01"}, "2026-03-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "unpaid_leave", "working_days": 10}]}, "2027-03-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "unpaid_leave", "working_days": 11}]}, "2027-04-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "unpaid_leave", "working_days": 5},
                                                 {"type": "detention", "working_days": 6}]}, "2027-04-01"),
        # Sheet of corrections §6: sick leave beyond 6 months by 41 working days is 2 months, by 40 one.
        ({"step_since": "2024-03-01", "events": [WHOLE, {"type": "sick_leave", "working_days": 41}]}, "2027-05-01"),
        ({"step_since": "2024-03-01", "events": [WHOLE, {"type": "sick_leave", "working_days": 40}]}, "2027-04-01"),
        ({"step_since": "2024-03-01", "events": [WHOLE]}, "2027-03-01"),
        # Warning and an unsatisfactory year, of different causes: 12; two years apart: 6 each.
        ({"step_since": "2025-01-01", "events": [{"type": "discipline", "form": "warning", "on": "2026-05-10"},
                                                 {"type": "rating", "year": 2026, "class": "unsatisfactory"}]},
         "2029-01-01"),
        ({"step_since": "2024-01-01", "events": [{"type": "rating", "year": 2024, "class": "unsatisfactory"},
                                                 {"type": "rating", "year": 2026, "class": "unsatisfactory"}]},
         "2028-01-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "discipline", "form": "removal", "on": "2025-05-10"}]},
         "2028-03-01"),
        ({"step_since": "2024-03-01",
          "events": [{"type": "discipline", "form": "warning", "on": "2025-05-10", "party": True}]}, "2027-09-01"),
        # Counted: maternity, military service, study. Not counted: probation, suspension, waiting for retirement.
        ({"step_since": "2024-03-01", "events": [
            {"type": "maternity_leave", "from": "2024-06-01", "to": "2024-12-01"},
            {"type": "study", "from": "2025-01-01", "to": "2025-12-01"},
            {"type": "military_service", "from": "2026-01-01", "to": "2026-12-01"}]}, "2027-03-01"),
        ({"step_since": "2024-03-01", "events": [
            {"type": "probation", "from": "2024-03-01", "to": "2025-03-01"},
            {"type": "suspension", "from": "2026-01-01", "to": "2026-03-01"}]}, "2028-05-01"),
        # A suspended sentence of 4 months is shorter than the delay of 6, one of 8 is longer.
        ({"step_since": "2024-03-01", "events": [
            {"type": "discipline", "form": "warning", "on": "2025-05-10"},
            {"type": "suspended_sentence", "from": "2025-06-01", "to": "2025-10-01"}]}, "2027-09-01"),
        ({"step_since": "2024-03-01", "events": [
            {"type": "discipline", "form": "warning", "on": "2025-05-10"},
            {"type": "suspended_sentence", "from": "2025-06-01", "to": "2026-02-01"}]}, "2027-11-01"),
        # A cause after the raise, or before the step, belongs to another step.
        ({"step_since": "2024-03-01", "events": [{"type": "discipline", "form": "warning", "on": "2027-03-01"}]},
         "2027-03-01"),
        ({"step_since": "2024-03-01", "events": [{"type": "rating", "year": 2023, "class": "unsatisfactory"}]},
         "2027-03-01"),
        # Unless what came before it holds the raise up until then.
        ({"step_since": "2024-03-01", "events": [
            {"type": "discipline", "form": "warning", "on": "2027-03-01"},
            {"type": "unpaid_leave", "from": "2025-01-01", "to": "2025-02-01"}]}, "2027-10-01"),
    ],
)  # fmt: skip
def test_vectors_of_the_step_clock(tmp_path: Path, facts: Any, due_on: str) -> None:
    found = ask(tmp_path, "step-raise", {"group": "A1", "step": 3, "as_at": "2026-11-21", **facts})
    assert found["due_on"] == due_on


@pytest.mark.parametrize(
    ("facts", "percent", "following"),
    [
        ({"step_since": "2018-05-01"}, 10, "2027-05-01"),
        ({"step_since": "2023-12-01"}, 0, "2026-12-01"),
        ({"group": "B", "step": 12, "step_since": "2023-12-01"}, 5, "2026-12-01"),
        # An unsatisfactory 2019 moves every percentage by 6 months: 5 % on 01/11/2021.
        ({"step_since": "2018-05-01", "events": [{"type": "rating", "year": 2019, "class": "unsatisfactory"}]},
         10, "2027-11-01"),
        # A reprimand of 6/2026 moves only the next.
        ({"step_since": "2018-05-01", "events": [{"type": "discipline", "form": "reprimand", "on": "2026-06-10"}]},
         10, "2027-08-01"),
    ],
)  # fmt: skip
def test_vectors_beyond_the_scale(tmp_path: Path, facts: Any, percent: int, following: str) -> None:
    found = ask(tmp_path, "step-raise", {"group": "A1", "step": 9, "as_at": "2026-11-21", **facts})
    assert (found["due_on"], found["beyond_scale_percent"], found["next_percent_on"]) == (None, percent, following)


MERIT = {"year": 2026, "achievements": ["2024-05-01"]}


@pytest.mark.parametrize(
    ("since", "early", "wanted"),
    [
        ("2024-09-01", {}, (True, 8, "2026-09-01")),
        ("2024-09-01", {"months": 6}, (True, 8, "2027-03-01")),
        ("2025-03-01", {}, (False, 14, None)),
        ("2025-01-01", {}, (True, 12, "2027-01-01")),
        ("2023-09-01", {}, (False, 0, None)),
        ("2024-09-01", {"by_early_raise": True}, (False, 8, None)),
        ("2024-09-01", {"achievements": ["2021-01-01"]}, (True, 8, "2026-09-01")),
        ("2024-09-01", {"achievements": ["2020-12-31"]}, (False, 8, None)),
        ("2024-09-01", {"achievements": ["2027-01-01"]}, (False, 8, None)),
        ("2024-09-01", {"last_early_on": "2024-05-01"}, (False, 8, None)),
        ("2024-09-01", {"decided_on": "2027-03-31"}, (True, 8, "2026-09-01")),
        ("2024-09-01", {"decided_on": "2027-04-01"}, (False, 8, None)),
    ],
)
def test_who_may_be_raised_early(tmp_path: Path, since: str, early: Any, wanted: Any) -> None:
    facts = {"group": "A1", "step": 3, "step_since": since, "as_at": "2026-11-21", "early": {**MERIT, **early}}
    found = ask(tmp_path, "step-raise", facts)["early_raise"]
    assert (found["eligible"], found["lacking_months"], found["earliest"]) == wanted
    assert found["lapses_after"] == "2027-03-31"


def test_groups_of_24_months_look_four_years_back(tmp_path: Path) -> None:
    facts = {"group": "B", "step": 3, "step_since": "2025-09-01", "as_at": "2026-11-21"}
    asked = {day: {**facts, "early": {"year": 2026, "achievements": [day]}} for day in ("2023-01-01", "2022-12-31")}
    assert ask(tmp_path, "step-raise", asked["2023-01-01"])["early_raise"]["eligible"]
    assert not ask(tmp_path, "step-raise", asked["2022-12-31"])["early_raise"]["eligible"]


def test_blame_bars_an_early_raise(tmp_path: Path) -> None:
    facts = {**STEP, "step_since": "2024-09-01", "events": STEP["events"][2:3], "early": MERIT}  # type: ignore[index]
    assert not ask(tmp_path, "step-raise", facts)["early_raise"]["eligible"]


@pytest.mark.parametrize(
    ("notice_on", "retires_on", "earliest"),
    [
        ("2026-09-01", "2027-03-01", "2026-09-01"),  # due 01/9/2027, 6 months lacking
        ("2026-12-01", "2027-03-01", "2026-12-01"),  # not before the notice
        ("2026-02-01", "2026-08-01", None),  # 13 months lacking
        ("2027-02-01", "2027-09-01", None),  # due by then
    ],
)
def test_a_retirement_notice_gives_one_step(
    tmp_path: Path, notice_on: str, retires_on: str, earliest: str | None
) -> None:
    notice = {"notice_on": notice_on, "retires_on": retires_on}
    facts = {"group": "A1", "step": 3, "step_since": "2024-09-01", "as_at": "2026-11-21", "retirement": notice}
    found = ask(tmp_path, "step-raise", facts)["retirement_raise"]
    assert found == {"eligible": earliest is not None, "earliest": earliest}


def _step(**more: Any) -> dict[str, Any]:
    return {**STEP, **more}


REPRIMAND = {"type": "discipline", "form": "reprimand", "on": "2025-05-10"}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("step-raise", _step(until="2027-01-01")),
        ("step-raise", _step(step=10)),
        ("step-raise", _step(step=0)),
        ("step-raise", _step(group="A9")),
        ("step-raise", _step(as_at="2024-02-29")),
        ("step-raise", _step(as_at="1990-01-01")),
        ("step-raise", _step(as_at="2012-01-01", step_since="2010-01-01", events=[])),
        ("step-raise", _step(retirement={"notice_on": "2010-01-01", "retires_on": "2010-07-01"})),
        ("step-raise", _step(step_since="1066-01-01")),
        ("step-raise", _step(events=[{"type": "holiday", "from": "2025-01-01", "to": "2025-02-01"}])),
        ("step-raise", _step(events=["unpaid_leave"])),
        ("step-raise", _step(events=[{"type": "unpaid_leave"}])),
        ("step-raise", _step(events=[{"type": "unpaid_leave", "from": "2025-01-01", "form": "reprimand"}])),
        ("step-raise", _step(events=[{"type": "unpaid_leave", "from": "2025-01-01", "working_days": 3}])),
        ("step-raise", _step(events=[{"type": "unpaid_leave", "from": "2025-02-01", "to": "2025-02-01"}])),
        ("step-raise", _step(events=[{"type": "unpaid_leave", "from": "2025-01-01", "to": "2025-06-01"},
                                     {"type": "sick_leave", "from": "2025-05-01", "to": "2025-08-01"}])),
        ("step-raise", _step(events=[REPRIMAND, REPRIMAND])),
        ("step-raise", _step(events=[{**REPRIMAND, "form": "dismissal"}])),
        ("step-raise", _step(events=[{"type": "rating", "year": 2025, "class": "good"},
                                     {"type": "rating", "year": 2025, "class": "unsatisfactory"}])),
        ("step-raise", _step(events=[{"type": "rating", "year": 2025, "class": "unsatisfactory",
                                      "same_cause_as_discipline": True}])),
        ("step-raise", _step(step_since="2010-01-01", events=[{**REPRIMAND, "on": "2011-01-01"}])),
        ("step-raise", _step(retirement={"notice_on": "2027-01-01", "retires_on": "2026-12-01"})),
        ("placement", {**PLACEMENT, "why": "x"}),
        ("placement", {**PLACEMENT, "reason": "lower_unfit"}),
        ("placement", {**PLACEMENT, "reason": "same_level"}),
        ("placement", {**PLACEMENT, "reason": "grade_conversion"}),
        ("placement", {**PLACEMENT, "to": {"group": "A0"}}),
        ("placement", {**PLACEMENT, "to": {"group": "A9"}}),
        ("placement", {**PLACEMENT, "from": {**PLACEMENT["from"], "coefficient": "4.99"}}),  # type: ignore[dict-item]
        ("placement", {**PLACEMENT, "from": {**PLACEMENT["from"], "coefficient": "4.65"}}),  # type: ignore[dict-item]
        ("placement", {**PLACEMENT, "decided_on": "2022-04-30"}),
        ("placement", {"to": {"group": "A1"}, "decided_on": "2026-09-01"}),
        ("placement", {**PLACEMENT, "degree": "master"}),
        ("placement", {"to": {"group": "B"}, "decided_on": "2026-09-01",
                       "insured": {"months": 3, "probation_months": 6}}),
        ("early-raise-quota", {"units": [{"id": "u1", "assigned": 4}, {"id": "u1", "assigned": 4}]}),
        ("early-raise-quota", {"units": [{"id": "u1", "assigned": -1}]}),
        ("early-raise-quota", {**QUOTA, "on": "2013-01-01"}),
        ("early-raise-quota", {**QUOTA, "percent": 20}),
        ("incentive", {**INCENTIVE, "bonus": 1}),
        ("incentive", {**INCENTIVE, "fund": "1000.5"}),
        ("incentive", {**INCENTIVE, "fund_of": {"coefficients": "165.5", "year": 2026}}),
        ("incentive", {**INCENTIVE, "people": [*INCENTIVE["people"], {"id": "p1", "class": "good"}]}),  # type: ignore[misc]
        ("incentive", {**INCENTIVE, "people": [{"id": "p1", "class": "none"}]}),
        ("incentive", {**INCENTIVE, "people": [{"id": "p1", "class": "good", "most_a_month": "1"}]}),
        ("incentive", {**INCENTIVE, "scheme": {"kind": "percent_of_max", "weights": {"good": "80"}}}),
        ("incentive", {**INCENTIVE, "scheme": {"kind": "coefficient", "weights": {"excellent": "1", "good": "1"}}}),
        ("incentive", {**INCENTIVE, "scheme": {**INCENTIVE["scheme"], "cap": "0.8"}}),  # type: ignore[dict-item]
        ("incentive", {**INCENTIVE, "scheme": {**INCENTIVE["scheme"], "period_months": 3}}),  # type: ignore[dict-item]
    ],
)  # fmt: skip
def test_facts_that_cannot_be_are_refused(tmp_path: Path, name: str, facts: Any) -> None:
    with pytest.raises(Unusable) as refused:
        ask(tmp_path, name, facts)
    assert refused.value.exit_code == 2
    assert "%(" not in refused.value.message


def test_the_whole_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(STEP), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["explain", "step-raise", str(path), "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["due_on"] == "2028-05-01"
    path.write_text(json.dumps({**STEP, "color": "red"}), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["explain", "step-raise", str(path), "--json"])
    assert ended.value.code == 2
    assert "color" in capsys.readouterr().out
