"""The letter about hints: certificates that seem to be lent, courses that seem to be sold as jobs."""

from collections.abc import Mapping

from config.packs import Pack
from reports.alerts.parts import Entry, Excerpt, Letter, one_line, place_of, quote_of
from reports.alerts.words import HINT, HINT_STEPS, LOOK_AT_IT
from reports.citations import Texts, cited, in_full
from reports.wording import NO_EMPLOYER, POSTERS
from store.announced_hints import AnnouncedHint, Hints
from store.hints import Hint


def hint_letter(news: Hints, texts: Texts, packs: Mapping[str, Pack]) -> Letter:
    """The letter for `news`; `texts` holds what it may cite and `packs` each pack by its id."""
    return Letter(
        news=news,
        topic="提示待核",
        count=f"挂靠与招转培 {news.total} 件",
        summary=f"新发现疑似证书挂靠、招转培的提示 {news.total} 件，涉及招聘信息 {news.ads} 条，请核查。",
        disclaimer=HINT,
        entries=tuple(_entry(hint, texts, packs.get(hint.pack)) for hint in news.hints),
        left=news.total - len(news.hints),
        listing="hints",
        steps=HINT_STEPS,
        texts=in_full((each for hint in news.hints for each in hint.basis), texts),
    )


def _entry(hint: AnnouncedHint, texts: Texts, pack: Pack | None) -> Entry:
    basis = cited(hint.basis, "", texts, brief=True)
    return Entry(
        number=f"招聘信息 {hint.number[:12]}",
        severity="grey",
        level="提示",
        heading=pack.name if pack else hint.pack,
        division=hint.division,
        place=place_of(hint.division),
        employer=one_line(hint.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[hint.poster],
        facts=(("招聘信息", f"{hint.ads} 条"),),
        quotes=tuple(quote_of(ad, *_excerpts(ad)) for ad in hint.evidence),
        advice=(
            ("依据", "；".join(basis) or "判断日期之前未见所引文件"),
            ("核查", pack.advice if pack else LOOK_AT_IT),
        ),
    )


def _excerpts(ad: Hint) -> tuple[Excerpt, ...]:
    return tuple(("", one_line(quote), "") for quote in ad.quotes)
