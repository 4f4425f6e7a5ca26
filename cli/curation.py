"""`qingdan catalogue curation`: what a person has to settle, in the data and in the ads."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config.catalogue import loader
from config.catalogue.lint import CATALOGUE
from config.catalogue.model import Catalogue, Question
from config.settings import settings
from config.tables import DataError

if TYPE_CHECKING:
    from store.curation import Unknown


@click.command("curation")
@click.option("--unknown", is_flag=True, help="The credentials that stored ads name and the data lack.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="With --unknown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option(
    "--adopt",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Add what was decided on the console to a copy of the data files.",
)
def command(unknown: bool, limit: int, as_json: bool, adopt: Path | None) -> None:
    """List the open questions about the data; with --unknown, the names that no row claims.

    A name that the data have learnt since, or somebody has decided about, is left out. A line has the number
    of ads, the name and a few ads.
    """
    if adopt is not None:
        _adopt(adopt)
        return
    try:
        catalogue = loader.load(settings().rules / CATALOGUE)
    except DataError as error:
        raise click.ClickException(str(error)) from error
    if unknown:
        _show_unknown(catalogue, limit, as_json=as_json)
    else:
        _show_questions(catalogue, as_json=as_json)


def _adopt(folder: Path) -> None:
    """Only a copy: what is in use changes when a release is switched to (docs/releases.md)."""
    from cli.wiring import open_database
    from config.catalogue.adoption import Decided, adopt
    from store.curation import decisions
    from store.database import snapshot

    if folder.resolve() == settings().rules.resolve():
        raise click.UsageError(f"{folder} is in use; copy it, and adopt into the copy (docs/releases.md)")
    with snapshot(open_database()) as session:
        decided = [
            Decided(
                number=each.number,
                name=each.name,
                qualification=each.qualification,
                on=each.at.date(),
                why=each.why,
            )
            for each in decisions(session)
            if each.choice != "ignore"
        ]
    try:
        adopted = adopt(folder, decided)
    except DataError as error:
        raise click.ClickException(str(error)) from error
    for row in (*adopted.aliases, *adopted.questions):
        click.echo(f"+ {row}")
    click.echo(
        f"{len(adopted.aliases)} aliases, {len(adopted.questions)} questions added in {folder}", err=True
    )


def _show_unknown(catalogue: Catalogue, limit: int, *, as_json: bool) -> None:
    from cli.wiring import open_database
    from store.curation import unknown_credentials
    from store.database import snapshot

    with snapshot(open_database()) as session:
        found = unknown_credentials(session, limit=limit)
    tray = [each for each in found if catalogue.find(each.name) is None]
    if as_json:
        _echo_json("unknown", [_as_data(each) for each in tray])
        return
    for each in tray:
        click.echo(f"{each.ads}\t{each.name}\t{' '.join(each.examples)}")
    if not tray:
        click.echo("no unknown credentials; see: qingdan run", err=True)
    if len(found) == limit:
        click.echo(f"the commonest {limit:,}; there may be more: --limit", err=True)


def _as_data(each: "Unknown") -> dict[str, object]:
    return {"name": each.name, "ads": each.ads, "examples": list(each.examples)}


def _show_questions(catalogue: Catalogue, *, as_json: bool) -> None:
    if as_json:
        _echo_json("questions", [_question(catalogue, row) for row in catalogue.curation])
        return
    for row in catalogue.curation:
        names = "、".join(catalogue.qualifications[each].name for each in row.candidates)
        click.echo(f"{row.id}\t{row.question}{f'（{names}）' if names else ''}\t{row.raised}")


def _question(catalogue: Catalogue, row: Question) -> dict[str, object]:
    return {
        "id": row.id,
        "subject": row.subject,
        "question": row.question,
        "candidates": [{"id": each, "name": catalogue.qualifications[each].name} for each in row.candidates],
        "raised": row.raised and row.raised.isoformat(),
        "sources": [catalogue.sources[each].title for each in row.source if each in catalogue.sources],
    }


def _echo_json(name: str, rows: list[dict[str, object]]) -> None:
    click.echo(json.dumps({"schema_version": 1, name: rows}, ensure_ascii=False, indent=2))
