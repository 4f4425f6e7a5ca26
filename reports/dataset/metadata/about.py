"""What all descriptions say of the dataset, so that they say the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from reports.dataset.lines import WrittenFile

Json = Mapping[str, Any]

NAME: Final = "qingdan-open-dataset"
TITLE: Final = "Qingdan open dataset: credential requirements in Chinese job ads"
TITLE_ZH: Final = "清单开放数据集：招聘信息中的证书要求"
SUMMARY: Final = (
    "Credential requirements in Chinese job ads that the rules of the national catalogue of vocational "
    "qualifications do not allow to be tied to employment, with the ads read as their denominator. Found by "
    "a machine: status is suspected until a person has decided, and a suspected clue is no finding that "
    "anyone broke the law."
)
SUMMARY_ZH: Final = (
    "招聘信息中按国家职业资格目录规定不得与就业挂钩的证书要求，并给出作为分母的全部已识别招聘信息。由机器识别："
    "未经人工认定前，status 一律为 suspected（疑似），疑似线索不构成违法认定。"
)
PUBLISHER: Final = "Qingdan"
KEYWORDS: Final = ("job advertisements", "occupational licensing", "vocational qualifications", "China")
LICENCE: Final = "CC-BY-4.0"
LICENCE_TITLE: Final = "Creative Commons Attribution 4.0 International"
LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"

PERSONAL: Final = (
    "No names of persons, no contacts, no addresses of pages. Employers and postings are keyed pseudonyms; "
    "the name of an employer stands, if at all, only beside a clue that a person has confirmed and whose "
    "case is closed. The shortest clause of an ad is published as evidence, with contacts masked and the "
    "name of the employer taken out; who finds the same ad elsewhere can still recognise it. Do not try to "
    "identify people."
)
LIMITS: Final = (
    "The ads are those of the listed sources and no sample of the labour market: compare rates, not counts.",
    "first_seen measures flow, not stock; ads of one posting share its id.",
    "Rules miss some requirements and wrongly flag others (see the method note).",
    "A change of rules_version can move the figures.",
    "In the weekly tables, counts from 1 to 4, and those that would tell one of them, are left empty.",
    "occupation is told from the title alone, and not of every ad (see the method note).",
)
LIMITS_ZH: Final = (
    "只覆盖所列来源，不是劳动力市场的抽样；应比较比率而非数量。",
    "first_seen 反映流量而非存量；重复发布和跨平台发布的同一招聘 posting 相同。",
    "规则会有遗漏和误报（见方法说明）。",
    "rules_version 变化可能引起数字变化。",
    "weekly 各表中 1 至 4 的计数留空，可据以推算出这些计数的也留空。",
    "occupation 仅由标题识别，并非每条都能识别（见方法说明）。",
)
PERSONAL_ZH: Final = (
    "不含个人姓名、联系方式和网页地址；单位和招聘以加密假名表示，单位名称至多在线索经人工认定且案件办结之后列出。作为证据公布"
    "招聘信息中最短的片段，其中联系方式已遮蔽、单位名称已去除；从别处看到同一招聘信息的人仍可能认出它。请勿尝试识别个人。"
)
MAINTENANCE: Final = (
    "Versions are immutable. A version is released at the earliest a week after the report of its newest "
    "week; what changed since the version before is published row by row, and what was withdrawn leaves "
    "only its key."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the descriptions of one version say of it."""

    name: str
    """That of the version (`manifest.version_name`)."""
    files: Sequence[WrittenFile]
    """The files of data, by name."""
    as_of: date
    """Day of the newest ad."""
    published: date
    """Day on which it was released; of a draft, the first one on which it may be."""
    landing: str
    """Address of the page about the dataset; empty where it has none."""

    def file(self, name: str) -> WrittenFile:
        return next(file for file in self.files if file.name == name)

    def rows(self, table: str) -> int:
        return self.file(f"{table}.jsonl").rows or 0

    @property
    def citation(self) -> str:
        """How the version is cited: publisher, year, title, name, address."""
        place = f" {self.landing}" if self.landing else ""
        return f"{PUBLISHER} ({self.published.year}): {TITLE}. Version {self.name}.{place}"

    def address(self, key: str) -> dict[str, str]:
        """`key` with the address of the page; nothing where there is none."""
        return {key: self.landing} if self.landing else {}


def json_text(description: Json) -> str:
    return json.dumps(description, ensure_ascii=False, indent=2) + "\n"
