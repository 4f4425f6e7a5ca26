"""A reading in Chinese that a layman understands: the words, the rule, the legal text, a lawful wording."""

from typing import Final

from config.policy import Policy
from events.types import Mention, Reading
from nlp.normalise import normalise
from nlp.reader import Reader
from nlp.rules import Rules

VERDICTS: Final = {
    "violation": "疑似违规要求",
    "advisory": "提示",
    "lawful": "可以要求（准入类）",
    "none": "不作判断",
}
KINDS: Final = {
    "licensing": "准入类职业资格",
    "proficiency": "水平评价类职业资格",
    "skill_level": "职业技能等级（目录外）",
    "delisted": "已取消的职业资格",
    "post_permit": "没有法定依据的上岗证、岗位证",
    "foreign": "境外职业资格",
    "vendor": "企业或机构的认证",
    "statutory": "法律要求的其他证件",
    "title": "职称",
    "education": "语言、计算机等考试",
    "generic": "未写明名称的证书",
    "other": "目录未收录的证书",
}
STRENGTHS: Final = {
    "required": "作为录用条件",
    "preferred": "优先条件",
    "alternative": "可选条件之一",
    "after_hire": "入职后取得",
    "mentioned": "只是提到",
    "negated": "明确不要求",
}


def explain(reading: Reading, *, title: str, text: str, rules: Rules) -> str:
    """The reading as text: one paragraph for each mention, the gravest first."""
    del title, text
    edition = rules.catalogue.edition_on(reading.on).row.title
    lines = [f"判断日期：{reading.on}　依据目录：{edition}　规则版本：{reading.rules_version}"]
    lines.append(f"结论：{_conclusion(reading)}（机器识别，须经人工核查）")
    if reading.leasing and reading.leasing_evidence:
        lines.append(f"另有疑似证书挂靠：“{reading.leasing_evidence.text}”")
    order = {"violation": 0, "advisory": 1, "lawful": 2, "none": 3}
    for mention in sorted(reading.mentions, key=lambda each: order[each.verdict]):
        lines.extend(["", *_paragraph(mention, rules.policy)])
    return "\n".join(lines)


def _conclusion(reading: Reading) -> str:
    if not reading.mentions:
        return "未发现证书要求"
    if reading.verdict == "violation":
        return "疑似将不得与就业挂钩的证书作为录用条件"
    return {"advisory": "未发现疑似违规，有提示", "lawful": "所要求的为准入类资格"}.get(
        reading.verdict, "未发现疑似违规"
    )


def _paragraph(mention: Mention, policy: Policy) -> list[str]:
    cue = f"，依据词“{mention.cue.text}”" if mention.cue else ""
    lines = [
        f"【{VERDICTS[mention.verdict]}】“{mention.quote}”（{mention.name}）",
        f"  原文：{_highlighted(mention)}",
        f"  性质：{KINDS[mention.kind]}；用法：{STRENGTHS[mention.strength]}{cue}（规则 {mention.rule}）",
    ]
    lines.extend(
        f"  依据：{policy.bases[basis].citation}{_quoted(policy.bases[basis].quote)}"
        for basis in mention.basis
    )
    if mention.suggestion:
        lines.append(f"  建议：{mention.suggestion}")
    return lines


def _quoted(quote: str) -> str:
    return f"：“{quote}”" if quote else ""


def _highlighted(mention: Mention) -> str:
    """The clause with the mention between brackets, cut to what shows it."""
    clause = mention.clause
    start, end = mention.start - clause.start, mention.end - clause.start
    before, after = clause.text[max(0, start - 30) : start], clause.text[end : end + 30]
    return " ".join(f"{before}〔{mention.quote}〕{after}".split())


def explain_silence(reader: Reader, reading: Reading, *, title: str, text: str) -> str:
    """Words that look like a credential and were not taken for one, each with the reason."""
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
    return "\n".join(lines if len(lines) > 2 else [*lines, "  无"])  # noqa: PLR2004
