from pathlib import Path

from click.testing import CliRunner, Result

from cli.dataset import build_dataset, command
from cli.wiring import open_database
from tests.recorded import add, violation


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_build_then_verify(home: Path) -> None:
    add(open_database(), violation(1), violation(2))
    first = run("build")
    assert first.exit_code == 0
    assert first.output.startswith("built version 2026-11-18-")
    assert "(2 ads, 2 clues, 0 findings, 1 weekly)" in first.output
    assert (home / "dataset" / "latest" / "clues.csv").is_file()
    second = run("build")
    assert second.output == first.output.replace("built version", "unchanged: version")
    assert run("verify").output.endswith("every hash and every row is as it was built\n")
    version = (home / "dataset" / "latest").resolve().name
    assert run("verify", version).exit_code == 0


def test_a_changed_file_is_trouble(home: Path) -> None:
    add(open_database(), violation(1))
    file = build_dataset(open_database()).folder / "clues.csv"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"x")
    result = run("verify")
    assert result.exit_code == 1
    assert "clues.csv: SHA-256 differs from the manifest" in result.output
    assert run("build").output.startswith("built version 2026-11-18-")
    assert run("verify").exit_code == 0
    assert [path.name for path in (home / "dataset" / "versions").iterdir()] == [file.parent.name]
    assert (home / "pseudonym.key").stat().st_mode & 0o777 == 0o600


def test_nothing_to_publish_is_trouble(home: Path) -> None:
    result = run("build")
    assert result.exit_code == 1
    assert "nothing published: no ad has been read yet" in result.output
    assert not (home / "dataset" / "latest").exists()


def test_a_contact_in_a_clause_publishes_nothing(home: Path) -> None:
    add(open_database(), violation(1, said={"quote": "证", "text": "须有证，电话13812345678"}))
    result = run("build")
    assert result.exit_code == 1
    assert "field clause: looks like it holds a mobile number" in result.output
    assert "13812345678" not in result.output
    assert not (home / "dataset" / "latest").exists()


def test_a_version_that_is_not_there_is_wrong_use(home: Path) -> None:
    assert home.is_dir()
    assert run("verify").exit_code == 2
    add(open_database(), violation(1))
    build_dataset(open_database())
    for name in ("2020-01-01-000000000000", "..", "../../etc"):
        result = run("verify", name)
        assert result.exit_code == 2
        assert "there are: 2026-11-18-" in result.output
