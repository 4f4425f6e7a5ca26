"""What the public pages say in Chinese."""

from typing import Final

ERRORS: Final = {
    400: ("请求无法读取", "请返回、检查后重试。"),
    404: ("没有找到", "没有这个页面。"),
    405: ("不能这样访问", "请从首页进入。"),
    408: ("提交的时间过长", "请返回后重试。"),
    413: ("提交的内容过长", "请返回，删减后重试。"),
    429: ("访问过于频繁", "请稍后再试。"),
    503: ("现在无法受理", "请稍后再试。"),
}
"""What an error is called, and what one may do."""

REPORT_PROBLEMS: Final = {
    "": "请填写网址或者粘贴正文，二者选一；其他各项请勿过长。",
    "url": "网址须以 http:// 或者 https:// 开头，不含空格和登录信息。",
    "text": "正文过短或者过长。",
}
"""By what an error begins with: the field that it is about."""
