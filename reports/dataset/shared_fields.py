"""The fields that stand in several tables of the open dataset, with one meaning."""

from typing import Final, get_args

from events.types import PosterType
from reports.dataset.fields import Field

SOURCE: Final = Field(
    name="source", type="text", example="board-a",
    en="Board, name given to a file drop, or public-report for what the public reported",
    zh="来源：招聘网站或数据文件的名称；public-report 为群众举报",
)  # fmt: skip
FIRST_SEEN: Final = Field(
    name="first_seen", type="date", example="2026-11-18",
    en="Day it was first seen, in China", zh="首次发现日期（北京时间）",
)  # fmt: skip
WEEK: Final = Field(
    name="week", type="week", example="2026-W47",
    en="ISO week of first_seen", zh="首次发现所在周（ISO 周）",
)  # fmt: skip
PLACE: Final = (
    Field(
        name="division", type="division", example="110105", nullable=True,
        en="Division code (GB/T 2260) of the place of work; null when unclear",
        zh="用工所在地行政区划代码；空为辖区不明",
    ),
    Field(
        name="province", type="text", example="北京市", nullable=True,
        en="Its province", zh="所在省、自治区、直辖市",
    ),
    Field(
        name="place", type="text", example="北京市/朝阳区", nullable=True,
        en="Its names from the province down", zh="自省级起的区划名称",
    ),
)  # fmt: skip
EMPLOYER: Final = (
    Field(
        name="employer", type="id", example="9b1c" * 8, privacy="pseudonym", nullable=True,
        en="Keyed pseudonym of the employer, the same in every version; null when the ad names none",
        zh="用人单位的加密假名，各版本一致；空为未写明单位",
    ),
    Field(
        name="poster", type="enum", example="private", values=get_args(PosterType), nullable=True,
        en="Kind of poster; null when the ad names none", zh="发布主体性质；空为未写明单位",
    ),
)  # fmt: skip
RULES: Final = (
    Field(
        name="edition", type="code", example="2021",
        en="Catalogue edition in force on the ad's date", zh="所依据的国家职业资格目录版本",
    ),
    Field(
        name="rules_version", type="code", example="5f0c2a91",
        en="Version of the rules that read the ad", zh="识别规则版本",
    ),
)  # fmt: skip

POSTING: Final = Field(
    name="posting", type="id", example="3e4f" * 8, privacy="pseudonym",
    en="Keyed id of the posting the ad is a publication of: the same for re-posts and copies on other boards",
    zh="招聘的加密编号：同一单位、同一地区重复或在多个平台发布的同一招聘编号相同，用于去重",
)  # fmt: skip

OCCUPATION: Final = Field(
    name="occupation", type="code", example="accounting", nullable=True,
    en="Family of posts that the title names (names: weekly_occupations); null where it names none",
    zh="岗位类别，由标题识别（名称见 weekly_occupations）；空为未能识别",
)  # fmt: skip
