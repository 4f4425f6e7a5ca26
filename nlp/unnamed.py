"""Nouns for a paper without a listed name: a certificate nobody has listed, or one with no name at all."""

import re
from typing import Final

from nlp.clause import Candidate, Item
from nlp.lexicon import Hit, Lexicon

COLLEGE: Final = "1+x"
"""How the grades of skill that colleges award are called (1+X药物制剂生产证书)."""
_SCHEME: Final = re.compile("制度|试点|工作|考[核评]|标准|师资|培训|课程|教材|项目")
_STOP: Final = re.compile(
    "[^一-龥a-z0-9+()]|或者?|以及|和(?!谐)|与(?!或)|持有?|具备|具有|拥有|取得|获得|考[取到过出]|拿[到下]|通过|需要?|须|必须|要求|应(?![急用届变])|(?=[公单我免统协帮组安后再送])(?:(?:公司|单位|我司|免费|统一|协助|帮助|帮忙|组织|安排){1,3}培训(?!师)|免费|协助|帮忙|安排取?|[后再]取|送去学?)|"
    "有(?!限|色|害|效|机|关)|无(?!损|人|线)|及(?!其以上|以上)|带(?!电)|提供|享受|跟踪|熟悉|了解|优先|相应|携带|办理|负责|颁发的?|发放|合格发|并(?!购)|且|对应|者"
)
_PERSON: Final = re.compile(
    "(?:[师员工士]|(?:操作|驾驶|机|泵|吊|炮|炉)手|(?:经纪|代理|主持|鉴定|经理|评估|讲解|策划|保管|养护)人|经理|顾问|[班组队店站校园场厂所]长)$"
)
_ANYONE: Final = re.compile(
    "员工|职工|人员|学员|会员|党员|团员|官员|雇员|队员|个人|本人|成员|商人|师资|工人$|[施加竣开复用务人分停]工$"
)
_EVERYBODY: Final = re.compile("员工|职工|人员|工人$")
_CLASS: Final = re.compile(
    "相关|有关|相应|对应|同等|等同|同级|同类|其他|其它|类似|专业|职业|从业|执业|领域|(?<!各)类|以上|上述|行业|技能|技术|安全生产"
)
_SOFT: Final = re.compile("(?:者|的)?(?:优(?![质秀良化惠势])|为佳|更佳|加分)")
_CLOSING: Final = re.compile("(?<!同)(?<!相)等(?!级|同)|以下|下列|各类|各种|各项|^[该此]")
_TRADE_LENGTH: Final = 6
_LONGEST_NAME: Final = 16
_MODIFIES: Final = re.compile(
    "(?!优先|优(?![一-龥])|者|等|的|为|以|或|及|和|可|均|也|更|加|最|之|将)[一-龥]|[的之](?!.{0,6}优先|者|人|更|最|可)[一-龥]|(?:或|及|和|、|与|/)[一-龥]{1,6}(?:行业|机构|公司|领域)"
)
_GRADE: Final = re.compile("[一二三四五]级$")
_UNLISTED_HEADS: Final = re.compile(
    "(?:职业|从业|执业|上岗|岗位|培训|进修|操作|作业|技能|等级|级别|资格|合格|技术)(?:资格|等级|技能)?(?:认证)?证书?$|^(?:证|证书|执照)$|职业资格$"
)
HOLDING: Final = re.compile(
    r"(?:(?<![支维保坚主扶把])持有?|具有|具备|拥有|取得|获得?|考取|通过|有|国家|考过|注册|持证|证书[:(]?|资格[:(])[:\s\"“《(]{0,2}(?:过|国家|全国|有效)?(?:[一二三]级|[初中高]级)?$"
)
"""Words before a name by which someone holds it."""
_COURSE: Final = re.compile("进修(?:合格)?证|培训(?:合格证|证(?![书件照]))")
"""Courses for a trade; a plain 培训证书 may be of any."""
_POST_ONLY: Final = re.compile("上岗|岗位")
_ANY_COURSE: Final = re.compile(
    "(?:岗前|入职|转岗|在职|内部|短期|系统|统一|正规|专门|专项|厂家|厂商|海外|国外|国际|教育|师资|语|计算机|驾驶|[军党各种项次])$"
)
"""Behind these a 培训证书 tells no trade."""
_TRADE_PAPER: Final = re.compile("从业.{0,4}证")
_REGULATED: Final = re.compile(
    "金融|财|会计|证券|运输|道路|货|客|车|驾|船|航|铁路|交通|危|放射|核|特种|电|医(?!药代表)|护|教|法|新闻|记者|播|导游|消防|保安|建|安全"
)
"""Trades in which a 从业资格 may be one of the catalogue or of a statute."""
_DANGEROUS: Final = re.compile(
    "特[种殊]|电(?![脑商影子])|焊|制冷|空调|登高|高[处空压]|压力|容器|锅炉|灭菌|起重|吊|叉|索道|游乐|爆|危|化[工学]|工艺|煤|矿|瓦斯|井|"
    "气|燃|射|辐|核|消防|船|航|飞|机场|铁路|机车|轨道|驾驶|车|医|护|麻醉|血|手术|超声|影像|安检|枪|毒|农药|种子|计量|建筑|塔|架"
)
"""Work for which the law may ask for a paper."""
_ANY_MACHINE: Final = re.compile(
    "(?:维修|设备|机械|机器|机具|安装|运行|生产|工程|现场|安全|系统|仪器|专用|大型|小型)$"
)
_TRAILING: Final = re.compile(
    "(?:职业|从业(?:人员)?|执业|上岗|岗位|培训|进修|操作|作业|技能|等级|级别|资格|合格|技术|认证){1,3}$"
)
_OF_TRADE: Final = re.compile("操作|上岗|资格|从业|作业")
_SOME: Final = re.compile("(?:相关|相应|对应|有关|必要|所需)的?(?:专业|职业|执业|从业|行业|技术)*的?")
_HELD_FIELD: Final = re.compile(
    "(?:具有|具备|拥有|持有|取得|有)[一-龥]{1,10}(?:相关|有关)的?(?:专业|职业|执业|从业|行业|技术)*$"
)
_EQUAL: Final = re.compile("(?<![历科专士])(?:或者?|、)同等(?:及|级)?以?上?(?:的|级别|专业|技术|职业|相关)*$")
_SUITED: Final = re.compile("(?:相关|相应|对应|有关)的?$")
_ALL_KINDS: Final = re.compile("各[类种](?:专业|职业|技能|资格|从业)*")
_ISSUED: Final = re.compile("(?:颁发|核发|认可|承认)的$")
_BRIEF: Final = 4
_BORDER: Final = re.compile("[^一-龥a-z0-9]")
_ENDS: Final = re.compile("$|[^一-龥]|者|优先|[或和及]")
NO_TRADE: Final = re.compile(
    "出入|通行|进出|准入|临时|会员|准考|社保|港澳|台胞|边防|军|残疾|党员|志愿|献血|烈|低保|老年|退|居住|学|住房|车位|护照|获奖|"
    "荣誉|书面|人|公司|企业|单位|厂|店|户|婚|育|房|地|品|[一二两三四五六七八九十多全各]$|有效|本|此|该|认|保|验|论|考|查|求|旁|凭"
)
"""Words by which a card of some kind is told from the paper of a trade (出入证)."""
_ABOVE: Final = re.compile("(?:以上|上述|这些|前述)(?:各类|各项|相关|资格|职业)*")
_MEANT: Final = re.compile(
    "(?:都|均|也)?(?:须|需|必须|应)?(?:具备|满足|持有|有|任选|符合)?(?:其中)?(?:其一|之一|任[一意]|齐全|缺一不可|[一二两]者)"
)
"""以上证书须具备其一: those named before."""
_CARDS: Final = frozenset({"证件", "证照"})
_STATES: Final = frozenset({"资格", "资质", "考试", "职称"})
_ANYTHING: Final = re.compile(
    r"$|[^一-龥]|者|优先|上岗|的|或|均|即|也|为|可|更|亦|及|和|与|有|齐全|之类|什么的|啥的"
)
_GOT: Final = re.compile(r"(?<![支维保坚主扶把])(?:持有?|有|具有|具备|取得|获得|考取?|考到|拿到|考出)$")
_POST_LABEL: Final = re.compile("(?:[员师工岗手长]|司机|教练|前台):$")
"""What a post needs stands behind its label (司机:吊机证)."""
_WAIVED: Final = re.compile(
    r"(?:(?:/|或)(?:许可证|职称))?(?:要求)?[:\s]{1,3}(?:n/a|不限|无(?:需|要求|须|$|[^一-龥])|不要求|没有)|均?不限|不作?要求|方面(?:没有|无|不作?)[^,。;有]{0,4}要求"
)
_ANY: Final = frozenset({"证", "证书", "证件", "证照", "资格证", "资格证书"})
_REFUSED: Final = re.compile(
    "(?:无需|无须|不需要?|不用|不看|不要求?|不强求|不限|不卡|不问|不谈|不查|没有要求)"
    "(?:学历|经验|文凭|性别|年龄|[、和及或与/,]|不限|不看|什么|任何|各种|相关|特殊|别的|其他|其它|额外|的)*$"
)
_EITHER_WAY: Final = re.compile("(?:有没有|有无|没有?|无)(?:任何|相关|什么)?$")
_FINE: Final = re.compile(
    "(?:的?人?员?|者)(?:也|可以|可(?![一-龥])|都|均|亦|即可|无所谓|没关系|不要紧|不影响)|的?(?:小白|新手)"
    "|[、/和或]?(?:无|没有?)经验[^,。;]{0,3}(?:可|教|均|都|也|带)|(?:方面的?)?要求(?![一-龥])"
)
_PAID: Final = re.compile(
    "补贴|津贴|奖励|奖金|补助|费|管理|年检|年审|报销|复审|延期|收集|"
    "的?(?:注册|维护|转移|转注|更新|变更|保管|申办|报考|考证|备案|继续教育)"
)
_OF_STAFF: Final = re.compile("(?:员工|人员|职工|各类|各种)的?$")
_ALLOWANCE: Final = re.compile("补贴|津贴|补助|奖励|奖金")
_LABEL: Final = re.compile(
    r"(?:(?:[/、]|或|和|及)(?:职称|资质|技能|执业资格|职业资格|等级|执照|许可证))?(?:要求|需求|情况|名称)?"
    r"\s?[a-z ]{0,16}\)?:|"
    r"[或及和](?:技能|能力)?(?:条件|要求)\s*(?:$|\n)|要求(?=持有|取得|具有|具备)|\*{1,2}\s*(?:$|\n)|(?<=从业资格)[1-9一二两三]年"
)
_OPENING: Final = re.compile(r"(?:^|[\s:;。•.])(?:专业|职业|资格|资质|相关|技术|技能|从业)*$")
_HELD_NEXT: Final = re.compile("(?:须|需|应|要求)?(?:持有|取得|获得|具有|具备|拥有)(?!者|人|时|的?优先)")
_OF_THINGS: Final = frozenset({"认证", "证书", "资质证书", "认证证书", "许可证"})
_PRIZE: Final = re.compile("(?:大赛|竞赛|比赛)[^,。;、]{0,6}$")
_FOR_PEOPLE: Final = re.compile("相关|相应|有关|作业|操作|人员|个人|从业|驾驶")
_THING: Final = re.compile(
    "(?:产品|商品|设备|企业|工厂|厂家)的?(?:准入|安全|质量|体系|入网|进网|上市|出口|强制|销售|注册)*$"
)
_THING_GETS: Final = re.compile(
    "符合(?:相关)?$|(?:产品|商品|企业|工厂|公司产品)(?:及时|快速|高质量|顺利|按时|能够)*(?:获得|取得|通过|获取)(?:相关)?$"
)
_LENT: Final = re.compile("(?:数字|安全|服务器|域名|客户端|ssl|tls|https|ca|签名|加密)$")


