"""`hrms check` finds every way in which the establishment can be broken behind the program's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hrms.core import clock, hooks, scope
from hrms.core.db import db
from hrms.positions.queries import checks
from tests.positions.seating import SINCE, TEACHER, add_line, sit
from tests.province import TODAY, Province

CAM, HUNG = "Lý Thị Cẩm", "Nguyễn Văn Hùng"
Check = Callable[[], Sequence[str]]


@pytest.fixture
def sound(province: Province) -> Iterator[Province]:
    """The province with quotas for everybody there, which the checks find nothing wrong with."""
    with clock.frozen(TODAY):
        for place, kind, amount in (("A", "civil", 20), ("B", "civil", 20), ("C", "civil", 20), ("C", "public", 20)):
            quota(province, place, amount, kind=kind)
        yield province


def quota(province: Province, place: str, amount: int, *, kind: str = "civil", on: date = SINCE) -> None:
    broken(
        "INSERT INTO quota_movements (agency_id, quota_kind, kind, amount, effective_on, basis)"
        " VALUES (:place, :kind, 'assigned', :amount, :on, 'old_data')",
        place=province.agencies[place], kind=kind, amount=amount, on=on,
    )  # fmt: skip


def broken(statement: str, **values: Any) -> None:
    """Change rows past all rules, as somebody with the database's own password could."""
    with scope.everything():
        db.session.execute(text(statement), values)
        db.session.commit()


def told(check: Check) -> str:
    with scope.everything():
        return "\n".join(check())


def test_every_check_of_the_establishment_is_run_by_the_command() -> None:
    run = {item.run for item in hooks.checks}
    assert {
        checks.check_borne, checks.check_cover, checks.check_excesses, checks.check_kept, checks.check_ledger,
        checks.check_seats,
    } <= run  # fmt: skip


@pytest.mark.parametrize(
    "check", [checks.check_borne, checks.check_cover, checks.check_excesses, checks.check_ledger, checks.check_seats]
)
def test_nothing_is_said_of_what_is_sound(sound: Province, check: Check) -> None:
    line = add_line(sound, "B", 2)
    sit(sound, CAM, line)
    sit(sound, HUNG, line, role="concurrent")
    assert told(check) == ""


def test_a_second_person_in_one_seat(sound: Province) -> None:
    line = add_line(sound, "B1", 1)
    sit(sound, CAM, line)
    sit(sound, HUNG, line)
    assert f"vị trí số {line}" in told(checks.check_seats)
    assert f"vị trí số {line}" in told(checks.check_excesses)


def test_a_second_person_in_one_seat_in_days_gone_by(sound: Province) -> None:
    line = add_line(sound, "B1", 1)
    sit(sound, CAM, line)
    sit(sound, HUNG, line, SINCE, date(2026, 3, 1))
    assert "01/01/2026" in told(checks.check_seats) or "2026-01-01" in told(checks.check_seats)


def test_somebody_with_a_concurrent_seat_that_is_not_there(sound: Province) -> None:
    line = add_line(sound, "B1", 1)
    sit(sound, CAM, line)
    sit(sound, HUNG, line, role="concurrent")
    assert f"vị trí số {line}" in told(checks.check_seats)


def test_seats_taken_away_under_those_who_sit_there(sound: Province) -> None:
    line = add_line(sound, "B1", 1, later={date(2026, 6, 1): -1})
    sit(sound, CAM, line)
    assert f"vị trí số {line}" in told(checks.check_seats)


def test_a_quota_cut_below_the_people_present(sound: Province) -> None:
    quota(sound, "B", -18)
    assert f"đơn vị số {sound.agencies['B']}" in told(checks.check_excesses)


def test_an_excess_of_less_than_was_accepted_for(sound: Province) -> None:
    quota(sound, "B", -18)
    accept(sound, "quota", "B", 1, level="civil")
    assert "mới ghi nhận 1" in told(checks.check_excesses)


def test_an_excess_that_was_accepted(sound: Province) -> None:
    quota(sound, "B", -18)
    accept(sound, "quota", "B", 2, level="civil", solve_by=clock.today())
    assert told(checks.check_excesses) == ""


def test_an_excess_that_is_past_its_day(sound: Province) -> None:
    quota(sound, "B", -18)
    accept(sound, "quota", "B", 2, level="civil", solve_by=clock.today() - timedelta(days=1))
    assert "quá hạn giải quyết" in told(checks.check_excesses)


def test_an_excess_accepted_for_another_kind_of_quota(sound: Province) -> None:
    quota(sound, "B", -18)
    accept(sound, "quota", "B", 2, level="public")
    assert told(checks.check_excesses) != ""


def test_a_division_with_fewer_seats_than_the_law_asks_for(sound: Province) -> None:
    add_line(sound, "B1", 2)
    assert f"division_size lệch 4, mới ghi nhận 0: đơn vị số {sound.agencies['B1']}" in told(checks.check_excesses)


