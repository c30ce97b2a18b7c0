"""Every vector of the law sheets, asked as a command and typed into the page: the same facts, the same answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from wtforms import BooleanField, FieldList, FormField

from hrms.core.formats import format_number
from hrms.core.permissions import Permission
from hrms.pay import cli, cli_raises
from hrms.pay.forms.trying import QUESTIONS
from hrms.pay.queries.of_person import known_of
from hrms.people import cli as people_cli
from tests.inspection import mistakes
from tests.pay import making
from tests.pay.leaving.vectors import VECTORS
from tests.province import Province

COMMANDS = {**cli.explain.commands, **cli_raises.explain.commands}
NAMES = [f"{number} {section} {name}" for number, (section, name, _facts, _wanted) in enumerate(VECTORS)]


def typed(form: Any) -> Iterator[tuple[str, str]]:
    """Yield what a browser sends of a form as it is shown."""
    for field in form:
        if isinstance(field, FormField):
            yield from typed(field.form)
        elif isinstance(field, FieldList):
            for row in field.entries:
                yield from typed(row.form)
        elif isinstance(field, BooleanField):
            if field.data:
                yield field.name, "y"
        else:
            yield field.name, field._value() if hasattr(field, "_value") else str(field.data or "")


def sent(province: Province, name: str, facts: dict[str, Any]) -> dict[str, str]:
    """Return the form of a question filled in with facts, as a browser sends it."""
    with province.app.test_request_context():
        form = QUESTIONS[name].form
        filled = form(formdata=None, data=form.data_of(facts))
        filled.offer_all()
        return dict(typed(filled))


def told(folder: Path, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what the command answers."""
    if name == "retirement":
        return dict(people_cli.explain.commands[name].callback(**facts, year_only=False))  # type: ignore[misc] # as below
    path = folder / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    found: Any = COMMANDS[name].callback(path)  # type: ignore[misc] # it has one
    return dict(found)


def figure(answer: dict[str, Any], key: str) -> Any:
    """Return a wanted key of an answer."""
    side, _colon, code = key.partition(":")
    if code:
        rows = answer[{"line": "lines", "deduction": "deductions"}[side]]
        return {row["code"]: row["amount"] for row in rows}[code]
    if key == "amounts":
        return [one["amount"] for one in answer["shares"]]
    for name in key.split("."):
        answer = answer[name]
    return answer


@pytest.mark.parametrize(("section", "name", "facts", "wanted"), VECTORS, ids=NAMES)
def test_the_command_says_what_the_law_says(
    tmp_path: Path, section: str, name: str, facts: dict[str, Any], wanted: dict[str, Any]
) -> None:
    answer = told(tmp_path, name, facts)
    assert {key: figure(answer, key) for key in wanted} == wanted, section


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_the_page_says_what_the_command_says(province: Province, tmp_path: Path, question: str) -> None:
    """Each vector typed into the form: every figure and step of the answer stands on the page."""
    browser = province.client("canbo")
    asked = [one for one in VECTORS if one[1] == question]
    assert asked
    for section, name, facts, wanted in asked:
        page = browser.submit(f"/pay/try/{name}", sent(province, name, facts))
        assert page.status_code == 200, (section, facts, page.text[-3000:])
        shown = {
            " ".join(line.split()) for line in unescape(re.sub(r"<[^>]+>", "\n", page.text)).splitlines()
        }  # fmt: skip
        for key, figures in wanted.items():
            assert [one for one in _leaves(figures) if one not in shown] == [], (section, key, facts)
        for step in told(tmp_path, name, facts)["reasons"]:
            assert " ".join(step["text"].split()) in shown, (section, step)
            assert not step["source"] or step["source"] in shown, (section, step)
        assert "half_up" not in shown
    assert mistakes(page.text) == []


def _leaves(value: Any) -> Iterator[str]:
    """Yield the figures of a wanted value as a page writes them."""
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, bool):
        yield "có" if value else "không"
    elif value is None:
        return
    elif age := re.fullmatch(r"(\d+)y(\d+)m", str(value)):
        yield f"{age[1]} tuổi {age[2]} tháng"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        year, month, day = str(value).split("-")
        yield f"{day}/{month}/{year}"
    elif re.fullmatch(r"\d+(\.\d+)?", str(value)):
        yield format_number(Decimal(str(value)), "vi")
    else:
        yield str(value)


def test_a_form_says_the_facts_it_was_filled_with(province: Province) -> None:
    for section, name, facts, _wanted in VECTORS:
        asked = QUESTIONS[name]
        with province.app.test_request_context(method="POST", data=sent(province, name, facts)):
            form = asked.form()
            form.offer_all()
            assert form.validate(), (section, form.errors)
            assert asked.schema().load(form.facts()) == asked.schema().load(facts), section


