"""`qingdan catalogue lint`: is anything wrong with the data of a release?"""

import json
import sys
from pathlib import Path

import click

from config.catalogue.lint import Problem, check
from config.settings import settings
from config.tables import DataError


@click.command("lint")
@click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder laid out like config/; default: the rules in use.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def command(rules: Path | None, as_json: bool) -> None:
    """Check catalogue, words, scopes and policy; name file, line, field and what to do.

    Exit status 1 when there is a problem.
    """
    folder = rules or settings().rules
    found = check(folder) or _unreadable(folder)
    if as_json:
        problems = [Problem.of(told)._asdict() for told in found]
        click.echo(json.dumps({"schema_version": 1, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        for told in found:
            click.echo(told, err=True)
        click.echo(f"{len(found)} problems" if found else "no problems")
    sys.exit(1 if found else 0)


def _unreadable(folder: Path) -> list[str]:
    """What keeps a reader from being built of data that are well formed, a broken pattern for one."""
    from consumers.release import open_reader

    try:
        open_reader(folder)
    except DataError as error:
        return list(error.problems)
    return []
