"""`qingdan dataset`: build a version of the open dataset, and check one that lies on disk."""

import secrets
import sys
from pathlib import Path

import click
from sqlalchemy import Engine

from cli.wiring import open_database
from config.settings import settings
from reports.dataset.build import NothingToPublish, Release, build, latest
from reports.dataset.fields import RowError
from reports.dataset.pseudonym import KEY_BYTES, KeyFileError, key_at
from reports.dataset.verify import problems
from store.clusters import join_waiting
from store.database import snapshot

SHOWN = 20
"""Problems printed before the rest is only counted."""


@click.group()
def command() -> None:
    """Build and verify the open dataset."""


def build_dataset(engine: Engine) -> Release:
    """Build what the store says now into the dataset's folder.

    Raises:
        NothingToPublish, RowError, KeyFileError: nothing was published; the message says why.
    """
    key = key_at(settings().home / "pseudonym.key", fresh=secrets.token_bytes(KEY_BYTES))
    join_waiting(engine)
    with snapshot(engine) as session:
        return build(session, settings().dataset, key)


@command.command("build")
def build_() -> None:
    """Build a new version, unless nothing has changed since the latest."""
    try:
        made = build_dataset(open_database())
    except (NothingToPublish, RowError, KeyFileError) as error:
        click.echo(f"qingdan: nothing published: {error}", err=True)
        sys.exit(1)
    rows = ", ".join(f"{count:,} {table}" for table, count in made.rows.items())
    click.echo(f"{'built' if made.new else 'unchanged:'} version {made.version} ({rows})")
    click.echo(made.folder)


@command.command()
@click.argument("version", required=False)
def verify(version: str | None) -> None:
    """Hash and validate VERSION (default: the latest) again."""
    folder = _folder_of(version)
    found = problems(folder)
    count = 0
    for count, problem in enumerate(found, start=1):
        if count <= SHOWN:
            click.echo(f"{folder.name}: {problem}", err=True)
    if count:
        click.echo(f"qingdan: {count} problem(s); do not use this version, restore or rebuild it", err=True)
        sys.exit(1)
    click.echo(f"{folder.name}: every hash and every row is as it was built")


def _folder_of(version: str | None) -> Path:
    versions = settings().dataset / "versions"
    if version is None:
        folder = latest(settings().dataset)
        if folder is None:
            raise click.UsageError("there is no version yet; run: qingdan dataset build")
        return folder
    known = sorted(path.name for path in versions.iterdir()) if versions.is_dir() else []
    if version not in known:
        raise click.UsageError(
            f"no version {version!r} in {versions}; there are: {', '.join(known) or 'none'}"
        )
    return versions / version
