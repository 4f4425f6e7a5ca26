"""From rows of the store to rows of the dataset: what is published, and nothing else."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, get_args

from sqlalchemy import Row

from config.catalogue.model import Catalogue
from config.divisions import NATION, ancestors, name_of
from config.settings import CHINA
from config.weeks import Week
from events.types import Kind, Pay, Terms, Verdict
from reports.dataset.fields import EXCERPT, DatasetRow, Value
from reports.dataset.pseudonym import keyed, pseudonym
from store.cases import FOR_REVIEW
from store.clues import employer_id

_LEGAL_FORM: Final = re.compile(
    r"(?:集团)?(?:股份|控股)?(?:有限|无限)?(?:责任)?公司.*$|(?:集团|事务所|工作室|经营部|商行)$"
)
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_SHORTEST_STEM: Final = 3
_BODIES: Final = ("public", "state")
_COUNTS: Final = (
    *(f"verdict_{verdict}" for verdict in get_args(Verdict)),
    *(f"kind_{kind}" for kind in get_args(Kind)),
)


def clue_row(found: Row[Any], key: bytes, *, named: bool = False) -> dict[str, Value]:
    """One row of `clues`; `key` is that of the pseudonyms, `named` whether employers may be named at all."""
    return {
        "clue": found.id,
        "case": found.case_number,
        "ad": found.ad_id,
        "posting": keyed(key, "posting", found.posting),
        **_seen(found),
        **_place(found.division),
        "occupation": found.occupation or None,
        "qualification": _excerpt(found.qualification, found.employer_name),
        "qualification_name": _excerpt(found.name, found.employer_name),
        "kind": found.kind,
        "strength": found.strength,
        "status": found.human_verdict or "suspected",
        "severity": found.severity,
        "clause": _excerpt(found.clause, found.employer_name, around=found.quote),
        "cue": _excerpt(found.cue, found.employer_name) or None,
        "rule": found.rule,
        "basis": list(found.basis) or None,
        "ended_by": _excerpt(found.ended_by, None) or None,
        "edition": found.edition,
        "rules_version": found.rules_version,
        "employer": pseudonym(key, found.employer_id),
        "employer_name": _public_name(found) if named else None,
        "poster": found.poster,
    }


def _public_name(found: Row[Any]) -> str | None:
    """Name of the employer of a confirmed clue in a closed case, if it is that of no person.

    A name that tells neither a company nor a public body may be a sole trader's own.
    """
    certain = found.poster in _BODIES or (
        found.poster != "individual" and "公司" in (found.employer_name or "")
    )
    confirmed = found.closed and found.human_verdict == "confirmed"
    return found.employer_name if confirmed and certain else None


def ad_row(found: Row[Any], key: bytes) -> dict[str, Value]:
    """One row of `ads`; `key` is that of the pseudonyms."""
    seen = _seen(found)
    return {
        "ad": found.id,
        "posting": keyed(key, "posting", found.posting),
        "posted": _day(found.posted),
        "valid_through": _day(found.valid_through),
        "first_seen": seen.pop("first_seen"),
        "last_seen": _day(found.last_seen and found.last_seen.astimezone(CHINA).date()),
        **seen,
        **_place(found.division),
        "divisions": list(found.divisions) if len(found.divisions) > 1 else None,
        "employer": pseudonym(key, found.employer_id),
        "poster": found.poster,
        "acting_for": pseudonym(key, employer_id(found.acting_for)) if found.acting_for else None,
        "occupation": found.occupation or None,
        **_terms(Terms.model_validate(found.terms)),
        "verdict": found.verdict,
        "edition": found.edition,
        "rules_version": found.rules_version,
        "mentions": len(found.mentions),
        **_mentioned(found),
    }


def _mentioned(found: Row[Any]) -> dict[str, Value]:
    """How many of an ad's mentions have each verdict and are of each kind."""
    counts: dict[str, Value] = dict.fromkeys(_COUNTS, 0)
    told = (
        name for each in found.mentions for name in (f"verdict_{each['verdict']}", f"kind_{each['kind']}")
    )
    counts.update(Counter(told))
    if found.verdict == FOR_REVIEW:
        counts["verdict_violation"] = 0
    return counts


