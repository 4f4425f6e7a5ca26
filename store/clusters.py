"""Which ads are publications of one posting: fingerprints and the clusters they form (docs/deduplication.md).

A cluster tells what counts once, and nothing else: every ad keeps its own reading, clues and case. Which ads
share one follows from the ads alone, whatever the order in which they come.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, Select, func, select, update
from sqlalchemy.orm import Session, load_only

from store.database import one_at_a_time, transaction
from store.likeness import ALIKE, Fingerprint, bands, fingerprint, jaccard, opposed, plain, shingles
from store.likeness_models import FingerprintBand, KnownFingerprint
from store.models import AdVersion, Base
from store.upsert import among, by_copy, copy_unseen, insert_new

BATCH: Final = 1000
"""Versions to a transaction."""
_TOLD: Final = (
    AdVersion.ad_id,
    AdVersion.title,
    AdVersion.text,
    AdVersion.company,
    AdVersion.city,
    AdVersion.division,
    AdVersion.poster,
    AdVersion.observed_at,
)
"""What a fingerprint is made of."""
_SOUGHT: Final = 10_000
"""Values looked up at a time: SQLite takes 32,766 in one statement."""
_COMPARED: Final = 500
"""Pairs whose texts are in memory at a time."""
_OF_A_CLUSTER: Final = 20
"""Texts of one cluster that a fresh one is compared with for each band they share: a flood of copies of one
text must not make each further one dearer."""

T = TypeVar("T")
Pair = tuple[str, str]
"""Two fingerprints, the smaller id first."""


def waiting(session: Session) -> int:
    """How many versions of ads are in no cluster yet."""
    query = select(func.count()).where(AdVersion.fingerprint_id.is_(None))
    return session.scalar(query) or 0


def join_some(engine: Engine) -> int:
    """Put up to `BATCH` versions that wait into their clusters; how many it were.

    From its first statement on, everybody else who comes here waits until the transaction ends. Otherwise two
    that bring ads of one posting would both find the other's not there yet.
    """
    with transaction(engine) as session:
        one_at_a_time(session.connection(), "putting ads into clusters")
        some = select(AdVersion).where(AdVersion.fingerprint_id.is_(None)).limit(BATCH)
        versions = session.scalars(some.options(load_only(*_TOLD))).all()
        marks = {version: fingerprint(version) for version in versions}
        for version, mark in marks.items():
            version.fingerprint_id = mark.id
        session.flush()
        _join(session, marks.values(), {version.ad_id for version in versions})
        return len(versions)


def join_waiting(engine: Engine) -> None:
    """Put all versions that wait into their clusters: for whoever is about to count."""
    while join_some(engine):
        pass


def _join(session: Session, marks: Iterable[Fingerprint], ads: Collection[str]) -> None:
    """Join the clusters that `marks`, of versions of these `ads`, connect."""
    fresh, earlier = _enter(session, _first_seen(marks))
    edited, candidates = _of_edited(session, ads), _candidates(session, fresh)
    involved = {*earlier, *(mark for marks in (*edited, *candidates) for mark in marks)}
    clusters = _Clusters(_stored(session, involved))
    for marks_of_ad in edited:
        clusters.join_within_gates(marks_of_ad)
    _join_alike(session, clusters, candidates)
    _write(session, clusters, earlier)


def _first_seen(marks: Iterable[Fingerprint]) -> dict[str, Fingerprint]:
    first: dict[str, Fingerprint] = {}
    for mark in marks:
        if mark.id not in first or mark.first_seen < first[mark.id].first_seen:
            first[mark.id] = mark
    return first


def _enter(session: Session, marks: Mapping[str, Fingerprint]) -> tuple[list[Fingerprint], set[str]]:
    """Store `marks`; those that were not there, and the ids of those seen earlier than what was known."""
    known = _stored(session, marks)
    fresh = [mark for mark in marks.values() if mark.id not in known]
    _add(session, KnownFingerprint, [_row(mark) for mark in fresh])
    earlier = {key for key, row in known.items() if marks[key].first_seen < row.first_seen}
    for key in earlier:
        known[key].first_seen = marks[key].first_seen
    session.flush()
    return fresh, earlier


def _add(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that are not there; while we are here, nobody else writes any."""
    add = copy_unseen if by_copy(session, rows) else insert_new
    add(session, model, rows)


