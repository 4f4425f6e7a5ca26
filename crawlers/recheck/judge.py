"""What a page says of an ad that is looked at again; no log and no database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from events.types import JobAd, Reading
from store.clues import employer_id
from store.likeness import plain
from store.rechecks import Asked, Look

Read = Callable[[JobAd], Reading]

_SHORTEST: Final = 6
"""Characters of a clause below which its being on a page shows nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, as far as it was understood."""

    ads: Sequence[JobAd]
    """What is marked up in it as postings."""
    text: str
    """What people see of it, contacts masked."""
    ended: str = ""
    """Its words that say that the posting has ended."""
    capture: str = ""
    """Under which it is kept."""


def look_at(page: Page, asked: Asked, read: Read) -> Mapping[str, Look]:
    """What the page says of each of the demands that the ad made.

    A page without a marked-up posting is not read: what it says may be of a menu or of another ad. That it
    still holds the very words of the clue is all that is concluded from it.
    """
    if page.ended:
        look = Look("missed", f"页面写明“{page.ended}”", page.capture)
        return dict.fromkeys(asked.demands, look)
    if not page.ads:
        words = plain(page.text)
        return {name: _in_words(words, clause, page, asked) for name, clause in asked.demands.items()}
    mine = [ad for ad in page.ads if _may_be_of(ad, asked.employer_id)]
    if not mine:
        look = Look("manual", "页面现为另一单位的招聘信息", page.capture)
        return dict.fromkeys(asked.demands, look)
    found = {name: clause for ad in mine for name, clause in _demanded(read(ad)).items()}
    words = plain("".join(ad.title + ad.text for ad in mine))
    return {
        name: _of_posting(found.get(name), clause, words, page.capture)
        for name, clause in asked.demands.items()
    }


def _may_be_of(ad: JobAd, employer: str | None) -> bool:
    return not (ad.company and employer) or employer_id(ad.company) == employer


def _demanded(reading: Reading) -> dict[str, str]:
    """The qualifications that the ad may not demand, and does, each with its words."""
    return {
        each.qualification or each.name: each.clause.text
        for each in reading.mentions
        if each.verdict == "violation"
    }


def _of_posting(found: str | None, clause: str, words: str, capture: str) -> Look:
    """What a posting of these `words` says of a demand; `found` are the words in which it was read there."""
    if found is not None:
        return Look("still", f"页面上的招聘信息写明“{found}”", capture)
    if plain(clause) in words:
        return Look("manual", f"页面上仍有原句“{clause}”，现行规则不再认定", capture)
    return Look("lawful", "页面上的招聘信息已不再有该要求", capture)


def _in_words(words: str, clause: str, page: Page, asked: Asked) -> Look:
    sought = plain(clause)
    if len(sought) >= _SHORTEST and sought in words:
        return Look("still", f"页面上仍有原句“{clause}”", page.capture)
    if asked.gone:
        return Look("missed", "来源已撤下，页面上没有该招聘信息", page.capture)
    return Look("manual", "页面上没有能识别的招聘信息", page.capture)