def finding_row(found: Row[Any], key: bytes) -> dict[str, Value]:
    """One row of `findings`; `key` is that of the pseudonyms."""
    return {
        "ad": found.ad_id,
        "pack": found.pack,
        "rule": found.rule,
        **_seen(found),
        **_place(found.division),
        "status": "suspected",
        "clause": _excerpt(found.quote, found.company),
        "basis": list(found.basis) or None,
        "edition": found.edition,
        "rules_version": found.rules_version,
        "employer": pseudonym(key, employer_id(found.company)) if found.company else None,
        "poster": found.poster if found.company else None,
    }


def seen_in(run: Row[Any]) -> tuple[DatasetRow, dict[str, int]]:
    """Week and source of a run, and what `weekly_sources` counts of it.

    A run that was let go by a person counts all it let in as new, since it no longer says what had changed.
    """
    counts = Counter({name: int(count) for name, count in run.counts.items()})
    seen = {
        "runs": 1,
        "runs_complete": int(run.status == "complete"),
        "pages_lost": counts["lost"],
        "sightings": counts["accepted"] + counts["duplicate"] + counts["unchanged"] + counts["held"],
        "refused": counts["rejected"],
        "ads_seen": counts["accepted"] - counts["changed"],
    }
    return {"week": _week(run.started_at.astimezone(CHINA).date()), "source": run.source}, seen


def qualification_rows(catalogue: Catalogue) -> Iterator[dict[str, Value]]:
    """The rows of `qualifications`, in the order of their keys."""
    for id_, qualification in sorted(catalogue.qualifications.items()):
        for period in catalogue.history(id_):
            yield {
                "qualification": id_,
                "name": qualification.name,
                "since": _day(period.start),
                "until": _day(period.until),
                "kind": period.kind,
                "pending": period.pending,
                "listed_in": period.edition if period.item else None,
                "document": period.document or None,
                "verified": period.verified,
            }


def _seen(found: Row[Any]) -> dict[str, Value]:
    day = found.first_seen.astimezone(CHINA).date()
    return {"first_seen": _day(day), "week": _week(day), "source": found.source}


@lru_cache(maxsize=4096)
def _week(day: date) -> str:
    return str(Week.with_day(day))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _terms(terms: Terms) -> dict[str, Value]:
    pay = terms.pay or Pay()
    return {
        "salary_low": _amount(pay.low),
        "salary_high": _amount(pay.high),
        "salary_currency": pay.currency or None,
        "salary_period": pay.per,
        "salary_months": pay.months,
        "salary_negotiable": terms.pay.negotiable if terms.pay else None,
        "employment": list(terms.employment_types) or None,
        "headcount": terms.headcount,
        "schooling": terms.schooling,
        "experience_years": terms.experience_years,
    }


def _amount(hundredths: int | None) -> str | None:
    """`8000`, or `20.5`: without zeros that say nothing."""
    return None if hundredths is None else f"{Decimal(hundredths) / 100:f}"


def _place(division: str | None) -> dict[str, Value]:
    if division is None:
        return {"division": None, "province": None, "place": None}
    names = _names(division)
    return {
        "division": division,
        "province": names[0] if names else None,
        "place": "/".join(names) or None,
    }


@lru_cache(maxsize=4096)
def _names(division: str) -> tuple[str, ...]:
    """Names from the province down; none for the nation."""
    chain = (*reversed(ancestors(division)), division)
    return tuple(name_of(code) for code in chain if code != NATION)


def _excerpt(text: str, employer: str | None, *, around: str = "") -> str:
    """`text` without the employer's name and web addresses, cut to what the schema allows `around` a word."""
    hidden = _ADDRESS.sub("［网址］", without_employer(text, employer or ""))
    if len(hidden) <= EXCERPT:
        return hidden
    start = max(0, hidden.find(around) - EXCERPT // 2)
    cut = hidden[start : start + EXCERPT - 2]
    return f"{'…' if start else ''}{cut}{'…' if start + len(cut) < len(hidden) else ''}"


def without_employer(text: str, employer: str) -> str:
    """`text` with ［单位］ in place of the employer's name, with or without its legal form."""
    stem = _LEGAL_FORM.sub("", employer)
    names = {employer, stem if len(stem) >= _SHORTEST_STEM else employer} - {""}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "［单位］")
    return text
