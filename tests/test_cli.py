"""The command line's manners: JSON on stdout, words on stderr, exit 0, 1 or 2."""

from __future__ import annotations

import json

import click
import pytest

from hrms import cli
from hrms.core import console
from hrms.core.errors import Refused
from hrms.core.rules import Problem


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    group = click.Group("trial")

    @group.command()
    @click.option("--how", default="well")
    def go(how: str) -> dict[str, object]:
        console.say("đang thử")
        if how == "refused":
            raise Refused(Problem("name", "too_long", "Tên dài quá."))
        if how == "unusable":
            raise console.Unusable("Tệp hỏng.")
        return console.refused({"problems": ["x"]}) if how == "problems" else {"how": how}

    root = cli.Root("hrms")
    for command in cli.cli.commands.values():
        console.merge(root, command)
    console.merge(root, group)
    monkeypatch.setattr(cli, "cli", root)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.parametrize("order", [("--json", "trial", "go"), ("trial", "--json", "go"), ("trial", "go", "--json")])
def test_json_wherever_it_stands(capsys: pytest.CaptureFixture[str], order: tuple[str, ...]) -> None:
    status, out, err = _run(capsys, *order)
    assert status == 0
    assert json.loads(out) == {"how": "well"}
    assert err == "đang thử\n"


def test_without_json_nothing_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "trial", "go") == (0, "", "đang thử\n")


@pytest.mark.parametrize(
    ("how", "status", "code"), [("refused", 1, "too_long"), ("unusable", 2, "unusable"), ("problems", 1, None)]
)
def test_refusals(capsys: pytest.CaptureFixture[str], how: str, status: int, code: str | None) -> None:
    found, out, err = _run(capsys, "trial", "go", "--how", how, "--json")
    assert found == status
    problems = json.loads(out)["problems"]
    assert problems == ["x"] if code is None else problems[0]["code"] == code
    assert err


@pytest.mark.parametrize("arguments", [("nothing",), ("trial", "go", "--what"), ("backup",), ("serve", "--port", "x")])
def test_an_unusable_command_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    status, out, err = _run(capsys, *arguments, "--json")
    assert status == 2
    assert json.loads(out)["problems"][0]["code"] == "unusable"
    assert err


def test_unsafe_production_settings_are_all_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRMS_ENV", "production")
    monkeypatch.delenv("HRMS_SECRET_KEY", raising=False)
    monkeypatch.delenv("HRMS_DATABASE_URL", raising=False)
    status, out, err = _run(capsys, "serve", "--json")
    assert status == 1
    assert len(json.loads(out)["problems"]) == 2
    assert "HRMS_SECRET_KEY" in err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _err = _run(capsys, "--help")
    assert status == 0
    for name in ("serve", "run", "worker", "db", "check", "backup", "restore"):
        assert f"  {name} " in out


def test_two_groups_of_one_name_become_one() -> None:
    root, first, second = click.Group("root"), click.Group("explain"), click.Group("explain")
    first.add_command(click.Command("retirement"))
    second.add_command(click.Command("pay"))
    console.merge(root, first)
    console.merge(root, second)
    assert set(root.commands["explain"].commands) == {"retirement", "pay"}  # type: ignore[attr-defined] # it is a group
    with pytest.raises(ValueError, match="pay"):
        console.merge(root, _with_pay())


def _with_pay() -> click.Group:
    again = click.Group("explain")
    again.add_command(click.Command("pay"))
    return again
