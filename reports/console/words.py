"""What the console says in Chinese where others speak in codes, or in English."""

from collections.abc import Iterable
from typing import Final

VIEWS: Final = {
    "open": "未办结",
    "new": "新线索",
    "sample": "抽样复核",
    "mine": "我经手的",
    "added": "有新增线索",
    "overdue": "已超期",
    "corrected": "回头看",
    "all": "全部",
}
"""What part of the work list is shown; `open` unless another is asked for."""

EDITIONS: Final = {"internal": "内部版", "public": "公开版"}
"""Of a report."""

STRENGTHS: Final = {
    "required": "必须具备",
    "preferred": "优先",
    "alternative": "可由其他条件替代",
    "after_hire": "入职后取得",
    "mentioned": "仅提及",
    "negated": "不作要求",
}
"""How an ad ties a paper to the job."""

ERRORS: Final = {
    400: "请求无法读取",
    403: "没有权限",
    404: "没有找到",
    409: "案件状态已经变化",
    405: "不能这样访问",
    408: "提交的时间过长",
    413: "提交的内容过长",
    429: "请求过于频繁，请稍后再试",
    500: "保存的内容已损坏，请通知系统管理员",
}

REFUSALS: Final = {
    "status": "案件状态已经变化，现在不能这样办理，请核对后重试。",
    "action": "这一步已经办过，或者计时状态不允许。",
    "by": "这一步须由另一人办理：同一账号不得复核自己的结论。",
    "why": "请写明理由。",
    "days": "工作日数须为正整数。",
    "bureau": "承接辖区须填写本系统内机构的六位代码，如330100。",
    "inspectors": "须写明两名以上不同的监察员，姓名之间用顿号“、”分隔。",
    "approver": "请写明批准人。",
    "document": "请写明文书文号。",
    "outcome": "请选择结果。",
    "recipient": "请写明移送单位。",
    "rechecks": "回头看的结果还不允许这样办理，请核对后重试。",
    "number": ERRORS[404],
}
"""By what a refusal of an action begins with: the field that it is about."""

NOTICE_FIELDS: Final = {
    "": "没有办理：平台函的状态已经变化，请核对后重试。",
    "ads": "没有可以列入的招聘信息：须在本辖区已成案的案件中，经两人认定，仍在平台上，且没有列入其他函。",
    "by": "须由另一人签发：起草人不得签发自己起草的函。",
    "cites": "前函须是本机关就同一平台已经签发的函，请核对编号。",
    "items": "有的案件在起草以后状态已变，请作废本稿，重新起草。",
    "list": "没有导入：请选择平台填回的 XLSX 或者 CSV 清单，不超过 2 MB。",
    "place": "没有这一条，请核对序号。",
    "due": "没有催办：答复期限（或者上一次催办所限日期）还没有过。",
    "open": "没有催办：没有等待答复的信息。",
    "outcome": "请选择处置结果。",
    "why": "请写明理由；平台不同意的，须记下平台的理由。",
    "done_on": "处置日期须在发函之日至今天之间，写作 2026-11-18。",
    "said_by": "请写明平台的经办人。",
}
"""By what a refusal begins with: the field of a platform notice that it is about."""

NOTICE_COLUMNS: Final = {
    "": "这一行无法读取（被隐藏、过长或者已经损坏），没有导入。",
    "序号": "不是本函的序号，或者与另一行重复。",
    "广告编号": "与本函同一序号的广告编号不符。",
    "处置结果": "没有这一列，或者填写的不是所列的处置结果。",
    "处置日期": "须在发函之日至今天之间，写作 2026-11-18。",
    "经办人": "没有填写，或者超过一百字。",
    "说明": "不同意的必须写明理由；不超过两千字。",
}
"""What is wrong with a row of a list that came back, by column; of whole rows, the first."""

OBSTACLES: Final = {
    "no_case": "没有这个案号，或者还没有确定是哪一件案件。",
    "case_open": "案件仍在办理：请先在案件中认定误报、撤销或者不予处理，再答复异议成立。",
}
"""What is in the way of an answer to an objection."""

CHOICES: Final = {"alias": "已有条目的别名", "row": "应新立条目", "ignore": "不收录"}
"""What a person may make of a name in the curation tray."""

RULE_CHANGES: Final = {"suspended": "停用", "lifted": "恢复"}
"""What was done with a rule."""

LETTER_ACTIONS: Final = {"replayed": "重新处理", "dropped": "关闭"}
"""What was done about a dead letter."""

EVENTS: Final = {
    "added": "新建",
    "enabled": "启用",
    "disabled": "停用",
    "password": "重设密码",
    "logged_in": "登录",
    "refused": "登录未成功",
    "locked": "登录未成功，已锁定",
    "logged_out": "退出",
    "token_added": "发放接口令牌",
    "token_revoked": "撤销接口令牌",
    "factor_set": "启用动态验证码",
    "factor_off": "停用动态验证码",
    "recovery": "使用恢复码",
    "provider": "经统一身份认证登录",
}
"""What was done with an account."""


READS: Final = {
    "evidence": "原始数据",
    "contact": "举报人联系方式",
    "pack": "证据包",
    "objection": "异议人联系方式",
}
"""What is personal or not masked, and was read."""


def refusals_in_chinese(reasons: Iterable[str]) -> tuple[str, ...]:
    """The refusals of an action, each once."""
    return tuple(dict.fromkeys(REFUSALS[reason.partition(":")[0]] for reason in reasons))
