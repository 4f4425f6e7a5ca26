"""How runs measured: the standard by which the next runs over the same source are judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import Run
from store.staging_models import RunProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one run measured."""

    ads: int = 0
    """Ads that the source holds by this run, those on pages that rest included."""
    accepted: int = 0
    """New and changed ads."""
    postings: int = 0
    """Postings read, those known before included."""
    rejected: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)
    """Field → in how many of the postings it is filled."""

    def rate(self, name: str) -> float:
        """The share of the postings in which a field is filled."""
        return self.filled.get(name, 0) / self.postings if self.postings else 0.0

    @property
    def rejected_rate(self) -> float:
        """The share of rejections among everything that was read."""
        read = self.postings + self.rejected
        return self.rejected / read if read else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run came to its end, whatever its verdict."""

    status: str
    whole: bool
    good: bool


def note_profile(session: Session, run_id: str, profile: Profile, ending: Ending) -> None:
    """Keep how a run measured."""
    session.merge(
        RunProfile(
            run_id=run_id,
            source=session.get_one(Run, run_id).source,
            status=ending.status,
            whole=ending.whole,
            good=ending.good,
            ads=profile.ads,
            accepted=profile.accepted,
            postings=profile.postings,
            rejected=profile.rejected,
            filled=dict(profile.filled),
        )
    )


def profile_of(session: Session, run_id: str) -> tuple[Profile, Ending] | None:
    """How a run measured and ended; None where nobody measured it."""
    row = session.get(RunProfile, run_id)
    return (_profile(row), Ending(status=row.status, whole=row.whole, good=row.good)) if row else None


def good_profiles(session: Session, source: str, *, kind: str = "crawl", most: int = 7) -> Sequence[Profile]:
    """The last runs over a source that are a standard for others, the newest first."""
    wanted = (RunProfile.source == source, RunProfile.good, Run.kind == kind)
    query = select(RunProfile).join(Run, Run.id == RunProfile.run_id).where(*wanted)
    return [_profile(row) for row in session.scalars(query.order_by(Run.started_at.desc()).limit(most))]


def _profile(row: RunProfile) -> Profile:
    return Profile(
        ads=row.ads,
        accepted=row.accepted,
        postings=row.postings,
        rejected=row.rejected,
        filled=row.filled,
    )
