"""Makes checked ads as the stages would, and records them through the store."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine

from config.settings import CHINA
from config.weeks import Week
from events.ids import stable_id
from events.types import CheckedAd, JobAd, Mention, PackFinding, Reading, Span
from store.clusters import join_waiting
from store.database import transaction
from store.intake import Outcome, Refusal, finish_run, reject, start_run
from store.recording import record
from tests.factory import finding

WEEK = Week(2026, 47)
MIDWEEK = datetime(2026, 11, 18, 10, 30, tzinfo=CHINA)
CREDENTIALS = (
    ("qualification-tea", "茶艺师职业资格证", "skill_level"),
    ("qualification-fitness", "健身教练证", "post_permit"),
    ("qualification-accounting", "会计从业资格证", "delisted"),
    ("qualification-primary-accountant", "初级会计专业技术资格证", "proficiency"),
    ("qualification-hr", "人力资源管理师证", "skill_level"),
    ("qualification-nutrition", "公共营养师证", "skill_level"),
    ("qualification-property", "物业管理师证", "delisted"),
    ("qualification-psychology", "心理咨询师证", "delisted"),
    ("qualification-cashier", "收银员上岗证", "post_permit"),
    ("qualification-childcare", "育婴师证", "skill_level"),
)
PLACES = (
    "330106", "330100", "330203", "440305", "440106", "110105", "310115", "320102", "510107", "420106",
    "610113", "430102", "370102", "410105", "350203", "530102", "500103",
)  # fmt: skip


def job_ad(number: int, **fields: Any) -> JobAd:
    text = str(fields.get("text", "任职要求：须持健身教练证上岗，有相关经验者优先。"))
    source = str(fields.get("source", "board-a"))
    values = {
        "source": source,
        "source_kind": "crawl",
        "source_ad_id": str(number),
        "run_id": "run",
        "observed_at": MIDWEEK,
        "url": f"https://jobs.example/{source}/{number}",
        "title": "门店员工",
        "company": "示例健身有限公司",
        "division": "330106",
        "content_hash": stable_id(text),
    }
    values |= fields | {"text": text}
    event_id = JobAd.id_for(source, str(number), str(values["content_hash"]))
    return JobAd.model_validate(values | {"event_id": event_id})


def mention(ad: JobAd, quote: str, **fields: Any) -> Mention:
    """A violation that names `quote`, which must stand in the text, with its clause as evidence."""
    start = ad.text.index(quote)
    clause_start = ad.text.rfind("：", 0, start) + 1
    clause_end = min(place for place in (ad.text.find("，", start), len(ad.text)) if place >= 0)
    clause = ad.text[clause_start:clause_end]
    values = {
        "field": "text", "start": start, "end": start + len(quote), "quote": quote, "name": quote,
        "qualification": "qualification-fitness", "kind": "post_permit", "strength": "required",
        "verdict": "violation", "cue": None, "rule": "rule-required", "edition": "2021",
        "severity": "orange", "basis": ("catalogue-notice-2017",), "suggestion": f"有{quote}者优先",
        "clause": Span(field="text", start=clause_start, end=clause_end, text=clause),
    }  # fmt: skip
    return Mention.model_validate(values | fields)


def checked(
    ad: JobAd, *mentions: Mention, rules_version: str = "a" * 64, findings: tuple[PackFinding, ...] = ()
) -> CheckedAd:
    verdicts = [each.verdict for each in mentions]
    reading = Reading(
        on=date(2026, 11, 18),
        edition="2021",
        rules_version=rules_version,
        verdict="violation" if "violation" in verdicts else "none",
        findings=findings,
        mentions=mentions,
    )
    return CheckedAd.of(ad, reading)


def suspicious(number: int, **fields: Any) -> CheckedAd:
    ad = job_ad(number, **fields)
    return checked(ad, mention(ad, "健身教练证"))


def baited(number: int, *quotes: str, pack: str = "training", basis: str = "P2", **fields: Any) -> CheckedAd:
    """An ad with one finding of `pack` for each of `quotes`, and nothing else."""
    ad = job_ad(number, **fields)
    findings = (
        finding(quote, start=100 * place, pack=pack, rule=f"{pack}.{place}", basis=(basis,))
        for place, quote in enumerate(quotes)
    )
    return checked(ad, findings=tuple(findings))


def harmless(number: int, **fields: Any) -> CheckedAd:
    return checked(job_ad(number, text="任职要求：有责任心，能倒班。", **fields))


def store(engine: Engine, events: Sequence[CheckedAd]) -> None:
    with transaction(engine) as session:
        record(session, events)
    join_waiting(engine)


def run(
    engine: Engine, source: str, *, complete: bool = True, rejected: int = 0, at: datetime = MIDWEEK
) -> None:
    refusals = [Refusal(f"page {number}", "no title") for number in range(rejected)]
    outcome = Outcome("complete" if complete else "incomplete", {"rejected": rejected})
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source=source, now=at)
        reject(session, run_id, refusals)
        finish_run(session, run_id, outcome, now=at)


def realistic(engine: Engine, *, ads: int = 2400) -> None:
    """Four weeks with ads in many places; how many of them are suspicious differs from place to place."""
    dice = Random(7)  # the same week in every process
    store(engine, [_realistic(number, dice) for number in range(ads)])
    run(engine, "public-service-board", rejected=3)
    run(engine, "board-b", complete=False, rejected=17)
    run(engine, "file-drop")


def _realistic(number: int, dice: Random) -> CheckedAd:
    place = dice.choices(
        [None, *range(len(PLACES))], weights=[1, *(3 + 20 // (1 + each) for each in range(17))]
    )[0]
    ad: dict[str, Any] = {
        "source": dice.choice(("public-service-board", "board-b", "file-drop")),
        "division": None if place is None else PLACES[place],
        "observed_at": MIDWEEK - timedelta(days=7 * dice.choice((0, 0, 1, 2, 3)), hours=dice.randrange(48)),
        "company": dice.choice(("", *(f"示例第{each}商贸有限公司" for each in range(60)))),
        "title": dice.choice(("前台接待", "会计", "健身教练", "人事专员", "月嫂", "物业主管")),
    }
    chance = dice.random()
    if chance < 0.02:
        unknown = dice.choice(("高级礼仪培训师证", "国际注册收纳师证", "首席幸福官证"))
        collected = job_ad(number, text=f"任职要求：有{unknown}优先。", **ad)
        return checked(
            collected, mention(collected, unknown, qualification=None, kind="other", verdict="advisory")
        )
    if chance > 0.05 + 0.02 * ((place or 0) % 7):
        return harmless(number, **ad)
    drawn = min(dice.randrange(len(CREDENTIALS)), dice.randrange(len(CREDENTIALS)))
    qualification, name, kind = CREDENTIALS[drawn]
    severity = dice.choice(("red", "orange", "orange", "orange", "yellow"))
    collected = job_ad(
        number, text=f"岗位职责：服务客户。任职要求：须持有{name}上岗，能吃苦耐劳，有经验者优先。", **ad
    )
    return checked(
        collected, mention(collected, name, qualification=qualification, kind=kind, severity=severity)
    )
