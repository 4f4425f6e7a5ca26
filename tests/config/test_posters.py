"""What kind of poster a name tells."""

from pathlib import Path

import pytest

from config.posters import poster_of, poster_owned, posters
from config.tables import DataError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("济南市公安局", "public"),
        (" 某县人力资源和社会保障局 ", "public"),
        ("某某经济开发区管理委员会", "public"),
        ("某某疾病预防控制中心", "public"),
        ("北京某某人力资源有限公司", "agency"),
        ("某某劳务派遣公司", "agency"),
        ("某猎头", "agency"),
        ("公安局招待所有限公司", None),
        ("某小区业主委员会", None),
        ("某某证券人力资源总部", None),
        ("某区就业和人才服务局", None),
        ("某某建筑劳务有限公司", None),
        ("某某人力资源管理协会", None),
        ("某某机械有限公司", None),
        ("人民政府路小吃店", None),
        ("某某国有资本运营集团有限公司", "state"),
        ("某县国有资产管理局", None),
        ("某某面馆（个体工商户）", "individual"),
        ("中国人民银行湖北省分行", "public"),
        ("中国银行股份有限公司湖南省分行", "state"),
        ("国家开发银行", "state"),
        ("中国工商银行股份有限公司工会委员会", None),
        ("中国银行业协会", None),
        ("某某外包服务有限公司（中国银行股份有限公司项目）", None),
        ("平安银行股份有限公司", None),
        ("某市民办实验学校", "private"),
        ("某县民办教育协会", None),
        ("某市第一中学", None),
        ("某县人民医院", None),
        ("某某大学", None),
        ("", None),
    ],
)
def test_a_name_tells_its_kind_or_nothing(name: str, kind: str | None) -> None:
    assert poster_of(name) == kind


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("民营公司", "private"),
        ("外资（欧美）", "private"),
        ("国企", "state"),
        ("事业单位", "public"),
        ("个体工商户", "individual"),
        ("合资", None),
        ("上市公司", None),
        ("国有企业/民营", None),
        ("100-499人", None),
        ("", None),
    ],
)
def test_a_word_for_ownership_tells_one_kind_or_nothing(written: str, kind: str | None) -> None:
    assert poster_owned(written) == kind


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("kinds:\n  public: {end: [局]}\n", "posters.yaml, line 2: kinds.public.end"),
        ("kinds:\n  baker: {ends: [店]}\n", "posters.yaml, line 2: kinds.baker"),
        ("kinds:\n  public: {ends: ['']}\n", "posters.yaml, line 2: kinds.public.ends.0"),
    ],
)
def test_a_wrong_file_names_its_line_and_field(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "posters.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(DataError) as raised:
        posters(file)
    assert message in str(raised.value)
