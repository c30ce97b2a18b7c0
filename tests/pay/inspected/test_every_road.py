"""Every page, file and answer of the application, read by those without the pay permission: no amount is on any."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import text
from werkzeug.test import TestResponse

from hrms.core import scope
from hrms.core.db import db
from tests.pay.leaving.objects import add_case
from tests.pay.making import add_allowance
from tests.pay.pages import making
from tests.pay.pages.making import CAM, HUNG, Paid
from tests.province import Province
from tests.system.objects import Objects, build_objects
from tests.system.test_access import ROUTES, _address

READERS = ("thutruong", "admin", "vanthu")
SECRETS = {
    "9182736": "pay line", "8273645": "employer's side", "7364555": "past line", "6455443": "allowance fact",
    "5544332": "pay of a position", "4433221": "severance", "3322119": "pay before leaving", "2211338": "share",
    "6655449": "fund", "5566778": "insured base",
}  # fmt: skip
SHARES = """
UPDATE incentive_shares SET amount = 2211338, due = 2211338 FROM incentive_rounds r
WHERE r.id = round_id AND r.state <> 'decided'
"""
KINDS = ("status", "agency", "post", "rank", "allowance", "absence")
SKIPPED = {"accounts.logout", "core.task_stream"}


@pytest.fixture
def objects(province: Province) -> Objects:
    found = build_objects(province)
    lines = (("line", "salary", "9182736"), ("employer", "social_insurance", "8273645"))
    past = {date(2026, 8, 1): (("line", "salary", "7364555"),)}
    for month, state in ((date(2026, 6, 1), "approved"), (date(2026, 5, 1), "computed")):
        making.add_run(province, "B", {HUNG: Paid(lines=lines, past=past), CAM: Paid(lines=lines)}, month=month,
                       state=state)  # fmt: skip
    for name in (HUNG, CAM):
        add_allowance(province, name, "hazard", amount="6455443", since=date(2026, 10, 1))
    with scope.everything():
        for name in (HUNG, CAM):
            add_case(
                province.people[name], province.agencies["B"], left_on=date(2026, 8, 3), amount=Decimal(4433221),
                monthly_pay=Decimal(3322119), state="held",
            )  # fmt: skip
        for statement in (
            "UPDATE people SET position_pay_amount = 5544332",
            SHARES,
            "UPDATE incentive_rounds SET fund = 6655449 WHERE state <> 'decided'",
            "UPDATE insurance_changes SET base_before = 5566778",
        ):
            db.session.execute(text(statement))
        db.session.commit()
    return found


def words(answer: TestResponse) -> str:
    """Return what an answer says, whatever form it has."""
    data = answer.data
    if data[:4] == b"%PDF":
        return "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(data)).pages)
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "\n".join(
                re.sub(r"<[^>]+>", " ", book.read(name).decode("utf-8", "replace")) for name in book.namelist()
            )
    return data.decode("utf-8", "replace")


def told(answer: TestResponse) -> set[str]:
    """Return which of the secret amounts an answer tells."""
    plain = re.sub(r"(?<=\d)[.,\u00a0\u202f ](?=\d{3})", "", words(answer))
    return {what for amount, what in SECRETS.items() if amount in plain}


def addresses(app: Flask, objects: Objects, username: str) -> Iterator[str]:
    """Yield every address one may read, inside one's reach, with the objects of Hùng and Cẩm beside."""
    for method, endpoint in ROUTES:
        if method != "GET" or endpoint in SKIPPED or endpoint == "static":
            continue
        try:
            yield _address(app, objects, method, endpoint, username, inside=True)
        except (KeyError, pytest.fail.Exception):
            continue
    for name in (HUNG, CAM):
        person = objects.province.people[name]
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
            if "GET" not in (rule.methods or ()) or "person_id" not in rule.arguments:
                continue
            rest = rule.arguments - {"person_id"}
            if rest <= {"kind"}:
                for kind in KINDS if rest else ("",):
                    values = {"person_id": person} | ({"kind": kind} if rest else {})
                    yield str(app.url_map.bind("localhost").build(rule.endpoint, values))
        yield f"/people/{person}?as_at=2026-10-15"
    with scope.everything():
        for table, pattern in (
            ("pay_slips", "/pay/slips/{}"), ("severance_cases", "/pay/severance/{}"), ("pay_runs", "/pay/runs/{}"),
            ("incentive_shares", "/pay/incentives/shares/{}"), ("raise_items", "/pay/raises/items/{}"),
        ):  # fmt: skip
            for number in db.session.execute(text(f"SELECT id FROM {table}")).scalars().all():
                yield pattern.format(number)
    yield from (
        "/people?columns=all", "/people/export.xlsx", "/api/v1/pay-lines", "/api/v1/incentives", "/api/v1/step-raises",
        "/audit", "/tasks", "/calendar", "/", "/search?q=H%C3%B9ng",
    )  # fmt: skip


@pytest.mark.parametrize("username", READERS)
def test_no_amount_on_any_road(app: Flask, objects: Objects, username: str) -> None:
    client = objects.province.client(username)
    found = []
    read = 0
    for address in dict.fromkeys(addresses(app, objects, username)):
        answer = client.get(address)
        if answer.status_code == 200:
            read += 1
            found += [f"{address}: {what}" for what in sorted(told(answer))]
    assert read > 40
    assert not found, "\n".join(found)


def test_the_officer_of_pay_reads_them_there(app: Flask, objects: Objects) -> None:
    """What is looked for is there to be found."""
    client = objects.province.client("tochuc")
    found: set[str] = set()
    for address in dict.fromkeys(addresses(app, objects, "tochuc")):
        if address.startswith(("/pay", "/people/", "/api/v1/people")):
            answer = client.get(address)
            found |= told(answer) if answer.status_code == 200 else set()
    assert found >= set(SECRETS.values()) - {"pay of a position"}
