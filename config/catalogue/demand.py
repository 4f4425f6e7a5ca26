"""Whether an employer may demand a qualification on a day: what the policy says, for which posts."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from config.catalogue.documents import Document
from config.catalogue.model import Catalogue, HistoryRow, Qualification, Standing
from config.policy import NO_CATALOGUE, STATUTE, Basis, Policy, RowId, Verdict
from config.reading import ReadingData
from config.scopes import Licence, Tie

_CANCELLED: Final = "cancelled"
"""In a row's basis: stands for the document that ended the qualification, where history.tsv names one."""
_REQUIRED: Final[dict[Verdict, str]] = {
    "lawful": "可以作为录用条件",
    "violation": "不得作为录用条件",
    "advisory": "作为录用条件的，只作提示，不认定违规",
    "none": "不作判断",
}
_NOT_GOVERNED: Final[dict[RowId, str]] = {
    "statutory": "不是职业资格，不适用目录的规定；法律、法规要求持有的岗位可以要求",
    "title": "不是职业资格，不适用目录的规定，不作判断",
    "education": "不是职业资格，不适用目录的规定，不作判断",
}
_PREFERRED: Final[dict[Verdict, str]] = {
    "lawful": "",
    "violation": "写“优先”的，同样不得",
    "advisory": "写“优先”的，只作提示",
    "none": "",
}


class Law(NamedTuple):
    """What an answer rests on."""

    catalogue: Catalogue
    data: ReadingData
    policy: Policy


class Ground(Document):
    """A legal text, or the open statement that none was found."""

    citation: str
    quote: str
    """Word for word; empty where the text was not seen."""
    addressee: str
    verified: bool


class Demand(Document):
    """What follows from demanding the qualification in some posts."""

    where: str
    """The posts, in Chinese; empty: all."""
    row: str
    """Row of the policy; empty before there was a catalogue."""
    required: Verdict
    preferred: Verdict
    text: str
    """The verdicts as a Chinese sentence."""
    basis: tuple[Ground, ...]
    wording: str
    """A lawful wording; empty where nothing need change."""
    note: str


class _Case(NamedTuple):
    """A row of the policy with the posts it holds for and the articles that speak of the paper."""

    row: RowId
    where: str
    statutes: tuple[str, ...] = (STATUTE,)
    note: str = ""
    ended: HistoryRow | None = None
    """What ended the qualification."""


def demands(law: Law, qualification: Qualification, standing: Standing, on: date) -> tuple[Demand, ...]:
    """One answer for each group of posts that the law of the day `on` treats alike."""
    if not standing.edition.items:
        return (_too_early(law.policy),)
    if standing.kind == "licensing":
        cases = _licensing(law, qualification, standing, on)
    else:
        cases = _outside_licences(law.policy, qualification, standing, on)
    return tuple(_demand(law.policy, case, qualification.name) for case in cases)


def _licensing(law: Law, qualification: Qualification, standing: Standing, on: date) -> Iterator[_Case]:
    policy = law.policy
    row: RowId = "pending" if standing.pending else "licensing"
    licence = policy.scopes.licence(qualification.id)
    if licence is None:
        yield _Case(row, "法定的岗位和活动")
        return
    statutes = policy.statutes("licence", licence.id, on)
    yield _Case(row, licence.activity, statutes, licence.note)
    elsewhere = _elsewhere(policy, licence)
    if elsewhere:
        names = {family.id: family.name for family in law.data.occupations.families}
        posts = "、".join(names[each] for each in elsewhere)
        yield _Case("licensing_elsewhere", f"与该活动无关的岗位（{posts}等）", statutes)


def _elsewhere(policy: Policy, licence: Licence) -> list[str]:
    everyday = [each for each in policy.scopes.everyday if each not in licence.undecided]
    return list(dict.fromkeys((*licence.elsewhere, *everyday)))


def _outside_licences(
    policy: Policy, qualification: Qualification, standing: Standing, on: date
) -> Iterator[_Case]:
    kind: RowId = standing.kind
    ties = [tie for tie in policy.scopes.ties if qualification.id in tie.qualifications]
    for tie in ties:
        yield _Case("statutory_tie", _tied(tie), policy.statutes("tie", tie.id, on), tie.note)
    yield _Case(kind, "其他岗位" if ties else "", ended=standing.record)


def _tied(tie: Tie) -> str:
    named = f"，限名称中有“{'”“'.join(tie.names)}”的" if tie.names else ""
    without = f"，不含“{'”“'.join(tie.without)}”" if tie.without else ""
    return f"{tie.activity}{named}{without}"


def _demand(policy: Policy, case: _Case, name: str) -> Demand:
    required, preferred = policy.verdict(case.row, "required"), policy.verdict(case.row, "preferred")
    besides = (text for each in policy.table.rows[case.row].posters.values() for text in each.basis)
    grounds = (*policy.grounds_of(case.row, required, "required"), *besides)
    ids = (text for ground in grounds for text in (case.statutes if ground == STATUTE else (ground,)))
    return Demand(
        where=case.where,
        row=case.row,
        required=required,
        preferred=preferred,
        text=_told(case.row, required, preferred),
        basis=_grounds(policy, ids, case.ended),
        wording=policy.suggestion(case.row, required, name),
        note=case.note,
    )


def _told(row: RowId, required: Verdict, preferred: Verdict) -> str:
    if required == "none":
        return _NOT_GOVERNED.get(row, _REQUIRED[required])
    return "；".join(part for part in (_REQUIRED[required], _PREFERRED[preferred]) if part)


def _too_early(policy: Policy) -> Demand:
    return Demand(
        where="",
        row="",
        required="none",
        preferred="none",
        text="该日期尚无国家职业资格目录，不作判断",
        basis=_grounds(policy, (NO_CATALOGUE,)),
        wording="",
        note="",
    )


def _grounds(policy: Policy, ids: Iterable[str], ended: HistoryRow | None = None) -> tuple[Ground, ...]:
    return tuple(
        _ending(ended) if each == _CANCELLED and ended and ended.document else _ground(policy.bases[each])
        for each in dict.fromkeys(ids)
    )


def _ground(text: Basis) -> Ground:
    return Ground(citation=text.citation, quote=text.quote, addressee=text.addressee, verified=text.verified)


def _ending(row: HistoryRow) -> Ground:
    note = f"：{row.note}" if row.note else ""
    mark = "" if row.verified else "〔待核〕"
    return Ground(citation=f"{row.document}{note}{mark}", quote="", addressee="", verified=row.verified)
