"""Reads enumerations: shared heads, grades of one name, class nouns that only open or close a list."""

import re
from typing import Final

from nlp.bare import is_qualified
from nlp.clause import Candidate, Item
from nlp.closers import INDUSTRIES, MEMBER_FIELD, NOUNS, drop_class_nouns, leads, vouch
from nlp.strangers import between

_JOINT: Final = re.compile(
    MEMBER_FIELD + r"[\s\"”》』)等证书]{0,3}"
    r"(?:[、/\\+|&;,.]|或者?|以?及|和|与|,?或|[、,]?(?:和|或)/(?:或|和)|or |and )"
    r"[\s\"“《『(]{0,2}"
    r"(?:者|其他|具有|具备|持有|持|有|取得|通过|国家|相关)?[\s\"“《『(]{0,2}"
)
_TIGHT: Final = re.compile(
    MEMBER_FIELD + r"[\s\"”》』]{0,2}(?:[、/\\+|&]|或者?|以?及|和|与|及/或|,)[\s\"“《『]{0,2}"
)
_GRADES: Final = re.compile(
    "(?<![一二三四五六七八九十初中高])([一二三]级?|[初中高]级?(?=[、/,或和及与]))"
    "(?:[、/,或和及与]{1,2}|或者)?(?=([一二三初中高])级?$)"
)
_GRADE: Final = re.compile(r"([一二三]|[初中高])(?:级)?")
_MEMBER_ENDS: Final = re.compile("[、/,)等;。]|$|(?:者|的)?优先|认证|证书")
"""What follows a maker in a list of papers; 思科设备 is no paper."""
_IN_LIST: Final = re.compile(r"[、,/或和及:(\s]$|[持有备得取过须需][一-龥]{0,6}$")
"""What stands before a member of a list; 月嫂,育婴师证 at the start names the post first."""
_HELD_LIST: Final = re.compile(r"(?:[持有备得取过须需][一-龥]{0,6}|[证格书件求质备][:(\s]{1,2})$")
_RECRUITED: Final = re.compile(r"(?:招聘?|诚聘|急聘|岗位|职位|工种)[:\s]{0,2}$")
_STRANGE_INDUSTRY: Final = re.compile("[、/或和及与][一-龥]{1,4}")
_KNOWLEDGE: Final = re.compile(
    "熟悉|了解|掌握|精通|理解|熟练|运用|应用|使用|遵循|按照|依据|基于|搭建|支持|推广|导入|推进|维护|通过(?=.{0,6}(?:体系|审核))|建立|推动"
)
_RULES: Final = re.compile("[^,。;持有优]{0,4}(?:要求|标准|流程|规范|规则|条款)")
_WANTED: Final = re.compile("证|资格|认证|优先|持有|考取|通过|者佳|加分|获得|取得|具备|具有|拥有|有")
_WISHED: Final = re.compile("(?:者|将|的|可)?(?:优先|为佳|更佳|加分)|或同等")
_TITLE_WORDS: Final = frozenset({"职称", "中级职称", "高级职称", "初级职称", "技术职称", "专业技术职称"})
_SURE: Final = frozenset({"token", "loose"})
_PERSONS: Final = frozenset("师员工士")
_MASTER: Final = re.compile("[一-龥]{2,}师")
_FULL: Final = 4
"""A person named at that length beside a paper is meant as one (CISP、信息安全工程师); 老师 is none."""
_NEVER_ALONE: Final = frozenset({"maker", "post", "loose"})
# In advertising CPA is a way of billing (cost per action) and PMP a market, siblings of these.
_ADVERTISING: Final = frozenset({"cpa", "pmp"})
_BILLING: Final = re.compile(
    r"cp[cmsdlt]\b|roi|投放|广告|买量|推广渠道|渠道推广|流量|联盟|\b(?:rtb|dsp|ssp|adx)\b"
)
_LAWYER: Final = "P02"
_SOFTWARE: Final = "P36"
_GLOSS: Final = re.compile(r"\((?:即|原|注册|国家|国际|全国|中国)*")
_GLOSS_NEAR: Final = 6
_GLOSS_LENGTH: Final = 24
_ASIDE: Final = re.compile(r"[^证(]*\([^()]*证书?\)")
"""船体装配工、起重工(Q1证): the paper is that of the last post alone."""
_TOUCHING: Final = frozenset({"", "(水平)"})
_AND_ABOVE: Final = re.compile("(?:及|或)?以上(?:等级|级别|级|水平)?的?")
_CLASS: Final = re.compile("[a-c]类?(?:证书?)?")
_CODE: Final = re.compile(r"[a-z]\d")
_RANKS: Final = frozenset(
    {"P10", "P13", "P14", "P15", "P24", "P25", "P26", "P36", "P37", "P38", "P40", "P54", "P59"}
)


