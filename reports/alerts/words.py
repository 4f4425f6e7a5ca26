"""The Chinese words of the messages."""

from typing import Final

SEVERITIES: Final = {"red": "红", "orange": "橙", "yellow": "黄", "grey": "灰"}

POSTERS: Final = {
    "public": "机关、事业单位",
    "state": "国有企业",
    "private": "民营企业",
    "agency": "人力资源服务机构",
    "platform": "网络招聘平台",
    "unknown": "性质待核",
}

KINDS: Final = {
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

NO_EMPLOYER: Final = "招聘信息未写明用人单位"
FIND_EMPLOYER: Final = "先查明用人单位，再定措施"

CASE_STEPS: Final = (
    "初核：打开链接核对原文；网页可能已变更，立案前请由执法人员另行取证。",
    "属实：办理受理、派发手续，依建议措施处理，并反馈结果。",
    "误报：反馈案件编号和原因，用于改进识别规则；同一案件不会再次通知。",
    "不属本辖区或本部门：移送有管辖权的部门，并留存移送记录。",
)
DISCLAIMER: Final = "以下均为机器识别的疑似线索，未经人工核实，不构成违法认定。"

WITHDRAWAL_STEPS: Final = (
    "尚未核查的：不必再核，本件留存备查。",
    "正在核查的：请依已查明的事实处理；撤回只表示规则不再认定，不是对事实的结论。",
    "规则再次认定的，另行通知一次。",
)
WITHDRAWAL: Final = "以下疑似线索由机器识别，此前已经通知；识别规则或目录数据变化后，不再认定。"

HINT_STEPS: Final = (
    "核查：打开链接核对原文；网页可能已变更，立案前请由执法人员另行取证。",
    "属实：依职责处理；属其他部门职责的，移送并留存移送记录。",
    "误报：反馈编号和原因，用于改进识别规则；同一条招聘信息的同类提示不会再次通知。",
)
HINT: Final = "以下均为机器按字样给出的提示，不是疑似线索，未经人工核实，不构成违法认定。"
LOOK_AT_IT: Final = "请核对原文。"
