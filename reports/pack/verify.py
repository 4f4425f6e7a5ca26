"""Checking an evidence pack, with nothing at hand but the file itself."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from reports.pack.archive import SUMS, File, pieces_of, write_plain
from reports.pack.contents import CHAIN, CLUES, HISTORY, ORIGINALS

_LINE: Final = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[!-~]+)")
_UNREADABLE: Final = (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What `zipfile` raises of a damaged archive."""
_AT_A_TIME: Final = 1 << 16

Hashes = Mapping[str, str]
"""SHA-256 by name."""


def problems(path: Path) -> Iterator[str]:
    """Everything that is wrong with the pack at `path`, each naming its file; nothing if it is whole."""
    try:
        with path.open("rb") as file, ZipFile(file) as archive:
            found = list(_wrong_files(archive)) or list(_wrong_contents(archive))
            yield from found or _wrong_bytes(archive, file)
    except _UNREADABLE as error:
        yield f"{path.name}: is no archive, or a damaged one: {error}"


def _wrong_files(archive: ZipFile) -> Iterator[str]:
    """What was added, is missing or differs from the list of hashes."""
    names = Counter(archive.namelist())
    yield from (f"{name}: is there {times} times" for name, times in names.items() if times > 1)
    packed = [each.filename for each in archive.infolist() if each.compress_type != ZIP_STORED]
    yield from (f"{name}: is compressed, as no file of a pack is" for name in packed)
    sums = next((name for name in names if name.endswith(f"/{SUMS}")), None)
    if packed or sums is None:
        yield from () if packed else (f"{SUMS}: is missing",)
        return
    listed, faults = _listed(_text(archive, sums), folder=sums.removesuffix(SUMS))
    yield from faults
    present = names.keys() - {sums}
    yield from (f"{name}: is missing" for name in sorted(listed.keys() - present))
    yield from (f"{name}: is not in {SUMS}" for name in sorted(present - listed.keys()))
    for name in sorted(present & listed.keys()):
        yield from _wrong_file(archive, name, listed[name])


def _wrong_file(archive: ZipFile, name: str, sha256: str) -> Iterator[str]:
    digest = hashlib.sha256()
    try:
        for piece in pieces_of(archive, name):
            digest.update(piece)
    except _UNREADABLE as error:
        yield f"{name}: cannot be read: {error}"
        return
    if digest.hexdigest() != sha256:
        yield f"{name}: SHA-256 differs from {SUMS}"


def _listed(text: str, *, folder: str) -> tuple[Hashes, list[str]]:
    """The hashes by name in the archive, and what is no line of such a list."""
    found, faults = {}, []
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _LINE.fullmatch(line):
            found[folder + match["name"]] = match["sha256"]
        else:
            faults.append(f"{SUMS}, line {number}: is not `SHA-256  name`")
    return found, faults


def _wrong_contents(archive: ZipFile) -> Iterator[str]:
    """Where files that are as listed contradict each other: the list may have been forged with them."""
    names = archive.namelist()
    folder = names[0].partition("/")[0]
    listed, _ = _listed(_text(archive, f"{folder}/{SUMS}"), folder="")
    for name, sha256 in listed.items():
        if name.startswith(f"{ORIGINALS}/") and name != f"{ORIGINALS}/{sha256}.bin":
            yield f"{name}: its name is not its SHA-256"
    try:
        history = json.loads(_text(archive, f"{folder}/{HISTORY}"))
        yield from _wrong_links(archive, folder, history, listed)
        for name in listed:
            if name.startswith(f"{CLUES}/") and name.endswith("/clue.json"):
                yield from _wrong_quotes(archive, f"{folder}/{name}")
    except (KeyError, TypeError, IndexError) as error:
        yield f"{folder}: is not made as a pack is: {error!r}"


def _wrong_links(archive: ZipFile, folder: str, history: list[Any], listed: Hashes) -> Iterator[str]:
    linked = {event["link"]["number"]: event for event in history if event["link"]}
    for number, event in sorted(linked.items()):
        name = f"{CHAIN}/{number:09}.json"
        if listed.get(name) != event["link"]["hash"]:
            yield f"{name}: is not the link that {HISTORY} tells"
            continue
        if json.loads(_text(archive, f"{folder}/{name}"))[1:] != _as_sealed(event):
            yield f"{HISTORY}: tells link {number} otherwise than {name}"


def _as_sealed(event: Mapping[str, Any]) -> list[Any]:
    """An event of the history as its link holds it (`store.audit.link_text`), behind the hash before."""
    at = datetime.fromisoformat(event["at"]).astimezone(UTC).isoformat(timespec="microseconds")
    names = ("actor", "action", "clue", "reason", "to_status", "given")
    return [event["id"], event["case"], at, *(event[name] for name in names)]


def _wrong_quotes(archive: ZipFile, name: str) -> Iterator[str]:
    clue = json.loads(_text(archive, name))
    for part in ("quote", "clause"):
        told = clue[part]
        text = _text(archive, f"{name.rpartition('/')[0]}/{told['file']}")
        if text[told["start"] : told["end"]] != told["text"]:
            yield f"{name}: the {part} does not stand in {told['file']} at {told['start']}"


def _wrong_bytes(archive: ZipFile, file: IO[bytes]) -> Iterator[str]:
    """A byte that the files do not account for: in comments, times, or between them."""
    with TemporaryFile() as anew:
        entries = archive.infolist()
        files = (File(each.filename, each.file_size, pieces_of(archive, each.filename)) for each in entries)
        write_plain(anew, files)
        anew.seek(0)
        at = _first_difference(anew, file)
    if at is not None:
        yield f"the archive itself: differs at byte {at:,}, outside of its files"


def _first_difference(one: IO[bytes], other: IO[bytes]) -> int | None:
    one.seek(0)
    other.seek(0)
    at = 0
    while True:
        left, right = one.read(_AT_A_TIME), other.read(_AT_A_TIME)
        if left != right:
            pairs = zip_longest(left, right)
            return at + next(place for place, (mine, theirs) in enumerate(pairs) if mine != theirs)
        if not left:
            return None
        at += len(left)


def _text(archive: ZipFile, name: str) -> str:
    return archive.read(name).decode()
