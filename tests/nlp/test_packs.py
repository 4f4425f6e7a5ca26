"""Rule packs: each word, trap and refusal; real ads labelled by hand; any text, and in linear time."""

import json
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from benchmarks.labels import GOLD, fingerprint, texts_of
from config.packs import MARKED, Core, Hints, Pack, problems
from config.policy import shipped as policy
from config.reading import shipped
from nlp.explanation import explain, explain_silence
from nlp.normalise import fold
from nlp.packs import PackReader
from tests.nlp.reading import DAY, read, reader

PACKS: Final = {pack.id: pack for pack in shipped().packs}
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
HONEST: Final = [
    "一级建造师,证书须注册到本公司,全职到岗",
    "二级建造师,可注册,15万/年,有项目管理经验",
    "一级建造师,可注册,唯一社保,20万/年,参与招投标,负责企业资质维护",
    "注册消防工程师,带b证者优先,可转入,带项目,聘用年薪面议",
    "招执业药师,证书在有效期内可转注册,驻店工作",
    "拒绝挂靠,一级建造师转注册到我司,15万/年",
    "不招兼职挂证人员,须人证合一",
    "负责财务代理、挂靠秘书地址企业的跟进工作",
    "负责贸易开证和收证初审",
]
UNNAMED: Final = [
    ("药店招聘执业药师", "证书注册在我店即可,平时不用来上班,药监检查时到店,年付。"),
    ("二级建造师(市政)", "仅用于资质申报,不用到岗,1.8万一年,签三年。"),
    ("中级工程师", "需要中级职称证书六本,资质用,不坐班,两千一年"),
    ("八大员", "施工员证、资料员证各两名,只需配合备案,人不来,一本证600"),
    ("注册消防工程师", "挂名,12万两年,先付一半,原件寄来"),
    ("诊所招聘", "医师证备案,平时不用到岗,检查时到场"),
    ("证书顾问", "手里有证的建造师,我们帮您做兼职注册"),
    ("求购一建机电", "证书到手即签,年限两年,社保可不转"),
    ("招监理工程师", "不影响您本职工作,原件快递到付,两年付清"),
    ("岩土工程师", "无社保,可转入,20万/年"),
    ("一级建造师", "长期挂靠,有意请联系,社保无要求"),
    ("高价聘一建", "挂靠,中介勿扰"),
]
"""Loans of a paper that never say so, or say 挂靠 under a title that names the paper."""
OTHER_SENSE: Final = [
    ("货车司机", "自带车辆挂靠我公司,需从业资格证,A2驾驶证"),
    ("卡车司机", "有车愿挂靠的也可来,需要从业资格证"),
    ("应届毕业生", "户口可由公司挂靠,档案免费挂靠,有职称证者优先"),
    ("网格员", "党员组织关系可以挂靠在街道,持社工证"),
    ("社保专员", "社保公积金代缴、挂靠,有证书优先"),
    ("快递加盟", "可挂靠网点,需健康证"),
    ("项目经理", "一级建造师。公司郑重声明:不以任何形式收取押金,绝不参与挂靠、租证、借证。"),
    ("一级建造师", "谢绝一切中介、猎头、挂靠人员;证书须转注册到我司"),
    ("一级建造师", "必须全职,挂证者一经发现立即解除合同"),
    ("执业药师", "证书注册到本店,有挂证经历勿投"),
    ("协管员", "协助排查药师挂证、租证行为"),
    ("法务", "审查被挂靠方的合同,有法律职业资格证书"),
    ("一级建造师", "全职,不接受兼职、年付"),
]
WORK_AT_HOME: Final = [
    ("造价工程师(兼职)", "不坐班,按项目结算,在家办公,有一级造价工程师证优先"),
    ("建筑设计师", "兼职,不坐班,按张计费,不交社保,注册建筑师优先"),
    ("药师", "兼职药师,每周驻店三天,无社保,执业药师证"),
    ("监理工程师", "注册监理,不坐班,驻现场,25万/年"),
    ("执业药师", "执业药师不在岗时挂牌告知,配合药监检查,可注册,全职"),
    ("安全员", "无需坐班,证书补贴:5000元/年"),
    ("一级建造师", "年薪20万/年,可注册,缴纳社保,带业绩优先"),
    ("人事", "负责建造师转注册、初始注册,办理资质,8万/年"),
]


def found(text: str, title: str = "") -> list[tuple[str, str]]:
    return [(finding.pack, finding.rule) for finding in read(text, title=title).findings]


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


@pytest.mark.parametrize("text", HONEST)
def test_a_firm_that_wants_the_holder_is_no_lessor(text: str) -> None:
    assert found(text) == []
    assert not read(text).leasing


@pytest.mark.parametrize(("title", "text"), UNNAMED)
def test_a_loan_is_told_by_signs_that_meet(title: str, text: str) -> None:
    reading = read(text, title=title)
    assert reading.leasing
    assert {finding.pack for finding in reading.findings} == {"leasing"}


@pytest.mark.parametrize(("title", "text"), [*OTHER_SENSE, *WORK_AT_HOME])
def test_other_senses_refusals_and_work_at_home_are_no_loan(title: str, text: str) -> None:
    assert found(text, title) == []