def _row(mark: Fingerprint) -> dict[str, Any]:
    return {
        "id": mark.id,
        "gate": mark.gate,
        "known_by": mark.known_by,
        "first_seen": mark.first_seen,
        "cluster_id": mark.id,
    }


def _stored(session: Session, ids: Collection[str]) -> dict[str, KnownFingerprint]:
    found: dict[str, KnownFingerprint] = {}
    for part in _parts(ids):
        query = select(KnownFingerprint).where(among(session, KnownFingerprint.id.expression, part))
        # The rows may have been written past this session's objects.
        rows = session.scalars(query.execution_options(populate_existing=True))
        found |= {row.id: row for row in rows}
    return found


def _parts(values: Collection[T]) -> Iterator[list[T]]:
    every = list(values)
    yield from (every[start : start + _SOUGHT] for start in range(0, len(every), _SOUGHT))


def _of_edited(session: Session, ads: Collection[str]) -> list[set[str]]:
    """The fingerprints of each ad that has several: a posting that is edited stays the posting it was."""
    marks: dict[str, set[str]] = defaultdict(set)
    columns = AdVersion.ad_id, AdVersion.fingerprint_id
    marked = among(session, AdVersion.ad_id.expression, ads), AdVersion.fingerprint_id.is_not(None)
    for ad_id, mark in session.execute(select(*columns).where(*marked)):
        marks[ad_id].add(str(mark))
    return [each for each in marks.values() if len(each) > 1]


def _candidates(session: Session, fresh: Collection[Fingerprint]) -> set[Pair]:
    """The fresh texts, each with those of its gate that share a band with it."""
    texts = {mark.id: mark for mark in fresh if mark.known_by == "text"}
    held = [(band, mark) for mark, gate, words in _to_band(session, texts) for band in bands(gate, words)]
    rows = [{"band": band, "fingerprint_id": mark} for band, mark in held]
    _add(session, FingerprintBand, rows)
    holders: dict[int, set[str]] = defaultdict(set)
    for part in _parts({band for band, _ in held}):
        for band, mark in session.execute(_holders(session, part)):
            holders[band].add(mark)
    banded = {mark for _, mark in held}
    return {
        (min(mark, other), max(mark, other))
        for marks in holders.values()
        for mark in marks & banded
        for other in marks - {mark}
    }


def _holders(session: Session, sought: Collection[int]) -> Select[int, str]:
    """The fingerprints that have one of these bands, no more than `_OF_A_CLUSTER` of one cluster for each."""
    place = func.row_number().over(
        partition_by=(FingerprintBand.band, KnownFingerprint.cluster_id),
        order_by=FingerprintBand.fingerprint_id,
    )
    ranked = (
        select(FingerprintBand.band, FingerprintBand.fingerprint_id, place.label("place"))
        .join(KnownFingerprint, KnownFingerprint.id == FingerprintBand.fingerprint_id)
        .where(among(session, FingerprintBand.band.expression, sought))
        .subquery()
    )
    return select(ranked.c.band, ranked.c.fingerprint_id).where(ranked.c.place <= _OF_A_CLUSTER)