def test_the_first_page_leads_to_every_question(province: Province) -> None:
    page = province.client("canbo").get("/pay/try")
    assert mistakes(page.text) == []
    assert all(f'href="/pay/try/{name}"' in page.text for name in QUESTIONS)
    assert province.client("canbo").get("/pay/try/weather").status_code == 404
    reader = province.client("canbo")
    reader.submit("/locale", {"locale": "en"})
    for name in QUESTIONS:
        english = reader.get(f"/pay/try/{name}")
        assert english.status_code == 200
        assert mistakes(english.text, "en") == []


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_an_empty_form_names_what_is_missing(province: Province, name: str) -> None:
    page = province.client("canbo").submit(f"/pay/try/{name}", {})
    assert page.status_code == 422
    assert mistakes(page.text) == []
    assert "error-summary" in page.text


def test_rows_are_added_and_taken_without_script(province: Province) -> None:
    browser, facts = province.client("canbo"), VECTORS[0][2]
    more = browser.submit("/pay/try/pay", {**sent(province, "pay", facts), "act": "add:allowances"})
    assert more.status_code == 200
    assert 'name="allowances-1-code"' in more.text
    assert 'value="5,08"' in more.text
    assert 'id="ket-qua"' not in more.text
    less = browser.submit("/pay/try/pay", {**sent(province, "pay", facts), "act": "remove:allowances-0"})
    assert '<option selected value="public_duty">' in more.text
    assert '<option selected value="public_duty">' not in less.text
    nested = browser.submit("/pay/try/arrears", {"act": "add:before-allowances"})
    assert 'name="before-allowances-0-code"' in nested.text


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("pay", {"on": "2026-11-01", "coefficient": "5.08", "allowances": [{"code": "regional", "percent": "5"}]},
         "Phụ cấp khu vực"),
        ("pay", {"on": "1990-01-01", "coefficient": "5.08"}, "Mức lương cơ sở"),
        ("step-raise", {"group": "A1", "step": 12, "step_since": "2024-03-01"}, "bậc 12 không hợp lệ"),
        ("step-raise", {"group": "A1", "step": 2, "step_since": "2024-03-01", "events": [{"type": "study"}]},
         "Từ ngày"),
        ("placement", {"to": {"table": 2, "group": "A1"}, "decided_on": "2026-09-01"}, "Thiếu from"),
        ("severance", {"case": "unfit", "monthly_pay": "1", "years": 3}, "pháp luật về lao động"),
        ("early-raise-quota", {"units": [{"id": "a", "assigned": 3}, {"id": "a", "assigned": 3}]}, "ghi 2 lần"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_are_refused_beside_their_box(
    province: Province, name: str, facts: dict[str, Any], said: str
) -> None:
    page = province.client("canbo").submit(f"/pay/try/{name}", sent(province, name, facts))
    assert page.status_code == 422
    assert mistakes(page.text) == []
    assert said in page.text.split("<form", 2)[-2] + page.text
    assert "error-summary" in page.text


def test_a_record_fills_the_form_for_whoever_sees_its_amounts(province: Province) -> None:
    making.set_rank(province, making.OFFICER, "3.66", step=5, step_since=making.SINCE)
    person = province.people[making.OFFICER]
    address = f"/pay/try/placement?person={person}"
    page = province.client("tochuc").get(address)
    assert page.status_code == 200
    assert 'value="3,66"' in page.text
    assert making.OFFICER in page.text
    assert province.client("thutruong").get(address).status_code == 403
    assert province.client("giangvien").get(address).status_code in {403, 404}


def test_every_question_about_a_person_is_filled_in_from_the_record(province: Province) -> None:
    making.add_allowance(province, making.OFFICER, "public_duty", percent="25")
    making.add_absence(province, making.OFFICER, "unpaid_leave", date(2025, 1, 1), date(2025, 5, 1))
    person = province.people[making.OFFICER]
    browser = province.client("sonoivu")
    assert f'href="/pay/try/pay?person={person}"' in browser.get(f"/pay/try?person={person}").text
    wanted = {
        "pay": ['value="4,74"', 'value="0,50"', '<option selected value="public_duty">'],
        "arrears": ['value="4,74"'],
        "step-raise": ['<option selected value="2|A2.1">', '<option selected value="unpaid_leave">', "01/05/2025"],
        "placement": ['<option selected value="2|A2.1">', 'value="4,74"'],
        "severance": ['value="13.257.200"', 'value="16"'],
        "retirement": ["22/10/1983", '<option selected value="M">'],
    }
    for name, shown in wanted.items():
        page = browser.get(f"/pay/try/{name}?person={person}")
        assert mistakes(page.text) == []
        assert [one for one in shown if one not in page.text] == [], name
        with province.app.test_request_context():
            filled = _known(province, name, person)
        answer = browser.submit(f"/pay/try/{name}?person={person}", filled)
        # A placement still lacks what to place in.
        assert answer.status_code == (422 if name == "placement" else 200), answer.text[-3000:]
    own = province.client("canbo").get(f"/pay/try/pay?person={province.people['Nguyễn Văn Hùng']}")
    assert 'value="3,66"' in own.text


def _known(province: Province, name: str, person: int) -> dict[str, str]:
    province.enter("sonoivu", Permission.PAY_VIEW)
    return sent(province, name, known_of(province.actor("sonoivu"), person, name).facts)
