"""The schema of the open dataset. Headers, validation and the data dictionary all come from here.

A change of meaning, name or type raises `VERSION`; the dictionary page in docs is generated and a test
fails when it falls behind.
"""

from typing import Final, get_args

from config.terms import Period, Schooling
from events.types import Kind, Strength, Verdict
from reports.dataset.fields import Field, Table
from reports.dataset.shared_fields import (
    EMPLOYER,
    FIRST_SEEN,
    OCCUPATION,
    PLACE,
    POSTING,
    RULES,
    SOURCE,
    WEEK,
)
from reports.dataset.weekly_schema import WEEKLY, WEEKLY_OCCUPATIONS, WEEKLY_SOURCES
from store.cases import FOR_REVIEW

VERSION: Final = 7

STATUSES: Final = ("suspected", "confirmed", "false_alarm")
SEVERITIES: Final = ("red", "orange", "yellow", "grey")

_TERMS: Final = (
    Field(
        name="salary_low", type="amount", example="8000", nullable=True,
        en="Least pay, as far as the ad says so; never guessed", zh="薪资下限；未写明或有歧义则为空",
    ),
    Field(
        name="salary_high", type="amount", example="12000.5", nullable=True,
        en="Most pay, likewise", zh="薪资上限；未写明或有歧义则为空",
    ),
    Field(
        name="salary_currency", type="code", example="CNY", nullable=True,
        en="Its currency (ISO 4217); null where the ad does not say", zh="币种；空为未写明",
    ),
    Field(
        name="salary_period", type="enum", example="month", values=get_args(Period), nullable=True,
        en="What it is paid for; null where the ad does not say", zh="计薪周期；空为未写明",
    ),
    Field(
        name="salary_months", type="integer", example=13, nullable=True,
        en="Months' pay that a year brings", zh="每年发放的月薪数（如 13 薪）",
    ),
    Field(
        name="salary_negotiable", type="boolean", example=False, nullable=True,
        en="Does the ad call it negotiable? Null where it says nothing of pay that can be read",
        zh="是否写明面议；空为没有可以识别的薪资",
    ),
    Field(
        name="employment", type="list", example=["full_time"], nullable=True,
        en="Kinds of employment named", zh="用工形式",
    ),
    Field(
        name="headcount", type="integer", example=3, nullable=True,
        en="How many are wanted", zh="招聘人数",
    ),
    Field(
        name="schooling", type="enum", example="bachelor", values=get_args(Schooling), nullable=True,
        en="Lowest schooling that will do, where the ad has a field for it; none: any will do",
        zh="学历要求栏中的最低学历；none 为不限",
    ),
    Field(
        name="experience_years", type="integer", example=1, nullable=True,
        en="Least years of experience, likewise", zh="经验要求栏中的最低年限",
    ),
)  # fmt: skip

