"""Accounts from a terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.accounts import command

PASSWORD = "correct horse battery\ncorrect horse battery\n"


def accounts(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=given, env={"USER": "root"})


@pytest.mark.usefixtures("home")
def test_an_account_is_added_listed_disabled_and_enabled() -> None:
    new = ("add", "王初核", "--role", "reviewer", "--bureau", "310000")
    assert accounts(*new, given=PASSWORD).stdout == "王初核 may log in as reviewer of 310000\n"
    again = accounts(*new, given=PASSWORD)
    assert (again.exit_code, "there is an account 王初核 already" in again.stderr) == (2, True)
    assert accounts("list").stdout == "310000  reviewer  王初核  enabled\n"
    assert accounts("disable", "王初核").exit_code == 0
    assert "disabled 2" in accounts("list").stdout
    assert accounts("enable", "王初核").exit_code == 0
    assert accounts("password", "王初核", given=PASSWORD).exit_code == 0
    assert "enabled" in accounts("list").stdout
    assert accounts("reset-factor", "王初核").stdout == "王初核 logs in with the password alone\n"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("add", "甲", "--role", "king", "--bureau", "310000"), PASSWORD),
        (("add", "甲", "--role", "reader", "--bureau", "999999"), PASSWORD),
        (("add", "甲", "--role", "reader", "--bureau", "310000"), "short\nshort\n"),
        (("disable", "甲"), None),
        (("reset-factor", "甲"), None),
        (("password", "甲"), PASSWORD),
    ],
)
def test_what_cannot_be_is_wrong_use(arguments: tuple[str, ...], given: str | None) -> None:
    refused = accounts(*arguments, given=given)
    assert refused.exit_code == 2
    assert refused.stderr


def test_no_password_stands_in_a_command_line(home: Path) -> None:
    assert home.is_dir()
    assert "--password" not in accounts("add", "--help").stdout


@pytest.mark.usefixtures("home")
def test_a_token_is_shown_once_listed_and_revoked() -> None:
    new = ("add", "派单系统", "--role", "reader", "--bureau", "310000", "--program")
    assert accounts(*new).stdout == "派单系统 may bear tokens as reader of 310000\n"
    given = accounts("token", "add", "派单系统", "--for", "派单", "--days", "7", "--read-only")
    token = given.stdout.strip()
    assert len(token) == 43
    assert "it is not shown again" in given.stderr
    listed = accounts("token", "list").stdout
    assert "reads  派单系统  派单  until " in listed
    assert token not in listed
    token_id = listed.split()[0]
    assert accounts("token", "revoke", token_id).stdout == f"token {token_id} of 派单系统 is revoked\n"
    assert "revoked 2" in accounts("token", "list").stdout


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "add", "无此人", "--for", "派单"),
        ("token", "revoke", "none"),
        ("add", "派单系统", "--role", "reviewer", "--bureau", "310000", "--program"),
    ],
)
def test_what_cannot_be_of_a_token_is_wrong_use(arguments: tuple[str, ...]) -> None:
    refused = accounts(*arguments)
    assert (refused.exit_code, bool(refused.stderr)) == (2, True)
