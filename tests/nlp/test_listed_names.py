"""Every name that the catalogue lists is found where an ad demands it, and means what is listed."""

import pytest

from tests.nlp.reading import read, reader

NAMES = [alias.alias for alias in reader().rules.catalogue.aliases.values() if alias.use == "name"]


@pytest.mark.parametrize("form", ["要求:持有{},三年以上经验。", "岗位要求:大专,{}、健康证,能倒班"])
def test_a_listed_name_is_read_as_one_paper(form: str) -> None:
    unread = [name for name in NAMES if not _whole(form, name)]
    assert len(NAMES) > 4000
    assert unread == []


def _whole(form: str, name: str) -> bool:
    """Whether what is read of the sentence about `name` covers it, once."""
    text = form.format(name)
    start = text.index(name)
    end = start + len(name)
    found = [each for each in read(text).mentions if each.start < end and each.end > start]
    return len(found) == 1 and found[0].start <= start and end <= found[0].end


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("持有全国监理工程师注册证", "监理工程师注册证"),
        ("持有中国职业经理人资格证书", "职业经理人资格证书"),
        ("持有中国导游证", "导游证"),
        ("持国家营养配餐员证", "营养配餐员证"),
        ("大专学历证券从业资格证优先", "证券从业资格证"),
        ("股票证券从业资格优先", "证券从业资格"),
    ],
)
def test_a_name_is_not_hidden_by_a_word_that_ends_in_it(text: str, quote: str) -> None:
    assert [mention.quote for mention in read(text).mentions] == [quote]
