"""`qingdan notices`: platform notices (平台函), and what platforms answer to them."""

import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from cli.board_tokens import command as tokens
from cli.bureau import bureau_option
from cli.filled_list import read_list
from cli.wiring import open_database
from config import policy
from config.clock import now_in_china
from config.divisions import NATION
from config.platforms import MEASURES, platforms
from config.settings import settings
from reports.alerts.parts import one_line
from reports.notice.issue import (
    Desk,
    NoSuchNoticeError,
    found,
    issue_notice,
    remind_platform,
    write_out,
)
from reports.notice.replies import UnreadableListError, take_list, take_one
from reports.notice.wording import BY_HAND, FROM_LIST, claimed, seen
from reports.wording import NOTICE_STATES
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.notice_reminders import reminders
from store.notice_replies import ItemLine, Reply, item_lines
from store.notices import DRAFT, NoticeError, NoticeLine, Wanted, notice_line, notices, overdue
from store.notices import draft as draft_notice
from store.notices import drop as drop_notice


@click.group()
def command() -> None:
    """Platform notices: draft, issue, remind, list, show, replies, tokens, what is overdue."""


command.add_command(tokens, "token")


@command.command()
@bureau_option(required=True, help="Whose notice; it takes the cases of its area.")
@click.option("--board", required=True, help="Id of the board, as in config/platforms.yaml.")
@click.option("--measure", type=click.Choice(MEASURES), help="Asked for of each ad; else by severity.")
@click.option("--cites", default="", metavar="NUMBER", help="Ask again for ads of this notice.")
@click.option("--by", required=True, help="Who drafts it.")
@click.option("--why", required=True, help="The reason, for the record.")
def draft(**given: str | None) -> None:
    """Gather what people have decided about the ads of one board into a draft.

    With --cites, the ads of that notice that are past the day without answer, or were met again since.
    """
    wanted = Wanted(
        bureau=given["bureau"] or "",
        source=given["board"] or "",
        measure=given["measure"] or "",
        cites=given["cites"] or "",
    )
    try:
        with transaction(open_database()) as session:
            number = draft_notice(session, wanted, _decision(given)).number
    except NoticeError as error:
        _refused(error)
    _show(number)
    click.echo(f"a draft; somebody else issues it: qingdan notices issue {number} --by NAME --why TEXT")


@command.command("issue")
@click.argument("number")
@click.option("--by", required=True, help="Who issues it; not who drafted it.")
@click.option("--why", required=True, help="The reason, for the record.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder instead of QINGDAN_HOME/notices."
)
def issue_(number: str, out: Path | None, **given: str | None) -> None:
    """Issue a draft, so that it never changes any more, and write its files."""
    desk = _desk()
    try:
        letter = issue_notice(desk, number, _decision(given))
        place = write_out(desk.engine, number, out or settings().notices)
    except NoSuchNoticeError:
        _no_notice(number)
    except NoticeError as error:
        _refused(error)
    click.echo(f"{number} issued: {len(letter.lines)} ads, answer due by {letter.due}: {place}")


@command.command()
@click.argument("number")
@click.option("--by", required=True, help="Who gives it up.")
@click.option("--why", required=True, help="The reason, for the record.")
def drop(number: str, **given: str | None) -> None:
    """Give a draft up: its ads may be drafted again, its number is not given out again."""
    try:
        with transaction(open_database()) as session:
            drop_notice(session, found(session, number), _decision(given))
    except NoSuchNoticeError:
        _no_notice(number)
    except NoticeError as error:
        _refused(error)
    click.echo(f"{number} dropped")


@command.command()
@click.argument("number")
@click.option("--by", required=True, help="Who releases it.")
@click.option("--why", required=True, help="The reason, for the record.")
def remind(number: str, **given: str | None) -> None:
    """Remind the platform of what it has not answered of a notice that is past its day.

    The letter leaves as the notice did. Until the day that it gives is past there is no other.
    """
    try:
        letter = remind_platform(_desk(), number, _decision(given))
    except NoSuchNoticeError:
        _no_notice(number)
    except NoticeError as error:
        _refused(error)
    click.echo(f"{letter.number}: reminded of {len(letter.lines)} ads, answer due by {letter.due}")


