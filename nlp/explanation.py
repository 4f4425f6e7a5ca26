"""A reading in Chinese that a layman understands: the words, the rule, the legal text, a lawful wording."""

from collections.abc import Iterator
from typing import Final

from config.packs import Pack
from config.policy import CANCELLED, Basis, Policy
from config.reading import Occupation
from events.types import Mention, PackFinding, Reading
from nlp.normalise import normalise
from nlp.occupation import OccupationReader
from nlp.packs import Reason
from nlp.reader import Reader
from nlp.rules import Rules

VERDICTS: Final = {
    "violation": "疑似违规要求",
    "advisory": "提示",
    "lawful": "可以要求",
    "none": "不作判断",
}
STRENGTHS: Final = {
    "required": "作为录用条件",
    "preferred": "优先条件",
    "alternative": "可选条件之一",
    "after_hire": "入职后取得",
    "mentioned": "只是提到",
    "negated": "明确不要求",
}


_PASSED_OVER: Final[dict[Reason, str]] = {
    "trap": "字样另有所指",
    "refused": "被否定或拒绝，或说明由单位承担",
    "exempt": "岗位名称表明是该行业的工作人员",
    "alone": "没有须同时出现的字样",
}
_GRAVEST_FIRST: Final = ("violation", "advisory", "lawful", "none")


def explain(reading: Reading, *, title: str, text: str, rules: Rules) -> str:
    """The reading as text: one paragraph for each mention, the gravest first."""
    edition = rules.catalogue.edition_on(reading.on).row.title
    parts = f"（目录 {reading.catalogue_version}，政策 {reading.policy_version}）"
    lines = [f"判断日期：{reading.on}　依据目录：{edition}　规则版本：{reading.rules_version}{parts}"]
    hints = [pack for pack in rules.data.packs if any(found.pack == pack.id for found in reading.findings)]
    also = "".join(f"；另有提示：{pack.name}" for pack in hints)
    lines.append(f"结论：{conclusion(reading)}{also}（机器识别，须经人工核查）")
    post = post_of(rules, title, text)
    for mention in sorted(reading.mentions, key=lambda each: _GRAVEST_FIRST.index(each.verdict)):
        lines.extend(["", *_paragraph(mention, rules.policy, post)])
    for pack in hints:
        found = [finding for finding in reading.findings if finding.pack == pack.id]
        lines.extend(["", *_hint(pack, found, rules.policy)])
    return "\n".join(lines)


def post_of(rules: Rules, title: str, text: str) -> Occupation | None:
    """The post, where the title tells it beyond doubt."""
    families = rules.data.occupations
    clear = OccupationReader(families).clear(normalise(title).text, normalise(text).text)
    return next((family for family in families.families if family.id == clear), None)


def conclusion(reading: Reading) -> str:
    """What the whole ad comes to, in a few words."""
    if not reading.mentions:
        return "未发现证书要求"
    if reading.verdict == "violation":
        return "疑似将不得与就业挂钩的证书作为录用条件"
    return {"advisory": "未发现疑似违规，有提示", "lawful": "所要求的为准入类资格"}.get(
        reading.verdict, "未发现疑似违规"
    )


def _paragraph(mention: Mention, policy: Policy, post: Occupation | None) -> list[str]:
    cue = f"，依据词“{mention.cue.text}”" if mention.cue else ""
    used = f"{STRENGTHS[mention.strength]}{cue}（规则 {mention.rule}）"
    lines = [
        f"【{VERDICTS[mention.verdict]}】“{mention.quote}”（{mention.name}）",
        f"  原文：{_highlighted(mention)}",
        f"  性质：{policy.row_name(mention.kind)}；用法：{used}",
    ]
    if mention.row and mention.row != mention.kind:
        lines.append(f"  口径：{policy.row_name(mention.row)}")
    lines.extend(f"  {line}" for line in scope_told(mention, policy, post))
    lines.extend(f"  依据：{text}" for text in grounds(mention, policy))
    if mention.measure:
        lines.append(f"  措施：{mention.measure}")
    if mention.suggestion:
        lines.append(f"  建议：{mention.suggestion}")
    return lines


