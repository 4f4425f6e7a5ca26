"""What researchers ask of a column beyond its meaning: its unit, its codes, its empty cells, its changes.

An empty cell never means nought: that is written as 0.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final

from config.policy import Basis
from reports.dataset.fields import Field, Table, check_row
from reports.wording import KINDS_IN_FULL, POSTERS, SEVERITIES, VERDICTS

Words = tuple[str, str]
"""The same in English and Chinese."""

_UNSAID: Final[Words] = ("the ad does not say", "招聘信息未写明")
_NO_FIELD: Final[Words] = (
    "the ad has no field for it, or nothing that can be read in it",
    "招聘信息没有此栏，或无法识别",
)
_UNCLEAR: Final[Words] = ("the place of work is unclear", "用工地点不明")
_SMALL: Final[Words] = (
    "left empty: the count lies between 1 and 4, or would tell one that does",
    "留空：计数在 1 至 4 之间，或可据以推算出此类计数",
)
_UNSEEN: Final[Words] = (
    f"no run of that week has ended, or {_SMALL[0]}",
    f"该周没有已结束的采集，或{_SMALL[1]}",
)
_OPEN: Final[Words] = ("the stretch is open on this side", "此端不限")

EMPTY: Final[Mapping[str, Words]] = {
    "division": _UNCLEAR,
    "province": _UNCLEAR,
    "province_code": _UNCLEAR,
    "place": _UNCLEAR,
    "divisions": ("no more than one place is named", "未写明一个以上的地点"),
    "employer": ("the ad names no employer", "未写明单位"),
    "poster": ("the ad names no employer", "未写明单位"),
    "acting_for": ("the poster does not say that it hires for another", "未写明代招"),
    "employer_name": (
        "not published: none is, the clue is not confirmed, its case not closed, or it may be a person's",
        "不公布：发布方不公开名称，或线索未经确认、案件未销号，或可能是个人",
    ),
    "occupation": ("the title names no family of posts", "标题未能识别岗位类别"),
    "occupation_name": (
        "no family of posts, or one that the present rules no longer have",
        "未能识别，或现行规则已无此类别",
    ),
    "posted": _UNSAID,
    "valid_through": _UNSAID,
    "last_seen": ("no sight of it was noted", "没有再次见到的记录"),
    "salary_low": ("the ad names no least pay, or it cannot be read with certainty", "未写明下限，或有歧义"),
    "salary_high": ("the ad names no most pay, or it cannot be read with certainty", "未写明上限，或有歧义"),
    "salary_currency": _UNSAID,
    "salary_period": _UNSAID,
    "salary_months": _UNSAID,
    "salary_negotiable": ("the ad says nothing of pay that can be read", "没有可以识别的薪资"),
    "employment": _UNSAID,
    "headcount": _UNSAID,
    "schooling": _NO_FIELD,
    "experience_years": _NO_FIELD,
    "cue": ("no single words decided it", "并非由个别词语决定"),
    "ended_by": ("no document ended the credential", "没有取消该证书的文件"),
    "basis": ("none was in force yet", "当时尚无依据文件"),
    "ads": _SMALL,
    "ads_seen": _UNSEEN,
    "sightings": _UNSEEN,
    "refused": _UNSEEN,
    "ads_violation": _SMALL,
    "ads_advisory": _SMALL,
    "clues": _SMALL,
    "since": _OPEN,
    "until": _OPEN,
    "listed_in": ("no edition of the catalogue lists it then", "该时期未列入目录"),
    "document": ("no document is known", "依据文件不详"),
    "meaning_en": ("it has a Chinese name only", "只有中文名称"),
}
"""What an empty cell means, of every field that has any."""

_PAY: Final[Words] = (
    "salary_currency for each salary_period, as the ad writes it",
    "salary_currency 所示货币，按 salary_period 计",
)
_CREDENTIALS: Final[Words] = ("credentials", "项证书")
_ADS: Final[Words] = ("ads", "条招聘信息")
_RUNS: Final[Words] = ("runs", "次")
UNITS: Final[Mapping[str, Words]] = {
    "salary_low": _PAY,
    "salary_high": _PAY,
    "salary_months": ("months of pay in a year", "个月"),
    "headcount": ("persons", "人"),
    "experience_years": ("years", "年"),
    "mentions": _CREDENTIALS,
    "ads": _ADS,
    "ads_violation": _ADS,
    "ads_advisory": _ADS,
    "clues": ("clues", "条线索"),
    "runs": _RUNS,
    "runs_complete": _RUNS,
    "pages_lost": ("pages", "个网页"),
    "sightings": ("sightings of ads", "次"),
    "refused": ("pages, rows or postings", "项"),
    "ads_seen": _ADS,
}
"""What the numbers of a field count; those that begin with verdict_ or kind_ count credentials."""


def unit(name: str) -> Words:
    """Unit of the numbers in the field `name`; empty words for one that holds none."""
    if name.startswith(("verdict_", "kind_")):
        return _CREDENTIALS
    return UNITS.get(name, ("", ""))


_IN_ENGLISH: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        "licensing": "licensing qualification (准入类): the law asks for it in some posts",
        "proficiency": "qualification that attests proficiency (水平评价类)",
        "skill_level": "skill level certificate, or a skilled workers' qualification that left the catalogue",
        "delisted": "vocational qualification that was cancelled",
        "post_permit": "post certificate (上岗证) without a basis in law",
        "foreign": "qualification of another country",
        "vendor": "certificate of a company or an association",
        "statutory": "another paper that the law asks for",
        "title": "professional title (职称)",
        "education": "test of languages, computing and the like",
        "generic": "a certificate without a name",
        "other": "a paper outside of the catalogue that nobody has placed yet",
    },
    "verdict": {
        "violation": "tied to hiring without a basis in law, as the machine reads it",
        "advisory": "to be pointed out, no violation",
        "lawful": "the demand is lawful",
        "none": "nothing is demanded that the rules speak of",
        "for_review": "found by a rule that was suspended, not confirmed by a person",
    },
    "poster": {
        "public": "state organ or public institution",
        "state": "state-owned company",
        "private": "private or foreign company",
        "agency": "labour agency",
        "platform": "recruiting platform",
        "individual": "sole trader or person",
        "unknown": "not known",
    },
    "severity": {
        "red": "gravest",
        "orange": "grave",
        "yellow": "less grave",
        "grey": "an advisory",
    },
}
_IN_CHINESE: Final = {
    "kind": KINDS_IN_FULL,
    "verdict": VERDICTS,
    "poster": POSTERS,
    "severity": SEVERITIES,
}
CODES: Final[Mapping[str, Mapping[str, Words]]] = {
    **{
        name: {code: (english, _IN_CHINESE[name][code]) for code, english in codes.items()}
        for name, codes in _IN_ENGLISH.items()
    },
    "strength": {
        "required": ("a condition for being hired or starting work", "录用或上岗的条件"),
        "preferred": ("helps, does not decide", "优先，不作为条件"),
        "alternative": (
            "one of several ways in, another of which is no paper",
            "几种途径之一，其他途径不要求证书",
        ),
        "after_hire": ("to be got after hiring", "录用后取得"),
        "mentioned": ("named, not asked of the applicant", "仅提及，不是对应聘者的要求"),
        "negated": ("said not to be needed", "写明不需要"),
    },
    "status": {
        "suspected": ("no person has decided yet", "疑似，未经人工认定"),
        "confirmed": ("a person has confirmed it", "经人工确认"),
        "false_alarm": ("a person has found it to be wrong", "经人工认定为误报"),
    },
    "pack": {
        "leasing": ("the loan of a certificate", "疑似证书挂靠"),
        "training": ("a course sold as a job", "疑似培训招生"),
    },
    "salary_period": {
        "hour": ("an hour", "小时"),
        "day": ("a day", "日"),
        "week": ("a week", "周"),
        "month": ("a month", "月"),
        "year": ("a year", "年"),
    },
    "schooling": {
        "none": ("any will do", "不限"),
        "primary": ("primary school", "小学"),
        "junior": ("junior secondary school", "初中"),
        "secondary": ("secondary school, general or vocational", "高中、中专、中技"),
        "college": ("junior college", "大专"),
        "bachelor": ("bachelor", "本科"),
        "master": ("master", "硕士"),
        "doctor": ("doctor", "博士"),
    },
    "employment": {
        "full_time": ("full time", "全职"),
        "part_time": ("part time", "兼职"),
        "intern": ("internship", "实习"),
        "temporary": ("temporary", "临时"),
        "contract": ("by contract", "合同"),
        "dispatch": ("labour dispatch", "劳务派遣"),
        "outsourced": ("outsourced", "外包"),
    },
}
"""What each value of a coded field means."""
CODEBOOK: Final = Table(
    name="codes",
    en="One row per code, with its meaning; the families of posts, and the legal texts that basis names",
    zh="每行一个代码及其含义；岗位类别，basis 所列的依据文件",
    key=("field", "value"),
    fields=(
        Field(name="field", type="code", example="kind", en="Field that holds the code", zh="字段"),
        Field(name="value", type="code", example="delisted", en="The code", zh="代码"),
        Field(
            name="meaning_en", type="text", example="qualification that was cancelled", nullable=True,
            en="Its meaning in English", zh="英文含义",
        ),
        Field(
            name="meaning_zh", type="text", example="已取消的职业资格",
            en="Its meaning in Chinese", zh="中文含义",
        ),
    ),
)  # fmt: skip
"""What `codes.csv` holds. It explains the tables and is none of them: there is no such file of JSON lines."""


def codes_csv(occupations: Mapping[str, str], texts: Mapping[str, Basis]) -> str:
    """Every code of the dataset with its meaning, one a line.

    Args:
        occupations: names of the families of posts, by id.
        texts: the legal texts that `basis` may hold, by id.

    Raises:
        RowError: a name or a legal text does not fit, being too long or like a contact.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(CODEBOOK.header)
    for row in _codes(occupations, texts):
        cells = dict(zip(CODEBOOK.header, row, strict=True))
        check_row(CODEBOOK, {name: cell or None for name, cell in cells.items()})
        lines.writerow(row)
    return text.getvalue()