@command.command("list")
@bureau_option(help="Only those of this bureau and of the bureaus below it.")
@click.option("--board", default="", help="Only those on this board.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_(bureau: str | None, board: str, limit: int) -> None:
    """List the notices, newest first."""
    with snapshot(open_database()) as session:
        lines = notices(session, bureau or NATION, source=board, limit=limit)
    for line in lines:
        click.echo(_summary(line))
    if not lines:
        click.echo("no notices yet; see: qingdan notices draft --help")


@command.command()
@click.argument("number")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write its files there.")
def show(number: str, out: Path | None) -> None:
    """Show a notice: what was asked, what the platform says, what we see."""
    _show(number)
    if out:
        try:
            click.echo(write_out(open_database(), number, out))
        except NoticeError as error:
            _refused(error)


@command.command()
@click.argument("number")
@click.argument("item", type=click.IntRange(min=1))
@click.option("--outcome", required=True, type=click.Choice(tuple(platforms().outcomes)))
@click.option("--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="When it was done.")
@click.option("--said-by", required=True, help="Who says so at the platform.")
@click.option("--why", default="", help="What the platform gives as its reason.")
@click.option("--by", required=True, help="Who writes it down.")
def reply(number: str, item: int, day: datetime, **given: str) -> None:
    """Write down by hand what the platform answers of one ITEM of a notice."""
    said = Reply(
        place=item, outcome=given["outcome"], done_on=day.date(), said_by=given["said_by"], why=given["why"]
    )
    try:
        new = take_one(_desk(), number, said, Decision(given["by"], BY_HAND, now_in_china()))
    except NoSuchNoticeError:
        _no_notice(number)
    except NoticeError as error:
        _refused(error)
    click.echo(f"{number} item {item}: {platforms().outcomes[said.outcome].name}{'' if new else ' (known)'}")


@command.command("import")
@click.argument("number")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="Who takes it in.")
def import_(number: str, file: Path, by: str) -> None:
    """Take the list of a notice that its platform filled in (XLSX or CSV); it is kept as it came.

    Good rows are taken, bad ones are named by line and column, and the list may be taken again once it is
    mended. Status 1 if there were bad ones.
    """
    try:
        taken = take_list(_desk(), number, read_list(file), Decision(by, FROM_LIST, now_in_china()))
    except NoSuchNoticeError:
        _no_notice(number)
    except (NoticeError, UnreadableListError) as error:
        _refused(error)
    click.echo(f"{taken.new} answers taken, {taken.same} known, {len(taken.problems)} problems")
    for problem in taken.problems:
        click.echo(f"qingdan: {problem}", err=True)
    sys.exit(bool(taken.problems))


@command.command("overdue")
@bureau_option(help="Only those of this bureau and of the bureaus below it.")
def overdue_(bureau: str | None) -> None:
    """List the notices that are past their day and not answered in full; exit status 1 if there are any."""
    with snapshot(open_database()) as session:
        lines = overdue(session, bureau or NATION, now_in_china().date())
    for line in lines:
        click.echo(_summary(line))
    if not lines:
        click.echo("nothing is overdue")
    sys.exit(bool(lines))


def _show(number: str) -> None:
    with snapshot(open_database()) as session:
        line = notice_line(session, number)
        lines, reminded = item_lines(session, number), reminders(session, number)
    if line is None:
        _no_notice(number)
    click.echo(_summary(line))
    cites = f"  后续于 {line.notice.cites}" if line.notice.cites else ""
    click.echo(f"  起草 {line.notice.drafted_by}：{one_line(line.notice.reason)}{cites}")
    if line.notice.state != DRAFT:
        state = NOTICE_STATES[line.notice.state]
        click.echo(f"  {state} {line.notice.decided_by}：{one_line(line.notice.decided_why)}")
    for each in reminded:
        told = f"{each.by}：{one_line(each.why)}  {len(each.places)} 条  限 {each.due} 前答复"
        click.echo(f"  催办 {each.number} {told}")
    for item in lines:
        _print_item(item)


def _print_item(line: ItemLine) -> None:
    told = line.item.told
    asked = platforms().measures[line.item.measure]
    click.echo(f"  {line.item.place}. {one_line(told['title'])}  {asked}  {one_line(told['url'])}".rstrip())
    for quote in told["quotes"]:
        click.echo(f"     “{one_line(quote['clause'])}”  {quote['case']}")
    click.echo(f"     平台称 {claimed(line)}；本系统所见 {seen(line)}")


def _summary(line: NoticeLine) -> str:
    notice = line.notice
    board = platforms().boards.get(notice.source)
    who = f"{NOTICE_STATES[notice.state]}  {board.name if board else notice.source}"
    if not notice.due:
        return f"{notice.number}  {who}  {line.ads} 条"
    late = "（已超期）" if line.is_late(now_in_china().date()) else ""
    answered = f"{line.answered}/{line.ads} 条已答复"
    return f"{notice.number}  {who}  {answered}  限 {notice.due} 前答复{late}"


def _desk() -> Desk:
    return Desk(open_database(), policy.in_use().bases)


def _decision(given: dict[str, str | None]) -> Decision:
    return Decision(given["by"] or "", given["why"] or "", now_in_china())


def _refused(error: Exception) -> NoReturn:
    for line in str(error).splitlines():
        click.echo(f"qingdan: {line}", err=True)
    sys.exit(1)


def _no_notice(number: str) -> NoReturn:
    click.echo(f"qingdan: no notice {number}; see: qingdan notices list", err=True)
    sys.exit(1)