def read_lists(item: Item) -> None:
    """The step after `Names`: accepts names in lists, splits grades, drops class nouns."""
    _judge_tokens(item)
    _merge_glosses(item)
    _share_heads(item)
    vouch(item)
    _spread(item)
    between(item)
    drop_class_nouns(item)
    _split_grades(item)
    item.candidates.sort(key=lambda candidate: candidate.start)


def _judge_tokens(item: Item) -> None:
    """Abbreviations known for certificates count where the ad wants one, not where it names a method."""
    for candidate in item.candidates:
        if candidate.sort == "token" and not candidate.accepted:
            start, end = item.comma_clause(candidate.start)
            before, after = item.text[start : candidate.start], item.text[candidate.end : end + 12]
            known = _KNOWLEDGE.search(before) and not re.search(
                "证|资格|认证|持有|获得", before[-12:] + after
            )
            candidate.accepted = not known
        if candidate.head == "认证" and _tells_of_rules(item, candidate):
            candidate.accepted = False
        if candidate.written in _ADVERTISING and not candidate.head and _BILLING.search(item.text):
            candidate.accepted = False


def _tells_of_rules(item: Item, candidate: Candidate) -> bool:
    """熟悉LEED认证要求: what is known are the rules."""
    start, _ = item.comma_clause(candidate.start)
    rules = _RULES.match(item.text, candidate.end)
    return rules is not None and _KNOWLEDGE.search(item.text, start, candidate.start) is not None


def _share_heads(item: Item) -> None:
    """`电工、焊工证`: a head at the end of a list belongs to every name in it."""
    for left, right in reversed(list(zip(item.candidates, item.candidates[1:], strict=False))):
        gap = item.text[left.end : right.start]
        touching = not gap and left.sort == right.sort
        if _elliptic(left, right, gap):
            left.head, left.accepted = right.head, True
        if right.head and right.sort not in NOUNS and not left.head and (touching or _TIGHT.fullmatch(gap)):
            if _ASIDE.fullmatch(item.text, right.start, right.end):
                continue
            if gap.strip() == "," and not _crosses_comma(item, left, right):
                continue
            if _are_recruited(item, left, right):
                continue
            if left.sort in _NEVER_ALONE and (right.sort == "name" and not right.accepted):
                continue
            if "职称" in right.head and _beside_title(left, right):
                continue
            left.head, left.accepted = right.head, True


def _crosses_comma(item: Item, left: Candidate, right: Candidate) -> bool:
    """Whether the head of `right` belongs to `left` before the comma too, and `left` is no post."""
    if not _IN_LIST.search(item.text, max(0, left.start - 10), left.start):
        return False
    if _only_field(left, right) or _names_its_post(item, left, right):
        return False
    return not _lists_posts(item, left)


def _lists_posts(item: Item, last: Candidate) -> bool:
    """收银员、营业员,健康证: persons whom nothing says to hold a paper."""
    person = last.sort == "post" and last.written[-1] in _PERSONS
    return person and not _HELD_LIST.search(_before_list(item, last))


def _are_recruited(item: Item, last: Candidate, right: Candidate) -> bool:
    """招:收银员、营业员、健康证齐全: persons who are looked for, and a paper that makes no person."""
    if last.sort != "post" or last.written[-1] not in _PERSONS:
        return False
    trade = right.written.removesuffix(right.head)
    return trade[-1:] not in _PERSONS and _RECRUITED.search(_before_list(item, last)) is not None


def _before_list(item: Item, last: Candidate) -> str:
    """What stands before the first of the names that end in `last`."""
    first = last
    for each in reversed(item.candidates):
        if each.end <= first.start and _TIGHT.fullmatch(item.text, each.end, first.start) and not each.head:
            first = each
    return item.text[max(0, first.start - 10) : first.start]


def _only_field(left: Candidate, right: Candidate) -> bool:
    """护理、检验,护士执业资格: fields of study, then the paper of a person."""
    field = left.sort == "post" and left.written[-1] not in _PERSONS
    return field and not _PERSONS.isdisjoint(right.written)


