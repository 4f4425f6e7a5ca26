"""The files of an evidence pack: what a case rests on, as data and in words."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from config.bureaus import bureau_name
from config.catalogue.model import Catalogue
from config.divisions import known
from config.policy import Policy
from reports.alerts.parts import place_of
from reports.pack.archive import File
from reports.pack.law import law
from reports.pack.record import record
from reports.templating import environment
from reports.wording import STATUS
from store.audit import Sealed, link_text
from store.evidence_models import Capture
from store.pack_file import PackClue, PackFile

CASE: Final = "case.json"
HISTORY: Final = "history.json"
CHAIN: Final = "chain"
"""Folder of the sealed events, each as the text whose SHA-256 is the hash of its link."""
CAPTURES: Final = "captures.json"
ORIGINALS: Final = "originals"
"""Folder of bytes as they were received, named by their SHA-256; `.bin`, so that no click opens them."""
SCREENSHOTS: Final = "screenshots"
CLUES: Final = "clues"
_SHORT: Final = 12

Json = dict[str, Any]
Bytes = Callable[[Capture], Iterable[bytes]]
Presence = Literal["sound", "missing", "changed", "removed", "withheld", "apart"]
"""Whether the bytes of a capture are in the pack, or why they are not."""
_ABSENT: Final[dict[Presence, str]] = {
    "missing": "数据库中缺失",
    "changed": "数据库中已改变，与登记的哈希不符",
    "removed": "已按保存期限删除",
    "withheld": "整份报送文件，含其他地区单位的招聘信息，由全国账号或者系统管理人员提供",
    "apart": "不随报告附送，凭案号领取（控制台案件页“领取证据包”），领取须登记",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a pack is made of besides the case."""

    catalogue: Catalogue
    policy: Policy
    states: Mapping[str, Presence]
    """By the id of the capture."""
    originals: bool
    """Is it a pack with originals, handed out by itself?"""
    original: Bytes
    pictures: Mapping[str, bytes]
    """PNG, by the SHA-256 of the bytes that it shows."""


def files(pack: PackFile, material: Material) -> Iterator[File]:
    """All files of the pack but the list of hashes; equal for equal facts."""
    yield File.of("README.txt", _readme(pack, material))
    yield File.of("record.docx", record(pack, material.catalogue, material.policy))
    yield _json(CASE, _case(pack))
    yield _json("law.json", law(pack, material.catalogue, material.policy))
    yield _json(HISTORY, [_event(each) for each in pack.history])
    for each in pack.history:
        if each.link:
            yield File.of(f"{CHAIN}/{each.link.number:09}.json", link_text(each.before, each.event))
    yield _json(CAPTURES, [_capture(each, material) for each in pack.captures.values()])
    yield _json("custody.json", list(custody(pack)))
    for number, clue in enumerate(pack.clues, start=1):
        yield from _clue(folder_of(number, clue), clue)
    yield from _originals(pack, material)


def folder_of(number: int, clue: PackClue) -> str:
    return f"{CLUES}/{number:04}-{clue.clue.id[:_SHORT]}"


def original_of(capture: Capture) -> str:
    return f"{ORIGINALS}/{capture.sha256}.bin"


def custody(pack: PackFile) -> Iterator[Json]:
    """What became of the bytes, the oldest first: received, seen again, handed out, given up."""
    entries: list[tuple[datetime, Json]] = []
    for each in pack.captures.values():
        told = {"of": each.id, "sha256": each.sha256}
        entries.append((each.fetched_at, {"what": "received", **told}))
        if each.seen_at > each.fetched_at:
            entries.append((each.seen_at, {"what": "last seen unchanged", **told}))
        if each.removed_at:
            entries.append((each.removed_at, {"what": "bytes given up", **told}))
    for read in pack.reads:
        what = "pack handed out" if read.what == "pack" else "bytes handed out"
        told = {"of": read.subject, "sha256": read.sha256, "to": read.actor}
        entries.append((read.at, {"what": what, **told}))
    for at, entry in sorted(entries, key=lambda each: (each[0], each[1]["of"], each[1]["what"])):
        yield {"at": _moment(at), **entry}


def _readme(pack: PackFile, material: Material) -> str:
    absent = [
        (each.sha256, _ABSENT[material.states[each.id]])
        for each in pack.captures.values()
        if material.states[each.id] != "sound"
    ]
    return (
        environment()
        .get_template("pack/readme.txt.j2")
        .render(
            number=pack.case.line.number,
            clues=len(pack.clues),
            absent=absent,
            bare=sum(not clue.exhibits for clue in pack.clues),
            pictures=material.pictures,
            originals=material.originals,
        )
    )