def accept(
    province: Province, rule: str, place: str, excess: int, *, level: str = "", line: int = 0,
    solve_by: date | None = None,
) -> None:  # fmt: skip
    broken(
        "INSERT INTO overages (rule, agency_id, line_key, level, excess, reason, solve_by, valid_from, basis)"
        " VALUES (:rule, :place, :line, :level, :excess, 'sáp nhập', :until, :since, 'old_data')",
        rule=rule, place=province.agencies[place], line=line, level=level, excess=excess, until=solve_by, since=SINCE,
    )  # fmt: skip


def test_seats_given_on_beyond_the_quota(sound: Province) -> None:
    add_line(sound, "B", 21)
    assert f"đơn vị số {sound.agencies['B']} phân quá biên chế civil: 1" in told(checks.check_cover)


def test_quotas_of_agencies_under_it_beyond_the_quota(sound: Province) -> None:
    quota(sound, "B1", 21)
    assert f"đơn vị số {sound.agencies['B']} phân quá biên chế civil: 1" in told(checks.check_cover)


def test_one_kind_of_quota_never_covers_the_other(sound: Province) -> None:
    add_line(sound, "C1", 21, key=TEACHER)
    assert "phân quá biên chế public: 1" in told(checks.check_cover)


def test_seats_without_any_quota(sound: Province) -> None:
    add_line(sound, "B1", 1, key=TEACHER)
    assert f"đơn vị số {sound.agencies['B1']} có vị trí mà chưa được giao public" in told(checks.check_cover)


def test_an_account_below_nothing_on_a_day_gone_by(sound: Province) -> None:
    line = add_line(sound, "B1", 0, later={date(2026, 2, 1): -1, date(2026, 3, 1): 1})
    assert f"vị trí số {line} có ngày âm" in told(checks.check_ledger)


def test_a_reserve_below_nothing(sound: Province) -> None:
    broken(
        "INSERT INTO quota_movements (agency_id, quota_kind, kind, reserve, amount, effective_on, basis)"
        " VALUES (:place, 'civil', 'reserve', true, -1, :on, 'old_data')",
        place=sound.agencies["A"], on=SINCE,
    )  # fmt: skip
    assert f"đơn vị số {sound.agencies['A']}" in told(checks.check_ledger)


@pytest.mark.parametrize(
    "wrong", [{"place": "A"}, {"kind": "public"}, {"reserve": True}], ids=["agency", "kind", "reserve"]
)
def test_an_entry_on_a_line_of_another(sound: Province, wrong: dict[str, Any]) -> None:
    line = add_line(sound, "B1", 1)
    given = {"place": "B1", "kind": "civil", "reserve": False} | wrong
    broken(
        "INSERT INTO quota_movements (agency_id, line_id, quota_kind, kind, reserve, amount, effective_on, basis)"
        " VALUES (:agency, :line, :kind, 'assigned', :reserve, 1, :on, 'old_data')",
        agency=sound.agencies[given["place"]], line=line, kind=given["kind"], reserve=given["reserve"], on=SINCE,
    )  # fmt: skip
    assert "ghi sai cơ quan hoặc loại biên chế" in told(checks.check_ledger)


def test_a_seat_beyond_the_days_of_service(sound: Province) -> None:
    line = add_line(sound, "B1", 1)
    sit(sound, CAM, line)
    broken("UPDATE person_status SET superseded_at = now() WHERE person_id = :id", id=sound.people[CAM])
    assert f"hồ sơ số {sound.people[CAM]}" in told(checks.check_borne)


def test_a_seat_at_an_agency_somebody_does_not_work_at(sound: Province) -> None:
    line = add_line(sound, "C", 1)
    sit(sound, CAM, line)
    assert f"hồ sơ số {sound.people[CAM]}" in told(checks.check_borne)


def test_a_seconded_seat_without_a_secondment(sound: Province) -> None:
    line = add_line(sound, "A1", 1)
    sit(sound, CAM, line, role="seconded")
    assert f"hồ sơ số {sound.people[CAM]}" in told(checks.check_borne)


def test_a_seat_kept_for_a_proposal_that_is_no_longer_on_its_way(sound: Province) -> None:
    line_id = add_line(sound, "B")
    broken(
        "INSERT INTO submissions (kind, title, effective_on, values, one_paper, proposing_agency_id,"
        " signing_agency_id, party_ids, rule_ids, split_key, state, grounds, changed_at) VALUES ('assignment', 'Thử',"
        " '2026-12-01', '{}', false, :agency, :agency, ARRAY[0, CAST(:agency AS bigint)], '{}', 'x', 'draft', '{}',"
        " now())",
        agency=sound.agencies["B"],
    )
    assert told(checks.check_kept) == ""
    broken(
        "INSERT INTO seat_reservations (line_id, kind, seats, valid_from, submission_id, person_id)"
        " SELECT :line, 'proposal', 1, '2026-12-01', max(id), :person FROM submissions",
        line=line_id, person=sound.people[CAM],
    )  # fmt: skip
    assert "chỗ giữ số" in told(checks.check_kept)