def _beside_title(left: Candidate, right: Candidate) -> bool:
    """Whether the title is that of `right` alone; a paper beside it is accepted by itself."""
    if left.level and left.qualification.startswith("skill:"):
        # 钳工技师或工程师职称: a grade of skill.
        left.accepted = True
        return True
    if left.sort != "post" or right.written in _TITLE_WORDS:
        return True
    if right.level and not left.level:
        # 税务师、中级会计职称: the grade makes the title, and what stands beside it is a paper.
        left.accepted = left.accepted or _MASTER.fullmatch(left.written) is not None
        return True
    return False


def _names_its_post(item: Item, left: Candidate, right: Candidate) -> bool:
    """需登高作业,登高证, 厨师、面点师,厨师证: the trades, then the paper of one of them."""
    trade = right.written.removesuffix(right.head)
    return any(
        right.written.startswith(each.written) or each.written.startswith(trade)
        for each in item.candidates
        if each.end <= left.end and not each.head
    )


def _elliptic(left: Candidate, right: Candidate, gap: str) -> bool:
    """证券、黄金从业资格: an industry shares the noun of a member that nobody has listed."""
    return (
        left.written in INDUSTRIES
        and right.sort in NOUNS
        and "从业" in right.head
        and _STRANGE_INDUSTRY.fullmatch(gap) is not None
    )


def _spread(item: Item) -> None:
    """Names beside accepted ones, or after `证书如`, are accepted too; both ways along the list."""
    pairs = list(zip(item.candidates, item.candidates[1:], strict=False))
    papers = {
        id(each)
        for each in item.candidates
        if each.head or each.sort in _SURE or (each.accepted and each.level and each.sort == "post")
    }
    for left, right in pairs:
        gap = item.text[left.end : right.start]
        leading = leads(gap) or (not gap and left.sort in NOUNS and left.head == "职业资格")
        listed = left.accepted and left.sort not in NOUNS and (_run_on(right, gap) or _JOINT.fullmatch(gap))
        opened = (left.sort in NOUNS and leading) or left.leader is not None
        beside_paper = id(left) in papers
        in_list = right.sort != "maker" or _MEMBER_ENDS.match(item.text, right.end)
        aside = gap.startswith(")") or _ASIDE.fullmatch(item.text, left.start, left.end)
        if right.sort == "post" and aside:
            # 司炉工(持司炉证)、水处理工: the next post.
            continue
        if (
            (listed or (opened and (leading or _JOINT.fullmatch(gap))))
            and in_list
            and _may_follow(
                left,
                right,
                opened=opened,
                beside_paper=beside_paper,
                wished=_WISHED.match(item.text, right.end) is not None,
            )
        ):
            right.accepted = True
            papers |= {id(right)} if beside_paper else set()
        if leading:
            right.leader = left
        elif listed:
            right.leader = left.leader
    _spread_back(item, pairs)


def _run_on(right: Candidate, gap: str) -> bool:
    """银行从业基金从业: two industries without a mark between."""
    return not gap and right.written.endswith("从业")


def _spread_back(item: Item, pairs: list[tuple[Candidate, Candidate]]) -> None:
    for left, right in reversed(pairs):
        gap = item.text[left.end : right.start]
        if (
            right.accepted
            and right.sort in {"token", "loose"}
            and left.sort == "loose"
            and _TIGHT.fullmatch(gap)
        ):
            left.accepted = True
        # 税务师、健康管理师优先: what is wished for are papers, not posts.
        bare = left.sort == "post" and right.sort in {"post", "name"} and right.accepted and not right.head
        if bare and _TIGHT.fullmatch(gap) and _WISHED.match(item.text, right.end) and is_qualified(left):
            left.accepted = True


def _may_follow(left: Candidate, right: Candidate, *, opened: bool, beside_paper: bool, wished: bool) -> bool:
    if right.sort in {"token", "short", "name"}:
        return True
    if right.sort in {"maker", "loose"}:
        return opened or beside_paper
    if right.sort != "post":
        return False
    person = right.written.partition("(")[0]
    full = len(person) >= _FULL
    if (opened or left.written.endswith("从业")) and right.written.endswith("从业"):
        return True
    if person.endswith(("师", "员", "工", "士")) and (opened or (beside_paper and full)):
        return True
    # 注册会计师,国际内审师优先: beside a sure name, where no post would be wished for.
    wanted = left.sort == "name" and wished and full and person.endswith("师")
    # 数据库系统工程师/信息系统管理工程师 are of one examination.
    alike = (left.level and right.level) or left.qualification == right.qualification == _SOFTWARE
    return wanted or (left.sort == "post" and alike)


