"""How far a cue reaches within an item: which names it governs."""

import re
from bisect import bisect, bisect_left
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import Final, NamedTuple

from config.reading import Cue
from nlp.adjoining import DRIVING
from nlp.clause import Candidate, Item, at_clause_start, bracket_around, clause_at

_NEAR: Final = 6
_REACH: Final = 24
_OPENING: Final = 8
_BEGIN: Final = attrgetter("start")
_END: Final = attrgetter("end")
# A blank between two Chinese words separates like a comma, with or without a number or a star; so does a bar,
# and the number of a point that no sign follows (2有A证3会古筝加分).
_COMMA: Final = re.compile(
    r"[,|]|(?<=[一-龥])[1-9](?=[有会能懂持具熟须需])|(?<=[a-z]\.) (?=[a-z])|"
    r"(?<=[一-龥)])(?: +(?:[/*] +|\d )?| ?\* ?)(?=[一-龥])"
)
_CONJUNCTION: Final = re.compile(
    r"\s*(?:、|/|或者?|以?及|和|与|等|其他|其它|\(|如(?=[:a-z])|[例比诸]如|包括)"
)
# A code that the lexicon lacks goes on with a list all the same.
_CODE: Final = re.compile(
    r"\s*(?![a-z ]*\b(?:is|are|be|will|would|have|has)\b)[a-z][a-z0-9+.\-/ ]{1,20}"
    r"(?:(?!优先|加分)[一-龥]{0,4}[,、]|[)等证]|认证|$)"
)
# 优先 in a clause without content of its own (者优先, 同等条件下优先) speaks of the clause before.
_EMPTY_WORDS: Final = (
    r"者|的|均|都|则|将|予以|会|同等条件下?|同等情况下?|同等学历下?|符合|满足|具备|具有|以上|上述|之一|任意|条件"
    r"|要求|证书?|持证|[一\d两]项|可以|可|予|给予|也|更|为|在|并|[两三四双多]证|齐全|[二两三四][者样]|有?其中(?:之一|一[样个项种])|有一[样个项种]|有其?一|任一|其一|即|简历|[我你您]们?|被"
)
_BARE: Final = re.compile(rf"(?:{_EMPTY_WORDS})*")
# In brackets behind a name 优先 speaks of it only where nothing else is said (中级以上优先 prefers a grade).
_ASIDE: Final = re.compile(rf"(?:{_EMPTY_WORDS}|有(?:此|该|本)?|无|非必[须需]|可选|,)*")
# What brackets say of one name those behind the next do not take back (A(必须)、B(优先)).
_REMARK: Final = re.compile(
    r"\((?:必须|必备|必需|必要|须有|硬性|优先|加分|可选|required|must|preferred|optional)[^()]*\)"
)
# To drive is what the holder of a driving licence does (有驾照,能熟练驾驶者优先).
_DRIVES: Final = re.compile(rf"(?:{_EMPTY_WORDS}|能|熟练|独立|自己|驾驶|开车|驾车|汽车|车辆)*")
_RELAXED: Final = re.compile(rf"(?:{_EMPTY_WORDS}|年龄|学历|专业|工作年限|工作经验|限制|薪资|[或、,至\d])*")
_HAS: Final = "(?<![具拥持国所没])有(?![关限效机企]|其[一中]|任[一意]|一(?:者|即|优|的|$))"
_NEW_PREDICATE: Final = re.compile(
    rf"(?<![且并及和与或、还])(?<!或者)(?<![且并][能会可])(?:{_HAS}|具有|具备|熟悉|从事|懂|男|女|退伍|(?<!的)应届|能够|熟练|住|离家|本地|精通|了解)"
)
# After a comma even 且有 says something new: 持A证,且有B证优先.
_NEW_SENTENCE: Final = re.compile(
    r"\s*(?:而?且|并且?|兼|若是?|如果?|同时|另外?|还|最好|能|又)(?:是|能|再|还|也|已)?(?:有|具有?|具备|持有?|拥有|取得|获得|通过|考取|会|懂|熟悉)"
)
# 有A证能熟练操作者优先 is one subject, up to 者.
_NEW_SUBJECT: Final = re.compile(
    rf"(?<![且并及和与或、还])(?<!或者)(?:{_HAS}|具有|具备|男|女|退伍|(?<!的)应届|住|离家|本地)"
)
_NEW_CLAUSE: Final = re.compile(",|" + _NEW_PREDICATE.pattern)
_DEMAND: Final = re.compile("有(?![关限效机])|具有|具备|持有|须|需要?|必须|要求|优先|限")
# 最好有A、有B is one wish.
_FRESH_DEMAND: Final = re.compile(rf"(?<![、或和及与])(?:{_DEMAND.pattern})")
_LEADING_DEMAND: Final = re.compile(
    '(?:还|也|能|再|已|另|一定|必须|非得|非要|持有|具有|具备|有|持|考取|取得|提供|出示|任何|专业|相关|的|:|"|“|《|《)*'
)
_DEMANDED: Final = re.compile("必须|务必|必备|须(?!知)|需(?!求)|要求|至少|一定")
# What is said behind a name so that nothing is left for the next clause to say (A证必备,B证加分).
_CLOSED: Final = re.compile(
    "必备|必须|必需|起步|在期|在手|有效|即可|要有|得有|[都均][要须需](?=[,;])|不[可能]少|硬性|优先|加分|required|must|mandatory|"
    r"上岗(?!证|资格)|齐全|满[一二两三四五\d]|(?:[且并及]|并且)(?:有|具有|具备)?[^,;证]{1,10}(?:经验|经历)"
)
# A clause that begins with a post and what it asks for is of another post (质检员有B证者优先).
_NEXT_POST: Final = re.compile(
    r"[一-龥]{1,8}(?:[员师工岗长]|司机|经理|主管|助理|阿姨|师傅)(?:[一两二三四五\d若干]{1,2}[名人位],?)?"
    "(?:最好|必须|还|也|则)?(?:[有持要须需]|具[有备]|:)"
)
# Who may come without the name is said too (有A证或相关专业毕业,B证优先).
_OTHER_WAY: Final = re.compile("或者?[^,;证]{0,14}(?:专业|经验|经历|毕业|学历)")
# 有A证者, is the subject of what follows it.
_SUBJECT: Final = re.compile(
    r"(?:[\s:\d、.)]|[^,;、]{2,12}专业、)*(?:有|持有?|具有|具备|取得|获得|考取)[^,;]+(?:者|的|人员),"
)
# ,优先考虑本地户口 prefers what follows it.
_LOOKS_AHEAD: Final = re.compile(
    "优先(?:考虑|录用|录取|聘用|选择|安排|招聘)?(?=[一-龥])"
    "(?!的|者|[录聘选哦吧啊呢权项给予入任人]|面试|上岗|考虑|安排|招聘|条件|打开|约|接待)"
)
_ALL_ABOVE: Final = re.compile(r"\s*(?:以上|上述)(?:条件|各项|几项|证书)?(?:均|都|任一|之一)")
# What is demanded as firmly as that no other clause makes a wish (必须持有A证,其他条件可放宽).
_FIRM: Final = re.compile(
    "必须|务必|必备|必需|硬性|缺一不可|须(?!知)|(?<![无不如按急])需(?!求)|要求(?=[有持具])|上岗(?!证|资格)"
)
_THE_REST: Final = re.compile(r"\s*其[他它](?:条件|要求|方面|各?项)")
_THRESHOLD: Final = re.compile("以上|职称$|[甲乙]等$")
# What stands between a name and 或 belongs to another thing that is asked for: the other way is one to that.
_OTHER_THING: Final = re.compile(
    "学历|学位|本科|大专|中专|高中|初中|小学|硕士|博士|专业(?!资格|技术|证|职称|等级|水平)|经验|经历|能力|熟悉|知识|周?岁|基础"
)