def _codes(occupations: Mapping[str, str], texts: Mapping[str, Basis]) -> Iterator[tuple[str, str, str, str]]:
    for field, codes in sorted(CODES.items()):
        yield from ((field, code, *words) for code, words in codes.items())
    yield from (("occupation", id_, "", name) for id_, name in sorted(occupations.items()))
    yield from (("basis", id_, "legal text", texts[id_].citation) for id_ in sorted(texts))


CHANGES: Final[Mapping[int, Words]] = {
    2: (
        "findings (leasing, training bait) in place of leasing in ads; ended_by in clues.",
        "findings 表（证书挂靠、培训招生）取代 ads 的 leasing 列；clues 新增 ended_by。",
    ),
    3: (
        "posting in ads and clues; the poster individual; in ads dates, places, acting_for, pay, terms.",
        "ads、clues 新增 posting；poster 新增 individual；ads 新增日期、地点、acting_for、薪资和条件。",
    ),
    4: (
        "for_review among the verdicts of ads: found by a suspended rule alone, and not in clues.",
        "ads 的 verdict 新增 for_review：仅由停用的规则得出，不列入 clues。",
    ),
    5: (
        "qualifications; employer_name in clues; Parquet and a workbook; a relapsed clue is told once.",
        "新增 qualifications 表；clues 新增 employer_name；新增 Parquet 和工作簿；复发案件的线索只列一次。",
    ),
    6: (
        "occupation in ads and clues; weekly_occupations; more counts of the weekly tables left empty.",
        "ads、clues 新增 occupation；新增 weekly_occupations 表；weekly 各表留空的计数增多。",
    ),
    7: (
        "weekly_sources: what was seen at each source; more of weekly empty; basis of clues can be null.",
        "新增 weekly_sources 表：各来源见到的数量；weekly 留空的计数增多；clues 的 basis 可为空。",
    ),
}
"""What each version of the schema brought, since the first."""
