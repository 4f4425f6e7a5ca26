import json

from click.testing import CliRunner, Result

from cli.catalogue import command


def catalogue(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_lookup_explains_in_chinese() -> None:
    done = catalogue("lookup", "教师资格证", "--on", "2024-06-01")
    assert done.exit_code == 0
    for part in ("教师资格", "准入类", "可以要求", "教育部", "沿革", "出处"):
        assert part in done.stdout


def test_lookup_marks_what_was_not_verified() -> None:
    assert "〔待核〕" in catalogue("lookup", "保安员证", "--on", "2024-06-01").stdout
    assert "拟依法调整为准入类" in catalogue("lookup", "保安员证", "--on", "2024-06-01").stdout


def test_lookup_answers_with_the_date() -> None:
    answers = [
        json.loads(catalogue("lookup", "会计证", "--on", day, "--json").stdout)
        for day in ("2016-01-01", "2017-10-01", "2018-01-01")
    ]
    assert [answer["class"][:3] for answer in answers[1:]] == ["准入类", "目录外"]
    assert "尚无" in answers[0]["may_demand"]
    assert "不得" in answers[2]["may_demand"]


def test_an_unknown_name_says_so() -> None:
    done = catalogue("lookup", "飞天证")
    assert done.exit_code == 1
    assert "飞天证" in done.stderr


def test_list_and_lint() -> None:
    assert [line.split("\t")[0] for line in catalogue("list").stdout.splitlines()] == [
        "before-2017",
        "2017",
        "2017-139",
        "2020-exit-1",
        "2020-exit-2",
        "2021",
    ]
    done = catalogue("lint")
    assert (done.exit_code, done.stdout) == (0, "no problems\n")


def test_a_name_that_is_not_found_brings_those_that_hold_it() -> None:
    done = catalogue("lookup", "护士")
    assert done.exit_code == 1
    assert "did you mean 护士执业资格" in done.stderr
    assert "try another name" in catalogue("lookup", "zzz").stderr