CLUES: Final = Table(
    name="clues",
    en="One row per clue: one credential required against the rules in one ad",
    zh="每行一条疑似线索：一条招聘信息中的一项涉嫌违规的证书要求",
    key=("clue",),
    fields=(
        Field(name="clue", type="id", example="0a1b" * 8, en="Id of the clue", zh="线索编号"),
        Field(
            name="case", type="code", example="QD-110000-2026-000001",
            en="Number of the case it belongs to", zh="所属案件编号",
        ),
        Field(name="ad", type="id", example="1c2d" * 8, en="Id of the ad", zh="招聘信息编号"),
        POSTING,
        FIRST_SEEN,
        WEEK,
        SOURCE,
        *PLACE,
        OCCUPATION,
        Field(
            name="qualification", type="text", example="old:会计从业资格",
            en="Catalogue id of the credential, or its name where the catalogue has none",
            zh="证书的目录编号；目录外为其名称",
        ),
        Field(
            name="qualification_name", type="text", example="会计从业资格",
            en="Canonical name of the credential", zh="证书规范名称",
        ),
        Field(
            name="kind", type="enum", example="delisted", values=get_args(Kind),
            en="What the credential is", zh="证书类别",
        ),
        Field(
            name="strength", type="enum", example="required", values=get_args(Strength),
            en="How the ad ties it to the job", zh="要求强度",
        ),
        Field(
            name="status", type="enum", example="suspected", values=STATUSES,
            en="suspected until a person decided", zh="状态：未经人工认定前一律为疑似（suspected）",
        ),
        Field(
            name="severity", type="enum", example="orange", values=SEVERITIES,
            en="Severity given by the rules", zh="严重程度：红、橙、黄、灰",
        ),
        Field(
            name="clause", type="text", example="须持有会计从业资格证", privacy="excerpt",
            en="Shortest clause that shows it", zh="证据：最短的原文片段",
        ),
        Field(
            name="cue", type="text", example="须", privacy="excerpt", nullable=True,
            en="Words that decided the strength", zh="决定要求强度的词语",
        ),
        Field(name="rule", type="code", example="required.must", en="Rule that decided it", zh="识别规则"),
        Field(
            name="basis", type="list", example=["P1"], nullable=True,
            en="Ids of the legal texts it rests on; null when none was in force yet",
            zh="依据的文件编号；空为当时尚无",
        ),
        Field(
            name="ended_by", type="text", example="国发〔2016〕35号", nullable=True,
            en="Document that ended the credential, where basis holds cancelled", zh="取消该证书的文件",
        ),
        *RULES,
        EMPLOYER[0],
        Field(
            name="employer_name", type="text", example="上海测试学校有限公司", nullable=True,
            en="Its name, if names are published: of companies and public bodies, once the case is closed",
            zh="用人单位名称；仅在发布方公开名称、线索经人工确认且案件已销号时给出，限公司和机关、事业单位、国有企业",
        ),
        EMPLOYER[1],
    ),
)  # fmt: skip

ADS: Final = Table(
    name="ads",
    en="One row per ad that was read: counts and attributes, no words of the ad",
    zh="每行一条已识别的招聘信息：只有属性与计数，不含原文",
    key=("ad",),
    fields=(
        Field(name="ad", type="id", example="1c2d" * 8, en="Id of the ad", zh="招聘信息编号"),
        POSTING,
        Field(
            name="posted", type="date", example="2026-11-16", nullable=True,
            en="Day the ad claims to be from", zh="招聘信息标注的发布日期",
        ),
        Field(
            name="valid_through", type="date", example="2026-12-16", nullable=True,
            en="Last day the ad claims to hold, as last seen", zh="招聘信息标注的截止日期（以最近一次为准）",
        ),
        FIRST_SEEN,
        Field(
            name="last_seen", type="date", example="2026-11-20", nullable=True,
            en="Day it was last met at its source, in China", zh="最近一次在来源处见到的日期（北京时间）",
        ),
        WEEK,
        SOURCE,
        *PLACE,
        Field(
            name="divisions", type="list", example=["110105", "310104"], nullable=True,
            en="Division codes of all places named, where they are several",
            zh="写明多个用工地点时各地的行政区划代码",
        ),
        *EMPLOYER,
        Field(
            name="acting_for", type="id", example="7d2e" * 8, privacy="pseudonym", nullable=True,
            en="Keyed pseudonym of the employer for whom the poster hires by the ad's own words",
            zh="招聘信息写明代招时，实际用工单位的加密假名",
        ),
        OCCUPATION,
        *_TERMS,
        Field(
            name="verdict", type="enum", example="violation", values=(*get_args(Verdict), FOR_REVIEW),
            en="Gravest verdict among its mentions; for_review: found by a suspended rule, not confirmed",
            zh="各证书判断中最重的一项；for_review：由停用的规则得出，未经人工确认",
        ),
        *RULES,
        Field(name="mentions", type="integer", example=2, en="Credentials named", zh="提及证书数"),
        *(
            Field(
                name=f"verdict_{verdict}", type="integer", example=0,
                en=f"of these, with the verdict {verdict}", zh=f"其中判断为 {verdict} 的数量",
            )
            for verdict in get_args(Verdict)
        ),
        *(
            Field(
                name=f"kind_{kind}", type="integer", example=0,
                en=f"of these, of the kind {kind}", zh=f"其中类别为 {kind} 的数量",
            )
            for kind in get_args(Kind)
        ),
    ),
)  # fmt: skip

