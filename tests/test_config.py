"""Settings: production refuses every unsafe one at once; development keeps a secret of its own."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

import config

GOOD = {
    "HRMS_ENV": "production",
    "HRMS_SECRET_KEY": "kJ3-x0Vq9fYw7LzT2bN8sRmUe5cHdPaG4iKo1",
    "HRMS_DATABASE_URL": "postgresql://hrms_app:x@db.example/hrms",
    "HRMS_OWNER_DATABASE_URL": "postgresql://hrms_owner:x@db.example/hrms",
}


def _problems(**changes: str) -> str:
    with pytest.raises(config.Misconfigured) as refused:
        config.load({**GOOD, **changes})
    return "\n".join(refused.value.problems)


def test_production_with_good_settings() -> None:
    found = config.load(GOOD)
    assert found.database_url == "postgresql+psycopg://hrms_app:x@db.example/hrms"
    assert found.SESSION_COOKIE_SECURE
    assert found.SESSION_COOKIE_HTTPONLY
    assert found.SESSION_COOKIE_SAMESITE == "Lax"
    assert found.HSTS
    assert not found.DEMO_ALLOWED
    assert not found.DEBUG


@pytest.mark.parametrize(
    ("secret", "word"),
    [
        ("", "Thiếu"),
        ("secret", "khóa mẫu"),
        ("change-me-change-me-change-me-change-me", "khóa mẫu"),
        ("kJ3-x0Vq9fYw7LzT2b", "18 ký tự"),
        ("ab" * 30, "dễ đoán"),
    ],
)
def test_production_refuses_a_weak_secret(secret: str, word: str) -> None:
    assert word in _problems(HRMS_SECRET_KEY=secret)


@pytest.mark.parametrize("name", ["FLASK_DEBUG", "HRMS_DEBUG"])
def test_production_refuses_debug(name: str) -> None:
    assert name in _problems(**{name: "1"})


def test_production_refuses_the_embedded_database_and_one_role_for_both() -> None:
    assert "HRMS_DATABASE_URL" in _problems(HRMS_DATABASE_URL="")
    assert "hrms_owner" in _problems(HRMS_DATABASE_URL=GOOD["HRMS_OWNER_DATABASE_URL"])


def test_all_problems_are_named_at_once() -> None:
    found = _problems(HRMS_SECRET_KEY="", HRMS_DATABASE_URL="mysql://x/y", FLASK_DEBUG="1", HRMS_PORT="80000")
    assert len(found.split("\n")) == 4
    for word in ("HRMS_SECRET_KEY", "mysql", "FLASK_DEBUG", "80000"):
        assert word in found


@pytest.mark.parametrize("value", ["Production", "prod", "staging"])
def test_an_unknown_environment_is_refused(value: str) -> None:
    assert value in _problems(HRMS_ENV=value)


def test_development_keeps_its_secret_for_itself(tmp_path: Path) -> None:
    first = config.load({"HRMS_HOME": str(tmp_path / "home")})
    second = config.load({"HRMS_HOME": str(tmp_path / "home")})
    path = tmp_path / "home" / "secret-key"
    assert first.SECRET_KEY == second.SECRET_KEY == path.read_text()
    assert len(first.SECRET_KEY) >= 48
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret-key"]
    assert first.embedded
