import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.check import command


def check(*arguments: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(command, list(arguments), input=given)


def line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


def test_one_reading_a_line_in_input_order() -> None:
    lines = line(id="b", text="须持茶艺师证") + line(id="a", title="会计", text="能吃苦")
    done = check("--on", "2024-06-01", given=lines)
    answers = [json.loads(each) for each in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [answer["id"] for answer in answers] == ["b", "a"]
    (mention,) = answers[0]["mentions"]
    assert (mention["quote"], mention["kind"], mention["verdict"]) == ("茶艺师证", "skill_level", "violation")
    assert mention["edition"] == "2021"
    assert answers[1]["mentions"] == []


def test_each_ad_is_judged_on_its_own_day() -> None:
    lines = line(id=1, text="须持会计证", posted="2017-10-01") + line(
        id=2, text="须持会计证", posted="2018-01-01"
    )
    kinds = [json.loads(each)["mentions"][0]["kind"] for each in check(given=lines).stdout.splitlines()]
    assert kinds == ["licensing", "delisted"]


def test_a_bad_line_is_named_and_the_others_are_answered() -> None:
    lines = (
        line(id=1, text="a")
        + "{broken\n"
        + line(id=3, text=5)
        + line(id=4, text="a", posted="soon")
        + line(id=5, title="a")
        + line(id=6)
        + line(id=7, title=" ", text=None)
    )
    done = check(given=lines)
    assert done.exit_code == 1
    assert [json.loads(each)["id"] for each in done.stdout.splitlines()] == [1, 5]
    for part in ("line 2: not JSON", "line 3: text:", "line 4: posted:"):
        assert part in done.stderr
    for number in (6, 7):
        assert f"line {number}: line: Value error, neither title nor text" in done.stderr


def test_plain_text_is_explained_for_a_layman(tmp_path: Path) -> None:
    ad = tmp_path / "ad.txt"
    ad.write_text("茶艺师\n要求：须持茶艺师证；持有PMP证书优先。保证质量", encoding="utf-8")
    done = check(str(ad), "--on", "2024-06-01", "--explain")
    assert done.exit_code == 0
    for part in ("疑似", "〔茶艺师证〕", "人社部发〔2017〕68号", "建议", "“保证质量”：不是从业证件"):
        assert part in done.stdout
    assert "违法" not in done.stdout


def test_what_rule_packs_find_is_shown_and_is_no_violation(tmp_path: Path) -> None:
    words = "零基础，岗前实训，学费上岗后分期还款。档案挂靠"
    (answer,) = map(json.loads, check("--on", "2026-03-01", given=line(text=words)).stdout.splitlines())
    (found,) = answer["findings"]
    assert (found["pack"], found["rule"], answer["verdict"]) == ("training", "training.fee-on-credit", "none")
    span = found["evidence"]
    assert words[span["start"] : span["end"]] == span["text"] == "学费上岗后分期还款"
    ad = tmp_path / "ad.txt"
    ad.write_text(words, encoding="utf-8")
    told = check(str(ad), "--on", "2026-03-01", "--explain").stdout
    for part in (
        "另有提示：疑似培训招生",
        "“学费上岗后分期还款”",
        "人社厅发〔2025〕60号",
        "“档案挂靠”（疑似证书挂靠）：字样另有所指",
    ):
        assert part in told
    assert "违法" not in told


def test_the_poster_of_an_ad_goes_before_that_of_the_command() -> None:
    ads = line(id=1, text="须持茶艺师证", company="x") + line(
        id=2, text="须持经济师证", company="x", poster="private"
    )
    done = check("--on", "2024-06-01", "--poster", "public", given=ads)
    found = [json.loads(each)["mentions"][0] for each in done.stdout.splitlines()]
    assert [(mention["severity"], mention["measure"][:7]) for mention in found] == [
        ("orange", "核实后函告招聘"),
        ("orange", "核实后提醒告知"),
    ]
    assert "vocational-education-53" in found[0]["basis"]
    assert check("--poster", "king", given=ads).exit_code == 2


def test_an_answer_names_the_versions_it_rests_on() -> None:
    answer = json.loads(check("--on", "2024-06-01", given=line(id=1, text="须持茶艺师证")).stdout)
    assert all(len(answer[f"{part}_version"]) == 12 for part in ("rules", "catalogue", "policy"))
    assert answer["mentions"][0]["row"] == "skill_level"


def test_text_in_an_unknown_encoding_is_still_answered() -> None:
    assert check(given="须持茶艺师证".encode("gb18030")).exit_code == 0


@pytest.mark.shared
def test_accuracy_on_the_labelled_ads(shared: Path) -> None:
    """The floor that docs/accuracy.md reports; score.py holds the full measure."""
    gold = [
        json.loads(each)
        for each in (shared / "gold" / "dev.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    ]
    done = check(str(shared / "gold" / "dev.jsonl"), "--on", "2024-06-01")
    said = {
        answer["id"]: answer["verdict"] == "violation"
        for answer in map(json.loads, done.stdout.split("\n")[:-1])
    }
    unlicensed = {"proficiency", "skill_level", "delisted", "post_permit", "other"}
    truth = {
        ad["id"]: any(m["kind"] in unlicensed and m["strength"] == "required" for m in ad["mentions"])
        for ad in gold
    }
    right = sum(said[ad] for ad, bad in truth.items() if bad)
    assert right / sum(said.values()) >= 0.93
    assert right / sum(truth.values()) >= 0.90


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    done = check("--on", "2024-06-01", given="茶艺师，须持茶艺师证".encode(encoding))
    assert done.exit_code == 0
    assert "疑似违规要求" in done.stdout


@pytest.mark.parametrize("given", [b"", b" \n", b"PK\x03\x04\x00\x00", b"\xff\xfe\x80"])
def test_what_is_no_text_is_trouble_and_never_a_clean_ad(given: bytes) -> None:
    done = check(given=given)
    assert done.exit_code == 1
    assert not done.stdout
    assert "no text in the input" in done.stderr


def test_blank_lines_before_json_lines_are_no_ad() -> None:
    done = check("--on", "2024-06-01", given="\n\n" + line(id="a", text="须持茶艺师证"))
    assert json.loads(done.stdout)["id"] == "a"


def test_a_file_of_lines_stays_one_when_its_first_line_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "ads.jsonl"
    file.write_text("broken\n" + line(id="a", text="须持茶艺师证"), encoding="utf-8")
    done = check(str(file), "--on", "2024-06-01")
    assert done.exit_code == 1
    assert "line 1: not JSON" in done.stderr
    assert json.loads(done.stdout)["id"] == "a"
