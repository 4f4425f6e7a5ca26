from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.report import command
from tests.recorded import fresh_store
from tests.reports.week_factory import realistic


def qingdan(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def filled(home: Path) -> Path:
    with fresh_store(home) as engine:
        realistic(engine, ads=200)
    return home


def test_the_default_is_the_nation_in_the_week_of_the_newest_ad(filled: Path) -> None:
    result = qingdan("weekly")
    path, figures = result.output.splitlines()
    assert result.exit_code == 0
    assert path == str(filled / "reports" / "2026-W47" / "000000" / "weekly-internal.html")
    assert Path(path).is_file()
    assert figures.startswith("2026-W47 000000 internal: ")
    assert figures.endswith("(written)")
    assert qingdan("weekly").output.endswith("(unchanged)\n")


def test_week_bureau_edition_and_folder_can_be_chosen(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    arguments = ("--week", "2026-W46", "--bureau", "330000", "--edition", "public", "--out", str(out))
    assert qingdan("weekly", *arguments).exit_code == 0
    assert (out / "2026-W46" / "330000" / "weekly-public.html").is_file()
    assert not (filled / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--week", "2026-47"), "'2026-47' is not a week; write it like 2026-W47"),
        (("--week", "2025-W53"), "'2025-W53' does not exist"),
        (("--week", "2999-W01"), "2999-W01 lies in the future"),
        (("--bureau", "999999"), "'999999' is no bureau of config/bureaus.csv"),
        (("--edition", "secret"), "'secret'"),
    ],
)
@pytest.mark.usefixtures("home")
def test_wrong_use_names_the_value(arguments: tuple[str, str], named: str) -> None:
    result = qingdan("weekly", *arguments)
    assert result.exit_code == 2
    assert named in result.output


@pytest.mark.usefixtures("home")
def test_without_any_ad_there_is_no_report() -> None:
    result = qingdan("weekly")
    assert result.exit_code == 1
    assert "no ad in the database yet" in result.output


def test_the_list_shows_what_was_written(filled: Path) -> None:
    assert qingdan("list").output == f"no reports in {filled / 'reports'}\n"
    qingdan("weekly", "--bureau", "330000")
    (line,) = qingdan("list").output.splitlines()
    assert line.startswith(
        f"2026-W47  330000  {filled / 'reports' / '2026-W47' / '330000' / 'weekly-internal.html'}"
    )
