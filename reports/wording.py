"""The Chinese words that letters, reports and lists share for the codes of the store."""

from typing import Final

from config.casework import casework
from config.platforms import platforms
from events.types import PUBLIC_REPORTS

SEVERITIES: Final = {"red": "红", "orange": "橙", "yellow": "黄", "grey": "灰"}
"""The gravest first."""

KINDS: Final = {
    "proficiency": "水平评价类",
    "skill_level": "技能等级",
    "delisted": "已取消",
    "post_permit": "无依据上岗证",
    "other": "目录外其他",
    "licensing": "准入类",
    "foreign": "境外证书",
    "vendor": "厂商认证",
    "statutory": "其他法定",
    "title": "职称",
    "education": "学业水平",
    "generic": "未具名",
}
"""Short enough for a table; docs/weekly-report.md and the glossary of the report say what each one means."""

KINDS_IN_FULL: Final = {
    "proficiency": "水平评价类职业资格",
    "skill_level": "职业技能等级（含已退出目录的技能人员职业资格）",
    "delisted": "已取消的职业资格",
    "post_permit": "无法定依据的上岗、从业证件",
    "other": "目录外证书",
    # By default these lead to no case; a regulator may decide otherwise in config/policy.yaml.
    "licensing": "准入类职业资格（岗位不在其法定活动范围内）",
    "foreign": "境外职业资格",
    "vendor": "企业或机构的认证",
    "generic": "未写明名称的证书",
    "statutory": "法律要求的其他证件",
    "title": "职称",
    "education": "语言、计算机等考试",
}
"""For someone who reads of one case."""

VERDICTS: Final = {
    "violation": "含疑似线索",
    "advisory": "提示关注",
    "lawful": "要求合规",
    "none": "未见相关要求",
    "for_review": "规则停用，未经人工确认",
}

POSTERS: Final = {
    "public": "机关、事业单位",
    "state": "国有企业",
    "private": "民营或外资企业",
    "agency": "人力资源服务机构",
    "platform": "网络招聘平台",
    "individual": "个体工商户或个人",
    "unknown": "性质待核",
}

STATUS: Final = {name: status.name for name, status in casework().statuses.items()} | {
    "withdrawn": "撤回",
    "for_review": "待人工复核",
}
"""Where a case stands."""

ACTIONS: Final = {
    "opened": "立为疑似案件",
    "clue_added": "新增疑似线索",
    "clue_changed": "重读后更改线索",
    "clue_withdrawn": "重读后撤回线索",
    "clue_reinstated": "重读后恢复线索",
    "clue_released": "规则恢复，线索计入",
    "rechecked": "回头看",
    "objected": "收到异议",
    "objection_upheld": "答复：异议成立",
    "objection_rejected": "答复：异议不成立",
    "platform_noticed": "列入平台函",
    "platform_replied": "平台答复",
    "platform_reminded": "催办平台",
} | {name: action.name for name, action in casework().actions.items()}
"""What the machine and people do with a case."""

ACTORS: Final = {"machine": "系统"}

GIVEN: Final = {
    "bureau": "移交辖区",
    "inspectors": "监察员",
    "approver": "批准人",
    "document": "文书",
    "outcome": "结果",
    "recipient": "移送单位",
    "days": "工作日数",
    "round": "整改后日数",
    "ad": "广告",
    "found_ad": "换帖后的广告",
    "capture": "存证",
    "objection": "异议",
    "notice": "平台函",
    "ads": "招聘信息条数",
    "reply": "平台所称",
}
"""What an action may ask for, and what looking again at an ad notes."""

OBJECTION_STATES: Final = {"open": "办理中", "upheld": "异议成立", "rejected": "异议不成立"}

NOTICE_STATES: Final = {"draft": "待签发", "issued": "已签发", "dropped": "已作废"}
"""Of platform notices."""

NO_EMPLOYER: Final = "招聘信息未写明用人单位"


SOURCES: Final = {PUBLIC_REPORTS: "群众举报"}
"""Sources that are no board."""


def source_name(source: str, *, gone: bool = False) -> str:
    """What people call the source of an ad, its id if it has no name, and that the ad is `gone` from it."""
    board = platforms().boards.get(source)
    name = board.name if board else SOURCES.get(source, source)
    return name + ("（来源已撤下）" if gone else "")


def severity_rank(code: str) -> int:
    """0 for the gravest; an unknown code comes last."""
    order = list(SEVERITIES)
    return order.index(code) if code in order else len(order)
