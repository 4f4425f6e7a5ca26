"""Position tables of notices: every position is an ad with all its conditions, and nothing else is one."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from crawlers.intake.columns import Columns
from crawlers.intake.ingest import _sorted
from crawlers.intake.positions import are_head, place_in, poster_in
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.seen import SeenIds
from crawlers.intake.source import open_source, stem
from crawlers.posting import Posting
from store.intake import Refusal

Cells = Sequence[Sequence[object]]

TITLE = "2026年石家庄市桥西区事业单位公开招聘岗位表"
HEAD = [
    "序号",
    "主管部门",
    "单位名称",
    "岗位\n代码",
    "招聘\n岗位",
    "招聘人数",
    "招聘岗位条件",
    "",
    "",
    "联系电话",
]
LOWER = ["", "", "", "", "", "", "学历", "专业", "其他条件", ""]
NURSE = [
    1,
    "区卫健局",
    "桥西区医院",
    "0101",
    "护士",
    2,
    "大专",
    "护理",
    "具有护士执业资格证书",
    "13800000000",
]
CLERK = [2, "", "", "0102", "会计", 1, "本科", "会计学\n审计学", "不限", "13800000000"]
TABLE: Cells = [[TITLE], HEAD, LOWER, NURSE, CLERK]
MERGED = ["A1:J1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:F3", "G2:I2", "J2:J3", "B4:B5", "C4:C5"]
NURSE_TEXT = "主管部门：区卫健局\n招聘人数：2\n学历：大专\n专业：护理\n其他条件：具有护士执业资格证书"
CLERK_TEXT = "主管部门：区卫健局\n招聘人数：1\n学历：本科\n专业：会计学\n审计学\n其他条件：不限"


def read(file: Path) -> list[Posting | Refusal]:
    columns = Columns(file.name, stem(file))
    with open_source(file) as source, SeenIds() as seen:
        rows = list(read_rows(source))
        postings, refusals = _sorted(rows, columns, seen)
    return [*postings, *refusals]


def workbook(folder: Path, *sheets: tuple[Cells, Sequence[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows, merged in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
        for each in merged:
            sheet.merge_cells(each)
    book.save(folder / "notice.xlsx")
    return folder / "notice.xlsx"


def delimited(folder: Path, rows: Cells, name: str = "notice.csv") -> Path:
    width = max(map(len, rows))
    with (folder / name).open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return folder / name


def postings(found: Sequence[Posting | Refusal]) -> list[Posting]:
    assert [each for each in found if isinstance(each, Refusal)] == []
    return [each for each in found if isinstance(each, Posting)]


def test_each_position_is_an_ad_with_all_that_its_row_says(tmp_path: Path) -> None:
    nurse, clerk = postings(read(workbook(tmp_path, (TABLE, MERGED))))
    assert nurse == Posting(
        source="notice",
        source_kind="file",
        source_ad_id="0101",
        place="notice.xlsx:Sheet!4",
        title="护士",
        text=NURSE_TEXT,
        company="桥西区医院",
        city="河北省石家庄市桥西区",
        poster="public",
        headcount="2",
        education="大专",
        raw_sha256=nurse.raw_sha256,
    )
    assert (clerk.source_ad_id, clerk.company, clerk.text) == ("0102", "桥西区医院", CLERK_TEXT)


def test_a_head_of_two_rows_is_known_without_merged_cells(tmp_path: Path) -> None:
    found = postings(read(workbook(tmp_path, (TABLE, []))))
    assert [(each.title, each.company) for each in found] == [("护士", "桥西区医院"), ("会计", "")]
    assert found[0].text == NURSE_TEXT


def test_the_same_table_as_csv(tmp_path: Path) -> None:
    found = postings(read(delimited(tmp_path, TABLE)))
    assert [each.text for each in found] == [NURSE_TEXT, CLERK_TEXT.removeprefix("主管部门：区卫健局\n")]
    # Lines are those of the file: the head takes up three of them.
    assert [each.place for each in found] == ["notice.csv:6", "notice.csv:7"]
    assert (found[0].city, found[0].poster) == ("河北省石家庄市桥西区", "public")


def test_an_old_workbook_is_read_the_same_way(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent / "positions.xls", tmp_path)
    found = postings(read(tmp_path / "positions.xls"))
    assert [(each.source_ad_id, each.title, each.company, each.poster) for each in found] == [
        ("0101", "护士", "甲市第一医院", "public"),
        ("0102", "会计", "甲市第一医院", "public"),
    ]
    assert found[0].text == "学历：本科\n专业：护理学\n其他：具有护士执业资格证书"


HEADS = [
    ["招聘岗位", "招聘人数", "学历", "专业", "其他条件"],
    ["岗位名称", "名额", "学历要求", "所学专业", "职业资格"],
    ["单位", "职位", "计划数", "年龄", "岗位条件"],
    ["招聘岗位", "名额", "岗位职责", "任职条件", "政治面貌"],
]


OF_CIVIL_SERVANTS = {
    "部门名称": "某海关",
    "用人司局": "某处",
    "机构性质": "行政机关",
    "招考职位": "一级行政执法员",
    "职位简介": "监管",
    "职位代码": "300110001001",
    "机构层级": "直属",
    "考试类别": "行政执法类",
    "招考人数": "2",
    "专业": "法学",
    "学历": "本科",
    "学位": "学士",
    "政治面貌": "不限",
    "工作地点": "广东省深圳市",
    "备注": "无",
    "部门网站": "x.example",
    "咨询电话1": "0755-1",
}
OF_A_PROVINCE = {
    "地市": "南京市",
    "区县": "鼓楼区",
    "主管部门": "卫健委",
    "招聘单位名称": "某医院",
    "单位代码": "7",
    "经费来源": "全额",
    "岗位名称": "护士",
    "岗位代码": "01",
    "笔试类别": "医疗",
    "岗位描述": "护理工作",
    "招聘人数": "1",
    "开考比例": "1:3",
    "招聘对象": "不限",
    "学历": "大专",
    "专业": "护理",
    "其他条件": "有护士证",
}


@pytest.mark.parametrize(
    ("row", "title", "code", "company", "city", "left_out"),
    [
        (
            OF_CIVIL_SERVANTS,
            "一级行政执法员",
            "300110001001",
            "某海关",
            "广东省深圳市",
            ["部门网站", "咨询电话1"],
        ),
        (OF_A_PROVINCE, "护士", "01", "某医院", "南京市 鼓楼区", ["地市", "区县", "招聘单位名称"]),
    ],
)
def test_heads_as_provinces_and_the_state_write_them(  # noqa: PLR0913
    tmp_path: Path,
    *,
    row: dict[str, str],
    title: str,
    code: str,
    company: str,
    city: str,
    left_out: list[str],
) -> None:
    (found,) = postings(read(workbook(tmp_path, ([list(row), list(row.values())], []))))
    assert (found.title, found.source_ad_id, found.company, found.city) == (title, code, company, city)
    told = [line.partition("：")[0] for line in found.text.splitlines()]
    fields = ("招考职位", "职位代码", "部门名称", "工作地点", "岗位名称", "岗位代码")
    assert told == [name for name in row if name not in (*left_out, *fields)]


def test_a_place_that_is_unclear_alone_lies_in_that_of_the_title(tmp_path: Path) -> None:
    rows = [
        ["南京市2026年事业单位招聘"],
        ["地区", "单位名称", "招聘岗位", "学历"],
        ["鼓楼区", "甲校", "教师", "本科"],
    ]
    (found,) = postings(read(workbook(tmp_path, (rows, []))))
    assert found.city == "江苏省南京市 鼓楼区"


@pytest.mark.parametrize("head", HEADS)
def test_a_head_without_title_above(tmp_path: Path, head: list[str]) -> None:
    (found,) = postings(read(workbook(tmp_path, ([head, ["a", "b", "c", "d", "e"]], []))))
    said = zip(head, "abcde", strict=True)
    assert found.text.splitlines() == [
        f"{name}：{value}" for name, value in said if name not in ("招聘岗位", "岗位名称", "单位", "职位")
    ]
    assert (found.city, found.poster) == ("", "unknown")


def test_a_lower_name_says_what_it_stands_under_where_it_must(tmp_path: Path) -> None:
    head = [
        ["单位", "岗位", "", "招聘人数", "本科生", "", "研究生", ""],
        ["", "名称", "代码", "", "专业", "年龄", "专业", "学历"],
        ["甲校", "教师", "07", "1", "数学", "30", "几何", "硕士"],
    ]
    (found,) = postings(read(workbook(tmp_path, (head, ["A1:A2", "B1:C1", "D1:D2", "E1:F1", "G1:H1"]))))
    assert (found.company, found.title, found.source_ad_id) == ("甲校", "教师", "07")
    assert found.text == "招聘人数：1\n本科生专业：数学\n年龄：30\n研究生专业：几何\n学历：硕士"


def test_notes_headings_sums_and_repeated_heads_are_no_positions(tmp_path: Path) -> None:
    head = ["招聘岗位", "招聘人数", "学历", "专业"]
    rows = [
        head, ["一、市直单位"], ["护士", "1", "大专", "护理"],
        head, ["二、县区"], ["医师", "1", "本科", "临床"],
        ["合计", "2"], ["备注：1.本表由各单位解释。"], ["2.年龄计算到2026年。"],
    ]  # fmt: skip
    assert [each.title for each in postings(read(workbook(tmp_path, (rows, ["A2:D2", "A8:D8"]))))] == [
        "护士",
        "医师",
    ]
    assert [each.title for each in postings(read(delimited(tmp_path, rows)))] == ["护士", "医师"]


def test_a_row_that_is_neither_position_nor_note_is_seen_by_a_person(tmp_path: Path) -> None:
    head = ["招聘岗位", "招聘人数", "学历", "专业"]
    rows = [head, ["护士", "1", "大专", "护理"], ["", "1", "大专", "护理"], ["详见附件"]]
    _, *refused = read(workbook(tmp_path, (rows, [])))
    assert [(each.place, each.reason) for each in refused if isinstance(each, Refusal)] == [
        ("notice.xlsx:Sheet!3", "the row names no position"),
        ("notice.xlsx:Sheet!4", "a row with one filled cell is no position"),
    ]


def test_every_sheet_has_a_head_of_its_own(tmp_path: Path) -> None:
    first = [["贵州省某局公务员招录计划"], ["职位名称", "招录人数", "学历"], ["科员", "1", "本科"]]
    second = [["单位名称", "招聘岗位", "专业", "年龄"], ["甲校", "教师", "数学", "30"]]
    twice = [["招聘岗位", "招聘人数", "学历", "学历"], ["护士", "1", "大专", "大专"]]
    found = read(workbook(tmp_path, (first, []), (second, []), (twice, [])))
    assert [(each.title, each.city, each.poster) for each in found if isinstance(each, Posting)] == [
        ("科员", "贵州省", "public"),
        ("教师", "", "unknown"),
    ]
    (refused,) = (each for each in found if isinstance(each, Refusal))
    assert (refused.place, refused.reason) == (
        "notice.xlsx:Sheet2",
        "the table names 学历 more than once; it is left out",
    )


def test_hidden_sheets_hold_nothing_that_a_reader_sees(tmp_path: Path) -> None:
    file = workbook(tmp_path, (TABLE, MERGED), ([["大专"], ["本科"], ["硕士"]], []))
    book = openpyxl.load_workbook(file)
    book.worksheets[1].sheet_state = "hidden"
    book.save(file)
    assert [each.title for each in postings(read(file))] == ["护士", "会计"]


def test_rows_and_columns_that_a_sheet_hides_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        ["某市事业单位招聘岗位表", "", "", "", ""],
        ["招聘单位", "岗位名称", "学历", "内部备注", "人数"],
        ["甲院", "护士", "大专", "须有护士执业证", "1"],
        ["", "医师", "本科", "内定", "1"],
        ["", "药师", "本科", "", "2"],
        ["", "会计", "大专", "", "1"],
    ]
    file = workbook(tmp_path, (rows, ["A1:E1", "A3:A6"]))
    book = openpyxl.load_workbook(file)
    for row in (3, 5):
        book.worksheets[0].row_dimensions[row].hidden = True
    book.worksheets[0].column_dimensions["D"].hidden = True
    book.save(file)
    *positions, refused = read(file)
    assert [(each.title, each.company) for each in postings(positions)] == [
        ("医师", "甲院"),
        ("会计", "甲院"),
    ]
    assert "内部备注" not in "".join(each.text for each in postings(positions))
    assert isinstance(refused, Refusal)
    assert (refused.place, refused.field) == ("notice.xlsx:Sheet", "hidden")
    assert (
        refused.reason == "the sheet hides 2 of its rows (3, 5) and 1 of its columns (D); they were left out"
    )


def test_codes_counted_anew_for_each_employer_cost_no_position(tmp_path: Path) -> None:
    rows = [
        ["单位名称", "岗位代码", "招聘岗位", "学历"],
        ["甲校", "01", "教师", "本科"],
        ["乙校", "01", "教师", "本科"],
    ]
    first, second = postings(read(workbook(tmp_path, (rows, []))))
    assert first.source_ad_id == "01"
    assert second.source_ad_id.startswith("row-")


def test_an_unreadable_table_is_never_an_ad_made_of_its_title(tmp_path: Path) -> None:
    file = workbook(tmp_path, ([[TITLE], ["甲", "乙"], ["1", "2"]], ["A1:J1"]))
    columns = Columns(file.name, stem(file))
    with open_source(file) as source:
        rows = [row for row in read_rows(source) if isinstance(row, Row)]
    with pytest.raises(IntakeError, match=r"no column for the ad's text .*columns are 甲, 乙"):
        columns.check(rows[0].cells)


def test_a_title_row_stands_above_other_tables_too(tmp_path: Path) -> None:
    rows = [["招聘信息"], ["编号", "职位名称", "职位描述"], ["7", "会计", "持证"]]
    (found,) = postings(read(workbook(tmp_path, (rows, ["A1:C1"]))))
    assert (found.source_ad_id, found.title, found.text) == ("7", "会计", "持证")


def test_exports_of_boards_stay_what_they_are() -> None:
    assert not are_head(["企业名称", "招聘岗位", "学历要求", "招聘人数", "职位描述"])
    assert not are_head(["职位编号", "职位名称", "职位类别", "学历", "职位详情", "工作经验", "招聘人数"])
    assert not are_head(["title", "text", "学历"])
    assert not are_head(["公司名称", "岗位名称", "学历要求", "招聘人数", "岗位职责", "任职要求"])
    assert not are_head(["本科及以上学历，护理专业，35周岁以下，具有护士执业资格证书，该岗位"] * 3)


@pytest.mark.parametrize(
    ("title", "place"),
    [
        (TITLE, "河北省石家庄市桥西区"),
        ("附件1：\n关于公布2026年上半年赞皇县教师招聘岗位", "河北省石家庄市赞皇县"),
        ("北京市科委、中关村管委会直属事业单位", "北京市"),
        ("石家庄市桥西区、新华区公开招聘", "河北省石家庄市"),
        ("某某大学2026年公开招聘", ""),
        ("", ""),
    ],
)
def test_the_place_that_a_title_begins_with(title: str, place: str) -> None:
    assert place_in(title) == place


@pytest.mark.parametrize(
    ("title", "poster"),
    [
        ("省直事业单位公开招聘", "public"),
        ("公务员招录", "public"),
        ("市属国有企业招聘", "state"),
        ("事业单位和国有企业联合招聘", "unknown"),
        ("某某大学招聘", "unknown"),
    ],
)
def test_the_poster_that_a_title_names(title: str, poster: str) -> None:
    assert poster_in(title) == poster


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "first", "last"),
    [
        ("gov_beijing_vocational_2026_positions", 13, ("教师岗", "hzgwxxb!3"), ("教师岗", "hzgwxxb!15")),
        (
            "gov_beijing_zgc_2026_positions",
            4,
            ("临床医学部业务岗", "hzgwxxb!3"),
            ("综合业务岗1", "hzgwxxb!6"),
        ),
        ("gov_shijiazhuang_2026_positions", 2371, ("管理", "公布!4"), ("神经外科医师", "公布!2374")),
    ],
)
def test_real_tables(
    shared: Path, *, name: str, rows: int, first: tuple[str, str], last: tuple[str, str]
) -> None:
    found = postings(read(shared / "samples" / f"{name}.xlsx"))
    assert len(found) == len({each.source_ad_id for each in found}) == rows
    assert [(each.title, each.place.partition(":")[2]) for each in (found[0], found[-1])] == [first, last]
    assert all(each.company and "学历" in each.text and "联系" not in each.text for each in found)
