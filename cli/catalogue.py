"""`qingdan catalogue`: looks up a name, lists the editions, checks the data."""

import json
import sys
from datetime import date, datetime
from typing import Any

import click

from cli.impact import command as impact
from config import policy as policy_file
from config import reading as reading_files
from config.catalogue import lint as checks
from config.catalogue import loader
from config.catalogue.model import Catalogue, Qualification, Standing
from config.settings import CHINA
from config.tables import DataError

_NEAR = 5
"""Names that are offered where one is not found."""
_CLASSES = {"licensing": "准入类", "proficiency": "水平评价类"}
_OUTSIDE = {
    "skill_level": "目录外：职业技能等级或已退出目录的技能人员职业资格",
    "delisted": "目录外：已取消的职业资格",
    "post_permit": "目录外：没有法定依据的上岗证、岗位证",
    "foreign": "目录外：境外职业资格",
    "vendor": "目录外：企业或机构的认证",
    "statutory": "不是职业资格：法律、法规要求的其他证件",
    "title": "不是职业资格：职称",
    "education": "不是职业资格：语言、计算机等考试",
    "generic": "未写明名称的证书",
    "other": "目录外",
}
_MAY_DEMAND = {
    "lawful": "可以要求（限于法定的岗位和活动）",
    "violation": "不得作为录用条件；可以写“优先”（“优先”是否受限，未见条文）",
    "advisory": "未见禁止条文；不是国家职业资格，宜写“优先”",
    "none": "不属于本目录管辖的职业资格要求，依有关法律、法规",
}


@click.group()
def command() -> None:
    """The national catalogue: look up a name, list editions, check the data."""


@command.command()
@click.argument("name")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day whose law applies; default today."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def lookup(name: str, on: datetime | None, as_json: bool) -> None:
    """Say in Chinese what NAME (a name, alias or id) is, and whether an employer may demand it."""
    catalogue = _catalogue()
    day = on.date() if on else datetime.now(CHINA).date()
    found = catalogue.find(name)
    if found is None:
        near = _near(catalogue, name.strip())
        advice = f"did you mean {'、'.join(near)}?" if near else "try another name"
        click.echo(f"qingdan catalogue: {name!r} is not in the data; {advice}", err=True)
        sys.exit(1)
    answer = describe(catalogue, found, day)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else _text(answer))


def _near(catalogue: Catalogue, name: str) -> list[str]:
    """The first names of the data that hold `name`, the shortest first."""
    names = {each.name for each in catalogue.qualifications.values() if name and name in each.name}
    return sorted(names, key=lambda each: (len(each), each))[:_NEAR]


def describe(catalogue: Catalogue, found: Qualification, day: date) -> dict[str, Any]:
    """All that the data says of one qualification on `day`, with each unverified cell named."""
    standing = catalogue.standing(found.id, day)
    item = standing.item
    verdict = policy_file.shipped().verdict(standing.kind, "required") if standing.edition.items else "none"
    return {
        "id": found.id,
        "name": found.name,
        "on": day.isoformat(),
        "edition": standing.edition.row.title,
        "kind": standing.kind,
        "class": _class_of(standing),
        "item": f"{item.name}（第{item.number}项）" if item else "",
        "contents": list(item.contents) if item else [],
        "departments": list(item.departments) if item else [],
        "legal_basis": list(item.legal_basis) if item else [],
        "ended": found.ended,
        "decision": found.decision,
        "may_demand": _MAY_DEMAND[verdict]
        if standing.edition.items
        else "该日期尚无国家职业资格目录，不作判断",
        "aliases": sorted(row.alias for row in catalogue.aliases.values() if row.qualification == found.id),
        "history": [_history(catalogue, found, number) for number in range(1, len(catalogue.editions))],
        "unverified": _unverified(found, standing),
        "note": found.note,
        "source": "；".join(_title(catalogue, each) for each in (item.source if item else found.source)),
    }


def _title(catalogue: Catalogue, source: str) -> str:
    row = catalogue.sources.get(source)
    return row.title if row else source


def _class_of(standing: Standing) -> str:
    if standing.item is None:
        return {**_OUTSIDE, **_CLASSES}[standing.kind]
    pending = "（公布时表述为：拟依法调整为准入类）" if standing.pending else ""
    return _CLASSES[standing.item.kind] + pending


def _history(catalogue: Catalogue, found: Qualification, number: int) -> str:
    edition = catalogue.editions[number]
    item = edition.listings.get(found.id)
    stated = _CLASSES[item.kind] if item else "未列入"
    return f"{edition.row.start}起 {edition.row.title}：{stated}"


def _unverified(found: Qualification, standing: Standing) -> list[str]:
    item = standing.item
    if item is None:
        return [] if found.verified else ["name", "outside", "decision"]
    columns = ("name", "class", "departments", "legal_basis")
    return [column for column in columns if not item.is_verified(column)]


def _text(answer: dict[str, Any]) -> str:
    unsure = answer["unverified"]
    lines = [
        f"{answer['name']}（{answer['id']}）",
        f"  日期：{answer['on']}　目录：{answer['edition']}",
        f"  性质：{answer['class']}{_mark('class' in unsure or 'outside' in unsure)}",
        f"  可否作为录用条件：{answer['may_demand']}",
    ]
    if answer["item"]:
        lines.append(f"  目录条目：{answer['item']}{_mark('name' in unsure)}")
        lines.append(
            f"  实施部门：{'、'.join(answer['departments']) or '未见'}{_mark('departments' in unsure)}"
        )
        lines.append(
            f"  设定依据：{'、'.join(answer['legal_basis']) or '未见'}{_mark('legal_basis' in unsure)}"
        )
    if answer["ended"] or answer["decision"]:
        lines.append(f"  取消或依据：{answer['ended']} {answer['decision']}{_mark('decision' in unsure)}")
    lines.extend(f"  沿革：{line}" for line in answer["history"])
    lines.append(f"  常见写法：{'、'.join(answer['aliases'][:12]) or '无'}")
    lines.append(f"  出处：{answer['source']}")
    return "\n".join(lines)


def _mark(unverified: bool) -> str:
    return "〔待核〕" if unverified else ""


@command.command(name="list")
def list_editions() -> None:
    """List the editions, oldest first, with what they hold."""
    for edition in _catalogue().editions:
        row = edition.row
        click.echo(f"{row.id}\t{row.start}\t{len(edition.items)}\t{row.title}\t{row.document}")


@command.command()
def lint() -> None:
    """Check the data: totals, sources, names that would swallow a cue. Exit status 1 on trouble."""
    try:
        found = checks.problems(loader.load(), reading_files.load(), policy_file.load())
    except DataError as error:
        found = list(error.problems)
    for problem in found:
        click.echo(problem, err=True)
    click.echo(f"{len(found)} problems" if found else "no problems")
    sys.exit(1 if found else 0)


def _catalogue() -> Catalogue:
    try:
        return loader.shipped()
    except DataError as error:
        raise click.ClickException(str(error)) from error


command.add_command(impact)