FINDINGS: Final = Table(
    name="findings",
    en="One row per rule that a pack (leasing, training bait) shows in an ad: a hint, never a violation",
    zh="每行一条规则的提示：招聘信息中疑似证书挂靠、培训招生的字样，须经核查",
    key=("ad", "pack", "rule"),
    fields=(
        Field(name="ad", type="id", example="1c2d" * 8, en="Id of the ad", zh="招聘信息编号"),
        Field(
            name="pack", type="code", example="training",
            en="What is hinted at: leasing (the loan of a certificate) or training (a course sold as a job)",
            zh="提示类别：leasing 为疑似证书挂靠，training 为疑似培训招生",
        ),
        Field(name="rule", type="code", example="training.loan", en="Rule that found it", zh="识别规则"),
        FIRST_SEEN,
        WEEK,
        SOURCE,
        *PLACE,
        Field(
            name="status", type="enum", example="suspected", values=STATUSES,
            en="suspected until a person decided", zh="状态：未经人工认定前一律为疑似（suspected）",
        ),
        Field(
            name="clause", type="text", example="先就业后付款", privacy="excerpt",
            en="Shortest stretch that shows it", zh="证据：最短的原文片段",
        ),
        Field(
            name="basis", type="list", example=["P2"], nullable=True,
            en="Ids of the legal texts it rests on; null when none was in force yet",
            zh="依据的文件编号；空为当时尚无",
        ),
        *RULES,
        *EMPLOYER,
    ),
)  # fmt: skip

QUALIFICATIONS: Final = Table(
    name="qualifications",
    en="One row per stretch of time in which the law said one thing of a qualification",
    zh="每行一段时期：某项证书在该时期内的性质",
    key=("qualification", "since"),
    fields=(
        Field(
            name="qualification", type="text", example="old:会计从业资格",
            en="Catalogue id, as in clues", zh="证书的目录编号（与 clues 一致）",
        ),
        Field(name="name", type="text", example="会计从业资格", en="Canonical name", zh="证书规范名称"),
        Field(
            name="since", type="date", example="2017-11-05", nullable=True,
            en="First day of the stretch; null where it is open", zh="起始日期；空为不限",
        ),
        Field(
            name="until", type="date", example="2021-11-22", nullable=True,
            en="Last day of the stretch; null where it is open", zh="截止日期；空为不限",
        ),
        Field(
            name="kind", type="enum", example="delisted", values=get_args(Kind),
            en="What the qualification is then", zh="该时期的证书类别",
        ),
        Field(
            name="pending", type="boolean", example=False,
            en="Does the catalogue announce that it is to become a licensing qualification?",
            zh="目录是否注明“拟依法调整为准入类”",
        ),
        Field(
            name="listed_in", type="text", example="国家职业资格目录（2021年版）", nullable=True,
            en="Edition of the catalogue that lists it then; null where none does",
            zh="列入的目录版本；空为未列入",
        ),
        Field(
            name="document", type="text", example="人社部发〔2017〕68号", nullable=True,
            en="Document behind it, as far as it is known", zh="依据文件；空为不详",
        ),
        Field(
            name="verified", type="boolean", example=True,
            en="Was it seen in a source? Otherwise it is from memory", zh="是否已核对出处；否则为待核",
        ),
    ),
)  # fmt: skip

TABLES: Final = (CLUES, FINDINGS, ADS, WEEKLY, WEEKLY_OCCUPATIONS, WEEKLY_SOURCES, QUALIFICATIONS)
