"""`qingdan dataset`: build a version of the open dataset, release it, and check one that lies on disk."""

import secrets
import sys
from dataclasses import astuple
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final, NoReturn

import click
from sqlalchemy import Engine

from cli.wiring import open_database
from config.catalogue.lint import CATALOGUE
from config.catalogue.loader import load
from config.clock import now_in_china
from config.policy import load as load_policy
from config.reading import load as load_reading
from config.settings import settings
from reports.dataset.build import Draft, NothingToPublish, Source, build
from reports.dataset.fields import RowError
from reports.dataset.folders import Folders
from reports.dataset.manifest import read_manifest, row_counts
from reports.dataset.pseudonym import KEY_BYTES, KeyFileError, key_at
from reports.dataset.quality import QualityError
from reports.dataset.signature import SignatureError, sign, signature_problems
from reports.dataset.verify import problems
from reports.dataset.versions import Released, ReleaseError, Waiver, due, index, listed_otherwise, release
from store.clues import employer_id
from store.clusters import join_waiting
from store.database import snapshot, transaction
from store.dataset_decisions import erase as keep_out
from store.dataset_decisions import note_release
from store.dead_letters import Decision

SHOWN: Final = 20
"""Problems printed before the rest is only counted."""
ACCEPT: Final = "Why a break in continuity with the version before is taken."
_by = click.option("--by", envvar="USER", required=True, help="Who does it.  [default: $USER]")


@click.group()
def command() -> None:
    """Build, release and verify the open dataset."""


def build_dataset(engine: Engine, *, accepted: str = "") -> Draft:
    """Build what the store says now as a draft.

    Raises:
        NothingToPublish, RowError, QualityError, KeyFileError: nothing was built; the message says why.
    """
    key = key_at(settings().home / "pseudonym.key", fresh=secrets.token_bytes(KEY_BYTES))
    join_waiting(engine)
    with snapshot(engine) as session:
        law = load(settings().rules / CATALOGUE)
        source = Source(
            session=session,
            catalogue=law,
            occupations=load_reading(settings().rules).occupations.names,
            texts=load_policy(settings().rules).bases,
            key=key,
            named=settings().dataset_names,
            landing=settings().dataset_address,
        )
        return build(source, folders(), accepted=accepted)


def release_dataset(engine: Engine, version: str, waiver: Waiver, *, by: str) -> Released:
    """Make a draft public, and note who did.

    Raises:
        ReleaseError, QualityError: it is not, and the message says why.
    """
    now = now_in_china()
    decision = Decision(at=now, actor=by, why="; ".join(filter(None, astuple(waiver))))

    def note() -> None:
        with transaction(engine) as session:
            note_release(session, version, decision)

    return release(folders(), version, now.date(), waiver, note=note)


def folders() -> Folders:
    return Folders(settings().dataset)


@command.command("build")
@click.option("--accept", default="", metavar="REASON", help=ACCEPT)
def build_(accept: str) -> None:
    """Build a draft, unless what the store says has been built before."""
    try:
        made = build_dataset(open_database(), accepted=accept)
    except (NothingToPublish, RowError, KeyFileError) as error:
        _refuse("nothing built", [str(error)])
    except QualityError as error:
        _refuse("nothing built", error.problems)
    click.echo(f"{'built' if made.new else 'unchanged:'} version {made.version} ({_told(made.rows)})")
    click.echo(made.folder)


@command.command("release")
@click.argument("version")
@click.option("--early", default="", metavar="REASON", help="Why it need not wait for its day.")
@click.option("--accept", default="", metavar="REASON", help=ACCEPT)
@_by
def release_(version: str, early: str, accept: str, by: str) -> None:
    """Make the draft VERSION public: a person's decision, seven days after the report of its newest week."""
    waiver = Waiver(early=early, accepted=accept)
    try:
        done = release_dataset(open_database(), version, waiver, by=by)
    except ReleaseError as error:
        _refuse("nothing released", [str(error)])
    except QualityError as error:
        _refuse("nothing released", error.problems)
    click.echo(f"{'released' if done.new else 'unchanged:'} version {done.version}")
    click.echo(done.folder)


@command.command()
@click.argument("what", type=click.Choice(["ad", "employer"]))
@click.argument("subject")
@click.option("--why", required=True, help="The reason, kept with the decision.")
@_by
def erase(what: str, subject: str, why: str, by: str) -> None:
    """Keep an ad (by its id) or an employer (by its name) out of every version to come.

    The next delta tells that its rows are gone. Versions that are public stay as they are.
    """
    decision = Decision(at=now_in_china(), actor=by, why=why)
    with transaction(open_database()) as session:
        if what == "ad":
            new = keep_out(session, "erased_ad", subject, decision)
        else:
            new = keep_out(session, "erased_employer", employer_id(subject), decision)
    click.echo(f"{subject}: {'kept out of every version to come' if new else 'was kept out before'}")


@command.command("sign")
@click.argument("version")
@click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path), help="PEM file with an Ed25519 key."
)
def sign_(version: str, key_file: Path) -> None:
    """Sign the released VERSION, for those who want to know that it is yours.

    `openssl genpkey -algorithm ed25519 -out FILE` makes a key; make its fingerprint known elsewhere.
    """
    try:
        told = sign(folders(), version, key_file)
    except SignatureError as error:
        _refuse("nothing signed", [str(error)])
    click.echo(f"signed version {version}; SHA-256 of the public key: {told}")


@command.command("list")
def list_() -> None:
    """List drafts with the day on which each may be released, and released versions."""
    place = folders()
    for folder in place.waiting():
        manifest = read_manifest(folder)
        day = due(date.fromisoformat(manifest["as_of"]))
        click.echo(f"{folder.name}  draft, due {day}  ({_told(row_counts(manifest))})")
    for line in index(place):
        click.echo(f"{line['version']}  released {line['released']}  ({_told(line['rows'])})")


@command.command()
@click.argument("version", required=False)
def verify(version: str | None) -> None:
    """Hash and validate VERSION (default: the latest release) again."""
    folder = _folder_of(version)
    count = 0
    place = folders()
    found = chain(problems(folder), listed_otherwise(place, folder), signature_problems(place, folder))
    for count, problem in enumerate(found, start=1):
        if count <= SHOWN:
            click.echo(f"{folder.name}: {problem}", err=True)
    if count:
        click.echo(f"qingdan: {count} problem(s); do not use this version, restore or rebuild it", err=True)
        sys.exit(1)
    click.echo(f"{folder.name}: every hash and every row is as it was built")


def _folder_of(version: str | None) -> Path:
    place = folders()
    if version is None:
        folder = place.latest()
        if folder is None:
            raise click.UsageError("nothing is released yet; run: qingdan dataset build, then release")
        return folder
    known = {folder.name: folder for folder in (*place.released(), *place.waiting())}
    if version not in known:
        raise click.UsageError(f"no version {version!r}; there are: {', '.join(sorted(known)) or 'none'}")
    return known[version]


def _told(rows: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {table}" for table, count in rows.items())


def _refuse(what: str, problems: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(f"qingdan: {what}: {problem}", err=True)
    sys.exit(1)
