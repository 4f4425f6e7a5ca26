"""`qingdan crawl new`, against a real server, and what it drafts tried at once."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cli.crawl import command
from crawlers.demo.ads import load_ads
from crawlers.demo.board import serve
from tests.crawlers.serving import Answer, serving

pytestmark = pytest.mark.usefixtures("home")


def test_a_board_without_python_from_its_address_to_its_first_postings(tmp_path: Path) -> None:
    file = tmp_path / "demo-board.yaml"
    with serve(load_ads()[:10]) as base:
        drafted = CliRunner().invoke(command, ["new", f"{base}/", "--id", "demo-board", "--out", str(file)])
        assert drafted.exit_code == 0, drafted.output
        assert f"qingdan crawl try {file}" in drafted.output
        board = yaml.safe_load(file.read_text("utf-8"))
        assert (board["engine"], board["local"]) == ("jsonld-sitemap", True)
        tried = CliRunner().invoke(command, ["try", str(file), "--limit", "3"])
    assert "3 of 3" in tried.output
    again = CliRunner().invoke(command, ["new", f"{base}/", "--id", "demo-board", "--out", str(file)])
    assert again.exit_code == 2


def test_a_list_in_json_is_drafted_to_the_screen() -> None:
    jobs = {"data": [{"id": 7, "job_name": "电工", "contents": "持证上岗"}]}
    with serving(
        {"/jobs": Answer(json.dumps(jobs).encode(), headers={"Content-Type": "application/json"})}
    ) as site:
        done = CliRunner().invoke(command, ["new", f"{site.base}/jobs"])
    assert done.exit_code == 0, done.output
    listing = yaml.safe_load(done.stdout)["listing"]
    assert listing["fields"] == {"id": "id", "title": "job_name", "text": "contents"}
    assert "no sitemap" in done.stderr or "HTTP 404" in done.stderr


def test_a_site_where_nothing_is_to_be_had() -> None:
    with serving({"/robots.txt": Answer(b"User-agent: *\nDisallow: /")}) as site:
        done = CliRunner().invoke(command, ["new", f"{site.base}/"])
        assert set(site.paths) == {"/robots.txt"}
    assert done.exit_code == 1
    assert "robots.txt forbids this page" in done.stderr
    assert "nothing could be fetched" in done.stderr


@pytest.mark.parametrize("url", ["ftp://jobs.example.cn/", "jobs.example.cn", "http://10.0.0.1:8080/"])
def test_an_address_that_may_not_be_asked_for(url: str) -> None:
    done = CliRunner().invoke(command, ["new", url])
    assert done.exit_code == 2
    assert url in done.output


def test_a_list_in_the_markup_alone_is_drafted_with_the_pages_behind_it(tmp_path: Path) -> None:
    file = tmp_path / "factory.yaml"
    names = ("电工", "焊工", "叉车工")
    rows = "".join(
        f"<tr><td><a href='/job/{n}.html'>{name}</a></td><td>某公司</td><td>2026-11-2{n}</td></tr>"
        for n, name in enumerate(names)
    )
    page = f"<table class=jobs><tr><th>职位名称</th><th>公司名称</th><th>发布日期</th></tr>{rows}</table>"
    duties = "<h3>岗位职责</h3><p>{}，巡检线路，处理故障</p>"
    text = f"<div class=text>{duties}<h3>任职要求</h3><p>持证上岗，能上夜班</p></div>"
    gb = {"Content-Type": "text/html; charset=gb2312"}
    answers = {"/jobs": Answer(page.encode("gb18030"), headers=gb)}
    answers |= {
        f"/job/{n}.html": Answer(text.format(name).encode("gb18030"), headers=gb)
        for n, name in enumerate(names)
    }
    with serving(answers) as site:
        drafted = CliRunner().invoke(
            command, ["new", f"{site.base}/jobs", "--id", "factory", "--out", str(file)]
        )
        assert drafted.exit_code == 0, drafted.output
        tried = CliRunner().invoke(command, ["try", str(file), "--limit", "3"])
    told = {line.split("│")[1].strip(): line for line in tried.output.splitlines() if "│" in line}
    assert [name for name in ("title", "text", "company", "posted") if "3 of 3" not in told[name]] == []
    assert "2026-11-2" in told["posted"]
