"""The data of rule packs: choices spelt out, contradictions named, rules that cannot work refused."""

import pytest
from pydantic import ValidationError

from config.packs import Core, Hints, Pack, problems


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


def test_choices_in_a_pack_are_spelt_out() -> None:
    rule = Hints(
        id="a",
        groups=[["(不|不用)(坐班|到岗)", ["挂名"]], ["年(|底)付"]],
        enough=2,
        tests=("x",),
    )
    assert rule.groups == (("不坐班", "不到岗", "不用坐班", "不用到岗", "挂名"), ("年付", "年底付"))