class Unnamed:
    """Reads what stands before a noun for a paper when no listed name does."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def read(self, item: Item, hit: Hit, taken: int) -> Candidate | None:
        """The candidate of the noun at `hit`; what stands before `taken` belongs to other candidates."""
        text = item.text
        end = self._end(text, hit)
        start = phrase_start(text, max(taken, hit.start - _LONGEST_NAME), hit.start)
        phrase, head = text[start : hit.start], text[hit.start : end]
        if head in _STATES:
            return _state(text, start, phrase, Candidate(hit.start, end, "head", "", head, head=head))
        rest = self._lexicon.without_filler(phrase)
        written = _trailing(phrase) + head
        name = _GRADE.sub("", rest)
        if _is_name(name, written, phrase) or _of_college(text, rest, end):
            return Candidate(start, end, "unlisted", "", name, head=written)
        named = ("相关" + written) if "相关" in phrase else written
        # 具备计算机软硬件方面证书: the field may be a word that is known.
        whole = phrase_start(text, max(0, hit.start - _LONGEST_NAME), hit.start)
        wanted = (
            HOLDING.search(text, max(0, start - 10), start)
            or (not _names_any(item, whole) and HOLDING.search(text, max(0, whole - 10), whole))
            or _SOFT.match(text, end)
        )
        sort = "head" if _speaks(text, hit, end, phrase, rest, wanted=wanted is not None) else "noun"
        start = hit.start if rest else _suited(text, start)
        return Candidate(start, end, sort, "", named, head=head)

    def _end(self, text: str, hit: Hit) -> int:
        end = hit.end
        match = self._lexicon.suffix.match(text, end)
        while match is not None and not match.group(1) and match.group(2) != "考试":
            end = match.end()
            match = self._lexicon.suffix.match(text, end)
        return end


def _names_any(item: Item, start: int) -> bool:
    return any(each.accepted and each.end > start for each in item.candidates)


def phrase_start(text: str, low: int, high: int) -> int:
    """Where the noun phrase that ends at `high` begins: after the last word that cannot be inside one."""
    start = low
    for match in _STOP.finditer(text, low, high):
        start = match.end()
    # 整容师(整容师证优先): what stands before the bracket is the post.
    opened = text.rfind("(", start, high)
    return opened + 1 if opened >= 0 and ")" not in text[opened:high] else start


def _is_name(rest: str, written: str, phrase: str) -> bool:
    """Whether a noun with `rest` before it names a certificate that nobody has listed."""
    if (
        _PERSON.search(rest)
        and len(rest) > 1
        and not _ANYONE.search(rest)
        and _UNLISTED_HEADS.search(written)
    ):
        return True
    # 黄金从业资格证 is some body's, unless the law may ask for one in that trade.
    of_trade = bool(_TRADE_PAPER.match(written)) and not (_REGULATED.search(rest) or _CLOSING.search(phrase))
    return (
        (
            of_trade
            or _POST_ONLY.search(written) is not None
            or _of_course(rest, written)
            or _of_machine(rest, written)
        )
        and 1 < len(rest) <= _TRADE_LENGTH
        and not (_CLASS.search(_within(phrase, rest)) or _EVERYBODY.search(rest))
    )


def _of_college(text: str, rest: str, end: int) -> bool:
    """Whether a noun closes the name of what colleges award; 1+X证书制度 is no paper."""
    return rest.startswith(COLLEGE) and rest != COLLEGE and _SCHEME.match(text, end) is None


def _of_course(rest: str, written: str) -> bool:
    """血液透析进修证书, 康复治疗培训合格证: a hospital or a body has trained someone for a trade."""
    course = _COURSE.match(written)
    regulated = course is not None and course.group().startswith("培训") and _REGULATED.search(rest)
    return course is not None and not (regulated or _ANY_COURSE.search(rest))


def _of_machine(rest: str, written: str) -> bool:
    """切纸机操作证: a firm or a maker lets someone work with it, unless the law does."""
    vague = len(rest) <= _BRIEF // 2 or _ANY_MACHINE.search(rest)
    return written.startswith("操作证") and not (vague or _DANGEROUS.search(rest))


def _within(phrase: str, rest: str) -> str:
    """`phrase` without the words that belong to the noun behind it (从业人员 of 拍卖从业人员资格证).

    Also without the 行业 behind a trade that no law regulates (供水行业上岗证).
    """
    phrase = phrase.removesuffix(_trailing(phrase))
    head, found, tail = phrase.partition("行业")
    return head + tail if found and head == rest and not _REGULATED.search(rest) else phrase


def _state(text: str, start: int, phrase: str, found: Candidate) -> Candidate | None:
    """资格, 资质: no paper by themselves, but they close lists, and 具有相关资格 asks for some paper."""
    if found.head == "考试":
        return None
    if found.head == "职称":
        found.start = start
        return found
    some = _SOME.fullmatch(text, _suited(text, start), found.start)
    if (
        some
        and _GOT.search(text, max(0, some.start() - 2), some.start())
        and _ANYTHING.match(text, found.end)
    ):
        found.start, found.written = some.start(), "相关" + found.head
        return found
    # 或同等以上资格 is an option of its own; 具备人事管理相关资格的优先: a field stands between.
    if (_EQUAL.search(text, max(0, found.start - 12), found.start) and _ENDS.match(text, found.end)) or (
        _HELD_FIELD.search(text, max(0, found.start - 16), found.start) and _SOFT.match(text, found.end)
    ):
        found.written = "相关" + found.head
        return found
    if not _CLOSING.search(phrase):
        return None
    found.sort = "noun"
    return found


def _suited(text: str, start: int) -> int:
    """Where 相关 or the like begins before the phrase at `start`."""
    suited = _SUITED.search(text, max(0, start - 3), start)
    return suited.start() if suited else start


def _speaks(text: str, hit: Hit, end: int, phrase: str, rest: str, *, wanted: bool) -> bool:  # noqa: PLR0913
    """Whether a head without a name still asks for some paper (相关证书, 有证); 开发者证书 does not."""
    word = hit.word.text
    if word == "持证上岗":
        return not text.startswith("率", end)
    if (not rest and _WAIVED.match(text, end)) or _earned(text, hit, end, phrase):
        return True
    if (word in _ANY and _refused(text, hit.start, end)) or (not phrase and _wished_for(text, hit, end)):
        return True
    phrase = "" if phrase.endswith("+") else phrase
    referring = _ABOVE.fullmatch(phrase) and _MEANT.match(text, end)
    if referring or _CLOSING.search(phrase) or _labels(text, hit, end, rest) or _mute(text, hit, end, phrase):
        return False
    if word in _BARE and (not phrase or _ANYONE.fullmatch(phrase) or _OF_STAFF.search(phrase)):
        return _BARE[word](text, hit.start, end)
    named = wanted and phrase and len(rest) <= _LONGEST_NAME
    of_class = phrase and (not rest or _CLASS.search(phrase))
    return _some_trade(text, hit, rest) if word == "证" else hit.word.firm or bool(named or of_class)


def _refused(text: str, start: int, end: int) -> bool:
    """不看证, 无证也可: no paper is asked for."""
    before = text[max(0, start - 14) : start]
    if _REFUSED.search(before):
        return _ANYTHING.match(text, end) is not None
    return _EITHER_WAY.search(before) is not None and _FINE.match(text, end) is not None


def _wished_for(text: str, hit: Hit, end: int) -> bool:
    """有认证的优先, 持有证件者优先: what is held is no other thing where it helps with a post."""
    return (
        hit.word.text in {"认证", "证件"}
        and _SOFT.match(text, end) is not None
        and _GOT.search(text, max(0, hit.start - _BRIEF), hit.start) is not None
    )


def _any_certificate(text: str, start: int, end: int) -> bool:
    """证书 with nothing before it: held as such (有证书), or a matter of pay and files (证书补贴)."""
    if _PAID.match(text, end):
        return not _LENT.search(text, max(0, start - 6), start)
    before = text[max(0, start - 4) : start]
    got = _GOT.search(before) or _ISSUED.search(before) or text.startswith("齐全", end)
    return bool(got) and _ANYTHING.match(text, end) is not None


def _trailing(phrase: str) -> str:
    match = _TRAILING.search(phrase)
    return match.group() if match else ""


def _labels(text: str, hit: Hit, end: int, rest: str) -> bool:
    """Whether the noun only labels what follows (资格证书/职称:, 证书要求持有, and 证书取得 at the start)."""
    if _LABEL.match(text, end):
        return True
    opens = not rest and _OPENING.search(text, max(0, hit.start - 6), hit.start)
    return bool(opens) and _HELD_NEXT.match(text, end) is not None


def _mute(text: str, hit: Hit, end: int, phrase: str) -> bool:
    """证件 that are no papers of a trade, what a thing is certified for, and 认证 that describes a word."""
    word = hit.word.text
    if word in _CARDS:
        return _OF_TRADE.search(phrase) is None
    if (word == "许可证" and not _FOR_PEOPLE.search(phrase)) or (
        _PRIZE.search(text, max(0, hit.start - _LONGEST_NAME), hit.start) or text.startswith("材料", end)
    ):
        return True
    if word in _OF_THINGS and (_THING.search(phrase) or _thing_gets(text, hit.start - len(phrase))):
        return True
    if word == "资质认证" and not _SOME.match(phrase):
        return True
    return word.endswith("认证") and _MODIFIES.match(text, end) is not None


def _thing_gets(text: str, start: int) -> bool:
    """产品及时获得…证书: a product holds it."""
    return _THING_GETS.search(text, max(0, start - 16), start) is not None


def _earned(text: str, hit: Hit, end: int, phrase: str) -> bool:
    """持相关证件上岗, 拥有各类证书: some paper of the trade is held."""
    if _ALL_KINDS.fullmatch(phrase):
        return _GOT.search(text, max(0, hit.start - len(phrase) - 2), hit.start - len(phrase)) is not None
    some = _SOME.fullmatch(text, _suited(text, hit.start - len(phrase)), hit.start)
    got = (some and _GOT.search(text, max(0, some.start() - 2), some.start())) or _HELD_FIELD.search(
        text, max(0, hit.start - _LONGEST_NAME), hit.start
    )
    return hit.word.text in _CARDS and bool(got) and _ANYTHING.match(text, end) is not None


def _holds_any(text: str, start: int, end: int) -> bool:
    """持证, 有证: a paper with no name, where nothing follows that it could be about, but pay (持证津贴)."""
    before = text[max(0, start - 1) : start]
    paid = before == "持" and _ALLOWANCE.match(text, end) is not None
    return paid or (before in {"持", "有"} and _ANYTHING.match(text, end) is not None)


def _some_trade(text: str, hit: Hit, rest: str) -> bool:
    """有针灸证, 司机:吊机证: a paper whose name nobody has listed and that ends in no person."""
    begin = hit.start - len(rest)
    held = _GOT.search(text, max(0, begin - 2), begin) or _POST_LABEL.search(text, max(0, begin - 4), begin)
    # 家电清洗证优先: a whole phrase that is wished for.
    wished = held is None and _opens(text, begin) and _SOFT.match(text, hit.end) is not None
    return (
        1 < len(rest) <= (_TRADE_LENGTH if wished else _BRIEF)
        and text.startswith(rest, begin)
        and (held is not None or wished)
        and NO_TRADE.search(rest) is None
        and _ENDS.match(text, hit.end) is not None
    )


def _opens(text: str, begin: int) -> bool:
    return begin == 0 or _BORDER.match(text[begin - 1]) is not None


_BARE: Final = {"证": _holds_any, "证书": _any_certificate, "资质证书": _any_certificate}