# These say who needs no paper, and may name the paper again to say it.
_SPEAK_OF_NONE: Final = frozenset({"alternative.without", "alternative.waived"})
_OFFERED: Final = frozenset({"after_hire", "mentioned"})
# What a firm sees to for its people is not always a paper (协助办理居住证).
_OTHER_MATTER: Final = re.compile("(?:居住|暂住|签|社保)证|落户|户口|入职|手续|社保|护照|住宿|退休")
_NOUNS: Final = frozenset({"head", "noun", "unlisted"})
# A demand that needs nothing of the next clause: in 有CCNA,CCNP证书优先 the noun belongs to both names.
_WHOLE_DEMAND: Final = re.compile(
    r"[:\s\d、.)]*(?:必须|须|需要?|要求|应当?)*(?:持有?|具有|具备|有|取得|获得|拥有|须|需|要求|必备)?"
    # 专业证书:敏捷认证,Scrum优先 lists two.
    r".+(?:(?<!认)证书?|资格|职称|执照)(?:\([^()]*\))?[)\"”》]?(?:满?[一两二三四五\d]{1,2}年(?:以上)?)?,"
)
_AND_ALSO: Final = re.compile("且|并|同时|以及")
# Beside papers a clause that but names a person lists one more (系统架构师,项目经理,OCP优先).
_PERSON: Final = re.compile("(?:(?![有会能懂熟持具须])[一-龥a-z、]){2,24}(?:师|员|经理|技工),")
# 有A证者请携带简历: what the holder brings is not the paper.
_HOLDER: Final = re.compile("(?:证书?)?(?:者|的?人员?|的朋友)")
_SKILL: Final = re.compile("经验|基础|技能|新手|应届|证明|手续|签证|护照|户口")
_PART: Final = re.compile("[,;:、(或]")
_BORDER: Final = re.compile("[,;:、(或及和与且并有持]")
_ADDED: Final = re.compile("[和及与且](?!以上|其|级)")