@pytest.mark.parametrize("nearer", ["一建", "车辆"])
def test_the_nearest_word_of_the_clause_tells_in_which_sense(nearer: str) -> None:
    (other,) = {"一建", "车辆"} - {nearer}
    assert bool(found(f"{other}不限,{nearer}要挂靠")) == (nearer == "一建")


def test_the_title_completes_what_the_text_leaves_open() -> None:
    assert found("无社保,年付", "司机") == []
    reading = read("每周一次,年付", title="一级建造师(挂名)")
    assert reading.leasing_evidence is not None
    assert reading.leasing_evidence.text == "年付"
    assert read("挂名,年付", title="一级建造师(挂名)").findings[0].evidence.text == "挂名,年付"


def test_choices_in_a_pack_are_spelt_out() -> None:
    rule = Hints(
        id="a",
        groups=[["(不|不用)(坐班|到岗)", ["挂名"]], ["年(|底)付"]],
        enough=2,
        tests=("x",),
    )
    assert rule.groups == (("不坐班", "不到岗", "不用坐班", "不用到岗", "挂名"), ("年付", "年底付"))


@given(
    left=st.sets(st.integers(0, 3), min_size=2),
    reach=st.integers(1, 40),
)
def test_no_finding_without_one_of_the_anchors(left: set[int], reach: int) -> None:
    pack = PACKS["leasing"]
    signs = [hints.groups[number % len(hints.groups)][0] for hints in pack.hints for number in sorted(left)]
    text = "一级建造师" + ",".join(signs) + "," * reach
    anchored = any(word in text for word in pack.anchors)
    assert anchored or not found(text)


@pytest.mark.parametrize("refusal", PACKS["leasing"].refusals)
def test_a_refusal_turns_a_core_word_round(refusal: str) -> None:
    assert found(f"一级建造师,{refusal}挂靠") == []


@pytest.mark.parametrize("refusal", PACKS["leasing"].refusals_after)
def test_a_refusal_may_follow(refusal: str) -> None:
    assert found(f"一级建造师,挂靠者一律{refusal}") == []


def test_a_refusal_ends_with_its_sentence() -> None:
    assert found("不要高谈阔论。一建挂靠从优") == [("leasing", "leasing.affiliation")]


def test_hints_must_meet_and_need_a_registrable_paper() -> None:
    assert found("美工,不坐班,转注册") == []
    assert found("一级建造师,不坐班" + "。我们做工程。" * 40 + "转注册") == []
    assert found("一级建造师,不坐班,转注册") == [("leasing", "leasing.absent")]


@pytest.mark.parametrize("title", ["一级建造师讲师(兼职)", "远程审方药师(兼职)"])
def test_work_that_is_done_from_home_is_no_loan(title: str) -> None:
    assert found("执业药师或一级建造师均可,兼职,不坐班,注册单位不限", title) == []


def test_leasing_is_a_finding_and_the_field_of_the_guide() -> None:
    reading = read("求一建挂靠")
    assert reading.leasing
    assert [finding.evidence for finding in reading.findings] == [reading.leasing_evidence]


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


def made(**changed: object) -> Pack:
    core = Core(id="a", words=("包过",), tests=("⟦包过⟧",))
    plain: dict[str, object] = {"id": "training", "name": "n", "advice": "", "basis": ("x",), "core": (core,)}
    return Pack.model_validate(plain | {"traps": (), "refusals": ()} | changed)


@pytest.mark.parametrize(
    ("pack", "problem"),
    [
        (made(basis=("y",)), "basis: 'y' is no text"),
        (made(traps=("包过",)), "traps: '包过' is a core word too"),
        (made(core=(Core(id="a", words=("包过", "保过"), tests=("⟦包过⟧",)),)), "no sentence shows ⟦保过⟧"),
        (made(core=(Core(id="a", words=("包过",), tests=("⟦包过⟧⟦速成⟧",)),)), "⟦速成⟧ is no word of a"),
        (made(core=(Core(id="a", words=("包过",), tests=("⟦包过⟧",)),) * 2), "the id of two rules"),
        (
            made(hints=(Hints(id="a", groups=(("x",), ("y",)), enough=2, tests=("x",)),)),
            "the id of two rules",
        ),
    ],
)
def test_data_that_contradict_themselves_are_named(pack: Pack, problem: str) -> None:
    assert any(problem in each for each in problems([pack], {"x"}))


@pytest.mark.parametrize(
    ("field", "value"), [("then", "("), ("beside", ["考"]), ("reach", 10), ("words", []), ("tests", [])]
)
def test_a_rule_that_cannot_work_is_refused(field: str, value: object) -> None:
    rule = {"id": "a", "words": ["包过"], "tests": ["⟦包过⟧"]}
    with pytest.raises(ValidationError):
        Core.model_validate(rule | {field: value})


def test_hints_cannot_ask_for_more_groups_than_there_are() -> None:
    with pytest.raises(ValidationError, match="3 of 2 groups"):
        Hints(id="a", groups=(("x",), ("y",)), enough=3, tests=("x",))


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


@pytest.mark.shared
def test_the_gold_ads_hold_four_offers_of_leasing_and_no_other(shared: Path) -> None:
    with (shared / GOLD).open(encoding="utf-8") as rows:
        ads = [json.loads(row) for row in rows]
    assert [ad["id"] for ad in ads if read(ad["text"], title=ad["title"]).leasing] == [
        ad["id"] for ad in ads if ad["leasing"]
    ]


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
