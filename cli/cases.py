"""`qingdan cases`: the cases and their evidence, and what rule packs found beside them, from a terminal."""

import sys

import click

from cli.bureau import bureau_option
from cli.casework import act_, again_text, next_, overdue_, seal_, verify_audit
from cli.pack import pack_
from cli.recheck import recheck_
from cli.wiring import open_database
from config import packs
from config.casework import casework
from config.clock import now_in_china
from config.divisions import known
from config.policy import in_use
from reports.alerts.parts import one_line, place_of
from reports.citations import cited
from reports.wording import ACTIONS, ACTORS, GIVEN, NO_EMPLOYER, SEVERITIES, STATUS, source_name
from store.case_file import CaseClue, CaseFile, CaseLine, Deed, list_cases, open_case_file
from store.database import snapshot
from store.hints import Hint, list_hints
from store.likeness import ALIKE
from store.publications import Posting
from store.recheck_lines import LookLine
from store.rechecks import CONCLUDED

UNGRADED = "－"


@click.group()
def command() -> None:
    """Cases: list, show and work them; hints at leasing and training bait."""


for each in (act_, next_, overdue_, pack_, recheck_, seal_, verify_audit):
    command.add_command(each)


@command.command("list")
@bureau_option(help="Only the cases of this bureau.")
@click.option("--added", is_flag=True, help="Only those that got clues after people had judged the others.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_(bureau: str | None, *, added: bool, limit: int) -> None:
    """List the newest cases."""
    with snapshot(open_database()) as session:
        lines = list_cases(session, bureau=bureau, added=added, limit=limit)
    for line in lines:
        click.echo(f"{_what(line)}  {line.clues} 条  {_who(line)}{again_text(line)}")
    if not lines:
        where = f" of bureau {bureau}" if bureau else ""
        click.echo(
            f"no cases{where} with added clues"
            if added
            else f"no cases{where} yet; run: qingdan run --until-idle"
        )
    if len(lines) == limit:
        click.echo(f"the newest {limit:,}; there may be more: --limit", err=True)


@command.command("hints")
@bureau_option(help="Only the hints in this bureau's area.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def hints_(bureau: str | None, limit: int) -> None:
    """List the newest hints: ads that seem to lease certificates or to sell courses as jobs."""
    with snapshot(open_database()) as session:
        lines = list_hints(session, bureau=bureau, limit=limit)
    for line in lines:
        _print_hint(line)
    if not lines:
        click.echo(f"no hints{f' of bureau {bureau}' if bureau else ''}")
    if len(lines) == limit:
        click.echo(f"the newest {limit:,}; there may be more: --limit", err=True)


def _print_hint(line: Hint) -> None:
    pack = packs.in_use().get(line.pack)
    name = pack.name if pack else line.pack
    place = place_of(known(line.division))
    click.echo(f"{line.first_seen:%Y-%m-%d}  {name}  {_who(line)}  {place}  广告 {line.ad_id[:12]}")
    for quote in line.quotes:
        click.echo(f"  “{one_line(quote)}”")
    click.echo(f"  岗位 {one_line(line.title)}  {one_line(line.url)}".rstrip())


@command.command()
@click.argument("number")
def show(number: str) -> None:
    """Show one case: its clues with their evidence, and its history."""
    with snapshot(open_database()) as session:
        case = open_case_file(session, number)
    if case is None:
        click.echo(f"qingdan: no case {number}; see: qingdan cases list", err=True)
        sys.exit(1)
    _print(case)


def _what(line: CaseLine) -> str:
    severity = SEVERITIES.get(line.severity, UNGRADED)
    return f"{line.number}  {severity}  {STATUS[line.status]}  {one_line(line.name)}"


def _who(line: CaseLine | Hint) -> str:
    return one_line(line.employer) or NO_EMPLOYER


def _print(case: CaseFile) -> None:
    after = f"  后案 {case.followed_by}" if case.followed_by else ""
    click.echo(
        f"{_what(case.line)}  {_who(case.line)}  {place_of(case.division)}{again_text(case.line)}{after}"
    )
    for clue in case.clues:
        _print_clue(clue)
    for number, posting in enumerate(case.postings, start=1):
        _print_posting(number, posting)
    for look in case.looks:
        _print_look(look)
    click.echo("历史")
    for deed in case.history:
        told = (
            f"{ACTORS.get(deed.actor, deed.actor)}  {ACTIONS.get(deed.action, deed.action)}  {_reason(deed)}"
        )
        click.echo(f"  {deed.at:%Y-%m-%d %H:%M}  {told}".rstrip())


def _print_look(look: LookLine) -> None:
    people = "（待人工处理）" if look.waits_for_people else ""
    when = f"，下次 {look.next_on}" if look.next_on else ""
    again = f"  {one_line(look.found_url)}" if look.found_url else ""
    page = one_line(look.url) or "没有网址"
    click.echo(f"  回头看 第{look.days}日  {CONCLUDED[look.outcome]}{people}{again}{when}  {page}")


def _reason(deed: Deed) -> str:
    """Why, and what the action asked for."""
    wordings = casework().outcomes.get(deed.action, {})
    given = "；".join(f"{GIVEN[name]} {wordings.get(value, value)}" for name, value in deed.given.items())
    return one_line(f"{deed.reason}（{given}）" if given else deed.reason)


def _print_posting(number: int, posting: Posting) -> None:
    count = len(posting.publications) + posting.more
    place = place_of(posting.area) if known(posting.area) else one_line(posting.area) or "地区不明"
    click.echo(f"重复发布 {number}：同一招聘共发布 {count:,} 次，线索和认定仍各按广告")
    same = f"单位 {one_line(posting.employer) or NO_EMPLOYER}；岗位 {one_line(posting.title)}；地区 {place}"
    click.echo(f"  判为同一招聘，因为{same}；文字重合 {ALIKE:.0%} 以上（短文不比文字）")
    for each in posting.publications:
        likeness = "短文" if each.likeness is None else f"与首次重合 {each.likeness:.0%}"
        clue = "本案线索" if each.has_clue else "无本案线索"
        told = f"{one_line(source_name(each.source))}  {one_line(each.title)}  {likeness}  {clue}"
        click.echo(f"  {each.first_seen:%Y-%m-%d}  {told}  {one_line(each.url)}".rstrip())
    if posting.more:
        click.echo(f"  另有 {posting.more:,} 次未列出")


def _print_clue(clue: CaseClue) -> None:
    basis = cited(clue.basis, clue.ended_by, in_use().bases)
    mark = "〔已撤回〕" if clue.withdrawn_at else "〔待人工复核〕" if clue.for_review else ""
    click.echo(f"  {mark}“{one_line(clue.clause)}”  线索 {clue.id[:12]}")
    cue = one_line(clue.cue) or "无"
    click.echo(f"    证书 {one_line(clue.quote)}；提示词 {cue}；规则 {clue.rule}；目录版本 {clue.edition}")
    click.echo(f"    依据 {'；'.join(basis) or '无'}")
    posted = f"，标注发布日期 {clue.posted}" if clue.posted else ""
    source = source_name(one_line(clue.source), gone=clue.gone)
    origin = f"岗位 {one_line(clue.title)}，来源 {source}{posted}  {one_line(clue.url)}"
    click.echo(f"    {origin.rstrip()}")
    click.echo(f"    {_times(clue)}")
    if clue.acting_for:
        click.echo(f"    代招或派遣，招聘信息写明的用工单位 {one_line(clue.acting_for)}")
    if clue.suggestion:
        click.echo(f"    建议表述 {one_line(clue.suggestion)}")


def _times(clue: CaseClue) -> str:
    """When we saw the ad, and until when it claims to hold."""
    seen = f"首次发现 {clue.first_seen:%Y-%m-%d}"
    if clue.last_seen:
        seen += f"，最近见到 {clue.last_seen:%Y-%m-%d}"
    if not clue.valid_through:
        return seen
    expired = "（已过期）" if clue.expired(now_in_china().date()) else ""
    return f"{seen}，标注截止日期 {clue.valid_through}{expired}"
