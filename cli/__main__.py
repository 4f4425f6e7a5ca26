"""`qingdan COMMAND …`: finds the module of a command and runs it."""

import importlib
import sys
from typing import Final

import click

from config.logs import configure_logs
from config.settings import SettingsError, settings

COMMANDS: Final = {
    "accounts": "Accounts of the console: add, list, disable, password.",
    "alerts": "Alerts to the bureaus: list, send, preview.",
    "catalogue": "The national catalogue: look up a name, compare editions, check the data.",
    "cases": "Cases: list and show; hints of rule packs.",
    "check": "Judge one ad as text, or many as JSON lines.",
    "console": "The pages on which people work with cases.",
    "crawl": "Run spiders over boards.",
    "dataset": "Build and verify the open dataset.",
    "db": "Create or upgrade the database.",
    "dead": "Dead letters: list, show, replay, drop.",
    "demo": "The whole job on this machine, with a small local board.",
    "doctor": "Is everything reachable and healthy?",
    "evidence": "What ads were read from: show, verify, trim.",
    "gaps": "Records that left the log unread: show, skip.",
    "ingest": "Take ads from files into the log.",
    "intake": "Ads by exchange: an HTTP interface and its keys, a watched folder.",
    "log": "The embedded event log: trim.",
    "notices": "Platform notices: draft, issue, remind, list, replies, tokens, overdue.",
    "public": "The pages and the interface for everybody.",
    "report": "Weekly reports: build and list.",
    "rules": "Rules: what people's decisions say about each, and which are suspended.",
    "run": "Run the stages: relay, check, record, alert, cluster.",
}
"""Every command and its help line; the module of the same name is imported only when it is called."""


class Commands(click.Group):
    """Loads a command's module when it is needed, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Commands)
def main() -> None:
    """Qingdan reads job ads and finds credentials that may not be tied to employment.

    State lives under QINGDAN_HOME (default: var/ in the checkout). Exit status: 0 done, 1 found trouble,
    2 wrong use.
    """
    configure_logs(settings().log_level, settings().log_format)


def run() -> None:
    """Entry point: turns the errors that a user can mend into one line and exit status 2."""
    try:
        main(prog_name="qingdan")
    except SettingsError as error:
        click.echo(f"qingdan: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    run()
