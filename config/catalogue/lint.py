"""What is wrong with the data beyond the form of a row: totals, sources, words that would swallow a cue."""

from collections.abc import Iterator

from config.catalogue import changes
from config.catalogue.model import Catalogue
from config.policy import Policy
from config.reading import ReadingData

_SOFTENING = {"preferred", "negated", "after_hire"}
_DEMANDS = ("持有", "具备", "具有", "必须", "须", "需要", "要求", "取得")
_LATIN_SHORT = 3


def problems(catalogue: Catalogue, data: ReadingData, policy: Policy) -> list[str]:
    """Each problem as one line that names the file, the row and the field; empty when there is none."""
    return [
        *changes.problems(catalogue),
        *_cues_in_aliases(catalogue, data),
        *_contexts(catalogue, data),
        *_abbreviations(catalogue),
        *_policy(policy),
    ]


def _cues_in_aliases(catalogue: Catalogue, data: ReadingData) -> Iterator[str]:
    """A softening cue anywhere in an alias, or a demand that opens it, would be lost to the reader."""
    soft = {
        word for cue in data.cues.cues if cue.strength in _SOFTENING for word in cue.words if len(word) > 1
    }
    for alias in catalogue.aliases.values():
        found = [word for word in soft if word in alias.alias]
        if found or alias.alias.startswith(_DEMANDS):
            yield f"aliases.tsv, {alias.alias}: alias: holds a cue and would swallow it {found}"


def _contexts(catalogue: Catalogue, data: ReadingData) -> Iterator[str]:
    occupations = {occupation.id for occupation in data.occupations.occupations}
    for rule in data.contexts.contexts:
        if rule.qualification not in catalogue.qualifications:
            yield f"contexts.yaml, {rule.id}: qualification: {rule.qualification!r} is no id"
        for occupation in set(rule.occupations) - occupations:
            yield f"contexts.yaml, {rule.id}: occupations: {occupation!r} is no id"
        if not rule.occupations and not rule.nearby:
            yield f"contexts.yaml, {rule.id}: neither occupations nor nearby: it would always fit"


def _abbreviations(catalogue: Catalogue) -> Iterator[str]:
    for alias in catalogue.aliases.values():
        short = len(alias.alias) < _LATIN_SHORT and alias.alias.isascii()
        if short and alias.use not in {"loose", "maker"}:
            yield f"aliases.tsv, {alias.alias}: use: so short an abbreviation must be loose, not {alias.use}"


def _policy(policy: Policy) -> Iterator[str]:
    for kind, verdicts in policy.verdicts.items():
        if verdicts and kind not in policy.grounds:
            yield f"policy.yaml: grounds: {kind} has verdicts and no legal text"
