"""What is wrong with the names: spellings, cues inside them, abbreviations, and names in two places."""

import re
from collections.abc import Iterator
from typing import Final

from config.catalogue.model import Alias, Ambiguity, Catalogue, folded
from config.reading import Context, ReadingData

_SOFTENING: Final = {"preferred", "negated", "after_hire"}
_DEMANDS: Final = ("持有", "持证", "具备", "具有", "必须", "须", "需要", "要求", "取得")
_LATIN_SHORT: Final = 3
"""An abbreviation of fewer letters is too common to speak for itself, even with its certificate asked for."""
_LATIN_USES: Final = {"token", "loose", "maker", "post"}
"""Uses that want a noun for a paper, or no word for mere knowledge, beside a Latin name."""
_HARMLESS: Final = {"education"}
"""Kinds without a verdict: a language test may be named by its letters alone."""
_QUOTED: Final = re.compile("^[\"'“”‘’]|[\"'“”‘’]$")
CURATION: Final = "curation"


def problems(catalogue: Catalogue, data: ReadingData) -> Iterator[str]:
    """Each problem as one line that names file, line and field."""
    rows = [row for row in catalogue.aliases.values() if row.line]
    yield from _spelling(rows)
    yield from _cues(rows, data)
    yield from _lost(rows, data)
    yield from _abbreviations(catalogue, rows)
    yield from _two_names(catalogue)
    yield from _two_places(catalogue, data)
    for row in catalogue.ambiguous.values():
        yield from _ambiguous(catalogue, row, {rule.id: rule for rule in data.contexts.contexts})


def _spelling(rows: list[Alias]) -> Iterator[str]:
    lines: dict[str, int] = {}
    for row in rows:
        plain = folded(row.alias)
        if plain != row.alias:
            yield row.problem("alias", f"write {plain!r}: names are lower case and half width")
        if plain in lines:
            yield row.problem("alias", f"{row.alias!r} is read like line {lines[plain]}; drop one of them")
        lines.setdefault(plain, row.line)
        if _QUOTED.search(plain):
            yield row.problem("alias", f"{row.alias!r}: leave the quotation marks around the name out")
        if len(plain) == 1:
            yield row.problem("alias", f"{row.alias!r}: one character is no name")


def _cues(rows: list[Alias], data: ReadingData) -> Iterator[str]:
    """A softening cue anywhere in an alias, or a demand that opens it, would be lost to the reader."""
    softening = [cue.words for cue in data.cues.cues if cue.strength in _SOFTENING]
    words = {re.escape(word) for some in softening for word in some if len(word) > 1}
    cue = re.compile("|".join((*sorted(words), *(f"^{word}" for word in _DEMANDS))))
    for row in rows:
        found = cue.search(row.alias)
        if found:
            yield row.problem("alias", f"{row.alias!r} would swallow the cue {found[0]!r}; leave the cue out")


def _lost(rows: list[Alias], data: ReadingData) -> Iterator[str]:
    taken = dict.fromkeys((head.word for head in data.lexicon.heads), "heads")
    taken.update(dict.fromkeys(data.lexicon.pseudo, "pseudo"))
    for row in rows:
        if row.alias in taken:
            message = f"{row.alias!r} stands in lexicon.yaml under {taken[row.alias]}, which wins; drop one"
            yield row.problem("alias", message)


def _abbreviations(catalogue: Catalogue, rows: list[Alias]) -> Iterator[str]:
    for row in rows:
        if not row.alias.isascii():
            continue
        if len(row.alias) < _LATIN_SHORT and row.use not in {"loose", "maker"}:
            yield row.problem("use", f"{row.alias!r} is so short that it must be loose, not {row.use}")
        elif row.use not in _LATIN_USES and not _is_harmless(catalogue, row):
            message = f"a Latin name must be token, loose or maker, not {row.use}: it needs a certificate cue"
            yield row.problem("use", message)


def _is_harmless(catalogue: Catalogue, row: Alias) -> bool:
    return catalogue.qualifications[row.qualification].outside in _HARMLESS


def _two_names(catalogue: Catalogue) -> Iterator[str]:
    """A qualification whose own name another one bears, or another one's alias claims."""
    seen: dict[str, str] = {}
    for row in catalogue.qualifications.values():
        name = folded(row.name)
        if name in seen:
            yield row.problem("name", f"{row.name!r} is the name of {seen[name]!r} as well")
        seen.setdefault(name, row.id)
        alias = catalogue.aliases.get(name)
        if alias and alias.qualification != row.id and not _decided(catalogue, name, row.id):
            message = (
                f"{row.name!r} is an alias of {alias.qualification!r} and in ambiguous.tsv no meaning of it"
            )
            yield row.problem("name", message)


def _decided(catalogue: Catalogue, name: str, qualification: str) -> bool:
    row = catalogue.ambiguous.get(name)
    return row is not None and qualification in row.candidates


def _two_places(catalogue: Catalogue, data: ReadingData) -> Iterator[str]:
    """A rule that gives a known name another meaning, where ambiguous.tsv does not say so."""
    for number, rule in enumerate(data.contexts.contexts):
        for name in rule.names:
            alias = catalogue.aliases.get(name)
            meant = rule.qualification
            if alias and alias.qualification != meant and not _decided(catalogue, name, meant):
                yield (
                    f"contexts.yaml: contexts.{number}.names: {name!r} may also be {meant!r}: add the name to"
                    " ambiguous.tsv with all its meanings"
                )


def _ambiguous(catalogue: Catalogue, row: Ambiguity, rules: dict[str, Context]) -> Iterator[str]:
    alias = catalogue.aliases.get(row.alias)
    if row.default and alias and alias.qualification != row.default:
        yield row.problem("default", f"aliases.tsv gives {row.alias!r} to {alias.qualification!r}, not to it")
    for each in row.decided_by:
        if each == CURATION:
            continue
        rule = rules.get(each)
        if rule is None:
            yield row.problem("decided_by", f"{each!r} is no rule of contexts.yaml, nor {CURATION!r}")
        elif row.alias not in rule.names or rule.qualification not in row.candidates:
            yield row.problem(
                "decided_by", f"{each!r} does not decide {row.alias!r} for one of its candidates"
            )
    yield from _undecided(row, rules)


def _undecided(row: Ambiguity, rules: dict[str, Context]) -> Iterator[str]:
    decided = {rules[each].qualification for each in row.decided_by if each in rules}
    for each in row.candidates:
        if each != row.default and each not in decided and CURATION not in row.decided_by:
            message = f"nothing decides for {each!r}: add a rule of contexts.yaml, or {CURATION!r}"
            yield row.problem("decided_by", message)
