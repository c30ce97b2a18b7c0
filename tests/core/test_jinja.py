"""Filters show values as offices write them, and addresses keep what they should."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace

import pytest
from flask import Flask, session

from hrms.core import i18n, jinja
from hrms.core.rules import N_, Problem, Reason


class Kind(StrEnum):
    OFFICIAL = "official"
    OTHER = "other"


@pytest.fixture
def app(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("a{}")
    app = Flask("templates", static_folder=str(tmp_path), static_url_path="/static")
    app.secret_key = "test"
    app.testing = True
    i18n.init_app(app)
    jinja.init_app(app)
    return app


@pytest.fixture
def shown(app):
    def render(expression, /, locale="vi", path="/", **values):
        with app.test_request_context(path):
            session["locale"] = locale
            return app.jinja_env.from_string("{{ " + expression + " }}").render(**values)

    return render


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 7, 1), "01/07/2026"),
        (datetime(2026, 6, 30, 18, 0, tzinfo=UTC), "01/07/2026"),
        (None, "—"),
    ],
)
def test_date_is_the_day_in_viet_nam(shown, value, expected):
    assert shown("value | date", value=value) == expected


def test_datetime_is_the_time_in_viet_nam(shown):
    assert shown("value | datetime", value=datetime(2026, 6, 30, 18, 5, tzinfo=UTC)) == "01/07/2026 01:05"
    assert shown("none | datetime") == "—"


@pytest.mark.parametrize(("locale", "expected"), [("vi", "25.583"), ("en", "25,583")])
def test_number_follows_the_language(shown, locale, expected):
    assert shown("25583 | number", locale=locale) == expected


def test_number_and_coefficient_places(shown):
    assert shown("value | number(1)", value=Decimal("2.55")) == "2,6"
    assert shown("value | coefficient", value=Decimal("3.3")) == "3,30"
    assert shown("none | number") == shown("none | coefficient") == "—"
    assert shown("0 | number") == "0"


def test_interval_shows_its_last_day(shown):
    row = SimpleNamespace(valid_from=date(2021, 3, 1), valid_to=date(2024, 3, 1))
    assert shown("row | interval", row=row) == "01/03/2021 – 29/02/2024"
    assert shown("row | interval", row=(row.valid_from, row.valid_to)) == "01/03/2021 – 29/02/2024"
    assert shown("a | interval(b)", a=row.valid_from, b=row.valid_to) == "01/03/2021 – 29/02/2024"
    assert shown("a | interval", a=row.valid_from).startswith("01/03/2021 – ")


def test_label_needs_words(shown):
    jinja.register_labels({Kind.OFFICIAL: N_("Công chức")})
    assert shown("kind | label", kind=Kind.OFFICIAL) == "Công chức"
    with pytest.raises(LookupError, match="register_labels"):
        shown("kind | label", kind=Kind.OTHER)
    assert shown("none | label") == "—"


def test_reason_and_figure(shown):
    reason = Reason("Giữ bậc %(step)s từ", "2024-03-01", "QĐ 112", {"step": 4})
    assert shown("r | reason", r=reason) == "Giữ bậc 4 từ"
    assert shown("r.figure | figure", r=reason) == "01/03/2024"
    assert shown("'3.33' | figure") == "3,33"
    assert shown("'1245348000' | figure") == "1.245.348.000"
    assert shown("'+ 36 tháng' | figure") == "+ 36 tháng"
    assert shown("'' | figure") == ""
    assert shown("r | reason", r={"text": "Sẵn lời"}) == "Sẵn lời"
    assert shown("r | reason", r=Problem("a", "b", "Thiếu %(what)s", {"what": "ngày"})) == "Thiếu ngày"


def test_mask_hides_all_but_the_end(shown):
    assert shown("'012345674567' | mask") == "••••••••4567"
    assert shown("none | mask") == "—"


def test_here_keeps_the_address_and_forgets_the_place(shown):
    path = "/people?q=d%C5%A9ng&kind=a&kind=b&after=xyz"
    assert shown("here(sort='name') | safe", path=path) == "/people?q=d%C5%A9ng&kind=a&kind=b&sort=name"
    assert shown("here(kind=none) | safe", path=path) == "/people?q=d%C5%A9ng"
    assert shown("here(kind=['c']) | safe", path=path) == "/people?q=d%C5%A9ng&kind=c"
    assert shown("here(after='n', before=none) | safe", path=path).endswith("kind=b&after=n")
    assert shown("here(q=none, kind=none) | safe", path=path) == "/people"


def test_asset_changes_its_address_with_its_content(app, shown, tmp_path):
    before = shown("asset('css/a.css')")
    assert before.startswith("/static/css/a.css?v=")
    (tmp_path / "css" / "a.css").write_text("a{color:red}")
    app.extensions["hrms_static_version"] = jinja.static_version(tmp_path)
    assert shown("asset('css/a.css')") != before


@pytest.mark.parametrize(
    ("me", "cookie", "expected"),
    [
        ({"theme": "dark"}, "light", "dark"),
        ({"theme": None}, "light", "light"),
        (None, "dark", "dark"),
        (None, "javascript:", ""),
        (SimpleNamespace(theme="light"), "", "light"),
    ],
)
def test_look_takes_the_account_then_the_cookie(app, me, cookie, expected):
    with app.test_request_context("/", headers={"Cookie": f"theme={cookie}"}):
        assert jinja.look(me) == {"locale": "vi", "theme": expected}
