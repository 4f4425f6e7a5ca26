"""Rule packs: each word, trap and refusal; real ads labelled by hand; any text, and in linear time."""

import json
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.labels import fingerprint, texts_of
from config.packs import MARKED
from config.policy import shipped as policy
from nlp.explanation import explain, explain_silence
from nlp.normalise import fold
from nlp.packs import PackReader
from tests.nlp.reading import DAY, PACKS, found, read, reader

LABELS: Final = Path(__file__).parent / "labels" / "packs" / "labels.jsonl"
CASES: Final = [
    (pack.id, rule.id, test)
    for pack in PACKS.values()
    for rule in (*pack.core, *pack.hints)
    for test in rule.tests
]
TRAPS: Final = [(pack.id, word) for pack in PACKS.values() for word in pack.traps]
BAIT: Final = [
    "零基础Java100%就业,岗前实训四个月",
    "培训期间零费用,工作后分期付费",
    "岗前培训要收费,培训费500元,从首月工资扣",
    "考证包过,零基础包拿证",
    "公司统一培训,培训费2980元,学完包上岗",
    "学徒不限年龄,学费3000,分两次交,学成可留店",
    "考电工证报名即学,拿证快,推荐就业",
]
LAWFUL: Final = [
    ("课程顾问", "向学员介绍课程,学费分期,签就业保障协议的实训班任你卖"),
    ("Java培训讲师", "给实训学员上课,学员100%就业"),
    ("招生专员", "负责招收学员,包就业的培训班"),
    ("保安员", "公司提供免费培训,带薪培训,岗前培训"),
    ("保育员", "考证补贴,公司报销考试费,不收取任何培训费"),
    ("客服", "招聘、培训不收取任何费用,不收押金"),
    ("人事主管", "编制年度培训费用预算,控制培训费用"),
    ("运维工程师", "公司每年为员工支付培训费3000元"),
    ("叉车学徒", "无经验可培训,公司包拿证"),
    ("护士", "子女就读本校可享学费优惠,在职读研学费报销"),
    ("校招生", "录取后签订三方就业协议,入职后有专人带教"),
    ("网络销售", "负责联系客户,银行账单分期还款"),
    ("前端工程师", "熟悉打包过程,快速成长,通过软考有证书补贴"),
    ("置业顾问", "月薪包过万,带薪培训"),
    ("客服", "打击考证包过,谨防培训贷"),
    ("会计", "有会计证书,确保过账无误"),
    ("月嫂", "零基础可培训,培训费1980元由公司承担,合格后安排上岗"),
    ("叉车工", "公司出钱考证,考证费300元报销,拿证后安排上岗"),
    ("厨师学徒", "包教会,管吃住,月薪3000"),
]


@pytest.mark.parametrize(("pack", "rule", "test"), CASES)
def test_each_word_is_found_by_its_rule(pack: str, rule: str, test: str) -> None:
    marked = MARKED.search(test)
    assert marked
    text = MARKED.sub(r"\1", test)
    shown = [f.evidence for f in read(text).findings if (f.pack, f.rule) == (pack, rule)]
    assert shown, found(text)
    assert shown[0].start <= marked.start()
    assert shown[0].end >= marked.end() - 2
    assert text[shown[0].start : shown[0].end] == shown[0].text


@pytest.mark.parametrize(("pack", "trap"), TRAPS)
def test_a_trap_swallows_the_core_words_in_it(pack: str, trap: str) -> None:
    # Everything that could keep company is there, so that only the trap can keep the rule silent.
    company = "。".join(word for rule in PACKS[pack].core for word in rule.beside[:2])
    assert not [each for each in found(f"{company}。{trap}。{company}。") if each[0] == pack]


@pytest.mark.parametrize("text", BAIT)
def test_training_sold_as_a_job_is_pointed_out_and_no_violation(text: str) -> None:
    reading = read(text, title="Java开发实习生")
    assert {finding.pack for finding in reading.findings} == {"training"}
    assert reading.verdict in {"none", "lawful"}
    assert not reading.leasing


@pytest.mark.parametrize(("title", "text"), LAWFUL)
def test_those_who_train_or_are_trained_free_are_let_alone(title: str, text: str) -> None:
    assert found(text, title) == []


def test_a_rule_shows_its_shortest_stretch() -> None:
    reading = read("学员入学,早上九点上课,晚上自习,包就业。实训包就业", title="实训生")
    assert [finding.evidence.text for finding in reading.findings] == ["实训包就业"]


def test_the_words_may_begin_within_a_latin_word() -> None:
    assert found("岗前实训,学Java100%就业") == [("training", "training.post-promised")]