def _merge_glosses(item: Item) -> None:
    """`CPA(注册会计师)` names one paper twice, `法律职业资格A证、B证` its classes: one mention."""
    kept: list[Candidate] = []
    for candidate in item.candidates:
        last = kept[-1] if kept else None
        if last and candidate.end <= last.end:
            continue
        gap = item.text[last.end : candidate.start] if last else ""
        if last and _glosses(item, last, candidate, gap.strip()):
            last.end = _gloss_end(item, last, candidate) if "(" in gap else candidate.end
            last.head = last.head or candidate.head
            last.accepted = last.accepted or candidate.accepted
            continue
        kept.append(candidate)
    item.candidates = kept


def _gloss_end(item: Item, last: Candidate, gloss: Candidate) -> int:
    """The end of the brackets that `gloss` opens, where nothing in them names another paper."""
    closing = item.text.find(")", gloss.end, gloss.end + _GLOSS_LENGTH)
    within = (each for each in item.candidates if gloss.start <= each.start < closing)
    # Codes in brackets are papers of their own (华为认证(HCNA、HCNP)).
    alone = all(each.qualification == last.qualification and not each.written.isascii() for each in within)
    near = closing - gloss.end < _GLOSS_NEAR
    return closing + 1 if closing >= 0 and (near or alone) else gloss.end


def _glosses(item: Item, last: Candidate, candidate: Candidate, gap: str) -> bool:
    lawyer = last.qualification == _LAWYER and _CLASS.fullmatch(item.text, candidate.start, candidate.end)
    same = last.qualification == candidate.qualification
    if _GLOSS.fullmatch(gap):
        # 阿里云ACP(阿里云高级认证): the maker comes again.
        again = candidate.sort == "maker" and candidate.written in item.text[last.start : last.end]
        alone = item.text.startswith(")", candidate.end)
        nouns = last.sort in NOUNS and candidate.sort in NOUNS
        # 叉车证(N1): the class of the paper.
        coded = last.head and last.sort not in NOUNS and _CODE.fullmatch(candidate.written)
        # CISSP(注册信息安全工程师): an abbreviation is written out.
        written_out = last.sort == "token" and last.written.isascii() and not candidate.written.isascii()
        # 面点师(面点师证优先): the post, then what is said of its paper.
        remarked = last.sort == "post" and not last.head and candidate.head and not alone
        return (
            bool(lawyer)
            or again
            or (alone and bool(nouns or written_out or coded))
            or (same and last.sort not in NOUNS and not remarked)
        )
    if not last.accepted:
        return False
    # HCIP以上等级网络工程师证书: the level is the paper, the name says of what.
    if last.sort == "token" and candidate.head and _AND_ABOVE.fullmatch(gap):
        return True
    # 全国翻译专业资格(水平)英语三级口译: the examination and its paper.
    opens = last.sort == "maker" or last.head.endswith(("资格", "考试"))
    if same and opens and gap in _TOUCHING:
        return True
    if lawyer:
        return _TIGHT.fullmatch(gap) is not None
    # 医药代表认证资格证书,如RDPAC证书: the example is the paper itself, unless a wish stands between them.
    return same and last.sort not in NOUNS and leads(gap) and gap != "(" and not set(gap) & {"持", "优"}


def _split_grades(item: Item) -> None:
    """`一级/二级建造师` names two papers: the first grade becomes a mention of its own."""
    for candidate in list(item.candidates):
        if not candidate.accepted or candidate.qualification not in _RANKS:
            continue
        match = _GRADE.match(item.text, candidate.start)
        if match is None:
            continue
        window = max(0, candidate.start - 6)
        head = item.text[window : candidate.start] + match.group(1)
        grades = _GRADES.search(head)
        if grades and grades.group(1)[0] != grades.group(2):
            start = window + grades.start(1)
            item.candidates.append(
                Candidate(
                    start,
                    start + len(grades.group(1)),
                    candidate.sort,
                    candidate.qualification,
                    candidate.written,
                    head=candidate.head,
                    level=True,
                    accepted=True,
                )
            )
