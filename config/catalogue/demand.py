"""Whether an employer may demand a qualification on a day: what the policy says, for which posts."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from config.catalogue.documents import Document
from config.catalogue.model import Catalogue, Qualification, Standing
from config.policy import CANCELLED, NO_CATALOGUE, STATUTE, Basis, Policy, RowId, Verdict
from config.reading import ReadingData
from config.scopes import Tie

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
    """The activity or the sort of posts, in Chinese; empty: any."""
    posts: tuple[str, ...]
    """Families of posts, by which the ads of that sort are told; empty: not told by the post."""
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
    """A row of the policy with the posts it holds for and the texts that speak of the paper."""

    row: RowId
    where: str = ""
    posts: tuple[str, ...] = ()
    statutes: tuple[str, ...] = (STATUTE,)
    note: str = ""


class Question(NamedTuple):
    """What is asked: a qualification under one of its names, on a day."""

    name: str
    qualification: Qualification
    standing: Standing
    on: date


def demands(law: Law, question: Question) -> tuple[Demand, ...]:
    """One answer for each group of posts that the law of the day treats alike."""
    standing = question.standing
    if not standing.edition.items:
        return (_too_early(law.policy),)
    cases = _licensing(law, question) if standing.kind == "licensing" else _tied_or_not(law, question)
    instead = dict(_own_texts(standing))
    return tuple(_demand(law.policy, case, question.qualification.name, instead) for case in cases)


def _licensing(law: Law, question: Question) -> Iterator[_Case]:
    policy = law.policy
    row: RowId = "pending" if question.standing.pending else "licensing"
    licence = policy.scopes.licence(question.qualification.id)
    if licence is None:
        yield _Case(row, "法定的岗位和活动")
        return
    statutes = policy.statutes("licence", licence.id, question.on)
    yield _Case(row, licence.activity, _posts(law, licence.occupations), statutes, licence.note)
    everyday = [each for each in policy.scopes.everyday if each not in licence.undecided]
    elsewhere = _posts(law, dict.fromkeys((*licence.elsewhere, *everyday)))
    if elsewhere:
        yield _Case("licensing_elsewhere", "与该活动明显无关的岗位", elsewhere, statutes)


def _posts(law: Law, families: Iterable[str]) -> tuple[str, ...]:
    names = {family.id: family.name for family in law.data.occupations.families}
    return tuple(names[each] for each in families)


def _tied_or_not(law: Law, question: Question) -> Iterator[_Case]:
    policy, kind = law.policy, question.standing.kind
    named = question.qualification.name if question.name == question.qualification.id else question.name
    ties = [tie for tie in policy.scopes.ties if _may_cover(tie, question.qualification.id, named)]
    for tie in ties:
        statutes = policy.statutes("tie", tie.id, question.on)
        yield _Case("statutory_tie", _tied(tie), _posts(law, tie.occupations), statutes, tie.note)
    yield _Case(kind, "其他岗位" if ties else "")


def _may_cover(tie: Tie, qualification: str, named: str) -> bool:
    """Whether there are posts in which the statute asks for the paper under this name."""
    families, told = frozenset(tie.occupations), "".join(tie.words)
    return qualification in tie.qualifications and tie.covers(named, families=families, told=told)


def _tied(tie: Tie) -> str:
    named = f"，限名称中有“{'”“'.join(tie.names)}”的" if tie.names else ""
    without = f"，不含“{'”“'.join(tie.without)}”" if tie.without else ""
    return f"{tie.activity}{named}{without}"


def _own_texts(standing: Standing) -> Iterator[tuple[str, Ground]]:
    """What the data say in place of a general text: the law that a list names, the document that ended it."""
    item, record = standing.item, standing.record
    if item is not None and item.legal_basis:
        verified = item.is_verified("legal_basis")
        listed = f"目录所列设定依据：{'、'.join(item.legal_basis)}"
        yield STATUTE, _own(listed if verified else f"{listed}〔待核〕", verified=verified)
    if record is not None and record.document:
        yield CANCELLED, _own(record.citation, verified=record.verified)


def _own(citation: str, *, verified: bool) -> Ground:
    return Ground(citation=citation, quote="", addressee="", verified=verified)


def _demand(policy: Policy, case: _Case, name: str, instead: dict[str, Ground]) -> Demand:
    required, preferred = policy.verdict(case.row, "required"), policy.verdict(case.row, "preferred")
    besides = (text for each in policy.table.rows[case.row].posters.values() for text in each.basis)
    grounds = (*policy.grounds_of(case.row, required, "required"), *besides)
    ids = (text for ground in grounds for text in (case.statutes if ground == STATUTE else (ground,)))
    return Demand(
        where=case.where,
        posts=case.posts,
        row=case.row,
        required=required,
        preferred=preferred,
        text=_told(case.row, required, preferred),
        basis=tuple(instead.get(each) or _ground(policy.bases[each]) for each in dict.fromkeys(ids)),
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
        posts=(),
        row="",
        required="none",
        preferred="none",
        text="该日期尚无国家职业资格目录，不作判断",
        basis=(_ground(policy.bases[NO_CATALOGUE]),),
        wording="",
        note="",
    )


def _ground(text: Basis) -> Ground:
    return Ground(citation=text.citation, quote=text.quote, addressee=text.addressee, verified=text.verified)