class Found(NamedTuple):
    """A cue in an item, by offsets."""

    start: int
    end: int
    cue: Cue


class Reach:
    """The clauses and names of one item, asked which cue governs which name."""

    def __init__(self, item: Item, *, ends: re.Pattern[str], predicates: tuple[str, ...]) -> None:
        self._text = item.text
        self._ends = ends
        self._predicates = predicates
        self._names = sorted((*item.accepted, *item.nouns), key=_BEGIN)
        commas = [match.end() for match in _COMMA.finditer(item.text)]
        cuts = [0, *(cut for cut in commas if not self.inside(cut)), len(item.text)]
        self._clauses = list(pairwise(cuts))

    def governs(self, found: Found, candidate: Candidate) -> bool:
        """Whether `found` speaks of `candidate`."""
        before = found.end <= candidate.start
        after = found.start >= candidate.end
        direction = found.cue.direction
        if not ((before and direction != "after") or (after and direction != "before")):
            return False
        gap = self._text[found.end : candidate.start] if before else self._text[candidate.end : found.start]
        if self._ends.search(gap) or (
            self._told_of_last(found, gap) if before else self._of_next(found, gap)
        ):
            return False
        if found.cue.scope == "item":
            return found.cue.strength not in _OFFERED or not self._names_another(found, candidate)
        if found.cue.scope == "near":
            if found.cue.strength == "alternative" and after and self._names_in(found):
                return False
            return len(gap.strip()) <= (_NEAR if direction == "both" else 2) and "," not in gap
        return self._ahead(found, gap) if before else self._back(found, candidate, gap)

    def _told_of_last(self, found: Found, gap: str) -> bool:
        """Whether a remark is that of the name before it: A证(优先)、B证, A证:加分 B证:硬性."""
        end = self._last_end(found.start)
        if end and self._text.startswith("(", end):
            # The label of a list is no such remark: 证书(优先):B证.
            return found.start == end or (gap.startswith(")") and not gap.startswith("):"))
        if not end or found.cue.strength != "preferred" or self._text[end : found.start].strip() != ":":
            return False
        return self._names[bisect(self._names, end, key=_END) - 1].accepted

    def _of_next(self, found: Found, gap: str) -> bool:
        """Whether it is the label of what follows (优待:B证), or tells what the holder is to bring."""
        if found.cue.id == "mentioned.bring":
            return _HOLDER.match(gap) is not None
        label = self._text.startswith(":", found.end) and found.end + 1 < len(self._text)
        return label and found.cue.id == "preferred.after" and at_clause_start(self._text, found.start)

    def _ahead(self, found: Found, gap: str) -> bool:
        if found.cue.strength == "required":
            return "," not in gap and len(gap) <= 2 * _REACH
        if "," in gap or len(gap) > _REACH:
            return False
        if found.cue.strength == "alternative" and self._offers_paper(found):
            return False
        word = self._text[found.start : found.end]
        if (
            word.startswith(("优先", "加分"))
            and not word.endswith("项")
            and not (gap.startswith(":") or at_clause_start(self._text, found.start))
        ):
            return False
        rest = _LEADING_DEMAND.match(gap)
        demand = _FRESH_DEMAND if found.cue.strength == "preferred" else _DEMAND
        return demand.search(gap, rest.end() if rest else 0) is None

    def _back(self, found: Found, candidate: Candidate, gap: str) -> bool:
        bracket = bracket_around(self._text, found.start)
        if bracket is not None and not bracket[0] < candidate.start < bracket[1]:
            return self._back_from_bracket(found, candidate, bracket)
        if found.cue.strength == "alternative" and not self._alike(found, gap):
            return False
        if self._slashed(found, candidate):
            return False
        mine = clause_at(self._clauses, candidate.end - 1)
        its = clause_at(self._clauses, found.start)
        if mine == its:
            holder = self._text.startswith(("者", "的"), found.start) or gap.endswith(("者", "的"))
            predicate = _NEW_SUBJECT if holder else _NEW_PREDICATE
            return (found.cue.scope == "list" and not predicate.search(gap.removesuffix("有"))) or (
                found.cue.scope == "clause" and len(gap) <= _REACH
            )
        return found.cue.scope == "list" and self._back_over_commas(found, candidate, mine, its)

    def _back_from_bracket(self, found: Found, candidate: Candidate, bracket: tuple[int, int]) -> bool:
        between = self._text[candidate.end : bracket[0]]
        if not found.cue.aside or _NEW_CLAUSE.search(between) or _REMARK.search(between):
            return False
        if found.cue.strength == "alternative":
            return found.start - bracket[0] < _NEAR // 2 and not self._names_in(found)
        own = self._text[bracket[0] + 1 : found.start]
        if found.cue.strength == "preferred":
            return _ASIDE.fullmatch(own) is not None
        return self._next_start(bracket[0] + 1) >= bracket[1]

    def _slashed(self, found: Found, candidate: Candidate) -> bool:
        """Whether strokes on both sides part the fields of a line (大专/会计证/三年经验), not options."""
        return self._text.startswith("/", found.start) and self._text.endswith("/", 0, candidate.start)

    def _alike(self, found: Found, gap: str) -> bool:
        """Whether 或 offers a choice between the name and what follows, not between other things."""
        if found.cue.id in _SPEAK_OF_NONE:
            return True
        own = self._text[self._last_end(found.start) : found.start]
        return not (_OTHER_THING.search(gap) or _ADDED.search(own) or self._names_in(found))

    def _offers_paper(self, found: Found) -> bool:
        """Whether the way in before 或 is a paper too (专业八级及以上水平或有A证)."""
        last = self._last_end(found.start)
        before = self._text[last : found.start]
        follows_name = last > 0 and len(before) <= _NEAR and _PART.search(before) is None
        return follows_name or self._next_start(found.start) < found.end

    def _names_in(self, found: Found) -> bool:
        """Whether what is offered instead is, or leads up to, a paper (或机电专业一级建造师)."""
        if found.cue.id in _SPEAK_OF_NONE:
            return False
        name = self._next_start(found.start)
        if name <= found.end:
            return True
        return name - found.end <= _NEAR and _BORDER.search(self._text, found.end, int(name)) is None

    def _back_over_commas(self, found: Found, candidate: Candidate, mine: int, its: int) -> bool:
        if _THE_REST.match(self._text, self._clauses[its][0]):
            return False
        if self._is_bare(found, self._clauses[its], candidate):
            return self._bare_reaches(found, mine, its)
        after = its == mine + 1
        if found.cue.strength == "preferred":
            closed = any(_CLOSED.search(self._text, *self._clauses[i]) for i in range(mine + 1, its))
            if closed or self._complete(candidate, mine) or (after and self._prefers_another(found, mine)):
                return False
            if after and _SUBJECT.fullmatch(self._text, *self._clauses[mine]):
                return True
        goes_on = all(self._continues(self._clauses[i]) for i in range(mine + 1, its + 1))
        if not goes_on or self._offers_another(found, candidate, mine):
            return False
        last = max(self._clauses[its][0], self._last_end(found.start))
        return not _NEW_PREDICATE.search(self._text, last, found.start)

    def _offers_another(self, found: Found, candidate: Candidate, mine: int) -> bool:
        """Whether the offer is of a later paper, and this one is demanded (须有A证,B证可入职后考取)."""
        demanded = _DEMAND.search(self._text, self._clauses[mine][0], candidate.start) is not None
        offered = found.cue.strength == "after_hire" and demanded
        return offered and self.passes_another(candidate, found.start)

    def _ends_in_holder(self, number: int) -> bool:
        """Whether a clause names those of whom the next one speaks (持A证者,优先安排)."""
        return self._text[: self._clauses[number][1]].endswith(("者,", "的,", "人员,"))

    def _bare_reaches(self, found: Found, mine: int, its: int) -> bool:
        """Whether a clause without content of its own (者优先, 以上均优先) speaks of an earlier one."""
        ahead = _LOOKS_AHEAD.match(self._text, found.start) and not self._ends_in_holder(its - 1)
        if ahead or _FIRM.search(self._text, *self._clauses[mine]):
            return False
        if _ALL_ABOVE.match(self._text, self._clauses[its][0]):
            return True
        return all(self._continues(self._clauses[i]) for i in range(mine + 1, its)) or (
            "放宽" in self._text[found.start : found.end] and self._one_subject(mine, its)
        )

    def _complete(self, candidate: Candidate, mine: int) -> bool:
        """Whether a clause says all there is to its name: the clause after it prefers something more."""
        start, end = self._clauses[mine]
        if _CONJUNCTION.match(self._text, end) and not self._text.startswith(("其他", "其它"), end):
            return False
        demanded = _DEMANDED.search(self._text, start, candidate.start)
        closed = _CLOSED.search(self._text, candidate.end, end)
        other_way = _OTHER_WAY.search(self._text, candidate.end, end)
        whole = _THRESHOLD.search(self._text[candidate.start : end - 1])
        return bool(demanded or closed or other_way or whole)

    def _prefers_another(self, found: Found, mine: int) -> bool:
        """Whether the clause after a demand says nothing but `NAME优先` (持有A证,B证优先)."""
        start, end = self._clauses[mine]
        index = bisect_left(self._names, end, key=_BEGIN)
        if index == len(self._names) or _CONJUNCTION.match(self._text, end):
            return False
        name = self._names[index]
        return (
            name.start - end <= _NEAR
            and not self._text[name.end : found.start].strip()
            and self._text.startswith(("优先", "加分", "更"), found.start)
            and not (mine and self._clauses[mine - 1][0] <= self._last_start(start))
            and _WHOLE_DEMAND.fullmatch(self._text[start:end]) is not None
        )

    def _one_subject(self, mine: int, its: int) -> bool:
        """Whether clauses joined by 且 tell for whom `its` relaxes something (有A,且有经验者,年龄可放宽)."""
        between = self._clauses[mine + 1 : its]
        return (
            bool(between)
            and all(_AND_ALSO.match(self._text, start) for start, _ in between)
            and self._ends_in_holder(its - 1)
        )

    def _names_another(self, found: Found, candidate: Candidate) -> bool:
        """Whether an offer in another clause speaks of what is named there (无B证的公司协助办理)."""
        if _OTHER_MATTER.match(self._text, found.end):
            return True
        bracket = bracket_around(self._text, found.start) or (0, len(self._text))
        # A证(有效)、B(C证可代办): what brackets hold beside another name is said of that one.
        if not bracket[0] <= candidate.start < bracket[1] and self._next_start(bracket[0]) < found.start:
            return True
        begin = found.start + self._text.startswith(",", found.start)
        its = clause_at(self._clauses, begin)
        if its == clause_at(self._clauses, candidate.end - 1):
            return False
        start, end = self._clauses[its]
        if _SKILL.search(self._text, start, begin):
            return True
        return any(start <= name.start < end for name in self._names if _is_other(name, candidate))

    def at_once(self, found: Found, candidate: Candidate) -> bool:
        """Whether neither a comma nor a bracket parts `found` from `candidate`."""
        low, high = sorted((found.start, candidate.start))
        same = clause_at(self._clauses, found.start) == clause_at(self._clauses, candidate.end - 1)
        return same and "(" not in self._text[low:high]

    def _is_bare(self, found: Found, clause: tuple[int, int], candidate: Candidate) -> bool:
        own = self._text[clause[0] : found.start].strip(' )"”')
        bare = _DRIVES if candidate.qualification == DRIVING else _BARE
        pattern = _RELAXED if "放宽" in self._text[found.start : found.end] else bare
        return pattern.fullmatch(own) is not None

    def _continues(self, clause: tuple[int, int]) -> bool:
        """Whether a comma clause goes on with the enumeration of the one before."""
        if _CONJUNCTION.match(self._text, clause[0]) or _CODE.match(self._text, clause[0]):
            return True
        head = self._text[clause[0] : clause[1]].lstrip()
        if head.startswith(self._predicates) or _NEW_SENTENCE.match(head) or _NEXT_POST.match(head):
            return False
        if _PERSON.fullmatch(head):
            return True
        begin = clause[1] - len(head)
        return self._next_start(begin) <= begin + _OPENING

    def passes_another(self, candidate: Candidate, end: int) -> bool:
        """Whether a comma and another paper stand between `candidate` and `end` (A证,健康证入职后办)."""
        comma = self._text.find(",", candidate.end, end)
        return comma >= 0 and any(
            comma < name.start < end and _is_other(name, candidate) for name in self._names
        )

    def inside(self, position: int) -> bool:
        """Whether `position` stands inside a name."""
        index = bisect_left(self._names, position, key=_BEGIN) - 1
        return index >= 0 and position < self._names[index].end

    def _next_start(self, position: int) -> float:
        """Where the first name at or after `position` begins; infinite if there is none."""
        index = bisect_left(self._names, position, key=_BEGIN)
        return self._names[index].start if index < len(self._names) else inf

    def _last_start(self, position: int) -> int:
        """Where the last name before `position` begins; -1 if there is none."""
        index = bisect_left(self._names, position, key=_BEGIN)
        return self._names[index - 1].start if index else -1

    def _last_end(self, position: int) -> int:
        """Where the last name that ends at or before `position` does."""
        index = bisect(self._names, position, key=_END)
        return self._names[index - 1].end if index else 0


def _is_other(name: Candidate, candidate: Candidate) -> bool:
    return name.sort not in _NOUNS and name.qualification != candidate.qualification
