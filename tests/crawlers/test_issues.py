"""The issues file of a run."""

import json
from pathlib import Path

from crawlers.issues import MOST, Issue, Issues


def test_the_same_thing_is_one_line_with_a_count_and_where_it_was_first(tmp_path: Path) -> None:
    issues = Issues()
    for number in range(3):
        issues.note(
            Issue(level="warning", kind="rejected", message="HTTP 404", url=f"https://a.example/{number}")
        )
    issues.note(Issue(level="signal", kind="unknown-field", message="x", field="memo"), times=7)
    issues.note(Issue(level="error", kind="lost", message="打电话 13812345678"))
    file = tmp_path / "runs" / "r" / "issues.jsonl"
    issues.write(file)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(each["level"], each["kind"], each["count"]) for each in lines] == [
        ("error", "lost", 1),
        ("warning", "rejected", 3),
        ("signal", "unknown-field", 7),
    ]
    assert lines[1]["url"] == "https://a.example/0"
    assert "13812345678" not in lines[0]["message"]
    assert [each.name for each in file.parent.iterdir()] == ["issues.jsonl"]


def test_the_file_is_bounded_and_says_so() -> None:
    issues = Issues()
    for number in range(MOST + 5):
        issues.note(Issue(level="error", kind="lost", message=f"{number}"))
    lines = list(issues.lines())
    assert len(lines) == MOST + 1
    assert (lines[-1]["kind"], lines[-1]["count"]) == ("more", 5)


def test_a_run_without_issues_has_an_empty_file(tmp_path: Path) -> None:
    Issues().write(tmp_path / "issues.jsonl")
    assert (tmp_path / "issues.jsonl").read_bytes() == b""