def _hint(pack: Pack, found: list[PackFinding], policy: Policy) -> Iterator[str]:
    """What a rule pack found: a hint, its words with their rules, its texts, and what to look at."""
    yield f"【提示】{pack.name}"
    for finding in found:
        yield f"  原文：“{' '.join(finding.evidence.text.split())}”（规则 {finding.rule}）"
    yield from (f"  依据：{_told(policy.bases[text])}" for text in found[0].basis)
    if not found[0].basis:
        yield "  依据：判断日期之前未见所引文件"
    yield f"  核查：{pack.advice}"


def grounds(mention: Mention, policy: Policy) -> Iterator[str]:
    """The texts that the verdict rests on, each once; the document that ended a paper, where there is one."""
    ended_by, texts = mention.ended_by, policy.bases
    told = any(texts[each].told_of_paper(ended_by) is not None for each in mention.basis)
    for each in mention.basis:
        if ended_by and each == CANCELLED:
            yield from () if told else (ended_by,)
        else:
            own = texts[each].told_of_paper(ended_by) or ""
            yield _told(texts[each]) + own.replace("：", "；", 1)


def scope_told(mention: Mention, policy: Policy, post: Occupation | None) -> Iterator[str]:
    """How far the paper's statute reaches, and whether the post lies within."""
    tied = policy.tied(mention.basis)
    if tied is None:
        return
    yield f"范围：法定活动为“{tied.activity}”；{_fit(mention, policy, post)}"
    if tied.note:
        yield f"说明：{tied.note}"


def _fit(mention: Mention, policy: Policy, post: Occupation | None) -> str:
    if mention.row == "statutory_tie":
        return "从岗位或单位名称看可能属于该活动，请核实"
    if post is None:
        return "岗位名称看不清是否属于该活动，不作判断"
    scope = policy.scopes.scope(mention.qualification or "", post.id)
    return {
        "inside": f"岗位“{post.name}”属于或接近该活动",
        "outside": f"岗位“{post.name}”明显不属于该活动",
        "unclear": f"岗位“{post.name}”是否属于该活动不能确定，不作判断",
    }[scope]


def _told(text: Basis) -> str:
    """A text with its number, date and addressee, or the word that none was found."""
    if not text.found:
        return f"{text.title}{_quoted(text.quote)}"
    addressee = f"，适用于：{text.addressee}" if text.addressee else ""
    return f"{text.citation}{addressee}{_quoted(text.quote)}"


def _quoted(quote: str) -> str:
    return f"：“{quote}”" if quote else ""


def _highlighted(mention: Mention) -> str:
    """The clause with the mention between brackets, cut to what shows it."""
    clause = mention.clause
    start, end = mention.start - clause.start, mention.end - clause.start
    before, after = clause.text[max(0, start - 30) : start], clause.text[end : end + 30]
    return " ".join(f"{before}〔{mention.quote}〕{after}".split())


def explain_silence(reader: Reader, reading: Reading, *, title: str, text: str) -> str:
    """Words that look like a credential or like what a rule pack looks for, and why they were passed over."""
    lines = ["", "未作为证书的字样："]
    for name, raw in (("title", title), ("text", text)):
        normal = normalise(raw)
        taken = [(mention.start, mention.end) for mention in reading.mentions if mention.field == name]
        for hit in reader.rules.lexicon.words.hits(normal.text):
            start, end = normal.original(hit.start, hit.end)
            if hit.word.sort in {"pseudo", "head", "name", "token", "loose", "short"} and not any(
                left < end and start < right for left, right in taken
            ):
                reason = "不是从业证件" if hit.word.sort == "pseudo" else "没有与之相连的证书名称或要求"
                lines.append(f"  “{raw[start:end]}”：{reason}")
    hints = _passed_over(reader, title, text)
    return "\n".join([*(lines if len(lines) > 2 else [*lines, "  无"]), *hints])  # noqa: PLR2004


def _passed_over(reader: Reader, title: str, text: str) -> Iterator[str]:
    """Words of the rule packs of which nothing was made; none of it when there are no such words."""
    raw = (title, text)
    normal = [normalise(each) for each in raw]
    passed = reader.packs.passed_over([each.text for each in normal])
    if passed:
        yield "未作为提示的字样："
    for pack, where, reason in passed:
        start, end = normal[where.text].original(where.start, where.end)
        yield f"  “{raw[where.text][start:end]}”（{pack.name}）：{_PASSED_OVER[reason]}"
