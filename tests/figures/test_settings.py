"""The province's figures: who sees and sets them, within which bounds, and what the trail keeps of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hrms.audit.models import AuditEvent
from hrms.core import scope, settings
from hrms.core.actor import Actor, Grant
from hrms.core.catalogues import FOLDER
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Role
from hrms.core.rules import N_
from hrms.figures import queries, services
from hrms.figures.rules import CATALOGUE_LABELS, COLUMN_LABELS, MARK_LABELS, setting_problems
from tests.province import Province

IDLE = "accounts.idle_minutes"


def _events() -> list[AuditEvent]:
    with scope.everything():
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "setting.changed")))


def test_every_setting_is_listed_with_source_and_mark(province: Province) -> None:
    page = province.client("sonoivu").get("/settings").text
    for name, known in settings.KNOWN.items():
        assert name in page
        assert known.mark in MARK_LABELS
        assert known.source
    assert "QCVN 12:2026/BCA" in page
    assert "/settings/accounts.idle_minutes" not in page  # the province's HR reads; only an administrator sets


def test_an_administrator_sets_a_figure_with_its_reason(province: Province) -> None:
    admin = province.client("admin")
    answer = admin.submit(f"/settings/{IDLE}", {"value": "10", "reason": "QĐ 12/QĐ-UBND", "version": ""})
    assert answer.status_code == 303
    assert settings.get(IDLE) == 10
    page = admin.get("/settings").text
    assert "QĐ 12/QĐ-UBND" in page
    assert "Tài khoản admin" in page
    (event,) = _events()
    assert (event.before, event.after) == ({"setting": IDLE, "value": 15}, {"setting": IDLE, "value": 10})
    assert event.reason == "QĐ 12/QĐ-UBND"
    trail = province.client("sonoivu").get("/audit?entity=setting").text
    assert "đổi tham số “Tự đăng xuất khi không thao tác quá”" in trail


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        ("16", "thử", "từ 1 đến 15 (QCVN 12:2026/BCA)"),
        ("0", "thử", "từ 1 đến 15"),
        ("mười", "thử", "không phải là số"),
        ("10", "", "Lý do còn trống"),
    ],
)
def test_what_may_not_be_set_is_refused_and_kept_on_the_page(
    province: Province, value: str, reason: str, said: str
) -> None:
    answer = province.client("admin").submit(f"/settings/{IDLE}", {"value": value, "reason": reason, "version": ""})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{value}"' in answer.text
    assert settings.get(IDLE) == 15
    assert _events() == []


def test_a_form_older_than_the_figure_is_stale(province: Province) -> None:
    admin = province.client("admin")
    admin.submit(f"/settings/{IDLE}", {"value": "10", "reason": "một", "version": ""})
    answer = admin.submit(f"/settings/{IDLE}", {"value": "12", "reason": "hai", "version": ""})
    assert answer.status_code == 412
    assert settings.get(IDLE) == 10


def test_the_same_value_changes_nothing(province: Province) -> None:
    admin = province.client("admin")
    assert admin.submit(f"/settings/{IDLE}", {"value": "15", "reason": "x", "version": ""}).status_code == 303
    assert _events() == []


def test_the_province_code_is_one_of_the_catalogue(province: Province) -> None:
    admin = province.client("admin")
    data = {"value": "99", "reason": "x", "version": ""}
    assert admin.submit("/settings/agencies.province_code", data).status_code == 422
    assert admin.submit("/settings/agencies.province_code", {**data, "value": "01"}).status_code == 303
    assert settings.get("agencies.province_code") == "01"


def test_an_administrator_of_a_part_does_not_set_the_provinces_figures(province: Province) -> None:
    part = Actor(province.accounts["admin"], "part", (Grant(Role.ADMIN, province.agencies["B"]),))
    with pytest.raises(Forbidden):
        services.change(part, IDLE, 10, reason="x", version="")


def test_the_service_checks_for_itself(province: Province) -> None:
    admin = province.enter("admin")
    with pytest.raises(Refused):
        services.change(admin, IDLE, 99, reason="x", version="")
    with pytest.raises(Refused):
        services.change(admin, IDLE, 10, reason="  ", version="")
    with pytest.raises(Stale):
        services.change(admin, IDLE, 10, reason="x", version="2020-01-01")


def test_a_value_that_is_no_whole_number_has_its_problem() -> None:
    problems = setting_problems("10", least=1, most=15, choices=(), source="x")
    assert [p.code for p in problems] == ["not_whole"]


def test_every_default_lies_within_its_own_bounds(everywhere: Flask) -> None:
    for name, known in settings.KNOWN.items():
        codes = [code for code, _words in queries.codes_for(name)]
        found = setting_problems(known.default, least=known.least, most=known.most, choices=codes, source="")
        assert found == [], name


def test_every_catalogue_has_a_name_and_every_column_words() -> None:
    names = {path.stem for path in FOLDER.glob("*.csv")}
    assert names <= set(CATALOGUE_LABELS), "give new catalogues a name in hrms/figures/rules.py"
    for path in FOLDER.glob("*.csv"):
        header = Path(path).read_text(encoding="utf-8").splitlines()[0].split(",")
        unnamed = set(header) - set(COLUMN_LABELS) - {"rank", "valid_from", "valid_to", "source", "mark"}
        assert not unnamed, f"{path.stem}: give {unnamed} words in hrms/figures/rules.py"


def test_every_catalogue_opens_and_counts_its_rows(province: Province) -> None:
    page = province.client("sonoivu")
    listed = page.get("/settings/catalogues").text
    for name, count, marks in queries.list_catalogues():
        assert f"/settings/catalogues/{name}" in listed
        assert sum(marks.values()) == count == len(queries.get_catalogue(name)[1])
    scales = page.get("/settings/catalogues/pay_scales").text
    assert "NĐ 204/2004/NĐ-CP Bảng 1" in scales
    assert "đã đối chiếu văn bản" in scales
    assert page.get("/settings/catalogues/..%2F..%2Fconfig").status_code == 404


def test_a_head_sees_neither(province: Province) -> None:
    client = province.client("thutruong")
    assert client.get("/settings").status_code == 403
    assert "/settings" not in client.get("/").text
    assert N_("Tham số") in province.client("admin").get("/").text
