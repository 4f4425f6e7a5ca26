"""Papers of firms and things are nobody's credential; a person's are, whoever is named beside."""

import pytest

from tests.nlp.reading import kinds

THINGS = [
    "公司农药经营许可证齐全,产品有登记证",
    "渔船有检验证书、国籍证书,保险买足",
    "我们实验室通过CNAS认可,建标三十项",
    "药品GMP证书、生产许可证都在期内",
    "环卫作业证由区城管部门核发给车辆",
    "产品批准文号、药品注册证、质检报告齐备",
    "布置会场,印代表证、记者证胸牌",
    "我司具有网络安全等级测评推荐证书",
    "厂里有木材运输证、经营加工许可证",
    "医疗机构执业许可证在大厅公示",
    "我院已取得放射诊疗许可证",
    "车队车辆道路运输证齐全",
]
PERSONS = [
    ("公司有会计证者优先", "会计证"),
    ("在物业公司持电工证上岗", "电工证"),
    ("本店有健康证即可上岗", "健康证"),
    ("工地有塔吊证的师傅", "塔吊证"),
    ("我厂持叉车证工人优先", "叉车证"),
    ("月嫂证两证齐全", "月嫂证"),
    ("电工证、焊工证齐全", "焊工证"),
    ("叉车操作证在有效期内", "叉车操作证"),
    ("道路运输从业资格证由公司办理", "道路运输从业资格证"),
    ("公司要求持有保安员证", "保安员证"),
    ("健康证上墙公示,所以必须有", "健康证"),
    ("产品线相关认证优先", "认证"),
]


@pytest.mark.parametrize("text", THINGS)
def test_a_paper_of_a_firm_or_a_thing_is_none(text: str) -> None:
    assert kinds(f"岗位介绍:{text}。") == []


@pytest.mark.parametrize(("text", "paper"), PERSONS)
def test_a_persons_paper_stays_one(text: str, paper: str) -> None:
    assert paper in [quote for quote, _ in kinds(f"岗位介绍:{text}。")]
