from itertools import product

import pytest
from pydantic import ValidationError

from config.reading import Cue, Cues, shipped
from tests.nlp.reading import only, strengths

PAPERS = ("茶艺师证", "育婴师资格证书")
FORMS = {
    "required": [
        "须持有{}",
        "必须具备{}",
        "要求有{}",
        "应取得{}",
        "凭{}上岗",
        "无{}勿扰",
        "需持有效{}",
        "{}",
    ],
    "preferred": [
        "有{}优先",
        "持{}者优先考虑",
        "最好有{}",
        "{}加分",
        "有{}者更佳",
        "有{}待遇从优",
        "有{}者,优先录用",
    ],
    "negated": [
        "无需{}",
        "不需要{}",
        "无须{}",
        "毋需{}",
        "不强制要求{}",
        "有无{}均可",
        "{}不限",
        "没有{}也可以",
    ],
    "after_hire": ["入职三个月内考取{}", "公司协助考取{}", "可免费培训取得{}", "试用期内考取{}"],
    "alternative": ["有{}或两年以上经验", "有{}或有同岗位工作经验", "{}或相关专业大专以上学历"],
    "mentioned": ["负责公司{}年检", "{}补贴300元/月", "负责{}培训课程的销售", "面试请携带{}原件"],
}
CASES = [(want, form) for want, forms in FORMS.items() for form in forms]


@pytest.mark.parametrize(("want", "form"), CASES)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_cue_decides_the_strength(want: str, form: str, paper: str) -> None:
    assert strengths(f"任职要求:1、身体健康;2、{form.format(paper)};3、能吃苦。") == [(paper, want)]


@pytest.mark.parametrize("cue", shipped().cues.cues, ids=lambda cue: cue.id)
def test_every_cue_reads_its_own_test_sentence(cue: Cue) -> None:
    # What tells who wrote an ad stands at its beginning.
    heading = "" if cue.scope == "ad" else "任职要求:"
    mention = only(heading + cue.test.replace("⟦", "").replace("⟧", "") + "。")
    assert mention.strength == cue.strength


@pytest.mark.parametrize(
    ("form", "mark"),
    list(product(["无需{}", "毋须{}", "不强制要求{}", "有{}者优先"], ["。", ";", "!", "\n", "；", "，"])),
)
def test_punctuation_around_a_clause_changes_nothing(form: str, mark: str) -> None:
    plain = strengths(f"任职要求:{form.format('茶艺师证')}。")
    assert strengths(f"任职要求:能吃苦{mark}{form.format('茶艺师证')}{mark}") == plain


def test_a_preference_covers_its_clause_and_the_list_before_it() -> None:
    assert strengths("要求:持有茶艺师证、保育员证、厨师证者优先。") == [
        ("茶艺师证", "preferred"),
        ("保育员证", "preferred"),
        ("厨师证", "preferred"),
    ]
    assert strengths("要求:有茶艺师证,有经验者优先。") == [("茶艺师证", "required")]
    assert strengths("要求:有茶艺师证,师范类毕业优先。") == [("茶艺师证", "required")]
    assert strengths("要求:持有茶艺师证,有厨师证优先。") == [
        ("茶艺师证", "required"),
        ("厨师证", "preferred"),
    ]


def test_a_cue_in_brackets_covers_the_bracket_only() -> None:
    assert strengths("要求:须持有茶艺师证(有厨师证优先)。") == [
        ("茶艺师证", "required"),
        ("厨师证", "preferred"),
    ]
    assert strengths("要求:茶艺师证(优先)。") == [("茶艺师证", "preferred")]


def test_a_heading_decides_for_its_list() -> None:
    text = "岗位要求:\n1、有茶艺师证\n优先条件:\n1、厨师证\n2、育婴师证\n公司介绍:\n本公司开设保育员证课程"
    assert strengths(text) == [
        ("茶艺师证", "required"),
        ("厨师证", "preferred"),
        ("育婴师证", "preferred"),
        ("保育员证", "mentioned"),
    ]


def test_the_cue_is_quoted_with_its_place() -> None:
    text = "岗位要求：有茶艺师证者优先"
    mention = only(text)
    assert mention.cue is not None
    assert text[mention.cue.start : mention.cue.end] == mention.cue.text == "者优先"
    assert mention.rule == "preferred.after"


def test_of_a_list_of_patterns_any_will_do() -> None:
    cue = {"id": "a.b", "strength": "negated", "direction": "after", "scope": "near", "test": "⟦x⟧"}
    assert Cue.model_validate({**cue, "pattern": ["^不[看问]", "^免"]}).pattern == "^(?:不[看问]|免)"
    assert Cue.model_validate({**cue, "pattern": ["考$", "学$"]}).pattern == "(?:考|学)$"
    assert Cue.model_validate({**cue, "pattern": ["a", "b"]}).pattern == "(?:a|b)"
    with pytest.raises(ValidationError, match="all or none"):
        Cue.model_validate({**cue, "pattern": ["^不看", "免"]})


def test_patterns_are_built_of_parts() -> None:
    cue = {"id": "a.b", "strength": "negated", "direction": "after", "scope": "near", "test": "⟦x⟧"}
    parts = {"get": "考取?", "later": "入职后{get}"}
    cues = {
        "terminations": [],
        "predicates": [],
        "parts": parts,
        "cues": [{**cue, "pattern": "^{later}.{0,2}"}],
    }
    assert Cues.model_validate(cues).cues[0].pattern == "^入职后考取?.{0,2}"
    with pytest.raises(ValidationError, match="no such part: later"):
        Cues.model_validate({**cues, "parts": {}})


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("求职：本人女，有育婴师证，带过三个宝宝，想找住家的工作", "mentioned"),
        ("找工作！高级电工证，会焊接，月薪八千以上", "mentioned"),
        ("本人持有茶艺师证，五年经验，求一份茶馆的工作", "mentioned"),
        ("求职顾问，要求有人力资源管理师证", "required"),
        ("要求：本人持有会计从业资格证，能找到工作单位开具证明", "required"),
        ("找工作的看过来：店里招茶艺师，要有茶艺师证", "required"),
    ],
)
def test_who_looks_for_work_demands_nothing(text: str, want: str) -> None:
    assert only(text).strength == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("要求 育婴师证或保育员证 三年经验", ["required", "required"]),
        ("持报关员证或通过报关水平测试", ["required", "required"]),
        ("财务专业，其他专业考过会计证亦可", ["alternative"]),
        ("录取后参加岗前培训，取得茶艺师证方可上岗", ["after_hire"]),
        ("有茶艺师证24元/小时，无证20元/小时", ["mentioned"]),
        ("如取得茶艺师证（等级不限）或评茶员证，专业可不限", ["preferred", "preferred"]),
    ],
)
def test_ways_in_and_pay(text: str, want: list[str]) -> None:
    assert [strength for _, strength in strengths(f"任职要求:{text}。")] == want
