"""Whose paper it is: what a firm, a product, a vehicle or a ship holds is nobody's credential."""

import re
from typing import Final

from nlp.clause import Candidate

_WINDOW: Final = 24
_BEFORE: Final = 6
_PERSON: Final = re.compile("[师员工士]|作业|操作|驾驶|上岗|从业|健康|资格")
_UNNAMED: Final = frozenset({"head", "noun", "unlisted", "token", "loose", "maker"})
_OF_FIRMS: Final = re.compile("许可证|运输证|注册证|备案证|检验证|国籍证|营运证|gmp|gsp")
_OWNER: Final = (
    "(?:公司|集团|企业|单位|本?厂|本店|店里|医院|我院|本院|我校|学校|酒店|客栈|宾馆|车辆|车队|渔?船|货船|产品|设备|"
    "实验室|检测中心|基地|合作社|农场|项目|工地|车间|我司|我们|药房)"
)
_OWNED: Final = re.compile(
    rf"(?:^|[,。;:!、\s])[一-龥]{{0,4}}?{_OWNER}(?:里|内|本身)?(?:已经?|现|均|都|目前|全部|依法|自|早已)*\s?"
    r"(?:通过了?|取得了?|获得了?|持\s?有?|具有|具备|拥有|办有|办了|有)(?![一-龥]{0,4}(?:者|优先))[^,。;:]{0,14}$"
)
"""公司已取得…; 公司要求有… is no such subject."""
_THING: Final = re.compile(
    "(?:(?:药品|器械|兽药|农药|化肥|饲料|种子|种苗|木材|船舶|车辆|产品(?!线|经理)|商品|国籍|适航|gmp|gsp|haccp|(?<!持)有机|绿色|地理标志)[一-龥]{0,4}"
    "(?:许可证|登记证|注册证|备案证|运输证|检验证|合格证|证书?|认证)|"
    "(?:特种行业|经营|生产|加工|屠宰|防疫)[一-龥]{0,2}许可证)书?$"
)
_GIVEN: Final = re.compile("书?(?:胸牌|由[^,。;:]{1,8}(?:核发|颁发)给)")
_KEPT: Final = re.compile(
    r"书?(?:[、/和及][^,。;:]{1,12}){0,4}(?:均|都|全部|全)*"
    "(?:在有?效?期内|齐[全备]|可查|在[一-龥]{0,3}公示|上墙|[两三四五六]证齐全)"
)
_FOR_APPLICANTS: Final = re.compile(".{0,2}(?:优先|者|需|须|应聘|要求|必备|持证|人员|证件)")


def of_thing(text: str, found: Candidate) -> bool:
    """Whether `found` is said of a firm or a thing (公司持有…许可证, 药品注册证, …核发给车辆)."""
    if _GIVEN.match(text, found.end):
        return True
    if _FOR_APPLICANTS.match(text, found.end):
        return False
    written = text[found.start : found.end]
    if _PERSON.search(written):
        return False
    of_firm = _OF_FIRMS.search(written) is not None
    # A listed name is a person's, whatever it looks like (农产品检测证).
    thing = found.sort != "name" and _THING.search(text, max(0, found.start - _BEFORE), found.end)
    if thing or (of_firm and _KEPT.match(text, found.end)):
        return True
    owned = _OWNED.search(text, max(0, found.start - _WINDOW), found.start)
    return owned is not None and (of_firm or found.sort in _UNNAMED)
