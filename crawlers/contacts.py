"""Names of contact persons in an ad, and the words that announce a contact (data: config/contacts.yaml)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import yaml

from config.divisions import load_divisions
from config.settings import ROOT

FILE: Final = ROOT / "config" / "contacts.yaml"
_Span = tuple[int, int]
_HAN: Final = "[\u3400-\u9fff]"
_COURTESY: Final = frozenset({"先生", "女士", "小姐"})
_AFTER_A_NAME: Final = (
    "电话", "手机", "联系", "微信", "邮箱", "地址", "固话", "座机", "热线",
    "咨询", "报名", "收", "电联", "或", "职位",
)  # fmt: skip
_INTRODUCES: Final = frozenset("找系询人话给部事致约与向请和跟由")
"""Before 王经理 stands no other word, or one of these: 请联系王经理."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    surnames: frozenset[str]
    not_before_title: frozenset[str]
    titles: tuple[str, ...]
    not_names: frozenset[str]
    any_account: re.Pattern[str]
    skills: tuple[str, ...]
    before_number: re.Pattern[str]
    account: re.Pattern[str]
    titled: re.Pattern[str]
    labelled: re.Pattern[str]
    any_name_label: re.Pattern[str]


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The word lists, and the patterns built from them once."""
    with FILE.open(encoding="utf-8") as lines:
        words: dict[str, tuple[str, ...]] = {
            key: tuple(value.split()) for key, value in yaml.safe_load(lines).items()
        }
    first = "".join(sorted({name[0] for name in words["surnames"]}))
    second = "".join(sorted({name[1] for name in words["surnames"] if len(name) > 1}))
    numbers, accounts = words["number_labels"], words["account_labels"]
    free, strict = words["name_labels"], words["name_labels_with_colon"]
    return Vocabulary(
        surnames=frozenset(words["surnames"]),
        not_before_title=frozenset(words["not_before_title"]),
        titles=tuple(sorted(words["titles"], key=len, reverse=True)),
        not_names=frozenset(words["not_names"]) | {row.short for row in load_divisions().values()},
        any_account=re.compile(_either(accounts)),
        skills=words["not_accounts"],
        before_number=re.compile(
            rf"(?:(?<![a-z]){_either(numbers)}|{_either(accounts)})(?:群|账号|帐号|号码|号|是|为|[\s:：=()（）【】.]){{0,6}}\Z",
            re.IGNORECASE,
        ),
        account=re.compile(
            rf"(?<![a-z])(?:{_either(accounts)})"
            r"(?P<glue>(?:公众号|账号|帐号|号码|群|号|id|是|为|[\s:：=(（【\[\"“]){0,6})(?P<id>[a-z0-9][a-z0-9_-]{4,30})",
            re.IGNORECASE,
        ),
        titled=re.compile(rf"[{first}][{second}]?(?:{_either(words['titles'])})"),
        labelled=re.compile(rf"(?:{_either(free)})[\s:：，,]{{0,4}}|(?:{_either(strict)})\s?[:：]\s?"),
        any_name_label=re.compile(_either(free + strict)),
    )


def person_names(view: str, numbers: Sequence[_Span]) -> Iterator[_Span]:
    """Stretches of `view` that name a contact person; `numbers` are the phone numbers found in it."""
    yield from _after_labels(view)
    yield from _before_titles(view)
    for start, end in numbers:
        yield from _beside(view, start, end)


def _surname(view: str, at: int) -> int:
    """Length of the surname at `at`, 0 if there is none."""
    known = vocabulary().surnames
    return next((size for size in (2, 1) if view[at : at + size] in known and len(view) >= at + size), 0)


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


_ENGLISH: Final = re.compile(r"[A-Z][a-z]{1,20}(?:[ .·][A-Z][a-z]{1,20}){0,2}")
_OFFICE: Final = re.compile(rf"{_HAN}{{1,8}}?[部处科室组办局会]")


def _after_labels(view: str) -> Iterator[_Span]:
    words = vocabulary()
    if not words.any_name_label.search(view):
        return
    for label in words.labelled.finditer(view):
        at = label.end()
        pointed = label[0].rstrip().endswith((":", "："))
        if pointed and (english := _ENGLISH.match(view, at)):
            yield english.span()
        elif size := _surname(view, at):
            yield from _given(view, at, size, pointed=pointed)


def _given(view: str, at: int, surname: int, *, pointed: bool) -> Iterator[_Span]:
    """The name of which the surname is known: as long as what follows shows, else three characters."""
    stops = (*vocabulary().titles, *_AFTER_A_NAME)
    for end in range(at + surname, at + surname + 3):
        if end > len(view) or not all(map(_is_han, view[at:end])):
            return
        bare = end == at + surname
        if view.startswith(vocabulary().titles if bare else stops, end) or (
            not bare and (end == len(view) or not _is_han(view[end]))
        ):
            if view[at:end] not in vocabulary().not_names:
                yield at, end
            return
    if pointed and not _OFFICE.match(view, at):
        yield at, at + surname + 2


def _before_titles(view: str) -> Iterator[_Span]:
    words = vocabulary()
    for match in words.titled.finditer(view):
        at = match.start()
        size = _surname(view, at)
        title = view[at + size : match.end()]
        before = view[at - 1] if at else ""
        if not size or title not in words.titles or match[0] in words.not_names:
            continue
        if title in _COURTESY:
            yield at, at + size
        elif view[at : at + size] in words.not_before_title or (
            _is_han(before) and before not in _INTRODUCES
        ):
            continue
        elif len(title) > 1 or match.end() == len(view) or not _is_han(view[match.end()]):
            yield at, at + size


_NAME_BEFORE: Final = re.compile(
    rf"(?:\A|[^\u3400-\u9fff])({_HAN}{{2,4}}?)(?:电话|手机|微信|先生|女士)?[\s:：,，、()（）-]{{0,3}}\Z"
)
_NAME_AFTER: Final = re.compile(
    rf"[\s:：,，、(（/-]{{0,3}}({_HAN}{{2,4}}?)(?:先生|女士|老师|经理)?(?!{_HAN})"
)


def _beside(view: str, start: int, end: int) -> Iterator[_Span]:
    """A name directly before or after a phone number: 张三 138…, 138…（张三）."""
    window = max(0, start - 12)
    for match, offset in (
        (_NAME_BEFORE.search(view[window:start]), window),
        (_NAME_AFTER.match(view, end), 0),
    ):
        if match is None:
            continue
        size = _surname(match[1], 0)
        if 0 < size < len(match[1]) <= size + 2 and match[1] not in vocabulary().not_names:
            yield match.start(1) + offset, match.end(1) + offset
