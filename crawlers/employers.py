"""Who hires: the employer that an ad's wording names where its poster hires for somebody else (代招)."""

import re
from typing import Final

_NAME: Final = (
    r"(?!有限|股份)[\u4e00-\u9fffA-Za-z0-9（）()·&]{2,40}?"
    r"(?:公司|集团|银行|医院|学校|大学|学院|幼儿园|中心|研究院|研究所|事务所|[市区县局]局|委员会|工厂|酒店)"
)
_SAID: Final = (
    re.compile(rf"(?:用工|用人|入职|录用|代招)(?:单位|企业|公司)\s*[:：为是]\s*(?P<name>{_NAME})"),
    re.compile(rf"(?:^|[^\u4e00-\u9fff]|[我本公]司)(?:代|替|代为)(?P<name>{_NAME})招[聘募]", re.MULTILINE),
    re.compile(rf"(?:^|[^\u4e00-\u9fff]|[我本公]司|[现兹])受(?P<name>{_NAME})的?委托", re.MULTILINE),
    re.compile(rf"(?:代招|代聘)\s*[:：]?\s*[（(]?(?P<name>{_NAME})"),
    re.compile(rf"为(?P<name>{_NAME})代招"),
)
_TRIGGERS: Final = re.compile("用工|用人|入职|录用|[代替]|委托")
_HIDDEN: Final = re.compile(
    r"[我本你您该贵某其此]|客户|知名|以[上下]|大型|国内|世界|上市|各|等|某|甲方|旗下|合作"
)


def acting_for(wording: str, *, company: str) -> str:
    """The employer for whom `company` hires by the ad's own words; empty where they name none, or itself."""
    if not _TRIGGERS.search(wording):
        return ""
    for pattern in _SAID:
        for found in pattern.finditer(wording):
            name = found["name"]
            if not _HIDDEN.search(name) and name not in company and company not in name:
                return name
    return ""
