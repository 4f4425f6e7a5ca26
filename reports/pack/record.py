"""The draft record of a case as a DOCX: what two inspectors check, complete and sign.

Its fields follow 《市场监督管理行政执法电子数据取证暂行规定》 (2024-04-07), which binds another authority
and is the best that is published; that two inspectors look into a case stands in 劳动保障监察条例. Both are
known from reprints.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from docx import Document
from docx.document import Document as Draft
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table

from config.bureaus import bureau_name
from config.catalogue.model import Catalogue
from config.divisions import known
from config.policy import Policy
from config.settings import CHINA
from reports.alerts.parts import place_of
from reports.citations import cited
from reports.templating import visible
from reports.word import written
from reports.wording import KINDS_IN_FULL, NO_EMPLOYER, STATUS, source_name
from store.evidence_models import Capture
from store.pack_file import PackClue, PackFile

MOST: Final = 50
"""Clues, and originals, that the record sets out; all are in the pack as data."""
_BODY: Final = "仿宋_GB2312"
_HEADING: Final = "黑体"
_TITLE: Final = "方正小标宋简体"
_LATIN: Final = "Times New Roman"
_STYLES: Final = (
    ("Normal", _BODY, 12, False),
    ("Title", _TITLE, 22, True),
    ("Subtitle", _BODY, 12, True),
    ("Heading 1", _HEADING, 15, False),
    ("Heading 2", _HEADING, 12, False),
    ("Footer", _BODY, 9, True),
)
"""Name, East Asian font, size in points, and whether it is centred."""
_SPACE: Final = "　"
_BLANK: Final = _SPACE * 11
_LABEL_WIDTH: Final = Cm(3.6)
_VALUE_WIDTH: Final = Cm(12.4)
_ROOM: Final = Cm(1.4)
"""Least height of a row that is written in by hand."""

Line = tuple[str, str]


def record(pack: PackFile, catalogue: Catalogue, policy: Policy) -> bytes:
    """The draft; equal for equal facts."""
    draft = Document()
    _set_up(draft, pack)
    draft.add_paragraph("线索核查记录", style="Title")
    draft.add_paragraph("（电子数据提取笔录　草稿，须经两名监察员核对、补充并签名）", style="Subtitle")
    draft.add_heading("一、案件", 1)
    _table(draft, _case(pack))
    draft.add_heading("二、招聘信息及判断经过", 1)
    for number, clue in enumerate(pack.clues[:MOST], start=1):
        draft.add_heading(f"线索{number}　{visible(clue.version.title) or '未写明岗位'}", 2)
        _table(draft, _clue(clue, catalogue, policy))
    if len(pack.clues) > MOST:
        draft.add_paragraph(f"另有{len(pack.clues) - MOST}条线索，见证据包 clues 文件夹。")
    draft.add_heading("三、电子数据清单", 1)
    captures = list(pack.captures.values())
    for number, capture in enumerate(captures[:MOST], start=1):
        draft.add_heading(f"数据{number}", 2)
        _table(draft, _capture(capture))
    if len(captures) > MOST:
        draft.add_paragraph(f"另有{len(captures) - MOST}份，见证据包 captures.json。")
    draft.add_heading("四、提取和核对", 1)
    _table(draft, _extraction(), by_hand=True)
    draft.add_heading("五、签名", 1)
    _table(draft, _signatures(), by_hand=True)
    draft.add_paragraph(
        "格式参照《市场监督管理行政执法电子数据取证暂行规定》所列要素〔待核〕，劳动保障监察另有规定的，从其规定。"
        "本草稿所列线索由机器识别，须经核查，不构成违法认定。"
    )
    return written(draft)


def _case(pack: PackFile) -> Iterator[Line]:
    line = pack.case.line
    yield "案号", line.number
    yield "状态", STATUS[line.status]
    yield "用人单位", line.employer or NO_EMPLOYER
    yield "涉及证书", line.name
    yield "用工地", place_of(known(pack.case.division))
    yield "承办机构", bureau_name(line.bureau)
    yield "系统立为疑似", _moment(pack.opened_at)
    yield "案由", f"招聘信息涉嫌将“{line.name}”设为就业条件"


def _clue(found: PackClue, catalogue: Catalogue, policy: Policy) -> Iterator[Line]:
    clue, version = found.clue, found.version
    state = "（已撤回）" if clue.withdrawn_at else ""
    yield "线索号", f"{clue.id[:12]}{state}"
    yield "原文", f"“{clue.clause}”"
    yield "证书字样", f"“{clue.quote}”，{KINDS_IN_FULL.get(clue.kind, clue.kind)}"
    yield "提示词", clue.cue or "无"
    yield "判断经过", f"规则 {clue.rule}；{policy.row_name(clue.policy_row) or '政策行未记录'}"
    yield "数据版本", f"规则 {clue.rules_version}，政策 {clue.policy_version or '未记录'}"
    yield "适用目录", _edition(catalogue, clue.edition)
    yield "依据", "；".join(cited(clue.basis, clue.ended_by, policy.bases)) or "无"
    yield "来源", f"{source_name(clue.source)}　{version.url or found.ad.url}"
    yield "发布单位", version.company or "未写明"
    yield "标注发布", version.posted.isoformat() if version.posted else "未标注"
    yield "首次发现", _moment(clue.first_seen)
    yield "最近见到", _moment(found.last_seen) if found.last_seen else "未记录"
    yield "原始数据", "、".join(each.capture.sha256[:12] for each in found.exhibits) or "未留存"


def _edition(catalogue: Catalogue, edition_id: str) -> str:
    return next((each.row.title for each in catalogue.editions if each.id == edition_id), edition_id)


def _capture(capture: Capture) -> Iterator[Line]:
    if capture.url:
        yield "网络地址", capture.url
        yield "实际应答地址", capture.answered_url
        tls = "已加密并验证证书" if capture.tls else "未加密"
        yield "应答", f"HTTP {capture.status}，服务器地址 {capture.address or '未记录'}，传输{tls}"
    else:
        yield (
            "来源",
            f"推送（密钥 {capture.sender}）" if capture.sender else f"文件 {capture.name or '未记录'}",
        )
    yield "取得时间", f"{_moment(capture.fetched_at)}（北京时间，UTC+8）"
    yield "最近确认未变", _moment(capture.seen_at)
    tool = capture.request.get("headers", {}).get("User-Agent", "")
    yield "提取工具和方法", f"{tool or '清单'}，自动访问公开页面" if capture.url else "清单，接收报送"
    yield "类型、编码", f"{capture.media_type or '未记录'}，{capture.charset or '未记录'}"
    yield "字节数", f"{capture.length:,}"
    yield "SHA-256", capture.sha256
    if capture.removed_at:
        yield "保存", f"已于{_moment(capture.removed_at)}按保存期限删除"


def _extraction() -> Iterator[Line]:
    """What a person has to find out and write down."""
    yield "系统取得时间的来源", "运行系统的计算机时钟；与国家授时核对情况："
    for label in (
        "再次提取的时间",
        "地点和网络环境",
        "使用的工具和方法",
        "过程",
        "与系统数据是否一致",
        "原网页现状",
        "当事人陈述申辩",
        "核查意见",
    ):
        yield label, ""


def _signatures() -> Iterator[Line]:
    for who in ("监察员（一）", "监察员（二）"):
        yield who, f"签名{_BLANK}证件号"
    yield "当事人（见证人）", f"{_BLANK}拒绝签名的，注明情况"
    yield "日期", f"{_BLANK}年{_SPACE * 4}月{_SPACE * 4}日"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _table(draft: Draft, lines: Iterable[Line], *, by_hand: bool = False) -> None:
    table: Table = draft.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    table.columns[0].width, table.columns[1].width = _LABEL_WIDTH, _VALUE_WIDTH
    for label, value in lines:
        row = table.add_row()  # type: ignore[no-untyped-call]
        row.height = _ROOM if by_hand else None
        left, right = row.cells
        left.width, right.width = _LABEL_WIDTH, _VALUE_WIDTH
        left.text, right.text = label, visible(value)
        # What people write and sign stays on one page.
        left.paragraphs[0].paragraph_format.keep_with_next = by_hand


def _set_up(draft: Draft, pack: PackFile) -> None:
    """Page, fonts and properties: those of the library's own template are made for English."""
    section = draft.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.footer.paragraphs[
        0
    ].text = f"{pack.case.line.number}　机器识别的疑似线索，须经核查，不构成违法认定"
    for name, font, size, centred in _STYLES:
        style = draft.styles[name]
        assert isinstance(style, ParagraphStyle)
        _set_font(style, font, size)
        style.paragraph_format.space_after = Pt(3)
        if centred:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    properties = draft.core_properties
    properties.author, properties.title = "清单", f"{pack.case.line.number} 线索核查记录"
    properties.comments = ""
    properties.created = properties.modified = pack.opened_at


def _set_font(style: ParagraphStyle, font: str, size: float) -> None:
    style.font.size, style.font.italic = Pt(size), False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    # The template names fonts of a theme there, which would win over these; and no East Asian one.
    for theme in properties.findall(qn("w:rFonts")):
        properties.remove(theme)
    for line in style.element.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}"):
        line.getparent().remove(line)
    fonts = OxmlElement("w:rFonts")
    for script, name in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{script}"), name)
    properties.insert(0, fonts)
