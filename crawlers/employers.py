"""For whom a poster hires: the employer that an ad's wording names beside it (代招, 派遣)."""

import re
from typing import Final

_NAME: Final = (
    r"(?P<name>(?!有限|股份)[\u4e00-\u9fffA-Za-z0-9（）()·&]{2,40}?"
    r"(?:公司|集团|银行|医院|学校|大学|学院|幼儿园|中心|研究院|研究所|实验室|事务所|[市区县]局|委员会|工厂|酒店))"
)
_ITSELF: Final = r"(?:^|[^\u4e00-\u9fff]|[我本公]司|[岗职]位[为是]?|[现兹此系])"
"""What stands before 代, so that it is no part of another word (现代, 年代)."""
_RELATED: Final = r"(?:(?:[子母]|兄弟|下属|上级|关联)公司[:：]?)?"
_SAID: Final = (
    re.compile(rf"(?:用工|用人|入职|录用|代招)(?:单位|企业|公司)\s*[:：为是]\s*{_NAME}"),
    re.compile(rf"{_ITSELF}(?:代为|[代替为]){_RELATED}{_NAME}(?:代招|代聘|代?招聘|招募)", re.MULTILINE),
    re.compile(rf"{_ITSELF}受{_RELATED}{_NAME}的?委托", re.MULTILINE),
    re.compile(rf"(?:代招|代聘)\s*[:：]?\s*[（(]?{_RELATED}{_NAME}"),
    re.compile(rf"[“「\"]{_NAME}[”」\"]\s*(?:代招|代聘)"),
    re.compile(rf"(?:派遣|外派|派驻)[至到往]\s*{_RELATED}{_NAME}"),
)
_TRIGGERS: Final = re.compile(
    "代招|代聘|委托|派[遣驻]|外派|(?:用工|用人|入职|录用)(?:单位|企业|公司)|[代替为].{2,50}招[聘募]"
)
_HIDDEN: Final = re.compile(
    r"[我本你您该贵某其此各等]|客户|知名|以[上下]|大型|国内|世界|上市|甲方|旗下|合作|相关"
)
_NAMELESS: Final = re.compile(r"(?!.*(?:有限|股份|责任)).*公司")
"""A firm in a word or two (分公司, 著名AI公司) is none that a person could find."""
_BEFORE: Final = re.compile(
    r"^.*(?:下属(?:全资)?子?(?:公司|企业)|子公司|(?:兄弟|关联|上级)公司|新成立的|协助)[:：]?"
)


def acting_for(wording: str, *, company: str) -> str:
    """The employer for whom `company` hires by the ad's own words; empty where they name none, or itself."""
    if not _TRIGGERS.search(wording):
        return ""
    for pattern in _SAID:
        for found in pattern.finditer(wording):
            name = _BEFORE.sub("", found["name"])
            if not _HIDDEN.search(name) and not _NAMELESS.fullmatch(name) and not _same(name, company):
                return name
    return ""


def _same(name: str, company: str) -> bool:
    return bool(company) and (name in company or company in name)
