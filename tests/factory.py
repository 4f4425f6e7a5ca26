"""Made-up facts for tests: each function fills in what a test does not care about."""

from datetime import date, datetime
from typing import Any

from config.packs import LEASING
from config.settings import CHINA
from events.ids import stable_id
from events.types import CheckedAd, JobAd, Mention, PackFinding, Reading, Span

WEDNESDAY = datetime(2026, 11, 18, 10, 30, tzinfo=CHINA)
"""In ISO week 2026-W47."""


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = WEDNESDAY

    def __call__(self) -> datetime:
        return self.now


def job_ad(number: int = 1, **given: Any) -> JobAd:
    """Ad `number` of a made-up board; the same number and content give the same event."""
    fields: dict[str, Any] = {
        "source": "board",
        "source_kind": "file",
        "source_ad_id": f"A{number}",
        "run_id": "run",
        "observed_at": WEDNESDAY,
        "title": "会计",
        "text": "任职要求：须持有会计从业资格证。",
        "company": "上海测试有限公司",
        "city": "上海",
        "division": "310000",
        "posted": date(2026, 11, 16),
    } | given
    content = stable_id(fields["title"], fields["text"])
    event_id = JobAd.id_for(fields["source"], fields["source_ad_id"], content)
    return JobAd(event_id=event_id, content_hash=content, **fields)


def mention(quote: str = "会计从业资格证", *, text: str = "须持有会计从业资格证", **given: Any) -> Mention:
    """A violation by default: a delisted qualification, required."""
    start = text.index(quote)
    fields: dict[str, Any] = {
        "field": "text",
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "name": "会计从业资格",
        "qualification": "C-accounting",
        "kind": "delisted",
        "strength": "required",
        "verdict": "violation",
        "cue": Span(field="text", start=0, end=1, text=text[:1]),
        "rule": "required.must",
        "clause": Span(field="text", start=0, end=len(text), text=text),
        "basis": ("P1",),
        "edition": "2021",
        "severity": "orange",
    } | given
    return Mention(**fields)


def finding(quote: str = "先就业后付款", *, start: int = 0, **given: Any) -> PackFinding:
    """Training bait by default."""
    evidence = Span(field="text", start=start, end=start + len(quote), text=quote)
    fields: dict[str, Any] = {"pack": "training", "rule": "training.loan", "evidence": evidence}
    return PackFinding(**fields | {"basis": ("P2",)} | given)


def checked_ad(
    ad: JobAd | None = None,
    *mentions: Mention,
    rules_version: str = "r1",
    findings: tuple[PackFinding, ...] = (),
    occupation: str = "",
) -> CheckedAd:
    """`ad` with a reading that finds `mentions`; its verdict is the gravest of theirs."""
    order = ("violation", "advisory", "lawful", "none")
    verdict = min((m.verdict for m in mentions), key=order.index, default="none")
    leasing = next((found.evidence for found in findings if found.pack == LEASING), None)
    reading = Reading(
        on=date(2026, 11, 16),
        edition="2021",
        rules_version=rules_version,
        verdict=verdict,
        leasing=leasing is not None,
        leasing_evidence=leasing,
        findings=findings,
        occupation=occupation,
        mentions=mentions,
    )
    return CheckedAd.of(ad or job_ad(), reading)
