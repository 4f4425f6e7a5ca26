"""A letter as plain text, for mail programs that show no HTML."""

from collections.abc import Iterable, Iterator

from reports.alerts.parts import Entry, Letter, LetterFile, Quote
from reports.alerts.words import SIGN_BY_LINK


def plain_text(letter: Letter) -> str:
    return "\n".join(_lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield f"{letter.addressee}："
    yield ""
    yield letter.summary
    yield letter.disclaimer
    for place, entry in enumerate(letter.entries, start=1):
        yield ""
        yield from _entry(place, entry, letter.links.at(entry.page))
        if sign := letter.links.sign(letter.news, entry.number):
            yield f"   签收（{SIGN_BY_LINK}）："
            yield f"   {sign}"
    if letter.points:
        yield ""
        yield from _numbered("要点", letter.points)
    if letter.files:
        yield ""
        yield "文件"
        for file in letter.files:
            yield from _file(file, letter.links.at(file.page))
    if letter.more:
        yield ""
        yield letter.more
        if letter.more_link:
            yield letter.more_link
    yield ""
    yield from _numbered("下一步", letter.steps)
    if letter.texts:
        yield ""
        yield from _numbered("所引文件", letter.texts)
    yield ""
    yield f"文号 {letter.reference}。系统自动发送，请勿转发至辖区以外。"


def _numbered(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield heading
    yield from (f"  {place}. {line}" for place, line in enumerate(lines, start=1))


def _entry(place: int, entry: Entry, link: str) -> Iterator[str]:
    urgent = "【急】" if entry.urgent else ""
    yield f"{place}. {urgent}{entry.heading}（{entry.number}，{entry.level}）"
    if link:
        yield f"   {link}"
    for label, words in entry.lines:
        yield f"   {label}：{words}"
    for quote in entry.quotes:
        yield from _quote(quote)
    for label, words in entry.advice:
        yield f"   {label}：{words}"


def _quote(quote: Quote) -> Iterator[str]:
    for excerpt in quote.excerpts:
        yield f"   证据：「{''.join(excerpt)}」"
    yield f"         岗位“{quote.title}”，{quote.facts}"
    if quote.link or quote.link_text:
        yield f"         {quote.link or quote.link_text}"


def _file(file: LetterFile, link: str) -> Iterator[str]:
    yield f"  {file.name}（{file.size}，{file.carried}）"
    yield f"    SHA-256 {file.sha256}"
    if link:
        yield f"    {link}"
