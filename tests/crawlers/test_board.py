from pathlib import Path

import pytest
import yaml

from crawlers.board import FOLDER, Board, BoardError, load_boards, read_board, validated

GOOD = """\
id: somewhere
name: 某招聘网
engine: jsonld-sitemap
start: ["https://jobs.example.cn/sitemap.xml"]
hosts: [jobs.example.cn]
delay: 5
"""


def written(folder: Path, content: str, name: str = "somewhere") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(content, "utf-8")
    return file


def test_every_board_file_of_the_project_is_valid() -> None:
    boards = load_boards()
    assert "demo" in boards
    assert all(board.id == name for name, board in boards.items())


def test_a_board_file_is_read(tmp_path: Path) -> None:
    board = read_board(written(tmp_path, GOOD))
    assert (board.id, board.delay, board.local, board.needs_address) == ("somewhere", 5, False, False)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("delay: 5", "dealy: 5", "dealy: Extra inputs"),
        ("delay: 5", "delay: 0.5", "delay: below 2.0 seconds"),
        ("delay: 5", "encoding: klingon", "encoding: unknown encoding 'klingon'"),
        ("engine: jsonld-sitemap", "engine: magic", "engine: no engine 'magic'; there are: jsonld-sitemap"),
        ("name: 某招聘网\n", "", "name: Field required"),
        ("id: somewhere", "id: elsewhere", "id: 'elsewhere' differs from the file's name"),
        ("id: somewhere", "id: ../etc", "id: String should match"),
        ("hosts: [jobs.example.cn]", "hosts: [other.example.cn]", "is not on one of the board's hosts"),
        ("https://jobs", "file://jobs", "is not on one of the board's hosts"),
        ("[jobs.example.cn]", "['jobs.example.cn', '127.0.0.1:80']", "a port is for local boards"),
        ("delay: 5", "local: true", "jobs.example.cn is not on this machine"),
        ('"https://jobs.example.cn/sitemap.xml"', '"{base}/a"', "{base} and {host} are for local boards"),
        ("id: somewhere", "id: [", "while parsing"),
    ],
)
def test_a_wrong_file_names_itself_and_the_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    file = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(BoardError) as raised:
        read_board(file)
    assert str(file) in str(raised.value)
    assert message in str(raised.value)


def test_an_address_given_at_run_time_fills_the_placeholders() -> None:
    board = load_boards()["demo"].at("http://127.0.0.1:8123/")
    assert board.start == ("http://127.0.0.1:8123/sitemap.xml",)
    assert board.hosts == ("127.0.0.1:8123",)
    assert not board.needs_address


@pytest.mark.parametrize("address", ["http://10.0.0.8:80", "http://jobs.example.cn", "http://2130706433:80"])
def test_a_local_board_can_only_be_on_this_machine(address: str) -> None:
    with pytest.raises(BoardError, match="not on this machine"):
        load_boards()["demo"].at(address)


def test_boards_cannot_be_changed_while_they_are_crawled() -> None:
    board: Board = load_boards()["demo"]
    with pytest.raises(ValueError, match="frozen"):
        board.delay = 0  # type: ignore[misc]


TEMPLATES = sorted((FOLDER / "templates").glob("*.yaml"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.stem)
def test_every_template_makes_a_board_of_its_values(tmp_path: Path, template: Path) -> None:
    wanted = yaml.safe_load(template.read_text("utf-8"))["values"]
    content = {
        "id": "firm",
        "name": "某公司",
        "template": template.stem,
        "values": dict.fromkeys(wanted, "acme"),
    }
    board = read_board(written(tmp_path, yaml.safe_dump(content), "firm"))
    assert not any(f"{{{name}}}" in board.model_dump_json() for name in wanted)
    assert board.delay == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template": "nothing"}, "template: no template 'nothing'; there are: ashby, beisen"),
        ({"values": {}}, "values: greenhouse wants exactly tenant"),
        ({"values": {"tenant": "a", "city": "b"}}, "values: greenhouse wants exactly tenant"),
    ],
)
def test_a_template_gets_exactly_its_values(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    content = {"id": "firm", "name": "某公司", "template": "greenhouse", "values": {"tenant": "acme"}}
    with pytest.raises(BoardError, match=message):
        read_board(written(tmp_path, yaml.safe_dump(content | changes), "firm"))


LISTING = {
    "id": "somewhere",
    "name": "某招聘网",
    "engine": "listing",
    "hosts": ["jobs.example.cn"],
    "listing": {
        "request": {"url": "https://jobs.example.cn/list"},
        "container": "json",
        "fields": {"id": "id", "title": "name"},
    },
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"listing": None}, "listing: expected by listing"),
        ({"start": ["https://jobs.example.cn/"]}, "start: not used by listing"),
        ({"hosts": ["other.example.cn"]}, "listing.request.url: https://jobs.example.cn/list is not on one"),
        ({"approved": {"by": "某人"}}, "approved.on: Field required"),
        (
            {"detail": {"address": "{url}", "container": "html", "fields": {"text": "p"}}},
            "detail.address: the list gives no url",
        ),
    ],
)
def test_a_listing_board_is_checked_as_a_whole(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    read_board(written(tmp_path, yaml.safe_dump(LISTING)))
    with pytest.raises(BoardError) as raised:
        read_board(written(tmp_path, yaml.safe_dump(LISTING | changes)))
    assert message in str(raised.value)


def test_only_a_board_of_this_machine_needs_no_approval() -> None:
    board = Board.model_validate(LISTING)
    approved = {"by": "某人", "on": "2026-11-20", "basis": "robots.txt 与使用条款"}
    assert not board.may_be_crawled
    assert Board.model_validate(LISTING | {"approved": approved}).may_be_crawled
    assert load_boards()["demo"].may_be_crawled


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"min_ads": 5, "max_ads": 4}, "expect: max_ads: 4 is below min_ads (5)"),
        ({"fill": {"salry": 0.5}}, "expect.fill.salry"),
        ({"max_growth": 1}, "expect.max_growth: Input should be greater than 1"),
        ({"most": 4}, "expect.most: Extra inputs are not permitted"),
    ],
)
def test_an_expectation_that_makes_no_sense_is_named(expect: dict[str, object], message: str) -> None:
    content = load_boards()["mohrss"].model_dump(by_alias=True) | {"expect": expect}
    with pytest.raises(BoardError) as refused:
        validated(content, place="a.yaml")
    assert message in str(refused.value)