def _case(pack: PackFile) -> Json:
    line = pack.case.line
    return {
        "number": line.number,
        "status": {"code": line.status, "name": STATUS[line.status]},
        "severity": line.severity,
        "employer": line.employer,
        "qualification": {"id": pack.case.qualification, "name": line.name},
        "place_of_work": {"division": pack.case.division, "name": place_of(known(pack.case.division))},
        "bureau": {"code": line.bureau, "name": bureau_name(line.bureau)},
        "opened_at": _moment(pack.opened_at),
        "follows": line.follows,
        "followed_by": pack.case.followed_by,
        "clues": [folder_of(number, clue) for number, clue in enumerate(pack.clues, start=1)],
    }


def _event(sealed: Sealed) -> Json:
    event = sealed.event
    return {
        "id": event.id,
        "case": event.case_id,
        "at": _moment(event.at),
        "actor": event.actor,
        "action": event.action,
        "reason": event.reason,
        "clue": event.clue_id,
        "to_status": event.to_status,
        "given": event.given,
        "link": {"number": sealed.link.number, "hash": sealed.link.hash} if sealed.link else None,
    }


def _capture(capture: Capture, material: Material) -> Json:
    state = material.states[capture.id]
    return {
        "id": capture.id,
        "sha256": capture.sha256,
        "length": capture.length,
        "state": state,
        "file": original_of(capture) if state == "sound" else "",
        "screenshot": f"{SCREENSHOTS}/{capture.sha256}.png" if capture.sha256 in material.pictures else "",
        "media_type": capture.media_type,
        "charset": capture.charset,
        "name": capture.name,
        "sender": capture.sender,
        "run": capture.run_id,
        "url": capture.url,
        "answered_url": capture.answered_url,
        "status": capture.status,
        "tls": capture.tls,
        "address": capture.address,
        "request": capture.request,
        "headers": capture.headers,
        "fetched_at": _moment(capture.fetched_at),
        "seen_at": _moment(capture.seen_at),
        "removed_at": _moment(capture.removed_at),
    }


def _clue(folder: str, found: PackClue) -> Iterator[File]:
    clue, version = found.clue, found.version
    told = {
        "id": clue.id,
        "ad": _ad(found),
        "evidence": [{"capture": each.capture.id, "locator": each.locator} for each in found.exhibits],
        "quote": {"file": f"{clue.field}.txt", "start": clue.start, "end": clue.end, "text": clue.quote},
        "clause": {
            "file": f"{clue.field}.txt",
            "start": clue.clause_start,
            "end": clue.clause_start + len(clue.clause),
            "text": clue.clause,
        },
        "trace": _trace(found),
        "suggestion": clue.suggestion,
        "measure": clue.measure,
        "severity": clue.severity,
        "first_seen": _moment(clue.first_seen),
        "last_seen": _moment(found.last_seen),
        "withdrawn_at": _moment(clue.withdrawn_at),
        "awaits_a_person": clue.held_by is not None and clue.human_verdict is None,
        "human_verdict": clue.human_verdict,
    }
    yield _json(f"{folder}/clue.json", told)
    yield File.of(f"{folder}/title.txt", version.title)
    yield File.of(f"{folder}/text.txt", version.text)


def _ad(found: PackClue) -> Json:
    ad, version = found.ad, found.version
    return {
        "id": ad.id,
        "version": version.id,
        "source": ad.source,
        "id_at_source": ad.source_ad_id,
        "url": version.url or ad.url,
        "company": version.company,
        "acting_for": version.acting_for,
        "city": version.city,
        "posted": version.posted and version.posted.isoformat(),
        "valid_through": version.valid_through and version.valid_through.isoformat(),
        "observed_at": _moment(version.observed_at),
        "stretches_masked": version.masked,
    }


def _trace(found: PackClue) -> Json:
    """How the words led to the verdict: from the rules to the mention as the reading holds it."""
    clue, reading = found.clue, found.reading
    same = (clue.field, clue.start, clue.end)
    return {
        "rules_version": clue.rules_version,
        "catalogue_version": reading.catalogue_version,
        "policy_version": clue.policy_version,
        "edition": clue.edition,
        "on": reading.on.isoformat(),
        "kind": clue.kind,
        "strength": clue.strength,
        "rule": clue.rule,
        "cue": clue.cue,
        "policy_row": clue.policy_row,
        "basis": clue.basis,
        "ended_by": clue.ended_by,
        "reading": reading.id,
        "mentions": [
            each for each in reading.mentions if (each["field"], each["start"], each["end"]) == same
        ],
    }


def _originals(pack: PackFile, material: Material) -> Iterator[File]:
    sound = {each.sha256: each for each in pack.captures.values() if material.states[each.id] == "sound"}
    for _, capture in sorted(sound.items()):
        yield File(original_of(capture), capture.length, material.original(capture))
    for sha256, picture in sorted(material.pictures.items()):
        yield File.of(f"{SCREENSHOTS}/{sha256}.png", picture)


def _json(name: str, told: Json | list[Json]) -> File:
    return File.of(name, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds") if at else None