def test_disguises_change_nothing() -> None:
    assert found("考證包過,學費分期") == found("考证包过,学费分期") != []
    assert found("一建掛靠") == found("一建挂靠") != []
    assert found("考\u200b证包&nbsp;过") == []
    assert found("考\u200b证<b>包过</b>") == found("考证包过")


def test_the_explanation_names_the_words_the_rule_and_the_texts_of_the_time() -> None:
    text = "实训费用由银行提供助学贷款"
    said = explain(read(text), title="", text=text, rules=reader().rules)
    for part in (
        "【提示】疑似培训招生（招转培）",
        "规则 training.fee-on-credit",
        "第二十四条第一项",
        "核查：",
    ):
        assert part in said
    assert "人社厅发〔2025〕60号" not in said
    assert all(policy().bases[each].date <= DAY.isoformat() for f in read(text).findings for each in f.basis)


@pytest.mark.parametrize(
    ("title", "text", "word", "reason"),
    [
        ("", "档案挂靠", "档案挂靠", "字样另有所指"),
        ("", "谢绝挂靠", "挂靠", "被否定或拒绝"),
        ("课程顾问", "学费分期", "学费分期", "该行业的工作人员"),
        ("", "我们包就业", "包就业", "没有须同时出现的字样"),
    ],
)
def test_it_is_told_why_words_were_passed_over(title: str, text: str, word: str, reason: str) -> None:
    said = explain_silence(reader(), read(text, title=title), title=title, text=text)
    (line,) = [line for line in said.splitlines() if f"“{word}”（疑似" in line]
    assert reason in line


def test_without_such_words_nothing_is_said_of_packs() -> None:
    said = explain_silence(reader(), read("会计一名"), title="", text="会计一名")
    assert "未作为提示的字样" not in said


def test_words_are_written_as_texts_are_read() -> None:
    words = {w for pack in PACKS.values() for w in (*pack.anchors, *pack.traps, *pack.refusals)}
    words |= {w for pack in PACKS.values() for rule in pack.core for w in rule.beside}
    words |= {w for pack in PACKS.values() for rule in pack.hints for each in rule.also for w in each}
    assert {word for word in words if fold(word) != word} == set()


@pytest.mark.shared
def test_the_packs_find_what_people_found(shared: Path) -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    texts = texts_of([row["id"] for row in rows], shared / "ads")
    wrong = {"leasing": 0, "training": 0}
    missed = dict(wrong)
    right = dict(wrong)
    for row in rows:
        title, text = texts[row["id"]]
        assert fingerprint(title, text) == row["sha"], row["id"]
        packs = {finding.pack for finding in read(text, title=title).findings}
        for pack in PACKS:
            said, true = pack in packs, row[pack]
            right[pack] += said and true
            wrong[pack] += said and not true
            missed[pack] += true and not said
    for pack, least in (("leasing", 7), ("training", 80)):
        assert right[pack] >= least, (right, wrong, missed)
        assert right[pack] / (right[pack] + wrong[pack]) >= 0.97, (right, wrong, missed)
        assert right[pack] / (right[pack] + missed[pack]) >= 0.9, (right, wrong, missed)


PIECES: Final = [
    "挂靠", "拒绝", "勿扰", "学费", "500元", "实训", "100%就业", "包过", "考试", "打", "程", "。", "\n", "，",
    "\u200b", "&nbsp;", "\ud800", "\0", "不坐班", "转注册", "一级建造师", "的" * 7,
]  # fmt: skip


@given(
    title=st.text(max_size=20),
    text=st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)),
)
@settings(max_examples=150, deadline=None)
def test_any_ad_gets_findings_whose_evidence_fits(title: str, text: str) -> None:
    raw = {"title": title, "text": text}
    for finding in read(text, title=title).findings:
        span = finding.evidence
        assert 0 <= span.start < span.end <= len(raw[span.field])
        assert raw[span.field][span.start : span.end] == span.text


@pytest.mark.parametrize(
    "unit",
    [
        "挂靠",
        "不挂靠",
        "挂靠的的的的的的",
        "打包过",
        "学费500元",
        "实训100%就业",
        "不坐班转注册",
        "培训费:     ",
    ],
)
def test_hostile_texts_take_linear_time(unit: str) -> None:
    packs = PackReader(list(PACKS.values()))

    def seconds(size: int) -> float:
        text = "一级建造师" + unit * (size // len(unit))
        started = time.process_time()
        packs.find(["", text])
        return time.process_time() - started

    # The best of three: what else the machine does only ever adds to the time.
    took = [min(seconds(size) for _ in range(3)) for size in (20_000, 40_000)]
    assert took[1] < 2.5 * took[0] + 0.2
