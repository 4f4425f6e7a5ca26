"""`qingdan rules`: how often people confirmed what each rule found, and which rules are suspended."""

import json

import click

from cli.wiring import open_database
from config.clock import now_in_china
from config.feedback import Change, Precision, feedback
from reports.alerts.parts import one_line
from store.database import snapshot, transaction
from store.feedback import (
    LIFTED,
    SUSPENDED,
    Decision,
    RuleChangeError,
    RuleKey,
    RuleRecord,
    change_rule,
    rule_changes,
    rule_records,
    version_records,
)
from store.labels import labels

_PARTS = 3
_BY = click.option("--by", required=True, help="Who decides.")
_WHY = click.option("--why", required=True, help="The reason, for the record.")
_STATES = {SUSPENDED: "停用", LIFTED: "恢复"}


@click.group()
def command() -> None:
    """Rules: what people's decisions say about each, and which are suspended."""


@command.command("list")
@click.option("--by-version", is_flag=True, help="By the version of the rules that found the clue.")
def list_(*, by_version: bool) -> None:
    """List the rules that people decided about, each with its precision; and those that are suspended.

    A rule is named by its id, the row of the policy and the words it went by. Decisions from before somebody
    lifted a suspension do not count, but with --by-version.
    """
    with snapshot(open_database()) as session:
        if by_version:
            lines = [
                f"{one_line(str(each.key))}  规则版本 {each.rules_version[:12]}  {_told(each.precision)}"
                for each in version_records(session)
            ]
        else:
            lines = [_line(record) for record in rule_records(session)]
    click.echo("\n".join(lines) or "nobody has decided about a clue yet; see: qingdan cases next")


def _line(record: RuleRecord) -> str:
    floor = feedback().of(record.key.rule)
    said = f"{one_line(str(record.key))}  {_told(record.precision)}  下限 {floor.floor:.0%}"
    if record.suspension is None:
        few = f"（少于 {floor.cases} 件，不作判断）" if record.precision.cases < floor.cases else ""
        return f"{said}  使用中{few}"
    found = record.suspension
    return f"{said}  停用  {found.since:%Y-%m-%d} 起  {found.by}  {one_line(found.why)}"


def _told(found: Precision) -> str:
    if not found.cases:
        return "尚无已决定案件"
    low, high = found.interval
    share = f"精确率 {found.share:.1%}（95% 区间 {low:.1%}—{high:.1%}）"
    return f"已决定案件 {found.cases:,} 件，确认 {found.confirmed:,} 件  {share}"


@command.command("history")
def history_() -> None:
    """List every suspension and what lifted it, oldest first."""
    with snapshot(open_database()) as session:
        for each in rule_changes(session):
            key = one_line(str(RuleKey(each.rule, each.policy_row, each.cue)))
            told = f"{_STATES[each.action]}  {key}  {each.actor}  {one_line(each.reason)}"
            click.echo(f"{each.number}  {each.at:%Y-%m-%d %H:%M}  {told}")


@command.command()
@click.argument("rule")
@_BY
@_WHY
def suspend(rule: str, by: str, why: str) -> None:
    """Have the clues that RULE finds from now on wait for a person; those there are stay as they are."""
    _change(rule, "suspended", by=by, why=why)


@command.command()
@click.argument("rule")
@_BY
@_WHY
def lift(rule: str, by: str, why: str) -> None:
    """Lift the suspension of RULE: the clues that waited count, and only new decisions count for it."""
    _change(rule, "lifted", by=by, why=why)


def _change(rule: str, action: Change, *, by: str, why: str) -> None:
    parts = rule.split("/", _PARTS - 1)
    if len(parts) != _PARTS:
        raise click.UsageError(f"{rule!r} is no rule; write it as `qingdan rules list` does: RULE/ROW/WORDS")
    decision = Decision(action=action, at=now_in_china(), by=by, why=why)
    try:
        with transaction(open_database()) as session:
            change_rule(session, RuleKey(*parts), decision)
    except RuleChangeError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{one_line(rule)}  {_STATES[action]}")


@command.command("labels")
def labels_() -> None:
    """Write what people decided as labels: JSON lines of ids and offsets, without text."""
    with snapshot(open_database()) as session:
        for label in labels(session):
            click.echo(json.dumps(label, ensure_ascii=False))
