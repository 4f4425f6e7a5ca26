"""The policy table: kind and strength to verdict, with the legal texts it rests on and a lawful wording."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from config.tables import DATA, read_yaml

Verdict = Literal["violation", "advisory", "lawful", "none"]
Severity = Literal["red", "orange", "yellow", "grey", ""]
FILE: Final = "policy.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(_Data):
    """A legal text, or the open statement that none was found."""

    title: str
    number: str
    date: str
    addressee: str
    quote: str
    verified: bool
    source: str

    @property
    def citation(self) -> str:
        """Title, number and date, for a reader; marked where it is from memory."""
        parts = [self.title, *(f"（{part}）" for part in (self.number, self.date) if part)]
        return "".join(parts) + ("" if self.verified else "〔待核〕")


class Policy(_Data):
    """policy.yaml."""

    bases: dict[str, Basis]
    verdicts: dict[str, dict[str, Verdict]]
    grounds: dict[str, tuple[str, ...]]
    soft_ground: str
    severity: dict[str, Severity]
    suggestions: dict[str, str]
    version: str = ""
    """Hash over the file; empty for a policy that was read from none."""

    @model_validator(mode="after")
    def _refers_to_bases(self) -> Self:
        cited = {self.soft_ground, "no-catalogue-yet"}.union(*self.grounds.values())
        missing = cited - set(self.bases)
        if missing:
            raise ValueError(f"bases: {sorted(missing)} are cited and missing")
        return self

    def verdict(self, kind: str, strength: str) -> Verdict:
        """The verdict on one mention; none where the table says nothing."""
        return self.verdicts.get(kind, {}).get(strength, "none")

    def grounds_of(self, kind: str, verdict: Verdict, strength: str) -> tuple[str, ...]:
        """Ids of the texts that `verdict` rests on."""
        if verdict == "none":
            return ()
        soft = verdict == "advisory" and strength != "required"
        return (*self.grounds.get(kind, ()), *((self.soft_ground,) if soft else ()))

    def severity_of(self, verdict: Verdict, *, poster: str, named: bool) -> Severity:
        """How urgent one mention is, as far as one ad can tell; `named`: the ad names its employer."""
        if verdict == "advisory":
            return "grey"
        if verdict != "violation":
            return ""
        by_poster = self.severity.get(poster, "orange")
        return by_poster if named or by_poster == "red" else self.severity["unnamed"]

    def suggestion(self, kind: str, verdict: Verdict, name: str) -> str:
        """A lawful wording, in Chinese; empty where nothing need change."""
        if verdict not in {"violation", "advisory"}:
            return ""
        return self.suggestions.get(kind, "").format(name=name)


def load(folder: Path = DATA) -> Policy:
    """The policy in `folder`.

    Raises:
        DataError: the file does not fit its schema, or cites a text that is not there.
    """
    return read_yaml(folder / FILE, Policy).model_copy(update={"version": digest(folder)})


@lru_cache(maxsize=1)
def shipped() -> Policy:
    """The policy that ships with the program, loaded once."""
    return load()


def digest(folder: Path = DATA) -> str:
    """Twelve hexadecimal digits over the policy file."""
    return hashlib.sha256((folder / FILE).read_bytes()).hexdigest()[:12]