def _to_band(session: Session, fresh: Mapping[str, Fingerprint]) -> Iterator[tuple[str, str, str]]:
    """The texts that have no bands and need them now, with their gates and words.

    While a gate holds one text alone, it has none: most gates never hold another.
    """
    counted = (
        select(KnownFingerprint.gate, func.count())
        .where(among(session, KnownFingerprint.gate.expression, {mark.gate for mark in fresh.values()}))
        .where(KnownFingerprint.known_by == "text")
        .group_by(KnownFingerprint.gate)
    )
    held = {gate: count for gate, count in session.execute(counted) if count > 1}
    came = Counter(mark.gate for mark in fresh.values())
    yield from ((mark.id, mark.gate, mark.words) for mark in fresh.values() if mark.gate in held)
    no_longer_alone = [gate for gate, count in held.items() if count == came[gate] + 1]
    first = (
        select(KnownFingerprint.id, KnownFingerprint.gate)
        .where(among(session, KnownFingerprint.gate.expression, no_longer_alone))
        .where(KnownFingerprint.known_by == "text")
    )
    gates = {mark: gate for mark, gate in session.execute(first) if mark not in fresh}
    yield from ((mark, gates[mark], words) for mark, words in _words(session, gates).items())


class _Clusters:
    """Fingerprints and which of them belong together, as far as is known."""

    def __init__(self, stored: Mapping[str, KnownFingerprint]) -> None:
        self._stored = stored
        self._into: dict[str, str] = {}

    def of(self, mark: str) -> str:
        """What stands for the cluster of `mark` for the time being."""
        cluster = self._stored[mark].cluster_id
        while cluster in self._into:
            cluster = self._into[cluster]
        return cluster

    def apart(self, pair: Pair) -> bool:
        return self.of(pair[0]) != self.of(pair[1])

    def join(self, pair: Pair) -> None:
        one, other = map(self.of, pair)
        if one != other:
            self._into[one] = other

    def groups(self) -> dict[str, set[str]]:
        """The clusters as they are stored, by what stands for them now."""
        groups: dict[str, set[str]] = defaultdict(set)
        for mark, row in self._stored.items():
            groups[self.of(mark)].add(row.cluster_id)
        return groups

    def join_within_gates(self, marks: Iterable[str]) -> None:
        first: dict[str, str] = {}
        for mark in marks:
            if gate := self._stored[mark].gate:
                self.join((first.setdefault(gate, mark), mark))

    def are_texts(self, pair: Pair) -> bool:
        """Whether their words decide: both are texts, and of one gate."""
        one, other = (self._stored[mark] for mark in pair)
        return one.gate == other.gate and one.known_by == other.known_by == "text"


def _join_alike(session: Session, clusters: _Clusters, pairs: Collection[Pair]) -> None:
    """Join the clusters of those pairs whose words are alike; pairs that are together by then are spared."""
    texts = sorted(filter(clusters.are_texts, pairs))
    for start in range(0, len(texts), _COMPARED):
        apart = [pair for pair in texts[start : start + _COMPARED] if clusters.apart(pair)]
        words = _words(session, {mark for pair in apart for mark in pair})
        runs = {mark: shingles(each) for mark, each in words.items()}
        for one, other in filter(clusters.apart, apart):
            if jaccard(runs[one], runs[other]) >= ALIKE and not opposed(words[one], words[other]):
                clusters.join((one, other))


def _words(session: Session, marks: Collection[str]) -> dict[str, str]:
    """The words of these fingerprints, read from one version of each."""
    one = (
        select(func.min(AdVersion.id))
        .where(among(session, AdVersion.fingerprint_id.expression, marks))
        .group_by(AdVersion.fingerprint_id)
    )
    found = session.execute(select(AdVersion.fingerprint_id, AdVersion.text).where(AdVersion.id.in_(one)))
    return {mark: plain(text) for mark, text in found if mark is not None}


def _write(session: Session, clusters: _Clusters, earlier: Collection[str]) -> None:
    """Name each cluster that has changed after its fingerprint that was seen first."""
    groups = clusters.groups()
    oldest = {root: set(stored) for root, stored in groups.items()}
    for mark in earlier:
        oldest[clusters.of(mark)].add(mark)
    changed = [root for root, marks in oldest.items() if len(marks) > 1]
    rows = _stored(session, {mark for root in changed for mark in oldest[root]})
    for root in changed:
        name = min((rows[mark].first_seen, mark) for mark in oldest[root])[1]
        moved = KnownFingerprint.cluster_id.in_(groups[root] - {name})
        session.execute(update(KnownFingerprint).where(moved).values(cluster_id=name))
