"""What reading the stored ads again under some rules would change, before and after; writes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from config.packs import Pack
from events.types import CheckedAd, JobAd, Mention, Reading, Verdict
from reports.wording import KINDS
from reports.wording import VERDICTS as VERDICT_NAMES
from store.clues import SUBSTANCE, accusations
from store.data_releases import Versions
from store.rereading import StoredAd, StoredClue

Cause = Literal["law", "policy", "words"]
Change = Literal["appears", "disappears", "changes", "reinstated"]
HintChange = Literal["appears", "disappears", "stays"]
Read = Callable[[JobAd], Reading]

VERDICTS: Final[tuple[Verdict, ...]] = ("violation", "advisory", "lawful", "none")
SCHEMA_VERSION: Final = 1
UNKNOWN: Final = "other"
"""Stands for every qualification that the catalogue does not know: their names are too many to count."""

CHANGES: Final[Mapping[Change, str]] = {
    "appears": "新增",
    "disappears": "撤回",
    "changes": "更改",
    "reinstated": "恢复",
}
CAUSES: Final[Mapping[Cause, str]] = {"law": "目录（法）", "policy": "政策", "words": "词表、别名或读法"}


PARTS: Final = {"law": "目录数据不同", "policy": "政策不同", "words": "只有词表或读法不同"}


@dataclass(frozen=True, slots=True)
class ChangedClue:
    """One clue that would not be what it is."""

    clue: str
    """Its id."""
    ad: str
    change: Change
    cause: Cause
    case_number: str
    """Empty for a clue that would be new."""
    name: str
    quote: str
    what: tuple[str, ...]
    """What would be different, in Chinese."""


@dataclass(slots=True)
class Impact:
    """Figures over the ads; `before` is what the store holds, `after` what the rules would say.

    Verdicts, kinds and qualifications are those of each ad's newest version, clues those of all versions.
    """

    rules: Versions
    examples: int
    """So many changed clues are set out in `changed`."""
    ads: int = 0
    versions: int = 0
    other_rules: Counter[str] = field(default_factory=Counter)
    """Ads whose newest reading was made with other rules than `rules`, by what part of them is different."""
    verdicts: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    """Ads by verdict before and after."""
    kinds_before: Counter[str] = field(default_factory=Counter)
    kinds_after: Counter[str] = field(default_factory=Counter)
    """Ads that are accused, by kind of the qualification."""
    qualifications_before: Counter[str] = field(default_factory=Counter)
    qualifications_after: Counter[str] = field(default_factory=Counter)
    """The same by id of the qualification."""
    names: dict[str, str] = field(default_factory=dict)
    clues: Counter[tuple[Change, Cause]] = field(default_factory=Counter)
    hints: Counter[tuple[HintChange, str]] = field(default_factory=Counter)
    """Ads by id of the pack that finds something in them, and whether it does so now, then, or both."""
    protected: int = 0
    """Clues that the rules would change and that stay, because a person has decided."""
    changed: list[ChangedClue] = field(default_factory=list)


def impact(ads: Iterable[StoredAd], read: Read, rules: Versions, *, examples: int) -> Impact:
    """Read `ads` again with `read`, which goes by `rules`; memory does not grow with their number."""
    found = Impact(rules, examples)
    for ad in ads:
        after = {event.ad.event_id: CheckedAd.of(event.ad, read(event.ad)) for event in ad.versions}
        _count(found, ad, after)
        _count_clues(found, ad, after)
    return found


def _count(found: Impact, ad: StoredAd, after: Mapping[str, CheckedAd]) -> None:
    old, new = ad.newest.reading, after[ad.newest.ad.event_id].reading
    found.ads += 1
    found.versions += len(after)
    found.other_rules.update(_different_parts(old, found.rules))
    found.verdicts[old.verdict, new.verdict] += 1
    _count_hints(found, old, new)
    for reading, kinds, qualifications in (
        (old, found.kinds_before, found.qualifications_before),
        (new, found.kinds_after, found.qualifications_after),
    ):
        accused = [mention for mention in reading.mentions if mention.verdict == "violation"]
        kinds.update({mention.kind for mention in accused})
        qualifications.update({mention.qualification or UNKNOWN for mention in accused})
        found.names.update({m.qualification: m.name for m in accused if m.qualification})


def _count_hints(found: Impact, old: Reading, new: Reading) -> None:
    before, after = ({each.pack for each in reading.findings} for reading in (old, new))
    changes: dict[HintChange, set[str]] = {
        "appears": after - before,
        "disappears": before - after,
        "stays": before & after,
    }
    for change, packs in changes.items():
        found.hints.update((change, pack) for pack in packs)


def _different_parts(old: Reading, rules: Versions) -> Iterable[str]:
    if old.rules_version == rules.rules:
        return ()
    parts: dict[Cause, tuple[str, str]] = {
        "law": (old.catalogue_version, rules.catalogue),
        "policy": (old.policy_version, rules.policy),
    }
    return [cause for cause, (before, now) in parts.items() if before != now] or ["words"]


def _count_clues(found: Impact, ad: StoredAd, after: Mapping[str, CheckedAd]) -> None:
    accused: dict[str, dict[str, Any]] = {}
    for event in after.values():
        for clue in accusations(event):
            accused.setdefault(clue["id"], clue)
    stored = {clue.id: clue for clue in ad.clues}
    for clue_id in sorted(accused.keys() | stored.keys()):
        changed = _changed(ad, stored.get(clue_id), accused.get(clue_id), after)
        if changed is None:
            continue
        if clue_id in stored and stored[clue_id].decided:
            found.protected += 1
            continue
        found.clues[changed.change, changed.cause] += 1
        if len(found.changed) < found.examples:
            found.changed.append(changed)


def _changed(
    ad: StoredAd, old: StoredClue | None, new: dict[str, Any] | None, after: Mapping[str, CheckedAd]
) -> ChangedClue | None:
    """How a clue would differ; None where it would not."""
    change, what = _change(old, new)
    if change is None:
        return None
    said = new or (old.said if old else {})
    version = new["version_id"] if new else (old.version_id if old else "")
    before = next(event for event in ad.versions if event.ad.event_id == version)
    qualification = old.qualification if old else said["qualification"]
    return ChangedClue(
        clue=old.id if old else said["id"],
        ad=ad.newest.ad.ad_id,
        change=change,
        cause=_cause(qualification, before.reading, after[version].reading),
        case_number=old.case_number if old else "",
        name=said["name"],
        quote=said["quote"],
        what=what,
    )


def _change(old: StoredClue | None, new: dict[str, Any] | None) -> tuple[Change | None, tuple[str, ...]]:
    """The same decisions as `store.clues.follow_rereadings` takes."""
    if old is None:
        return ("appears", ()) if new else (None, ())
    if new is None:
        return (None if old.withdrawn else "disappears"), ()
    if old.withdrawn:
        return "reinstated", ()
    what = tuple(label for name, label in SUBSTANCE.items() if old.said[name] != new[name])
    return ("changes" if what or old.version_id != new["version_id"] else None), what


def _cause(qualification: str, before: Reading, after: Reading) -> Cause:
    """Whether a clue changes by what the law says of the qualification, by the policy, or by the reading."""
    old, new = (_mentions(qualification, reading) for reading in (before, after))
    if not old or not new:
        return "words"
    if {mention.kind for mention in old} != {mention.kind for mention in new}:
        return "law"
    if [(m.start, m.end, m.strength) for m in old] != [(m.start, m.end, m.strength) for m in new]:
        return "words"
    return "policy"


def _mentions(qualification: str, reading: Reading) -> list[Mention]:
    return [m for m in reading.mentions if (m.qualification or m.name) == qualification]


def as_json(found: Impact) -> dict[str, Any]:
    """The figures as plain data; a new field leaves the version of the schema as it is."""
    return {
        "schema_version": SCHEMA_VERSION,
        "rules": asdict(found.rules),
        "ads": found.ads,
        "versions": found.versions,
        "other_rules": dict(found.other_rules),
        "verdicts": {f"{old}>{new}": count for (old, new), count in sorted(found.verdicts.items())},
        "kinds": _both(found.kinds_before, found.kinds_after),
        "qualifications": _both(found.qualifications_before, found.qualifications_after),
        "clues": {f"{change}:{cause}": count for (change, cause), count in sorted(found.clues.items())},
        "hints": {f"{change}:{pack}": count for (change, pack), count in sorted(found.hints.items())},
        "protected": found.protected,
        "changed": [asdict(clue) for clue in found.changed],
    }


def _both(before: Counter[str], after: Counter[str]) -> dict[str, list[int]]:
    return {key: [before[key], after[key]] for key in sorted(before.keys() | after.keys())}


def as_text(found: Impact, packs: Mapping[str, Pack]) -> str:
    """The figures in Chinese, for a terminal; `packs` are the rule packs by id."""
    rules = found.rules
    lines = [
        f"规则 {rules.rules}（目录 {rules.catalogue}，政策 {rules.policy}）",
        f"重读广告 {found.ads:,} 条，版本 {found.versions:,} 个；未写入任何数据",
        "以其他版本读过的广告："
        + _listed(f"{label} {found.other_rules[part]:,}" for part, label in PARTS.items()),
        "",
        "结论（广告数）　　　　　前 → 后",
        *(_verdict_lines(found.verdicts)),
        "",
        "含疑似线索的广告，按性质　前 → 后",
        *_changed_lines(found.kinds_before, found.kinds_after, KINDS),
        "含疑似线索的广告，按证书　前 → 后（只列有变化的）",
        *_changed_lines(found.qualifications_before, found.qualifications_after, found.names, all_=False),
        "有提示的广告　　　　　　前 → 后",
        *_hint_lines(found.hints, packs),
        "",
        *(_clue_total(found, change) for change in CHANGES),
        f"已由人工决定、不受影响的线索　{found.protected:,} 条",
        *(_clue_line(clue) for clue in found.changed),
    ]
    return "\n".join(lines)


def _listed(parts: Iterable[str]) -> str:
    return "；".join(parts)


def _verdict_lines(verdicts: Counter[tuple[Verdict, Verdict]]) -> Iterator[str]:
    for verdict in VERDICTS:
        before = sum(count for (old, _), count in verdicts.items() if old == verdict)
        after = sum(count for (_, new), count in verdicts.items() if new == verdict)
        yield f"  {VERDICT_NAMES[verdict]}　{before:,} → {after:,}"


def _changed_lines(
    before: Counter[str], after: Counter[str], names: Mapping[str, str], *, all_: bool = True
) -> Iterator[str]:
    for key in sorted(before.keys() | after.keys()):
        if all_ or before[key] != after[key]:
            yield f"  {names.get(key, '目录未收录')}　{before[key]:,} → {after[key]:,}"


def _hint_lines(hints: Counter[tuple[HintChange, str]], packs: Mapping[str, Pack]) -> Iterator[str]:
    for pack in dict.fromkeys([*packs, *sorted(pack for _, pack in hints)]):
        gone, new, same = (hints[change, pack] for change in ("disappears", "appears", "stays"))
        name = packs[pack].name if pack in packs else pack
        yield f"  {name}　{gone + same:,} → {new + same:,}（新增 {new:,}，不再提示 {gone:,}）"


def _clue_total(found: Impact, change: Change) -> str:
    by_cause = {cause: found.clues[change, cause] for cause in CAUSES}
    causes = _listed(f"{CAUSES[cause]} {count:,}" for cause, count in by_cause.items() if count)
    return f"线索{CHANGES[change]}　{sum(by_cause.values()):,} 条" + (f"（{causes}）" if causes else "")


def _clue_line(clue: ChangedClue) -> str:
    what = f"：{'、'.join(clue.what)}" if clue.what else ""
    case = f"　案件 {clue.case_number}" if clue.case_number else ""
    where = f"线索 {clue.clue}　广告 {clue.ad}{case}"
    return f"  {CHANGES[clue.change]}{what}　{clue.name}　“{clue.quote}”　{CAUSES[clue.cause]}　{where}"
